package policy

import (
	"math/big"
	"testing"
	"time"
)

// FuzzDecimal compares decimals with exact rational numbers.
func FuzzDecimal(f *testing.F) {
	for _, s := range [][2]string{{"0", "-0"}, {"10", "10.0"}, {"-1.5", "-1.25"}, {"007", "7"}, {"1", "-1"}, {"-1", "1"}, {"9007199254740993", "9007199254740992"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		x, okX := parseDecimal(a)
		y, okY := parseDecimal(b)
		if !okX || !okY {
			return
		}
		p, okP := new(big.Rat).SetString(a)
		q, okQ := new(big.Rat).SetString(b)
		if !okP || !okQ {
			t.Fatalf("accepted %q, %q, which are no numbers", a, b)
		}
		if got, want := x.compare(y), p.Cmp(q); got != want {
			t.Errorf("%q to %q: got %d, want %d", a, b, got, want)
		}
		if x.compare(y) != -y.compare(x) {
			t.Errorf("%q and %q do not order the same both ways", a, b)
		}
	})
}

func TestDecimalRefuses(t *testing.T) {
	for _, s := range []string{"", "-", "+1", ".5", "5.", "1e3", "0x10", "1_000", " 1", "1 ", "1.2.3", "--1", "٣", "NaN"} {
		if d, ok := parseDecimal(s); ok {
			t.Errorf("%q is taken for %+v", s, d)
		}
	}
}

// FuzzInstant: every time with a zone that we accept is what RFC 3339 says it is.
func FuzzInstant(f *testing.F) {
	for _, s := range []string{"2026-03-01T12:00:00Z", "2026-03-01T12:00:00.123456789+05:30", "2026-03-01T12:00-08:00", "2026", "1772366400"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := parseInstant(s)
		want, err := time.Parse(time.RFC3339Nano, s)
		if !ok || err != nil {
			return
		}
		if got.seconds != want.Unix() || got.nanos != int64(want.Nanosecond()) {
			t.Errorf("%q: got %+v, want %s", s, got, want)
		}
	})
}

func TestInstant(t *testing.T) {
	at := func(s string) instant {
		t.Helper()
		i, ok := parseInstant(s)
		if !ok {
			t.Fatalf("%q is refused", s)
		}
		return i
	}
	noon := at("2026-03-01T12:00:00Z")
	for _, s := range []string{
		"2026-03-01T12:00Z", "2026-03-01T12:00:00.0Z", "2026-03-01T12:00:00.000000000Z", "2026-03-01T12:00:00+00:00",
		"2026-03-01T17:30:00+05:30", "2026-02-28T23:00-13:00", "1772366400",
	} {
		if at(s).compare(noon) != 0 {
			t.Errorf("%q is not noon", s)
		}
	}
	if at("2026").compare(at("2026-01-01T00:00:00Z")) != 0 || at("2026-03").compare(at("2026-03-01")) != 0 {
		t.Error("a date stands for its first instant")
	}
	if at("02026").compare(at("2026")) >= 0 {
		t.Error("five digits are seconds")
	}
	for _, s := range []string{
		"", "T", "20x", "2026-1-1", "2026-13", "2026-02-30", "2026-03-01 12:00:00Z", "2026-03-01T12:00:00", "2026-03-01T12Z",
		"2026-03-01T12:00:00.Z", "2026-03-01T12:00:00,5Z", "2026-03-01T12:00:60Z", "2026-03-01T24:00:00Z", "2026-03-01t12:00:00z",
		"2026-03-01T12:00:00.1234567890Z", "2026-03-01T12:00:00+1:00", "2026-03-01T12:00.5Z", "-1", "1e9", "9223372036854775808",
		"2026-03-01T1:00:000Z", "2026-03-01T12:00:00ZZ", "2026-03-01T12:00:00+05:3O",
	} {
		if i, ok := parseInstant(s); ok {
			t.Errorf("%q is taken for %+v", s, i)
		}
	}
}

func TestPrefix(t *testing.T) {
	for _, c := range []struct {
		prefix, addr string
		want         bool
	}{
		{"10.1.2.3/8", "10.200.0.1", true},
		{"0.0.0.0/0", "255.255.255.255", true},
		{"0.0.0.0/0", "::1", false},
		{"::/0", "2001:db8::1", true},
		{"::/0", "::ffff:10.0.0.1", false},
		{"::ffff:10.0.0.0/104", "10.9.9.9", true},
		{"::ffff:10.0.0.1", "10.0.0.1", true},
		{"2001:db8::/32", "2001:DB8:ffff::", true},
	} {
		p, ok := parsePrefix(c.prefix)
		a, okAddr := parseAddr(c.addr)
		if !ok || !okAddr || p.Contains(a) != c.want {
			t.Errorf("%s contains %s: want %v", c.prefix, c.addr, c.want)
		}
	}
	for _, s := range []string{"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0/8", "010.0.0.1", "10.0.0.0/08", "fe80::1%eth0", "fe80::%1/64", "x"} {
		if p, ok := parsePrefix(s); ok {
			t.Errorf("%q is taken for %s", s, p)
		}
	}
}

func TestBinary(t *testing.T) {
	for _, s := range []string{"AAE", "AA==\n", "A-_=", "AAF=", "a"} {
		if _, ok := parseBinary(s); ok {
			t.Errorf("%q is taken for base64", s)
		}
	}
	if b, ok := parseBinary("AAEC"); !ok || b != "\x00\x01\x02" {
		t.Errorf("AAEC is %q", b)
	}
}
