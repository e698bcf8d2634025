package idc

import (
	"strings"
	"time"
)

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
	// CallerWebIdentity is one for whom an OpenID Connect provider of the account
	// vouches, at the moment a role is taken. It occurs in records only.
	CallerWebIdentity CallerType = "WebIdentityUser"
	// CallerRoot signed with temporary credentials of an account's root user, which
	// are limited to one task (STS AssumeRoot). There are no other ones of it.
	CallerRoot CallerType = "Root"
	// CallerActingService is an AWS service at the moment it takes a role for a
	// person, without credentials yet. It occurs in records only.
	CallerActingService CallerType = "ActingService"
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
	// TaskPolicyARN is what a CallerRoot is limited to: a policy that denies all else.
	TaskPolicyARN     string
	Tags              []Tag // session tags
	TransitiveTagKeys []string
	SourceIdentity    string
	Chained           bool // the role was assumed with the credentials of a role

	// Federation says how the role was taken through an identity provider; nil when
	// it was not. Sessions chained from this one have none.
	Federation *Federation
	// Context says for whom an application acts with the session, in which nobody
	// signed in; nil for others. Sessions chained from this one have it for the trail alone.
	Context *IdentityContext
	// Acting says which service takes the role, for a CallerActingService alone.
	Acting *ActingService
}

// ActingService is an AWS service that takes a role for a person: what the role's
// trust policy knows of it.
type ActingService struct {
	Principal     string // account-access.amazonaws.com
	SourceARN     string // of the resource it acts for (aws:SourceArn)
	SourceAccount string // which owns that resource (aws:SourceAccount)
	UserID        string // the person; "" while it is nobody yet
}

// Federation is what an identity provider of an account said of somebody when a
// role was taken (STS AssumeRoleWithSAML, AssumeRoleWithWebIdentity).
type Federation struct {
	Provider      string // ARN of the account's SAML or OpenID Connect provider
	Issuer        string // of the assertion or token
	Audience      string // of the token; of an assertion its recipient
	Subject       string
	SubjectType   string // "persistent"; "" of a web identity
	NameQualifier string // base64 of a digest of issuer, account and provider; "" of a web identity
	// Keys are further condition keys: of attributes of the assertion ("saml:cn") and
	// of claims of the token ("idp.example.com:sub").
	Keys map[string][]string
}

// Web reports whether the provider is one of OpenID Connect.
func (f *Federation) Web() bool { return strings.Contains(f.Provider, ":oidc-provider/") }

// Tag is a key and value on a resource or session.
type Tag struct {
	Key   string
	Value string
}
