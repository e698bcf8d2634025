package storetest

import (
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func elevationCases() []testCase {
	cases := versionedRow[idc.Eligibility]{
		noun: store.NounEligibility,
		make: func(id string) *idc.Eligibility {
			return with(Filled[idc.Eligibility](id), func(e *idc.Eligibility) { e.ID = id })
		},
		edit:    func(e *idc.Eligibility) { e.Scope, e.Validity = idc.Scope{Kind: idc.ScopeAll}, idc.Validity{} },
		id:      func(e *idc.Eligibility) string { return e.ID },
		put:     func(tx store.Tx, e *idc.Eligibility) error { return tx.PutEligibility(e) },
		get:     func(r store.Reader, id string) (*idc.Eligibility, error) { return r.Eligibility(id) },
		remove:  func(tx store.Tx, id string) error { return tx.DeleteEligibility(id) },
		version: func(e *idc.Eligibility) *idc.Version { return &e.Version },
		list:    func(r store.Reader, p store.Page) ([]*idc.Eligibility, error) { return r.ListEligibilities(p) },
	}.cases()
	cases = append(cases, versionedRow[idc.Lease]{
		noun:    store.NounLease,
		make:    func(id string) *idc.Lease { return with(Filled[idc.Lease](id), func(l *idc.Lease) { l.ID = id }) },
		edit:    func(l *idc.Lease) { l.Status, l.Validity = "ended", idc.Validity{} },
		id:      func(l *idc.Lease) string { return l.ID },
		put:     func(tx store.Tx, l *idc.Lease) error { return tx.PutLease(l) },
		get:     func(r store.Reader, id string) (*idc.Lease, error) { return r.Lease(id) },
		remove:  func(tx store.Tx, id string) error { return tx.DeleteLease(id) },
		version: func(l *idc.Lease) *idc.Version { return &l.Version },
	}.cases()...)
	return append(cases, testCase{"leases of a user", testLeases})
}

func testLeases(h *harness) {
	h.update(func(tx store.Tx) error {
		return all(tx.PutLease(&idc.Lease{ID: "l2", UserID: "u1"}), tx.PutLease(&idc.Lease{ID: "l1", UserID: "u1"}), tx.PutLease(&idc.Lease{ID: "l3", UserID: "u2"}))
	})
	h.wantList("leases", func(r store.Reader) ([]string, error) {
		return listed(func(l *idc.Lease) string { return l.ID })(r.ListLeasesOfUser("u1"))
	}, "l1", "l2")
}
