package sigv4

import (
	"cmp"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// params are query parameters, decoded, in the order they were sent.
type params []param

type param struct{ key, value string }

// parseQuery reads a query as url.ParseQuery does, plus being the inverse of the canonical query: it
// refuses what url.ParseQuery would silently drop, or a parameter could be removed from a signed
// request by spoiling it.
func parseQuery(raw string) (params, error) {
	if raw == "" {
		return nil, nil
	}
	if strings.Contains(raw, ";") {
		return nil, badQuery()
	}
	var out params
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		key, value, _ := strings.Cut(pair, "=")
		k, err := url.QueryUnescape(key)
		if err != nil {
			return nil, badQuery()
		}
		v, err := url.QueryUnescape(value)
		if err != nil {
			return nil, badQuery()
		}
		out = append(out, param{k, v})
	}
	return out, nil
}

func badQuery() *Error {
	return incomplete("The query string cannot be read: it has a bad escape or a raw semicolon.")
}

func (p params) has(key string) bool {
	return slices.ContainsFunc(p, func(e param) bool { return e.key == key })
}

func (p params) without(key string) params {
	return slices.DeleteFunc(slices.Clone(p), func(e param) bool { return e.key == key })
}

// canonicalize builds the canonical request up to its last line, the payload hash.
func (s *Signed) canonicalize(r *http.Request, query params, f *Foreign) error {
	path := requestPath(r)
	normal := path
	out := make([]byte, 0, 1024)
	out = append(out, r.Method...)
	out = append(out, '\n')
	if f != nil && f.S3 {
		out = append(out, path...)
	} else {
		normal = normalize(path)
		out = appendEscaped(out, normal, true)
	}
	afterPath := len(out)
	out = append(out, '\n')
	out = appendQuery(out, query)
	out = append(out, '\n')
	for _, name := range s.SignedHeaders {
		out = append(out, name...)
		out = append(out, ':')
		var ok bool
		if out, ok = appendHeader(out, r, name); !ok {
			return mismatch() // a header that was signed did not arrive
		}
		out = append(out, '\n')
	}
	out = append(out, '\n')
	for i, name := range s.SignedHeaders {
		if i > 0 {
			out = append(out, ';')
		}
		out = append(out, name...)
	}
	out = append(out, '\n')
	s.canonical = out
	if normal != path {
		s.plainPath = append(appendEscaped([]byte(r.Method+"\n"), path, true), out[afterPath:]...)
	}
	return nil
}

// requestPath is the path as it was sent, still escaped. What a router in front of us may have done
// to r.URL does not matter: the client signed what it sent.
func requestPath(r *http.Request) string {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	if _, afterScheme, absolute := strings.Cut(path, "://"); absolute && !strings.HasPrefix(path, "/") {
		slash := strings.IndexByte(afterScheme, '/')
		if slash < 0 {
			return "/"
		}
		path = afterScheme[slash:]
	}
	if r.RequestURI == "" { // a request that did not come through a server
		path = r.URL.EscapedPath()
	}
	if path == "" {
		return "/"
	}
	return path
}

// normalize removes empty and dot segments, as the specification has it for all services but S3.
// Signers disagree about it (the Go SDK leaves the path alone), so that Verify accepts either.
func normalize(path string) string {
	if !strings.Contains(path, "//") && !strings.Contains(path, "/.") {
		return path
	}
	var out []string
	for segment := range strings.SplitSeq(path, "/") {
		switch segment {
		case "", ".":
		case "..":
			if len(out) > 0 {
				out = out[:len(out)-1]
			}
		default:
			out = append(out, segment)
		}
	}
	normal := "/" + strings.Join(out, "/")
	if strings.HasSuffix(path, "/") && normal != "/" {
		normal += "/"
	}
	return normal
}

// appendQuery writes the parameters escaped and then sorted.
func appendQuery(out []byte, query params) []byte {
	escaped := make(params, len(query))
	for i, p := range query {
		escaped[i] = param{string(appendEscaped(nil, p.key, false)), string(appendEscaped(nil, p.value, false))}
	}
	slices.SortFunc(escaped, func(a, b param) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.value, b.value))
	})
	for i, p := range escaped {
		if i > 0 {
			out = append(out, '&')
		}
		out = append(out, p.key...)
		out = append(out, '=')
		out = append(out, p.value...)
	}
	return out
}

// appendHeader writes a header's values, comma-separated, without outer spaces and with inner runs
// of spaces made one. It reports whether the request has the header.
func appendHeader(out []byte, r *http.Request, name string) ([]byte, bool) {
	values := r.Header[textproto.CanonicalMIMEHeaderKey(name)]
	switch {
	case name == "host":
		values = []string{r.Host} // net/http takes Host out of the headers
	case name == "content-length" && len(values) == 0 && r.ContentLength > 0:
		return strconv.AppendInt(out, r.ContentLength, 10), true
	}
	for i, value := range values {
		if i > 0 {
			out = append(out, ',')
		}
		value = strings.Trim(value, " \t")
		if !strings.Contains(value, "  ") {
			out = append(out, value...)
			continue
		}
		for j := range len(value) {
			if value[j] != ' ' || value[j-1] != ' ' { // the first is never a space
				out = append(out, value[j])
			}
		}
	}
	return out, len(values) > 0
}

// appendEscaped percent-encodes all but the unreserved characters of RFC 3986 and, in a path, the
// slash. A path is escaped already and gets its second escaping here.
func appendEscaped(out []byte, s string, path bool) []byte {
	const upperHex = "0123456789ABCDEF"
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9',
			c == '-', c == '.', c == '_', c == '~', path && c == '/':
			out = append(out, c)
		default:
			out = append(out, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return out
}
