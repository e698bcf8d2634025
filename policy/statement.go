package policy

import (
	"slices"
	"strings"
)

// statement is one compiled statement.
type statement struct {
	index      int
	sid        string
	deny       bool
	start, end Position

	notAction   bool
	actions     actionSet // empty unless the index needs it
	anyResource bool      // trust policies have no Resource element: the role is the resource
	notResource bool
	resources   []resourcePattern
	principal   *principalElement // nil where the kind names none
	conditions  []condition
}

func compile(kind Kind, doc string, d *rawDocument) *compiled {
	c := &compiled{statements: make([]statement, len(d.statements)), index: newIndex()}
	variables := d.version.value == version2012
	places := locator{doc: doc}
	for i := range d.statements {
		raw, s := &d.statements[i], &c.statements[i]
		start := places.at(raw.start)
		for _, e := range raw.principalEntries() {
			c.principals = append(c.principals, NamedPrincipal{e.class, e.value, places.at(e.pos)})
		}
		*s = compileStatement(kind, raw, variables)
		s.index, s.start, s.end = i, start, places.at(raw.end)
		c.index.add(s, compileActions(raw.actionEntries()))
	}
	return c
}

func compileStatement(kind Kind, raw *rawStatement, variables bool) statement {
	s := statement{
		sid:         raw.sid.value,
		deny:        raw.effect.value == "Deny",
		notAction:   raw.notActions.present,
		notResource: raw.notResources.present,
		anyResource: kind == TrustPolicy,
	}
	for _, e := range raw.resourceEntries() {
		s.resources = append(s.resources, compileResource(e.value, variables))
	}
	if kind.namesPrincipals() {
		s.principal = &principalElement{negated: raw.notPrincipals.present}
		for _, e := range raw.principalEntries() {
			s.principal.patterns = append(s.principal.patterns, compilePrincipal(e.class, e.value))
		}
	}
	for _, rc := range raw.conditions {
		c := condition{
			op: rc.op, name: rc.key.value, key: newContextKey(rc.key.value), label: rc.operator.value + " " + rc.key.value,
		}
		for _, e := range rc.values {
			v, _ := compileValue(rc.op.operator, e.value, variables)
			c.values = append(c.values, v)
		}
		s.conditions = append(s.conditions, c)
	}
	return s
}

// irregularIAMPath reports whether the resource field of an IAM ARN has wildcards inside the word for its
// type, which the language does not allow; a star alone is allowed.
func irregularIAMPath(path string) bool {
	typ, _, _ := strings.Cut(path, "/")
	return typ != "*" && strings.ContainsAny(typ, "*?")
}

// contextKeys appends the keys the statement asks for.
func (s *statement) contextKeys(keys []string) []string {
	add := func(t *template) {
		for _, tok := range t.tokens {
			if tok.variable != nil {
				keys = append(keys, tok.variable.name)
			}
		}
	}
	for i := range s.resources {
		add(&s.resources[i].pattern)
	}
	for i := range s.conditions {
		c := &s.conditions[i]
		keys = append(keys, c.name)
		for k := range c.values {
			add(&c.values[k].text)
			if c.values[k].arn != nil {
				for f := range c.values[k].arn {
					add(&c.values[k].arn[f])
				}
			}
		}
	}
	return keys
}

// sortedKeys sorts names of context keys and drops repetitions, whatever their letter case.
func sortedKeys(keys []string) []string {
	slices.SortStableFunc(keys, func(a, b string) int { return strings.Compare(foldKey(a), foldKey(b)) })
	return slices.CompactFunc(keys, func(a, b string) bool { return foldKey(a) == foldKey(b) })
}
