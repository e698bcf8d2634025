package compare

import (
	"encoding/binary"
	"slices"
	"sort"
	"unicode"
)

// firstHole is the first symbol that stands for the value of a policy variable; those below are characters.
const firstHole rune = unicode.MaxRune + 1

// dead is the state from which no word is accepted.
const dead int32 = -1

// lang is a regular language, as a deterministic automaton that starts in state 0. The empty language has no states.
type lang struct {
	id     int
	states []state
}

// state is a state of an automaton: where it goes on the symbols that are named, on every other character, and on
// every other hole.
type state struct {
	final bool
	other int32
	hole  int32
	edges []edge // sorted by symbol
}

type edge struct {
	on rune
	to int32
}

func (l *lang) empty() bool { return len(l.states) == 0 }

func (s *state) next(on rune) int32 {
	i := sort.Search(len(s.edges), func(i int) bool { return s.edges[i].on >= on })
	switch {
	case i < len(s.edges) && s.edges[i].on == on:
		return s.edges[i].to
	case on >= firstHole:
		return s.hole
	}
	return s.other
}

// accepts reports whether a word belongs to the language.
func (l *lang) accepts(word []rune) bool {
	if l.empty() {
		return false
	}
	at := int32(0)
	for _, c := range word {
		if at = l.states[at].next(c); at == dead {
			return false
		}
	}
	return l.states[at].final
}

// shortest returns a shortest word, nothing if the language is empty. A character the automaton does not name is
// taken from letters.
func (l *lang) shortest() []rune {
	if l.empty() {
		return nil
	}
	type visit struct {
		from int32
		on   rune
	}
	came := make([]visit, len(l.states))
	seen := make([]bool, len(l.states))
	queue := []int32{0}
	seen[0] = true
	for at := 0; at < len(queue); at++ {
		i := queue[at]
		s := &l.states[i]
		if s.final {
			var word []rune
			for ; i != 0; i = came[i].from {
				word = append(word, came[i].on)
			}
			slices.Reverse(word)
			return word
		}
		step := func(on rune, to int32) {
			if to != dead && !seen[to] {
				seen[to] = true
				came[to] = visit{i, on}
				queue = append(queue, to)
			}
		}
		step(s.unnamed(), s.other)
		for _, e := range s.edges {
			step(e.on, e.to)
		}
	}
	return nil
}

// letters are the characters to choose from where any will do.
const letters = "xyzabcdefghijklmnopqrstuvw0123456789-_.~"

// unnamed returns a character the state does not name.
func (s *state) unnamed() rune {
	for _, c := range letters {
		if !s.names(c) {
			return c
		}
	}
	c := rune('!')
	for s.names(c) {
		c++
	}
	return c
}

func (s *state) names(on rune) bool {
	return slices.ContainsFunc(s.edges, func(e edge) bool { return e.on == on })
}

// operation says how two languages are combined.
type operation uint8

const (
	intersection operation = iota
	difference
)

// langs makes languages, each combination only once.
type langs struct {
	budget *budget
	made   int
	memo   map[combination]*lang
	none   *lang // no word
	text   *lang // every word without holes
	words  *lang // every word
}

type combination struct {
	op   operation
	a, b int
}

func newLangs(b *budget) *langs {
	f := &langs{budget: b, memo: make(map[combination]*lang)}
	f.none = f.add(nil)
	f.text = f.add([]state{{final: true, other: 0, hole: dead}})
	f.words = f.add([]state{{final: true, other: 0, hole: 0}})
	return f
}

func (f *langs) add(states []state) *lang {
	f.made++
	return &lang{id: f.made, states: states}
}

func (f *langs) and(a, b *lang) *lang   { return f.combine(intersection, a, b) }
func (f *langs) minus(a, b *lang) *lang { return f.combine(difference, a, b) }

func (f *langs) combine(op operation, a, b *lang) *lang {
	switch {
	case a.empty(), b.empty() && op == intersection, (a == b || b == f.words) && op == difference:
		return f.none
	case b.empty(), a == b, b == f.words:
		return a
	case op == intersection && a == f.words:
		return b
	}
	key := combination{op, a.id, b.id}
	if l := f.memo[key]; l != nil {
		return l
	}
	p := product{op: op, a: a, b: b, at: make(map[[2]int32]int32)}
	l := f.none
	if p.run(f.budget) {
		if states := simplify(p.states); len(states) > 0 {
			l = f.add(states)
		}
		f.memo[key] = l
	}
	return l
}

// product walks two automata at once.
type product struct {
	op     operation
	a, b   *lang
	at     map[[2]int32]int32
	pairs  [][2]int32
	states []state
}

func (p *product) run(b *budget) bool {
	p.state(0, 0)
	for i := 0; i < len(p.pairs); i++ {
		s := p.expand(p.pairs[i])
		if !b.spend(8 + 2*len(s.edges)) {
			return false
		}
		p.states[i] = s
	}
	return true
}

