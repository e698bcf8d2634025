package policy

import "math"

// index finds the statements of a document that concern an action.
//
// The literal names of a document, which the largest documents have by the thousand, are looked up once for all
// statements; what is left to compare are patterns. All lists are in document order, and stay apart: copying the
// general statements to every service would let a small document grow into a large index.
type index struct {
	names    map[string][]*statement       // by literal entry, in lower case
	patterns map[string][]patternStatement // by service
	general  []*statement                  // those that may concern any service: their whole element must be looked at
}

func newIndex() index {
	return index{names: make(map[string][]*statement), patterns: make(map[string][]patternStatement)}
}

// patternStatement is a statement that has patterns for one service.
type patternStatement struct {
	*statement
	actions *serviceActions
}

// add enters the next statement of the document.
func (x *index) add(s *statement, actions actionSet) {
	if s.notAction || actions.all || len(actions.irregular) > 0 {
		s.actions = actions
		x.general = append(x.general, s)
		return
	}
	for name := range actions.names {
		x.names[name] = append(x.names[name], s)
	}
	for service, patterns := range actions.services {
		x.patterns[service] = append(x.patterns[service], patternStatement{s, patterns})
	}
}

// candidates goes through the statements of a document that concern one action.
type candidates struct {
	action   *actionName
	named    []*statement
	patterns []patternStatement
	general  []*statement
}

func (x *index) candidates(action *actionName) candidates {
	service, _ := action.parts()
	return candidates{action, x.names[string(action.full())], x.patterns[string(service)], x.general}
}

// next returns the next statement in document order whose Action element may cover the action, and whether it does:
// yes or unknown. It returns nil at the end.
func (c *candidates) next() (*statement, truth) {
	const end = math.MaxInt
	for {
		named, pattern, general := end, end, end
		if len(c.named) > 0 {
			named = c.named[0].index
		}
		if len(c.patterns) > 0 {
			pattern = c.patterns[0].index
		}
		if len(c.general) > 0 {
			general = c.general[0].index
		}
		switch {
		case named <= min(pattern, general) && named < end:
			if named == pattern {
				c.patterns = c.patterns[1:]
			}
			s := c.named[0]
			c.named = c.named[1:]
			return s, yes
		case pattern < general:
			p := &c.patterns[0]
			c.patterns = c.patterns[1:]
			if _, name := c.action.parts(); p.actions.match(name) {
				return p.statement, yes
			}
		case general < end:
			s := c.general[0]
			c.general = c.general[1:]
			if t := s.matchAction(c.action); t != no {
				return s, t
			}
		default:
			return nil, no
		}
	}
}

// matchAction tests the whole Action or NotAction element.
func (s *statement) matchAction(action *actionName) truth {
	t := s.actions.match(action)
	if s.notAction {
		return t.not()
	}
	return t
}
