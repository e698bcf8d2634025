package compare

import (
	"encoding/base64"
	"math/big"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// family is the type of value an operator compares.
type family uint8

const (
	textFamily family = iota // strings and ARNs
	numberFamily
	dateFamily
	boolFamily
	binaryFamily
	addressFamily
	numFamilies
	nullFamily // compares no values
)

// familyOf returns the family of an operator, and whether it is a negated one.
func familyOf(operator string) (f family, negated bool) {
	negated = strings.Contains(operator, "Not")
	for prefix, f := range map[string]family{
		"String": textFamily, "Arn": textFamily, "Numeric": numberFamily, "Date": dateFamily, "Bool": boolFamily,
		"Binary": binaryFamily, "IpAddress": addressFamily, "NotIpAddress": addressFamily,
	} {
		if strings.HasPrefix(operator, prefix) {
			return f, negated
		}
	}
	return nullFamily, negated
}

// A family other than text has, for each key, a list of samples: values such that every value whatsoever satisfies
// the same tests as one of them. The constants in the tests cut the domain into pieces, and there is a sample from
// each, the last from the values that are none of the family. A test with a constant that is not readable is not understood.

// samples returns the samples for the constants of one family.
func (f family) samples(constants []string, b *budget) []string {
	switch f {
	case numberFamily:
		return numberSamples(constants)
	case dateFamily:
		return dateSamples(constants)
	case addressFamily:
		return addressSamples(constants, b)
	case binaryFamily:
		fresh := "none"
		for slices.Contains(constants, base64.StdEncoding.EncodeToString([]byte(fresh))) {
			fresh += "none"
		}
		return append(slices.Clone(constants), base64.StdEncoding.EncodeToString([]byte(fresh)), "!")
	}
	return []string{"true", "false", "neither"}
}

// readable reports whether a constant can be placed among the samples.
func (f family) readable(constant string) bool {
	var ok bool
	switch f {
	case numberFamily:
		_, ok = number(constant)
	case dateFamily:
		_, ok = instant(constant)
	case addressFamily:
		_, ok = prefix(constant)
	default:
		ok = !strings.Contains(constant, "${")
	}
	return ok
}

// number reads a decimal number. Very long ones are not worth the work.
func number(s string) (*big.Rat, bool) {
	if len(s) > 40 || strings.Trim(s, "-.0123456789") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

// numberSamples returns the constants, a number between each two neighbours, and one on either side.
func numberSamples(constants []string) []string {
	var sorted []*big.Rat
	for _, s := range constants {
		if r, ok := number(s); ok {
			sorted = append(sorted, r)
		}
	}
	if len(sorted) == 0 {
		sorted = append(sorted, new(big.Rat))
	}
	slices.SortFunc(sorted, (*big.Rat).Cmp)
	sorted = slices.CompactFunc(sorted, func(a, b *big.Rat) bool { return a.Cmp(b) == 0 })
	one := big.NewRat(1, 1)
	var out []string
	for i, r := range sorted {
		if i == 0 {
			out = append(out, decimal(new(big.Rat).Sub(r, one)))
		}
		out = append(out, decimal(r))
		next := new(big.Rat).Add(r, big.NewRat(2, 1))
		if i+1 < len(sorted) {
			next = sorted[i+1]
		}
		middle := new(big.Rat).Add(r, next)
		out = append(out, decimal(middle.Mul(middle, big.NewRat(1, 2))))
	}
	return append(out, "none")
}

// decimal writes a number whose denominator divides a power of ten.
func decimal(r *big.Rat) string {
	s := r.FloatString(45)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// instant reads a date in one of the forms that package policy reads.
func instant(s string) (time.Time, bool) {
	if len(s) != 4 && s != "" && strings.Trim(s, "0123456789") == "" {
		seconds, err := strconv.ParseInt(s, 10, 64)
		t := time.Unix(seconds, 0).UTC()
		return t, err == nil && seconds < 1<<37 && t.Year() < 9999
	}
	for _, layout := range [...]string{"2006", "2006-01", "2006-01-02", "2006-01-02T15:04Z07:00", time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), t.Year() > 0 && t.Year() < 9999
		}
	}
	return time.Time{}, false
}

// dateSamples returns the constants and the instants just before and after: time counts in nanoseconds.
func dateSamples(constants []string) []string {
	out := []string{"2000-01-01T00:00:00Z"}
	for _, d := range [...]time.Duration{0, -1, 1} {
		for _, s := range constants {
			if t, ok := instant(s); ok {
				out = append(out, t.Add(d).Format(time.RFC3339Nano))
			}
		}
	}
	return append(out, "none")
}

// prefix reads an address or a range of addresses.
func prefix(s string) (netip.Prefix, bool) {
	if !strings.Contains(s, "/") {
		a, err := netip.ParseAddr(s)
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), err == nil && a.Zone() == ""
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return p, false
	}
	if a := p.Addr(); a.Is4In6() {
		if p.Bits() < 96 {
			return p, false
		}
		p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
	}
	return p.Masked(), true
}

// addressSamples returns for every range an address that is in none of the ranges within it, if there is one, and
// for both families one that is in no range.
func addressSamples(constants []string, b *budget) []string {
	ranges := []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}
	for _, s := range constants {
		if p, ok := prefix(s); ok && !slices.Contains(ranges, p) {
			ranges = append(ranges, p)
		}
	}
	// An IPv4-mapped address is the IPv4 address, so none of these is a sample of an IPv6 range.
	mapped := netip.PrefixFrom(netip.MustParseAddr("::ffff:0:0"), 96)
	var out []string
	for _, p := range ranges {
		if !b.spend(len(ranges) / 8) {
			break
		}
		var within []netip.Prefix
		if p.Bits() < mapped.Bits() && p.Contains(mapped.Addr()) {
			within = append(within, mapped)
		}
		for _, q := range ranges {
			if q != p && q.Bits() > p.Bits() && p.Contains(q.Addr()) {
				within = append(within, q)
			}
		}
		if a, ok := outside(p, within, b); ok {
			out = append(out, a.String())
		}
	}
	return append(out, "none")
}

// outside finds an address of p that none of the ranges contains. They all lie within p.
func outside(p netip.Prefix, ranges []netip.Prefix, b *budget) (netip.Addr, bool) {
	if len(ranges) == 0 {
		if a := p.Addr().Next(); p.Contains(a) {
			return a, true
		}
		return p.Addr(), true
	}
	if slices.Contains(ranges, p) || !b.spend(1+len(ranges)) {
		return netip.Addr{}, false
	}
	low := netip.PrefixFrom(p.Addr(), p.Bits()+1)
	for _, half := range [...]netip.Prefix{upper(low), low} {
		var within []netip.Prefix
		for _, q := range ranges {
			if half.Contains(q.Addr()) {
				within = append(within, q)
			}
		}
		if a, ok := outside(half, within, b); ok {
			return a, true
		}
	}
	return netip.Addr{}, false
}

// upper returns the upper half of a range that is given by its lower half.
func upper(low netip.Prefix) netip.Prefix {
	bytes := low.Addr().AsSlice()
	bytes[(low.Bits()-1)/8] |= 0x80 >> ((low.Bits() - 1) % 8)
	a, _ := netip.AddrFromSlice(bytes)
	return netip.PrefixFrom(a, low.Bits())
}
