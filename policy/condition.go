package policy

import (
	"net/netip"
	"strings"
)

// condition is one key under one operator: the smallest thing a Condition element can ask.
type condition struct {
	op     qualified
	key    contextKey
	name   string // of the key, as written
	label  string // operator and key, as written
	values []conditionValue
}

// conditionValue is one value of a condition in the form its operator compares.
type conditionValue struct {
	bad    bool // malformed: what it would match is unknown
	text   template
	arn    *[arnFields]template
	number decimal
	date   instant
	prefix netip.Prefix
	bytes  string
	truth  bool
}

// compileValue reads one value. The second result says what is wrong with it, for documents that must be
// refused for it.
func compileValue(op operator, s string, variables bool) (v conditionValue, problem string) {
	syn := syntax{wildcards: op.rel == like, variables: variables && op.variables()}
	ok := true
	switch op.family {
	case stringFamily:
		v.text = parseTemplate(s, syn)
		if v.text.broken {
			return v, "not a policy variable"
		}
	case numericFamily:
		v.number, ok = parseDecimal(s)
		problem = "not a number"
	case dateFamily:
		v.date, ok = parseInstant(s)
		problem = "not a date"
	case boolFamily, nullFamily:
		if syn.variables && strings.Contains(s, "${") {
			v.text = parseTemplate(s, syn)
			if v.text.broken {
				return v, "not a policy variable"
			}
			return v, ""
		}
		v.truth, ok = parseBool(s)
		problem = "neither true nor false"
	case binaryFamily:
		v.bytes, ok = parseBinary(s)
		problem = "not base64"
	case ipFamily:
		v.prefix, ok = parsePrefix(s)
		problem = "not an IP address or range"
	case arnFamily:
		v.arn = compileConditionARN(s, syn)
		if v.arn == nil {
			return v, "not an ARN"
		}
		return v, ""
	}
	v.bad = !ok
	if ok {
		problem = ""
	}
	return v, problem
}

// compileConditionARN compiles the six fields of an ARN pattern; nil when s is no ARN, which nothing matches.
func compileConditionARN(s string, syn syntax) *[arnFields]template {
	fields, n := arnFieldsOf(s, syn.variables)
	if n != arnFields {
		return nil
	}
	var out [arnFields]template
	for i, f := range fields {
		out[i] = parseTemplate(f, syn)
		if out[i].broken {
			return nil
		}
	}
	return &out
}

// test evaluates the condition.
func (c *condition) test(ctx *Context) truth {
	v := ctx.find(&c.key)
	present := v.present()
	if c.op.family == nullFamily {
		return c.testNull(present)
	}
	if !present {
		return c.missing()
	}
	if !v.multi {
		return c.testOne(ctx, v.one)
	}
	switch c.op.set {
	case forAllValues:
		all := yes
		for _, one := range v.many {
			all = min(all, c.testOne(ctx, one))
		}
		return all
	case forAnyValue:
		return c.testAny(ctx, v.many)
	}
	// Undefined by the language: no Allow may rest on it, and a Deny must not be escaped through it.
	return c.testAny(ctx, v.many).doubt()
}

func (c *condition) testAny(ctx *Context, values []string) truth {
	found := no
	for _, one := range values {
		found = max(found, c.testOne(ctx, one))
	}
	return found
}

func (c *condition) testNull(present bool) truth {
	t := no
	for i := range c.values {
		v := &c.values[i]
		if v.bad {
			t = max(t, unknown)
		} else {
			t = max(t, truthOf(v.truth != present))
		}
	}
	return t
}

// missing is the outcome when the key is not in the request.
func (c *condition) missing() truth {
	switch {
	case c.op.set == forAllValues:
		return yes
	case c.op.set == forAnyValue && c.op.ifExists:
		return unknown // IfExists says true, ForAnyValue says false
	case c.op.set == forAnyValue:
		return no
	case c.op.ifExists || c.op.negated:
		return yes
	}
	return no
}

// testOne evaluates the plain operator for one value of the request against all values of the condition.
func (c *condition) testOne(ctx *Context, request string) truth {
	t, readable := c.matchAny(ctx, request)
	switch {
	case !readable && c.op.negated:
		return unknown
	case !readable:
		return no
	case c.op.negated:
		return t.not()
	}
	return t
}

// matchAny tests whether any value matches, negation aside. readable is false when the request's value does
// not have the operator's type.
func (c *condition) matchAny(ctx *Context, request string) (t truth, readable bool) {
	switch c.op.family {
	case stringFamily:
		return truthOf(c.matchString(ctx, request)), true
	case arnFamily:
		return truthOf(c.matchARN(ctx, request)), true
	case numericFamily:
		n, ok := parseDecimal(request)
		return c.anyValue(func(v *conditionValue) bool { return c.op.rel.holds(n.compare(v.number)) }), ok
	case dateFamily:
		d, ok := parseInstant(request)
		return c.anyValue(func(v *conditionValue) bool { return c.op.rel.holds(d.compare(v.date)) }), ok
	case ipFamily:
		a, ok := parseAddr(request)
		return c.anyValue(func(v *conditionValue) bool { return v.prefix.Contains(a) }), ok
	case binaryFamily:
		b, ok := parseBinary(request)
		return c.anyValue(func(v *conditionValue) bool { return v.bytes == b }), ok
	}
	b, ok := parseBool(request)
	return c.anyValue(func(v *conditionValue) bool {
		if !v.text.variable {
			return v.truth == b
		}
		s, has := v.text.text(ctx)
		want, isBool := parseBool(s)
		return has && isBool && want == b
	}), ok
}

func (c *condition) anyValue(match func(*conditionValue) bool) truth {
	t := no
	for i := range c.values {
		switch v := &c.values[i]; {
		case v.bad:
			t = max(t, unknown)
		case match(v):
			return yes
		}
	}
	return t
}

// holds reports whether a comparison with this result satisfies the relation.
func (r relation) holds(compared int) bool {
	switch {
	case compared < 0:
		return r&less != 0
	case compared > 0:
		return r&greater != 0
	}
	return r&equal != 0
}

func (c *condition) matchString(ctx *Context, request string) bool {
	for i := range c.values {
		t := &c.values[i].text
		if c.op.rel != ignoreCase {
			if t.match(ctx, request) {
				return true
			}
			continue
		}
		if s, ok := t.text(ctx); ok && strings.EqualFold(s, request) {
			return true
		}
	}
	return false
}

// matchARN compares the six fields one by one; a star does not leave its field. A value that is no ARN matches
// nothing.
func (c *condition) matchARN(ctx *Context, request string) bool {
	for i := range c.values {
		if want := c.values[i].arn; want != nil && matchFields(want, ctx, request) {
			return true
		}
	}
	return false
}

func matchFields(want *[arnFields]template, ctx *Context, request string) bool {
	if !strings.HasPrefix(request, "arn:") {
		return false
	}
	for f := range arnFields - 1 {
		colon := strings.IndexByte(request, ':')
		if colon < 0 || !want[f].match(ctx, request[:colon]) {
			return false
		}
		request = request[colon+1:]
	}
	return want[arnFields-1].match(ctx, request)
}
