package session_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/keys"
	"github.com/gatehouse-idc/gatehouse/internal/oidc"
	"github.com/gatehouse-idc/gatehouse/internal/oidc/oidctest"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/session"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// apps is a world with a person, a trusted token issuer and an application that has all grants and trusts the
// issuer for the audience "wiki".
type apps struct {
	*testidc.World
	service *session.Service
	issuer  *oidctest.Issuer
	tti     *idc.TrustedTokenIssuer
	app     *idc.Application
	ana     *idc.User
}

func newApps(t *testing.T) *apps {
	t.Helper()
	w := &apps{World: testidc.New(t)}
	w.issuer = oidctest.New(t, w.Clock)
	w.service = &session.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, BaseURL: base,
		Tokens:   &oidc.Verifier{Fetcher: w.issuer, Clock: w.Clock},
		Signing:  &keys.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Secrets: sealed.NewEphemeral()},
		Contexts: sealed.NewEphemeral()}
	w.ana = w.User("ana")
	yes := true
	w.ana.Emails, w.ana.ExternalIDs = []idc.Email{{Value: "ana@example.com", Primary: &yes}}, []idc.ExternalID{{Issuer: "okta", ID: "00u1"}}
	w.Update(func(tx store.Tx) error { return tx.PutUser(w.ana) })
	w.tti = &idc.TrustedTokenIssuer{ID: "tti-1", ARN: "arn:aws:sso::111111111111:trustedTokenIssuer/ssoins-1234567890abcdef/tti-1",
		InstanceID: w.Instance.ID, Name: "idp", Type: idc.IssuerOIDCJWT, IssuerURL: w.issuer.URL, ClaimPath: "email", IdentityStorePath: "emails.value"}
	w.Update(func(tx store.Tx) error { return tx.PutTrustedTokenIssuer(w.tti) })
	w.app = w.application("wiki")
	w.assign(w.app, w.ana)
	return w
}

// application makes one with all grants and the scope "wiki:read".
func (w *apps) application(name string) *idc.Application {
	a := &idc.Application{ID: "apl-" + name, ARN: "arn:aws:sso::111111111111:application/ssoins-1234567890abcdef/apl-" + name,
		InstanceID: w.Instance.ID, OwnerAccountID: testidc.Management, ProviderARN: "arn:aws:sso::aws:applicationProvider/custom", Name: name,
		Status: idc.Enabled, CreatedAt: w.Clock.Now(), AssignmentRequired: true, Scopes: []idc.AccessScope{{Scope: name + ":read"}},
		Grants: idc.ApplicationGrants{RefreshToken: true, TokenExchange: true, AuthorizationCode: &idc.AuthorizationCodeGrant{RedirectURIs: []string{"https://wiki.example.com/cb"}},
			JWTBearer: &idc.JWTBearerGrant{Issuers: []idc.AuthorizedIssuer{{TrustedTokenIssuerARN: w.tti.ARN, Audiences: []string{name}}}}}}
	w.put(a)
	return a
}

func (w *apps) put(a *idc.Application) {
	w.Update(func(tx store.Tx) error { return tx.PutApplication(a) })
}

func (w *apps) assign(a *idc.Application, u *idc.User) {
	w.Update(func(tx store.Tx) error {
		return tx.PutApplicationAssignment(&idc.ApplicationAssignment{ApplicationID: a.ID, PrincipalType: idc.PrincipalUser, PrincipalID: u.ID})
	})
}

// token is an assertion about Ana, or what the claims make of it.
func (w *apps) token(claims map[string]any) string {
	all := map[string]any{"sub": "1", "aud": "wiki", "email": "ana@example.com", "jti": w.IDs.UUID()}
	for name, value := range claims {
		all[name] = value
	}
	return w.issuer.Sign(w.T, all)
}

func (w *apps) ask(in session.ApplicationTokenRequest) (*session.ApplicationTokens, error) {
	w.Clock.Advance(time.Second)
	if in.ApplicationARN == "" {
		in.ApplicationARN = w.app.ARN
	}
	return w.service.CreateApplicationToken(w.T.Context(), w.Change(), in)
}

