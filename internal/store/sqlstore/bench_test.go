package sqlstore

import (
	"context"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// The benchmarks run on a database file, durable as in production, beside the
// ceilings of docs/decisions/0003-storage-rows.md.

func benchStore(b *testing.B) *Store {
	b.Helper()
	s, err := Open(context.Background(), Options{URL: "sqlite:" + filepath.Join(b.TempDir(), "gatehouse.db"), Clock: clock.System()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return s
}

// reportCPU makes b report the processor time of the whole process per
// operation, which other work on the machine disturbs less than elapsed time.
func reportCPU(b *testing.B) {
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := used()
	b.Cleanup(func() { b.ReportMetric(float64((used()-before).Nanoseconds())/float64(b.N), "cpu-ns/op") })
}

func token(n int64) *idc.Token {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return &idc.Token{ID: fmt.Sprintf("%016x", uint64(n)*0x9e3779b97f4a7c15), Hash: fmt.Sprintf("%064x", uint64(n)*0xbf58476d1ce4e5b9), Class: idc.TokenAccess,
		FamilyID: fmt.Sprint("family", n/3), ClientID: "client", UserID: fmt.Sprint("user", n%100), SessionID: fmt.Sprint("session", n%500),
		Scopes: []string{"sso:account:access"}, IssuedAt: at, ExpiresAt: at.Add(time.Hour)}
}

func BenchmarkOpenExisting(b *testing.B) {
	url := "sqlite:" + filepath.Join(b.TempDir(), "gatehouse.db")
	reportCPU(b)
	for b.Loop() {
		s, err := Open(context.Background(), Options{URL: url, Clock: clock.System()})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpenMemory(b *testing.B) {
	reportCPU(b)
	for b.Loop() {
		s, err := Open(context.Background(), Options{URL: "sqlite::memory:", Clock: clock.System()})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTokenByHash(b *testing.B) {
	s := benchStore(b)
	ctx := context.Background()
	const rows = 20000
	err := s.Update(ctx, idc.ChangeSet{}, func(tx store.Tx) error {
		for n := range int64(rows) {
			if err := tx.PutToken(token(n)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	read := func(n int64) error {
		return s.View(ctx, func(r store.Reader) error {
			_, err := r.TokenByHash(token(n % rows).Hash)
			return err
		})
	}
	b.Run("serial", func(b *testing.B) {
		reportCPU(b)
		for n := int64(0); b.Loop(); n++ {
			if err := read(n); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("ceiling", func(b *testing.B) { // one prepared statement, no transaction, no struct
		st, err := s.engine.(*sqliteEngine).db.Prepare("select id from tokens where hash = $1")
		if err != nil {
			b.Fatal(err)
		}
		var id string
		reportCPU(b)
		for n := int64(0); b.Loop(); n++ {
			if err := st.QueryRow(token(n % rows).Hash).Scan(&id); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("parallel", func(b *testing.B) {
		var n atomic.Int64
		reportCPU(b)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := read(n.Add(1)); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

func BenchmarkDurablePutToken(b *testing.B) {
	var n atomic.Int64
	ctx := context.Background()
	put := func(s *Store) error {
		return s.Update(ctx, idc.ChangeSet{}, func(tx store.Tx) error { return tx.PutToken(token(n.Add(1))) })
	}
	b.Run("serial", func(b *testing.B) {
		s := benchStore(b)
		reportCPU(b)
		for b.Loop() {
			if err := put(s); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("ceiling", func(b *testing.B) { // one row of a bare table per commit
		conn := benchStore(b).engine.(*sqliteEngine).writer.session.conn
		if _, err := conn.ExecContext(ctx, "create table bare (id text not null primary key)"); err != nil {
			b.Fatal(err)
		}
		st, err := conn.PrepareContext(ctx, "insert into bare (id) values ($1)")
		if err != nil {
			b.Fatal(err)
		}
		reportCPU(b)
		for b.Loop() {
			if _, err := st.ExecContext(ctx, token(n.Add(1)).ID); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("parallel16", func(b *testing.B) {
		s := benchStore(b)
		b.SetParallelism(8) // of two processors
		reportCPU(b)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := put(s); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

func BenchmarkDurablePutUser(b *testing.B) {
	ctx := context.Background()
	var n atomic.Int64
	s := benchStore(b)
	b.SetParallelism(8)
	reportCPU(b)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			id := fmt.Sprintf("%016x", uint64(n.Add(1))*0x9e3779b97f4a7c15)
			err := s.Update(ctx, idc.ChangeSet{ID: id, At: time.Unix(1, 0)}, func(tx store.Tx) error {
				return tx.PutUser(&idc.User{ID: id, UserName: id, Emails: []idc.Email{{Value: id + "@example.com", Primary: new(true)}}})
			})
			if err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkDurableAppendEvent(b *testing.B) {
	ctx := context.Background()
	var n atomic.Int64
	s := benchStore(b)
	b.SetParallelism(8)
	reportCPU(b)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := n.Add(1)
			err := s.Update(ctx, idc.ChangeSet{}, func(tx store.Tx) error {
				return tx.AppendEvents([]*idc.AuditEvent{{ID: fmt.Sprintf("%016x", uint64(i)*0x9e3779b97f4a7c15), Time: time.UnixMicro(i), Name: "GetRoleCredentials",
					Source: "sso.amazonaws.com", UserName: fmt.Sprint("user", i%100), Record: `{"eventVersion":"1.08","userIdentity":{"type":"Unknown"}}`}})
			})
			if err != nil {
				b.Error(err)
			}
		}
	})
}
