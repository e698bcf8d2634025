package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/jobs"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

type run = func(ctx context.Context, change idc.ChangeSet, job *idc.Job) (func(tx store.Tx) error, error)

type world struct {
	*testidc.World
	runner   *jobs.Runner
	mu       sync.Mutex
	outcomes []string
	heard    chan string
}

func newWorld(t *testing.T) *world {
	w := &world{World: testidc.New(t), heard: make(chan string, 100)}
	w.runner = &jobs.Runner{
		Store: w.Store, Clock: w.Clock, IDs: w.IDs, Log: slog.New(slog.DiscardHandler), Random: func() float64 { return 0.5 },
		Handlers: map[string]jobs.Handler{},
		Observe: func(kind, outcome string, _ time.Duration) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.outcomes = append(w.outcomes, kind+" "+outcome)
			w.heard <- kind + " " + outcome
		},
	}
	return w
}

func (w *world) handle(kind string, fn run) { w.runner.Handlers[kind] = jobs.Handler{Run: fn} }

func (w *world) enqueue(kind, lane string) {
	w.T.Helper()
	w.Update(func(tx store.Tx) error { return store.Enqueue(tx, kind, lane, nil, w.Clock.Now(), w.Clock.Now()) })
}

func (w *world) drain() { w.runner.Drain(w.T.Context()) }

func (w *world) left() []*idc.Job {
	w.T.Helper()
	var out []*idc.Job
	w.View(func(r store.Reader) error {
		var err error
		out, err = r.ListJobs(store.Page{})
		return err
	})
	return out
}

// start runs the runner until the test ends, or until stop is called, which waits.
func (w *world) start() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { w.runner.Run(ctx) })
	stop = func() { cancel(); wg.Wait() }
	w.T.Cleanup(stop)
	return stop
}

func TestDoneIsWrittenWithTheRemoval(t *testing.T) {
	w := newWorld(t)
	tries := 0
	w.handle("k", func(_ context.Context, _ idc.ChangeSet, _ *idc.Job) (func(store.Tx) error, error) {
		return func(tx store.Tx) error {
			tries++
			if err := tx.PutOperation(&idc.Operation{ID: "op", Kind: idc.OperationProvisioning, Status: idc.OperationSucceeded, CreatedAt: w.Clock.Now()}); err != nil {
				return err
			}
			if tries == 1 {
				return errors.New("the commit failed")
			}
			return nil
		}, nil
	})
	w.enqueue("k", "a")
	w.drain()
	w.View(func(r store.Reader) error {
		if _, err := r.Operation(idc.OperationProvisioning, "op"); !idc.IsNotFound(err) {
			t.Errorf("half of the end was kept: %v", err)
		}
		return nil
	})
	w.Clock.Advance(time.Second)
	w.drain()
	if len(w.left()) != 0 || !slices.Equal(w.outcomes, []string{"k retried", "k done"}) {
		t.Errorf("outcomes %v, left %v", w.outcomes, w.left())
	}
}

func TestTransientErrorsAreRetriedForEver(t *testing.T) {
	w := newWorld(t)
	w.handle("k", func(context.Context, idc.ChangeSet, *idc.Job) (func(store.Tx) error, error) {
		return nil, idc.Errorf(idc.Unavailable, "down")
	})
	w.enqueue("k", "a")
	var waits []time.Duration
	for range 12 {
		w.drain()
		left := w.left()
		if len(left) != 1 {
			t.Fatalf("left %v", left)
		}
		wait := left[0].RunAt.Sub(w.Clock.Now())
		waits = append(waits, wait)
		w.Clock.Advance(wait)
	}
	if waits[0] != 750*time.Millisecond || waits[1] != 1500*time.Millisecond || waits[11] != 225*time.Second {
		t.Errorf("waits %v", waits)
	}
	if e := w.left()[0].LastError; e != "Unavailable: down" {
		t.Errorf("last error %q", e)
	}
}

