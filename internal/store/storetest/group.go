package storetest

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func groupCases() []testCase {
	cases := versionedRow[idc.Group]{
		noun: store.NounGroup,
		make: func(id string) *idc.Group {
			return with(Filled[idc.Group](id), func(g *idc.Group) { g.ID, g.IdentityStoreID = id, storeID })
		},
		edit:    func(g *idc.Group) { g.Description, g.ExternalIDs = "", nil },
		id:      func(g *idc.Group) string { return g.ID },
		put:     func(tx store.Tx, g *idc.Group) error { return tx.PutGroup(g) },
		get:     func(r store.Reader, id string) (*idc.Group, error) { return r.Group(id) },
		remove:  func(tx store.Tx, id string) error { return tx.DeleteGroup(id) },
		version: func(g *idc.Group) *idc.Version { return &g.Version },
		list:    func(r store.Reader, p store.Page) ([]*idc.Group, error) { return r.ListGroups(storeID, p) },
	}.cases()
	cases = append(cases, versionedRow[idc.Membership]{
		noun: store.NounMembership,
		make: func(id string) *idc.Membership {
			return with(Filled[idc.Membership](id), func(m *idc.Membership) { m.ID, m.GroupID = id, "group" })
		},
		edit:    func(m *idc.Membership) { m.Validity = idc.Validity{} },
		id:      func(m *idc.Membership) string { return m.ID },
		put:     func(tx store.Tx, m *idc.Membership) error { return tx.PutMembership(m) },
		get:     func(r store.Reader, id string) (*idc.Membership, error) { return r.Membership(id) },
		remove:  func(tx store.Tx, id string) error { return tx.DeleteMembership(id) },
		version: func(m *idc.Membership) *idc.Version { return &m.Version },
		list: func(r store.Reader, p store.Page) ([]*idc.Membership, error) {
			return r.ListMembershipsOfGroup("group", p)
		},
	}.cases()...)
	cases = append(cases, plainRow[idc.Tombstone]{
		noun: store.NounTombstone, event: "u1",
		make: func() *idc.Tombstone { return tombstone("u1", "alice", 0) },
		edit: func(s *idc.Tombstone) { s.ExpiresAt = s.ExpiresAt.Add(time.Hour) },
		put:  func(tx store.Tx, s *idc.Tombstone) error { return tx.PutTombstone(s) },
		get: func(r store.Reader) (*idc.Tombstone, error) {
			return r.Tombstone(storeID, "user", "alice", "scim", base())
		},
		remove: func(tx store.Tx) error { return tx.DeleteTombstone("u1") },
	}.cases()...)
	return append(cases,
		testCase{"found by name and external id", testFindGroup},
		testCase{"unique", testGroupUnique},
		testCase{"identity stores are apart", testGroupStoresApart},
		testCase{"users and groups have external ids apart", testExternalIDsApart},
		testCase{"memberships of a group and of a user", testMemberships},
		testCase{"memberships that end", testMembershipsEnding},
		testCase{"tombstones", testTombstones},
	)
}

func groupID(g *idc.Group) string { return g.ID }

func testFindGroup(h *harness) {
	h.update(func(tx store.Tx) error {
		return all(tx.PutGroup(&idc.Group{IdentityStoreID: storeID, ID: "g1", DisplayName: "Admins", ExternalIDs: []idc.ExternalID{xid("okta", "1")}}),
			tx.PutGroup(&idc.Group{IdentityStoreID: storeID, ID: "g2", DisplayName: "admin"}))
	})
	h.view(func(r store.Reader) error {
		for name, id := range map[string]string{"ADMINS": "g1", "Admin": "g2", "adm": "", "admin_": "", "admin%": ""} {
			g, err := r.GroupByName(storeID, name)
			wantFound(h, name, g, err, groupID, id)
		}
		g, err := r.GroupByExternalID(storeID, "okta", "1")
		wantFound(h, "external id", g, err, groupID, "g1")
		return nil
	})
}

