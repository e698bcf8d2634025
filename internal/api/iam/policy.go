package iam

import (
	"context"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/managedpolicy"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func (d *Door) policyOperations() []awsedge.Operation {
	return []awsedge.Operation{
		onAccount(iam.ListPolicies, d.listPolicies),
		awsedge.Op(iam.CreatePolicy, d.createPolicy,
			awsedge.On(func(call *awsedge.Call, in *iam.CreatePolicyInput) []string {
				return []string{arn.Policy(call.Caller.AccountID, pathOf(in.Path), *in.PolicyName).String()}
			}),
			keys(func(in *iam.CreatePolicyInput) map[string][]string { return tagKeys(in.Tags) }),
			awsedge.Also("iam:TagPolicy", func(_ *awsedge.Call, in *iam.CreatePolicyInput) bool { return len(in.Tags) > 0 })),
		onARN(iam.GetPolicy, func(in *iam.GetPolicyInput) *string { return in.PolicyArn }, d.getPolicy),
		onARN(iam.DeletePolicy, func(in *iam.DeletePolicyInput) *string { return in.PolicyArn }, d.deletePolicy),
		onARN(iam.ListEntitiesForPolicy, func(in *iam.ListEntitiesForPolicyInput) *string { return in.PolicyArn }, d.listEntities),
		onARN(iam.ListPolicyTags, func(in *iam.ListPolicyTagsInput) *string { return in.PolicyArn }, d.listPolicyTags),
		onARN(iam.TagPolicy, func(in *iam.TagPolicyInput) *string { return in.PolicyArn }, d.tagPolicy,
			keys(func(in *iam.TagPolicyInput) map[string][]string { return tagKeys(in.Tags) })),
		onARN(iam.UntagPolicy, func(in *iam.UntagPolicyInput) *string { return in.PolicyArn }, d.untagPolicy,
			keys(func(in *iam.UntagPolicyInput) map[string][]string {
				return map[string][]string{"aws:TagKeys": in.TagKeys}
			})),
	}
}

// local returns the customer managed policy of the caller's account that an ARN names.
func (d *Door) local(ctx context.Context, call *awsedge.Call, policyARN string) (*idc.ManagedPolicy, error) {
	owner, _, _, err := arn.ParsePolicy(policyARN)
	if err != nil {
		return nil, idc.Errorf(idc.Invalid, "ARN %s is not valid.", policyARN).Because(err)
	}
	if owner != call.Caller.AccountID {
		return nil, idc.NotFoundf("Policy", policyARN, "Policy %s was not found.", policyARN)
	}
	return d.Roles.Policy(ctx, policyARN)
}

// modifiable refuses changes to what is not a customer managed policy of the
// caller's account.
func modifiable(call *awsedge.Call, policyARN string) error {
	owner, _, _, err := arn.ParsePolicy(policyARN)
	switch {
	case err != nil:
		return idc.Errorf(idc.Invalid, "ARN %s is not valid.", policyARN).Because(err)
	case owner == "aws":
		return idc.Errorf(idc.Denied, "Cannot perform the operation on the AWS managed policy %s.", policyARN)
	case owner != call.Caller.AccountID:
		return idc.NotFoundf("Policy", policyARN, "Policy %s was not found.", policyARN)
	}
	return nil
}

func wirePolicy(p *idc.ManagedPolicy, use role.Use) *iam.Policy {
	attachable := true
	out := &iam.Policy{
		Arn: &p.ARN, PolicyName: &p.Name, Path: &p.Path, PolicyId: &p.ID, Description: text(p.Description), DefaultVersionId: &p.DefaultVersion,
		CreateDate: &p.CreatedAt, UpdateDate: &p.UpdatedAt, IsAttachable: &attachable,
		AttachmentCount: number(use.Attached), PermissionsBoundaryUsageCount: number(use.Bounded),
	}
	if len(p.Tags) > 0 {
		out.Tags = wireTags(p.Tags)
	}
	return out
}

