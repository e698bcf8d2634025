package policy

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxDocument is the largest PolicyDocument any operation accepts, in characters.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
const maxDocument = 131072

// maxStored bounds a document that was accepted before. AWS's own managed policies are longer than what
// customers may send: ReadOnlyAccess has more than 131,072 characters.
const maxStored = 1 << 20

// list is an element that holds a string or a list of strings.
type list struct {
	present bool
	pos     int
	entries []text
}

// rawCondition is one key under one operator, as written.
type rawCondition struct {
	operator text
	op       qualified
	key      text
	values   []text
}

// rawPrincipal is a Principal or NotPrincipal element: everyone, or the entries of its map.
type rawPrincipal struct {
	present bool
	pos     int
	entries []principalEntry
}

type principalEntry struct {
	class string
	text
}

// rawStatement is a statement whose shape has been checked, and nothing else.
type rawStatement struct {
	start, end                int
	sid                       text
	effect                    text
	actions, notActions       list
	resources, notResources   list
	principals, notPrincipals rawPrincipal
	conditions                []rawCondition
}

// At most one of each pair of elements is present.

func (s *rawStatement) actionEntries() []text {
	return slices.Concat(s.actions.entries, s.notActions.entries)
}

func (s *rawStatement) resourceEntries() []text {
	return slices.Concat(s.resources.entries, s.notResources.entries)
}

func (s *rawStatement) principalEntries() []principalEntry {
	return slices.Concat(s.principals.entries, s.notPrincipals.entries)
}

// rawDocument is a document whose shape has been checked.
type rawDocument struct {
	version    text
	versioned  bool
	id         string
	statements []rawStatement
}

// shaper turns JSON into a rawDocument. It stops at the first thing that has the wrong shape.
type shaper struct {
	err *jsonError
}

func (s *shaper) fail(offset int, format string, args ...any) {
	if s.err == nil {
		s.err = &jsonError{offset, fmt.Sprintf(format, args...)}
	}
}

// readDocument checks the grammar: which members there are, and which type each has.
func readDocument(doc string, limit int) (*rawDocument, *jsonError) {
	if utf8.RuneCountInString(doc) > limit {
		return nil, &jsonError{0, fmt.Sprintf("longer than %d characters", limit)}
	}
	root, err := readJSON(doc)
	if err != nil {
		return nil, err
	}
	s := &shaper{}
	d := s.document(root)
	if s.err != nil {
		return nil, s.err
	}
	return d, nil
}

func (s *shaper) document(n *node) *rawDocument {
	d := &rawDocument{}
	if n.kind != objectNode {
		s.fail(n.start, "a policy is a JSON object")
		return d
	}
	hasStatement := false
	for _, m := range n.members {
		switch m.name {
		case "Version":
			d.version = s.str(m)
			d.versioned = true
			if v := d.version.value; v != version2008 && v != version2012 {
				s.fail(m.value.start, "unknown version %q", v)
			}
		case "Id":
			d.id = s.str(m).value
		case "Statement":
			hasStatement = true
			d.statements = s.statements(m.value)
		default:
			s.fail(m.start, "unknown member %q", m.name)
		}
	}
	if !hasStatement {
		s.fail(n.start, "there is no Statement")
	}
	return d
}

func (s *shaper) statements(n *node) []rawStatement {
	items := []*node{n}
	if n.kind == arrayNode {
		items = n.items
	}
	if len(items) == 0 {
		s.fail(n.start, "Statement is empty")
	}
	out := make([]rawStatement, 0, len(items))
	for _, item := range items {
		out = append(out, s.statement(item))
	}
	return out
}

