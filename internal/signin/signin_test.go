package signin_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/session"
)

func TestSignInWithPasswordAndCode(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.signIn(b.get("/signin"), "Ana").want(t, 200, "/start", "The portal")
	b.get("/signin").want(t, 200, "/start") // who is signed in goes on

	var names []string
	for _, e := range w.events {
		names = append(names, e.Name+" "+e.CredentialType)
		if e.ClientIP != "192.0.2.7" || e.RequestID == "" || e.UserID != w.ana.ID {
			t.Errorf("event %+v", e)
		}
	}
	want := "CredentialChallenge PASSWORD,CredentialVerification PASSWORD,CredentialChallenge TOTP,CredentialVerification TOTP,UserAuthentication PASSWORD,TOTP"
	if got := strings.Join(names, ","); got != want {
		t.Errorf("events %s, want %s", got, want)
	}

	b.do(http.MethodPost, "/signout", nil).want(t, 200, "/signout", "You are signed out")
	b.get("/device").want(t, 200, "/signin")
}

func TestWrongProofsAreToldOnThePage(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	first := b.get("/signin?return=/device")
	wrong := b.submit(first, fields("username", "ana", "password", "wrong"))
	wrong.want(t, 400, "/signin", "not right", `value="ana"`)
	nobody := b.submit(first, fields("username", "nobody", "password", "wrong"))
	if normal := func(p *page, name string) string { return strings.ReplaceAll(withoutIDs(p.body), name, "X") }; normal(wrong, "ana") != normal(nobody, "nobody") {
		t.Error("the page tells an unknown user from a wrong password")
	}
	if strings.Contains(wrong.body, "wrong\"") {
		t.Error("the password is shown again")
	}
	factor := b.submit(wrong, fields("username", "ana", "password", password))
	factor.want(t, 200, "/signin/factor", "phone")
	again := b.submit(factor, fields("otp", "000000"))
	again.want(t, 400, "/signin/factor", "not right")
	b.submit(again, fields("otp", w.code(secret))).want(t, 200, "/device") // the return address survived it all
}

