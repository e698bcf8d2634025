package storetest

import (
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func accessReportCases() []testCase {
	return append(plainRow[idc.AccessReport]{
		noun: store.NounAccessReport, event: "job-1",
		make: func() *idc.AccessReport {
			return with(Filled[idc.AccessReport]("r"), func(r *idc.AccessReport) { r.ID = "job-1" })
		},
		edit: func(r *idc.AccessReport) { r.Status, r.Services = idc.ReportFailed, nil },
		put:  func(tx store.Tx, r *idc.AccessReport) error { return tx.PutAccessReport(r) },
		get:  func(r store.Reader) (*idc.AccessReport, error) { return r.AccessReport("job-1") },
	}.cases(),
		testCase{"reports expire", testAccessReportsExpire},
		testCase{"uses of roles", testRoleUses},
		testCase{"uses of roles move forward only", testRoleUseIsNewest},
	)
}

func testAccessReportsExpire(h *harness) {
	h.update(func(tx store.Tx) error {
		return all(tx.PutAccessReport(&idc.AccessReport{ID: "old", ExpiresAt: base().Add(-time.Hour)}), tx.PutAccessReport(&idc.AccessReport{ID: "new", ExpiresAt: base()}))
	})
	h.update(func(tx store.Tx) error {
		n, err := tx.SweepAccessReports(base())
		h.wantEqual("swept", n, 1)
		return err
	})
	h.view(func(r store.Reader) error {
		_, err := r.AccessReport("old")
		h.wantKind(err, idc.NotFound)
		_, err = r.AccessReport("new")
		return err
	})
}

// use is a use written as "account role service action", some time after base.
func use(text string, after time.Duration) idc.RoleUse {
	f := strings.Fields(text)
	return idc.RoleUse{AccountID: f[0], RoleID: f[1], Service: f[2], Action: f[3], UsedAt: base().Add(after), Region: "eu-west-1"}
}

func useText(u *idc.RoleUse) string {
	return strings.Join([]string{u.AccountID, u.RoleID, u.Service, u.Action}, " ")
}

func (h *harness) record(uses ...idc.RoleUse) {
	h.Helper()
	h.update(func(tx store.Tx) error { return tx.RecordRoleUses(uses) })
}

func testRoleUses(h *harness) {
	h.record(use("1 AROA2 sso List", 3), use("1 AROA1 sts Get", time.Hour), use("1 AROA1 sso List", 2), use("1 AROA1 sso Create", 1), use("2 AROA3 sso List", 0))
	h.wantList("of a role", func(r store.Reader) ([]string, error) { return listed(useText)(r.ListRoleUses("1", "AROA1")) },
		"1 AROA1 sso Create", "1 AROA1 sso List", "1 AROA1 sts Get")
	h.wantList("of an account", func(r store.Reader) ([]string, error) { return listed(useText)(r.ListRoleUsesOfAccount("1", "")) },
		"1 AROA1 sso Create", "1 AROA1 sso List", "1 AROA1 sts Get", "1 AROA2 sso List")
	h.wantList("of a service", func(r store.Reader) ([]string, error) { return listed(useText)(r.ListRoleUsesOfAccount("1", "sso")) },
		"1 AROA1 sso Create", "1 AROA1 sso List", "1 AROA2 sso List")
	h.view(func(r store.Reader) error {
		last, err := r.LastRoleUse("1", "AROA1")
		wantFound(h, "last use", last, err, useText, "1 AROA1 sts Get")
		last, err = r.LastRoleUse("1", "AROA3")
		wantFound(h, "no use", last, err, useText, "")
		return nil
	})
	h.update(func(tx store.Tx) error {
		n, err := tx.SweepRoleUses(base().Add(time.Minute))
		h.wantEqual("swept", n, 4)
		return err
	})
	h.wantList("after the sweep", func(r store.Reader) ([]string, error) { return listed(useText)(r.ListRoleUsesOfAccount("1", "")) }, "1 AROA1 sts Get")
}

func testRoleUseIsNewest(h *harness) {
	late := use("1 AROA1 sso List", time.Hour)
	late.Region = "us-east-1"
	at := h.store.Revision()
	h.record(use("1 AROA1 sso List", 0))
	h.record(late, use("1 AROA1 sso List", time.Minute))
	h.view(func(r store.Reader) error {
		last, err := r.LastRoleUse("1", "AROA1")
		h.wantEqual("last use", last, &late)
		return err
	})
	if now := h.store.Revision(); now != at {
		h.Errorf("revision %d after %d: nothing depends on what a role was used for", now, at)
	}
}