func TestPermanentErrorsEndTheJob(t *testing.T) {
	for _, kind := range idc.AllKinds() {
		err := idc.Errorf(kind, "no")
		permanent := kind != idc.Internal && kind != idc.Unavailable && kind != idc.Throttled && kind != idc.Unauthenticated
		if jobs.Permanent(err) != permanent {
			t.Errorf("%s: permanent is %v", kind, !permanent)
		}
	}
	if jobs.Permanent(idc.Errorf(idc.Conflict, "busy").With(idc.ReasonConcurrentChange)) || jobs.Permanent(errors.New("x")) {
		t.Error("a transient error counts as permanent")
	}

	w := newWorld(t)
	var told error
	w.runner.Handlers["k"] = jobs.Handler{
		Run: func(context.Context, idc.ChangeSet, *idc.Job) (func(store.Tx) error, error) {
			return nil, idc.NotFoundf("X", "x", "gone")
		},
		Fail: func(_ store.Tx, _ idc.ChangeSet, _ *idc.Job, cause error) error { told = cause; return nil },
	}
	w.enqueue("k", "a")
	w.drain()
	if !idc.IsNotFound(told) || len(w.left()) != 0 {
		t.Errorf("told %v, left %v", told, w.left())
	}
}

func TestPanicsAndUnknownKindsAreRetried(t *testing.T) {
	w := newWorld(t)
	w.handle("panics", func(context.Context, idc.ChangeSet, *idc.Job) (func(store.Tx) error, error) { panic("boom") })
	w.enqueue("panics", "a")
	w.enqueue("unknown", "b")
	w.drain()
	if len(w.left()) != 2 {
		t.Errorf("left %v", w.left())
	}
}

func TestWakesUpForANewJob(t *testing.T) {
	w := newWorld(t)
	w.handle("k", func(context.Context, idc.ChangeSet, *idc.Job) (func(store.Tx) error, error) { return nil, nil })
	w.start()
	w.enqueue("k", "a")
	if got := <-w.heard; got != "k done" {
		t.Error(got)
	}
}

func TestWakesUpWhenAJobFallsDue(t *testing.T) {
	w := newWorld(t)
	w.handle("k", func(context.Context, idc.ChangeSet, *idc.Job) (func(store.Tx) error, error) { return nil, nil })
	w.Update(func(tx store.Tx) error {
		return store.Enqueue(tx, "k", "a", nil, w.Clock.Now(), w.Clock.Now().Add(time.Hour))
	})
	w.start()
	w.Clock.AwaitTimers(1)
	select {
	case got := <-w.heard:
		t.Errorf("%s an hour early", got)
	default:
	}
	w.Clock.Advance(time.Hour)
	if got := <-w.heard; got != "k done" {
		t.Error(got)
	}
}

func TestLanesAndConcurrency(t *testing.T) {
	w := newWorld(t)
	w.runner.Concurrency = 2
	var mu sync.Mutex
	running, most := map[string]int{}, 0
	entered, leave := make(chan string), make(chan struct{})
	w.handle("k", func(_ context.Context, _ idc.ChangeSet, job *idc.Job) (func(store.Tx) error, error) {
		mu.Lock()
		running[job.Lane]++
		total := 0
		for lane, n := range running {
			total += n
			if n > 1 {
				t.Errorf("two jobs of %s at one time", lane)
			}
		}
		most = max(most, total)
		mu.Unlock()
		entered <- job.Lane
		<-leave
		mu.Lock()
		running[job.Lane]--
		mu.Unlock()
		return nil, nil
	})
	for _, lane := range []string{"a", "a", "b", "b", "c"} {
		w.enqueue("k", lane)
	}
	w.start()
	first, second := <-entered, <-entered
	if first == second {
		t.Errorf("both run in %s", first)
	}
	for range 3 {
		leave <- struct{}{}
		<-entered
	}
	leave <- struct{}{}
	leave <- struct{}{}
	for range 5 {
		<-w.heard
	}
	if most != 2 {
		t.Errorf("%d ran at one time, want 2", most)
	}
}

func TestStopFinishesTheRunningJob(t *testing.T) {
	w := newWorld(t)
	w.runner.Concurrency = 1
	entered, leave := make(chan struct{}), make(chan struct{})
	w.handle("k", func(ctx context.Context, _ idc.ChangeSet, _ *idc.Job) (func(store.Tx) error, error) {
		close(entered)
		<-leave
		return nil, ctx.Err()
	})
	w.enqueue("k", "a")
	stop := w.start()
	<-entered
	w.enqueue("k", "b") // is not begun any more
	stopped := make(chan struct{})
	go func() { stop(); close(stopped) }()
	close(leave)
	<-stopped
	if left := w.left(); len(left) > 1 || len(w.outcomes) == 0 || w.outcomes[0] != "k done" {
		t.Errorf("outcomes %v, left %v", w.outcomes, left)
	}
}

