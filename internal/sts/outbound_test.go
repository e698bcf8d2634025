package sts_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

func (r *realm) webToken(t *testing.T, caller idc.Caller, in sts.WebIdentityTokenInput) (string, error) {
	t.Helper()
	token, _, err := r.sts.WebIdentityToken(t.Context(), r.Change(), caller, in)
	return token, err
}

// read verifies a token with what is published for an account.
func (r *realm) read(t *testing.T, account, token string) (map[string]any, error) {
	t.Helper()
	published, err := r.sts.Discovery(t.Context(), account)
	if err != nil {
		return nil, err
	}
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256, jose.ES384})
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	return claims, parsed.Claims(published.Keys, &claims)
}

func TestWebIdentityToken(t *testing.T) {
	r := newRealm(t)
	caller := r.session(t, testidc.Member, "Deploy")
	caller.Tags, caller.UserID = []idc.Tag{{Key: "Team", Value: "blue"}}, "u-1"
	in := sts.WebIdentityTokenInput{Audiences: []string{"https://api.example.com"}, Algorithm: "ES384", Tags: []idc.Tag{{Key: "job", Value: "7"}}, Region: "us-east-1"}
	_, err := r.webToken(t, caller, in)
	r.wants(t, "turned off", err, idc.Conflict, "OutboundWebIdentityFederationDisabledException", "not enabled")
	issuer, err := r.sts.EnableOutbound(t.Context(), r.Change(), testidc.Member)
	if err != nil || issuer != "https://gatehouse.example.com/outbound/222222222222" {
		t.Fatalf("issuer %s, %v", issuer, err)
	}
	_, err = r.sts.EnableOutbound(t.Context(), r.Change(), testidc.Member)
	r.wants(t, "again", err, idc.Conflict, "FeatureEnabled", "already enabled")
	for _, algorithm := range []string{"ES384", "RS256"} {
		in.Algorithm = algorithm
		token, err := r.webToken(t, caller, in)
		if err != nil {
			t.Fatal(err)
		}
		claims, err := r.read(t, testidc.Member, token)
		if err != nil {
			t.Fatalf("%s: %v", algorithm, err)
		}
		now := float64(r.Clock.Now().Unix())
		if claims["iss"] != issuer || claims["sub"] != samlRole || claims["aud"] != in.Audiences[0] || claims["iat"] != now || claims["exp"] != now+300 || claims["jti"] == "" {
			t.Errorf("%s: %v", algorithm, claims)
		}
		own, err := json.Marshal(claims["https://sts.amazonaws.com/"])
		want := `{"aws_account":"222222222222","identity_store_arn":"arn:aws:identitystore::111111111111:identitystore/d-1234567890","identity_store_user_id":"u-1",` +
			`"org_id":"o-exampleorgid","original_session_exp":"2026-03-01T13:00:00Z","ou_path":"o-exampleorgid/r-exam/","principal_id":"` + samlRole + `",` +
			`"principal_tags":{"Team":"blue"},"request_tags":{"job":"7"},"source_identity":"ana","source_region":"us-east-1"}`
		if err != nil || string(own) != want {
			t.Errorf("%s: %s\nwant %s", algorithm, own, want)
		}
	}
	for name, c := range map[string]struct {
		edit   func(*sts.WebIdentityTokenInput)
		kind   idc.Kind
		reason idc.Reason
	}{
		"another algorithm":  {func(in *sts.WebIdentityTokenInput) { in.Algorithm = "HS256" }, idc.Invalid, "ValidationError"},
		"longer than itself": {func(in *sts.WebIdentityTokenInput) { in.Duration = 61 * time.Minute }, idc.Denied, "SessionDurationEscalationException"},
		"a reserved tag":     {func(in *sts.WebIdentityTokenInput) { in.Tags = []idc.Tag{{Key: "aws:x", Value: "y"}} }, idc.Invalid, ""},
		"too large": {func(in *sts.WebIdentityTokenInput) {
			in.Audiences = slices.Repeat([]string{strings.Repeat("x", 1000)}, 10)
		}, idc.Invalid, "JWTPayloadSizeExceededException"},
	} {
		changed := in
		c.edit(&changed)
		_, err := r.webToken(t, caller, changed)
		r.wants(t, name, err, c.kind, c.reason, "")
	}
	if err := r.sts.DisableOutbound(t.Context(), r.Change(), testidc.Member); err != nil {
		t.Fatal(err)
	}
	if _, err := r.sts.Discovery(t.Context(), testidc.Member); !idc.IsNotFound(err) {
		t.Errorf("published after the end: %v", err)
	}
	r.wants(t, "twice", r.sts.DisableOutbound(t.Context(), r.Change(), testidc.Member), idc.Conflict, "FeatureDisabled", "not enabled")
}

