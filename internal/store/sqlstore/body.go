package sqlstore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// encodeBody writes the struct that v points to as a JSON object of its members
// that are not zero. The names of the members are the stored format: renaming
// one in package idc needs a migration (TestBodiesOfEarlierVersions says so).
func encodeBody(v any) (string, error) {
	s := reflect.ValueOf(v).Elem()
	var out bytes.Buffer
	out.WriteByte('{')
	for i := range s.NumField() {
		if s.Field(i).IsZero() {
			continue
		}
		data, err := encodeJSON(s.Field(i).Interface())
		if err != nil {
			return "", err
		}
		if out.Len() > 1 {
			out.WriteByte(',')
		}
		fmt.Fprintf(&out, "%q:", s.Type().Field(i).Name)
		out.Write(data)
	}
	out.WriteByte('}')
	return out.String(), nil
}

// encodeJSON writes v compactly. Like a text column it refuses NUL and bytes
// that are not UTF-8, which JSON would escape or replace.
func encodeJSON(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encoding %T: %w", v, err)
	}
	data := bytes.TrimSuffix(out.Bytes(), []byte("\n"))
	// The encoder writes \ufffd for a byte that is not UTF-8, and a U+FFFD of the text itself unescaped.
	if hasEscape(data, "u0000") || hasEscape(data, "ufffd") {
		return nil, errBadText()
	}
	return data, nil
}

// hasEscape reports whether JSON text has the given escape. A backslash that is
// itself escaped starts none.
func hasEscape(data []byte, escape string) bool {
	for {
		at := bytes.IndexByte(data, '\\')
		if at < 0 || at+1 >= len(data) {
			return false
		}
		if bytes.HasPrefix(data[at+1:], []byte(escape)) {
			return true
		}
		data = data[at+2:]
	}
}

// checkText refuses what PostgreSQL cannot hold in a text, on both engines.
func checkText(s string) error {
	if strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s) {
		return errBadText()
	}
	return nil
}

func errBadText() error {
	return idc.Errorf(idc.Invalid, "Text must be valid UTF-8 and must not contain NUL characters.")
}

// bodyDest reads a body into the row it belongs to.
type bodyDest struct{ row any }

func (d bodyDest) Scan(src any) error {
	switch v := src.(type) {
	case string:
		return json.Unmarshal([]byte(v), d.row)
	case []byte:
		return json.Unmarshal(v, d.row)
	}
	return fmt.Errorf("body column holds %T", src)
}
