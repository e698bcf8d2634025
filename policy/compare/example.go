package compare

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/policy"
)

// Example is one request that gets access.
type Example struct {
	Principal  string   // ARN or name of the caller, "*" for an anonymous one; empty for kinds without principals
	Action     string   // service:Name
	Resource   string   // ARN or "*"
	Conditions []string // the keys that matter: "aws:SourceIp is 192.0.2.1", "aws:SourceVpce is absent"

	// Confirmed says that policy.Evaluate has agreed. Otherwise the access could not be ruled out, and the example
	// shows where.
	Confirmed bool

	// Request is the same for policy.Evaluate, and Policies what must stand beside the document in question, which
	// is not among them.
	Request  policy.Request
	Policies policy.Policies
}

// String returns the example as a sentence.
func (e Example) String() string {
	var b strings.Builder
	if e.Principal != "" {
		fmt.Fprintf(&b, "%s may ", e.Principal)
	}
	fmt.Fprintf(&b, "%s on %s", e.Action, e.Resource)
	if len(e.Conditions) > 0 {
		fmt.Fprintf(&b, " when %s", strings.Join(e.Conditions, " and "))
	}
	if !e.Confirmed {
		b.WriteString(" (not ruled out)")
	}
	return b.String()
}

// maxRegions bounds how many regions are tried for an example that can be confirmed.
const maxRegions = 40

// finder looks for an example, at best one that is confirmed.
type finder struct {
	*comparison
	accept func(*policy.Request, surroundings) bool
	tried  int
	found  *Example
}

// run takes the covers from the region and looks at what is left. It reports whether that settles the matter.
func (f *finder) run(r region, covers []cover) bool {
	s := search{f.comparison, f.try}
	return s.run(r, covers)
}

// try makes an example of a region. It reports whether there is no need for another.
func (f *finder) try(r region) bool {
	f.tried++
	callers := 0
	for i := 0; i < len(f.callers) && callers < 3; i++ {
		if !r.callers.has(i) {
			continue
		}
		callers++
		for _, action := range f.exampleActions(r) {
			for _, resource := range f.exampleResources(r, action) {
				for _, value := range f.exampleValues() {
					if e := f.example(r, i, action, resource, value); e.Confirmed || f.found == nil {
						f.found = &e
					}
					if f.found.Confirmed {
						return true
					}
				}
			}
		}
	}
	return f.tried >= maxRegions
}

// example puts a request together and asks package policy about it. Variables that nothing is known about have the
// given value.
func (f *finder) example(r region, i int, action string, resource []rune, value string) Example {
	p := &f.callers[i]
	ctx := f.contextOf(r, resource, value)
	e := Example{Action: action, Resource: ctx.fill(resource), Conditions: ctx.conditions()}
	if f.namesPrincipals() {
		if e.Principal = p.ARN; p.Type == policy.Anonymous {
			e.Principal = "*"
		}
	}
	around := f.surroundings(p, r.sources[0].reach[i])
	e.Request = policy.Request{
		Principal: p.Principal, Action: action, Resource: e.Resource, ResourceAccount: around.account, Context: ctx.request(),
	}
	e.Confirmed = f.budget.spend(50) && f.accept(&e.Request, around)
	e.Policies = around.policies
	return e
}

// hints are texts that make examples people recognise.
type hints struct {
	actions   []string
	resources []hint
}

type hint struct {
	resource  string
	variables bool
}

// note collects hints from a statement.
func (h *hints) note(s *statement) {
	h.actions = append(h.actions, values(s.src.Actions)...)
	for _, r := range s.src.Resources {
		h.resources = append(h.resources, hint{r.Value, s.variables})
	}
}

// maxHints bounds how many hints are tried for one region.
const maxHints = 500

// exampleActions returns up to two actions of a region: one from the statements if there is one.
func (f *finder) exampleActions(r region) []string {
	own := hints{}
	own.note(r.sources[0])
	wild := strings.NewReplacer("*", "Example", "?", "x")
	var found []string
	for _, fill := range []func(string) string{func(s string) string { return s }, wild.Replace} {
		for _, list := range [][]string{own.actions, f.hints.actions, {"iam:CreateUser", "s3:GetObject", "ec2:RunInstances"}} {
			for _, s := range list[:min(len(list), maxHints)] {
				s = fill(s)
				if len(found) == 0 && !strings.ContainsAny(s, "*?") && r.actions.accepts(byteWord(strings.ToLower(s))) {
					found = append(found, s)
				}
			}
		}
	}
	shortest := make([]byte, 0, 16)
	for _, c := range r.actions.shortest() {
		shortest = append(shortest, byte(c))
	}
	return append(found, string(shortest))
}

