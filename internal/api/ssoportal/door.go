package ssoportal

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoportal"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
	"github.com/gatehouse-idc/gatehouse/internal/session"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
)

// Door serves the portal API.
type Door struct {
	STS      *sts.Service
	Sessions *session.Service
	Pages    pagetoken.Codec
}

// pageSize is the page when the client does not say, and the most it may ask for.
const pageSize = 100

// Operations returns the operations this door serves.
func (d *Door) Operations() []awsedge.Operation {
	return []awsedge.Operation{
		awsedge.Op(ssoportal.ListAccounts, d.listAccounts),
		awsedge.Op(ssoportal.ListAccountRoles, d.listAccountRoles),
		awsedge.Op(ssoportal.GetRoleCredentials, d.getRoleCredentials),
		awsedge.Op(ssoportal.Logout, d.logout),
	}
}

func (d *Door) listAccounts(ctx context.Context, call *awsedge.Call, in *ssoportal.ListAccountsInput) (*ssoportal.ListAccountsOutput, error) {
	access, err := d.STS.ListAccess(ctx, call.Caller.UserID)
	if err != nil {
		return nil, err
	}
	at, err := call.Page(d.Pages, in.NextToken)
	if err != nil {
		return nil, err
	}
	page, next := slicePage(at, access, in.MaxResults, func(a sts.Access) string { return a.Account.ID })
	out := &ssoportal.ListAccountsOutput{AccountList: []ssoportal.AccountInfo{}, NextToken: next}
	for _, a := range page {
		out.AccountList = append(out.AccountList, ssoportal.AccountInfo{
			AccountId: &a.Account.ID, AccountName: &a.Account.Name, EmailAddress: &a.Account.Email,
		})
	}
	return out, nil
}

func (d *Door) listAccountRoles(ctx context.Context, call *awsedge.Call, in *ssoportal.ListAccountRolesInput) (*ssoportal.ListAccountRolesOutput, error) {
	access, err := d.STS.ListAccess(ctx, call.Caller.UserID)
	if err != nil {
		return nil, err
	}
	var entries []sts.Entry
	found := false
	for _, a := range access {
		if a.Account.ID == *in.AccountId {
			entries, found = a.Roles, true
		}
	}
	if !found {
		return nil, idc.Errorf(idc.Denied, "No access")
	}
	at, err := call.Page(d.Pages, in.NextToken, *in.AccountId)
	if err != nil {
		return nil, err
	}
	page, next := slicePage(at, entries, in.MaxResults, func(e sts.Entry) string { return e.Name })
	out := &ssoportal.ListAccountRolesOutput{RoleList: []ssoportal.RoleInfo{}, NextToken: next}
	for _, e := range page {
		out.RoleList = append(out.RoleList, ssoportal.RoleInfo{RoleName: &e.Name, AccountId: in.AccountId})
	}
	return out, nil
}

func (d *Door) getRoleCredentials(ctx context.Context, call *awsedge.Call, in *ssoportal.GetRoleCredentialsInput) (*ssoportal.GetRoleCredentialsOutput, error) {
	creds, err := d.STS.RoleCredentials(ctx, call.Caller, *in.AccountId, *in.RoleName)
	if err != nil {
		return nil, err
	}
	expiration := creds.ExpiresAt.UnixMilli() // this service alone counts in milliseconds
	return &ssoportal.GetRoleCredentialsOutput{RoleCredentials: &ssoportal.RoleCredentials{
		AccessKeyId: &creds.AccessKeyID, SecretAccessKey: &creds.SecretAccessKey,
		SessionToken: &creds.SessionToken, Expiration: &expiration,
	}}, nil
}

func (d *Door) logout(ctx context.Context, call *awsedge.Call, _ *ssoportal.LogoutInput) (*ssoportal.LogoutOutput, error) {
	return nil, d.Sessions.Logout(ctx, call.Change(), call.Caller)
}

// slicePage cuts a page out of an ordered list. The cursor is the key of the
// last item, so that a list that changes in between loses nothing that stays.
func slicePage[T any](at awsedge.Page, list []T, maxResults *int32, key func(T) string) (page []T, next *string) {
	for at.After != "" && len(list) > 0 && key(list[0]) <= at.After {
		list = list[1:]
	}
	limit := pageSize
	if maxResults != nil && int(*maxResults) < limit {
		limit = int(*maxResults)
	}
	if len(list) <= limit {
		return list, nil
	}
	return list[:limit], at.Next(key(list[limit-1]))
}
