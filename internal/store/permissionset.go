package store

import "github.com/gatehouse-idc/gatehouse/internal/idc"

// PermissionSetReader reads permission sets.
type PermissionSetReader interface {
	PermissionSet(id string) (*idc.PermissionSet, error)
	PermissionSetByName(name string) (*idc.PermissionSet, error) // exact, as AWS compares it
	// ListPermissionSets is ordered by id.
	ListPermissionSets(p Page) ([]*idc.PermissionSet, error)
	CountPermissionSets() (int, error)
}

// PermissionSetWriter writes permission sets (versioned). A second set of the
// same name is a Conflict with Resource "PermissionSet".
type PermissionSetWriter interface {
	PutPermissionSet(ps *idc.PermissionSet) error
	DeletePermissionSet(id string) error
}
