package policy

import (
	"hash/maphash"
	"slices"
	"strings"
)

// Context holds the condition keys of one request. Nothing is added to it during an evaluation: a key that was
// not set is a missing key. Names of keys, tag keys inside them included, compare without regard to case; they
// are folded once, when they are set. The zero value is empty and ready for use; copies of a Context that is not
// empty share their keys. A Context may be read from many goroutines once it is filled.
type Context struct {
	table *contextTable
}

// contextTable is a hash table with open addressing. The documents know the hashes of the keys they ask for, so a
// lookup, which every condition makes, hashes nothing.
type contextTable struct {
	entries []contextEntry
	slots   []uint32 // 1 + the index of an entry, 0 for an empty slot; a power of two, at most half of them taken
}

type contextEntry struct {
	key   contextKey
	name  string // as it was set
	one   string
	many  []string
	multi bool
}

// contextKey is the folded name of a key with its hash.
type contextKey struct {
	folded string
	hash   uint64
}

// hashSeed differs from process to process: whoever chooses the keys of a request cannot make them collide.
var hashSeed = maphash.MakeSeed()

func newContextKey(name string) contextKey {
	folded := foldKey(name)
	return contextKey{folded, maphash.String(hashSeed, folded)}
}

// Set gives a single-valued key its value. Numbers, dates, addresses and booleans are given in their text form
// (10.5, 2026-03-01T12:00:00Z, 192.0.2.1, true), binary values in base64.
func (c *Context) Set(key, value string) {
	c.put(contextEntry{name: key, one: value})
}

// SetMulti makes a key multivalued and gives it its values. A multivalued key needs one of the set operators
// ForAllValues and ForAnyValue, cannot be used as a policy variable, and is missing when it has no values.
func (c *Context) SetMulti(key string, values ...string) {
	c.put(contextEntry{name: key, many: slices.Clone(values), multi: true})
}

func (c *Context) put(e contextEntry) {
	if e.name == "" {
		return // the grammar has no key without a name
	}
	if c.table == nil {
		c.table = &contextTable{entries: make([]contextEntry, 0, 16), slots: make([]uint32, 64)}
	}
	e.key = newContextKey(e.name)
	if known := c.find(&e.key); known != nil {
		*known = e
		return
	}
	t := c.table
	t.entries = append(t.entries, e)
	if 2*len(t.entries) > len(t.slots) {
		t.slots = make([]uint32, 2*len(t.slots))
		for i := range t.entries {
			t.place(i)
		}
		return
	}
	t.place(len(t.entries) - 1)
}

// place enters an entry into the first free slot from its hash on.
func (t *contextTable) place(entry int) {
	mask := uint64(len(t.slots) - 1)
	i := t.entries[entry].key.hash & mask
	for t.slots[i] != 0 {
		i = (i + 1) & mask
	}
	t.slots[i] = uint32(entry + 1)
}

// find returns the entry of a key, nil when the key is missing.
func (c *Context) find(key *contextKey) *contextEntry {
	t := c.table
	if t == nil {
		return nil
	}
	mask := uint64(len(t.slots) - 1)
	for i := key.hash & mask; ; i = (i + 1) & mask {
		slot := t.slots[i]
		if slot == 0 {
			return nil
		}
		if e := &t.entries[slot-1]; e.key.hash == key.hash && e.key.folded == key.folded {
			return e
		}
	}
}

// present reports whether a key was found and has a value.
func (e *contextEntry) present() bool { return e != nil && !(e.multi && len(e.many) == 0) }

// Get returns the values of a key and whether the key is there.
func (c *Context) Get(key string) ([]string, bool) {
	k := newContextKey(key)
	e := c.find(&k)
	switch {
	case e == nil:
		return nil, false
	case e.multi:
		return slices.Clone(e.many), true
	}
	return []string{e.one}, true
}

// Keys returns the names of all keys as they were set, sorted.
func (c *Context) Keys() []string {
	if c.table == nil {
		return []string{}
	}
	keys := make([]string, 0, len(c.table.entries))
	for i := range c.table.entries {
		keys = append(keys, c.table.entries[i].name)
	}
	slices.Sort(keys)
	return keys
}

// single returns the value of a single-valued key.
func (c *Context) single(key *contextKey) (string, bool) {
	if e := c.find(key); e != nil && !e.multi {
		return e.one, true
	}
	return "", false
}

func foldKey(key string) string { return strings.ToLower(key) }
