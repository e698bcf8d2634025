package sqlstore

import (
	"fmt"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// table is what versioned and inplace tables have in common: where the rows of
// a noun are, how a T becomes a row and a row a T.
type table[T any] struct {
	noun    store.Noun
	name    string
	columns []column[T]
	body    bool // the members no column holds are in the column "body"
	unique  []unique
	// id returns the key that events and change records carry.
	id func(*T) string
	// exact, if set, trims times inside the body to microseconds. It may change
	// the copy it gets, not what that points to.
	exact func(*T)

	selected string // the columns that are read, for a select
}

// prepare computes the texts that never change and registers the uniqueness rules.
func (d *table[T]) prepare(rules map[string]conflict) {
	var read []string
	for _, c := range d.columns {
		if c.dest != nil {
			read = append(read, d.name+"."+c.name)
		}
	}
	if d.body {
		read = append(read, d.name+".body")
	}
	d.selected = strings.Join(read, ", ")
	for _, u := range d.unique {
		c := conflict{resource: u.resource, message: u.message}
		rules[u.index] = c
		rules[d.name+"."+strings.Join(u.columns, ", "+d.name+".")] = c
	}
}

// names lists the columns that are written.
func (d *table[T]) names() []string {
	var names []string
	for _, c := range d.columns {
		names = append(names, c.name)
	}
	if d.body {
		names = append(names, "body")
	}
	return names
}

// values returns what is written of row, in the order of names.
func (d *table[T]) values(row *T, rest func(*T)) ([]any, error) {
	values := make([]any, 0, len(d.columns)+4)
	for _, c := range d.columns {
		values = append(values, c.value(row))
	}
	if !d.body {
		return values, nil
	}
	others := *row
	for _, c := range d.columns {
		c.clear(&others)
	}
	if rest != nil {
		rest(&others)
	}
	if d.exact != nil {
		d.exact(&others)
	}
	body, err := encodeBody(&others)
	if err != nil {
		return nil, err
	}
	return append(values, body), nil
}

// dests returns where the columns of selected go.
func (d *table[T]) dests(row *T) []any {
	dests := make([]any, 0, len(d.columns)+4)
	for _, c := range d.columns {
		if c.dest != nil {
			dests = append(dests, c.dest(row))
		}
	}
	if d.body {
		dests = append(dests, bodyDest{row})
	}
	return dests
}

func (d *table[T]) notFound(id string) error {
	return idc.NotFoundf(string(d.noun), id, "The %s does not exist.", strings.ReplaceAll(string(d.noun), "-", " "))
}

// limited appends the limit of a page to a query.
func limited(text string, args []any, limit int) (string, []any) {
	if limit <= 0 {
		return text, args
	}
	args = append(args, int64(limit))
	return fmt.Sprintf("%s limit $%d", text, len(args)), args
}

// holders returns "$from, ..., $to".
func holders(from, to int) string {
	var b strings.Builder
	for n := from; n <= to; n++ {
		if n > from {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", n)
	}
	return b.String()
}
