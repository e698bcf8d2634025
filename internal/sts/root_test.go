package sts_test

import (
	"slices"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/authz"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

const (
	auditTask = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
	adminARN  = "arn:aws:iam::aws:policy/AdministratorAccess"
	third     = "333333333333"
)

// session is one of a role of an account, with everything allowed.
func (r *realm) session(t *testing.T, account, name string, policies ...string) idc.Caller {
	t.Helper()
	made := r.Role(account, name, trustAll, policies...)
	creds := issue(t, r.sts, sts.Session{Role: made, SessionName: "ana", Duration: time.Hour, SourceIdentity: "ana"})
	_, caller, err := r.sts.Open(creds.AccessKeyID, creds.SessionToken)
	if err != nil {
		t.Fatal(err)
	}
	return caller
}

func (r *realm) centralRoot(t *testing.T) {
	t.Helper()
	r.Update(func(tx store.Tx) error {
		return tx.PutServiceAccess(&idc.ServiceAccess{ServicePrincipal: role.RootAccessPrincipal, EnabledAt: r.Clock.Now()})
	})
	if _, _, err := r.roles.SetRootFeature(t.Context(), r.Change(), testidc.Management, role.RootSessions, true); err != nil {
		t.Fatal(err)
	}
}

func (r *realm) may(caller idc.Caller, action, resource string) error {
	return r.authz.Authorize(r.T.Context(), authz.Question{Caller: caller, Action: action, Resources: []string{resource}, Time: r.Clock.Now(), Region: "us-east-1"})
}

// state puts the member account into a state.
func (r *realm) state(state idc.AccountState) {
	r.Update(func(tx store.Tx) error {
		account, err := tx.Account(testidc.Member)
		if err != nil {
			return err
		}
		changed := *account
		changed.State = state
		return tx.PutAccount(&changed)
	})
}

func TestAssumeRoot(t *testing.T) {
	r := newRealm(t)
	admin := r.session(t, testidc.Management, "Admin", adminARN)
	in := sts.AssumeRootInput{Target: testidc.Member, TaskPolicyARN: auditTask}
	_, _, err := r.sts.AssumeRoot(t.Context(), admin, in)
	r.wants(t, "without trusted access", err, idc.Denied, "", "Trusted access is not enabled")
	r.centralRoot(t)
	if _, _, err := r.roles.SetRootFeature(t.Context(), r.Change(), testidc.Management, role.RootSessions, false); err != nil {
		t.Fatal(err)
	}
	_, _, err = r.sts.AssumeRoot(t.Context(), admin, in)
	r.wants(t, "turned off", err, idc.Denied, "", "not enabled")
	r.centralRoot(t)

	creds, issued, err := r.sts.AssumeRoot(t.Context(), admin, in)
	if err != nil {
		t.Fatal(err)
	}
	_, root, err := r.sts.Open(creds.AccessKeyID, creds.SessionToken)
	if err != nil {
		t.Fatal(err)
	}
	const rootARN = "arn:aws:iam::222222222222:root"
	if root.Type != idc.CallerRoot || root.ARN != rootARN || root.PrincipalID != testidc.Member || root.SourceIdentity != "ana" || root.ARN != issued.ARN ||
		!root.ExpiresAt.Equal(r.Clock.Now().Add(15*time.Minute)) {
		t.Errorf("root %+v", root)
	}
	for _, c := range []struct {
		action, resource string
		want             bool
	}{
		{"iam:GetAccountSummary", "*", true}, {"iam:ListAccessKeys", rootARN, true}, {"iam:ListAccessKeys", "arn:aws:iam::222222222222:user/ana", false},
		{"iam:CreateRole", samlRole, false}, {"s3:ListAllMyBuckets", "*", false}, {"iam:DeleteLoginProfile", rootARN, false},
	} {
		if err := r.may(root, c.action, c.resource); (err == nil) != c.want {
			t.Errorf("%s on %s: %v, want allowed %v", c.action, c.resource, err, c.want)
		}
	}
	r.state(idc.AccountSuspended)
	if err := r.may(root, "iam:GetAccountSummary", "*"); idc.KindOf(err) != idc.Denied {
		t.Errorf("in a suspended account: %v", err)
	}
	r.state(idc.AccountActive)
	stripped := root
	stripped.TaskPolicyARN = ""
	if err := r.may(stripped, "iam:GetAccountSummary", "*"); idc.KindOf(err) != idc.Denied {
		t.Errorf("without a task: %v", err)
	}
	r.Role(testidc.Member, "Deploy", trustAll)
	_, _, err = r.sts.AssumeRole(t.Context(), root, sts.AssumeRoleInput{RoleARN: samlRole, SessionName: "x"})
	r.wants(t, "a role", err, idc.Denied, idc.ReasonRootCannotAssume, "Roles may not be assumed by root accounts.")
	// Organization policies limit the root user, too.
	r.Update(func(tx store.Tx) error {
		err := tx.PutOrganizationPolicy(&idc.OrganizationPolicy{ID: "p-12345678", Name: "NoIAM", Type: idc.PolicyServiceControl,
			Content: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:*","Resource":"*","Condition":{"Bool":{"aws:AssumedRoot":"true"}}}]}`})
		if err != nil {
			return err
		}
		return tx.PutPolicyAttachment(&idc.PolicyAttachment{PolicyID: "p-12345678", TargetID: testidc.Member})
	})
	if err := r.may(root, "iam:GetAccountSummary", "*"); idc.KindOf(err) != idc.Denied {
		t.Errorf("behind a service control policy: %v", err)
	}
}

func TestAssumeRootRefusals(t *testing.T) {
	r := newRealm(t)
	r.centralRoot(t)
	r.Update(func(tx store.Tx) error {
		return tx.PutAccount(&idc.Account{ID: third, Name: "Third", Email: "third@example.com", ParentID: r.Instance.RootID, State: idc.AccountSuspended, JoinedAt: r.Clock.Now(), Target: "native"})
	})
	admin := r.session(t, testidc.Management, "Admin", adminARN)
	for name, c := range map[string]struct {
		in    sts.AssumeRootInput
		kind  idc.Kind
		words string
	}{
		"the management account": {sts.AssumeRootInput{Target: testidc.Management, TaskPolicyARN: auditTask}, idc.Denied, "not the root user of an active member account"},
		"a suspended account":    {sts.AssumeRootInput{Target: third, TaskPolicyARN: auditTask}, idc.Denied, "not the root user of an active member account"},
		"no such account":        {sts.AssumeRootInput{Target: "999999999999", TaskPolicyARN: auditTask}, idc.Denied, "not the root user of an active member account"},
		"a role":                 {sts.AssumeRootInput{Target: samlRole, TaskPolicyARN: auditTask}, idc.Invalid, "target principal"},
		"another policy":         {sts.AssumeRootInput{Target: testidc.Member, TaskPolicyARN: adminARN}, idc.Invalid, "task policy"},
		"too long":               {sts.AssumeRootInput{Target: testidc.Member, TaskPolicyARN: auditTask, Duration: 16 * time.Minute}, idc.Invalid, "15 minutes"},
	} {
		_, _, err := r.sts.AssumeRoot(t.Context(), admin, c.in)
		r.wants(t, name, err, c.kind, "", c.words)
	}
}

// TestWhoMayAssumeRoot: the management account and delegated administrators, if their own policies let them.
func TestWhoMayAssumeRoot(t *testing.T) {
	r := newRealm(t)
	r.centralRoot(t)
	const rootARN = "arn:aws:iam::222222222222:root"
	admin, reader := r.session(t, testidc.Management, "Admin", adminARN), r.session(t, testidc.Management, "Reader")
	member := r.session(t, testidc.Member, "Admin", adminARN)
	r.Update(func(tx store.Tx) error {
		return tx.PutAccount(&idc.Account{ID: third, Name: "Third", Email: "third@example.com", ParentID: r.Instance.RootID, State: idc.AccountActive, JoinedAt: r.Clock.Now(), Target: "native"})
	})
	delegate := r.session(t, third, "Admin", adminARN)
	in := sts.AssumeRootInput{Target: testidc.Member, TaskPolicyARN: auditTask}
	for name, c := range map[string]struct {
		caller idc.Caller
		want   bool
	}{"management": {admin, true}, "without a policy": {reader, false}, "another account": {delegate, false}} {
		if err := r.may(c.caller, "sts:AssumeRoot", rootARN); (err == nil) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A member's administrator may ask for its own account by its policies: that it administers nothing is seen later.
	_, _, err := r.sts.AssumeRoot(t.Context(), member, in)
	r.wants(t, "a member", err, idc.Denied, "", "not the management account or delegated administrator")
	r.Update(func(tx store.Tx) error {
		return tx.PutDelegatedAdministrator(&idc.DelegatedAdministrator{AccountID: third, ServicePrincipal: role.RootAccessPrincipal, EnabledAt: r.Clock.Now()})
	})
	if err := r.may(delegate, "sts:AssumeRoot", rootARN); err != nil {
		t.Errorf("the delegated administrator: %v", err)
	}
	if _, _, err := r.sts.AssumeRoot(t.Context(), delegate, in); err != nil {
		t.Errorf("the delegated administrator: %v", err)
	}
	_, features, err := r.roles.RootFeatures(t.Context(), third)
	if err != nil || !slices.Equal(features, []string{role.RootSessions}) {
		t.Errorf("features %v, %v", features, err)
	}
}
