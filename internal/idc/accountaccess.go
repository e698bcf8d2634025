package idc

import "time"

// AccountAccessApplication is the account access manager of an instance: people
// reach existing roles through it (service account-access, CreateApplication).
// An instance has at most one.
type AccountAccessApplication struct {
	ID         string
	ARN        string
	InstanceID string
	AccountID  string // that owns it
	Name       string
	Status     string
	TenantID   string // label of its portal
	Region     string
	Tags       []Tag
	CreatedAt  time.Time
	Version    Version
}

// Entitlement lets a principal take an existing role. It never changes.
type Entitlement struct {
	ID            string
	ApplicationID string
	PrincipalType PrincipalType
	PrincipalID   string
	RoleARN       string
	Validity      Validity
	CreatedAt     time.Time
	Version       Version
}
