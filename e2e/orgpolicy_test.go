package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// governed is a demo whose organization is governed with the AWS CLI: "ops" administers the management
// account, "dev" the account Dev, both by break-glass; "person" is somebody signed in to Dev.
type governed struct {
	*awsCLI
	server       *server
	root, nonpro string // the root, and the OU of Dev and Staging
}

func newGoverned(t *testing.T, e engine) *governed {
	t.Helper()
	s := startDemo(t, e, "")
	g := &governed{awsCLI: newAWSCLI(t, s), server: s}
	g.home.config(breakGlassProfile("ops", gatehouse(t), s.DataDir, management) +
		breakGlassProfile("dev", gatehouse(t), s.DataDir, dev) + plainProfile("person", s, dev, "AdministratorAccess"))
	var roots struct{ Roots []struct{ Id string } }
	g.ops(&roots, "list-roots")
	g.root = roots.Roots[0].Id
	var units struct{ OrganizationalUnits []struct{ Id, Name string } }
	g.ops(&units, "list-organizational-units-for-parent", "--parent-id", g.root)
	for _, u := range units.OrganizationalUnits {
		if u.Name == "NonProduction" {
			g.nonpro = u.Id
		}
	}
	return g
}

// ops runs a command of organizations in the management account.
func (g *governed) ops(out any, args ...string) {
	g.t.Helper()
	g.must(out, append(append([]string{"organizations"}, args...), "--profile", "ops")...)
}

// policy makes an organization policy of one statement and returns its id.
func (g *governed) policy(kind, name, statement string) string {
	g.t.Helper()
	var out struct {
		Policy struct{ PolicySummary struct{ Id string } }
	}
	g.ops(&out, "create-policy", "--type", kind, "--name", name, "--description", name, "--content", oneStatement(statement))
	return out.Policy.PolicySummary.Id
}

func oneStatement(statement string) string {
	return `{"Version":"2012-10-17","Statement":[` + statement + `]}`
}

func (g *governed) attach(policy, target string) {
	g.t.Helper()
	g.ops(nil, "attach-policy", "--policy-id", policy, "--target-id", target)
}

func (g *governed) detach(policy, target string) {
	g.t.Helper()
	g.ops(nil, "detach-policy", "--policy-id", policy, "--target-id", target)
}

// asks lists the account's aliases as somebody, and holds the answer against words of the refusal; "" means it works.
func (g *governed) asks(when, words string, as ...string) {
	g.t.Helper()
	out, err := g.run(append([]string{"iam", "list-account-aliases"}, as...)...)
	switch {
	case words == "" && err != nil:
		g.t.Errorf("%s: %v", when, err)
	case words != "" && (err == nil || !strings.Contains(err.Error(), "(AccessDenied)") || !strings.Contains(err.Error(), words)):
		g.t.Errorf("%s: %s %v, want AccessDenied %q", when, out, err, words)
	}
}

// assumed is what AssumeRole answers.
type assumed struct {
	Credentials struct{ AccessKeyId, SecretAccessKey, SessionToken string }
}

// as returns the command line with a session's credentials.
func (g *governed) as(s assumed) *governed {
	other := *g.awsCLI
	other.env = append(slices.Clone(g.env), "AWS_ACCESS_KEY_ID="+s.Credentials.AccessKeyId,
		"AWS_SECRET_ACCESS_KEY="+s.Credentials.SecretAccessKey, "AWS_SESSION_TOKEN="+s.Credentials.SessionToken)
	return &governed{awsCLI: &other, server: g.server, root: g.root, nonpro: g.nonpro}
}

// assume assumes a role of Dev.
func (g *governed) assume(role string, args ...string) assumed {
	g.t.Helper()
	var out assumed
	g.must(&out, append([]string{"sts", "assume-role", "--role-arn", "arn:aws:iam::" + dev + ":role/" + role, "--role-session-name", "e2e"}, args...)...)
	return out
}

// makeRole makes a role in Dev that callers of Dev may take and pass tags to, with an inline policy of one statement.
func (g *governed) makeRole(name, statement string) {
	g.t.Helper()
	trust := oneStatement(`{"Effect":"Allow","Principal":{"AWS":"` + dev + `"},"Action":["sts:AssumeRole","sts:TagSession"]}`)
	g.must(nil, "iam", "create-role", "--role-name", name, "--assume-role-policy-document", trust, "--profile", "dev")
	g.must(nil, "iam", "put-role-policy", "--role-name", name, "--policy-name", "p", "--policy-document", oneStatement(statement), "--profile", "dev")
}

