package consolelink_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/consolelink"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
	"github.com/gatehouse-idc/gatehouse/internal/webui"
)

const console = "https://us-east-1.console.aws.amazon.com/console/home?region=us-east-1"

// world is the door, with a session of Dana's in the role of a permission set.
type world struct {
	*testidc.World
	sts     *sts.Service
	handler http.Handler
	events  []audit.Call
	logged  *strings.Builder
	full    bool // nothing is left of any budget
	broken  error
	session sts.Session
	creds   *idc.Credentials
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: testidc.New(t), logged: &strings.Builder{}}
	ring := sealed.NewEphemeral()
	w.sts = &sts.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Ring: ring, Instance: w.Instance}
	public := &url.URL{Scheme: "https", Host: "gate.example"}
	log := slog.New(slog.NewTextHandler(w.logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	site, err := webui.New(webui.Config{PublicURL: public, Clock: w.Clock, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	w.handler = (&consolelink.Door{
		Site: site, Accounts: &account.Service{Store: w.Store, IDs: w.IDs}, Clock: w.Clock, Log: log,
		Instance: w.Instance, Public: public, Ring: ring,
		Open: func(_ context.Context, id, token string) (string, idc.Caller, error) { return w.sts.Open(id, token) },
		Admit: func(string, awsedge.Budget) error {
			if w.full {
				return idc.Errorf(idc.Throttled, "Too many.")
			}
			return nil
		},
		Record: func(_ context.Context, c audit.Call) error { w.events = append(w.events, c); return w.broken },
	}).Handler()
	w.session = sts.Session{Role: w.Role(testidc.Member, "AWSReservedSSO_ReadOnly_0123456789abcdef", `{"Version":"2012-10-17","Statement":[]}`),
		SessionName: "dana", Duration: time.Hour, UserID: "the-id-of-dana", MFAAt: w.Clock.Now()}
	w.creds = w.issue(w.session)
	return w
}

func (w *world) issue(s sts.Session) *idc.Credentials {
	w.T.Helper()
	creds, _, err := w.sts.Issue(s)
	if err != nil {
		w.T.Fatal(err)
	}
	return creds
}

func (w *world) do(method, target, form string) *http.Response {
	w.T.Helper()
	var body io.Reader
	if form != "" {
		body = strings.NewReader(form)
	}
	r := httptest.NewRequest(method, target, body)
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r = r.WithContext(reqctx.With(r.Context(), reqctx.Info{RequestID: "a-request", ClientIP: "192.0.2.7", UserAgent: "aws-vault"}))
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	return rec.Result()
}

func text(t testing.TB, res *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func asked(c *idc.Credentials, more ...string) url.Values {
	session, err := json.Marshal(map[string]string{"sessionId": c.AccessKeyID, "sessionKey": c.SecretAccessKey, "sessionToken": c.SessionToken})
	if err != nil {
		panic(err)
	}
	v := url.Values{"Action": {"getSigninToken"}, "Session": {string(session)}}
	for i := 0; i < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

func (w *world) token(c *idc.Credentials) string {
	w.T.Helper()
	res := w.do("GET", "/federation?"+asked(c).Encode(), "")
	body := text(w.T, res)
	var out struct{ SigninToken string }
	if err := json.Unmarshal([]byte(body), &out); err != nil || res.StatusCode != 200 || out.SigninToken == "" {
		w.T.Fatalf("%d %s: %v", res.StatusCode, body, err)
	}
	return out.SigninToken
}

func link(token, destination string) string {
	return "/federation?" + url.Values{"Action": {"login"}, "Issuer": {"aws-vault"}, "Destination": {destination}, "SigninToken": {token}}.Encode()
}

func TestALinkSaysWhoYouAreAndThatThereIsNoConsole(t *testing.T) {
	w := newWorld(t)
	res := w.do("GET", link(w.token(w.creds), console), "")
	body := text(t, res)
	if res.StatusCode != 200 {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	for _, want := range []string{"no AWS console", ">Member<", testidc.Member, ">ReadOnly<", ">dana<", `href="` + console + `"`, "sso_role_name = ReadOnly",
		`href="https://gate.example/start"`, "1 Mar 2026, 13:00 UTC"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q:\n%s", want, body)
		}
	}
	if got := res.Header.Get("Content-Security-Policy"); !strings.Contains(got, "default-src 'none'") {
		t.Errorf("policy %q", got)
	}
	if res.Header.Get("Cache-Control") != "no-store" || len(res.Cookies()) != 0 {
		t.Errorf("cached or signed in: %v", res.Header)
	}
	w.records(t, "GetSigninToken Success", "ConsoleLogin Success")
}

// records compares the events by name and outcome, and what all of them must say.
func (w *world) records(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, e := range w.events {
		elements, ok := e.ResponseElements.(map[string]any)
		if !ok {
			t.Fatalf("%+v", e)
		}
		outcome, _ := elements[e.Name].(string)
		got = append(got, e.Name+" "+outcome)
		if e.Source != "signin.amazonaws.com" || e.Type != "AwsConsoleSignIn" || e.RecipientAccountID != testidc.Member || e.Caller.UserID != "the-id-of-dana" ||
			e.ClientIP != "192.0.2.7" || e.RequestID != "a-request" || e.AdditionalEventData["MFAUsed"] != "Yes" || e.RequestParameters != nil {
			t.Errorf("%+v", e)
		}
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("recorded %v, want %v", got, want)
	}
	said, err := json.Marshal(w.events)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{w.creds.SecretAccessKey, w.creds.SessionToken} {
		if strings.Contains(string(said), secret) || strings.Contains(w.logged.String(), secret) {
			t.Errorf("the trail or the log holds a secret")
		}
	}
}

func TestATokenIsRefused(t *testing.T) {
	w := newWorld(t)
	chained := w.session
	chained.Chained = true
	tests := map[string]struct {
		form url.Values
		want string
	}{
		"another key":            {asked(&idc.Credentials{AccessKeyID: w.creds.AccessKeyID, SecretAccessKey: "x", SessionToken: w.creds.SessionToken}), "session is not valid"},
		"no key":                 {asked(&idc.Credentials{AccessKeyID: w.creds.AccessKeyID, SessionToken: w.creds.SessionToken}), "session is not valid"},
		"another token":          {asked(&idc.Credentials{AccessKeyID: w.creds.AccessKeyID, SecretAccessKey: w.creds.SecretAccessKey, SessionToken: "x"}), "session is not valid"},
		"long-term keys":         {asked(&idc.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "x"}), "session is not valid"},
		"a root session":         {asked(w.issue(sts.Session{RootOf: testidc.Member, SessionName: "x", Duration: time.Hour, UserID: "the-id-of-dana"})), "session is not valid"},
		"no session":             {url.Values{"Action": {"getSigninToken"}}, "JSON object"},
		"not JSON":               {url.Values{"Action": {"getSigninToken"}, "Session": {"{"}}, "JSON object"},
		"another type":           {asked(w.creds, "SessionType", "xml"), "SessionType"},
		"too short":              {asked(w.creds, "SessionDuration", "899"), "SessionDuration"},
		"too long":               {asked(w.creds, "SessionDuration", "43201"), "SessionDuration"},
		"no number":              {asked(w.creds, "SessionDuration", "1h"), "SessionDuration"},
		"a duration, of a chain": {asked(w.issue(chained), "SessionDuration", "3600"), "SessionDuration"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			res := w.do("GET", "/federation?"+test.form.Encode(), "")
			if body := text(t, res); res.StatusCode != 400 || !strings.Contains(body, test.want) {
				t.Errorf("%d %s", res.StatusCode, body)
			}
		})
	}
	for _, duration := range []string{"900", "43200"} {
		if res := w.do("GET", "/federation?"+asked(w.creds, "SessionDuration", duration, "SessionType", "json").Encode(), ""); res.StatusCode != 200 {
			t.Errorf("SessionDuration %s: %d", duration, res.StatusCode)
		}
	}
}

func TestAFormIsTakenToo(t *testing.T) {
	w := newWorld(t)
	if res := w.do("POST", "/federation", asked(w.creds).Encode()); res.StatusCode != 200 || res.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%d %s", res.StatusCode, text(t, res))
	}
	if res := w.do("POST", "/federation", "Action=login"); res.StatusCode != 405 {
		t.Errorf("login by a form: %d", res.StatusCode)
	}
	if res := w.do("POST", "/federation", asked(w.creds, "SessionType", strings.Repeat("x", 70_000)).Encode()); res.StatusCode/100 != 4 {
		t.Errorf("a huge form: %d", res.StatusCode)
	}
}

func TestALinkEnds(t *testing.T) {
	tests := map[string]struct {
		change func(w *world, token string) string // returns the token to use
		status int
		want   string
	}{
		"after 15 minutes": {func(w *world, token string) string { w.Clock.Advance(15 * time.Minute); return token }, 410, "15 minutes"},
		"with the session": {func(w *world, _ string) string {
			short := w.session
			short.Duration = 5 * time.Minute
			token := w.token(w.issue(short))
			w.Clock.Advance(5 * time.Minute)
			return token
		}, 410, "has ended"},
		"when access is withdrawn": {func(w *world, token string) string {
			w.Clock.Advance(time.Second)
			w.Update(func(tx store.Tx) error {
				return tx.PutFence(&idc.Fence{Kind: idc.FenceUser, ID: "the-id-of-dana", IssuedBefore: w.Clock.Now(), ExpiresAt: w.Clock.Now().Add(time.Hour)})
			})
			if err := w.sts.ReloadFences(w.T.Context()); err != nil {
				w.T.Fatal(err)
			}
			return token
		}, 410, "withdrawn"},
		"when it was never one":   {func(*world, string) string { return "x" }, 410, "not valid"},
		"as a session token":      {func(w *world, _ string) string { return w.creds.SessionToken }, 410, "not valid"},
		"when a letter is other":  {func(_ *world, token string) string { return token[:len(token)-4] + "AAAA" }, 410, "not valid"},
		"when the account closes": {func(w *world, token string) string { w.suspend(); return token }, 403, "not active"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			token := test.change(w, w.token(w.creds))
			res := w.do("GET", link(token, console), "")
			if body := text(t, res); res.StatusCode != test.status || !strings.Contains(body, test.want) || strings.Contains(body, ">dana<") {
				t.Errorf("%d %s", res.StatusCode, body)
			}
		})
	}
}

func (w *world) suspend() {
	w.Update(func(tx store.Tx) error {
		a, err := tx.Account(testidc.Member)
		if err != nil {
			return err
		}
		a.State = idc.AccountSuspended
		return tx.PutAccount(a)
	})
}

// A session that has ended or was fenced off gets no new link either.
func TestNoLinkForASessionThatEnded(t *testing.T) {
	w := newWorld(t)
	w.Clock.Advance(time.Hour)
	if res := w.do("GET", "/federation?"+asked(w.creds).Encode(), ""); res.StatusCode != 400 {
		t.Errorf("%d %s", res.StatusCode, text(t, res))
	}
	w.records(t)
}

func TestRefusalsOfKnownSessionsAreRecorded(t *testing.T) {
	w := newWorld(t)
	token := w.token(w.creds)
	w.do("GET", "/federation?"+asked(&idc.Credentials{AccessKeyID: w.creds.AccessKeyID, SecretAccessKey: "x", SessionToken: w.creds.SessionToken}).Encode(), "")
	w.suspend()
	w.do("GET", link(token, console), "")
	w.do("HEAD", link(token, console), "")
	w.records(t, "GetSigninToken Success", "GetSigninToken Failure", "ConsoleLogin Failure")
}

func TestDestinations(t *testing.T) {
	w := newWorld(t)
	token := w.token(w.creds)
	for address, good := range map[string]bool{
		"https://console.aws.amazon.com/": true, "https://aws.amazon.com/": true, "https://console.aws.amazon.com": true, console: true,
		"https://S3.Console.AWS.Amazon.com/s3/buckets?x=1&y=2#frag": true, "https://cn-north-1.console.amazonaws.cn/": true,
		"https://console.amazonaws-us-gov.com/": true, "https://gate.example/start": true,
		"": false, "/start": false, "//console.aws.amazon.com/": false, "https://evil.example/": false, "https://evilaws.amazon.com/": false,
		"https://aws.amazon.com.evil.example/": false, "https://console.aws.amazon.com@evil.example/": false, "https://u:p@console.aws.amazon.com/": false,
		"https://evil.example\\.aws.amazon.com/": false, "https://evil.example/.aws.amazon.com": false, "https://evil.example?.aws.amazon.com": false,
		"https://console.aws.amazon.com:8443/": false, "javascript:alert(1)//.aws.amazon.com": false, "javascript://console.aws.amazon.com/%0aalert(1)": false,
		"data:text/html,x": false, "ftp://console.aws.amazon.com/": false, "https:console.aws.amazon.com": false, "http://gate.example/start": false,
		"https://gate.example.evil.example/": false, "https://console.aws.amazon.com\n.evil.example/": false, "https://.aws.amazon.com.evil/": false,
	} {
		res := w.do("GET", link(token, address), "")
		body := text(t, res)
		if good != (res.StatusCode == 200) {
			t.Errorf("%q: %d", address, res.StatusCode)
		}
		if !good && (address != "" && address != "/start" && strings.Contains(body, `href="`+address) || res.StatusCode != 400) {
			t.Errorf("%q: %d %s", address, res.StatusCode, body)
		}
	}
}

func TestAddressesHaveABudget(t *testing.T) {
	w := newWorld(t)
	token := w.token(w.creds)
	w.full = true
	for _, target := range []string{"/federation?" + asked(w.creds).Encode(), link(token, console)} {
		if res := w.do("GET", target, ""); res.StatusCode != 429 {
			t.Errorf("%.40s: %d", target, res.StatusCode)
		}
	}
}

// What could not be recorded does not happen.
func TestNothingHappensUnrecorded(t *testing.T) {
	w := newWorld(t)
	token := w.token(w.creds)
	w.broken = errors.New("the disk is full")
	for _, target := range []string{"/federation?" + asked(w.creds).Encode(), link(token, console)} {
		res := w.do("GET", target, "")
		if body := text(t, res); res.StatusCode != 500 || strings.Contains(body, "disk") || strings.Contains(body, "dana") {
			t.Errorf("%.40s: %d %s", target, res.StatusCode, body)
		}
	}
}

func TestOtherActionsGetThePageThatSaysSo(t *testing.T) {
	w := newWorld(t)
	for _, query := range []string{"", "?Action=logout", "?Action=getsignintoken"} {
		if res := w.do("GET", "/federation"+query, ""); res.StatusCode != 400 || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%q: %d", query, res.StatusCode)
		}
	}
}

// A role that is not of a permission set has no profile to paste; the page says how its credentials are used.
func TestOtherRoles(t *testing.T) {
	w := newWorld(t)
	other := w.session
	other.Role = w.Role(testidc.Member, "deploy", `{"Version":"2012-10-17","Statement":[]}`)
	body := text(t, w.do("GET", link(w.token(w.issue(other)), console), ""))
	if !strings.Contains(body, ">deploy<") || strings.Contains(body, "sso_role_name") || !strings.Contains(body, "AWS_ENDPOINT_URL=\"https://gate.example\"") {
		t.Errorf("the page is\n%s", body)
	}
}
