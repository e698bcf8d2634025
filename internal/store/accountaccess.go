package store

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// AccountAccessReader reads account access managers and their entitlements, also
// entitlements that are not active yet or any more.
type AccountAccessReader interface {
	AccountAccessApplication(id string) (*idc.AccountAccessApplication, error)
	// ListAccountAccessApplications is ordered by id; instanceID "" means all.
	ListAccountAccessApplications(instanceID string, p Page) ([]*idc.AccountAccessApplication, error)
	Entitlement(id string) (*idc.Entitlement, error)
	// The lists are ordered by id.
	ListEntitlements(applicationID string, p Page) ([]*idc.Entitlement, error)
	ListEntitlementsOfPrincipal(pt idc.PrincipalType, principalID string, p Page) ([]*idc.Entitlement, error)
	ListEntitlementsOfRole(roleARN string, p Page) ([]*idc.Entitlement, error)
	// ListEntitlementsEnding returns current entitlements whose EndsAt is not after t.
	ListEntitlementsEnding(t time.Time, limit int) ([]*idc.Entitlement, error)
}

// AccountAccessWriter writes account access managers and their entitlements
// (versioned). A second manager of an instance is a Conflict with Resource
// "AccountAccessApplication", a second entitlement of the same application,
// principal and role one with "Entitlement".
type AccountAccessWriter interface {
	PutAccountAccessApplication(a *idc.AccountAccessApplication) error
	DeleteAccountAccessApplication(id string) error
	PutEntitlement(e *idc.Entitlement) error
	DeleteEntitlement(id string) error
}
