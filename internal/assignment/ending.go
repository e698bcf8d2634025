package assignment

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// endBatch bounds the rows that one transaction of End retires.
const endBatch = 200

// End retires the assignments and memberships whose validity has ended by
// change.At and lets accounts follow. It returns how many there were. Access does
// not wait for it: the decision looks at the clock.
func (s *Service) End(ctx context.Context, change idc.ChangeSet) (int, error) {
	total := 0
	for {
		n := 0
		err := s.Store.Update(ctx, change, func(tx store.Tx) error {
			var err error
			n, err = endSome(tx, change)
			return err
		})
		if err != nil {
			return total, err
		}
		total += n
		if n == 0 {
			return total, nil
		}
	}
}

func endSome(tx store.Tx, change idc.ChangeSet) (int, error) {
	assignments, err := tx.ListAssignmentsEnding(change.At, endBatch)
	if err != nil {
		return 0, err
	}
	spread := map[string]bool{}
	for _, a := range assignments {
		if err := tx.DeleteAssignment(a.ID); err != nil {
			return 0, err
		}
		if spread[a.PermissionSetID] {
			continue
		}
		spread[a.PermissionSetID] = true
		if err := EnqueueSpread(tx, a.PermissionSetID, change.At, change.At); err != nil {
			return 0, err
		}
	}
	memberships, err := tx.ListMembershipsEnding(change.At, endBatch)
	if err != nil {
		return 0, err
	}
	for _, m := range memberships {
		if err := tx.DeleteMembership(m.ID); err != nil {
			return 0, err
		}
	}
	return len(assignments) + len(memberships), nil
}

// Unassign removes all assignments of a user or group that is being deleted, in
// the transaction that deletes it.
func Unassign(tx store.Tx, change idc.ChangeSet, pt idc.PrincipalType, principalID string) error {
	assignments, err := tx.ListAssignmentsOfPrincipal(pt, principalID, store.Page{})
	if err != nil {
		return err
	}
	for _, a := range assignments {
		if err := Retire(tx, change, a); err != nil {
			return err
		}
		if err := EnqueueSpread(tx, a.PermissionSetID, change.At, change.At); err != nil {
			return err
		}
	}
	return nil
}
