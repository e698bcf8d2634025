package sqlstore

import (
	"fmt"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// reader implements store.Reader on a running transaction.
type reader struct {
	q      *txn
	tables *tables
	at     int64 // microseconds; 0 reads what is current
}

// tx implements store.Tx: a reader that also writes.
type tx struct {
	reader
	change idc.ChangeSet
	now    int64 // of the store's clock, for version stamps
	begun  bool  // the change set is written
	events []store.Event
}

var (
	_ store.Reader = (*reader)(nil)
	_ store.Tx     = (*tx)(nil)
)

// At returns a reader of what was current at t.
func (r *reader) At(t time.Time) store.Reader {
	then := *r
	then.at = micros(t)
	return &then
}

// publish notes a write for the subscribers.
func (t *tx) publish(noun store.Noun, id string) {
	t.events = append(t.events, store.Event{Noun: noun, ID: id})
}

// needChangeSet refuses a versioned write that nobody answers for.
func (t *tx) needChangeSet(noun store.Noun) error {
	if t.change.ID == "" {
		return idc.Errorf(idc.Internal, "").Because(fmt.Errorf("the write of a %s belongs to no change set", noun))
	}
	return nil
}
