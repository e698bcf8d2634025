package organizations

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/organizations"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) attachmentOperations() []awsedge.Operation {
	return []awsedge.Operation{
		onPolicy(d, organizations.AttachPolicy, func(in *organizations.AttachPolicyInput) *string { return in.PolicyId },
			func(in *organizations.AttachPolicyInput) *string { return in.TargetId }, d.attachPolicy),
		onPolicy(d, organizations.DetachPolicy, func(in *organizations.DetachPolicyInput) *string { return in.PolicyId },
			func(in *organizations.DetachPolicyInput) *string { return in.TargetId }, d.detachPolicy),
		onPolicy(d, organizations.ListTargetsForPolicy, func(in *organizations.ListTargetsForPolicyInput) *string { return in.PolicyId }, nil, d.listTargets),
		op(d, organizations.ListPoliciesForTarget, func(in *organizations.ListPoliciesForTargetInput) []*string { return []*string{in.TargetId} }, d.listPoliciesForTarget,
			policyType(func(in *organizations.ListPoliciesForTargetInput) *string { return in.Filter })),
	}
}

func (d *Door) attachPolicy(ctx context.Context, call *awsedge.Call, p *idc.OrganizationPolicy, in *organizations.AttachPolicyInput) (*organizations.AttachPolicyOutput, error) {
	return nil, d.Accounts.AttachPolicy(ctx, call.Change(), p.ID, *in.TargetId)
}

func (d *Door) detachPolicy(ctx context.Context, call *awsedge.Call, p *idc.OrganizationPolicy, in *organizations.DetachPolicyInput) (*organizations.DetachPolicyOutput, error) {
	return nil, d.Accounts.DetachPolicy(ctx, call.Change(), p.ID, *in.TargetId)
}

func (d *Door) listTargets(ctx context.Context, call *awsedge.Call, p *idc.OrganizationPolicy, in *organizations.ListTargetsForPolicyInput) (*organizations.ListTargetsForPolicyOutput, error) {
	page, token, err := d.page(call, in.NextToken, in.MaxResults, p.ID)
	if err != nil {
		return nil, err
	}
	found, next, err := d.Accounts.TargetsOfPolicy(ctx, p.ID, page)
	if err != nil {
		return nil, err
	}
	out := &organizations.ListTargetsForPolicyOutput{Targets: []organizations.PolicyTargetSummary{}, NextToken: token(next)}
	for _, t := range found {
		out.Targets = append(out.Targets, organizations.PolicyTargetSummary{TargetId: &t.ID, Type: &t.Type, Name: &t.Name, Arn: text(d.node(t.ID))})
	}
	return out, nil
}

func (d *Door) listPoliciesForTarget(ctx context.Context, call *awsedge.Call, in *organizations.ListPoliciesForTargetInput) (*organizations.ListPoliciesForTargetOutput, error) {
	page, token, err := d.page(call, in.NextToken, in.MaxResults, *in.TargetId, *in.Filter)
	if err != nil {
		return nil, err
	}
	found, next, err := d.Accounts.PoliciesOfTarget(ctx, *in.TargetId, idc.PolicyType(*in.Filter), page)
	if err != nil {
		return nil, err
	}
	return &organizations.ListPoliciesForTargetOutput{Policies: d.wireSummaries(found), NextToken: token(next)}, nil
}
