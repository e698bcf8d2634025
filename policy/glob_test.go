package policy

import (
	"regexp"
	"strings"
	"testing"
)

// regexpOf is the slow, obvious meaning of tokens.
func regexpOf(toks []token) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for _, t := range toks {
		switch t.kind {
		case textToken:
			b.WriteString(regexp.QuoteMeta(t.text))
		case starToken:
			b.WriteString(`.*`)
		case questionToken:
			b.WriteString(`.`)
		case fieldStar:
			b.WriteString(`[^:]*`)
		case fieldQuestion:
			b.WriteString(`[^:]`)
		}
	}
	b.WriteString(`\z`)
	return regexp.MustCompile(b.String())
}

// FuzzGlob compares the matchers with regular expressions built from the same tokens.
func FuzzGlob(f *testing.F) {
	for _, s := range [][2]string{
		{"a*b", "axxb"}, {"*", ""}, {"??", "é"}, {"*a*a*b", "aaaa"}, {"arn:aws:s3:::b/*", "arn:aws:s3:::b/k"},
		{"arn:aws:lambda:us-*-1:*:f", "arn:aws:lambda:us-east-1:1:function:f"}, {"*??", "中"}, {"a**?c", "abc"},
	} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if len(pattern) > 100 || len(s) > 600 || !isValidText(pattern) || !isValidText(s) {
			return
		}
		free := parseTemplate(pattern, syntax{wildcards: true})
		want := regexpOf(free.tokens).MatchString(s)
		if got := matchTokens(free.tokens, s); got != want {
			t.Errorf("matchTokens(%q, %q) = %v", pattern, s, got)
		}
		if got := matchConfined(free.tokens, s); got != want {
			t.Errorf("matchConfined(%q, %q) = %v", pattern, s, got)
		}
		r := compileResource(pattern, false)
		if want := r.all || regexpOf(r.pattern.tokens).MatchString(s); s != "*" && (r.match(&Context{}, s) != no) != want {
			t.Errorf("resource %q matches %q: want %v", pattern, s, want)
		}
		if p, n := strings.ToLower(pattern), strings.ToLower(s); isASCII(p) && isASCII(n) {
			lower := parseTemplate(p, syntax{wildcards: true})
			if got := matchName(p, []byte(n)); got != regexpOf(lower.tokens).MatchString(n) {
				t.Errorf("matchName(%q, %q) = %v", p, n, got)
			}
		}
	})
}

func isValidText(s string) bool { return firstInvalidUTF8(s) < 0 }

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 127 }) < 0
}

// TestGlobIsNotExponential matches what a backtracking matcher would not finish before the test binary's deadline.
func TestGlobIsNotExponential(t *testing.T) {
	pattern := strings.Repeat("*a", 500) + "*b"
	s := strings.Repeat("a", 2000)
	free := parseTemplate(pattern, syntax{wildcards: true})
	if matchTokens(free.tokens, s) {
		t.Error("matchTokens: a string without b matches a pattern that ends in it")
	}
	if matchName(pattern, []byte(s)) {
		t.Error("matchName: a string without b matches a pattern that ends in it")
	}
	r := compileResource("arn:aws:s3:"+pattern+"c::x", false)
	if !r.pattern.confined || r.pattern.match(&Context{}, "arn:aws:s3:"+s+"::x") {
		t.Error("matchConfined: a string without b matches a pattern that needs it")
	}
}
