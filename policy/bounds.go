package policy

import "slices"

// Unknown says what is not known about a request. The zero value leaves nothing open.
type Unknown struct {
	// Keys are context keys that may be missing or have any values, whatever the request's Context says of them.
	Keys []string
	// Rest leaves every key open that neither the Context nor Absent names.
	Rest bool
	// Absent are keys that are known to be missing.
	Absent []string
	// Resource, if not empty, stands for Request.Resource: the resource is one that this pattern describes,
	// with "*" for any run of characters and "?" for one character. "*" alone is any resource, and also the
	// "*" of an action without resources.
	Resource string
}

// Range is what can be said about a request of which something is unknown.
type Range struct {
	// Least is the decision when everything unknown turns out against the caller, and Most when it turns out
	// for the caller: an Allow that hangs on something unknown does not apply to the one and applies to the
	// other, and with a Deny it is the other way round.
	Least, Most Decision
	// Open are the statements the outcome hangs on; there are none when it is Firm.
	Open []Open
}

// Firm reports whether the request is allowed, or denied, whatever the unknown turns out to be. Two different
// denials are a firm denial.
func (r Range) Firm() bool { return (r.Least.Effect == Allowed) == (r.Most.Effect == Allowed) }

// Open is a statement that may or may not apply. Its Statement is -1 where the outcome hangs on whether the
// unknown resource is a role or a key.
type Open struct {
	Reason              // its place and effect; Failed is empty
	Conditions []string // the conditions that cannot be settled: operator and key, as in "Bool aws:SecureTransport"
	Keys       []string // the unknown context keys it asks for, as it writes them
	Resource   bool     // whether it covers the resource cannot be settled
}

// Bounds decides a request that is only partly known. It is sound: whatever values the unknown keys and the
// unknown resource take, Evaluate says nothing less favourable than Least and nothing more favourable than Most,
// in the order DeniedExplicit, DeniedImplicit, Allowed. It may leave a request open that closer reasoning would
// settle: tests are judged one by one, so two that contradict each other may both count as possible.
//
// The policies are taken as given, and so is everything in the request that Unknown does not name: a resource
// whose own policy nobody has read must not be asked about as if it had none.
func Bounds(req *Request, unknown *Unknown, p *Policies) Range {
	u := newUncertainty(unknown)
	run := func(allowOpen, denyOpen bool) (Decision, []Open) {
		b := &bounds{uncertainty: u, allowOpen: allowOpen, denyOpen: denyOpen}
		e := evaluation{req: req, p: p, explain: true, bounds: b}
		d := e.run()
		d.Reasons = e.reasonsFor(d)
		return d, b.open
	}
	var r Range
	var open []Open
	r.Least, open = run(false, true)
	r.Most, _ = run(true, false)
	if r.Firm() {
		return r
	}
	certain, _ := run(false, false)
	possible, _ := run(true, true)
	for _, o := range open {
		if o.Statement < 0 || o.Deny && possible.Effect != Allowed || !o.Deny && certain.Effect != Allowed {
			r.Open = append(r.Open, o)
		}
	}
	return r
}

// uncertainty is a compiled Unknown.
type uncertainty struct {
	keys     map[string]bool // by folded name: open (true) or absent (false)
	rest     bool
	resource []unit // nil when the resource is known
}

func newUncertainty(u *Unknown) *uncertainty {
	c := &uncertainty{keys: make(map[string]bool), rest: u.Rest, resource: patternUnits(u.Resource)}
	for _, key := range u.Absent {
		c.keys[foldKey(key)] = false
	}
	for _, key := range u.Keys {
		c.keys[foldKey(key)] = true
	}
	return c
}

// unsure reports whether the value of a key is unknown.
func (u *uncertainty) unsure(ctx *Context, key *contextKey) bool {
	if open, named := u.keys[key.folded]; named {
		return open
	}
	return u.rest && ctx.find(key) == nil
}

// bounds is the state of one evaluation that settles the open statements of an effect in one direction.
type bounds struct {
	*uncertainty
	allowOpen, denyOpen bool // whether open statements apply
	open                []Open
	last                *Open // the statement judged last, if it is open
}

