package policy

import "strings"

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
	r := reader{locator{doc: doc}}
	d := &Document{ID: raw.id}
	if raw.versioned {
		d.Version = r.text(raw.version)
	}
	for i := range raw.statements {
		d.Statements = append(d.Statements, r.statement(&raw.statements[i]))
	}
	return d, nil
}

// reader adds positions to what was read.
type reader struct{ places locator }

func (r *reader) text(t text) Text { return Text{t.value, t.pos, r.places.at(t.pos)} }

func (r *reader) texts(entries []text) []Text {
	out := make([]Text, 0, len(entries))
	for _, e := range entries {
		out = append(out, r.text(e))
	}
	return out
}

func (r *reader) statement(raw *rawStatement) Statement {
	s := Statement{
		StartOffset: raw.start, EndOffset: raw.end,
		Start:        r.places.at(raw.start),
		Effect:       r.text(raw.effect),
		NotPrincipal: raw.notPrincipals.present,
		NotAction:    raw.notActions.present,
		Actions:      r.texts(raw.actionEntries()),
		NotResource:  raw.notResources.present,
		Resources:    r.texts(raw.resourceEntries()),
	}
	if raw.sid.pos > 0 {
		s.Sid = r.text(raw.sid)
	}
	for _, e := range raw.principalEntries() {
		s.Principals = append(s.Principals, NamedPrincipal{e.class, e.value, r.places.at(e.pos)})
	}
	for _, c := range raw.conditions {
		set, base, ifExists := operatorParts(c.operator.value)
		s.Conditions = append(s.Conditions, Condition{
			Operator: r.text(c.operator), Key: r.text(c.key), Values: r.texts(c.values),
			Set: set, Base: base, IfExists: ifExists,
		})
	}
	s.End = r.places.at(raw.end)
	return s
}

// operatorParts takes the name of an operator apart.
func operatorParts(name string) (set, base string, ifExists bool) {
	if prefix, rest, found := strings.Cut(name, ":"); found {
		set, name = prefix, rest
	}
	base, ifExists = strings.CutSuffix(name, "IfExists")
	return set, base, ifExists
}
