package authz_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// organization is a world founded by the product itself: full-access policies everywhere, the member in an OU of an OU.
type organization struct {
	fixture
	accounts     *account.Service
	outer, inner string // OUs
}

func found(t *testing.T) *organization {
	o := &organization{fixture: setUp(t)}
	o.accounts = &account.Service{Store: o.Store, IDs: o.IDs}
	o.Update(func(tx store.Tx) error {
		for _, id := range []string{testidc.Management, testidc.Member} {
			if err := tx.DeleteAccount(id); err != nil {
				return err
			}
		}
		return o.accounts.Found(tx, o.Change(), idc.Account{Name: "Management", Email: "root@example.com"})
	})
	o.outer = o.unit(o.Instance.RootID, "Outer")
	o.inner = o.unit(o.outer, "Inner")
	_, err := o.accounts.Add(t.Context(), o.Change(), idc.Account{ID: testidc.Member, Name: "Member", Email: "member@example.com", ParentID: o.inner})
	o.ok(err)
	return o
}

func (o *organization) ok(err error) {
	o.T.Helper()
	if err != nil {
		o.T.Fatal(err)
	}
}

func (o *organization) unit(parent, name string) string {
	o.T.Helper()
	ou, err := o.accounts.CreateOU(o.T.Context(), o.Change(), parent, name, nil)
	o.ok(err)
	return ou.ID
}

// policy makes an organization policy of one statement.
func (o *organization) policy(policyType idc.PolicyType, name, statement string) string {
	o.T.Helper()
	p, err := o.accounts.CreatePolicy(o.T.Context(), o.Change(), account.PolicyDefinition{Name: name, Type: policyType, Content: statements(statement)})
	o.ok(err)
	return p.ID
}

func (o *organization) attach(policyID, target string) {
	o.T.Helper()
	o.ok(o.accounts.AttachPolicy(o.T.Context(), o.Change(), policyID, target))
}

func (o *organization) detach(policyID, target string) {
	o.T.Helper()
	o.ok(o.accounts.DetachPolicy(o.T.Context(), o.Change(), policyID, target))
}

// wants asks, and holds the answer against "" for allowed or words of the refusal.
func (o *organization) wants(what string, c idc.Caller, action, resource, words string) {
	o.T.Helper()
	err := o.ask(c, action, resource)
	switch {
	case words == "" && err != nil:
		o.T.Errorf("%s: %v, want it allowed", what, err)
	case words != "" && (idc.KindOf(err) != idc.Denied || !strings.Contains(idc.PublicMessage(err), words)):
		o.T.Errorf("%s: %v, want it denied with %q", what, err, words)
	}
}

const (
	denyCreateRole = `{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*"}`
	bySCP          = "with an explicit deny in a service control policy"
	noSCP          = "because no service control policy allows the iam:CreateRole action"
	byRCP          = "with an explicit deny in a resource control policy"
)

// TestSCPsAlongThePath: a policy counts wherever it is attached above the account, from the write on, and never for the management account.
func TestSCPsAlongThePath(t *testing.T) {
	o := found(t)
	member := o.caller(o.Role(testidc.Member, "Admin", trustAll, admin))
	management := o.caller(o.Role(testidc.Management, "Admin", trustAll, admin))
	scp := o.policy(account.TypeSCP, "NoRoles", denyCreateRole)
	for name, target := range map[string]string{"root": o.Instance.RootID, "outer OU": o.outer, "inner OU": o.inner, "account": testidc.Member} {
		o.wants("before "+name, member, "iam:CreateRole", "*", "")
		o.attach(scp, target)
		o.wants("at the "+name, member, "iam:CreateRole", "*", bySCP)
		o.wants("at the "+name+", another action", member, "iam:GetRole", "*", "")
		o.wants("at the "+name+", from the management account", management, "iam:CreateRole", "*", "")
		o.detach(scp, target)
	}
	o.wants("after all", member, "iam:CreateRole", "*", "")
	o.attach(scp, testidc.Management)
	o.wants("at the management account itself", management, "iam:CreateRole", "*", "")
}

// TestEveryLevelMustAllow: levels are intersected, the policies of one level united.
func TestEveryLevelMustAllow(t *testing.T) {
	o := found(t)
	member := o.caller(o.Role(testidc.Member, "Admin", trustAll, admin))
	readOnly := o.policy(account.TypeSCP, "Read", `{"Effect":"Allow","Action":"iam:Get*","Resource":"*"}`)
	write := o.policy(account.TypeSCP, "Write", `{"Effect":"Allow","Action":"iam:Create*","Resource":"*"}`)
	for name, target := range map[string]string{"root": o.Instance.RootID, "outer OU": o.outer, "inner OU": o.inner, "account": testidc.Member} {
		o.attach(readOnly, target)
		o.wants(name+" with full access", member, "iam:CreateRole", "*", "")
		o.detach(account.FullAccessSCP, target)
		o.wants(name+" without", member, "iam:CreateRole", "*", noSCP)
		o.wants(name+", what is left", member, "iam:GetRole", "*", "")
		o.attach(write, target)
		o.wants(name+" with both", member, "iam:CreateRole", "*", "")
		o.attach(account.FullAccessSCP, target)
		o.detach(readOnly, target)
		o.detach(write, target)
	}
}

