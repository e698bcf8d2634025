package sqlstore

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Options say which database to open.
type Options struct {
	// URL is one of
	//
	//	sqlite:/path/to/gatehouse.db    the directory must exist; the file is made with mode 0600
	//	sqlite::memory:                 a database of its own that ends with Close
	//	postgres://user@host/database   PostgreSQL 15 or newer, as libpq writes it
	URL string
	// ListenURL reaches the same PostgreSQL past a transaction pooler, through
	// which LISTEN does not work. The default is URL.
	ListenURL string
	Clock     clock.Clock  // stamps versions
	Logger    *slog.Logger // optional; hears of lost listeners and the like
}

// Store is a store.Store in a SQL database.
type Store struct {
	engine engine
	tables *tables
	clock  clock.Clock
	hub    *hub
}

var _ store.Store = (*Store)(nil)

// engine runs transactions. The closures it is given may run more than once.
type engine interface {
	// view runs fn in a read-only transaction on one snapshot.
	view(ctx context.Context, fn func(q *txn) error) error
	// update runs fn in a serializable transaction. fn returns what to tell
	// the subscribers once the transaction is durable.
	update(ctx context.Context, fn func(q *txn) ([]store.Event, error)) error
	ping(ctx context.Context) error
	close() error
}

// Open opens the database, and makes or migrates its tables.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Clock == nil {
		return nil, fmt.Errorf("opening the database: no clock")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	s := &Store{tables: newTables(), clock: o.Clock, hub: newHub()}
	var err error
	switch scheme, rest, _ := strings.Cut(o.URL, ":"); scheme {
	case "sqlite":
		s.engine, err = openSQLite(ctx, rest, o, s.tables.rules, s.hub)
	case "postgres", "postgresql":
		s.engine, err = openPostgres(ctx, o, s.tables.rules, s.hub)
	default:
		err = fmt.Errorf("the database URL must start with sqlite: or postgres:, not %q", scheme+":")
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// View runs fn on a consistent snapshot.
func (s *Store) View(ctx context.Context, fn func(r store.Reader) error) error {
	return s.engine.view(ctx, func(q *txn) error {
		return fn(&reader{q: q, tables: s.tables})
	})
}

// Update runs fn in a serializable transaction; see store.Store.
func (s *Store) Update(ctx context.Context, change idc.ChangeSet, fn func(tx store.Tx) error) error {
	return s.engine.update(ctx, func(q *txn) ([]store.Event, error) {
		t := &tx{reader: reader{q: q, tables: s.tables}, change: change, now: micros(s.clock.Now())}
		if err := fn(t); err != nil {
			return nil, err
		}
		return t.events, q.failed
	})
}

// Watch delivers committed writes until ctx ends; see store.Store.
func (s *Store) Watch(ctx context.Context) <-chan store.Event { return s.hub.subscribe(ctx) }

// Revision grows with every write that is not bookkeeping; see store.Store.
func (s *Store) Revision() uint64 { return s.hub.revision.Load() }

// RevisionOf grows with every write to a noun; see store.Store.
func (s *Store) RevisionOf(noun store.Noun) uint64 { return s.hub.revisionOf(noun) }

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.engine.ping(ctx) }

// Close releases the connections. No transaction may be running.
func (s *Store) Close() error { return s.engine.close() }
