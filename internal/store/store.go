package store

import (
	"context"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// Store is a database with all that Gatehouse remembers.
type Store interface {
	// View runs fn on a consistent snapshot. fn must not call View or Update:
	// it would wait for a connection while it holds one.
	View(ctx context.Context, fn func(r Reader) error) error
	// Update runs fn in a serializable transaction. Writes to versioned nouns
	// are recorded under change, whose ID must be set; several Updates may share
	// a change set, of which the first to write such a noun writes the rest. fn
	// may run more than once, and must not call View or Update. When Update
	// returns nil the writes are durable.
	Update(ctx context.Context, change idc.ChangeSet, fn func(tx Tx) error) error
	// Watch delivers the writes committed by any node, in commit order, until
	// ctx ends. A slow reader gets an Event with Noun NounLost instead of
	// missed ones and must drop whatever it cached.
	Watch(ctx context.Context) <-chan Event
	// Revision is a number that grows with every write that is not bookkeeping
	// (Noun.Bookkeeping): it has grown when the Update that wrote returns, and for
	// another node's write as soon as this node hears of it. What was read after
	// asking for the revision holds while the revision stays the same.
	Revision() uint64
	// RevisionOf is Revision for the rows of one noun: it grows with every write to
	// one, and whenever events were lost.
	RevisionOf(noun Noun) uint64
	// Ping reports whether the database answers.
	Ping(ctx context.Context) error
	// Close releases the connections.
	Close() error
}

// Event names a row that a committed transaction wrote or removed. ID is the id
// of the row, the parts of a composite one joined by "/": the account and folded
// name of a role, the account and permission set of a provisioning, the policy
// and target of an attachment, the application, principal type and principal of
// an application assignment, the account and service of a delegated
// administrator, the scope and token of a client token, the kind and id of a
// fence, the purpose and id of a data or signing key. Managed policies, SAML and
// OIDC providers, trails and their statuses have their ARN, passwords the user,
// attributes for access control the instance, service access the service, and
// events of the trail the Seq of the last one appended. Rows that a sweep removes
// are not announced; what they said had expired before. Neither are uses of roles.
type Event struct {
	Noun Noun
	ID   string
}

// Noun names a kind of row in events and change records.
type Noun string

// The nouns.
const (
	NounLost                  Noun = "lost" // events were dropped; forget everything cached
	NounInstance              Noun = "instance"
	NounAccessControl         Noun = "access-control-configuration"
	NounUser                  Noun = "user"
	NounGroup                 Noun = "group"
	NounMembership            Noun = "membership"
	NounTombstone             Noun = "tombstone"
	NounAccount               Noun = "account"
	NounOU                    Noun = "organizational-unit"
	NounOrganizationPolicy    Noun = "organization-policy"
	NounPolicyAttachment      Noun = "policy-attachment"
	NounOrganization          Noun = "organization"
	NounResourcePolicy        Noun = "organization-resource-policy"
	NounDelegation            Noun = "delegated-administrator"
	NounServiceAccess         Noun = "service-access"
	NounHandshake             Noun = "handshake"
	NounPermissionSet         Noun = "permission-set"
	NounAssignment            Noun = "assignment"
	NounEligibility           Noun = "eligibility"
	NounLease                 Noun = "lease"
	NounApplication           Noun = "application"
	NounApplicationAssignment Noun = "application-assignment"
	NounTrustedTokenIssuer    Noun = "trusted-token-issuer"
	NounAccountAccess         Noun = "account-access-application"
	NounEntitlement           Noun = "entitlement"
	NounRole                  Noun = "role"
	NounManagedPolicy         Noun = "managed-policy"
	NounSAMLProvider          Noun = "saml-provider"
	NounOIDCProvider          Noun = "oidc-provider"
	NounRoleUse               Noun = "role-use"
	NounAccessReport          Noun = "access-report"
	NounOperation             Noun = "operation"
	NounProvisioning          Noun = "provisioning"
	NounJob                   Noun = "job"
	NounClientToken           Noun = "client-token"
	NounPassword              Noun = "password"
	NounTOTPDevice            Noun = "totp-device"
	NounThrottle              Noun = "throttle"
	NounDataKey               Noun = "data-key"
	NounSigningKey            Noun = "signing-key"
	NounPortalSession         Noun = "portal-session"
	NounClient                Noun = "client"
	NounDevice                Noun = "device-authorization"
	NounAuthorization         Noun = "authorization-request"
	NounToken                 Noun = "token"
	NounSigninFlow            Noun = "signin-flow"
	NounOneTimeLink           Noun = "one-time-link"
	NounFence                 Noun = "fence"
	NounEvent                 Noun = "audit-event"
	NounTrail                 Noun = "trail"
	NounTrailStatus           Noun = "trail-status"
)

// Bookkeeping reports whether rows of a noun only keep account of what happens
// (sign-ins, tokens, jobs, the trail) and have no part in who may use what.
func (n Noun) Bookkeeping() bool {
	switch n {
	case NounEvent, NounJob, NounOperation, NounPassword, NounTOTPDevice, NounThrottle, NounPortalSession, NounClient,
		NounDevice, NounAuthorization, NounToken, NounSigninFlow, NounOneTimeLink, NounClientToken, NounHandshake,
		NounRoleUse, NounAccessReport, NounTrailStatus:
		return true
	}
	return false
}

// Page asks for at most Limit items after the cursor After ("" = from the
// start). Limit 0 means all.
type Page struct {
	After string
	Limit int
}

// Reader reads. Versioned nouns are read as of now, or of the instant of At.
type Reader interface {
	// At returns a Reader of the state that was current at t. Only versioned
	// nouns travel in time; the others are shown as they are.
	At(t time.Time) Reader

	InstanceReader
	AccessControlReader
	UserReader
	GroupReader
	MembershipReader
	TombstoneReader
	AccountReader
	OrganizationReader
	HandshakeReader
	OrganizationPolicyReader
	PermissionSetReader
	AssignmentReader
	EligibilityReader
	LeaseReader
	ApplicationReader
	ApplicationAssignmentReader
	TrustedTokenIssuerReader
	AccountAccessReader
	RoleReader
	RoleUseReader
	AccessReportReader
	OperationReader
	ProvisioningReader
	JobReader
	ClientTokenReader
	CredentialReader
	SessionReader
	GrantReader
	SigninReader
	FenceReader
	AuditReader
	TrailReader
	ChangeReader
}

// Tx reads its own writes and writes.
type Tx interface {
	Reader

	InstanceWriter
	AccessControlWriter
	UserWriter
	GroupWriter
	MembershipWriter
	TombstoneWriter
	AccountWriter
	OrganizationWriter
	HandshakeWriter
	OrganizationPolicyWriter
	PermissionSetWriter
	AssignmentWriter
	EligibilityWriter
	LeaseWriter
	ApplicationWriter
	ApplicationAssignmentWriter
	TrustedTokenIssuerWriter
	AccountAccessWriter
	RoleWriter
	RoleUseWriter
	AccessReportWriter
	OperationWriter
	ProvisioningWriter
	JobWriter
	ClientTokenWriter
	CredentialWriter
	SessionWriter
	GrantWriter
	SigninWriter
	FenceWriter
	AuditWriter
	TrailWriter
}
