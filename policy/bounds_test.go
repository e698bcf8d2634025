package policy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/policy"
)

// favour orders decisions from the caller's point of view.
func favour(e policy.Effect) int {
	return slices.Index([]policy.Effect{policy.DeniedExplicit, policy.DeniedImplicit, policy.Allowed}, e)
}

// resourceBeliefs are patterns together with resources they describe.
var resourceBeliefs = []struct {
	pattern   string
	resources []string
}{
	{"*", worldResources},
	{"arn:aws:s3:::b/*", []string{"arn:aws:s3:::b/", "arn:aws:s3:::b/red/x", "arn:aws:s3:::b/alice/x", "arn:aws:s3:::b/a:b/c", "arn:aws:s3:::b/é/?"}},
	{"arn:aws:s3:::b/???/x", []string{"arn:aws:s3:::b/red/x", "arn:aws:s3:::b/???/x", "arn:aws:s3:::b/::é/x"}},
	{"arn:aws:iam::111122223333:*", []string{"arn:aws:iam::111122223333:role/p/r", "arn:aws:iam::111122223333:user/alice"}},
	{"arn:aws:*:eu-west-1:*", []string{"arn:aws:kms:eu-west-1:111122223333:key/k", "arn:aws:s3:eu-west-1:", "arn:aws:lambda:eu-west-1:1:function:f:1"}},
	{"arn:aws:kms:*:key/k", []string{"arn:aws:kms:eu-west-1:111122223333:key/k", "arn:aws:kms:::key/k", "arn:aws:kms:a:b:c:key/k"}},
	{"?", []string{"*", "x"}},
}

// checkBounds draws a world, hides a part of it, and compares what Bounds says of the rest with decisions in worlds
// that fit. It returns whether the answer was firm.
func checkBounds(t *testing.T, d *dice) bool {
	t.Helper()
	w := d.world()
	if d.oneIn(2) { // fewer layers leave more to the unknown
		identity := append(d.documents(policy.IdentityPolicy, 2, 4), fullAccess(policy.IdentityPolicy))
		w.request.Principal = worldCallers[0]
		w = &world{request: w.request, values: w.values, identity: identity[d.roll(2):]}
	}
	unknown := &policy.Unknown{Rest: d.oneIn(2)}
	var hidden []string
	for _, key := range worldKeys {
		switch _, set := w.values[key]; {
		case d.oneIn(3):
			unknown.Keys = append(unknown.Keys, strings.ToUpper(key))
			hidden = append(hidden, key)
		case !set && unknown.Rest && d.oneIn(2):
			unknown.Absent = append(unknown.Absent, strings.ToUpper(key))
		case !set && unknown.Rest:
			hidden = append(hidden, key)
		}
	}
	resources := []string{w.request.Resource}
	if d.oneIn(3) {
		belief := resourceBeliefs[d.roll(len(resourceBeliefs))]
		unknown.Resource, resources = belief.pattern, belief.resources
	}
	p := w.compile(t)
	known := without(w.values, hidden)
	if d.oneIn(2) {
		w.setContext(known)
	}
	r := policy.Bounds(&w.request, unknown, p)
	if favour(r.Least.Effect) > favour(r.Most.Effect) {
		t.Fatalf("between %s and %s in\n%s", r.Least.Effect, r.Most.Effect, w)
	}
	if r.Firm() == (len(r.Open) > 0) {
		t.Fatalf("between %s and %s with %d open statements in\n%s", r.Least.Effect, r.Most.Effect, len(r.Open), w)
	}
	for i := range 8 {
		values := without(known, nil)
		for _, key := range hidden {
			switch d.roll(4) {
			case 0:
			case 1:
				values[key] = d.some(2, 3, worldValues)
			default:
				values[key] = []string{d.pick(worldConditionValues)}
			}
		}
		if i == 0 {
			values = without(known, hidden)
		}
		w.setContext(values)
		w.request.Resource = d.pick(resources)
		got := policy.Explain(&w.request, p)
		if favour(got.Effect) < favour(r.Least.Effect) || favour(got.Effect) > favour(r.Most.Effect) {
			t.Fatalf("got %s by %s, which is not between %s and %s, unknown %+v, in\n%s", got.Effect, got.Layer, r.Least.Effect, r.Most.Effect, unknown, w)
		}
	}
	return r.Firm()
}

// TestBoundsHold completes thousands of half-known worlds: no completion may contradict what was said.
func TestBoundsHold(t *testing.T) {
	const rounds = 6000
	firm := 0
	for seed := range uint64(rounds) {
		if checkBounds(t, randomDice(seed, 1000)) {
			firm++
		}
	}
	if firm < rounds/2 || firm > rounds*19/20 { // otherwise the worlds prove little
		t.Errorf("%d of %d answers were firm", firm, rounds)
	}
}

