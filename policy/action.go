package policy

import "strings"

// actionSet is a compiled Action or NotAction element: literal names hashed under their service, and for each
// service the short list of names that hold wildcards.
type actionSet struct {
	all       bool
	services  map[string]*serviceActions
	irregular []string // lower-cased entries with a wildcard in the service part, which the language lacks
}

type serviceActions struct {
	all      bool
	names    map[string]struct{}
	patterns []string
}

// compileActions compiles the entries of an Action or NotAction element.
func compileActions(entries []text) actionSet {
	set := actionSet{services: make(map[string]*serviceActions)}
	for _, e := range entries {
		entry := strings.ToLower(e.value)
		if entry == "*" {
			set.all = true
			continue
		}
		service, name, _ := strings.Cut(entry, ":")
		if strings.ContainsAny(service, "*?") {
			set.irregular = append(set.irregular, entry)
			continue
		}
		set.add(service, name)
	}
	return set
}

func (a *actionSet) add(service, name string) {
	s := a.services[service]
	if s == nil {
		s = &serviceActions{names: make(map[string]struct{})}
		a.services[service] = s
	}
	switch {
	case strings.Trim(name, "*") == "" && name != "":
		s.all = true
	case strings.ContainsAny(name, "*?"):
		s.patterns = append(s.patterns, name)
	default:
		s.names[name] = struct{}{}
	}
}

// match tests a lower-cased action, given whole and as its two parts.
func (a *actionSet) match(full, service, name []byte) truth {
	if a.all {
		return yes
	}
	if s := a.services[string(service)]; s != nil {
		if s.all {
			return yes
		}
		if _, ok := s.names[string(name)]; ok {
			return yes
		}
		for _, p := range s.patterns {
			if matchName(p, name) {
				return yes
			}
		}
	}
	for _, p := range a.irregular {
		if matchName(p, full) {
			return unknown
		}
	}
	return no
}

// actionName is the action of a request in lower case. The array keeps ordinary names off the heap.
type actionName struct {
	buf   [96]byte
	long  []byte
	size  int
	colon int
}

func (n *actionName) set(action string) {
	n.size = len(action)
	dst := n.buf[:]
	if len(action) > len(n.buf) {
		n.long = make([]byte, len(action))
		dst = n.long
	}
	for i := range len(action) {
		c := action[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst[i] = c
	}
	n.colon = strings.IndexByte(action, ':')
}

func (n *actionName) full() []byte {
	if n.long != nil {
		return n.long
	}
	return n.buf[:n.size]
}

// parts returns the service and the name; both are empty when the action has no colon, so nothing but "*"
// matches it.
func (n *actionName) parts() (service, name []byte) {
	if n.colon < 0 {
		return nil, nil
	}
	full := n.full()
	return full[:n.colon], full[n.colon+1:]
}
