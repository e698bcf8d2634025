package authz_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/authz"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

const (
	admin    = "arn:aws:iam::aws:policy/AdministratorAccess"
	readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess"
	trustAll = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}`
	// trustMember lets the member account's identities in, if their own policies allow it.
	trustMember = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"sts:AssumeRole"}]}`
)

type fixture struct {
	*testidc.World
	authz *authz.Service
}

func setUp(t *testing.T) fixture {
	w := testidc.New(t)
	return fixture{w, &authz.Service{Store: w.Store, Instance: w.Instance, Roles: &role.Service{Store: w.Store, IDs: w.IDs}}}
}

func (f fixture) caller(r *idc.Role) idc.Caller {
	return idc.Caller{Type: idc.CallerAssumedRole, AccountID: r.AccountID, RoleID: r.ID, RoleName: r.Name, PrincipalARN: r.ARN,
		ARN:         "arn:aws:sts::" + r.AccountID + ":assumed-role/" + r.Name + "/ana",
		PrincipalID: r.ID + ":ana", SessionName: "ana", IssuedAt: f.Clock.Now()}
}

func (f fixture) ask(c idc.Caller, action, resource string) error {
	return f.authz.Authorize(f.T.Context(), authz.Question{Caller: c, Action: action, Resources: []string{resource}, Time: f.Clock.Now(), Region: "us-east-1"})
}

func TestReadOnlyMayReadAndNotWrite(t *testing.T) {
	f := setUp(t)
	c := f.caller(f.Role(testidc.Member, "Reader", trustAll, readOnly))
	if err := f.ask(c, "iam:ListRoles", "*"); err != nil {
		t.Errorf("iam:ListRoles: %v", err)
	}
	err := f.ask(c, "iam:CreateRole", "arn:aws:iam::222222222222:role/New")
	want := "User: arn:aws:sts::222222222222:assumed-role/Reader/ana is not authorized to perform: iam:CreateRole on resource: " +
		"arn:aws:iam::222222222222:role/New because no identity-based policy allows the iam:CreateRole action"
	if idc.KindOf(err) != idc.Denied || idc.PublicMessage(err) != want {
		t.Errorf("iam:CreateRole:\n got %v\nwant %s", err, want)
	}
}

func TestOnlyRoleSessionsAndTheServerItselfMay(t *testing.T) {
	f := setUp(t)
	for _, kind := range []idc.CallerType{"", idc.CallerAnonymous, idc.CallerIdentityCenterUser} {
		if err := f.ask(idc.Caller{Type: kind, AccountID: testidc.Management}, "iam:ListRoles", "*"); idc.KindOf(err) != idc.Denied {
			t.Errorf("caller %q: %v, want Denied", kind, err)
		}
	}
	if err := f.ask(idc.Caller{Type: idc.CallerService}, "iam:ListRoles", "*"); err != nil {
		t.Errorf("the server itself: %v", err)
	}
}

// TestRevocationIsSeen: a role that loses a policy, or is gone, leaves its sessions without rights.
func TestRevocationIsSeen(t *testing.T) {
	f := setUp(t)
	r := f.Role(testidc.Member, "Admin", trustAll, admin)
	c := f.caller(r)
	if err := f.ask(c, "iam:CreateRole", "*"); err != nil {
		t.Fatal(err)
	}
	r.AttachedPolicies = nil
	f.Update(func(tx store.Tx) error { return tx.PutRole(r) })
	if err := f.ask(c, "iam:CreateRole", "*"); idc.KindOf(err) != idc.Denied {
		t.Errorf("after the policy was detached: %v, want Denied", err)
	}
	f.Update(func(tx store.Tx) error { return tx.DeleteRole(testidc.Member, "Admin") })
	if err := f.ask(c, "iam:ListRoles", "*"); idc.KindOf(err) != idc.Denied {
		t.Errorf("after the role was deleted: %v, want Denied", err)
	}
	// A new role of the same name is another role.
	f.Role(testidc.Member, "Admin", trustAll, admin)
	if err := f.ask(c, "iam:ListRoles", "*"); idc.KindOf(err) != idc.Denied {
		t.Errorf("a session of the deleted role under a new role of its name: %v, want Denied", err)
	}
}

func TestAMissingPolicyIsAnErrorAndNotNoPolicy(t *testing.T) {
	f := setUp(t)
	c := f.caller(f.Role(testidc.Member, "Odd", trustAll, admin, "arn:aws:iam::222222222222:policy/gone"))
	if err := f.ask(c, "iam:ListRoles", "*"); err == nil {
		t.Error("allowed although a policy of the role cannot be loaded")
	}
}

