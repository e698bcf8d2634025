package idc

import "time"

// InstanceKind says whose an instance is.
type InstanceKind string

// The kinds of instance. The zero value is the organization's: there is one in
// every installation. An account instance belongs to a member account, which has
// at most one; it has applications and a directory, but no permission sets.
const (
	InstanceOfOrganization InstanceKind = ""
	InstanceOfAccount      InstanceKind = "account"
)

// InstanceStatus is sso-admin's InstanceStatus.
type InstanceStatus string

// The life of an instance. An organization instance is active from the start.
const (
	InstanceCreating     InstanceStatus = "CREATE_IN_PROGRESS"
	InstanceCreateFailed InstanceStatus = "CREATE_FAILED"
	InstanceDeleting     InstanceStatus = "DELETE_IN_PROGRESS"
	InstanceActive       InstanceStatus = "ACTIVE"
)

// Instance is an Identity Center instance with its own identity store. What it
// says of the organization (OrganizationID, RootID) and of the portal is empty
// in an account instance.
type Instance struct {
	ID              string // ssoins-...
	Kind            InstanceKind
	ARN             string
	IdentityStoreID string // d-...
	OwnerAccountID  string // the management account, or the member account it was made in
	Name            string
	Region          string // the primary Region
	StartURLAlias   string // label of the AWS-shaped start URL: https://<alias>.awsapps.com/start
	OrganizationID  string // o-...
	RootID          string // r-...
	PortalSession   time.Duration
	Tags            []Tag
	CreatedAt       time.Time
	Status          InstanceStatus // "" is active; see CurrentStatus
	StatusReason    string
	// Encryption is the zero value while nobody chose a key; see CurrentEncryption.
	Encryption InstanceEncryption
	// PermissionSetsDisabled marks an organization instance that was made without
	// multi-account permissions. It can be cleared, never set again.
	PermissionSetsDisabled bool
	// Regions are those added to the primary one; see AllRegions.
	Regions []InstanceRegion
	// Network limits where the identity store is reached from; nil for anywhere.
	Network *NetworkConfiguration
}

// CurrentStatus returns the status, which rows older than that member do not have.
func (in *Instance) CurrentStatus() InstanceStatus {
	if in.Status == "" {
		return InstanceActive
	}
	return in.Status
}

// HasPermissionSets reports whether the instance gives access to accounts
// (DescribeInstance, PermissionSetsEnabled).
func (in *Instance) HasPermissionSets() bool {
	return in.Kind == InstanceOfOrganization && !in.PermissionSetsDisabled
}

// EncryptionKeyType says whose key encrypts an instance's data.
type EncryptionKeyType string

// The types of keys (sso-admin, KmsKeyType).
const (
	KeyOwnedByAWS      EncryptionKeyType = "AWS_OWNED_KMS_KEY"
	KeyCustomerManaged EncryptionKeyType = "CUSTOMER_MANAGED_KEY"
)

// EncryptionStatus says how far a change of the key is.
type EncryptionStatus string

// The statuses of a key (sso-admin, KmsKeyStatus).
const (
	EncryptionUpdating     EncryptionStatus = "UPDATING"
	EncryptionEnabled      EncryptionStatus = "ENABLED"
	EncryptionUpdateFailed EncryptionStatus = "UPDATE_FAILED"
)

// InstanceEncryption is the encryption configuration of an instance.
type InstanceEncryption struct {
	KeyType      EncryptionKeyType
	KeyARN       string // of a customer managed key only
	Status       EncryptionStatus
	StatusReason string
}

// CurrentEncryption returns the configuration; before anybody chose a key it is
// the service's own, enabled.
func (in *Instance) CurrentEncryption() InstanceEncryption {
	if in.Encryption.KeyType == "" {
		return InstanceEncryption{KeyType: KeyOwnedByAWS, Status: EncryptionEnabled}
	}
	return in.Encryption
}

// RegionStatus says how far adding or removing a Region is.
type RegionStatus string

// The statuses of a Region (sso-admin, RegionStatus). A removed Region is gone.
const (
	RegionActive   RegionStatus = "ACTIVE"
	RegionAdding   RegionStatus = "ADDING"
	RegionRemoving RegionStatus = "REMOVING"
)

// InstanceRegion is a Region an instance is available in.
type InstanceRegion struct {
	Name    string
	Status  RegionStatus
	Primary bool
	AddedAt time.Time
}

// AllRegions returns the primary Region, which is active since the instance
// exists, and then the added ones.
func (in *Instance) AllRegions() []InstanceRegion {
	primary := InstanceRegion{Name: in.Region, Status: RegionActive, Primary: true, AddedAt: in.CreatedAt}
	return append([]InstanceRegion{primary}, in.Regions...)
}

// HasRegion reports whether a Region is one of the instance's, whatever its status.
func (in *Instance) HasRegion(name string) bool {
	for _, r := range in.AllRegions() {
		if r.Name == name {
			return true
		}
	}
	return false
}
