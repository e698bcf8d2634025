package policycheck

import "strings"

// noVariables finds policy variables where none may stand.
func (r *run) noVariables(n *node) {
	_, rest, found := strings.Cut(n.text, "${")
	if !found {
		return
	}
	name, _, closed := strings.Cut(rest, "}")
	if closed {
		name += "}"
	}
	r.report("VARIABLE_UNSUPPORTED_IN_ELEMENT", n, "${"+name)
}

// variablesIn checks the policy variables of a text that may hold some, and reports whether there are any.
func (r *run) variablesIn(n *node) bool {
	rest := n.text
	found := false
	reported := map[string]bool{}
	report := func(code string) {
		if !reported[code] {
			reported[code] = true
			r.report(code, n)
		}
	}
	for {
		_, after, more := strings.Cut(rest, "${")
		if !more {
			break
		}
		found = true
		name, following, closed := strings.Cut(after, "}")
		if !closed {
			report("MISSING_BRACE_IN_VARIABLE")
			break
		}
		rest = following
		key, fallback, hasFallback := strings.Cut(name, ",")
		switch fallback = strings.TrimSpace(fallback); {
		case strings.TrimSpace(key) == "":
			report("EMPTY_VARIABLE")
		case strings.ContainsAny(key, " \t"):
			report("UNSUPPORTED_SPACE_IN_VARIABLE")
		case hasFallback && (len(fallback) < 2 || fallback[0] != '\'' || fallback[len(fallback)-1] != '\''):
			report("MISSING_QUOTE_IN_VARIABLE")
		}
	}
	if found && !r.variables {
		report("VARIABLE_UNSUPPORTED_IN_VERSION")
	}
	return found
}

// withoutVariables replaces each policy variable: those that stand for a character by that character's place-holder,
// the others by a star.
func withoutVariables(s string) string {
	if !strings.Contains(s, "${") {
		return s
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "${")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, rest, closed := strings.Cut(after, "}")
		switch {
		case !closed:
			b.WriteString("*")
			return b.String()
		case name == "*" || name == "?" || name == "$":
			b.WriteByte('_')
		default:
			b.WriteByte('*')
		}
		s = rest
	}
}
