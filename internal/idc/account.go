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

// Account is an AWS account of the organization. ParentID is its placement:
// the root or an OU.
type Account struct {
	ID           string // 12 digits
	Name         string
	Email        string
	ParentID     string
	State        AccountState
	JoinedMethod string // "CREATED" or "INVITED"
	JoinedAt     time.Time
	Alias        string
	Target       string // "native" or "aws"
	Tags         []Tag
	Version      Version
}

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
	Type        string // SERVICE_CONTROL_POLICY, ...
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
