package accountaccess

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// ServicePrincipal is the service that takes entitled roles for people: roles trust
// it, organizations let it in, and accounts may administer it.
const ServicePrincipal = "account-access.amazonaws.com"

// Service keeps account access applications and entitlements.
type Service struct {
	Store  store.Store
	IDs    *ids.Source
	Quotas Quotas
	// Admits reports whether a role's trust policy and the resource control policies
	// of its account may let the service in for some person, by an error of kind
	// Denied when they never do (authz.Service.AdmitsService). nil admits.
	Admits func(ctx context.Context, role *idc.Role, by idc.ActingService) error
}

// Quotas bounds what may be stored. Zero fields stand for AWS's documented values.
type Quotas struct {
	GroupsPerRole int // groups entitled to one role; AWS's is 20
}

const defaultGroupsPerRole = 20

func (q Quotas) groupsPerRole() int {
	if q.GroupsPerRole > 0 {
		return q.GroupsPerRole
	}
	return defaultGroupsPerRole
}

// Standing is what an account may do here.
type Standing uint8

// The standings of accounts.
const (
	Nobody     Standing = iota
	Delegate            // administers the service for the organization
	Management          // owns the organization's instance
)

// StandingOf returns what an account may do here.
func (s *Service) StandingOf(ctx context.Context, accountID string) (Standing, error) {
	standing := Nobody
	err := s.Store.View(ctx, func(r store.Reader) error {
		in, err := r.Instance()
		if err != nil {
			return err
		}
		if in.OwnerAccountID == accountID {
			standing = Management
			return nil
		}
		_, err = r.DelegatedAdministrator(accountID, ServicePrincipal)
		if err == nil {
			standing = Delegate
		}
		if idc.IsNotFound(err) {
			return nil
		}
		return err
	})
	return standing, err
}

// Actor is the service as it acts for an application: what a role's trust policy
// is asked about, without the person.
func Actor(a *idc.AccountAccessApplication) idc.ActingService {
	return idc.ActingService{Principal: ServicePrincipal, SourceARN: a.ARN, SourceAccount: a.AccountID}
}

func missingApplication(applicationARN string) *idc.Error {
	return idc.NotFoundf("Application", applicationARN, "Application not found: %s", applicationARN)
}

// find returns the application of an ARN inside a transaction, or NotFound. The
// whole text is compared, because the text is what was authorised.
func find(r store.AccountAccessReader, applicationARN string) (*idc.AccountAccessApplication, error) {
	_, _, id, err := arn.ParseAccountAccessApplication(applicationARN)
	if err != nil {
		return nil, idc.Errorf(idc.Invalid, "The application ARN %s is invalid.", applicationARN).Because(err)
	}
	a, err := r.AccountAccessApplication(id)
	if idc.IsNotFound(err) || err == nil && a.ARN != applicationARN {
		return nil, missingApplication(applicationARN)
	}
	return a, err
}
