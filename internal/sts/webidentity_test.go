package sts_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/oidc/oidctest"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

const (
	oidcARN   = "arn:aws:iam::222222222222:oidc-provider/idp.example.com"
	oidcTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"` + oidcARN + `"},"Action":["sts:AssumeRoleWithWebIdentity","sts:TagSession","sts:SetSourceIdentity"],"Condition":{"StringEquals":{"idp.example.com:aud":"app","idp.example.com:sub":"repo:main"}}}]}`
)

// trusted makes the issuer idp.example.com a provider of the member account, for the client "app".
func (r *realm) trusted(t *testing.T) *oidctest.Issuer {
	t.Helper()
	issuer := oidctest.New(t, r.Clock)
	r.sts.Tokens.Fetcher = issuer
	if _, err := r.roles.CreateOIDCProvider(t.Context(), r.Change(), testidc.Member, issuer.URL, []string{"app", "other"}, nil, nil); err != nil {
		t.Fatal(err)
	}
	return issuer
}

func (r *realm) takeWeb(t *testing.T, token string) (*sts.Federated, error) {
	t.Helper()
	return r.sts.AssumeRoleWithWebIdentity(t.Context(), sts.AssumeRoleWithWebIdentityInput{RoleARN: samlRole, SessionName: "build", Token: token})
}

func TestAssumeRoleWithWebIdentity(t *testing.T) {
	r := newRealm(t)
	issuer := r.trusted(t)
	target := r.Role(testidc.Member, "Deploy", oidcTrust)
	target.InlinePolicies = map[string]string{"own": `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:ListRoles","Resource":"*","Condition":{"StringEquals":{"idp.example.com:sub":"repo:main","aws:PrincipalTag/Team":"blue","aws:FederatedProvider":"` + oidcARN + `"},"ForAnyValue:StringEquals":{"idp.example.com:amr":"otp"}}}}`}
	r.Update(func(tx store.Tx) error { return tx.PutRole(target) })
	got, err := r.takeWeb(t, issuer.Sign(t, map[string]any{"sub": "repo:main", "aud": "app", "amr": []string{"pwd", "otp"}, "email": "a@example.com",
		"https://aws.amazon.com/tags":            map[string]any{"principal_tags": map[string]any{"Team": []string{"blue"}, "Cost": []string{"7"}}, "transitive_tag_keys": []string{"Team"}},
		"https://aws.amazon.com/source_identity": "ana"}))
	if err != nil {
		t.Fatal(err)
	}
	if by := got.By; by.Provider != oidcARN || by.Issuer != issuer.URL || by.Audience != "app" || by.Subject != "repo:main" {
		t.Errorf("by %+v", by)
	}
	if got.Caller.Type != idc.CallerWebIdentity || got.Caller.PrincipalID != oidcARN+":app:repo:main" || got.Caller.AccountID != testidc.Member {
		t.Errorf("recorded as %+v", got.Caller)
	}
	_, session, err := r.sts.Open(got.Credentials.AccessKeyID, got.Credentials.SessionToken)
	if err != nil {
		t.Fatal(err)
	}
	if session.ARN != "arn:aws:sts::222222222222:assumed-role/Deploy/build" || session.SourceIdentity != "ana" ||
		!slices.Equal(session.Tags, []idc.Tag{{Key: "Cost", Value: "7"}, {Key: "Team", Value: "blue"}}) || !slices.Equal(session.TransitiveTagKeys, []string{"Team"}) {
		t.Errorf("session %+v", session)
	}
	// What the requests of the session know of the provider.
	f := session.Federation
	if f == nil || f.Provider != oidcARN || !slices.Equal(f.Keys["idp.example.com:sub"], []string{"repo:main"}) || !slices.Equal(f.Keys["idp.example.com:amr"], []string{"pwd", "otp"}) || f.Keys["idp.example.com:email"] != nil {
		t.Errorf("the session knows %+v", f)
	}
	if err := r.may(session, "iam:ListRoles", "*"); err != nil {
		t.Errorf("a policy that asks for the subject, the provider and a tag: %v", err)
	}
}

