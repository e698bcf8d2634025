package compare

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/policy"
)

// key is one condition key.
type key struct {
	name    string
	atoms   []*atom
	samples [numFamilies][]string // made when all atoms are known
}

// atom is one test: one key under one operator. Its outcome is yes, unknown or no, as in package policy.
type atom struct {
	id        int
	key       *key
	operator  string // with its qualifiers
	base      string // without
	set       string // ForAllValues, ForAnyValue or empty
	family    family
	negated   bool
	values    []string
	variables bool // the document's language has policy variables

	yes, no *policy.Policy // a document that allows, or denies, everything under this test

	// What the test makes of a key without a value, and if it is Null, of one with a value.
	missing, present outcome

	// What it makes of one value. Where variables or values that are not understood leave that open, least is
	// what surely satisfies it and most what perhaps does.
	open        bool
	least, most *lang     // strings and ARNs: no outcome is unknown
	sampled     []outcome // other families: for every sample of the key
}

// outcome is what a test says, or where it is unknown.
type outcome uint8

const (
	fails outcome = iota
	unclear
	holds
)

// test is an atom with the outcome it must have.
type test struct {
	*atom
	want want
}

type want uint8

const (
	yes      want = iota
	notYes        // no or unknown
	possible      // yes or unknown
	ruledOut      // no
)

func (l test) id() int { return l.atom.id*4 + int(l.want) }

// positive reports whether the test must hold, at least perhaps.
func (l test) positive() bool { return l.want == yes || l.want == possible }

// satisfied reports whether an outcome is the one wanted.
func (l test) satisfied(o outcome) bool {
	switch l.want {
	case yes:
		return o == holds
	case notYes:
		return o != holds
	case possible:
		return o != fails
	}
	return o == fails
}

// atom compiles a condition. Equal conditions are one atom.
func (c *comparison) atom(src *policy.Condition, variables bool) (*atom, error) {
	vals := values(src.Values)
	slices.Sort(vals)
	vals = slices.Compact(vals)
	folded := strings.ToLower(src.Key.Value)
	text, err := json.Marshal([]any{folded, src.Operator.Value, vals, variables})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if a := c.atoms[string(text)]; a != nil {
		return a, nil
	}
	k := c.keys[folded]
	if k == nil {
		k = &key{name: src.Key.Value}
		c.keys[folded] = k
	}
	a := &atom{
		id: len(c.atoms), key: k, operator: src.Operator.Value, base: src.Base, set: src.Set,
		values: vals, variables: variables,
	}
	if a.family, a.negated = familyOf(src.Base); a.family != nullFamily && a.family != textFamily {
		a.open = slices.ContainsFunc(vals, func(s string) bool { return !a.family.readable(s) })
	}
	for effect, p := range map[string]**policy.Policy{"Allow": &a.yes, "Deny": &a.no} {
		if *p, err = a.policy(effect); err != nil {
			return nil, err
		}
	}
	a.missing = c.ask(a, &policy.Context{})
	if a.family == nullFamily {
		var present policy.Context
		present.Set(k.name, "any")
		a.present = c.ask(a, &present)
	}
	if a.family == textFamily {
		c.textAtom(a)
	}
	c.atoms[string(text)] = a
	k.atoms = append(k.atoms, a)
	return a, nil
}

// policy returns a document that has only this test.
func (a *atom) policy(effect string) (*policy.Policy, error) {
	version := version2012
	if !a.variables {
		version = version2008
	}
	return compile(policy.IdentityPolicy, single(version, map[string]any{
		"Effect": effect, "Action": "*", "Resource": "*",
		"Condition": map[string]any{a.operator: map[string]any{a.key.name: a.values}},
	}))
}

// ask lets package policy say what a test makes of a context.
func (c *comparison) ask(a *atom, ctx *policy.Context) outcome {
	if !c.budget.spend(10 + len(a.values)/4) {
		return unclear
	}
	p := somebody()
	r := policy.Request{Principal: p, Action: "example:Example", Resource: "*", ResourceAccount: p.Account, Context: *ctx}
	if policy.Evaluate(&r, &policy.Policies{Identity: []*policy.Policy{a.yes}}).Effect == policy.Allowed {
		return holds
	}
	if policy.Evaluate(&r, &policy.Policies{Identity: []*policy.Policy{a.no}}).Effect == policy.DeniedExplicit {
		return unclear
	}
	return fails
}

