package sqlstore

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

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
	database := newPostgresDatabase(t, server)
	var count atomic.Int64
	all["postgres"] = func(t *testing.T) string {
		schema := fmt.Sprintf("test_%d", count.Add(1))
		execPostgres(t, database, "create schema "+schema)
		return withQuery(t, database, "search_path", schema)
	}
	return all
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
