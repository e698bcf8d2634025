package idc

import "time"

// ChangeSet groups the writes of one decision: who, when, why, through which door.
// Every write belongs to one.
type ChangeSet struct {
	ID        string // UUID
	At        time.Time
	Actor     string // ARN, or "user/<id>", or "gatehouse" for the server itself
	UserID    string // directory user behind the actor, if any
	Why       string // free text; may be empty
	Door      string // "sso-admin", "identitystore", "signin", "demo", "jobs", ...
	RequestID string
}

// ChangeAction says what happened to a versioned row.
type ChangeAction string

// The actions on versioned rows.
const (
	ChangeCreate ChangeAction = "create"
	ChangeUpdate ChangeAction = "update"
	ChangeDelete ChangeAction = "delete"
	ChangeRevive ChangeAction = "revive"
)

// ChangeRecord is one line of a change set, appended in the transaction of the
// change itself: there is no change without a trace.
type ChangeRecord struct {
	ChangeSetID string
	Seq         int64 // order of insertion, over all change sets
	At          time.Time
	Noun        string // "user", "group", "membership", "account", ...
	EntityID    string
	Action      ChangeAction
}

// Version is the bookkeeping of a versioned row. A row is current while
// RetiredAt is zero.
type Version struct {
	RecordedAt  time.Time
	RetiredAt   time.Time
	ChangeSetID string
}

// Validity bounds an edge that grants something. Zero times are unbounded.
// An edge is active from StartsAt (inclusive) to EndsAt (exclusive).
type Validity struct {
	StartsAt time.Time
	EndsAt   time.Time
}

// ActiveAt reports whether the edge grants at t.
func (v Validity) ActiveAt(t time.Time) bool {
	if !v.StartsAt.IsZero() && t.Before(v.StartsAt) {
		return false
	}
	return v.EndsAt.IsZero() || t.Before(v.EndsAt)
}

// Owner names the source an object belongs to. A source may change only its own.
type Owner string

// OwnerBuiltIn owns what was made through our own APIs and pages.
const OwnerBuiltIn Owner = "built-in"
