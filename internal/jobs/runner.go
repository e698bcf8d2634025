package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Handler does the jobs of one kind.
type Handler struct {
	// Run does the work. It may run again after a crash, so it must be
	// repeatable. The function it returns, if any, is called in the transaction
	// that removes the job.
	Run func(ctx context.Context, change idc.ChangeSet, job *idc.Job) (done func(tx store.Tx) error, err error)
	// Fail records that the job failed for good, in the transaction that removes
	// it. It may be nil.
	Fail func(tx store.Tx, change idc.ChangeSet, job *idc.Job, cause error) error
}

// Runner works the queue on one node.
type Runner struct {
	Store    store.Store
	Clock    clock.Clock
	IDs      *ids.Source
	Log      *slog.Logger
	Handlers map[string]Handler
	// Recurring is done beside the queue.
	Recurring []Recurring
	// Concurrency is how many jobs run at one time; 0 is 32. Those that end together
	// share a transaction, and the next are claimed together.
	Concurrency int
	// Lease is how long a claimed job is kept from other nodes; 0 is 30 seconds.
	// A run is cut off a little earlier, so two nodes never do the same job.
	Lease time.Duration
	// Random gives numbers in [0, 1) for the jitter of back-off.
	Random func() float64
	// Observe hears about every run; it may be nil. Outcome is one of the
	// constants of this package.
	Observe func(kind, outcome string, took time.Duration)
}

// The outcomes that Observe hears.
const (
	OutcomeDone    = "done"
	OutcomeRetried = "retried"
	OutcomeFailed  = "failed"
)

const (
	defaultConcurrency = 32
	defaultLease       = 30 * time.Second
	firstBackOff       = time.Second
	maxBackOff         = 5 * time.Minute
	// idle bounds a sleep beside a due job that another node holds the lane of.
	idle = time.Second
)

func (r *Runner) concurrency() int {
	if r.Concurrency > 0 {
		return r.Concurrency
	}
	return defaultConcurrency
}

func (r *Runner) lease() time.Duration {
	if r.Lease > 0 {
		return r.Lease
	}
	return defaultLease
}

// Run works until ctx ends and then finishes what is running.
func (r *Runner) Run(ctx context.Context) {
	var wg sync.WaitGroup
	for _, rec := range r.Recurring {
		wg.Go(func() { r.recur(ctx, rec) })
	}
	r.work(ctx)
	wg.Wait()
}

// Drain runs the jobs that are due, one after another, until none is. It is for
// tests and commands that want the work done before they go on.
func (r *Runner) Drain(ctx context.Context) {
	for {
		claimed := r.claim(ctx, 1)
		if len(claimed) == 0 {
			return
		}
		r.do(ctx, claimed[0], func(e *ending) error { return r.finish(ctx, e) })
	}
}

// work claims and runs jobs. Only this goroutine counts what is running.
func (r *Runner) work(ctx context.Context) {
	wake := r.wakeups(ctx)
	ended := make(chan struct{}, r.concurrency())
	finishing := make(chan *ending)
	defer close(finishing)
	go r.finishTogether(finishing)
	running := 0
	for ctx.Err() == nil {
		free := r.concurrency() - running
		wait, waits := r.nextDue(ctx)
		if free > 0 && waits && wait <= 0 {
			claimed := r.claim(ctx, free)
			for _, job := range claimed {
				running++
				go func() {
					// Stopping does not interrupt: a job that runs is finished.
					r.do(context.WithoutCancel(ctx), job, func(e *ending) error {
						finishing <- e
						return <-e.outcome
					})
					ended <- struct{}{}
				}()
			}
			if len(claimed) > 0 {
				continue
			}
			wait = idle // it is due, and its lane is busy
		}
		var timer <-chan time.Time
		if free > 0 && waits {
			timer = r.Clock.After(wait)
		}
		select {
		case <-ctx.Done():
		case <-wake:
		case <-timer:
		case <-ended:
			running -= 1 + alsoEnded(ended)
		}
	}
	for ; running > 0; running-- {
		<-ended
	}
}

// wakeups tells when jobs may have come.
func (r *Runner) wakeups(ctx context.Context) <-chan struct{} {
	events := r.Store.Watch(ctx)
	wake := make(chan struct{}, 1)
	go func() {
		for e := range events {
			if e.Noun != store.NounJob && e.Noun != store.NounLost {
				continue
			}
			select {
			case wake <- struct{}{}:
			default: // one is waiting already
			}
		}
	}()
	return wake
}

// nextDue returns how long it is until the next job falls due; waits is false
// when none is queued. It only reads, so an idle node writes nothing.
func (r *Runner) nextDue(ctx context.Context) (wait time.Duration, waits bool) {
	var at time.Time
	err := r.Store.View(ctx, func(rd store.Reader) error {
		var err error
		at, err = rd.NextJobAt()
		return err
	})
	if err != nil {
		if ctx.Err() == nil {
			r.Log.WarnContext(ctx, "looking for the next job", "error", err)
		}
		return idle, true
	}
	return at.Sub(r.Clock.Now()), !at.IsZero()
}

