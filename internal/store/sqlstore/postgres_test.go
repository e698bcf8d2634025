package sqlstore

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

func execPostgres(t *testing.T, server, text string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(ctx, text); err != nil {
		t.Error(err)
	}
	if err := conn.Close(ctx); err != nil {
		t.Error(err)
	}
}

// newPostgresDatabase makes a database whose own collation is not that of bytes.
// It is dropped when the test ends.
func newPostgresDatabase(t *testing.T, server string) string {
	t.Helper()
	name := fmt.Sprintf("gatehouse_test_%d_%s", os.Getpid(), strings.ToLower(t.Name()))
	execPostgres(t, server, "create database "+name+" template template0 encoding 'UTF8' locale_provider icu icu_locale 'en-US' locale 'C.UTF-8'")
	t.Cleanup(func() { execPostgres(t, server, "drop database "+name+" with (force)") })
	return withPath(t, server, name)
}

func withPath(t *testing.T, server, database string) string {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + database
	return u.String()
}

func withQuery(t *testing.T, server, key, value string) string {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set(key, value)
	u.RawQuery = q.Encode()
	return u.String()
}
