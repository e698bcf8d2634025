package iam

import (
	"context"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/role"
)

func (d *Door) rolePolicyOperations() []awsedge.Operation {
	return []awsedge.Operation{
		onBoundedRole(d, iam.AttachRolePolicy, func(in *iam.AttachRolePolicyInput) *string { return in.RoleName }, d.attachRolePolicy,
			keys(func(in *iam.AttachRolePolicyInput) map[string][]string {
				return map[string][]string{"iam:PolicyARN": {*in.PolicyArn}}
			})),
		onBoundedRole(d, iam.DetachRolePolicy, func(in *iam.DetachRolePolicyInput) *string { return in.RoleName }, d.detachRolePolicy,
			keys(func(in *iam.DetachRolePolicyInput) map[string][]string {
				return map[string][]string{"iam:PolicyARN": {*in.PolicyArn}}
			})),
		onRole(d, iam.ListAttachedRolePolicies, func(in *iam.ListAttachedRolePoliciesInput) *string { return in.RoleName }, d.listAttachedRolePolicies),
		onBoundedRole(d, iam.PutRolePolicy, func(in *iam.PutRolePolicyInput) *string { return in.RoleName }, d.putRolePolicy),
		onRole(d, iam.GetRolePolicy, func(in *iam.GetRolePolicyInput) *string { return in.RoleName }, d.getRolePolicy),
		onBoundedRole(d, iam.DeleteRolePolicy, func(in *iam.DeleteRolePolicyInput) *string { return in.RoleName }, d.deleteRolePolicy),
		onRole(d, iam.ListRolePolicies, func(in *iam.ListRolePoliciesInput) *string { return in.RoleName }, d.listRolePolicies),
		onRole(d, iam.PutRolePermissionsBoundary, func(in *iam.PutRolePermissionsBoundaryInput) *string { return in.RoleName }, d.putBoundary,
			keys(func(in *iam.PutRolePermissionsBoundaryInput) map[string][]string {
				return map[string][]string{"iam:PermissionsBoundary": {*in.PermissionsBoundary}}
			})),
		onBoundedRole(d, iam.DeleteRolePermissionsBoundary, func(in *iam.DeleteRolePermissionsBoundaryInput) *string { return in.RoleName }, d.deleteBoundary),
	}
}

func (d *Door) attachRolePolicy(ctx context.Context, call *awsedge.Call, in *iam.AttachRolePolicyInput) (*iam.AttachRolePolicyOutput, error) {
	return nil, d.Roles.Attach(ctx, call.Change(), call.Caller.AccountID, *in.RoleName, *in.PolicyArn)
}

func (d *Door) detachRolePolicy(ctx context.Context, call *awsedge.Call, in *iam.DetachRolePolicyInput) (*iam.DetachRolePolicyOutput, error) {
	return nil, d.Roles.Detach(ctx, call.Change(), call.Caller.AccountID, *in.RoleName, *in.PolicyArn)
}

func (d *Door) listAttachedRolePolicies(ctx context.Context, call *awsedge.Call, in *iam.ListAttachedRolePoliciesInput) (*iam.ListAttachedRolePoliciesOutput, error) {
	found, err := d.Roles.Get(ctx, call.Caller.AccountID, *in.RoleName)
	if err != nil {
		return nil, err
	}
	var attached []iam.AttachedPolicy
	for _, policyARN := range found.AttachedPolicies {
		_, path, name, err := arn.ParsePolicy(policyARN)
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(path, value(in.PathPrefix)) {
			attached = append(attached, iam.AttachedPolicy{PolicyArn: &policyARN, PolicyName: &name})
		}
	}
	page, err := cut(d, call, in.Marker, in.MaxItems, attached, func(p iam.AttachedPolicy) string { return *p.PolicyArn }, *in.RoleName, value(in.PathPrefix))
	if err != nil {
		return nil, err
	}
	return &iam.ListAttachedRolePoliciesOutput{AttachedPolicies: page.items, IsTruncated: page.truncated, Marker: page.marker}, nil
}

func (d *Door) putRolePolicy(ctx context.Context, call *awsedge.Call, in *iam.PutRolePolicyInput) (*iam.PutRolePolicyOutput, error) {
	return nil, d.Roles.PutInline(ctx, call.Change(), call.Caller.AccountID, *in.RoleName, *in.PolicyName, *in.PolicyDocument)
}

func (d *Door) getRolePolicy(ctx context.Context, call *awsedge.Call, in *iam.GetRolePolicyInput) (*iam.GetRolePolicyOutput, error) {
	document, err := d.Roles.Inline(ctx, call.Caller.AccountID, *in.RoleName, *in.PolicyName)
	if err != nil {
		return nil, err
	}
	return &iam.GetRolePolicyOutput{RoleName: in.RoleName, PolicyName: in.PolicyName, PolicyDocument: &document}, nil
}

func (d *Door) deleteRolePolicy(ctx context.Context, call *awsedge.Call, in *iam.DeleteRolePolicyInput) (*iam.DeleteRolePolicyOutput, error) {
	return nil, d.Roles.DeleteInline(ctx, call.Change(), call.Caller.AccountID, *in.RoleName, *in.PolicyName)
}

func (d *Door) listRolePolicies(ctx context.Context, call *awsedge.Call, in *iam.ListRolePoliciesInput) (*iam.ListRolePoliciesOutput, error) {
	found, err := d.Roles.Get(ctx, call.Caller.AccountID, *in.RoleName)
	if err != nil {
		return nil, err
	}
	page, err := cut(d, call, in.Marker, in.MaxItems, role.InlineNames(found), func(name string) string { return name }, *in.RoleName)
	if err != nil {
		return nil, err
	}
	return &iam.ListRolePoliciesOutput{PolicyNames: page.items, IsTruncated: page.truncated, Marker: page.marker}, nil
}

func (d *Door) putBoundary(ctx context.Context, call *awsedge.Call, in *iam.PutRolePermissionsBoundaryInput) (*iam.PutRolePermissionsBoundaryOutput, error) {
	return nil, d.Roles.PutBoundary(ctx, call.Change(), call.Caller.AccountID, *in.RoleName, *in.PermissionsBoundary)
}

func (d *Door) deleteBoundary(ctx context.Context, call *awsedge.Call, in *iam.DeleteRolePermissionsBoundaryInput) (*iam.DeleteRolePermissionsBoundaryOutput, error) {
	return nil, d.Roles.DeleteBoundary(ctx, call.Change(), call.Caller.AccountID, *in.RoleName)
}
