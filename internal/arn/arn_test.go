package arn

import (
	"strings"
	"testing"
)

func TestBuilders(t *testing.T) {
	const (
		mgmt = "111111111111"
		acct = "222222222222"
		inst = "ssoins-1234567890abcdef"
	)
	for _, tt := range []struct {
		got  ARN
		want string
	}{
		{Instance(inst), "arn:aws:sso:::instance/ssoins-1234567890abcdef"},
		{PermissionSet(inst, "ps-1234567890abcdef"), "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef"},
		{AccountForSSO(acct), "arn:aws:sso:::account/222222222222"},
		{Application(mgmt, inst, "apl-1234567890abcdef"), "arn:aws:sso::111111111111:application/ssoins-1234567890abcdef/apl-1234567890abcdef"},
		{ApplicationProvider("custom"), "arn:aws:sso::aws:applicationProvider/custom"},
		{TrustedTokenIssuer(mgmt, inst, "tti-0"), "arn:aws:sso::111111111111:trustedTokenIssuer/ssoins-1234567890abcdef/tti-0"},
		{IdentityStore(mgmt, "d-9067642ac7"), "arn:aws:identitystore::111111111111:identitystore/d-9067642ac7"},
		{DirectoryUser("u-1"), "arn:aws:identitystore:::user/u-1"},
		{DirectoryGroup("g-1"), "arn:aws:identitystore:::group/g-1"},
		{DirectoryMembership("m-1"), "arn:aws:identitystore:::membership/m-1"},
		{Root(acct), "arn:aws:iam::222222222222:root"},
		{User(acct, "/", "alice"), "arn:aws:iam::222222222222:user/alice"},
		{User(acct, "/ops/", "alice"), "arn:aws:iam::222222222222:user/ops/alice"},
		{Group(acct, "/", "ops"), "arn:aws:iam::222222222222:group/ops"},
		{Role(acct, ReservedRolePath("us-east-1"), "AWSReservedSSO_X_0"), "arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_X_0"},
		{Role(acct, ReservedRolePath("eu-west-1"), "AWSReservedSSO_X_0"), "arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_X_0"},
		{Policy(acct, "/", "limits"), "arn:aws:iam::222222222222:policy/limits"},
		{ManagedPolicy("/job-function/", "ViewOnlyAccess"), "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"},
		{SAMLProvider(acct, "AWSSSO_0_DO_NOT_DELETE"), "arn:aws:iam::222222222222:saml-provider/AWSSSO_0_DO_NOT_DELETE"},
		{OIDCProvider(acct, "idp.example.com"), "arn:aws:iam::222222222222:oidc-provider/idp.example.com"},
		{ContextProvider("IdentityCenter"), "arn:aws:iam::aws:contextProvider/IdentityCenter"},
		{AssumedRole(acct, "AWSReservedSSO_X_0", "alice@example.com"), "arn:aws:sts::222222222222:assumed-role/AWSReservedSSO_X_0/alice@example.com"},
		{FederatedUser(acct, "bob"), "arn:aws:sts::222222222222:federated-user/bob"},
		{Organization(mgmt, "o-exampleorgid"), "arn:aws:organizations::111111111111:organization/o-exampleorgid"},
		{OrgRoot(mgmt, "o-exampleorgid", "r-ab12"), "arn:aws:organizations::111111111111:root/o-exampleorgid/r-ab12"},
		{OU(mgmt, "o-exampleorgid", "ou-ab12-12345678"), "arn:aws:organizations::111111111111:ou/o-exampleorgid/ou-ab12-12345678"},
		{OrgAccount(mgmt, "o-exampleorgid", acct), "arn:aws:organizations::111111111111:account/o-exampleorgid/222222222222"},
		{OrgPolicy(mgmt, "o-exampleorgid", "service_control_policy", "p-12345678"), "arn:aws:organizations::111111111111:policy/o-exampleorgid/service_control_policy/p-12345678"},
		{ManagedOrgPolicy("service_control_policy", "p-FullAWSAccess"), "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"},
		{Handshake(mgmt, "o-exampleorgid", "invite", "h-12345678"), "arn:aws:organizations::111111111111:handshake/o-exampleorgid/invite/h-12345678"},
		{OrgResourcePolicy(mgmt, "o-exampleorgid", "rp-12345678"), "arn:aws:organizations::111111111111:resourcepolicy/o-exampleorgid/rp-12345678"},
		{AccountAccessApplication("us-east-1", mgmt, "a-1"), "arn:aws:account-access:us-east-1:111111111111:application/a-1"},
		{Trail("us-east-1", acct, "all"), "arn:aws:cloudtrail:us-east-1:222222222222:trail/all"},
		{Instance(inst).In("aws-us-gov"), "arn:aws-us-gov:sso:::instance/ssoins-1234567890abcdef"},
	} {
		if got := tt.got.String(); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
		back, err := Parse(tt.want)
		if err != nil || back != tt.got {
			t.Errorf("Parse(%s) = %+v, %v; want %+v", tt.want, back, err, tt.got)
		}
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	for bad, want := range map[string]string{
		"":                                    "does not start with",
		"ARN:aws:iam::222222222222:root":      "does not start with",
		"arn:aws:iam::222222222222":           "has 5 parts",
		"arn::iam::222222222222:root":         `"" is not a partition`,
		"arn:gcp:iam::222222222222:root":      `"gcp" is not a partition`,
		"arn:aws::x:222222222222:root":        `"" is not a service`,
		"arn:aws:IAM::222222222222:root":      `"IAM" is not a service`,
		"arn:aws:iam:us east:222222222222:r":  "is not a Region",
		"arn:aws:iam::2222:root":              `"2222" is not an account id`,
		"arn:aws:iam::22222222222a:root":      "is not an account id",
		"arn:aws:iam::222222222222:":          "names no resource",
		"arn:aws:iam::222222222222:role/a b":  "white space or control",
		"arn:aws:iam::222222222222:role/a\n":  "white space or control",
		"arn:aws:iam::222222222222:role/\xff": "white space or control",
	} {
		if got, err := Parse(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q) = %+v, %v; want an error with %q", bad, got, err, want)
		}
	}
}

