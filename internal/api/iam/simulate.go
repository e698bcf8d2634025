package iam

import (
	"context"
	"strconv"

	"github.com/gatehouse-idc/gatehouse/internal/authz"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/policy"
)

func (d *Door) simulationOperations() []awsedge.Operation {
	return []awsedge.Operation{
		awsedge.Op(iam.SimulateCustomPolicy, d.simulateCustomPolicy,
			awsedge.NoResource[iam.SimulateCustomPolicyInput]("policies that the input brings")),
		awsedge.Op(iam.SimulatePrincipalPolicy, d.simulatePrincipalPolicy,
			onEntity(d, func(in *iam.SimulatePrincipalPolicyInput) *string { return in.PolicySourceArn })),
		awsedge.Op(iam.GetContextKeysForCustomPolicy, d.contextKeysForCustomPolicy,
			awsedge.NoResource[iam.GetContextKeysForCustomPolicyInput]("policies that the input brings")),
		awsedge.Op(iam.GetContextKeysForPrincipalPolicy, d.contextKeysForPrincipalPolicy,
			onEntity(d, func(in *iam.GetContextKeysForPrincipalPolicyInput) *string { return in.PolicySourceArn })),
	}
}

// simulateCustomPolicy implements https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html.
func (d *Door) simulateCustomPolicy(ctx context.Context, call *awsedge.Call, in *iam.SimulateCustomPolicyInput) (*iam.SimulateCustomPolicyOutput, error) {
	if err := handling(in.ResourceHandlingOption); err != nil {
		return nil, err
	}
	var levels [][]string
	for _, level := range in.OrderedOrganizationPolicyInputList {
		levels = append(levels, level.ServiceControlPolicyInputList)
	}
	page, err := d.simulate(ctx, call, in.Marker, in.MaxItems, authz.Simulation{
		AccountID: call.Caller.AccountID,
		Policies:  in.PolicyInputList, Boundaries: in.PermissionsBoundaryPolicyInputList, Organization: levels,
		ResourcePolicy: value(in.ResourcePolicy), ResourceOwner: value(in.ResourceOwner), CallerARN: value(in.CallerArn),
		Actions: in.ActionNames, Resources: in.ResourceArns, Context: contextEntries(in.ContextEntries),
	})
	if err != nil {
		return nil, err
	}
	return &iam.SimulateCustomPolicyOutput{EvaluationResults: page.items, IsTruncated: page.truncated, Marker: page.marker}, nil
}

// simulatePrincipalPolicy implements https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html.
func (d *Door) simulatePrincipalPolicy(ctx context.Context, call *awsedge.Call, in *iam.SimulatePrincipalPolicyInput) (*iam.SimulatePrincipalPolicyOutput, error) {
	if err := handling(in.ResourceHandlingOption); err != nil {
		return nil, err
	}
	roleName, err := sourceRole(call, *in.PolicySourceArn)
	if err != nil {
		return nil, err
	}
	page, err := d.simulate(ctx, call, in.Marker, in.MaxItems, authz.Simulation{
		AccountID: call.Caller.AccountID, RoleName: roleName, Excluded: exclusions(in.PolicyExclusionList, roleName),
		Policies: in.PolicyInputList, Boundaries: in.PermissionsBoundaryPolicyInputList,
		ResourcePolicy: value(in.ResourcePolicy), ResourceOwner: value(in.ResourceOwner), CallerARN: value(in.CallerArn),
		Actions: in.ActionNames, Resources: in.ResourceArns, Context: contextEntries(in.ContextEntries),
	})
	if err != nil {
		return nil, err
	}
	return &iam.SimulatePrincipalPolicyOutput{EvaluationResults: page.items, IsTruncated: page.truncated, Marker: page.marker}, nil
}

// handling checks the name of an EC2 scenario. What it stands for in AWS is a set
// of resources that must be named; the decision is the same without it.
func handling(option *string) error {
	switch value(option) {
	case "", "EC2-VPC-InstanceStore", "EC2-VPC-InstanceStore-Subnet", "EC2-VPC-EBS", "EC2-VPC-EBS-Subnet",
		"EC2-Classic-InstanceStore", "EC2-Classic-EBS":
		return nil
	}
	return idc.Errorf(idc.Invalid, "Invalid input resource handling options: %s.", *option)
}

func contextEntries(entries []iam.ContextEntry) []authz.ContextEntry {
	out := make([]authz.ContextEntry, len(entries))
	for i, e := range entries {
		out[i] = authz.ContextEntry{Key: value(e.ContextKeyName), Type: value(e.ContextKeyType), Values: e.ContextKeyValues}
	}
	return out
}

