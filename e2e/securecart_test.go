package e2e

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// securecart is the table of the tutorial. An empty account is all of them.
var securecart = []struct {
	group, account, permissionSet string
}{
	{"SecureCart-Developers", "Dev", "AdministratorAccess"},
	{"SecureCart-Developers", "Staging", "PowerUserAccess"},
	{"SecureCart-Developers", "Production", "ReadOnlyAccess"},
	{"SecureCart-Ops", "Management", "AdministratorAccess"},
	{"SecureCart-Ops", "Dev", "AdministratorAccess"},
	{"SecureCart-Ops", "Staging", "AdministratorAccess"},
	{"SecureCart-Ops", "Production", "AdministratorAccess"},
	{"SecureCart-Support", "Production", "ReadOnlyAccess"},
	{"SecureCart-Auditors", "Production", "SecurityAudit"},
	{"SecureCart-Vendors", "Production", "SecurityAudit"},
}

var securecartPeople = map[string]string{
	"SecureCart-Developers": "dana", "SecureCart-Ops": "omar", "SecureCart-Support": "sofia",
	"SecureCart-Auditors": "anton", "SecureCart-Vendors": "vera",
}

// builder makes an organization with the AWS CLI, as an administrator would.
type builder struct {
	t   *testing.T
	cli *awsCLI

	instance, store string
	accounts        map[string]string // by name
	groups          map[string]string
	permissionSets  map[string]string
}

// The SecureCart table is built from nothing with the stock AWS CLI, and the roles are there.
func TestBuildSecureCart(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		dir := t.TempDir()
		s := startServe(t, e, dir, "GATEHOUSE_MANAGEMENT_ACCOUNT_ID="+management)
		b := &builder{t: t, cli: newAWSCLI(t, s), accounts: map[string]string{"Management": management},
			groups: map[string]string{}, permissionSets: map[string]string{}}
		b.cli.home.config(breakGlassProfile("admin", gatehouse(t), dir, management))

		var instances struct {
			Instances []struct{ InstanceArn, IdentityStoreId string }
		}
		b.aws(&instances, "sso-admin", "list-instances")
		if len(instances.Instances) != 1 {
			t.Fatalf("instances: %+v", instances)
		}
		b.instance, b.store = instances.Instances[0].InstanceArn, instances.Instances[0].IdentityStoreId

		b.makeAccounts()
		together(b.makeDirectory, b.makePermissionSets)
		if t.Failed() {
			t.FailNow()
		}
		b.assign()
		if t.Failed() {
			t.FailNow()
		}
		profiles := ""
		for name, id := range b.accounts {
			profiles += breakGlassProfile("admin-"+name, gatehouse(t), dir, id)
		}
		b.cli.home.config(breakGlassProfile("admin", gatehouse(t), dir, management) + profiles)
		b.checkAssignments()
		b.checkRoles()
	})
}

// breakGlassProfile takes credentials from the server's control socket.
func breakGlassProfile(name, program, dir, accountID string) string {
	return fmt.Sprintf("[profile %s]\nregion = %s\noutput = json\ncredential_process = %s admin credentials --data %s --account %s\n\n",
		name, region, program, dir, accountID)
}

func (b *builder) aws(out any, args ...string) {
	b.t.Helper()
	b.cli.must(out, append(args, "--profile", "admin")...)
}

// together runs steps side by side: most of an `aws` call is the start of Python.
func together(steps ...func()) {
	var wait sync.WaitGroup
	for _, step := range steps {
		wait.Go(step)
	}
	wait.Wait()
}

