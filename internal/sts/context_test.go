package sts_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// assertion is what CreateTokenWithIAM hands to an application.
func assertion(t *testing.T, s *sts.Service, c idc.IdentityContext) []sts.ProvidedContext {
	t.Helper()
	plain, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return []sts.ProvidedContext{{ProviderARN: sts.ContextProvider, Assertion: s.Ring.SealString(plain, sealed.Token("identity-context"))}}
}

// wiki makes an application of the organization's instance that everybody may use.
func wiki(w *testidc.World) *idc.Application {
	a := &idc.Application{ID: "apl-1234567890abcdef", ARN: arn.Application(testidc.Management, w.Instance.ID, "apl-1234567890abcdef").String(), InstanceID: w.Instance.ID,
		OwnerAccountID: testidc.Management, ProviderARN: "arn:aws:sso::aws:applicationProvider/custom", Name: "wiki", Status: idc.Enabled, CreatedAt: w.Clock.Now()}
	w.Update(func(tx store.Tx) error { return tx.PutApplication(a) })
	return a
}

func TestASessionActsForThePersonOfItsContext(t *testing.T) {
	w := testidc.New(t)
	s := service(w)
	ana := w.User("ana")
	role := w.Role(testidc.Member, "App", trustAll)
	by := idc.IdentityContext{UserID: ana.ID, IdentityStoreARN: "arn:store", InstanceARN: w.Instance.ARN, ApplicationARN: wiki(w).ARN, CredentialID: "c-1",
		ExpiresAt: w.Clock.Now().Add(time.Hour)}
	caller := idc.Caller{Type: idc.CallerAssumedRole, AccountID: testidc.Member}
	in := sts.AssumeRoleInput{RoleARN: role.ARN, SessionName: "app", Contexts: assertion(t, s, by)}
	creds, _, err := s.AssumeRole(t.Context(), caller, in)
	if err != nil {
		t.Fatal(err)
	}
	_, got, err := s.Open(creds.AccessKeyID, creds.SessionToken)
	if err != nil || got.Context == nil || *got.Context != by || got.UserID != ana.ID {
		t.Fatalf("session %+v %+v, %v; want the context", got, got.Context, err)
	}
	in.Contexts = nil
	if _, chained, err := s.AssumeRole(t.Context(), got, in); err != nil || chained.Context == nil || !chained.Context.AuditOnly || chained.UserID != ana.ID {
		t.Errorf("chained %+v, %v: want the person still known, and no rights by it", chained, err)
	}
	in.Contexts = assertion(t, s, by)
	other := caller
	other.UserID = "u-2"
	if _, both, err := s.AssumeRole(t.Context(), other, in); err != nil || both.UserID != "u-2" || both.Context.UserID != ana.ID {
		t.Errorf("by another person's session: %+v, %v", both, err)
	}

	w.Clock.Advance(time.Second)
	w.Update(func(tx store.Tx) error {
		return tx.PutFence(&idc.Fence{Kind: idc.FenceUser, ID: ana.ID, IssuedBefore: w.Clock.Now(), ExpiresAt: w.Clock.Now().Add(time.Hour)})
	})
	if err := s.ReloadFences(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Open(creds.AccessKeyID, creds.SessionToken); idc.KindOf(err) != idc.Unauthenticated {
		t.Errorf("after the person was cut off: %v, want the session to be void", err)
	}
}

func TestContextsThatAreRefused(t *testing.T) {
	w := testidc.New(t)
	s := service(w)
	ana, bob := w.User("ana"), w.User("bob")
	bob.Status = idc.UserDisabled
	w.Update(func(tx store.Tx) error { return tx.PutUser(bob) })
	role := w.Role(testidc.Member, "App", trustAll)
	good := idc.IdentityContext{UserID: ana.ID, ApplicationARN: wiki(w).ARN, ExpiresAt: w.Clock.Now().Add(time.Hour)}
	late, disabled, gone := good, good, good
	late.ExpiresAt, disabled.UserID, gone.UserID = w.Clock.Now(), bob.ID, "u-gone"
	altered := assertion(t, s, good)
	altered[0].Assertion += "A"
	stranger := assertion(t, service(w), good)
	elsewhere := assertion(t, s, good)
	elsewhere[0].ProviderARN = "arn:aws:iam::aws:contextProvider/Other"
	session := issue(t, s, sts.Session{Role: role, SessionName: "x", Duration: time.Hour})
	for name, tc := range map[string]struct {
		contexts []sts.ProvidedContext
		want     idc.Kind
	}{
		"altered":           {altered, idc.Invalid},
		"of another server": {stranger, idc.Invalid},
		"a session token":   {[]sts.ProvidedContext{{ProviderARN: sts.ContextProvider, Assertion: session.SessionToken}}, idc.Invalid},
		"empty":             {[]sts.ProvidedContext{{ProviderARN: sts.ContextProvider}}, idc.Invalid},
		"another provider":  {elsewhere, idc.Invalid},
		"two":               {append(assertion(t, s, good), assertion(t, s, good)...), idc.Invalid},
		"expired":           {assertion(t, s, late), idc.Expired},
		"disabled person":   {assertion(t, s, disabled), idc.Denied},
		"deleted person":    {assertion(t, s, gone), idc.Denied},
	} {
		_, _, err := s.AssumeRole(t.Context(), idc.Caller{}, sts.AssumeRoleInput{RoleARN: role.ARN, SessionName: "app", Contexts: tc.contexts})
		if idc.KindOf(err) != tc.want || err == nil {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		}
	}
}

// TestContextsEndWithTheirReason: an assertion is good for an hour, and no longer than the application
// may have tokens for the person.
func TestContextsEndWithTheirReason(t *testing.T) {
	w := testidc.New(t)
	s := service(w)
	ana, app := w.User("ana"), wiki(w)
	role := w.Role(testidc.Member, "App", trustAll)
	in := sts.AssumeRoleInput{RoleARN: role.ARN, SessionName: "app",
		Contexts: assertion(t, s, idc.IdentityContext{UserID: ana.ID, ApplicationARN: app.ARN, ExpiresAt: w.Clock.Now().Add(time.Hour)})}
	wants := func(when string, want idc.Kind) {
		t.Helper()
		if _, _, err := s.AssumeRole(t.Context(), idc.Caller{}, in); (err == nil) != (want == 0) || err != nil && idc.KindOf(err) != want {
			t.Errorf("%s: %v, want %v", when, err, want)
		}
	}
	change := func(edit func(a *idc.Application)) {
		changed := *app
		edit(&changed)
		w.Update(func(tx store.Tx) error { return tx.PutApplication(&changed) })
	}
	wants("a good one", 0)
	change(func(a *idc.Application) { a.AssignmentRequired = true })
	wants("the person is not assigned", idc.Denied)
	change(func(a *idc.Application) { a.Status = idc.Disabled })
	wants("the application is disabled", idc.Denied)
	change(func(*idc.Application) {})
	instance := *w.Instance
	instance.Status = idc.InstanceDeleting
	w.Update(func(tx store.Tx) error { return tx.PutInstance(&instance) })
	wants("the instance is going", idc.Denied)
	w.Update(func(tx store.Tx) error {
		if err := tx.PutInstance(w.Instance); err != nil {
			return err
		}
		return tx.DeleteApplication(app.ID)
	})
	wants("the application is gone", idc.Denied)
}

// TestChainingMakesNobodyElse: what only says for whom an application works, for the trail, must not
// become that person's rights on the way to the next role.
func TestChainingMakesNobodyElse(t *testing.T) {
	r := newRealm(t)
	r.centralRoot(t)
	ana := r.User("ana")
	first := r.Role(testidc.Management, "App", trustAll)
	second := r.Role(testidc.Management, "Next", trustAll)
	second.InlinePolicies = map[string]string{"anas": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ListRoles","Resource":"*","Condition":{"StringEquals":{"identitystore:UserId":"` + ana.ID + `"}}}]}`}
	r.Update(func(tx store.Tx) error { return tx.PutRole(second) })
	_, acting, err := r.sts.AssumeRole(t.Context(), idc.Caller{Type: idc.CallerAssumedRole, AccountID: testidc.Management}, sts.AssumeRoleInput{RoleARN: first.ARN, SessionName: "app",
		Contexts: assertion(t, r.sts, idc.IdentityContext{UserID: ana.ID, ApplicationARN: wiki(r.World).ARN, AuditOnly: true, ExpiresAt: r.Clock.Now().Add(time.Hour)})})
	if err != nil {
		t.Fatal(err)
	}
	_, chained, err := r.sts.AssumeRole(t.Context(), acting, sts.AssumeRoleInput{RoleARN: second.ARN, SessionName: "next"})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.may(chained, "iam:ListRoles", "*"); idc.KindOf(err) != idc.Denied {
		t.Errorf("the chained session has the person's rights: %v", err)
	}
	if _, root, err := r.sts.AssumeRoot(t.Context(), acting, sts.AssumeRootInput{Target: testidc.Member, TaskPolicyARN: auditTask}); err != nil || root.Context == nil || !root.Context.AuditOnly {
		t.Errorf("root session %+v, %v: want the person known, and no rights by it", root, err)
	}
}
