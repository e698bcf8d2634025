package directory

import (
	"context"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// groupNamePattern is that of GroupDisplayName; unlike other texts it has no ideographic space.
const groupNamePattern = `[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ` + "\u00a0" + `]+`

func groupNames() class {
	return class{pattern: groupNamePattern, spaces: "\t\n\r \u00a0", max: maxText}
}

// group reads a group and says "GROUP not found." when the identity store has none such.
func group(r store.GroupReader, storeID, id string) (*idc.Group, error) {
	g, err := r.Group(id)
	if idc.IsNotFound(err) || err == nil && g.IdentityStoreID != storeID {
		return nil, idc.NotFoundf("GROUP", id, "GROUP not found.")
	}
	return g, err
}

func checkGroup(g *idc.Group) error {
	if g.DisplayName == "" {
		return idc.Errorf(idc.Invalid, "displayName is a required attribute")
	}
	if err := groupNames().check("displayName", g.DisplayName); err != nil {
		return err
	}
	if isReserved(g.DisplayName) {
		return idc.Errorf(idc.Invalid, "%s is a reserved name and cannot be used for users or groups.", g.DisplayName)
	}
	return texts().check("description", g.Description)
}

// CreateGroup makes a group of the owner named in draft (the built-in source when empty). Errors: Invalid;
// Conflict with ReasonUniqueness for a display name or external id that is taken; QuotaExceeded.
func (s *Service) CreateGroup(ctx context.Context, change idc.ChangeSet, storeID string, draft idc.Group) (*idc.Group, error) {
	g := draft
	g.IdentityStoreID = storeID
	if g.Owner == "" {
		g.Owner = idc.OwnerBuiltIn
	}
	if err := checkGroup(&g); err != nil {
		return nil, err
	}
	now := s.now()
	g.CreatedAt, g.UpdatedAt, g.CreatedBy, g.UpdatedBy = now, now, change.Actor, change.Actor
	newID := s.IDs.GroupID()
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		if err := checkStore(tx, storeID); err != nil {
			return err
		}
		if err := s.checkGroupQuota(tx, storeID); err != nil {
			return err
		}
		revived, err := s.revive(tx, storeID, nounGroup, g.DisplayName, g.Owner)
		if err != nil {
			return err
		}
		g.ID = newID
		if revived != "" {
			g.ID = revived
		}
		return duplicate(tx.PutGroup(&g))
	})
	if err != nil {
		return nil, err
	}
	return s.DescribeGroup(ctx, storeID, g.ID)
}

func (s *Service) checkGroupQuota(r store.GroupReader, storeID string) error {
	limit := s.MaxGroups
	if limit <= 0 {
		limit = DefaultMaxGroups
	}
	count, err := r.CountGroups(storeID)
	if err != nil {
		return err
	}
	if count >= limit {
		return idc.Errorf(idc.QuotaExceeded, "You have reached the maximum number of groups in the identity store (%d).", limit)
	}
	return nil
}

// DescribeGroup returns a group, or NotFound with Resource "GROUP".
func (s *Service) DescribeGroup(ctx context.Context, storeID, id string) (*idc.Group, error) {
	var g *idc.Group
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		g, err = group(r, storeID, id)
		return err
	})
	return g, err
}

// UpdateGroup applies the operations (displayName, description) in order, all or none, and returns what
// came of it. revision and errors are as in UpdateUser.
func (s *Service) UpdateGroup(ctx context.Context, change idc.ChangeSet, storeID string, source idc.Owner, id, revision string, operations []Operation) (*idc.Group, error) {
	var changed *idc.Group
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		g, err := group(tx, storeID, id)
		if err != nil {
			return err
		}
		if err := mayChange(source, g.Owner); err != nil {
			return err
		}
		if err := sameRevision(revision, g.Version); err != nil {
			return err
		}
		for _, operation := range operations {
			if err := applyToGroup(g, operation); err != nil {
				return err
			}
		}
		if err := checkGroup(g); err != nil {
			return err
		}
		g.UpdatedAt, g.UpdatedBy = s.now(), change.Actor
		changed = g
		return duplicate(tx.PutGroup(g))
	})
	if err != nil {
		return nil, err
	}
	return changed, nil
}

func applyToGroup(g *idc.Group, o Operation) error {
	switch strings.ToLower(o.Path) {
	case "displayname":
		return setText(&g.DisplayName, o)
	case "description":
		return setText(&g.Description, o)
	}
	return unknownAttribute(o.Path)
}

// DeleteGroup removes a group with its memberships and reserves the id; see the package comment.
func (s *Service) DeleteGroup(ctx context.Context, change idc.ChangeSet, storeID string, source idc.Owner, id, revision string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		g, err := group(tx, storeID, id)
		if err != nil {
			return err
		}
		if err := mayChange(source, g.Owner); err != nil {
			return err
		}
		if err := sameRevision(revision, g.Version); err != nil {
			return err
		}
		memberships, err := tx.ListMembershipsOfGroup(id, store.Page{})
		if err != nil {
			return err
		}
		for _, m := range memberships {
			if err := tx.DeleteMembership(m.ID); err != nil {
				return err
			}
		}
		if err := s.unassign(tx, change, g.Owner, idc.PrincipalGroup, id); err != nil {
			return err
		}
		if err := tx.DeleteGroup(id); err != nil {
			return err
		}
		return s.bury(tx, storeID, nounGroup, id, g.DisplayName, g.Owner)
	})
}

// ListGroups returns a page ordered by id, and the cursor of the next page or "". A displayName that is
// not empty selects the one group of that name.
func (s *Service) ListGroups(ctx context.Context, storeID, displayName string, p store.Page) (groups []*idc.Group, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		if displayName != "" {
			g, err := r.GroupByName(storeID, displayName)
			if idc.IsNotFound(err) {
				return nil
			}
			groups = append(groups, g)
			return err
		}
		page, size := limited(p)
		groups, err = r.ListGroups(storeID, page)
		if err == nil && len(groups) > size {
			groups = groups[:size]
			next = groups[size-1].ID
		}
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return groups, next, nil
}
