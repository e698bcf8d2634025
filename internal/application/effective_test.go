package application_test

import (
	"slices"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// names are those of the applications a user may use now.
func (w *world) names(userID string) (names []string) {
	w.T.Helper()
	w.View(func(r store.Reader) error {
		list, err := application.Effective(r, userID, w.Clock.Now())
		for _, a := range list {
			names = append(names, a.Name)
		}
		return err
	})
	return names
}

func TestEffectiveApplications(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	ana, staff := w.User("ana"), w.group(w.Instance.IdentityStoreID, "staff")
	direct, byGroup, open, off := w.application("Direct"), w.application("By group"), w.application("Open to all"), w.application("Off")
	w.application("Nobody's")
	soon := w.Clock.Now().Add(time.Hour)
	disabled := idc.Disabled
	for _, err := range []error{
		w.Assign(ctx, w.Change(), direct.ID, idc.PrincipalUser, ana.ID),
		w.Assign(ctx, w.Change(), byGroup.ID, idc.PrincipalGroup, staff.ID),
		w.Assign(ctx, w.Change(), off.ID, idc.PrincipalUser, ana.ID),
		w.RequireAssignment(ctx, w.Change(), open.ID, false),
		w.Service.Update(ctx, w.Change(), off.ID, application.Update{Status: &disabled}),
		w.World.Store.Update(ctx, w.Change(), func(tx store.Tx) error {
			return tx.PutMembership(&idc.Membership{ID: "m", GroupID: staff.ID, UserID: ana.ID, Owner: idc.OwnerBuiltIn, Validity: idc.Validity{EndsAt: soon}})
		}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := w.names(ana.ID); !slices.Equal(got, []string{"By group", "Direct", "Open to all"}) {
		t.Errorf("%v", got)
	}
	w.Clock.Advance(time.Hour)
	if got := w.names(ana.ID); !slices.Equal(got, []string{"Direct", "Open to all"}) {
		t.Errorf("after the membership: %v", got)
	}
	w.World.Update(func(tx store.Tx) error { // Direct goes to an account that leaves
		if err := tx.PutAccount(&idc.Account{ID: "333333333333", Name: "Left", State: idc.AccountActive, Target: "native"}); err != nil {
			return err
		}
		moved := *direct
		moved.OwnerAccountID = "333333333333"
		return tx.PutApplication(&moved)
	})
	if got := w.names(ana.ID); !slices.Equal(got, []string{"Open to all"}) {
		t.Errorf("after its account left: %v", got)
	}
	ana.Status = idc.UserDisabled
	w.World.Update(func(tx store.Tx) error { return tx.PutUser(ana) })
	if got := w.names(ana.ID); got != nil {
		t.Errorf("of a disabled person: %v", got)
	}
}

func TestEndRemovesAssignmentsThatHaveEnded(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	ana, eve, a := w.User("ana"), w.User("eve"), w.application("Query")
	if err := w.Assign(ctx, w.Change(), a.ID, idc.PrincipalUser, eve.ID); err != nil {
		t.Fatal(err)
	}
	w.World.Update(func(tx store.Tx) error {
		return tx.PutApplicationAssignment(&idc.ApplicationAssignment{ApplicationID: a.ID, PrincipalType: idc.PrincipalUser, PrincipalID: ana.ID,
			Validity: idc.Validity{EndsAt: w.Clock.Now().Add(time.Hour)}})
	})
	if n, err := w.End(ctx, w.Change()); n != 0 || err != nil || len(w.names(ana.ID)) != 1 {
		t.Errorf("before the end: %d, %v", n, err)
	}
	w.Clock.Advance(time.Hour)
	if got := w.names(ana.ID); got != nil {
		t.Errorf("at the end: %v", got)
	}
	if n, err := w.End(ctx, w.Change()); n != 1 || err != nil {
		t.Errorf("after the end: %d, %v", n, err)
	}
	if list, _, err := w.Assignments(ctx, a.ID, store.Page{}); err != nil || len(list) != 1 || list[0].PrincipalID != eve.ID {
		t.Errorf("left are %v, %v", list, err)
	}
}
