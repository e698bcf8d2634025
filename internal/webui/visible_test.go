package webui_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/webui"
	"github.com/gatehouse-idc/gatehouse/internal/webui/stories"
)

func TestVisible(t *testing.T) {
	tests := []struct{ in, want string }{
		{"botocore-client-SecureCart", "botocore-client-SecureCart"},
		{"Zoë 山田 دانا", "Zoë 山田 دانا"},
		{"gpj.\u202eexe", "gpj.‹U+202E›exe"},
		{"AWS\u200b CLI\ufeff", "AWS‹U+200B› CLI‹U+FEFF›"},
		{"\u2066AWS\u2069", "‹U+2066›AWS‹U+2069›"},
		{"a\x00\x1bb", "a‹U+0000›‹U+001B›b"},
		{"AWS\u3164\u2800CLI", "AWS‹U+3164›‹U+2800›CLI"},
		{"  AWS \t\n\u00a0 CLI ", "AWS CLI"},
		{"\ue000", "‹U+E000›"},
		{"a\xffb", "a\ufffdb"},
		{"", "(no name)"},
		{" \n", "(no name)"},
		{strings.Repeat("x", 500), strings.Repeat("x", 120) + "…"},
	}
	for _, test := range tests {
		if got := webui.Visible(test.in); got != test.want {
			t.Errorf("%q becomes %q, want %q", test.in, got, test.want)
		}
	}
}

func TestInitial(t *testing.T) {
	for name, want := range map[string]string{"dev": "D", "<script>": "S", "9lives": "9", "": "•", "\u202e": "•", "إنتاج": "إ"} {
		if got := webui.Initial(name); got != want {
			t.Errorf("%q gives %q, want %q", name, got, want)
		}
	}
}

func TestSpan(t *testing.T) {
	tests := []struct {
		d    time.Duration
		want string
	}{
		{0, "less than a minute"},
		{59 * time.Second, "less than a minute"},
		{time.Minute, "1 minute"},
		{-100 * time.Second, "1 minute"},
		{time.Hour, "1 hour"},
		{7*time.Hour + 12*time.Minute + 50*time.Second, "7 hours 12 minutes"},
		{24*time.Hour + 5*time.Minute, "1 day"},
		{7*24*time.Hour - time.Second, "6 days 23 hours"},
	}
	for _, test := range tests {
		if got := webui.Span(stories.Now(), stories.Now().Add(test.d)); got != test.want {
			t.Errorf("%v is %q, want %q", test.d, got, test.want)
		}
	}
}
