package identitystore

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/identitystore"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) membershipOperations() []awsedge.Operation {
	return []awsedge.Operation{
		op(d, identitystore.CreateGroupMembership, func(in *identitystore.CreateGroupMembershipInput) (*string, []string) {
			return in.IdentityStoreId, []string{groupARN(in.GroupId), memberARN(in.MemberId)}
		}, d.createMembership),
		onMembership(d, identitystore.DescribeGroupMembership, func(in *identitystore.DescribeGroupMembershipInput) (storeID, id *string) {
			return in.IdentityStoreId, in.MembershipId
		}, d.describeMembership),
		onMembership(d, identitystore.DeleteGroupMembership, func(in *identitystore.DeleteGroupMembershipInput) (storeID, id *string) {
			return in.IdentityStoreId, in.MembershipId
		}, d.deleteMembership),
		op(d, identitystore.GetGroupMembershipId, func(in *identitystore.GetGroupMembershipIdInput) (*string, []string) {
			return in.IdentityStoreId, []string{allMemberships(), groupARN(in.GroupId), memberARN(in.MemberId)}
		}, d.getMembershipID),
		op(d, identitystore.ListGroupMemberships, func(in *identitystore.ListGroupMembershipsInput) (*string, []string) {
			return in.IdentityStoreId, []string{allMemberships(), groupARN(in.GroupId)}
		}, d.listMemberships),
		op(d, identitystore.ListGroupMembershipsForMember, func(in *identitystore.ListGroupMembershipsForMemberInput) (*string, []string) {
			return in.IdentityStoreId, []string{allMemberships(), memberARN(in.MemberId)}
		}, d.listMembershipsForMember),
		op(d, identitystore.IsMemberInGroups, func(in *identitystore.IsMemberInGroupsInput) (*string, []string) {
			resources := []string{allMemberships(), memberARN(in.MemberId)}
			for i := range in.GroupIds {
				resources = append(resources, groupARN(&in.GroupIds[i]))
			}
			return in.IdentityStoreId, resources
		}, d.isMemberInGroups),
	}
}

// onMembership registers an operation on a membership, which is authorised with its
// group and user: a policy about a group speaks of its memberships, whatever their
// ids. Of one that does not exist only who may do so with all groups and users learns
// that.
func onMembership[In, Out any](d *Door, typed awsapi.Typed[In, Out], names func(in *In) (storeID, id *string),
	fn func(ctx context.Context, r request, in *In) (*Out, error)) awsedge.Operation {
	return opFound(d, typed, func(in *In) *string { storeID, _ := names(in); return storeID },
		func(ctx context.Context, storeID string, in *In) ([]string, error) {
			_, id := names(in)
			m, err := d.Directory.DescribeMembership(ctx, storeID, membershipID(id))
			if idc.IsNotFound(err) {
				return []string{membershipARN(id), allGroups(), allUsers()}, nil
			}
			if err != nil {
				return nil, err
			}
			return []string{membershipARN(&m.ID), groupARN(&m.GroupID), userARN(&m.UserID)}, nil
		}, fn)
}

func (d *Door) createMembership(ctx context.Context, r request, in *identitystore.CreateGroupMembershipInput) (*identitystore.CreateGroupMembershipOutput, error) {
	member, err := memberUser(in.MemberId)
	if err != nil {
		return nil, err
	}
	m, err := d.Directory.AddMember(ctx, r.Change(), r.instance.IdentityStoreID, idc.OwnerBuiltIn, groupID(in.GroupId), member, idc.Validity{})
	if err != nil {
		return nil, err
	}
	return &identitystore.CreateGroupMembershipOutput{
		IdentityStoreId: &r.instance.IdentityStoreID, MembershipId: &m.ID, MembershipArn: optional(membershipARN(&m.ID)),
	}, nil
}

func (d *Door) describeMembership(ctx context.Context, r request, in *identitystore.DescribeGroupMembershipInput) (*identitystore.DescribeGroupMembershipOutput, error) {
	m, err := d.Directory.DescribeMembership(ctx, r.instance.IdentityStoreID, membershipID(in.MembershipId))
	if err != nil {
		return nil, err
	}
	out := identitystore.DescribeGroupMembershipOutput(r.wireMembership(m))
	return &out, nil
}