func (w *apps) present(assertion string) (*session.ApplicationTokens, error) {
	return w.ask(session.ApplicationTokenRequest{GrantType: idc.GrantJWTBearer, Assertion: assertion})
}

func (w *apps) must(tokens *session.ApplicationTokens, err error) *session.ApplicationTokens {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
	return tokens
}

func TestAnAssertionGivesTokens(t *testing.T) {
	w := newApps(t)
	got := w.must(w.present(w.token(nil)))
	if got.UserID != w.ana.ID || got.ExpiresIn != time.Hour || got.RefreshToken == "" || got.IssuedType != session.TypeAccessToken ||
		!slices.Equal(got.Scopes, []string{"openid", "aws", "sts:identity_context", "wiki:read"}) {
		t.Errorf("tokens %+v", got)
	}
	all, err := func() (k []*idc.SigningKey, err error) {
		w.View(func(r store.Reader) error { k, err = r.ListSigningKeys("id-token"); return err })
		return k, err
	}()
	if err != nil || len(all) != 1 {
		t.Fatalf("%d signing keys, %v", len(all), err)
	}
	parsed, err := jwt.ParseSigned(got.IDToken, []jose.SignatureAlgorithm{jose.ES384})
	if err != nil {
		t.Fatal(err)
	}
	signer, err := w.service.Signing.Signer(t.Context(), keys.PurposeIDToken)
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := parsed.Claims(signer.Key.Public(), &claims); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"iss": "https://identitycenter.amazonaws.com/ssoins-1234567890abcdef", "sub": w.ana.ID, "aud": w.app.ARN,
		"aws:identity_store_id": "d-1234567890", "aws:identity_store_arn": "arn:aws:identitystore::111111111111:identitystore/d-1234567890",
		"aws:instance_arn": w.Instance.ARN, "aws:instance_account": testidc.Management, "aws:application_arn": w.app.ARN,
		"aws:credential_id": got.TokenID, "sts:identity_context": got.IdentityContext, "exp": float64(w.Clock.Now().Add(time.Hour).Unix()),
	} {
		if claims[name] != want {
			t.Errorf("%s = %v, want %v", name, claims[name], want)
		}
	}
	if act, ok := claims["act"].(map[string]any); !ok || act["sub"] != w.tti.ARN {
		t.Errorf("act = %v, want the issuer", claims["act"])
	}
	for name, audit := range map[string]bool{"sts:identity_context": false, "sts:audit_context": true} {
		c, err := session.OpenContext(w.service.Contexts, claims[name].(string), w.Clock.Now())
		if err != nil || c.UserID != w.ana.ID || c.ApplicationARN != w.app.ARN || c.InstanceARN != w.Instance.ARN || c.CredentialID != got.TokenID || c.AuditOnly != audit {
			t.Errorf("%s = %+v, %v", name, c, err)
		}
		if n := len(claims[name].(string)); n < 4 || n > 2048 { // contextAssertionType of the STS model
			t.Errorf("%s has %d characters, which STS does not take", name, n)
		}
		if _, err := session.OpenContext(w.service.Contexts, claims[name].(string), w.Clock.Now().Add(time.Hour)); idc.KindOf(err) != idc.Expired {
			t.Errorf("%s an hour later: %v, want Expired", name, err)
		}
		if _, err := session.OpenContext(w.service.Contexts, claims[name].(string)+"A", w.Clock.Now()); idc.KindOf(err) != idc.Invalid {
			t.Errorf("%s altered: %v, want Invalid", name, err)
		}
	}
}

