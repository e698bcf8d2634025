package compare_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/policy"
	"github.com/gatehouse-idc/gatehouse/policy/compare"
)

var (
	first  = flag.Int("first", 0, "the first seed of the random tests")
	rounds = flag.Int("rounds", 400, "how many seeds the random tests try")
)

// source makes random documents and requests from a small vocabulary, in which much overlaps.
type source struct {
	*rand.Rand
	kind                        policy.Kind
	identity, session, boundary *policy.Policy // that allow everything
}

func newSource(t testing.TB, seed uint64) *source {
	t.Helper()
	all := []byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`)
	s := &source{
		Rand: rand.New(rand.NewPCG(seed, 7)), kind: policy.IdentityPolicy,
		identity: parse(t, policy.IdentityPolicy, all), session: parse(t, policy.SessionPolicy, all),
		boundary: parse(t, policy.BoundaryPolicy, all),
	}
	if s.one(3) {
		s.kind = policy.ResourcePolicy
	}
	return s
}

func (s *source) pick(list []string) string { return list[s.IntN(len(list))] }

func (s *source) some(list []string, most int) []string {
	var out []string
	for range 1 + s.IntN(most) {
		out = append(out, s.pick(list))
	}
	return out
}

func (s *source) one(in int) bool { return s.IntN(in) == 0 }

var (
	actionWords = []string{
		"s3:GetObject", "s3:GetObject", "s3:Get*", "s3:*", "*", "s3:PutObject", "S3:?ETobject", "s3:*Object", "iam:*",
		"iam:GetUser", "*:Get*", "s3:*t*", "s3",
	}
	resourceWords = []string{
		"*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/*", "arn:aws:s3:::b", "arn:aws:s3:::*", "arn:aws:s3:::b/?", "arn:aws:s3:::b/a*",
		"arn:aws:s3:*:b/x", "arn:aws:s3:::?", "arn:aws:l:*:f", "arn:aws:l:u-*:1:f:g", "arn:aws:l:u-*1:1:f:g", "arn:aws:l:u-?:1:f:*",
		"arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/${k, 'ann'}/*", "arn:aws:s3:::b/*/${k}",
		"arn:aws:*:::b", "arn:aws:iam::1:u*/x", "arn:aws:s3:::b/${oops", "arn:aws:s3:::b/${*}", "arn:aws:s3*", "arn:*", "b",
	}
	operators = []string{
		"StringEquals", "StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase",
		"StringNotEqualsIgnoreCase", "NumericEquals", "NumericLessThan", "NumericGreaterThanEquals", "NumericNotEquals",
		"DateLessThan", "DateGreaterThanEquals", "DateNotEquals", "Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "ArnLike",
		"ArnNotEquals", "Null", "Null",
	}
	conditionKeys = []string{"k", "K", "k2", "aws:username"}
	valueWords    = map[string][]string{
		"String":  {"a", "ann", "A", "a*", "?", "*", "", "${aws:username}", "${k2}", "x${k2, 'nn'}", "b"},
		"Numeric": {"1", "2.50", "2.5", "-3", "x", "10"},
		"Date":    {"2026-01-01", "2026-01-01T00:00:00Z", "1767225601", "2026", "x"},
		"Bool":    {"true", "false", "TRUE", "x", "${k2}"},
		"Binary":  {"QUJD", "REVG", "x"},
		"Ip":      {"10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.1.2.3", "0.0.0.0/0", "2001:db8::/32", "::/0", "x"},
		"Arn":     {"arn:aws:iam::1:role/*", "arn:aws:iam::1:role/a", "arn:aws:iam::*:role/a", "arn:*:iam::1:*", "*", "arn:aws:iam::1:role/${k2}"},
		"Null":    {"true", "false"},
	}
	principals = []map[string]string{
		{"AWS": "*"}, {"AWS": "111122223333"}, {"AWS": "arn:aws:iam::111122223333:root"}, {"AWS": "arn:aws:iam::111122223333:user/ann"},
		{"AWS": "arn:aws:iam::111122223333:role/p/r"}, {"AWS": "arn:aws:sts::111122223333:assumed-role/r/s"},
		{"AWS": "arn:aws:sts::111122223333:federated-user/fed"}, {"Service": "s.amazonaws.com"}, {"AWS": "AIDAAAAAAAAAAAAAAAAAA"},
		{"Federated": "accounts.google.com"}, {"CanonicalUser": strings.Repeat("c", 64)}, {"AWS": "222233334444"},
	}
)

func wordsOf(operator string) []string {
	operator = strings.TrimPrefix(operator, "Not")
	for prefix, words := range valueWords {
		if strings.HasPrefix(operator, prefix) {
			return words
		}
	}
	return nil
}

func (s *source) condition() (operator, key string, values []string) {
	base := s.pick(operators)
	values = s.some(wordsOf(base), 3)
	if s.one(20) {
		values = []string{}
	}
	if base != "Null" {
		operator = s.pick([]string{"", "", "", "ForAnyValue:", "ForAllValues:"}) + base + s.pick([]string{"", "", "IfExists"})
		return operator, s.pick(conditionKeys), values
	}
	return base, s.pick(conditionKeys), values
}

func (s *source) statement() map[string]any {
	st := map[string]any{"Effect": s.pick([]string{"Allow", "Allow", "Deny"})}
	element := func(name string, value any) {
		if s.one(6) {
			name = "Not" + name
		}
		st[name] = value
	}
	element("Action", s.some(actionWords, 3))
	element("Resource", s.some(resourceWords, 3))
	if s.kind == policy.ResourcePolicy {
		m := make(map[string][]string)
		for range 1 + s.IntN(3) {
			for class, value := range principals[s.IntN(len(principals))] {
				m[class] = append(m[class], value)
			}
		}
		element("Principal", m)
	}
	if s.one(2) {
		return st
	}
	conditions := make(map[string]map[string][]string)
	for range 1 + s.IntN(2) {
		operator, key, values := s.condition()
		conditions[operator] = map[string][]string{key: values}
	}
	st["Condition"] = conditions
	return st
}

func (s *source) statements() []map[string]any {
	var out []map[string]any
	for range 1 + s.IntN(3) {
		out = append(out, s.statement())
	}
	return out
}

// changed returns statements that differ a little: narrower, wider, or in another order.
func (s *source) changed(in []map[string]any) []map[string]any {
	var out []map[string]any
	for _, st := range in {
		c := make(map[string]any)
		for k, v := range st {
			c[k] = v
		}
		switch s.IntN(9) {
		case 0:
			operator, key, values := s.condition()
			c["Condition"] = map[string]map[string][]string{operator: {key: values}}
		case 1:
			delete(c, "Condition")
		case 2:
			if list, ok := c["Resource"].([]string); ok {
				c["Resource"] = list[:1]
			}
		case 3:
			if list, ok := c["Action"].([]string); ok {
				c["Action"] = append(list[:1:1], s.pick(actionWords))
			}
		case 4:
			continue
		}
		out = append(out, c)
	}
	s.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	if len(out) == 0 || s.one(5) {
		out = append(out, s.statement())
	}
	return out
}

func (s *source) document(t testing.TB, statements []map[string]any) []byte {
	t.Helper()
	version := "2012-10-17"
	if s.one(8) {
		version = "2008-10-17"
	}
	doc, err := json.Marshal(map[string]any{"Version": version, "Statement": statements})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// request makes a request that has a chance to be concerned.
func (s *source) request() *policy.Request {
	r := &policy.Request{
		Action:    s.pick([]string{"s3:GetObject", "s3:PutObject", "S3:GETOBJECT", "iam:GetUser", "iam:CreateUser", "s3:ListAll", "ec2:Get", "s3:"}),
		Principal: s.caller(),
	}
	fill := func(word string, fills []string) string {
		var b strings.Builder
		for _, c := range word {
			if c == '*' || c == '?' {
				b.WriteString(s.pick(fills))
			} else {
				b.WriteRune(c)
			}
		}
		return b.String()
	}
	r.Resource = s.pick(resourceWords)
	for _, v := range []string{"${aws:username}", "${k}", "${k, 'ann'}"} {
		r.Resource = strings.ReplaceAll(r.Resource, v, s.pick([]string{"ann", "a", "b", "x:y"}))
	}
	r.Resource = fill(r.Resource, []string{"", "x", "a", ":", "1", "b", "u-1:1", "ann/b", "*", "a/ann"})
	for _, key := range []string{"k", "k2", "aws:username"} {
		value := func() string {
			return fill(s.pick(wordsOf(s.pick(operators))), []string{"", "a", "nn", ":", "role/a"})
		}
		switch s.IntN(7) {
		case 0, 1:
		case 2:
			r.Context.SetMulti(key, value(), value())
		case 3:
			r.Context.Set(key, s.pick([]string{"ann", "a", "10.3.0.1", "2", "2026-01-01T00:00:01Z", "arn:aws:iam::2:role/a", "true"}))
		case 4:
			r.Context.SetMulti(key, s.pick([]string{"ann", "a"}))
		default:
			r.Context.Set(key, value())
		}
	}
	return r
}

func (s *source) caller() policy.Principal {
	p := []policy.Principal{
		{Type: policy.Anonymous},
		{Type: policy.User, ARN: "arn:aws:iam::111122223333:user/ann", Account: "111122223333"},
		{Type: policy.User, ARN: "arn:aws:iam::111122223333:user/bob", Account: "111122223333"},
		{Type: policy.User, ARN: "arn:aws:iam::222233334444:user/ann", Account: "222233334444"},
		{Type: policy.User, ARN: "arn:aws:iam::999988887777:user/ann", Account: "999988887777"},
		{Type: policy.Root, ARN: "arn:aws:iam::111122223333:root", Account: "111122223333"},
		{Type: policy.AssumedRole, ARN: "arn:aws:sts::111122223333:assumed-role/r/s", Account: "111122223333", RoleARN: "arn:aws:iam::111122223333:role/p/r"},
		{Type: policy.AssumedRole, ARN: "arn:aws:sts::111122223333:assumed-role/r/s", Account: "111122223333", RoleARN: "arn:aws:iam::111122223333:role/r"},
		{Type: policy.AssumedRole, ARN: "arn:aws:sts::111122223333:assumed-role/r/t", Account: "111122223333", RoleARN: "arn:aws:iam::111122223333:role/p/r"},
		{Type: policy.AssumedRole, ARN: "arn:aws:sts::999988887777:assumed-role/r/t", Account: "999988887777", RoleARN: "arn:aws:iam::999988887777:role/p/r"},
		{Type: policy.FederatedUser, ARN: "arn:aws:sts::111122223333:federated-user/fed", Account: "111122223333", UserARN: "arn:aws:iam::111122223333:user/ann"},
		{Type: policy.FederatedUser, ARN: "arn:aws:sts::111122223333:federated-user/other", Account: "111122223333", UserARN: "arn:aws:iam::111122223333:user/bob"},
		{Type: policy.Service, ARN: "s.amazonaws.com"}, {Type: policy.Service, ARN: "t.amazonaws.com"},
		{Type: policy.WebIdentity, ARN: "accounts.google.com"}, {Type: policy.SAMLProvider, ARN: "arn:aws:iam::111122223333:saml-provider/x"},
	}[s.IntN(16)]
	if p.Account != "" && s.one(4) {
		p.CanonicalUser = strings.Repeat("c", 64)
	}
	if p.Type == policy.User && s.one(4) {
		p.UniqueID = "AIDAAAAAAAAAAAAAAAAAA"
	}
	return p
}

// around returns what stands beside the policy of a resource: nothing, or what makes a weak grant enough.
func (s *source) around(r *policy.Request) policy.Policies {
	var p policy.Policies
	if s.kind != policy.ResourcePolicy {
		r.Principal = policy.Principal{Type: policy.User, ARN: "arn:aws:iam::111122223333:user/ann", Account: "111122223333"}
		r.ResourceAccount = r.Principal.Account
		return p
	}
	if s.one(4) {
		p.Boundary = s.boundary
	}
	r.ResourceAccount = r.Principal.Account
	switch {
	case s.one(3) || r.Principal.Type == policy.Root: // in its own account the root user needs no grant
		r.ResourceAccount = "000000000000"
		p.Identity = []*policy.Policy{s.identity}
		p.Session = []*policy.Policy{s.session}
	case s.one(2):
		p.SessionRestricted = true
	default:
		p.Session = []*policy.Policy{s.session}
	}
	return p
}

func parse(t testing.TB, kind policy.Kind, doc []byte) *policy.Policy {
	t.Helper()
	p, err := policy.ParseStored(kind, doc)
	if err != nil {
		t.Fatalf("%v\n%s", err, doc)
	}
	return p
}

// allows reports whether a document allows a request, with what stands beside it.
func (s *source) allows(p *policy.Policy, r *policy.Request, around policy.Policies) bool {
	if s.kind == policy.ResourcePolicy {
		around.Resource = p
	} else {
		around.Identity = []*policy.Policy{p}
	}
	return policy.Evaluate(r, &around).Effect == policy.Allowed
}

// tally counts outcomes, so that a test can say it has seen enough of each.
type tally struct{ pass, fail, confirmed, complex int }

func (c *tally) add(t testing.TB, res compare.Result, err error) {
	t.Helper()
	switch {
	case errors.Is(err, compare.ErrTooComplex):
		c.complex++
	case err != nil:
		t.Fatal(err)
	case res.Pass:
		c.pass++
	default:
		c.fail++
	}
	for _, r := range res.Reasons {
		if r.Example.Confirmed {
			c.confirmed++
			break
		}
	}
}

func describe(r *policy.Request) string {
	var ctx strings.Builder
	for _, k := range r.Context.Keys() {
		v, _ := r.Context.Get(k)
		fmt.Fprintf(&ctx, " %s=%q", k, v)
	}
	return fmt.Sprintf("%+v %s %q in %q%s", r.Principal, r.Action, r.Resource, r.ResourceAccount, ctx.String())
}

// newAccess holds one pair of random documents against random requests.
func newAccess(t testing.TB, seed uint64, count *tally) {
	t.Helper()
	s := newSource(t, seed)
	before := s.statements()
	after := s.changed(before)
	if s.one(4) {
		after = s.statements()
	}
	existing, updated := s.document(t, before), s.document(t, after)
	res, err := compare.NoNewAccess(read(t, existing), read(t, updated), s.kind)
	count.add(t, res, err)
	was, is := parse(t, s.kind, existing), parse(t, s.kind, updated)
	for _, r := range res.Reasons {
		e := r.Example
		if e.Confirmed && (s.allows(was, &e.Request, e.Policies) || !s.allows(is, &e.Request, e.Policies)) {
			t.Fatalf("seed %d: the example is no new access: %s\n%s\n%s\n%s", seed, e, describe(&e.Request), existing, updated)
		}
	}
	if !res.Pass {
		return
	}
	for range 200 {
		r := s.request()
		around := s.around(r)
		if s.allows(is, r, around) && !s.allows(was, r, around) {
			t.Fatalf("seed %d: passed, but there is new access\n%s\n%s\n%s", seed, describe(r), existing, updated)
		}
	}
}

// If NoNewAccess passes no request is newly allowed, and an example it calls confirmed is one.
func TestNoNewAccessProperty(t *testing.T) {
	var count tally
	for seed := range seeds() {
		newAccess(t, seed, &count)
	}
	count.check(t)
}

// seeds are the seeds of a random test.
func seeds() func(yield func(uint64) bool) {
	return func(yield func(uint64) bool) {
		for seed := uint64(*first); seed < uint64(*first+*rounds); seed++ {
			if !yield(seed) {
				return
			}
		}
	}
}

func (c *tally) check(t *testing.T) {
	t.Helper()
	t.Logf("%+v", *c)
	if n := *rounds; c.pass < n/10 || c.confirmed < n/10 || c.complex > n/100 {
		t.Errorf("the vocabulary no longer shows enough: %+v", *c)
	}
}

// notGranted holds one random document and access against random requests.
func notGranted(t testing.TB, seed uint64, count *tally) {
	t.Helper()
	s := newSource(t, seed)
	doc := s.document(t, s.statements())
	a := compare.Access{Actions: []string{s.pick(actionWords[:3]), s.pick(actionWords[5:10])}}
	resources := []string{"*"}
	if !s.one(3) {
		a.Resources = s.some(resourceWords[:12], 2)
		resources = a.Resources
	}
	res, err := compare.NotGranted(read(t, doc), []compare.Access{a}, s.kind)
	count.add(t, res, err)
	listed, err := json.Marshal(map[string]any{"Statement": map[string]any{"Effect": "Allow", "Action": a.Actions, "Resource": resources}})
	if err != nil {
		t.Fatal(err)
	}
	access, p := parse(t, policy.IdentityPolicy, listed), parse(t, s.kind, doc)
	granted := func(r *policy.Request, around policy.Policies) bool {
		concerned := *r
		concerned.Principal = policy.Principal{Type: policy.User, ARN: "arn:aws:iam::111122223333:user/ann", Account: "111122223333"}
		concerned.ResourceAccount = "111122223333"
		return policy.Evaluate(&concerned, &policy.Policies{Identity: []*policy.Policy{access}}).Effect == policy.Allowed && s.allows(p, r, around)
	}
	for _, r := range res.Reasons {
		if e := r.Example; e.Confirmed && !granted(&e.Request, e.Policies) {
			t.Fatalf("seed %d: the example is not granted: %s\n%s\n%s\n%s", seed, e, describe(&e.Request), doc, listed)
		}
	}
	if !res.Pass {
		return
	}
	for range 200 {
		r := s.request()
		if around := s.around(r); granted(r, around) {
			t.Fatalf("seed %d: passed, but it is granted\n%s\n%s\n%s", seed, describe(r), doc, listed)
		}
	}
}

// If NotGranted passes no request for what is listed is allowed, and an example it calls confirmed is allowed.
func TestNotGrantedProperty(t *testing.T) {
	var count tally
	for seed := range seeds() {
		notGranted(t, seed, &count)
	}
	count.check(t)
}

// A document gives no access that it does not give itself, in whatever order, with other Sids, and with a further
// Deny or condition.
func TestReflexive(t *testing.T) {
	for seed := range seeds() {
		s := newSource(t, seed)
		before := s.statements()
		var after []map[string]any
		for i, st := range before {
			c := map[string]any{"Sid": fmt.Sprint("s", i)}
			for k, v := range st {
				c[k] = v
			}
			if s.one(3) && c["Effect"] == "Allow" && c["Condition"] == nil {
				operator, key, values := s.condition()
				c["Condition"] = map[string]map[string][]string{operator: {key: values}}
			}
			after = append(after, c)
		}
		if deny := s.statement(); s.one(3) {
			deny["Effect"] = "Deny"
			after = append(after, deny)
		}
		s.Shuffle(len(after), func(i, j int) { after[i], after[j] = after[j], after[i] })
		version := newSource(t, seed)
		existing, updated := version.document(t, before), newSource(t, seed).document(t, after)
		res, err := compare.NoNewAccess(read(t, existing), read(t, updated), s.kind)
		if err != nil || !res.Pass {
			t.Fatalf("seed %d: %v %s\n%s\n%s", seed, err, render(res), existing, updated)
		}
	}
}
