package ssoadmin_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/api/doortest"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

func (w *world) issuerInput(name string) *ssoadmin.CreateTrustedTokenIssuerInput {
	p := doortest.P[string]
	return &ssoadmin.CreateTrustedTokenIssuerInput{InstanceArn: w.instance(), Name: &name, TrustedTokenIssuerType: p("OIDC_JWT"),
		TrustedTokenIssuerConfiguration: &ssoadmin.TrustedTokenIssuerConfiguration{OidcJwtConfiguration: &ssoadmin.OidcJwtConfiguration{
			IssuerUrl: p("https://idp.example.com"), ClaimAttributePath: p("email"), IdentityStoreAttributePath: p("emails.value"), JwksRetrievalOption: p("OPEN_ID_DISCOVERY")}}}
}

func TestTrustedTokenIssuersOnTheWire(t *testing.T) {
	w := newWorld(t)
	p := doortest.P[string]
	in := w.issuerInput("okta")
	in.ClientToken = p("one")
	tti := doortest.Do(w.Client, ssoadmin.CreateTrustedTokenIssuer, in).TrustedTokenIssuerArn
	if want := []string{w.Instance.ARN, "arn:aws:sso::111111111111:trustedTokenIssuer/ssoins-1234567890abcdef/tti-*"}; !slices.Equal(w.Edge.Last().Resources, want) {
		t.Errorf("authorised %v, want %v", w.Edge.Last().Resources, want)
	}
	if again := doortest.Do(w.Client, ssoadmin.CreateTrustedTokenIssuer, in).TrustedTokenIssuerArn; *again != *tti {
		t.Errorf("repeated: %s, then %s", *tti, *again)
	}
	in.Name = p("other")
	doortest.Refuse(w.Client, ssoadmin.CreateTrustedTokenIssuer, in, "ConflictException", "IdempotentParameterMismatch")
	doortest.Do(w.Client, ssoadmin.UpdateTrustedTokenIssuer, &ssoadmin.UpdateTrustedTokenIssuerInput{TrustedTokenIssuerArn: tti, Name: p("okta2"),
		TrustedTokenIssuerConfiguration: &ssoadmin.TrustedTokenIssuerUpdateConfiguration{OidcJwtConfiguration: &ssoadmin.OidcJwtUpdateConfiguration{ClaimAttributePath: p("sub")}}})
	got := doortest.Do(w.Client, ssoadmin.DescribeTrustedTokenIssuer, &ssoadmin.DescribeTrustedTokenIssuerInput{TrustedTokenIssuerArn: tti})
	jwt := got.TrustedTokenIssuerConfiguration.OidcJwtConfiguration
	if *got.Name != "okta2" || *jwt.ClaimAttributePath != "sub" || *jwt.IssuerUrl != "https://idp.example.com" || *jwt.IdentityStoreAttributePath != "emails.value" || *jwt.JwksRetrievalOption != "OPEN_ID_DISCOVERY" {
		t.Errorf("issuer %+v %+v", got, jwt)
	}
	w.Caller.AccountID = testidc.Member
	doortest.Refuse(w.Client, ssoadmin.DescribeTrustedTokenIssuer, &ssoadmin.DescribeTrustedTokenIssuerInput{TrustedTokenIssuerArn: tti}, "AccessDeniedException", *tti)
	w.Update(func(tx store.Tx) error {
		return tx.PutDelegatedAdministrator(&idc.DelegatedAdministrator{AccountID: testidc.Member, ServicePrincipal: "sso.amazonaws.com", EnabledAt: w.Clock.Now()})
	})
	doortest.Do(w.Client, ssoadmin.DeleteTrustedTokenIssuer, &ssoadmin.DeleteTrustedTokenIssuerInput{TrustedTokenIssuerArn: tti}) // as delegated administrator
	doortest.Refuse(w.Client, ssoadmin.DescribeTrustedTokenIssuer, &ssoadmin.DescribeTrustedTokenIssuerInput{TrustedTokenIssuerArn: tti}, "ResourceNotFoundException", *tti)
	elsewhere := strings.Replace(*tti, w.Instance.ID, "ssoins-0000000000000000", 1)
	doortest.Refuse(w.Client, ssoadmin.DescribeTrustedTokenIssuer, &ssoadmin.DescribeTrustedTokenIssuerInput{TrustedTokenIssuerArn: &elsewhere}, "ResourceNotFoundException", elsewhere)
}

func TestTrustedTokenIssuerQuotaAndPages(t *testing.T) {
	w := newWorld(t)
	for i := range 10 {
		doortest.Do(w.Client, ssoadmin.CreateTrustedTokenIssuer, w.issuerInput(fmt.Sprint("i", i)))
	}
	doortest.Refuse(w.Client, ssoadmin.CreateTrustedTokenIssuer, w.issuerInput("more"), "ServiceQuotaExceededException", "more than 10")
	seen, token := map[string]bool{}, (*string)(nil)
	for {
		page := doortest.Do(w.Client, ssoadmin.ListTrustedTokenIssuers, &ssoadmin.ListTrustedTokenIssuersInput{InstanceArn: w.instance(), MaxResults: doortest.P(int32(4)), NextToken: token})
		for _, i := range page.TrustedTokenIssuers {
			seen[*i.Name] = true
		}
		if token = page.NextToken; token == nil {
			break
		}
	}
	if len(seen) != 10 {
		t.Errorf("saw %v", seen)
	}
	unknown := w.issuerInput("x")
	unknown.InstanceArn = doortest.P("arn:aws:sso:::instance/ssoins-0000000000000000")
	doortest.Refuse(w.Client, ssoadmin.CreateTrustedTokenIssuer, unknown, "AccessDeniedException", "ssoins-0000000000000000") // models no ResourceNotFoundException
	for words, edit := range map[string]func(c *ssoadmin.OidcJwtConfiguration){
		"identityStoreAttributePath": func(c *ssoadmin.OidcJwtConfiguration) { c.IdentityStoreAttributePath = doortest.P("a.b.c.d") },
		"not supported":              func(c *ssoadmin.OidcJwtConfiguration) { c.IdentityStoreAttributePath = doortest.P("title") },
		"issuerUrl":                  func(c *ssoadmin.OidcJwtConfiguration) { c.IssuerUrl = doortest.P("idp.example.com") },
		"enum":                       func(c *ssoadmin.OidcJwtConfiguration) { c.JwksRetrievalOption = doortest.P("FILE") },
	} {
		in := w.issuerInput("x")
		edit(in.TrustedTokenIssuerConfiguration.OidcJwtConfiguration)
		doortest.Refuse(w.Client, ssoadmin.CreateTrustedTokenIssuer, in, "ValidationException", words)
	}
	in := w.issuerInput("x")
	in.TrustedTokenIssuerConfiguration.OidcJwtConfiguration = nil
	doortest.Refuse(w.Client, ssoadmin.CreateTrustedTokenIssuer, in, "ValidationException", "")
}

