package jobs

import (
	"context"
	"fmt"
	"runtime"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// maxTogether bounds how many jobs end in one transaction.
const maxTogether = 64

// ending is a job that has run and is to be removed, together with what its success
// means to the database.
type ending struct {
	job     *idc.Job
	change  idc.ChangeSet
	done    func(tx store.Tx) error
	outcome chan error
}

func (e *ending) finish(tx store.Tx) error {
	if e.done != nil {
		if err := e.done(tx); err != nil {
			return err
		}
	}
	return gone(tx.FinishJob(e.job.ID))
}

// finish ends one job in a transaction of its own.
func (r *Runner) finish(ctx context.Context, e *ending) error {
	return r.Store.Update(ctx, e.change, e.finish)
}

// finishTogether ends jobs as they come, those that wait at the same time in one
// transaction: one commit, and nothing that conflicts among them.
func (r *Runner) finishTogether(endings <-chan *ending) {
	for e := range endings {
		batch := []*ending{e}
		for len(batch) < maxTogether {
			runtime.Gosched() // whoever is about to end saves a commit
			select {
			case next, open := <-endings:
				if !open {
					r.finishBatch(batch)
					return
				}
				batch = append(batch, next)
				continue
			default:
			}
			break
		}
		r.finishBatch(batch)
	}
}

// finishBatch ends all of them, or when that fails each by itself, so that only the
// one at fault is told.
func (r *Runner) finishBatch(batch []*ending) {
	ctx := context.Background() // stopping does not interrupt what has run
	if len(batch) > 1 {
		change := r.change()
		change.Why = fmt.Sprintf("%d jobs, %s job %d the first of them", len(batch), batch[0].job.Kind, batch[0].job.ID)
		err := r.Store.Update(ctx, change, func(tx store.Tx) error {
			for _, e := range batch {
				if err := e.finish(tx); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil {
			for _, e := range batch {
				e.outcome <- nil
			}
			return
		}
	}
	for _, e := range batch {
		e.outcome <- r.finish(ctx, e)
	}
}

// alsoEnded counts the jobs that have ended beside one: they shared a commit, and their
// places are given to others by one claim.
func alsoEnded(ended <-chan struct{}) (n int) {
	for {
		runtime.Gosched()
		select {
		case <-ended:
			n++
		default:
			return n
		}
	}
}
