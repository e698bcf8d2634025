package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func TestMigrationsHaveTheSameNumbers(t *testing.T) {
	var names [2][]string
	for i, engine := range []string{"sqlite", "postgres"} {
		all, err := migrations(engine)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range all {
			names[i] = append(names[i], fmt.Sprintf("%04d_%s", m.number, m.name))
		}
	}
	if diff := cmp.Diff(names[0], names[1]); diff != "" || len(names[0]) == 0 {
		t.Errorf("migrations of sqlite and postgres differ:\n%s", diff)
	}
}

// TestSchemasAgree compares what the migrations of the two engines result in:
// tables, columns, keys and indexes.
func TestSchemasAgree(t *testing.T) {
	newURL, ok := engines(t)["postgres"]
	if !ok {
		return // engines says why
	}
	file := "sqlite:" + filepath.Join(t.TempDir(), "gatehouse.db")
	open(t, file, clock.System())
	lite := queryRows(t, "sqlite", strings.TrimPrefix(file, "sqlite:"), `
		select 'column ' || m.name || '.' || c.name || ' ' || lower(c.type) || iif(c."notnull", '', ' null')
			from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite_%'
		union all
		select 'key ' || m.name || ' (' || (select group_concat(name, ', ') from (select name from pragma_table_info(m.name) where pk > 0 order by pk)) || ')'
			from sqlite_master m where m.type = 'table' and m.name not like 'sqlite_%'
				and exists (select 1 from pragma_table_info(m.name) where pk > 0)
		union all
		select 'index ' || m.name || ' ' || m.sql from sqlite_master m where m.type = 'index' and m.sql is not null`)

	url := newURL(t)
	open(t, url, clock.System())
	pg := queryRows(t, "pgx", url, `
		select 'column ' || table_name || '.' || column_name || ' ' || data_type || case is_nullable when 'YES' then ' null' else '' end
			from information_schema.columns where table_schema = current_schema()
		union all
		select case when i.indisprimary then 'key ' || t.relname || substring(pg_get_indexdef(i.indexrelid) from ' \(.*') else 'index ' || x.relname || ' ' || pg_get_indexdef(i.indexrelid) end
			from pg_index i join pg_class x on x.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
			where t.relnamespace = current_schema()::regnamespace`)
	if diff := cmp.Diff(lite, pg); diff != "" {
		t.Errorf("-sqlite +postgres:\n%s", diff)
	}

	other := queryRows(t, "pgx", url, `select table_name || '.' || column_name from information_schema.columns
		where table_schema = current_schema() and data_type = 'text' and table_name <> 'schema_migrations' and collation_name is distinct from 'C'`)
	if len(other) > 0 {
		t.Errorf("text columns that are not compared byte by byte: %v", other)
	}
}

// queryRows returns one-column rows in one spelling, sorted.
func queryRows(t *testing.T, driver, dsn, query string) []string {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	spelling := regexp.MustCompile(` using btree| on [^ ]*|"|\bbigint\b|\bboolean\b|\bbytea\b|[()]|\bcreate (unique )?index \w+`)
	replaced := map[string]string{"bigint": "integer", "boolean": "integer", "bytea": "blob"}
	var all []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		all = append(all, spelling.ReplaceAllStringFunc(strings.ToLower(s), func(m string) string {
			if strings.HasPrefix(m, "create unique") {
				return "unique"
			}
			return replaced[m]
		}))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	slices.Sort(all)
	return all
}

func TestDatabaseOfANewerVersionIsRefused(t *testing.T) {
	for name, newURL := range engines(t) {
		if name == "memory" {
			continue // it has no earlier life
		}
		t.Run(name, func(t *testing.T) {
			url := newURL(t)
			s := open(t, url, clock.System())
			err := s.engine.update(t.Context(), func(q *txn) ([]store.Event, error) {
				_, err := q.exec("insert into schema_migrations (number, name, applied_at) values (9999, 'future', 0)")
				return nil, err
			})
			if err != nil {
				t.Fatal(err)
			}
			again, err := Open(t.Context(), Options{URL: url, Clock: clock.System()})
			if err == nil {
				t.Fatal("the database was opened", again.Close())
			}
			if !strings.Contains(err.Error(), "newer version") || !strings.Contains(err.Error(), "9999") {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestNodesThatStartTogetherMigrateOnce(t *testing.T) {
	for name, newURL := range engines(t) {
		if name == "memory" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			url := newURL(t)
			errs := make(chan error)
			for range 4 {
				go func() {
					s, err := Open(context.Background(), Options{URL: url, Clock: clock.System()})
					if err == nil {
						err = s.Close()
					}
					errs <- err
				}()
			}
			for range 4 {
				if err := <-errs; err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "text"), []byte("this is not a database, and long enough to be read as one"+strings.Repeat(".", 200)), 0o600); err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		"":                                   `must start with sqlite: or postgres:`,
		"mysql://localhost/x":                `not "mysql:"`,
		"sqlite:":                            "names no file",
		"sqlite:" + dir + "/missing/x.db":    "no such file or directory",
		"sqlite:" + dir + "/text":            "not a database",
		"postgres://user:secret@[::1":        "the database URL",
		"postgres://u:secret@127.0.0.1:1/db": "127.0.0.1",
	} {
		s, err := Open(t.Context(), Options{URL: url, Clock: clock.System()})
		if err == nil {
			t.Errorf("%s was opened (%v)", url, s.Close())
			continue
		}
		if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error is %q, want it to say %q and to hide the password", url, err, want)
		}
	}
}

func TestFileIsPrivateAndOneFileAfterClose(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), Options{URL: "sqlite:" + filepath.Join(dir, "gatehouse.db"), Clock: clock.System()})
	if err != nil {
		t.Fatal(err)
	}
	list := func() (names []string) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			info, err := e.Info()
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode().Perm() != 0o600 {
				t.Errorf("%s has mode %v", e.Name(), info.Mode())
			}
			names = append(names, e.Name())
		}
		return names
	}
	if names := list(); len(names) != 3 {
		t.Errorf("files while open: %v", names)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	if names := list(); !slices.Equal(names, []string{"gatehouse.db"}) {
		t.Errorf("files after Close: %v", names)
	}
}
