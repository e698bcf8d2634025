package storetest

import (
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func assignmentCases() []testCase {
	return append(versionedRow[idc.Assignment]{
		noun: store.NounAssignment,
		make: func(id string) *idc.Assignment {
			return with(Filled[idc.Assignment](id), func(a *idc.Assignment) { a.ID = id })
		},
		edit:    func(a *idc.Assignment) { a.Validity, a.Scope.Exclude = idc.Validity{}, nil },
		id:      func(a *idc.Assignment) string { return a.ID },
		put:     func(tx store.Tx, a *idc.Assignment) error { return tx.PutAssignment(a) },
		get:     func(r store.Reader, id string) (*idc.Assignment, error) { return r.Assignment(id) },
		remove:  func(tx store.Tx, id string) error { return tx.DeleteAssignment(id) },
		version: func(a *idc.Assignment) *idc.Version { return &a.Version },
		list:    func(r store.Reader, p store.Page) ([]*idc.Assignment, error) { return r.ListAssignments(p) },
	}.cases(),
		testCase{"one per permission set, principal and scope", testAssignmentUnique},
		testCase{"lists", testAssignmentLists},
		testCase{"those that end", testAssignmentsEnding},
	)
}

func assignmentID(a *idc.Assignment) string { return a.ID }

func account(id string, exclude ...string) idc.Scope {
	return idc.Scope{Kind: idc.ScopeAccount, AccountID: id, Exclude: exclude}
}

func assignment(id, permissionSet, principal string, scope idc.Scope) *idc.Assignment {
	return &idc.Assignment{ID: id, PermissionSetID: permissionSet, PrincipalType: idc.PrincipalUser, PrincipalID: principal, Scope: scope}
}

func testAssignmentUnique(h *harness) {
	long := strings.Repeat("team=core or ", 400)
	scopes := []idc.Scope{
		account("111111111111"), account("222222222222"),
		{Kind: idc.ScopeOU, OUID: "ou-1"}, {Kind: idc.ScopeOU, OUID: "ou-1", Direct: true}, {Kind: idc.ScopeOU, OUID: "ou-2"},
		{Kind: idc.ScopeTag, Tag: "env=dev"}, {Kind: idc.ScopeTag, Tag: "env=prod"}, {Kind: idc.ScopeTag, Tag: long}, {Kind: idc.ScopeTag, Tag: long + "x"},
		{Kind: idc.ScopeAll}, {Kind: idc.ScopeAll, Exclude: []string{"1", "2"}}, {Kind: idc.ScopeAll, Exclude: []string{"12"}},
	}
	name := func(i int) string { return string(rune('a' + i)) }
	h.update(func(tx store.Tx) error {
		for i, scope := range scopes {
			if err := tx.PutAssignment(assignment(name(i), "ps-1", "u1", scope)); err != nil {
				return err
			}
		}
		return nil
	})
	for i, scope := range scopes {
		h.view(func(r store.Reader) error {
			a, err := r.FindAssignment("ps-1", idc.PrincipalUser, "u1", scope)
			wantFound(h, name(i), a, err, assignmentID, name(i))
			_, err = r.FindAssignment("ps-2", idc.PrincipalUser, "u1", scope)
			h.wantKind(err, idc.NotFound)
			_, err = r.FindAssignment("ps-1", idc.PrincipalGroup, "u1", scope)
			h.wantKind(err, idc.NotFound)
			return nil
		})
		h.wantConflict(h.try(func(tx store.Tx) error { return tx.PutAssignment(assignment("other", "ps-1", "u1", scope)) }), "Assignment")
	}
	h.wantConflict(h.try(func(tx store.Tx) error {
		return tx.PutAssignment(assignment("other", "ps-1", "u1", idc.Scope{Kind: idc.ScopeAll, Exclude: []string{"2", "1"}}))
	}), "Assignment")
}

func testAssignmentLists(h *harness) {
	group := assignment("a4", "ps-2", "p1", account("111111111111"))
	group.PrincipalType = idc.PrincipalGroup
	h.update(func(tx store.Tx) error {
		return all(tx.PutAssignment(assignment("a3", "ps-1", "p1", account("111111111111"))), tx.PutAssignment(assignment("a2", "ps-1", "p2", account("222222222222"))),
			tx.PutAssignment(assignment("a1", "ps-2", "p1", idc.Scope{Kind: idc.ScopeAll})), tx.PutAssignment(group))
	})
	old := assignment("a5", "ps-1", "p1", account("333333333333"))
	h.update(func(tx store.Tx) error { return tx.PutAssignment(old) })
	h.update(func(tx store.Tx) error { return tx.DeleteAssignment("a5") })

	of := func(list func(store.Reader) ([]*idc.Assignment, error)) func(store.Reader) ([]string, error) {
		return func(r store.Reader) ([]string, error) { return listed(assignmentID)(list(r)) }
	}
	ofUser := of(func(r store.Reader) ([]*idc.Assignment, error) {
		return r.ListAssignmentsOfPrincipal(idc.PrincipalUser, "p1", store.Page{})
	})
	ofSet := of(func(r store.Reader) ([]*idc.Assignment, error) {
		return r.ListAssignmentsOfPermissionSet("ps-1", store.Page{})
	})
	naming := func(id string) func(store.Reader) ([]string, error) {
		return of(func(r store.Reader) ([]*idc.Assignment, error) { return r.ListAssignmentsNaming(id, "") })
	}
	then := func(list func(store.Reader) ([]string, error)) func(store.Reader) ([]string, error) {
		return func(r store.Reader) ([]string, error) { return list(r.At(old.Version.RecordedAt)) }
	}
	h.wantList("of a user", ofUser, "a1", "a3")
	h.wantList("of a user, then", then(ofUser), "a1", "a3", "a5")
	h.wantList("of a permission set", ofSet, "a2", "a3")
	h.wantList("of a permission set, then", then(ofSet), "a2", "a3", "a5")
	h.wantList("naming an account", naming("111111111111"), "a1", "a3", "a4")
	h.wantList("naming an account, of a permission set", of(func(r store.Reader) ([]*idc.Assignment, error) {
		return r.ListAssignmentsNaming("111111111111", "ps-2")
	}), "a1", "a4")
	h.wantList("of a permission set, page", of(func(r store.Reader) ([]*idc.Assignment, error) {
		return r.ListAssignmentsOfPermissionSet("ps-1", store.Page{After: "a2", Limit: 1})
	}), "a3")
	h.wantList("of a user, page", of(func(r store.Reader) ([]*idc.Assignment, error) {
		return r.ListAssignmentsOfPrincipal(idc.PrincipalUser, "p1", store.Page{Limit: 1})
	}), "a1")
	h.wantList("naming an account without assignments", naming("333333333333"), "a1")
	h.wantList("naming that account, then", then(naming("333333333333")), "a1", "a5")
}

func testAssignmentsEnding(h *harness) {
	ending := func(id string, ends time.Time) *idc.Assignment {
		return with(assignment(id, id, "u1", account("1")), func(a *idc.Assignment) { a.Validity.EndsAt = ends })
	}
	h.update(func(tx store.Tx) error {
		return all(tx.PutAssignment(ending("a1", base().Add(time.Hour))), tx.PutAssignment(ending("a2", base())), tx.PutAssignment(ending("a3", time.Time{})),
			tx.PutAssignment(ending("a4", base())), tx.DeleteAssignment("a4"))
	})
	for limit, want := range map[int][]string{0: {"a2", "a1"}, 1: {"a2"}} {
		h.wantList("ending", func(r store.Reader) ([]string, error) {
			return listed(assignmentID)(r.ListAssignmentsEnding(base().Add(time.Hour), limit))
		}, want...)
	}
	h.wantList("ending, a little before", func(r store.Reader) ([]string, error) {
		return listed(assignmentID)(r.ListAssignmentsEnding(base().Add(time.Hour-time.Microsecond), 0))
	}, "a2")
}
