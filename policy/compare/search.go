package compare

import "slices"

// region is a box of requests: some of those that the statement at sources[0] allows.
type region struct {
	callers   bits
	actions   *lang
	resources *lang
	tests     []test       // sorted by id
	sources   []*statement // statements that apply to all of it
}

// cover is a box to be taken away from regions.
type cover struct {
	statement *statement
	callers   bits
	resources *lang
	failing   want // what is left of a region when one of the tests fails
}

// search looks for a request that is in a region and in none of the covers.
type search struct {
	*comparison
	visit func(region) (stop bool) // told of every region that is left
}

// start returns the requests that an Allow statement allows by itself. They may be none.
func (c *comparison) start(s *statement) (region, bool) {
	r := region{
		callers: c.reached(s, func(int) grant { return byAccount }), actions: s.actions, resources: c.resources(s, granting),
		sources: []*statement{s},
	}
	return c.under(r, s, yes)
}

// within returns the part of a region that a Deny statement may take away.
func (c *comparison) within(r region, s *statement) (region, bool) {
	r.callers = r.callers.and(c.reached(s, func(int) grant { return byAccount }))
	r.actions = c.langs.and(r.actions, s.actions)
	r.resources = c.langs.and(r.resources, c.resources(s, removed))
	r.sources = append(slices.Clone(r.sources), s)
	return c.under(r, s, possible)
}

// under adds the conditions of a statement to a region, and reports whether anything is left.
func (c *comparison) under(r region, s *statement, w want) (region, bool) {
	for _, a := range s.atoms {
		r.tests = withTest(r.tests, test{a, w})
	}
	if r.callers.empty() || r.actions.empty() || r.resources.empty() {
		return r, false
	}
	for _, t := range r.tests {
		if c.satisfy(onKey(r.tests, t.key)) == nil {
			return r, false
		}
	}
	return r, true
}

// reached returns the callers that a statement reaches at least so strongly.
func (c *comparison) reached(s *statement, least func(i int) grant) bits {
	out := newBits(len(c.callers))
	for i, g := range s.reach {
		if g != unreached && g >= least(i) {
			out.add(i)
		}
	}
	return out
}

// allowCover returns what an Allow statement grants at least as strongly as the statement s does.
func (c *comparison) allowCover(a, s *statement) cover {
	return cover{a, c.reached(a, func(i int) grant { return s.reach[i] }), c.resources(a, allowing), notYes}
}

// denyCover returns what a Deny statement takes away.
func (c *comparison) denyCover(d *statement) cover {
	return cover{d, c.reached(d, func(int) grant { return byAccount }), c.resources(d, denying), ruledOut}
}

func withTest(tests []test, t test) []test {
	i, found := slices.BinarySearchFunc(tests, t.id(), func(t test, id int) int { return t.id() - id })
	if found {
		return tests
	}
	return slices.Insert(slices.Clone(tests), i, t)
}

func onKey(tests []test, k *key) []test {
	var out []test
	for _, t := range tests {
		if t.key == k {
			out = append(out, t)
		}
	}
	return out
}

// split is how one cover divides a region.
type split struct {
	pieces  []region // what the cover leaves
	touches bool     // whether it takes anything
}

// divide takes a cover from a region. The pieces are disjoint but for those of different conditions.
func (c *comparison) divide(r region, v cover) split {
	callers := r.callers.and(v.callers)
	if callers.empty() {
		return split{}
	}
	actions := c.langs.and(r.actions, v.statement.actions)
	if actions.empty() {
		return split{}
	}
	written := slices.ContainsFunc(r.sources, v.statement.covers)
	resources, outside := r.resources, c.langs.none
	if !written {
		if resources = c.langs.and(r.resources, v.resources); resources.empty() {
			return split{}
		}
		outside = c.langs.minus(r.resources, v.resources)
	}
	if !c.meets(r, v) {
		return split{}
	}
	s := split{touches: true}
	if rest := r.callers.minus(v.callers); !rest.empty() {
		p := r
		p.callers = rest
		s.pieces = append(s.pieces, p)
	}
	r.callers = callers
	if rest := c.langs.minus(r.actions, v.statement.actions); !rest.empty() {
		p := r
		p.actions = rest
		s.pieces = append(s.pieces, p)
	}
	r.actions = actions
	if !outside.empty() {
		p := r
		p.resources = outside
		s.pieces = append(s.pieces, p)
	}
	r.resources = resources
	for _, a := range v.statement.atoms {
		p := r
		p.tests = withTest(r.tests, test{a, v.failing})
		if c.satisfy(onKey(p.tests, a.key)) != nil {
			s.pieces = append(s.pieces, p)
		}
	}
	return s
}

// meets reports whether the conditions of a cover can hold in a region.
func (c *comparison) meets(r region, v cover) bool {
	holding := yes
	if v.failing == ruledOut {
		holding = possible
	}
	tests := r.tests
	for _, a := range v.statement.atoms {
		tests = withTest(tests, test{a, holding})
	}
	return !slices.ContainsFunc(v.statement.atoms, func(a *atom) bool { return c.satisfy(onKey(tests, a.key)) == nil })
}

// run takes all covers from a region and visits what is left. It reports whether a visit stopped it.
func (s *search) run(r region, covers []cover) bool {
	var best split
	var at int
	var live []cover
	for _, v := range covers {
		if !s.budget.spend(8 + len(r.tests)) {
			return true
		}
		d := s.divide(r, v)
		if !d.touches {
			continue
		}
		if len(d.pieces) == 0 {
			return false
		}
		if live = append(live, v); len(live) == 1 || len(d.pieces) < len(best.pieces) {
			best, at = d, len(live)-1
		}
	}
	if len(live) == 0 {
		return s.visit(r)
	}
	rest := slices.Delete(live, at, at+1)
	for _, p := range best.pieces {
		if s.run(p, rest) {
			return true
		}
	}
	return false
}
