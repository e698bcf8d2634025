package policycase

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Error says what is wrong with a case and where.
type Error struct {
	Column int    // in characters, from 1
	Member string // such as policies.scps[0][1]; empty for the line as a whole
	Detail string
}

// Error implements error.
func (e *Error) Error() string {
	text := fmt.Sprintf("column %d: ", e.Column)
	if e.Member != "" {
		text += e.Member + ": "
	}
	return text + e.Detail
}

// scanner reads one JSON text from front to back without a tree: cases are read by the ten thousand, and
// encoding/json neither notices a member that comes twice nor says where a value stood.
type scanner struct {
	data []byte
	pos  int
}

func (s *scanner) fail(at int, format string, args ...any) *Error {
	at = min(at, len(s.data))
	return &Error{Column: utf8.RuneCount(s.data[:at]) + 1, Detail: fmt.Sprintf(format, args...)}
}

// peek returns the next byte that is not white space, or 0 at the end.
func (s *scanner) peek() byte {
	for ; s.pos < len(s.data); s.pos++ {
		switch s.data[s.pos] {
		case ' ', '\t', '\n', '\r':
		default:
			return s.data[s.pos]
		}
	}
	return 0
}

// object calls visit for every member, with s at its value, which visit must consume.
func (s *scanner) object(visit func(name []byte, at int) *Error) *Error {
	if s.peek() != '{' {
		return s.fail(s.pos, "expected an object")
	}
	s.pos++
	if s.peek() == '}' {
		s.pos++
		return nil
	}
	for {
		if s.peek() != '"' {
			return s.fail(s.pos, "expected the name of a member")
		}
		at := s.pos
		name, err := s.bytes()
		if err != nil {
			return err
		}
		if s.peek() != ':' {
			return s.fail(s.pos, "expected a colon")
		}
		s.pos++
		s.peek()
		if err := visit(name, at); err != nil {
			return err
		}
		if done, err := s.next('}'); done || err != nil {
			return err
		}
	}
}

// array calls visit for every element, with s at it, which visit must consume.
func (s *scanner) array(visit func(i int) *Error) *Error {
	if s.peek() != '[' {
		return s.fail(s.pos, "expected a list")
	}
	s.pos++
	if s.peek() == ']' {
		s.pos++
		return nil
	}
	for i := 0; ; i++ {
		s.peek()
		if err := visit(i); err != nil {
			return err
		}
		if done, err := s.next(']'); done || err != nil {
			return err
		}
	}
}

// next consumes a comma or the closing bracket, and reports whether it was the bracket.
func (s *scanner) next(closing byte) (done bool, err *Error) {
	switch s.peek() {
	case ',':
		s.pos++
		return false, nil
	case closing:
		s.pos++
		return true, nil
	}
	return false, s.fail(s.pos, "expected a comma or %q", closing)
}

// null consumes a null, if one is next.
func (s *scanner) null() bool {
	if s.peek() == 'n' && bytes.HasPrefix(s.data[s.pos:], []byte("null")) {
		s.pos += len("null")
		return true
	}
	return false
}

// bytes reads a string. The result is part of the line when the string has no escapes.
func (s *scanner) bytes() ([]byte, *Error) {
	if s.peek() != '"' {
		return nil, s.fail(s.pos, "expected a string")
	}
	start := s.pos
	if err := s.skipString(); err != nil {
		return nil, err
	}
	quoted := s.data[start:s.pos]
	inside := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(inside, '\\') < 0 {
		return inside, nil
	}
	var text string
	if err := json.Unmarshal(quoted, &text); err != nil {
		return nil, s.fail(start, "not a JSON string: %v", err)
	}
	if strings.ContainsRune(text, utf8.RuneError) {
		return nil, s.fail(start, "half of a surrogate pair in a string")
	}
	return []byte(text), nil
}

func (s *scanner) str() (string, *Error) {
	text, err := s.bytes()
	return string(text), err
}

func (s *scanner) bool() (bool, *Error) {
	s.peek()
	for _, word := range []string{"true", "false"} {
		if bytes.HasPrefix(s.data[s.pos:], []byte(word)) {
			s.pos += len(word)
			return word == "true", nil
		}
	}
	return false, s.fail(s.pos, "expected true or false")
}

// scalar reads a string, or a number or boolean as the text it is written with.
func (s *scanner) scalar() (string, *Error) {
	switch c := s.peek(); {
	case c == '"':
		return s.str()
	case c == 't', c == 'f':
		value, err := s.bool()
		return fmt.Sprint(value), err
	case c == '-', c >= '0' && c <= '9':
		start := s.pos
		s.skipWord()
		if !json.Valid(s.data[start:s.pos]) {
			return "", s.fail(start, "not a number")
		}
		return string(s.data[start:s.pos]), nil
	}
	return "", s.fail(s.pos, "expected a string, a number or a boolean")
}

// skip passes over one value and returns its text. Strings and brackets are followed; whether it is valid JSON
// is for its reader to say.
func (s *scanner) skip() ([]byte, *Error) {
	s.peek()
	start := s.pos
	for depth := 0; s.pos < len(s.data); {
		switch s.data[s.pos] {
		case '"':
			if err := s.skipString(); err != nil {
				return nil, err
			}
		case '{', '[':
			depth++
			s.pos++
			continue
		case '}', ']':
			depth--
			s.pos++
		case ' ', '\t', '\n', '\r', ',', ':':
			s.pos++
			continue
		default:
			s.skipWord()
		}
		if depth <= 0 {
			return s.data[start:s.pos], nil
		}
	}
	return nil, s.fail(start, "the line ends inside of a value")
}

func (s *scanner) skipWord() {
	for ; s.pos < len(s.data); s.pos++ {
		switch s.data[s.pos] {
		case ' ', '\t', '\n', '\r', ',', ':', '}', ']', '{', '[', '"':
			return
		}
	}
}

// skipString passes over a string; s is at its opening quotation mark.
func (s *scanner) skipString() *Error {
	start := s.pos
	for s.pos++; s.pos < len(s.data); s.pos++ {
		switch c := s.data[s.pos]; {
		case c == '"':
			s.pos++
			return nil
		case c == '\\':
			s.pos++
		case c < 0x20:
			return s.fail(s.pos, "control character in a string")
		}
	}
	return s.fail(start, "the line ends inside of a string")
}
