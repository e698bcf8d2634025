package sts

import (
	"sync"
	"time"
)

const (
	// maxRemembered bounds what is remembered; when it is full it starts over.
	maxRemembered = 4096
	// beginsWithin is how long an answer is remembered that may change by itself,
	// because an assignment or a membership begins. What ends is seen at once.
	beginsWithin = time.Second
)

// memory remembers answers that were read from the store, for as long as
// store.Revision says that nothing was written they could depend on. Only
// answers that grant are put into it: a refusal is looked up anew every time.
type memory[K comparable, V any] struct {
	mu       sync.Mutex
	revision uint64
	answers  map[K]answer[V]
}

// answer holds from the time it was read until, exclusively, another; zero is no end.
type answer[V any] struct {
	value       V
	from, until time.Time
}

// get returns what was remembered of a key at a revision and still holds.
func (m *memory[K, V]) get(key K, revision uint64, now time.Time) (value V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.answers[key]
	if !ok || m.revision != revision || now.Before(a.from) || !a.until.IsZero() && !now.Before(a.until) {
		return value, false
	}
	return a.value, true
}

// put remembers an answer that was read after asking for the revision.
func (m *memory[K, V]) put(key K, revision uint64, a answer[V]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if revision < m.revision {
		return
	}
	if revision > m.revision || m.answers == nil || len(m.answers) >= maxRemembered {
		m.revision, m.answers = revision, map[K]answer[V]{}
	}
	m.answers[key] = a
}

// soonest is the end of an answer that may change by itself: after beginsWithin,
// or at an end that is known and earlier.
func soonest(now, end time.Time) time.Time {
	if limit := now.Add(beginsWithin); end.IsZero() || limit.Before(end) {
		return limit
	}
	return end
}
