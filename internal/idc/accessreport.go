package idc

import "time"

// RoleUse is the last use of an action by sessions of a role. Uses are written
// in bulk some time after the calls, and only ever move forward. They outlive
// their role.
type RoleUse struct {
	AccountID string
	RoleID    string // AROA...
	Service   string // namespace, such as "sso"
	Action    string // such as "ListInstances"
	UsedAt    time.Time
	Region    string
}

// ReportStatus is the status of an access report.
type ReportStatus string

// The statuses of a report (iam, jobStatusType).
const (
	ReportInProgress ReportStatus = "IN_PROGRESS"
	ReportCompleted  ReportStatus = "COMPLETED"
	ReportFailed     ReportStatus = "FAILED"
)

// AccessReport is a report on services last accessed, as it was generated
// (GenerateServiceLastAccessedDetails, GenerateOrganizationsAccessReport).
type AccessReport struct {
	ID          string // UUID, the job id
	AccountID   string // whose report it is
	EntityARN   string // role or policy; "" in a report on the organization
	EntityPath  string // organization path; "" in a report on an entity
	PolicyID    string // of an organization policy, or ""
	Granularity string // SERVICE_LEVEL or ACTION_LEVEL
	Status      ReportStatus
	ErrorCode   string
	Error       string
	Services    []ServiceLastAccessed // by namespace
	CreatedAt   time.Time
	CompletedAt time.Time
	ExpiresAt   time.Time
}

// ServiceLastAccessed is a line of an access report. A service that may be used
// and never was has zero times.
type ServiceLastAccessed struct {
	Namespace  string
	Name       string
	LastAt     time.Time
	LastEntity string // ARN, or organization path
	LastRegion string
	Entities   int // that used it
	Actions    []ActionLastAccessed
	// Roles are those that may use the service (GetServiceLastAccessedDetailsWithEntities).
	Roles []RoleLastAccessed
}

// ActionLastAccessed is the last use of one action of a service.
type ActionLastAccessed struct {
	Name       string
	LastAt     time.Time
	LastEntity string
	LastRegion string
}

// RoleLastAccessed is the last use of a service by one role.
type RoleLastAccessed struct {
	ARN, Name, ID, Path string
	LastAt              time.Time
}
