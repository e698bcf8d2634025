package serviceauth

import (
	_ "embed" // for the data files
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed data/index.tsv
var index string

//go:embed data/services.bin
var services string

// Catalog is the whole reference.
type Catalog struct {
	prefixes []string          // of the services, sorted
	entries  map[string]*entry // by prefix
	foreign  []foreignKeys
	owners   map[string][]string      // services whose resources have a service name in their ARNs
	globals  map[string]*ConditionKey // by name in lower case, templates up to their slash
}

// entry is a service that is loaded when it is first asked for.
type entry struct {
	name string
	load func() *Service // once
}

// foreignKeys says that the condition keys with a prefix that is no service, such as saml, belong to a service.
type foreignKeys struct{ prefix, service string }

// New opens the catalog.
func New() *Catalog {
	c := &Catalog{entries: map[string]*entry{}, owners: map[string][]string{}, globals: globalKeys()}
	for line := range strings.Lines(index) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 8 {
			broken("index line %q", line)
		}
		offset, length := number(f[6]), number(f[7])
		c.prefixes = append(c.prefixes, f[0])
		c.entries[f[0]] = &entry{name: f[1], load: sync.OnceValue(func() *Service {
			return readService(f[0], f[1], f[2] == "rcp", services[offset:offset+length])
		})}
		for _, prefix := range list(f[3], ",") {
			c.foreign = append(c.foreign, foreignKeys{prefix, f[0]})
		}
		for _, name := range list(f[4], ",") {
			c.owners[name] = append(c.owners[name], f[0])
		}
	}
	return c
}

// Services returns the prefixes of all services, sorted.
func (c *Catalog) Services() []string { return slices.Clone(c.prefixes) }

// Service returns the service with a prefix, such as "s3", in any letter case.
func (c *Catalog) Service(prefix string) (*Service, bool) {
	e, ok := c.entries[strings.ToLower(prefix)]
	if !ok {
		return nil, false
	}
	return e.load(), true
}

// Name returns the name of a service by its prefix, such as "Amazon S3" for "s3", and "" for none.
// It loads nothing.
func (c *Catalog) Name(prefix string) string {
	if e, ok := c.entries[prefix]; ok {
		return e.name
	}
	return ""
}

// Action returns the action with a full name, such as "s3:GetObject", in any letter case.
func (c *Catalog) Action(name string) (*Action, bool) {
	prefix, short, _ := strings.Cut(name, ":")
	s, ok := c.Service(prefix)
	if !ok {
		return nil, false
	}
	return s.Action(short)
}

// Match returns the actions that a pattern of a policy names, such as "s3:Get*" or "*", in the order of their
// names; a star stands for any number of characters, a question mark for one.
func (c *Catalog) Match(pattern string) []*Action {
	prefix, short, found := strings.Cut(pattern, ":")
	if !found {
		if pattern != "*" {
			return nil
		}
		short = "*"
	}
	var out []*Action
	for _, p := range c.matchingServices(prefix) {
		out = append(out, c.entries[p].load().Match(short)...)
	}
	return out
}

// matchingServices returns the prefixes that a pattern covers.
func (c *Catalog) matchingServices(pattern string) []string {
	pattern = strings.ToLower(pattern)
	if !strings.ContainsAny(pattern, "*?") {
		if _, ok := c.entries[pattern]; !ok {
			return nil
		}
		return []string{pattern}
	}
	var out []string
	for _, p := range c.prefixes {
		if glob(pattern, p) {
			out = append(out, p)
		}
	}
	return out
}

// ResourceTypes returns the types of resources whose ARNs name a service, such as "s3" or "elasticloadbalancing";
// none if there is no such service or the reference does not know its ARNs.
func (c *Catalog) ResourceTypes(arnService string) []*ResourceType {
	var out []*ResourceType
	for _, prefix := range c.owners[arnService] {
		for _, r := range c.entries[prefix].load().Resources {
			if slices.ContainsFunc(r.ARNs, func(format string) bool {
				name := strings.SplitN(format, ":", 4)[2]
				return name == arnService || strings.Contains(name, "$")
			}) {
				out = append(out, r)
			}
		}
	}
	return out
}

// ConditionKey returns the condition key that a name in a policy stands for, in any letter case: "aws:SourceIp",
// "s3:prefix", or "aws:ResourceTag/Team" for the key aws:ResourceTag/${TagKey}.
func (c *Catalog) ConditionKey(name string) (*ConditionKey, bool) {
	lower := strings.ToLower(name)
	if key, ok := c.global(lower); ok {
		return key, true
	}
	prefix, _, _ := strings.Cut(lower, ":")
	if s, ok := c.Service(prefix); ok {
		if key, ok := s.ConditionKey(name); ok {
			return key, true
		}
	}
	for _, f := range c.foreign {
		if keyMatches(f.prefix, prefix) {
			if key, ok := c.entries[f.service].load().ConditionKey(name); ok {
				return key, true
			}
		}
	}
	return nil, false
}

// KnownKeyPrefix reports whether condition keys with a prefix exist at all: that of a service, "aws", or one
// such as "saml" or "accounts.google.com" that comes with federation.
func (c *Catalog) KnownKeyPrefix(prefix string) bool {
	prefix = strings.ToLower(prefix)
	if _, ok := c.entries[prefix]; ok || prefix == "aws" {
		return true
	}
	return slices.ContainsFunc(c.foreign, func(f foreignKeys) bool { return keyMatches(f.prefix, prefix) })
}

func (c *Catalog) global(lower string) (*ConditionKey, bool) {
	family, tag, tagged := strings.Cut(lower, "/")
	if tagged && tag == "" {
		return nil, false
	}
	if tagged {
		family += "/"
	}
	key, ok := c.globals[family]
	return key, ok
}

// GlobalConditionKeys returns the condition keys that belong to no single service, by name.
func (c *Catalog) GlobalConditionKeys() []*ConditionKey {
	var out []*ConditionKey
	for _, k := range c.globals {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b *ConditionKey) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// broken reports embedded data that cannot be read. The data is ours and tested whole, so it is a broken build.
func broken(format string, args ...any) {
	panic("serviceauth: embedded data: " + fmt.Sprintf(format, args...))
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		broken("%v", err)
	}
	return n
}

// list splits s; the empty string is the empty list.
func list(s, separator string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, separator)
}
