package authz_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/authz"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// trusting is a trust policy that lets a principal do the actions.
func trusting(principal string, actions ...string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + principal + `,"Action":["` + strings.Join(actions, `","`) + `"]}]}`
}

const (
	assume     = "sts:AssumeRole"
	assumeOnly = `{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}`
	callerRole = `{"AWS":"arn:aws:iam::222222222222:role/Caller"}`
	session    = `{"AWS":"arn:aws:sts::222222222222:assumed-role/Caller/ana"}`
	anyone     = `{"AWS":"*"}`
	ownAccount = `{"AWS":"222222222222"}`
)

// TestWhoMayAssume: the two sides of AssumeRole. "outside" is a role of another account, whose caller is in the member
// account; "nothing" stands for a caller whose own policies allow nothing.
func TestWhoMayAssume(t *testing.T) {
	nothing := `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`
	deny := assumeOnly + `,{"Effect":"Deny","Action":"sts:*","Resource":"*"}`
	elsewhere := `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`
	for name, c := range map[string]struct {
		trust, identity string
		boundary        string // a document, "" for none
		session         string // a session policy, "" for none
		inside, outside bool   // allowed in the same account, in another
	}{
		"the account, allowed":               {trusting(ownAccount, assume), assumeOnly, "", "", true, true},
		"the account, nothing":               {trusting(ownAccount, assume), nothing, "", "", false, false},
		"the role, allowed":                  {trusting(callerRole, assume), assumeOnly, "", "", true, true},
		"the role, nothing":                  {trusting(callerRole, assume), nothing, "", "", true, false},
		"the session, allowed":               {trusting(session, assume), assumeOnly, "", "", true, true},
		"the session, nothing":               {trusting(session, assume), nothing, "", "", true, false},
		"anyone, nothing":                    {trusting(anyone, assume), nothing, "", "", true, false},
		"nobody, allowed":                    {trusting(`{"AWS":"333333333333"}`, assume), assumeOnly, "", "", false, false},
		"another action, allowed":            {trusting(ownAccount, "sts:TagSession"), assumeOnly, "", "", false, false},
		"the role, denied by the caller's":   {trusting(callerRole, assume), deny, "", "", false, false},
		"the role, boundary":                 {trusting(callerRole, assume), nothing, elsewhere, "", false, false},
		"the session, boundary":              {trusting(session, assume), nothing, elsewhere, "", true, false},
		"the role, session policy":           {trusting(callerRole, assume), assumeOnly, "", elsewhere, false, false},
		"the session itself, session policy": {trusting(session, assume), assumeOnly, "", elsewhere, true, false},
		"the account, session policy":        {trusting(ownAccount, assume), assumeOnly, "", elsewhere, false, false},
		"the account, session policy allows": {trusting(ownAccount, assume), assumeOnly, "", assumeOnly, true, true},
		"the account, within the boundary":   {trusting(ownAccount, assume), assumeOnly, assumeOnly, "", true, true},
		"SAML only":                          {trusting(`{"Federated":"arn:aws:iam::222222222222:saml-provider/x"}`, "sts:AssumeRoleWithSAML"), assumeOnly, "", "", false, false},
	} {
		for account, want := range map[string]bool{testidc.Member: c.inside, testidc.Management: c.outside} {
			f := setUp(t)
			r := f.Role(testidc.Member, "Caller", trustAll)
			r.InlinePolicies = map[string]string{"p": statements(c.identity)}
			if c.boundary != "" {
				r.PermissionsBoundary = "arn:aws:iam::222222222222:policy/Boundary"
			}
			f.Update(func(tx store.Tx) error {
				if err := tx.PutManagedPolicy(&idc.ManagedPolicy{AccountID: testidc.Member, Name: "Boundary", Path: "/", ID: "ANPA1", DefaultVersion: "v1",
					ARN: "arn:aws:iam::222222222222:policy/Boundary", Versions: []idc.PolicyVersion{{ID: "v1", Document: statements(c.boundary)}}}); err != nil && c.boundary != "" {
					return err
				}
				return tx.PutRole(r)
			})
			caller := f.caller(r)
			if c.session != "" {
				caller.SessionPolicies = []string{statements(c.session)}
			}
			target := f.Role(account, "Target", c.trust)
			if err := f.ask(caller, assume, target.ARN); (err == nil) != want || err != nil && idc.KindOf(err) != idc.Denied {
				t.Errorf("%s, role in %s: %v, want allowed %v", name, account, err, want)
			}
		}
	}
}

