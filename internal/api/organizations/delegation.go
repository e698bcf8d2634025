package organizations

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/organizations"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) delegationOperations() []awsedge.Operation {
	return []awsedge.Operation{
		onAll(d, organizations.EnableAWSServiceAccess, d.enableServiceAccess,
			service(func(in *organizations.EnableAWSServiceAccessInput) *string { return in.ServicePrincipal })),
		onAll(d, organizations.DisableAWSServiceAccess, d.disableServiceAccess,
			service(func(in *organizations.DisableAWSServiceAccessInput) *string { return in.ServicePrincipal })),
		onAll(d, organizations.ListAWSServiceAccessForOrganization, d.listServiceAccess),
		op(d, organizations.RegisterDelegatedAdministrator, func(in *organizations.RegisterDelegatedAdministratorInput) []*string { return []*string{in.AccountId} },
			d.registerAdministrator, service(func(in *organizations.RegisterDelegatedAdministratorInput) *string { return in.ServicePrincipal })),
		op(d, organizations.DeregisterDelegatedAdministrator, func(in *organizations.DeregisterDelegatedAdministratorInput) []*string {
			return []*string{in.AccountId}
		},
			d.deregisterAdministrator, service(func(in *organizations.DeregisterDelegatedAdministratorInput) *string { return in.ServicePrincipal })),
		onAll(d, organizations.ListDelegatedAdministrators, d.listAdministrators,
			service(func(in *organizations.ListDelegatedAdministratorsInput) *string { return in.ServicePrincipal })),
		op(d, organizations.ListDelegatedServicesForAccount, func(in *organizations.ListDelegatedServicesForAccountInput) []*string { return []*string{in.AccountId} },
			d.listDelegatedServices),
	}
}

// service declares the condition key of operations about a service.
func service[In any](of func(in *In) *string) awsedge.Option[In] {
	return awsedge.Keys(func(_ *awsedge.Call, in *In) map[string][]string {
		name := of(in)
		if name == nil {
			return nil
		}
		return map[string][]string{"organizations:ServicePrincipal": {*name}}
	})
}

func (d *Door) enableServiceAccess(ctx context.Context, call *awsedge.Call, in *organizations.EnableAWSServiceAccessInput) (*organizations.EnableAWSServiceAccessOutput, error) {
	return nil, d.Accounts.EnableServiceAccess(ctx, call.Change(), *in.ServicePrincipal)
}

func (d *Door) disableServiceAccess(ctx context.Context, call *awsedge.Call, in *organizations.DisableAWSServiceAccessInput) (*organizations.DisableAWSServiceAccessOutput, error) {
	return nil, d.Accounts.DisableServiceAccess(ctx, call.Change(), *in.ServicePrincipal)
}

func (d *Door) listServiceAccess(ctx context.Context, call *awsedge.Call, in *organizations.ListAWSServiceAccessForOrganizationInput) (*organizations.ListAWSServiceAccessForOrganizationOutput, error) {
	page, token, err := d.page(call, in.NextToken, in.MaxResults)
	if err != nil {
		return nil, err
	}
	found, next, err := d.Accounts.ServiceAccess(ctx, page)
	if err != nil {
		return nil, err
	}
	out := &organizations.ListAWSServiceAccessForOrganizationOutput{EnabledServicePrincipals: []organizations.EnabledServicePrincipal{}, NextToken: token(next)}
	for _, a := range found {
		out.EnabledServicePrincipals = append(out.EnabledServicePrincipals,
			organizations.EnabledServicePrincipal{ServicePrincipal: &a.ServicePrincipal, DateEnabled: &a.EnabledAt})
	}
	return out, nil
}

func (d *Door) registerAdministrator(ctx context.Context, call *awsedge.Call, in *organizations.RegisterDelegatedAdministratorInput) (*organizations.RegisterDelegatedAdministratorOutput, error) {
	return nil, d.Accounts.RegisterAdministrator(ctx, call.Change(), *in.AccountId, *in.ServicePrincipal)
}

func (d *Door) deregisterAdministrator(ctx context.Context, call *awsedge.Call, in *organizations.DeregisterDelegatedAdministratorInput) (*organizations.DeregisterDelegatedAdministratorOutput, error) {
	return nil, d.Accounts.DeregisterAdministrator(ctx, call.Change(), *in.AccountId, *in.ServicePrincipal)
}

func (d *Door) listAdministrators(ctx context.Context, call *awsedge.Call, in *organizations.ListDelegatedAdministratorsInput) (*organizations.ListDelegatedAdministratorsOutput, error) {
	page, token, err := d.page(call, in.NextToken, in.MaxResults, value(in.ServicePrincipal))
	if err != nil {
		return nil, err
	}
	found, next, err := d.Accounts.Administrators(ctx, value(in.ServicePrincipal), page)
	if err != nil {
		return nil, err
	}
	out := &organizations.ListDelegatedAdministratorsOutput{DelegatedAdministrators: []organizations.DelegatedAdministrator{}, NextToken: token(next)}
	for _, a := range found {
		out.DelegatedAdministrators = append(out.DelegatedAdministrators, organizations.DelegatedAdministrator{
			Id: &a.Account.ID, Arn: text(d.node(a.Account.ID)), Email: &a.Account.Email, Name: &a.Account.Name, State: text(a.Account.State),
			Status: wireStatus(a.Account.State), JoinedMethod: &a.Account.JoinedMethod, JoinedTimestamp: &a.Account.JoinedAt, DelegationEnabledDate: &a.Since,
		})
	}
	return out, nil
}

// wireStatus is the older form of an account's state, which knows fewer.
func wireStatus(state idc.AccountState) *string {
	switch state {
	case idc.AccountActive, idc.AccountSuspended, idc.AccountPendingClosure:
		return text(state)
	}
	return nil
}

func (d *Door) listDelegatedServices(ctx context.Context, call *awsedge.Call, in *organizations.ListDelegatedServicesForAccountInput) (*organizations.ListDelegatedServicesForAccountOutput, error) {
	page, token, err := d.page(call, in.NextToken, in.MaxResults, *in.AccountId)
	if err != nil {
		return nil, err
	}
	found, next, err := d.Accounts.DelegatedServices(ctx, *in.AccountId, page)
	if err != nil {
		return nil, err
	}
	out := &organizations.ListDelegatedServicesForAccountOutput{DelegatedServices: []organizations.DelegatedService{}, NextToken: token(next)}
	for _, s := range found {
		out.DelegatedServices = append(out.DelegatedServices, organizations.DelegatedService{ServicePrincipal: &s.ServicePrincipal, DelegationEnabledDate: &s.EnabledAt})
	}
	return out, nil
}
