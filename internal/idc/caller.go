package idc

import "time"

// CallerType says how a caller was authenticated.
type CallerType string

// The ways to be a caller.
const (
	// CallerAnonymous made an unsigned call to an operation that needs none.
	CallerAnonymous CallerType = "Anonymous"
	// CallerAssumedRole signed with temporary credentials of a role session.
	CallerAssumedRole CallerType = "AssumedRole"
	// CallerIdentityCenterUser presented an access token of the portal API.
	CallerIdentityCenterUser CallerType = "IdentityCenterUser"
	// CallerSAML is a person at the moment a role is taken: named by the account's
	// SAML provider, without credentials yet. It occurs in records only.
	CallerSAML CallerType = "SAMLUser"
	// CallerService is Gatehouse itself, acting from its own queue or command line.
	CallerService CallerType = "AWSService"
)

// Caller is an authenticated principal. It is passed as an argument, never in
// a context, so that a function which needs to know who asks says so.
type Caller struct {
	Type      CallerType
	AccountID string
	// ARN is what GetCallerIdentity shows: the session ARN for a role session.
	ARN string
	// PrincipalARN is the role ARN with its path (aws:PrincipalArn).
	PrincipalARN string
	// PrincipalID is aws:userid: "AROA...:session-name".
	PrincipalID string
	AccessKeyID string

	RoleID      string // AROA...
	RoleName    string
	SessionName string

	// UserID is the directory user on whose behalf the session acts; empty for others.
	UserID string
	// CredentialID names the token or portal session (CloudTrail credentialId).
	CredentialID string
	// SessionID is the portal session the credentials come from.
	SessionID string
	// AssignmentID is the assignment that was the reason for the credentials.
	AssignmentID string

	MFA       bool
	MFAAt     time.Time
	IssuedAt  time.Time
	ExpiresAt time.Time
	// NotAfter is when the reason for the credentials ends (the assignment);
	// zero when it has no end. Sessions chained from this one end then, too.
	NotAfter time.Time

	SessionPolicies   []string // documents; united
	SessionPolicyARNs []string
	Tags              []Tag // session tags
	TransitiveTagKeys []string
	SourceIdentity    string
	Chained           bool // the role was assumed with the credentials of a role

	// Federation says how the role was taken through an identity provider; nil when
	// it was not. Sessions chained from this one have none.
	Federation *Federation
}

// Federation is what a SAML provider said of a person when a role was taken
// (STS AssumeRoleWithSAML).
type Federation struct {
	Provider      string // ARN of the account's SAML provider
	Issuer        string // of the assertion
	Audience      string // of the assertion
	Subject       string
	SubjectType   string // "persistent"
	NameQualifier string // base64 of a digest of issuer, account and provider
}

// Tag is a key and value on a resource or session.
type Tag struct {
	Key   string
	Value string
}