const (
	everything  = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	denyAliases = `{"Effect":"Deny","Action":"iam:ListAccountAliases","Resource":"*"}`
	denyNoMFA   = `{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}`
	bySCP       = "is not authorized to perform: iam:ListAccountAliases on resource: * with an explicit deny in a service control policy"
)

// A service control policy binds an account from the moment it is attached anywhere above it.
func TestServiceControlPolicies(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		g := newGoverned(t, e)
		scp := g.policy("SERVICE_CONTROL_POLICY", "NoAliases", denyAliases)
		for _, target := range []string{g.root, g.nonpro, dev} {
			g.asks("before "+target, "", "--profile", "dev")
			g.attach(scp, target)
			g.asks("attached to "+target, bySCP, "--profile", "dev")
			if target == g.root {
				g.asks("the management account", "", "--profile", "ops")
			}
			g.detach(scp, target)
		}

		// Without FullAWSAccess nothing is allowed but what the other policies of the level allow.
		reads := g.policy("SERVICE_CONTROL_POLICY", "Roles", `{"Effect":"Allow","Action":"iam:ListRoles","Resource":"*"}`)
		g.attach(reads, g.nonpro)
		g.detach("p-FullAWSAccess", g.nonpro)
		g.asks("without FullAWSAccess", "because no service control policy allows the iam:ListAccountAliases action", "--profile", "dev")
		g.must(nil, "iam", "list-roles", "--profile", "dev")
		g.attach("p-FullAWSAccess", g.nonpro)

		// Where an account stands counts from the move on.
		g.attach(scp, g.nonpro)
		g.asks("in the OU", bySCP, "--profile", "dev")
		g.ops(nil, "move-account", "--account-id", dev, "--source-parent-id", g.nonpro, "--destination-parent-id", g.root)
		g.asks("moved out", "", "--profile", "dev")
		g.ops(nil, "move-account", "--account-id", dev, "--source-parent-id", g.root, "--destination-parent-id", g.nonpro)
		g.asks("moved back", bySCP, "--profile", "dev")

		g.ops(nil, "disable-policy-type", "--root-id", g.root, "--policy-type", "SERVICE_CONTROL_POLICY")
		g.asks("the type is disabled", "", "--profile", "dev")
		g.ops(nil, "enable-policy-type", "--root-id", g.root, "--policy-type", "SERVICE_CONTROL_POLICY")
		g.asks("the type is enabled anew", "", "--profile", "dev")
		g.attach(scp, g.nonpro)
		g.asks("and attached again", bySCP, "--profile", "dev")
	})
}

// A resource control policy keeps callers out of the roles of an account: those of other accounts, and the people of
// the portal.
func TestResourceControlPolicies(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		g := newGoverned(t, e)
		const access = "OrganizationAccountAccessRole"
		g.asks("from the management account", "", "--profile", "ops")
		g.as(g.assume(access, "--profile", "ops")).asks("with the role of Dev", "")
		outside := g.policy("RESOURCE_CONTROL_POLICY", "Inside", `{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Resource":"*",
			"Condition":{"StringNotEquals":{"aws:PrincipalAccount":"`+dev+`"}}}`)
		g.makeRole("Inner", everything)
		g.attach(outside, g.nonpro)
		g.refused("AccessDenied", "sts", "assume-role", "--role-arn", "arn:aws:iam::"+dev+":role/"+access, "--role-session-name", "e2e", "--profile", "ops")
		g.assume("Inner", "--profile", "dev")
		g.detach(outside, g.nonpro)
		g.assume(access, "--profile", "ops")

		token := g.server.signInWithPKCE(g.server.user("SecureCart-Developers"), "scopes").AccessToken
		credentials := []string{"sso", "get-role-credentials", "--account-id", dev, "--role-name", "AdministratorAccess", "--access-token", token}
		g.must(nil, credentials...)
		fence := g.policy("RESOURCE_CONTROL_POLICY", "Fence", `{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRoleWithSAML","Resource":"*"}`)
		g.attach(fence, dev)
		g.refused("ForbiddenException", credentials...)
		g.detach(fence, dev)
		g.must(nil, credentials...)
	})
}

