package storetest

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func sessionCases() []testCase {
	return append(plainRow[idc.PortalSession]{
		noun: store.NounPortalSession, event: "s1",
		make: func() *idc.PortalSession {
			return with(Filled[idc.PortalSession]("s"), func(s *idc.PortalSession) { s.ID, s.TokenHash = "s1", "hash" })
		},
		edit: func(s *idc.PortalSession) { s.MFA, s.RevokedAt = false, time.Time{} },
		put:  func(tx store.Tx, s *idc.PortalSession) error { return tx.PutPortalSession(s) },
		get:  func(r store.Reader) (*idc.PortalSession, error) { return r.PortalSessionByHash("hash") },
	}.cases(),
		testCase{"sessions of a user", testSessions},
		testCase{"fences", testFences},
	)
}

func testSessions(h *harness) {
	session := func(id, user string, created time.Duration) *idc.PortalSession {
		return &idc.PortalSession{ID: id, TokenHash: "hash of " + id, UserID: user, CreatedAt: base().Add(created), ExpiresAt: base().Add(created + time.Hour)}
	}
	id := func(s *idc.PortalSession) string { return s.ID }
	h.update(func(tx store.Tx) error {
		return all(tx.PutPortalSession(session("a", "u1", 2*time.Minute)), tx.PutPortalSession(session("b", "u1", time.Minute)), tx.PutPortalSession(session("c", "u2", 0)))
	})
	h.wantConflict(h.try(func(tx store.Tx) error {
		return tx.PutPortalSession(&idc.PortalSession{ID: "d", TokenHash: "hash of a"})
	}), "PortalSession")
	ofUser := func(r store.Reader) ([]string, error) { return listed(id)(r.ListPortalSessionsOfUser("u1")) }
	h.wantList("of u1", ofUser, "b", "a")
	h.update(func(tx store.Tx) error {
		n, err := tx.SweepPortalSessions(base().Add(time.Hour + 2*time.Minute))
		h.wantEqual("swept", n, 2)
		return err
	})
	h.wantList("of u1", ofUser, "a")
	h.view(func(r store.Reader) error {
		s, err := r.PortalSession("a")
		wantFound(h, "by id", s, err, id, "a")
		_, err = r.PortalSessionByHash("hash of b")
		h.wantKind(err, idc.NotFound)
		return nil
	})
}

func testFences(h *harness) {
	events := h.store.Watch(h.Context())
	fence := func(kind idc.FenceKind, id string, before, expires time.Duration, reason string) *idc.Fence {
		return &idc.Fence{Kind: kind, ID: id, IssuedBefore: base().Add(before), ExpiresAt: base().Add(expires), Reason: reason}
	}
	h.update(func(tx store.Tx) error {
		return all(tx.PutFence(fence(idc.FenceUser, "u1", time.Minute, time.Hour, "first")), tx.PutFence(fence(idc.FenceSession, "u1", 0, 2*time.Hour, "other kind")))
	})
	h.wantEqual("event", <-events, store.Event{Noun: store.NounFence, ID: "user/u1"})
	want := []*idc.Fence{fence(idc.FenceSession, "u1", 0, 2*time.Hour, "other kind"), fence(idc.FenceUser, "u1", time.Minute, time.Hour, "second")}
	h.update(func(tx store.Tx) error { return tx.PutFence(fence(idc.FenceUser, "u1", 0, 0, "second")) }) // must not weaken
	check := func(what string, now time.Duration, want ...*idc.Fence) {
		h.Helper()
		h.view(func(r store.Reader) error {
			got, err := r.ListFences(base().Add(now))
			h.wantEqual(what, got, want)
			return err
		})
	}
	check("never weakened", 0, want...)
	h.update(func(tx store.Tx) error {
		return tx.PutFence(fence(idc.FenceUser, "u1", 2*time.Minute, 3*time.Hour, "third"))
	})
	want[1] = fence(idc.FenceUser, "u1", 2*time.Minute, 3*time.Hour, "third")
	check("strengthened", 0, want...)
	check("unexpired", 2*time.Hour, want[1])
	h.update(func(tx store.Tx) error {
		n, err := tx.SweepFences(base().Add(2 * time.Hour))
		h.wantEqual("swept", n, 1)
		return err
	})
	check("after the sweep", 0, want[1])
	h.wantKind(h.try(func(tx store.Tx) error { return tx.PutFence(&idc.Fence{Kind: idc.FenceUser, ID: "u2"}) }), idc.Internal)
}
