package storetest

import (
	"fmt"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func applicationCases() []testCase {
	cases := versionedRow[idc.Application]{
		noun: store.NounApplication,
		make: func(id string) *idc.Application {
			return with(Filled[idc.Application](id), func(a *idc.Application) { a.ID, a.InstanceID = id, "ssoins-1" })
		},
		edit: func(a *idc.Application) {
			a.Grants, a.ActorPolicy, a.AssignmentRequired = idc.ApplicationGrants{RefreshToken: true}, "{ \"a\": 1 }\n", false
		},
		id:      applicationID,
		put:     func(tx store.Tx, a *idc.Application) error { return tx.PutApplication(a) },
		get:     func(r store.Reader, id string) (*idc.Application, error) { return r.Application(id) },
		remove:  func(tx store.Tx, id string) error { return tx.DeleteApplication(id) },
		version: func(a *idc.Application) *idc.Version { return &a.Version },
		list: func(r store.Reader, p store.Page) ([]*idc.Application, error) {
			return r.ListApplications(store.ApplicationFilter{InstanceID: "ssoins-1"}, p)
		},
	}.cases()
	cases = append(cases, versionedRow[idc.ApplicationAssignment]{
		noun: store.NounApplicationAssignment,
		make: func(id string) *idc.ApplicationAssignment {
			return with(Filled[idc.ApplicationAssignment](id), func(a *idc.ApplicationAssignment) {
				a.ApplicationID, a.PrincipalType, a.PrincipalID = "apl-1", idc.PrincipalUser, id
			})
		},
		edit: func(a *idc.ApplicationAssignment) { a.Validity = idc.Validity{} },
		id:   (*idc.ApplicationAssignment).ID,
		put:  func(tx store.Tx, a *idc.ApplicationAssignment) error { return tx.PutApplicationAssignment(a) },
		get: func(r store.Reader, id string) (*idc.ApplicationAssignment, error) {
			application, principal := parts(id)
			return r.ApplicationAssignment(application, idc.PrincipalUser, principal)
		},
		remove: func(tx store.Tx, id string) error {
			application, principal := parts(id)
			return tx.DeleteApplicationAssignment(application, idc.PrincipalUser, principal)
		},
		version: func(a *idc.ApplicationAssignment) *idc.Version { return &a.Version },
	}.cases()...)
	cases = append(cases, versionedRow[idc.TrustedTokenIssuer]{
		noun: store.NounTrustedTokenIssuer,
		make: func(id string) *idc.TrustedTokenIssuer {
			return with(Filled[idc.TrustedTokenIssuer](id), func(i *idc.TrustedTokenIssuer) { i.ID, i.InstanceID = id, "ssoins-1" })
		},
		edit:    func(i *idc.TrustedTokenIssuer) { i.Name, i.Tags = "edited", nil },
		id:      func(i *idc.TrustedTokenIssuer) string { return i.ID },
		put:     func(tx store.Tx, i *idc.TrustedTokenIssuer) error { return tx.PutTrustedTokenIssuer(i) },
		get:     func(r store.Reader, id string) (*idc.TrustedTokenIssuer, error) { return r.TrustedTokenIssuer(id) },
		remove:  func(tx store.Tx, id string) error { return tx.DeleteTrustedTokenIssuer(id) },
		version: func(i *idc.TrustedTokenIssuer) *idc.Version { return &i.Version },
		list: func(r store.Reader, p store.Page) ([]*idc.TrustedTokenIssuer, error) {
			return r.ListTrustedTokenIssuers("ssoins-1", p)
		},
	}.cases()...)
	return append(cases,
		testCase{"filters", testApplicationFilters},
		testCase{"assignments", testApplicationAssignments},
		testCase{"assignments that end", testApplicationAssignmentsEnding},
		testCase{"issuers of an instance", testTrustedTokenIssuers},
	)
}

// parts returns the first and the last part of a composite id.
func parts(id string) (first, last string) {
	return id[:strings.IndexByte(id, '/')], id[strings.LastIndexByte(id, '/')+1:]
}

func applicationID(a *idc.Application) string { return a.ID }

func testApplicationFilters(h *harness) {
	h.update(func(tx store.Tx) error {
		for i, a := range []idc.Application{
			{InstanceID: "i1", OwnerAccountID: "1", ProviderARN: "oauth"}, {InstanceID: "i1", OwnerAccountID: "2", ProviderARN: "saml"},
			{InstanceID: "i2", OwnerAccountID: "1", ProviderARN: "oauth"}, {InstanceID: "i1", OwnerAccountID: "2", ProviderARN: "oauth"},
			{InstanceID: "i1", OwnerAccountID: "1", ProviderARN: "oauth"},
		} {
			a.ID = fmt.Sprint("apl-", i)
			if err := tx.PutApplication(&a); err != nil {
				return err
			}
		}
		return tx.DeleteApplication("apl-4")
	})
	for f, want := range map[store.ApplicationFilter]string{
		{InstanceID: "i1"}: "apl-0 apl-1 apl-3", {InstanceID: "i2"}: "apl-2", {InstanceID: "i1", OwnerAccountID: "2"}: "apl-1 apl-3",
		{InstanceID: "i1", ProviderARN: "oauth"}: "apl-0 apl-3", {InstanceID: "i1", OwnerAccountID: "2", ProviderARN: "oauth"}: "apl-3",
		{}: "",
	} {
		h.wantList(fmt.Sprintf("%+v", f), func(r store.Reader) ([]string, error) {
			return listed(applicationID)(r.ListApplications(f, store.Page{}))
		}, strings.Fields(want)...)
	}
	h.wantList("page", func(r store.Reader) ([]string, error) {
		return listed(applicationID)(r.ListApplications(store.ApplicationFilter{InstanceID: "i1", ProviderARN: "oauth"}, store.Page{After: "apl-0", Limit: 1}))
	}, "apl-3")
	h.view(func(r store.Reader) error {
		n, err := r.CountApplications("i1")
		h.wantEqual("applications", n, 3)
		return err
	})
}

func applicationAssignment(application string, pt idc.PrincipalType, principal string, ends time.Time) *idc.ApplicationAssignment {
	return &idc.ApplicationAssignment{ApplicationID: application, PrincipalType: pt, PrincipalID: principal, Validity: idc.Validity{EndsAt: ends}}
}

func testApplicationAssignments(h *harness) {
	never := time.Time{}
	h.update(func(tx store.Tx) error {
		return all(tx.PutApplicationAssignment(applicationAssignment("a2", idc.PrincipalUser, "p1", never)),
			tx.PutApplicationAssignment(applicationAssignment("a1", idc.PrincipalUser, "p1", never)),
			tx.PutApplicationAssignment(applicationAssignment("a1", idc.PrincipalGroup, "p1", never)),
			tx.PutApplicationAssignment(applicationAssignment("a1", idc.PrincipalGroup, "p2", never)))
	})
	of := func(list func(r store.Reader, p store.Page) ([]*idc.ApplicationAssignment, error), p store.Page) func(store.Reader) ([]string, error) {
		return func(r store.Reader) ([]string, error) {
			return listed((*idc.ApplicationAssignment).ID)(list(r, p))
		}
	}
	ofA1 := func(r store.Reader, p store.Page) ([]*idc.ApplicationAssignment, error) {
		return r.ListApplicationAssignments("a1", p)
	}
	h.wantList("of a1", of(ofA1, store.Page{}), "a1/GROUP/p1", "a1/GROUP/p2", "a1/USER/p1")
	h.wantList("of a1, page", of(ofA1, store.Page{After: "a1/GROUP/p1", Limit: 1}), "a1/GROUP/p2")
	h.wantList("of user p1", of(func(r store.Reader, p store.Page) ([]*idc.ApplicationAssignment, error) {
		return r.ListApplicationAssignmentsOfPrincipal(idc.PrincipalUser, "p1", p)
	}, store.Page{}), "a1/USER/p1", "a2/USER/p1")
	h.view(func(r store.Reader) error {
		n, err := r.CountApplicationAssignments("a1", idc.PrincipalGroup)
		h.wantEqual("groups of a1", n, 2)
		return err
	})
}

func testApplicationAssignmentsEnding(h *harness) {
	h.update(func(tx store.Tx) error {
		return all(tx.PutApplicationAssignment(applicationAssignment("a1", idc.PrincipalUser, "p1", base().Add(time.Hour))),
			tx.PutApplicationAssignment(applicationAssignment("a1", idc.PrincipalUser, "p2", base())),
			tx.PutApplicationAssignment(applicationAssignment("a1", idc.PrincipalUser, "p3", time.Time{})))
	})
	ending := func(t time.Time, limit int) func(r store.Reader) ([]string, error) {
		return func(r store.Reader) ([]string, error) {
			return listed((*idc.ApplicationAssignment).ID)(r.ListApplicationAssignmentsEnding(t, limit))
		}
	}
	h.wantList("ending", ending(base().Add(time.Hour), 0), "a1/USER/p2", "a1/USER/p1")
	h.wantList("ending, limited", ending(base().Add(time.Hour), 1), "a1/USER/p2")
	h.wantList("ended", ending(base(), 0), "a1/USER/p2")
}

func testTrustedTokenIssuers(h *harness) {
	h.update(func(tx store.Tx) error {
		return all(tx.PutTrustedTokenIssuer(&idc.TrustedTokenIssuer{ID: "tti-2", InstanceID: "i1"}), tx.PutTrustedTokenIssuer(&idc.TrustedTokenIssuer{ID: "tti-1", InstanceID: "i1"}),
			tx.PutTrustedTokenIssuer(&idc.TrustedTokenIssuer{ID: "tti-3", InstanceID: "i2"}))
	})
	h.wantList("of i1", func(r store.Reader) ([]string, error) {
		return listed(func(i *idc.TrustedTokenIssuer) string { return i.ID })(r.ListTrustedTokenIssuers("i1", store.Page{}))
	}, "tti-1", "tti-2")
}