// wireMembership: a membership is written once and never changed, so that it was updated when it was made.
func (r request) wireMembership(m *idc.Membership) identitystore.GroupMembership {
	made, by := m.CreatedAt, optional(m.CreatedBy)
	if made.IsZero() {
		made = m.Version.RecordedAt
	}
	return identitystore.GroupMembership{
		IdentityStoreId: &r.instance.IdentityStoreID, MembershipId: &m.ID, MembershipArn: optional(membershipARN(&m.ID)), GroupId: &m.GroupID,
		MemberId: &identitystore.MemberId{UserId: &m.UserID}, CreatedAt: instant(made), CreatedBy: by, UpdatedAt: instant(made), UpdatedBy: by,
	}
}

func (r request) wireMemberships(in []*idc.Membership) []identitystore.GroupMembership {
	out := make([]identitystore.GroupMembership, len(in))
	for i, m := range in {
		out[i] = r.wireMembership(m)
	}
	return out
}

func (d *Door) deleteMembership(ctx context.Context, r request, in *identitystore.DeleteGroupMembershipInput) (*identitystore.DeleteGroupMembershipOutput, error) {
	return nil, d.Directory.RemoveMember(ctx, r.Change(), r.instance.IdentityStoreID, idc.OwnerBuiltIn, membershipID(in.MembershipId))
}

func (d *Door) getMembershipID(ctx context.Context, r request, in *identitystore.GetGroupMembershipIdInput) (*identitystore.GetGroupMembershipIdOutput, error) {
	member, err := memberUser(in.MemberId)
	if err != nil {
		return nil, err
	}
	m, err := d.Directory.FindMembership(ctx, r.instance.IdentityStoreID, groupID(in.GroupId), member)
	if err != nil {
		return nil, err
	}
	return &identitystore.GetGroupMembershipIdOutput{IdentityStoreId: &r.instance.IdentityStoreID, MembershipId: &m.ID}, nil
}

func (d *Door) listMemberships(ctx context.Context, r request, in *identitystore.ListGroupMembershipsInput) (*identitystore.ListGroupMembershipsOutput, error) {
	page, token, err := d.page(r, in.NextToken, in.MaxResults, groupID(in.GroupId))
	if err != nil {
		return nil, err
	}
	members, next, err := d.Directory.ListMembers(ctx, r.instance.IdentityStoreID, groupID(in.GroupId), page)
	if err != nil {
		return nil, err
	}
	return &identitystore.ListGroupMembershipsOutput{GroupMemberships: r.wireMemberships(members), NextToken: token(next)}, nil
}

func (d *Door) listMembershipsForMember(ctx context.Context, r request, in *identitystore.ListGroupMembershipsForMemberInput) (*identitystore.ListGroupMembershipsForMemberOutput, error) {
	member, err := memberUser(in.MemberId)
	if err != nil {
		return nil, err
	}
	page, token, err := d.page(r, in.NextToken, in.MaxResults, member)
	if err != nil {
		return nil, err
	}
	groups, next, err := d.Directory.ListGroupsOfMember(ctx, r.instance.IdentityStoreID, member, page)
	if err != nil {
		return nil, err
	}
	return &identitystore.ListGroupMembershipsForMemberOutput{GroupMemberships: r.wireMemberships(groups), NextToken: token(next)}, nil
}

func (d *Door) isMemberInGroups(ctx context.Context, r request, in *identitystore.IsMemberInGroupsInput) (*identitystore.IsMemberInGroupsOutput, error) {
	member, err := memberUser(in.MemberId)
	if err != nil {
		return nil, err
	}
	groups := make([]string, len(in.GroupIds))
	for i := range groups {
		groups[i] = groupID(&in.GroupIds[i])
	}
	exists, err := d.Directory.IsMemberInGroups(ctx, r.instance.IdentityStoreID, member, groups)
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
