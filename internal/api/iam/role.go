package iam

import (
	"context"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/role"
)

func (d *Door) roleOperations() []awsedge.Operation {
	return []awsedge.Operation{
		onAccount(iam.ListRoles, d.listRoles),
		awsedge.Op(iam.CreateRole, d.createRole,
			awsedge.On(func(call *awsedge.Call, in *iam.CreateRoleInput) []string {
				return []string{arn.Role(call.Caller.AccountID, pathOf(in.Path), *in.RoleName).String()}
			}),
			awsedge.Keys(func(_ *awsedge.Call, in *iam.CreateRoleInput) map[string][]string {
				keys := tagKeys(in.Tags)
				if in.PermissionsBoundary != nil {
					keys["iam:PermissionsBoundary"] = []string{*in.PermissionsBoundary}
				}
				return keys
			}),
			awsedge.Also("iam:TagRole", func(_ *awsedge.Call, in *iam.CreateRoleInput) bool { return len(in.Tags) > 0 })),
		onBoundedRole(d, iam.GetRole, func(in *iam.GetRoleInput) *string { return in.RoleName }, d.getRole),
		onBoundedRole(d, iam.DeleteRole, func(in *iam.DeleteRoleInput) *string { return in.RoleName }, d.deleteRole),
		onBoundedRole(d, iam.UpdateRole, func(in *iam.UpdateRoleInput) *string { return in.RoleName }, d.updateRole),
		onBoundedRole(d, iam.UpdateRoleDescription, func(in *iam.UpdateRoleDescriptionInput) *string { return in.RoleName }, d.updateRoleDescription),
		onBoundedRole(d, iam.UpdateAssumeRolePolicy, func(in *iam.UpdateAssumeRolePolicyInput) *string { return in.RoleName }, d.updateAssumeRolePolicy),
		onRole(d, iam.ListRoleTags, func(in *iam.ListRoleTagsInput) *string { return in.RoleName }, d.listRoleTags),
		onRole(d, iam.TagRole, func(in *iam.TagRoleInput) *string { return in.RoleName }, d.tagRole,
			keys(func(in *iam.TagRoleInput) map[string][]string { return tagKeys(in.Tags) })),
		onRole(d, iam.UntagRole, func(in *iam.UntagRoleInput) *string { return in.RoleName }, d.untagRole,
			keys(func(in *iam.UntagRoleInput) map[string][]string {
				return map[string][]string{"aws:TagKeys": in.TagKeys}
			})),
		onRole(d, iam.ListInstanceProfilesForRole, func(in *iam.ListInstanceProfilesForRoleInput) *string { return in.RoleName }, d.listInstanceProfiles),
	}
}

func pathOf(path *string) string {
	if path == nil {
		return "/"
	}
	return *path
}

// wireRole is a role as GetRole shows it; ListRoles leaves out tags and boundary.
func wireRole(r *idc.Role) *iam.Role {
	out := listedRole(r)
	if len(r.Tags) > 0 {
		out.Tags = wireTags(r.Tags)
	}
	if r.PermissionsBoundary != "" {
		out.PermissionsBoundary = &iam.AttachedPermissionsBoundary{PermissionsBoundaryArn: &r.PermissionsBoundary, PermissionsBoundaryType: text("Policy")}
	}
	return out
}

func listedRole(r *idc.Role) *iam.Role {
	return &iam.Role{
		Arn: &r.ARN, AssumeRolePolicyDocument: &r.TrustPolicy, CreateDate: &r.CreatedAt, Description: text(r.Description),
		MaxSessionDuration: number(int(r.MaxSessionDuration / time.Second)), Path: &r.Path, RoleId: &r.ID, RoleName: &r.Name,
	}
}

func (d *Door) listRoles(ctx context.Context, call *awsedge.Call, in *iam.ListRolesInput) (*iam.ListRolesOutput, error) {
	p, at, err := d.page(call, in.Marker, in.MaxItems, value(in.PathPrefix))
	if err != nil {
		return nil, err
	}
	found, next, err := d.Roles.List(ctx, call.Caller.AccountID, value(in.PathPrefix), p)
	if err != nil {
		return nil, err
	}
	roles := make([]iam.Role, len(found))
	for i, r := range found {
		roles[i] = *listedRole(r)
	}
	page := listed(at, roles, next)
	return &iam.ListRolesOutput{Roles: page.items, IsTruncated: page.truncated, Marker: page.marker}, nil
}