func wireAWSPolicy(p managedpolicy.Summary, use role.Use) *iam.Policy {
	attachable := true
	return &iam.Policy{
		Arn: &p.ARN, PolicyName: &p.Name, Path: &p.Path, PolicyId: &p.ID, DefaultVersionId: &p.VersionID,
		CreateDate: &p.CreatedAt, UpdateDate: &p.UpdatedAt, IsAttachable: &attachable,
		AttachmentCount: number(use.Attached), PermissionsBoundaryUsageCount: number(use.Bounded),
	}
}

func (d *Door) getPolicy(ctx context.Context, call *awsedge.Call, in *iam.GetPolicyInput) (*iam.GetPolicyOutput, error) {
	uses, err := d.Roles.Uses(ctx, call.Caller.AccountID)
	if err != nil {
		return nil, err
	}
	use := uses[*in.PolicyArn]
	if p, ok := managedpolicy.Get(*in.PolicyArn); ok {
		return &iam.GetPolicyOutput{Policy: wireAWSPolicy(p.Summary, use)}, nil
	}
	p, err := d.local(ctx, call, *in.PolicyArn)
	if err != nil {
		return nil, err
	}
	return &iam.GetPolicyOutput{Policy: wirePolicy(p, use)}, nil
}

// candidate is a policy that a list may show; most of them are not on the page that is asked for.
type candidate struct {
	arn  string
	use  role.Use
	wire func() *iam.Policy
}

func (d *Door) listPolicies(ctx context.Context, call *awsedge.Call, in *iam.ListPoliciesInput) (*iam.ListPoliciesOutput, error) {
	uses, err := d.Roles.Uses(ctx, call.Caller.AccountID)
	if err != nil {
		return nil, err
	}
	var all []candidate
	if scope := value(in.Scope); scope != "AWS" {
		found, _, err := d.Roles.ListPolicies(ctx, call.Caller.AccountID, value(in.PathPrefix), store.Page{})
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			all = append(all, candidate{p.ARN, uses[p.ARN], func() *iam.Policy {
				out := wirePolicy(p, uses[p.ARN])
				out.Tags, out.Description = nil, nil // as AWS, only GetPolicy shows them
				return out
			}})
		}
	}
	if scope := value(in.Scope); scope != "Local" {
		for _, p := range d.awsPolicies() {
			if strings.HasPrefix(p.Path, value(in.PathPrefix)) {
				all = append(all, candidate{p.ARN, uses[p.ARN], func() *iam.Policy { return wireAWSPolicy(p, uses[p.ARN]) }})
			}
		}
	}
	onlyAttached := in.OnlyAttached != nil && *in.OnlyAttached
	all = slices.DeleteFunc(all, func(c candidate) bool {
		return onlyAttached && c.use.Attached == 0 || !usedAs(value(in.PolicyUsageFilter), c.use)
	})
	filters := []string{value(in.Scope), value(in.PathPrefix), value(in.PolicyUsageFilter), boolean(onlyAttached)}
	page, err := cut(d, call, in.Marker, in.MaxItems, all, func(c candidate) string { return c.arn }, filters...)
	if err != nil {
		return nil, err
	}
	out := &iam.ListPoliciesOutput{Policies: make([]iam.Policy, len(page.items)), IsTruncated: page.truncated, Marker: page.marker}
	for i, c := range page.items {
		out.Policies[i] = *c.wire()
	}
	return out, nil
}

func usedAs(filter string, use role.Use) bool {
	switch filter {
	case "PermissionsPolicy":
		return use.Attached > 0
	case "PermissionsBoundary":
		return use.Bounded > 0
	}
	return true
}