// TestARoleDoesNotTrustItself: not even an administrator role assumes itself without being told so by its trust policy.
func TestARoleDoesNotTrustItself(t *testing.T) {
	f := setUp(t)
	r := f.Role(testidc.Member, "Caller", trusting(`{"Service":"sso.amazonaws.com"}`, assume), admin)
	if err := f.ask(f.caller(r), assume, r.ARN); idc.KindOf(err) != idc.Denied {
		t.Errorf("itself: %v, want Denied", err)
	}
	r.TrustPolicy = trusting(callerRole, assume)
	f.Update(func(tx store.Tx) error { return tx.PutRole(r) })
	if err := f.ask(f.caller(r), assume, r.ARN); err != nil {
		t.Errorf("itself, told so: %v", err)
	}
}

// TestTagsAndSourceIdentityNeedBothSides: each is a permission of its own, of the trust policy and of the caller's.
func TestTagsAndSourceIdentityNeedBothSides(t *testing.T) {
	for _, action := range []string{"sts:TagSession", "sts:SetSourceIdentity"} {
		allowed := `{"Effect":"Allow","Action":["sts:AssumeRole","` + action + `"],"Resource":"*"}`
		for name, c := range map[string]struct {
			trust, identity string
			want            bool
		}{
			"both":            {trusting(ownAccount, assume, action), allowed, true},
			"trust only":      {trusting(ownAccount, assume, action), assumeOnly, false},
			"identity only":   {trusting(ownAccount, assume), allowed, false},
			"role, no policy": {trusting(callerRole, assume, action), assumeOnly, true}, // a grant to the role itself, same account
		} {
			f := setUp(t)
			r := f.Role(testidc.Member, "Caller", trustAll)
			r.InlinePolicies = map[string]string{"p": statements(c.identity)}
			f.Update(func(tx store.Tx) error { return tx.PutRole(r) })
			target := f.Role(testidc.Member, "Target", c.trust)
			if err := f.ask(f.caller(r), action, target.ARN); (err == nil) != c.want {
				t.Errorf("%s, %s: %v, want allowed %v", action, name, err, c.want)
			}
		}
	}
}

