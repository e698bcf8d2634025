package session_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/session"
)

func TestRegisterClient(t *testing.T) {
	w := newWorld(t)
	c := w.register(nil)
	if got := c.ExpiresAt.Sub(c.CreatedAt); got != 90*24*time.Hour {
		t.Errorf("registered for %v", got)
	}
	if c.secret == "" || strings.Contains(c.SecretHash, c.secret) {
		t.Error("the secret is stored in clear")
	}
	if !slices.Equal(c.Scopes, []string{"sso:account:access"}) {
		t.Errorf("scopes %v", c.Scopes)
	}
}

func TestRegisterClientRefuses(t *testing.T) {
	w := newWorld(t)
	many := make([]string, 11)
	for i := range many {
		many[i] = "http://127.0.0.1/cb"
	}
	cases := map[string]struct {
		edit   func(*session.Registration)
		reason idc.Reason
	}{
		"confidential":      {func(r *session.Registration) { r.Type = "confidential" }, idc.ReasonInvalidMetadata},
		"no type":           {func(r *session.Registration) { r.Type = "" }, idc.ReasonInvalidMetadata},
		"no name":           {func(r *session.Registration) { r.Name = " " }, idc.ReasonInvalidMetadata},
		"long name":         {func(r *session.Registration) { r.Name = strings.Repeat("n", 257) }, idc.ReasonInvalidMetadata},
		"NUL in the name":   {func(r *session.Registration) { r.Name = "a\x00" }, idc.ReasonInvalidMetadata},
		"unknown scope":     {func(r *session.Registration) { r.Scopes = []string{"sso:account:access", "admin"} }, idc.ReasonInvalidScope},
		"unknown grant":     {func(r *session.Registration) { r.GrantTypes = []string{"password"} }, idc.ReasonUnsupportedGrantType},
		"no redirect":       {func(r *session.Registration) { r.RedirectURIs = nil }, idc.ReasonInvalidRedirectURI},
		"many redirects":    {func(r *session.Registration) { r.RedirectURIs = many }, idc.ReasonInvalidRedirectURI},
		"other start URL":   {func(r *session.Registration) { r.IssuerURL = "https://other.awsapps.com/start" }, ""},
		"start URL garbage": {func(r *session.Registration) { r.IssuerURL = "::" }, ""},
		"https elsewhere":   {redirectTo("https://evil.example.com/cb"), idc.ReasonInvalidRedirectURI},
		"http elsewhere":    {redirectTo("http://evil.example.com/cb"), idc.ReasonInvalidRedirectURI},
		"lookalike":         {redirectTo("http://127.0.0.1.evil.example.com/cb"), idc.ReasonInvalidRedirectURI},
		"user part":         {redirectTo("http://127.0.0.1@evil.example.com/cb"), idc.ReasonInvalidRedirectURI},
		"user on loopback":  {redirectTo("http://u@127.0.0.1/cb"), idc.ReasonInvalidRedirectURI},
		"fragment":          {redirectTo("http://127.0.0.1/cb#x"), idc.ReasonInvalidRedirectURI},
		"empty fragment":    {redirectTo("http://127.0.0.1/cb#"), idc.ReasonInvalidRedirectURI},
		"script":            {redirectTo("javascript:alert(1)"), idc.ReasonInvalidRedirectURI},
		"line end":          {redirectTo("http://127.0.0.1/cb\r\nX: y"), idc.ReasonInvalidRedirectURI},
		"backslash":         {redirectTo(`http://127.0.0.1\@evil.example.com/cb`), idc.ReasonInvalidRedirectURI},
		"relative":          {redirectTo("/cb"), idc.ReasonInvalidRedirectURI},
		"many grant types": {func(r *session.Registration) {
			r.GrantTypes = slices.Repeat([]string{session.GrantRefreshToken, session.GrantAuthorizationCode}, 6)
		}, idc.ReasonInvalidMetadata},
		"much in all": {func(r *session.Registration) {
			r.RedirectURIs = slices.Repeat([]string{"http://127.0.0.1/" + strings.Repeat("x", 400)}, 5)
		}, idc.ReasonInvalidMetadata},
		"long name in many bytes": {func(r *session.Registration) {
			r.Name = strings.Repeat("\U0001F511", 256)
			r.RedirectURIs = slices.Repeat([]string{"http://127.0.0.1/" + strings.Repeat("x", 300)}, 4)
		}, idc.ReasonInvalidMetadata},
		"long": {redirectTo("http://127.0.0.1/" + strings.Repeat("x", 2048)), idc.ReasonInvalidRedirectURI},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := session.Registration{
				Name: "c", Type: "public", Scopes: []string{session.ScopeAccountAccess},
				GrantTypes: []string{session.GrantAuthorizationCode}, RedirectURIs: []string{"http://127.0.0.1/cb"}, IssuerURL: alias,
			}
			c.edit(&r)
			_, _, err := w.RegisterClient(w.ctx(), w.change(), r)
			wantError(t, err, idc.Invalid, c.reason, "")
		})
	}
}

