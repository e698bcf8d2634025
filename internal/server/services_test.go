package server

import (
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/directory"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// TestDeletedUsersAreAssignedNowhere: deleting a user takes it out of accounts and applications.
func TestDeletedUsersAreAssignedNowhere(t *testing.T) {
	w := testidc.New(t)
	ana := w.User("ana")
	people := &directory.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Unassign: unassign}
	w.Update(func(tx store.Tx) error {
		if err := tx.PutApplication(&idc.Application{ID: "apl-1234567890abcdef", InstanceID: w.Instance.ID, Name: "Wiki"}); err != nil {
			return err
		}
		return tx.PutAssignment(&idc.Assignment{ID: w.IDs.UUID(), PermissionSetID: "ps-1", PrincipalType: idc.PrincipalUser, PrincipalID: ana.ID, Scope: idc.Scope{Kind: idc.ScopeAll}})
	})
	applications := &application.Service{Store: w.Store, IDs: w.IDs}
	if err := applications.Assign(t.Context(), w.Change(), "apl-1234567890abcdef", idc.PrincipalUser, ana.ID); err != nil {
		t.Fatal(err)
	}
	if err := people.DeleteUser(t.Context(), w.Change(), w.Instance.IdentityStoreID, idc.OwnerBuiltIn, ana.ID, ""); err != nil {
		t.Fatal(err)
	}
	w.View(func(r store.Reader) error {
		apps, err := r.ListApplicationAssignmentsOfPrincipal(idc.PrincipalUser, ana.ID, store.Page{})
		if err != nil {
			return err
		}
		accounts, err := r.ListAssignmentsOfPrincipal(idc.PrincipalUser, ana.ID, store.Page{})
		if len(apps)+len(accounts) > 0 {
			t.Errorf("left: %d of applications, %d of accounts", len(apps), len(accounts))
		}
		return err
	})
}
