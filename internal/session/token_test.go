package session_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/session"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func TestAuthorizationCodeFlow(t *testing.T) {
	w := newWorld(t)
	c := w.register(nil)
	in, _ := w.signIn()
	request, _, err := w.BeginAuthorization(w.ctx(), w.change(), authorize(c))
	if err != nil {
		t.Fatal(err)
	}
	pending, err := w.Authorization(w.ctx(), request.ID)
	if err != nil || pending.Client.ID != c.ID || pending.Request.ClientIP != "192.0.2.7" {
		t.Fatalf("pending: %+v, %v", pending, err)
	}
	to, err := w.DecideAuthorization(w.ctx(), w.change(), in.Session.ID, request.ID, true)
	if err != nil || to.Scheme+"://"+to.Host+to.Path != redirect || to.Query().Get("state") != "st-1" || to.Query().Get("code") == "" || to.Query().Has("error") {
		t.Fatalf("decided: %v, %v", to, err)
	}
	_, err = w.DecideAuthorization(w.ctx(), w.change(), in.Session.ID, request.ID, true)
	wantError(t, err, idc.Conflict, "", "decided already")

	tokens, err := w.exchange(c, to.Query().Get("code"), nil)
	if err != nil || tokens.ExpiresIn != time.Hour || tokens.RefreshToken == "" {
		t.Fatalf("tokens: %+v, %v", tokens, err)
	}
	caller, err := w.Authenticate(w.ctx(), tokens.AccessToken)
	if err != nil || caller.Type != idc.CallerIdentityCenterUser || caller.UserID != w.ana.ID || caller.SessionID != in.Session.ID ||
		caller.CredentialID != tokens.TokenID || caller.AccountID != "111111111111" || !caller.MFA || !caller.ExpiresAt.Equal(w.clock.Now().Add(time.Hour)) {
		t.Errorf("caller: %+v, %v", caller, err)
	}
}

func TestAuthorizationDenied(t *testing.T) {
	w := newWorld(t)
	c := w.register(nil)
	in, _ := w.signIn()
	request, _, err := w.BeginAuthorization(w.ctx(), w.change(), authorize(c))
	if err != nil {
		t.Fatal(err)
	}
	to, err := w.DecideAuthorization(w.ctx(), w.change(), in.Session.ID, request.ID, false)
	if err != nil || to.Query().Get("error") != "access_denied" || to.Query().Get("state") != "st-1" || to.Query().Has("code") {
		t.Errorf("denied: %v, %v", to, err)
	}
}

// TestAuthorizeErrors: an error goes to the client only when client and redirect URI are to be trusted.
func TestAuthorizeErrors(t *testing.T) {
	w := newWorld(t)
	c := w.register(nil)
	device := w.register(func(r *session.Registration) { r.GrantTypes = []string{session.GrantDeviceCode} })
	cases := map[string]struct {
		edit  func(*session.Authorize)
		error string // told to the client; "" for a page
	}{
		"unknown client":         {func(a *session.Authorize) { a.ClientID = "x" }, ""},
		"other host":             {func(a *session.Authorize) { a.RedirectURI = "https://evil.example.com/oauth/callback" }, ""},
		"other loopback":         {func(a *session.Authorize) { a.RedirectURI = "http://localhost:34567/oauth/callback" }, ""},
		"other path":             {func(a *session.Authorize) { a.RedirectURI = "http://127.0.0.1:34567/other" }, ""},
		"more path":              {func(a *session.Authorize) { a.RedirectURI = "http://127.0.0.1:34567/oauth/callback/x" }, ""},
		"query":                  {func(a *session.Authorize) { a.RedirectURI = "http://127.0.0.1:34567/oauth/callback?x=y" }, ""},
		"none":                   {func(a *session.Authorize) { a.RedirectURI = "" }, ""},
		"response type":          {func(a *session.Authorize) { a.ResponseType = "token" }, "unsupported_response_type"},
		"no challenge":           {func(a *session.Authorize) { a.CodeChallenge = "" }, "invalid_request"},
		"plain challenge":        {func(a *session.Authorize) { a.CodeChallengeMethod = "plain" }, "invalid_request"},
		"no method":              {func(a *session.Authorize) { a.CodeChallengeMethod = "" }, "invalid_request"},
		"short challenge":        {func(a *session.Authorize) { a.CodeChallenge = "abc" }, "invalid_request"},
		"long state":             {func(a *session.Authorize) { a.State = strings.Repeat("s", 2049) }, "invalid_request"},
		"unregistered scope":     {func(a *session.Authorize) { a.Scopes = []string{"admin"} }, "invalid_scope"},
		"client of another kind": {func(a *session.Authorize) { a.ClientID = device.ID }, "unauthorized_client"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			a := authorize(c)
			test.edit(&a)
			request, to, err := w.BeginAuthorization(w.ctx(), w.change(), a)
			if err == nil || request != nil {
				t.Fatalf("accepted: %+v", request)
			}
			if test.error == "" {
				if to != nil {
					t.Errorf("an untrusted address would get an answer: %s", to)
				}
				return
			}
			if to == nil || to.Query().Get("error") != test.error || to.Query().Get("error_description") == "" || to.Hostname() != "127.0.0.1" {
				t.Errorf("redirect %v, want error %s", to, test.error)
			}
		})
	}
}