func TestSessionPoliciesLimit(t *testing.T) {
	f := setUp(t)
	c := f.caller(f.Role(testidc.Member, "Admin", trustAll, admin))
	c.SessionPolicies = []string{`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:Get*","Resource":"*"}]}`}
	if err := f.ask(c, "iam:GetRole", "*"); err != nil {
		t.Errorf("allowed by both: %v", err)
	}
	if err := f.ask(c, "iam:ListRoles", "*"); !strings.Contains(idc.PublicMessage(err), "no session policy allows") {
		t.Errorf("not allowed by the session policy: %v", err)
	}
	c.SessionPolicies, c.SessionPolicyARNs = nil, []string{"arn:aws:iam::aws:policy/NoSuchPolicy"}
	if err := f.ask(c, "iam:ListRoles", "*"); idc.KindOf(err) != idc.Denied {
		t.Errorf("a session whose only policy is gone: %v, want Denied", err)
	}
}

// TestManagedSessionPoliciesChange: a session is limited by what the managed policy says now.
func TestManagedSessionPoliciesChange(t *testing.T) {
	f := setUp(t)
	const limit = "arn:aws:iam::222222222222:policy/Limit"
	put := func(action string) {
		f.Update(func(tx store.Tx) error {
			return tx.PutManagedPolicy(&idc.ManagedPolicy{AccountID: testidc.Member, Name: "Limit", Path: "/", ID: "ANPALIMIT", ARN: limit, DefaultVersion: "v1",
				Versions: []idc.PolicyVersion{{ID: "v1", Document: statements(`{"Effect":"Allow","Action":"` + action + `","Resource":"*"}`)}}})
		})
	}
	c := f.caller(f.Role(testidc.Member, "Admin", trustAll, admin))
	c.SessionPolicyARNs = []string{limit}
	for range 2 {
		put("iam:ListRoles")
		if err := f.ask(c, "iam:ListRoles", "*"); err != nil {
			t.Errorf("while it allows: %v", err)
		}
		put("iam:GetRole")
		if err := f.ask(c, "iam:ListRoles", "*"); idc.KindOf(err) != idc.Denied {
			t.Errorf("after it changed: %v, want Denied", err)
		}
	}
	put("iam:ListRoles")
	f.Update(func(tx store.Tx) error { return tx.DeleteManagedPolicy(limit) })
	if err := f.ask(c, "iam:ListRoles", "*"); idc.KindOf(err) != idc.Denied {
		t.Errorf("after it was deleted: %v, want Denied", err)
	}
}

// TestMFAIdiom is the SecureCart story's guard: no MFA, no access.
func TestMFAIdiom(t *testing.T) {
	f := setUp(t)
	r := f.Role(testidc.Member, "Admin", trustAll, admin)
	r.InlinePolicies = map[string]string{"mfa": `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*",
		"Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}]}`}
	f.Update(func(tx store.Tx) error { return tx.PutRole(r) })
	c := f.caller(r)
	if err := f.ask(c, "iam:ListRoles", "*"); !strings.Contains(idc.PublicMessage(err), "explicit deny in an identity-based policy") {
		t.Errorf("without MFA: %v", err)
	}
	c.MFA, c.MFAAt = true, f.Clock.Now().Add(-time.Minute)
	if err := f.ask(c, "iam:ListRoles", "*"); err != nil {
		t.Errorf("with MFA: %v", err)
	}
}

func TestServiceControlPolicies(t *testing.T) {
	f := setUp(t)
	inMember := f.caller(f.Role(testidc.Member, "Admin", trustAll, admin))
	inManagement := f.caller(f.Role(testidc.Management, "Admin", trustAll, admin))
	f.Update(func(tx store.Tx) error {
		full := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
		deny := `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*"}]}`
		for id, content := range map[string]string{"p-full0000": full, "p-deny0000": deny} {
			if err := tx.PutOrganizationPolicy(&idc.OrganizationPolicy{ID: id, Name: id, Type: "SERVICE_CONTROL_POLICY", Content: content}); err != nil {
				return err
			}
			if err := tx.PutPolicyAttachment(&idc.PolicyAttachment{PolicyID: id, TargetID: f.Instance.RootID}); err != nil {
				return err
			}
		}
		for _, target := range []string{testidc.Member, testidc.Management} {
			if err := tx.PutPolicyAttachment(&idc.PolicyAttachment{PolicyID: "p-full0000", TargetID: target}); err != nil {
				return err
			}
		}
		return nil
	})
	if err := f.ask(inMember, "iam:CreateRole", "*"); !strings.Contains(idc.PublicMessage(err), "explicit deny in a service control policy") {
		t.Errorf("member account: %v", err)
	}
	if err := f.ask(inMember, "iam:GetRole", "*"); err != nil {
		t.Errorf("member account, not denied: %v", err)
	}
	if err := f.ask(inManagement, "iam:CreateRole", "*"); err != nil {
		t.Errorf("the management account is exempt: %v", err)
	}
}

