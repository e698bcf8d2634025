package sqlstore

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func openFile(t *testing.T) (s *Store, url string) {
	t.Helper()
	url = "sqlite:" + filepath.Join(t.TempDir(), "gatehouse.db")
	return open(t, url, clock.System()), url
}

func putThrottle(ctx context.Context, s *Store, key string) error {
	return s.Update(ctx, idc.ChangeSet{}, func(tx store.Tx) error { return tx.PutThrottle(&idc.Throttle{Key: key}) })
}

func hasThrottle(t *testing.T, s *Store, key string) bool {
	t.Helper()
	err := s.View(t.Context(), func(r store.Reader) error {
		_, err := r.Throttle(key)
		return err
	})
	if err != nil && !idc.IsNotFound(err) {
		t.Fatal(err)
	}
	return err == nil
}

// queue starts updates while the writer is held, lets them go once all wait, and
// returns what each returned. fns[i] may be nil for a write of throttle i.
func queue(t *testing.T, s *Store, n int, fn func(i int, tx store.Tx) error) []error {
	t.Helper()
	w := s.engine.(*sqliteEngine).writer
	w.turn.Lock()
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			errs[i] = s.Update(context.Background(), idc.ChangeSet{}, func(tx store.Tx) error { return fn(i, tx) })
		})
	}
	for w.waiting.Load() < int64(n) {
		runtime.Gosched()
	}
	w.turn.Unlock()
	wg.Wait()
	return errs
}

func TestQueuedUpdatesShareACommit(t *testing.T) {
	s, _ := openFile(t)
	groups := map[*group]int{}
	n := maxGroup + 10
	errs := queue(t, s, n, func(i int, tx store.Tx) error {
		groups[s.engine.(*sqliteEngine).writer.group]++
		if i%2 == 1 {
			return fmt.Errorf("refused %d", i)
		}
		return tx.PutThrottle(&idc.Throttle{Key: fmt.Sprint(i)})
	})
	var sizes []int
	for _, size := range groups {
		sizes = append(sizes, size)
	}
	if len(groups) != 2 || max(sizes[0], sizes[1]) != maxGroup {
		t.Errorf("%d updates were committed in groups of %v", n, sizes)
	}
	for i, err := range errs {
		if refused := i%2 == 1; (err != nil) != refused || hasThrottle(t, s, fmt.Sprint(i)) == refused {
			t.Errorf("update %d returned %v, written: %v", i, err, !refused)
		}
	}
}

// TestLostTransactionFailsItsGroup ends the transaction behind the writer's
// back, as a full disk does: nobody in the group may be told of success.
func TestLostTransactionFailsItsGroup(t *testing.T) {
	s, _ := openFile(t)
	w := s.engine.(*sqliteEngine).writer
	order := 0
	errs := queue(t, s, 5, func(i int, tx store.Tx) error {
		order++
		if order == 3 {
			if _, err := w.session.conn.ExecContext(context.Background(), "rollback"); err != nil {
				t.Error(err)
			}
			return nil
		}
		return tx.PutThrottle(&idc.Throttle{Key: fmt.Sprint(i)})
	})
	failed := 0
	for i, err := range errs {
		if (err == nil) != hasThrottle(t, s, fmt.Sprint(i)) {
			t.Errorf("update %d returned %v, but is it there: %v", i, err, hasThrottle(t, s, fmt.Sprint(i)))
		}
		if err != nil {
			failed++
			if idc.KindOf(err) != idc.Unavailable {
				t.Errorf("update %d returned %v, want Unavailable", i, err)
			}
		}
	}
	if failed != 3 {
		t.Errorf("%d updates failed, want the three of the lost transaction", failed)
	}
	if err := putThrottle(t.Context(), s, "later"); err != nil {
		t.Errorf("after the loss: %v", err)
	}
}

func TestCancelledUpdateCommitsForOthers(t *testing.T) {
	s, _ := openFile(t)
	w := s.engine.(*sqliteEngine).writer
	ctx, cancel := context.WithCancel(t.Context())
	first, second := make(chan error), make(chan error)
	go func() {
		first <- s.Update(t.Context(), idc.ChangeSet{}, func(tx store.Tx) error {
			go func() { second <- putThrottle(ctx, s, "second") }()
			for w.waiting.Load() == 0 {
				runtime.Gosched()
			}
			cancel()
			return tx.PutThrottle(&idc.Throttle{Key: "first"})
		})
	}()
	if err := <-first; err != nil {
		t.Errorf("first: %v", err)
	}
	if err := <-second; !errors.Is(err, context.Canceled) {
		t.Errorf("second: %v, want cancelled", err)
	}
	if !hasThrottle(t, s, "first") || hasThrottle(t, s, "second") {
		t.Error("want the first written and not the second")
	}
}

