package policycheck

import "strings"

// covers reports whether a pattern with stars and question marks matches all that another one matches. Where the
// other has a wildcard, only a star covers it.
func covers(pattern, other string) bool {
	p, i, star, from := 0, 0, -1, 0
	for i < len(other) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, i
			p++
		case p < len(pattern) && (pattern[p] == other[i] || pattern[p] == '?' && other[i] != '*'):
			p, i = p+1, i+1
		case star >= 0:
			from++
			p, i = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// overlap reports whether some text matches both of two patterns with stars and question marks.
func overlap(a, b string) bool {
	// reach[j] says that some text matches both a[:i] and b[:j].
	reach := make([]bool, len(b)+1)
	next := make([]bool, len(b)+1)
	reach[0] = true
	for j := range b {
		reach[j+1] = reach[j] && b[j] == '*'
	}
	for i := range len(a) {
		next[0] = reach[0] && a[i] == '*'
		for j := range len(b) {
			if a[i] == '*' || b[j] == '*' {
				next[j+1] = reach[j+1] || next[j] // the star takes nothing, or one more character of the other side
			} else {
				next[j+1] = reach[j] && (a[i] == b[j] || a[i] == '?' || b[j] == '?')
			}
		}
		reach, next = next, reach
	}
	return reach[len(b)]
}

func hasWildcard(s string) bool { return strings.ContainsAny(s, "*?") }
