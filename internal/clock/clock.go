package clock

import "time"

// Clock tells the time and wakes a waiter later.
type Clock interface {
	// Now is the current time in UTC.
	Now() time.Time
	// After delivers the time once, d from now. A d of zero or less delivers at once.
	After(d time.Duration) <-chan time.Time
}

// System is the machine's clock.
func System() Clock { return system{} }

type system struct{}

func (system) Now() time.Time { return time.Now().UTC() }

func (system) After(d time.Duration) <-chan time.Time { return time.After(d) }
