package idc

// PrincipalType says what a principal id names.
type PrincipalType string

// The principals that can be assigned.
const (
	PrincipalUser  PrincipalType = "USER"
	PrincipalGroup PrincipalType = "GROUP"
)

// ScopeKind says how a scope chooses accounts.
type ScopeKind string

// The kinds of scope.
const (
	ScopeAccount ScopeKind = "account"
	ScopeOU      ScopeKind = "ou"
	ScopeTag     ScopeKind = "tag"
	ScopeAll     ScopeKind = "all"
)

// Scope is the set of accounts an assignment reaches. It is stored as such and
// expanded whenever access is decided, so accounts join and leave by themselves.
type Scope struct {
	Kind      ScopeKind
	AccountID string   // for ScopeAccount
	OUID      string   // for ScopeOU: a root or OU
	Direct    bool     // for ScopeOU: only accounts directly in it
	Tag       string   // for ScopeTag: a tag expression
	Exclude   []string // account ids left out
}

// Assignment gives a principal a permission set in a scope of accounts.
type Assignment struct {
	ID              string // UUID
	PermissionSetID string
	PrincipalType   PrincipalType
	PrincipalID     string
	Scope           Scope
	Validity        Validity
	Owner           Owner
	Version         Version
}

// Grant is one line of effective access: a user may use a permission set in an
// account because of an assignment, directly or through a group.
type Grant struct {
	UserID          string
	AccountID       string
	PermissionSetID string
	AssignmentID    string
	GroupID         string   // "" when the assignment names the user
	Validity        Validity // intersection of assignment and membership
}

// Eligibility lets a principal ask for a permission set in a scope (just-in-time elevation).
type Eligibility struct {
	ID              string
	PermissionSetID string
	PrincipalType   PrincipalType
	PrincipalID     string
	Scope           Scope
	Validity        Validity
	Version         Version
}

// Lease is access granted for a limited time out of an eligibility.
type Lease struct {
	ID              string
	EligibilityID   string
	UserID          string
	AccountID       string
	PermissionSetID string
	Validity        Validity
	Status          string
	Version         Version
}
