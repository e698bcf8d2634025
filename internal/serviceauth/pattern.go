package serviceauth

import "strings"

// glob reports whether a pattern with stars and question marks matches all of s. It is linear but for the
// patterns' stars, of which only the last is ever gone back to.
func glob(pattern, s string) bool {
	p, i, star, from := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p, i = p+1, i+1
		case star >= 0:
			from++
			p, i = star+1, from
		default:
			return false
		}
	}
	return strings.TrimLeft(pattern[p:], "*") == ""
}

// keyMatches reports whether a condition key as the reference writes it, with parts like ${TagKey}, stands for
// the name in a policy. Names have no letter case; a variable part is never empty.
func keyMatches(key, name string) bool {
	fixed, rest, variable := strings.Cut(key, "${")
	if len(name) < len(fixed) || !strings.EqualFold(name[:len(fixed)], fixed) {
		return false
	}
	name = name[len(fixed):]
	if !variable {
		return name == ""
	}
	_, rest, _ = strings.Cut(rest, "}")
	if rest == "" {
		return name != ""
	}
	for i := 1; i < len(name); i++ {
		if keyMatches(rest, name[i:]) {
			return true
		}
	}
	return false
}
