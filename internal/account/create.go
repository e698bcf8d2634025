package account

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// JobCreate makes the account of a CreateAccount operation. It is done by
// Service.RunCreate.
const JobCreate = "create-account"

// Request is what a caller says about a new account.
type Request struct {
	Name     string
	Email    string
	RoleName string // "" for DefaultRole
	Tags     []idc.Tag
}

// creation is the payload of JobCreate.
type creation struct {
	OperationID string    `json:"operation"`
	AccountID   string    `json:"account"`
	Email       string    `json:"email"`
	RoleName    string    `json:"role"`
	Tags        []idc.Tag `json:"tags,omitempty"`
}

// Create starts to make an account and returns the operation to follow. What is
// wrong with the request shows in the operation, as with AWS.
func (s *Service) Create(ctx context.Context, change idc.ChangeSet, q Request) (*idc.Operation, error) {
	if q.RoleName == "" {
		q.RoleName = DefaultRole
	}
	tags, err := idc.MergeTags(nil, q.Tags)
	if err != nil {
		return nil, err
	}
	op := &idc.Operation{
		ID: s.IDs.CreateAccountRequestID(), Kind: idc.OperationAccountCreation, Status: idc.OperationInProgress,
		AccountName: q.Name, CreatedAt: change.At,
	}
	work := creation{OperationID: op.ID, AccountID: s.IDs.AccountID(), Email: q.Email, RoleName: q.RoleName, Tags: tags}
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		if err := tx.PutOperation(op); err != nil {
			return err
		}
		return store.Enqueue(tx, JobCreate, "organization", work, change.At, change.At)
	})
	return op, err
}

// The failure reasons of CreateAccount: AWS Organizations API Reference, CreateAccountStatus.
const (
	failureLimit   = "ACCOUNT_LIMIT_EXCEEDED"
	failureEmail   = "EMAIL_ALREADY_EXISTS"
	failureAddress = "INVALID_EMAIL"
)

// RunCreate does a JobCreate: it returns what must be done in the transaction
// that also ends the job.
func (s *Service) RunCreate(_ context.Context, change idc.ChangeSet, job *idc.Job) (func(tx store.Tx) error, error) {
	work, err := store.Payload[creation](job)
	if err != nil {
		return nil, err
	}
	return func(tx store.Tx) error {
		op, err := tx.Operation(idc.OperationAccountCreation, work.OperationID)
		if err != nil {
			return err
		}
		if op.Status != idc.OperationInProgress {
			return nil
		}
		reason, err := s.refusal(tx, op, work)
		if err != nil {
			return err
		}
		op.CompletedAt = change.At
		if reason != "" {
			op.Status, op.FailureReason = idc.OperationFailed, reason
			return tx.PutOperation(op)
		}
		account := &idc.Account{ID: work.AccountID, Name: op.AccountName, Email: work.Email, Tags: work.Tags}
		if err := s.add(tx, change, account, work.RoleName); err != nil {
			return err
		}
		op.Status, op.TargetID = idc.OperationSucceeded, account.ID
		return tx.PutOperation(op)
	}, nil
}

// refusal returns AWS's reason why the account cannot be made, or "".
func (s *Service) refusal(r store.Reader, op *idc.Operation, work creation) (string, error) {
	if checkAccount(&idc.Account{Name: op.AccountName, Email: work.Email}) != nil {
		return failureAddress, nil
	}
	if _, err := r.AccountByEmail(work.Email); err == nil {
		return failureEmail, nil
	} else if !idc.IsNotFound(err) {
		return "", err
	}
	if full, err := s.full(r); err != nil || !full {
		return "", err
	}
	return failureLimit, nil
}

// full reports whether the organization has no room for another account.
func (s *Service) full(r store.AccountReader) (bool, error) {
	limit := s.Quotas.Accounts
	if limit <= 0 {
		limit = defaultAccounts
	}
	count, err := r.CountAccounts()
	return count >= limit, err
}

// FailCreate ends the operation of a JobCreate that failed for good.
func (s *Service) FailCreate(tx store.Tx, change idc.ChangeSet, job *idc.Job, _ error) error {
	work, err := store.Payload[creation](job)
	if err != nil {
		return err
	}
	op, err := tx.Operation(idc.OperationAccountCreation, work.OperationID)
	if err != nil || op.Status != idc.OperationInProgress {
		return err
	}
	op.Status, op.FailureReason, op.CompletedAt = idc.OperationFailed, "INTERNAL_FAILURE", change.At
	return tx.PutOperation(op)
}

// Creation returns a CreateAccount operation.
func (s *Service) Creation(ctx context.Context, id string) (*idc.Operation, error) {
	var op *idc.Operation
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		op, err = r.Operation(idc.OperationAccountCreation, id)
		if idc.IsNotFound(err) {
			return idc.NotFoundf("CreateAccountStatus", id, "We can't find a create account request with the CreateAccountRequestId that you specified.")
		}
		return err
	})
	return op, err
}

// Creations returns the CreateAccount operations, newest first; status "" means any.
func (s *Service) Creations(ctx context.Context, status idc.OperationStatus, p store.Page) (ops []*idc.Operation, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		var err error
		ops, next, err = r.ListOperations(idc.OperationAccountCreation, status, p)
		return err
	})
	return ops, next, err
}