func TestHowAnAssertionNamesAPerson(t *testing.T) {
	w := newApps(t)
	for _, tc := range []struct {
		claim, attribute string
		claims           map[string]any
		found            bool
	}{
		{"email", "emails.value", nil, true},
		{"email", "emails.value", map[string]any{"email": "ANA@example.com"}, true},
		{"email", "emails.value", map[string]any{"email": "bob@example.com"}, false},
		{"email", "emails.value", map[string]any{"email": nil}, false},
		{"email", "emails.value", map[string]any{"email": []string{"ana@example.com"}}, false},
		{"preferred_username", "userName", map[string]any{"preferred_username": "ana"}, true},
		{"user.name", "userName", map[string]any{"user": map[string]any{"name": "ana"}}, true},
		{"user.name", "userName", map[string]any{"user": "ana"}, false},
		{"oid", "externalId", map[string]any{"oid": "00u1"}, true},
		{"oid", "externalId", map[string]any{"oid": "00u2"}, false},
		{"sub", "userName", map[string]any{"sub": ""}, false},
	} {
		w.tti.ClaimPath, w.tti.IdentityStorePath = tc.claim, tc.attribute
		w.Update(func(tx store.Tx) error { return tx.PutTrustedTokenIssuer(w.tti) })
		got, err := w.present(w.token(tc.claims))
		if tc.found && (err != nil || got.UserID != w.ana.ID) {
			t.Errorf("%s as %s %v: %v", tc.claim, tc.attribute, tc.claims, err)
		}
		if !tc.found && idc.ReasonOf(err) != idc.ReasonInvalidGrant {
			t.Errorf("%s as %s %v: %v, want invalid_grant", tc.claim, tc.attribute, tc.claims, err)
		}
	}
}

func TestBadAssertionsAreRefused(t *testing.T) {
	w := newApps(t)
	other := oidctest.New(t, w.Clock)
	used := w.token(nil)
	w.must(w.present(used))
	sameID := w.token(map[string]any{"jti": "same"})
	w.must(w.present(sameID))
	noID := w.token(map[string]any{"jti": nil})
	w.must(w.present(noID))
	for name, assertion := range map[string]string{
		"nothing that is a token": "x.y.z",
		"used before":             used,
		"its id used before":      w.token(map[string]any{"jti": "same", "n": 1}),
		"without an id, again":    noID,
		"for another audience":    w.token(map[string]any{"aud": "other"}),
		"without an audience":     w.token(map[string]any{"aud": nil}),
		"expired":                 w.token(map[string]any{"exp": w.Clock.Now().Unix()}),
		"without an end":          w.token(map[string]any{"exp": nil}),
		"of another issuer":       w.token(map[string]any{"iss": "https://elsewhere.example.com"}),
		"signed by a stranger":    other.Sign(t, map[string]any{"aud": "wiki", "email": "ana@example.com"}),
	} {
		if _, err := w.present(assertion); idc.ReasonOf(err) != idc.ReasonInvalidGrant {
			t.Errorf("%s: %v, want invalid_grant", name, err)
		}
	}
	if _, err := w.present(""); idc.KindOf(err) != idc.Invalid || idc.ReasonOf(err) != "" {
		t.Errorf("none: %v, want invalid_request", err)
	}
	w.issuer.AddEC(t) // AWS takes RS256 alone
	if _, err := w.present(w.token(nil)); idc.ReasonOf(err) != idc.ReasonInvalidGrant {
		t.Errorf("ES256: %v, want invalid_grant", err)
	}
}

func TestAnIssuerThatCannotBeRead(t *testing.T) {
	w := newApps(t)
	w.issuer.Fail(errors.New("no route to 10.0.0.7"))
	_, err := w.present(w.token(nil))
	if idc.KindOf(err) != idc.Invalid || idc.ReasonOf(err) != "" || strings.Contains(idc.PublicMessage(err), "10.0.0.7") {
		t.Errorf("error = %v, want invalid_request without the cause", err)
	}
}

