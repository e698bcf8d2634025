package iam

import (
	"context"
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/managedpolicy"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func (d *Door) detailOperations() []awsedge.Operation {
	return []awsedge.Operation{onAccount(iam.GetAccountAuthorizationDetails, d.getAccountAuthorizationDetails)}
}

// detail is an entity of the one list that GetAccountAuthorizationDetails pages through:
// roles, then customer managed policies, then those AWS managed policies that are used.
type detail struct {
	key    string
	role   *idc.Role
	policy *idc.ManagedPolicy
	aws    *managedpolicy.Summary
}

// getAccountAuthorizationDetails implements
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html.
func (d *Door) getAccountAuthorizationDetails(ctx context.Context, call *awsedge.Call, in *iam.GetAccountAuthorizationDetailsInput) (*iam.GetAccountAuthorizationDetailsOutput, error) {
	account := call.Caller.AccountID
	uses, err := d.Roles.Uses(ctx, account)
	if err != nil {
		return nil, err
	}
	all, err := d.details(ctx, account, in.Filter, uses)
	if err != nil {
		return nil, err
	}
	page, err := cut(d, call, in.Marker, in.MaxItems, all, func(e detail) string { return e.key }, in.Filter...)
	if err != nil {
		return nil, err
	}
	last, err := d.Roles.LastUses(ctx, account)
	if err != nil {
		return nil, err
	}
	out := &iam.GetAccountAuthorizationDetailsOutput{
		UserDetailList: []iam.UserDetail{}, GroupDetailList: []iam.GroupDetail{}, RoleDetailList: []iam.RoleDetail{}, Policies: []iam.ManagedPolicyDetail{},
		IsTruncated: page.truncated, Marker: page.marker,
	}
	for _, e := range page.items {
		switch {
		case e.role != nil:
			r, err := roleDetail(e.role, last)
			if err != nil {
				return nil, err
			}
			out.RoleDetailList = append(out.RoleDetailList, r)
		case e.policy != nil:
			out.Policies = append(out.Policies, policyDetail(wirePolicy(e.policy, uses[e.policy.ARN]), e.policy))
		default:
			p, _ := managedpolicy.Get(e.aws.ARN)
			out.Policies = append(out.Policies, policyDetail(wireAWSPolicy(*e.aws, uses[e.aws.ARN]), awsManaged(p)))
		}
	}
	return out, nil
}

// details lists the entities that the filter wants, all of them without one.
func (d *Door) details(ctx context.Context, account string, filter []string, uses map[string]role.Use) ([]detail, error) {
	wants := func(kind string) bool { return len(filter) == 0 || slices.Contains(filter, kind) }
	var all []detail
	if wants("Role") {
		roles, _, err := d.Roles.List(ctx, account, "", store.Page{})
		if err != nil {
			return nil, err
		}
		for _, r := range roles {
			all = append(all, detail{key: "1" + r.Name, role: r})
		}
	}
	if wants("LocalManagedPolicy") {
		policies, _, err := d.Roles.ListPolicies(ctx, account, "", store.Page{})
		if err != nil {
			return nil, err
		}
		for _, p := range policies {
			all = append(all, detail{key: "2" + p.Name, policy: p})
		}
	}
	if wants("AWSManagedPolicy") {
		for _, p := range managedpolicy.List() {
			if use := uses[p.ARN]; use.Attached+use.Bounded > 0 {
				all = append(all, detail{key: "3" + p.ARN, aws: &p})
			}
		}
	}
	return all, nil
}

func roleDetail(r *idc.Role, last map[string]idc.RoleUse) (iam.RoleDetail, error) {
	whole := wireRole(r)
	out := iam.RoleDetail{
		Arn: whole.Arn, AssumeRolePolicyDocument: whole.AssumeRolePolicyDocument, CreateDate: whole.CreateDate, Path: whole.Path,
		RoleId: whole.RoleId, RoleName: whole.RoleName, PermissionsBoundary: whole.PermissionsBoundary, Tags: whole.Tags,
		InstanceProfileList: []iam.InstanceProfile{}, RolePolicyList: []iam.PolicyDetail{}, AttachedManagedPolicies: []iam.AttachedPolicy{},
		RoleLastUsed: &iam.RoleLastUsed{},
	}
	if use, ok := last[r.ID]; ok {
		out.RoleLastUsed = lastUsed(&use)
	}
	for _, name := range role.InlineNames(r) {
		document := r.InlinePolicies[name]
		out.RolePolicyList = append(out.RolePolicyList, iam.PolicyDetail{PolicyName: &name, PolicyDocument: &document})
	}
	for _, policyARN := range r.AttachedPolicies {
		_, _, name, err := arn.ParsePolicy(policyARN)
		if err != nil {
			return out, err
		}
		out.AttachedManagedPolicies = append(out.AttachedManagedPolicies, iam.AttachedPolicy{PolicyArn: &policyARN, PolicyName: &name})
	}
	return out, nil
}

// lastUsed is empty of a role that was never used, as in AWS.
func lastUsed(use *idc.RoleUse) *iam.RoleLastUsed {
	if use == nil {
		return &iam.RoleLastUsed{}
	}
	return &iam.RoleLastUsed{LastUsedDate: &use.UsedAt, Region: &use.Region}
}

// policyDetail shows a policy with the documents of all its versions.
func policyDetail(p *iam.Policy, versions *idc.ManagedPolicy) iam.ManagedPolicyDetail {
	out := iam.ManagedPolicyDetail{
		Arn: p.Arn, AttachmentCount: p.AttachmentCount, CreateDate: p.CreateDate, DefaultVersionId: p.DefaultVersionId, Description: p.Description,
		IsAttachable: p.IsAttachable, Path: p.Path, PermissionsBoundaryUsageCount: p.PermissionsBoundaryUsageCount, PolicyId: p.PolicyId,
		PolicyName: p.PolicyName, UpdateDate: p.UpdateDate,
	}
	for _, v := range versions.Versions {
		shown := wireVersion(versions, v)
		shown.Document = &v.Document
		out.PolicyVersionList = append(out.PolicyVersionList, *shown)
	}
	return out
}
