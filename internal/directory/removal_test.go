package directory_test

import (
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/directory"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func (w *world) view(fn func(r store.Reader)) {
	w.t.Helper()
	if err := w.Store.View(w.t.Context(), func(r store.Reader) error { fn(r); return nil }); err != nil {
		w.t.Fatal(err)
	}
}

// signedIn puts a portal session, a token, a password and an authenticator beside a user.
func (w *world) signedIn(u *idc.User) (session *idc.PortalSession, token *idc.Token) {
	w.t.Helper()
	now := w.clock.Now()
	session = &idc.PortalSession{ID: w.ids.UUID(), TokenHash: w.ids.UUID(), UserID: u.ID, CreatedAt: now, ExpiresAt: now.Add(8 * time.Hour)}
	token = &idc.Token{ID: w.ids.UUID(), Hash: w.ids.UUID(), Class: idc.TokenAccess, FamilyID: "f", UserID: u.ID, SessionID: session.ID, IssuedAt: now, ExpiresAt: now.Add(time.Hour)}
	err := w.Store.Update(w.t.Context(), w.change(), func(tx store.Tx) error {
		for _, err := range []error{
			tx.PutPortalSession(session), tx.PutToken(token), tx.PutPassword(&idc.Password{UserID: u.ID, PHC: "x", ChangedAt: now}),
			tx.PutTOTPDevice(&idc.TOTPDevice{ID: w.ids.UUID(), UserID: u.ID, Secret: "x", CreatedAt: now}),
		} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return session, token
}

// wantCutOff checks that nothing the user held before is of use.
func (w *world) wantCutOff(userID, sessionID, tokenID string) {
	w.t.Helper()
	w.view(func(r store.Reader) {
		session, err := r.PortalSession(sessionID)
		if err != nil || session.ActiveAt(w.clock.Now()) {
			w.t.Errorf("portal session stands: %+v, %v", session, err)
		}
		token, err := r.Token(tokenID)
		if err != nil || token.ActiveAt(w.clock.Now()) {
			w.t.Errorf("token is good: %+v, %v", token, err)
		}
		fences, err := r.ListFences(w.clock.Now())
		if err != nil || len(fences) != 1 || fences[0].Kind != idc.FenceUser || fences[0].ID != userID || !fences[0].IssuedBefore.Equal(w.clock.Now().Add(idc.FenceMargin)) {
			w.t.Errorf("no fence around the user: %+v, %v", fences, err)
		}
	})
}

func TestDisablingAUserStopsEverythingAtOnce(t *testing.T) {
	w := newWorld(t)
	u := w.user("ana")
	session, token := w.signedIn(u)
	if err := w.SetUserStatus(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, u.ID, idc.UserDisabled); err != nil {
		t.Fatal(err)
	}
	w.wantCutOff(u.ID, session.ID, token.ID)
	if err := w.SetUserStatus(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, u.ID, idc.UserEnabled); err != nil {
		t.Fatal(err)
	}
	w.view(func(r store.Reader) {
		if s, err := r.PortalSession(session.ID); err != nil || s.ActiveAt(w.clock.Now()) {
			t.Errorf("enabling brought an ended session back: %+v, %v", s, err)
		}
		if _, err := r.Password(u.ID); err != nil {
			t.Errorf("disabling lost the password: %v", err)
		}
	})
}

func TestDeletingAUserLeavesNothingBehind(t *testing.T) {
	w := newWorld(t)
	var unassigned []string
	w.Unassign = func(_ store.Tx, _ idc.ChangeSet, pt idc.PrincipalType, id string) error {
		unassigned = append(unassigned, string(pt)+" "+id)
		return nil
	}
	g, u := w.group("G"), w.user("ana")
	m := w.member(g, u, idc.Validity{})
	session, token := w.signedIn(u)
	if err := w.DeleteUser(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, u.ID, ""); err != nil {
		t.Fatal(err)
	}
	w.wantCutOff(u.ID, session.ID, token.ID)
	if len(unassigned) != 1 || unassigned[0] != "USER "+u.ID {
		t.Errorf("assignments were not withdrawn: %v", unassigned)
	}
	w.view(func(r store.Reader) {
		if _, err := r.Membership(m.ID); !idc.IsNotFound(err) {
			t.Errorf("the membership stands: %v", err)
		}
		if _, err := r.Password(u.ID); !idc.IsNotFound(err) {
			t.Errorf("the password stands: %v", err)
		}
		if devices, err := r.ListTOTPDevices(u.ID); err != nil || len(devices) != 0 {
			t.Errorf("authenticators stand: %v, %v", devices, err)
		}
	})
	wantError(t, w.DeleteUser(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, u.ID, ""), idc.NotFound, "", "USER not found.")
}

func TestDeleteIsUndoneWhenUnassigningFails(t *testing.T) {
	w := newWorld(t)
	w.Unassign = func(store.Tx, idc.ChangeSet, idc.PrincipalType, string) error {
		return idc.Errorf(idc.Unavailable, "later")
	}
	g := w.group("G")
	wantError(t, w.DeleteGroup(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, g.ID, ""), idc.Unavailable, "", "later")
	if _, err := w.DescribeGroup(t.Context(), storeID, g.ID); err != nil {
		t.Errorf("the group is half deleted: %v", err)
	}
}

func TestAssignmentsOfSyncedPrincipalsSurvive(t *testing.T) {
	w := newWorld(t)
	w.Unassign = func(store.Tx, idc.ChangeSet, idc.PrincipalType, string) error {
		t.Error("assignments of a synced group were withdrawn")
		return nil
	}
	g, err := w.CreateGroup(t.Context(), w.change(), storeID, idc.Group{DisplayName: "Synced", Owner: "scim/okta"})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.DeleteGroup(t.Context(), w.change(), storeID, "scim/okta", g.ID, ""); err != nil {
		t.Fatal(err)
	}
	again, err := w.CreateGroup(t.Context(), w.change(), storeID, idc.Group{DisplayName: "SYNCED", Owner: "scim/okta"})
	if err != nil || again.ID != g.ID {
		t.Errorf("the group came back as %v, %v; want id %s", again, err, g.ID)
	}
}

func TestReturningUserGetsTheIDBackAndNothingElse(t *testing.T) {
	w := newWorld(t)
	u := w.user("ana")
	w.signedIn(u)
	if err := w.DeleteUser(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, u.ID, ""); err != nil {
		t.Fatal(err)
	}
	if other := w.user("bob"); other.ID == u.ID {
		t.Error("another user got the reserved id")
	}
	stranger := draft("Ana")
	stranger.Owner = "scim/okta"
	s, err := w.CreateUser(t.Context(), w.change(), storeID, stranger)
	if err != nil || s.ID == u.ID {
		t.Fatalf("another source took over the id: %+v, %v", s, err)
	}
	if err := w.DeleteUser(t.Context(), w.change(), storeID, "scim/okta", s.ID, ""); err != nil {
		t.Fatal(err)
	}
	again := w.user("ANA")
	if again.ID != u.ID {
		t.Errorf("id %s, want %s back", again.ID, u.ID)
	}
	w.view(func(r store.Reader) {
		if _, err := r.Password(u.ID); !idc.IsNotFound(err) {
			t.Errorf("the password came back: %v", err)
		}
	})
}

func TestTombstoneIsForgottenInTheEnd(t *testing.T) {
	w := newWorld(t)
	u := w.user("ana")
	if err := w.DeleteUser(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, u.ID, ""); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(directory.DefaultRetention + time.Second)
	if again := w.user("ana"); again.ID == u.ID {
		t.Error("the id came back after the retention")
	}
}
