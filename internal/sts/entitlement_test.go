package sts_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/accountaccess"
	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// entitled is a granted world in which the person's group also is entitled to the
// role Pipeline of the member account.
type entitled struct {
	*granted
	access      *accountaccess.Service
	role        *idc.Role
	application string
	entitlement string
}

func newEntitled(t *testing.T) *entitled {
	t.Helper()
	w := &entitled{granted: newGranted(t, idc.Validity{}, idc.Validity{})}
	w.role = w.Role(testidc.Member, "Pipeline", trustAll)
	w.role.MaxSessionDuration = 2 * time.Hour
	w.access = &accountaccess.Service{Store: w.Store, IDs: w.IDs}
	w.write(func(tx store.Tx) error { return tx.PutRole(w.role) },
		func(tx store.Tx) error {
			return tx.PutGroup(&idc.Group{ID: "g", IdentityStoreID: w.Instance.IdentityStoreID, DisplayName: "G", Owner: idc.OwnerBuiltIn})
		},
		func(tx store.Tx) error {
			return tx.PutServiceAccess(&idc.ServiceAccess{ServicePrincipal: accountaccess.ServicePrincipal, EnabledAt: w.Clock.Now()})
		})
	var err error
	if w.application, err = w.access.Create(t.Context(), w.Change(), w.Instance.ARN, nil); err != nil {
		t.Fatal(err)
	}
	w.entitlement = w.entitle(w.role)
	return w
}

func (w *entitled) entitle(role *idc.Role) string {
	w.T.Helper()
	id, err := w.access.Entitle(w.T.Context(), w.Change(), accountaccess.Management, w.application,
		accountaccess.Definition{PrincipalType: idc.PrincipalGroup, PrincipalID: "g", RoleARN: role.ARN})
	if err != nil {
		w.T.Fatal(err)
	}
	return id
}

func (w *entitled) credentials(name string) (*idc.Credentials, error) {
	return w.sts.RoleCredentials(w.T.Context(), w.caller, testidc.Member, name)
}

// listed are the names of the roles in the member account.
func (w *entitled) listed() (names []string) {
	w.T.Helper()
	list, err := w.sts.ListAccess(w.T.Context(), w.user.ID)
	if err != nil {
		w.T.Fatal(err)
	}
	for _, a := range list {
		for _, e := range a.Roles {
			if a.Account.ID == testidc.Member {
				names = append(names, e.Name)
			}
		}
	}
	return names
}

func TestAnEntitledRoleIsHadLikeAPermissionSet(t *testing.T) {
	w := newEntitled(t)
	var hop audit.Call
	w.sts.Precede = func(c audit.Call) error { hop = c; return nil }
	var asked idc.ActingService
	w.sts.AdmitService = func(_ context.Context, role *idc.Role, by idc.ActingService, sessionName string, _ []idc.Tag) (bool, error) {
		asked = by
		if role.ARN != w.role.ARN || sessionName != "ana" {
			t.Errorf("asked about %s as %s", role.ARN, sessionName)
		}
		return false, nil
	}
	if got := w.listed(); !slices.Equal(got, []string{"Deploy", "Pipeline"}) {
		t.Errorf("listed %v", got)
	}
	creds, err := w.credentials("Pipeline")
	if err != nil {
		t.Fatal(err)
	}
	_, caller, err := w.sts.Open(creds.AccessKeyID, creds.SessionToken)
	if err != nil {
		t.Fatal(err)
	}
	if caller.ARN != "arn:aws:sts::222222222222:assumed-role/Pipeline/ana" || caller.UserID != w.user.ID || caller.AssignmentID != w.entitlement ||
		caller.Federation != nil || caller.ExpiresAt.Sub(caller.IssuedAt) != 2*time.Hour {
		t.Errorf("session %+v", caller)
	}
	if asked.Principal != "account-access.amazonaws.com" || asked.SourceARN != w.application || asked.SourceAccount != testidc.Management || asked.UserID != w.user.ID {
		t.Errorf("admitted %+v", asked)
	}
	if hop.Name != "AssumeRole" || hop.Caller.Acting == nil || hop.Caller.Acting.Principal != asked.Principal || hop.RecipientAccountID != testidc.Member {
		t.Errorf("recorded %+v", hop)
	}
	w.role.Description = "x"
	if _, err := w.credentials(w.role.ARN); err != nil {
		t.Errorf("by its ARN: %v", err)
	}
	if _, err := w.sts.RoleCredentials(t.Context(), w.caller, testidc.Management, "Pipeline"); idc.KindOf(err) != idc.Denied {
		t.Errorf("in another account: %v", err)
	}
}

