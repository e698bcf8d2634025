package organizations

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/organizations"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) organizationOperations() []awsedge.Operation {
	return []awsedge.Operation{
		awsedge.Op(organizations.DescribeOrganization, d.describeOrganization),
		op(d, organizations.ListRoots, nil, d.listRoots),
		op(d, organizations.EnablePolicyType, func(in *organizations.EnablePolicyTypeInput) []*string { return []*string{in.RootId} }, d.enablePolicyType),
		op(d, organizations.ListAWSServiceAccessForOrganization, nil, d.listServiceAccess),
		op(d, organizations.ListDelegatedAdministrators, nil, d.listDelegatedAdministrators),
	}
}

func policyTypes() []organizations.PolicyTypeSummary {
	return []organizations.PolicyTypeSummary{
		{Type: text(account.TypeSCP), Status: text("ENABLED")}, {Type: text(account.TypeRCP), Status: text("ENABLED")},
	}
}

// describeOrganization is for members too.
func (d *Door) describeOrganization(ctx context.Context, _ *awsedge.Call, _ *organizations.DescribeOrganizationInput) (*organizations.DescribeOrganizationOutput, error) {
	o, err := d.Accounts.Describe(ctx)
	if err != nil {
		return nil, err
	}
	return &organizations.DescribeOrganizationOutput{Organization: &organizations.Organization{
		Id: &o.Instance.OrganizationID, Arn: &o.ARN, FeatureSet: text("ALL"), MasterAccountId: &o.Management.ID,
		MasterAccountArn: text(d.node(o.Management.ID)), MasterAccountEmail: &o.Management.Email, AvailablePolicyTypes: policyTypes(),
	}}, nil
}

func (d *Door) root() organizations.Root {
	in := d.Instance
	return organizations.Root{
		Id: &in.RootID, Arn: text(arn.OrgRoot(in.OwnerAccountID, in.OrganizationID, in.RootID).String()), Name: text("Root"), PolicyTypes: policyTypes(),
	}
}

func (d *Door) listRoots(context.Context, *awsedge.Call, *organizations.ListRootsInput) (*organizations.ListRootsOutput, error) {
	return &organizations.ListRootsOutput{Roots: []organizations.Root{d.root()}}, nil
}

func (d *Door) enablePolicyType(_ context.Context, _ *awsedge.Call, in *organizations.EnablePolicyTypeInput) (*organizations.EnablePolicyTypeOutput, error) {
	if *in.RootId != d.Instance.RootID {
		return nil, idc.NotFoundf("Root", *in.RootId, "You specified a root that doesn't exist.")
	}
	if account.CheckPolicyType(idc.PolicyType(*in.PolicyType)) != nil {
		return nil, idc.Errorf(idc.NotImplemented, "Policies of the type %s are not supported yet.", *in.PolicyType)
	}
	return nil, idc.Errorf(idc.Conflict, "The specified policy type is already enabled.").With("PolicyTypeAlreadyEnabled")
}

func (d *Door) listServiceAccess(context.Context, *awsedge.Call, *organizations.ListAWSServiceAccessForOrganizationInput) (*organizations.ListAWSServiceAccessForOrganizationOutput, error) {
	return &organizations.ListAWSServiceAccessForOrganizationOutput{EnabledServicePrincipals: []organizations.EnabledServicePrincipal{
		{ServicePrincipal: text("sso.amazonaws.com"), DateEnabled: &d.Instance.CreatedAt},
	}}, nil
}

// listDelegatedAdministrators answers that there are none.
func (d *Door) listDelegatedAdministrators(context.Context, *awsedge.Call, *organizations.ListDelegatedAdministratorsInput) (*organizations.ListDelegatedAdministratorsOutput, error) {
	return &organizations.ListDelegatedAdministratorsOutput{DelegatedAdministrators: []organizations.DelegatedAdministrator{}}, nil
}
