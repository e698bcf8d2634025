package directory_test

import (
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/directory"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// otherStore is the identity store of an account instance.
const otherStore = "d-2222222222"

func (w *world) putInstance(status idc.InstanceStatus) {
	w.t.Helper()
	err := w.Store.Update(w.t.Context(), idc.ChangeSet{}, func(tx store.Tx) error {
		return tx.PutInstance(&idc.Instance{ID: "ssoins-2222222222222222", Kind: idc.InstanceOfAccount, IdentityStoreID: otherStore,
			OwnerAccountID: "222222222222", Status: status})
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestIdentityStoresKnowNothingOfEachOther: every operation finds in its own store only.
func TestIdentityStoresKnowNothingOfEachOther(t *testing.T) {
	w := newWorld(t)
	w.putInstance(idc.InstanceActive)
	ctx := t.Context()
	ana, g := w.user("ana"), w.group("Admins")
	m := w.member(g, ana, idc.Validity{})
	theirs, err := w.CreateUser(ctx, w.change(), otherStore, draft("ANA"))
	if err != nil {
		t.Fatalf("the name is free in the other store: %v", err)
	}
	if _, err := w.CreateGroup(ctx, w.change(), otherStore, idc.Group{DisplayName: "admins"}); err != nil {
		t.Fatalf("the name is free in the other store: %v", err)
	}
	if theirs.IdentityStoreID != otherStore || ana.IdentityStoreID != storeID {
		t.Errorf("the stores are %s and %s", theirs.IdentityStoreID, ana.IdentityStoreID)
	}
	if u, err := w.FindUser(ctx, otherStore, directory.Alternate{Path: "userName", Value: "ana"}); err != nil || u.ID != theirs.ID {
		t.Errorf("by name in the other store: %v, %v", u, err)
	}
	if users, _, err := w.ListUsers(ctx, otherStore, "", store.Page{}); err != nil || len(users) != 1 || users[0].ID != theirs.ID {
		t.Errorf("users of the other store: %v, %v", users, err)
	}
	if groups, _, err := w.ListGroups(ctx, otherStore, "", store.Page{}); err != nil || len(groups) != 1 || groups[0].ID == g.ID {
		t.Errorf("groups of the other store: %v, %v", groups, err)
	}

	op := []directory.Operation{{Path: "displayName", Value: []byte(`"X"`)}}
	for what, try := range map[string]func() error{
		"DescribeUser": func() error { _, err := w.DescribeUser(ctx, otherStore, ana.ID); return err },
		"UpdateUser": func() error {
			_, err := w.UpdateUser(ctx, w.change(), otherStore, idc.OwnerBuiltIn, ana.ID, "", op)
			return err
		},
		"SetUserStatus": func() error {
			return w.SetUserStatus(ctx, w.change(), otherStore, idc.OwnerBuiltIn, ana.ID, idc.UserDisabled)
		},
		"DeleteUser":    func() error { return w.DeleteUser(ctx, w.change(), otherStore, idc.OwnerBuiltIn, ana.ID, "") },
		"DescribeGroup": func() error { _, err := w.DescribeGroup(ctx, otherStore, g.ID); return err },
		"UpdateGroup": func() error {
			_, err := w.UpdateGroup(ctx, w.change(), otherStore, idc.OwnerBuiltIn, g.ID, "", op)
			return err
		},
		"DeleteGroup": func() error { return w.DeleteGroup(ctx, w.change(), otherStore, idc.OwnerBuiltIn, g.ID, "") },
		"AddMember, group": func() error {
			_, err := w.AddMember(ctx, w.change(), otherStore, idc.OwnerBuiltIn, g.ID, theirs.ID, idc.Validity{})
			return err
		},
		"AddMember, user": func() error {
			_, err := w.AddMember(ctx, w.change(), storeID, idc.OwnerBuiltIn, g.ID, theirs.ID, idc.Validity{})
			return err
		},
		"DescribeMembership": func() error { _, err := w.DescribeMembership(ctx, otherStore, m.ID); return err },
		"FindMembership":     func() error { _, err := w.FindMembership(ctx, otherStore, g.ID, ana.ID); return err },
		"RemoveMember":       func() error { return w.RemoveMember(ctx, w.change(), otherStore, idc.OwnerBuiltIn, m.ID) },
		"ListMembers":        func() error { _, _, err := w.ListMembers(ctx, otherStore, g.ID, store.Page{}); return err },
		"ListGroupsOfMember": func() error { _, _, err := w.ListGroupsOfMember(ctx, otherStore, ana.ID, store.Page{}); return err },
		"IsMemberInGroups":   func() error { _, err := w.IsMemberInGroups(ctx, otherStore, ana.ID, []string{g.ID}); return err },
	} {
		if err := try(); !idc.IsNotFound(err) {
			t.Errorf("%s reaches into another identity store: %v", what, err)
		}
	}
	if u, err := w.DescribeUser(ctx, storeID, ana.ID); err != nil || u.Status != idc.UserEnabled || u.DisplayName == "X" {
		t.Errorf("the user was changed from the other store: %+v, %v", u, err)
	}
}

// TestNothingIsMadeInAStoreThatIsNotReady: an instance that is being made or deleted takes nobody in.
func TestNothingIsMadeInAStoreThatIsNotReady(t *testing.T) {
	w := newWorld(t)
	for _, status := range []idc.InstanceStatus{"", idc.InstanceCreating, idc.InstanceCreateFailed, idc.InstanceDeleting} {
		if status != "" {
			w.putInstance(status)
		}
		_, err := w.CreateUser(t.Context(), w.change(), otherStore, draft("ana"))
		wantError(t, err, idc.NotFound, "", "IDENTITY_STORE not found.")
		_, err = w.CreateGroup(t.Context(), w.change(), otherStore, idc.Group{DisplayName: "G"})
		wantError(t, err, idc.NotFound, "", "IDENTITY_STORE not found.")
	}
}

// TestReturningToAnotherStoreIsNoReturn: a tombstone counts where its object was.
func TestReturningToAnotherStoreIsNoReturn(t *testing.T) {
	w := newWorld(t)
	w.putInstance(idc.InstanceActive)
	ana := w.user("ana")
	if err := w.DeleteUser(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, ana.ID, ""); err != nil {
		t.Fatal(err)
	}
	theirs, err := w.CreateUser(t.Context(), w.change(), otherStore, draft("ana"))
	if err != nil || theirs.ID == ana.ID {
		t.Errorf("the user of the other store is %v, %v", theirs, err)
	}
	if again := w.user("ana"); again.ID != ana.ID {
		t.Errorf("the user who returned has id %s, not %s", again.ID, ana.ID)
	}
}
