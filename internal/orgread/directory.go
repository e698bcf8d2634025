package orgread

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"github.com/gatehouse-idc/gatehouse/internal/orgfile"
)

// readDirectory reads users, and groups with their members.
func (r *reader) readDirectory(ctx context.Context) error {
	store := &r.file.Instance.IdentityStoreID
	for p := identitystore.NewListUsersPaginator(r.store, &identitystore.ListUsersInput{IdentityStoreId: store}); p.HasMorePages(); {
		page, err := p.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, u := range page.Users {
			r.file.Users = append(r.file.Users, user(u))
		}
	}
	names := orgfile.NewNames(r.file.Users, func(u orgfile.User) (string, string) { return u.UserName, u.ID })
	for _, u := range r.file.Users {
		r.users[u.ID] = names.Reference(u.UserName, u.ID)
	}
	for p := identitystore.NewListGroupsPaginator(r.store, &identitystore.ListGroupsInput{IdentityStoreId: store}); p.HasMorePages(); {
		page, err := p.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, g := range page.Groups {
			group := orgfile.Group{Name: aws.ToString(g.DisplayName), ID: aws.ToString(g.GroupId), Description: aws.ToString(g.Description)}
			if group.Name == "" {
				group.Name = group.ID
			}
			r.file.Groups = append(r.file.Groups, group)
		}
	}
	groupNames := orgfile.NewNames(r.file.Groups, func(g orgfile.Group) (string, string) { return g.Name, g.ID })
	for _, g := range r.file.Groups {
		r.group[g.ID] = groupNames.Reference(g.Name, g.ID)
	}
	return each(ctx, r.file.Groups, func(ctx context.Context, i int, g orgfile.Group) error {
		in := &identitystore.ListGroupMembershipsInput{IdentityStoreId: store, GroupId: &g.ID}
		for p := identitystore.NewListGroupMembershipsPaginator(r.store, in); p.HasMorePages(); {
			page, err := p.NextPage(ctx)
			if err != nil {
				return err
			}
			for _, m := range page.GroupMemberships {
				member, ok := m.MemberId.(*types.MemberIdMemberUserId)
				if !ok {
					r.warn("group %s has a member that is no user; it is left out", g.Name)
					continue
				}
				ref := r.users[member.Value]
				if ref == "" {
					r.warn("group %s has the member %s, who is not in the directory and is left out", g.Name, member.Value)
					continue
				}
				r.file.Groups[i].Members = append(r.file.Groups[i].Members, ref)
			}
		}
		return nil
	})
}

func user(u types.User) orgfile.User {
	out := orgfile.User{
		UserName: aws.ToString(u.UserName), ID: aws.ToString(u.UserId), DisplayName: aws.ToString(u.DisplayName),
		Disabled: u.UserStatus == types.UserStatusDisabled,
	}
	if out.UserName == "" {
		out.UserName = out.ID
	}
	if u.Name != nil {
		out.GivenName, out.FamilyName = aws.ToString(u.Name.GivenName), aws.ToString(u.Name.FamilyName)
	}
	for _, e := range u.Emails {
		out.Emails = append(out.Emails, aws.ToString(e.Value))
	}
	return out
}
