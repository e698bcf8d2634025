package storetest

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func jobCases() []testCase {
	return []testCase{
		{"every member is kept", testJobRoundTrip},
		{"claim, retry, finish", testJobLife},
		{"a lost worker's job is claimed again", testJobLease},
		{"lanes", testJobLanes},
		{"when the next job may run", testNextJobAt},
		{"listing", testListJobs},
		{"four workers claim each job once", testJobWorkers},
		{"a lane never runs twice at a time", testJobLaneWorkers},
	}
}

func jobID(j *idc.Job) string { return j.Lane + "/" + j.Kind }

func job(lane, kind string, run time.Duration) *idc.Job {
	return &idc.Job{Kind: kind, Lane: lane, Payload: "{}", RunAt: base().Add(run), CreatedAt: base()}
}

func (h *harness) enqueue(jobs ...*idc.Job) {
	h.Helper()
	h.update(func(tx store.Tx) error {
		for _, j := range jobs {
			if err := tx.EnqueueJob(j); err != nil {
				return err
			}
		}
		return nil
	})
}

// claim claims jobs at an instant, for a minute.
func (h *harness) claim(after time.Duration, limit int) (jobs []*idc.Job) {
	h.Helper()
	h.update(func(tx store.Tx) (err error) {
		jobs, err = tx.ClaimJobs(base().Add(after), time.Minute, limit)
		return err
	})
	return jobs
}

func (h *harness) wantClaim(after time.Duration, limit int, want ...string) []*idc.Job {
	h.Helper()
	jobs := h.claim(after, limit)
	got, _ := listed(jobID)(jobs, nil)
	if want == nil {
		want = []string{}
	}
	h.wantEqual(fmt.Sprintf("claimed after %v", after), got, want)
	return jobs
}

func testJobRoundTrip(h *harness) {
	want := Filled[idc.Job]("j")
	want.ID = 0
	h.enqueue(want)
	if want.ID == 0 {
		h.Error("EnqueueJob did not set the ID")
	}
	h.view(func(r store.Reader) error {
		got, err := r.ListJobs(store.Page{})
		h.wantEqual("jobs", got, []*idc.Job{want})
		return err
	})
	at := &idc.Job{Kind: "now"}
	h.enqueue(at)
	if at.RunAt.IsZero() || !at.RunAt.Equal(at.CreatedAt) {
		h.Errorf("a job without times runs at %v, created at %v", at.RunAt, at.CreatedAt)
	}
}

func testJobLife(h *harness) {
	h.enqueue(job("a", "late", time.Hour), job("a", "first", 0))
	h.wantClaim(-time.Microsecond, 5)
	claimed := h.wantClaim(0, 5, "a/first")
	if j := claimed[0]; j.Attempts != 1 || !j.LockedUntil.Equal(base().Add(time.Minute)) || j.Payload != "{}" {
		h.Errorf("claimed %+v", j)
	}
	h.wantClaim(0, 5)
	id := claimed[0].ID
	h.update(func(tx store.Tx) error { return tx.RetryJob(id, base().Add(2*time.Second), "it failed") })
	h.wantClaim(time.Second, 5)
	again := h.wantClaim(2*time.Second, 5, "a/first")
	if j := again[0]; j.ID != id || j.Attempts != 2 || j.LastError != "it failed" {
		h.Errorf("claimed again %+v", j)
	}
	h.update(func(tx store.Tx) error { return tx.FinishJob(id) })
	h.wantKind(h.try(func(tx store.Tx) error { return tx.FinishJob(id) }), idc.NotFound)
	h.wantKind(h.try(func(tx store.Tx) error { return tx.RetryJob(id, base(), "") }), idc.NotFound)
	h.view(func(r store.Reader) error {
		n, err := r.CountJobs()
		h.wantEqual("jobs left", n, 1)
		return err
	})
}

func testJobLease(h *harness) {
	h.enqueue(job("a", "x", 0), job("a", "y", 0))
	h.wantClaim(0, 5, "a/x")
	h.wantClaim(time.Minute-time.Microsecond, 5)
	if again := h.wantClaim(time.Minute, 5, "a/x"); again[0].Attempts != 2 {
		h.Errorf("claimed again %+v", again[0])
	}
}

