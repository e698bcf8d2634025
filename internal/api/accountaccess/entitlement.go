package accountaccess

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/accountaccess"
	wire "github.com/gatehouse-idc/gatehouse/internal/awsapi/accountaccess"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) entitlementOperations() []awsedge.Operation {
	return []awsedge.Operation{
		op(d, wire.CreateEntitlement, accountaccess.Delegate, d.createEntitlement,
			on(func(in *wire.CreateEntitlementInput) *string { return in.ApplicationArn })),
		op(d, wire.GetEntitlement, accountaccess.Delegate, d.getEntitlement,
			on(func(in *wire.GetEntitlementInput) *string { return in.ApplicationArn })),
		op(d, wire.DeleteEntitlement, accountaccess.Delegate, d.deleteEntitlement,
			on(func(in *wire.DeleteEntitlementInput) *string { return in.ApplicationArn })),
		op(d, wire.ListEntitlements, accountaccess.Delegate, d.listEntitlements,
			on(func(in *wire.ListEntitlementsInput) *string { return in.ApplicationArn })),
	}
}

func (d *Door) createEntitlement(ctx context.Context, r request, in *wire.CreateEntitlementInput) (*wire.CreateEntitlementOutput, error) {
	given := in.Entitlement.PrincipalRole
	definition := accountaccess.Definition{RoleARN: *given.RoleArn}
	definition.PrincipalType, definition.PrincipalID = fromPrincipal(given.Principal.IdentityCenter.UserId, given.Principal.IdentityCenter.GroupId)
	id, err := d.Access.Entitle(ctx, r.Change(), r.standing, *in.ApplicationArn, definition)
	if err != nil {
		return nil, err
	}
	return &wire.CreateEntitlementOutput{EntitlementId: &id}, nil
}

// fromPrincipal reads a union of a user and a group, of which one is set.
func fromPrincipal(userID, groupID *string) (idc.PrincipalType, string) {
	if userID != nil {
		return idc.PrincipalUser, *userID
	}
	return idc.PrincipalGroup, *groupID
}

func wirePrincipal(e accountaccess.Entitlement) *wire.Principal {
	if e.PrincipalType == idc.PrincipalUser {
		return &wire.Principal{IdentityCenter: &wire.IdentityCenterPrincipal{UserId: &e.PrincipalID}}
	}
	return &wire.Principal{IdentityCenter: &wire.IdentityCenterPrincipal{GroupId: &e.PrincipalID}}
}

// accountName is absent when the account is gone.
func accountName(e accountaccess.Entitlement) *string {
	if e.AccountName == "" {
		return nil
	}
	return &e.AccountName
}

func (d *Door) getEntitlement(ctx context.Context, _ request, in *wire.GetEntitlementInput) (*wire.GetEntitlementOutput, error) {
	e, err := d.Access.Entitlement(ctx, *in.ApplicationArn, *in.EntitlementId)
	if err != nil {
		return nil, err
	}
	return &wire.GetEntitlementOutput{
		ApplicationArn: in.ApplicationArn, EntitlementId: &e.ID, CreatedAt: &e.CreatedAt,
		Entitlement: &wire.EntitlementDetails{PrincipalRole: &wire.PrincipalRoleEntitlementDetails{
			Principal: wirePrincipal(e), RoleArn: &e.RoleARN, Account: &e.AccountID, AccountName: accountName(e),
		}},
	}, nil
}

func (d *Door) deleteEntitlement(ctx context.Context, r request, in *wire.DeleteEntitlementInput) (*wire.DeleteEntitlementOutput, error) {
	return nil, d.Access.Remove(ctx, r.Change(), r.standing, *in.ApplicationArn, *in.EntitlementId)
}

// filter reads what narrows a list; an empty filter narrows nothing.
func filter(in *wire.EntitlementFilter) accountaccess.Filter {
	var f accountaccess.Filter
	by := in.PrincipalRole
	if by == nil {
		return f
	}
	if by.Principal != nil {
		f.PrincipalType, f.PrincipalID = fromPrincipal(by.Principal.IdentityCenter.UserId, by.Principal.IdentityCenter.GroupId)
	}
	if by.RoleArn != nil {
		f.RoleARN = *by.RoleArn
	}
	if by.Account != nil {
		f.AccountID = *by.Account
	}
	return f
}

func (d *Door) listEntitlements(ctx context.Context, r request, in *wire.ListEntitlementsInput) (*wire.ListEntitlementsOutput, error) {
	f := filter(in.Filter)
	p, token, err := d.page(r, in.NextToken, in.MaxResults, *in.ApplicationArn, string(f.PrincipalType), f.PrincipalID, f.RoleARN, f.AccountID)
	if err != nil {
		return nil, err
	}
	list, next, err := d.Access.ListEntitlements(ctx, *in.ApplicationArn, f, p)
	if err != nil {
		return nil, err
	}
	out := &wire.ListEntitlementsOutput{Entitlements: []wire.EntitlementsListMember{}, NextToken: token(next)}
	for _, e := range list {
		out.Entitlements = append(out.Entitlements, wire.EntitlementsListMember{
			EntitlementId: &e.ID, CreatedAt: &e.CreatedAt,
			Entitlement: &wire.EntitlementSummary{PrincipalRole: &wire.PrincipalRoleEntitlementSummary{
				Principal: wirePrincipal(e), RoleArn: &e.RoleARN, Account: &e.AccountID, AccountName: accountName(e),
			}},
		})
	}
	return out, nil
}