// TestMovingAnAccount: what limits an account is where it stands, from the move on.
func TestMovingAnAccount(t *testing.T) {
	o := found(t)
	member := o.caller(o.Role(testidc.Member, "Admin", trustAll, admin))
	scp := o.policy(account.TypeSCP, "NoRoles", denyCreateRole)
	free := o.unit(o.Instance.RootID, "Free")
	o.attach(scp, o.outer)
	o.wants("below the OU", member, "iam:CreateRole", "*", bySCP)
	o.ok(o.accounts.Move(t.Context(), o.Change(), testidc.Member, o.inner, free))
	o.wants("moved out", member, "iam:CreateRole", "*", "")
	o.ok(o.accounts.Move(t.Context(), o.Change(), testidc.Member, free, o.outer))
	o.wants("moved back", member, "iam:CreateRole", "*", bySCP)
	content := statements(`{"Effect":"Deny","Action":"iam:DeleteRole","Resource":"*"}`)
	_, err := o.accounts.UpdatePolicy(t.Context(), o.Change(), scp, account.PolicyUpdate{Content: &content})
	o.ok(err)
	o.wants("after the text changed", member, "iam:CreateRole", "*", "")
	o.wants("after the text changed", member, "iam:DeleteRole", "*", bySCP)
}

// TestDisabledTypesLimitNobody: disabling lifts everything, enabling begins with full access.
func TestDisabledTypesLimitNobody(t *testing.T) {
	o := found(t)
	ctx, root := t.Context(), o.Instance.RootID
	member := o.caller(o.Role(testidc.Member, "Admin", trustAll, admin))
	for policyType, c := range map[idc.PolicyType]struct{ statement, words string }{
		account.TypeSCP: {denyCreateRole, bySCP},
		account.TypeRCP: {`{"Effect":"Deny","Principal":"*","Action":"iam:CreateRole","Resource":"*"}`, byRCP},
	} {
		p := o.policy(policyType, "No", c.statement)
		o.attach(p, o.outer)
		o.wants(string(policyType), member, "iam:CreateRole", "*", c.words)
		o.ok(o.accounts.DisablePolicyType(ctx, o.Change(), root, policyType))
		o.wants(string(policyType)+" disabled", member, "iam:CreateRole", "*", "")
		o.ok(o.accounts.EnablePolicyType(ctx, o.Change(), root, policyType))
		o.wants(string(policyType)+" enabled anew", member, "iam:CreateRole", "*", "")
		o.attach(p, root)
		o.wants(string(policyType)+" attached again", member, "iam:CreateRole", "*", c.words)
		o.detach(p, root)
	}
}

// TestRCPsGuardTheResource: they follow the account that owns the resource, whoever calls; not the management account's.
func TestRCPsGuardTheResource(t *testing.T) {
	o := found(t)
	fromManagement := o.caller(o.Role(testidc.Management, "Admin", trustAll, admin))
	fromMember := o.caller(o.Role(testidc.Member, "Admin", trustAll, admin))
	inMember := o.Role(testidc.Member, "Target", trustAll).ARN
	inManagement := o.Role(testidc.Management, "Target", trustAll).ARN
	rcp := o.policy(account.TypeRCP, "Fence", `{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Resource":"*",
		"Condition":{"StringNotEqualsIfExists":{"aws:PrincipalAccount":"`+testidc.Member+`"}}}`)
	for name, target := range map[string]string{"root": o.Instance.RootID, "inner OU": o.inner, "account": testidc.Member} {
		o.wants("before "+name, fromManagement, "sts:AssumeRole", inMember, "")
		o.attach(rcp, target)
		o.wants("from outside, at the "+name, fromManagement, "sts:AssumeRole", inMember, "is not authorized to perform: sts:AssumeRole")
		o.wants("from inside, at the "+name, fromMember, "sts:AssumeRole", inMember, "")
		o.wants("into the management account, at the "+name, fromManagement, "sts:AssumeRole", inManagement, "")
		o.detach(rcp, target)
	}
	// The management account's callers are not exempt where the resource is a member's, and its own resources are.
	deny := o.policy(account.TypeRCP, "NoIAM", `{"Effect":"Deny","Principal":"*","Action":"iam:*","Resource":"*"}`)
	o.attach(deny, o.Instance.RootID)
	o.wants("a member's resource", fromMember, "iam:GetRole", inMember, byRCP)
	o.wants("the management account's resource", fromManagement, "iam:GetRole", inManagement, "")
}

// TestMFAAsServiceControlPolicy is the SecureCart guard for whole accounts.
func TestMFAAsServiceControlPolicy(t *testing.T) {
	o := found(t)
	c := o.caller(o.Role(testidc.Member, "Admin", trustAll, admin))
	o.attach(o.policy(account.TypeSCP, "MFA", `{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}`), o.outer)
	o.wants("without a second factor", c, "iam:ListRoles", "*", bySCP)
	c.MFA, c.MFAAt = true, o.Clock.Now()
	o.wants("with a second factor", c, "iam:ListRoles", "*", "")
}

// TestFencingAPerson is AWS's way to stop one person's sessions by an SCP.
func TestFencingAPerson(t *testing.T) {
	o := found(t)
	ana := o.caller(o.Role(testidc.Member, "Admin", trustAll, admin))
	ana.UserID = "u-ana"
	bob := ana
	bob.UserID = "u-bob"
	o.attach(o.policy(account.TypeSCP, "Fence", `{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"identitystore:UserId":"u-ana"}}}`), o.Instance.RootID)
	o.wants("ana", ana, "iam:ListRoles", "*", bySCP)
	o.wants("bob", bob, "iam:ListRoles", "*", "")
}