func testJobLanes(h *harness) {
	h.enqueue(job("a", "2", 2), job("a", "1", time.Microsecond), job("b", "1", 2*time.Microsecond), job("b", "2", 3*time.Microsecond), job("c", "1", 9*time.Microsecond))
	first := h.wantClaim(time.Second, 2, "a/2", "b/1")
	h.wantClaim(time.Second, 5, "c/1")
	h.wantClaim(time.Second, 5)
	h.update(func(tx store.Tx) error { return tx.FinishJob(first[0].ID) })
	h.wantClaim(time.Second, 5, "a/1")
	// A job that waits to be tried again does not hold its lane up.
	h.update(func(tx store.Tx) error { return tx.RetryJob(first[1].ID, base().Add(time.Hour), "") })
	h.wantClaim(time.Second, 5, "b/2")
}

func testNextJobAt(h *harness) {
	next := func() (at time.Time) {
		h.Helper()
		h.view(func(r store.Reader) (err error) {
			at, err = r.NextJobAt()
			return err
		})
		return at
	}
	if at := next(); !at.IsZero() {
		h.Errorf("an empty queue runs next at %v", at)
	}
	h.enqueue(job("a", "x", time.Hour), job("b", "y", time.Second))
	h.wantEqual("next", next(), base().Add(time.Second))
	h.wantClaim(time.Second, 1, "b/y")
	h.wantEqual("next", next(), base().Add(time.Minute+time.Second)) // when its lock ends
}

func testListJobs(h *harness) {
	for i := range 12 { // ids of one and two digits
		h.enqueue(job("a", fmt.Sprint(i), 0))
	}
	var seen []string
	for after := ""; ; {
		var jobs []*idc.Job
		h.view(func(r store.Reader) (err error) {
			jobs, err = r.ListJobs(store.Page{After: after, Limit: 5})
			return err
		})
		for _, j := range jobs {
			seen = append(seen, j.Kind)
			after = fmt.Sprint(j.ID)
		}
		if len(jobs) < 5 {
			break
		}
	}
	h.wantEqual("kinds", seen, []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"})
	h.view(func(r store.Reader) error {
		_, err := r.ListJobs(store.Page{After: "x"})
		h.wantKind(err, idc.Invalid)
		return nil
	})
}

// work runs four workers, each in a loop of its own, until one fails or all return.
func (h *harness) work(worker func(n int) error) {
	h.Helper()
	errs := make([]error, 4)
	var wg sync.WaitGroup
	for n := range errs {
		wg.Go(func() { errs[n] = worker(n) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		h.Fatal(err)
	}
}

func testJobWorkers(h *harness) {
	const jobs = 60
	for i := range jobs {
		h.enqueue(job(fmt.Sprint("lane", i), "x", 0))
	}
	var mu sync.Mutex
	claims := map[int64]int{}
	h.work(func(int) error {
		for {
			var got []*idc.Job
			err := h.try(func(tx store.Tx) (err error) {
				got, err = tx.ClaimJobs(base(), time.Hour, 3)
				return err
			})
			if err != nil || len(got) == 0 {
				return err
			}
			mu.Lock()
			for _, j := range got {
				claims[j.ID]++
			}
			mu.Unlock()
		}
	})
	for id, n := range claims {
		if n != 1 {
			h.Errorf("job %d was claimed %d times", id, n)
		}
	}
	// A worker may see nothing while others hold the last rows, so some can be left.
	left := h.claim(0, 0)
	if got := len(claims) + len(left); got != jobs {
		h.Errorf("%d of %d jobs were claimed", got, jobs)
	}
}

func testJobLaneWorkers(h *harness) {
	const jobs, lanes = 40, 3
	for i := range jobs {
		h.enqueue(job(fmt.Sprint("lane", i%lanes), "x", time.Duration(i)*time.Microsecond))
	}
	var mu sync.Mutex
	running := map[string]bool{}
	done := 0
	h.work(func(int) error {
		for {
			var got []*idc.Job
			err := h.try(func(tx store.Tx) (err error) {
				got, err = tx.ClaimJobs(base().Add(time.Second), time.Hour, 2)
				return err
			})
			if err != nil {
				return err
			}
			mu.Lock()
			for _, j := range got {
				if running[j.Lane] {
					h.Errorf("%s runs twice", j.Lane)
				}
				running[j.Lane] = true
			}
			finished := done == jobs
			mu.Unlock()
			if finished {
				return nil
			}
			for _, j := range got {
				mu.Lock()
				delete(running, j.Lane)
				done++
				mu.Unlock()
				if err := h.try(func(tx store.Tx) error { return tx.FinishJob(j.ID) }); err != nil {
					return err
				}
			}
		}
	})
	h.wantEqual("jobs done", done, jobs)
}