// TestAPermissionSetKeepsItsName: whatever role has the same name.
func TestAPermissionSetKeepsItsName(t *testing.T) {
	w := newEntitled(t)
	same := w.Role(testidc.Member, "Deploy", trustAll)
	w.entitle(same)
	if got := w.listed(); !slices.Equal(got, []string{"Deploy", "Pipeline", same.ARN}) {
		t.Errorf("listed %v", got)
	}
	roleOf := func(name string) string {
		creds, err := w.credentials(name)
		if err != nil {
			t.Fatal(err)
		}
		_, caller, err := w.sts.Open(creds.AccessKeyID, creds.SessionToken)
		if err != nil {
			t.Fatal(err)
		}
		return caller.RoleName
	}
	if got := roleOf("Deploy"); got != "AWSReservedSSO_Deploy_0123456789abcdef" {
		t.Errorf("Deploy is %s", got)
	}
	if got := roleOf(same.ARN); got != "Deploy" {
		t.Errorf("%s is %s", same.ARN, got)
	}
	w.write(func(tx store.Tx) error { return tx.DeleteAssignment("a") })
	if _, err := w.credentials("Deploy"); idc.KindOf(err) != idc.Denied {
		t.Errorf("the name of a permission set reaches a role: %v", err)
	}
}

func TestWhatTheTrustPolicyRefuses(t *testing.T) {
	w := newEntitled(t)
	w.write(func(tx store.Tx) error {
		return tx.PutAccessControl(&idc.AccessControlConfiguration{InstanceID: w.Instance.ID, Status: "ENABLED",
			Attributes: []idc.AccessControlAttribute{{Key: "name", Sources: []string{"${path:userName}"}}}})
	})
	tagged := true
	var refusal error
	w.sts.AdmitService = func(_ context.Context, _ *idc.Role, _ idc.ActingService, _ string, tags []idc.Tag) (bool, error) {
		if len(tags) != 1 || tags[0].Value != "ana" {
			t.Errorf("asked with the tags %v", tags)
		}
		return tagged, refusal
	}
	for _, want := range []int{1, 0, 1} {
		tagged = want == 1
		creds, err := w.credentials("Pipeline")
		if err != nil {
			t.Fatal(err)
		}
		if _, caller, err := w.sts.Open(creds.AccessKeyID, creds.SessionToken); err != nil || len(caller.Tags) != want {
			t.Errorf("tags %v, %v; want %d", caller.Tags, err, want)
		}
	}
	refusal = idc.Errorf(idc.Denied, "by the trust policy")
	if _, err := w.credentials("Pipeline"); idc.KindOf(err) != idc.Denied || !strings.Contains(idc.PublicMessage(err), "sts:SetContext") || strings.Contains(idc.PublicMessage(err), "by the trust") {
		t.Errorf("refused: %v", err)
	}
	refusal = idc.Errorf(idc.Unavailable, "the database")
	if _, err := w.credentials("Pipeline"); idc.KindOf(err) != idc.Unavailable {
		t.Errorf("not decided: %v", err)
	}
}

// TestTheEndOfAnEntitlementEndsItsSessions: at once when it is removed, and nothing
// new is issued once the person has left the group or is disabled.
func TestTheEndOfAnEntitlementEndsItsSessions(t *testing.T) {
	for name, end := range map[string]func(w *entitled) error{
		"removed": func(w *entitled) error {
			return w.access.Remove(w.T.Context(), w.Change(), accountaccess.Management, w.application, w.entitlement)
		},
		"application deleted": func(w *entitled) error { return w.access.Delete(w.T.Context(), w.Change(), w.application) },
		"left the group": func(w *entitled) error {
			return w.Store.Update(w.T.Context(), w.Change(), func(tx store.Tx) error { return tx.DeleteMembership("m") })
		},
		"disabled": func(w *entitled) error {
			w.user.Status = idc.UserDisabled
			return w.Store.Update(w.T.Context(), w.Change(), func(tx store.Tx) error { return tx.PutUser(w.user) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newEntitled(t)
			creds, err := w.credentials("Pipeline")
			if err != nil {
				t.Fatal(err)
			}
			_, caller, err := w.sts.Open(creds.AccessKeyID, creds.SessionToken)
			if err != nil {
				t.Fatal(err)
			}
			chain := sts.AssumeRoleInput{RoleARN: w.role.ARN, SessionName: "deeper"}
			if _, _, err := w.sts.AssumeRole(t.Context(), caller, chain); err != nil {
				t.Errorf("a session does not chain while its entitlement holds: %v", err)
			}
			if err := end(w); err != nil {
				t.Fatal(err)
			}
			if err := w.sts.ReloadFences(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := w.credentials("Pipeline"); idc.KindOf(err) != idc.Denied {
				t.Errorf("new credentials: %v", err)
			}
			if _, _, err := w.sts.AssumeRole(t.Context(), caller, chain); idc.KindOf(err) != idc.Denied {
				t.Errorf("a chained session: %v", err)
			}
			if slices.Contains(w.listed(), "Pipeline") {
				t.Error("still listed")
			}
			fenced := name == "removed" || name == "application deleted"
			if _, _, err := w.sts.Open(creds.AccessKeyID, creds.SessionToken); (err != nil) != fenced {
				t.Errorf("the session: %v, want it ended %v", err, fenced)
			}
		})
	}
}
