package audit

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// maxBatch bounds how many records share a transaction.
const maxBatch = 256

// Service writes and reads the event trail.
type Service struct {
	Store store.Store
	Clock clock.Clock
	IDs   *ids.Source
	// Region and IdentityStoreARN complete the records.
	Region           string
	IdentityStoreARN string
	// ManagementAccountID receives the events of Identity Center itself.
	ManagementAccountID string

	mu      sync.Mutex
	writing bool
	queue   []*waiter
}

// waiter is a record on its way to the disk. Its channel receives either the
// outcome, or the pen: then the waiter writes the queue itself.
type waiter struct {
	event *idc.AuditEvent
	turn  chan turn // nil: nobody waits
}

type turn struct {
	write bool
	err   error
}

// Record makes c durable in the trail. It returns when the record is on disk.
func (s *Service) Record(ctx context.Context, c Call) error {
	event, err := s.event(c)
	if err != nil {
		return err
	}
	return s.append(ctx, event)
}

// RecordAll makes several records durable, in order, with one wait for the disk.
func (s *Service) RecordAll(ctx context.Context, calls []Call) error {
	for i, c := range calls {
		if i == len(calls)-1 {
			return s.Record(ctx, c)
		}
		if err := s.Precede(c); err != nil {
			return err
		}
	}
	return nil
}

// RecordIn appends records to the trail in a transaction of the caller: they are
// durable with what it does, or not there.
func (s *Service) RecordIn(tx store.Tx, calls []Call) error {
	events := make([]*idc.AuditEvent, len(calls))
	for i, c := range calls {
		event, err := s.event(c)
		if err != nil {
			return err
		}
		events[i] = event
	}
	return tx.AppendEvents(events)
}

// Precede puts a record ahead of the next one that is recorded: when that is on
// disk, so is this. It is for the steps inside a call, such as the role hop
// inside GetRoleCredentials, whose own record follows.
func (s *Service) Precede(c Call) error {
	event, err := s.event(c)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue = append(s.queue, &waiter{event: event})
	return nil
}

func (s *Service) append(ctx context.Context, event *idc.AuditEvent) error {
	w := &waiter{event: event, turn: make(chan turn, 1)}
	s.mu.Lock()
	s.queue = append(s.queue, w)
	if s.writing {
		s.mu.Unlock()
		if t := <-w.turn; !t.write {
			return t.err
		}
	} else {
		s.writing = true
		s.mu.Unlock()
	}
	return s.write(ctx, w)
}

// write commits the queue's head until its own record is on disk, tells the
// others, and passes the pen to the next who waits.
func (s *Service) write(ctx context.Context, own *waiter) (err error) {
	for done := false; !done; {
		runtime.Gosched() // whoever is about to join the batch saves a commit
		batch := s.take()
		events := make([]*idc.AuditEvent, len(batch))
		for i, w := range batch {
			events[i] = w.event
		}
		// The batch holds other callers' records: one caller going away must not lose them.
		err = s.commit(context.WithoutCancel(ctx), events)
		for _, w := range batch {
			switch {
			case w == own:
				done = true
			case w.turn != nil:
				w.turn <- turn{err: err}
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.queue {
		if w.turn != nil {
			w.turn <- turn{write: true}
			return err
		}
	}
	s.writing = false
	return err
}

// take removes the next batch from the queue.
func (s *Service) take() []*waiter {
	s.mu.Lock()
	defer s.mu.Unlock()
	batch := s.queue
	if len(batch) > maxBatch {
		batch = batch[:maxBatch]
	}
	s.queue = append([]*waiter(nil), s.queue[len(batch):]...)
	return batch
}

func (s *Service) commit(ctx context.Context, events []*idc.AuditEvent) error {
	change := idc.ChangeSet{ID: s.IDs.UUID(), At: s.Clock.Now(), Actor: "gatehouse", Door: "audit"}
	err := s.Store.Update(ctx, change, func(tx store.Tx) error { return tx.AppendEvents(events) })
	if err != nil {
		return fmt.Errorf("audit: append %d records: %w", len(events), err)
	}
	return nil
}

// Lookup returns events newest first, and the position after the last one.
func (s *Service) Lookup(ctx context.Context, f idc.EventFilter, p store.Page) (events []*idc.AuditEvent, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		events, next, err = r.ListEvents(f, p)
		return err
	})
	return events, next, err
}

// Tail returns up to limit events recorded after seq, oldest first.
func (s *Service) Tail(ctx context.Context, seq int64, limit int) (events []*idc.AuditEvent, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		events, err = r.TailEvents(seq, limit)
		return err
	})
	return events, err
}
