package sqlstore

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// watchBuffer is how many events a subscriber may be behind before it is told
// that events were lost.
const watchBuffer = 4096

// hub hands committed writes to the subscribers of this process.
type hub struct {
	revision    atomic.Uint64 // see store.Store
	lost        atomic.Uint64 // how often events were lost
	byNoun      sync.Map      // store.Noun to *atomic.Uint64: how often it was written
	mu          sync.Mutex
	subscribers map[*subscriber]bool
}

// subscriber is one channel of Watch with what was not read from it yet.
type subscriber struct {
	mu      sync.Mutex
	pending []store.Event
	wake    chan struct{} // holds a token while there is something pending
}

func newHub() *hub { return &hub{subscribers: map[*subscriber]bool{}} }

// publish never waits for a reader. Its callers call it in commit order.
func (h *hub) publish(events []store.Event) {
	if len(events) == 0 {
		return
	}
	if slices.ContainsFunc(events, func(e store.Event) bool { return !e.Noun.Bookkeeping() }) {
		h.revision.Add(1)
	}
	for _, e := range events {
		h.count(e.Noun)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subscribers {
		s.add(events)
	}
}

func (h *hub) count(noun store.Noun) {
	if noun == store.NounLost {
		h.lost.Add(1)
		return
	}
	n, ok := h.byNoun.Load(noun)
	if !ok {
		n, _ = h.byNoun.LoadOrStore(noun, new(atomic.Uint64))
	}
	n.(*atomic.Uint64).Add(1)
}

func (h *hub) revisionOf(noun store.Noun) uint64 {
	revision := h.lost.Load()
	if n, ok := h.byNoun.Load(noun); ok {
		revision += n.(*atomic.Uint64).Load()
	}
	return revision
}

// lose tells every subscriber that events were missed.
func (h *hub) lose() { h.publish([]store.Event{{Noun: store.NounLost}}) }

func (h *hub) subscribe(ctx context.Context) <-chan store.Event {
	s := &subscriber{wake: make(chan struct{}, 1)}
	h.mu.Lock()
	h.subscribers[s] = true
	h.mu.Unlock()
	out := make(chan store.Event)
	go func() {
		defer close(out)
		s.deliver(ctx, out)
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.subscribers, s)
	}()
	return out
}

func (s *subscriber) add(events []store.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pending)+len(events) > watchBuffer {
		s.pending = []store.Event{{Noun: store.NounLost}} // covers these events too
	} else {
		s.pending = append(s.pending, events...)
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// deliver sends what is pending until ctx ends.
func (s *subscriber) deliver(ctx context.Context, out chan<- store.Event) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		}
		for e, ok := s.next(); ok; e, ok = s.next() {
			select {
			case <-ctx.Done():
				return
			case out <- e:
			}
		}
	}
}

func (s *subscriber) next() (store.Event, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pending) == 0 {
		return store.Event{}, false
	}
	e := s.pending[0]
	s.pending = s.pending[1:]
	return e, true
}
