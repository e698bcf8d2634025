package portal_test

import (
	"context"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/portal"
	"github.com/gatehouse-idc/gatehouse/internal/session"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
	"github.com/gatehouse-idc/gatehouse/internal/webui"
)

const cookie = "the-cookie-of-ana"

// world is the portal with Ana signed in. She has ReadOnly in Member through an assignment that ends.
type world struct {
	*testidc.World
	site   *webui.Site
	ana    *idc.User
	ends   time.Time
	minted []string
	refuse error
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: testidc.New(t)}
	public := &url.URL{Scheme: "http", Host: "gate.example"}
	var err error
	if w.site, err = webui.New(webui.Config{PublicURL: public, Clock: w.Clock, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}); err != nil {
		t.Fatal(err)
	}
	w.ana, w.ends = w.User("ana"), w.Clock.Now().Add(time.Hour)
	w.Update(func(tx store.Tx) error {
		now := w.Clock.Now()
		s := &idc.PortalSession{ID: "s1", TokenHash: authn.HashToken(cookie), UserID: w.ana.ID, MFA: true, AuthTime: now, CreatedAt: now, ExpiresAt: now.Add(8 * time.Hour)}
		if err := tx.PutPortalSession(s); err != nil {
			return err
		}
		for id, name := range map[string]string{"ps-1111111111111111": "ReadOnly", "ps-2222222222222222": "Admin"} {
			if err := tx.PutPermissionSet(&idc.PermissionSet{ID: id, Name: name, SessionDuration: "PT1H", CreatedAt: now}); err != nil {
				return err
			}
		}
		return tx.PutAssignment(&idc.Assignment{
			ID: w.IDs.UUID(), PermissionSetID: "ps-1111111111111111", PrincipalType: idc.PrincipalUser, PrincipalID: w.ana.ID,
			Scope: idc.Scope{Kind: idc.ScopeAccount, AccountID: testidc.Member}, Validity: idc.Validity{EndsAt: w.ends}, Owner: idc.OwnerBuiltIn,
		})
	})
	(&portal.Door{
		Site: w.site, Instance: w.Instance, BaseURL: public.String(),
		Sessions: &session.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, BaseURL: public.String()},
		STS:      &sts.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs}, Applications: &application.Service{Store: w.Store, IDs: w.IDs}, Clock: w.Clock,
		Mint: func(_ context.Context, caller idc.Caller, accountID, roleName string) (*idc.Credentials, error) {
			w.minted = append(w.minted, caller.UserID+" "+caller.SessionID+" "+accountID+" "+roleName)
			return &idc.Credentials{AccessKeyID: "ASIAEXAMPLE", SecretAccessKey: "shh", SessionToken: "token", ExpiresAt: w.Clock.Now().Add(time.Hour)}, w.refuse
		},
	}).Register()
	return w
}

// do sends a request of Ana's browser, or of a stranger's when signedIn is false.
func (w *world) do(method, path string, signedIn bool) (*http.Response, string) {
	w.T.Helper()
	r := httptest.NewRequest(method, "http://gate.example"+path, nil)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if signedIn {
		r.AddCookie(&http.Cookie{Name: session.Cookie, Value: cookie})
	}
	rec := httptest.NewRecorder()
	w.site.ServeHTTP(rec, r)
	return rec.Result(), html.UnescapeString(rec.Body.String())
}

func TestPortalShowsWhatOneHas(t *testing.T) {
	w := newWorld(t)
	res, body := w.do("GET", "/start", true)
	if res.StatusCode != 200 || !strings.Contains(body, "Member") || !strings.Contains(body, testidc.Member) || !strings.Contains(body, "ReadOnly") {
		t.Fatalf("%d\n%s", res.StatusCode, body)
	}
	for _, other := range []string{"Management", "Admin"} {
		if strings.Contains(body, other) {
			t.Errorf("the portal shows %s, which is not Ana's", other)
		}
	}
	for query, found := range map[string]bool{"mem": true, "MEMBER": true, "2222": true, "readonly": true, "member@example": true, "production": false} {
		if _, body := w.do("GET", "/start?q="+query, true); strings.Contains(body, testidc.Member) != found {
			t.Errorf("searching %q: found %t", query, !found)
		}
	}
	w.Clock.Advance(w.ends.Sub(w.Clock.Now()))
	if _, body := w.do("GET", "/start", true); strings.Contains(body, testidc.Member) {
		t.Error("an assignment that has ended is shown")
	}
}

