package application_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

func TestAssign(t *testing.T) {
	w := newWorld(t)
	a, ana := w.application("Wiki"), w.User("ana")
	must(t, w.Assign(t.Context(), w.Change(), a.ID, idc.PrincipalUser, ana.ID))
	wants(t, w.Assign(t.Context(), w.Change(), a.ID, idc.PrincipalUser, ana.ID), idc.Conflict, "already assigned")
	if got, err := w.Assignment(t.Context(), a.ID, idc.PrincipalUser, ana.ID); err != nil || got.PrincipalID != ana.ID {
		t.Errorf("assignment %+v, %v", got, err)
	}
	wants(t, w.Assign(t.Context(), w.Change(), a.ID, idc.PrincipalGroup, ana.ID), idc.NotFound, "Could not find GROUP with id "+ana.ID)
	wants(t, w.Assign(t.Context(), w.Change(), "apl-0000000000000000", idc.PrincipalUser, ana.ID), idc.NotFound, "Application")
	for range 2 { // what is not there is left as it is
		must(t, w.Withdraw(t.Context(), w.Change(), a.ID, idc.PrincipalUser, ana.ID))
	}
	_, err := w.Assignment(t.Context(), a.ID, idc.PrincipalUser, ana.ID)
	wants(t, err, idc.NotFound, ana.ID)
	wants(t, w.Withdraw(t.Context(), w.Change(), "apl-0000000000000000", idc.PrincipalUser, ana.ID), idc.NotFound, "Application")
}

// TestAssignAtOneTime: one of the calls makes the assignment, the others get the Conflict.
func TestAssignAtOneTime(t *testing.T) {
	w := newWorld(t)
	a, ana := w.application("Wiki"), w.User("ana")
	const tries = 8
	errs := make(chan error, tries)
	var wg sync.WaitGroup
	for range tries {
		wg.Go(func() { errs <- w.Assign(t.Context(), w.Change(), a.ID, idc.PrincipalUser, ana.ID) })
	}
	wg.Wait()
	close(errs)
	made := 0
	for err := range errs {
		if err == nil {
			made++
			continue
		}
		wants(t, err, idc.Conflict, "already assigned")
	}
	if made != 1 {
		t.Errorf("%d calls made the assignment", made)
	}
}

func TestPrincipalsOfAnotherStoreAreUnknown(t *testing.T) {
	w := newWorld(t)
	account := w.accountInstance(testidc.Member)
	d := w.definition("Theirs")
	d.InstanceID, d.OwnerAccountID = account.ID, testidc.Member
	theirs, ours := w.create(d), w.application("Ours")
	ana, their := w.User("ana"), w.group(account.IdentityStoreID, "their")
	wants(t, w.Assign(t.Context(), w.Change(), theirs.ID, idc.PrincipalUser, ana.ID), idc.NotFound, ana.ID)
	wants(t, w.Assign(t.Context(), w.Change(), ours.ID, idc.PrincipalGroup, their.ID), idc.NotFound, their.ID)
	must(t, w.Assign(t.Context(), w.Change(), theirs.ID, idc.PrincipalGroup, their.ID))
	_, _, err := w.ForPrincipal(t.Context(), w.Instance, idc.PrincipalGroup, their.ID, "", store.Page{})
	wants(t, err, idc.NotFound, their.ID)
}

// TestForPrincipalIncludesGroups: a user has what its groups have, in pages that are walked to the end.
func TestForPrincipalIncludesGroups(t *testing.T) {
	w := newWorld(t)
	ana, team := w.User("ana"), w.group(w.Instance.IdentityStoreID, "team")
	w.World.Update(func(tx store.Tx) error {
		return tx.PutMembership(&idc.Membership{ID: w.IDs.MembershipID(), GroupID: team.ID, UserID: ana.ID, Owner: idc.OwnerBuiltIn})
	})
	var want []string
	for i := range 5 {
		a := w.application(fmt.Sprint(i))
		must(t, w.Assign(t.Context(), w.Change(), a.ID, idc.PrincipalGroup, team.ID))
		want = append(want, a.ARN+" "+team.ID)
		if i == 0 {
			must(t, w.Assign(t.Context(), w.Change(), a.ID, idc.PrincipalUser, ana.ID))
			want = append(want, a.ARN+" "+ana.ID)
			only, _, err := w.ForPrincipal(t.Context(), w.Instance, idc.PrincipalUser, ana.ID, a.ID, store.Page{})
			if err != nil || len(only) != 2 {
				t.Errorf("of one application: %v, %v", only, err)
			}
		}
	}
	var got []string
	for after := ""; ; {
		rows, next, err := w.ForPrincipal(t.Context(), w.Instance, idc.PrincipalUser, ana.ID, "", store.Page{After: after, Limit: 2})
		must(t, err)
		for _, row := range rows {
			got = append(got, row.ApplicationARN+" "+row.PrincipalID)
		}
		if next == "" {
			break
		}
		after = next
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("assignments of the user:\n%v, want\n%v", got, want)
	}
	direct, _, err := w.ForPrincipal(t.Context(), w.Instance, idc.PrincipalGroup, team.ID, "", store.Page{})
	if err != nil || len(direct) != 5 {
		t.Errorf("of the group: %d, %v", len(direct), err)
	}
}

func TestAssignmentsPage(t *testing.T) {
	w := newWorld(t)
	a := w.application("Wiki")
	for i := range 5 {
		must(t, w.Assign(t.Context(), w.Change(), a.ID, idc.PrincipalUser, w.User(fmt.Sprint("user", i)).ID))
	}
	seen := map[string]bool{}
	for after := ""; ; {
		all, next, err := w.Assignments(t.Context(), a.ID, store.Page{After: after, Limit: 2})
		must(t, err)
		for _, one := range all {
			seen[one.PrincipalID] = true
		}
		if next == "" {
			break
		}
		after = next
	}
	if len(seen) != 5 {
		t.Errorf("saw %d assignments", len(seen))
	}
}

func TestUnassign(t *testing.T) {
	w := newWorld(t)
	a, b, ana, ben := w.application("A"), w.application("B"), w.User("ana"), w.User("ben")
	for _, u := range []*idc.User{ana, ben} {
		for _, one := range []*idc.Application{a, b} {
			must(t, w.Assign(t.Context(), w.Change(), one.ID, idc.PrincipalUser, u.ID))
		}
	}
	w.World.Update(func(tx store.Tx) error { return application.Unassign(tx, idc.PrincipalUser, ana.ID) })
	for _, one := range []*idc.Application{a, b} {
		all, _, err := w.Assignments(t.Context(), one.ID, store.Page{})
		if err != nil || len(all) != 1 || all[0].PrincipalID != ben.ID {
			t.Errorf("assignments of %s: %v, %v", one.Name, all, err)
		}
	}
}
