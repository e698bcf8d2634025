package policy

import (
	"slices"
	"strings"
)

// Context holds the condition keys of one request. Nothing is added to it during an evaluation: a key that was
// not set is a missing key. Names of keys, tag keys inside them included, compare without regard to case; they
// are folded once, when they are set. The zero value is empty and ready for use. A Context may be read from
// many goroutines once it is filled.
type Context struct {
	values map[string]contextValue
}

type contextValue struct {
	name  string // as it was set
	one   string
	many  []string
	multi bool
}

// Set gives a single-valued key its value. Numbers, dates, addresses and booleans are given in their text form
// (10.5, 2026-03-01T12:00:00Z, 192.0.2.1, true), binary values in base64.
func (c *Context) Set(key, value string) {
	c.put(key, contextValue{name: key, one: value})
}

// SetMulti makes a key multivalued and gives it its values. A multivalued key needs one of the set operators
// ForAllValues and ForAnyValue, cannot be used as a policy variable, and is missing when it has no values.
func (c *Context) SetMulti(key string, values ...string) {
	c.put(key, contextValue{name: key, many: slices.Clone(values), multi: true})
}

func (c *Context) put(key string, v contextValue) {
	if c.values == nil {
		c.values = make(map[string]contextValue)
	}
	c.values[foldKey(key)] = v
}

// Get returns the values of a key and whether the key is there.
func (c *Context) Get(key string) ([]string, bool) {
	v, ok := c.values[foldKey(key)]
	switch {
	case !ok:
		return nil, false
	case v.multi:
		return slices.Clone(v.many), true
	}
	return []string{v.one}, true
}

// Keys returns the names of all keys as they were set, sorted.
func (c *Context) Keys() []string {
	keys := make([]string, 0, len(c.values))
	for _, v := range c.values {
		keys = append(keys, v.name)
	}
	slices.Sort(keys)
	return keys
}

// single returns the value of a single-valued key; folded is its folded name.
func (c *Context) single(folded string) (string, bool) {
	v, ok := c.values[folded]
	return v.one, ok && !v.multi
}

func foldKey(key string) string { return strings.ToLower(key) }
