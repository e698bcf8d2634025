package extauthz

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"sync"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/audit"
)

// disk takes records, or does not.
type disk struct {
	mu      sync.Mutex
	fail    error
	calls   []audit.Call
	batches int
}

func (d *disk) write(_ context.Context, calls []audit.Call) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		return d.fail
	}
	d.calls = append(d.calls, calls...)
	d.batches++
	return nil
}

func TestTrailKeepsAllInOrder(t *testing.T) {
	var d disk
	tr := newTrail(d.write, slog.New(slog.DiscardHandler))
	for i := range 10_000 {
		if err := tr.add(t.Context(), audit.Call{Name: strconv.Itoa(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := tr.drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(d.calls) != 10_000 {
		t.Fatalf("%d of 10000 records", len(d.calls))
	}
	for i, c := range d.calls {
		if c.Name != strconv.Itoa(i) {
			t.Fatalf("record %d is %s", i, c.Name)
		}
	}
}

// TestTrailThatFailsStopsDecisions: what could not be written is kept, and nothing more is allowed
// until it is.
func TestTrailThatFailsStopsDecisions(t *testing.T) {
	d := disk{fail: errors.New("no space left")}
	tr := newTrail(d.write, slog.New(slog.DiscardHandler))
	if err := tr.add(t.Context(), audit.Call{Name: "0"}); err != nil {
		t.Fatal(err)
	}
	if err := tr.drain(t.Context()); err == nil {
		t.Fatal("drained into a full disk")
	}
	if err := tr.add(t.Context(), audit.Call{Name: "1"}); !errors.Is(err, d.fail) {
		t.Fatalf("decided although the trail fails: %v", err)
	}
	d.mu.Lock()
	d.fail = nil
	d.mu.Unlock()
	if err := tr.add(t.Context(), audit.Call{Name: "2"}); err != nil {
		t.Fatal(err)
	}
	if len(d.calls) != 3 {
		t.Errorf("%d records, want all three", len(d.calls))
	}
	if err := tr.add(t.Context(), audit.Call{Name: "3"}); err != nil || tr.drain(t.Context()) != nil || len(d.calls) != 4 {
		t.Errorf("after the failure: %v, %d records", err, len(d.calls))
	}
}

// TestTrailThatFallsBehindSlowsDecisions: memory stays bounded.
func TestTrailThatFallsBehindSlowsDecisions(t *testing.T) {
	hold := make(chan struct{})
	most := 0
	tr := newTrail(func(_ context.Context, calls []audit.Call) error {
		most = max(most, len(calls))
		<-hold
		return nil
	}, slog.New(slog.DiscardHandler))
	const workers, each = 8, 2 * maxWaiting
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range each {
				if err := tr.add(t.Context(), audit.Call{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	close(hold)
	wg.Wait()
	if err := tr.drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if most > maxWaiting+workers {
		t.Errorf("%d records waited, want no more than %d", most, maxWaiting+workers)
	}
}

// TestTrailThatFailsKeepsLittle: while the disk is full nothing is decided, and memory does not grow with what is refused.
func TestTrailThatFailsKeepsLittle(t *testing.T) {
	tr := newTrail(func(context.Context, []audit.Call) error { return errors.New("no space left") }, slog.New(slog.DiscardHandler))
	for range maxWaiting + 10 {
		_ = tr.add(t.Context(), audit.Call{})
	}
	if err := tr.add(t.Context(), audit.Call{}); err == nil {
		t.Error("decided although the trail fails")
	}
	if len(tr.waiting) > maxWaiting {
		t.Errorf("%d records wait, want at most %d", len(tr.waiting), maxWaiting)
	}
}
