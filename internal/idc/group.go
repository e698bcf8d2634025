package idc

import "time"

// Group is a set of users of one identity store, where DisplayName is unique
// without regard to case.
type Group struct {
	ID              string
	IdentityStoreID string
	DisplayName     string
	Description     string
	ExternalIDs     []ExternalID
	Owner           Owner
	CreatedAt       time.Time
	CreatedBy       string
	UpdatedAt       time.Time
	UpdatedBy       string
	Version         Version
}

// Membership puts a user into a group of the same identity store, possibly for
// a limited time.
type Membership struct {
	ID       string
	GroupID  string
	UserID   string
	Validity Validity
	Owner    Owner
	// CreatedAt and CreatedBy are zero in memberships older than these members.
	CreatedAt time.Time
	CreatedBy string
	Version   Version
}

// Tombstone keeps the id of a deleted user or group for a retention time, so
// that the same source recreating it revives the id and its assignments.
type Tombstone struct {
	ID              string // id of the deleted object
	IdentityStoreID string
	Noun            string // "user" or "group"
	Name            string // folded user name or display name
	Owner           Owner
	DeletedAt       time.Time
	ExpiresAt       time.Time
}
