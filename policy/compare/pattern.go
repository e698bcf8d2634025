package compare

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"unicode"
)

// step is one piece of a pattern.
type step struct {
	kind stepKind
	on   rune   // oneChar: the character; hole: the symbol of the variable
	also []rune // oneChar: other characters that count as the same
}

type stepKind uint8

const (
	oneChar     stepKind = iota
	anyChar              // ?
	anyInField           // ? that is no colon
	manyChars            // *
	manyInField          // * that does not cross a colon
	hole                 // the value of a policy variable
	endOfPattern
)

// holeMode says what the value of a policy variable in a word is to a pattern.
type holeMode uint8

const (
	// exactly: the value meets only the same variable. For the statement whose words are looked at.
	exactly holeMode = iota
	// surely: the value meets the same variable and every wildcard that takes any text. What is accepted then is
	// matched whatever the value.
	surely
	// perhaps: the value may be any text, and a variable of the pattern may be too. What is not accepted then is
	// not matched whatever the value.
	perhaps
)

// builder makes one automaton of several patterns by following all of them at once.
type builder struct {
	steps  []step
	first  []int32 // for every position, where its pattern starts
	last   []int32 // and where it ends
	mode   holeMode
	number map[string]int32
	sets   [][]int32 // sorted positions
}

// build returns the words that at least one of the patterns describes.
func (f *langs) build(patterns [][]step, mode holeMode) *lang {
	if len(patterns) == 0 {
		return f.none
	}
	b := builder{mode: mode, number: make(map[string]int32)}
	var start []int32
	for _, p := range patterns {
		at := int32(len(b.steps))
		start = append(start, at)
		for _, s := range p {
			if s.kind == hole && mode == perhaps {
				s.kind = manyChars
			}
			b.steps = append(b.steps, s)
		}
		b.steps = append(b.steps, step{kind: endOfPattern})
		for range len(p) + 1 {
			b.first = append(b.first, at)
			b.last = append(b.last, at+int32(len(p)))
		}
	}
	var states []state
	b.state(start)
	for i := 0; i < len(b.sets); i++ {
		s := b.expand(b.sets[i])
		if !f.budget.spend((2 + len(s.edges)) * (4 + len(b.sets[i]))) {
			return f.none
		}
		states = append(states, s)
	}
	states = simplify(states)
	if len(states) == 0 {
		return f.none
	}
	return f.add(states)
}

// state returns the number of a set of positions.
func (b *builder) state(set []int32) int32 {
	if len(set) == 0 {
		return dead
	}
	set = b.close(set)
	key := make([]byte, 0, 4*len(set))
	for _, p := range set {
		key = binary.LittleEndian.AppendUint32(key, uint32(p))
	}
	n, ok := b.number[string(key)]
	if !ok {
		n = int32(len(b.sets))
		b.number[string(key)] = n
		b.sets = append(b.sets, set)
	}
	return n
}

// close adds the positions behind stars, which also match nothing, and drops those that a later star of the same
// pattern makes superfluous: it takes over whatever comes before it. A star at the end takes over everything.
func (b *builder) close(set []int32) []int32 {
	for i := 0; i < len(set); i++ {
		if k := b.steps[set[i]].kind; k == manyChars || k == manyInField {
			set = append(set, set[i]+1)
		}
	}
	slices.Sort(set)
	set = slices.Compact(set)
	kept := set[:0]
	for i := len(set) - 1; i >= 0; {
		p := set[i]
		pattern := b.first[p]
		starred := false
		for ; i >= 0 && b.first[set[i]] == pattern; i-- {
			p = set[i]
			if starred {
				continue
			}
			if starred = b.steps[p].kind == manyChars; starred && p+1 == b.last[p] {
				return []int32{p, p + 1}
			}
			set[i] = ^p // keep
		}
	}
	for _, p := range set {
		if p < 0 {
			kept = append(kept, ^p)
		}
	}
	return kept
}

// expand finds where a set of positions goes.
func (b *builder) expand(set []int32) state {
	s := state{other: b.state(b.after(set, noSymbol)), hole: b.state(b.after(set, someHole))}
	var named []rune
	for _, p := range set {
		switch st := &b.steps[p]; st.kind {
		case oneChar:
			named = append(append(named, st.on), st.also...)
		case anyInField, manyInField:
			named = append(named, ':')
		case hole:
			named = append(named, st.on)
		case endOfPattern:
			s.final = true
		}
	}
	slices.Sort(named)
	for _, on := range slices.Compact(named) {
		s.edges = append(s.edges, edge{on, b.state(b.after(set, on))})
	}
	return s
}

// Symbols that no pattern names.
const (
	noSymbol rune = -1
	someHole rune = math.MaxInt32
)