// TestAssumingRoles needs the trust of the role, and the same answer for a role that does not exist.
func TestAssumingRoles(t *testing.T) {
	f := setUp(t)
	f.Role(testidc.Management, "Trusting", trustMember)
	allowed := f.caller(f.Role(testidc.Member, "Admin", trustAll, admin))
	without := f.caller(f.Role(testidc.Member, "Reader", trustAll, readOnly))
	const target = "arn:aws:iam::111111111111:role/Trusting"
	if err := f.ask(allowed, "sts:AssumeRole", target); err != nil {
		t.Errorf("trusted, and allowed by its own policies: %v", err)
	}
	if err := f.ask(without, "sts:AssumeRole", target); idc.KindOf(err) != idc.Denied {
		t.Errorf("trusted, but not allowed by its own policies: %v", err)
	}
	// Policies match the text of an ARN: a spelling they do not name must not reach the role.
	for _, role := range []string{
		"arn:aws:iam::111111111111:role/NotThere", "arn:aws:iam::111111111111:role/trusting", "arn:aws:iam::111111111111:role/path/Trusting",
		"arn:aws-cn:iam::111111111111:role/Trusting", "arn:aws-us-gov:iam::111111111111:role/Trusting", "arn:aws-x:iam::111111111111:role/Trusting",
	} {
		err := f.ask(allowed, "sts:AssumeRole", role)
		want := "User: " + allowed.ARN + " is not authorized to perform: sts:AssumeRole on resource: " + role
		if idc.PublicMessage(err) != want {
			t.Errorf("%s:\n got %v\nwant %s", role, err, want)
		}
	}
}

// TestRoleMadeAgainIsNotTrusted: trust in a role's ARN is trust in the role that bore it.
func TestRoleMadeAgainIsNotTrusted(t *testing.T) {
	f := setUp(t)
	ctx, roles := f.T.Context(), f.authz.Roles
	trusted := f.Role(testidc.Member, "Deploy", trustAll, admin)
	trust := func(principals string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":[` + principals + `]},"Action":"sts:AssumeRole"}]}`
	}
	for name, principals := range map[string]string{"ByRole": `"` + trusted.ARN + `"`, "ByAccount": `"` + trusted.ARN + `","222222222222"`} {
		if _, err := roles.Create(ctx, f.Change(), testidc.Management, role.Definition{Name: name, TrustPolicy: trust(principals)}); err != nil {
			t.Fatal(err)
		}
	}
	const byRole, byAccount = "arn:aws:iam::111111111111:role/ByRole", "arn:aws:iam::111111111111:role/ByAccount"
	if err := f.ask(f.caller(trusted), "sts:AssumeRole", byRole); err != nil {
		t.Errorf("the role that is trusted: %v", err)
	}
	f.Update(func(tx store.Tx) error { return tx.DeleteRole(testidc.Member, "Deploy") })
	again := f.caller(f.Role(testidc.Member, "Deploy", trustAll, admin))
	if err := f.ask(again, "sts:AssumeRole", byRole); idc.KindOf(err) != idc.Denied {
		t.Errorf("another role of the same ARN: %v, want Denied", err)
	}
	if err := f.ask(again, "sts:AssumeRole", byAccount); err != nil {
		t.Errorf("another role of the same ARN, its account is trusted: %v", err)
	}
	if err := roles.UpdateTrust(ctx, f.Change(), testidc.Management, "ByRole", trust(`"`+trusted.ARN+`"`)); err != nil {
		t.Fatal(err)
	}
	if err := f.ask(again, "sts:AssumeRole", byRole); err != nil {
		t.Errorf("after the trust policy was saved again: %v", err)
	}
}
