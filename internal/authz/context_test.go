package authz_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/authz"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// absent stands for a key that is missing.
const absent = "(absent)"

// TestConditionKeys: which keys each kind of caller has, and what they say. Values of a multivalued key stand in brackets.
func TestConditionKeys(t *testing.T) {
	f := setUp(t)
	federation := &idc.Federation{Provider: "arn:aws:iam::222222222222:saml-provider/AWSSSO_x", Issuer: "https://issuer", Audience: "aud",
		Subject: "ana", SubjectType: "persistent", NameQualifier: "bmFtZQ=="}
	r := f.Role(testidc.Member, "Deploy", trustAll, admin)
	r.Tags = []idc.Tag{{Key: "Team", Value: "role"}, {Key: "Stage", Value: "prod"}}
	f.Update(func(tx store.Tx) error { return tx.PutRole(r) })
	issued := f.Clock.Now().Add(-30 * time.Minute)

	person := f.caller(r) // in the role of a permission set, signed in with a second factor
	person.UserID, person.MFA, person.MFAAt, person.IssuedAt, person.Federation = "u-1", true, f.Clock.Now().Add(-90*time.Second), issued, federation
	person.Tags = []idc.Tag{{Key: "team", Value: "session"}}
	chained := f.caller(r) // with the person's credentials
	chained.UserID, chained.SourceIdentity, chained.Chained, chained.IssuedAt = "u-1", "ana@example.com", true, issued
	plain := f.caller(r) // break-glass
	plain.IssuedAt = issued
	management := f.caller(f.Role(testidc.Management, "Ops", trustAll, admin))
	outsider := person
	outsider.AccountID, outsider.RoleID = "999999999999", "AROAGONE"
	taking := idc.Caller{Type: idc.CallerSAML, Federation: federation, SessionName: "ana"} // the hop itself

	ask := authz.Question{Resources: []string{r.ARN}, Action: "iam:GetRole", Time: f.Clock.Now(), Region: "eu-west-1",
		ClientIP: "192.0.2.1", UserAgent: "aws-cli/2", Secure: true}
	callers := []struct {
		name string
		idc.Caller
		action string
	}{{"person", person, ask.Action}, {"chained", chained, ask.Action}, {"plain", plain, ask.Action},
		{"management", management, ask.Action}, {"outsider", outsider, ask.Action}, {"taking", taking, "sts:AssumeRoleWithSAML"}}
	contexts := map[string]*authz.Answer{}
	for _, c := range callers {
		q := ask
		q.Caller, q.Action = c.Caller, c.action
		answer, err := f.authz.Decide(t.Context(), q)
		if err != nil || answer.Request == nil {
			t.Fatalf("%s: %+v, %v", c.name, answer, err)
		}
		contexts[c.name] = &answer
	}

	const (
		everybody = "person chained plain management outsider taking"
		sessions  = "person chained plain management outsider"
		member    = "person chained plain"
	)
	path := "[o-exampleorgid/r-exam/]"
	for _, c := range []struct {
		key   string
		value map[string]string // by callers; whoever is not named does not have the key
	}{
		{"aws:PrincipalArn", map[string]string{member + " outsider": r.ARN, "management": "arn:aws:iam::111111111111:role/Ops"}},
		{"aws:PrincipalAccount", map[string]string{member: testidc.Member, "management": testidc.Management, "outsider": "999999999999"}},
		{"aws:PrincipalType", map[string]string{sessions: "AssumedRole"}},
		{"aws:userid", map[string]string{member + " outsider": r.ID + ":ana", "management": management.PrincipalID}},
		{"aws:username", nil},
		{"aws:PrincipalIsAWSService", map[string]string{everybody: "false"}},
		{"aws:PrincipalServiceName", nil},
		{"aws:PrincipalServiceNamesList", nil},
		{"aws:PrincipalTag/Team", map[string]string{"person": "session", "chained plain": "role", "outsider": "session"}},
		{"aws:PrincipalTag/STAGE", map[string]string{member: "prod"}},
		{"aws:PrincipalTag/Other", nil},
		{"aws:PrincipalOrgID", map[string]string{member + " management": "o-exampleorgid"}},
		{"aws:PrincipalOrgPaths", map[string]string{member + " management": path}},
		{"aws:MultiFactorAuthPresent", map[string]string{"person outsider": "true", "chained plain management": "false"}},
		{"aws:MultiFactorAuthAge", map[string]string{"person outsider": "90"}},
		{"aws:TokenIssueTime", map[string]string{member + " outsider": "2026-03-01T11:30:00Z", "management": "2026-03-01T12:00:00Z"}},
		{"aws:FederatedProvider", map[string]string{"person outsider taking": federation.Provider}},
		{"aws:SourceIdentity", map[string]string{"chained": "ana@example.com"}},
		{"identitystore:UserId", map[string]string{"person chained outsider": "u-1"}},
		{"identitystore:IdentityStoreArn", map[string]string{"person chained outsider": "arn:aws:identitystore::111111111111:identitystore/d-1234567890"}},
		{"identitycenter:InstanceArn", nil},
		{"identitycenter:ApplicationArn", nil},
		{"identitycenter:CredentialId", nil},
		{"saml:sub", map[string]string{"person outsider taking": "ana"}},
		{"saml:sub_type", map[string]string{"person outsider taking": "persistent"}},
		{"saml:namequalifier", map[string]string{"person outsider taking": "bmFtZQ=="}},
		{"saml:aud", map[string]string{"taking": "aud"}},
		{"saml:iss", map[string]string{"taking": "https://issuer"}},
		{"saml:doc", map[string]string{"taking": "222222222222/AWSSSO_x"}},
		{"aws:ResourceAccount", map[string]string{everybody: testidc.Member}},
		{"aws:ResourceOrgID", map[string]string{everybody: "o-exampleorgid"}},
		{"aws:ResourceOrgPaths", map[string]string{everybody: path}},
		{"aws:ResourceTag/Team", map[string]string{everybody: "role"}},
		{"iam:ResourceTag/Team", map[string]string{everybody: "role"}},
		{"aws:RequestTag/Team", nil},
		{"aws:TagKeys", nil},
		{"aws:SourceIp", map[string]string{everybody: "192.0.2.1"}},
		{"aws:SourceVpc", nil},
		{"aws:SourceVpce", nil},
		{"aws:VpcSourceIp", nil},
		{"aws:SourceArn", nil},
		{"aws:SourceAccount", nil},
		{"aws:SecureTransport", map[string]string{everybody: "true"}},
		{"aws:CurrentTime", map[string]string{everybody: "2026-03-01T12:00:00Z"}},
		{"aws:EpochTime", map[string]string{everybody: "1772366400"}},
		{"aws:RequestedRegion", map[string]string{sessions: "us-east-1", "taking": "eu-west-1"}}, // IAM is global
		{"aws:UserAgent", map[string]string{everybody: "aws-cli/2"}},
		{"aws:referer", nil},
		{"aws:ViaAWSService", map[string]string{everybody: "false"}},
		{"aws:CalledVia", nil},
	} {
		want := map[string]string{}
		for names, value := range c.value {
			for _, name := range strings.Fields(names) {
				want[name] = value
			}
		}
		for name, answer := range contexts {
			if want[name] == "" {
				want[name] = absent
			}
			if got := valueOf(answer, c.key); got != want[name] {
				t.Errorf("%s of %s is %s, want %s", c.key, name, got, want[name])
			}
		}
	}
}

