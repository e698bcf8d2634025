package account

import (
	"context"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// JobClose moves an account that is being closed on to its next state. It is done
// by Service.RunClose. Payload: Work.
const JobClose = "close-account"

const (
	// closedFor is how long a closed account stays suspended before it is closed for good.
	closedFor = 90 * 24 * time.Hour
	// closingWindow is the time in which closures are counted.
	closingWindow = 30 * 24 * time.Hour
	// maxClosing bounds the closures under way.
	maxClosing = 3
	// maxCredential is the longest life of a credential: after it a fence has nothing left to stop.
	maxCredential = 12 * time.Hour
)

// Close begins to close a member account. From this write on nobody has access to
// it: assignments reach active accounts only, its roles cannot be assumed, and
// credentials of its roles are void.
func (s *Service) Close(ctx context.Context, change idc.ChangeSet, id string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		found, err := findMember(tx, id)
		if err != nil {
			return err
		}
		instance, err := tx.Instance()
		if err != nil {
			return err
		}
		if id == instance.OwnerAccountID {
			return idc.Errorf(idc.QuotaExceeded, "You can't close the management account of the organization.").With(reasonCloseManagement)
		}
		if found.State != idc.AccountActive && found.State != idc.AccountPendingActivation {
			return idc.Errorf(idc.Conflict, "The account is closed already.").With(reasonClosed)
		}
		if err := s.roomToClose(tx, change.At); err != nil {
			return err
		}
		account := *found
		account.State, account.StateChangedAt = idc.AccountPendingClosure, change.At
		if err := tx.PutAccount(&account); err != nil {
			return err
		}
		if err := voidCredentials(tx, change, id, "the account "+id+" was closed"); err != nil {
			return err
		}
		if err := store.Enqueue(tx, JobClose, "close/"+id, Work{AccountID: id}, change.At, change.At); err != nil {
			return err
		}
		return enqueueReconcile(tx, change, id)
	})
}

// roomToClose holds the quotas: 3 closures under way, and within 30 days 250 or
// a fifth of the accounts, whichever is more, but not over 1,000.
func (s *Service) roomToClose(r store.AccountReader, now time.Time) error {
	closing, recent := 0, 0
	for _, state := range []idc.AccountState{idc.AccountPendingClosure, idc.AccountSuspended, idc.AccountClosed} {
		accounts, err := r.ListAccountsInState(state, store.Page{})
		if err != nil {
			return err
		}
		for _, a := range accounts {
			if state == idc.AccountPendingClosure {
				closing++
			}
			if now.Sub(a.StateChangedAt) < closingWindow {
				recent++
			}
		}
	}
	if closing >= maxClosing {
		return idc.Errorf(idc.QuotaExceeded, "You have exceeded the number of accounts that can be closed at the same time: %d.", maxClosing).With(reasonCloseRequests)
	}
	limit := s.Quotas.Closures
	if limit <= 0 {
		count, err := r.CountAccounts()
		if err != nil {
			return err
		}
		limit = min(max(250, count/5), 1000)
	}
	if recent >= limit {
		return idc.Errorf(idc.QuotaExceeded, "You have exceeded the number of accounts that can be closed within 30 days: %d.", limit).With(reasonCloseQuota)
	}
	return nil
}

// voidCredentials stops the credentials of all roles of an account.
func voidCredentials(tx store.Tx, change idc.ChangeSet, accountID, why string) error {
	roles, err := tx.ListRoles(accountID, "", store.Page{})
	if err != nil {
		return err
	}
	for _, role := range roles {
		err := tx.PutFence(&idc.Fence{Kind: idc.FenceRole, ID: role.ID, Reason: why,
			IssuedBefore: change.At.Add(idc.FenceMargin), ExpiresAt: change.At.Add(maxCredential + idc.FenceMargin)})
		if err != nil {
			return err
		}
	}
	return nil
}

// RunClose does a JobClose: an account whose closure is pending becomes suspended,
// and closed for good 90 days later. It returns what must be done in the
// transaction that also ends the job.
func (s *Service) RunClose(_ context.Context, change idc.ChangeSet, job *idc.Job) (func(tx store.Tx) error, error) {
	work, err := store.Payload[Work](job)
	if err != nil {
		return nil, err
	}
	return func(tx store.Tx) error {
		found, err := tx.Account(work.AccountID)
		if idc.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		account := *found
		switch {
		case account.State == idc.AccountPendingClosure:
			account.State, account.StateChangedAt = idc.AccountSuspended, change.At
			if err := store.Enqueue(tx, JobClose, "close/"+account.ID, work, change.At, change.At.Add(closedFor)); err != nil {
				return err
			}
		case account.State == idc.AccountSuspended && change.At.Sub(account.StateChangedAt) >= closedFor:
			account.State, account.StateChangedAt = idc.AccountClosed, change.At
		default:
			return nil
		}
		return tx.PutAccount(&account)
	}, nil
}