func TestLoopbackRedirectsIgnoreThePort(t *testing.T) {
	w := newWorld(t)
	for registered, asked := range map[string]string{
		"http://127.0.0.1/oauth/callback": "http://127.0.0.1:1/oauth/callback",
		"http://127.0.0.1":                "http://127.0.0.1:55555",
		"http://127.0.0.1/":               "http://127.0.0.1:55555",
		"http://[::1]/cb":                 "http://[::1]:65535/cb",
		"http://localhost:80/cb":          "http://localhost:8080/cb",
	} {
		c := w.register(redirectTo(registered))
		a := authorize(c)
		a.RedirectURI = asked
		if _, _, err := w.BeginAuthorization(w.ctx(), w.change(), a); err != nil {
			t.Errorf("%s for %s: %v", asked, registered, err)
		}
	}
}

func TestCodeIsBoundToClientRedirectAndVerifier(t *testing.T) {
	for name, edit := range map[string]func(*world, *session.TokenRequest){
		"wrong verifier": func(_ *world, in *session.TokenRequest) { in.CodeVerifier = strings.Repeat("x", 43) },
		"other redirect": func(_ *world, in *session.TokenRequest) { in.RedirectURI = "http://127.0.0.1:1/oauth/callback" },
		"other client": func(w *world, in *session.TokenRequest) {
			other := w.register(nil)
			in.ClientID, in.ClientSecret = other.ID, other.secret
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c := w.register(nil)
			in, _ := w.signIn()
			code := w.code(c, in)
			_, err := w.exchange(c, code, func(r *session.TokenRequest) { edit(w, r) })
			wantError(t, err, idc.Invalid, idc.ReasonInvalidGrant, "")
			_, err = w.exchange(c, code, nil)
			wantError(t, err, idc.Invalid, idc.ReasonInvalidGrant, "") // the wrong try burnt it
		})
	}
}

func TestExchangeNeedsAllItsParts(t *testing.T) {
	w := newWorld(t)
	c := w.register(nil)
	in, _ := w.signIn()
	code := w.code(c, in)
	for _, edit := range []func(*session.TokenRequest){
		func(r *session.TokenRequest) { r.Code = "" },
		func(r *session.TokenRequest) { r.CodeVerifier = "" },
		func(r *session.TokenRequest) { r.RedirectURI = "" },
	} {
		_, err := w.exchange(c, code, edit)
		wantError(t, err, idc.Invalid, "", "required")
	}
	if _, err := w.exchange(c, code, nil); err != nil {
		t.Errorf("an incomplete request burnt the code: %v", err)
	}
}

func TestCodeExpires(t *testing.T) {
	w := newWorld(t)
	c := w.register(nil)
	in, _ := w.signIn()
	code := w.code(c, in)
	w.clock.Advance(5 * time.Minute)
	_, err := w.exchange(c, code, nil)
	wantError(t, err, idc.Invalid, idc.ReasonInvalidGrant, "")
}

func TestReplayedCodeRevokesItsTokens(t *testing.T) {
	w := newWorld(t)
	w.Follow(t.Context())
	c := w.register(nil)
	in, _ := w.signIn()
	code := w.code(c, in)
	tokens, err := w.exchange(c, code, nil)
	if err != nil || !w.good(tokens.AccessToken) {
		t.Fatal(err)
	}
	_, err = w.exchange(c, code, nil)
	wantError(t, err, idc.Invalid, idc.ReasonInvalidGrant, "")
	w.wantEnd(tokens.AccessToken)
	_, err = w.refresh(c, tokens.RefreshToken)
	wantError(t, err, idc.Invalid, idc.ReasonInvalidGrant, "")
}

// wantEnd waits until the events of a revocation have arrived; a token that never ends fails the test by its deadline.
func (w *world) wantEnd(accessToken string) {
	w.t.Helper()
	for w.good(accessToken) {
		select {
		case <-w.t.Context().Done():
			w.t.Fatal("the token is still good")
		case <-time.After(time.Millisecond):
		}
	}
}

