package assignment

import (
	"context"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Service keeps assignments.
type Service struct {
	Store     store.Store
	IDs       *ids.Source
	Quotas    Quotas
	delegated bool
}

// Quotas bounds assignments.
type Quotas struct {
	// Outstanding bounds the asynchronous creations and deletions in progress at
	// one time; AWS allows 15. Zero is no bound: the queue holds any number.
	Outstanding int
	// PermissionSetsPerAccount bounds the permission sets provisioned into one
	// account. Zero stands for AWS's 500.
	PermissionSetsPerAccount int
}

const defaultPermissionSetsPerAccount = 500

func (q Quotas) permissionSetsPerAccount() int {
	if q.PermissionSetsPerAccount > 0 {
		return q.PermissionSetsPerAccount
	}
	return defaultPermissionSetsPerAccount
}

// The jobs that this package enqueues. Package provisioning does JobProvision
// and JobSpread; JobEnd calls Service.End.
const (
	// JobProvision makes one account agree with one permission set. Payload: Work.
	JobProvision = "provision"
	// JobSpread looks for the accounts in which a permission set must appear or
	// disappear and enqueues a JobProvision for each. Payload: Work without account.
	JobSpread = "spread-permission-set"
	// JobEnd retires what has ended. No payload.
	JobEnd = "end-assignments"
)

// Work is the payload of JobProvision and JobSpread.
type Work struct {
	AccountID       string            `json:"account,omitempty"`
	PermissionSetID string            `json:"permissionSet"`
	OperationKind   idc.OperationKind `json:"operationKind,omitempty"` // the operation to complete, if any
	OperationID     string            `json:"operation,omitempty"`
}

// AccountLane is the lane of the jobs that write into an account: one at a time.
func AccountLane(accountID string) string { return "account/" + accountID }

// EnqueueProvision enqueues a JobProvision.
func EnqueueProvision(tx store.Tx, w Work, at time.Time) error {
	return store.Enqueue(tx, JobProvision, AccountLane(w.AccountID), w, at, at)
}

// EnqueueSpread enqueues a JobSpread to run at runAt.
func EnqueueSpread(tx store.Tx, permissionSetID string, at, runAt time.Time) error {
	return store.Enqueue(tx, JobSpread, "permission-set/"+permissionSetID, Work{PermissionSetID: permissionSetID}, at, runAt)
}

// Operation returns the record of an asynchronous operation.
func (s *Service) Operation(ctx context.Context, kind idc.OperationKind, id string) (*idc.Operation, error) {
	var op *idc.Operation
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		op, err = r.Operation(kind, id)
		if idc.IsNotFound(err) {
			return idc.NotFoundf("Operation", id, "Could not find a request with id %s", id)
		}
		return err
	})
	return op, err
}

// Operations returns the records of a kind, newest first; status "" means any.
func (s *Service) Operations(ctx context.Context, kind idc.OperationKind, status idc.OperationStatus, p store.Page) (ops []*idc.Operation, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		var err error
		ops, next, err = r.ListOperations(kind, status, p)
		return err
	})
	return ops, next, err
}

// maxCredential is the longest life of a credential: after it a fence has nothing left to stop.
const maxCredential = 12 * time.Hour

// Retire removes an assignment and fences the credentials that were issued
// because of it. Its id is never used again, so the fence need not know when the
// last one was issued.
func Retire(tx store.Tx, change idc.ChangeSet, a *idc.Assignment) error {
	if err := tx.DeleteAssignment(a.ID); err != nil {
		return err
	}
	return Void(tx, change, a.ID, "the assignment was removed")
}

// Void fences the credentials whose reason was an assignment, or an entitlement,
// that is gone for good.
func Void(tx store.Tx, change idc.ChangeSet, id, why string) error {
	return tx.PutFence(&idc.Fence{
		Kind: idc.FenceAssignment, ID: id, Reason: why,
		IssuedBefore: change.At.Add(maxCredential), ExpiresAt: change.At.Add(2 * maxCredential),
	})
}
