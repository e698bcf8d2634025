package awsjson

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// space moves the cursor over white space.
func (d *decoder) space() {
	for d.pos < len(d.data) {
		switch d.data[d.pos] {
		case ' ', '\t', '\n', '\r':
			d.pos++
		default:
			return
		}
	}
}

// accept moves over one byte if it is c.
func (d *decoder) accept(c byte) bool {
	if d.pos < len(d.data) && d.data[d.pos] == c {
		d.pos++
		return true
	}
	return false
}

// literal moves over a word if it is there.
func (d *decoder) literal(word string) bool {
	if bytes.HasPrefix(d.data[d.pos:], []byte(word)) {
		d.pos += len(word)
		return true
	}
	return false
}

// str reads a string. The result shares memory with the body if it can.
func (d *decoder) str() ([]byte, error) {
	d.pos++ // "
	start := d.pos
	for d.pos < len(d.data) {
		switch c := d.data[d.pos]; {
		case c == '"':
			d.pos++
			return d.data[start : d.pos-1], nil
		case c == '\\':
			return d.escapedStr(start)
		case c < 0x20:
			return nil, d.malformed()
		default:
			d.pos++
		}
	}
	return nil, d.malformed()
}

// escapedStr goes on with a string that has an escape.
func (d *decoder) escapedStr(start int) ([]byte, error) {
	out := append([]byte(nil), d.data[start:d.pos]...)
	for d.pos < len(d.data) {
		switch c := d.data[d.pos]; {
		case c == '"':
			d.pos++
			return out, nil
		case c == '\\':
			var err error
			if out, err = d.escape(out); err != nil {
				return nil, err
			}
		case c < 0x20:
			return nil, d.malformed()
		default:
			out = append(out, c)
			d.pos++
		}
	}
	return nil, d.malformed()
}

// escape reads one escape sequence and appends what it stands for.
func (d *decoder) escape(out []byte) ([]byte, error) {
	if d.pos+1 >= len(d.data) {
		return nil, d.malformed()
	}
	c := d.data[d.pos+1]
	if c == 'u' {
		r, ok := d.unicode()
		if !ok {
			return nil, d.malformed()
		}
		return utf8.AppendRune(out, r), nil
	}
	const from, to = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	i := bytes.IndexByte([]byte(from), c)
	if i < 0 {
		return nil, d.malformed()
	}
	d.pos += 2
	return append(out, to[i]), nil
}

// unicode reads \uXXXX, or two of them that make a surrogate pair. A lone
// surrogate is no character and is refused.
func (d *decoder) unicode() (rune, bool) {
	r, ok := d.hex4()
	if !ok || !utf16.IsSurrogate(r) {
		return r, ok
	}
	low, ok := d.hex4()
	pair := utf16.DecodeRune(r, low)
	return pair, ok && pair != utf8.RuneError
}

func (d *decoder) hex4() (rune, bool) {
	if d.pos+6 > len(d.data) || d.data[d.pos] != '\\' || d.data[d.pos+1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range d.data[d.pos+2 : d.pos+6] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	d.pos += 6
	return r, true
}

// scanNumber moves over a number.
func (d *decoder) scanNumber() bool {
	d.accept('-')
	if !d.accept('0') && !d.digits() {
		return false
	}
	if d.accept('.') && !d.digits() {
		return false
	}
	if d.accept('e') || d.accept('E') {
		if !d.accept('+') {
			d.accept('-')
		}
		return d.digits()
	}
	return true
}

func (d *decoder) digits() bool {
	start := d.pos
	for d.pos < len(d.data) && '0' <= d.data[d.pos] && d.data[d.pos] <= '9' {
		d.pos++
	}
	return d.pos > start
}

// skip moves over a value. With unique it refuses objects that have a key
// twice: documents are read again by others, who must see the same.
func (d *decoder) skip(unique bool) error {
	switch d.token() {
	case "START_OBJECT":
		var seen map[string]bool
		return d.object(func(key []byte) error {
			if unique {
				if seen[string(key)] {
					return serialization("A document has a key twice.")
				}
				if seen == nil {
					seen = map[string]bool{}
				}
				seen[string(key)] = true
			}
			return d.skip(unique)
		})
	case "START_ARRAY":
		return d.array(func() error { return d.skip(unique) })
	case "STRING_VALUE":
		_, err := d.str()
		return err
	case "NUMBER_VALUE":
		if d.scanNumber() {
			return nil
		}
	case "TRUE_VALUE", "FALSE_VALUE", "NULL_VALUE":
		if d.literal("true") || d.literal("false") || d.literal("null") {
			return nil
		}
	}
	return d.malformed()
}