// textAtom finds the values that satisfy a test on strings or ARNs.
func (c *comparison) textAtom(a *atom) {
	var certain, loose [][]step
	for _, v := range a.values {
		t, ok := c.textPattern(a, v)
		if !ok {
			continue
		}
		if !t.variable {
			certain = append(certain, t.steps)
		}
		a.open = a.open || t.variable
		loose = append(loose, t.steps)
	}
	f := c.langs
	a.least = f.and(f.build(certain, exactly), f.text)
	if a.most = a.least; a.open {
		a.most = f.and(f.build(loose, perhaps), f.text)
	}
	if strings.HasPrefix(a.base, "Arn") {
		arn := f.build([][]step{append(literal("arn:"), step{kind: manyChars})}, exactly)
		a.least, a.most = f.and(a.least, arn), f.and(a.most, arn)
	}
	if a.negated {
		a.least, a.most = f.minus(f.text, a.most), f.minus(f.text, a.least)
	}
}

// textPattern returns the pattern of one value; ok is false for what is no ARN and so matches nothing. The fields of
// an ARN are compared one by one: no wildcard leaves its field.
func (c *comparison) textPattern(a *atom, value string) (t template, ok bool) {
	n := notation{wildcards: strings.HasSuffix(a.base, "Like"), variables: a.variables}
	switch {
	case strings.HasSuffix(a.base, "IgnoreCase"):
		t = c.holes.parse(value, n)
		for i := range t.steps {
			if t.steps[i].kind == oneChar {
				t.steps[i] = folded(string(t.steps[i].on))[0]
			}
		}
		return t, true
	case !strings.HasPrefix(a.base, "Arn"):
		return c.holes.parse(value, n), true
	}
	fields := splitARN(value, a.variables)
	if len(fields) < 6 {
		return t, false
	}
	n.wildcards = true
	for i, f := range fields {
		ft := c.holes.parse(f, n)
		if i > 0 {
			t.steps = append(t.steps, step{kind: oneChar, on: ':'})
		}
		for _, s := range ft.steps {
			switch {
			case i == 5:
			case s.kind == manyChars:
				s.kind = manyInField
			case s.kind == anyChar:
				s.kind = anyInField
			}
			t.steps = append(t.steps, s)
		}
		t.variable = t.variable || ft.variable
	}
	return t, true
}

// sample cuts the domains of all keys into pieces. It runs once, when all atoms are known.
func (c *comparison) sample() {
	for _, k := range c.keys {
		for f := numberFamily; f < numFamilies && !c.budget.exhausted(); f++ {
			c.sampleKey(k, f)
		}
	}
}

// sampleKey finds the samples of a key for one family, and what the tests make of them.
func (c *comparison) sampleKey(k *key, f family) {
	var atoms []*atom
	var constants []string
	for _, a := range k.atoms {
		if a.family == f {
			atoms = append(atoms, a)
			constants = append(constants, a.values...)
		}
	}
	slices.Sort(constants)
	constants = slices.Compact(constants)
	if len(atoms) == 0 || !c.budget.spend(20*len(constants)) {
		return
	}
	k.samples[f] = f.samples(constants, &c.budget)
	for _, s := range k.samples[f] {
		var ctx policy.Context
		ctx.Set(k.name, s)
		for _, a := range atoms {
			if !a.open {
				a.sampled = append(a.sampled, c.ask(a, &ctx))
			}
		}
		if c.budget.exhausted() {
			return
		}
	}
}

// implies reports that one test holds for a value whenever another does, because they are written that way: the
// same comparison with more values, or if it is negated with fewer.
func (a *atom) implies(b *atom) bool {
	if a == b {
		return true
	}
	if a.variables != b.variables || a.family != b.family || !sameComparison(a, b) {
		return false
	}
	if a.negated {
		a, b = b, a
	}
	for _, v := range a.values {
		if _, found := slices.BinarySearch(b.values, v); !found {
			return false
		}
	}
	return true
}

// sameComparison reports whether two operators compare alike. Without wildcards StringEquals is StringLike.
func sameComparison(a, b *atom) bool {
	same := func(x, y string) bool { return a.base == x && b.base == y || a.base == y && b.base == x }
	switch {
	case a.base == b.base, same("ArnEquals", "ArnLike"), same("ArnNotEquals", "ArnNotLike"):
		return true
	case same("StringEquals", "StringLike"), same("StringNotEquals", "StringNotLike"):
		wild := func(s string) bool { return strings.ContainsAny(s, "*?") }
		return !slices.ContainsFunc(a.values, wild) && !slices.ContainsFunc(b.values, wild)
	}
	return false
}
