package idc

import "time"

// AccountState follows Organizations' Account.State.
type AccountState string

// The states of an account.
const (
	AccountPendingActivation AccountState = "PENDING_ACTIVATION"
	AccountActive            AccountState = "ACTIVE"
	AccountSuspended         AccountState = "SUSPENDED"
	AccountPendingClosure    AccountState = "PENDING_CLOSURE"
	AccountClosed            AccountState = "CLOSED"
)

// Account is an AWS account. ParentID is its placement in the organization: the
// root or an OU, or "" when it is not part of it.
type Account struct {
	ID           string // 12 digits
	Name         string
	Email        string
	ParentID     string
	State        AccountState
	JoinedMethod string // "CREATED" or "INVITED"
	JoinedAt     time.Time
	Alias        string // unique among all accounts; "" for none
	Target       string // "native" or "aws"
	Tags         []Tag
	// StateChangedAt is when the account got its state; zero means when it joined.
	StateChangedAt time.Time
	// OutboundIssuer is the issuer of web identity tokens for sessions of the
	// account (iam, EnableOutboundWebIdentityFederation); "" while that is off.
	OutboundIssuer string
	// GlobalTokenVersion is the version of session tokens from the global endpoint
	// (iam, SetSecurityTokenServicePreferences); "" for the default.
	GlobalTokenVersion string
	Version            Version
}

// InOrganization reports whether the account belongs to the organization. One
// that left it stays as a standalone account without a parent.
func (a *Account) InOrganization() bool { return a.ParentID != "" }

// OrganizationalUnit is a node of the organization's tree below the root.
type OrganizationalUnit struct {
	ID       string // ou-...
	Name     string
	ParentID string
	Tags     []Tag
	Version  Version
}

// OrganizationPolicy is an SCP, RCP or other policy of the organization.
type OrganizationPolicy struct {
	ID          string // p-...
	Name        string
	Description string
	Type        PolicyType
	Content     string // byte for byte
	AWSManaged  bool
	Tags        []Tag
	Version     Version
}

// PolicyAttachment attaches an organization policy to a root, OU or account.
type PolicyAttachment struct {
	PolicyID string
	TargetID string
	Version  Version
}

// ID is the key of an attachment in lists, events and change records.
func (a *PolicyAttachment) ID() string { return a.PolicyID + "/" + a.TargetID }
