package e2e

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The requests here are those of AWS CLI 2.36 (parameter scopes, a redirect registered without a
// port) and of aws-sso 2.3 (parameter scope), as recorded from the programs.

const (
	registeredRedirect = "http://127.0.0.1/oauth/callback"
	usedRedirect       = "http://127.0.0.1:43210/oauth/callback"
)

// pkceRequest is one login through the browser, from the client's side.
type pkceRequest struct {
	s        *server
	client   oidcClient
	state    string
	verifier string
	address  string // what the client opens in the browser
}

// startPKCE registers a client and composes the address for the browser; scopeParameter is the name
// under which the client sends the scope.
func (s *server) startPKCE(scopeParameter string) *pkceRequest {
	s.t.Helper()
	r := &pkceRequest{s: s, state: rand.Text(), verifier: rand.Text() + rand.Text() + "-._~"}
	r.client = s.register(map[string]any{
		"clientName": "botocore-client-" + session, "clientType": "public",
		"grantTypes":   []string{"authorization_code", "refresh_token"},
		"redirectUris": []string{registeredRedirect}, "issuerUrl": s.StartURL,
		"scopes": []string{"sso:account:access"},
	})
	challenge := sha256.Sum256([]byte(r.verifier))
	r.address = s.URL + "/authorize?" + url.Values{
		"response_type": {"code"}, "client_id": {r.client.ClientID}, "redirect_uri": {usedRedirect}, "state": {r.state},
		"code_challenge_method": {"S256"}, scopeParameter: {"sso:account:access"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])},
	}.Encode()
	return r
}

// callback is what the browser brings back to the client.
func (r *pkceRequest) callback(p *person, decision string) url.Values {
	r.s.t.Helper()
	pg := p.decide(r.address, decision)
	target := pg.Redirect
	if target == "" {
		target = pg.link("Continue") // a page that says where it leads, for browsers that do not follow
	}
	u, err := url.Parse(target)
	if err != nil || !strings.HasPrefix(target, usedRedirect+"?") {
		r.s.t.Fatalf("the browser ends at %s (%d), redirect %q, want %s?...: %s", pg.URL, pg.Status, target, usedRedirect, pg.text())
	}
	q := u.Query()
	if q.Get("state") != r.state {
		r.s.t.Errorf("state %q came back as %q", r.state, q.Get("state"))
	}
	return q
}

func (r *pkceRequest) exchange(code, verifier, redirect string) (tokens, *answer) {
	r.s.t.Helper()
	return r.s.token(map[string]any{
		"grantType": "authorization_code", "clientId": r.client.ClientID, "clientSecret": r.client.ClientSecret,
		"redirectUri": redirect, "codeVerifier": verifier, "code": code,
	})
}

// clientTokens are tokens with the client they were given to.
type clientTokens struct {
	tokens
	client oidcClient
}

// signInWithPKCE is a whole login.
func (s *server) signInWithPKCE(p *person, scopeParameter string) clientTokens {
	s.t.Helper()
	r := s.startPKCE(scopeParameter)
	t, failure := r.exchange(r.callback(p, "allow").Get("code"), r.verifier, usedRedirect)
	if failure != nil {
		s.t.Fatalf("token: %d %s", failure.Status, failure.Body)
	}
	return clientTokens{t, r.client}
}

