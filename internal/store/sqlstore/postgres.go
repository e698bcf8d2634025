package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

const (
	maxPostgresConns = 32
	// maxAttempts bounds how often a transaction is run that loses against others.
	maxAttempts = 20

	// Advisory locks are numbers that all nodes agree on.
	migrationLock = "select pg_advisory_xact_lock(20260301, hashtext(current_schema()))"
	trailLock     = "select pg_advisory_xact_lock(20260302, hashtext(current_schema()))"

	// beginUpdate makes indexes preferred also on tables that are still small:
	// a transaction that read a table from end to end conflicts with every
	// other that writes to it.
	beginUpdate = "begin isolation level serializable; set local enable_seqscan = off"
	beginView   = "begin isolation level repeatable read read only"
)

func postgresDialect() *dialect {
	return &dialect{
		name:           "postgres",
		skipLocked:     " for update skip locked",
		lockTrail:      trailLock,
		beginMigration: []string{"begin", migrationLock},
		explain:        explainPostgres,
	}
}

// explainPostgres reads https://www.postgresql.org/docs/current/errcodes-appendix.html.
func explainPostgres(err error) fault {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		switch {
		case e.Code == "23505": // unique_violation
			return fault{kind: faultUnique, rule: e.ConstraintName}
		case e.Code == "40001", e.Code == "40P01": // serialization_failure, deadlock_detected
			return fault{kind: faultRetry}
		case e.Code == "25006", // read_only_sql_transaction: the server became a standby
			strings.HasPrefix(e.Code, "08"), strings.HasPrefix(e.Code, "28"), strings.HasPrefix(e.Code, "53"), strings.HasPrefix(e.Code, "57"):
			return fault{kind: faultUnavailable}
		}
		return fault{}
	}
	var (
		network net.Error
		connect *pgconn.ConnectError
	)
	if errors.As(err, &network) || errors.As(err, &connect) || pgconn.SafeToRetry(err) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fault{kind: faultUnavailable}
	}
	return fault{}
}

// postgresEngine runs every transaction on a connection of a pool.
type postgresEngine struct {
	db       *sql.DB
	dialect  *dialect
	rules    map[string]conflict
	hub      *hub
	listener *listener
	closed   atomic.Bool
}

func openPostgres(ctx context.Context, o Options, rules map[string]conflict, h *hub) (_ *postgresEngine, err error) {
	config, err := postgresConfig(o.URL)
	if err != nil {
		return nil, err
	}
	listen := config
	if o.ListenURL != "" {
		if listen, err = postgresConfig(o.ListenURL); err != nil {
			return nil, err
		}
	}
	e := &postgresEngine{db: stdlib.OpenDB(*config), dialect: postgresDialect(), rules: rules, hub: h}
	e.db.SetMaxOpenConns(maxPostgresConns)
	e.db.SetMaxIdleConns(maxPostgresConns)
	e.db.SetConnMaxIdleTime(5 * time.Minute)
	defer func() {
		if err != nil {
			err = fmt.Errorf("opening the database %s on %s: %w", config.Database, config.Host, errors.Join(err, e.db.Close()))
		}
	}()
	conn, err := e.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	err = migrate(ctx, newSession(conn, e.dialect), o.Clock.Now())
	if err = errors.Join(err, conn.Close()); err != nil {
		return nil, err
	}
	var channel string
	if err := e.db.QueryRowContext(ctx, "select 'gatehouse_' || md5(current_schema())").Scan(&channel); err != nil {
		return nil, err
	}
	e.listener, err = startListener(ctx, listen, channel, h, o.Logger)
	return e, err
}

// postgresConfig reads a URL. Statements are not kept prepared unless it asks
// for that, because a transaction pooler may stand in between.
func postgresConfig(url string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("the database URL: %w", err) // the error hides the password
	}
	if !strings.Contains(url, "default_query_exec_mode") {
		config.DefaultQueryExecMode = pgx.QueryExecModeExec
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "gatehouse"
	}
	return config, nil
}

func (e *postgresEngine) view(ctx context.Context, fn func(q *txn) error) error {
	return e.transaction(ctx, beginView, func(q *txn) (string, error) { return "commit", fn(q) })
}

// update runs fn until it was not disturbed by other transactions.
func (e *postgresEngine) update(ctx context.Context, fn func(q *txn) ([]store.Event, error)) error {
	for attempt := 1; ; attempt++ {
		var events []store.Event
		err := e.transaction(ctx, beginUpdate, func(q *txn) (string, error) {
			var err error
			events, err = fn(q)
			return e.listener.notifications(events) + "commit", err
		})
		if err == nil {
			e.hub.publish(events)
			return nil
		}
		if attempt == maxAttempts || e.dialect.explain(err).kind != faultRetry {
			return err
		}
		// Chance keeps those that met from meeting again.
		pause := time.NewTimer(rand.N(min(time.Millisecond<<attempt, 100*time.Millisecond)))
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return idc.Errorf(idc.Unavailable, "").Because(errors.Join(ctx.Err(), err))
		}
	}
}

// transaction runs fn between begin and the text that fn returns for the end.
func (e *postgresEngine) transaction(ctx context.Context, begin string, fn func(q *txn) (end string, err error)) (err error) {
	if e.closed.Load() {
		return idc.Errorf(idc.Unavailable, "").Because(errClosed)
	}
	conn, err := e.db.Conn(ctx)
	if err != nil {
		return e.dialect.translate(err, nil)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	q := &txn{ctx: ctx, run: ctx, session: newSession(conn, e.dialect), rules: e.rules}
	if _, err := conn.ExecContext(ctx, begin); err != nil {
		return e.dialect.translate(err, nil)
	}
	ended := false
	defer func() {
		if !ended {
			e.rollback(ctx, conn)
		}
	}()
	end, err := fn(q)
	// A failed statement has ended the transaction. What fn made of it is the
	// answer, unless fn made nothing of it, or what counts is to try again.
	if q.failed != nil && (err == nil || e.dialect.explain(q.failed).kind == faultRetry) {
		err = q.failed
	}
	if err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, end); err != nil {
		return e.dialect.translate(err, e.rules)
	}
	ended = true
	return nil
}

// rollback gives the connection up when it cannot be brought back into order.
func (e *postgresEngine) rollback(ctx context.Context, conn *sql.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if _, err := conn.ExecContext(ctx, "rollback"); err == nil {
		return
	}
	// Raw discards a connection for which it is given ErrBadConn, and returns just that.
	if err := conn.Raw(func(any) error { return driver.ErrBadConn }); !errors.Is(err, driver.ErrBadConn) {
		e.listener.log.Warn("database connection not discarded", "error", err)
	}
}

func (e *postgresEngine) ping(ctx context.Context) error {
	return e.view(ctx, func(q *txn) error {
		_, err := q.number("select 1::bigint")
		return err
	})
}

func (e *postgresEngine) close() error {
	e.closed.Store(true)
	e.listener.stop()
	return e.db.Close()
}
