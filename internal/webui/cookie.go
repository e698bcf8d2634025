package webui

import (
	"net/http"
	"time"
)

// Cookie makes a cookie that scripts cannot read and other sites cannot send
// with a form: HttpOnly, SameSite=Lax (so that a link in a mail still finds the
// session), the whole origin and nothing but the origin. Where the public address
// is https it is Secure and carries the __Host- prefix, which no sub-domain and no
// plain-text answer can set (RFC 6265bis section 4.1.3.2).
//
// A zero expires makes it last until the browser closes. The value is the
// caller's secret; keep only its hash.
func (s *Site) Cookie(name, value string, expires time.Time) *http.Cookie {
	return &http.Cookie{
		Name:     s.cookieName(name),
		Value:    value,
		Path:     "/",
		Expires:  expires,
		Secure:   s.secure,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	}
}

// ClearCookie makes the cookie that removes the one of that name.
func (s *Site) ClearCookie(name string) *http.Cookie {
	c := s.Cookie(name, "", time.Time{})
	c.MaxAge = -1
	return c
}

// ReadCookie returns the value of the cookie, or "". A name that comes twice
// counts as absent: one of the two was planted by somebody else.
func (s *Site) ReadCookie(r *http.Request, name string) string {
	found := r.CookiesNamed(s.cookieName(name))
	if len(found) != 1 {
		return ""
	}
	return found[0].Value
}

func (s *Site) cookieName(name string) string {
	if s.secure {
		return "__Host-" + name
	}
	return name
}
