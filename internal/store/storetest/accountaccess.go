package storetest

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func accountAccessCases() []testCase {
	cases := versionedRow[idc.AccountAccessApplication]{
		noun: store.NounAccountAccess,
		make: func(id string) *idc.AccountAccessApplication {
			return with(Filled[idc.AccountAccessApplication](id), func(a *idc.AccountAccessApplication) { a.ID = id })
		},
		edit: func(a *idc.AccountAccessApplication) { a.Name, a.Tags = "edited", nil },
		id:   accountAccessID,
		put:  func(tx store.Tx, a *idc.AccountAccessApplication) error { return tx.PutAccountAccessApplication(a) },
		get: func(r store.Reader, id string) (*idc.AccountAccessApplication, error) {
			return r.AccountAccessApplication(id)
		},
		remove:  func(tx store.Tx, id string) error { return tx.DeleteAccountAccessApplication(id) },
		version: func(a *idc.AccountAccessApplication) *idc.Version { return &a.Version },
		list: func(r store.Reader, p store.Page) ([]*idc.AccountAccessApplication, error) {
			return r.ListAccountAccessApplications("", p)
		},
	}.cases()
	cases = append(cases, versionedRow[idc.Entitlement]{
		noun: store.NounEntitlement,
		make: func(id string) *idc.Entitlement {
			return with(Filled[idc.Entitlement](id), func(e *idc.Entitlement) { e.ID, e.ApplicationID = id, "app" })
		},
		edit:    func(e *idc.Entitlement) { e.Validity = idc.Validity{} },
		id:      entitlementID,
		put:     func(tx store.Tx, e *idc.Entitlement) error { return tx.PutEntitlement(e) },
		get:     func(r store.Reader, id string) (*idc.Entitlement, error) { return r.Entitlement(id) },
		remove:  func(tx store.Tx, id string) error { return tx.DeleteEntitlement(id) },
		version: func(e *idc.Entitlement) *idc.Version { return &e.Version },
		list:    func(r store.Reader, p store.Page) ([]*idc.Entitlement, error) { return r.ListEntitlements("app", p) },
	}.cases()...)
	return append(cases, testCase{"one application for an instance", testAccountAccess}, testCase{"entitlements", testEntitlements})
}

func accountAccessID(a *idc.AccountAccessApplication) string { return a.ID }

func entitlementID(e *idc.Entitlement) string { return e.ID }

func testAccountAccess(h *harness) {
	application := func(id, instance string) *idc.AccountAccessApplication {
		return &idc.AccountAccessApplication{ID: id, InstanceID: instance}
	}
	h.update(func(tx store.Tx) error {
		return all(tx.PutAccountAccessApplication(application("b", "i1")), tx.PutAccountAccessApplication(application("a", "i2")))
	})
	h.wantConflict(h.try(func(tx store.Tx) error { return tx.PutAccountAccessApplication(application("c", "i1")) }), "AccountAccessApplication")
	h.wantList("of i1", func(r store.Reader) ([]string, error) {
		return listed(accountAccessID)(r.ListAccountAccessApplications("i1", store.Page{}))
	}, "b")
}

func testEntitlements(h *harness) {
	entitlement := func(id string, pt idc.PrincipalType, principal, role string, ends time.Time) *idc.Entitlement {
		return &idc.Entitlement{ID: id, ApplicationID: "app", PrincipalType: pt, PrincipalID: principal, RoleARN: role, Validity: idc.Validity{EndsAt: ends}}
	}
	never := time.Time{}
	h.update(func(tx store.Tx) error {
		return all(tx.PutEntitlement(entitlement("e3", idc.PrincipalUser, "p1", "arn:x", never)), tx.PutEntitlement(entitlement("e1", idc.PrincipalUser, "p1", "arn:y", base())),
			tx.PutEntitlement(entitlement("e2", idc.PrincipalGroup, "p1", "arn:x", never)), tx.PutEntitlement(entitlement("e4", idc.PrincipalUser, "p2", "arn:x", base().Add(time.Hour))))
	})
	h.wantConflict(h.try(func(tx store.Tx) error {
		return tx.PutEntitlement(entitlement("e5", idc.PrincipalUser, "p1", "arn:x", base()))
	}), "Entitlement")
	ids := listed(entitlementID)
	h.wantList("of the application, page", func(r store.Reader) ([]string, error) {
		return ids(r.ListEntitlements("app", store.Page{After: "e1", Limit: 2}))
	}, "e2", "e3")
	h.wantList("of a user", func(r store.Reader) ([]string, error) {
		return ids(r.ListEntitlementsOfPrincipal(idc.PrincipalUser, "p1", store.Page{}))
	}, "e1", "e3")
	h.wantList("of a role", func(r store.Reader) ([]string, error) { return ids(r.ListEntitlementsOfRole("arn:x", store.Page{})) }, "e2", "e3", "e4")
	h.wantList("ending", func(r store.Reader) ([]string, error) { return ids(r.ListEntitlementsEnding(base().Add(time.Hour), 0)) }, "e1", "e4")
	h.wantList("ending, limited", func(r store.Reader) ([]string, error) { return ids(r.ListEntitlementsEnding(base().Add(time.Hour), 1)) }, "e1")
}
