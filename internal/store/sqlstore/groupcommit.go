package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// maxGroup bounds how many updates share a commit, so that the first does not
// wait for ever while more keep coming.
const maxGroup = 64

// groupWriter runs updates one after the other on SQLite's one writing
// connection, and lets those that queue share a commit.
//
// Each update takes its turn in its own goroutine, inside a savepoint of the
// open transaction. When it is done and another is waiting for its turn, it
// leaves the transaction open: that other will carry it on. The one behind whom
// nobody waits commits for all. Nobody's Update returns before the commit.
type groupWriter struct {
	session *session
	rules   map[string]conflict
	hub     *hub

	waiting atomic.Int64 // updates between asking for the turn and having it
	turn    sync.Mutex   // guards all below, and the session
	group   *group       // nil when no transaction is open
	closed  bool
}

// group is an open transaction and those who wait for its commit.
type group struct {
	size   int
	events []store.Event
	broken error         // the transaction is lost; nothing of it may be committed
	done   chan struct{} // closed after the commit
	err    error         // of the commit; to be read after done
}

// update runs fn. Whoever has counted itself as waiting must take the turn, and
// whoever has the turn must leave it through end: an open group relies on that.
func (w *groupWriter) update(ctx context.Context, fn func(q *txn) ([]store.Event, error)) error {
	w.waiting.Add(1)
	w.turn.Lock()
	w.waiting.Add(-1)
	g, err := w.join(ctx)
	if err != nil {
		w.end()
		return err
	}
	err = w.step(ctx, g, fn)
	<-g.done
	if g.err != nil {
		return g.err // what fn saw or did never happened
	}
	return err
}

// join enters the open group or begins one.
func (w *groupWriter) join(ctx context.Context) (*group, error) {
	if w.closed {
		return nil, idc.Errorf(idc.Unavailable, "").Because(errClosed)
	}
	if err := ctx.Err(); err != nil {
		return nil, idc.Errorf(idc.Unavailable, "").Because(err)
	}
	if w.group == nil {
		if err := w.run("begin immediate"); err != nil {
			return nil, err
		}
		w.group = &group{done: make(chan struct{})}
	}
	return w.group, nil
}

// step runs fn in a savepoint and gives the turn away, also when fn panics.
func (w *groupWriter) step(ctx context.Context, g *group, fn func(q *txn) ([]store.Event, error)) (err error) {
	defer w.end()
	g.size++
	if g.broken != nil {
		return g.broken
	}
	// The first has nobody's work before it, and needs no savepoint to go back to.
	begin, undo, keep := []string(nil), []string{"rollback", "begin immediate"}, []string(nil)
	if g.size > 1 {
		begin, undo, keep = []string{"savepoint step"}, []string{"rollback to step", "release step"}, []string{"release step"}
	}
	if g.broken = w.run(begin...); g.broken != nil {
		return g.broken
	}
	q := &txn{ctx: ctx, run: context.WithoutCancel(ctx), session: w.session, rules: w.rules}
	kept := false
	defer func() {
		// Errors such as a full disk end the whole transaction, and with it the savepoint.
		if !kept {
			g.broken = w.run(undo...)
		}
	}()
	events, err := fn(q)
	if err != nil {
		return err
	}
	if err := w.run(keep...); err != nil {
		return err
	}
	kept = true
	g.events = append(g.events, events...)
	return nil
}

// end gives the turn away, and before that commits unless somebody else will.
func (w *groupWriter) end() {
	defer w.turn.Unlock()
	g := w.group
	if g == nil || (w.waiting.Load() > 0 && g.size < maxGroup && g.broken == nil) {
		return
	}
	w.group = nil
	if g.err = g.broken; g.err == nil {
		g.err = w.run("commit")
	}
	if g.err != nil {
		// The transaction may be gone already; that this then fails is no news.
		g.err = errors.Join(g.err, w.run("rollback"))
		g.err = idc.Errorf(idc.Unavailable, "").Because(fmt.Errorf("committing: %w", g.err))
	} else {
		w.hub.publish(g.events)
	}
	close(g.done)
}

// run runs statements of the transaction's own, also when one of them fails.
func (w *groupWriter) run(texts ...string) error {
	var errs []error
	for _, text := range texts {
		_, err := w.session.exec(context.Background(), text)
		errs = append(errs, w.session.dialect.translate(err, w.rules))
	}
	return errors.Join(errs...)
}

func (w *groupWriter) close() error {
	w.turn.Lock()
	defer w.turn.Unlock()
	w.closed = true
	_, err := w.session.conn.ExecContext(context.Background(), "pragma wal_checkpoint(truncate)")
	return errors.Join(err, w.session.conn.Close())
}
