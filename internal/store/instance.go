package store

import "github.com/gatehouse-idc/gatehouse/internal/idc"

// InstanceReader reads instances.
type InstanceReader interface {
	// Instance returns the organization's instance, or NotFound before the first start.
	Instance() (*idc.Instance, error)
	InstanceByID(id string) (*idc.Instance, error)
	InstanceByIdentityStore(identityStoreID string) (*idc.Instance, error)
	// InstanceOfAccount finds the instance an account owns: the organization's for
	// the management account.
	InstanceOfAccount(accountID string) (*idc.Instance, error)
	// ListInstances is ordered by id.
	ListInstances(p Page) ([]*idc.Instance, error)
}

// InstanceWriter writes instances, in place. A second instance of the
// organization is a Conflict with Resource "Instance", a second one of an
// account with "InstanceOfAccount", an identity store of two with "IdentityStore".
type InstanceWriter interface {
	PutInstance(in *idc.Instance) error
	// DeleteInstance removes the row; what belongs to the instance is the caller's.
	DeleteInstance(id string) error
}

// AccessControlReader reads the attributes for access control.
type AccessControlReader interface {
	AccessControl(instanceID string) (*idc.AccessControlConfiguration, error)
}

// AccessControlWriter writes the attributes for access control (versioned); one
// configuration per instance.
type AccessControlWriter interface {
	PutAccessControl(c *idc.AccessControlConfiguration) error
	DeleteAccessControl(instanceID string) error
}