func TestCodesInParallelGetOneToken(t *testing.T) {
	w := newWorld(t)
	c := w.register(nil)
	in, _ := w.signIn()
	code := w.code(c, in)
	if got := race(8, func() error { _, err := w.exchange(c, code, nil); return err }); got[""] != 1 || got[idc.ReasonInvalidGrant] != 7 {
		t.Errorf("8 exchanges: %v", got)
	}
}

func TestRefreshRotates(t *testing.T) {
	w := newWorld(t)
	c := w.register(nil)
	first := w.tokens(c)
	w.clock.Advance(50 * time.Minute)
	second, err := w.refresh(c, first.RefreshToken)
	if err != nil || second.RefreshToken == "" || second.RefreshToken == first.RefreshToken || second.AccessToken == first.AccessToken {
		t.Fatalf("refreshed: %+v, %v", second, err)
	}
	w.clock.Advance(20 * time.Minute)
	if w.good(first.AccessToken) || !w.good(second.AccessToken) {
		t.Error("an access token does not last an hour")
	}
	if _, err := w.refresh(c, second.RefreshToken); err != nil {
		t.Error(err)
	}
}

func TestReusedRefreshTokenRevokesTheFamily(t *testing.T) {
	w := newWorld(t)
	c := w.register(nil)
	first := w.tokens(c)
	second, err := w.refresh(c, first.RefreshToken)
	if err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(session.RefreshGrace + time.Second)
	_, err = w.refresh(c, first.RefreshToken)
	wantError(t, err, idc.Invalid, idc.ReasonInvalidGrant, "")
	_, err = w.refresh(c, second.RefreshToken)
	wantError(t, err, idc.Invalid, idc.ReasonInvalidGrant, "") // the thief's or the owner's: neither goes on
	if w.good(second.AccessToken) {
		t.Error("the family's access token is still good")
	}
}

func TestRefreshInParallelWorksForAll(t *testing.T) {
	w := newWorld(t)
	c := w.register(nil)
	first := w.tokens(c)
	if got := race(8, func() error { _, err := w.refresh(c, first.RefreshToken); return err }); got[""] != 8 {
		t.Errorf("8 refreshes of one cache file: %v", got)
	}
}

