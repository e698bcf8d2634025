package accesstest

import (
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/orgfile"
)

const (
	fullAccess  = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
	fullRCP     = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}`
	productions = "222222222222"
)

func managedPolicy(name string) []string { return []string{"arn:aws:iam::aws:policy/" + name} }

func allow(action, resource, condition string) orgfile.Text {
	if condition != "" {
		condition = `,"Condition":` + condition
	}
	return orgfile.Text(`{"Version":"2012-10-17","Statement":{"Sid":"Inline","Effect":"Allow","Action":"` + action + `","Resource":"` + resource + `"` + condition + `}}`)
}

// company is the organization of the tests. Every permission set has somebody who holds nothing else, called as it is
// in small letters, in the account Production.
func company() *orgfile.File {
	sets := []orgfile.PermissionSet{
		{Name: "Admin", ManagedPolicies: managedPolicy("AdministratorAccess")},
		{Name: "Reader", ManagedPolicies: managedPolicy("ReadOnlyAccess")},
		{Name: "Inland", InlinePolicy: allow("s3:*", "*", `{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`)},
		{Name: "Regional", InlinePolicy: allow("ec2:*", "*", `{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}`)},
		{Name: "Bucket", InlinePolicy: allow("s3:*", "arn:aws:s3:::one/*", "")},
		{Name: "Tagged", InlinePolicy: allow("ec2:StartInstances", "*", `{"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}`)},
		{Name: "Own", InlinePolicy: allow("s3:GetObject", "arn:aws:s3:::homes/*", `{"StringEquals":{"identitystore:UserId":"u-own"}}`)},
		{Name: "Early", InlinePolicy: allow("s3:*", "*", `{"DateLessThan":{"aws:CurrentTime":"2026-06-01T00:00:00Z"}}`)},
		{Name: "Custom", CustomerManagedPolicies: []orgfile.CustomerPolicyReference{{Name: "Custom"}}},
		{Name: "Missing", CustomerManagedPolicies: []orgfile.CustomerPolicyReference{{Name: "Missing"}}},
		{Name: "Strange", ManagedPolicies: managedPolicy("NeverHeardOf")},
		{Name: "Brandnew", ManagedPolicies: managedPolicy("Brandnew")},
		{Name: "Bounded", ManagedPolicies: managedPolicy("AdministratorAccess"), PermissionsBoundary: &orgfile.Boundary{ManagedPolicy: managedPolicy("ReadOnlyAccess")[0]}},
		{Name: "Unbounded", ManagedPolicies: managedPolicy("AdministratorAccess"), PermissionsBoundary: &orgfile.Boundary{CustomerManagedPolicy: &orgfile.CustomerPolicyReference{Name: "Gone"}}},
		{Name: "Mfa", InlinePolicy: allow("iam:CreateUser", "*", `{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`)},
	}
	f := &orgfile.File{
		Version:  orgfile.Version,
		Instance: orgfile.Instance{ARN: "arn:aws:sso:::instance/ssoins-0123456789abcdef", IdentityStoreID: "d-1234567890"},
		Organization: orgfile.Organization{ID: "o-example", RootID: "r-abcd", ManagementAccount: "Management",
			PolicyTypes: []string{orgfile.ServiceControlPolicy, orgfile.ResourceControlPolicy}},
		OrganizationalUnits: []orgfile.OrganizationalUnit{{Path: "/Work", ID: "ou-abcd-1"}, {Path: "/Empty", ID: "ou-abcd-2"}},
		Accounts: []orgfile.Account{
			{Name: "Management", ID: "111111111111", OU: "/", IAM: &orgfile.IAM{}},
			{Name: "Production", ID: productions, OU: "/Work", IAM: &orgfile.IAM{
				Policies: []orgfile.CustomerPolicy{{Name: "Custom", Document: allow("sqs:*", "*", "")}},
			}},
			{Name: "Unread", ID: "333333333333", OU: "/Work"},
		},
		OrganizationPolicies: []orgfile.OrganizationPolicy{
			{Name: "Full", ID: "p-1", Type: orgfile.ServiceControlPolicy, Document: fullAccess,
				AttachedTo: []orgfile.Target{{OU: "/"}, {OU: "/Work"}, {OU: "/Empty"}, {Account: "Management"}, {Account: "Production"}, {Account: "Unread"}}},
			{Name: "FullRCP", ID: "p-2", Type: orgfile.ResourceControlPolicy, Document: fullRCP, AttachedTo: []orgfile.Target{{OU: "/"}}},
			{Name: "Guard", ID: "p-3", Type: orgfile.ServiceControlPolicy, AttachedTo: []orgfile.Target{{OU: "/Work"}}, Document: `{"Version":"2012-10-17","Statement":[
  {"Sid":"NoTrails","Effect":"Deny","Action":"cloudtrail:StopLogging","Resource":"*"},
  {"Sid":"SecondFactor","Effect":"Deny","Action":"dynamodb:Delete*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}]}`},
			{Name: "Encrypted", ID: "p-4", Type: orgfile.ResourceControlPolicy, AttachedTo: []orgfile.Target{{Account: "Production"}}, Document: `{"Version":"2012-10-17","Statement":
  {"Sid":"TLS","Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}}`},
		},
		ManagedPolicies: []orgfile.ManagedPolicy{{ARN: managedPolicy("Brandnew")[0], Document: fullAccess}},
		Groups:          []orgfile.Group{{Name: "Admins", ID: "g-1", Members: []string{"root", "away"}}, {Name: "Nobodies", ID: "g-2"}},
		Users: []orgfile.User{{UserName: "root", ID: "u-root"}, {UserName: "away", ID: "u-away", Disabled: true},
			{UserName: "none", ID: "u-none"}, {UserName: "both", ID: "u-both"}},
		Assignments: []orgfile.Assignment{
			{Account: "Management", PermissionSet: "Admin", Group: "Admins"},
			{Account: "Production", PermissionSet: "Admin", Group: "Admins"},
			{Account: "Production", PermissionSet: "Reader", User: "both"}, {Account: "Production", PermissionSet: "Bucket", User: "both"},
			{Account: "Unread", PermissionSet: "Custom", User: "both"},
		},
	}
	for i := range sets {
		name := strings.ToLower(sets[i].Name)
		sets[i].ARN = "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-" + name
		f.Users = append(f.Users, orgfile.User{UserName: name, ID: "u-" + name})
		f.Assignments = append(f.Assignments, orgfile.Assignment{Account: "Production", PermissionSet: sets[i].Name, User: name})
		production := f.Accounts[1].IAM
		production.Roles = append(production.Roles, orgfile.Role{PermissionSet: sets[i].Name, ID: "AROA" + strings.ToUpper(name),
			ARN: "arn:aws:iam::" + productions + ":role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_" + sets[i].Name + "_0123456789abcdef"})
	}
	f.PermissionSets = sets
	return f
}

