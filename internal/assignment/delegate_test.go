package assignment_test

import (
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/assignment"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/permissionset"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// TestDelegatedStaysOutOfTheManagementAccount, by whatever scope it would be reached.
func TestDelegatedStaysOutOfTheManagementAccount(t *testing.T) {
	w := newWorld(t)
	ana := w.User("ana")
	d := w.Delegated()
	scopes := map[string]struct {
		scope   idc.Scope
		reaches bool
	}{
		"the account":       {idc.Scope{Kind: idc.ScopeAccount, AccountID: testidc.Management}, true},
		"all":               {idc.Scope{Kind: idc.ScopeAll}, true},
		"the root":          {idc.Scope{Kind: idc.ScopeOU, OUID: w.Instance.RootID}, true},
		"a member":          {idc.Scope{Kind: idc.ScopeAccount, AccountID: testidc.Member}, false},
		"all but it":        {idc.Scope{Kind: idc.ScopeAll, Exclude: []string{testidc.Management}}, false},
		"the root without ": {idc.Scope{Kind: idc.ScopeOU, OUID: w.Instance.RootID, Exclude: []string{testidc.Management}}, false},
	}
	for name, c := range scopes {
		a := idc.Assignment{PermissionSetID: w.permissionSet("Put").ID, PrincipalType: idc.PrincipalUser, PrincipalID: ana.ID, Scope: c.scope}
		made, err := d.Put(t.Context(), w.Change(), a)
		if refused := idc.KindOf(err) == idc.Denied; refused != c.reaches || err != nil && !refused {
			t.Errorf("%s: %v, want refused %v", name, err, c.reaches)
		}
		if c.reaches {
			made = w.put(a)
			w.wants(d.Remove(t.Context(), w.Change(), made.ID), idc.Denied, "management account")
		} else if err := d.Remove(t.Context(), w.Change(), made.ID); err != nil {
			t.Errorf("%s: remove: %v", name, err)
		}
		sets := &permissionset.Service{Store: w.World.Store, IDs: w.World.IDs}
		text := "x"
		_, err = sets.Guarded(assignment.Protected).Update(t.Context(), w.Change(), a.PermissionSetID, permissionset.Update{Description: &text})
		if (idc.KindOf(err) == idc.Denied) != c.reaches || err != nil && !c.reaches {
			t.Errorf("%s: update: %v, want refused %v", name, err, c.reaches)
		}
		if c.reaches {
			w.ok(w.Remove(t.Context(), w.Change(), made.ID))
		}
		w.ok(sets.Delete(t.Context(), w.Change(), a.PermissionSetID))
	}
}

// TestProtected: from the assignment on, before and after the role is there, until it has gone.
func TestProtected(t *testing.T) {
	w := newWorld(t)
	ana := w.User("ana")
	check := func(what string, want bool) {
		t.Helper()
		w.View(func(r store.Reader) error {
			err := assignment.Protected(r, w.ps.ID, "modify")
			if want {
				w.wants(err, idc.Denied, "You cannot modify permission sets provisioned in the management account")
			} else if err != nil {
				t.Errorf("%s: %v", what, err)
			}
			return nil
		})
	}
	check("nowhere", false)
	edge := assignment.Edge{AccountID: testidc.Management, PermissionSetID: w.ps.ID, PrincipalType: idc.PrincipalUser, PrincipalID: ana.ID}
	_, err := w.Create(t.Context(), w.Change(), edge)
	w.ok(err)
	check("assigned", true)
	provisioned := &idc.Provisioning{AccountID: testidc.Management, PermissionSetID: w.ps.ID}
	w.World.Update(func(tx store.Tx) error { return tx.PutProvisioning(provisioned) })
	_, err = w.Delete(t.Context(), w.Change(), edge)
	w.ok(err)
	check("still provisioned", true)
	w.World.Update(func(tx store.Tx) error { return tx.DeleteProvisioning(testidc.Management, w.ps.ID) })
	check("gone", false)
	later := w.put(idc.Assignment{PrincipalType: idc.PrincipalUser, PrincipalID: ana.ID, Scope: idc.Scope{Kind: idc.ScopeAccount, AccountID: testidc.Management},
		Validity: idc.Validity{StartsAt: w.Clock.Now().Add(time.Hour)}})
	check("assigned from tomorrow on", true)
	w.ok(w.Remove(t.Context(), w.Change(), later.ID))
	check("gone again", false)
}
