package storetest

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func concurrencyCases() []testCase {
	return []testCase{
		{"increments are not lost", testIncrements},
		{"a rule over two rows holds", testWriteSkew},
		{"one of many wins a name", testOneWins},
		{"failures do not take neighbours along", testNeighbours},
		{"readers see whole transactions", testWholeTransactions},
		{"versions of one row never overlap", testVersionsDoNotOverlap},
	}
}

func testIncrements(h *harness) {
	const each = 15
	h.update(func(tx store.Tx) error { return tx.PutThrottle(&idc.Throttle{Key: "k"}) })
	h.work(func(int) error {
		for range each {
			err := h.try(func(tx store.Tx) error {
				t, err := tx.Throttle("k")
				if err != nil {
					return err
				}
				t.Failures++
				return tx.PutThrottle(t)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	h.view(func(r store.Reader) error {
		t, err := r.Throttle("k")
		h.wantEqual("count", t.Failures, 4*each)
		return err
	})
}

// testWriteSkew keeps at least one of two users enabled, although each update
// changes only one of them: snapshot isolation alone would not.
func testWriteSkew(h *harness) {
	for round := range 10 {
		names := []string{fmt.Sprint("a", round), fmt.Sprint("b", round)}
		h.putUsers(user(names[0], names[0], ""), user(names[1], names[1], ""))
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i := range names {
			wg.Go(func() {
				errs[i] = h.try(func(tx store.Tx) error {
					other, err := tx.User(names[1-i])
					if err != nil {
						return err
					}
					mine, err := tx.User(names[i])
					if err != nil {
						return err
					}
					if other.Status == idc.UserEnabled {
						mine.Status = idc.UserDisabled
					}
					return tx.PutUser(mine)
				})
			})
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			h.Fatal(err)
		}
		h.view(func(r store.Reader) error {
			a, err := r.User(names[0])
			if err != nil {
				return err
			}
			b, err := r.User(names[1])
			if a.Status == b.Status {
				h.Errorf("both users are %s", a.Status)
			}
			return err
		})
	}
}

func testOneWins(h *harness) {
	var mu sync.Mutex
	won := 0
	h.work(func(n int) error {
		for i := range 10 {
			err := h.try(func(tx store.Tx) error { return tx.PutUser(user(fmt.Sprint(n, "-", i), fmt.Sprint("Name", i), "")) })
			switch {
			case err == nil:
				mu.Lock()
				won++
				mu.Unlock()
			case idc.KindOf(err) != idc.Conflict || idc.ReasonOf(err) != idc.ReasonUniqueness:
				return err
			}
		}
		return nil
	})
	h.wantEqual("users who got a name", won, 10)
}

// testNeighbours mixes updates that succeed, fail and panic: exactly the first
// must be there afterwards. Engines that share commits have to keep them apart.
func testNeighbours(h *harness) {
	const each = 30
	h.work(func(n int) error {
		for i := range each {
			id := fmt.Sprintf("%d-%02d", n, i)
			func() {
				defer func() { _ = recover() }()
				err := h.try(func(tx store.Tx) error {
					if err := tx.PutThrottle(&idc.Throttle{Key: id}); err != nil {
						return err
					}
					switch i % 3 {
					case 1:
						return errOurs
					case 2:
						panic(errOurs)
					}
					return nil
				})
				if (err == nil) != (i%3 == 0) {
					h.Errorf("update %s returned %v", id, err)
				}
			}()
		}
		return nil
	})
	h.view(func(r store.Reader) error {
		for n := range 4 {
			for i := range each {
				_, err := r.Throttle(fmt.Sprintf("%d-%02d", n, i))
				if (err == nil) != (i%3 == 0) {
					h.Errorf("throttle %d-%02d: %v", n, i, err)
				}
			}
		}
		return nil
	})
}

func testWholeTransactions(h *harness) {
	put := func(failures int) error {
		return h.try(func(tx store.Tx) error {
			return all(tx.PutThrottle(&idc.Throttle{Key: "a", Failures: failures}), tx.PutThrottle(&idc.Throttle{Key: "b", Failures: failures}))
		})
	}
	if err := put(0); err != nil {
		h.Fatal(err)
	}
	h.work(func(n int) error {
		for i := range 30 {
			if n == 0 {
				if err := put(i); err != nil {
					return err
				}
				continue
			}
			err := h.store.View(h.Context(), func(r store.Reader) error {
				a, err := r.Throttle("a")
				if err != nil {
					return err
				}
				b, err := r.Throttle("b")
				if a.Failures != b.Failures {
					h.Errorf("saw %d and %d", a.Failures, b.Failures)
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func testVersionsDoNotOverlap(h *harness) {
	var mu sync.Mutex
	stamps := map[time.Time]string{}
	h.work(func(n int) error {
		for i := range 10 {
			u := user("u1", fmt.Sprint(n, "-", i), "")
			if err := h.try(func(tx store.Tx) error { return tx.PutUser(u) }); err != nil {
				return err
			}
			mu.Lock()
			stamps[u.Version.RecordedAt] = u.UserName
			mu.Unlock()
		}
		return nil
	})
	h.wantEqual("different stamps", len(stamps), 40)
	h.view(func(r store.Reader) error {
		for at, name := range stamps {
			u, err := r.At(at).User("u1")
			if err != nil {
				return err
			}
			h.wantEqual(fmt.Sprint("at ", at), u.UserName, name)
		}
		return nil
	})
}
