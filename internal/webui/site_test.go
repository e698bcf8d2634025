package webui_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
	"github.com/gatehouse-idc/gatehouse/internal/webui"
	"github.com/gatehouse-idc/gatehouse/internal/webui/stories"
)

const testRequestID = "11111111-2222-4333-8444-555555555555"

// newSite returns a site at the public address, and its log.
func newSite(t *testing.T, public string) (*webui.Site, *bytes.Buffer) {
	t.Helper()
	u, err := url.Parse(public)
	if err != nil {
		t.Fatal(err)
	}
	log := new(bytes.Buffer)
	site, err := webui.New(webui.Config{
		PublicURL:    u,
		Organization: "SecureCart",
		Clock:        clock.NewFake(stories.Now()),
		Log:          slog.New(slog.NewTextHandler(log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return site, log
}

func answer(h http.Handler, r *http.Request) *http.Response {
	r = r.WithContext(reqctx.With(r.Context(), reqctx.Info{RequestID: testRequestID}))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func get(path string) *http.Request {
	return httptest.NewRequest("GET", "http://gate.example"+path, nil)
}

func post(path, form string) *http.Request {
	r := httptest.NewRequest("POST", "http://gate.example"+path, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func show(p webui.Page) webui.Handler {
	return func(*http.Request) (webui.Reply, error) { return webui.Show(p), nil }
}

func TestReplies(t *testing.T) {
	out := func(address string) webui.Handler {
		return func(*http.Request) (webui.Reply, error) {
			u, err := url.Parse(address)
			return webui.RedirectOut(u), err
		}
	}
	to := func(path string) webui.Handler {
		return func(*http.Request) (webui.Reply, error) { return webui.Redirect(path), nil }
	}
	const loopback = "http://127.0.0.1:43123/oauth/callback?code=c&state=s"
	tests := []struct {
		name     string
		method   string
		handler  webui.Handler
		status   int
		location string
	}{
		{"page", "GET", show(webui.SignIn{}), 200, ""},
		{"page with a problem", "POST", show(webui.SignIn{Form: webui.Form{Problem: "no"}}), 400, ""},
		{"page with a status", "GET", func(*http.Request) (webui.Reply, error) {
			return webui.Show(webui.SignIn{Form: webui.Form{Problem: "slow"}}).WithStatus(429), nil
		}, 429, ""},
		{"redirect after a form", "POST", to("/start?q=a"), 303, "/start?q=a"},
		{"redirect", "GET", to("/start"), 303, "/start"},
		{"redirect that leaves the origin", "GET", to("//evil.example/"), 500, ""},
		{"redirect to nowhere", "GET", to(""), 500, ""},
		{"out after GET", "GET", out(loopback), 302, loopback},
		{"out after HEAD", "HEAD", out("https://securecart.awsapps.com/start"), 302, "https://securecart.awsapps.com/start"},
		{"out after a form", "POST", out(loopback), 303, loopback},
		{"out to IPv6 after GET", "GET", out("http://[::1]:9/cb"), 200, ""},
		{"out to IPv6 after a form", "POST", out("http://[::1]:9/cb"), 200, ""},
		{"out to a script", "GET", out("javascript:alert(1)"), 500, ""},
		{"out with a password", "GET", out("https://u:p@evil.example/"), 500, ""},
		{"out without a host", "GET", out("https:/start"), 500, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			site, _ := newSite(t, "http://gate.example")
			site.Handle(test.method+" /x", test.handler)
			r := post("/x", "")
			r.Method = test.method
			got := answer(site, r)
			if got.StatusCode != test.status || got.Header.Get("Location") != test.location {
				t.Errorf("got %d to %q, want %d to %q", got.StatusCode, got.Header.Get("Location"), test.status, test.location)
			}
		})
	}
}

func TestIPv6AnswerAfterAFormIsAPageThatLeadsOn(t *testing.T) {
	site, _ := newSite(t, "http://gate.example")
	site.Handle("POST /x", func(*http.Request) (webui.Reply, error) {
		return webui.RedirectOut(&url.URL{Scheme: "http", Host: "[::1]:9", Path: "/cb", RawQuery: "code=c"}), nil
	})
	got := answer(site, post("/x", ""))
	if refresh := got.Header.Get("Refresh"); refresh != "0; url=http://[::1]:9/cb?code=c" {
		t.Errorf("Refresh: %q", refresh)
	}
	if link := parse(t, body(t, got)).one(t, "a", "role", "button").attr("href"); link != "http://[::1]:9/cb?code=c" {
		t.Errorf("link to %q", link)
	}
}

func TestErrorsBecomePages(t *testing.T) {
	const secret = "private-cause-4711"
	for _, kind := range idc.AllKinds() {
		t.Run(kind.String(), func(t *testing.T) {
			site, log := newSite(t, "http://gate.example")
			site.Handle("GET /x", func(*http.Request) (webui.Reply, error) {
				return webui.Reply{}, idc.Errorf(kind, "Public <words>.").Because(errors.New(secret))
			})
			got := answer(site, get("/x"))
			text := body(t, got)
			if got.StatusCode < 400 || (kind != idc.Internal) != (got.StatusCode != 500) {
				t.Errorf("status %d", got.StatusCode)
			}
			if strings.Contains(text, secret) || !strings.Contains(log.String(), secret) {
				t.Error("the private cause belongs into the log and nowhere else")
			}
			if !strings.Contains(text, testRequestID) || !strings.Contains(log.String(), testRequestID) {
				t.Error("page and log must share the request id")
			}
			if strings.Contains(text, "Public &lt;words&gt;.") != (kind != idc.Internal) {
				t.Error("the public text must be shown, but never that of an internal error")
			}
			if strings.Contains(log.String(), "level=ERROR") != (kind == idc.Internal) {
				t.Errorf("only our own faults are errors in the log: %s", log)
			}
		})
	}
}

func TestPanicBecomesAPage(t *testing.T) {
	site, log := newSite(t, "http://gate.example")
	site.Handle("GET /x", func(*http.Request) (webui.Reply, error) { panic("broken-4711") })
	got := answer(site, get("/x"))
	text := body(t, got)
	if got.StatusCode != 500 || strings.Contains(text, "broken-4711") || !strings.Contains(text, testRequestID) {
		t.Errorf("status %d: %s", got.StatusCode, text)
	}
	if !strings.Contains(log.String(), "broken-4711") || !strings.Contains(log.String(), testRequestID) {
		t.Errorf("log: %s", log)
	}
}

func TestLogNamesTheRouteAndNotTheLink(t *testing.T) {
	site, log := newSite(t, "http://gate.example")
	site.Handle("GET /link/{token}", func(*http.Request) (webui.Reply, error) {
		return webui.Reply{}, errors.New("no")
	})
	answer(site, get("/link/secret-4711"))
	answer(site, post("/link/secret-4711", ""))
	answer(site, get("/links/secret-4711"))
	if strings.Contains(log.String(), "secret-4711") || !strings.Contains(log.String(), "/link/{token}") {
		t.Errorf("log: %s", log)
	}
}

func TestCookiesAreSetWithAnError(t *testing.T) {
	site, _ := newSite(t, "http://gate.example")
	site.Handle("GET /x", func(*http.Request) (webui.Reply, error) {
		return webui.Reply{}.WithCookie(site.ClearCookie("flow")), idc.Errorf(idc.Expired, "Over.")
	})
	got := answer(site, get("/x"))
	if got.StatusCode != http.StatusGone || len(got.Cookies()) != 1 || got.Cookies()[0].MaxAge >= 0 {
		t.Errorf("status %d, cookies %v", got.StatusCode, got.Cookies())
	}
}

func TestFormLimits(t *testing.T) {
	large := "username=" + strings.Repeat("a", 64<<10)
	tests := []struct {
		name        string
		body        string
		contentType string
		status      int
	}{
		{"a form", "username=dana", "application/x-www-form-urlencoded", 200},
		{"with a charset", "username=dana", "application/x-www-form-urlencoded; charset=utf-8", 200},
		{"empty", "", "", 200},
		{"JSON", `{"username":"dana"}`, "application/json", 400},
		{"text that looks like a form", "username=dana", "text/plain", 400},
		{"multipart", "--x", "multipart/form-data; boundary=x", 400},
		{"no type", "username=dana", "", 400},
		{"too large", large, "application/x-www-form-urlencoded", 400},
		{"NUL", "username=da%00na", "application/x-www-form-urlencoded", 400},
		{"NUL in a field's name", "user%00name=dana", "application/x-www-form-urlencoded", 400},
		{"not UTF-8", "username=%ff%fe", "application/x-www-form-urlencoded", 400},
		{"broken escape", "username=%zz", "application/x-www-form-urlencoded", 400},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			site, _ := newSite(t, "http://gate.example")
			called := false
			site.Handle("POST /x", func(r *http.Request) (webui.Reply, error) {
				called = true
				return webui.Show(webui.SignIn{Username: r.PostForm.Get("username")}), nil
			})
			r := post("/x", test.body)
			r.Header.Set("Content-Type", test.contentType)
			got := answer(site, r)
			if got.StatusCode != test.status || called != (test.status == 200) {
				t.Errorf("status %d, handler called: %v", got.StatusCode, called)
			}
		})
	}
}

func TestUnknownAddressesGetPages(t *testing.T) {
	site, _ := newSite(t, "http://gate.example")
	site.Handle("GET /x", show(webui.SignIn{}))
	missing := answer(site, get("/nothing"))
	if text := body(t, missing); missing.StatusCode != 404 || !strings.Contains(text, "There is nothing here") {
		t.Errorf("unknown path: %d %s", missing.StatusCode, text)
	}
	wrong := answer(site, post("/x", ""))
	if text := body(t, wrong); wrong.StatusCode != 405 || wrong.Header.Get("Allow") != "GET, HEAD" || !strings.Contains(text, testRequestID) {
		t.Errorf("wrong method: %d, Allow %q", wrong.StatusCode, wrong.Header.Get("Allow"))
	}
	head := get("/x")
	head.Method = "HEAD"
	got := answer(site, head)
	if text := body(t, got); got.StatusCode != 200 || text != "" || got.Header.Get("Content-Length") == "0" {
		t.Errorf("HEAD: %d with %d bytes", got.StatusCode, len(text))
	}
}
