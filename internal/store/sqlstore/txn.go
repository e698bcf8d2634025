package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// maxPrepared bounds the statements kept per connection. All texts come from
// this package; only the filters of ListEvents combine into many.
const maxPrepared = 400

// session is one connection with its prepared statements. One goroutine at a
// time uses it.
type session struct {
	conn     *sql.Conn
	dialect  *dialect
	prepared map[string]*sql.Stmt
}

func newSession(conn *sql.Conn, d *dialect) *session {
	return &session{conn: conn, dialect: d, prepared: map[string]*sql.Stmt{}}
}

// statement returns the prepared form of a text, or nil when it is to be run as text.
func (s *session) statement(ctx context.Context, text string) (*sql.Stmt, error) {
	if !s.dialect.prepares {
		return nil, nil
	}
	if st, ok := s.prepared[text]; ok {
		return st, nil
	}
	if len(s.prepared) >= maxPrepared {
		return nil, nil
	}
	st, err := s.conn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	s.prepared[text] = st
	return st, nil
}

func (s *session) exec(ctx context.Context, text string, args ...any) (sql.Result, error) {
	st, err := s.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	if st != nil {
		return st.ExecContext(ctx, args...)
	}
	return s.conn.ExecContext(ctx, text, args...)
}

func (s *session) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	st, err := s.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	if st != nil {
		return st.QueryContext(ctx, args...)
	}
	return s.conn.QueryContext(ctx, text, args...)
}

// txn is a running transaction. A statement that fails ends it: whatever comes
// after returns the same error, as PostgreSQL does by itself.
type txn struct {
	ctx     context.Context // of the caller; looked at between statements
	run     context.Context // for statements; see engine
	session *session
	rules   map[string]conflict
	failed  error
}

// check refuses to go on after a failure, a cancelled context or with bad text.
func (q *txn) check(args []any) error {
	if q.failed != nil {
		return q.failed
	}
	if err := q.ctx.Err(); err != nil {
		return idc.Errorf(idc.Unavailable, "").Because(err)
	}
	for _, a := range args {
		switch v := a.(type) {
		case string:
			if err := checkText(v); err != nil {
				return err
			}
		case error:
			return v
		}
	}
	return nil
}

// fail records err, if any, as the end of the transaction.
func (q *txn) fail(err error) error {
	if err == nil {
		return nil
	}
	q.failed = q.session.dialect.translate(err, q.rules)
	return q.failed
}

// exec runs a statement and returns the number of rows it touched.
func (q *txn) exec(text string, args ...any) (int, error) {
	if err := q.check(args); err != nil {
		return 0, err
	}
	res, err := q.session.exec(q.run, text, args...)
	if err != nil {
		return 0, q.fail(fmt.Errorf("%w in %s", err, text))
	}
	n, err := res.RowsAffected()
	return int(n), q.fail(err)
}

// each runs a query and calls scan for every row.
func (q *txn) each(text string, args []any, scan func(rows *sql.Rows) error) error {
	if err := q.check(args); err != nil {
		return err
	}
	rows, err := q.session.query(q.run, text, args...)
	if err != nil {
		return q.fail(fmt.Errorf("%w in %s", err, text))
	}
	for rows.Next() {
		if err = q.ctx.Err(); err == nil {
			err = scan(rows)
		}
		if err != nil {
			return q.fail(errors.Join(err, rows.Close()))
		}
	}
	return q.fail(errors.Join(rows.Err(), rows.Close()))
}

// row runs a query that yields at most one row and reports whether it did.
func (q *txn) row(dest []any, text string, args ...any) (found bool, err error) {
	err = q.each(text, args, func(rows *sql.Rows) error {
		found = true
		return rows.Scan(dest...)
	})
	return found, err
}

// number runs a query that yields one whole number; NULL and no row are 0.
func (q *txn) number(text string, args ...any) (int64, error) {
	var n sql.NullInt64
	_, err := q.row([]any{&n}, text, args...)
	return n.Int64, err
}