func (b *builder) makeAccounts() {
	b.t.Helper()
	var roots struct{ Roots []struct{ Id string } }
	b.aws(&roots, "organizations", "list-roots")
	root := roots.Roots[0].Id
	units := map[string]string{}
	for _, name := range []string{"NonProduction", "Production"} {
		var out struct{ OrganizationalUnit struct{ Id string } }
		b.aws(&out, "organizations", "create-organizational-unit", "--parent-id", root, "--name", name)
		units[name] = out.OrganizationalUnit.Id
	}
	type status struct {
		CreateAccountStatus struct{ Id, State, AccountId, FailureReason string }
	}
	pending := map[string]string{}
	for _, name := range []string{"Dev", "Staging", "Production"} {
		var out status
		b.aws(&out, "organizations", "create-account", "--account-name", name, "--email", strings.ToLower(name)+"@securecart.example")
		pending[name] = out.CreateAccountStatus.Id
	}
	for name, id := range pending {
		eventually(b.t, 30*time.Second, "account "+name, func() error {
			var out status
			b.aws(&out, "organizations", "describe-create-account-status", "--create-account-request-id", id)
			if out.CreateAccountStatus.State != "SUCCEEDED" {
				return fmt.Errorf("%+v", out.CreateAccountStatus)
			}
			b.accounts[name] = out.CreateAccountStatus.AccountId
			return nil
		})
		unit := units["NonProduction"]
		if name == "Production" {
			unit = units["Production"]
		}
		b.aws(nil, "organizations", "move-account", "--account-id", b.accounts[name],
			"--source-parent-id", root, "--destination-parent-id", unit)
	}
	var list struct {
		Accounts []struct{ Id, Name, Status string }
	}
	b.aws(&list, "organizations", "list-accounts")
	if len(list.Accounts) != 4 {
		b.t.Errorf("accounts: %+v", list.Accounts)
	}
}

func (b *builder) makeDirectory() {
	b.t.Helper()
	for group, user := range securecartPeople {
		var g struct{ GroupId string }
		b.aws(&g, "identitystore", "create-group", "--identity-store-id", b.store, "--display-name", group)
		var u struct{ UserId string }
		b.aws(&u, "identitystore", "create-user", "--identity-store-id", b.store, "--user-name", user, "--display-name", user,
			"--name", "GivenName="+user+",FamilyName=Example", "--emails", "Value="+user+"@securecart.example,Type=work,Primary=true")
		b.aws(nil, "identitystore", "create-group-membership", "--identity-store-id", b.store, "--group-id", g.GroupId,
			"--member-id", "UserId="+u.UserId)
		b.groups[group] = g.GroupId
	}
	b.cli.refused("ConflictException", "identitystore", "create-group", "--identity-store-id", b.store,
		"--display-name", "SecureCart-Ops", "--profile", "admin")
}

// makePermissionSets makes the four of the table, but for AdministratorAccess, which an instance has
// from its start for the first administrator.
func (b *builder) makePermissionSets() {
	b.t.Helper()
	var list struct{ PermissionSets []string }
	b.aws(&list, "sso-admin", "list-permission-sets", "--instance-arn", b.instance)
	for _, arn := range list.PermissionSets {
		var out struct{ PermissionSet struct{ Name string } }
		b.aws(&out, "sso-admin", "describe-permission-set", "--instance-arn", b.instance, "--permission-set-arn", arn)
		b.permissionSets[out.PermissionSet.Name] = arn
	}
	for _, name := range []string{"AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess", "SecurityAudit"} {
		if b.permissionSets[name] != "" {
			continue
		}
		var out struct {
			PermissionSet struct{ PermissionSetArn string }
		}
		b.aws(&out, "sso-admin", "create-permission-set", "--instance-arn", b.instance, "--name", name, "--session-duration", "PT1H")
		b.aws(nil, "sso-admin", "attach-managed-policy-to-permission-set", "--instance-arn", b.instance,
			"--permission-set-arn", out.PermissionSet.PermissionSetArn, "--managed-policy-arn", "arn:aws:iam::aws:policy/"+name)
		b.permissionSets[name] = out.PermissionSet.PermissionSetArn
	}
}

func (b *builder) assign() {
	b.t.Helper()
	half := len(securecart) / 2
	each := func(from, to int) func() {
		return func() {
			for _, row := range securecart[from:to] {
				b.assignRow(row.group, row.account, row.permissionSet)
			}
		}
	}
	together(each(0, half), each(half, len(securecart)))
}

