package storetest

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func signinCases() []testCase {
	cases := plainRow[idc.SigninFlow]{
		noun: store.NounSigninFlow, event: "f1",
		make: func() *idc.SigninFlow {
			return with(Filled[idc.SigninFlow]("f"), func(f *idc.SigninFlow) { f.ID = "f1" })
		},
		edit:   func(f *idc.SigninFlow) { f.Step, f.EnrolSecret, f.FactorAt = idc.SigninDone, "", time.Time{} },
		put:    func(tx store.Tx, f *idc.SigninFlow) error { return tx.PutSigninFlow(f) },
		get:    func(r store.Reader) (*idc.SigninFlow, error) { return r.SigninFlow("f1") },
		remove: func(tx store.Tx) error { return tx.DeleteSigninFlow("f1") },
	}.cases()
	cases = append(cases, plainRow[idc.OneTimeLink]{
		noun: store.NounOneTimeLink, event: "hash",
		make: func() *idc.OneTimeLink {
			return with(Filled[idc.OneTimeLink]("l"), func(l *idc.OneTimeLink) { l.TokenHash, l.UsedAt = "hash", time.Time{} })
		},
		edit: func(l *idc.OneTimeLink) { l.UsedAt = base() },
		put:  func(tx store.Tx, l *idc.OneTimeLink) error { return tx.PutOneTimeLink(l) },
		get:  func(r store.Reader) (*idc.OneTimeLink, error) { return r.OneTimeLink("hash") },
	}.cases()...)
	return append(cases, testCase{"sweep", testSweepSignin})
}

func testSweepSignin(h *harness) {
	h.update(func(tx store.Tx) error {
		return all(tx.PutSigninFlow(&idc.SigninFlow{ID: "old", ExpiresAt: base()}), tx.PutSigninFlow(&idc.SigninFlow{ID: "fresh", ExpiresAt: base().Add(time.Hour)}),
			tx.PutOneTimeLink(&idc.OneTimeLink{TokenHash: "old", ExpiresAt: base()}), tx.PutOneTimeLink(&idc.OneTimeLink{TokenHash: "fresh", ExpiresAt: base().Add(time.Hour)}))
	})
	h.update(func(tx store.Tx) error {
		n, err := tx.SweepSigninFlows(base().Add(time.Minute))
		h.wantEqual("swept", n, 2)
		return err
	})
	h.view(func(r store.Reader) error {
		_, err := r.SigninFlow("old")
		h.wantKind(err, idc.NotFound)
		_, err = r.OneTimeLink("old")
		h.wantKind(err, idc.NotFound)
		_, flow := r.SigninFlow("fresh")
		_, link := r.OneTimeLink("fresh")
		return all(flow, link)
	})
}
