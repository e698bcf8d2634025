package policycheck

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

type nodeKind string

// The kinds of JSON values, in the words of findings.
const (
	objectNode nodeKind = "object"
	arrayNode  nodeKind = "array"
	stringNode nodeKind = "string"
	numberNode nodeKind = "number"
	boolNode   nodeKind = "boolean"
	nullNode   nodeKind = "null"
)

// node is a JSON value and its place in the text, in bytes.
type node struct {
	kind       nodeKind
	text       string // of a string, number or boolean
	start, end int
	members    []member
	items      []*node

	parent *node
	step   PathElement // from parent
}

// member is a member of an object. The node of its name has the object as its parent.
type member struct{ name, value *node }

// get returns the value of a member, or nil. n may be nil, or no object.
func (n *node) get(name string) *node {
	if n == nil {
		return nil
	}
	for _, m := range n.members {
		if m.name.text == name {
			return m.value
		}
	}
	return nil
}

// entries are the entries of an array, or the value itself.
func (n *node) entries() []*node {
	switch {
	case n == nil:
		return nil
	case n.kind == arrayNode:
		return n.items
	}
	return []*node{n}
}

func (n *node) path() []PathElement {
	if n.parent == nil {
		return nil
	}
	return append(n.parent.path(), n.step)
}

// syntaxError is a place where the text is no JSON.
type syntaxError struct{ offset int }

// parse reads the text. It is strict where JSON leaves it open: UTF-8 must be valid, and a member may occur once.
func parse(text string) (*node, *syntaxError) {
	for i, r := range text {
		if r == utf8.RuneError {
			if _, width := utf8.DecodeRuneInString(text[i:]); width == 1 {
				return nil, &syntaxError{i}
			}
		}
	}
	var whole json.RawMessage
	if err := json.Unmarshal([]byte(text), &whole); err != nil {
		var syntax *json.SyntaxError
		if !errors.As(err, &syntax) {
			return nil, &syntaxError{0}
		}
		offset := int(syntax.Offset)
		if offset > 0 && offset <= len(text) && !strings.HasPrefix(syntax.Error(), "unexpected end") {
			offset--
		}
		return nil, &syntaxError{min(offset, len(text))}
	}
	r := reader{text: text, decoder: json.NewDecoder(strings.NewReader(text))}
	r.decoder.UseNumber()
	n := r.value(nil, PathElement{})
	return n, r.fault
}

// reader turns a text that is JSON into nodes.
type reader struct {
	text    string
	decoder *json.Decoder
	fault   *syntaxError
}

// next reads a token.
func (r *reader) next() (token json.Token, start, end int) {
	start = int(r.decoder.InputOffset())
	for start < len(r.text) && strings.IndexByte(" \t\r\n,:", r.text[start]) >= 0 {
		start++
	}
	token, err := r.decoder.Token()
	if err != nil && r.fault == nil {
		r.fault = &syntaxError{start}
	}
	return token, start, int(r.decoder.InputOffset())
}

func (r *reader) value(parent *node, step PathElement) *node {
	token, start, end := r.next()
	n := &node{start: start, end: end, parent: parent, step: step}
	switch t := token.(type) {
	case json.Delim:
		if t == '{' {
			r.object(n)
		} else {
			r.array(n)
		}
	case string:
		n.kind, n.text = stringNode, t
	case json.Number:
		n.kind, n.text = numberNode, t.String()
	case bool:
		n.kind, n.text = boolNode, fmt.Sprint(t)
	default:
		n.kind = nullNode
	}
	return n
}

func (r *reader) object(n *node) {
	n.kind = objectNode
	seen := map[string]bool{}
	for r.fault == nil && r.decoder.More() {
		token, start, end := r.next()
		name, _ := token.(string)
		if seen[name] && r.fault == nil {
			r.fault = &syntaxError{start}
		}
		seen[name] = true
		key := &node{kind: stringNode, text: name, start: start, end: end, parent: n, step: PathElement{Kind: Key, Name: name}}
		n.members = append(n.members, member{key, r.value(n, PathElement{Kind: Value, Name: name})})
	}
	_, _, n.end = r.next()
}

func (r *reader) array(n *node) {
	n.kind = arrayNode
	for r.fault == nil && r.decoder.More() {
		n.items = append(n.items, r.value(n, PathElement{Kind: Index, Index: len(n.items)}))
	}
	_, _, n.end = r.next()
}
