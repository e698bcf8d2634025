package model

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
)

// Two patterns of the models look ahead, which Go's engine cannot; these say the same without.
func withoutLookahead(pattern string) string {
	switch pattern {
	case `(-?)P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)([DW]))?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?`:
		return `-?P(T\d+H|\d+D)`
	case `^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$`:
		return `[a-z0-9]{3,63}`
	}
	return pattern
}

// goPattern writes a pattern for Go: \uXXXX is \x{XXXX}, the supplementary planes are a range.
func goPattern(pattern string) string {
	pattern = strings.NewReplacer(`\u10000-\u10FFFF`, `\x{10000}-\x{10FFFF}`,
		`\uD800\uDC00-\uDBFF\uDFFF`, `\x{10000}-\x{10FFFF}`).Replace(withoutLookahead(pattern))
	return regexp.MustCompile(`\\u([0-9A-Fa-f]{4})`).ReplaceAllString(pattern, `\x{$1}`)
}

// Compile makes a pattern of the models that matches whole values, as AWS reads them.
func Compile(pattern string) (*regexp.Regexp, error) {
	return regexp.Compile(`\A(?:` + goPattern(pattern) + `)\z`)
}

// sample is a shape's sample once it has been looked for.
type sample struct {
	once sync.Once
	text string
	err  error
}

// Sample returns a text that matches the shape's pattern and has a length within its bounds.
func (s *Shape) Sample() (string, error) {
	s.sample.once.Do(func() { s.sample.text, s.sample.err = s.findSample() })
	return s.sample.text, s.sample.err
}

func (s *Shape) findSample() (string, error) {
	if len(s.Enum) > 0 {
		return s.Enum[0], nil
	}
	least := 1
	if s.Min != nil {
		least = max(least, int(*s.Min))
	}
	if s.Pattern == "" {
		return strings.Repeat("a", least), nil
	}
	re, err := syntax.Parse(goPattern(s.Pattern), syntax.Perl)
	if err != nil {
		return "", fmt.Errorf("%s: %w", s.Name, err)
	}
	match, err := Compile(s.Pattern)
	if err != nil {
		return "", fmt.Errorf("%s: %w", s.Name, err)
	}
	re = re.Simplify()
	for _, repeat := range []int{1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 18, 20, 32, 64, least - 1, least} {
		text := write(re, repeat)
		if n := len([]rune(text)); n >= least && (s.Max == nil || n <= int(*s.Max)) && match.MatchString(text) {
			return text, nil
		}
	}
	return "", fmt.Errorf("%s: no sample of %s found", s.Name, s.Pattern)
}

// write spells a text of a parsed pattern, with every open repetition taken so often.
func write(re *syntax.Regexp, repeat int) string {
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		return string(pick(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return "a"
	case syntax.OpCapture:
		return write(re.Sub[0], repeat)
	case syntax.OpStar, syntax.OpPlus:
		return strings.Repeat(write(re.Sub[0], 1), repeat)
	case syntax.OpQuest:
		if repeat > 1 {
			return write(re.Sub[0], repeat)
		}
		return ""
	case syntax.OpRepeat:
		n := max(re.Min, min(repeat, 1))
		return strings.Repeat(write(re.Sub[0], 1), n)
	case syntax.OpAlternate:
		return write(re.Sub[0], repeat)
	case syntax.OpConcat:
		var b strings.Builder
		for _, sub := range re.Sub {
			b.WriteString(write(sub, repeat))
		}
		return b.String()
	}
	return ""
}

// pick takes a plain character of a class: a letter or digit where there is one.
func pick(ranges []rune) rune {
	for _, plain := range "a1bA/-" {
		for i := 0; i+1 < len(ranges); i += 2 {
			if ranges[i] <= plain && plain <= ranges[i+1] {
				return plain
			}
		}
	}
	return ranges[0]
}
