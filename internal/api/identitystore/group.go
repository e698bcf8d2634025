package identitystore

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/identitystore"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/directory"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) groupOperations() []awsedge.Operation {
	return []awsedge.Operation{
		op(d, identitystore.CreateGroup, func(in *identitystore.CreateGroupInput) (*string, []string) {
			return in.IdentityStoreId, nil
		}, d.createGroup),
		op(d, identitystore.DescribeGroup, func(in *identitystore.DescribeGroupInput) (*string, []string) {
			return in.IdentityStoreId, []string{groupARN(in.GroupId)}
		}, d.describeGroup),
		op(d, identitystore.UpdateGroup, func(in *identitystore.UpdateGroupInput) (*string, []string) {
			return in.IdentityStoreId, []string{groupARN(in.GroupId)}
		}, d.updateGroup),
		op(d, identitystore.DeleteGroup, func(in *identitystore.DeleteGroupInput) (*string, []string) {
			return in.IdentityStoreId, []string{groupARN(in.GroupId)}
		}, d.deleteGroup),
		op(d, identitystore.ListGroups, func(in *identitystore.ListGroupsInput) (*string, []string) {
			return in.IdentityStoreId, []string{allGroups()}
		}, d.listGroups),
		op(d, identitystore.GetGroupId, func(in *identitystore.GetGroupIdInput) (*string, []string) {
			return in.IdentityStoreId, []string{allGroups()}
		}, d.getGroupID),
	}
}

func (d *Door) createGroup(ctx context.Context, r request, in *identitystore.CreateGroupInput) (*identitystore.CreateGroupOutput, error) {
	g, err := d.Directory.CreateGroup(ctx, r.Change(), r.instance.IdentityStoreID, idc.Group{
		Owner: idc.OwnerBuiltIn, DisplayName: text(in.DisplayName), Description: text(in.Description),
	})
	if err != nil {
		return nil, err
	}
	return &identitystore.CreateGroupOutput{
		IdentityStoreId: &r.instance.IdentityStoreID, GroupId: &g.ID, GroupArn: optional(groupARN(&g.ID)), Revision: optional(directory.RevisionOf(g.Version)),
	}, nil
}

func (d *Door) describeGroup(ctx context.Context, r request, in *identitystore.DescribeGroupInput) (*identitystore.DescribeGroupOutput, error) {
	g, err := d.Directory.DescribeGroup(ctx, r.instance.IdentityStoreID, groupID(in.GroupId))
	if err != nil {
		return nil, err
	}
	out := identitystore.DescribeGroupOutput(wireGroup(g))
	return &out, nil
}

func wireGroup(g *idc.Group) identitystore.Group {
	return identitystore.Group{
		IdentityStoreId: &g.IdentityStoreID, GroupId: &g.ID, GroupArn: optional(groupARN(&g.ID)), Revision: optional(directory.RevisionOf(g.Version)),
		DisplayName: &g.DisplayName,
		Description: optional(g.Description), ExternalIds: externalIDs(g.ExternalIDs),
		CreatedAt: instant(g.CreatedAt), CreatedBy: optional(g.CreatedBy), UpdatedAt: instant(g.UpdatedAt), UpdatedBy: optional(g.UpdatedBy),
	}
}

func (d *Door) updateGroup(ctx context.Context, r request, in *identitystore.UpdateGroupInput) (*identitystore.UpdateGroupOutput, error) {
	g, err := d.Directory.UpdateGroup(ctx, r.Change(), r.instance.IdentityStoreID, idc.OwnerBuiltIn, groupID(in.GroupId), text(in.Revision), operations(in.Operations))
	if err != nil {
		return nil, err
	}
	return &identitystore.UpdateGroupOutput{
		IdentityStoreId: &r.instance.IdentityStoreID, GroupId: &g.ID, GroupArn: optional(groupARN(&g.ID)), Revision: optional(directory.RevisionOf(g.Version)),
	}, nil
}

func (d *Door) deleteGroup(ctx context.Context, r request, in *identitystore.DeleteGroupInput) (*identitystore.DeleteGroupOutput, error) {
	return nil, d.Directory.DeleteGroup(ctx, r.Change(), r.instance.IdentityStoreID, idc.OwnerBuiltIn, groupID(in.GroupId), text(in.Revision))
}

func (d *Door) listGroups(ctx context.Context, r request, in *identitystore.ListGroupsInput) (*identitystore.ListGroupsOutput, error) {
	name, err := filterValue(in.Filters, "DisplayName")
	if err != nil {
		return nil, err
	}
	page, token, err := d.page(r, in.NextToken, in.MaxResults, name)
	if err != nil {
		return nil, err
	}
	groups, next, err := d.Directory.ListGroups(ctx, r.instance.IdentityStoreID, name, page)
	if err != nil {
		return nil, err
	}
	out := &identitystore.ListGroupsOutput{Groups: make([]identitystore.Group, len(groups)), NextToken: token(next)}
	for i, g := range groups {
		out.Groups[i] = wireGroup(g)
	}
	return out, nil
}

func (d *Door) getGroupID(ctx context.Context, r request, in *identitystore.GetGroupIdInput) (*identitystore.GetGroupIdOutput, error) {
	by, err := alternate(in.AlternateIdentifier)
	if err != nil {
		return nil, err
	}
	g, err := d.Directory.FindGroup(ctx, r.instance.IdentityStoreID, by)
	if err != nil {
		return nil, err
	}
	return &identitystore.GetGroupIdOutput{IdentityStoreId: &r.instance.IdentityStoreID, GroupId: &g.ID}, nil
}
