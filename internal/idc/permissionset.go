package idc

import "time"

// PermissionSet is a template of a role, provisioned into accounts.
type PermissionSet struct {
	ID              string // ps-...
	ARN             string
	Name            string
	Description     string
	SessionDuration string // ISO 8601 as given, such as "PT1H"
	RelayState      string
	ManagedPolicies []string // AWS managed policy ARNs, in order of attachment
	CustomerManaged []CustomerManagedPolicyReference
	InlinePolicy    string // byte for byte, "" when there is none
	Boundary        *PermissionsBoundary
	Tags            []Tag
	CreatedAt       time.Time
	// Revision grows with every change that provisioning must carry into accounts.
	Revision int64
	Version  Version
}

// CustomerManagedPolicyReference names a policy that must exist in each account.
type CustomerManagedPolicyReference struct {
	Name string
	Path string
}

// PermissionsBoundary is exactly one of its two members.
type PermissionsBoundary struct {
	ManagedPolicyARN string
	CustomerManaged  *CustomerManagedPolicyReference
}