// state returns the number of a pair of states, dead if nothing can be accepted from it.
func (p *product) state(a, b int32) int32 {
	if a == dead || (b == dead && p.op == intersection) {
		return dead
	}
	pair := [2]int32{a, b}
	n, ok := p.at[pair]
	if !ok {
		n = int32(len(p.pairs))
		p.at[pair] = n
		p.pairs = append(p.pairs, pair)
		p.states = append(p.states, state{})
	}
	return n
}

func (p *product) expand(pair [2]int32) state {
	sa := &p.a.states[pair[0]]
	sb := &state{other: dead, hole: dead}
	if pair[1] != dead {
		sb = &p.b.states[pair[1]]
	}
	s := state{final: sa.final && sb.final == (p.op == intersection)}
	i, j := 0, 0
	for i < len(sa.edges) || j < len(sb.edges) {
		var on rune
		switch {
		case j == len(sb.edges):
			on = sa.edges[i].on
		case i == len(sa.edges):
			on = sb.edges[j].on
		default:
			on = min(sa.edges[i].on, sb.edges[j].on)
		}
		s.edges = append(s.edges, edge{on, p.state(sa.next(on), sb.next(on))})
		if i < len(sa.edges) && sa.edges[i].on == on {
			i++
		}
		if j < len(sb.edges) && sb.edges[j].on == on {
			j++
		}
	}
	s.other = p.state(sa.other, sb.other)
	s.hole = p.state(sa.hole, sb.hole)
	return s
}

// simplify drops the states from which nothing is accepted and the edges that say nothing, and merges states that
// are plainly alike. The result need not be the smallest automaton.
func simplify(states []state) []state {
	alive := accepting(states)
	if len(states) == 0 || !alive[0] {
		return nil
	}
	to := func(t int32) int32 {
		if t == dead || !alive[t] {
			return dead
		}
		return t
	}
	for i := range states {
		s := &states[i]
		s.other, s.hole = to(s.other), to(s.hole)
		kept := s.edges[:0]
		for _, e := range s.edges {
			e.to = to(e.to)
			if (e.on < firstHole && e.to != s.other) || (e.on >= firstHole && e.to != s.hole) {
				kept = append(kept, e)
			}
		}
		s.edges = kept
	}
	return renumber(states, alike(states))
}

// accepting marks the states from which a final state can be reached.
func accepting(states []state) []bool {
	back := make([][]int32, len(states))
	alive := make([]bool, len(states))
	var queue []int32
	for i := range states {
		for t := range states[i].targets {
			back[t] = append(back[t], int32(i))
		}
		if states[i].final {
			alive[i] = true
			queue = append(queue, int32(i))
		}
	}
	for len(queue) > 0 {
		t := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, s := range back[t] {
			if !alive[s] {
				alive[s] = true
				queue = append(queue, s)
			}
		}
	}
	return alive
}

// targets yields the states a state leads to.
func (s *state) targets(yield func(int32) bool) {
	for _, t := range [...]int32{s.other, s.hole} {
		if t != dead && !yield(t) {
			return
		}
	}
	for _, e := range s.edges {
		if e.to != dead && !yield(e.to) {
			return
		}
	}
}

// alike names for every state one that accepts the same, itself if no other is known. Children come before their
// parents, so that whole trees are merged at once.
func alike(states []state) []int32 {
	const unknown, open = -2, -3
	same := make([]int32, len(states))
	for i := range same {
		same[i] = unknown
	}
	seen := make(map[string]int32)
	stack := []int32{0}
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		s := &states[i]
		if same[i] == unknown {
			same[i] = open
			for t := range s.targets {
				if same[t] == unknown {
					stack = append(stack, t)
				}
			}
			continue
		}
		stack = stack[:len(stack)-1]
		if same[i] != open {
			continue
		}
		signature := s.signature(i, same)
		if first, ok := seen[signature]; ok {
			same[i] = first
			continue
		}
		seen[signature] = i
		same[i] = i
	}
	return same
}

// signature describes a state by what is known of its targets.
func (s *state) signature(own int32, same []int32) string {
	b := make([]byte, 0, 9+8*len(s.edges))
	ref := func(t int32) {
		switch {
		case t == own:
			t = -2
		case t >= 0 && same[t] >= 0:
			t = same[t]
		}
		b = binary.LittleEndian.AppendUint32(b, uint32(t))
	}
	b = append(b, 0)
	if s.final {
		b[0] = 1
	}
	ref(s.other)
	ref(s.hole)
	for _, e := range s.edges {
		b = binary.LittleEndian.AppendUint32(b, uint32(e.on))
		ref(e.to)
	}
	return string(b)
}

// renumber keeps one state of each kind, those that can be reached.
func renumber(states []state, same []int32) []state {
	number := make(map[int32]int32)
	var order []int32
	to := func(t int32) int32 {
		if t == dead {
			return dead
		}
		t = same[t]
		n, ok := number[t]
		if !ok {
			n = int32(len(order))
			number[t] = n
			order = append(order, t)
		}
		return n
	}
	to(0)
	var out []state
	for i := 0; i < len(order); i++ {
		s := states[order[i]]
		s.other, s.hole = to(s.other), to(s.hole)
		for j := range s.edges {
			s.edges[j].to = to(s.edges[j].to)
		}
		out = append(out, s)
	}
	return out
}