func testGroupUnique(h *harness) {
	h.update(func(tx store.Tx) error {
		return tx.PutGroup(&idc.Group{IdentityStoreID: storeID, ID: "g1", DisplayName: "Admins", ExternalIDs: []idc.ExternalID{xid("okta", "1")}})
	})
	h.wantConflict(h.try(func(tx store.Tx) error {
		return tx.PutGroup(&idc.Group{IdentityStoreID: storeID, ID: "g2", DisplayName: "ADMINS"})
	}), "GroupDisplayName")
	h.wantConflict(h.try(func(tx store.Tx) error {
		return tx.PutGroup(&idc.Group{IdentityStoreID: storeID, ID: "g2", DisplayName: "x", ExternalIDs: []idc.ExternalID{xid("okta", "1")}})
	}), "ExternalId")
}

func testGroupStoresApart(h *harness) {
	other := "d-2222222222"
	h.update(func(tx store.Tx) error {
		return all(tx.PutGroup(&idc.Group{IdentityStoreID: storeID, ID: "g1", DisplayName: "Admins", ExternalIDs: []idc.ExternalID{xid("okta", "1")}}),
			tx.PutGroup(&idc.Group{IdentityStoreID: other, ID: "g2", DisplayName: "ADMINS", ExternalIDs: []idc.ExternalID{xid("okta", "1")}}),
			tx.PutTombstone(with(tombstone("u1", "alice", time.Hour), func(s *idc.Tombstone) { s.IdentityStoreID = other })))
	})
	for in, want := range map[string]string{storeID: "g1", other: "g2"} {
		h.view(func(r store.Reader) error {
			g, err := r.GroupByName(in, "admins")
			wantFound(h, "by name in "+in, g, err, groupID, want)
			g, err = r.GroupByExternalID(in, "okta", "1")
			wantFound(h, "by external id in "+in, g, err, groupID, want)
			_, err = r.Tombstone(in, "user", "alice", "scim", base())
			if found := err == nil; found != (in == other) {
				h.Errorf("tombstone in %s: %v", in, err)
			}
			n, err := r.CountGroups(in)
			h.wantEqual("count in "+in, n, 1)
			return err
		})
		h.wantList("groups of "+in, func(r store.Reader) ([]string, error) { return listed(groupID)(r.ListGroups(in, store.Page{})) }, want)
	}
}

func testExternalIDsApart(h *harness) {
	h.update(func(tx store.Tx) error {
		return all(tx.PutGroup(&idc.Group{IdentityStoreID: storeID, ID: "same", DisplayName: "g", ExternalIDs: []idc.ExternalID{xid("okta", "1")}}),
			tx.PutUser(user("same", "u", "", xid("okta", "1"))))
	})
	h.update(func(tx store.Tx) error { return tx.DeleteGroup("same") })
	h.view(func(r store.Reader) error {
		u, err := r.UserByExternalID(storeID, "okta", "1")
		wantFound(h, "user", u, err, userID, "same")
		g, err := r.GroupByExternalID(storeID, "okta", "1")
		wantFound(h, "group", g, err, groupID, "")
		return nil
	})
}

func membership(id, group, user string, ends time.Time) *idc.Membership {
	return &idc.Membership{ID: id, GroupID: group, UserID: user, Validity: idc.Validity{EndsAt: ends}, Owner: idc.OwnerBuiltIn}
}

func membershipID(m *idc.Membership) string { return m.ID }

