package webui

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// setHeaders sets what every response carries, pages and assets alike.
func (s *Site) setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", policy(false, ""))
	// Not no-referrer: it would also turn the Origin header of our own forms into
	// "null", which the cross-origin check relies on where browsers send no Fetch metadata.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cache-Control", "no-store")
	if s.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// policy is the Content-Security-Policy of a page. Images may be data: addresses
// for the QR code of an enrolment, whose secret must not have an address of its own.
func policy(script bool, leadsTo string) string {
	directives := []string{
		"default-src 'none'",
		"style-src 'self'",
		"font-src 'self'",
		"img-src 'self' data:",
		"base-uri 'none'",
		"frame-ancestors 'none'",
		"require-trusted-types-for 'script'",
		"trusted-types 'none'",
	}
	if script {
		directives = append(directives, "script-src 'self'")
	}
	forms := "form-action 'self'"
	if origin, ok := formActionOrigin(leadsTo); ok {
		forms += " " + origin
	}
	return strings.Join(append(directives, forms), "; ")
}

// formActionOrigin is the source expression for the origin of an address. It
// reports false when there is none: the grammar of host-source (CSP level 3,
// section 2.3.1) has no IPv6 literals, and a host with other characters than
// those of names could end the directive.
func formActionOrigin(address string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || !isWebAddress(u) {
		return "", false
	}
	for _, r := range u.Host {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:", r) {
			return "", false
		}
	}
	return u.Scheme + "://" + u.Host, true
}

func isWebAddress(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil
}

func isIPv6Literal(u *url.URL) bool {
	a, err := netip.ParseAddr(u.Hostname())
	return err == nil && a.Is6()
}
