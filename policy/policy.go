package policy

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// The two versions of the language. A document without a Version is 2008-10-17, which has no policy variables.
const (
	version2008 = "2008-10-17"
	version2012 = "2012-10-17"
)

// Policy is a compiled policy document. It does not change and may be used from many goroutines at once.
type Policy struct {
	name     string
	kind     Kind
	compiled *compiled
}

// compiled is the part of a Policy that copies under other names share.
type compiled struct {
	statements []statement
	index      index
	principals []NamedPrincipal
}

// Position is a place in a document, both numbers starting at 1; columns count characters.
type Position struct {
	Line, Column int
}

// String returns "line:column".
func (p Position) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }

// SyntaxError says why a document was refused.
type SyntaxError struct {
	// Message is AWS's text, the message of a MalformedPolicyDocument error.
	Message string
	// Position is where the offending text starts, and Detail says in plain words what is wrong there.
	Position
	Detail string
}

// Error returns AWS's text followed by the place and the reason.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s (line %d, column %d: %s)", e.Message, e.Line, e.Column, e.Detail)
}

// Parse reads a document that somebody wants to store or use. It refuses what AWS refuses, with AWS's text,
// and whatever this package cannot evaluate. The error is a *SyntaxError.
func Parse(kind Kind, document []byte) (*Policy, error) {
	return parse(kind, string(document), true)
}

// ParseStored reads a document that was accepted before, perhaps under older rules. It insists on the grammar
// but not on Version 2012-10-17, nor on the form of ARNs, action names, statement IDs and condition values.
// What makes no sense then is evaluated in the direction that denies. The error is a *SyntaxError; a document
// that cannot be read must never be treated as no document.
func ParseStored(kind Kind, document []byte) (*Policy, error) {
	return parse(kind, string(document), false)
}

func parse(kind Kind, doc string, strict bool) (*Policy, error) {
	limit := maxStored
	if strict {
		limit = maxDocument
	}
	d, malformed := readDocument(doc, limit)
	if malformed != nil {
		return nil, newSyntaxError(doc, messageSyntax, malformed.offset, malformed.detail)
	}
	v := validator{doc: doc, kind: kind, strict: strict, d: d}
	if err := v.validate(); err != nil {
		return nil, err
	}
	return &Policy{kind: kind, compiled: compile(kind, doc, d)}, nil
}

func newSyntaxError(doc, message string, offset int, detail string) *SyntaxError {
	return &SyntaxError{Message: message, Position: positionOf(doc, offset), Detail: detail}
}

func positionOf(doc string, offset int) Position {
	l := locator{doc: doc}
	return l.at(offset)
}

// locator turns byte offsets into positions. It goes on from the last one it was asked for, so asking in
// document order takes linear time.
type locator struct {
	doc    string
	offset int
	lines  int // complete lines before offset
	column int // characters before offset in its line
}

func (l *locator) at(offset int) Position {
	if offset = min(offset, len(l.doc)); offset < l.offset {
		*l = locator{doc: l.doc}
	}
	passed := l.doc[l.offset:offset]
	if i := strings.LastIndexByte(passed, '\n'); i >= 0 {
		l.lines += strings.Count(passed, "\n")
		l.column = 0
		passed = passed[i+1:]
	}
	l.column += utf8.RuneCountInString(passed)
	l.offset = offset
	return Position{Line: l.lines + 1, Column: l.column + 1}
}

// Kind returns the kind the document was parsed as.
func (p *Policy) Kind() Kind { return p.kind }

// Name returns the name that reasons use for the document; it is empty at first.
func (p *Policy) Name() string { return p.name }

// Named returns the same policy under a name, such as an ARN or the name of an inline policy.
func (p *Policy) Named(name string) *Policy {
	named := *p
	named.name = name
	return &named
}

// ContextKeys returns the context keys the document asks for, in conditions and in policy variables, sorted
// and without duplicates, as the document writes them.
func (p *Policy) ContextKeys() []string {
	var keys []string
	for i := range p.compiled.statements {
		keys = p.compiled.statements[i].contextKeys(keys)
	}
	return sortedKeys(keys)
}

// NamedPrincipal is a principal that a document names.
type NamedPrincipal struct {
	Class string // AWS, Service, Federated or CanonicalUser
	Value string
	Position
}

// Principals returns the principals of a resource-based or trust policy, in document order. Whether they exist
// is not for this package to know: whoever stores the document finds out, and refuses with the text of
// InvalidPrincipal.
func (p *Policy) Principals() []NamedPrincipal { return slices.Clone(p.compiled.principals) }

// InvalidPrincipal returns AWS's text for a principal that does not exist.
func (n NamedPrincipal) InvalidPrincipal() string {
	return fmt.Sprintf(`Invalid principal in policy: "%s":"%s"`, strings.ToUpper(n.Class), n.Value)
}
