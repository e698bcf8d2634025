package extauthz

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A path means something else to whoever decodes it once more, once less, or in another order. What
// the proxy routes by, what is judged here and what the service does must be one thing, so a path in
// which they could differ is refused, whoever signed it.

// splitPath decodes a path as it was sent into its segments. The last one is empty when the path
// ends in a slash. strict wants the one spelling that AWS's signers give a path: unreserved
// characters plain, everything else escaped.
func splitPath(raw string, strict bool) ([]string, error) {
	if !strings.HasPrefix(raw, "/") {
		return nil, ambiguous("it does not begin with a slash")
	}
	for i := range len(raw) {
		if c := raw[i]; c != '/' && c != '%' && !unreserved(c) && (strict || !strings.ContainsRune("!$&'()*,=:@", rune(c))) {
			return nil, ambiguous(fmt.Sprintf("%q must be written as %%%02X", c, c))
		}
	}
	if raw == "/" {
		return []string{""}, nil
	}
	parts := strings.Split(raw[1:], "/")
	for i, part := range parts {
		if part == "" && i == len(parts)-1 {
			continue // a trailing slash
		}
		decoded, err := decodeSegment(part)
		if err != nil {
			return nil, err
		}
		parts[i] = decoded
	}
	return parts, nil
}

// decodeSegment decodes one segment, and refuses what a second decoding or a file system would
// understand differently.
func decodeSegment(part string) (string, error) {
	for i := 0; i < len(part); i++ {
		if part[i] != '%' {
			continue
		}
		c, ok := escaped(part[i:])
		switch {
		case !ok:
			return "", ambiguous("it has a bad percent escape")
		case part[i+1:i+3] != strings.ToUpper(part[i+1:i+3]):
			return "", ambiguous("escapes must be written in upper case")
		case unreserved(c):
			return "", ambiguous(fmt.Sprintf("%q must not be escaped", c))
		case c == '/' || c == '\\':
			return "", ambiguous("a segment holds an escaped slash or backslash")
		}
		i += 2
	}
	text, err := url.PathUnescape(part)
	if err != nil {
		return "", ambiguous("it has a bad percent escape")
	}
	switch {
	case strings.Trim(text, ". ") == "": // also an empty one
		return "", ambiguous("it has an empty or dot segment")
	case !plainText(text):
		return "", ambiguous("it has control characters or is not UTF-8")
	}
	for i := range len(text) {
		if _, again := escaped(text[i:]); again {
			return "", ambiguous("it is escaped twice")
		}
	}
	return text, nil
}

// escaped reads a percent escape at the beginning of s.
func escaped(s string) (byte, bool) {
	if len(s) < 3 || s[0] != '%' {
		return 0, false
	}
	high, low := hexDigit(s[1]), hexDigit(s[2])
	return high<<4 | low, high < 16 && low < 16
}

func hexDigit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	}
	return 16
}

// unreserved is RFC 3986, section 2.3.
func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

func plainText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

func ambiguous(why string) error {
	return denial{code: codeInvalidURI, reason: "The path is ambiguous: " + why + "."}
}

// readQuery decodes a query. Each parameter may occur once, because servers differ in which of two
// they take, and a plus sign must be escaped, because they differ in what it means.
func readQuery(raw string) (map[string]string, error) {
	out := map[string]string{}
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		for i := range len(pair) {
			if c := pair[i]; c == '+' || c == ';' || c == '#' || c <= ' ' || c >= 0x7F {
				return nil, badQuery(fmt.Sprintf("%q must be written as %%%02X", c, c))
			}
		}
		name, value, _ := strings.Cut(pair, "=")
		k, err := url.QueryUnescape(name)
		if err != nil {
			return nil, badQuery("it has a bad percent escape")
		}
		v, err := url.QueryUnescape(value)
		if err != nil {
			return nil, badQuery("it has a bad percent escape")
		}
		if !plainText(k) || !plainText(v) {
			return nil, badQuery("it has control characters or is not UTF-8")
		}
		if _, twice := out[k]; twice {
			return nil, badQuery("a parameter occurs twice")
		}
		out[k] = v
	}
	return out, nil
}

func badQuery(why string) error {
	return denial{code: codeInvalidURI, reason: "The query is ambiguous: " + why + "."}
}