func (s *shaper) statement(n *node) rawStatement {
	st := rawStatement{start: n.start, end: n.end}
	if n.kind != objectNode {
		s.fail(n.start, "a statement is a JSON object")
		return st
	}
	for _, m := range n.members {
		switch m.name {
		case "Sid":
			st.sid = s.str(m)
		case "Effect":
			st.effect = s.effect(m)
		case "Action":
			st.actions = s.list(m)
		case "NotAction":
			st.notActions = s.list(m)
		case "Resource":
			st.resources = s.list(m)
		case "NotResource":
			st.notResources = s.list(m)
		case "Principal":
			st.principals = s.principal(m)
		case "NotPrincipal":
			st.notPrincipals = s.principal(m)
		case "Condition":
			st.conditions = s.conditions(m)
		default:
			s.fail(m.start, "unknown member %q", m.name)
		}
	}
	if st.effect.value == "" {
		s.fail(n.start, "the statement has no Effect")
	}
	s.exclusive(&st.actions, &st.notActions, "Action")
	s.exclusive(&st.resources, &st.notResources, "Resource")
	if st.principals.present && st.notPrincipals.present {
		s.fail(st.notPrincipals.pos, "Principal and NotPrincipal exclude each other")
	}
	return st
}

// effect accepts any letter case; a wrong one has its own refusal later on.
func (s *shaper) effect(m member) text {
	e := s.str(m)
	if !strings.EqualFold(e.value, "Allow") && !strings.EqualFold(e.value, "Deny") {
		s.fail(e.pos, "Effect must be Allow or Deny")
	}
	return e
}

func (s *shaper) exclusive(a, b *list, name string) {
	if a.present && b.present {
		s.fail(b.pos, "%s and Not%s exclude each other", name, name)
	}
}

func (s *shaper) str(m member) text {
	if m.value.kind != stringNode {
		s.fail(m.value.start, "%s must be a string", m.name)
	}
	return text{m.value.text, m.value.start}
}

func (s *shaper) list(m member) list {
	l := list{present: true, pos: m.start}
	items := []*node{m.value}
	if m.value.kind == arrayNode {
		items = m.value.items
	}
	for _, item := range items {
		if item.kind != stringNode {
			s.fail(item.start, "%s must be a string or a list of strings", m.name)
		}
		l.entries = append(l.entries, text{item.text, item.start})
	}
	return l
}

func (s *shaper) principal(m member) rawPrincipal {
	p := rawPrincipal{present: true, pos: m.start}
	if m.value.kind == stringNode && m.value.text == "*" {
		p.entries = []principalEntry{{"AWS", text{"*", m.value.start}}}
		return p
	}
	if m.value.kind != objectNode {
		s.fail(m.value.start, `%s must be "*" or an object`, m.name)
		return p
	}
	for _, class := range m.value.members {
		switch class.name {
		case "AWS", "Service", "Federated", "CanonicalUser":
		default:
			s.fail(class.start, "unknown kind of principal %q", class.name)
		}
		for _, e := range s.list(class).entries {
			p.entries = append(p.entries, principalEntry{class.name, e})
		}
	}
	if len(p.entries) == 0 {
		s.fail(m.value.start, "%s is empty", m.name)
	}
	return p
}

func (s *shaper) conditions(m member) []rawCondition {
	if m.value.kind != objectNode {
		s.fail(m.value.start, "Condition must be an object")
		return nil
	}
	var out []rawCondition
	for _, o := range m.value.members {
		op, ok := parseOperator(o.name)
		if !ok {
			s.fail(o.start, "unknown condition operator %q", o.name)
		}
		if o.value.kind != objectNode {
			s.fail(o.value.start, "the value of %s must be an object", o.name)
		}
		for _, k := range o.value.members {
			if k.name == "" {
				s.fail(k.start, "a condition key has no name")
			}
			out = append(out, rawCondition{
				operator: text{o.name, o.start},
				op:       op,
				key:      text{k.name, k.start},
				values:   s.conditionValues(k),
			})
		}
	}
	return out
}

// conditionValues reads one value or a list. Quotation marks are optional for numbers and booleans.
func (s *shaper) conditionValues(m member) []text {
	items := []*node{m.value}
	if m.value.kind == arrayNode {
		items = m.value.items
	}
	var out []text
	for _, item := range items {
		switch item.kind {
		case stringNode, numberNode, boolNode:
			out = append(out, text{item.text, item.start})
		default:
			s.fail(item.start, "the value of %s must be a string, number or boolean", m.name)
		}
	}
	return out
}
