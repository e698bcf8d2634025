package account

import (
	"context"
	"regexp"
	"slices"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// IdentityCenter is the service that always works in all accounts: the
// organization is founded with its instance.
const IdentityCenter = "sso.amazonaws.com"

var servicePrincipal = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com$`)

func checkService(principal string) error {
	if !servicePrincipal.MatchString(principal) {
		return idc.Errorf(idc.Invalid, "You specified an unrecognized service principal.").With(reasonService)
	}
	return nil
}

// ServiceAccess returns the services that may work in all accounts, by name.
func (s *Service) ServiceAccess(ctx context.Context, p store.Page) (services []*idc.ServiceAccess, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		all, err := r.ListServiceAccess(store.Page{})
		if err != nil {
			return err
		}
		instance, err := r.Instance()
		if err != nil {
			return err
		}
		all = append(all, &idc.ServiceAccess{ServicePrincipal: IdentityCenter, EnabledAt: instance.CreatedAt})
		services, next = store.Cut(p, all, func(a *idc.ServiceAccess) string { return a.ServicePrincipal })
		return nil
	})
	return services, next, err
}

func mayWork(r store.OrganizationReader, service string) (bool, error) {
	if service == IdentityCenter {
		return true, nil
	}
	_, err := r.ServiceAccess(service)
	if idc.IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}

// EnableServiceAccess lets a service work in all accounts. A service that may
// already keeps its date.
func (s *Service) EnableServiceAccess(ctx context.Context, change idc.ChangeSet, service string) error {
	if err := checkService(service); err != nil {
		return err
	}
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		if on, err := mayWork(tx, service); err != nil || on {
			return err
		}
		return tx.PutServiceAccess(&idc.ServiceAccess{ServicePrincipal: service, EnabledAt: change.At})
	})
}

// DisableServiceAccess ends that, when no account administers the service for
// the organization any more.
func (s *Service) DisableServiceAccess(ctx context.Context, change idc.ChangeSet, service string) error {
	if err := checkService(service); err != nil {
		return err
	}
	if service == IdentityCenter {
		return idc.Errorf(idc.QuotaExceeded, "The organization has an IAM Identity Center instance, which works in all of its accounts.")
	}
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		if on, err := mayWork(tx, service); err != nil || !on {
			return err
		}
		delegations, err := tx.ListDelegatedAdministrators(service, store.Page{Limit: 1})
		if err != nil {
			return err
		}
		if len(delegations) > 0 {
			return idc.Errorf(idc.QuotaExceeded, "The service has a delegated administrator. Deregister it first.").With(reasonDelegated)
		}
		return tx.DeleteServiceAccess(service)
	})
}

// RegisterAdministrator makes a member account administer a service for the
// organization. IAM Identity Center has at most one such account.
func (s *Service) RegisterAdministrator(ctx context.Context, change idc.ChangeSet, accountID, service string) error {
	if err := checkService(service); err != nil {
		return err
	}
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		a, err := findMember(tx, accountID)
		if err != nil {
			return err
		}
		instance, err := tx.Instance()
		if err != nil {
			return err
		}
		if a.ID == instance.OwnerAccountID {
			return idc.Errorf(idc.QuotaExceeded, "You can't register the management account of the organization as a delegated administrator.").With(reasonMasterDelegated)
		}
		if a.State != idc.AccountActive {
			return idc.Errorf(idc.QuotaExceeded, "You can't register a suspended account as a delegated administrator.").With(reasonSuspendedDelegated)
		}
		if on, err := mayWork(tx, service); err != nil {
			return err
		} else if !on {
			return idc.Errorf(idc.QuotaExceeded, "Enable access of the service to the organization first.").With(reasonNoAccess)
		}
		if _, err := tx.DelegatedAdministrator(accountID, service); err == nil {
			return idc.Errorf(idc.Conflict, "The account is already a delegated administrator for this service.").With(reasonRegistered)
		} else if !idc.IsNotFound(err) {
			return err
		}
		if service == IdentityCenter {
			others, err := tx.ListDelegatedAdministrators(service, store.Page{Limit: 1})
			if err != nil {
				return err
			}
			if len(others) > 0 {
				return idc.Errorf(idc.QuotaExceeded, "The service has the maximum number of delegated administrators: 1.").With(reasonMaxDelegated)
			}
		}
		return tx.PutDelegatedAdministrator(&idc.DelegatedAdministrator{AccountID: accountID, ServicePrincipal: service, EnabledAt: change.At})
	})
}

func notRegistered() error {
	return idc.Errorf(idc.Conflict, "The specified account is not a delegated administrator for this service.").With(reasonNotRegistered)
}

// DeregisterAdministrator ends a delegation.
func (s *Service) DeregisterAdministrator(ctx context.Context, change idc.ChangeSet, accountID, service string) error {
	if err := checkService(service); err != nil {
		return err
	}
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		if _, err := findMember(tx, accountID); err != nil {
			return err
		}
		if _, err := tx.DelegatedAdministrator(accountID, service); idc.IsNotFound(err) {
			return notRegistered()
		} else if err != nil {
			return err
		}
		return tx.DeleteDelegatedAdministrator(accountID, service)
	})
}

// Administrator is an account that administers services for the organization.
type Administrator struct {
	Account *idc.Account
	Since   time.Time // of its first service
}

// Administrators returns the accounts that administer a service, or any service
// for "", ordered by id.
func (s *Service) Administrators(ctx context.Context, service string, p store.Page) (list []Administrator, next string, err error) {
	if service != "" {
		if err := checkService(service); err != nil {
			return nil, "", err
		}
	}
	err = s.Store.View(ctx, func(r store.Reader) error {
		delegations, err := r.ListDelegatedAdministrators(service, store.Page{})
		if err != nil {
			return err
		}
		var all []*idc.DelegatedAdministrator
		for _, d := range delegations {
			at := slices.IndexFunc(all, func(o *idc.DelegatedAdministrator) bool { return o.AccountID == d.AccountID })
			if at < 0 {
				all = append(all, d)
			} else if d.EnabledAt.Before(all[at].EnabledAt) {
				all[at] = d
			}
		}
		all, next = store.Cut(p, all, func(d *idc.DelegatedAdministrator) string { return d.AccountID })
		for _, d := range all {
			a, err := find(r, d.AccountID)
			if err != nil {
				return err
			}
			list = append(list, Administrator{a, d.EnabledAt})
		}
		return nil
	})
	return list, next, err
}

// DelegatedServices returns what an account administers, ordered by service.
func (s *Service) DelegatedServices(ctx context.Context, accountID string, p store.Page) (list []*idc.DelegatedAdministrator, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		if _, err := findMember(r, accountID); err != nil {
			return err
		}
		first, err := r.ListDelegationsOfAccount(accountID, store.Page{Limit: 1})
		if err != nil {
			return err
		}
		if len(first) == 0 {
			return notRegistered()
		}
		of := func(p store.Page) ([]*idc.DelegatedAdministrator, error) {
			return r.ListDelegationsOfAccount(accountID, p)
		}
		list, next, err = store.Fetch(p, of, (*idc.DelegatedAdministrator).ID)
		return err
	})
	return list, next, err
}
