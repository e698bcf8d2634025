package storetest

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func timeCases() []testCase {
	return []testCase{
		{"microseconds in UTC", testTimePrecision},
		{"the zero time", testZeroTime},
		{"times near the ends", testFarTimes},
		{"reading at an instant includes all nouns", testAtConsistent},
	}
}

func testTimePrecision(h *harness) {
	there := time.FixedZone("there", 5*3600+1800)
	given := base().Add(999 * time.Nanosecond).In(there)
	want := base()
	h.update(func(tx store.Tx) error {
		return all(
			tx.PutPortalSession(&idc.PortalSession{ID: "s", CreatedAt: given, ExpiresAt: given}),
			tx.PutUser(&idc.User{ID: "u", CreatedAt: given, UpdatedAt: given}),
			tx.PutManagedPolicy(&idc.ManagedPolicy{ARN: "arn", CreatedAt: given, Versions: []idc.PolicyVersion{{ID: "v1", CreatedAt: given}}}))
	})
	h.view(func(r store.Reader) error {
		s, errS := r.PortalSession("s")
		u, errU := r.User("u")
		p, errP := r.ManagedPolicy("arn")
		if err := all(errS, errU, errP); err != nil {
			return err
		}
		for _, got := range []time.Time{s.CreatedAt, s.ExpiresAt, u.CreatedAt, u.UpdatedAt, p.CreatedAt, p.Versions[0].CreatedAt} {
			if got != want { // not Equal: the zone counts
				h.Errorf("got %v, want %v", got, want)
			}
		}
		return nil
	})
	given2 := base().Add(999 * time.Nanosecond)
	policy := &idc.ManagedPolicy{ARN: "arn2", Name: "2", Versions: []idc.PolicyVersion{{ID: "v1", CreatedAt: given2}}}
	h.update(func(tx store.Tx) error { return tx.PutManagedPolicy(policy) })
	h.wantEqual("what was given is not changed", policy.Versions[0].CreatedAt, given2)
}

func testZeroTime(h *harness) {
	h.update(func(tx store.Tx) error {
		return all(tx.PutPortalSession(&idc.PortalSession{ID: "s"}), tx.PutMembership(&idc.Membership{ID: "m"}), tx.PutToken(&idc.Token{ID: "t"}),
			tx.PutOperation(&idc.Operation{ID: "o"}))
	})
	h.view(func(r store.Reader) error {
		s, errS := r.PortalSession("s")
		m, errM := r.Membership("m")
		k, errK := r.Token("t")
		o, errO := r.Operation("", "o")
		if err := all(errS, errM, errK, errO); err != nil {
			return err
		}
		for _, got := range []time.Time{s.CreatedAt, s.RevokedAt, m.Validity.StartsAt, m.Validity.EndsAt, k.IssuedAt, k.UsedAt, o.CreatedAt, o.CompletedAt} {
			if !got.IsZero() {
				h.Errorf("got %v, want the zero time", got)
			}
		}
		return nil
	})
}

func testFarTimes(h *harness) {
	for _, want := range []time.Time{time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC), time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC)} {
		h.update(func(tx store.Tx) error {
			return tx.PutMembership(&idc.Membership{ID: "m", Validity: idc.Validity{EndsAt: want}})
		})
		h.view(func(r store.Reader) error {
			m, err := r.Membership("m")
			h.wantEqual("time", m.Validity.EndsAt, want)
			return err
		})
	}
}

// testAtConsistent reads several nouns as they were before one update changed them all.
func testAtConsistent(h *harness) {
	u := user("u1", "old", "")
	h.update(func(tx store.Tx) error {
		return all(tx.PutGroup(&idc.Group{IdentityStoreID: storeID, ID: "g1", DisplayName: "old"}), tx.PutMembership(&idc.Membership{ID: "m1", GroupID: "g1", UserID: "u1"}),
			tx.PutAccount(&idc.Account{ID: "1", Name: "old"}), tx.PutUser(u))
	})
	h.update(func(tx store.Tx) error {
		return all(tx.PutUser(user("u1", "new", "")), tx.PutGroup(&idc.Group{IdentityStoreID: storeID, ID: "g1", DisplayName: "new"}), tx.DeleteMembership("m1"),
			tx.PutAccount(&idc.Account{ID: "1", Name: "new"}), tx.PutUser(user("u2", "other", "")))
	})
	h.view(func(r store.Reader) error {
		then := r.At(u.Version.RecordedAt)
		user, errU := then.User("u1")
		group, errG := then.Group("g1")
		account, errA := then.Account("1")
		_, errM := then.MembershipOf("g1", "u1")
		if err := all(errU, errG, errA, errM); err != nil {
			return err
		}
		h.wantEqual("names", []string{user.UserName, group.DisplayName, account.Name}, []string{"old", "old", "old"})
		n, err := then.CountUsers(storeID)
		h.wantEqual("users", n, 1)
		if n, errNow := r.CountUsers(storeID); errNow != nil || n != 2 {
			h.Errorf("At changed the reader it came from: %d users, %v", n, errNow)
		}
		return err
	})
}
