package policy

import "strings"

// actionSet is a compiled Action or NotAction element, all in lower case.
type actionSet struct {
	all       bool
	names     map[string]struct{}        // literal entries
	services  map[string]*serviceActions // patterns in the name, by service
	irregular []string                   // entries without a service or with a wildcard in it, which the language lacks
}

// serviceActions are the patterns for one service.
type serviceActions struct {
	all      bool
	patterns []string
}

// compileActions compiles the entries of an Action or NotAction element.
func compileActions(entries []text) actionSet {
	set := actionSet{names: make(map[string]struct{}), services: make(map[string]*serviceActions)}
	for _, e := range entries {
		set.add(lowerASCII(e.value))
	}
	return set
}

func (a *actionSet) add(entry string) {
	service, name, found := strings.Cut(entry, ":")
	switch {
	case entry == "*":
		a.all = true
		return
	case service == "" || strings.ContainsAny(service, "*?"):
		a.irregular = append(a.irregular, entry)
		return
	case !found || !strings.ContainsAny(name, "*?"):
		a.names[entry] = struct{}{}
		return
	}
	s := a.services[service]
	if s == nil {
		s = &serviceActions{}
		a.services[service] = s
	}
	if strings.Trim(name, "*") == "" {
		s.all = true
	} else {
		s.patterns = append(s.patterns, name)
	}
}

// match tests the name of an action.
func (s *serviceActions) match(name []byte) bool {
	if s.all {
		return true
	}
	for _, p := range s.patterns {
		if matchName(p, name) {
			return true
		}
	}
	return false
}

// match tests an action against all entries.
func (a *actionSet) match(action *actionName) truth {
	if a.all {
		return yes
	}
	if _, ok := a.names[string(action.full())]; ok {
		return yes
	}
	service, name := action.parts()
	if s := a.services[string(service)]; s != nil && s.match(name) {
		return yes
	}
	for _, p := range a.irregular {
		if matchName(p, action.full()) {
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

// lowerASCII folds the letters that action names have, and no others: a Kelvin sign is no k.
func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)
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

// parts returns the service and the name; both are empty when the action has no colon, so no pattern for a service
// matches it.
func (n *actionName) parts() (service, name []byte) {
	if n.colon < 0 {
		return nil, nil
	}
	full := n.full()
	return full[:n.colon], full[n.colon+1:]
}