// valueOf shows a key of an evaluated request.
func valueOf(a *authz.Answer, key string) string {
	values, ok := a.Request.Context.Get(key)
	switch {
	case !ok:
		return absent
	case strings.HasSuffix(key, "Paths") || strings.HasSuffix(key, "Keys"):
		return "[" + strings.Join(values, " ") + "]"
	}
	return strings.Join(values, " ")
}

// TestKeysOfTheRequest: what an input gives, and in which form.
func TestKeysOfTheRequest(t *testing.T) {
	f := setUp(t)
	q := authz.Question{Caller: f.caller(f.Role(testidc.Member, "Admin", trustAll, admin)), Action: "sso:CreatePermissionSet",
		Resources: []string{"*"}, Time: f.Clock.Now(), Region: "eu-west-1", Referer: "https://example.com/", Keys: map[string][]string{
			"aws:RequestTag/Team": {"red"}, "aws:TagKeys": {"Team"}, "sts:TransitiveTagKeys": {"Team"}, "iam:PolicyARN": {"p"}, "sts:ExternalId": nil}}
	answer, err := f.authz.Decide(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"aws:RequestTag/team": "red", "aws:TagKeys": "[Team]", "sts:TransitiveTagKeys": "[Team]",
		"iam:PolicyARN": "p", "sts:ExternalId": absent, "aws:referer": "https://example.com/", "aws:RequestedRegion": "eu-west-1",
		"aws:SourceIp": absent, "aws:SecureTransport": "false", "aws:UserAgent": ""} {
		if got := valueOf(&answer, key); got != want {
			t.Errorf("%s is %s, want %s", key, got, want)
		}
	}
}

