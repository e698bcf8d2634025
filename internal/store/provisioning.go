package store

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// OperationReader reads operation records.
type OperationReader interface {
	Operation(kind idc.OperationKind, id string) (*idc.Operation, error)
	// ListOperations is ordered newest first; status "" means any. The cursor
	// is an opaque position.
	ListOperations(kind idc.OperationKind, status idc.OperationStatus, p Page) (ops []*idc.Operation, next string, err error)
	// CountOperations counts those in a status.
	CountOperations(kind idc.OperationKind, status idc.OperationStatus) (int, error)
}

// OperationWriter writes operation records, in place.
type OperationWriter interface {
	PutOperation(o *idc.Operation) error
}

// ProvisioningReader reads what was observed in accounts.
type ProvisioningReader interface {
	Provisioning(accountID, permissionSetID string) (*idc.Provisioning, error)
	// Ordered by permission set id, and by account id; that is the cursor.
	ListProvisioningsOfAccount(accountID string, p Page) ([]*idc.Provisioning, error)
	ListProvisioningsOfPermissionSet(permissionSetID string, p Page) ([]*idc.Provisioning, error)
	// CountPermissionSetsOfAccount counts the permission sets that are provisioned
	// in an account or assigned in it alone.
	CountPermissionSetsOfAccount(accountID string) (int, error)
}

// ProvisioningWriter writes what was observed, in place.
type ProvisioningWriter interface {
	PutProvisioning(p *idc.Provisioning) error
	DeleteProvisioning(accountID, permissionSetID string) error
}

// JobReader looks at the queue.
type JobReader interface {
	CountJobs() (int, error)
	// NextJobAt returns when the earliest job may run; zero when there is none.
	NextJobAt() (time.Time, error)
	ListJobs(p Page) ([]*idc.Job, error)
}

// JobWriter works the queue.
type JobWriter interface {
	// EnqueueJob adds a job and sets its ID. Zero times become the store's now.
	EnqueueJob(j *idc.Job) error
	// ClaimJobs locks due jobs until now+lease: at most one per lane, the one
	// that is due for longest, and none from a lane that has a locked job.
	// Attempts counts the claim.
	ClaimJobs(now time.Time, lease time.Duration, limit int) ([]*idc.Job, error)
	// FinishJob removes a done job.
	FinishJob(id int64) error
	// RetryJob unlocks a job, to run again at runAt.
	RetryJob(id int64, runAt time.Time, lastError string) error
}
