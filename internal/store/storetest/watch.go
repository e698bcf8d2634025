package storetest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func watchCases() []testCase {
	return []testCase{
		{"writes arrive in order", testWatchOrder},
		{"what is undone is not announced", testWatchUndone},
		{"a slow reader is told of the loss", testWatchLoss},
		{"it ends with its context", testWatchEnds},
		{"several readers", testWatchSeveral},
		{"jobs and events of the trail", testWatchQueues},
		{"the revision grows with what decides access", testRevision},
		{"each noun has a revision of its own", testRevisionOf},
	}
}

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

func (h *harness) next(events <-chan store.Event) store.Event {
	h.Helper()
	select {
	case e, ok := <-events:
		if !ok {
			h.Fatal("the channel was closed")
		}
		return e
	case <-time.After(patience):
		h.Fatal("no event came")
	}
	panic("unreachable")
}

func testWatchOrder(h *harness) {
	events := h.store.Watch(h.Context())
	var want []store.Event
	for i := range 50 {
		id := fmt.Sprint("u", i)
		h.update(func(tx store.Tx) error {
			return all(tx.PutUser(user(id, id, "")), tx.PutThrottle(&idc.Throttle{Key: id}), tx.DeleteUser(id))
		})
		want = append(want, store.Event{Noun: store.NounUser, ID: id}, store.Event{Noun: store.NounThrottle, ID: id}, store.Event{Noun: store.NounUser, ID: id})
	}
	for _, w := range want {
		h.wantEqual("event", h.next(events), w)
	}
}

func testWatchUndone(h *harness) {
	events := h.store.Watch(h.Context())
	if err := h.try(func(tx store.Tx) error { return all(tx.PutUser(user("u1", "a", "")), errOurs) }); err == nil {
		h.Fatal("Update succeeded")
	}
	h.putUsers(user("u2", "b", ""))
	h.wantEqual("event", h.next(events), store.Event{Noun: store.NounUser, ID: "u2"})
}

func testWatchLoss(h *harness) {
	slow := h.store.Watch(h.Context())
	total := 0
	for range 5 {
		h.update(func(tx store.Tx) error {
			for range 2000 {
				total++
				if err := tx.DeleteThrottle(fmt.Sprint("k", total)); !idc.IsNotFound(err) {
					return err
				}
				if err := tx.PutThrottle(&idc.Throttle{Key: "k"}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	h.update(func(tx store.Tx) error { return tx.PutThrottle(&idc.Throttle{Key: "last"}) })
	lost, got := false, 0
	for {
		e := h.next(slow)
		got++
		lost = lost || e.Noun == store.NounLost
		if e.ID == "last" {
			break
		}
	}
	if !lost || got >= total {
		h.Errorf("got %d of %d events, told of the loss: %v", got, total, lost)
	}
}

func testWatchEnds(h *harness) {
	ctx, cancel := context.WithCancel(h.Context())
	events := h.store.Watch(ctx)
	h.putUsers(user("u1", "a", ""))
	cancel()
	deadline := time.After(patience)
	for {
		select {
		case _, ok := <-events:
			if !ok {
				return
			}
		case <-deadline:
			h.Fatal("the channel stayed open")
		}
	}
}

func testWatchSeveral(h *harness) {
	first, second := h.store.Watch(h.Context()), h.store.Watch(h.Context())
	h.putUsers(user("u1", "a", ""))
	want := store.Event{Noun: store.NounUser, ID: "u1"}
	h.wantEqual("first", h.next(first), want)
	h.wantEqual("second", h.next(second), want)
}

func testWatchQueues(h *harness) {
	events := h.store.Watch(h.Context())
	j := job("a", "x", 0)
	h.enqueue(j)
	want := store.Event{Noun: store.NounJob, ID: fmt.Sprint(j.ID)}
	h.wantEqual("enqueued", h.next(events), want)
	h.wantClaim(0, 1, "a/x")
	h.update(func(tx store.Tx) error { return tx.RetryJob(j.ID, base(), "") })
	h.wantEqual("to be retried", h.next(events), want)
	h.update(func(tx store.Tx) error { return tx.FinishJob(j.ID) })
	h.wantEqual("finished, its lane is free", h.next(events), want)
	e := event("e2", 0, nil)
	h.appendEvents(event("e1", 0, nil), e)
	h.wantEqual("trail", h.next(events), store.Event{Noun: store.NounEvent, ID: fmt.Sprint(e.Seq)})
}

func testRevision(h *harness) {
	at := h.store.Revision()
	grows := func(what string, want bool, fn func(tx store.Tx) error) {
		h.update(fn)
		now := h.store.Revision()
		if grew := now > at; grew != want {
			h.Errorf("%s: revision %d after %d, want growth: %v", what, now, at, want)
		}
		at = now
	}
	grows("user", true, func(tx store.Tx) error { return tx.PutUser(user("u1", "a", "")) })
	grows("role", true, func(tx store.Tx) error {
		return tx.PutRole(&idc.Role{AccountID: "1", Name: "r", Path: "/", ID: "AROA1"})
	})
	grows("fence", true, func(tx store.Tx) error {
		return tx.PutFence(&idc.Fence{Kind: idc.FenceUser, ID: "u1", IssuedBefore: base(), ExpiresAt: base().Add(time.Hour)})
	})
	grows("bookkeeping", false, func(tx store.Tx) error {
		return all(tx.PutThrottle(&idc.Throttle{Key: "k"}), tx.EnqueueJob(job("a", "x", 0)))
	})
	grows("bookkeeping and a removal", true, func(tx store.Tx) error {
		return all(tx.PutThrottle(&idc.Throttle{Key: "k"}), tx.DeleteUser("u1"))
	})
	if err := h.try(func(tx store.Tx) error { return all(tx.PutUser(user("u2", "b", "")), errOurs) }); err == nil {
		h.Fatal("Update succeeded")
	}
	if now := h.store.Revision(); now != at {
		h.Errorf("revision %d after %d: what is undone counts", now, at)
	}
}

func testRevisionOf(h *harness) {
	nouns := []store.Noun{store.NounUser, store.NounRole, store.NounPolicyAttachment, store.NounThrottle}
	at := map[store.Noun]uint64{}
	grows := func(what string, fn func(tx store.Tx) error, want ...store.Noun) {
		h.update(fn)
		for _, noun := range nouns {
			now := h.store.RevisionOf(noun)
			if grew, wanted := now > at[noun], slices.Contains(want, noun); grew != wanted {
				h.Errorf("%s: revision of %s %d after %d, want growth: %v", what, noun, now, at[noun], wanted)
			}
			at[noun] = now
		}
	}
	for _, noun := range nouns {
		at[noun] = h.store.RevisionOf(noun)
	}
	role := &idc.Role{AccountID: "1", Name: "r", Path: "/", ID: "AROA1"}
	grows("role", func(tx store.Tx) error { return tx.PutRole(role) }, store.NounRole)
	grows("two nouns", func(tx store.Tx) error {
		return all(tx.PutUser(user("u1", "a", "")), tx.PutThrottle(&idc.Throttle{Key: "k"}))
	}, store.NounUser, store.NounThrottle)
	grows("attachment", func(tx store.Tx) error {
		return tx.PutPolicyAttachment(&idc.PolicyAttachment{PolicyID: "p", TargetID: "t"})
	}, store.NounPolicyAttachment)
	grows("removals", func(tx store.Tx) error {
		return all(tx.DeletePolicyAttachment("p", "t"), tx.DeleteRole("1", "r"))
	}, store.NounPolicyAttachment, store.NounRole)
	grows("nothing", func(store.Tx) error { return nil })
}
