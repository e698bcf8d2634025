package organizations

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/organizations"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) resourcePolicyOperations() []awsedge.Operation {
	return []awsedge.Operation{
		onAll(d, organizations.DescribeResourcePolicy, d.describeResourcePolicy),
		onAll(d, organizations.DeleteResourcePolicy, d.deleteResourcePolicy),
		forManagers(d, organizations.PutResourcePolicy, d.putResourcePolicy, append(
			tagging(func(in *organizations.PutResourcePolicyInput) []organizations.Tag { return in.Tags }),
			awsedge.OnFound(func(ctx context.Context, call *awsedge.Call, _ *organizations.PutResourcePolicyInput) ([]string, map[string][]string, error) {
				if err := d.insider(ctx, call, organizations.PutResourcePolicy.Operation); err != nil {
					return nil, nil, err
				}
				p, err := d.Accounts.ResourcePolicy(ctx)
				if idc.IsNotFound(err) {
					return []string{d.node("rp-*")}, nil, nil // its id is not known yet
				}
				if err != nil {
					return nil, nil, err
				}
				return []string{p.ARN}, nil, nil
			}))...),
	}
}

func wireResourcePolicy(p *idc.OrganizationResourcePolicy) *organizations.ResourcePolicy {
	return &organizations.ResourcePolicy{Content: &p.Content, ResourcePolicySummary: &organizations.ResourcePolicySummary{Id: &p.ID, Arn: &p.ARN}}
}

func (d *Door) describeResourcePolicy(ctx context.Context, _ *awsedge.Call, _ *organizations.DescribeResourcePolicyInput) (*organizations.DescribeResourcePolicyOutput, error) {
	p, err := d.Accounts.ResourcePolicy(ctx)
	if err != nil {
		return nil, err
	}
	return &organizations.DescribeResourcePolicyOutput{ResourcePolicy: wireResourcePolicy(p)}, nil
}

func (d *Door) putResourcePolicy(ctx context.Context, call *awsedge.Call, in *organizations.PutResourcePolicyInput) (*organizations.PutResourcePolicyOutput, error) {
	p, err := d.Accounts.PutResourcePolicy(ctx, call.Change(), *in.Content, fromTags(in.Tags))
	if err != nil {
		return nil, err
	}
	return &organizations.PutResourcePolicyOutput{ResourcePolicy: wireResourcePolicy(p)}, nil
}

func (d *Door) deleteResourcePolicy(ctx context.Context, call *awsedge.Call, _ *organizations.DeleteResourcePolicyInput) (*organizations.DeleteResourcePolicyOutput, error) {
	return nil, d.Accounts.DeleteResourcePolicy(ctx, call.Change())
}
