package identitystore

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/identitystore"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) membershipOperations() []awsedge.Operation {
	return []awsedge.Operation{
		awsedge.Op(identitystore.CreateGroupMembership, d.createMembership,
			awsedge.On(func(_ *awsedge.Call, in *identitystore.CreateGroupMembershipInput) []string {
				return d.on(groupARN(in.GroupId), memberARN(in.MemberId))
			})),
		awsedge.Op(identitystore.DescribeGroupMembership, d.describeMembership,
			onMembership(d, func(in *identitystore.DescribeGroupMembershipInput) *string { return in.MembershipId })),
		awsedge.Op(identitystore.DeleteGroupMembership, d.deleteMembership,
			onMembership(d, func(in *identitystore.DeleteGroupMembershipInput) *string { return in.MembershipId })),
		awsedge.Op(identitystore.GetGroupMembershipId, d.getMembershipID,
			awsedge.On(func(_ *awsedge.Call, in *identitystore.GetGroupMembershipIdInput) []string {
				return d.on(allMemberships(), groupARN(in.GroupId), memberARN(in.MemberId))
			})),
		awsedge.Op(identitystore.ListGroupMemberships, d.listMemberships,
			awsedge.On(func(_ *awsedge.Call, in *identitystore.ListGroupMembershipsInput) []string {
				return d.on(allMemberships(), groupARN(in.GroupId))
			})),
		awsedge.Op(identitystore.ListGroupMembershipsForMember, d.listMembershipsForMember,
			awsedge.On(func(_ *awsedge.Call, in *identitystore.ListGroupMembershipsForMemberInput) []string {
				return d.on(allMemberships(), memberARN(in.MemberId))
			})),
		awsedge.Op(identitystore.IsMemberInGroups, d.isMemberInGroups,
			awsedge.On(func(_ *awsedge.Call, in *identitystore.IsMemberInGroupsInput) []string {
				resources := d.on(allMemberships(), memberARN(in.MemberId))
				for i := range in.GroupIds {
					resources = append(resources, groupARN(&in.GroupIds[i]))
				}
				return resources
			})),
	}
}

// onMembership declares a membership with its group and user: a policy about a
// group speaks of its memberships, whatever their ids. Of one that does not exist
// only who may do so with all groups and users learns that.
func onMembership[In any](d *Door, id func(in *In) *string) awsedge.Option[In] {
	return awsedge.OnFound(func(ctx context.Context, _ *awsedge.Call, in *In) ([]string, map[string][]string, error) {
		m, err := d.Directory.DescribeMembership(ctx, d.Instance.IdentityStoreID, membershipID(id(in)))
		if idc.IsNotFound(err) {
			return d.on(membershipARN(id(in)), allGroups(), allUsers()), nil, nil
		}
		if err != nil {
			return nil, nil, err
		}
		return d.on(membershipARN(&m.ID), groupARN(&m.GroupID), userARN(&m.UserID)), nil, nil
	})
}

func (d *Door) createMembership(ctx context.Context, call *awsedge.Call, in *identitystore.CreateGroupMembershipInput) (*identitystore.CreateGroupMembershipOutput, error) {
	if err := d.ours(in.IdentityStoreId); err != nil {
		return nil, err
	}
	member, err := memberUser(in.MemberId)
	if err != nil {
		return nil, err
	}
	m, err := d.Directory.AddMember(ctx, call.Change(), d.Instance.IdentityStoreID, idc.OwnerBuiltIn, groupID(in.GroupId), member, idc.Validity{})
	if err != nil {
		return nil, err
	}
	return &identitystore.CreateGroupMembershipOutput{
		IdentityStoreId: &d.Instance.IdentityStoreID, MembershipId: &m.ID, MembershipArn: optional(membershipARN(&m.ID)),
	}, nil
}

func (d *Door) describeMembership(ctx context.Context, _ *awsedge.Call, in *identitystore.DescribeGroupMembershipInput) (*identitystore.DescribeGroupMembershipOutput, error) {
	if err := d.ours(in.IdentityStoreId); err != nil {
		return nil, err
	}
	m, err := d.Directory.DescribeMembership(ctx, d.Instance.IdentityStoreID, membershipID(in.MembershipId))
	if err != nil {
		return nil, err
	}
	out := identitystore.DescribeGroupMembershipOutput(d.wireMembership(m))
	return &out, nil
}

