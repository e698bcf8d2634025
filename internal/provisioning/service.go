package provisioning

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Service makes accounts agree with assignments.
type Service struct {
	Store store.Store
	Clock clock.Clock
	IDs   *ids.Source
	// Targets are the places where roles live, by idc.Account.Target.
	Targets map[string]Target
	// Inside are the targets within the database itself, by idc.Account.Target: what
	// they do is part of the transaction that ends the job, and costs one commit.
	Inside map[string]func(tx store.Tx) Target
	// Record keeps the IAM events of what was written into accounts, in the transaction
	// that ends the job; nil keeps none.
	Record func(tx store.Tx, calls []audit.Call) error
}

// Target is a place where roles live. All its methods may be repeated.
type Target interface {
	// Apply makes the role what d says, in place if it exists. A managed policy
	// that does not exist there is NotFound with the text "Not supported policy <ARN>.".
	Apply(ctx context.Context, change idc.ChangeSet, d Definition) error
	// Read returns the role as it is, or nil if there is none.
	Read(ctx context.Context, accountID, roleName string) (*Role, error)
	// Remove makes sure that there is no such role.
	Remove(ctx context.Context, change idc.ChangeSet, accountID, roleName string) error
}

func (s *Service) target(account *idc.Account) (Target, error) {
	t, ok := s.Targets[account.Target]
	if !ok {
		return nil, idc.Errorf(idc.NotImplemented, "Accounts of the kind %q cannot be provisioned.", account.Target)
	}
	return t, nil
}

// Get returns what was observed of a permission set in an account.
func (s *Service) Get(ctx context.Context, accountID, permissionSetID string) (*idc.Provisioning, error) {
	var out *idc.Provisioning
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		out, err = r.Provisioning(accountID, permissionSetID)
		return err
	})
	return out, err
}

// PermissionSetsOfAccount returns the ids of the permission sets provisioned to
// an account; status "" means any.
func (s *Service) PermissionSetsOfAccount(ctx context.Context, accountID string, status idc.ProvisioningStatus, p store.Page) (sets []string, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		rows, err := r.ListProvisioningsOfAccount(accountID, store.Page{})
		if err != nil {
			return err
		}
		sets, next, err = list(r, p, rows, status, func(row *idc.Provisioning) string { return row.PermissionSetID })
		return err
	})
	return sets, next, err
}

// AccountsOfPermissionSet returns the ids of the accounts a permission set is
// provisioned to; status "" means any.
func (s *Service) AccountsOfPermissionSet(ctx context.Context, permissionSetID string, status idc.ProvisioningStatus, p store.Page) (accounts []string, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		rows, err := r.ListProvisioningsOfPermissionSet(permissionSetID, store.Page{})
		if err != nil {
			return err
		}
		accounts, next, err = list(r, p, rows, status, func(row *idc.Provisioning) string { return row.AccountID })
		return err
	})
	return accounts, next, err
}

func list(r store.Reader, p store.Page, rows []*idc.Provisioning, status idc.ProvisioningStatus, id func(*idc.Provisioning) string) ([]string, string, error) {
	var out []string
	for _, row := range rows {
		if status != "" {
			is, err := StatusOf(r, row)
			if err != nil {
				return nil, "", err
			}
			if is != status {
				continue
			}
		}
		out = append(out, id(row))
	}
	out, next := store.Cut(p, out, func(id string) string { return id })
	return out, next, nil
}

// StatusOf says whether a provisioned role was made from the newest revision of
// its permission set.
func StatusOf(r store.PermissionSetReader, row *idc.Provisioning) (idc.ProvisioningStatus, error) {
	ps, err := r.PermissionSet(row.PermissionSetID)
	if idc.IsNotFound(err) {
		return idc.ProvisionedNotLatest, nil
	}
	if err != nil {
		return "", err
	}
	if row.Revision != ps.Revision {
		return idc.ProvisionedNotLatest, nil
	}
	return idc.ProvisionedLatest, nil
}
