package directory

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Nouns of tombstones.
const (
	nounUser  = "user"
	nounGroup = "group"
)

func userNotFound(id string) error { return idc.NotFoundf("USER", id, "USER not found.") }

// user reads a user and says "USER not found." when the identity store has none such.
func user(r store.UserReader, storeID, id string) (*idc.User, error) {
	u, err := r.User(id)
	if idc.IsNotFound(err) || err == nil && u.IdentityStoreID != storeID {
		return nil, userNotFound(id)
	}
	return u, err
}

// CreateUser makes a user of the owner named in draft (the built-in source when empty). ID, IdentityStoreID,
// Status and the bookkeeping are set here. Errors: Invalid; Conflict with ReasonUniqueness for a user name, primary e-mail
// or external id that is taken; QuotaExceeded. The user has no password yet.
func (s *Service) CreateUser(ctx context.Context, change idc.ChangeSet, storeID string, draft idc.User) (*idc.User, error) {
	u := draft
	u.IdentityStoreID = storeID
	if u.Owner == "" {
		u.Owner = idc.OwnerBuiltIn
	}
	if u.Status == "" {
		u.Status = idc.UserEnabled
	}
	if err := checkUser(&u); err != nil {
		return nil, err
	}
	now := s.now()
	u.CreatedAt, u.UpdatedAt, u.CreatedBy, u.UpdatedBy = now, now, change.Actor, change.Actor
	newID := s.IDs.UserID()
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		if err := checkStore(tx, storeID); err != nil {
			return err
		}
		if err := s.checkUserQuota(tx, storeID); err != nil {
			return err
		}
		revived, err := s.revive(tx, storeID, nounUser, u.UserName, u.Owner)
		if err != nil {
			return err
		}
		u.ID = newID
		if revived != "" {
			u.ID = revived
		}
		return putUser(tx, &u)
	})
	if err != nil {
		return nil, err
	}
	return s.DescribeUser(ctx, storeID, u.ID)
}

func (s *Service) checkUserQuota(tx store.Tx, storeID string) error {
	limit := s.MaxUsers
	if limit <= 0 {
		limit = DefaultMaxUsers
	}
	count, err := tx.CountUsers(storeID)
	if err != nil {
		return err
	}
	if count >= limit {
		return idc.Errorf(idc.QuotaExceeded, "You have reached the maximum number of users in the identity store (%d).", limit)
	}
	return nil
}

// DescribeUser returns a user, or NotFound with Resource "USER".
func (s *Service) DescribeUser(ctx context.Context, storeID, id string) (*idc.User, error) {
	var u *idc.User
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		u, err = user(r, storeID, id)
		return err
	})
	return u, err
}

// UpdateUser applies the operations in order, all or none, and returns what came of it. revision, when not empty, must be that of the
// user as it is (RevisionOf). Errors as CreateUser, and Conflict when another source owns the user.
func (s *Service) UpdateUser(ctx context.Context, change idc.ChangeSet, storeID string, source idc.Owner, id, revision string, operations []Operation) (*idc.User, error) {
	var changed *idc.User
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		u, err := user(tx, storeID, id)
		if err != nil {
			return err
		}
		if err := mayChange(source, u.Owner); err != nil {
			return err
		}
		if err := sameRevision(revision, u.Version); err != nil {
			return err
		}
		for _, operation := range operations {
			if err := applyToUser(u, operation); err != nil {
				return err
			}
		}
		if err := checkUser(u); err != nil {
			return err
		}
		u.UpdatedAt, u.UpdatedBy = s.now(), change.Actor
		changed = u
		return putUser(tx, u)
	})
	if err != nil {
		return nil, err
	}
	return changed, nil
}

// putUser writes a user. Of several values that are taken the user name is told first, whatever the engine
// finds first.
func putUser(tx store.Tx, u *idc.User) error {
	other, err := tx.UserByName(u.IdentityStoreID, u.UserName)
	if err == nil && other.ID != u.ID {
		return duplicateOf("UserName")
	}
	if err != nil && !idc.IsNotFound(err) {
		return err
	}
	return duplicate(tx.PutUser(u))
}

// DeleteUser removes a user and all the user holds, and reserves the id; see the package comment.
func (s *Service) DeleteUser(ctx context.Context, change idc.ChangeSet, storeID string, source idc.Owner, id, revision string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		u, err := user(tx, storeID, id)
		if err != nil {
			return err
		}
		if err := mayChange(source, u.Owner); err != nil {
			return err
		}
		if err := sameRevision(revision, u.Version); err != nil {
			return err
		}
		if err := s.stripUser(tx, change, u, u.Owner); err != nil {
			return err
		}
		if err := tx.DeleteUser(id); err != nil {
			return err
		}
		return s.bury(tx, storeID, nounUser, id, u.UserName, u.Owner)
	})
}

// stripUser takes everything from a user that is about to go. Assignments stay when
// owner is a source that may send the user again.
func (s *Service) stripUser(tx store.Tx, change idc.ChangeSet, u *idc.User, owner idc.Owner) error {
	memberships, err := tx.ListMembershipsOfUser(u.ID, store.Page{})
	if err != nil {
		return err
	}
	for _, m := range memberships {
		if err := tx.DeleteMembership(m.ID); err != nil {
			return err
		}
	}
	if err := s.unassign(tx, change, owner, idc.PrincipalUser, u.ID); err != nil {
		return err
	}
	if err := tx.DeletePassword(u.ID); err != nil && !idc.IsNotFound(err) {
		return err
	}
	devices, err := tx.ListTOTPDevices(u.ID)
	if err != nil {
		return err
	}
	for _, d := range devices {
		if err := tx.DeleteTOTPDevice(d.ID); err != nil {
			return err
		}
	}
	return s.cutOff(tx, u.ID, "user deleted")
}

// ListUsers returns a page ordered by id, and the cursor of the next page or "". A userName that is not
// empty selects the one user of that name.
func (s *Service) ListUsers(ctx context.Context, storeID, userName string, p store.Page) (users []*idc.User, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		if userName != "" {
			u, err := r.UserByName(storeID, userName)
			if idc.IsNotFound(err) {
				return nil
			}
			users = append(users, u)
			return err
		}
		page, size := limited(p)
		users, err = r.ListUsers(storeID, page)
		if err == nil && len(users) > size {
			users = users[:size]
			next = users[size-1].ID
		}
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return users, next, nil
}