// withoutIDs drops the request id, which differs on every page.
func withoutIDs(body string) string {
	return regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`).ReplaceAllString(body, "ID")
}

func TestTooManyFailuresFromOneAddress(t *testing.T) {
	w := newWorld(t)
	w.authn.Limits = authn.DefaultLimits()
	w.authn.Limits.Address.Free = 1
	b := w.browser()
	at := b.get("/signin")
	for range 2 {
		b.submit(at, fields("username", "nobody", "password", "wrong")).want(t, 400, "/signin")
	}
	b.submit(at, fields("username", "ana", "password", password)).want(t, 429, "/signin", "network address")
}

func TestReturnAddressesStayHere(t *testing.T) {
	w := newWorld(t)
	for _, evil := range []string{"https://evil.example.com/", "//evil.example.com", `/\evil.example.com`, "/%09/evil.example.com", "javascript:alert(1)", strings.Repeat("/x", 3000)} {
		b := w.browser()
		at := b.get("/signin?" + url.Values{"return": {evil}}.Encode())
		b.signIn(at, "ana").want(t, 200, "/start")
	}
	b := w.browser()
	at := b.get("/signin")
	factor := b.submit(at, fields("username", "ana", "password", password, "return", "//evil.example.com"))
	b.submit(factor, fields("otp", w.code(secret))).want(t, 200, "/start")
}

func TestFirstSignInRegistersAFactor(t *testing.T) {
	w := newWorld(t)
	w.person("new", false)
	b := w.browser()
	enrol := b.submit(b.get("/signin"), fields("username", "new", "password", password))
	enrol.want(t, 200, "/signin/enrol", "data:image/png;base64,")
	text := regexp.MustCompile(`([A-Z2-7]{4} ){7}[A-Z2-7]{4}`).FindString(enrol.body)
	if text == "" {
		t.Fatalf("no secret to type:\n%s", enrol.body)
	}
	b.get("/start") // there is no session yet
	b.get("/device").want(t, 200, "/signin")
	wrong := b.submit(enrol, fields("otp", "000000", "device_name", "My phone"))
	wrong.want(t, 400, "/signin/enrol", "not right", "My phone")
	done := b.submit(wrong, fields("otp", w.code(strings.ReplaceAll(text, " ", "")), "device_name", "My phone"))
	done.want(t, 200, "/start")
	if last := w.events[len(w.events)-1]; last.Name != authn.EventAuthentication || !last.DeviceEnrolled {
		t.Errorf("event %+v", last)
	}
}

func TestFirstAdministratorsLink(t *testing.T) {
	w := newWorld(t)
	u, err := w.directory.CreateUser(t.Context(), w.change(), w.Instance.IdentityStoreID, idc.User{UserName: "root", DisplayName: "Root", Name: idc.PersonName{GivenName: "R", FamilyName: "T"}})
	if err != nil {
		t.Fatal(err)
	}
	link, err := w.authn.IssueLink(t.Context(), w.change(), u.ID, authn.LinkFirstAdministrator, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	b := w.browser()
	at := b.get("/signin/link/" + link)
	at.want(t, 200, "/signin/link/"+link, "first administrator", "root")
	b.submit(at, fields("new_password", password, "confirm_password", "other")).want(t, 400, "/signin/link/"+link, "not the same")
	b.submit(at, fields("new_password", "weak", "confirm_password", "weak")).want(t, 400, "/signin/link/"+link, "8 to 64")
	b.submit(at, fields("new_password", password, "confirm_password", password)).want(t, 200, "/signin/enrol")
	b.get("/signin/link/"+link).want(t, 410, "/signin/link/"+link, "used already")
	b.get("/signin/link/unknown").want(t, 410, "/signin/link/unknown")
}

func TestPasswordThatMustChange(t *testing.T) {
	w := newWorld(t)
	if err := w.authn.SetPassword(t.Context(), w.change(), w.ana.ID, "One-Time-Pass-1", true); err != nil {
		t.Fatal(err)
	}
	b := w.browser()
	at := b.submit(b.get("/signin"), fields("username", "ana", "password", "One-Time-Pass-1"))
	at.want(t, 200, "/signin/factor")
	at = b.submit(at, fields("otp", w.code(secret)))
	at.want(t, 200, "/signin/new-password", "must be changed")
	at = b.submit(at, fields("new_password", "One-Time-Pass-1", "confirm_password", "One-Time-Pass-1"))
	at.want(t, 400, "/signin/new-password", "last 3 passwords")
	b.submit(at, fields("new_password", "Another-Horse-9", "confirm_password", "Another-Horse-9")).want(t, 200, "/start")
}

// TestEnrolmentThatCameTooLate: the page of a flow that began before its owner registered a factor asks for that one.
func TestEnrolmentThatCameTooLate(t *testing.T) {
	w := newWorld(t)
	u := w.person("new", false)
	b := w.browser()
	enrol := b.submit(b.get("/signin"), fields("username", "new", "password", password))
	enrol.want(t, 200, "/signin/enrol")
	if err := w.authn.RegisterTOTP(t.Context(), w.change(), u.ID, "the owner's", secret); err != nil {
		t.Fatal(err)
	}
	b.submit(enrol, fields("otp", "000000", "device_name", "mine")).want(t, 200, "/signin/factor", "the owner's")
}

func TestFlowIsOfNoUseInAnotherBrowser(t *testing.T) {
	w := newWorld(t)
	b, thief := w.browser(), w.browser()
	factor := b.submit(b.get("/signin"), fields("username", "ana", "password", password))
	thief.get(factor.url.RequestURI()).want(t, 200, "/signin", "Start again")
	thief.submit(factor, fields("otp", w.code(secret))).want(t, 200, "/signin", "Start again")
	b.submit(factor, fields("otp", w.code(secret))).want(t, 200, "/start")
	b.submit(factor, fields("otp", w.code(secret))).want(t, 200, "/start") // the flow is over, the person is in
}

func TestStepsLeadBackToWhereTheFlowStands(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	factor := b.submit(b.get("/signin"), fields("username", "ana", "password", password))
	flow := factor.url.RawQuery
	for _, step := range []string{"/signin/enrol", "/signin/new-password", "/signin/factor"} {
		b.get(step+"?"+flow).want(t, 200, "/signin/factor")
	}
}

func TestCookiesAreNotForScriptsNorOtherSites(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res := b.submit(b.get("/signin"), fields("username", "ana", "password", password))
	set := res.header.Get("Set-Cookie")
	if !strings.Contains(set, "gatehouse-browser=") || !strings.Contains(set, "HttpOnly") || !strings.Contains(set, "SameSite=Lax") {
		t.Errorf("Set-Cookie: %s", set)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.server.URL+"/signin", strings.NewReader("username=ana&password=x"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	cross, err := b.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer cross.Body.Close()
	if cross.StatusCode != http.StatusForbidden {
		t.Errorf("a form of another site: %d", cross.StatusCode)
	}
}

// start begins a device flow as a command-line tool does.
func (w *world) start() (start *session.DeviceStart, poll func() (*session.Tokens, error)) {
	w.t.Helper()
	client, clientSecret := w.register(false)
	start, err := w.sessions.StartDeviceAuthorization(w.ctx(), w.change(), client.ID, clientSecret, "https://example.awsapps.com/start")
	if err != nil {
		w.t.Fatal(err)
	}
	return start, func() (*session.Tokens, error) {
		return w.sessions.CreateToken(w.ctx(), w.change(), session.TokenRequest{
			ClientID: client.ID, ClientSecret: clientSecret, GrantType: session.GrantDeviceCode, DeviceCode: start.DeviceCode,
		})
	}
}

func TestDeviceIsApproved(t *testing.T) {
	w := newWorld(t)
	start, poll := w.start()
	b := w.browser()
	at := b.get(strings.TrimPrefix(start.VerificationURIComplete, w.server.URL))
	at.want(t, 200, "/signin")
	at = b.signIn(at, "ana")
	at.want(t, 200, "/device", `value="`+start.UserCode+`"`)
	if _, err := poll(); idc.ReasonOf(err) != idc.ReasonAuthorizationPending {
		t.Fatalf("a link approved by itself: %v", err)
	}
	at = b.submit(at, fields("user_code", strings.ToLower(start.UserCode)))
	at.want(t, 200, "/device", start.UserCode, "botocore-client-test", "aws-cli/2.36", "the same", "See the AWS accounts", "ANA")
	if strings.Contains(at.body, "did not come from your address") {
		t.Error("a warning for a request from the person's own address")
	}
	b.submit(at, fields("decision", "allow")).want(t, 200, "/device/decide", "Approved", "botocore-client-test")
	tokens, err := poll()
	if err != nil || tokens.UserID != w.ana.ID {
		t.Fatalf("tokens %+v, %v", tokens, err)
	}
	b.submit(at, fields("decision", "allow")).want(t, 409, "/device/decide", "decided already")
}

func TestDeviceIsRefused(t *testing.T) {
	w := newWorld(t)
	start, poll := w.start()
	b := w.browser()
	b.signIn(b.get("/signin"), "ana")
	at := b.submit(b.get("/device"), fields("user_code", start.UserCode))
	b.submit(at, fields("decision", "deny")).want(t, 200, "/device/decide", "Refused")
	if _, err := poll(); idc.ReasonOf(err) != idc.ReasonAccessDeniedByUser {
		t.Errorf("poll: %v", err)
	}
}

func TestDevicePageWarnsOfStrangers(t *testing.T) {
	w := newWorld(t)
	start, _ := w.start()
	b := w.browser()
	b.signIn(b.get("/signin"), "ana")
	b.ip = "203.0.113.9"
	b.submit(b.get("/device"), fields("user_code", start.UserCode)).
		want(t, 200, "/device", "did not come from your address", "192.0.2.7", "203.0.113.9")
}

func TestDeviceNeedsARightCodeAndADecision(t *testing.T) {
	w := newWorld(t)
	start, poll := w.start()
	b := w.browser()
	b.signIn(b.get("/signin"), "ana")
	b.submit(b.get("/device"), fields("user_code", "BBBB-BBBB")).want(t, 400, "/device", "no request with this code")
	at := b.submit(b.get("/device"), fields("user_code", start.UserCode))
	b.submit(at, fields("decision", "maybe")).want(t, 400, "/device/decide", "allow or deny")
	b.submit(at, nil).want(t, 400, "/device/decide")
	b.get("/device/decide?decision=allow&user_code="+start.UserCode).want(t, 405, "/device/decide")
	w.browser().do(http.MethodPost, "/device/decide", fields("decision", "allow", "user_code", start.UserCode)).want(t, 200, "/signin")
	if _, err := poll(); idc.ReasonOf(err) != idc.ReasonAuthorizationPending {
		t.Errorf("something approved it: %v", err)
	}
	w.Clock.Advance(10 * time.Minute)
	b.submit(at, fields("decision", "allow")).want(t, 409, "/device/decide", "expired")
}

func authorizeURL(clientID string, edit func(url.Values)) string {
	query := url.Values{
		"response_type": {"code"}, "client_id": {clientID}, "redirect_uri": {redirect}, "state": {"st-1"},
		"code_challenge_method": {"S256"}, "scopes": {"sso:account:access"}, "code_challenge": {challenge()},
	}
	if edit != nil {
		edit(query)
	}
	return "/authorize?" + query.Encode()
}

func TestAuthorizeIsApproved(t *testing.T) {
	w := newWorld(t)
	client, clientSecret := w.register(true)
	b := w.browser()
	at := b.get(authorizeURL(client.ID, nil))
	at.want(t, 200, "/signin", "botocore-client-test")
	at = b.signIn(at, "ana")
	at.want(t, 200, "/authorize/consent", "botocore-client-test", redirect, "Renew this access")
	if policy := at.header.Get("Content-Security-Policy"); !strings.Contains(policy, "form-action 'self' http://127.0.0.1:34567") {
		t.Errorf("the browser would not follow the answer: %s", policy)
	}
	answer := b.submit(at, fields("decision", "allow"))
	if answer.status != http.StatusSeeOther || answer.out.Host != "127.0.0.1:34567" || answer.out.Query().Get("state") != "st-1" {
		t.Fatalf("answer %d %v", answer.status, answer.out)
	}
	tokens, err := w.sessions.CreateToken(w.ctx(), w.change(), session.TokenRequest{
		ClientID: client.ID, ClientSecret: clientSecret, GrantType: session.GrantAuthorizationCode,
		Code: answer.out.Query().Get("code"), CodeVerifier: verifier, RedirectURI: redirect,
	})
	if err != nil || tokens.UserID != w.ana.ID {
		t.Fatalf("tokens %+v, %v", tokens, err)
	}
	b.submit(at, fields("decision", "allow")).want(t, 409, "/authorize/decide", "decided already")

	again := b.get(authorizeURL(client.ID, func(q url.Values) { q.Del("scopes"); q.Set("scope", "sso:account:access") }))
	again.want(t, 200, "/authorize/consent") // signed in: no second password, but the question again
	denied := b.submit(again, fields("decision", "deny"))
	if denied.out == nil || denied.out.Query().Get("error") != "access_denied" || denied.out.Query().Get("state") != "st-1" {
		t.Errorf("denied: %v", denied.out)
	}
}

// TestAuthorizeIsLimited: a request that is over the budget of its address is not kept.
func TestAuthorizeIsLimited(t *testing.T) {
	w := newWorld(t)
	client, _ := w.register(true)
	w.admit = idc.Errorf(idc.Throttled, "Too many requests from your network address.")
	w.browser().get(authorizeURL(client.ID, nil)).want(t, 429, "/authorize", "Too many requests")
}

func TestAuthorizeErrors(t *testing.T) {
	w := newWorld(t)
	client, _ := w.register(true)
	b := w.browser()
	for name, c := range map[string]struct {
		edit func(url.Values)
		told string // the error the client is told; "" for a page
	}{
		"unknown client": {func(q url.Values) { q.Set("client_id", "x") }, ""},
		"elsewhere":      {func(q url.Values) { q.Set("redirect_uri", "https://evil.example.com/") }, ""},
		"twice":          {func(q url.Values) { q.Add("redirect_uri", "https://evil.example.com/") }, ""},
		"no PKCE":        {func(q url.Values) { q.Del("code_challenge") }, "invalid_request"},
		"implicit":       {func(q url.Values) { q.Set("response_type", "token") }, "unsupported_response_type"},
		"other scope":    {func(q url.Values) { q.Set("scopes", "admin") }, "invalid_scope"},
	} {
		got := b.get(authorizeURL(client.ID, c.edit))
		if c.told == "" {
			if got.status != http.StatusBadRequest || got.out != nil {
				t.Errorf("%s: %d %v", name, got.status, got.out)
			}
			continue
		}
		if got.status != http.StatusFound || got.out.Host != "127.0.0.1:34567" || got.out.Query().Get("error") != c.told || got.out.Query().Get("state") != "st-1" {
			t.Errorf("%s: %d %v, want %s", name, got.status, got.out, c.told)
		}
	}
	b.signIn(b.get("/signin"), "ana")
	b.get("/authorize/consent?request=unknown").want(t, 404, "/authorize/consent")
	b.do(http.MethodPost, "/authorize/decide", fields("request", "unknown", "decision", "allow")).want(t, 404, "/authorize/decide")
}

func TestSwitchingToAnotherPerson(t *testing.T) {
	w := newWorld(t)
	w.person("bob", true)
	start, poll := w.start()
	b := w.browser()
	b.signIn(b.get("/signin"), "ana")
	at := b.submit(b.get("/device"), fields("user_code", start.UserCode))
	link := regexp.MustCompile(`href="(/signin\?[^"]+)"`).FindStringSubmatch(at.body)
	if link == nil {
		t.Fatalf("no way to be somebody else:\n%s", at.body)
	}
	at = b.signIn(b.get(strings.ReplaceAll(link[1], "&amp;", "&")), "bob")
	at.want(t, 200, "/device", start.UserCode, "bob")
	at = b.submit(at, fields("user_code", start.UserCode))
	b.submit(at, fields("decision", "allow")).want(t, 200, "/device/decide")
	if tokens, err := poll(); err != nil || tokens.UserID == w.ana.ID {
		t.Errorf("tokens %+v, %v", tokens, err)
	}
}

func TestSignOutEndsTheProgramsToo(t *testing.T) {
	w := newWorld(t)
	start, poll := w.start()
	b := w.browser()
	b.signIn(b.get("/signin"), "ana")
	at := b.submit(b.get("/device"), fields("user_code", start.UserCode))
	b.submit(at, fields("decision", "allow"))
	tokens, err := poll()
	if err != nil {
		t.Fatal(err)
	}
	b.do(http.MethodPost, "/signout", nil)
	if _, err := w.sessions.Authenticate(w.ctx(), tokens.AccessToken); idc.KindOf(err) != idc.Unauthenticated {
		t.Errorf("the program's token is still good: %v", err)
	}
}

func TestSecretsAreNotLogged(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	wrong := b.submit(b.get("/signin"), fields("username", "Canary-In-Name-1", "password", "Canary-In-Password-1"))
	code := w.code(secret)
	b.submit(b.submit(wrong, fields("username", "ana", "password", password)), fields("otp", code))
	b.get("/signin/link/Canary-Link")
	for _, canary := range []string{"Canary-In", password, code} {
		if strings.Contains(w.log.String(), canary) {
			t.Errorf("the log tells %q:\n%s", canary, w.log.String())
		}
	}
}