func redirectTo(uri string) func(*session.Registration) {
	return func(r *session.Registration) { r.RedirectURIs = []string{uri} }
}

func TestStartURLs(t *testing.T) {
	w := newWorld(t)
	c := w.device()
	for raw, ours := range map[string]bool{
		base + "/start": true, base + "/start/": true, base + "/start#/": true, base + "/start/#/": true, base + "/start#": true,
		alias: true, alias + "/": true, alias + "/#/": true, "https://SecureCart.awsapps.com/start": true,
		"https://identitycenter.amazonaws.com/ssoins-1111222233334444": true,
		"https://d-9067000001.awsapps.com/start":                       true,
		"https://identitycenter.amazonaws.com/ssoins-9999222233334444": false,
		"https://other.awsapps.com/start":                              false,
		"https://securecart.awsapps.com":                               false,
		"https://securecart.awsapps.com/start?x=y":                     false,
		"https://u@securecart.awsapps.com/start":                       false,
		"http://securecart.awsapps.com/start":                          false,
		"https://securecart.awsapps.com.evil.example.com/start":        false,
		"": false, "::": false,
	} {
		_, err := w.StartDeviceAuthorization(w.ctx(), w.change(), c.ID, c.secret, raw)
		if ours && err != nil {
			t.Errorf("%s is ours: %v", raw, err)
		}
		if !ours {
			wantError(t, err, idc.Invalid, "", alias) // the answer says what would be right
		}
	}
}

func TestClientMustProveItself(t *testing.T) {
	w := newWorld(t)
	c := w.device()
	for name, pair := range map[string][2]string{"unknown": {"nobody", c.secret}, "wrong secret": {c.ID, "x"}, "no secret": {c.ID, ""}} {
		_, err := w.StartDeviceAuthorization(w.ctx(), w.change(), pair[0], pair[1], alias)
		if idc.ReasonOf(err) != idc.ReasonInvalidClient {
			t.Errorf("%s: %v", name, err)
		}
		_, err = w.CreateToken(w.ctx(), w.change(), session.TokenRequest{ClientID: pair[0], ClientSecret: pair[1], GrantType: session.GrantDeviceCode, DeviceCode: "x"})
		wantError(t, err, idc.Unauthenticated, idc.ReasonInvalidClient, "not valid")
	}
	w.clock.Advance(90 * 24 * time.Hour)
	_, err := w.StartDeviceAuthorization(w.ctx(), w.change(), c.ID, c.secret, alias)
	wantError(t, err, idc.Unauthenticated, idc.ReasonInvalidClient, "")
}

func TestGrantTypesOfARegistrationBind(t *testing.T) {
	w := newWorld(t)
	pkce := w.register(nil)
	_, err := w.StartDeviceAuthorization(w.ctx(), w.change(), pkce.ID, pkce.secret, alias)
	wantError(t, err, idc.Invalid, idc.ReasonUnauthorizedClient, "")
	_, err = w.poll(pkce, "x")
	wantError(t, err, idc.Invalid, idc.ReasonUnauthorizedClient, "")
	_, err = w.CreateToken(w.ctx(), w.change(), session.TokenRequest{ClientID: pkce.ID, ClientSecret: pkce.secret, GrantType: "password"})
	wantError(t, err, idc.Invalid, idc.ReasonUnsupportedGrantType, "")
}