// wireMembership: a membership is written once and never changed, so that it was updated when it was made.
func (d *Door) wireMembership(m *idc.Membership) identitystore.GroupMembership {
	made, by := m.CreatedAt, optional(m.CreatedBy)
	if made.IsZero() {
		made = m.Version.RecordedAt
	}
	return identitystore.GroupMembership{
		IdentityStoreId: &d.Instance.IdentityStoreID, MembershipId: &m.ID, MembershipArn: optional(membershipARN(&m.ID)), GroupId: &m.GroupID,
		MemberId: &identitystore.MemberId{UserId: &m.UserID}, CreatedAt: instant(made), CreatedBy: by, UpdatedAt: instant(made), UpdatedBy: by,
	}
}

func (d *Door) wireMemberships(in []*idc.Membership) []identitystore.GroupMembership {
	out := make([]identitystore.GroupMembership, len(in))
	for i, m := range in {
		out[i] = d.wireMembership(m)
	}
	return out
}

func (d *Door) deleteMembership(ctx context.Context, call *awsedge.Call, in *identitystore.DeleteGroupMembershipInput) (*identitystore.DeleteGroupMembershipOutput, error) {
	if err := d.ours(in.IdentityStoreId); err != nil {
		return nil, err
	}
	return nil, d.Directory.RemoveMember(ctx, call.Change(), d.Instance.IdentityStoreID, idc.OwnerBuiltIn, membershipID(in.MembershipId))
}

func (d *Door) getMembershipID(ctx context.Context, _ *awsedge.Call, in *identitystore.GetGroupMembershipIdInput) (*identitystore.GetGroupMembershipIdOutput, error) {
	if err := d.ours(in.IdentityStoreId); err != nil {
		return nil, err
	}
	member, err := memberUser(in.MemberId)
	if err != nil {
		return nil, err
	}
	m, err := d.Directory.FindMembership(ctx, d.Instance.IdentityStoreID, groupID(in.GroupId), member)
	if err != nil {
		return nil, err
	}
	return &identitystore.GetGroupMembershipIdOutput{IdentityStoreId: &d.Instance.IdentityStoreID, MembershipId: &m.ID}, nil
}

func (d *Door) listMemberships(ctx context.Context, call *awsedge.Call, in *identitystore.ListGroupMembershipsInput) (*identitystore.ListGroupMembershipsOutput, error) {
	if err := d.ours(in.IdentityStoreId); err != nil {
		return nil, err
	}
	page, token, err := d.page(call, in.NextToken, in.MaxResults, groupID(in.GroupId))
	if err != nil {
		return nil, err
	}
	members, next, err := d.Directory.ListMembers(ctx, d.Instance.IdentityStoreID, groupID(in.GroupId), page)
	if err != nil {
		return nil, err
	}
	return &identitystore.ListGroupMembershipsOutput{GroupMemberships: d.wireMemberships(members), NextToken: token(next)}, nil
}

func (d *Door) listMembershipsForMember(ctx context.Context, call *awsedge.Call, in *identitystore.ListGroupMembershipsForMemberInput) (*identitystore.ListGroupMembershipsForMemberOutput, error) {
	if err := d.ours(in.IdentityStoreId); err != nil {
		return nil, err
	}
	member, err := memberUser(in.MemberId)
	if err != nil {
		return nil, err
	}
	page, token, err := d.page(call, in.NextToken, in.MaxResults, member)
	if err != nil {
		return nil, err
	}
	groups, next, err := d.Directory.ListGroupsOfMember(ctx, d.Instance.IdentityStoreID, member, page)
	if err != nil {
		return nil, err
	}
	return &identitystore.ListGroupMembershipsForMemberOutput{GroupMemberships: d.wireMemberships(groups), NextToken: token(next)}, nil
}

func (d *Door) isMemberInGroups(ctx context.Context, _ *awsedge.Call, in *identitystore.IsMemberInGroupsInput) (*identitystore.IsMemberInGroupsOutput, error) {
	if err := d.ours(in.IdentityStoreId); err != nil {
		return nil, err
	}
	member, err := memberUser(in.MemberId)
	if err != nil {
		return nil, err
	}
	groups := make([]string, len(in.GroupIds))
	for i := range groups {
		groups[i] = groupID(&in.GroupIds[i])
	}
	exists, err := d.Directory.IsMemberInGroups(ctx, d.Instance.IdentityStoreID, member, groups)
	if err != nil {
		return nil, err
	}
	out := &identitystore.IsMemberInGroupsOutput{Results: make([]identitystore.GroupMembershipExistenceResult, len(exists))}
	for i := range exists {
		out.Results[i] = identitystore.GroupMembershipExistenceResult{
			GroupId: &groups[i], MemberId: &identitystore.MemberId{UserId: &member}, MembershipExists: &exists[i],
		}
	}
	return out, nil
}