func byteWord(s string) []rune {
	out := make([]rune, 0, len(s))
	for i := range len(s) {
		out = append(out, rune(s[i]))
	}
	return out
}

// exampleResources returns up to two resources of a region, in which symbols stand for variables.
func (f *finder) exampleResources(r region, action string) [][]rune {
	own := hints{}
	own.note(r.sources[0])
	var found [][]rune
	try := func(word []rune) {
		if len(found) == 0 && r.resources.accepts(word) {
			found = append(found, word)
		}
	}
	service, _, _ := strings.Cut(strings.ToLower(action), ":")
	hinted := func(list []hint, related func(string) bool) {
		for _, h := range list[:min(len(list), maxHints)] {
			if h.resource != "*" && related(h.resource) {
				try(f.instance(h))
			}
		}
	}
	hinted(own.resources, func(string) bool { return true })
	hinted(f.hints.resources, func(s string) bool { return strings.Contains(s, ":"+service+":") })
	for _, s := range typicalResources(service) {
		try([]rune(s))
	}
	hinted(f.hints.resources, func(string) bool { return true })
	return append(found, r.resources.shortest())
}

// exampleValues returns what variables may be: anything, and for the first regions parts of the hints.
func (f *finder) exampleValues() []string {
	out := []string{anything}
	if len(f.holes.all) == 0 || f.tried > 5 {
		return out
	}
	for _, h := range f.hints.resources[:min(len(f.hints.resources), maxHints)] {
		fields := splitARN(h.resource, h.variables)
		for part := range strings.SplitSeq(fields[len(fields)-1], "/") {
			part = strings.NewReplacer("*", "example", "?", "x").Replace(part)
			if !strings.Contains(part, "$") && !slices.Contains(out, part) && len(out) < 12 {
				out = append(out, part)
			}
		}
	}
	return out
}

// anything is a value where any would do.
const anything = "example"

// typicalResources returns what an action of a service may be about where no statement gives a hint.
func typicalResources(service string) []string {
	usual := "arn:aws:" + service + ":us-east-1:111122223333:example"
	switch service {
	case "s3":
		usual = "arn:aws:s3:::example/example"
	case "iam", "sts":
		usual = "arn:aws:iam::111122223333:role/example"
	}
	return []string{usual, "*"}
}

// instance replaces the wildcards of a resource.
func (f *finder) instance(h hint) []rune {
	fields := splitARN(h.resource, h.variables)
	var out []rune
	for i, field := range fields {
		if i > 0 {
			out = append(out, ':')
		}
		switch {
		case field == "*" && i == 3:
			field = "us-east-1"
		case field == "*" && i == 4:
			field = "111122223333"
		}
		for _, s := range f.holes.parse(field, notation{wildcards: true, variables: h.variables}).steps {
			switch s.kind {
			case manyChars:
				out = append(out, []rune("example")...)
			case anyChar:
				out = append(out, 'x')
			default:
				out = append(out, s.on)
			}
		}
	}
	return out
}

// exampleContext is the context of an example.
type exampleContext struct {
	*comparison
	values   map[string]exampleValue // by folded key
	resource map[rune]string         // the values of variables in the resource
	value    string                  // of variables of which nothing is known
}

type exampleValue struct {
	key      string
	presence presence
	values   []string
}

// contextOf chooses values for the keys of a region, and for the variables in its resource.
func (f *finder) contextOf(r region, resource []rune, value string) *exampleContext {
	ctx := &exampleContext{f.comparison, make(map[string]exampleValue), make(map[rune]string), value}
	byKey := make(map[string][]test)
	for _, t := range r.tests {
		folded := strings.ToLower(t.key.name)
		byKey[folded] = append(byKey[folded], t)
	}
	for _, folded := range slices.Sorted(maps.Keys(byKey)) {
		ctx.choose(folded, byKey[folded])
	}
	for _, e := range r.sources[0].entries {
		for _, s := range e.steps {
			if s.kind == hole && r.sources[0].src.NotResource {
				ctx.valueOf(f.holes.variable(s.on)) // without a value the statement does not apply
			}
		}
	}
	if value != anything {
		for _, v := range f.holes.all {
			v.hasDefault = false
			ctx.valueOf(v)
		}
	}
	for _, on := range resource {
		if on >= firstHole {
			ctx.resource[on] = ctx.valueOf(f.holes.variable(on))
		}
	}
	return ctx
}

