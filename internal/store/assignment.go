package store

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// AssignmentReader reads assignments, also those that are not active yet or any more.
type AssignmentReader interface {
	Assignment(id string) (*idc.Assignment, error)
	// FindAssignment finds the assignment of exactly this permission set, principal and scope.
	FindAssignment(permissionSetID string, pt idc.PrincipalType, principalID string, scope idc.Scope) (*idc.Assignment, error)
	// The lists are ordered by id.
	ListAssignments(p Page) ([]*idc.Assignment, error)
	ListAssignmentsOfPrincipal(pt idc.PrincipalType, principalID string, p Page) ([]*idc.Assignment, error)
	ListAssignmentsOfPermissionSet(permissionSetID string, p Page) ([]*idc.Assignment, error)
	// ListAssignmentsNaming returns those whose scope is the single account,
	// and all whose scope is not a single account (they may reach it);
	// permissionSetID "" means of any permission set.
	ListAssignmentsNaming(accountID, permissionSetID string) ([]*idc.Assignment, error)
	// ListAssignmentsEnding returns current assignments whose EndsAt is not after t.
	ListAssignmentsEnding(t time.Time, limit int) ([]*idc.Assignment, error)
}

// AssignmentWriter writes assignments (versioned); one per permission set,
// principal and scope.
type AssignmentWriter interface {
	PutAssignment(a *idc.Assignment) error
	DeleteAssignment(id string) error
}

// EligibilityReader reads eligibilities.
type EligibilityReader interface {
	Eligibility(id string) (*idc.Eligibility, error)
	ListEligibilities(p Page) ([]*idc.Eligibility, error)
}

// EligibilityWriter writes eligibilities (versioned).
type EligibilityWriter interface {
	PutEligibility(e *idc.Eligibility) error
	DeleteEligibility(id string) error
}

// LeaseReader reads leases.
type LeaseReader interface {
	Lease(id string) (*idc.Lease, error)
	ListLeasesOfUser(userID string) ([]*idc.Lease, error)
}

// LeaseWriter writes leases (versioned).
type LeaseWriter interface {
	PutLease(l *idc.Lease) error
	DeleteLease(id string) error
}
