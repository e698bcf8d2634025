package clock

import (
	"slices"
	"sync"
	"time"
)

// Fake is a clock that moves only when told to. It is safe for concurrent use.
type Fake struct {
	mu      sync.Mutex
	changed *sync.Cond // signalled when a timer is added
	now     time.Time
	timers  []timer // by due time; equal due times in the order they were asked for
}

type timer struct {
	due time.Time
	ch  chan time.Time
}

// NewFake returns a clock that stands at now.
func NewFake(now time.Time) *Fake {
	f := &Fake{now: now.UTC()}
	f.changed = sync.NewCond(&f.mu)
	return f
}

// Now is the instant the clock stands at.
func (f *Fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// After delivers once Advance has moved the clock by d or more.
func (f *Fake) After(d time.Duration) <-chan time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	ch := make(chan time.Time, 1)
	if d <= 0 {
		ch <- f.now
		return ch
	}
	t := timer{due: f.now.Add(d), ch: ch}
	at, _ := slices.BinarySearchFunc(f.timers, t.due, func(e timer, due time.Time) int {
		if e.due.After(due) {
			return 1
		}
		return -1 // equal sorts before, so that the newcomer goes behind its equals
	})
	f.timers = slices.Insert(f.timers, at, t)
	f.changed.Broadcast()
	return ch
}

// Advance moves the clock forward by d and fires, in order, the timers that came due. Each
// receives its own due time, as if the clock had run through the interval. A negative d panics:
// what has been observed cannot be taken back.
func (f *Fake) Advance(d time.Duration) {
	if d < 0 {
		panic("clock: Advance by a negative duration")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
	fired := 0
	for _, t := range f.timers {
		if t.due.After(f.now) {
			break
		}
		t.ch <- t.due
		fired++
	}
	f.timers = slices.Delete(f.timers, 0, fired)
}

// AwaitTimers blocks until at least n timers are waiting, so that a test can be sure that the
// code under test has gone to sleep before it advances the clock.
func (f *Fake) AwaitTimers(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(f.timers) < n {
		f.changed.Wait()
	}
}