func TestParseInstanceAndPermissionSet(t *testing.T) {
	id, err := ParseInstance("arn:aws:sso:::instance/ssoins-1234567890abcdef")
	if err != nil || id != "ssoins-1234567890abcdef" {
		t.Errorf("ParseInstance = %q, %v", id, err)
	}
	inst, ps, err := ParsePermissionSet("arn:aws-cn:sso:::permissionSet/ssoins-1234567890abcdef/ps-fedcba0987654321")
	if err != nil || inst != "ssoins-1234567890abcdef" || ps != "ps-fedcba0987654321" {
		t.Errorf("ParsePermissionSet = %q, %q, %v", inst, ps, err)
	}
	for _, bad := range []string{
		"arn:aws:sso:::instance/ssoins-1234567890abcde",
		"arn:aws:sso:::instance/ssoins-1234567890abcdef0",
		"arn:aws:sso:::instance/ssoins-1234567890abcdef/ps-fedcba0987654321",
		"arn:aws:sso::222222222222:instance/ssoins-1234567890abcdef",
		"arn:aws:sso:us-east-1::instance/ssoins-1234567890abcdef",
		"arn:aws:iam:::instance/ssoins-1234567890abcdef",
		"arn:aws:sso:::permissionset/ssoins-1234567890abcdef/ps-fedcba0987654321",
		"arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-fedcba098765432",
		"arn:aws:sso:::permissionSet/ps-fedcba0987654321",
		"nonsense",
	} {
		if id, err := ParseInstance(bad); err == nil {
			t.Errorf("ParseInstance(%q) = %q, want an error", bad, id)
		}
		if inst, ps, err := ParsePermissionSet(bad); err == nil {
			t.Errorf("ParsePermissionSet(%q) = %q, %q, want an error", bad, inst, ps)
		}
	}
}

