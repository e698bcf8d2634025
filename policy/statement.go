package policy

import "strings"

// statement is one compiled statement.
type statement struct {
	index      int
	sid        string
	deny       bool
	start, end Position

	notAction   bool
	actions     actionSet
	anyResource bool // trust policies have no Resource element: the role is the resource
	notResource bool
	resources   []resourcePattern
	principal   *principalElement // nil where the kind names none
	conditions  []condition
}

func compile(kind Kind, doc string, d *rawDocument) *compiled {
	c := &compiled{statements: make([]statement, len(d.statements)), byService: make(map[string][]*statement)}
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
		if s.notAction || s.actions.all || len(s.actions.irregular) > 0 {
			c.general = append(c.general, s)
			continue
		}
		for service := range s.actions.services {
			c.byService[service] = append(c.byService[service], s)
		}
	}
	return c
}

// candidates are the statements of a document that may concern one service. Two lists that both are in document
// order are merged on the way: copying the general statements to every service would let a small document grow
// into a large index.
type candidates struct {
	own, general []*statement
}

func (c *compiled) candidates(service []byte) candidates {
	return candidates{c.byService[string(service)], c.general}
}

// next returns the next statement in document order, nil at the end.
func (c *candidates) next() (s *statement) {
	switch {
	case len(c.own) > 0 && (len(c.general) == 0 || c.own[0].index < c.general[0].index):
		s, c.own = c.own[0], c.own[1:]
	case len(c.general) > 0:
		s, c.general = c.general[0], c.general[1:]
	}
	return s
}

func compileStatement(kind Kind, raw *rawStatement, variables bool) statement {
	s := statement{
		sid:         raw.sid.value,
		deny:        raw.effect.value == "Deny",
		notAction:   raw.notActions.present,
		notResource: raw.notResources.present,
		anyResource: kind == TrustPolicy,
	}
	s.actions = compileActions(raw.actionEntries())
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
		c := condition{op: rc.op, name: rc.operator.value, key: rc.key.value, folded: foldKey(rc.key.value)}
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