var testTime = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func run(t *testing.T, f *orgfile.File, text string) []Result {
	t.Helper()
	suite, errs := Parse("t", []byte(text))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	w, err := Open(f, testTime)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"public.json":  `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}}`,
		"deny.json":    `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*"}}`,
		"role.json":    `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Reader_0123456789abcdef"},"Action":"*","Resource":"*"}}`,
		"session.json": `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:sts::222222222222:assumed-role/AWSReservedSSO_Reader_0123456789abcdef/reader"},"Action":"*","Resource":"*"}}`,
		"trust.json":   `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"sts:AssumeRole"}}`,
		"key.json":     `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"kms:*","Resource":"*"}}`,
		"bad.json":     `{`,
	}
	w.Files = func(name string) ([]byte, error) {
		if text, ok := files[name]; ok {
			return []byte(text), nil
		}
		return nil, fs.ErrNotExist
	}
	results, err := w.Run(suite)
	if err != nil {
		t.Fatal(err)
	}
	return results
}

// Each line is an outcome, a sentence, and after the bar a part of the reason.
const sentences = `
passed  reader can s3:GetObject on arn:aws:s3:::a/b in Production | Reader: allowed by statement
passed  reader cannot s3:PutObject in Production | Reader: denied because no identity-based policy allows s3:PutObject on any resource
failed  reader can s3:PutObject in Production | no identity-based policy allows s3:PutObject
failed  reader cannot s3:GetObject in Production | Reader: allowed by
passed  root can s3:PutObject in Management, Production | Admin: allowed
passed  group Admins can s3:PutObject in Production | Admin: allowed

passed  none cannot s3:GetObject in every account | none holds no permission set in Management
failed  none can s3:GetObject in Production | none holds no permission set in Production
passed  away cannot s3:GetObject in every account | away holds no permission set
passed  reader cannot s3:GetObject in Unread | reader holds no permission set in Unread
passed  both can s3:GetObject, ec2:DescribeInstances in Production with permission set Reader | Reader: allowed
passed  both can s3:PutObject on arn:aws:s3:::one/x in Production | Bucket: allowed
passed  both cannot s3:PutObject on arn:aws:s3:::two/x in Production | Bucket: denied because
passed  both cannot s3:PutObject in Production using Reader | Reader: denied
failed  reader can s3:GetObject in Production using Bucket | reader holds not the permission set Bucket in Production

passed  members of Admins can iam:CreateUser in Production | Admin: allowed
failed  members of Nobodies cannot iam:CreateUser in Production | the group Nobodies has no members
failed  eve cannot iam:CreateUser in Production | no user is called "eve"
failed  group Ghosts cannot iam:CreateUser in Production | no group is called "Ghosts"; there is Admins, Nobodies
failed  reader cannot iam:CreateUser in Nowhere | no account is called "Nowhere"; there is Management, Production, Unread
failed  reader cannot iam:CreateUser in ou:/Empty | no account lies in ou:/Empty
failed  reader cannot iam:CreateUser in ou:/Gone | no organizational unit is called "/Gone"
failed  reader cannot iam:CreateUser in Production using Ghost | no permission set is called "Ghost"
passed  reader cannot iam:CreateUser in ou:Work | Reader: denied
unknown reader cannot iam:CreateUsers in Production | iam:CreateUsers is not in AWS's Service Authorization Reference
failed  reader cannot s3:GetObject on bucket/key in Production | "bucket/key" is no ARN
failed  reader cannot s3:GetObject in Production when aws:PrincipalArn = x | aws:PrincipalArn follows from who asks

passed  everyone cannot cloudtrail:StopLogging in Production | statement 1 (NoTrails) of the service control policy Guard of level 2 (line 2, column 3)
passed  root can cloudtrail:StopLogging in Management | Admin: allowed
failed  nobody can iam:DeleteRole in Production | people in Production, iam:DeleteRole: root, admin, brandnew can
passed  nobody can cloudtrail:StopLogging in Production | nobody can
unknown only root, admin, brandnew can iam:DeleteUser in Production | not decided: 
failed  only reader can s3:GetObject in Production | root in Production, s3:GetObject: Admin: allowed

unknown inland can s3:GetObject in Production | it hangs on aws:SourceIp: statement 1 (Inline) of the identity-based policy of Inland itself (line 1, column 37), condition IpAddress aws:SourceIp; settle it by ${BT}from ADDRESS${BT}
unknown inland cannot s3:GetObject in Production | it hangs on aws:SourceIp
passed  inland can s3:GetObject in Production from 192.0.2.7 | Inland: allowed
passed  inland cannot s3:GetObject in Production from 198.51.100.7 | its condition IpAddress aws:SourceIp does not hold (it is "198.51.100.7")
unknown regional can ec2:RunInstances in Production | settle it by ${BT}when aws:RequestedRegion = VALUE${BT}
passed  regional can ec2:RunInstances in Production when aws:RequestedRegion = eu-west-1 | allowed
passed  regional cannot ec2:RunInstances in Production when aws:RequestedRegion = us-east-1 | denied
passed  regional cannot ec2:RunInstances in Production when aws:RequestedRegion is absent | the request has no such key
unknown tagged can ec2:StartInstances in Production | aws:PrincipalTag/team and aws:ResourceTag/team
passed  tagged can ec2:StartInstances in Production when aws:PrincipalTag/team = a when aws:ResourceTag/team = a | allowed
passed  tagged cannot ec2:StartInstances in Production when aws:PrincipalTag/team = a when aws:ResourceTag/team = b | denied

unknown root can dynamodb:DeleteTable in Production | settle it by ${BT}with mfa${BT} or ${BT}without mfa${BT}
unknown root cannot dynamodb:DeleteTable in Production | SecondFactor
passed  root can dynamodb:DeleteTable in Production with mfa | allowed
passed  root cannot dynamodb:DeleteTable in Production without mfa | denied by statement 2 (SecondFactor)
passed  root can dynamodb:DeleteTable in Management without mfa | allowed
unknown mfa can iam:CreateUser in Production | aws:MultiFactorAuthPresent
passed  mfa can iam:CreateUser in Production with mfa | allowed
passed  mfa cannot iam:CreateUser in Production without mfa | denied

passed  early can s3:GetObject in Production | allowed
passed  early cannot s3:GetObject in Production at 2026-07-01 | denied
passed  own can s3:GetObject on arn:aws:s3:::homes/x in Production | allowed
unknown root can sqs:SendMessage in Production | statement 1 (TLS) of the resource control policy Encrypted
passed  root can sqs:SendMessage in Production when aws:SecureTransport = true | allowed
passed  root cannot sqs:SendMessage in Production when aws:SecureTransport = false | denied by statement 1 (TLS)

unknown bucket can s3:GetObject in Production | not on all resources alike, but certainly on arn:aws:s3:::one/* (Bucket)
failed  bucket cannot s3:GetObject in Production | not on all resources alike, but certainly on arn:aws:s3:::one/* (Bucket)
passed  bucket can s3:GetObject on arn:aws:s3:::one/a/* in Production | allowed
unknown bucket can s3:GetObject on arn:aws:s3:::*/a in Production | it hangs on the resource
passed  bucket cannot s3:GetObject on arn:aws:s3:::two/* in Production | denied
passed  bucket cannot s3:ListAllMyBuckets in Production | denied because no identity-based policy allows s3:ListAllMyBuckets on *

passed  custom can sqs:SendMessage in Production when aws:SecureTransport = true | the identity-based policy Custom
unknown both can sqs:SendMessage in Unread when aws:SecureTransport = true | nobody looked into Unread for its policy Custom
unknown both cannot sqs:SendMessage in Unread when aws:SecureTransport = true | nobody looked into Unread for its policy Custom
passed  both cannot cloudtrail:StopLogging in Unread | NoTrails
unknown missing can sqs:SendMessage in Production when aws:SecureTransport = true | Production has no policy Missing
unknown strange cannot s3:GetObject in Production | the policy arn:aws:iam::aws:policy/NeverHeardOf is not known
passed  brandnew can s3:GetObject in Production | allowed
passed  bounded can ec2:DescribeInstances in Production | the permissions boundary allows it too
passed  bounded cannot ec2:RunInstances in Production | the permissions boundary does not allow ec2:RunInstances
unknown unbounded can ec2:RunInstances in Production | Production has no policy Gone

unknown root can kms:Decrypt on arn:aws:kms:us-east-1:222222222222:key/k in Production | the key's policy decides, too
passed  root can kms:Decrypt on arn:aws:kms:us-east-1:222222222222:key/k in Production with resource policy key.json | allowed
unknown reader cannot sts:AssumeRole on arn:aws:iam::222222222222:role/x in Production | the role's trust policy decides, too
passed  reader cannot sts:AssumeRole on arn:aws:iam::222222222222:role/x in Production with resource policy trust.json | denied because
passed  root can sts:AssumeRole on arn:aws:iam::222222222222:role/x in Production with resource policy trust.json using Admin | allowed
unknown root can sts:AssumeRole on arn:aws:iam::999999999999:role/x in Production | the account 999999999999 is not of this organization; the resource is in another account
passed  reader cannot sts:AssumeRole on arn:aws:iam::333333333333:role/x in Production | denied because no identity-based policy
passed  root cannot s3:GetObject in Production with resource policy deny.json | denied by statement 1 of the resource-based policy deny.json
passed  inland can s3:GetObject in Production with resource policy public.json | allowed by statement 1 of the resource-based policy public.json
passed  reader can sqs:SendMessage in Production with resource policy role.json when aws:SecureTransport = true | resource-based policy role.json
passed  reader can sqs:SendMessage in Production with resource policy session.json when aws:SecureTransport = true | resource-based policy session.json
passed  regional cannot sqs:SendMessage in Production with resource policy session.json | denied
failed  reader can s3:GetObject in Production with resource policy gone.json | file does not exist
failed  reader can s3:GetObject in Production with resource policy bad.json | Syntax errors in policy

passed  at most 3 people can iam:DeleteRole in Production using Admin | root, admin can
failed  at most 1 people can iam:DeleteRole in Production using Admin | 2 of 
passed  at most 1 person can iam:DeleteRole in Production using Strange | nobody can
unknown nobody can iam:DeleteRole in Production using Strange | strange may be able to
passed  root can s3:Get* in Production | allowed
failed  reader can s3:* in Production | s3:
`

