package orgread_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	ssotypes "github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/gatehouse-idc/gatehouse/internal/assignment"
	"github.com/gatehouse-idc/gatehouse/internal/config"
	"github.com/gatehouse-idc/gatehouse/internal/control"
	"github.com/gatehouse-idc/gatehouse/internal/demo"
	"github.com/gatehouse-idc/gatehouse/internal/orgfile"
	"github.com/gatehouse-idc/gatehouse/internal/orgread"
	"github.com/gatehouse-idc/gatehouse/internal/server"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// living is a running SecureCart.
type living struct {
	t   *testing.T
	srv *server.Server
	dir string
}

func start(t *testing.T) *living {
	t.Helper()
	dir, err := os.MkdirTemp("", "gatehouse-orgread-") // the socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load("", nil, map[string]string{
		"data_dir": dir, "listen": "127.0.0.1:0", "metrics_listen": "", "region": "us-east-1",
		"management_account_id": demo.Management, "alias": demo.Alias,
	})
	if err != nil {
		t.Fatal(err)
	}
	srv, err := server.Build(t.Context(), cfg, server.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Version: "test", Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- srv.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-stopped; err != nil {
			t.Error(err)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if _, err := demo.Open(ctx, srv); err != nil {
		t.Fatal(err)
	}
	return &living{t: t, srv: srv, dir: dir}
}

// account is a configuration with administrator credentials of an account.
func (l *living) account(ctx context.Context, id string) (aws.Config, error) {
	creds, err := control.Dial(l.dir).Credentials(ctx, control.CredentialsRequest{AccountID: id, TTLSeconds: 900})
	if err != nil {
		return aws.Config{}, err
	}
	return aws.Config{Region: "us-east-1", BaseEndpoint: aws.String(l.srv.URL()),
		Credentials: credentials.NewStaticCredentialsProvider(creds.AccessKeyID, creds.SecretAccessKey, creds.SessionToken)}, nil
}

func (l *living) config(id string) aws.Config {
	l.t.Helper()
	cfg, err := l.account(l.t.Context(), id)
	if err != nil {
		l.t.Fatal(err)
	}
	return cfg
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// extend gives SecureCart what the tutorial has not: nested units, policies of all kinds, a leaver.
func (l *living) extend() {
	t := l.t
	ctx := t.Context()
	management := l.config(demo.Management)
	orgs, sso, store := organizations.NewFromConfig(management), ssoadmin.NewFromConfig(management), identitystore.NewFromConfig(management)
	root := must[*organizations.ListRootsOutput](t)(orgs.ListRoots(ctx, &organizations.ListRootsInput{})).Roots[0].Id
	unit := must[*organizations.CreateOrganizationalUnitOutput](t)(orgs.CreateOrganizationalUnit(ctx, &organizations.CreateOrganizationalUnitInput{ParentId: root, Name: aws.String("Odd/Name")}))
	below := must[*organizations.CreateOrganizationalUnitOutput](t)(orgs.CreateOrganizationalUnit(ctx, &organizations.CreateOrganizationalUnitInput{
		ParentId: unit.OrganizationalUnit.Id, Name: aws.String("Below"), Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}}}))
	guard := must[*organizations.CreatePolicyOutput](t)(orgs.CreatePolicy(ctx, &organizations.CreatePolicyInput{Name: aws.String("Guard"), Description: aws.String("d"),
		Type: types.PolicyTypeServiceControlPolicy, Content: aws.String("{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": {\"Effect\": \"Deny\", \"Action\": \"cloudtrail:*\", \"Resource\": \"*\"}\n}")}))
	for _, target := range []string{*below.OrganizationalUnit.Id, demo.Dev} {
		must[*organizations.AttachPolicyOutput](t)(orgs.AttachPolicy(ctx, &organizations.AttachPolicyInput{PolicyId: guard.Policy.PolicySummary.Id, TargetId: &target}))
	}
	instance := must[*ssoadmin.ListInstancesOutput](t)(sso.ListInstances(ctx, &ssoadmin.ListInstancesInput{})).Instances[0]
	must[*iam.CreatePolicyOutput](t)(iam.NewFromConfig(l.config(demo.Dev)).CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String("Limits"), Path: aws.String("/team/"),
		PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a+%20"}}`)}))
	set := must[*ssoadmin.CreatePermissionSetOutput](t)(sso.CreatePermissionSet(ctx, &ssoadmin.CreatePermissionSetInput{InstanceArn: instance.InstanceArn, Name: aws.String("Special"),
		Description: aws.String("all of it"), RelayState: aws.String("https://example.com/"), Tags: []ssotypes.Tag{{Key: aws.String("k"), Value: aws.String("v")}}})).PermissionSet.PermissionSetArn
	reference := &ssotypes.CustomerManagedPolicyReference{Name: aws.String("Limits"), Path: aws.String("/team/")}
	must[*ssoadmin.AttachCustomerManagedPolicyReferenceToPermissionSetOutput](t)(sso.AttachCustomerManagedPolicyReferenceToPermissionSet(ctx,
		&ssoadmin.AttachCustomerManagedPolicyReferenceToPermissionSetInput{InstanceArn: instance.InstanceArn, PermissionSetArn: set, CustomerManagedPolicyReference: reference}))
	must[*ssoadmin.PutInlinePolicyToPermissionSetOutput](t)(sso.PutInlinePolicyToPermissionSet(ctx, &ssoadmin.PutInlinePolicyToPermissionSetInput{InstanceArn: instance.InstanceArn, PermissionSetArn: set,
		InlinePolicy: aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}`)}))
	must[*ssoadmin.PutPermissionsBoundaryToPermissionSetOutput](t)(sso.PutPermissionsBoundaryToPermissionSet(ctx, &ssoadmin.PutPermissionsBoundaryToPermissionSetInput{InstanceArn: instance.InstanceArn, PermissionSetArn: set,
		PermissionsBoundary: &ssotypes.PermissionsBoundary{CustomerManagedPolicyReference: reference}}))
	users := must[*identitystore.ListUsersOutput](t)(store.ListUsers(ctx, &identitystore.ListUsersInput{IdentityStoreId: instance.IdentityStoreId}))
	for _, u := range users.Users {
		if *u.UserName == "sofia" {
			must[*ssoadmin.CreateAccountAssignmentOutput](t)(sso.CreateAccountAssignment(ctx, &ssoadmin.CreateAccountAssignmentInput{InstanceArn: instance.InstanceArn, PermissionSetArn: set,
				PrincipalType: ssotypes.PrincipalTypeUser, PrincipalId: u.UserId, TargetType: ssotypes.TargetTypeAwsAccount, TargetId: aws.String(demo.Dev)}))
		}
	}
	if err := demo.WaitProvisioned(ctx, l.srv.Services); err != nil {
		t.Fatal(err)
	}
}

// What is read through AWS's APIs says the same of every person as the function that decides who has what, and twice
// reading gives the same file.
func TestRead(t *testing.T) {
	l := start(t)
	l.extend()
	file, warnings, err := orgread.Read(t.Context(), orgread.Source{Config: l.config(demo.Management), Member: l.account})
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	text := must[[]byte](t)(file.Encode())
	again, _, err := orgread.Read(t.Context(), orgread.Source{Config: l.config(demo.Management), Member: l.account, Instance: file.Instance.ARN})
	if err != nil {
		t.Fatal(err)
	}
	if second := must[[]byte](t)(again.Encode()); string(second) != string(text) {
		t.Errorf("two readings differ:\n%s\n%s", text, second)
	}
	decoded := must[*orgfile.File](t)(orgfile.Decode(text))
	ix, err := decoded.Index()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	err = l.srv.Store.View(t.Context(), func(r store.Reader) error {
		for i := range ix.File.Users {
			u := &ix.File.Users[i]
			grants, err := assignment.Effective(r, u.ID, l.srv.Clock.Now())
			if err != nil {
				return err
			}
			var want, got []string
			for _, g := range grants {
				set, err := r.PermissionSet(g.PermissionSetID)
				if err != nil {
					return err
				}
				want = append(want, g.AccountID+" "+set.ARN+" "+g.GroupID)
			}
			for _, g := range ix.GrantsOfUser(u) {
				group := ""
				if g.Group != nil {
					group = g.Group.ID
				}
				got = append(got, g.Account.ID+" "+g.PermissionSet.ARN+" "+group)
			}
			slices.Sort(want)
			slices.Sort(got)
			if len(want) == 0 || !slices.Equal(want, got) {
				t.Errorf("%s holds %q, the file says %q", u.UserName, want, got)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	checkSpecial(t, ix)
	for _, secret := range []string{"password", "totp", "SecretAccessKey"} {
		if strings.Contains(strings.ToLower(string(text)), strings.ToLower(secret)) {
			t.Errorf("the file has a %s", secret)
		}
	}
}

func checkSpecial(t *testing.T, ix *orgfile.Index) {
	t.Helper()
	set := must[*orgfile.PermissionSet](t)(ix.PermissionSet("Special"))
	dev := must[*orgfile.Account](t)(ix.Account("Dev"))
	if got := fmt.Sprint(set.Description, set.RelayState, set.Tags, set.CustomerManagedPolicies, *set.PermissionsBoundary.CustomerManagedPolicy, set.InlinePolicy); got !=
		`all of ithttps://example.com/map[k:v] [{Limits /team/}] {Limits /team/}{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}` {
		t.Errorf("the permission set is %s", got)
	}
	p, read := ix.CustomerPolicyOf(dev, set.CustomerManagedPolicies[0])
	if !read || p == nil || p.Document != `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a+%20"}}` {
		t.Errorf("the customer managed policy is %+v", p)
	}
	if r := ix.RoleOf(dev, set); r == nil || !strings.Contains(r.ARN, "AWSReservedSSO_Special_") || !strings.HasPrefix(r.ID, "AROA") {
		t.Errorf("the role is %+v", r)
	}
	var names []string
	for _, level := range ix.PolicyLevels(orgfile.ServiceControlPolicy, dev) {
		var here []string
		for _, p := range level {
			here = append(here, p.Name)
		}
		names = append(names, strings.Join(here, "+"))
	}
	if got := strings.Join(names, " "); got != "FullAWSAccess FullAWSAccess FullAWSAccess+Guard" {
		t.Errorf("the policies on the way to Dev are %s", got)
	}
	odd := slices.IndexFunc(ix.File.OrganizationalUnits, func(u orgfile.OrganizationalUnit) bool { return u.Name == "Odd/Name" })
	below := slices.IndexFunc(ix.File.OrganizationalUnits, func(u orgfile.OrganizationalUnit) bool { return u.Name == "Below" })
	if odd < 0 || below < 0 || ix.File.OrganizationalUnits[below].In != ix.File.OrganizationalUnits[odd].ID || ix.File.OrganizationalUnits[below].Tags["a"] != "b" {
		t.Errorf("the units are %+v", ix.File.OrganizationalUnits)
	}
}

// Without a way into the member accounts the file says so, and is otherwise the same.
func TestReadWithoutMembers(t *testing.T) {
	l := start(t)
	for name, member := range map[string]func(context.Context, string) (aws.Config, error){
		"no member account was looked into": nil,
		"account Dev was not looked into: closed": func(context.Context, string) (aws.Config, error) {
			return aws.Config{}, fmt.Errorf("closed")
		},
	} {
		file, warnings, err := orgread.Read(t.Context(), orgread.Source{Config: l.config(demo.Management), Member: member})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(warnings, func(w string) bool { return strings.Contains(w, name) }) {
			t.Errorf("%q, want one with %q", warnings, name)
		}
		for _, a := range file.Accounts {
			if (a.IAM != nil) != (a.Name == "Management") {
				t.Errorf("%s: %+v", a.Name, a.IAM)
			}
		}
		if len(file.Assignments) != 10 {
			t.Errorf("%d assignments", len(file.Assignments))
		}
	}
	if _, _, err := orgread.Read(t.Context(), orgread.Source{Config: l.config(demo.Management), Instance: "arn:aws:sso:::instance/ssoins-0000000000000000"}); err == nil || !strings.Contains(err.Error(), "no IAM Identity Center instance") {
		t.Errorf("an instance that is not there: %v", err)
	}
	if _, _, err := orgread.Read(t.Context(), orgread.Source{Config: l.config(demo.Dev)}); err == nil || !strings.Contains(err.Error(), "reading the") {
		t.Errorf("credentials of a member account: %v", err)
	}
}

// A permission set that was changed and not provisioned is named: in the accounts something else is true.
func TestReadNamesRolesThatAreOlder(t *testing.T) {
	l := start(t)
	source := orgread.Source{Config: l.config(demo.Management), Member: l.account}
	file, _, err := orgread.Read(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	set := file.PermissionSets[slices.IndexFunc(file.PermissionSets, func(s orgfile.PermissionSet) bool { return s.Name == "PowerUserAccess" })]
	_, err = ssoadmin.NewFromConfig(source.Config).PutInlinePolicyToPermissionSet(t.Context(), &ssoadmin.PutInlinePolicyToPermissionSetInput{
		InstanceArn: &file.Instance.ARN, PermissionSetArn: &set.ARN,
		InlinePolicy: aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*"}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, warnings, err := orgread.Read(t.Context(), source)
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "the role of PowerUserAccess in the account 333333333333 is older") {
		t.Errorf("%q, %v", warnings, err)
	}
}