func TestWebIdentityRefusals(t *testing.T) {
	r := newRealm(t)
	issuer := r.trusted(t)
	r.Role(testidc.Member, "Deploy", oidcTrust)
	sign := func(more map[string]any) string {
		claims := map[string]any{"sub": "repo:main", "aud": "app"}
		for name, value := range more {
			claims[name] = value
		}
		return issuer.Sign(t, claims)
	}
	impostor := oidctest.New(t, r.Clock)
	stranger := oidctest.New(t, r.Clock)
	stranger.URL = "https://stranger.example.com"
	now := r.Clock.Now()
	const notAuthorized = "Not authorized to perform sts:AssumeRoleWithWebIdentity"
	invalid := sts.ReasonInvalidIdentityToken
	tags := func(value any) string { return sign(map[string]any{"https://aws.amazon.com/tags": value}) }
	for name, c := range map[string]struct {
		token  string
		kind   idc.Kind
		reason idc.Reason
		words  string
	}{
		"an access token":       {"opaque-access-token", idc.Invalid, invalid, "The ID Token provided is not a valid JWT"},
		"not signed":            {"eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSJ9.", idc.Invalid, invalid, "not a valid JWT"},
		"another's key":         {impostor.Sign(t, map[string]any{"sub": "repo:main", "aud": "app"}), idc.Invalid, invalid, "signature"},
		"another issuer":        {stranger.Sign(t, map[string]any{"sub": "repo:main", "aud": "app"}), idc.Invalid, invalid, "No OpenIDConnect provider found in your account for https://stranger.example.com"},
		"an issuer without TLS": {sign(map[string]any{"iss": "http://idp.example.com"}), idc.Invalid, invalid, "No OpenIDConnect provider found"},
		"our own issuer":        {sign(map[string]any{"iss": "https://gatehouse.example.com/outbound/222222222222"}), idc.Invalid, invalid, "GetWebIdentityToken"},
		"another audience":      {sign(map[string]any{"aud": "elsewhere"}), idc.Invalid, invalid, "Incorrect token audience"},
		"another party":         {sign(map[string]any{"azp": "elsewhere"}), idc.Invalid, invalid, "Incorrect token audience"},
		"expired":               {sign(map[string]any{"exp": now.Add(-time.Minute).Unix()}), idc.Expired, "", "must be before the expiration date/time"},
		"from the future":       {sign(map[string]any{"nbf": now.Add(time.Hour).Unix()}), idc.Invalid, invalid, "not yet valid"},
		"no subject":            {sign(map[string]any{"sub": nil}), idc.Invalid, invalid, "Missing a required claim: sub"},
		"no audience":           {sign(map[string]any{"aud": nil}), idc.Invalid, invalid, "Missing a required claim: aud"},
		"no time of issue":      {sign(map[string]any{"iat": nil}), idc.Invalid, invalid, "Missing a required claim: iat"},
		"another subject":       {sign(map[string]any{"sub": "repo:fork"}), idc.Denied, "", notAuthorized},
		"another client":        {sign(map[string]any{"aud": "other"}), idc.Denied, "", notAuthorized},
		"a bad source":          {sign(map[string]any{"https://aws.amazon.com/source_identity": "a b"}), idc.Invalid, invalid, "Source Identity must match"},
		"a source that is none": {sign(map[string]any{"https://aws.amazon.com/source_identity": 7}), idc.Invalid, invalid, "must be a string"},
		"tags that are none":    {tags("x"), idc.Invalid, invalid, "https://aws.amazon.com/tags is not valid"},
		"a tag of two":          {tags(map[string]any{"principal_tags": map[string]any{"a": []string{"x", "y"}}}), idc.Invalid, invalid, "not valid"},
		"a reserved tag":        {tags(map[string]any{"principal_tags": map[string]any{"aws:a": []string{"x"}}}), idc.Invalid, "", "aws:"},
	} {
		_, err := r.takeWeb(t, c.token)
		r.wants(t, name, err, c.kind, c.reason, c.words)
	}
	issuer.Fail(errors.New("no route"))
	r.Clock.Advance(25 * time.Hour)
	_, err := r.takeWeb(t, sign(nil))
	r.wants(t, "an issuer that is down", err, idc.Invalid, sts.ReasonIDPCommunicationError, "Couldn't retrieve verification key from your identity provider")
}

// TestTheAuthorizedPartyIsTheAudience: with azp the keys aud and oaud tell the two apart.
func TestTheAuthorizedPartyIsTheAudience(t *testing.T) {
	r := newRealm(t)
	issuer := r.trusted(t)
	role := r.Role(testidc.Member, "Deploy", oidcTrust)
	got, err := r.takeWeb(t, issuer.Sign(t, map[string]any{"sub": "repo:main", "aud": "https://api.example.com", "azp": "app"}))
	if err != nil || got.By.Audience != "app" {
		t.Fatalf("%+v, %v", got, err)
	}
	role.TrustPolicy = strings.Replace(oidcTrust, `"idp.example.com:sub"`, `"idp.example.com:oaud":"https://api.example.com","idp.example.com:sub"`, 1)
	r.Update(func(tx store.Tx) error { return tx.PutRole(role) })
	if _, err := r.takeWeb(t, issuer.Sign(t, map[string]any{"sub": "repo:main", "aud": "https://api.example.com", "azp": "app"})); err != nil {
		t.Errorf("with oaud: %v", err)
	}
	if _, err := r.takeWeb(t, issuer.Sign(t, map[string]any{"sub": "repo:main", "aud": "app"})); idc.KindOf(err) != idc.Denied {
		t.Errorf("without azp there is no oaud: %v", err)
	}
}
