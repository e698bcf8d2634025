package sqlstore

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/store/storetest"
)

func TestContract(t *testing.T) {
	for name, newURL := range engines(t) {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) store.Store { return open(t, newURL(t), clock.System()) })
		})
	}
}

// engines returns, for every engine that can be tested here, how to get the URL
// of an empty database. PostgreSQL is tested when GATEHOUSE_TEST_POSTGRES is the
// URL of a server whose user may create databases.
func engines(t *testing.T) map[string]func(t *testing.T) string {
	all := map[string]func(t *testing.T) string{
		"memory": func(*testing.T) string { return "sqlite::memory:" },
		"file":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "gatehouse.db") },
	}
	server := os.Getenv("GATEHOUSE_TEST_POSTGRES")
	if server == "" {
		t.Log("GATEHOUSE_TEST_POSTGRES is not set: PostgreSQL is not tested")
		return all
	}
	var count atomic.Int64
	all["postgres"] = func(t *testing.T) string {
		return newPostgresDatabase(t, server, fmt.Sprintf("gatehouse_test_%d_%d", os.Getpid(), count.Add(1)))
	}
	return all
}

// newPostgresDatabase makes a database whose own collation is not that of bytes.
func newPostgresDatabase(t *testing.T, server, name string) string {
	t.Helper()
	run := func(text string) {
		t.Helper()
		ctx := context.Background()
		conn, err := pgx.Connect(ctx, server)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(ctx)
		if _, err := conn.Exec(ctx, text); err != nil {
			t.Fatal(err)
		}
	}
	run("create database " + name + " template template0 encoding 'UTF8' locale_provider icu icu_locale 'en-US' locale 'C.UTF-8'")
	t.Cleanup(func() { run("drop database " + name + " with (force)") })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func open(t *testing.T, url string, c clock.Clock) *Store {
	t.Helper()
	s, err := Open(context.Background(), Options{URL: url, Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