func TestSentences(t *testing.T) {
	f := company()
	for line := range strings.Lines(sentences) {
		line = strings.ReplaceAll(strings.TrimSpace(line), "${BT}", "`")
		if line == "" {
			continue
		}
		want, rest, _ := strings.Cut(line, " ")
		text, reason, _ := strings.Cut(strings.TrimSpace(rest), " | ")
		got := run(t, f, text)[0]
		if string(got.Status) != want || !strings.Contains(got.Reason, reason) {
			t.Errorf("%s\n  is %s: %s\n  want %s: %s", text, got.Status, got.Reason, want, reason)
		}
	}
}

// TestPeopleApartByAnotherAccountsPolicy: an RCP of the resource's account may know one person from another, and the
// answer for the first is then not the second's.
func TestPeopleApartByAnotherAccountsPolicy(t *testing.T) {
	f := company()
	f.Users = append(f.Users, orgfile.User{UserName: "second", ID: "u-second"})
	f.Groups[0].Members = []string{"root", "second"}
	f.OrganizationPolicies = append(f.OrganizationPolicies, orgfile.OrganizationPolicy{Name: "Mine", ID: "p-5", Type: orgfile.ResourceControlPolicy,
		AttachedTo: []orgfile.Target{{Account: "Unread"}}, Document: `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*",
			"Action":"sqs:*","Resource":"*","Condition":{"StringNotEquals":{"identitystore:UserId":"u-second"}}}}`})
	const on = " cannot sqs:SendMessage on arn:aws:sqs:us-east-1:333333333333:orders in Production"
	got := run(t, f, "given mfa\nroot"+on+"\nsecond"+on+"\nmembers of Admins"+on+"\n")
	if got[0].Status != Passed || got[1].Status != Unknown || got[2].Status != Unknown {
		t.Errorf("root %s (%s), second %s (%s), both %s", got[0].Status, got[0].Reason, got[1].Status, got[1].Reason, got[2].Status)
	}
}
