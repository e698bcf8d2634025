package idc

import "time"

// Trail delivers events as files (CloudTrail, CreateTrail).
type Trail struct {
	ARN        string
	AccountID  string // that owns it
	Name       string
	HomeRegion string
	Bucket     string // as the caller names the destination
	Prefix     string
	// Directory is where files of the destination go on this installation.
	Directory string

	MultiRegion         bool
	GlobalServiceEvents bool
	OrganizationTrail   bool // events of all accounts
	LogFileValidation   bool // digest files
	KMSKeyID            string
	SNSTopicName        string
	SNSTopicARN         string
	CloudWatchGroupARN  string
	CloudWatchRoleARN   string
	EventSelectors      []EventSelector
	AdvancedSelectors   []AdvancedEventSelector
	InsightTypes        []string
	Tags                []Tag
	CreatedAt           time.Time
}

// EventSelector chooses events by kind.
type EventSelector struct {
	ReadWriteType            string // ReadOnly, WriteOnly, All
	ExcludeManagement        bool
	ExcludeManagementSources []string // such as "kms.amazonaws.com"
	DataResources            []TrailDataResource
}

// TrailDataResource is a kind of resources whose data events are wanted.
type TrailDataResource struct {
	Type   string
	Values []string
}

// AdvancedEventSelector chooses events by their fields.
type AdvancedEventSelector struct {
	Name   string
	Fields []AdvancedFieldSelector
}

// AdvancedFieldSelector is a condition on a field: one of Equals, StartsWith and
// EndsWith must hold, if there are any, and none of the others.
type AdvancedFieldSelector struct {
	Field                                 string
	Equals, StartsWith, EndsWith          []string
	NotEquals, NotStartsWith, NotEndsWith []string
}

// TrailStatus is how far a trail's delivery is. It is apart from the trail, which
// decides what may be seen and changes rarely.
type TrailStatus struct {
	TrailARN          string
	Logging           bool
	LoggingStartedAt  time.Time
	LoggingStoppedAt  time.Time
	Position          int64 // Seq of the last event that was delivered or passed over
	LastDeliveryAt    time.Time
	LastAttemptAt     time.Time
	LastDeliveryError string
	LastDigestAt      time.Time
	LastDigestError   string
	// LastDigest is what the next digest files repeat of the last ones, and the log files
	// that they will name, in a form that is package trail's.
	LastDigest string
}
