package store

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// OrganizationReader reads what the organization decides for itself.
type OrganizationReader interface {
	// Organization returns the one organization.
	Organization() (*idc.Organization, error)
	// OrganizationResourcePolicy returns the one resource policy, or NotFound.
	OrganizationResourcePolicy() (*idc.OrganizationResourcePolicy, error)
	DelegatedAdministrator(accountID, servicePrincipal string) (*idc.DelegatedAdministrator, error)
	// The lists of delegations are ordered by DelegatedAdministrator.ID, which is
	// their cursor: those of one account stand together. servicePrincipal "" means any.
	ListDelegatedAdministrators(servicePrincipal string, p Page) ([]*idc.DelegatedAdministrator, error)
	ListDelegationsOfAccount(accountID string, p Page) ([]*idc.DelegatedAdministrator, error)
	ServiceAccess(servicePrincipal string) (*idc.ServiceAccess, error)
	// ListServiceAccess is ordered by service principal.
	ListServiceAccess(p Page) ([]*idc.ServiceAccess, error)
}

// OrganizationWriter writes what the organization decides for itself (versioned).
// A second organization is a Conflict with Resource "Organization", a second
// resource policy one with "OrganizationResourcePolicy".
type OrganizationWriter interface {
	PutOrganization(o *idc.Organization) error
	DeleteOrganization(id string) error
	PutOrganizationResourcePolicy(p *idc.OrganizationResourcePolicy) error
	DeleteOrganizationResourcePolicy(id string) error
	PutDelegatedAdministrator(d *idc.DelegatedAdministrator) error
	DeleteDelegatedAdministrator(accountID, servicePrincipal string) error
	PutServiceAccess(a *idc.ServiceAccess) error
	DeleteServiceAccess(servicePrincipal string) error
}

// HandshakeFilter selects handshakes; zero fields do not filter.
type HandshakeFilter struct {
	AccountID string
	Action    idc.HandshakeAction
	ParentID  string
}

// HandshakeReader reads handshakes.
type HandshakeReader interface {
	Handshake(id string) (*idc.Handshake, error)
	// ListHandshakes is ordered by id.
	ListHandshakes(f HandshakeFilter, p Page) ([]*idc.Handshake, error)
}

// HandshakeWriter writes handshakes, in place.
type HandshakeWriter interface {
	PutHandshake(h *idc.Handshake) error
	// SweepHandshakes removes those that ended or expired before t.
	SweepHandshakes(before time.Time) (int, error)
}