// FuzzBounds is TestBoundsHold with the fuzzer's choices.
func FuzzBounds(f *testing.F) {
	for seed := range uint64(4) {
		f.Add(randomDice(seed, 400).bytes)
	}
	f.Fuzz(func(t *testing.T, choices []byte) { checkBounds(t, &dice{choices}) })
}

// TestBounds shows what is firm and what an open answer hangs on.
func TestBounds(t *testing.T) {
	const deny, allow = `{"Sid":"D","Effect":"Deny","Action":"*",`, `{"Sid":"A","Effect":"Allow","Action":"*",`
	const admin = allow + `"Resource":"*"}`
	rest := policy.Unknown{Rest: true}
	anyBucket := policy.Unknown{Resource: "arn:aws:s3:::*"}
	for name, c := range map[string]struct {
		statements []string
		unknown    policy.Unknown
		want       string
	}{
		"nothing is unknown":          {[]string{allow + `"Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}`}, policy.Unknown{}, "implicitDeny"},
		"an unconditional Allow":      {[]string{admin}, rest, "allowed"},
		"nothing allows":              {[]string{allow + `"Resource":"arn:aws:sns:*:*:*"}`}, rest, "implicitDeny"},
		"a conditional Deny":          {[]string{admin, deny + `"Resource":"*","Condition":{"BoolIfExists":{"aws:SecureTransport":"false"}}}`}, rest, "D: BoolIfExists aws:SecureTransport [aws:SecureTransport]"},
		"a conditional Allow":         {[]string{allow + `"Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}`}, rest, "A: IpAddress aws:SourceIp [aws:SourceIp]"},
		"an Allow that is not needed": {[]string{admin, strings.Replace(allow, `"A"`, `"B"`, 1) + `"Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}`}, rest, "allowed"},
		"a Deny that is not needed":   {[]string{deny + `"Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}`}, rest, "implicitDeny"},
		"two kinds of denial":         {[]string{deny + `"Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}`}, policy.Unknown{Keys: []string{"AWS:sourceip"}}, "implicitDeny"},
		"a key known to be missing":   {[]string{admin, deny + `"Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`}, policy.Unknown{Rest: true, Absent: []string{"aws:SecureTransport"}}, "allowed"},
		"a key that is there":         {[]string{allow + `"Resource":"*","Condition":{"StringLike":{"aws:username":"al*"}}}`}, rest, "allowed"},
		"Null whichever way":          {[]string{allow + `"Resource":"*","Condition":{"Null":{"x:y":["true","false"]}}}`}, rest, "allowed"},
		"Null one way":                {[]string{allow + `"Resource":"*","Condition":{"Null":{"x:y":"true"}}}`}, rest, "A: Null x:y [x:y]"},
		"a variable that can match":   {[]string{allow + `"Resource":"arn:aws:s3:::b/${x:Team}/*"}`}, rest, "A: [x:Team] resource"},
		"a variable that cannot":      {[]string{allow + `"Resource":"arn:aws:s3:::c/${x:Team}/*"}`}, rest, "implicitDeny"},
		"a variable in a condition":   {[]string{allow + `"Resource":"*","Condition":{"StringEquals":{"aws:username":["${x:y}bob","${x:y}ce"]}}}`}, rest, "A: StringEquals aws:username [x:y]"},
		"one that cannot match":       {[]string{allow + `"Resource":"*","Condition":{"StringNotEquals":{"aws:username":"${x:y}bob"}}}`}, rest, "allowed"},
		"NotResource and a variable":  {[]string{admin, deny + `"NotResource":"arn:aws:s3:::b/${x:y}/*"}`}, rest, "D: [x:y] resource"},
		"NotResource, no value":       {[]string{allow + `"NotResource":"arn:aws:s3:::c/${x:y}/*"}`}, rest, "A: [x:y] resource"},
		"NotResource and a default":   {[]string{allow + `"NotResource":"arn:aws:s3:::c/${x:y, 'd'}/*"}`}, rest, "allowed"},
		"NotResource, known missing":  {[]string{allow + `"NotResource":"arn:aws:s3:::c/${x:y}/*"}`}, policy.Unknown{Rest: true, Absent: []string{"x:y"}}, "implicitDeny"},
		"a list without set operator": {[]string{allow + `"Resource":"*","Condition":{"StringEquals":{"aws:TagKeys":["a","${x:y}"]}}}`}, rest, "implicitDeny"},
		"a set with variables":        {[]string{allow + `"Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["a","${x:y}"]}}}`}, rest, "A: ForAllValues:StringEquals aws:TagKeys [x:y]"},
		"a set that a value settles":  {[]string{allow + `"Resource":"*","Condition":{"ForAnyValue:StringEquals":{"aws:TagKeys":["a","${x:y}"]}}}`}, rest, "allowed"},
		"a boolean variable":          {[]string{allow + `"Resource":"*","Condition":{"Bool":{"x:true":"${x:y}"}}}`}, rest, "A: Bool x:true [x:y]"},
		"an ARN variable":             {[]string{allow + `"Resource":"*","Condition":{"ArnLike":{"x:arn":"arn:aws:iam::${x:y}:user/bob"}}}`}, rest, "implicitDeny"},
		"any case":                    {[]string{allow + `"Resource":"*","Condition":{"StringEqualsIgnoreCase":{"aws:username":"${x:y}"}}}`}, rest, "A: StringEqualsIgnoreCase aws:username [x:y]"},
		"one character for a run":     {[]string{allow + `"Resource":"arn:aws:s3:::?"}`}, anyBucket, "A: [] resource"},
		"a run for one character":     {[]string{allow + `"Resource":"arn:aws:s3:::*"}`}, policy.Unknown{Resource: "arn:aws:s3:::b?"}, "allowed"},
		"a star that stays":           {[]string{allow + `"Resource":"arn:aws:sqs:e*t:1:q"}`}, policy.Unknown{Resource: "arn:aws:sqs:e:t:1:?"}, "implicitDeny"},
		"a star that runs on":         {[]string{allow + `"Resource":"arn:aws:sqs:e*:1:q"}`}, policy.Unknown{Resource: "arn:aws:sqs:e:t:1:?"}, "A: [] resource"},
		"a star within its field":     {[]string{allow + `"Resource":"arn:aws:sqs:e*t:1:q?"}`}, policy.Unknown{Resource: "arn:aws:sqs:eat:1:q?"}, "allowed"},
		"what is no ARN":              {[]string{admin, deny + `"Resource":"**"}`}, policy.Unknown{Resource: "*"}, "D: [] resource"},
		"every bucket":                {[]string{allow + `"Resource":"arn:aws:s3:::*"}`}, anyBucket, "allowed"},
		"some buckets":                {[]string{allow + `"Resource":"arn:aws:s3:::b*"}`}, anyBucket, "A: [] resource"},
		"no bucket":                   {[]string{allow + `"Resource":"arn:aws:sns:*"}`}, anyBucket, "implicitDeny"},
		"every bucket but one":        {[]string{allow + `"NotResource":"arn:aws:s3:::b"}`}, anyBucket, "A: [] resource"},
		"any resource":                {[]string{allow + `"Resource":"arn:aws:s3:::*"}`}, policy.Unknown{Resource: "*"}, "A: [] resource"},
		"any resource at all":         {[]string{admin}, policy.Unknown{Resource: "*"}, "allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := policy.ParseStored(policy.IdentityPolicy, []byte(`{"Version":"2012-10-17","Statement":[`+strings.Join(c.statements, ",")+`]}`))
			if err != nil {
				t.Fatal(err)
			}
			req := &policy.Request{
				Principal: worldCallers[0], Action: "s3:GetObject", Resource: "arn:aws:s3:::b/red/x", ResourceAccount: "111122223333",
			}
			req.Context.Set("aws:username", "alice")
			req.Context.Set("x:true", "true")
			req.Context.Set("x:arn", "arn:aws:iam::111122223333:user/alice")
			req.Context.SetMulti("aws:TagKeys", "a", "b")
			r := policy.Bounds(req, &c.unknown, &policy.Policies{Identity: []*policy.Policy{p}})
			if got := renderRange(r); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func renderRange(r policy.Range) string {
	if r.Firm() {
		return r.Most.Effect.String()
	}
	var lines []string
	for _, o := range r.Open {
		parts := []string{o.Sid + ":"}
		parts = append(parts, o.Conditions...)
		parts = append(parts, "["+strings.Join(o.Keys, " ")+"]")
		if o.Resource {
			parts = append(parts, "resource")
		}
		lines = append(lines, strings.Join(parts, " "))
	}
	return strings.Join(lines, "\n")
}

// TestBoundsOfARole shows that a request on an unknown resource, which may be a role, hangs on that too.
func TestBoundsOfARole(t *testing.T) {
	trust := mustParse(t, policy.TrustPolicy, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"sts:AssumeRole"}}`)
	admin := mustParse(t, policy.IdentityPolicy, fullAccess(policy.IdentityPolicy))
	req := &policy.Request{Principal: worldCallers[0], Action: "sts:AssumeRole", ResourceAccount: "111122223333"}
	p := &policy.Policies{Identity: []*policy.Policy{admin}, Resource: trust}
	r := policy.Bounds(req, &policy.Unknown{Resource: "arn:aws:iam::111122223333:*"}, p)
	if r.Firm() || len(r.Open) != 1 || r.Open[0].Statement != -1 || !r.Open[0].Resource {
		t.Errorf("a resource that may be a role: %+v", r)
	}
	r = policy.Bounds(req, &policy.Unknown{Resource: "arn:aws:iam::111122223333:role/*"}, p)
	if !r.Firm() || r.Most.Effect != policy.DeniedImplicit {
		t.Errorf("a resource that is a role: %+v", r)
	}
}