// choose finds values of one key that pass the tests on it.
func (x *exampleContext) choose(folded string, tests []test) {
	if _, done := x.values[folded]; done {
		return
	}
	k := tests[0].key
	w := x.satisfy(tests)
	if w == nil {
		return
	}
	v := exampleValue{key: k.name, presence: w.presence}
	x.values[folded] = v // a variable that asks for it meanwhile finds no value
	for i := range w.sets {
		v.values = append(v.values, x.pick(k, &w.sets[i]))
	}
	x.values[folded] = v
}

// valueOf returns the value of a variable, choosing one if there is none yet.
func (x *exampleContext) valueOf(v variable) string {
	have, ok := x.values[v.key]
	switch {
	case ok && have.presence == oneValue && len(have.values) == 1 && have.values[0] != "":
		return have.values[0]
	case v.hasDefault:
		return v.fallback
	case !ok && v.key != "":
		x.values[v.key] = exampleValue{v.name, oneValue, []string{x.value}}
	}
	return x.value
}

// pick chooses a value from a set.
func (x *exampleContext) pick(k *key, set *valueSet) string {
	var candidates []string
	for _, t := range set.tests {
		if t.family == textFamily {
			for _, s := range t.values[:min(len(t.values), 20)] {
				candidates = append(candidates, x.resolve(s, t.atom)) // of a negated test this gives the variables values
			}
		}
		for i, o := range t.sampled {
			if t.satisfied(o) && len(candidates) < maxHints {
				candidates = append(candidates, k.samples[t.family][i])
			}
		}
	}
	candidates = append(candidates, "example", "another", "111122223333", "true", "2", "2030-01-01T00:00:00Z", string(set.text.shortest()))
	for _, s := range candidates {
		if x.fits(s, k, set) {
			return s
		}
	}
	return candidates[len(candidates)-1]
}

// resolve replaces wildcards and variables in a value.
func (x *exampleContext) resolve(s string, a *atom) string {
	var b strings.Builder
	wildcards := strings.HasSuffix(a.base, "Like") || strings.HasPrefix(a.base, "Arn")
	for _, s := range x.holes.parse(s, notation{wildcards, a.variables}).steps {
		switch s.kind {
		case manyChars:
			b.WriteString("example")
		case anyChar:
			b.WriteByte('x')
		case hole:
			b.WriteString(x.valueOf(x.holes.variable(s.on)))
		default:
			b.WriteRune(s.on)
		}
	}
	return b.String()
}

// fits reports whether a value passes the tests that made the set, as far as they are understood.
func (x *exampleContext) fits(s string, k *key, set *valueSet) bool {
	if !set.text.accepts([]rune(s)) {
		return false
	}
	for _, t := range set.tests {
		var o outcome
		switch {
		case t.open && t.family == textFamily:
			ctx := x.request()
			ctx.Set(k.name, s)
			if !t.satisfied(x.ask(t.atom, &ctx)) {
				return false
			}
			continue
		case t.open, t.family == textFamily:
			continue
		}
		if i := slices.Index(k.samples[t.family], s); i >= 0 {
			o = t.sampled[i]
		} else if t.yes != nil {
			var ctx policy.Context
			ctx.Set(k.name, s)
			o = x.ask(t.atom, &ctx)
		}
		if !t.satisfied(o) {
			return false
		}
	}
	return true
}

// fill puts the values of variables into a resource.
func (x *exampleContext) fill(resource []rune) string {
	var b strings.Builder
	for _, c := range resource {
		if c >= firstHole {
			b.WriteString(x.resource[c])
		} else {
			b.WriteRune(c)
		}
	}
	return b.String()
}

func (x *exampleContext) request() policy.Context {
	var ctx policy.Context
	for _, v := range x.values {
		switch v.presence {
		case oneValue:
			ctx.Set(v.key, strings.Join(v.values, ""))
		case manyValues:
			ctx.SetMulti(v.key, v.values...)
		}
	}
	return ctx
}

// conditions says what the context holds.
func (x *exampleContext) conditions() []string {
	var out []string
	for _, folded := range sortedKeys(x.values) {
		switch v := x.values[folded]; v.presence {
		case oneValue:
			out = append(out, fmt.Sprintf("%s is %s", v.key, strings.Join(v.values, "")))
		case noValue:
			out = append(out, v.key+" is absent")
		default:
			out = append(out, fmt.Sprintf("%s is [%s]", v.key, strings.Join(v.values, ", ")))
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
