package organizations

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/organizations"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) organizationOperations() []awsedge.Operation {
	return []awsedge.Operation{
		forMembers(d, organizations.DescribeOrganization, nil, d.describeOrganization,
			awsedge.NoResource[organizations.DescribeOrganizationInput]("the whole organization")),
		onAll(d, organizations.ListRoots, d.listRoots),
		op(d, organizations.EnablePolicyType, func(in *organizations.EnablePolicyTypeInput) []*string { return []*string{in.RootId} }, d.enablePolicyType,
			policyType(func(in *organizations.EnablePolicyTypeInput) *string { return in.PolicyType })),
		op(d, organizations.DisablePolicyType, func(in *organizations.DisablePolicyTypeInput) []*string { return []*string{in.RootId} }, d.disablePolicyType,
			policyType(func(in *organizations.DisablePolicyTypeInput) *string { return in.PolicyType })),
	}
}

func (d *Door) policyTypes(ctx context.Context) ([]organizations.PolicyTypeSummary, error) {
	enabled, err := d.Accounts.PolicyTypes(ctx)
	types := make([]organizations.PolicyTypeSummary, len(enabled))
	for i, t := range enabled {
		types[i] = organizations.PolicyTypeSummary{Type: text(t), Status: text("ENABLED")}
	}
	return types, err
}

// describeOrganization is for members too.
func (d *Door) describeOrganization(ctx context.Context, _ *awsedge.Call, _ *organizations.DescribeOrganizationInput) (*organizations.DescribeOrganizationOutput, error) {
	o, err := d.Accounts.Describe(ctx)
	if err != nil {
		return nil, err
	}
	types, err := d.policyTypes(ctx)
	if err != nil {
		return nil, err
	}
	return &organizations.DescribeOrganizationOutput{Organization: &organizations.Organization{
		Id: &o.Instance.OrganizationID, Arn: &o.ARN, FeatureSet: text("ALL"), MasterAccountId: &o.Management.ID,
		MasterAccountArn: text(d.node(o.Management.ID)), MasterAccountEmail: &o.Management.Email, AvailablePolicyTypes: types,
	}}, nil
}

func (d *Door) root(ctx context.Context) (organizations.Root, error) {
	in := d.Instance
	types, err := d.policyTypes(ctx)
	return organizations.Root{
		Id: &in.RootID, Arn: text(arn.OrgRoot(in.OwnerAccountID, in.OrganizationID, in.RootID).String()), Name: text("Root"), PolicyTypes: types,
	}, err
}

func (d *Door) listRoots(ctx context.Context, call *awsedge.Call, in *organizations.ListRootsInput) (*organizations.ListRootsOutput, error) {
	// There is one root, hence one page: no token of this list was ever given.
	if _, _, err := d.page(call, in.NextToken, in.MaxResults); err != nil {
		return nil, err
	}
	root, err := d.root(ctx)
	return &organizations.ListRootsOutput{Roots: []organizations.Root{root}}, err
}

func (d *Door) enablePolicyType(ctx context.Context, call *awsedge.Call, in *organizations.EnablePolicyTypeInput) (*organizations.EnablePolicyTypeOutput, error) {
	if err := d.Accounts.EnablePolicyType(ctx, call.Change(), *in.RootId, idc.PolicyType(*in.PolicyType)); err != nil {
		return nil, err
	}
	root, err := d.root(ctx)
	return &organizations.EnablePolicyTypeOutput{Root: &root}, err
}

func (d *Door) disablePolicyType(ctx context.Context, call *awsedge.Call, in *organizations.DisablePolicyTypeInput) (*organizations.DisablePolicyTypeOutput, error) {
	if err := d.Accounts.DisablePolicyType(ctx, call.Change(), *in.RootId, idc.PolicyType(*in.PolicyType)); err != nil {
		return nil, err
	}
	root, err := d.root(ctx)
	return &organizations.DisablePolicyTypeOutput{Root: &root}, err
}