func TestParseWhatAnAccountOwns(t *testing.T) {
	account, inst, id, err := ParseApplication("arn:aws:sso::222222222222:application/ssoins-1234567890abcdef/apl-fedcba0987654321")
	if err != nil || account != "222222222222" || inst != "ssoins-1234567890abcdef" || id != "apl-fedcba0987654321" {
		t.Errorf("ParseApplication = %q, %q, %q, %v", account, inst, id, err)
	}
	account, inst, id, err = ParseTrustedTokenIssuer("arn:aws:sso::222222222222:trustedTokenIssuer/ssoins-1234567890abcdef/tti-00000000-0000-4000-8000-000000000000")
	if err != nil || account != "222222222222" || inst != "ssoins-1234567890abcdef" || id != "tti-00000000-0000-4000-8000-000000000000" {
		t.Errorf("ParseTrustedTokenIssuer = %q, %q, %q, %v", account, inst, id, err)
	}
	for _, bad := range []string{
		"arn:aws:sso:::application/ssoins-1234567890abcdef/apl-fedcba0987654321",
		"arn:aws:sso::aws:application/ssoins-1234567890abcdef/apl-fedcba0987654321",
		"arn:aws:sso:us-east-1:222222222222:application/ssoins-1234567890abcdef/apl-fedcba0987654321",
		"arn:aws:sso::222222222222:application/ssoins-1234567890abcde/apl-fedcba0987654321",
		"arn:aws:sso::222222222222:application/ssoins-1234567890abcdef/apl-",
		"arn:aws:sso::222222222222:application/ssoins-1234567890abcdef/apl-a/b",
		"arn:aws:sso::222222222222:application/ssoins-1234567890abcdef",
		"arn:aws:sso::222222222222:trustedTokenIssuer/ssoins-1234567890abcdef/apl-fedcba0987654321",
		"arn:aws:iam::222222222222:application/ssoins-1234567890abcdef/apl-fedcba0987654321",
		"nonsense",
	} {
		if account, inst, id, err := ParseApplication(bad); err == nil {
			t.Errorf("ParseApplication(%q) = %q, %q, %q, want an error", bad, account, inst, id)
		}
		if account, inst, id, err := ParseTrustedTokenIssuer(bad); err == nil {
			t.Errorf("ParseTrustedTokenIssuer(%q) = %q, %q, %q, want an error", bad, account, inst, id)
		}
	}
}

func TestParseIAMNames(t *testing.T) {
	account, path, name, err := ParseRole("arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_X_0")
	if err != nil || account != "222222222222" || path != "/aws-reserved/sso.amazonaws.com/" || name != "AWSReservedSSO_X_0" {
		t.Errorf("ParseRole = %q %q %q %v", account, path, name, err)
	}
	account, path, name, err = ParsePolicy("arn:aws:iam::aws:policy/AdministratorAccess")
	if err != nil || account != "aws" || path != "/" || name != "AdministratorAccess" {
		t.Errorf("ParsePolicy = %q %q %q %v", account, path, name, err)
	}
	for _, bad := range []string{
		"arn:aws:iam::222222222222:role", "arn:aws:iam::222222222222:role/", "arn:aws:iam::222222222222:role/a/",
		"arn:aws:iam::222222222222:role//a", "arn:aws:iam::222222222222:roles/a", "arn:aws:iam:::role/a",
		"arn:aws:iam::aws:role/a", "arn:aws:iam:us-east-1:222222222222:role/a", "arn:aws:sts::222222222222:role/a",
	} {
		if a, p, n, err := ParseRole(bad); err == nil {
			t.Errorf("ParseRole(%q) = %q %q %q, want an error", bad, a, p, n)
		}
	}
}

func TestParseAssumedRole(t *testing.T) {
	account, role, session, err := ParseAssumedRole("arn:aws:sts::222222222222:assumed-role/Admin/alice@example.com")
	if err != nil || account != "222222222222" || role != "Admin" || session != "alice@example.com" {
		t.Errorf("ParseAssumedRole = %q %q %q %v", account, role, session, err)
	}
	for _, bad := range []string{
		"arn:aws:sts::222222222222:assumed-role/Admin", "arn:aws:sts::222222222222:assumed-role/a/b/c",
		"arn:aws:sts::222222222222:assumed-role//s", "arn:aws:sts::aws:assumed-role/a/b",
		"arn:aws:iam::222222222222:assumed-role/a/b", "arn:aws:sts::222222222222:federated-user/a/b",
	} {
		if a, r, s, err := ParseAssumedRole(bad); err == nil {
			t.Errorf("ParseAssumedRole(%q) = %q %q %q, want an error", bad, a, r, s)
		}
	}
}

func TestParseAccountAccessApplication(t *testing.T) {
	region, account, id, err := ParseAccountAccessApplication("arn:aws:account-access:us-east-1:111111111111:application/1234567890abcdef")
	if region != "us-east-1" || account != "111111111111" || id != "1234567890abcdef" || err != nil {
		t.Errorf("ParseAccountAccessApplication = %q, %q, %q, %v", region, account, id, err)
	}
	for _, bad := range []string{
		"", "arn:aws:account-access:us-east-1:111111111111:application/", "arn:aws:account-access:us-east-1:111111111111:application/a/b",
		"arn:aws:account-access:us-east-1:1:application/a", "arn:aws:account-access::111111111111:application/a",
		"arn:aws:account-access:us-east-1:111111111111:entitlement/a", "arn:aws:sso:us-east-1:111111111111:application/a",
	} {
		if _, _, id, err := ParseAccountAccessApplication(bad); err == nil {
			t.Errorf("ParseAccountAccessApplication(%q) = %q, want an error", bad, id)
		}
	}
}
