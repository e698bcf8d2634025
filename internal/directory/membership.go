package directory

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func membershipNotFound(id string) error {
	return idc.NotFoundf("GROUP_MEMBERSHIP", id, "GROUP_MEMBERSHIP not found.")
}

// membership reads a membership, which belongs to the identity store of its group.
func membership(r store.Reader, storeID, id string) (*idc.Membership, error) {
	m, err := r.Membership(id)
	if err == nil {
		_, err = group(r, storeID, m.GroupID)
	}
	if idc.IsNotFound(err) {
		return nil, membershipNotFound(id)
	}
	return m, err
}

// AddMember puts a user into a group for the time of validity (the zero Validity has no bounds). The group
// must belong to source. Errors: NotFound ("Group does not exist", "Member does not exist"); Conflict with
// ReasonUniqueness when the user is a member already. A membership that has ended is replaced.
func (s *Service) AddMember(ctx context.Context, change idc.ChangeSet, storeID string, source idc.Owner, groupID, userID string, validity idc.Validity) (*idc.Membership, error) {
	if !validity.EndsAt.IsZero() && !validity.EndsAt.After(validity.StartsAt) {
		return nil, idc.Errorf(idc.Invalid, "A membership must end after it starts.")
	}
	m := idc.Membership{ID: s.IDs.MembershipID(), GroupID: groupID, UserID: userID, Validity: validity, Owner: source,
		CreatedAt: s.now(), CreatedBy: change.Actor}
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		g, err := group(tx, storeID, groupID)
		if idc.IsNotFound(err) {
			return idc.NotFoundf("GROUP", groupID, "Group does not exist")
		}
		if err != nil {
			return err
		}
		if err := mayChange(source, g.Owner); err != nil {
			return err
		}
		if _, err := user(tx, storeID, userID); idc.IsNotFound(err) {
			return idc.NotFoundf("USER", userID, "Member does not exist")
		} else if err != nil {
			return err
		}
		if err := s.clearEnded(tx, groupID, userID); err != nil {
			return err
		}
		return duplicate(tx.PutMembership(&m))
	})
	if err != nil {
		return nil, err
	}
	return s.DescribeMembership(ctx, storeID, m.ID)
}

// clearEnded removes a membership that time has ended already, and refuses a second one beside a current.
func (s *Service) clearEnded(tx store.Tx, groupID, userID string) error {
	old, err := tx.MembershipOf(groupID, userID)
	if idc.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if !s.ended(old) {
		return duplicateOf("GroupMembership")
	}
	return tx.DeleteMembership(old.ID)
}

func (s *Service) ended(m *idc.Membership) bool {
	return !m.Validity.EndsAt.IsZero() && !s.now().Before(m.Validity.EndsAt)
}

// RemoveMember ends a membership. The group must belong to source.
func (s *Service) RemoveMember(ctx context.Context, change idc.ChangeSet, storeID string, source idc.Owner, membershipID string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		m, err := membership(tx, storeID, membershipID)
		if err != nil {
			return err
		}
		if err := mayChange(source, m.Owner); err != nil {
			return err
		}
		return tx.DeleteMembership(membershipID)
	})
}

// DescribeMembership returns a membership that has not ended, or NotFound with Resource "GROUP_MEMBERSHIP".
func (s *Service) DescribeMembership(ctx context.Context, storeID, id string) (*idc.Membership, error) {
	var m *idc.Membership
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		m, err = membership(r, storeID, id)
		if err == nil && s.ended(m) {
			return membershipNotFound(id)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// FindMembership returns the membership of a user in a group that has not ended.
func (s *Service) FindMembership(ctx context.Context, storeID, groupID, userID string) (*idc.Membership, error) {
	var m *idc.Membership
	err := s.Store.View(ctx, func(r store.Reader) error {
		if _, err := group(r, storeID, groupID); err != nil {
			return err
		}
		var err error
		m, err = r.MembershipOf(groupID, userID)
		if idc.IsNotFound(err) || err == nil && s.ended(m) {
			return membershipNotFound("")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// ListMembers returns a page of the memberships of a group that have not ended, ordered by id.
func (s *Service) ListMembers(ctx context.Context, storeID, groupID string, p store.Page) ([]*idc.Membership, string, error) {
	return s.listMemberships(ctx, p, func(r store.Reader, page store.Page) ([]*idc.Membership, error) {
		if _, err := group(r, storeID, groupID); err != nil {
			return nil, err
		}
		return r.ListMembershipsOfGroup(groupID, page)
	})
}

// ListGroupsOfMember returns a page of the memberships of a user that have not ended, ordered by id.
func (s *Service) ListGroupsOfMember(ctx context.Context, storeID, userID string, p store.Page) ([]*idc.Membership, string, error) {
	return s.listMemberships(ctx, p, func(r store.Reader, page store.Page) ([]*idc.Membership, error) {
		if _, err := user(r, storeID, userID); err != nil {
			return nil, err
		}
		return r.ListMembershipsOfUser(userID, page)
	})
}

func (s *Service) listMemberships(ctx context.Context, p store.Page, list func(store.Reader, store.Page) ([]*idc.Membership, error)) ([]*idc.Membership, string, error) {
	var current []*idc.Membership
	var next string
	err := s.Store.View(ctx, func(r store.Reader) error {
		page, size := limited(p)
		all, err := list(r, page)
		if err != nil {
			return err
		}
		if len(all) > size {
			all = all[:size]
			next = all[size-1].ID
		}
		// A page may be short: AWS's clients go on until there is no token.
		for _, m := range all {
			if !s.ended(m) {
				current = append(current, m)
			}
		}
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	return current, next, nil
}

// IsMemberInGroups says for each group, in the order asked, whether the user is a member now. A group that
// does not exist has no members.
func (s *Service) IsMemberInGroups(ctx context.Context, storeID, userID string, groupIDs []string) ([]bool, error) {
	results := make([]bool, len(groupIDs))
	err := s.Store.View(ctx, func(r store.Reader) error {
		if _, err := user(r, storeID, userID); err != nil {
			return err
		}
		for i, groupID := range groupIDs {
			m, err := r.MembershipOf(groupID, userID)
			if err != nil && !idc.IsNotFound(err) {
				return err
			}
			results[i] = err == nil && m.Validity.ActiveAt(s.now())
		}
		return nil
	})
	return results, err
}