// TestConditionsOfATrustPolicy: what is asked of whoever comes.
func TestConditionsOfATrustPolicy(t *testing.T) {
	f := setUp(t)
	caller := f.caller(f.Role(testidc.Member, "Caller", trustAll, admin))
	caller.MFA, caller.MFAAt, caller.UserID = true, f.Clock.Now(), "u-1"
	for condition, keys := range map[string]map[string][]string{
		`"StringEquals":{"sts:ExternalId":"x-1"}`:                                                               {"sts:ExternalId": {"x-1"}},
		`"StringLike":{"sts:RoleSessionName":"${identitystore:UserId}"}`:                                        {"sts:RoleSessionName": {"u-1"}},
		`"StringEquals":{"sts:SourceIdentity":"ana"}`:                                                           {"sts:SourceIdentity": {"ana"}},
		`"ForAllValues:StringEquals":{"sts:TransitiveTagKeys":"Team"},"Null":{"sts:TransitiveTagKeys":"false"}`: {"sts:TransitiveTagKeys": {"Team"}},
		`"StringEquals":{"aws:RequestTag/Team":"red"}`:                                                          {"aws:RequestTag/Team": {"red"}, "aws:TagKeys": {"Team"}},
		`"Bool":{"aws:MultiFactorAuthPresent":"true"}`:                                                          {"": nil},
		`"StringEquals":{"aws:PrincipalOrgID":"o-exampleorgid"}`:                                                {"": nil},
	} {
		name := "T" + f.IDs.UniqueID("X")
		target := f.Role(testidc.Management, name, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"222222222222"},
			"Action":"sts:AssumeRole","Condition":{`+condition+`}}]}`)
		q := authz.Question{Caller: caller, Action: assume, Resources: []string{target.ARN}, Time: f.Clock.Now(), Keys: keys}
		delete(q.Keys, "")
		if err := f.authz.Authorize(t.Context(), q); err != nil {
			t.Errorf("%s met: %v", condition, err)
		}
		q.Keys, q.Caller.MFA = nil, false
		if strings.Contains(condition, "OrgID") {
			q.Caller.AccountID = "999999999999"
		}
		if err := f.authz.Authorize(t.Context(), q); idc.KindOf(err) != idc.Denied {
			t.Errorf("%s not met: %v, want Denied", condition, err)
		}
	}
}

// TestTakingARoleThroughTheProvider: the hop of Identity Center into an account is decided by the trust policy of the
// role and the resource control policies above it, and by nothing else.
func TestTakingARoleThroughTheProvider(t *testing.T) {
	const provider = "arn:aws:iam::222222222222:saml-provider/AWSSSO_x"
	o := found(t)
	o.authz.Clock = o.Clock
	by := idc.Federation{Provider: provider, Issuer: "https://issuer", Audience: "https://signin.aws.amazon.com/saml", Subject: "ana", SubjectType: "persistent"}
	trust := func(principal, action, audience string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + principal + `,"Action":[` + action + `],"Condition":{"StringEquals":{"SAML:aud":"` + audience + `"}}}]}`
	}
	ours := `{"Federated":"` + provider + `"}`
	both := `"sts:AssumeRoleWithSAML","sts:TagSession"`
	tags := []idc.Tag{{Key: "Team", Value: "red"}}
	for name, c := range map[string]struct {
		trust string
		tags  []idc.Tag
		want  bool
	}{
		"as provisioned":       {trust(ours, both, by.Audience), nil, true},
		"as provisioned, tags": {trust(ours, both, by.Audience), tags, true},
		"no tags allowed":      {trust(ours, `"sts:AssumeRoleWithSAML"`, by.Audience), tags, false},
		"without tags":         {trust(ours, `"sts:AssumeRoleWithSAML"`, by.Audience), nil, true},
		"another provider":     {trust(`{"Federated":"arn:aws:iam::222222222222:saml-provider/Other"}`, both, by.Audience), nil, false},
		"another audience":     {trust(ours, both, "https://elsewhere"), nil, false},
		"the account":          {trusting(ownAccount, "sts:AssumeRoleWithSAML"), nil, false},
		"for AssumeRole alone": {trusting(anyone, assume), nil, false},
	} {
		r := o.Role(testidc.Member, "R", c.trust)
		if err := o.authz.AdmitFederated(t.Context(), sts.Admission{Role: r, By: by, SessionName: "ana", Tags: c.tags}); (err == nil) != c.want || err != nil && idc.KindOf(err) != idc.Denied {
			t.Errorf("%s: %v, want admitted %v", name, err, c.want)
		}
	}
	r := o.Role(testidc.Member, "R", trust(ours, both, by.Audience))
	fence := o.policy("RESOURCE_CONTROL_POLICY", "Fence", `{"Effect":"Deny","Principal":"*","Action":"sts:*","Resource":"*"}`)
	o.attach(fence, o.outer)
	if err := o.authz.AdmitFederated(t.Context(), sts.Admission{Role: r, By: by, SessionName: "ana"}); idc.KindOf(err) != idc.Denied || !strings.Contains(err.Error(), byRCP) {
		t.Errorf("behind a resource control policy: %v, want Denied", err)
	}
	o.detach(fence, o.outer)
	scp := o.policy("SERVICE_CONTROL_POLICY", "NoSTS", `{"Effect":"Deny","Action":"sts:*","Resource":"*"}`)
	o.attach(scp, o.Instance.RootID)
	if err := o.authz.AdmitFederated(t.Context(), sts.Admission{Role: r, By: by, SessionName: "ana"}); err != nil {
		t.Errorf("service control policies limit the principals of accounts, and the provider is none: %v", err)
	}
	// Whoever takes a role so can do nothing else.
	if err := o.ask(idc.Caller{Type: idc.CallerSAML, Federation: &by}, "iam:ListRoles", "*"); idc.KindOf(err) != idc.Denied {
		t.Errorf("the provider itself asks for a list: %v, want Denied", err)
	}
	if err := o.ask(idc.Caller{Type: idc.CallerSAML}, "sts:AssumeRoleWithSAML", r.ARN); idc.KindOf(err) != idc.Denied {
		t.Errorf("without a provider: %v, want Denied", err)
	}
}
