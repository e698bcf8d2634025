package compare

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/policy"
)

// ErrInvalid says that a document is not one of its kind, or that an [Access] lists what is neither an action nor
// a resource.
var ErrInvalid = errors.New("compare: not valid")

// document is one compiled document.
type document struct {
	policy     *policy.Policy
	allows     []*statement
	denies     []*statement
	identities map[string]bool // of the statements
}

// statement is one statement as a box. What counts as its action or resource follows package policy: where a match
// is unknown an Allow does not apply and a Deny does.
type statement struct {
	src       *policy.Statement
	index     int
	deny      bool
	variables bool
	identity  string  // equal for statements that say the same in the same words
	reach     []grant // for every caller
	actions   *lang
	entries   []resourceEntry // none: every resource
	atoms     []*atom
	made      [numRoles]*lang
}

// grant says how strongly a statement reaches a caller. With a stronger grant less else is needed.
type grant uint8

const (
	unreached grant = iota
	byAccount
	byRole
	byName
)

// comparison is what one call knows.
type comparison struct {
	budget  budget
	langs   *langs
	holes   holes
	kind    policy.Kind
	callers []caller
	all     bits // every caller
	keys    map[string]*key
	atoms   map[string]*atom
	actions *lang // what an action can be: service:Name
	star    *lang // the resource "*"
	checks  map[string]*witness

	hints hints

	everything everything
}

func newComparison(kind policy.Kind) (*comparison, error) {
	switch kind {
	case policy.IdentityPolicy, policy.BoundaryPolicy, policy.SessionPolicy, policy.ServiceControlPolicy,
		policy.ResourcePolicy, policy.TrustPolicy:
	default:
		return nil, fmt.Errorf("%w: a %s grants nothing that could be compared", ErrInvalid, kind)
	}
	c := &comparison{
		budget: budget{left: workLimit},
		kind:   kind,
		keys:   make(map[string]*key),
		atoms:  make(map[string]*atom),
		checks: make(map[string]*witness),
	}
	var err error
	if c.everything, err = allowAll(); err != nil {
		return nil, err
	}
	c.holes.symbols = make(map[variable]rune)
	c.langs = newLangs(&c.budget)
	c.actions = c.langs.build([][]step{{{kind: manyChars}, {kind: oneChar, on: ':'}, {kind: manyChars}}}, exactly)
	c.star = c.langs.build([][]step{literal("*")}, exactly)
	return c, nil
}

// namesPrincipals reports whether the statements say whom they concern.
func (c *comparison) namesPrincipals() bool {
	return c.kind == policy.ResourcePolicy || c.kind == policy.TrustPolicy
}

// documents compiles what is to be compared.
func (c *comparison) documents(read ...*policy.Document) ([]*document, error) {
	out := make([]*document, len(read))
	for i, r := range read {
		p, err := compile(c.kind, c.write(r))
		if err != nil {
			return nil, err
		}
		out[i] = &document{policy: p}
	}
	c.findCallers(read)
	var every []*statement
	for i, r := range read {
		out[i].identities = make(map[string]bool)
		for j := range r.Statements {
			s, err := c.statement(r, j)
			if err != nil {
				return nil, err
			}
			every = append(every, s)
			c.hints.note(s)
			out[i].identities[s.identity] = true
			if s.deny {
				out[i].denies = append(out[i].denies, s)
			} else {
				out[i].allows = append(out[i].allows, s)
			}
		}
	}
	c.mergeCallers(every)
	return out, nil
}

func (c *comparison) statement(d *policy.Document, index int) (*statement, error) {
	src := &d.Statements[index]
	s := &statement{src: src, index: index, deny: src.Deny(), variables: d.Version.Value == version2012}
	plain := written(src)
	delete(plain, "Sid")
	text, err := json.Marshal([]any{s.variables, plain})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	s.identity = string(text)
	if err := c.reaches(s); err != nil {
		return nil, err
	}
	s.actions = c.actionLang(values(src.Actions), src.NotAction, s.deny)
	for _, r := range src.Resources {
		s.entries = append(s.entries, c.resource(r.Value, s.variables))
	}
	for i := range src.Conditions {
		a, err := c.atom(&src.Conditions[i], s.variables)
		if err != nil {
			return nil, err
		}
		s.atoms = append(s.atoms, a)
	}
	return s, nil
}

func values(texts []policy.Text) []string {
	out := make([]string, 0, len(texts))
	for _, t := range texts {
		out = append(out, t.Value)
	}
	return out
}

// actionLang returns the actions of a statement, in lower case. An entry with a wildcard in its service, which the
// language lacks, is a match for a Deny only.
func (c *comparison) actionLang(entries []string, negated, deny bool) *lang {
	doubtful := deny != negated // what is unknown counts as a match of the entries
	var patterns [][]step
	for _, e := range entries {
		e = strings.ToLower(e)
		service, name, _ := strings.Cut(e, ":")
		switch {
		case e == "*":
			if negated {
				return c.langs.none
			}
			return c.actions
		case !strings.ContainsAny(service, "*?"):
			patterns = append(patterns, actionPattern(service+":"+name))
		case doubtful:
			patterns = append(patterns, actionPattern(e))
		}
	}
	l := c.langs.build(patterns, exactly)
	if negated {
		return c.langs.minus(c.actions, l)
	}
	return c.langs.and(c.actions, l)
}

