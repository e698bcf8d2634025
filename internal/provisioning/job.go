package provisioning

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/assignment"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// RunProvision does a JobProvision. What it means to the database, the operation's end
// among it, is written in the transaction that ends the job; for a target inside the
// database that is the whole of the work.
func (s *Service) RunProvision(ctx context.Context, change idc.ChangeSet, job *idc.Job) (func(tx store.Tx) error, error) {
	work, err := store.Payload[assignment.Work](job)
	if err != nil {
		return nil, err
	}
	var p plan
	var inside func(tx store.Tx) Target
	err = s.Store.View(ctx, func(r store.Reader) error {
		account, err := optional(r.Account(work.AccountID))
		if inside = s.inside(account); err == nil && inside == nil {
			p, err = s.plan(r, work)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if inside != nil {
		return func(tx store.Tx) error { return s.carryOut(ctx, tx, change, work, inside(tx)) }, nil
	}
	var done outcome
	if !p.skip && p.needsTarget() {
		target, err := s.target(p.account)
		if err != nil {
			return nil, err
		}
		if done, err = s.reconcile(ctx, change, target, p.desire); err != nil {
			return nil, err
		}
	}
	return func(tx store.Tx) error { return s.finish(tx, change, work, p, done) }, nil
}

func (s *Service) inside(account *idc.Account) func(tx store.Tx) Target {
	if account == nil {
		return nil
	}
	return s.Inside[account.Target]
}

// carryOut does all the work in one transaction.
func (s *Service) carryOut(ctx context.Context, tx store.Tx, change idc.ChangeSet, work assignment.Work, target Target) error {
	p, err := s.plan(tx, work)
	if err != nil {
		return err
	}
	var done outcome
	if !p.skip && p.needsTarget() {
		if done, err = s.reconcile(ctx, change, target, p.desire); err != nil {
			return err
		}
	}
	return s.finish(tx, change, work, p, done)
}

// finish keeps the outcome and completes the operation's part.
func (s *Service) finish(tx store.Tx, change idc.ChangeSet, work assignment.Work, p plan, done outcome) error {
	if !p.skip {
		if err := s.keep(tx, change, work.AccountID, work.PermissionSetID, done); err != nil {
			return err
		}
		if p.op != nil && done.row == nil && p.op.Kind != idc.OperationAssignmentDeletion && p.op.TargetID != "" {
			return fail(tx, change, work, idc.NotFoundf("Assignment", "", "Assignment not found."))
		}
	}
	if work.OperationID == "" {
		return nil
	}
	return complete(tx, work, change.At, "")
}

// plan is what a job is to do.
type plan struct {
	desire
	op *idc.Operation // behind the work, while it is in progress
	// skip means that there is nothing to do, and the operation may count this part as done.
	skip bool
}

func (s *Service) plan(r store.Reader, work assignment.Work) (p plan, err error) {
	if p.desire, err = s.desire(r, work.AccountID, work.PermissionSetID); err != nil || work.OperationID == "" {
		return p, err
	}
	op, err := r.Operation(work.OperationKind, work.OperationID)
	if err != nil || op.Status != idc.OperationInProgress {
		return p, err
	}
	p.op = op
	p.skip, err = precondition(r, work, op)
	return p, err
}

// precondition refuses work whose reason has gone.
func precondition(r store.Reader, work assignment.Work, op *idc.Operation) (skip bool, err error) {
	switch op.Kind {
	case idc.OperationAssignmentCreation:
		scope := idc.Scope{Kind: idc.ScopeAccount, AccountID: work.AccountID}
		_, err := r.FindAssignment(work.PermissionSetID, op.PrincipalType, op.PrincipalID, scope)
		if idc.IsNotFound(err) {
			return false, idc.NotFoundf("Assignment", "", "Assignment not found.")
		}
		return false, err
	case idc.OperationProvisioning:
		_, err := r.Provisioning(work.AccountID, work.PermissionSetID)
		if idc.IsNotFound(err) && op.TargetID == "" {
			return true, nil // it left the account since the operation began
		}
		if idc.IsNotFound(err) {
			return false, idc.NotFoundf("Provisioning", "", "Permission set provision not found in AWS account %s.", work.AccountID)
		}
		return false, err
	}
	return false, nil
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
	return fail(tx, change, work, cause)
}

func fail(tx store.Tx, change idc.ChangeSet, work assignment.Work, cause error) error {
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
	missing, err := s.missing(tx, permissionSetID, queued)
	if err != nil {
		return err
	}
	for _, work := range missing {
		if err := assignment.EnqueueProvision(tx, work, at); err != nil {
			return err
		}
	}
	return nil
}

// missing lists the accounts that must gain or lose a permission set, but for those queued.
func (s *Service) missing(r store.Reader, permissionSetID string, queued map[assignment.Work]bool) ([]assignment.Work, error) {
	want, err := assignment.AccountsOf(r, permissionSetID, s.Clock.Now())
	if err != nil {
		return nil, err
	}
	rows, err := r.ListProvisioningsOfPermissionSet(permissionSetID, store.Page{})
	if err != nil {
		return nil, err
	}
	have := make([]string, len(rows))
	for i, row := range rows {
		have[i] = row.AccountID
	}
	var out []assignment.Work
	for _, accountID := range different(want, have) {
		work := assignment.Work{AccountID: accountID, PermissionSetID: permissionSetID}
		if !queued[work] {
			out = append(out, work)
		}
	}
	return out, nil
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

// different returns what is in one list and not in the other, in order. Neither names anything twice.
func different(a, b []string) []string {
	in := make(map[string]bool, len(a))
	for _, id := range a {
		in[id] = true
	}
	var out []string
	for _, id := range b {
		if in[id] {
			delete(in, id)
		} else {
			out = append(out, id)
		}
	}
	out = slices.AppendSeq(out, maps.Keys(in))
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
		begun := s.Clock.Now()
		if err := s.converge(ctx, change, ps.ID, queued); err != nil {
			return err
		}
		// With thousands of permission sets this takes a while, and leaves the processor
		// to others for as long as it used it.
		if took := s.Clock.Now().Sub(begun); took > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-s.Clock.After(took):
			}
		}
	}
	return nil
}

func (s *Service) converge(ctx context.Context, change idc.ChangeSet, permissionSetID string, queued map[assignment.Work]bool) error {
	// Nearly always there is nothing to do, and writers need not wait for finding that out.
	var missing []assignment.Work
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		missing, err = s.missing(r, permissionSetID, queued)
		return err
	})
	if err != nil || len(missing) == 0 {
		return err
	}
	return s.Store.Update(ctx, change, func(tx store.Tx) error { return s.spread(tx, permissionSetID, change.At, queued) })
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