func TestWhoGetsNoTokens(t *testing.T) {
	in := func(w *apps, edit func(a *idc.Application)) { edit(w.app); w.put(w.app) }
	for name, tc := range map[string]struct {
		spoil  func(w *apps)
		kind   idc.Kind
		reason idc.Reason
	}{
		"not assigned": {func(w *apps) {
			w.Update(func(tx store.Tx) error { return tx.DeleteApplicationAssignment(w.app.ID, idc.PrincipalUser, w.ana.ID) })
		}, idc.Denied, ""},
		"disabled person": {func(w *apps) {
			w.ana.Status = idc.UserDisabled
			w.Update(func(tx store.Tx) error { return tx.PutUser(w.ana) })
		}, idc.Invalid, idc.ReasonInvalidGrant},
		"disabled application": {func(w *apps) { in(w, func(a *idc.Application) { a.Status = idc.Disabled }) }, idc.Denied, ""},
		"no such grant":        {func(w *apps) { in(w, func(a *idc.Application) { a.Grants.JWTBearer = nil }) }, idc.Invalid, idc.ReasonUnauthorizedClient},
		"issuer not named": {func(w *apps) {
			in(w, func(a *idc.Application) { a.Grants.JWTBearer.Issuers[0].TrustedTokenIssuerARN += "x" })
		}, idc.Invalid, idc.ReasonInvalidGrant},
		"no application": {func(w *apps) {
			w.Update(func(tx store.Tx) error { return tx.DeleteApplication(w.app.ID) })
		}, idc.Unauthenticated, idc.ReasonInvalidClient},
	} {
		t.Run(name, func(t *testing.T) {
			w := newApps(t)
			tc.spoil(w)
			if _, err := w.present(w.token(nil)); idc.KindOf(err) != tc.kind || idc.ReasonOf(err) != tc.reason {
				t.Errorf("error = %v, want %v %s", err, tc.kind, tc.reason)
			}
		})
	}
	w := newApps(t)
	if _, err := w.ask(session.ApplicationTokenRequest{GrantType: "password"}); idc.ReasonOf(err) != idc.ReasonUnsupportedGrantType {
		t.Errorf("password: %v", err)
	}
	if _, err := w.ask(session.ApplicationTokenRequest{GrantType: idc.GrantAuthorizationCode, Code: "x", CodeVerifier: verifier, RedirectURI: "https://wiki.example.com/cb"}); idc.ReasonOf(err) != idc.ReasonInvalidGrant {
		t.Errorf("an unknown code: %v, want invalid_grant", err)
	}
}

func TestAssignmentThroughAGroupAndNone(t *testing.T) {
	w := newApps(t)
	w.Update(func(tx store.Tx) error { return tx.DeleteApplicationAssignment(w.app.ID, idc.PrincipalUser, w.ana.ID) })
	membership := &idc.Membership{ID: "m", GroupID: "g", UserID: w.ana.ID, Owner: idc.OwnerBuiltIn, Validity: idc.Validity{EndsAt: w.Clock.Now().Add(time.Hour)}}
	w.Update(func(tx store.Tx) error {
		return errors.Join(tx.PutGroup(&idc.Group{ID: "g", IdentityStoreID: w.Instance.IdentityStoreID, DisplayName: "G", Owner: idc.OwnerBuiltIn}), tx.PutMembership(membership),
			tx.PutApplicationAssignment(&idc.ApplicationAssignment{ApplicationID: w.app.ID, PrincipalType: idc.PrincipalGroup, PrincipalID: "g"}))
	})
	w.must(w.present(w.token(nil)))
	w.Clock.Advance(time.Hour)
	if _, err := w.present(w.token(nil)); idc.KindOf(err) != idc.Denied {
		t.Errorf("after the membership: %v, want Denied", err)
	}
	w.app.AssignmentRequired = false
	w.put(w.app)
	w.must(w.present(w.token(nil)))
}

func TestScopesOfApplications(t *testing.T) {
	w := newApps(t)
	ask := func(scopes ...string) (*session.ApplicationTokens, error) {
		return w.ask(session.ApplicationTokenRequest{GrantType: idc.GrantJWTBearer, Assertion: w.token(nil), Scopes: scopes})
	}
	got := w.must(ask("wiki:read", "wiki:read"))
	if !slices.Equal(got.Scopes, []string{"wiki:read"}) || got.IDToken != "" || got.IdentityContext != "" {
		t.Errorf("one scope: %+v, want neither id token nor context", got)
	}
	if got = w.must(ask("openid")); got.IDToken == "" || got.IdentityContext != "" {
		t.Errorf("openid: %+v, want an id token without a context", got)
	}
	for _, scope := range []string{"wiki:write", "sso:account:access"} {
		if _, err := ask(scope); idc.ReasonOf(err) != idc.ReasonInvalidScope {
			t.Errorf("%s: %v, want invalid_scope", scope, err)
		}
	}
}