// collect takes the statement judged last into the list if it is open and its effect counts; at is its place.
func (b *bounds) collect(at Reason, counts bool) {
	if b.last != nil && counts {
		b.last.Reason = at
		b.open = append(b.open, *b.last)
	}
	b.last = nil
}

// resourceHas reports whether the unknown resource has a part, which is always to the caller's disadvantage.
func (b *bounds) resourceHas(part string) bool {
	units := patternUnits("*" + part + "*")
	certain, possible := covers(units, b.resource), meet(units, b.resource)
	if certain == possible {
		return certain
	}
	b.open = append(b.open, Open{Reason: Reason{Statement: -1}, Resource: true})
	return !b.allowOpen
}

// span is the range of outcomes a test can have.
type span struct{ lo, hi truth }

func exactly(t truth) span { return span{t, t} }

var anything = span{no, yes}

func (s span) and(o span) span { return span{min(s.lo, o.lo), min(s.hi, o.hi)} }
func (s span) or(o span) span  { return span{max(s.lo, o.lo), max(s.hi, o.hi)} }
func (s span) not() span       { return span{s.hi.not(), s.lo.not()} }

// statement is the rest of evaluation.statement, after action and principal, for a request with unknowns. It
// reports whether the statement applies in the direction of this evaluation.
func (b *bounds) statement(req *Request, s *statement, action truth) (applies bool, failed *condition) {
	var o Open
	all := exactly(action)
	if !s.anyResource {
		t := b.resources(s, req)
		o.Resource = t.lo != t.hi
		if all = all.and(t); all.hi == no {
			return false, nil
		}
	}
	for i := range s.conditions {
		c := &s.conditions[i]
		t := b.condition(c, &req.Context)
		if t.hi == no || (t.hi != yes && !s.deny) {
			failed = c
		}
		if t.lo != t.hi {
			o.Conditions = append(o.Conditions, c.label)
		}
		all = all.and(t)
	}
	reach := func(t truth) bool { return t == yes || (t == unknown && s.deny) }
	certain, possible := reach(all.lo), reach(all.hi)
	switch {
	case certain == possible:
		return certain, failed
	case s.deny:
		applies = b.denyOpen
	default:
		applies = b.allowOpen
	}
	o.Keys = b.unsureKeys(s, &req.Context)
	b.last = &o
	return applies, nil
}

// unsureKeys lists the unknown keys a statement asks for.
func (b *bounds) unsureKeys(s *statement, ctx *Context) []string {
	keys := slices.DeleteFunc(s.contextKeys(nil), func(key string) bool { return !b.unsureName(ctx, key) })
	return sortedKeys(keys)
}

func (b *bounds) unsureName(ctx *Context, name string) bool {
	key := newContextKey(name)
	return b.unsure(ctx, &key)
}

// condition returns the outcomes a condition can have.
func (b *bounds) condition(c *condition, ctx *Context) span {
	if b.unsure(ctx, &c.key) {
		if c.op.family == nullFamily {
			absent, present := c.testNull(false), c.testNull(true)
			return span{min(absent, present), max(absent, present)}
		}
		return anything
	}
	if !slices.ContainsFunc(c.values, func(v conditionValue) bool { return b.openValue(&v, ctx) }) {
		return exactly(c.test(ctx))
	}
	v := ctx.find(&c.key)
	if !v.present() {
		return exactly(c.missing())
	}
	if !v.multi {
		return b.testOne(c, ctx, v.one)
	}
	if c.op.set == forAllValues {
		all := exactly(yes)
		for _, one := range v.many {
			all = all.and(b.testOne(c, ctx, one))
		}
		return all
	}
	found := exactly(no)
	for _, one := range v.many {
		found = found.or(b.testOne(c, ctx, one))
	}
	if c.op.set == noSet {
		return span{found.lo.doubt(), found.hi.doubt()}
	}
	return found
}

