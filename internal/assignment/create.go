package assignment

import (
	"context"
	"slices"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/permissionset"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Edge names a plain account assignment, as the AWS API does.
type Edge struct {
	AccountID       string
	PermissionSetID string
	PrincipalType   idc.PrincipalType
	PrincipalID     string
}

func (e Edge) scope() idc.Scope { return idc.Scope{Kind: idc.ScopeAccount, AccountID: e.AccountID} }

// Create assigns a permission set in one account. The assignment counts at
// once; the operation succeeds when the role has been read back in the account,
// and when it fails for good the assignment is taken back. Creating what exists
// makes an operation that succeeds.
func (s *Service) Create(ctx context.Context, change idc.ChangeSet, e Edge) (*idc.Operation, error) {
	opID, assignmentID := s.IDs.UUID(), s.IDs.UUID()
	var op *idc.Operation
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		if _, err := permissionset.Find(tx, e.PermissionSetID); err != nil {
			return err
		}
		if err := s.mayAssign(tx, e.PermissionSetID, e.scope(), "assign access to"); err != nil {
			return err
		}
		if err := activeAccount(tx, e.AccountID); err != nil {
			return err
		}
		if err := principalExists(tx, e.PrincipalType, e.PrincipalID); err != nil {
			return err
		}
		if err := s.roomFor(tx, idc.OperationAssignmentCreation, e); err != nil {
			return err
		}
		op = operation(idc.OperationAssignmentCreation, opID, change, e)
		found, err := tx.FindAssignment(e.PermissionSetID, e.PrincipalType, e.PrincipalID, e.scope())
		switch {
		case idc.IsNotFound(err):
			op.AssignmentID = assignmentID
			err = tx.PutAssignment(&idc.Assignment{
				ID: assignmentID, PermissionSetID: e.PermissionSetID, PrincipalType: e.PrincipalType,
				PrincipalID: e.PrincipalID, Scope: e.scope(), Owner: idc.OwnerBuiltIn,
			})
		case err == nil:
			err = revalidate(tx, found, change.At)
		}
		if err != nil {
			return err
		}
		return start(tx, op, change.At)
	})
	return op, err
}

// revalidate lifts the end of an assignment that has ended and was not retired
// yet, for who asks for it now. One that begins later is not changed silently.
func revalidate(tx store.Tx, found *idc.Assignment, now time.Time) error {
	if found.Validity.ActiveAt(now) {
		return nil
	}
	if found.Validity.StartsAt.After(now) {
		return idc.Errorf(idc.Conflict, "The assignment exists as %s and starts at %s.", found.ID, found.Validity.StartsAt.Format(time.RFC3339))
	}
	renewed := *found
	renewed.Validity = idc.Validity{}
	return tx.PutAssignment(&renewed)
}

func operation(kind idc.OperationKind, id string, change idc.ChangeSet, e Edge) *idc.Operation {
	return &idc.Operation{
		ID: id, Kind: kind, Status: idc.OperationInProgress, TargetID: e.AccountID, TargetType: "AWS_ACCOUNT",
		PermissionSetID: e.PermissionSetID, PrincipalType: e.PrincipalType, PrincipalID: e.PrincipalID, CreatedAt: change.At,
	}
}

// start stores an operation and the job that completes it.
func start(tx store.Tx, op *idc.Operation, at time.Time) error {
	if err := tx.PutOperation(op); err != nil {
		return err
	}
	return EnqueueProvision(tx, Work{AccountID: op.TargetID, PermissionSetID: op.PermissionSetID, OperationKind: op.Kind, OperationID: op.ID}, at)
}

func activeAccount(r store.AccountReader, id string) error {
	account, err := r.Account(id)
	if idc.IsNotFound(err) || err == nil && !account.InOrganization() {
		return idc.NotFoundf("Account", id, "Could not find AWS account with id %s", id)
	}
	if err != nil {
		return err
	}
	if account.State != idc.AccountActive {
		return idc.Errorf(idc.Conflict, "AWS account %s is not active: its state is %s.", id, account.State)
	}
	return nil
}

func principalExists(r store.Reader, pt idc.PrincipalType, id string) error {
	var identityStoreID string
	var err error
	switch pt {
	case idc.PrincipalUser:
		var u *idc.User
		if u, err = r.User(id); err == nil {
			identityStoreID = u.IdentityStoreID
		}
	case idc.PrincipalGroup:
		var g *idc.Group
		if g, err = r.Group(id); err == nil {
			identityStoreID = g.IdentityStoreID
		}
	default:
		return idc.Errorf(idc.Invalid, "The principal type %s is neither USER nor GROUP.", pt)
	}
	missing := idc.NotFoundf(string(pt), id, "Could not find %s with id %s", pt, id)
	if idc.IsNotFound(err) {
		return missing
	}
	if err != nil {
		return err
	}
	instance, err := r.Instance()
	if err == nil && instance.IdentityStoreID != identityStoreID {
		return missing
	}
	return err
}

func (s *Service) roomFor(r store.Reader, kind idc.OperationKind, e Edge) error {
	if limit := s.Quotas.Outstanding; limit > 0 {
		n, err := r.CountOperations(kind, idc.OperationInProgress)
		if err != nil {
			return err
		}
		if n >= limit {
			return idc.Errorf(idc.Conflict, "There are %d requests in progress. Try again later.", n).With(idc.ReasonConcurrentChange)
		}
	}
	limit := s.Quotas.permissionSetsPerAccount()
	n, err := r.CountPermissionSetsOfAccount(e.AccountID)
	if err != nil || n < limit {
		return err
	}
	counted, err := isCounted(r, e)
	if err != nil || counted {
		return err
	}
	return idc.Errorf(idc.QuotaExceeded, "You have exceeded AWS SSO limits. Cannot provision more than %d permission sets to account %s.", limit, e.AccountID)
}

// isCounted reports whether the account has the permission set, or will have it
// when an operation in progress ends.
func isCounted(r store.Reader, e Edge) (bool, error) {
	_, err := r.Provisioning(e.AccountID, e.PermissionSetID)
	if err == nil || !idc.IsNotFound(err) {
		return err == nil, err
	}
	assigned, err := r.ListAssignmentsNaming(e.AccountID, e.PermissionSetID)
	return slices.ContainsFunc(assigned, func(a *idc.Assignment) bool { return a.Scope.Kind == idc.ScopeAccount }), err
}
