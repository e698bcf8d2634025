package sts_test

import (
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// granted is a world in which a person may use a permission set through a group.
type granted struct {
	*testidc.World
	sts        *sts.Service
	user       *idc.User
	caller     idc.Caller
	membership *idc.Membership
	assignment *idc.Assignment
}

func newGranted(t *testing.T, membership, assignment idc.Validity) *granted {
	w := &granted{World: testidc.New(t)}
	w.sts = service(w.World)
	w.user = w.User("ana")
	w.caller = idc.Caller{Type: idc.CallerIdentityCenterUser, UserID: w.user.ID}
	role := w.Role(testidc.Member, "AWSReservedSSO_Deploy_0123456789abcdef", trustAll)
	w.membership = &idc.Membership{ID: "m", GroupID: "g", UserID: w.user.ID, Validity: membership, Owner: idc.OwnerBuiltIn}
	w.assignment = &idc.Assignment{ID: "a", PermissionSetID: "ps", PrincipalType: idc.PrincipalGroup, PrincipalID: "g",
		Scope: idc.Scope{Kind: idc.ScopeAccount, AccountID: testidc.Member}, Validity: assignment, Owner: idc.OwnerBuiltIn}
	w.write(func(tx store.Tx) error {
		return tx.PutGroup(&idc.Group{ID: "g", DisplayName: "G", Owner: idc.OwnerBuiltIn})
	},
		func(tx store.Tx) error {
			return tx.PutPermissionSet(&idc.PermissionSet{ID: "ps", Name: "Deploy", SessionDuration: "PT1H", CreatedAt: w.Clock.Now()})
		},
		func(tx store.Tx) error { return tx.PutMembership(w.membership) },
		func(tx store.Tx) error { return tx.PutAssignment(w.assignment) },
		func(tx store.Tx) error {
			return tx.PutProvisioning(&idc.Provisioning{AccountID: testidc.Member, PermissionSetID: "ps", RoleARN: role.ARN, RoleName: role.Name})
		})
	return w
}

func (w *granted) write(writes ...func(tx store.Tx) error) {
	w.T.Helper()
	for _, write := range writes {
		w.Update(write)
	}
}

// wants holds what the person gets against what is expected, twice: the second
// answer may be remembered.
func (w *granted) wants(when string, credentials bool, accounts int) {
	w.T.Helper()
	for range 2 {
		creds, err := w.sts.RoleCredentials(w.T.Context(), w.caller, testidc.Member, "Deploy")
		if (err == nil) != credentials {
			w.T.Errorf("%s: credentials %+v, %v; want some: %v", when, creds, err, credentials)
		}
		list, err := w.sts.ListAccess(w.T.Context(), w.user.ID)
		if err != nil || len(list) != accounts {
			w.T.Errorf("%s: %d accounts, %v; want %d", when, len(list), err, accounts)
		}
	}
}

// TestAccessEndsWithTheWrite takes access away in every way there is, right
// after it was used: what is remembered must not outlive the write.
func TestAccessEndsWithTheWrite(t *testing.T) {
	for name, tc := range map[string]struct {
		write    func(w *granted, tx store.Tx) error
		accounts int
	}{
		"membership removed": {func(w *granted, tx store.Tx) error { return tx.DeleteMembership(w.membership.ID) }, 0},
		"assignment removed": {func(w *granted, tx store.Tx) error { return tx.DeleteAssignment(w.assignment.ID) }, 0},
		"person disabled": {func(w *granted, tx store.Tx) error {
			w.user.Status = idc.UserDisabled
			return tx.PutUser(w.user)
		}, 0},
		"account suspended": {func(_ *granted, tx store.Tx) error {
			a, err := tx.Account(testidc.Member)
			if err != nil {
				return err
			}
			a.State = idc.AccountSuspended
			return tx.PutAccount(a)
		}, 0},
		"assignment ended": {func(w *granted, tx store.Tx) error {
			w.assignment.Validity.EndsAt = w.Clock.Now()
			return tx.PutAssignment(w.assignment)
		}, 0},
		"role gone": {func(_ *granted, tx store.Tx) error { return tx.DeleteProvisioning(testidc.Member, "ps") }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := newGranted(t, idc.Validity{}, idc.Validity{})
			w.wants("before", true, 1)
			w.write(func(tx store.Tx) error { return tc.write(w, tx) })
			w.wants("after", false, tc.accounts)
		})
	}
}

// TestAccessFollowsTheClock: nothing is written, only time passes.
func TestAccessFollowsTheClock(t *testing.T) {
	start := testidc.New(t).Clock.Now()
	w := newGranted(t, idc.Validity{StartsAt: start.Add(time.Hour)}, idc.Validity{EndsAt: start.Add(2 * time.Hour)})
	w.wants("before the membership begins", false, 0)
	w.Clock.Advance(time.Hour)
	w.wants("when it has begun", true, 1)
	w.Clock.Advance(time.Hour - time.Millisecond)
	w.wants("before the assignment ends", true, 1)
	w.Clock.Advance(time.Millisecond)
	w.wants("when it has ended", false, 0)
}

// TestRememberedCredentialsAreTheCallers: what is remembered is the decision, not
// the session that asked first.
func TestRememberedCredentialsAreTheCallers(t *testing.T) {
	w := newGranted(t, idc.Validity{}, idc.Validity{})
	keys := map[string]bool{}
	for _, session := range []string{"s-1", "s-2"} {
		w.caller.SessionID, w.caller.MFAAt = session, w.Clock.Now()
		creds, err := w.sts.RoleCredentials(t.Context(), w.caller, testidc.Member, "Deploy")
		if err != nil {
			t.Fatal(err)
		}
		_, caller, err := w.sts.Open(creds.AccessKeyID, creds.SessionToken)
		if err != nil || caller.SessionID != session || !caller.MFAAt.Equal(w.Clock.Now()) || keys[creds.AccessKeyID] {
			t.Errorf("credentials of session %q: caller %+v, %v", session, caller, err)
		}
		keys[creds.AccessKeyID] = true
		w.Clock.Advance(time.Minute)
	}
}
