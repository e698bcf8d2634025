package provisioning

import (
	"context"
	"slices"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/assignment"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// RunProvision does a JobProvision. The function it returns completes the
// operation, in the transaction that ends the job.
func (s *Service) RunProvision(ctx context.Context, change idc.ChangeSet, job *idc.Job) (func(tx store.Tx) error, error) {
	work, err := store.Payload[assignment.Work](job)
	if err != nil {
		return nil, err
	}
	op, err := s.operation(ctx, work)
	if err != nil {
		return nil, err
	}
	if op != nil {
		if skip, err := s.precondition(ctx, work, op); err != nil || skip {
			return s.completion(work, change.At), err
		}
	}
	row, err := s.Reconcile(ctx, change, work.AccountID, work.PermissionSetID)
	if err != nil {
		return nil, err
	}
	if op != nil && row == nil && op.Kind != idc.OperationAssignmentDeletion && op.TargetID != "" {
		return nil, idc.NotFoundf("Assignment", "", "Assignment not found.")
	}
	return s.completion(work, change.At), nil
}

// operation returns the operation behind the work while it is in progress, or nil.
func (s *Service) operation(ctx context.Context, work assignment.Work) (*idc.Operation, error) {
	if work.OperationID == "" {
		return nil, nil
	}
	var op *idc.Operation
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		op, err = r.Operation(work.OperationKind, work.OperationID)
		return err
	})
	if err != nil || op.Status != idc.OperationInProgress {
		return nil, err
	}
	return op, nil
}

// precondition refuses work whose reason has gone. skip means that there is
// nothing to do and the operation may count this part as done.
func (s *Service) precondition(ctx context.Context, work assignment.Work, op *idc.Operation) (skip bool, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		switch op.Kind {
		case idc.OperationAssignmentCreation:
			scope := idc.Scope{Kind: idc.ScopeAccount, AccountID: work.AccountID}
			_, err := r.FindAssignment(work.PermissionSetID, op.PrincipalType, op.PrincipalID, scope)
			if idc.IsNotFound(err) {
				return idc.NotFoundf("Assignment", "", "Assignment not found.")
			}
			return err
		case idc.OperationProvisioning:
			_, err := r.Provisioning(work.AccountID, work.PermissionSetID)
			if idc.IsNotFound(err) && op.TargetID == "" {
				skip = true // it left the account since the operation began
				return nil
			}
			if idc.IsNotFound(err) {
				return idc.NotFoundf("Provisioning", "", "Permission set provision not found in AWS account %s.", work.AccountID)
			}
			return err
		}
		return nil
	})
	return skip, err
}

func (s *Service) completion(work assignment.Work, at time.Time) func(tx store.Tx) error {
	if work.OperationID == "" {
		return nil
	}
	return func(tx store.Tx) error { return complete(tx, work, at, "") }
}

// complete ends one part of an operation; the last part ends the operation,
// which has failed if any part did.
func complete(tx store.Tx, work assignment.Work, at time.Time, failure string) error {
	op, err := tx.Operation(work.OperationKind, work.OperationID)
	if err != nil || op.Status != idc.OperationInProgress {
		return err
	}
	if op.FailureReason == "" {
		op.FailureReason = failure
	}
	if op.Pending > 1 {
		op.Pending--
		return tx.PutOperation(op)
	}
	op.Pending = 0
	op.CompletedAt = at
	op.Status = idc.OperationSucceeded
	if op.FailureReason != "" {
		op.Status = idc.OperationFailed
	}
	return tx.PutOperation(op)
}

// FailProvision ends the part of the operation whose JobProvision failed for
// good. A creation that failed leaves no assignment behind: the one it made is
// taken back and the account is cleaned up.
func (s *Service) FailProvision(tx store.Tx, change idc.ChangeSet, job *idc.Job, cause error) error {
	work, err := store.Payload[assignment.Work](job)
	if err != nil || work.OperationID == "" {
		return err
	}
	op, err := tx.Operation(work.OperationKind, work.OperationID)
	if err != nil || op.Status != idc.OperationInProgress {
		return err
	}
	if op.Kind == idc.OperationAssignmentCreation && op.AssignmentID != "" {
		if err := takeBack(tx, change, work, op); err != nil {
			return err
		}
	}
	return complete(tx, work, change.At, FailureReason(cause))
}

