package webui_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/webui/stories"
)

func TestCookies(t *testing.T) {
	tests := []struct {
		public string
		name   string
		secure bool
	}{
		{"https://gate.example", "__Host-session", true},
		{"http://127.0.0.1:8080", "session", false},
	}
	for _, test := range tests {
		site, _ := newSite(t, test.public)
		expires := stories.Now().Add(time.Hour)
		c := site.Cookie("session", "v4lue", expires)
		if c.Name != test.name || c.Secure != test.secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode ||
			c.Path != "/" || c.Domain != "" || !c.Expires.Equal(expires) {
			t.Errorf("%s: %v", test.public, c)
		}
		gone := site.ClearCookie("session")
		if gone.Name != test.name || gone.MaxAge >= 0 || gone.Value != "" || gone.Secure != test.secure || gone.Path != "/" {
			t.Errorf("%s: clearing with %v", test.public, gone)
		}
	}
}

func TestReadCookie(t *testing.T) {
	tests := []struct {
		name, public, header, want string
	}{
		{"plain", "http://127.0.0.1:8080", "session=a", "a"},
		{"prefixed", "https://gate.example", "__Host-session=a", "a"},
		{"a cookie without the prefix does not count on https", "https://gate.example", "session=a", ""},
		{"the right one beside a planted one", "https://gate.example", "session=evil; __Host-session=a", "a"},
		{"twice", "http://127.0.0.1:8080", "session=a; session=b", ""},
		{"absent", "http://127.0.0.1:8080", "other=a", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			site, _ := newSite(t, test.public)
			r := get("/")
			r.Header.Set("Cookie", test.header)
			if got := site.ReadCookie(r, "session"); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
