package sqlstore

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"
)

// The same numbers make the same tables on both engines; TestSchemasAgree compares them.
//
//go:embed migrations
var migrationFiles embed.FS

// migration is one file migrations/<engine>/NNNN_name.sql.
type migration struct {
	number int
	name   string
	text   string
}

func migrations(engine string) ([]migration, error) {
	names, err := fs.Glob(migrationFiles, "migrations/"+engine+"/*.sql") // sorted by name
	if err != nil {
		return nil, err
	}
	var all []migration
	for i, file := range names {
		base := strings.TrimSuffix(path.Base(file), ".sql")
		digits, name, _ := strings.Cut(base, "_")
		number, err := strconv.Atoi(digits)
		if err != nil || number != i+1 {
			return nil, fmt.Errorf("%s: want number %04d", file, i+1)
		}
		text, err := fs.ReadFile(migrationFiles, file)
		if err != nil {
			return nil, err
		}
		all = append(all, migration{number, name, string(text)})
	}
	return all, nil
}

// migrate brings the tables up to date in one transaction: all of it happens, or
// nothing. Nodes that start together wait for each other. A database that a
// newer version has migrated is refused.
func migrate(ctx context.Context, s *session, now time.Time) (err error) {
	known, err := migrations(s.dialect.name)
	if err != nil {
		return err
	}
	if n, err := s.schemaVersion(ctx); err == nil && n == len(known) {
		return nil // the usual start takes no lock
	}
	for _, text := range s.dialect.beginMigration {
		if _, err := s.conn.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	defer func() {
		if err != nil {
			_, end := s.conn.ExecContext(ctx, "rollback")
			err = errors.Join(err, end)
		}
	}()
	_, err = s.conn.ExecContext(ctx, "create table if not exists schema_migrations ("+
		"number bigint not null primary key, name text not null, applied_at bigint not null)")
	if err != nil {
		return err
	}
	done, err := s.schemaVersion(ctx)
	if err != nil {
		return err
	}
	if done > len(known) {
		return fmt.Errorf("the database was written by a newer version of Gatehouse (schema %d, this version knows %d): "+
			"start that version, or restore a backup made before the upgrade", done, len(known))
	}
	for _, m := range known[done:] {
		if _, err := s.conn.ExecContext(ctx, m.text); err != nil {
			return fmt.Errorf("migration %04d_%s: %w", m.number, m.name, err)
		}
		_, err := s.conn.ExecContext(ctx, "insert into schema_migrations (number, name, applied_at) values ($1, $2, $3)",
			m.number, m.name, micros(now))
		if err != nil {
			return err
		}
	}
	_, err = s.conn.ExecContext(ctx, "commit")
	return err
}

// schemaVersion returns the number of the last migration that was applied.
func (s *session) schemaVersion(ctx context.Context) (int, error) {
	var n int
	err := s.conn.QueryRowContext(ctx, "select coalesce(max(number), 0) from schema_migrations").Scan(&n)
	return n, err
}
