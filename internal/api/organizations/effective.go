package organizations

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/organizations"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) effectiveOperations() []awsedge.Operation {
	return []awsedge.Operation{
		forMembers(d, organizations.DescribeEffectivePolicy,
			func(call *awsedge.Call, in *organizations.DescribeEffectivePolicyInput) bool {
				return effectiveTarget(call, in) == call.Caller.AccountID
			},
			d.describeEffectivePolicy,
			policyType(func(in *organizations.DescribeEffectivePolicyInput) *string { return in.PolicyType }),
			awsedge.On(func(call *awsedge.Call, in *organizations.DescribeEffectivePolicyInput) []string {
				return []string{d.node(effectiveTarget(call, in))}
			})),
		onAll(d, organizations.ListAccountsWithInvalidEffectivePolicy, d.listInvalidEffectivePolicies,
			policyType(func(in *organizations.ListAccountsWithInvalidEffectivePolicyInput) *string { return in.PolicyType })),
		forMembers(d, organizations.ListEffectivePolicyValidationErrors,
			func(call *awsedge.Call, in *organizations.ListEffectivePolicyValidationErrorsInput) bool {
				return *in.AccountId == call.Caller.AccountID
			},
			d.listEffectivePolicyErrors,
			policyType(func(in *organizations.ListEffectivePolicyValidationErrorsInput) *string { return in.PolicyType }),
			awsedge.On(func(_ *awsedge.Call, in *organizations.ListEffectivePolicyValidationErrorsInput) []string {
				return []string{d.node(*in.AccountId)}
			})),
	}
}

// effectiveTarget is the account that is meant: the caller's own if none is named.
func effectiveTarget(call *awsedge.Call, in *organizations.DescribeEffectivePolicyInput) string {
	if in.TargetId == nil {
		return call.Caller.AccountID
	}
	return *in.TargetId
}

func (d *Door) describeEffectivePolicy(ctx context.Context, call *awsedge.Call, in *organizations.DescribeEffectivePolicyInput) (*organizations.DescribeEffectivePolicyOutput, error) {
	p, err := d.Accounts.EffectivePolicy(ctx, effectiveTarget(call, in), idc.PolicyType(*in.PolicyType))
	if err != nil {
		return nil, err
	}
	return &organizations.DescribeEffectivePolicyOutput{EffectivePolicy: &organizations.EffectivePolicy{
		LastUpdatedTimestamp: &p.UpdatedAt, PolicyContent: &p.Content, PolicyType: text(p.Type), TargetId: &p.AccountID,
	}}, nil
}

// listInvalidEffectivePolicies names none: see account.Service.CheckEffectivePolicy.
func (d *Door) listInvalidEffectivePolicies(ctx context.Context, call *awsedge.Call, in *organizations.ListAccountsWithInvalidEffectivePolicyInput) (*organizations.ListAccountsWithInvalidEffectivePolicyOutput, error) {
	if _, _, err := d.page(call, in.NextToken, in.MaxResults, *in.PolicyType); err != nil {
		return nil, err
	}
	if err := d.Accounts.CheckSettingsType(ctx, idc.PolicyType(*in.PolicyType)); err != nil {
		return nil, err
	}
	return &organizations.ListAccountsWithInvalidEffectivePolicyOutput{Accounts: []organizations.Account{}, PolicyType: in.PolicyType}, nil
}

// listEffectivePolicyErrors names none: see account.Service.CheckEffectivePolicy.
func (d *Door) listEffectivePolicyErrors(ctx context.Context, call *awsedge.Call, in *organizations.ListEffectivePolicyValidationErrorsInput) (*organizations.ListEffectivePolicyValidationErrorsOutput, error) {
	if _, _, err := d.page(call, in.NextToken, in.MaxResults, *in.AccountId, *in.PolicyType); err != nil {
		return nil, err
	}
	if err := d.Accounts.CheckEffectivePolicy(ctx, *in.AccountId, idc.PolicyType(*in.PolicyType)); err != nil {
		return nil, err
	}
	paths, err := d.Accounts.Paths(ctx, *in.AccountId)
	if err != nil {
		return nil, err
	}
	return &organizations.ListEffectivePolicyValidationErrorsOutput{
		AccountId: in.AccountId, PolicyType: in.PolicyType, EvaluationTimestamp: &call.Time, Path: text(paths[*in.AccountId]),
		EffectivePolicyValidationErrors: []organizations.EffectivePolicyValidationError{},
	}, nil
}
