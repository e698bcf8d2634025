package awsapi

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// matcher is a pattern made ready on first use: compiling all of them would
// cost more than the rest of the program's start.
type matcher struct {
	once  sync.Once
	match func(string) bool
}

// MatchString reports whether the whole of s matches the pattern; it is true
// when there is none. AWS's validator anchors every pattern at both ends.
func (c *Constraint) MatchString(s string) bool {
	if c.Pattern == "" {
		return true
	}
	c.pattern.once.Do(func() {
		match, err := compile(c.Pattern)
		if err != nil {
			// A test compiles every pattern of every model, so this one is no
			// model's; nothing is let through by it.
			match = func(string) bool { return false }
		}
		c.pattern.match = match
	})
	return c.pattern.match(s)
}

// CheckPattern reports a pattern that cannot be matched.
func CheckPattern(pattern string) error {
	_, err := compile(pattern)
	return err
}

// compile translates a model's pattern, written for Java or ECMAScript, into a
// function. What Go's linear-time engine cannot express is matched by hand.
func compile(pattern string) (func(string) bool, error) {
	switch pattern {
	case anyText, anyTextToo:
		return func(string) bool { return true }, nil
	case durationPattern:
		return matchDuration, nil
	case dashedLabelPattern:
		return matchDashedLabel, nil
	}
	re, err := regexp.Compile(`\A(?:` + translate(pattern) + `)\z`)
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", pattern, err)
	}
	return re.MatchString, nil
}

const (
	anyText    = `[\s\S]*`
	anyTextToo = `[\S\s]*`
	// An ISO 8601 duration. The lookahead asks for at least one part after P,
	// but a bare T may end it ("P1YT"), since each part after T is optional.
	durationPattern = `(-?)P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)([DW]))?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?`
	// A label without two dashes in a row, not ending in one.
	dashedLabelPattern = `^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$`
)

// translate rewrites what Go spells differently: \uXXXX is \x{XXXX}. The
// supplementary planes appear in two ways: as a range of surrogate pairs, and as
// "\u10000-\u10FFFF", which is meant so although Java reads four digits only.
func translate(pattern string) string {
	pattern = strings.NewReplacer(
		`\u10000-\u10FFFF`, `\x{10000}-\x{10FFFF}`,
		`\uD800\uDC00-\uDBFF\uDFFF`, `\x{10000}-\x{10FFFF}`,
	).Replace(pattern)
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != '\\' || i+1 == len(pattern) {
			b.WriteByte(pattern[i])
			continue
		}
		if pattern[i+1] == 'u' && i+6 <= len(pattern) {
			b.WriteString(`\x{` + pattern[i+2:i+6] + `}`)
			i += 5
			continue
		}
		b.WriteString(pattern[i : i+2])
		i++
	}
	return b.String()
}

// matchDuration matches durationPattern.
func matchDuration(s string) bool {
	s = strings.TrimPrefix(s, "-")
	s, ok := strings.CutPrefix(s, "P")
	if !ok || s == "" || !isDigit(s[0]) && (s[0] != 'T' || len(s) < 2 || !isDigit(s[1])) {
		return false
	}
	date, clock, hasClock := strings.Cut(s, "T")
	date = cutPart(cutPart(date, "Y"), "M")
	if rest := cutPart(date, "D"); rest != date {
		date = rest
	} else {
		date = cutPart(date, "W")
	}
	if date != "" || !hasClock {
		return date == ""
	}
	clock = cutPart(cutPart(clock, "H"), "M")
	return clock == "" || isSeconds(clock)
}

// cutPart removes digits followed by unit from the front of s, if it starts so.
func cutPart(s, unit string) string {
	digits := countDigits(s)
	if rest, ok := strings.CutPrefix(s[digits:], unit); ok && digits > 0 {
		return rest
	}
	return s
}

func isSeconds(s string) bool {
	s, ok := strings.CutSuffix(s, "S")
	whole, fraction, hasPoint := strings.Cut(s, ".")
	allDigits := func(t string) bool { return t != "" && countDigits(t) == len(t) }
	return ok && allDigits(whole) && (!hasPoint || allDigits(fraction))
}

func countDigits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// matchDashedLabel matches dashedLabelPattern.
func matchDashedLabel(s string) bool {
	if len(s) < 3 || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' || strings.Contains(s, "--") {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isDigit(c) && (c < 'a' || c > 'z') && c != '-' {
			return false
		}
	}
	return true
}
