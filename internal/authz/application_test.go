package authz_test

import (
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/authz"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// TestActingForAnApplicationNeedsBothSides: the caller's own policies and the application's actor policy, in one account, too.
func TestActingForAnApplicationNeedsBothSides(t *testing.T) {
	const action, application = "sso-oauth:CreateTokenWithIAM", "arn:aws:sso::222222222222:application/ssoins-1234567890abcdef/apl-wiki"
	allowed := `{"Effect":"Allow","Action":"sso-oauth:CreateTokenWithIAM","Resource":"` + application + `"}`
	nothing := `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`
	actor := func(principal string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"sso-oauth:CreateTokenWithIAM","Resource":"*"}]}`
	}
	for name, c := range map[string]struct {
		account, identity, actor string
		want                     bool
	}{
		"the role, allowed":            {testidc.Member, allowed, actor("arn:aws:iam::222222222222:role/Wiki"), true},
		"the account, allowed":         {testidc.Member, allowed, actor("222222222222"), true},
		"the role, not allowed itself": {testidc.Member, nothing, actor("arn:aws:iam::222222222222:role/Wiki"), false},
		"another role":                 {testidc.Member, allowed, actor("arn:aws:iam::222222222222:role/Other"), false},
		"no actor policy":              {testidc.Member, allowed, "", false},
		"another account, named":       {testidc.Management, allowed, actor("arn:aws:iam::111111111111:role/Wiki"), true},
		"another account":              {testidc.Management, allowed, actor("222222222222"), false},
	} {
		f := setUp(t)
		f.Update(func(tx store.Tx) error {
			return tx.PutApplication(&idc.Application{ID: "apl-wiki", ARN: application, InstanceID: f.Instance.ID, OwnerAccountID: testidc.Member, Name: "wiki",
				ProviderARN: "arn:aws:sso::aws:applicationProvider/custom", Status: idc.Enabled, CreatedAt: f.Clock.Now(), ActorPolicy: c.actor})
		})
		other := f.Role(testidc.Member, "Other", trustAll)
		caller := f.role(c.account, "Wiki", map[string]string{"p": statements(c.identity)})
		if err := f.ask(f.caller(caller), action, application); (err == nil) != c.want || err != nil && idc.KindOf(err) != idc.Denied {
			t.Errorf("%s: %v, want allowed %v", name, err, c.want)
		}
		if err := f.ask(f.caller(other), action, application); idc.KindOf(err) != idc.Denied {
			t.Errorf("%s, a role without policies: %v, want Denied", name, err)
		}
		if err := f.ask(f.caller(caller), action, application+"x"); idc.KindOf(err) != idc.Denied {
			t.Errorf("%s, another application: %v, want Denied", name, err)
		}
	}
}

// TestSessionsThatActForAPerson: policies see for whom, and such a session does only what AWS's list for them names.
func TestSessionsThatActForAPerson(t *testing.T) {
	f := setUp(t)
	c := f.caller(f.role(testidc.Member, "App", map[string]string{"p": statements(`{"Effect":"Allow","Action":["athena:*","iam:*"],"Resource":"*",
		"Condition":{"StringEquals":{"identitystore:UserId":"u-1","identitycenter:ApplicationArn":"arn:app","identitycenter:InstanceArn":"arn:instance","identitycenter:CredentialId":"c-1"}}}`)}))
	const workgroup = "arn:aws:athena:us-east-1:222222222222:workgroup/primary"
	by := idc.IdentityContext{UserID: "u-1", ApplicationARN: "arn:app", InstanceARN: "arn:instance", CredentialID: "c-1"}
	for name, tc := range map[string]struct {
		context  *idc.IdentityContext
		action   string
		resource string
		session  []string
		want     bool
	}{
		"nobody":                          {nil, "athena:GetWorkGroup", workgroup, nil, false},
		"the person":                      {&by, "athena:GetWorkGroup", workgroup, nil, true},
		"another person":                  {&idc.IdentityContext{UserID: "u-2"}, "athena:GetWorkGroup", workgroup, nil, false},
		"what is not on the list":         {&by, "iam:ListRoles", "*", nil, false},
		"a session policy":                {&by, "athena:GetWorkGroup", workgroup, []string{statements(`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`)}, false},
		"a session policy that allows it": {&by, "athena:GetWorkGroup", workgroup, []string{statements(`{"Effect":"Allow","Action":"athena:*","Resource":"*"}`)}, true},
	} {
		c.Context, c.UserID, c.SessionPolicies = tc.context, "", tc.session
		if err := f.ask(c, tc.action, tc.resource); (err == nil) != tc.want || err != nil && idc.KindOf(err) != idc.Denied {
			t.Errorf("%s: %v, want allowed %v", name, err, tc.want)
		}
	}
	audited := f.caller(f.role(testidc.Member, "Audited", map[string]string{"p": statements(`{"Effect":"Allow","Action":"iam:ListRoles","Resource":"*","Condition":{"Null":{"identitystore:UserId":"true"}}}`)}))
	audited.Context, audited.UserID = &idc.IdentityContext{UserID: "u-1", AuditOnly: true}, "u-1"
	if err := f.ask(audited, "iam:ListRoles", "*"); err != nil {
		t.Errorf("for the record only: %v, want no policy to see the person", err)
	}
}

// TestSettingAContextNeedsTheTrustPolicy: and the trust policy may ask for whom.
func TestSettingAContextNeedsTheTrustPolicy(t *testing.T) {
	f := setUp(t)
	caller := f.caller(f.Role(testidc.Member, "Caller", trustAll, admin))
	plain := f.Role(testidc.Member, "Plain", trusting(ownAccount, assume))
	target := f.Role(testidc.Member, "Target", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":`+ownAccount+`,"Action":"sts:SetContext","Condition":{
		"StringEquals":{"sts:RequestContext/identitystore:UserId":"u-1"},
		"ForAllValues:ArnEquals":{"sts:RequestContextProviders":["arn:aws:iam::aws:contextProvider/IdentityCenter"]},"Null":{"sts:RequestContextProviders":"false"}}}]}`)
	for name, tc := range map[string]struct {
		role *idc.Role
		user string
		want bool
	}{"not in the trust policy": {plain, "u-1", false}, "the person": {target, "u-1", true}, "another person": {target, "u-2", false}} {
		err := f.authz.Authorize(t.Context(), authz.Question{Caller: caller, Action: "sts:SetContext", Resources: []string{tc.role.ARN}, Time: f.Clock.Now(), Keys: map[string][]string{
			"sts:RequestContext/identitystore:UserId": {tc.user}, "sts:RequestContextProviders": {"arn:aws:iam::aws:contextProvider/IdentityCenter"}}})
		if (err == nil) != tc.want || err != nil && idc.KindOf(err) != idc.Denied {
			t.Errorf("%s: %v, want allowed %v", name, err, tc.want)
		}
	}
}