func (d *Door) createRole(ctx context.Context, call *awsedge.Call, in *iam.CreateRoleInput) (*iam.CreateRoleOutput, error) {
	definition := role.Definition{
		Name: *in.RoleName, Path: value(in.Path), TrustPolicy: *in.AssumeRolePolicyDocument, Description: value(in.Description),
		PermissionsBoundary: value(in.PermissionsBoundary), Tags: fromTags(in.Tags),
	}
	if in.MaxSessionDuration != nil {
		definition.MaxSessionDuration = time.Duration(*in.MaxSessionDuration) * time.Second
	}
	created, err := d.Roles.Create(ctx, call.Change(), call.Caller.AccountID, definition)
	if err != nil {
		return nil, err
	}
	return &iam.CreateRoleOutput{Role: wireRole(created)}, nil
}

func (d *Door) getRole(ctx context.Context, call *awsedge.Call, in *iam.GetRoleInput) (*iam.GetRoleOutput, error) {
	found, err := d.Roles.Get(ctx, call.Caller.AccountID, *in.RoleName)
	if err != nil {
		return nil, err
	}
	use, err := d.Roles.LastUse(ctx, found)
	if err != nil {
		return nil, err
	}
	out := wireRole(found)
	out.RoleLastUsed = lastUsed(use)
	return &iam.GetRoleOutput{Role: out}, nil
}

func (d *Door) deleteRole(ctx context.Context, call *awsedge.Call, in *iam.DeleteRoleInput) (*iam.DeleteRoleOutput, error) {
	return nil, d.Roles.Delete(ctx, call.Change(), call.Caller.AccountID, *in.RoleName)
}

func (d *Door) updateRole(ctx context.Context, call *awsedge.Call, in *iam.UpdateRoleInput) (*iam.UpdateRoleOutput, error) {
	update := role.Update{Description: in.Description}
	if in.MaxSessionDuration != nil {
		longest := time.Duration(*in.MaxSessionDuration) * time.Second
		update.MaxSessionDuration = &longest
	}
	_, err := d.Roles.Update(ctx, call.Change(), call.Caller.AccountID, *in.RoleName, update)
	return nil, err
}

func (d *Door) updateRoleDescription(ctx context.Context, call *awsedge.Call, in *iam.UpdateRoleDescriptionInput) (*iam.UpdateRoleDescriptionOutput, error) {
	updated, err := d.Roles.Update(ctx, call.Change(), call.Caller.AccountID, *in.RoleName, role.Update{Description: in.Description})
	if err != nil {
		return nil, err
	}
	return &iam.UpdateRoleDescriptionOutput{Role: wireRole(updated)}, nil
}

func (d *Door) updateAssumeRolePolicy(ctx context.Context, call *awsedge.Call, in *iam.UpdateAssumeRolePolicyInput) (*iam.UpdateAssumeRolePolicyOutput, error) {
	return nil, d.Roles.UpdateTrust(ctx, call.Change(), call.Caller.AccountID, *in.RoleName, *in.PolicyDocument)
}

func (d *Door) listRoleTags(ctx context.Context, call *awsedge.Call, in *iam.ListRoleTagsInput) (*iam.ListRoleTagsOutput, error) {
	found, err := d.Roles.Get(ctx, call.Caller.AccountID, *in.RoleName)
	if err != nil {
		return nil, err
	}
	page, err := cut(d, call, in.Marker, in.MaxItems, wireTags(found.Tags), tagKey, *in.RoleName)
	if err != nil {
		return nil, err
	}
	return &iam.ListRoleTagsOutput{Tags: page.items, IsTruncated: page.truncated, Marker: page.marker}, nil
}

func (d *Door) tagRole(ctx context.Context, call *awsedge.Call, in *iam.TagRoleInput) (*iam.TagRoleOutput, error) {
	return nil, d.Roles.Tag(ctx, call.Change(), call.Caller.AccountID, *in.RoleName, fromTags(in.Tags))
}

func (d *Door) untagRole(ctx context.Context, call *awsedge.Call, in *iam.UntagRoleInput) (*iam.UntagRoleOutput, error) {
	return nil, d.Roles.Untag(ctx, call.Change(), call.Caller.AccountID, *in.RoleName, in.TagKeys)
}

// listInstanceProfiles answers that there are none: tools ask before they delete a role.
func (d *Door) listInstanceProfiles(ctx context.Context, call *awsedge.Call, in *iam.ListInstanceProfilesForRoleInput) (*iam.ListInstanceProfilesForRoleOutput, error) {
	if _, err := d.Roles.Get(ctx, call.Caller.AccountID, *in.RoleName); err != nil {
		return nil, err
	}
	truncated := false
	return &iam.ListInstanceProfilesForRoleOutput{InstanceProfiles: []iam.InstanceProfile{}, IsTruncated: &truncated}, nil
}