// actionPattern returns a pattern whose characters are bytes, as package policy matches actions.
func actionPattern(s string) []step {
	var out []step
	for i := range len(s) {
		switch s[i] {
		case '*':
			out = append(out, step{kind: manyChars})
		case '?':
			out = append(out, step{kind: anyChar})
		default:
			out = append(out, step{kind: oneChar, on: rune(s[i])})
		}
	}
	return out
}

// resourceEntry is one entry of a Resource or NotResource element.
type resourceEntry struct {
	template
	all       bool // the entry "*"
	irregular bool // breaks a rule of the language: what it matches is unknown
}

// resource reads an entry as package policy does. In the first five fields of an ARN a star that ends its field may
// run over the colons that follow; other wildcards stay in their field.
func (c *comparison) resource(entry string, variables bool) resourceEntry {
	if entry == "*" {
		return resourceEntry{all: true}
	}
	fields := splitARN(entry, variables)
	r := resourceEntry{irregular: len(fields) < 3 || fields[0] != "arn" || strings.ContainsAny(fields[2], "*?")}
	if len(fields) == 6 && fields[2] == "iam" {
		typ, _, _ := strings.Cut(fields[5], "/")
		r.irregular = r.irregular || typ != "*" && strings.ContainsAny(typ, "*?")
	}
	for i, f := range fields {
		t := c.holes.parse(f, notation{wildcards: true, variables: variables})
		if i < 5 {
			r.irregular = r.irregular || t.variable
			confine(t.steps)
		}
		if i > 0 {
			r.steps = append(r.steps, step{kind: oneChar, on: ':'})
		}
		r.steps = append(r.steps, t.steps...)
		r.variable = r.variable || t.variable
		r.required = r.required || t.required
		r.wildcard = r.wildcard || t.wildcard
	}
	return r
}

// confine forbids the wildcards inside a field to leave it; a star at its end stays free.
func confine(steps []step) {
	for i := range steps {
		switch steps[i].kind {
		case manyChars:
			if i < len(steps)-1 {
				steps[i].kind = manyInField
			}
		case anyChar:
			steps[i].kind = anyInField
		}
	}
}

// role is the part a statement has in a proof. It decides to which side its resources are rounded where policy
// variables leave them open.
type role uint8

const (
	granting role = iota // the Allow whose requests are looked at: rounded up
	allowing             // an Allow that covers requests: rounded down
	denying              // a Deny that takes requests away: rounded down
	removed              // a Deny that took requests away: rounded up
	numRoles
)

// resources returns the resources of a statement in one of its roles.
func (c *comparison) resources(s *statement, r role) *lang {
	if s.made[r] == nil {
		s.made[r] = c.resourceLang(s.entries, s.src.NotResource, r)
	}
	return s.made[r]
}

func (c *comparison) resourceLang(entries []resourceEntry, negated bool, r role) *lang {
	universe := c.langs.words
	if r == granting {
		universe = c.langs.text // a value has a symbol only where the variable stands
	}
	switch {
	case len(entries) == 0 && (r == allowing || r == denying):
		return c.langs.none // see covers
	case len(entries) == 0, !negated && slices.ContainsFunc(entries, func(e resourceEntry) bool { return e.all }):
		return universe
	case !negated:
		mode := map[role]holeMode{granting: exactly, allowing: surely, denying: surely, removed: perhaps}[r]
		doubtful := r == denying || r == removed
		return c.union(entries, mode, func(e *resourceEntry) bool { return doubtful || !e.irregular })
	}
	// NotResource is the complement, so what is excluded is rounded the other way. A variable without a value
	// leaves it open whether an Allow applies; a Deny applies then.
	mode := map[role]holeMode{granting: exactly, allowing: perhaps, denying: perhaps, removed: surely}[r]
	if r == allowing && slices.ContainsFunc(entries, func(e resourceEntry) bool { return e.required }) {
		return c.langs.none
	}
	excluded := c.union(entries, mode, func(e *resourceEntry) bool {
		switch r {
		case granting:
			return !e.variable
		case allowing:
			return true
		}
		return !e.irregular
	})
	return c.langs.minus(universe, excluded)
}

// union returns what the chosen entries match. The resource "*", of actions that know no resources, is matched by
// the entry "*" only.
func (c *comparison) union(entries []resourceEntry, mode holeMode, choose func(*resourceEntry) bool) *lang {
	var patterns [][]step
	for i := range entries {
		switch e := &entries[i]; {
		case !choose(e):
		case e.all:
			return c.langs.words
		default:
			patterns = append(patterns, e.steps)
		}
	}
	return c.langs.minus(c.langs.build(patterns, mode), c.star)
}

// covers reports whether the resources of s contain those of t because they are written that way. A statement without
// Resource only covers another: whether it speaks of every resource is up to the service.
func (s *statement) covers(t *statement) bool {
	if len(s.entries) == 0 || len(t.entries) == 0 {
		return len(s.entries) == len(t.entries)
	}
	if s.variables != t.variables || s.src.NotResource != t.src.NotResource || t.deny && !s.deny {
		return false
	}
	return subset(t.src.Resources, s.src.Resources, s.src.NotResource)
}

// subset reports whether all texts of a are among those of b, or the reverse.
func subset(a, b []policy.Text, reverse bool) bool {
	if reverse {
		a, b = b, a
	}
	known := make(map[string]bool, len(b))
	for _, t := range b {
		known[t.Value] = true
	}
	return !slices.ContainsFunc(a, func(t policy.Text) bool { return !known[t.Value] })
}
