package sqlstore

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"
)

// column says how one column of a table is filled from a T and read back into it.
type column[T any] struct {
	name  string
	value func(*T) any
	dest  func(*T) any // nil for a derived column, which is never read back
	clear func(*T)     // empties the member, for the body that holds the rest
}

func member[T, F any](name string, field func(*T) *F, value func(F) any, dest func(*F) any) column[T] {
	return column[T]{
		name:  name,
		value: func(t *T) any { return value(*field(t)) },
		dest:  func(t *T) any { return dest(field(t)) },
		clear: func(t *T) {
			var zero F
			*field(t) = zero
		},
	}
}

// text holds a string as it is.
func text[T any, S ~string](name string, field func(*T) *S) column[T] {
	return member(name, field,
		func(s S) any { return string(s) },
		func(p *S) any { return textDest[S]{p} })
}

// optional holds a string, "" as NULL.
func optional[T any, S ~string](name string, field func(*T) *S) column[T] {
	return member(name, field,
		func(s S) any { return textOrNull(string(s)) },
		func(p *S) any { return textDest[S]{p} })
}

// clipped holds the beginning of a string that a stranger may have chosen, "" as
// NULL: a database limits the length of what is indexed.
func clipped[T any](name string, field func(*T) *string) column[T] {
	return member(name, field,
		func(s string) any { return textOrNull(clip(s)) },
		func(p *string) any { return textDest[string]{p} })
}

// integer holds a whole number or a duration.
func integer[T any, N ~int | ~int64 | ~uint32](name string, field func(*T) *N) column[T] {
	return member(name, field,
		func(n N) any { return int64(n) },
		func(p *N) any { return integerDest[N]{p} })
}

// boolean holds a truth value.
func boolean[T any](name string, field func(*T) *bool) column[T] {
	return member(name, field, func(b bool) any { return b }, func(p *bool) any { return p })
}

// blob holds bytes.
func blob[T any](name string, field func(*T) *[]byte) column[T] {
	return member(name, field, func(b []byte) any { return b }, func(p *[]byte) any { return p })
}

// instant holds a time as microseconds, the zero time as NULL.
func instant[T any](name string, field func(*T) *time.Time) column[T] {
	return member(name, field, instantOrNull, func(p *time.Time) any { return instantDest{p} })
}

// ordered holds a time that lists are ordered by: engines sort NULL differently,
// so the zero time is 0.
func ordered[T any](name string, field func(*T) *time.Time) column[T] {
	return member(name, field,
		func(t time.Time) any { return micros(t) },
		func(p *time.Time) any { return instantDest{p} })
}

// list holds a slice as a JSON array.
func list[T, E any](name string, field func(*T) *[]E) column[T] {
	return member(name, field,
		func(l []E) any { return encodeList(l) },
		func(p *[]E) any { return listDest[E]{p} })
}

// derived is computed from the row, for queries and uniqueness.
func derived[T any](name string, value func(*T) any) column[T] {
	return column[T]{name: name, value: value, clear: func(*T) {}}
}

const maxClipped = 512 // bytes

// clip cuts a string to at most maxClipped bytes, between characters.
func clip(s string) string {
	if len(s) <= maxClipped {
		return s
	}
	end := maxClipped
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

// digested returns the SHA-256 of a string too long for an index, and others as they are.
func digested(s string) string {
	if len(s) <= maxClipped {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return "#" + hex.EncodeToString(sum[:])
}

func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// micros returns t as microseconds since 1970, 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func instantOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// toMicros trims a time that is kept inside a body to what a column holds.
func toMicros(t *time.Time) { *t = t.UTC().Truncate(time.Microsecond) }

func instantOf(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

func encodeList[E any](l []E) any {
	if len(l) == 0 {
		return "[]"
	}
	data, err := encodeJSON(l)
	if err != nil {
		return err // statements refuse an error as argument and return it
	}
	return string(data)
}

// The destinations below implement sql.Scanner.

type textDest[S ~string] struct{ to *S }

func (d textDest[S]) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d.to = ""
	case string:
		*d.to = S(v)
	case []byte:
		*d.to = S(v)
	default:
		return fmt.Errorf("text column holds %T", src)
	}
	return nil
}

type integerDest[N ~int | ~int64 | ~uint32] struct{ to *N }

func (d integerDest[N]) Scan(src any) error {
	v, ok := src.(int64)
	if !ok {
		return fmt.Errorf("integer column holds %T", src)
	}
	*d.to = N(v)
	return nil
}

type instantDest struct{ to *time.Time }

func (d instantDest) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d.to = time.Time{}
	case int64:
		*d.to = instantOf(v)
	default:
		return fmt.Errorf("time column holds %T", src)
	}
	return nil
}

type listDest[E any] struct{ to *[]E }

func (d listDest[E]) Scan(src any) error {
	var s string
	if err := (textDest[string]{&s}).Scan(src); err != nil {
		return err
	}
	*d.to = nil
	if s == "[]" {
		return nil
	}
	return json.Unmarshal([]byte(s), d.to)
}
