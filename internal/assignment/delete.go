package assignment

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/permissionset"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// failureNotFound is how AWS reports that there is nothing to delete or to provision.
const failureNotFound = "Received a 404 status error: Assignment not found."

// Delete takes a plain account assignment away. Access ends with the call; the
// operation succeeds when the account has been cleaned up. Without such an
// assignment the operation fails, as AWS's does. Where the access comes from an
// assignment of wider scope, Delete is refused.
func (s *Service) Delete(ctx context.Context, change idc.ChangeSet, e Edge) (*idc.Operation, error) {
	opID := s.IDs.UUID()
	var op *idc.Operation
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		if _, err := permissionset.Find(tx, e.PermissionSetID); err != nil {
			return err
		}
		if err := s.mayAssign(tx, e.PermissionSetID, e.scope(), "remove access to"); err != nil {
			return err
		}
		op = operation(idc.OperationAssignmentDeletion, opID, change, e)
		found, err := tx.FindAssignment(e.PermissionSetID, e.PrincipalType, e.PrincipalID, e.scope())
		if idc.IsNotFound(err) {
			return nothingToDelete(tx, op, e)
		}
		if err != nil {
			return err
		}
		if err := s.roomForDeletion(tx); err != nil {
			return err
		}
		op.AssignmentID = found.ID
		if err := Retire(tx, change, found); err != nil {
			return err
		}
		return start(tx, op, change.At)
	})
	return op, err
}

func (s *Service) roomForDeletion(r store.OperationReader) error {
	if s.Quotas.Outstanding <= 0 {
		return nil
	}
	n, err := r.CountOperations(idc.OperationAssignmentDeletion, idc.OperationInProgress)
	if err != nil {
		return err
	}
	if n >= s.Quotas.Outstanding {
		return idc.Errorf(idc.Conflict, "There are %d requests in progress. Try again later.", n).With(idc.ReasonConcurrentChange)
	}
	return nil
}

func nothingToDelete(tx store.Tx, op *idc.Operation, e Edge) error {
	if account, err := tx.Account(e.AccountID); err == nil {
		wider, err := tx.ListAssignmentsOfPrincipal(e.PrincipalType, e.PrincipalID, store.Page{})
		if err != nil {
			return err
		}
		for _, a := range wider {
			if a.PermissionSetID != e.PermissionSetID {
				continue
			}
			reached, err := contains(tx, a.Scope, account)
			if err != nil {
				return err
			}
			if reached {
				return &idc.Error{Kind: idc.Conflict, Resource: "Assignment", ID: a.ID, Message: "The account assignment comes from the assignment " + a.ID + " with the scope \"" + describe(a.Scope) + "\" and cannot be deleted in one account. Change or delete that assignment."}
			}
		}
	} else if !idc.IsNotFound(err) {
		return err
	}
	op.Status = idc.OperationFailed
	op.FailureReason = failureNotFound
	op.CompletedAt = op.CreatedAt
	return tx.PutOperation(op)
}
