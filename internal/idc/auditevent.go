package idc

import "time"

// AuditEvent is one CloudTrail-shaped record of a call, sign-in step or change.
type AuditEvent struct {
	ID          string // UUID, CloudTrail eventID
	Seq         int64  // order of recording
	Time        time.Time
	Name        string // eventName
	Source      string // eventSource, such as "sso.amazonaws.com"
	ReadOnly    bool
	AccountID   string // recipientAccountId
	UserName    string // what LookupEvents matches as Username
	AccessKeyID string
	ErrorCode   string
	RequestID   string
	Resources   []EventResource
	Record      string // the whole CloudTrail record, JSON
}

// EventResource is a resource an event touched.
type EventResource struct {
	Type string
	Name string
}

// EventFilter selects events; zero fields do not filter.
type EventFilter struct {
	ID, Name, Source, UserName, AccessKeyID string
	ResourceType, ResourceName              string
	ReadOnly                                *bool
	AccountID                               string
	From, To                                time.Time
}
