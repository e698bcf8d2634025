package webui

import (
	"net/url"
	"strings"
)

// ReturnPath makes a return address that came with a request safe to redirect
// to: it is parsed as a path and query of this origin and written out again. What
// is not one ("//evil", `\\evil`, "/%09/evil", "https:evil", ...) gives fallback.
func ReturnPath(raw, fallback string) string {
	if path, ok := localPath(raw); ok {
		return path
	}
	return fallback
}

// localPath re-serialises raw when it is an absolute path, with or without a
// query, that every browser resolves within this origin. Browsers read "\" as "/"
// and drop tabs and line ends (WHATWG URL section 4.4), so none may appear, not
// even escaped: a later decoder must not see what this one did not.
func localPath(raw string) (string, bool) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "" || u.Opaque != "" || u.Host != "" || u.User != nil {
		return "", false
	}
	for _, part := range []string{raw, u.Path} {
		if !strings.HasPrefix(part, "/") || strings.HasPrefix(part, "//") || strings.ContainsFunc(part, misreadInPaths) {
			return "", false
		}
	}
	// "/./" and "/../" vanish in the browser, which could leave "//" at the front.
	for segment := range strings.SplitSeq(u.Path, "/") {
		if segment == "." || segment == ".." {
			return "", false
		}
	}
	if strings.Contains(u.Path, "//") {
		return "", false
	}
	clean := url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery}
	return clean.String(), true
}

func misreadInPaths(r rune) bool { return r == '\\' || r <= ' ' || r == 0x7f || r == 0xfffd }
