package awsapi

import (
	"strings"
	"testing"
)

// The hand-written matchers say what the patterns they replace say.
func TestHandWrittenPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{durationPattern, "PT1H", true},
		{durationPattern, "PT12H", true},
		{durationPattern, "PT1H30M15.5S", true},
		{durationPattern, "-P1Y2M3DT4H5M6S", true},
		{durationPattern, "P3W", true},
		{durationPattern, "P1DT", true},
		{durationPattern, "P1Y", true},
		{durationPattern, "", false},
		{durationPattern, "P", false},
		{durationPattern, "PT", false},
		{durationPattern, "1H", false},
		{durationPattern, "PT1H ", false},
		{durationPattern, "PT1M1H", false},
		{durationPattern, "PH", false},
		{durationPattern, "PT1.5H", false},
		{durationPattern, "PT1.S", false},
		{durationPattern, "P1D2W", false},
		{durationPattern, "PT1H\n", false},
		{durationPattern, "--PT1H", false},
		{durationPattern, "P1MT1MT1M", false},
		{dashedLabelPattern, "abc", true},
		{dashedLabelPattern, "a-b-c", true},
		{dashedLabelPattern, "a--b", false},
		{dashedLabelPattern, "ab", false},
		{dashedLabelPattern, "abc-", false},
		{dashedLabelPattern, "-abc", false},
		{dashedLabelPattern, "aBc", false},
		{dashedLabelPattern, strings.Repeat("a", 63), true},
		{dashedLabelPattern, strings.Repeat("a", 64), false},
	} {
		rule := Constraint{Pattern: c.pattern}
		if got := rule.MatchString(c.text); got != c.want {
			t.Errorf("%q matches %q: %v, want %v", c.text, c.pattern, got, c.want)
		}
	}
}

func TestTranslatedPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{`[\w+=,.@-]*`, "alice@example.com", true},
		{`[\w+=,.@-]*`, "alice smith", false},
		{`\d{12}`, "123456789012", true},
		{`\d{12}`, "1234567890123", false}, // the whole value, though the pattern has no anchors
		{`\d{12}`, "123456789012\n", false},
		{`^(\d{12})|(ou-[a-z]+)$`, "123456789012", true},
		{`^(\d{12})|(ou-[a-z]+)$`, "ou-abc", true},
		{`^(\d{12})|(ou-[a-z]+)$`, "123456789012x", false},
		{`[\u0020-\u00FF]+`, "é", true},
		{`[\u0020-\u00FF]+`, "Ā", false},
		{`[\u0009\u10000-\u10FFFF]+`, "𝄞", true},
		{`[\u0009\u10000-\u10FFFF]+`, "0", false},
		{`[\p{L}\p{M}\p{S}\p{N}\p{P}]+`, "Łódź", true},
		{`[\p{L}\p{M}\p{S}\p{N}\p{P}]+`, "a b", false},
		{"", "anything", true},
		{`[\s\S]*`, "a\nb", true},
		{`\\u0041`, `\u0041`, true}, // an escaped backslash begins no \u escape
		{`(`, "(", false},           // what does not compile lets nothing through
	} {
		rule := Constraint{Pattern: c.pattern}
		if got := rule.MatchString(c.text); got != c.want {
			t.Errorf("%q matches %q: %v, want %v", c.text, c.pattern, got, c.want)
		}
	}
}

// FuzzMatchDuration makes sure that no text breaks the matcher and that what it
// accepts has the pattern's alphabet.
func FuzzMatchDuration(f *testing.F) {
	for _, s := range []string{"PT1H", "-P1Y2M3DT4H5M6.7S", "P", "PT", "P1W"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if matchDuration(s) && (strings.Trim(s, "-PYMDWTHS.0123456789") != "" || !strings.Contains(s, "P")) {
			t.Errorf("%q was accepted", s)
		}
	})
}