// The guard of the tutorial, Deny * without a second factor, in a permission set and as a service control policy:
// whoever signed in with one works, every session without is stopped.
func TestMFAGuard(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		g := newGoverned(t, e)
		g.login(g.server.user("SecureCart-Developers"), "person")
		g.asks("the developer", "", "--profile", "person")
		g.guardPermissionSet()
		g.asks("guarded by the permission set", "", "--profile", "person")

		g.makeRole("Deploy", everything)
		chained := g.as(g.assume("Deploy", "--profile", "person"))
		chained.asks("a chained session, not guarded", "")
		g.attach(g.policy("SERVICE_CONTROL_POLICY", "MFA", denyNoMFA), g.nonpro)
		g.asks("guarded by the organization", "", "--profile", "person")
		chained.asks("a chained session", bySCP)
		g.asks("break-glass in the account", bySCP, "--profile", "dev")
		g.asks("break-glass in the management account", "", "--profile", "ops")
	})
}

// guardPermissionSet puts the guard into AdministratorAccess and waits until Dev has it.
func (g *governed) guardPermissionSet() {
	g.t.Helper()
	var sets struct{ PermissionSets []string }
	admin := []string{"--instance-arn", g.server.InstanceARN, "--profile", "ops"}
	g.must(&sets, append([]string{"sso-admin", "list-permission-sets-provisioned-to-account", "--account-id", dev}, admin...)...)
	if len(sets.PermissionSets) != 1 {
		g.t.Fatalf("permission sets of Dev: %v", sets)
	}
	set := append([]string{"--permission-set-arn", sets.PermissionSets[0]}, admin...)
	g.must(nil, append([]string{"sso-admin", "put-inline-policy-to-permission-set", "--inline-policy", oneStatement(denyNoMFA)}, set...)...)
	type status struct {
		PermissionSetProvisioningStatus struct{ RequestId, Status, FailureReason string }
	}
	var begun status
	g.must(&begun, append([]string{"sso-admin", "provision-permission-set", "--target-type", "AWS_ACCOUNT", "--target-id", dev}, set...)...)
	eventually(g.t, 30*time.Second, "provisioning", func() error {
		var now status
		g.must(&now, append([]string{"sso-admin", "describe-permission-set-provisioning-status",
			"--provision-permission-set-request-id", begun.PermissionSetProvisioningStatus.RequestId}, admin...)...)
		if now.PermissionSetProvisioningStatus.Status != "SUCCEEDED" {
			return fmt.Errorf("%+v", now)
		}
		return nil
	})
}

// What AssumeRole was given limits and describes the session: policies, tags, and tags that go on with it.
func TestSessionPoliciesAndTags(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		g := newGoverned(t, e)
		byTeam := `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/Team":"red"}}}`
		together(func() { g.makeRole("Wide", everything) }, func() { g.makeRole("Team", byTeam) })
		if t.Failed() {
			t.FailNow()
		}
		as := []string{"--profile", "dev"}
		policy := append([]string{"--policy", oneStatement(`{"Effect":"Allow","Action":"iam:ListRoles","Resource":"*"}`)}, as...)
		narrow := g.as(g.assume("Wide", policy...))
		narrow.asks("narrowed", "because no session policy allows the iam:ListAccountAliases action")
		narrow.must(nil, "iam", "list-roles")
		managed := append([]string{"--policy-arns", "arn=arn:aws:iam::aws:policy/AWSOrganizationsReadOnlyAccess"}, as...)
		g.as(g.assume("Wide", managed...)).asks("narrowed by a managed policy", "because no session policy allows the iam:ListAccountAliases action")

		tag := func(value string, more ...string) []string {
			return append(append([]string{"--tags", "Key=Team,Value=" + value}, more...), as...)
		}
		g.as(g.assume("Team", as...)).asks("without a tag", "because no identity-based policy allows")
		g.as(g.assume("Team", tag("blue")...)).asks("of another team", "because no identity-based policy allows")
		g.as(g.assume("Team", tag("red")...)).asks("of the team", "")

		// A transitive tag goes on to the next session and cannot be changed there; another one ends with its session.
		kept := g.as(g.assume("Wide", tag("red", "--transitive-tag-keys", "Team")...))
		kept.as(kept.assume("Team")).asks("with the tag inherited", "")
		kept.refused("ValidationError", "sts", "assume-role", "--role-arn", "arn:aws:iam::"+dev+":role/Team", "--role-session-name", "e2e", "--tags", "Key=Team,Value=blue")
		dropped := g.as(g.assume("Wide", tag("red")...))
		dropped.as(dropped.assume("Team")).asks("with the tag dropped", "because no identity-based policy allows")
		kept.refused("ValidationError", "sts", "assume-role", "--role-arn", "arn:aws:iam::"+dev+":role/Team", "--role-session-name", "e2e", "--duration-seconds", "7200")
	})
}