func TestForeignRefreshTokens(t *testing.T) {
	w := newWorld(t)
	c, other := w.register(nil), w.register(nil)
	tokens := w.tokens(c)
	for name, token := range map[string]string{"unknown": "aorx", "an access token": tokens.AccessToken} {
		if _, err := w.refresh(c, token); idc.ReasonOf(err) != idc.ReasonInvalidGrant {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := w.refresh(c, "")
	wantError(t, err, idc.Invalid, "", "refreshToken is required")
	_, err = w.refresh(other, tokens.RefreshToken)
	wantError(t, err, idc.Invalid, idc.ReasonInvalidGrant, "")
	if w.good(tokens.AccessToken) {
		t.Error("another client has the refresh token, and the family lives on")
	}
}

func TestNothingOutlivesThePortalSession(t *testing.T) {
	w := newWorld(t)
	c := w.register(nil)
	tokens := w.tokens(c)
	w.clock.Advance(7*time.Hour + 30*time.Minute)
	late, err := w.refresh(c, tokens.RefreshToken)
	if err != nil || late.ExpiresIn >= 30*time.Minute || late.ExpiresIn < 29*time.Minute {
		t.Fatalf("refreshed half an hour before the end: %+v, %v", late, err)
	}
	w.clock.Advance(30 * time.Minute)
	if w.good(late.AccessToken) {
		t.Error("the access token outlives the session")
	}
	_, err = w.refresh(c, late.RefreshToken)
	wantError(t, err, idc.Invalid, idc.ReasonInvalidGrant, "")
}

func TestClientsWithoutScopes(t *testing.T) {
	w := newWorld(t)
	c := w.device()
	d := w.start(c)
	in, _ := w.signIn()
	if _, err := w.DecideDevice(w.ctx(), w.change(), in.Session.ID, d.UserCode, true); err != nil {
		t.Fatal(err)
	}
	tokens, err := w.poll(c, d.DeviceCode)
	if err != nil || tokens.RefreshToken != "" || tokens.ExpiresIn < 8*time.Hour-time.Minute {
		t.Errorf("tokens of a legacy client: %+v, %v", tokens, err)
	}
}

func TestSignOutEndsTokensAtOnce(t *testing.T) {
	w := newWorld(t)
	w.Follow(t.Context())
	c := w.register(nil)
	in, cookie := w.signIn()
	tokens, err := w.exchange(c, w.code(c, in), nil)
	if err != nil {
		t.Fatal(err)
	}
	other, _ := w.signIn()
	others, err := w.exchange(c, w.code(c, other), nil)
	if err != nil || !w.good(tokens.AccessToken) || !w.good(others.AccessToken) {
		t.Fatal(err)
	}
	if err := w.SignOut(w.ctx(), w.change(), in.Session.ID); err != nil {
		t.Fatal(err)
	}
	if w.good(tokens.AccessToken) {
		t.Error("a token of the ended session is good")
	}
	if _, err := w.Session(w.ctx(), cookie); idc.KindOf(err) != idc.Unauthenticated {
		t.Errorf("the ended session stands: %v", err)
	}
	_, err = w.refresh(c, tokens.RefreshToken)
	wantError(t, err, idc.Invalid, idc.ReasonInvalidGrant, "")
	if !w.good(others.AccessToken) {
		t.Error("signing out here ended a session elsewhere")
	}
	if err := w.SignOut(w.ctx(), w.change(), in.Session.ID); err != nil {
		t.Errorf("signing out twice: %v", err)
	}
}

func TestLogoutByToken(t *testing.T) {
	w := newWorld(t)
	w.Follow(t.Context())
	c := w.register(nil)
	tokens := w.tokens(c)
	caller, err := w.Authenticate(w.ctx(), tokens.AccessToken)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Logout(w.ctx(), w.change(), caller); err != nil {
		t.Fatal(err)
	}
	_, err = w.Authenticate(w.ctx(), tokens.AccessToken)
	wantError(t, err, idc.Unauthenticated, "", "Session token not found or invalid")
}

func TestRevokeFencesRoleCredentials(t *testing.T) {
	w := newWorld(t)
	in, _ := w.signIn()
	if err := w.Revoke(w.ctx(), w.change(), in.Session.ID, "lost laptop"); err != nil {
		t.Fatal(err)
	}
	err := w.directory.Store.View(t.Context(), func(r store.Reader) error {
		fences, err := r.ListFences(w.clock.Now())
		if err != nil || len(fences) != 1 || fences[0].Kind != idc.FenceSession || fences[0].ID != in.Session.ID {
			t.Errorf("fences %+v, %v", fences, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestDisabledUserHasNoTokens(t *testing.T) {
	w := newWorld(t)
	w.Follow(t.Context())
	c := w.register(nil)
	in, cookie := w.signIn()
	tokens, err := w.exchange(c, w.code(c, in), nil)
	if err != nil || !w.good(tokens.AccessToken) {
		t.Fatal(err)
	}
	if err := w.directory.SetUserStatus(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, w.ana.ID, idc.UserDisabled); err != nil {
		t.Fatal(err)
	}
	w.wantEnd(tokens.AccessToken)
	if _, err := w.Session(w.ctx(), cookie); idc.KindOf(err) != idc.Unauthenticated {
		t.Errorf("the session stands: %v", err)
	}
}

func TestTokensAreStoredHashed(t *testing.T) {
	w := newWorld(t)
	c := w.register(nil)
	tokens := w.tokens(c)
	err := w.directory.Store.View(t.Context(), func(r store.Reader) error {
		stored, err := r.ListTokensOfUser(w.ana.ID)
		if err != nil || len(stored) != 2 {
			t.Errorf("%d tokens, %v", len(stored), err)
		}
		for _, token := range stored {
			if strings.Contains(tokens.AccessToken+tokens.RefreshToken, token.Hash) || len(token.Hash) != 64 {
				t.Errorf("token stored as %q", token.Hash)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSignInFinishesAFlowOnce(t *testing.T) {
	w := newWorld(t)
	in, cookie := w.signIn()
	if !in.Session.MFA || in.Session.ExpiresAt.Sub(in.Session.CreatedAt) != 8*time.Hour || cookie == in.Session.TokenHash {
		t.Errorf("session %+v", in.Session)
	}
	found, err := w.Session(w.ctx(), cookie)
	if err != nil || found.Session.ID != in.Session.ID || found.User.ID != w.ana.ID {
		t.Errorf("Session = %+v, %v", found, err)
	}
	last := w.events[len(w.events)-1]
	if last.Name != "UserAuthentication" || last.CredentialType != "PASSWORD,TOTP" || last.UserID != w.ana.ID || !last.Success || last.DeviceEnrolled {
		t.Errorf("event %+v", last)
	}
	_, _, _, err = w.SignIn(w.ctx(), w.change(), last.WorkflowID, browser)
	wantError(t, err, idc.Expired, "", "")
	for _, bad := range []string{"", "x", in.Session.TokenHash} {
		if _, err := w.Session(w.ctx(), bad); idc.KindOf(err) != idc.Unauthenticated {
			t.Errorf("cookie %q: %v", bad, err)
		}
	}
	w.clock.Advance(8 * time.Hour)
	_, err = w.Session(w.ctx(), cookie)
	wantError(t, err, idc.Unauthenticated, "", "")
}
