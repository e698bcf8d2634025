package extauthz

import (
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"
)

// readings are the ways in which servers read a path: decoded once or twice, with plus signs as
// spaces or not, cleaned of dot and empty segments before or after, with parameters of segments cut.
func readings(raw string) []string {
	var out []string
	add := func(s string, err error) {
		if err != nil {
			s = "unreadable"
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	clean := func(s string) string {
		cleaned := path.Clean(s)
		if strings.HasSuffix(s, "/") && cleaned != "/" {
			cleaned += "/"
		}
		return cleaned
	}
	add(url.PathUnescape(raw))
	add(url.QueryUnescape(raw))
	add(url.PathUnescape(clean(raw)))
	once, err := url.PathUnescape(raw)
	add(clean(once), err)
	add(strings.ReplaceAll(once, `\`, "/"), err)
	if strings.Contains(raw, "%25") {
		// Who decodes twice keeps a lone percent sign.
		if twice, err := url.PathUnescape(once); err == nil {
			add(twice, nil)
		}
	}
	cut, _, _ := strings.Cut(raw, ";")
	add(url.PathUnescape(cut))
	return out
}

func TestPathsHaveOneReading(t *testing.T) {
	for raw, want := range map[string][]string{
		"/": {""}, "/a": {"a"}, "/a/": {"a", ""}, "/a/b": {"a", "b"}, "/a%20b/c": {"a b", "c"}, "/%E2%82%AC": {"€"}, "/a=b:c@d": {"a=b:c@d"}, "/1%25": {"1%"},
		"/a..b": {"a..b"}, "/.hidden": {".hidden"},
	} {
		got, err := splitPath(raw, false)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v; want %q", raw, got, err, want)
		}
		if all := readings(raw); len(all) != 1 {
			t.Errorf("%s has the readings %q", raw, all)
		}
	}
	for _, raw := range []string{"", "a", "*", "//", "/a//b", "/a/../b", "/..", "/.", "/a/%2E%2E", "/a%2fb", "/a%2Fb", "/a%5Cb", `/a\b`, "/a+b", "/a;b=c", "/a%3",
		"/%", "/%zz", "/a%252Fb", "/%00", "/%7F", "/a%0A", "/%FF", "/%61", "/ä", "/a b", "/a#b", "/a\"b", "/[a]", "/a|b", "/%20", "/a/ /b"} {
		if got, err := splitPath(raw, false); err == nil {
			t.Errorf("%s is read as %q", raw, got)
		}
	}
}

// FuzzPath looks for an accepted path that servers read differently.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{"/", "/a/b", "/a%20b", "/a/../b", "/a%2Fb", "/%252E", "/a;b", "/a+b", "/1%25"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		strict, strictErr := splitPath(raw, true)
		segments, err := splitPath(raw, false)
		if strictErr == nil && (err != nil || !slices.Equal(strict, segments)) {
			t.Fatalf("%q: strictly %q, otherwise %q, %v", raw, strict, segments, err)
		}
		if err != nil {
			return
		}
		if all := readings(raw); len(all) != 1 || all[0] != "/"+strings.Join(segments, "/") {
			t.Errorf("%q is read here as %q and elsewhere as %q", raw, segments, all)
		}
	})
}
