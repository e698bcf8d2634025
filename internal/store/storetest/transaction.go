package storetest

import (
	"context"
	"errors"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func transactionCases() []testCase {
	return []testCase{
		{"an error undoes everything", testErrorUndoes},
		{"a panic undoes everything", testPanicUndoes},
		{"a failed write cannot be ignored", testFailureSticks},
		{"a missing row is no failure", testMissingIsNoFailure},
		{"a view is one snapshot", testSnapshot},
		{"a cancelled context", testCancelled},
		{"ping", func(h *harness) {
			if err := h.store.Ping(h.Context()); err != nil {
				h.Error(err)
			}
		}},
	}
}

var errOurs = errors.New("ours")

// nothingLeft checks that user u1 and all traces of it are missing, and that
// the store still works.
func (h *harness) nothingLeft() {
	h.Helper()
	h.view(func(r store.Reader) error {
		_, err := r.User("u1")
		h.wantKind(err, idc.NotFound)
		_, err = r.ChangeSet("change")
		h.wantKind(err, idc.NotFound)
		records, err := r.ListChanges(store.NounUser, "u1")
		h.wantEqual("change records", len(records), 0)
		return err
	})
	h.putUsers(user("u2", "b", ""))
}

func testErrorUndoes(h *harness) {
	err := h.try(func(tx store.Tx) error { return all(tx.PutUser(user("u1", "a", "")), errOurs) })
	if !errors.Is(err, errOurs) {
		h.Errorf("Update returned %v, want the error of its closure", err)
	}
	h.nothingLeft()
	if err := h.store.View(h.Context(), func(store.Reader) error { return errOurs }); !errors.Is(err, errOurs) {
		h.Errorf("View returned %v, want the error of its closure", err)
	}
}

func testPanicUndoes(h *harness) {
	swallow := func(fn func() error) {
		defer func() {
			v := recover()
			if err, ok := v.(error); !ok || !errors.Is(err, errOurs) {
				h.Errorf("recovered %v, want the panic of the closure", v)
			}
		}()
		h.Errorf("returned %v instead of panicking", fn())
	}
	swallow(func() error {
		return h.try(func(tx store.Tx) error {
			if err := tx.PutUser(user("u1", "a", "")); err != nil {
				return err
			}
			panic(errOurs)
		})
	})
	h.nothingLeft()
	for range 40 { // more than there are connections
		swallow(func() error { return h.store.View(h.Context(), func(store.Reader) error { panic(errOurs) }) })
	}
	h.view(func(r store.Reader) error {
		_, err := r.User("u2")
		return err
	})
}

func testFailureSticks(h *harness) {
	h.update(func(tx store.Tx) error { return tx.PutThrottle(&idc.Throttle{Key: "k"}) })
	h.update(func(tx store.Tx) error { return tx.PutToken(&idc.Token{ID: "t1", Hash: "hash"}) })
	err := h.try(func(tx store.Tx) error {
		if err := tx.PutUser(user("u1", "a", "")); err != nil {
			return err
		}
		h.wantConflict(tx.PutToken(&idc.Token{ID: "t2", Hash: "hash"}), "Token")
		_, err := tx.Throttle("k")
		h.wantConflict(err, "Token")
		return nil
	})
	h.wantConflict(err, "Token")
	h.nothingLeft()
}

func testMissingIsNoFailure(h *harness) {
	h.update(func(tx store.Tx) error {
		_, err := tx.User("u1")
		h.wantKind(err, idc.NotFound)
		h.wantKind(tx.DeleteUser("u1"), idc.NotFound)
		h.wantKind(tx.DeleteTOTPDevice("d1"), idc.NotFound)
		return tx.PutUser(user("u1", "a", ""))
	})
	h.view(func(r store.Reader) error {
		_, err := r.User("u1")
		return err
	})
}

func testSnapshot(h *harness) {
	h.putUsers(user("u1", "a", ""))
	h.view(func(r store.Reader) error {
		before, err := r.CountUsers(storeID)
		if err != nil {
			return err
		}
		written := make(chan error)
		go func() {
			written <- h.try(func(tx store.Tx) error {
				return all(tx.PutUser(user("u2", "b", "")), tx.PutUser(user("u1", "c", "")))
			})
		}()
		if err := <-written; err != nil {
			return err
		}
		after, err := r.CountUsers(storeID)
		if err != nil {
			return err
		}
		h.wantEqual("users seen", []int{before, after}, []int{1, 1})
		u, err := r.User("u1")
		h.wantEqual("user name", u.UserName, "a")
		return err
	})
}

func testCancelled(h *harness) {
	ctx, cancel := context.WithCancel(h.Context())
	err := h.store.Update(ctx, change("change"), func(tx store.Tx) error {
		if err := tx.PutUser(user("u1", "a", "")); err != nil {
			return err
		}
		cancel()
		return tx.PutUser(user("u2", "b", ""))
	})
	h.wantKind(err, idc.Unavailable)
	h.wantKind(h.store.Update(ctx, change("change"), func(store.Tx) error { return nil }), idc.Unavailable)
	h.wantKind(h.store.View(ctx, func(r store.Reader) error {
		_, err := r.User("u1")
		return err
	}), idc.Unavailable)
	h.nothingLeft()
}