func TestPKCELogin(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		s := startDemo(t, e, "")
		developer := s.user("SecureCart-Developers")
		for _, parameter := range []string{"scopes", "scope"} {
			tok := s.signInWithPKCE(developer, parameter)
			if tok.TokenType != "Bearer" || tok.RefreshToken == "" || tok.ExpiresIn != 3600 {
				t.Errorf("%s: token type %q, refresh token %t, expires in %d; want Bearer, true, 3600",
					parameter, tok.TokenType, tok.RefreshToken != "", tok.ExpiresIn)
			}
			// The largest page, as aws-sso asks for it.
			if status, body := s.portal(tok.AccessToken, "/assignment/accounts?max_result=100"); status != 200 || !strings.Contains(body, dev) {
				t.Errorf("accounts: %d %s", status, body)
			}
			c, err := s.roleCredentials(tok.AccessToken, dev, "AdministratorAccess")
			if err != nil {
				t.Fatal(err)
			}
			arn, err := s.whoAmI(c)
			if err != nil {
				t.Fatal(err)
			}
			wantARN(t, arn, dev, "AdministratorAccess", developer.Username)

			again, failure := s.token(map[string]any{"grantType": "refresh_token", "clientId": tok.client.ClientID,
				"clientSecret": tok.client.ClientSecret, "refreshToken": tok.RefreshToken})
			if failure != nil || again.AccessToken == "" || again.AccessToken == tok.AccessToken {
				t.Errorf("refresh gives %+v, failure %+v", again, failure)
			}
		}
	})
}

// A code is good once, for its client, verifier and redirect; a failed exchange burns it.
func TestPKCECodeIsBound(t *testing.T) {
	s := startDemo(t, engines(t)[0], "")
	developer := s.user("SecureCart-Developers")
	cases := map[string]func(r *pkceRequest, code string) *answer{
		"wrong verifier": func(r *pkceRequest, code string) *answer {
			_, failure := r.exchange(code, strings.Repeat("x", 64), usedRedirect)
			return failure
		},
		"other redirect": func(r *pkceRequest, code string) *answer {
			_, failure := r.exchange(code, r.verifier, "http://127.0.0.1:1/oauth/callback")
			return failure
		},
		"used twice": func(r *pkceRequest, code string) *answer {
			if _, failure := r.exchange(code, r.verifier, usedRedirect); failure != nil {
				t.Errorf("first use: %s", failure.Body)
			}
			_, failure := r.exchange(code, r.verifier, usedRedirect)
			return failure
		},
		"other client": func(r *pkceRequest, code string) *answer {
			other := *r
			other.client = s.startPKCE("scopes").client
			_, failure := other.exchange(code, r.verifier, usedRedirect)
			return failure
		},
	}
	for name, try := range cases {
		t.Run(name, func(t *testing.T) {
			r := s.startPKCE("scopes")
			code := r.callback(developer, "allow").Get("code")
			failure := try(r, code)
			if failure == nil || failure.Status != http.StatusBadRequest || failure.errorType() != "InvalidGrantException" {
				t.Fatalf("answer %+v, want 400 InvalidGrantException", failure)
			}
			if _, failure := r.exchange(code, r.verifier, usedRedirect); failure == nil {
				t.Error("the code works after a failed exchange")
			}
		})
	}
}

func TestPKCEDenied(t *testing.T) {
	s := startDemo(t, engines(t)[0], "")
	q := s.startPKCE("scopes").callback(s.user("SecureCart-Developers"), "deny")
	if q.Get("error") != "access_denied" || q.Get("code") != "" {
		t.Errorf("the client gets %v, want error=access_denied and no code", q)
	}
}

// An address that leads elsewhere must not get anything, not even an error.
func TestAuthorizeRefusesOtherRedirects(t *testing.T) {
	s := startDemo(t, engines(t)[0], "")
	p := s.user("SecureCart-Developers")
	for _, redirect := range []string{
		"http://evil.example/oauth/callback", "http://127.0.0.1:43210/other", "http://127.0.0.1.evil.example/oauth/callback",
		"https://127.0.0.1/oauth/callback", "http://user@127.0.0.1/oauth/callback", "http://127.0.0.1/oauth/callback#x", "javascript:alert(1)",
	} {
		address := strings.Replace(s.startPKCE("scopes").address, url.QueryEscape(usedRedirect), url.QueryEscape(redirect), 1)
		pg := p.visit(address)
		if pg.Status < 400 || pg.Redirect != "" {
			t.Errorf("%s: status %d, redirect %q; want an error page", redirect, pg.Status, pg.Redirect)
		}
	}
}
