package webui_test

import (
	"net/http"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/webui"
)

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	tests := []struct {
		name      string
		method    string
		fetchSite string
		origin    string
		allowed   bool
	}{
		{"own form", "POST", "same-origin", "http://gate.example", true},
		{"typed address", "POST", "none", "", true},
		{"program without a browser's headers", "POST", "", "", true},
		{"own form in a browser without Fetch metadata", "POST", "", "http://gate.example", true},
		{"own form through a proxy that rewrites Host", "POST", "", "https://public.example", true},
		{"other site", "POST", "cross-site", "https://evil.example", false},
		{"other port or sub-domain", "POST", "same-site", "http://gate.example:81", false},
		{"other site in a browser without Fetch metadata", "POST", "", "https://evil.example", false},
		{"sandboxed frame", "POST", "", "null", false},
		{"other site, other method", "DELETE", "cross-site", "https://evil.example", false},
		{"link from another site", "GET", "cross-site", "", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			site, _ := newSite(t, "https://public.example")
			called := false
			site.Handle(test.method+" /x", func(*http.Request) (webui.Reply, error) {
				called = true
				return webui.Show(webui.SignIn{}), nil
			})
			r := post("/x", "decision=allow")
			r.Method = test.method
			if test.fetchSite != "" {
				r.Header.Set("Sec-Fetch-Site", test.fetchSite)
			}
			if test.origin != "" {
				r.Header.Set("Origin", test.origin)
			}
			got := answer(site, r)
			if called != test.allowed || (got.StatusCode == http.StatusForbidden) == test.allowed {
				t.Errorf("handler called: %v, status %d", called, got.StatusCode)
			}
		})
	}
}