func takeBack(tx store.Tx, change idc.ChangeSet, work assignment.Work, op *idc.Operation) error {
	a, err := tx.Assignment(op.AssignmentID)
	if idc.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := assignment.Retire(tx, change, a); err != nil {
		return err
	}
	return assignment.EnqueueProvision(tx, assignment.Work{AccountID: work.AccountID, PermissionSetID: work.PermissionSetID}, change.At)
}

// FailureReason is the text of a failed operation, in the form of Identity Center.
func FailureReason(err error) string {
	message := idc.PublicMessage(err)
	switch idc.KindOf(err) {
	case idc.NotFound:
		return "Received a 404 status error: " + message
	case idc.Conflict:
		return "Received a 409 status error: " + message
	case idc.Denied:
		return "Received a 403 status error: " + message
	}
	return "Received a 400 status error: " + message
}

// RunSpread does a JobSpread: the accounts that must gain or lose a permission
// set get a JobProvision each.
func (s *Service) RunSpread(_ context.Context, change idc.ChangeSet, job *idc.Job) (func(tx store.Tx) error, error) {
	work, err := store.Payload[assignment.Work](job)
	if err != nil {
		return nil, err
	}
	return func(tx store.Tx) error { return s.spread(tx, work.PermissionSetID, change.At, nil) }, nil
}

// spread enqueues the differences of one permission set, but for those that wait
// in the queue already.
func (s *Service) spread(tx store.Tx, permissionSetID string, at time.Time, queued map[assignment.Work]bool) error {
	want, err := assignment.AccountsOf(tx, permissionSetID, s.Clock.Now())
	if err != nil {
		return err
	}
	rows, err := tx.ListProvisioningsOfPermissionSet(permissionSetID, store.Page{})
	if err != nil {
		return err
	}
	have := make([]string, len(rows))
	for i, row := range rows {
		have[i] = row.AccountID
	}
	for _, accountID := range different(want, have) {
		work := assignment.Work{AccountID: accountID, PermissionSetID: permissionSetID}
		if queued[work] {
			continue
		}
		if err := assignment.EnqueueProvision(tx, work, at); err != nil {
			return err
		}
	}
	return nil
}

// RunReconcileAccount does an account.JobReconcile: the permission sets that the
// account must gain or lose get a JobProvision each.
func (s *Service) RunReconcileAccount(_ context.Context, change idc.ChangeSet, job *idc.Job) (func(tx store.Tx) error, error) {
	work, err := store.Payload[account.Work](job)
	if err != nil {
		return nil, err
	}
	return func(tx store.Tx) error {
		want, err := assignment.PermissionSetsOf(tx, work.AccountID, s.Clock.Now())
		if err != nil {
			return err
		}
		rows, err := tx.ListProvisioningsOfAccount(work.AccountID, store.Page{})
		if err != nil {
			return err
		}
		have := make([]string, len(rows))
		for i, row := range rows {
			have[i] = row.PermissionSetID
		}
		for _, id := range different(want, have) {
			if err := assignment.EnqueueProvision(tx, assignment.Work{AccountID: work.AccountID, PermissionSetID: id}, change.At); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// different returns what is in one list and not in the other, in order.
func different(a, b []string) []string {
	var out []string
	for _, id := range a {
		if !slices.Contains(b, id) {
			out = append(out, id)
		}
	}
	for _, id := range b {
		if !slices.Contains(a, id) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// Converge looks for differences between assignments and what is provisioned, in
// all permission sets, and enqueues the work. It is the net below the jobs.
func (s *Service) Converge(ctx context.Context, change idc.ChangeSet) error {
	var sets []*idc.PermissionSet
	var queued map[assignment.Work]bool
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		if sets, err = r.ListPermissionSets(store.Page{}); err != nil {
			return err
		}
		queued, err = waiting(r, change.At)
		return err
	})
	if err != nil {
		return err
	}
	for _, ps := range sets {
		err := s.Store.Update(ctx, change, func(tx store.Tx) error { return s.spread(tx, ps.ID, change.At, queued) })
		if err != nil {
			return err
		}
	}
	return nil
}

// waiting returns the work of the JobProvisions that no node runs at the moment:
// while a target is down they pile up behind it, and adding more helps nobody.
func waiting(r store.JobReader, now time.Time) (map[assignment.Work]bool, error) {
	list, err := r.ListJobs(store.Page{})
	if err != nil {
		return nil, err
	}
	out := map[assignment.Work]bool{}
	for _, job := range list {
		if job.Kind != assignment.JobProvision || job.LockedUntil.After(now) {
			continue
		}
		work, err := store.Payload[assignment.Work](job)
		if err != nil {
			return nil, err
		}
		out[work] = true
	}
	return out, nil
}