// TestMultivaluedKeysAreAlwaysLists: a key that may have several values is a list with one value too, so that an
// operator for single values never satisfies an Allow.
func TestMultivaluedKeysAreAlwaysLists(t *testing.T) {
	for key, value := range map[string]string{
		"aws:PrincipalOrgPaths": "o-exampleorgid/r-exam/", "aws:ResourceOrgPaths": "o-exampleorgid/r-exam/",
		"aws:TagKeys": "Team", "sts:TransitiveTagKeys": "Team",
	} {
		for operator, allowed := range map[string]bool{"StringEquals": false, "ForAnyValue:StringEquals": true, "ForAllValues:StringEquals": true} {
			f := setUp(t)
			r := f.Role(testidc.Member, "R", trustAll)
			r.InlinePolicies = map[string]string{"p": statements(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"` + operator + `":{"` + key + `":"` + value + `"}}}`)}
			f.Update(func(tx store.Tx) error { return tx.PutRole(r) })
			err := f.authz.Authorize(t.Context(), authz.Question{Caller: f.caller(r), Action: "iam:TagRole", Resources: []string{"*"}, Time: f.Clock.Now(),
				Keys: map[string][]string{"aws:TagKeys": {"Team"}, "sts:TransitiveTagKeys": {"Team"}}})
			if (err == nil) != allowed {
				t.Errorf("%s %s: %v, want allowed %v", operator, key, err, allowed)
			}
		}
	}
}

// TestRequestsDoNotSpeakOfTheirCaller: no input can give a key that says who calls, on what, or from where. Such a
// request is a fault of the door and is not decided, not even for an administrator.
func TestRequestsDoNotSpeakOfTheirCaller(t *testing.T) {
	f := setUp(t)
	caller := f.caller(f.Role(testidc.Member, "Admin", trustAll, admin))
	for _, key := range []string{
		"aws:PrincipalArn", "aws:principalaccount", "aws:PrincipalTag/Team", "AWS:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:userid", "aws:username",
		"aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge", "aws:TokenIssueTime", "aws:SourceIdentity", "aws:FederatedProvider",
		"aws:SourceIp", "aws:SecureTransport", "aws:CurrentTime", "aws:EpochTime", "aws:ViaAWSService", "aws:SourceVpce", "aws:CalledVia",
		"aws:ResourceTag/Team", "iam:ResourceTag/Team", "ec2:resourcetag/Team", "aws:ResourceAccount", "aws:ResourceOrgID",
		"saml:sub", "SAML:aud", "identitystore:UserId", "IdentityStore:identitystorearn", "identitycenter:InstanceArn", "TagKeys", "",
	} {
		err := f.authz.Authorize(t.Context(), authz.Question{Caller: caller, Action: "iam:GetRole", Resources: []string{"*"},
			Time: f.Clock.Now(), Keys: map[string][]string{key: {"x"}}})
		if idc.KindOf(err) != idc.Internal {
			t.Errorf("%s from the request: %v, want it refused", key, err)
		}
	}
}

// TestTagsThatDifferInLetterCase: condition keys have no letter case. Where two tags share one, no Allow is satisfied
// by either, and a Deny by each.
func TestTagsThatDifferInLetterCase(t *testing.T) {
	two := []idc.Tag{{Key: "Team", Value: "red"}, {Key: "team", Value: "blue"}}
	for _, c := range []struct {
		effect, value string
		allowed       bool
	}{{"Allow", "red", false}, {"Allow", "blue", false}, {"Deny", "red", false}, {"Deny", "blue", false}, {"Deny", "green", true}} {
		for _, key := range []string{"aws:RequestTag", "aws:ResourceTag", "aws:PrincipalTag"} {
			f := setUp(t)
			r := f.Role(testidc.Member, "R", trustAll)
			r.Tags = two
			document := `{"Effect":"` + c.effect + `","Action":"*","Resource":"*","Condition":{"StringEquals":{"` + key + `/Team":"` + c.value + `"}}}`
			if c.effect == "Deny" {
				document += `,{"Effect":"Allow","Action":"*","Resource":"*"}`
			}
			r.InlinePolicies = map[string]string{"p": statements(document)}
			f.Update(func(tx store.Tx) error { return tx.PutRole(r) })
			err := f.authz.Authorize(t.Context(), authz.Question{Caller: f.caller(r), Action: "iam:TagRole", Resources: []string{r.ARN}, Time: f.Clock.Now(),
				Keys: map[string][]string{"aws:RequestTag/Team": {"red"}, "aws:RequestTag/team": {"blue"}}})
			if (err == nil) != c.allowed {
				t.Errorf("%s if %s/Team is %s: %v, want allowed %v", c.effect, key, c.value, err, c.allowed)
			}
		}
	}
}