// TestTokensSayWhoseIdentityStoreAPersonIsIn: a context may be of another instance than the organization's, and one
// for the trail alone makes nobody that person.
func TestTokensSayWhoseIdentityStoreAPersonIsIn(t *testing.T) {
	r := newRealm(t)
	if _, err := r.sts.EnableOutbound(t.Context(), r.Change(), testidc.Member); err != nil {
		t.Fatal(err)
	}
	caller := r.session(t, testidc.Member, "Deploy")
	const elsewhere = "arn:aws:identitystore::222222222222:identitystore/d-00000000aa"
	for _, audit := range []bool{false, true} {
		caller.UserID, caller.Context = "u-1", &idc.IdentityContext{UserID: "u-1", IdentityStoreARN: elsewhere, AuditOnly: audit}
		token, err := r.webToken(t, caller, sts.WebIdentityTokenInput{Audiences: []string{"x"}, Algorithm: "ES384"})
		if err != nil {
			t.Fatal(err)
		}
		claims, err := r.read(t, testidc.Member, token)
		if err != nil {
			t.Fatal(err)
		}
		own, _ := claims["https://sts.amazonaws.com/"].(map[string]any)
		switch user, store := own["identity_store_user_id"], own["identity_store_arn"]; {
		case audit && (user != nil || store != nil):
			t.Errorf("for the trail alone: %v %v", user, store)
		case !audit && (user != "u-1" || store != elsewhere):
			t.Errorf("user %v of %v, want %s", user, store, elsewhere)
		}
	}
}

// TestSigningKeysTakeTurns: a new key signs after three months; what the old one signed still verifies, for a day.
func TestSigningKeysTakeTurns(t *testing.T) {
	r := newRealm(t)
	if _, err := r.sts.EnableOutbound(t.Context(), r.Change(), testidc.Member); err != nil {
		t.Fatal(err)
	}
	made := r.session(t, testidc.Member, "Deploy")
	token := func() string {
		made.ExpiresAt = r.Clock.Now().Add(time.Hour)
		token, err := r.webToken(t, made, sts.WebIdentityTokenInput{Audiences: []string{"x"}, Algorithm: "ES384"})
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	keys := func() int {
		published, err := r.sts.Discovery(t.Context(), testidc.Member)
		if err != nil {
			t.Fatal(err)
		}
		return len(published.Keys.Keys)
	}
	token()
	r.Clock.Advance(89 * 24 * time.Hour)
	old := token()
	if n := keys(); n != 1 {
		t.Errorf("%d keys before three months are over", n)
	}
	r.Clock.Advance(2 * 24 * time.Hour)
	token()
	if _, err := r.read(t, testidc.Member, old); err != nil || keys() != 2 {
		t.Errorf("the older token: %v, with %d keys", err, keys())
	}
	r.Clock.Advance(25 * time.Hour)
	if _, err := r.read(t, testidc.Member, old); err == nil || keys() != 1 {
		t.Errorf("the older token still verifies after a day, with %d keys", keys())
	}
}