func TestPortalNeedsASession(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/start", "/start?q=x", "/start/keys?account_id=222222222222&role_name=ReadOnly"} {
		res, _ := w.do("GET", path, false)
		want := "/signin?" + url.Values{"return": {path}}.Encode()
		if res.StatusCode != 303 || res.Header.Get("Location") != want {
			t.Errorf("%s: %d %s, want %s", path, res.StatusCode, res.Header.Get("Location"), want)
		}
	}
	if res, _ := w.do("POST", "/start/keys?account_id=222222222222&role_name=ReadOnly", false); res.StatusCode != 303 || len(w.minted) > 0 {
		t.Errorf("a stranger got credentials: %d %v", res.StatusCode, w.minted)
	}
	w.Clock.Advance(8 * time.Hour)
	if res, _ := w.do("GET", "/start", true); res.StatusCode != 303 {
		t.Errorf("the session's end: %d", res.StatusCode)
	}
}

// TestHeadLeadsToTheStartURL: AWS CLI 2.35.13 and up ask an address of ours for one of AWS's.
func TestHeadLeadsToTheStartURL(t *testing.T) {
	w := newWorld(t)
	if res, _ := w.do("HEAD", "/start", false); res.StatusCode != 302 || res.Header.Get("Location") != "https://example.awsapps.com/start" {
		t.Errorf("HEAD: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	if res, _ := w.do("GET", "/", false); res.StatusCode != 303 || res.Header.Get("Location") != "/start" {
		t.Errorf("the root: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
}

func TestAccessKeys(t *testing.T) {
	w := newWorld(t)
	const path = "/start/keys?account_id=222222222222&role_name=ReadOnly"
	res, body := w.do("GET", path, true)
	if res.StatusCode != 200 || len(w.minted) > 0 || strings.Contains(body, "ASIAEXAMPLE") {
		t.Fatalf("reading the page mints: %d %v", res.StatusCode, w.minted)
	}
	for _, line := range []string{"sso_start_url = https://example.awsapps.com/start", "sso_account_id = 222222222222", "sso_role_name = ReadOnly", "endpoint_url = http://gate.example"} {
		if !strings.Contains(body, line) {
			t.Errorf("the profile lacks %q:\n%s", line, body)
		}
	}
	res, body = w.do("POST", path, true)
	want := w.ana.ID + " s1 222222222222 ReadOnly"
	if res.StatusCode != 200 || len(w.minted) != 1 || w.minted[0] != want {
		t.Fatalf("minted %v, want %s (%d)", w.minted, want, res.StatusCode)
	}
	for _, text := range []string{`export AWS_ACCESS_KEY_ID="ASIAEXAMPLE"`, `$Env:AWS_SESSION_TOKEN="token"`, "SET AWS_SECRET_ACCESS_KEY=shh"} {
		if !strings.Contains(body, text) {
			t.Errorf("the page lacks %q", text)
		}
	}
	if res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("credentials may be cached: %q", res.Header.Get("Cache-Control"))
	}
	w.refuse = idc.Errorf(idc.Denied, "No access")
	if res, body := w.do("POST", path, true); res.StatusCode != 403 || strings.Contains(body, "ASIAEXAMPLE") {
		t.Errorf("a refused mint: %d\n%s", res.StatusCode, body)
	}
}

func TestOtherPeoplesRolesAreNotThere(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{
		"/start/keys?account_id=222222222222&role_name=Admin", "/start/keys?account_id=111111111111&role_name=ReadOnly",
		"/start/keys?account_id=222222222222&role_name=None", "/start/keys",
	} {
		for _, method := range []string{"GET", "POST"} {
			if res, _ := w.do(method, path, true); res.StatusCode != 404 {
				t.Errorf("%s %s: %d", method, path, res.StatusCode)
			}
		}
	}
	if len(w.minted) > 0 {
		t.Errorf("minted %v", w.minted)
	}
}