func (r *Runner) claim(ctx context.Context, limit int) []*idc.Job {
	now := r.Clock.Now()
	var claimed []*idc.Job
	err := r.Store.Update(ctx, r.change(), func(tx store.Tx) error {
		var err error
		claimed, err = tx.ClaimJobs(now, r.lease(), limit)
		return err
	})
	if err != nil {
		if ctx.Err() == nil {
			r.Log.WarnContext(ctx, "claiming jobs", "error", err)
		}
		return nil
	}
	return claimed
}

func (r *Runner) change() idc.ChangeSet {
	id := r.IDs.UUID()
	return idc.ChangeSet{ID: id, RequestID: id, At: r.Clock.Now(), Actor: "gatehouse", Door: "jobs"}
}

// do runs a job to its end, its failure or its next try.
func (r *Runner) do(ctx context.Context, job *idc.Job, finish func(*ending) error) {
	begun := r.Clock.Now()
	outcome := r.attempt(ctx, job, finish)
	if r.Observe != nil {
		r.Observe(job.Kind, outcome, r.Clock.Now().Sub(begun))
	}
}

func (r *Runner) attempt(ctx context.Context, job *idc.Job, finish func(*ending) error) string {
	change := r.change()
	change.Why = fmt.Sprintf("%s job %d", job.Kind, job.ID)
	handler, known := r.Handlers[job.Kind]
	if !known {
		// A newer node may know it.
		return r.retry(ctx, change, job, fmt.Errorf("no handler for jobs of kind %q", job.Kind))
	}
	done, err := r.run(ctx, change, handler, job)
	if err == nil {
		err = finish(&ending{job: job, change: change, done: done, outcome: make(chan error, 1)})
	}
	switch {
	case err == nil:
		return OutcomeDone
	case Permanent(err):
		return r.fail(ctx, change, handler, job, err)
	}
	return r.retry(ctx, change, job, err)
}

// run calls the handler, cuts it off before the lease ends, and turns a panic into an error.
func (r *Runner) run(ctx context.Context, change idc.ChangeSet, h Handler, job *idc.Job) (done func(tx store.Tx) error, err error) {
	ctx, cancel := context.WithTimeout(ctx, r.lease()*4/5)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return h.Run(ctx, change, job)
}

// gone accepts that the job was finished by a node that took it over.
func gone(err error) error {
	if idc.IsNotFound(err) {
		return nil
	}
	return err
}

func (r *Runner) fail(ctx context.Context, change idc.ChangeSet, h Handler, job *idc.Job, cause error) string {
	r.Log.WarnContext(ctx, "job failed", "kind", job.Kind, "job", job.ID, "lane", job.Lane, "attempt", job.Attempts, "error", cause)
	err := r.Store.Update(ctx, change, func(tx store.Tx) error {
		if h.Fail != nil {
			if err := h.Fail(tx, change, job, cause); err != nil {
				return err
			}
		}
		return gone(tx.FinishJob(job.ID))
	})
	if err != nil {
		return r.retry(ctx, change, job, fmt.Errorf("recording the failure: %w", err))
	}
	return OutcomeFailed
}

func (r *Runner) retry(ctx context.Context, change idc.ChangeSet, job *idc.Job, cause error) string {
	runAt := r.Clock.Now().Add(r.backOff(job.Attempts))
	r.Log.WarnContext(ctx, "job will be retried", "kind", job.Kind, "job", job.ID, "lane", job.Lane, "attempt", job.Attempts, "next", runAt, "error", cause)
	err := r.Store.Update(ctx, change, func(tx store.Tx) error {
		return gone(tx.RetryJob(job.ID, runAt, cause.Error()))
	})
	if err != nil {
		// The lease ends by itself and the job runs again then.
		r.Log.WarnContext(ctx, "postponing a job", "job", job.ID, "error", err)
	}
	return OutcomeRetried
}

// backOff doubles with every attempt up to maxBackOff; half of it is random.
func (r *Runner) backOff(attempts int) time.Duration {
	d := firstBackOff
	for range attempts - 1 {
		if d *= 2; d >= maxBackOff {
			d = maxBackOff
			break
		}
	}
	return d/2 + time.Duration(r.Random()*float64(d/2))
}

// Permanent reports whether an error will be the same next time.
func Permanent(err error) bool {
	if idc.ReasonOf(err) == idc.ReasonConcurrentChange {
		return false
	}
	switch idc.KindOf(err) {
	case idc.NotFound, idc.Conflict, idc.Invalid, idc.Denied, idc.QuotaExceeded, idc.Expired, idc.NotImplemented:
		return true
	}
	return false
}