func TestClosedStore(t *testing.T) {
	for name, newURL := range engines(t) {
		t.Run(name, func(t *testing.T) {
			s := open(t, newURL(t), clock.System())
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if err := putThrottle(t.Context(), s, "k"); idc.KindOf(err) != idc.Unavailable {
				t.Errorf("Update returned %v", err)
			}
			if err := s.View(t.Context(), func(store.Reader) error { return nil }); idc.KindOf(err) != idc.Unavailable {
				t.Errorf("View returned %v", err)
			}
			if err := s.Ping(t.Context()); idc.KindOf(err) != idc.Unavailable {
				t.Errorf("Ping returned %v", err)
			}
		})
	}
}

func TestReadersCannotWrite(t *testing.T) {
	for name, newURL := range engines(t) {
		t.Run(name, func(t *testing.T) {
			s := open(t, newURL(t), clock.System())
			err := s.engine.view(t.Context(), func(q *txn) error {
				_, err := q.exec("delete from users")
				return err
			})
			if err == nil {
				t.Error("a View deleted the users")
			}
		})
	}
}

// TestStampsGrowWithAStandingClock also sets the clock back, by opening the
// database again with an earlier one.
func TestStampsGrowWithAStandingClock(t *testing.T) {
	start := time.Date(2026, 5, 6, 7, 8, 9, 10000, time.UTC)
	for name, newURL := range engines(t) {
		if name == "memory" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			url := newURL(t)
			var got []time.Time
			for _, now := range []time.Time{start, start.Add(-time.Hour), start.Add(time.Hour)} {
				s := open(t, url, clock.NewFake(now))
				for range 2 {
					u := &idc.User{ID: "u1", UserName: "a"}
					err := s.Update(t.Context(), idc.ChangeSet{ID: "c"}, func(tx store.Tx) error { return errors.Join(tx.PutUser(u), tx.PutUser(u)) })
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, u.Version.RecordedAt)
				}
				err := s.Update(t.Context(), idc.ChangeSet{ID: "c"}, func(tx store.Tx) error { return tx.DeleteUser("u1") })
				if err != nil {
					t.Fatal(err)
				}
			}
			us := time.Microsecond
			want := []time.Time{start.Add(us), start.Add(3 * us), start.Add(5 * us), start.Add(7 * us), start.Add(time.Hour + us), start.Add(time.Hour + 3*us)}
			for i := range want {
				if !got[i].Equal(want[i]) {
					t.Errorf("stamp %d is %v, want %v", i, got[i], want[i])
				}
			}
		})
	}
}

// TestKilledProcess kills a process that writes and says what it was told is
// written: all of that must be there, and nothing of what was begun.
func TestKilledProcess(t *testing.T) {
	const variable = "GATEHOUSE_TEST_WRITER"
	if url := os.Getenv(variable); url != "" {
		writeUntilKilled(t, url)
		return
	}
	url := "sqlite:" + filepath.Join(t.TempDir(), "gatehouse.db")
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledProcess$")
	cmd.Env = append(os.Environ(), variable+"="+url)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var written []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if key, ok := strings.CutPrefix(lines.Text(), "written "); ok {
			written = append(written, key)
		}
		if len(written) == 200 {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	rest, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(rest)) {
		if key, ok := strings.CutPrefix(line, "written "); ok && strings.HasSuffix(key, "\n") {
			written = append(written, strings.TrimSpace(key))
		}
	}
	if err := cmd.Wait(); err == nil || len(written) < 200 {
		t.Fatalf("the writer ended with %v after %d writes", err, len(written))
	}
	s := open(t, url, clock.System())
	for _, key := range written {
		if !hasThrottle(t, s, key) || !hasThrottle(t, s, key+" twin") {
			t.Errorf("%s is lost", key)
		}
	}
	if hasThrottle(t, s, "begun") {
		t.Error("what was never committed is there")
	}
}

func writeUntilKilled(t *testing.T, url string) {
	s, err := Open(t.Context(), Options{URL: url, Clock: clock.System()})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := 0; ; i++ {
				key := fmt.Sprint(w, "-", i)
				err := s.Update(t.Context(), idc.ChangeSet{}, func(tx store.Tx) error {
					if err := tx.PutThrottle(&idc.Throttle{Key: "begun"}); err != nil {
						return err
					}
					return errors.Join(tx.PutThrottle(&idc.Throttle{Key: key}), tx.DeleteThrottle("begun"), tx.PutThrottle(&idc.Throttle{Key: key + " twin"}))
				})
				if err != nil {
					fmt.Println("failed", err)
					return
				}
				fmt.Println("written", key)
			}
		})
	}
	wg.Wait()
}
