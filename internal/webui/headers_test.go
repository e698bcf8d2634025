package webui_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/webui"
	"github.com/gatehouse-idc/gatehouse/internal/webui/stories"
)

func TestEveryResponseCarriesTheSecurityHeaders(t *testing.T) {
	for _, public := range []string{"http://127.0.0.1:8080", "https://gate.example"} {
		site, _ := newSite(t, public)
		site.Handle("GET /page", show(webui.SignIn{}))
		site.Handle("GET /redirect", func(*http.Request) (webui.Reply, error) { return webui.Redirect("/page"), nil })
		site.Handle("GET /error", func(*http.Request) (webui.Reply, error) { return webui.Reply{}, errors.New("no") })
		site.Handle("GET /panic", func(*http.Request) (webui.Reply, error) { panic("no") })
		site.Handle("POST /form", show(webui.SignIn{}))
		crossSite := post("/form", "a=b")
		crossSite.Header.Set("Sec-Fetch-Site", "cross-site")
		requests := map[string]*http.Request{
			"page": get("/page"), "redirect": get("/redirect"), "error": get("/error"), "panic": get("/panic"),
			"form": post("/form", "a=b"), "bad form": post("/form", "a=%00"), "cross-site": crossSite,
			"unknown": get("/unknown"), "wrong method": post("/page", ""), "cleaned path": get("/a/../page"),
			"unknown asset": get("/assets/x/y"), "asset": get(stylesheet(t, site)),
		}
		for name, r := range requests {
			got := answer(site, r)
			h := got.Header
			csp := h.Get("Content-Security-Policy")
			for _, directive := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "style-src 'self'"} {
				if !strings.Contains(csp, directive) {
					t.Errorf("%s %s: policy %q lacks %s", public, name, csp, directive)
				}
			}
			if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
				t.Errorf("%s %s: loose policy %q", public, name, csp)
			}
			want := map[string]string{
				"X-Content-Type-Options":       "nosniff",
				"Referrer-Policy":              "same-origin",
				"X-Frame-Options":              "DENY",
				"Cross-Origin-Opener-Policy":   "same-origin",
				"Cross-Origin-Resource-Policy": "same-origin",
				"Cache-Control":                "no-store",
				"Strict-Transport-Security":    "",
			}
			if name == "asset" {
				want["Cache-Control"] = "public, max-age=31536000, immutable"
			}
			if strings.HasPrefix(public, "https:") {
				want["Strict-Transport-Security"] = "max-age=31536000"
			}
			for header, value := range want {
				if h.Get(header) != value {
					t.Errorf("%s %s: %s is %q, want %q", public, name, header, h.Get(header), value)
				}
			}
		}
	}
}

func TestScriptsRunOnlyWhereOneIsUsed(t *testing.T) {
	site, _ := newSite(t, "http://gate.example")
	for _, story := range stories.All() {
		site.Handle("GET /"+story.Path, show(story.Page))
		got := answer(site, get("/"+story.Path))
		allowed := strings.Contains(got.Header.Get("Content-Security-Policy"), "script-src 'self'")
		if used := strings.Contains(body(t, got), "<script"); used != allowed {
			t.Errorf("%s: script used %v, allowed %v", story.Path, used, allowed)
		}
	}
}

func TestFormsMayLeadToOneForeignOriginAtMost(t *testing.T) {
	tests := []struct{ leadsTo, want string }{
		{"", "form-action 'self'"},
		{"http://127.0.0.1:43123/oauth/callback?x=1", "form-action 'self' http://127.0.0.1:43123"},
		{"http://localhost:9/", "form-action 'self' http://localhost:9"},
		{"https://app.example/cb", "form-action 'self' https://app.example"},
		{"http://[::1]:9/cb", "form-action 'self'"}, // not expressible; see RedirectOut
		{"javascript:alert(1)", "form-action 'self'"},
		{"http://a;script-src%20*/", "form-action 'self'"},
		{"http://a;script-src", "form-action 'self'"},
		{"http://u:p@a.example/", "form-action 'self'"},
		{"http://*.example/", "form-action 'self'"},
		{"/device", "form-action 'self'"},
		{"://", "form-action 'self'"},
	}
	for _, test := range tests {
		if got := webui.Policy(false, test.leadsTo); !strings.HasSuffix(got, "; "+test.want) {
			t.Errorf("%q: %q does not end in %q", test.leadsTo, got, test.want)
		}
	}
}

func TestConsentMayLeadToItsRedirectURI(t *testing.T) {
	site, _ := newSite(t, "http://gate.example")
	site.Handle("GET /x", show(webui.Consent{RedirectURI: "http://127.0.0.1:43123/oauth/callback"}))
	csp := answer(site, get("/x")).Header.Get("Content-Security-Policy")
	if !strings.HasSuffix(csp, "form-action 'self' http://127.0.0.1:43123") {
		t.Errorf("policy %q", csp)
	}
}