func (b *builder) assignRow(group, account, permissionSet string) {
	type status struct{ Status, RequestId, FailureReason string }
	var created struct{ AccountAssignmentCreationStatus status }
	b.aws(&created, "sso-admin", "create-account-assignment", "--instance-arn", b.instance,
		"--target-type", "AWS_ACCOUNT", "--target-id", b.accounts[account], "--permission-set-arn", b.permissionSets[permissionSet],
		"--principal-type", "GROUP", "--principal-id", b.groups[group])
	eventually(b.t, 30*time.Second, group+" in "+account, func() error {
		var out struct{ AccountAssignmentCreationStatus status }
		b.aws(&out, "sso-admin", "describe-account-assignment-creation-status", "--instance-arn", b.instance,
			"--account-assignment-creation-request-id", created.AccountAssignmentCreationStatus.RequestId)
		if out.AccountAssignmentCreationStatus.Status != "SUCCEEDED" {
			return fmt.Errorf("%+v", out.AccountAssignmentCreationStatus)
		}
		return nil
	})
}

func (b *builder) checkAssignments() {
	b.t.Helper()
	var out struct {
		AccountAssignments []struct{ PrincipalId, PrincipalType string }
	}
	b.aws(&out, "sso-admin", "list-account-assignments", "--instance-arn", b.instance,
		"--account-id", b.accounts["Production"], "--permission-set-arn", b.permissionSets["SecurityAudit"])
	var got []string
	for _, a := range out.AccountAssignments {
		got = append(got, a.PrincipalType+" "+a.PrincipalId)
	}
	want := []string{"GROUP " + b.groups["SecureCart-Auditors"], "GROUP " + b.groups["SecureCart-Vendors"]}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		b.t.Errorf("SecurityAudit in Production is assigned to %v, want %v", got, want)
	}
}

func (b *builder) checkRoles() {
	b.t.Helper()
	for account := range b.accounts {
		var want []string
		for _, row := range securecart {
			if row.account == account && !slices.Contains(want, row.permissionSet) {
				want = append(want, row.permissionSet)
			}
		}
		var out struct {
			Roles []struct{ RoleName, Path, Arn string }
		}
		profile := []string{"--profile", "admin-" + account}
		b.cli.must(&out, append([]string{"iam", "list-roles", "--path-prefix", "/aws-reserved/sso.amazonaws.com/"}, profile...)...)
		var got []string
		for _, r := range out.Roles {
			parts := strings.Split(r.RoleName, "_")
			if len(parts) != 3 || parts[0] != "AWSReservedSSO" {
				b.t.Errorf("%s has the role %s", account, r.RoleName)
				continue
			}
			got = append(got, parts[1])
			if account != "Production" {
				continue
			}
			var policies struct {
				AttachedPolicies []struct{ PolicyName, PolicyArn string }
			}
			b.cli.must(&policies, append([]string{"iam", "list-attached-role-policies", "--role-name", r.RoleName}, profile...)...)
			if len(policies.AttachedPolicies) != 1 || policies.AttachedPolicies[0].PolicyArn != "arn:aws:iam::aws:policy/"+parts[1] {
				b.t.Errorf("%s has the policies %+v", r.RoleName, policies.AttachedPolicies)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			b.t.Errorf("%s has roles for %v, want %v", account, got, want)
		}
	}
}

// The one-time link makes the first administrator, once.
func TestFirstAdministrator(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		s := startServe(t, e, t.TempDir())
		if s.Link == "" {
			t.Fatal("the first start prints no link")
		}
		p := newPerson(t, s.URL, account{Username: "admin"})
		pg, err := p.walk(p.visit(s.Link), "")
		if err != nil {
			t.Fatal(err)
		}
		if p.Password == "" || p.TOTPSecret == "" || pg.Status != 200 {
			t.Fatalf("no password or no second factor was set; the last page is %s: %s", pg.URL, pg.text())
		}
		if !pg.has("Accounts") {
			t.Errorf("the administrator does not reach the portal but %s: %s", pg.URL, pg.text())
		}
		other := newPerson(t, s.URL, account{})
		if again := other.visit(s.Link); len(again.forms()) > 0 && again.forms()[0].has("new_password") {
			t.Error("the link works twice")
		}
	})
}