func boolean(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

func (d *Door) createPolicy(ctx context.Context, call *awsedge.Call, in *iam.CreatePolicyInput) (*iam.CreatePolicyOutput, error) {
	p, err := d.Roles.CreatePolicy(ctx, call.Change(), call.Caller.AccountID, role.PolicyDefinition{
		Name: *in.PolicyName, Path: value(in.Path), Document: *in.PolicyDocument, Description: value(in.Description), Tags: fromTags(in.Tags),
	})
	if err != nil {
		return nil, err
	}
	return &iam.CreatePolicyOutput{Policy: wirePolicy(p, role.Use{})}, nil
}

func (d *Door) deletePolicy(ctx context.Context, call *awsedge.Call, in *iam.DeletePolicyInput) (*iam.DeletePolicyOutput, error) {
	if err := modifiable(call, *in.PolicyArn); err != nil {
		return nil, err
	}
	return nil, d.Roles.DeletePolicy(ctx, call.Change(), *in.PolicyArn)
}

// listEntities shows roles only: there are no IAM users and groups.
func (d *Door) listEntities(ctx context.Context, call *awsedge.Call, in *iam.ListEntitiesForPolicyInput) (*iam.ListEntitiesForPolicyOutput, error) {
	found, err := d.Roles.EntitiesForPolicy(ctx, call.Caller.AccountID, *in.PolicyArn)
	if err != nil {
		return nil, err
	}
	var candidates []*idc.Role
	if usage := value(in.PolicyUsageFilter); usage != "PermissionsBoundary" {
		candidates = append(candidates, found.Attached...)
	}
	if usage := value(in.PolicyUsageFilter); usage != "PermissionsPolicy" {
		candidates = append(candidates, found.Bounded...)
	}
	var roles []iam.PolicyRole
	seen := map[string]bool{}
	for _, r := range candidates {
		filter := value(in.EntityFilter)
		wanted := (filter == "" || filter == "Role" || filter == "LocalManagedPolicy" || filter == "AWSManagedPolicy") && strings.HasPrefix(r.Path, value(in.PathPrefix))
		if wanted && !seen[r.ID] {
			seen[r.ID] = true
			roles = append(roles, iam.PolicyRole{RoleId: &r.ID, RoleName: &r.Name})
		}
	}
	page, err := cut(d, call, in.Marker, in.MaxItems, roles, func(r iam.PolicyRole) string { return *r.RoleName },
		*in.PolicyArn, value(in.PolicyUsageFilter), value(in.EntityFilter), value(in.PathPrefix))
	if err != nil {
		return nil, err
	}
	return &iam.ListEntitiesForPolicyOutput{
		PolicyRoles: page.items, PolicyUsers: []iam.PolicyUser{}, PolicyGroups: []iam.PolicyGroup{},
		IsTruncated: page.truncated, Marker: page.marker,
	}, nil
}

func (d *Door) listPolicyTags(ctx context.Context, call *awsedge.Call, in *iam.ListPolicyTagsInput) (*iam.ListPolicyTagsOutput, error) {
	var tags []idc.Tag
	if !managedpolicy.Exists(*in.PolicyArn) {
		p, err := d.local(ctx, call, *in.PolicyArn)
		if err != nil {
			return nil, err
		}
		tags = p.Tags
	}
	page, err := cut(d, call, in.Marker, in.MaxItems, wireTags(tags), tagKey, *in.PolicyArn)
	if err != nil {
		return nil, err
	}
	return &iam.ListPolicyTagsOutput{Tags: page.items, IsTruncated: page.truncated, Marker: page.marker}, nil
}

func (d *Door) tagPolicy(ctx context.Context, call *awsedge.Call, in *iam.TagPolicyInput) (*iam.TagPolicyOutput, error) {
	if err := modifiable(call, *in.PolicyArn); err != nil {
		return nil, err
	}
	return nil, d.Roles.TagPolicy(ctx, call.Change(), *in.PolicyArn, fromTags(in.Tags))
}

func (d *Door) untagPolicy(ctx context.Context, call *awsedge.Call, in *iam.UntagPolicyInput) (*iam.UntagPolicyOutput, error) {
	if err := modifiable(call, *in.PolicyArn); err != nil {
		return nil, err
	}
	return nil, d.Roles.UntagPolicy(ctx, call.Change(), *in.PolicyArn, in.TagKeys)
}
