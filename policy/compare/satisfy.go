package compare

import (
	"encoding/binary"
	"slices"
)

// valueSet is a set of values of one key: those whose text is in the language and which for every other family
// satisfy the same tests as one of the samples that are left. Families are taken to be independent.
type valueSet struct {
	text    *lang
	samples [numFamilies][]bool // nil: all
	tests   []test              // that made it
}

func (c *comparison) anyValue() valueSet { return valueSet{text: c.langs.text} }

func (v *valueSet) empty() bool {
	return v.text.empty() || slices.ContainsFunc(v.samples[:], func(s []bool) bool { return s != nil && !slices.Contains(s, true) })
}

// restrict returns the values that pass a test too.
func (c *comparison) restrict(v valueSet, t test) valueSet {
	v.tests = append(slices.Clone(v.tests), t)
	switch {
	case t.family == textFamily && t.positive():
		v.text = c.langs.and(v.text, t.most)
	case t.family == textFamily:
		v.text = c.langs.minus(v.text, t.least)
	case t.open:
	default:
		left := make([]bool, len(t.sampled))
		for i, o := range t.sampled {
			before := v.samples[t.family]
			left[i] = t.satisfied(o) && (before == nil || before[i])
		}
		v.samples[t.family] = left
	}
	return v
}

// presence says which kind of value a request has for a key.
type presence uint8

const (
	oneValue presence = iota
	noValue
	manyValues
)

// witness is what values of one key satisfy all tests on it: one from each set.
type witness struct {
	presence presence
	sets     []valueSet
}

// satisfy finds out whether a request can have values of one key that pass all tests, which all are on that key.
// nil means that it surely cannot.
func (c *comparison) satisfy(tests []test) *witness {
	ids := make([]int, 0, len(tests))
	for _, t := range tests {
		ids = append(ids, t.id())
	}
	slices.Sort(ids)
	name := make([]byte, 0, 4*len(ids))
	for _, id := range slices.Compact(ids) {
		name = binary.LittleEndian.AppendUint32(name, uint32(id))
	}
	if w, known := c.checks[string(name)]; known {
		return w
	}
	if !c.budget.spend(4 + len(tests)) {
		return nil
	}
	w := c.findWitness(tests)
	c.checks[string(name)] = w
	return w
}

func (c *comparison) findWitness(tests []test) *witness {
	if w := c.satisfyOne(tests, true); w != nil {
		return w
	}
	if !slices.ContainsFunc(tests, func(t test) bool { return !t.satisfied(t.missing) }) {
		return &witness{presence: noValue}
	}
	if w := c.satisfyOne(tests, false); w != nil {
		return w
	}
	return c.satisfyMany(tests)
}

// satisfyOne tries one value, on demand only one that has the type the tests are about.
func (c *comparison) satisfyOne(tests []test, typed bool) *witness {
	v := c.anyValue()
	for _, t := range tests {
		if t.family == nullFamily {
			if !t.satisfied(t.present) {
				return nil
			}
			continue
		}
		v = c.restrict(v, t)
	}
	for _, s := range v.samples {
		if typed && s != nil {
			s[len(s)-1] = false
		}
	}
	if v.empty() || contradict(tests, func(test, test) bool { return true }) {
		return nil
	}
	return &witness{presence: oneValue, sets: []valueSet{v}}
}

// satisfyMany tries a list of values. ForAllValues asks something of all of them and ForAnyValue of one; that a
// test fails asks it the other way round. Without a set operator no test holds, but if one of the values would pass
// it is not clear either.
func (c *comparison) satisfyMany(tests []test) *witness {
	every := c.anyValue()
	var some []test
	for _, t := range tests {
		switch {
		case t.family == nullFamily:
			if !t.satisfied(t.present) {
				return nil
			}
		case t.set == "" && t.want == yes:
			return nil
		case t.set == "" && t.want == notYes:
		case (t.set == "ForAllValues") == t.positive():
			every = c.restrict(every, t)
		default:
			some = append(some, t)
		}
	}
	if every.empty() || contradict(tests, func(a, b test) bool { return a.set == b.set }) {
		return nil
	}
	w := &witness{presence: manyValues}
	for _, t := range some {
		v := c.restrict(every, t)
		if v.empty() {
			return nil
		}
		w.sets = append(w.sets, v)
	}
	if len(some) == 0 {
		w.sets = append(w.sets, every)
	}
	return w
}

// contradict reports whether a test must hold that implies, by the way it is written, one that must not.
func contradict(tests []test, comparable func(holding, failing test) bool) bool {
	for _, a := range tests {
		if !a.positive() || a.family == nullFamily {
			continue
		}
		for _, b := range tests {
			if !b.positive() && (a.want == yes || b.want == ruledOut) && comparable(a, b) && a.implies(b.atom) {
				return true
			}
		}
	}
	return false
}
