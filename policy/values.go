package policy

import (
	"cmp"
	"encoding/base64"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// decimal is a number in exact decimal form: digits without leading zeros, fraction without trailing ones.
type decimal struct {
	negative        bool
	whole, fraction string
}

// parseDecimal reads an integer or decimal number: an optional minus, digits, and optionally a point and more
// digits. Exponents are not numbers here: the language does not say what they mean.
func parseDecimal(s string) (decimal, bool) {
	var d decimal
	s, d.negative = strings.CutPrefix(s, "-")
	whole, fraction, point := strings.Cut(s, ".")
	if whole == "" || !allDigits(whole) || !allDigits(fraction) || (point && fraction == "") {
		return decimal{}, false
	}
	d.whole = strings.TrimLeft(whole, "0")
	d.fraction = strings.TrimRight(fraction, "0")
	if d.whole == "" && d.fraction == "" {
		d.negative = false
	}
	return d, true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

func (d decimal) compare(o decimal) int {
	if d.negative != o.negative {
		if d.negative {
			return -1
		}
		return 1
	}
	c := cmp.Or(cmp.Compare(len(d.whole), len(o.whole)), strings.Compare(d.whole, o.whole),
		strings.Compare(d.fraction, o.fraction))
	if d.negative {
		return -c
	}
	return c
}

// instant is a point in time to the nanosecond.
type instant struct {
	seconds int64
	nanos   int64
}

func (i instant) compare(o instant) int {
	return cmp.Or(cmp.Compare(i.seconds, o.seconds), cmp.Compare(i.nanos, o.nanos))
}

// parseInstant reads one of the two forms of a date: the W3C profile of ISO 8601
// (https://www.w3.org/TR/NOTE-datetime) or seconds since 1970. Four digits alone are a year. A time needs a
// zone.
func parseInstant(s string) (instant, bool) {
	if len(s) != 4 && s != "" && allDigits(s) {
		sec, err := strconv.ParseInt(s, 10, 64)
		return instant{seconds: sec}, err == nil
	}
	if i := strings.IndexByte(s, 'T'); i >= 0 {
		return parseClock(s, s[i+1:])
	}
	for _, layout := range [...]string{"2006", "2006-01", "2006-01-02"} {
		if len(s) == len(layout) {
			t, err := time.Parse(layout, s)
			return instantOf(t), err == nil
		}
	}
	return instant{}, false
}

// parseClock reads the form with a time; clock is what follows the T. All parts but the fraction have a fixed
// width, which time.Parse alone does not insist on.
func parseClock(s, clock string) (instant, bool) {
	end := strings.IndexAny(clock, "Z+-")
	if end < 0 {
		return instant{}, false
	}
	base, fraction, point := strings.Cut(clock[:end], ".")
	zone := clock[end:]
	if zone != "Z" && len(zone) != len("+00:00") {
		return instant{}, false
	}
	layout := "2006-01-02T15:04Z07:00"
	switch {
	case len(base) == len("15:04") && !point:
	case len(base) == len("15:04:05") && allDigits(fraction) && len(fraction) <= 9 && point == (fraction != ""):
		layout = time.RFC3339 // takes a fraction too
	default:
		return instant{}, false
	}
	t, err := time.Parse(layout, s)
	return instantOf(t), err == nil
}

func instantOf(t time.Time) instant {
	return instant{seconds: t.Unix(), nanos: int64(t.Nanosecond())}
}

// parsePrefix reads an address range: CIDR notation of either family, or a single address. Ranges of
// IPv4-mapped IPv6 addresses mean the IPv4 addresses.
func parsePrefix(s string) (netip.Prefix, bool) {
	if !strings.Contains(s, "/") {
		a, ok := parseAddr(s)
		return netip.PrefixFrom(a, a.BitLen()), ok
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, false
	}
	if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
	}
	return p.Masked(), true
}

// parseAddr reads one address, without a zone.
func parseAddr(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Addr{}, false
	}
	return a.Unmap(), true
}

// parseBinary decodes base64 in its standard alphabet with padding.
func parseBinary(s string) (string, bool) {
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	return string(b), err == nil && !strings.ContainsAny(s, "\r\n")
}

// parseBool accepts true and false in any letter case.
func parseBool(s string) (value, ok bool) {
	switch {
	case strings.EqualFold(s, "true"):
		return true, true
	case strings.EqualFold(s, "false"):
		return false, true
	}
	return false, false
}
