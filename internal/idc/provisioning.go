package idc

import "time"

// OperationKind names an asynchronous AWS operation.
type OperationKind string

// The asynchronous operations.
const (
	OperationAssignmentCreation OperationKind = "AccountAssignmentCreation"
	OperationAssignmentDeletion OperationKind = "AccountAssignmentDeletion"
	OperationProvisioning       OperationKind = "PermissionSetProvisioning"
	OperationAccountCreation    OperationKind = "CreateAccount"
)

// OperationStatus is the status AWS shows of an asynchronous operation.
type OperationStatus string

// The statuses of an operation.
const (
	OperationInProgress OperationStatus = "IN_PROGRESS"
	OperationFailed     OperationStatus = "FAILED"
	OperationSucceeded  OperationStatus = "SUCCEEDED"
)

// Operation is the record behind an asynchronous status.
type Operation struct {
	ID              string // the request id AWS returns
	Kind            OperationKind
	Status          OperationStatus
	FailureReason   string
	TargetID        string // account id; "" for all provisioned accounts
	TargetType      string
	PermissionSetID string
	PrincipalType   PrincipalType
	PrincipalID     string
	AssignmentID    string
	AccountName     string // CreateAccount
	// GovCloudAccountID is the second account that CreateGovCloudAccount makes.
	GovCloudAccountID string
	// Pending counts the parts still to be done of an operation on all
	// provisioned accounts; the last part completes it.
	Pending     int
	CreatedAt   time.Time
	CompletedAt time.Time
}

// ProvisioningStatus says how the role in an account compares with its permission set.
type ProvisioningStatus string

// The observed states of a provisioned permission set.
const (
	ProvisionedLatest    ProvisioningStatus = "LATEST_PERMISSION_SET_PROVISIONED"
	ProvisionedNotLatest ProvisioningStatus = "LATEST_PERMISSION_SET_NOT_PROVISIONED"
)

// Provisioning is what was observed of a permission set in an account: the
// role that was read back, and the revision it was made from.
type Provisioning struct {
	AccountID       string
	PermissionSetID string
	RoleARN         string
	RoleName        string
	Revision        int64
	ObservedAt      time.Time
}

// Job is a unit of durable work. Jobs of one lane never run at the same time.
type Job struct {
	ID          int64
	Kind        string
	Lane        string // such as "account/222222222222"
	Payload     string // JSON, of the kind's own shape
	RunAt       time.Time
	Attempts    int
	LockedUntil time.Time
	LastError   string
	CreatedAt   time.Time
}
