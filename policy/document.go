package policy

import (
	"cmp"
	"slices"
	"strings"
)

// Document is a document as it was written, for whoever wants to look at one rather than decide by it: checks,
// comparisons, pages. Only its grammar has been checked.
type Document struct {
	Version    Text // no position when the document has no Version
	ID         string
	Statements []Statement
}

// Text is a string of a document and its place there.
type Text struct {
	Value  string
	Offset int // in bytes, from 0; of the quotation mark of a string
	Position
}

// Statement is one statement as it was written. Of each pair such as Action and NotAction at most one is there.
type Statement struct {
	Sid          Text
	Effect       Text // Allow or Deny, in any letter case
	NotPrincipal bool
	Principals   []NamedPrincipal
	NotAction    bool
	Actions      []Text
	NotResource  bool
	Resources    []Text
	Conditions   []Condition

	StartOffset, EndOffset int // in bytes; End is behind the closing brace
	Start, End             Position
}

// Deny reports whether the statement denies.
func (s *Statement) Deny() bool { return strings.EqualFold(s.Effect.Value, "Deny") }

// Condition is one key under one operator.
type Condition struct {
	Operator Text // as written, such as ForAnyValue:StringLikeIfExists
	Key      Text
	Values   []Text

	// The parts of the operator: its name without prefix and suffix (StringLike), the set operator (ForAllValues,
	// ForAnyValue or empty) and the suffix.
	Base     string
	Set      string
	IfExists bool
}

// Read reads a document of any kind and checks its grammar only: the shape, the members and their types, the
// names of operators. The error is a *SyntaxError.
func Read(document []byte) (*Document, error) {
	doc := string(document)
	raw, malformed := readDocument(doc, maxStored)
	if malformed != nil {
		return nil, newSyntaxError(doc, messageSyntax, malformed.offset, malformed.detail)
	}
	r := reader{}
	d := &Document{ID: raw.id, Statements: make([]Statement, len(raw.statements))}
	if raw.versioned {
		r.text(&d.Version, raw.version)
	}
	for i := range raw.statements {
		r.statement(&d.Statements[i], &raw.statements[i])
	}
	r.locate(doc)
	return d, nil
}

// reader copies what was read, and remembers where positions belong. They are found in one walk through the
// document at the end, because its members may stand in any order.
type reader struct{ places []place }

type place struct {
	offset int
	of     *Position
}

func (r *reader) place(offset int, of *Position) { r.places = append(r.places, place{offset, of}) }

func (r *reader) locate(doc string) {
	slices.SortStableFunc(r.places, func(a, b place) int { return cmp.Compare(a.offset, b.offset) })
	l := locator{doc: doc}
	for _, p := range r.places {
		*p.of = l.at(p.offset)
	}
}

func (r *reader) text(to *Text, from text) {
	to.Value, to.Offset = from.value, from.pos
	r.place(from.pos, &to.Position)
}

func (r *reader) texts(entries []text) []Text {
	out := make([]Text, len(entries))
	for i, e := range entries {
		r.text(&out[i], e)
	}
	return out
}

func (r *reader) statement(s *Statement, raw *rawStatement) {
	s.StartOffset, s.EndOffset = raw.start, raw.end
	r.place(raw.start, &s.Start)
	r.place(raw.end, &s.End)
	r.text(&s.Effect, raw.effect)
	if raw.sid.pos > 0 {
		r.text(&s.Sid, raw.sid)
	}
	s.NotPrincipal, s.NotAction, s.NotResource = raw.notPrincipals.present, raw.notActions.present, raw.notResources.present
	s.Actions, s.Resources = r.texts(raw.actionEntries()), r.texts(raw.resourceEntries())
	if principals := raw.principalEntries(); len(principals) > 0 {
		s.Principals = make([]NamedPrincipal, len(principals))
		for i, e := range principals {
			s.Principals[i] = NamedPrincipal{Class: e.class, Value: e.value}
			r.place(e.pos, &s.Principals[i].Position)
		}
	}
	if len(raw.conditions) > 0 {
		s.Conditions = make([]Condition, len(raw.conditions))
	}
	for i, from := range raw.conditions {
		c := &s.Conditions[i]
		r.text(&c.Operator, from.operator)
		r.text(&c.Key, from.key)
		c.Values = r.texts(from.values)
		c.Set, c.Base, c.IfExists = operatorParts(from.operator.value)
	}
}

// operatorParts takes the name of an operator apart.
func operatorParts(name string) (set, base string, ifExists bool) {
	if prefix, rest, found := strings.Cut(name, ":"); found {
		set, name = prefix, rest
	}
	base, ifExists = strings.CutSuffix(name, "IfExists")
	return set, base, ifExists
}
