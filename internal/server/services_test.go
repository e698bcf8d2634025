package server

import (
	"errors"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/config"
	"github.com/gatehouse-idc/gatehouse/internal/directory"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/keys"
	"github.com/gatehouse-idc/gatehouse/internal/metrics"
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

// entitled is a world in which Ana is entitled to the role Pipeline of the member account.
func entitled(t *testing.T) (w *testidc.World, ana *idc.User, left func() int) {
	t.Helper()
	w = testidc.New(t)
	ana = w.User("ana")
	pipeline := w.Role(testidc.Member, "Pipeline", `{"Version":"2012-10-17","Statement":[]}`)
	w.Update(func(tx store.Tx) error {
		return tx.PutEntitlement(&idc.Entitlement{ID: w.IDs.UUID(), ApplicationID: "a", PrincipalType: idc.PrincipalUser, PrincipalID: ana.ID, RoleARN: pipeline.ARN})
	})
	return w, ana, func() (n int) {
		w.View(func(r store.Reader) error {
			list, err := r.ListEntitlements("a", store.Page{})
			n = len(list)
			return err
		})
		return n
	}
}

// TestWhatIsDeletedIsEntitledNoMore: a user, a role, and an account that leaves take
// their entitlements with them.
func TestWhatIsDeletedIsEntitledNoMore(t *testing.T) {
	for name, remove := range map[string]func(w *testidc.World, s *Services, ana *idc.User) error{
		"user": func(w *testidc.World, s *Services, ana *idc.User) error {
			return s.Directory.DeleteUser(t.Context(), w.Change(), w.Instance.IdentityStoreID, idc.OwnerBuiltIn, ana.ID, "")
		},
		"role": func(w *testidc.World, s *Services, _ *idc.User) error {
			return s.Roles.Delete(t.Context(), w.Change(), testidc.Member, "Pipeline")
		},
		"account": func(w *testidc.World, s *Services, _ *idc.User) error {
			w.Clock.Advance(5 * 24 * time.Hour) // a new account must stay a while
			return s.Accounts.Remove(t.Context(), w.Change(), testidc.Member)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, ana, left := entitled(t)
			s := &Services{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Instance: w.Instance, Keys: &keys.Service{}}
			s.build(&config.Config{}, metrics.New("test", func() float64 { return 0 }))
			if left() != 1 {
				t.Fatal("not entitled")
			}
			if err := remove(w, s, ana); err != nil {
				t.Fatal(err)
			}
			if n := left(); n != 0 {
				t.Errorf("%d entitlements are left", n)
			}
		})
	}
}

// TestEndingsReachEverythingThatGivesAccess: the recurring work removes what has
// ended of assignments, entitlements and assignments of applications.
func TestEndingsReachEverythingThatGivesAccess(t *testing.T) {
	w := testidc.New(t)
	s := &Server{Services: &Services{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Instance: w.Instance, Keys: &keys.Service{}}}
	s.build(&config.Config{}, metrics.New("test", func() float64 { return 0 }))
	past := idc.Validity{EndsAt: w.Clock.Now()}
	w.Update(func(tx store.Tx) error {
		return errors.Join(
			tx.PutAssignment(&idc.Assignment{ID: "as", PermissionSetID: "ps-1", PrincipalType: idc.PrincipalUser, PrincipalID: "u", Scope: idc.Scope{Kind: idc.ScopeAll}, Validity: past}),
			tx.PutEntitlement(&idc.Entitlement{ID: "e", ApplicationID: "a", PrincipalType: idc.PrincipalUser, PrincipalID: "u", RoleARN: "arn:x", Validity: past}),
			tx.PutApplicationAssignment(&idc.ApplicationAssignment{ApplicationID: "apl", PrincipalType: idc.PrincipalUser, PrincipalID: "u", Validity: past}))
	})
	if err := s.endAssignments(t.Context(), w.Change()); err != nil {
		t.Fatal(err)
	}
	w.View(func(r store.Reader) error {
		assignments, err := r.ListAssignmentsOfPrincipal(idc.PrincipalUser, "u", store.Page{})
		entitlements, err2 := r.ListEntitlementsOfPrincipal(idc.PrincipalUser, "u", store.Page{})
		applications, err3 := r.ListApplicationAssignmentsOfPrincipal(idc.PrincipalUser, "u", store.Page{})
		if n := len(assignments) + len(entitlements) + len(applications); n != 0 {
			t.Errorf("%d edges are left: %v %v %v", n, assignments, entitlements, applications)
		}
		return errors.Join(err, err2, err3)
	})
}