func TestGrantsOnTheWire(t *testing.T) {
	w := newWorld(t)
	p := doortest.P[string]
	app := w.application("Wiki")
	tti := doortest.Do(w.Client, ssoadmin.CreateTrustedTokenIssuer, w.issuerInput("okta")).TrustedTokenIssuerArn
	const code, refresh, bearer, exchange = "authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:jwt-bearer", "urn:ietf:params:oauth:grant-type:token-exchange"
	grants := map[string]*ssoadmin.Grant{
		code:    {AuthorizationCode: &ssoadmin.AuthorizationCodeGrant{RedirectUris: []string{"https://wiki.example.com/callback"}}},
		refresh: {RefreshToken: &ssoadmin.RefreshTokenGrant{}}, exchange: {TokenExchange: &ssoadmin.TokenExchangeGrant{}},
		bearer: {JwtBearer: &ssoadmin.JwtBearerGrant{AuthorizedTokenIssuers: []ssoadmin.AuthorizedTokenIssuer{{TrustedTokenIssuerArn: tti, AuthorizedAudiences: []string{"wiki"}}}}},
	}
	for kind, grant := range grants {
		doortest.Refuse(w.Client, ssoadmin.GetApplicationGrant, &ssoadmin.GetApplicationGrantInput{ApplicationArn: app, GrantType: &kind}, "ResourceNotFoundException", kind)
		doortest.Do(w.Client, ssoadmin.PutApplicationGrant, &ssoadmin.PutApplicationGrantInput{ApplicationArn: app, GrantType: &kind, Grant: grant})
		for other := range grants {
			if other != kind {
				doortest.Refuse(w.Client, ssoadmin.PutApplicationGrant, &ssoadmin.PutApplicationGrantInput{ApplicationArn: app, GrantType: &other, Grant: grant}, "ValidationException", "does not match")
			}
		}
	}
	got := doortest.Do(w.Client, ssoadmin.GetApplicationGrant, &ssoadmin.GetApplicationGrantInput{ApplicationArn: app, GrantType: p(bearer)}).Grant.JwtBearer
	if len(got.AuthorizedTokenIssuers) != 1 || *got.AuthorizedTokenIssuers[0].TrustedTokenIssuerArn != *tti || !slices.Equal(got.AuthorizedTokenIssuers[0].AuthorizedAudiences, []string{"wiki"}) {
		t.Errorf("grant %+v", got)
	}
	list := doortest.Do(w.Client, ssoadmin.ListApplicationGrants, &ssoadmin.ListApplicationGrantsInput{ApplicationArn: app}).Grants
	var types []string
	for _, item := range list {
		types = append(types, *item.GrantType)
	}
	if want := []string{code, refresh, bearer, exchange}; !slices.Equal(types, want) {
		t.Errorf("grants %v, want %v", types, want)
	}
	doortest.Refuse(w.Client, ssoadmin.ListApplicationGrants, &ssoadmin.ListApplicationGrantsInput{ApplicationArn: app, NextToken: p("x")}, "ValidationException", "NextToken")
	doortest.Refuse(w.Client, ssoadmin.PutApplicationGrant, &ssoadmin.PutApplicationGrantInput{ApplicationArn: app, GrantType: p(bearer),
		Grant: &ssoadmin.Grant{JwtBearer: &ssoadmin.JwtBearerGrant{AuthorizedTokenIssuers: []ssoadmin.AuthorizedTokenIssuer{{}}}}}, "ValidationException", "must name")
	doortest.Refuse(w.Client, ssoadmin.PutApplicationGrant, &ssoadmin.PutApplicationGrantInput{ApplicationArn: app, GrantType: p(code),
		Grant: &ssoadmin.Grant{AuthorizationCode: &ssoadmin.AuthorizationCodeGrant{RedirectUris: []string{"/callback"}}}}, "ValidationException", "absolute URI")
	doortest.Refuse(w.Client, ssoadmin.DeleteTrustedTokenIssuer, &ssoadmin.DeleteTrustedTokenIssuerInput{TrustedTokenIssuerArn: tti}, "ConflictException", *app)
	for range 2 {
		doortest.Do(w.Client, ssoadmin.DeleteApplicationGrant, &ssoadmin.DeleteApplicationGrantInput{ApplicationArn: app, GrantType: p(bearer)})
	}
	doortest.Do(w.Client, ssoadmin.DeleteTrustedTokenIssuer, &ssoadmin.DeleteTrustedTokenIssuerInput{TrustedTokenIssuerArn: tti})
}
