package storetest

import (
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func trailCases() []testCase {
	cases := plainRow[idc.Trail]{
		noun: store.NounTrail, event: "arn:1",
		make: func() *idc.Trail {
			return with(Filled[idc.Trail]("t"), func(t *idc.Trail) { t.ARN = "arn:1" })
		},
		edit:   func(t *idc.Trail) { t.MultiRegion, t.EventSelectors, t.Tags = false, nil, nil },
		put:    func(tx store.Tx, t *idc.Trail) error { return tx.PutTrail(t) },
		get:    func(r store.Reader) (*idc.Trail, error) { return r.Trail("arn:1") },
		remove: func(tx store.Tx) error { return tx.DeleteTrail("arn:1") },
	}.cases()
	cases = append(cases, plainRow[idc.TrailStatus]{
		noun: store.NounTrailStatus, event: "arn:1",
		make: func() *idc.TrailStatus {
			return with(Filled[idc.TrailStatus]("s"), func(s *idc.TrailStatus) { s.TrailARN = "arn:1" })
		},
		edit: func(s *idc.TrailStatus) { s.Logging, s.Position, s.LastDeliveryError = false, 1<<40, "" },
		put:  func(tx store.Tx, s *idc.TrailStatus) error { return tx.PutTrailStatus(s) },
		get:  func(r store.Reader) (*idc.TrailStatus, error) { return r.TrailStatus("arn:1") },
	}.cases()...)
	return append(cases, testCase{"trails of an account, and those that log", testTrails})
}

func testTrails(h *harness) {
	h.update(func(tx store.Tx) error {
		for _, t := range []idc.Trail{{ARN: "arn:b", AccountID: "1"}, {ARN: "arn:a", AccountID: "1"}, {ARN: "arn:c", AccountID: "2"}} {
			if err := all(tx.PutTrail(&t), tx.PutTrailStatus(&idc.TrailStatus{TrailARN: t.ARN, Logging: t.ARN != "arn:b"})); err != nil {
				return err
			}
		}
		return nil
	})
	arns := listed(func(t *idc.Trail) string { return t.ARN })
	h.wantList("all", func(r store.Reader) ([]string, error) { return arns(r.ListTrails("", store.Page{})) }, "arn:a", "arn:b", "arn:c")
	h.wantList("of 1", func(r store.Reader) ([]string, error) { return arns(r.ListTrails("1", store.Page{})) }, "arn:a", "arn:b")
	h.wantList("of 1, page", func(r store.Reader) ([]string, error) {
		return arns(r.ListTrails("1", store.Page{After: "arn:a", Limit: 3}))
	}, "arn:b")
	logging := func(r store.Reader) ([]string, error) {
		return listed(func(s *idc.TrailStatus) string { return s.TrailARN })(r.ListLoggingTrails())
	}
	h.wantList("logging", logging, "arn:a", "arn:c")
	h.update(func(tx store.Tx) error { return tx.DeleteTrail("arn:a") })
	h.wantList("logging after a deletion", logging, "arn:c")
}
