package application

import (
	"context"
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Service keeps applications, their assignments and trusted token issuers.
type Service struct {
	Store  store.Store
	IDs    *ids.Source
	Quotas Quotas
}

// Quotas bounds what may be stored. Zero fields stand for AWS's documented values.
type Quotas struct {
	Applications int // per instance
	Groups       int // assigned to one application
	Scopes       int // of one application
	TokenIssuers int // per instance
}

// AWS's documented quotas.
const (
	defaultApplications = 7000
	defaultGroups       = 100
	defaultScopes       = 25
)

func (q Quotas) applications() int { return orDefault(q.Applications, defaultApplications) }
func (q Quotas) groups() int       { return orDefault(q.Groups, defaultGroups) }
func (q Quotas) scopes() int       { return orDefault(q.Scopes, defaultScopes) }
func (q Quotas) tokenIssuers() int { return orDefault(q.TokenIssuers, idc.MaxTrustedTokenIssuers) }

func orDefault(n, fallback int) int {
	if n > 0 {
		return n
	}
	return fallback
}

func exceeded(noun string, limit int) error {
	return idc.Errorf(idc.QuotaExceeded, "You have exceeded AWS SSO limits. Cannot create %s more than %d.", noun, limit)
}

// Instance returns the instance of an ARN, the organization's or an account's.
func (s *Service) Instance(ctx context.Context, instanceARN string) (*idc.Instance, error) {
	missing := idc.NotFoundf("Instance", instanceARN, "Could not find Instance with ARN %s", instanceARN)
	id, err := arn.ParseInstance(instanceARN)
	if err != nil {
		return nil, missing.Because(err)
	}
	var in *idc.Instance
	err = s.Store.View(ctx, func(r store.Reader) error {
		in, err = r.InstanceByID(id)
		return err
	})
	if idc.IsNotFound(err) || err == nil && in.ARN != instanceARN {
		return nil, missing
	}
	return in, err
}

// ssoPrincipal is the service whose delegated administrator administers the organization's instance.
const ssoPrincipal = "sso.amazonaws.com"

// Administers reports whether an account administers an instance: its owner
// does, and the delegated administrator of the organization's.
func (s *Service) Administers(ctx context.Context, in *idc.Instance, accountID string) (bool, error) {
	if in.OwnerAccountID == accountID {
		return true, nil
	}
	if in.Kind != idc.InstanceOfOrganization {
		return false, nil
	}
	err := s.Store.View(ctx, func(r store.Reader) error {
		_, err := r.DelegatedAdministrator(accountID, ssoPrincipal)
		return err
	})
	if idc.IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}

// activeInstance returns the instance of a new object, which must be active.
func activeInstance(r store.InstanceReader, id string) (*idc.Instance, error) {
	in, err := r.InstanceByID(id)
	if err != nil {
		return nil, err
	}
	if in.CurrentStatus() != idc.InstanceActive {
		return nil, idc.Errorf(idc.Conflict, "The instance %s is not active: its status is %s.", in.ARN, in.CurrentStatus())
	}
	return in, nil
}

// find returns an application inside a transaction, or NotFound.
func find(r store.ApplicationReader, id string) (*idc.Application, error) {
	a, err := r.Application(id)
	if idc.IsNotFound(err) {
		return nil, missingApplication(id)
	}
	return a, err
}

func missingApplication(id string) *idc.Error {
	return idc.NotFoundf("Application", id, "Could not find Application with id %s", id)
}

// change runs edit on a copy of the application and stores the result.
func (s *Service) change(ctx context.Context, change idc.ChangeSet, id string, edit func(r store.Reader, a *idc.Application) error) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		found, err := find(tx, id)
		if err != nil {
			return err
		}
		a := *found
		a.Scopes, a.Tags = slices.Clone(found.Scopes), slices.Clone(found.Tags)
		if err := edit(tx, &a); err != nil {
			return err
		}
		return tx.PutApplication(&a)
	})
}