// testOne is condition.testOne when some values hold unknown variables.
func (b *bounds) testOne(c *condition, ctx *Context, request string) span {
	settled := *c
	settled.values = nil
	possible := false
	for i := range c.values {
		v := &c.values[i]
		if b.openValue(v, ctx) {
			possible = possible || b.mayMatch(c, v, ctx, request)
		} else {
			settled.values = append(settled.values, *v)
		}
	}
	t, readable := settled.matchAny(ctx, request)
	if !readable {
		return exactly(settled.testOne(ctx, request))
	}
	s := exactly(t)
	if possible {
		s.hi = yes
	}
	if c.op.negated {
		return s.not()
	}
	return s
}

func (b *bounds) openValue(v *conditionValue, ctx *Context) bool {
	if v.arn != nil {
		return slices.ContainsFunc(v.arn[:], func(t template) bool { return b.openTemplate(&t, ctx) })
	}
	return b.openTemplate(&v.text, ctx)
}

func (b *bounds) openTemplate(t *template, ctx *Context) bool {
	return slices.ContainsFunc(t.tokens, func(tok token) bool { return b.openToken(&tok, ctx) })
}

func (b *bounds) openToken(tok *token, ctx *Context) bool {
	return tok.variable != nil && b.unsure(ctx, &tok.variable.key)
}

// mayMatch reports whether a value with unknown variables can match.
func (b *bounds) mayMatch(c *condition, v *conditionValue, ctx *Context, request string) bool {
	switch {
	case c.op.family == boolFamily, c.op.rel == ignoreCase:
		return true
	case c.op.family == stringFamily:
		widest, ok := b.widen(&v.text, ctx)
		return ok && widest.match(ctx, request)
	}
	got, ok := splitRequestARN(request)
	for f := range v.arn {
		widest, valued := b.widen(&v.arn[f], ctx)
		ok = ok && valued && widest.match(ctx, got[f])
	}
	return ok
}

// widen replaces the unknown variables of a template by stars, which cover all values they can have, and the
// known ones by their values. It reports false when a known variable has no value.
func (b *bounds) widen(t *template, ctx *Context) (template, bool) {
	open := template{confined: t.confined}
	for _, tok := range t.tokens {
		if b.openToken(&tok, ctx) {
			tok = token{kind: starToken}
		}
		open.tokens = append(open.tokens, tok)
	}
	toks, ok := open.resolve(ctx, nil)
	open.tokens = toks
	return open, ok
}

// resources returns the outcomes matchResources can have.
func (b *bounds) resources(s *statement, req *Request) span {
	found := exactly(no)
	for i := range s.resources {
		found = found.or(b.entry(&s.resources[i], s.notResource, req))
	}
	if s.notResource {
		return found.not()
	}
	return found
}

// entry returns the outcomes one entry of a Resource or NotResource element can have.
func (b *bounds) entry(r *resourcePattern, negated bool, req *Request) span {
	ctx := &req.Context
	if r.all {
		return exactly(yes)
	}
	open := b.openTemplate(&r.pattern, ctx)
	t := exactly(no)
	widest, valued := b.widen(&r.pattern, ctx)
	switch {
	case !valued:
	case b.resource == nil:
		if req.Resource != "*" && widest.match(ctx, req.Resource) {
			t = exactly(yes)
		}
	default:
		units := tokenUnits(widest.tokens)
		if meet(units, b.resource) {
			t.hi = yes
		}
		// A pattern that starts with a wildcard may stand for the "*" of an action without resources.
		if b.resource[0] >= 0 && covers(units, b.resource) {
			t.lo = yes
		}
	}
	if open {
		t.lo = no
	}
	if r.irregular {
		t = span{t.lo.doubt(), t.hi.doubt()}
	}
	if negated {
		switch {
		case !valued:
			t = t.or(exactly(unknown))
		case open && !b.defaulted(&r.pattern, ctx):
			t.hi = max(t.hi, unknown)
		}
	}
	return t
}

// defaulted reports whether all unknown variables of a template have defaults.
func (b *bounds) defaulted(t *template, ctx *Context) bool {
	return !slices.ContainsFunc(t.tokens, func(tok token) bool { return b.openToken(&tok, ctx) && !tok.variable.hasDefault })
}
