package assignment

import (
	"context"
	"slices"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/permissionset"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Put stores an assignment of any scope and validity. There is one per
// permission set, principal and scope: a second Put changes its validity. The id
// is the service's; when the validity gets narrower the assignment is replaced by
// one with a new id, so that credentials issued under the old one stop.
// Accounts follow through jobs, now and when the validity begins and ends.
func (s *Service) Put(ctx context.Context, change idc.ChangeSet, a idc.Assignment) (*idc.Assignment, error) {
	if !a.Validity.EndsAt.IsZero() && (!a.Validity.EndsAt.After(change.At) || !a.Validity.EndsAt.After(a.Validity.StartsAt)) {
		return nil, idc.Errorf(idc.Invalid, "The end of an assignment must be in the future and after its start.")
	}
	if a.Owner == "" {
		a.Owner = idc.OwnerBuiltIn
	}
	a.Scope.Exclude = slices.Compact(slices.Sorted(slices.Values(a.Scope.Exclude)))
	newID := s.IDs.UUID()
	var out *idc.Assignment
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		if _, err := permissionset.Find(tx, a.PermissionSetID); err != nil {
			return err
		}
		if err := principalExists(tx, a.PrincipalType, a.PrincipalID); err != nil {
			return err
		}
		if err := checkScope(tx, a.Scope); err != nil {
			return err
		}
		if err := s.mayAssign(tx, a.PermissionSetID, a.Scope, "assign access to"); err != nil {
			return err
		}
		stored := a
		stored.ID = newID
		found, err := tx.FindAssignment(a.PermissionSetID, a.PrincipalType, a.PrincipalID, a.Scope)
		switch {
		case err == nil && narrower(found.Validity, a.Validity):
			err = Retire(tx, change, found)
		case err == nil:
			stored.ID = found.ID
		case idc.IsNotFound(err):
			err = nil
		}
		if err != nil {
			return err
		}
		if err := tx.PutAssignment(&stored); err != nil {
			return err
		}
		out = &stored
		return schedule(tx, &stored, change.At)
	})
	return out, err
}

// narrower reports whether some instant of validity a is not in b.
func narrower(a, b idc.Validity) bool {
	later := b.StartsAt.After(a.StartsAt)
	earlier := !b.EndsAt.IsZero() && (a.EndsAt.IsZero() || b.EndsAt.Before(a.EndsAt))
	return later || earlier
}

// schedule enqueues what an assignment causes now, when it begins and when it ends.
func schedule(tx store.Tx, a *idc.Assignment, now time.Time) error {
	if err := EnqueueSpread(tx, a.PermissionSetID, now, now); err != nil {
		return err
	}
	if a.Validity.StartsAt.After(now) {
		if err := EnqueueSpread(tx, a.PermissionSetID, now, a.Validity.StartsAt); err != nil {
			return err
		}
	}
	if a.Validity.EndsAt.IsZero() {
		return nil
	}
	return store.Enqueue(tx, JobEnd, JobEnd, struct{}{}, now, a.Validity.EndsAt)
}

// Get returns an assignment.
func (s *Service) Get(ctx context.Context, id string) (*idc.Assignment, error) {
	var a *idc.Assignment
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		a, err = r.Assignment(id)
		return err
	})
	return a, err
}

// Remove takes an assignment of any scope away. Access ends with the call;
// accounts are cleaned up through jobs.
func (s *Service) Remove(ctx context.Context, change idc.ChangeSet, id string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		a, err := tx.Assignment(id)
		if err != nil {
			return err
		}
		if err := s.mayAssign(tx, a.PermissionSetID, a.Scope, "remove access to"); err != nil {
			return err
		}
		if err := Retire(tx, change, a); err != nil {
			return err
		}
		return EnqueueSpread(tx, a.PermissionSetID, change.At, change.At)
	})
}
