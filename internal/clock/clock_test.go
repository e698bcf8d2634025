package clock

import (
	"testing"
	"time"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func TestFakeStandsStill(t *testing.T) {
	f := NewFake(start)
	if !f.Now().Equal(start) || !f.Now().Equal(f.Now()) {
		t.Fatalf("Now = %v, want %v twice", f.Now(), start)
	}
	f.Advance(90 * time.Minute)
	if want := start.Add(90 * time.Minute); !f.Now().Equal(want) {
		t.Fatalf("Now = %v, want %v", f.Now(), want)
	}
}

func TestFakeFiresWhatIsDue(t *testing.T) {
	f := NewFake(start)
	late, early, twin := f.After(3*time.Second), f.After(time.Second), f.After(time.Second)

	f.Advance(time.Second - 1)
	if pending(early) != nil {
		t.Fatal("a timer fired before it was due")
	}
	f.Advance(1)
	for name, ch := range map[string]<-chan time.Time{"early": early, "twin": twin} {
		if got := pending(ch); got == nil || !got.Equal(start.Add(time.Second)) {
			t.Errorf("%s got %v, want its due time", name, got)
		}
	}
	if pending(late) != nil {
		t.Error("the late timer fired early")
	}
	f.Advance(time.Hour)
	if got := pending(late); got == nil || !got.Equal(start.Add(3*time.Second)) {
		t.Errorf("late got %v, want its due time, not the time of Advance", got)
	}
}

func TestFakeFiresAtOnceWhenNothingToWaitFor(t *testing.T) {
	f := NewFake(start)
	for _, d := range []time.Duration{0, -time.Second} {
		if pending(f.After(d)) == nil {
			t.Errorf("After(%v) did not fire at once", d)
		}
	}
}

func TestAwaitTimers(t *testing.T) {
	f := NewFake(start)
	done := make(chan time.Time)
	go func() { done <- <-f.After(time.Minute) }()
	f.AwaitTimers(1)
	f.Advance(time.Minute)
	if got := <-done; !got.Equal(start.Add(time.Minute)) {
		t.Fatalf("sleeper woke with %v", got)
	}
}

func TestAdvanceRefusesToGoBack(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Fatal("Advance(-1) did not panic")
		}
	}()
	NewFake(start).Advance(-1)
}

func TestSystemIsUTCAndRuns(t *testing.T) {
	c := System()
	first := c.Now()
	if first.Location() != time.UTC {
		t.Errorf("Now is in %v, want UTC", first.Location())
	}
	if woke := <-c.After(time.Nanosecond); woke.Before(first) {
		t.Errorf("After delivered %v, before %v", woke, first)
	}
}

func pending(ch <-chan time.Time) *time.Time {
	select {
	case t := <-ch:
		return &t
	default:
		return nil
	}
}