func TestRefreshTokensOfApplications(t *testing.T) {
	w := newApps(t)
	first := w.must(w.ask(session.ApplicationTokenRequest{GrantType: idc.GrantJWTBearer, Assertion: w.token(nil), Scopes: []string{"openid", "wiki:read"}}))
	refresh := func(token, application string) (*session.ApplicationTokens, error) {
		return w.ask(session.ApplicationTokenRequest{GrantType: idc.GrantRefreshToken, RefreshToken: token, ApplicationARN: application})
	}
	second := w.must(refresh(first.RefreshToken, ""))
	if second.AccessToken == first.AccessToken || !slices.Equal(second.Scopes, []string{"openid", "wiki:read"}) {
		t.Errorf("refreshed %+v, want the scopes of before", second)
	}
	w.Clock.Advance(7*time.Hour + 50*time.Minute)
	third := w.must(refresh(second.RefreshToken, ""))
	if third.ExpiresIn > 10*time.Minute {
		t.Errorf("lasts %v: it outlives the session of the first token", third.ExpiresIn)
	}
	other := w.application("other")
	w.assign(other, w.ana)
	if _, err := refresh(third.RefreshToken, other.ARN); idc.ReasonOf(err) != idc.ReasonInvalidGrant {
		t.Errorf("by another application: %v, want invalid_grant", err)
	}
	if _, err := refresh(third.RefreshToken, ""); idc.ReasonOf(err) != idc.ReasonInvalidGrant {
		t.Errorf("a stolen token's family: %v, want it revoked", err)
	}
}

// TestARefreshNeverWidens: also when the application has lost all scopes of the token in between.
func TestARefreshNeverWidens(t *testing.T) {
	w := newApps(t)
	got := w.must(w.ask(session.ApplicationTokenRequest{GrantType: idc.GrantJWTBearer, Assertion: w.token(nil), Scopes: []string{"wiki:read"}}))
	refresh := func() {
		got = w.must(w.ask(session.ApplicationTokenRequest{GrantType: idc.GrantRefreshToken, RefreshToken: got.RefreshToken}))
	}
	w.app.Scopes = nil
	w.put(w.app)
	refresh()
	w.app.Scopes = []idc.AccessScope{{Scope: session.ScopeAccountAccess}}
	w.put(w.app)
	refresh()
	if len(got.Scopes) != 0 {
		t.Errorf("refreshed to %v, want nothing that the first token did not have", got.Scopes)
	}
}

// TestIssuersOfOneURLShareWhatWasUsed: a token works once, whichever of the trusts in its issuer takes it.
func TestIssuersOfOneURLShareWhatWasUsed(t *testing.T) {
	w := newApps(t)
	again := *w.tti
	again.ID, again.ARN = "tti-2", strings.Replace(w.tti.ARN, "tti-1", "tti-2", 1)
	w.Update(func(tx store.Tx) error { return tx.PutTrustedTokenIssuer(&again) })
	other := w.application("other")
	other.Grants.JWTBearer = &idc.JWTBearerGrant{Issuers: []idc.AuthorizedIssuer{{TrustedTokenIssuerARN: again.ARN, Audiences: []string{"wiki"}}}}
	w.put(other)
	w.assign(other, w.ana)
	token := w.token(nil)
	w.must(w.present(token))
	if _, err := w.ask(session.ApplicationTokenRequest{GrantType: idc.GrantJWTBearer, Assertion: token, ApplicationARN: other.ARN}); idc.ReasonOf(err) != idc.ReasonInvalidGrant {
		t.Errorf("a second time: %v, want invalid_grant", err)
	}
}
