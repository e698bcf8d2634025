package idc

import "time"

// Role is an IAM role in a native account.
type Role struct {
	AccountID           string
	Name                string // unique in the account without regard to case
	Path                string
	ID                  string // AROA...
	ARN                 string
	Description         string
	TrustPolicy         string // byte for byte
	MaxSessionDuration  time.Duration
	AttachedPolicies    []string          // managed policy ARNs, in order of attachment
	InlinePolicies      map[string]string // name to document
	PermissionsBoundary string            // managed policy ARN, or ""
	Tags                []Tag
	CreatedAt           time.Time
	// TrustedIDs are the unique ids that roles named by the trust policy had when
	// it was saved, by ARN. A role made again under such an ARN is not trusted.
	TrustedIDs map[string]string
	// PermissionSetID marks a role provisioned from a permission set.
	PermissionSetID string
}

// ManagedPolicy is a customer managed IAM policy in a native account.
type ManagedPolicy struct {
	AccountID      string
	Name           string
	Path           string
	ID             string // ANPA...
	ARN            string
	Description    string
	Versions       []PolicyVersion // oldest first, at most five
	DefaultVersion string          // "v1"
	Tags           []Tag
	CreatedAt      time.Time
	UpdatedAt      time.Time
}

// PolicyVersion is one document of a managed policy.
type PolicyVersion struct {
	ID        string // "v1"
	Document  string
	CreatedAt time.Time
}

// SAMLProvider is an IAM SAML provider in a native account.
type SAMLProvider struct {
	AccountID  string
	Name       string
	ARN        string
	Metadata   string
	ValidUntil time.Time
	CreatedAt  time.Time
	Tags       []Tag
	UUID       string // "" of the instance's own
	// PrivateKeys decrypt assertions, newest last; there are at most two.
	PrivateKeys []SAMLPrivateKey
	// EncryptedOnly refuses assertions that are not encrypted.
	EncryptedOnly bool
}

// SAMLPrivateKey is an account's own key, to which an identity provider encrypts assertions.
type SAMLPrivateKey struct {
	ID        string
	Private   []byte // PKCS #8, sealed
	CreatedAt time.Time
}
