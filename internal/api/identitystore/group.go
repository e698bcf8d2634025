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
		awsedge.Op(identitystore.CreateGroup, d.createGroup,
			awsedge.On(func(*awsedge.Call, *identitystore.CreateGroupInput) []string { return d.on() })),
		awsedge.Op(identitystore.DescribeGroup, d.describeGroup,
			awsedge.On(func(_ *awsedge.Call, in *identitystore.DescribeGroupInput) []string {
				return d.on(groupARN(in.GroupId))
			})),
		awsedge.Op(identitystore.UpdateGroup, d.updateGroup,
			awsedge.On(func(_ *awsedge.Call, in *identitystore.UpdateGroupInput) []string { return d.on(groupARN(in.GroupId)) })),
		awsedge.Op(identitystore.DeleteGroup, d.deleteGroup,
			awsedge.On(func(_ *awsedge.Call, in *identitystore.DeleteGroupInput) []string { return d.on(groupARN(in.GroupId)) })),
		awsedge.Op(identitystore.ListGroups, d.listGroups,
			awsedge.On(func(*awsedge.Call, *identitystore.ListGroupsInput) []string { return d.on(allGroups()) })),
		awsedge.Op(identitystore.GetGroupId, d.getGroupID,
			awsedge.On(func(*awsedge.Call, *identitystore.GetGroupIdInput) []string { return d.on(allGroups()) })),
	}
}

func (d *Door) createGroup(ctx context.Context, call *awsedge.Call, in *identitystore.CreateGroupInput) (*identitystore.CreateGroupOutput, error) {
	if err := d.ours(in.IdentityStoreId); err != nil {
		return nil, err
	}
	g, err := d.Directory.CreateGroup(ctx, call.Change(), d.Instance.IdentityStoreID, idc.Group{
		Owner: idc.OwnerBuiltIn, DisplayName: text(in.DisplayName), Description: text(in.Description),
	})
	if err != nil {
		return nil, err
	}
	return &identitystore.CreateGroupOutput{
		IdentityStoreId: &d.Instance.IdentityStoreID, GroupId: &g.ID, GroupArn: optional(groupARN(&g.ID)), Revision: optional(directory.RevisionOf(g.Version)),
	}, nil
}

func (d *Door) describeGroup(ctx context.Context, _ *awsedge.Call, in *identitystore.DescribeGroupInput) (*identitystore.DescribeGroupOutput, error) {
	if err := d.ours(in.IdentityStoreId); err != nil {
		return nil, err
	}
	g, err := d.Directory.DescribeGroup(ctx, d.Instance.IdentityStoreID, groupID(in.GroupId))
	if err != nil {
		return nil, err
	}
	out := identitystore.DescribeGroupOutput(d.wireGroup(g))
	return &out, nil
}

func (d *Door) wireGroup(g *idc.Group) identitystore.Group {
	return identitystore.Group{
		IdentityStoreId: &d.Instance.IdentityStoreID, GroupId: &g.ID, GroupArn: optional(groupARN(&g.ID)), Revision: optional(directory.RevisionOf(g.Version)),
		DisplayName: &g.DisplayName,
		Description: optional(g.Description), ExternalIds: externalIDs(g.ExternalIDs),
		CreatedAt: instant(g.CreatedAt), CreatedBy: optional(g.CreatedBy), UpdatedAt: instant(g.UpdatedAt), UpdatedBy: optional(g.UpdatedBy),
	}
}

func (d *Door) updateGroup(ctx context.Context, call *awsedge.Call, in *identitystore.UpdateGroupInput) (*identitystore.UpdateGroupOutput, error) {
	if err := d.ours(in.IdentityStoreId); err != nil {
		return nil, err
	}
	g, err := d.Directory.UpdateGroup(ctx, call.Change(), d.Instance.IdentityStoreID, idc.OwnerBuiltIn, groupID(in.GroupId), text(in.Revision), operations(in.Operations))
	if err != nil {
		return nil, err
	}
	return &identitystore.UpdateGroupOutput{
		IdentityStoreId: &d.Instance.IdentityStoreID, GroupId: &g.ID, GroupArn: optional(groupARN(&g.ID)), Revision: optional(directory.RevisionOf(g.Version)),
	}, nil
}

func (d *Door) deleteGroup(ctx context.Context, call *awsedge.Call, in *identitystore.DeleteGroupInput) (*identitystore.DeleteGroupOutput, error) {
	if err := d.ours(in.IdentityStoreId); err != nil {
		return nil, err
	}
	return nil, d.Directory.DeleteGroup(ctx, call.Change(), d.Instance.IdentityStoreID, idc.OwnerBuiltIn, groupID(in.GroupId), text(in.Revision))
}

func (d *Door) listGroups(ctx context.Context, call *awsedge.Call, in *identitystore.ListGroupsInput) (*identitystore.ListGroupsOutput, error) {
	if err := d.ours(in.IdentityStoreId); err != nil {
		return nil, err
	}
	name, err := filterValue(in.Filters, "DisplayName")
	if err != nil {
		return nil, err
	}
	page, token, err := d.page(call, in.NextToken, in.MaxResults, name)
	if err != nil {
		return nil, err
	}
	groups, next, err := d.Directory.ListGroups(ctx, d.Instance.IdentityStoreID, name, page)
	if err != nil {
		return nil, err
	}
	out := &identitystore.ListGroupsOutput{Groups: make([]identitystore.Group, len(groups)), NextToken: token(next)}
	for i, g := range groups {
		out.Groups[i] = d.wireGroup(g)
	}
	return out, nil
}

func (d *Door) getGroupID(ctx context.Context, _ *awsedge.Call, in *identitystore.GetGroupIdInput) (*identitystore.GetGroupIdOutput, error) {
	if err := d.ours(in.IdentityStoreId); err != nil {
		return nil, err
	}
	by, err := alternate(in.AlternateIdentifier)
	if err != nil {
		return nil, err
	}
	g, err := d.Directory.FindGroup(ctx, d.Instance.IdentityStoreID, by)
	if err != nil {
		return nil, err
	}
	return &identitystore.GetGroupIdOutput{IdentityStoreId: &d.Instance.IdentityStoreID, GroupId: &g.ID}, nil
}
