package jobs_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/jobs"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// TestOneAtFaultHoldsNobodyUp: jobs that end at the same time share a transaction, and one
// that cannot end takes nothing of the others with it.
func TestOneAtFaultHoldsNobodyUp(t *testing.T) {
	w := newWorld(t)
	const n = 20
	gate := make(chan struct{}) // all run before any ends
	arrived := make(chan struct{}, n)
	operation := func(id string) *idc.Operation {
		return &idc.Operation{ID: id, Kind: idc.OperationProvisioning, Status: idc.OperationSucceeded, CreatedAt: w.Clock.Now()}
	}
	var failed []string
	w.runner.Handlers["k"] = jobs.Handler{
		Run: func(_ context.Context, _ idc.ChangeSet, job *idc.Job) (func(store.Tx) error, error) {
			arrived <- struct{}{}
			<-gate
			return func(tx store.Tx) error {
				if err := tx.PutOperation(operation(job.Lane)); err != nil {
					return err
				}
				if job.Lane == "lane-7" {
					return idc.Errorf(idc.Conflict, "not this one")
				}
				return nil
			}, nil
		},
		Fail: func(tx store.Tx, _ idc.ChangeSet, job *idc.Job, _ error) error {
			failed = append(failed, job.Lane)
			return nil
		},
	}
	for i := range n {
		w.enqueue("k", fmt.Sprint("lane-", i))
	}
	w.start()
	for range n {
		<-arrived
	}
	close(gate)
	var heard []string
	for range n {
		heard = append(heard, <-w.heard)
	}
	slices.Sort(heard)
	if heard[n-1] != "k failed" || heard[0] != "k done" || heard[n-2] != "k done" {
		t.Errorf("outcomes %v, want one that failed", heard)
	}
	if !slices.Equal(failed, []string{"lane-7"}) || len(w.left()) != 0 {
		t.Errorf("failed %v, left %v", failed, w.left())
	}
	w.View(func(r store.Reader) error {
		for i := range n {
			_, err := r.Operation(idc.OperationProvisioning, fmt.Sprint("lane-", i))
			if kept := err == nil; kept == (i == 7) {
				t.Errorf("lane %d: kept %t, %v", i, kept, err)
			}
		}
		return nil
	})
}
