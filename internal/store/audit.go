package store

import "github.com/gatehouse-idc/gatehouse/internal/idc"

// AuditReader reads the event trail.
type AuditReader interface {
	// ListEvents is ordered newest first (time, then Seq); next is an opaque
	// position that stays good while events are appended.
	ListEvents(f idc.EventFilter, p Page) (events []*idc.AuditEvent, next string, err error)
	// TailEvents returns events recorded after seq, oldest first.
	TailEvents(seq int64, limit int) ([]*idc.AuditEvent, error)
	// LastEventSeq returns the highest Seq, 0 when there is none.
	LastEventSeq() (int64, error)
}

// AuditWriter appends to the event trail and sets Seq.
type AuditWriter interface {
	AppendEvents(events []*idc.AuditEvent) error
}

// ChangeReader reads change sets and their records.
type ChangeReader interface {
	ChangeSet(id string) (*idc.ChangeSet, error)
	ListChangeRecords(changeSetID string) ([]*idc.ChangeRecord, error)
	// ListChanges returns the records of one entity, oldest first.
	ListChanges(noun Noun, entityID string) ([]*idc.ChangeRecord, error)
}
