package organizations

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/organizations"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) policyOperations() []awsedge.Operation {
	return []awsedge.Operation{
		forManagers(d, organizations.CreatePolicy, d.createPolicy, append(
			tagging(func(in *organizations.CreatePolicyInput) []organizations.Tag { return in.Tags },
				func(in *organizations.CreatePolicyInput) map[string][]string {
					return map[string][]string{"organizations:PolicyType": {*in.Type}}
				}),
			awsedge.On(func(_ *awsedge.Call, in *organizations.CreatePolicyInput) []string {
				return []string{d.policyARN(&idc.OrganizationPolicy{ID: "p-*", Type: idc.PolicyType(*in.Type)})} // its id is not known yet
			}))...),
		onAll(d, organizations.ListPolicies, d.listPolicies, policyType(func(in *organizations.ListPoliciesInput) *string { return in.Filter })),
		onPolicy(d, organizations.DescribePolicy, func(in *organizations.DescribePolicyInput) *string { return in.PolicyId }, nil, d.describePolicy),
		onPolicy(d, organizations.UpdatePolicy, func(in *organizations.UpdatePolicyInput) *string { return in.PolicyId }, nil, d.updatePolicy),
		onPolicy(d, organizations.DeletePolicy, func(in *organizations.DeletePolicyInput) *string { return in.PolicyId }, nil, d.deletePolicy),
	}
}

// onPolicy registers an operation on a policy, and on another node if target is
// not nil. What is authorised is the policy's ARN, which holds its type.
func onPolicy[In, Out any](d *Door, typed awsapi.Typed[In, Out], id func(in *In) *string, target func(in *In) *string,
	fn func(ctx context.Context, call *awsedge.Call, p *idc.OrganizationPolicy, in *In) (*Out, error)) awsedge.Operation {
	run := func(ctx context.Context, call *awsedge.Call, in *In) (*Out, error) {
		p, err := d.Accounts.Policy(ctx, *id(in))
		if err != nil {
			return nil, err
		}
		return fn(ctx, call, p, in)
	}
	return forManagers(d, typed, run, awsedge.OnFound(func(ctx context.Context, call *awsedge.Call, in *In) ([]string, map[string][]string, error) {
		// Who may not see policies at all learns nothing from which ids exist.
		if err := d.insider(ctx, call, typed.Operation); err != nil {
			return nil, nil, err
		}
		resource, kind, err := d.policyNamed(ctx, *id(in))
		if err != nil {
			return nil, nil, err
		}
		resources, keys := []string{resource}, map[string][]string{}
		if kind != "" {
			keys["organizations:PolicyType"] = []string{kind}
		}
		if target != nil {
			resources = append(resources, d.node(*target(in)))
		}
		return resources, keys, nil
	}))
}

// policyNamed returns the ARN and type of a policy. Of one that does not exist
// only who may do so with every policy learns that: its ARN is "*".
func (d *Door) policyNamed(ctx context.Context, id string) (resource, kind string, err error) {
	p, err := d.Accounts.Policy(ctx, id)
	if idc.IsNotFound(err) {
		return "*", "", nil
	}
	if err != nil {
		return "", "", err
	}
	return d.policyARN(p), string(p.Type), nil
}

func (d *Door) wireSummary(p *idc.OrganizationPolicy) *organizations.PolicySummary {
	return &organizations.PolicySummary{
		Id: &p.ID, Arn: text(d.policyARN(p)), Name: &p.Name, Description: &p.Description, Type: text(p.Type), AwsManaged: &p.AWSManaged,
	}
}

func (d *Door) wirePolicy(p *idc.OrganizationPolicy) *organizations.Policy {
	return &organizations.Policy{PolicySummary: d.wireSummary(p), Content: &p.Content}
}

func (d *Door) createPolicy(ctx context.Context, call *awsedge.Call, in *organizations.CreatePolicyInput) (*organizations.CreatePolicyOutput, error) {
	p, err := d.Accounts.CreatePolicy(ctx, call.Change(), account.PolicyDefinition{
		Name: *in.Name, Description: *in.Description, Type: idc.PolicyType(*in.Type), Content: *in.Content, Tags: fromTags(in.Tags),
	})
	if err != nil {
		return nil, err
	}
	return &organizations.CreatePolicyOutput{Policy: d.wirePolicy(p)}, nil
}

func (d *Door) listPolicies(ctx context.Context, call *awsedge.Call, in *organizations.ListPoliciesInput) (*organizations.ListPoliciesOutput, error) {
	page, token, err := d.page(call, in.NextToken, in.MaxResults, *in.Filter)
	if err != nil {
		return nil, err
	}
	found, next, err := d.Accounts.ListPolicies(ctx, idc.PolicyType(*in.Filter), page)
	if err != nil {
		return nil, err
	}
	return &organizations.ListPoliciesOutput{Policies: d.wireSummaries(found), NextToken: token(next)}, nil
}

func (d *Door) wireSummaries(policies []*idc.OrganizationPolicy) []organizations.PolicySummary {
	out := make([]organizations.PolicySummary, len(policies))
	for i, p := range policies {
		out[i] = *d.wireSummary(p)
	}
	return out
}

func (d *Door) describePolicy(_ context.Context, _ *awsedge.Call, p *idc.OrganizationPolicy, _ *organizations.DescribePolicyInput) (*organizations.DescribePolicyOutput, error) {
	return &organizations.DescribePolicyOutput{Policy: d.wirePolicy(p)}, nil
}

func (d *Door) updatePolicy(ctx context.Context, call *awsedge.Call, p *idc.OrganizationPolicy, in *organizations.UpdatePolicyInput) (*organizations.UpdatePolicyOutput, error) {
	updated, err := d.Accounts.UpdatePolicy(ctx, call.Change(), p.ID, account.PolicyUpdate{Name: in.Name, Description: in.Description, Content: in.Content})
	if err != nil {
		return nil, err
	}
	return &organizations.UpdatePolicyOutput{Policy: d.wirePolicy(updated)}, nil
}

func (d *Door) deletePolicy(ctx context.Context, call *awsedge.Call, p *idc.OrganizationPolicy, _ *organizations.DeletePolicyInput) (*organizations.DeletePolicyOutput, error) {
	return nil, d.Accounts.DeletePolicy(ctx, call.Change(), p.ID)
}
