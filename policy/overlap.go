package policy

import "unicode/utf8"

// unit is one character of a pattern, or one of its wildcards.
type unit rune

const (
	anyRun      unit = -1 - iota // any characters, also none
	anyOne                       // one character
	anyFieldRun                  // any characters but colons, also none
	anyFieldOne                  // one character but a colon
)

// patternUnits reads a pattern with "*" and "?"; nil for an empty one.
func patternUnits(s string) []unit {
	var out []unit
	for _, r := range s {
		switch r {
		case '*':
			out = append(out, anyRun)
		case '?':
			out = append(out, anyOne)
		default:
			out = append(out, unit(r))
		}
	}
	return out
}

// tokenUnits spells out resolved tokens.
func tokenUnits(toks []token) []unit {
	var out []unit
	for _, tok := range toks {
		switch tok.kind {
		case starToken:
			out = append(out, anyRun)
		case questionToken:
			out = append(out, anyOne)
		case fieldStar:
			out = append(out, anyFieldRun)
		case fieldQuestion:
			out = append(out, anyFieldOne)
		default:
			for _, r := range tok.text {
				out = append(out, unit(r))
			}
		}
	}
	return out
}

func (u unit) run() bool { return u == anyRun || u == anyFieldRun }

// holds reports whether every character that o describes is one that u, a run or not, describes. Bytes that are
// no UTF-8 all look alike here, so one never holds the other.
func (u unit) holds(o unit) bool {
	switch u {
	case anyRun, anyOne:
		return true
	case anyFieldRun, anyFieldOne:
		return o >= 0 && o != ':' || o == anyFieldRun || o == anyFieldOne
	}
	return u == o && u != utf8.RuneError
}

// shares reports whether some character is described by both.
func (u unit) shares(o unit) bool { return u == o || u.holds(o) || o.holds(u) || (u < 0 && o < 0) }

// covers reports whether everything q describes is described by p. It compares the patterns as texts, where a
// run of q is one character that only a run of p takes in; so it may miss that p covers q, but never claims it
// wrongly.
func covers(p, q []unit) bool {
	return walk(p, q, func(a, b unit) bool {
		if b.run() && !a.run() {
			return false
		}
		return a.holds(b)
	}, false)
}

// meet reports whether some text is described by both p and q.
func meet(p, q []unit) bool { return walk(p, q, unit.shares, true) }

// walk fits p to q from left to right, keeping the places of q that the units of p so far can reach: a run of p
// takes in any number of units that fit it. When both may run, a run of q takes in units of p as well.
func walk(p, q []unit, fit func(a, b unit) bool, both bool) bool {
	cur, next := make([]bool, len(q)+1), make([]bool, len(q)+1)
	cur[0] = true
	spread := func(places []bool, a unit) {
		for j, b := range q {
			if places[j] && (both && b.run() || a.run() && fit(a, b)) {
				places[j+1] = true
			}
		}
	}
	if both {
		spread(cur, 0)
	}
	for _, a := range p {
		clear(next)
		for j := range next {
			switch {
			case !cur[j]:
			case a.run():
				next[j] = true
			case j == len(q):
			default:
				if both && q[j].run() && fit(a, q[j]) {
					next[j] = true
				}
				if fit(a, q[j]) {
					next[j+1] = true
				}
			}
		}
		spread(next, a)
		cur, next = next, cur
	}
	return cur[len(q)]
}
