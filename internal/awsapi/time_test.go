package awsapi

import (
	"testing"
	"time"
)

func TestTimes(t *testing.T) {
	whole := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, c := range []struct {
		format TimeFormat
		time   time.Time
		text   string
	}{
		{TimeEpoch, whole, "1767323045"},
		{TimeEpoch, whole.Add(123 * time.Millisecond), "1767323045.123"},
		{TimeEpoch, whole.Add(120 * time.Millisecond), "1767323045.12"},
		{TimeEpoch, whole.Add(7 * time.Millisecond), "1767323045.007"},
		{TimeEpoch, time.UnixMilli(-1500).UTC(), "-1.5"},
		{TimeEpoch, time.Unix(0, 0).UTC(), "0"},
		{TimeISO8601, whole, "2026-01-02T03:04:05Z"},
		{TimeDefault, whole, "2026-01-02T03:04:05Z"},
		{TimeHTTP, whole, "Fri, 02 Jan 2026 03:04:05 GMT"},
	} {
		if got := FormatTime(c.format, c.time.In(time.FixedZone("", 3600))); got != c.text {
			t.Errorf("FormatTime(%d, %v) = %q, want %q", c.format, c.time, got, c.text)
		}
		back, err := ParseTime(c.format, c.text)
		if err != nil || !back.Equal(c.time) {
			t.Errorf("ParseTime(%d, %q) = %v, %v; want %v", c.format, c.text, back, err, c.time)
		}
	}
	for _, f := range []TimeFormat{TimeDefault, TimeISO8601, TimeHTTP} {
		if got, want := FormatTime(f, whole.Add(999*time.Millisecond)), FormatTime(f, whole); got != want {
			t.Errorf("FormatTime(%d) = %q, want whole seconds: %q", f, got, want)
		}
	}
	for _, bad := range []struct {
		format TimeFormat
		text   string
	}{{TimeEpoch, "x"}, {TimeEpoch, "NaN"}, {TimeEpoch, "1e300"}, {TimeISO8601, "2026-01-02"}, {TimeHTTP, "2026-01-02T03:04:05Z"}} {
		if got, err := ParseTime(bad.format, bad.text); err == nil {
			t.Errorf("ParseTime(%d, %q) = %v, want an error", bad.format, bad.text, got)
		}
	}
}
