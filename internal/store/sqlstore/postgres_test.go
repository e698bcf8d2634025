package sqlstore

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
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

// twoNodes opens two stores on one PostgreSQL database; nil where there is none.
func twoNodes(t *testing.T) (a, b *Store, url string) {
	t.Helper()
	newURL, ok := engines(t)["postgres"]
	if !ok {
		return nil, nil, ""
	}
	url = newURL(t)
	return open(t, url, clock.System()), open(t, url, clock.System()), url
}

func next(t *testing.T, events <-chan store.Event) store.Event {
	t.Helper()
	select {
	case e := <-events:
		return e
	case <-time.After(20 * time.Second):
		t.Fatal("no event came")
	}
	panic("unreachable")
}

func TestNodesHearOfEachOther(t *testing.T) {
	a, b, _ := twoNodes(t)
	if a == nil {
		return
	}
	atA, atB := a.Watch(t.Context()), b.Watch(t.Context())
	for i := range 20 {
		key := fmt.Sprint("key ", i, " with 'quotes' and \\")
		if err := putThrottle(t.Context(), []*Store{a, b}[i%2], key); err != nil {
			t.Fatal(err)
		}
		for name, events := range map[string]<-chan store.Event{"a": atA, "b": atB} {
			if e := next(t, events); e != (store.Event{Noun: store.NounThrottle, ID: key}) {
				t.Errorf("%s heard of %v, want %s", name, e, key)
			}
		}
	}
}

// TestLargeTransactionsAreAnnounced writes more than one notification holds, and
// then more than is announced row by row.
func TestLargeTransactionsAreAnnounced(t *testing.T) {
	a, b, _ := twoNodes(t)
	if a == nil {
		return
	}
	atB := b.Watch(t.Context())
	write := func(n int) {
		t.Helper()
		err := a.Update(t.Context(), idc.ChangeSet{}, func(tx store.Tx) error {
			for i := range n {
				if err := tx.PutThrottle(&idc.Throttle{Key: fmt.Sprint(i)}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	write(1000)
	for i := range 1000 {
		if e := next(t, atB); e.ID != fmt.Sprint(i) {
			t.Fatalf("event %d is %v", i, e)
		}
	}
	write(10000)
	if e := next(t, atB); e.Noun != store.NounLost {
		t.Errorf("event is %v, want lost", e)
	}
}

func TestLostListenerIsReplaced(t *testing.T) {
	a, b, url := twoNodes(t)
	if a == nil {
		return
	}
	atB := b.Watch(t.Context())
	execPostgres(t, url, `select pg_terminate_backend(pid) from pg_stat_activity
		where query like 'listen %' and datname = current_database() and pid <> pg_backend_pid()`)
	if e := next(t, atB); e.Noun != store.NounLost {
		t.Fatalf("event is %v, want lost", e)
	}
	deadline := time.After(20 * time.Second)
	for {
		if err := putThrottle(t.Context(), a, "k"); err != nil {
			t.Fatal(err)
		}
		select {
		case e := <-atB:
			if e.ID == "k" {
				return
			}
		case <-time.After(100 * time.Millisecond):
		case <-deadline:
			t.Fatal("not heard after the listener was lost")
		}
	}
}

func TestNotificationsFit(t *testing.T) {
	for name, c := range map[string]struct {
		id   string
		lost bool
	}{
		"short": {"a", false}, "odd": {"'\"\\\n\u2028é;--", false}, "long": {strings.Repeat("x", 5000), false},
		"too long": {strings.Repeat("x", 9000), true}, "grows": {strings.Repeat("<", 2000), true},
	} {
		t.Run(name, func(t *testing.T) {
			here := &subscriber{wake: make(chan struct{}, 1)}
			l := &listener{node: "this", channel: "c", hub: &hub{subscribers: map[*subscriber]bool{here: true}}, log: slog.New(slog.DiscardHandler)}
			want := make([]store.Event, 5)
			for i := range want {
				want[i] = store.Event{Noun: store.NounThrottle, ID: c.id}
			}
			text := l.notifications(want)
			receive := func(node string) {
				l.node = node
				for part := range strings.SplitSeq(text, "; ") {
					payload := strings.TrimSuffix(strings.TrimPrefix(part, "select pg_notify('c', '"), "')")
					if len(payload) >= 8000 || strings.ContainsAny(payload, `'\`) {
						t.Errorf("a payload of %d bytes", len(payload))
					}
					if payload != "" {
						l.receive(payload)
					}
				}
			}
			receive("this")
			if len(here.pending) > 0 {
				t.Errorf("heard its own: %v", here.pending)
			}
			receive("other")
			if c.lost && here.pending[0].Noun != store.NounLost || !c.lost && !slices.Equal(here.pending, want) {
				t.Errorf("heard %v", here.pending)
			}
			here.pending = nil
			l.receive("not base64!")
			if len(here.pending) != 1 || here.pending[0].Noun != store.NounLost {
				t.Errorf("heard %v of a broken payload", here.pending)
			}
		})
	}
}

func TestExplainPostgres(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want faultKind
	}{
		"unique":        {&pgconn.PgError{Code: "23505"}, faultUnique},
		"serialization": {fmt.Errorf("wrapped: %w", &pgconn.PgError{Code: "40001"}), faultRetry},
		"deadlock":      {&pgconn.PgError{Code: "40P01"}, faultRetry},
		"shutdown":      {&pgconn.PgError{Code: "57P01"}, faultUnavailable},
		"connections":   {&pgconn.PgError{Code: "53300"}, faultUnavailable},
		"standby":       {&pgconn.PgError{Code: "25006"}, faultUnavailable},
		"cut off":       {fmt.Errorf("reading: %w", io.ErrUnexpectedEOF), faultUnavailable},
		"bad":           {driver.ErrBadConn, faultUnavailable},
		"network":       {&net.OpError{Op: "dial", Err: errors.New("refused")}, faultUnavailable},
		"syntax":        {&pgconn.PgError{Code: "42601"}, faultOther},
		"ours":          {errors.New("ours"), faultOther},
	} {
		if got := explainPostgres(c.err).kind; got != c.want {
			t.Errorf("%s: %v is %v, want %v", name, c.err, got, c.want)
		}
	}
}
