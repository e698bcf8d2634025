package policy

import (
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds the nesting of a document. The deepest thing the grammar knows is a value in a list of a
// condition: document, statement list, statement, Condition, operator, list, value.
const maxDepth = 8

type nodeKind uint8

const (
	objectNode nodeKind = iota
	arrayNode
	stringNode
	numberNode
	boolNode
	nullNode
)

// node is one JSON value with the byte offsets of its first character and of the one after its last.
type node struct {
	kind       nodeKind
	text       string // decoded string, number as written, "true" or "false"
	start, end int
	members    []member
	items      []*node
}

type member struct {
	name  string
	start int
	value *node
}

// jsonError is a violation of the JSON grammar, or of the rules beyond it that policies obey, at a byte offset.
type jsonError struct {
	offset int
	detail string
}

// jsonReader reads a document into nodes. encoding/json will not do: it keeps the last of two equal members
// silently, and it does not say where a value stood.
type jsonReader struct {
	doc string
	pos int
}

// readJSON parses one JSON text (RFC 8259). Objects must not repeat a member.
func readJSON(doc string) (*node, *jsonError) {
	if i := firstInvalidUTF8(doc); i >= 0 {
		return nil, &jsonError{i, "the document is not valid UTF-8"}
	}
	r := &jsonReader{doc: doc}
	n, err := r.value(0)
	if err != nil {
		return nil, err
	}
	r.space()
	if r.pos < len(r.doc) {
		return nil, r.errorf("unexpected text after the document")
	}
	return n, nil
}

func firstInvalidUTF8(s string) int {
	for i, r := range s {
		if r == utf8.RuneError {
			if _, w := utf8.DecodeRuneInString(s[i:]); w == 1 {
				return i
			}
		}
	}
	return -1
}

func (r *jsonReader) errorf(format string, args ...any) *jsonError {
	return &jsonError{r.pos, fmt.Sprintf(format, args...)}
}

func (r *jsonReader) space() {
	for r.pos < len(r.doc) {
		switch r.doc[r.pos] {
		case ' ', '\t', '\n', '\r':
			r.pos++
		default:
			return
		}
	}
}

// peek returns the next character that is not white space, or 0 at the end.
func (r *jsonReader) peek() byte {
	r.space()
	if r.pos == len(r.doc) {
		return 0
	}
	return r.doc[r.pos]
}

func (r *jsonReader) value(depth int) (*node, *jsonError) {
	c := r.peek()
	if depth == maxDepth && (c == '{' || c == '[') {
		return nil, r.errorf("nested too deeply")
	}
	start := r.pos
	var n *node
	var err *jsonError
	switch {
	case c == '{':
		n, err = r.object(depth)
	case c == '[':
		n, err = r.array(depth)
	case c == '"':
		var s string
		s, err = r.str()
		n = &node{kind: stringNode, text: s}
	case c == '-' || isDigit(c):
		n, err = r.number()
	case c == 0 && r.pos == len(r.doc):
		return nil, r.errorf("unexpected end of the document")
	default:
		n, err = r.word()
	}
	if err != nil {
		return nil, err
	}
	n.start, n.end = start, r.pos
	return n, nil
}

func (r *jsonReader) object(depth int) (*node, *jsonError) {
	n := &node{kind: objectNode}
	seen := make(map[string]struct{})
	r.pos++
	if r.peek() == '}' {
		r.pos++
		return n, nil
	}
	for {
		if r.peek() != '"' {
			return nil, r.errorf("expected the name of a member")
		}
		start := r.pos
		name, err := r.str()
		if err != nil {
			return nil, err
		}
		if _, dup := seen[name]; dup {
			return nil, &jsonError{start, fmt.Sprintf("member %q is repeated", name)}
		}
		seen[name] = struct{}{}
		if r.peek() != ':' {
			return nil, r.errorf("expected a colon after %q", name)
		}
		r.pos++
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		n.members = append(n.members, member{name, start, v})
		if done, err := r.next('}'); done || err != nil {
			return n, err
		}
	}
}

func (r *jsonReader) array(depth int) (*node, *jsonError) {
	n := &node{kind: arrayNode}
	r.pos++
	if r.peek() == ']' {
		r.pos++
		return n, nil
	}
	for {
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		n.items = append(n.items, v)
		if done, err := r.next(']'); done || err != nil {
			return n, err
		}
	}
}

// next consumes a comma or the closing bracket, and reports whether it was the bracket.
func (r *jsonReader) next(closing byte) (done bool, err *jsonError) {
	switch r.peek() {
	case ',':
		r.pos++
		return false, nil
	case closing:
		r.pos++
		return true, nil
	}
	return false, r.errorf("expected a comma or %q", closing)
}

func (r *jsonReader) word() (*node, *jsonError) {
	for _, w := range [...]string{"true", "false", "null"} {
		end := r.pos + len(w)
		if end <= len(r.doc) && r.doc[r.pos:end] == w {
			r.pos = end
			if w == "null" {
				return &node{kind: nullNode}, nil
			}
			return &node{kind: boolNode, text: w}, nil
		}
	}
	return nil, r.errorf("not a JSON value")
}

// number reads a number and keeps it as written: 1.0 and 10000000000000000001 must not pass through a float.
func (r *jsonReader) number() (*node, *jsonError) {
	start := r.pos
	if r.doc[r.pos] == '-' {
		r.pos++
	}
	whole := r.pos
	if r.digits() == 0 || (r.doc[whole] == '0' && r.pos > whole+1) {
		return nil, r.errorf("not a number")
	}
	if r.pos < len(r.doc) && r.doc[r.pos] == '.' {
		r.pos++
		if r.digits() == 0 {
			return nil, r.errorf("not a number")
		}
	}
	if r.pos < len(r.doc) && (r.doc[r.pos] == 'e' || r.doc[r.pos] == 'E') {
		r.pos++
		if r.pos < len(r.doc) && (r.doc[r.pos] == '+' || r.doc[r.pos] == '-') {
			r.pos++
		}
		if r.digits() == 0 {
			return nil, r.errorf("not a number")
		}
	}
	return &node{kind: numberNode, text: r.doc[start:r.pos]}, nil
}

func (r *jsonReader) digits() int {
	start := r.pos
	for r.pos < len(r.doc) && isDigit(r.doc[r.pos]) {
		r.pos++
	}
	return r.pos - start
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// str reads a string; r.pos is at the opening quotation mark.
func (r *jsonReader) str() (string, *jsonError) {
	r.pos++
	start := r.pos
	var buf []byte
	for r.pos < len(r.doc) {
		switch c := r.doc[r.pos]; {
		case c == '"':
			s := r.doc[start:r.pos]
			if buf != nil {
				s = string(append(buf, s...))
			}
			r.pos++
			return s, nil
		case c == '\\':
			buf = append(buf, r.doc[start:r.pos]...)
			decoded, err := r.escape()
			if err != nil {
				return "", err
			}
			buf = utf8.AppendRune(buf, decoded)
			start = r.pos
		case c < 0x20:
			return "", r.errorf("control character in a string")
		default:
			r.pos++
		}
	}
	return "", r.errorf("unexpected end of the document in a string")
}

func (r *jsonReader) escape() (rune, *jsonError) {
	if r.pos+1 >= len(r.doc) {
		return 0, r.errorf("unexpected end of the document in a string")
	}
	c := r.doc[r.pos+1]
	if c == 'u' {
		return r.unicodeEscape()
	}
	for i, e := range [...]byte{'"', '\\', '/', 'b', 'f', 'n', 'r', 't'} {
		if c == e {
			r.pos += 2
			return rune("\"\\/\b\f\n\r\t"[i]), nil
		}
	}
	return 0, r.errorf("unknown escape in a string")
}

func (r *jsonReader) unicodeEscape() (rune, *jsonError) {
	first, ok := r.hex4(r.pos)
	if !ok {
		return 0, r.errorf("unknown escape in a string")
	}
	if !utf16.IsSurrogate(first) {
		r.pos += 6
		return first, nil
	}
	second, ok := r.hex4(r.pos + 6)
	decoded := utf16.DecodeRune(first, second)
	if !ok || decoded == utf8.RuneError {
		return 0, r.errorf("half of a surrogate pair in a string")
	}
	r.pos += 12
	return decoded, nil
}

// hex4 reads the escape \uXXXX at a byte offset.
func (r *jsonReader) hex4(at int) (rune, bool) {
	if at+6 > len(r.doc) || r.doc[at] != '\\' || r.doc[at+1] != 'u' {
		return 0, false
	}
	v, err := strconv.ParseUint(r.doc[at+2:at+6], 16, 16)
	return rune(v), err == nil
}