func testMemberships(h *harness) {
	never := time.Time{}
	h.update(func(tx store.Tx) error {
		return all(tx.PutMembership(membership("m3", "g1", "u1", never)), tx.PutMembership(membership("m1", "g1", "u2", never)),
			tx.PutMembership(membership("m2", "g2", "u1", never)))
	})
	h.wantConflict(h.try(func(tx store.Tx) error { return tx.PutMembership(membership("m9", "g1", "u1", never)) }), "Membership")
	h.wantList("of g1", func(r store.Reader) ([]string, error) {
		return listed(membershipID)(r.ListMembershipsOfGroup("g1", store.Page{}))
	}, "m1", "m3")
	h.wantList("of u1", func(r store.Reader) ([]string, error) {
		return listed(membershipID)(r.ListMembershipsOfUser("u1", store.Page{}))
	}, "m2", "m3")
	h.wantList("of u1, page", func(r store.Reader) ([]string, error) {
		return listed(membershipID)(r.ListMembershipsOfUser("u1", store.Page{After: "m2", Limit: 5}))
	}, "m3")
	h.view(func(r store.Reader) error {
		m, err := r.MembershipOf("g2", "u1")
		wantFound(h, "g2 u1", m, err, membershipID, "m2")
		m, err = r.MembershipOf("g2", "u2")
		wantFound(h, "g2 u2", m, err, membershipID, "")
		return nil
	})
	var before time.Time
	h.view(func(r store.Reader) error {
		m, err := r.Membership("m3")
		before = m.Version.RecordedAt
		return err
	})
	h.update(func(tx store.Tx) error { return tx.DeleteMembership("m3") })
	h.wantList("of u1 now", func(r store.Reader) ([]string, error) {
		return listed(membershipID)(r.ListMembershipsOfUser("u1", store.Page{}))
	}, "m2")
	h.wantList("of u1 before", func(r store.Reader) ([]string, error) {
		return listed(membershipID)(r.At(before).ListMembershipsOfUser("u1", store.Page{}))
	}, "m2", "m3")
}

func testMembershipsEnding(h *harness) {
	h.update(func(tx store.Tx) error {
		return all(tx.PutMembership(membership("m1", "g1", "u1", base().Add(2*time.Hour))), tx.PutMembership(membership("m2", "g1", "u2", base().Add(time.Hour))),
			tx.PutMembership(membership("m3", "g1", "u3", time.Time{})), tx.PutMembership(membership("m4", "g1", "u4", base())),
			tx.PutMembership(membership("m5", "g1", "u5", base())), tx.DeleteMembership("m5"))
	})
	h.wantList("ending", func(r store.Reader) ([]string, error) {
		return listed(membershipID)(r.ListMembershipsEnding(base().Add(2*time.Hour), 0))
	}, "m4", "m2", "m1")
	h.wantList("ending, limited", func(r store.Reader) ([]string, error) {
		return listed(membershipID)(r.ListMembershipsEnding(base().Add(90*time.Minute), 1))
	}, "m4")
}

func tombstone(id, name string, deleted time.Duration) *idc.Tombstone {
	return &idc.Tombstone{ID: id, IdentityStoreID: storeID, Noun: "user", Name: name, Owner: "scim", DeletedAt: base().Add(deleted), ExpiresAt: base().Add(24 * time.Hour)}
}

func testTombstones(h *harness) {
	h.update(func(tx store.Tx) error {
		other := tombstone("u3", "alice", 3*time.Hour)
		other.Owner = "ldap"
		return all(tx.PutTombstone(tombstone("u1", "alice", time.Hour)), tx.PutTombstone(tombstone("u2", "alice", 2*time.Hour)), tx.PutTombstone(other))
	})
	find := func(want string, now time.Time) {
		h.Helper()
		h.view(func(r store.Reader) error {
			s, err := r.Tombstone(storeID, "user", "alice", "scim", now)
			wantFound(h, "tombstone", s, err, func(s *idc.Tombstone) string { return s.ID }, want)
			return nil
		})
	}
	find("u2", base())
	find("", base().Add(24*time.Hour))
	h.update(func(tx store.Tx) error { return tx.DeleteTombstone("u2") })
	find("u1", base())
	h.update(func(tx store.Tx) error {
		n, err := tx.SweepTombstones(base().Add(24 * time.Hour))
		h.wantEqual("swept", n, 2)
		return err
	})
	find("", base())
}
