package ssoadmin

import (
	"context"
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// scopePage is the most that ListApplicationAccessScopes returns at a time.
const scopePage = 10

func (d *Door) applicationScopeOperations() []awsedge.Operation {
	return []awsedge.Operation{
		applicationOp(d, ssoadmin.PutApplicationAccessScope, func(in *ssoadmin.PutApplicationAccessScopeInput) *string { return in.ApplicationArn }, d.putScope),
		applicationOp(d, ssoadmin.GetApplicationAccessScope, func(in *ssoadmin.GetApplicationAccessScopeInput) *string { return in.ApplicationArn }, d.getScope),
		applicationOp(d, ssoadmin.DeleteApplicationAccessScope, func(in *ssoadmin.DeleteApplicationAccessScopeInput) *string { return in.ApplicationArn }, d.deleteScope),
		applicationOp(d, ssoadmin.ListApplicationAccessScopes, func(in *ssoadmin.ListApplicationAccessScopesInput) *string { return in.ApplicationArn }, d.listScopes),
	}
}

func (d *Door) putScope(ctx context.Context, r request, in *ssoadmin.PutApplicationAccessScopeInput) (*ssoadmin.PutApplicationAccessScopeOutput, error) {
	if *in.Scope == application.ScopeAccountAccess && !r.administers {
		return nil, idc.Errorf(idc.Denied, "User: %s is not authorized to perform: %s with the scope %s because the account does not administer the instance", r.Caller.ARN, r.Operation.Action, application.ScopeAccountAccess)
	}
	return nil, d.Applications.PutScope(ctx, r.Change(), r.application.ID, idc.AccessScope{Scope: *in.Scope, Targets: in.AuthorizedTargets})
}

func (d *Door) getScope(_ context.Context, r request, in *ssoadmin.GetApplicationAccessScopeInput) (*ssoadmin.GetApplicationAccessScopeOutput, error) {
	scope, err := application.Scope(r.application, *in.Scope)
	if err != nil {
		return nil, err
	}
	return &ssoadmin.GetApplicationAccessScopeOutput{Scope: &scope.Scope, AuthorizedTargets: scope.Targets}, nil
}

func (d *Door) deleteScope(ctx context.Context, r request, in *ssoadmin.DeleteApplicationAccessScopeInput) (*ssoadmin.DeleteApplicationAccessScopeOutput, error) {
	return nil, d.Applications.DeleteScope(ctx, r.Change(), r.application.ID, *in.Scope)
}

func (d *Door) listScopes(_ context.Context, r request, in *ssoadmin.ListApplicationAccessScopesInput) (*ssoadmin.ListApplicationAccessScopesOutput, error) {
	page, token, err := d.page(r, in.NextToken, in.MaxResults, r.application.ID)
	if err != nil {
		return nil, err
	}
	page.Limit = min(page.Limit, scopePage)
	scopes, next := store.Cut(page, slices.Clone(r.application.Scopes), func(s idc.AccessScope) string { return s.Scope })
	out := &ssoadmin.ListApplicationAccessScopesOutput{Scopes: []ssoadmin.ScopeDetails{}, NextToken: token(next)}
	for _, s := range scopes {
		out.Scopes = append(out.Scopes, ssoadmin.ScopeDetails{Scope: &s.Scope, AuthorizedTargets: s.Targets})
	}
	return out, nil
}