func TestRecurring(t *testing.T) {
	w := newWorld(t)
	ran := make(chan time.Time, 10)
	w.runner.Recurring = []jobs.Recurring{{Name: "tick", Every: time.Hour, Run: func(_ context.Context, change idc.ChangeSet) error {
		ran <- change.At
		return nil
	}}}
	w.start()
	first := <-ran
	w.Clock.AwaitTimers(1)
	w.Clock.Advance(time.Hour)
	if second := <-ran; second.Sub(first) != time.Hour {
		t.Errorf("ran after %v", second.Sub(first))
	}
}

// TestSweepsRemoveMoreThanABatch: an hour's sweep does not stop at what one transaction may remove.
func TestSweepsRemoveMoreThanABatch(t *testing.T) {
	w := newWorld(t)
	name := func(i int) string { return fmt.Sprintf("c%d", i) }
	const clients = 2500
	w.Update(func(tx store.Tx) error {
		for i := range clients {
			if err := tx.PutClient(&idc.Client{ID: name(i), ExpiresAt: w.Clock.Now()}); err != nil {
				return err
			}
		}
		return nil
	})
	w.Clock.Advance(25 * time.Hour)
	for _, sweep := range jobs.Sweeps(w.Store) {
		if err := sweep.Run(t.Context(), w.Change()); err != nil {
			t.Errorf("%s: %v", sweep.Name, err)
		}
	}
	left := 0
	w.View(func(r store.Reader) error {
		for i := range clients {
			if _, err := r.Client(name(i)); err == nil {
				left++
			}
		}
		return nil
	})
	if left != 0 {
		t.Errorf("%d of %d stayed", left, clients)
	}
}

// TestSweepsKeepWhatIsToldForLonger: handshakes for 30 days after their end, uses of roles for 400.
func TestSweepsKeepWhatIsToldForLonger(t *testing.T) {
	w := newWorld(t)
	now := w.Clock.Now()
	w.Update(func(tx store.Tx) error {
		return errors.Join(
			tx.PutHandshake(&idc.Handshake{ID: "h-1", ExpiresAt: now.Add(time.Hour), EndedAt: now}),
			tx.RecordRoleUses([]idc.RoleUse{{AccountID: "1", RoleID: "AROA1", Service: "sso", Action: "ListInstances", UsedAt: now}}),
			tx.PutClientToken(&idc.ClientToken{Scope: "s", Token: "t", ExpiresAt: now.Add(time.Hour)}),
			tx.PutAccessReport(&idc.AccessReport{ID: "r", ExpiresAt: now.Add(time.Hour)}))
	})
	const day = 24 * time.Hour
	for _, step := range []struct {
		to   time.Duration
		left [4]bool // handshake, use, token, report
	}{
		{time.Hour - 1, [4]bool{true, true, true, true}}, {30 * day, [4]bool{true, true, false, false}},
		{400 * day, [4]bool{false, true, false, false}}, {401 * day, [4]bool{}},
	} {
		w.Clock.Advance(now.Add(step.to).Sub(w.Clock.Now()))
		for _, sweep := range jobs.Sweeps(w.Store) {
			if err := sweep.Run(t.Context(), w.Change()); err != nil {
				t.Errorf("%s: %v", sweep.Name, err)
			}
		}
		w.View(func(r store.Reader) error {
			_, handshake := r.Handshake("h-1")
			_, use := r.LastRoleUse("1", "AROA1")
			_, token := r.ClientToken("s", "t")
			_, report := r.AccessReport("r")
			if left := [4]bool{handshake == nil, use == nil, token == nil, report == nil}; left != step.left {
				t.Errorf("after %v: %v, want %v", step.to, left, step.left)
			}
			return nil
		})
	}
}

func TestSweepsRemoveWhatExpired(t *testing.T) {
	w := newWorld(t)
	now := w.Clock.Now()
	w.Update(func(tx store.Tx) error {
		return errors.Join(
			tx.PutFence(&idc.Fence{Kind: idc.FenceUser, ID: "old", IssuedBefore: now, ExpiresAt: now.Add(time.Minute)}),
			tx.PutPortalSession(&idc.PortalSession{ID: "old", TokenHash: "h", UserID: "u", CreatedAt: now, ExpiresAt: now.Add(time.Minute)}))
	})
	w.Clock.Advance(25 * time.Hour)
	for _, sweep := range jobs.Sweeps(w.Store) {
		if err := sweep.Run(t.Context(), w.Change()); err != nil {
			t.Errorf("%s: %v", sweep.Name, err)
		}
	}
	w.View(func(r store.Reader) error {
		if _, err := r.PortalSession("old"); !idc.IsNotFound(err) {
			t.Errorf("the portal session stayed: %v", err)
		}
		return nil
	})
}