// exclusions leaves out inline policies only where the input means this role.
func exclusions(list []iam.PolicyIdentifier, roleName string) []authz.Exclusion {
	var out []authz.Exclusion
	for _, p := range list {
		e := authz.Exclusion{Type: value(p.PolicyType), ARN: value(p.PolicyArn)}
		if inline := p.InlinePolicyIdentifier; inline != nil {
			if kind := value(inline.AttachmentType); kind != "" && kind != "role" {
				continue
			}
			if name := value(inline.AttachmentName); name != "" && name != roleName {
				continue
			}
			e.Inline = value(inline.PolicyName)
		}
		out = append(out, e)
	}
	return out
}

// simulate answers a page of a simulation. It counts actions: the results of all
// resources of one stay together.
func (d *Door) simulate(ctx context.Context, call *awsedge.Call, marker *string, max *int32, sim authz.Simulation) (list[iam.EvaluationResult], error) {
	p, at, err := d.page(call, marker, max, append([]string{sim.RoleName}, sim.Actions...)...)
	if err != nil {
		return list[iam.EvaluationResult]{}, err
	}
	simulator, err := d.Authz.Simulate(ctx, sim)
	if err != nil {
		return list[iam.EvaluationResult]{}, err
	}
	first := 0
	if p.After != "" {
		if first, err = strconv.Atoi(p.After); err != nil {
			return list[iam.EvaluationResult]{}, err
		}
	}
	results, next, err := simulator.Run(ctx, first, p.Limit)
	if err != nil {
		return list[iam.EvaluationResult]{}, err
	}
	items := make([]iam.EvaluationResult, len(results))
	for i := range results {
		items[i] = wireResult(&results[i])
	}
	cursor := ""
	if next > 0 {
		cursor = strconv.Itoa(next)
	}
	return listed(at, items, cursor), nil
}

func wireResult(r *authz.SimulationResult) iam.EvaluationResult {
	decision := r.Effect.String()
	out := iam.EvaluationResult{
		EvalActionName: &r.Action, EvalResourceName: &r.Resource, EvalDecision: &decision,
		MatchedStatements: wireStatements(r.Matched), MissingContextValues: append([]string{}, r.Missing...),
		PermissionsBoundaryDecisionDetail: wireBoundary(r.Boundary), EvalDecisionDetails: wireDetails(r),
	}
	if r.Organization != nil {
		out.OrganizationsDecisionDetail = &iam.OrganizationsDecisionDetail{AllowedByOrganizations: r.Organization}
	}
	for i := range r.Specific {
		s := &r.Specific[i]
		effect := s.Effect.String()
		out.ResourceSpecificResults = append(out.ResourceSpecificResults, iam.ResourceSpecificResult{
			EvalResourceName: &s.Resource, EvalResourceDecision: &effect,
			MatchedStatements: wireStatements(s.Matched), MissingContextValues: append([]string{}, s.Missing...),
			PermissionsBoundaryDecisionDetail: wireBoundary(s.Boundary), EvalDecisionDetails: effects(s.Details),
		})
	}
	if len(r.Specific) > 0 {
		out.MissingContextValues = []string{} // they are told with the resources
	}
	return out
}

// wireDetails is empty within an account, and absent for "*" or when the
// organization's policies ended the simulation.
func wireDetails(r *authz.SimulationResult) map[string]string {
	if len(r.Specific) == 0 || r.Organization != nil && !*r.Organization {
		return nil
	}
	if r.Details == nil {
		return map[string]string{}
	}
	return effects(r.Details)
}

func effects(details map[string]policy.Effect) map[string]string {
	if details == nil {
		return nil
	}
	out := make(map[string]string, len(details))
	for source, effect := range details {
		out[source] = effect.String()
	}
	return out
}

func wireBoundary(allowed *bool) *iam.PermissionsBoundaryDecisionDetail {
	if allowed == nil {
		return nil
	}
	return &iam.PermissionsBoundaryDecisionDetail{AllowedByPermissionsBoundary: allowed}
}

func wireStatements(reasons []policy.Reason) []iam.Statement {
	out := make([]iam.Statement, len(reasons))
	for i, r := range reasons {
		kind := authz.SourceType(r.Layer)
		out[i] = iam.Statement{SourcePolicyId: &r.Policy, SourcePolicyType: &kind, StartPosition: wirePosition(r.Start), EndPosition: wirePosition(r.End)}
	}
	return out
}

func wirePosition(p policy.Position) *iam.Position {
	return &iam.Position{Line: number(p.Line), Column: number(p.Column)}
}
