package store

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// ApplicationFilter selects applications; only InstanceID is required.
type ApplicationFilter struct {
	InstanceID     string
	OwnerAccountID string
	ProviderARN    string
}

// ApplicationReader reads applications.
type ApplicationReader interface {
	Application(id string) (*idc.Application, error)
	// ListApplications is ordered by id.
	ListApplications(f ApplicationFilter, p Page) ([]*idc.Application, error)
	CountApplications(instanceID string) (int, error)
}

// ApplicationWriter writes applications (versioned).
type ApplicationWriter interface {
	PutApplication(a *idc.Application) error
	DeleteApplication(id string) error
}

// ApplicationAssignmentReader reads who may use applications, also assignments
// that are not active yet or any more.
type ApplicationAssignmentReader interface {
	ApplicationAssignment(applicationID string, pt idc.PrincipalType, principalID string) (*idc.ApplicationAssignment, error)
	// The lists are ordered by ApplicationAssignment.ID, which is their cursor.
	ListApplicationAssignments(applicationID string, p Page) ([]*idc.ApplicationAssignment, error)
	ListApplicationAssignmentsOfPrincipal(pt idc.PrincipalType, principalID string, p Page) ([]*idc.ApplicationAssignment, error)
	// ListApplicationAssignmentsEnding returns current assignments whose EndsAt is not after t.
	ListApplicationAssignmentsEnding(t time.Time, limit int) ([]*idc.ApplicationAssignment, error)
	CountApplicationAssignments(applicationID string, pt idc.PrincipalType) (int, error)
}

// ApplicationAssignmentWriter writes who may use applications (versioned).
type ApplicationAssignmentWriter interface {
	PutApplicationAssignment(a *idc.ApplicationAssignment) error
	DeleteApplicationAssignment(applicationID string, pt idc.PrincipalType, principalID string) error
}

// TrustedTokenIssuerReader reads trusted token issuers.
type TrustedTokenIssuerReader interface {
	TrustedTokenIssuer(id string) (*idc.TrustedTokenIssuer, error)
	// ListTrustedTokenIssuers is ordered by id.
	ListTrustedTokenIssuers(instanceID string, p Page) ([]*idc.TrustedTokenIssuer, error)
}

// TrustedTokenIssuerWriter writes trusted token issuers (versioned).
type TrustedTokenIssuerWriter interface {
	PutTrustedTokenIssuer(i *idc.TrustedTokenIssuer) error
	DeleteTrustedTokenIssuer(id string) error
}
