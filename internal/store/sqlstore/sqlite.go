package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func sqliteDialect() *dialect {
	return &dialect{name: "sqlite", prepares: true, beginMigration: []string{"begin immediate"}, explain: explainSQLite}
}

// explainSQLite reads https://www.sqlite.org/rescode.html.
func explainSQLite(err error) fault {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return fault{}
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		_, rule, _ := strings.Cut(e.Error(), "UNIQUE constraint failed: ")
		rule, _, _ = strings.Cut(rule, " (")
		return fault{kind: faultUnique, rule: rule}
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_CANTOPEN,
		sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return fault{kind: faultUnavailable}
	}
	return fault{}
}

const (
	// maxReaders bounds the readers of a file. They are opened when needed; those
	// used last are used first, so that few stay busy and their caches warm.
	maxReaders = 16
	// memoryReaders is how many readers a database in memory has from the start.
	memoryReaders = 4
)

// sqliteEngine keeps one connection for writing and a pool for reading.
type sqliteEngine struct {
	db      *sql.DB // where the connections come from
	dialect *dialect
	rules   map[string]conflict
	writer  *groupWriter

	slots  chan struct{} // has a token per View that runs
	mu     sync.Mutex
	idle   []*session // readers that are open and free
	closed bool
}

// openSQLite opens what follows "sqlite:" in a URL.
func openSQLite(ctx context.Context, path string, o Options, rules map[string]conflict, h *hub) (_ *sqliteEngine, err error) {
	memory := path == ":memory:"
	synchronous := "full"
	if memory {
		dir, err := os.MkdirTemp(memoryDir(), "gatehouse-")
		if err != nil {
			return nil, err
		}
		// Once every connection is open the names can go: the database lives as
		// long as its connections, behaves like any other, and leaves no trace.
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		path, synchronous = filepath.Join(dir, "gatehouse.db"), "off"
	}
	path, err = prepareFile(path)
	if err != nil {
		return nil, err
	}
	dsn := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: url.Values{"_pragma": {
		"busy_timeout(5000)", "journal_mode(wal)", "synchronous(" + synchronous + ")", "foreign_keys(1)",
		// What a savepoint would undo is kept in memory instead of a file; it is nothing that must last.
		"temp_store(memory)",
		// Pages that every commit changes are copied into the database every 16 MB of log instead of every 4 MB.
		"wal_autocheckpoint(4000)",
		// Lists of a large directory read pages from all over the file: 16 MB of them for each connection that
		// is used so, not 2 MB.
		"cache_size(-16384)",
	}}.Encode()}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, err
	}
	e := &sqliteEngine{db: db, dialect: sqliteDialect(), rules: rules, slots: make(chan struct{}, maxReaders)}
	defer func() {
		if err != nil {
			err = fmt.Errorf("opening the database %s: %w", path, errors.Join(err, db.Close()))
		}
	}()
	writer, err := e.connect(ctx)
	if err != nil {
		return nil, err
	}
	e.writer = &groupWriter{session: writer, rules: rules, hub: h}
	if err := migrate(ctx, writer, o.Clock.Now()); err != nil {
		return nil, err
	}
	if memory {
		err = e.openReaders(ctx, memoryReaders)
	}
	return e, err
}

// memoryDir is where a database that is not to be kept lives: in memory if the system can.
func memoryDir() string {
	const shm = "/dev/shm"
	if info, err := os.Stat(shm); err == nil && info.IsDir() {
		return shm
	}
	return ""
}

// prepareFile makes an empty file with mode 0600 unless there is one, so that
// no moment exists at which others could open it.
func prepareFile(path string) (string, error) {
	if path == "" {
		return "", errors.New("the database URL names no file: write sqlite:/path/to/gatehouse.db")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", fmt.Errorf("opening the database: %w", err)
	}
	return path, f.Close()
}

func (e *sqliteEngine) connect(ctx context.Context) (*session, error) {
	conn, err := e.db.Conn(ctx)
	if err != nil {
		return nil, e.dialect.translate(err, nil)
	}
	return newSession(conn, e.dialect), nil
}

// reader opens a connection that refuses to write.
func (e *sqliteEngine) reader(ctx context.Context) (*session, error) {
	s, err := e.connect(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := s.conn.ExecContext(ctx, "pragma query_only = 1"); err != nil {
		return nil, errors.Join(err, s.conn.Close())
	}
	return s, nil
}

// openReaders opens the whole pool, and with each connection the files it needs.
func (e *sqliteEngine) openReaders(ctx context.Context, n int) error {
	e.slots = make(chan struct{}, n)
	for range n {
		s, err := e.reader(ctx)
		if err != nil {
			return err
		}
		e.idle = append(e.idle, s)
		var count int
		if err := s.conn.QueryRowContext(ctx, "select count(*) from sqlite_master").Scan(&count); err != nil {
			return err
		}
	}
	return nil
}

// acquire waits for a slot and returns a reader, which must be released.
func (e *sqliteEngine) acquire(ctx context.Context) (*session, error) {
	select {
	case e.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, idc.Errorf(idc.Unavailable, "").Because(ctx.Err())
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		<-e.slots
		return nil, idc.Errorf(idc.Unavailable, "").Because(errClosed)
	}
	if n := len(e.idle); n > 0 {
		s := e.idle[n-1]
		e.idle = e.idle[:n-1]
		return s, nil
	}
	s, err := e.reader(context.WithoutCancel(ctx))
	if err != nil {
		<-e.slots
	}
	return s, err
}

// release takes a reader back; nil for one that is not fit for use any more.
func (e *sqliteEngine) release(s *session) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if s != nil {
		e.idle = append(e.idle, s)
	}
	<-e.slots
}

// view runs its statements without the caller's context: watching one costs more
// than the statement. Cancellation is seen between statements and rows.
func (e *sqliteEngine) view(ctx context.Context, fn func(q *txn) error) (err error) {
	s, err := e.acquire(ctx)
	if err != nil {
		return err
	}
	defer func() { e.release(s) }()
	q := &txn{ctx: ctx, run: context.WithoutCancel(ctx), session: s, rules: e.rules}
	if _, err := q.exec("begin"); err != nil {
		return err
	}
	defer func() {
		if _, end := s.exec(q.run, "rollback"); end != nil {
			err = errors.Join(err, end, s.conn.Close())
			s = nil
		}
	}()
	return fn(q)
}

func (e *sqliteEngine) ping(ctx context.Context) error {
	return e.view(ctx, func(q *txn) error {
		_, err := q.number("select 1")
		return err
	})
}

// close waits for the transactions that are running.
func (e *sqliteEngine) close() error {
	e.mu.Lock()
	again := e.closed
	e.closed = true
	e.mu.Unlock()
	if again {
		return nil
	}
	for range cap(e.slots) {
		e.slots <- struct{}{}
	}
	defer func() {
		for range cap(e.slots) { // whoever still waits for one learns why in vain
			<-e.slots
		}
	}()
	var errs []error
	for _, s := range e.idle {
		errs = append(errs, s.conn.Close())
	}
	return errors.Join(append(errs, e.writer.close(), e.db.Close())...)
}

func (e *sqliteEngine) update(ctx context.Context, fn func(q *txn) ([]store.Event, error)) error {
	return e.writer.update(ctx, fn)
}
