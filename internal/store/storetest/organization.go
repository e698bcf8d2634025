package storetest

import (
	"fmt"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func organizationCases() []testCase {
	cases := versionedRow[idc.Organization]{
		noun: store.NounOrganization,
		make: func(id string) *idc.Organization {
			return with(Filled[idc.Organization](id), func(o *idc.Organization) { o.ID = id })
		},
		edit: func(o *idc.Organization) { o.PolicyTypes, o.RootTags = o.PolicyTypes[1:], nil },
		id:   func(o *idc.Organization) string { return o.ID },
		put:  func(tx store.Tx, o *idc.Organization) error { return tx.PutOrganization(o) },
		get: func(r store.Reader, id string) (*idc.Organization, error) {
			return sameID(r.Organization())(id, organizationID)
		},
		remove:  func(tx store.Tx, id string) error { return tx.DeleteOrganization(id) },
		version: func(o *idc.Organization) *idc.Version { return &o.Version },
		one:     true,
	}.cases()
	cases = append(cases, versionedRow[idc.OrganizationResourcePolicy]{
		noun: store.NounResourcePolicy,
		make: func(id string) *idc.OrganizationResourcePolicy {
			return with(Filled[idc.OrganizationResourcePolicy](id), func(p *idc.OrganizationResourcePolicy) { p.ID = id })
		},
		edit: func(p *idc.OrganizationResourcePolicy) { p.Content, p.Tags = "{ \"a\":  \"<&>\" }\n", nil },
		id:   resourcePolicyID,
		put: func(tx store.Tx, p *idc.OrganizationResourcePolicy) error {
			return tx.PutOrganizationResourcePolicy(p)
		},
		get: func(r store.Reader, id string) (*idc.OrganizationResourcePolicy, error) {
			return sameID(r.OrganizationResourcePolicy())(id, resourcePolicyID)
		},
		remove:  func(tx store.Tx, id string) error { return tx.DeleteOrganizationResourcePolicy(id) },
		version: func(p *idc.OrganizationResourcePolicy) *idc.Version { return &p.Version },
		one:     true,
	}.cases()...)
	cases = append(cases, versionedRow[idc.DelegatedAdministrator]{
		noun: store.NounDelegation,
		make: func(id string) *idc.DelegatedAdministrator {
			return with(Filled[idc.DelegatedAdministrator](id), func(d *idc.DelegatedAdministrator) { d.AccountID, d.ServicePrincipal = "1", id })
		},
		edit: func(d *idc.DelegatedAdministrator) { d.EnabledAt = base() },
		id:   (*idc.DelegatedAdministrator).ID,
		put:  func(tx store.Tx, d *idc.DelegatedAdministrator) error { return tx.PutDelegatedAdministrator(d) },
		get: func(r store.Reader, id string) (*idc.DelegatedAdministrator, error) {
			return r.DelegatedAdministrator(parts(id))
		},
		remove:  func(tx store.Tx, id string) error { return tx.DeleteDelegatedAdministrator(parts(id)) },
		version: func(d *idc.DelegatedAdministrator) *idc.Version { return &d.Version },
	}.cases()...)
	cases = append(cases, versionedRow[idc.ServiceAccess]{
		noun: store.NounServiceAccess,
		make: func(id string) *idc.ServiceAccess {
			return &idc.ServiceAccess{ServicePrincipal: id, EnabledAt: base().Add(time.Hour)}
		},
		edit:    func(a *idc.ServiceAccess) { a.EnabledAt = base() },
		id:      func(a *idc.ServiceAccess) string { return a.ServicePrincipal },
		put:     func(tx store.Tx, a *idc.ServiceAccess) error { return tx.PutServiceAccess(a) },
		get:     func(r store.Reader, id string) (*idc.ServiceAccess, error) { return r.ServiceAccess(id) },
		remove:  func(tx store.Tx, id string) error { return tx.DeleteServiceAccess(id) },
		version: func(a *idc.ServiceAccess) *idc.Version { return &a.Version },
		list:    func(r store.Reader, p store.Page) ([]*idc.ServiceAccess, error) { return r.ListServiceAccess(p) },
	}.cases()...)
	cases = append(cases, plainRow[idc.Handshake]{
		noun: store.NounHandshake, event: "h-1",
		make: func() *idc.Handshake {
			return with(Filled[idc.Handshake]("h"), func(o *idc.Handshake) {
				o.ID = "h-1"
				o.Resources[0].Resources = []idc.HandshakeResource{{Type: "MASTER_EMAIL", Value: "a@example.com"}}
			})
		},
		edit: func(o *idc.Handshake) { o.State, o.EndedAt, o.Parties = idc.HandshakeAccepted, base(), nil },
		put:  func(tx store.Tx, o *idc.Handshake) error { return tx.PutHandshake(o) },
		get:  func(r store.Reader) (*idc.Handshake, error) { return r.Handshake("h-1") },
	}.cases()...)
	return append(cases,
		testCase{"there is one organization and one resource policy", testOneOrganization},
		testCase{"delegated administrators", testDelegations},
		testCase{"handshakes", testHandshakes},
	)
}

func organizationID(o *idc.Organization) string { return o.ID }

func resourcePolicyID(p *idc.OrganizationResourcePolicy) string { return p.ID }

// sameID turns reading the only row into reading the row with an id.
func sameID[T any](row *T, err error) func(id string, key func(*T) string) (*T, error) {
	return func(id string, key func(*T) string) (*T, error) {
		if err == nil && key(row) != id {
			return nil, idc.NotFoundf("", id, "the only row is %s", key(row))
		}
		return row, err
	}
}

func testOneOrganization(h *harness) {
	h.update(func(tx store.Tx) error {
		return all(tx.PutOrganization(&idc.Organization{ID: "o-1"}), tx.PutOrganizationResourcePolicy(&idc.OrganizationResourcePolicy{ID: "rp-1"}))
	})
	h.wantConflict(h.try(func(tx store.Tx) error { return tx.PutOrganization(&idc.Organization{ID: "o-2"}) }), "Organization")
	h.wantConflict(h.try(func(tx store.Tx) error {
		return tx.PutOrganizationResourcePolicy(&idc.OrganizationResourcePolicy{ID: "rp-2"})
	}), "OrganizationResourcePolicy")
	h.update(func(tx store.Tx) error {
		return all(tx.DeleteOrganization("o-1"), tx.PutOrganization(&idc.Organization{ID: "o-2"}))
	})
	h.view(func(r store.Reader) error {
		o, err := r.Organization()
		wantFound(h, "the second", o, err, organizationID, "o-2")
		return nil
	})
}

func testDelegations(h *harness) {
	h.update(func(tx store.Tx) error {
		for _, id := range strings.Fields("2/iam 1/sso 2/sso 1/config 3/sso") {
			account, service := parts(id)
			if err := tx.PutDelegatedAdministrator(&idc.DelegatedAdministrator{AccountID: account, ServicePrincipal: service, EnabledAt: base()}); err != nil {
				return err
			}
		}
		return tx.DeleteDelegatedAdministrator("3", "sso")
	})
	ids := listed((*idc.DelegatedAdministrator).ID)
	h.wantList("all", func(r store.Reader) ([]string, error) { return ids(r.ListDelegatedAdministrators("", store.Page{})) },
		"1/config", "1/sso", "2/iam", "2/sso")
	h.wantList("of sso", func(r store.Reader) ([]string, error) { return ids(r.ListDelegatedAdministrators("sso", store.Page{})) }, "1/sso", "2/sso")
	h.wantList("of sso, page", func(r store.Reader) ([]string, error) {
		return ids(r.ListDelegatedAdministrators("sso", store.Page{After: "1/sso", Limit: 5}))
	}, "2/sso")
	h.wantList("of 2", func(r store.Reader) ([]string, error) { return ids(r.ListDelegationsOfAccount("2", store.Page{})) }, "2/iam", "2/sso")
}

func testHandshakes(h *harness) {
	put := func(id, account, parent string, action idc.HandshakeAction, ended, expires time.Duration) {
		o := &idc.Handshake{ID: id, AccountID: account, ParentID: parent, Action: action, ExpiresAt: base().Add(expires)}
		if ended != 0 {
			o.EndedAt = base().Add(ended)
		}
		h.update(func(tx store.Tx) error { return tx.PutHandshake(o) })
	}
	put("h-3", "1", "", idc.HandshakeInvite, -time.Hour, time.Hour)
	put("h-1", "1", "h-0", idc.HandshakeApproveAllFeatures, 0, time.Hour)
	put("h-2", "2", "", idc.HandshakeInvite, 0, -time.Minute)
	id := func(o *idc.Handshake) string { return o.ID }
	for f, want := range map[store.HandshakeFilter]string{
		{}: "h-1 h-2 h-3", {AccountID: "1"}: "h-1 h-3", {Action: idc.HandshakeInvite}: "h-2 h-3", {ParentID: "h-0"}: "h-1",
		{AccountID: "1", Action: idc.HandshakeInvite}: "h-3",
	} {
		h.wantList(fmt.Sprintf("%+v", f), func(r store.Reader) ([]string, error) {
			return listed(id)(r.ListHandshakes(f, store.Page{}))
		}, strings.Fields(want)...)
	}
	h.wantList("page", func(r store.Reader) ([]string, error) {
		return listed(id)(r.ListHandshakes(store.HandshakeFilter{}, store.Page{After: "h-1", Limit: 1}))
	}, "h-2")
	h.update(func(tx store.Tx) error {
		n, err := tx.SweepHandshakes(base())
		h.wantEqual("swept", n, 2)
		return err
	})
	h.wantList("after the sweep", func(r store.Reader) ([]string, error) {
		return listed(id)(r.ListHandshakes(store.HandshakeFilter{}, store.Page{}))
	}, "h-1")
}
