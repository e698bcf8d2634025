package storetest

import (
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func userCases() []testCase {
	return append(versionedRow[idc.User]{
		noun: store.NounUser,
		make: func(id string) *idc.User {
			return with(Filled[idc.User](id), func(u *idc.User) { u.ID, u.IdentityStoreID = id, storeID })
		},
		edit:    func(u *idc.User) { u.DisplayName, u.Phones, u.Extensions, u.ExternalIDs = "edited", nil, nil, nil },
		id:      func(u *idc.User) string { return u.ID },
		put:     func(tx store.Tx, u *idc.User) error { return tx.PutUser(u) },
		get:     func(r store.Reader, id string) (*idc.User, error) { return r.User(id) },
		remove:  func(tx store.Tx, id string) error { return tx.DeleteUser(id) },
		version: func(u *idc.User) *idc.Version { return &u.Version },
		list:    func(r store.Reader, p store.Page) ([]*idc.User, error) { return r.ListUsers(storeID, p) },
	}.cases(),
		testCase{"found by name, e-mail and external id", testFindUser},
		testCase{"unique", testUserUnique},
		testCase{"absent e-mail and external ids are not unique", testUserAbsent},
		testCase{"names are free again after a change or deletion", testUserReuse},
		testCase{"finding at an instant", testFindUserAt},
		testCase{"count", testCountUsers},
		testCase{"identity stores are apart", testStoresApart},
		testCase{"only primary addresses are unique", testSharedEmail},
		testCase{"a conflict in the closure's words", testReworded},
	)
}

// storeID is the identity store of most tests.
const storeID = "d-1111111111"

func user(id, name, email string, external ...idc.ExternalID) *idc.User {
	u := &idc.User{ID: id, IdentityStoreID: storeID, UserName: name, ExternalIDs: external, Status: idc.UserEnabled, Owner: idc.OwnerBuiltIn}
	if email != "" {
		u.Emails = []idc.Email{{Value: "other-" + email}, {Value: email, Primary: new(true)}}
	}
	return u
}

func xid(issuer, id string) idc.ExternalID { return idc.ExternalID{Issuer: issuer, ID: id} }

func (h *harness) putUsers(users ...*idc.User) {
	h.Helper()
	h.update(func(tx store.Tx) error {
		for _, u := range users {
			if err := tx.PutUser(u); err != nil {
				return err
			}
		}
		return nil
	})
}

// wantFound checks that a lookup finds the row with the id; "" for none.
func wantFound[T any](h *harness, what string, row *T, err error, key func(*T) string, id string) {
	h.Helper()
	switch {
	case id == "":
		if !idc.IsNotFound(err) {
			h.Errorf("%s: got %v, %v, want NotFound", what, row, err)
		}
	case err != nil:
		h.Errorf("%s: %v", what, err)
	case key(row) != id:
		h.Errorf("%s: got %s, want %s", what, key(row), id)
	}
}

func userID(u *idc.User) string { return u.ID }

func testFindUser(h *harness) {
	h.putUsers(
		user("u1", "Alice", "Alice@Example.com", xid("okta", "1"), xid("entra", "1")),
		user("u2", "bob", "bob@example.com", xid("okta", "2"), xid("entra", "9")),
		user("u3", "Åsa", "ÅSA@example.com", xid("okta", "9")))
	h.view(func(r store.Reader) error {
		for name, id := range map[string]string{"alice": "u1", "ALICE": "u1", "Bob": "u2", "åSA": "u3", "al": "", "%": "", "": ""} {
			u, err := r.UserByName(storeID, name)
			wantFound(h, "name "+name, u, err, userID, id)
		}
		for email, id := range map[string]string{"alice@example.COM": "u1", "åsa@example.com": "u3", "other-bob@example.com": "", "": ""} {
			u, err := r.UserByEmail(storeID, email)
			wantFound(h, "e-mail "+email, u, err, userID, id)
		}
		for x, id := range map[idc.ExternalID]string{xid("okta", "1"): "u1", xid("entra", "1"): "u1", xid("okta", "2"): "u2", xid("entra", "2"): "", xid("OKTA", "1"): ""} {
			u, err := r.UserByExternalID(storeID, x.Issuer, x.ID)
			wantFound(h, "external id "+x.Issuer+" "+x.ID, u, err, userID, id)
		}
		for x, id := range map[string]string{"1": "u1", "2": "u2", "9": "", "3": "", "": ""} {
			u, err := r.UserByAnyExternalID(storeID, x)
			wantFound(h, "external id "+x+" of anybody", u, err, userID, id)
		}
		return nil
	})
}

func testUserUnique(h *harness) {
	h.putUsers(user("u1", "Alice", "alice@example.com", xid("okta", "1")))
	for resource, u := range map[string]*idc.User{
		"UserName":   user("u2", "ALICE", "x@example.com"),
		"Email":      user("u2", "x", "Alice@Example.com"),
		"ExternalId": user("u2", "x", "x@example.com", xid("okta", "1")),
	} {
		h.wantConflict(h.try(func(tx store.Tx) error { return tx.PutUser(u) }), resource)
	}
	h.putUsers(user("u1", "alice", "ALICE@example.com", xid("okta", "1"))) // its own
	h.wantList("users", func(r store.Reader) ([]string, error) { return listed(userID)(r.ListUsers(storeID, store.Page{})) }, "u1")
}

func testSharedEmail(h *harness) {
	shared := func(id string, primary *bool) *idc.User {
		u := user(id, id, "")
		u.Emails = []idc.Email{{Value: "shared@example.com", Primary: primary}}
		return u
	}
	found := func(id string) {
		h.Helper()
		h.view(func(r store.Reader) error {
			u, err := r.UserByEmail(storeID, "SHARED@example.com")
			wantFound(h, "by e-mail", u, err, userID, id)
			return nil
		})
	}
	h.putUsers(shared("u1", nil))
	found("u1")
	h.putUsers(shared("u2", new(false)))
	found("") // whose it is nobody knows
	h.putUsers(shared("u3", new(true)))
	found("u3")
	h.wantConflict(h.try(func(tx store.Tx) error { return tx.PutUser(shared("u1", new(true))) }), "Email")
}

// testReworded: a service puts a conflict in its own words, and its caller reads those.
func testReworded(h *harness) {
	h.putUsers(user("u1", "Alice", ""))
	err := h.try(func(tx store.Tx) error {
		return idc.Errorf(idc.Conflict, "taken").Because(tx.PutUser(user("u2", "ALICE", "")))
	})
	h.wantKind(err, idc.Conflict)
	h.wantEqual("the message", idc.PublicMessage(err), "taken")
}

func testUserAbsent(h *harness) {
	h.putUsers(user("u1", "a", ""), user("u2", "b", ""), user("u3", "c", "", xid("one", "1")), user("u4", "d", "", xid("two", "1")))
}

func testUserReuse(h *harness) {
	h.putUsers(user("u1", "Alice", "alice@example.com", xid("okta", "1")))
	h.putUsers(user("u1", "alice2", "alice2@example.com", xid("okta", "9")), user("u2", "ALICE", "alice@example.com", xid("okta", "1")))
	h.update(func(tx store.Tx) error { return tx.DeleteUser("u2") })
	h.putUsers(user("u3", "alice", "alice@example.com", xid("okta", "1")))
	h.wantConflict(h.try(func(tx store.Tx) error { return tx.PutUser(user("u2", "ALICE", "")) }), "UserName")
}

func testFindUserAt(h *harness) {
	old := user("u1", "old", "old@example.com", xid("okta", "old"))
	h.putUsers(old)
	h.putUsers(user("u1", "new", "new@example.com", xid("okta", "new")))
	h.view(func(r store.Reader) error {
		for when, found := range map[string]struct {
			r        store.Reader
			old, new string
		}{
			"then": {r.At(old.Version.RecordedAt), "u1", ""},
			"now":  {r, "", "u1"},
		} {
			for name, id := range map[string]string{"old": found.old, "new": found.new} {
				u, err := found.r.UserByName(storeID, name)
				wantFound(h, when+" by name "+name, u, err, userID, id)
				u, err = found.r.UserByEmail(storeID, name+"@example.com")
				wantFound(h, when+" by e-mail "+name, u, err, userID, id)
				u, err = found.r.UserByExternalID(storeID, "okta", name)
				wantFound(h, when+" by external id "+name, u, err, userID, id)
			}
		}
		return nil
	})
}

func testStoresApart(h *harness) {
	other := "d-2222222222"
	h.putUsers(user("u1", "Alice", "alice@example.com", xid("okta", "1")),
		with(user("u2", "ALICE", "Alice@example.com", xid("okta", "1")), func(u *idc.User) { u.IdentityStoreID = other }))
	h.wantConflict(h.try(func(tx store.Tx) error {
		return tx.PutUser(with(user("u3", "alice", ""), func(u *idc.User) { u.IdentityStoreID = other }))
	}), "UserName")
	for in, want := range map[string]string{storeID: "u1", other: "u2", "d-3333333333": "", "": ""} {
		h.view(func(r store.Reader) error {
			u, err := r.UserByName(in, "alice")
			wantFound(h, "by name in "+in, u, err, userID, want)
			u, err = r.UserByEmail(in, "alice@example.com")
			wantFound(h, "by e-mail in "+in, u, err, userID, want)
			u, err = r.UserByEmail(in, "other-alice@example.com")
			wantFound(h, "by another e-mail in "+in, u, err, userID, "")
			u, err = r.UserByExternalID(in, "okta", "1")
			wantFound(h, "by external id in "+in, u, err, userID, want)
			n, err := r.CountUsers(in)
			h.wantEqual("count in "+in, n, len(want)/2)
			return err
		})
		h.wantList("users of "+in, func(r store.Reader) ([]string, error) { return listed(userID)(r.ListUsers(in, store.Page{})) }, strings.Fields(want)...)
	}
}

func testCountUsers(h *harness) {
	h.putUsers(user("u1", "a", ""), user("u2", "b", ""))
	h.putUsers(user("u2", "c", ""), user("u3", "d", ""))
	h.update(func(tx store.Tx) error { return tx.DeleteUser("u1") })
	h.view(func(r store.Reader) error {
		n, err := r.CountUsers(storeID)
		h.wantEqual("users", n, 2)
		return err
	})
}
