package accesstest

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Position is a place in a file of expectations.
type Position struct {
	File         string
	Line, Column int // from 1; columns count characters
}

// String returns "file:line:column".
func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Error is a sentence that cannot be understood.
type Error struct {
	Position
	Detail string
}

// Error implements error.
func (e *Error) Error() string { return e.String() + ": " + e.Detail }

// word is a word of a sentence, a quoted text or a comma.
type word struct {
	Position
	text   string
	quoted bool
}

// is reports whether the word is a keyword; a quoted text never is.
func (w word) is(keyword string) bool { return !w.quoted && w.text == keyword }

func (w word) errorf(format string, args ...any) *Error {
	return &Error{Position: w.Position, Detail: fmt.Sprintf(format, args...)}
}

// split takes a line apart. A comma stands for itself wherever it is, but in quotation marks; a number sign at the
// beginning of a word starts a comment.
func split(at Position, line string) ([]word, *Error) {
	var out []word
	for i := 0; i < len(line); {
		here := word{Position: Position{at.File, at.Line, utf8.RuneCountInString(line[:i]) + 1}}
		switch c := line[i]; {
		case c == ' ' || c == '\t' || c == '\r':
			i++
			continue
		case c == '#':
			return out, nil
		case c == ',':
			here.text = ","
			i++
		case c == '"':
			end := strings.IndexByte(line[i+1:], '"')
			if end < 0 {
				return nil, here.errorf("the quotation mark is not closed")
			}
			here.text, here.quoted = line[i+1:i+1+end], true
			i += end + 2
		default:
			end := i + strings.IndexAny(line[i:]+" ", " \t\r,")
			here.text = line[i:end]
			i = end
		}
		out = append(out, here)
	}
	return out, nil
}
