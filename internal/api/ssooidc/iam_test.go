package ssooidc_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/api/doortest"
	door "github.com/gatehouse-idc/gatehouse/internal/api/ssooidc"
	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssooidc"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/keys"
	"github.com/gatehouse-idc/gatehouse/internal/oidc"
	"github.com/gatehouse-idc/gatehouse/internal/oidc/oidctest"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/session"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

const application = "arn:aws:sso::111111111111:application/ssoins-1234567890abcdef/apl-1234567890abcdef"

// trusting is an application that takes tokens of an issuer, behind a gateway.
func trusting(t *testing.T) (*testidc.World, *doortest.Client, *oidctest.Issuer) {
	t.Helper()
	w := testidc.New(t)
	issuer := oidctest.New(t, w.Clock)
	const tti = "arn:aws:sso::111111111111:trustedTokenIssuer/ssoins-1234567890abcdef/tti-1"
	w.User("ana")
	w.Update(func(tx store.Tx) error {
		err := tx.PutTrustedTokenIssuer(&idc.TrustedTokenIssuer{ID: "tti-1", ARN: tti, InstanceID: w.Instance.ID, Name: "idp", Type: idc.IssuerOIDCJWT,
			IssuerURL: issuer.URL, ClaimPath: "sub", IdentityStorePath: "userName"})
		if err != nil {
			return err
		}
		return tx.PutApplication(&idc.Application{ID: "apl-1234567890abcdef", ARN: application, InstanceID: w.Instance.ID, OwnerAccountID: testidc.Management,
			ProviderARN: "arn:aws:sso::aws:applicationProvider/custom", Name: "wiki", Status: idc.Enabled, CreatedAt: w.Clock.Now(),
			Grants: idc.ApplicationGrants{RefreshToken: true, JWTBearer: &idc.JWTBearerGrant{Issuers: []idc.AuthorizedIssuer{{TrustedTokenIssuerARN: tti, Audiences: []string{"wiki"}}}}}})
	})
	sessions := &session.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, BaseURL: "https://gate.example", Record: func(context.Context, audit.Signin) error { return nil },
		Tokens:  &oidc.Verifier{Fetcher: issuer, Clock: w.Clock},
		Signing: &keys.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Secrets: sealed.NewEphemeral()}, Contexts: sealed.NewEphemeral()}
	return w, doortest.New(t, w.Clock, w.IDs, testidc.Management, (&door.Door{Sessions: sessions}).Operations()), issuer
}

func TestCreateTokenWithIAM(t *testing.T) {
	w, c, issuer := trusting(t)
	p := doortest.P[string]
	ask := func(assertion string) *ssooidc.CreateTokenWithIAMInput {
		return &ssooidc.CreateTokenWithIAMInput{ClientId: p(application), GrantType: p("urn:ietf:params:oauth:grant-type:jwt-bearer"), Assertion: &assertion}
	}
	assertion := issuer.Sign(t, map[string]any{"sub": "ana", "aud": "wiki", "jti": "1"})
	out := doortest.Do(c, ssooidc.CreateTokenWithIAM, ask(assertion))
	if *out.TokenType != "Bearer" || *out.ExpiresIn != 3600 || *out.IssuedTokenType != "urn:ietf:params:oauth:token-type:access_token" || out.RefreshToken == nil ||
		out.IdToken == nil || out.AwsAdditionalDetails.IdentityContext == nil || !slices.Equal(out.Scope, []string{"openid", "aws", "sts:identity_context"}) {
		t.Errorf("answer %+v", out)
	}
	if asked := c.Edge.Last(); asked.Action != "sso-oauth:CreateTokenWithIAM" || !slices.Equal(asked.Resources, []string{application}) {
		t.Errorf("authorised %+v", asked)
	}
	doortest.Refuse(c, ssooidc.CreateTokenWithIAM, ask(assertion), "InvalidGrantException", "used before")
	doortest.Refuse(c, ssooidc.CreateTokenWithIAM, ask(issuer.Sign(t, map[string]any{"sub": "bob", "aud": "wiki"})), "InvalidGrantException", "not exactly one user")
	for kind, edit := range map[string]func(in *ssooidc.CreateTokenWithIAMInput){
		"UnsupportedGrantTypeException": func(in *ssooidc.CreateTokenWithIAMInput) { in.GrantType = p("password") },
		"UnauthorizedClientException": func(in *ssooidc.CreateTokenWithIAMInput) {
			in.GrantType = p("urn:ietf:params:oauth:grant-type:token-exchange")
			in.SubjectToken, in.SubjectTokenType = p("aoax"), p(session.TypeAccessToken)
		},
		"InvalidScopeException":   func(in *ssooidc.CreateTokenWithIAMInput) { in.Scope = []string{"wiki:write"} },
		"InvalidRequestException": func(in *ssooidc.CreateTokenWithIAMInput) { in.Assertion = nil },
		"InvalidClientException":  func(in *ssooidc.CreateTokenWithIAMInput) { in.ClientId = p(application + "0") },
	} {
		in := ask(issuer.Sign(t, map[string]any{"sub": "ana", "aud": "wiki"}))
		edit(in)
		doortest.Refuse(c, ssooidc.CreateTokenWithIAM, in, kind, "")
	}
	c.Edge.Deny = true
	doortest.Refuse(c, ssooidc.CreateTokenWithIAM, ask(issuer.Sign(t, map[string]any{"sub": "ana", "aud": "wiki"})), "AccessDeniedException", "")
	c.Edge.Deny = false
	w.Clock.Advance(time.Minute)
	again := doortest.Do(c, ssooidc.CreateTokenWithIAM, &ssooidc.CreateTokenWithIAMInput{ClientId: p(application), GrantType: p("refresh_token"), RefreshToken: out.RefreshToken})
	if *again.AccessToken == *out.AccessToken || again.IdToken == nil {
		t.Errorf("refreshed %+v", again)
	}
}
