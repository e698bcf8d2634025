package organizations

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/organizations"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// membershipOperations are about which accounts, and which organization, there are.
func (d *Door) membershipOperations() []awsedge.Operation {
	return []awsedge.Operation{
		op(d, organizations.CloseAccount, func(in *organizations.CloseAccountInput) []*string { return []*string{in.AccountId} }, d.closeAccount),
		op(d, organizations.RemoveAccountFromOrganization, func(in *organizations.RemoveAccountFromOrganizationInput) []*string { return []*string{in.AccountId} },
			d.removeAccount),
		forMembers(d, organizations.LeaveOrganization, nil, d.leaveOrganization,
			awsedge.NoResource[organizations.LeaveOrganizationInput]("the caller's own account")),
		awsedge.Op(organizations.CreateOrganization, d.createOrganization,
			awsedge.NoResource[organizations.CreateOrganizationInput]("the whole organization")),
		onAll(d, organizations.DeleteOrganization, d.deleteOrganization),
		onAll(d, organizations.EnableAllFeatures, d.enableAllFeatures),
		onAll(d, organizations.CreateGovCloudAccount, d.createGovCloudAccount,
			tagging(func(in *organizations.CreateGovCloudAccountInput) []organizations.Tag { return in.Tags })...),
	}
}

func (d *Door) closeAccount(ctx context.Context, call *awsedge.Call, in *organizations.CloseAccountInput) (*organizations.CloseAccountOutput, error) {
	return nil, d.Accounts.Close(ctx, call.Change(), *in.AccountId)
}

func (d *Door) removeAccount(ctx context.Context, call *awsedge.Call, in *organizations.RemoveAccountFromOrganizationInput) (*organizations.RemoveAccountFromOrganizationOutput, error) {
	return nil, d.Accounts.Remove(ctx, call.Change(), *in.AccountId)
}

func (d *Door) leaveOrganization(ctx context.Context, call *awsedge.Call, _ *organizations.LeaveOrganizationInput) (*organizations.LeaveOrganizationOutput, error) {
	return nil, d.Accounts.Remove(ctx, call.Change(), call.Caller.AccountID)
}

func (d *Door) createOrganization(ctx context.Context, call *awsedge.Call, _ *organizations.CreateOrganizationInput) (*organizations.CreateOrganizationOutput, error) {
	return nil, d.Accounts.CheckOrganizationNew(ctx, call.Caller.AccountID)
}

func (d *Door) deleteOrganization(ctx context.Context, _ *awsedge.Call, _ *organizations.DeleteOrganizationInput) (*organizations.DeleteOrganizationOutput, error) {
	return nil, d.Accounts.CheckOrganizationGone(ctx)
}

func (d *Door) enableAllFeatures(context.Context, *awsedge.Call, *organizations.EnableAllFeaturesInput) (*organizations.EnableAllFeaturesOutput, error) {
	return nil, account.HasAllFeatures()
}

// createGovCloudAccount answers what AWS tells organizations without GovCloud.
func (d *Door) createGovCloudAccount(context.Context, *awsedge.Call, *organizations.CreateGovCloudAccountInput) (*organizations.CreateGovCloudAccountOutput, error) {
	return nil, idc.Errorf(idc.QuotaExceeded, "The management account isn't associated with an account in the AWS GovCloud (US) Region.").
		With("MasterAccountNotGovcloudEnabled")
}