// after returns the positions that follow on a symbol.
func (b *builder) after(set []int32, on rune) []int32 {
	var out []int32
	for _, p := range set {
		if on >= firstHole {
			out = b.afterHole(out, p, on)
			continue
		}
		switch st := &b.steps[p]; st.kind {
		case oneChar:
			if st.on == on || slices.Contains(st.also, on) {
				out = append(out, p+1)
			}
		case anyChar:
			out = append(out, p+1)
		case anyInField:
			if on != ':' {
				out = append(out, p+1)
			}
		case manyChars:
			out = append(out, p)
		case manyInField:
			if on != ':' {
				out = append(out, p)
			}
		}
	}
	return out
}

func (b *builder) afterHole(out []int32, p int32, on rune) []int32 {
	st := &b.steps[p]
	switch {
	case b.mode == perhaps:
		for q := p; q <= b.last[p]; q++ {
			out = append(out, q)
		}
	case st.kind == hole && st.on == on:
		out = append(out, p+1)
	case st.kind == manyChars && b.mode == surely:
		out = append(out, p)
	}
	return out
}

// literal returns the steps that match a text and nothing else.
func literal(s string) []step {
	var out []step
	for _, c := range s {
		out = append(out, step{kind: oneChar, on: c})
	}
	return out
}

// folded returns the steps that match a text in any letter case.
func folded(s string) []step {
	out := literal(s)
	for i := range out {
		for c := unicode.SimpleFold(out[i].on); c != out[i].on; c = unicode.SimpleFold(c) {
			out[i].also = append(out[i].also, c)
		}
	}
	return out
}

// variable is a policy variable: a key and the default it may have.
type variable struct {
	key        string // in lower case
	name       string // as written
	fallback   string
	hasDefault bool
}

// notation says which special forms a text has in the place where it stands.
type notation struct{ wildcards, variables bool }

// template is a text whose wildcards and variables have been found.
type template struct {
	steps    []step
	variable bool // holds a variable
	required bool // holds a variable without a default
	wildcard bool
}

// holes numbers the policy variables.
type holes struct {
	symbols map[variable]rune
	all     []variable
}

func (h *holes) symbol(v variable) rune {
	id := v
	id.name = ""
	on, ok := h.symbols[id]
	if !ok {
		on = firstHole + rune(len(h.all))
		h.symbols[id] = on
		h.all = append(h.all, v)
	}
	return on
}

func (h *holes) variable(on rune) variable { return h.all[on-firstHole] }

// parse splits a text as package policy does. A "${" that is no variable has no value: it is one without a key.
func (h *holes) parse(s string, n notation) template {
	var t template
	for s != "" {
		switch {
		case n.wildcards && s[0] == '*':
			if last := len(t.steps) - 1; last < 0 || t.steps[last].kind != manyChars {
				t.steps = append(t.steps, step{kind: manyChars})
			}
			t.wildcard = true
			s = s[1:]
		case n.wildcards && s[0] == '?':
			t.steps = append(t.steps, step{kind: anyChar})
			t.wildcard = true
			s = s[1:]
		case n.variables && strings.HasPrefix(s, "${"):
			v, text, rest := parseVariable(s)
			s = rest
			if text != "" {
				t.steps = append(t.steps, literal(text)...)
				continue
			}
			t.variable = true
			t.required = t.required || !v.hasDefault
			t.steps = append(t.steps, step{kind: hole, on: h.symbol(v)})
		default:
			end := strings.IndexAny(s[1:], "*?$") + 1
			if end == 0 {
				end = len(s)
			}
			t.steps = append(t.steps, literal(s[:end])...)
			s = s[end:]
		}
	}
	return t
}

// parseVariable reads what starts with "${": a variable, or one of ${*}, ${?} and ${$}, which are text.
func parseVariable(s string) (v variable, text, rest string) {
	end := strings.IndexAny(s[2:], ",}{'")
	if end < 0 {
		return v, "", ""
	}
	name, rest := s[2:2+end], s[2+end:]
	if name == "" || strings.TrimSpace(name) != name {
		return v, "", ""
	}
	if rest[0] == '}' {
		if name == "*" || name == "?" || name == "$" {
			return v, name, rest[1:]
		}
		return variable{key: strings.ToLower(name), name: name}, "", rest[1:]
	}
	body := strings.TrimLeft(rest[1:], " ")
	if rest[0] != ',' || body == rest[1:] || !strings.HasPrefix(body, "'") {
		return v, "", ""
	}
	fallback, rest, found := strings.Cut(body[1:], "'}")
	if !found || strings.Contains(fallback, "'") {
		return v, "", ""
	}
	return variable{key: strings.ToLower(name), name: name, fallback: fallback, hasDefault: true}, "", rest
}

// splitARN splits at the first five colons; those inside a policy variable do not count.
func splitARN(s string, variables bool) []string {
	if !variables {
		return strings.SplitN(s, ":", 6)
	}
	var fields []string
	start, depth := 0, 0
	for i := 0; i < len(s) && len(fields) < 5; i++ {
		switch {
		case strings.HasPrefix(s[i:], "${"):
			depth++
		case s[i] == '}' && depth > 0:
			depth--
		case s[i] == ':' && depth == 0:
			fields = append(fields, s[start:i])
			start = i + 1
		}
	}
	return append(fields, s[start:])
}
