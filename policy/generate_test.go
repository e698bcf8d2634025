package policy_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/policy"
)

// dice makes choices from bytes, so that a fuzzer which changes the bytes changes the choices. When the bytes are
// used up every choice is the first.
type dice struct{ bytes []byte }

func (d *dice) roll(sides int) int {
	if len(d.bytes) == 0 {
		return 0
	}
	b := int(d.bytes[0])
	d.bytes = d.bytes[1:]
	return b % sides
}

func (d *dice) oneIn(n int) bool { return d.roll(n) == n-1 }

func (d *dice) pick(from []string) string { return from[d.roll(len(from))] }

// some returns between low and high picks.
func (d *dice) some(low, high int, from []string) []string {
	out := make([]string, 0, high)
	for range low + d.roll(high-low+1) {
		out = append(out, d.pick(from))
	}
	return out
}

// randomDice returns dice for tests that draw at random but the same at every run.
func randomDice(seed uint64, size int) *dice {
	r := rand.New(rand.NewPCG(seed, 20260301))
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return &dice{b}
}

// The worlds are small so that what a policy says and what a request asks for often meet.
var (
	worldActions = []string{
		"s3:GetObject", "s3:PutObject", "S3:getobject", "sts:AssumeRole", "sts:TagSession", "sts:AssumeRoleWithSAML",
		"kms:Decrypt", "iam:PassRole", "s3:", "s3", "",
	}
	worldActionPatterns = []string{
		"*", "s3:*", "s3:GetObject", "s3:Get*", "S3:*oBject", "s3:?etObject", "s3:G*t*b*", "s3:**", "s3:???Object",
		"sts:*", "sts:AssumeRole", "sts:assume*", "sts:TagSession", "kms:*", "kms:Decrypt", "iam:PassRole", "iam:*",
		"*:*", "s*:GetObject", "*:GetObject", "?3:*", "s3", "s3:", "", "s3:Get*:x", "**",
	}
	worldResources = []string{
		"arn:aws:s3:::b/red/x", "*", "arn:aws:s3:::b", "arn:aws:s3:::b/alice/x", "arn:aws:iam::111122223333:role/p/r",
		"arn:aws:kms:eu-west-1:111122223333:key/k", "arn:aws:lambda:us-east-1:111122223333:function:f:1",
		"arn:aws:s3:::b/*", "arn:aws:s3:::b/é/?", "arn:aws:s3:::b/a\nb", "arn:aws:s3:::b/a:b/c", "arn:aws:s3", "",
		"arn:aws:s3:::b/r\xffd", "arn:aws:iam::111122223333:user/alice",
	}
	worldResourceParts = []string{
		"arn", "aws", "s3", "iam", "", "*", "b", "b/*", "b/red/x", "111122223333", "role/*", "role/p/r", "user/${aws:username}",
		"b/${aws:PrincipalTag/team}/*", "b/${aws:PrincipalTag/team, 'red'}/?", "b/${*}", "b/?*", "*/x", "b/é/${?}", "eu-*-1",
		"e*", "1111*33", "??", "function:*", "function:f:*", "key/*", "ro*/r", "b/a*c", "${aws:PrincipalAccount}", "b/${broken",
	}
	worldKeys = []string{
		"aws:username", "aws:PrincipalTag/team", "aws:TagKeys", "aws:SourceIp", "aws:CurrentTime", "aws:n",
		"aws:MultiFactorAuthPresent", "aws:PrincipalArn", "aws:PrincipalAccount", "x:bin",
	}
	worldValues = []string{
		"red", "alice", "", "true", "False", "10", "10.0", "-0", "9.5", "2026", "2026-03-01T00:00:00Z", "1772323200",
		"2026-03-01T01:00:00+01:00", "192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1", "YQ==", "YQ", "*", "r?d", "RED",
		"arn:aws:iam::111122223333:role/p/r", "arn:aws:iam::111122223333:user/alice", "arn:aws:s3:::b/a:b", "é", "a:b",
		"${aws:username}", "111122223333", "x", "1e1", "r\xffd", "\u017Fred",
	}
	worldConditionValues = append([]string{
		"r*", "*", "?ed", "*e*", "${aws:username}", "${aws:PrincipalTag/team}", "${aws:PrincipalTag/team, 'red'}", "${aws:n, ''}",
		"x${aws:username}*", "${*}", "${?}", "${$}{x}", "${broken", "192.0.2.0/24", "192.0.2.1/32", "2001:db8::/32", "::/0",
		"0.0.0.0/0", "::ffff:192.0.2.0/120", "arn:aws:iam::*:role/*", "arn:aws:iam::${aws:PrincipalAccount}:*",
		"arn:*:iam::111122223333:user/${aws:username}", "arn:aws:iam::1111*:role/p/?", "arn:aws:s3:::*:b", "arn:aws", "${aws:TagKeys}",
	}, worldValues...)
	worldBaseOperators = []string{
		"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike",
		"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan",
		"NumericGreaterThanEquals", "DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan",
		"DateGreaterThanEquals", "Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals",
		"ArnNotLike", "Null",
	}
	worldPrincipals = []string{
		`"*"`, `{"AWS":"*"}`, `{"AWS":"111122223333"}`, `{"AWS":"arn:aws:iam::111122223333:root"}`, `{"AWS":"444455556666"}`,
		`{"AWS":"arn:aws:iam::111122223333:user/alice"}`, `{"AWS":["arn:aws:iam::111122223333:role/p/r","111122223333"]}`,
		`{"AWS":"arn:aws:sts::111122223333:assumed-role/r/s"}`, `{"AWS":"arn:aws:sts::111122223333:federated-user/alice"}`,
		`{"AWS":["arn:aws:sts::111122223333:assumed-role/r/s","arn:aws:iam::111122223333:role/p/r","111122223333"]}`,
		`{"AWS":["arn:aws:iam::111122223333:user/alice","111122223333"]}`, `{"Service":"sns.amazonaws.com"}`,
		`{"Federated":"arn:aws:iam::111122223333:saml-provider/p"}`, `{"Federated":"accounts.google.com","Service":["sns.amazonaws.com"]}`,
		`{"AWS":"AIDAALICEALICEALICE1"}`, `{"AWS":"AROAROLEROLEROLEROLE"}`, `{"CanonicalUser":"c1"}`, `{"AWS":"arn:aws:iam::111122223333:role/*"}`,
		`{"AWS":"arn:aws-cn:iam::111122223333:root"}`, `{"AWS":["*","111122223333"]}`, `{"AWS":""}`,
	}
	worldCallers = []policy.Principal{
		{Type: policy.User, ARN: "arn:aws:iam::111122223333:user/alice", Account: "111122223333", UniqueID: "AIDAALICEALICEALICE1", CanonicalUser: "c1"},
		{Type: policy.AssumedRole, ARN: "arn:aws:sts::111122223333:assumed-role/r/s", Account: "111122223333", RoleARN: "arn:aws:iam::111122223333:role/p/r", UniqueID: "AROAROLEROLEROLEROLE"},
		{Type: policy.FederatedUser, ARN: "arn:aws:sts::111122223333:federated-user/alice", Account: "111122223333", UserARN: "arn:aws:iam::111122223333:user/alice"},
		{Type: policy.Root, ARN: "arn:aws:iam::111122223333:root", Account: "111122223333"},
		{Type: policy.Service, ARN: "sns.amazonaws.com"},
		{Type: policy.SAMLProvider, ARN: "arn:aws:iam::111122223333:saml-provider/p", Account: "111122223333"},
		{Type: policy.WebIdentity, ARN: "accounts.google.com"},
		{Type: policy.Anonymous, ARN: "*"},
	}
)

func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func (d *dice) resourcePattern() string {
	if d.oneIn(2) {
		return "*"
	}
	if d.oneIn(3) {
		return d.pick(worldResources)
	}
	parts := []string{"arn", "aws", d.pick([]string{"s3", "iam", "kms", "lambda", "*"}), "", "", "b"}
	for i := range parts {
		if d.oneIn(3) || i == 5 {
			parts[i] = d.pick(worldResourceParts)
		}
	}
	return strings.Join(parts[:6-d.roll(4)/3], ":")
}

func (d *dice) operator() string {
	op := d.pick(worldBaseOperators)
	if op == "Null" {
		return op
	}
	return d.pick([]string{"", "", "ForAllValues:", "ForAnyValue:"}) + op + d.pick([]string{"", "", "IfExists"})
}

func (d *dice) conditions() string {
	operators := make(map[string]map[string]any)
	for range 1 + d.roll(4)/2 {
		op := d.operator()
		if operators[op] == nil {
			operators[op] = make(map[string]any)
		}
		values := d.some(0, 3, worldConditionValues)
		for i := range values {
			values[i] = strings.ToValidUTF8(values[i], "é") // a document is UTF-8, unlike a request
			if strings.HasPrefix(op, "Null") {
				values[i] = d.pick([]string{"true", "false", "maybe"})
			}
		}
		operators[op][d.pick(worldKeys)] = values
	}
	return encode(operators)
}

// document draws a document for ParseStored.
func (d *dice) document(kind policy.Kind) string {
	statements := make([]string, 0, 4)
	for range 1 + d.roll(3) {
		var b strings.Builder
		fmt.Fprintf(&b, `{"Effect":%q`, d.pick([]string{"Allow", "Allow", "Allow", "Deny"}))
		actions := []string{"*"}
		if d.oneIn(2) {
			actions = d.some(1, 4, worldActionPatterns)
		}
		fmt.Fprintf(&b, `,%q:%s`, d.pick([]string{"Action", "Action", "Action", "NotAction"}), encode(actions))
		switch kind {
		case policy.ResourcePolicy:
			fmt.Fprintf(&b, `,%q:%s`, d.pick([]string{"Principal", "Principal", "NotPrincipal"}), d.pick(worldPrincipals))
		case policy.TrustPolicy:
			fmt.Fprintf(&b, `,"Principal":%s`, d.pick(worldPrincipals))
		case policy.ResourceControlPolicy:
			b.WriteString(`,"Principal":"*"`)
		}
		if kind != policy.TrustPolicy {
			entries := make([]string, 0, 3)
			for range 1 + d.roll(3) {
				entries = append(entries, strings.ToValidUTF8(d.resourcePattern(), "é"))
			}
			fmt.Fprintf(&b, `,%q:%s`, d.pick([]string{"Resource", "Resource", "NotResource"}), encode(entries))
		}
		if !d.oneIn(3) {
			fmt.Fprintf(&b, `,"Condition":%s`, d.conditions())
		}
		b.WriteByte('}')
		statements = append(statements, b.String())
	}
	version := d.pick([]string{`"Version":"2012-10-17",`, `"Version":"2012-10-17",`, `"Version":"2008-10-17",`, ``})
	return fmt.Sprintf(`{%s"Statement":[%s]}`, version, strings.Join(statements, ","))
}

// world is everything one decision rests on, documents as texts.
type world struct {
	request           policy.Request
	identity, session []string
	sessionRestricted bool
	boundary          string
	resource          string
	resourceKind      policy.Kind
	scps, rcps        [][]string
	values            map[string][]string // the context; aws:TagKeys is multivalued, other keys unless they have one value
}

func (d *dice) documents(kind policy.Kind, low, high int) []string {
	var out []string
	for range low + d.roll(high-low+1) {
		out = append(out, d.document(kind))
	}
	return out
}

func (d *dice) levels(kind policy.Kind) [][]string {
	if !d.oneIn(4) {
		return nil
	}
	var out [][]string
	for range 1 + d.roll(3) {
		level := d.documents(kind, 0, 2)
		if !d.oneIn(3) {
			level = append(level, fullAccess(kind))
		}
		out = append(out, level)
	}
	return out
}

func fullAccess(kind policy.Kind) string {
	if kind == policy.ResourceControlPolicy {
		return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}`
	}
	return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
}

func (d *dice) context() map[string][]string {
	values := make(map[string][]string)
	for _, key := range worldKeys {
		switch d.roll(4) {
		case 0:
		case 1:
			values[key] = d.some(2, 3, worldValues)
		default:
			values[key] = []string{d.pick(worldValues)}
		}
		if d.oneIn(12) {
			values[key] = []string{}
		}
	}
	return values
}

func (d *dice) world() *world {
	w := &world{values: d.context()}
	w.request = policy.Request{
		Principal:       worldCallers[d.roll([]int{1, 2, 3, len(worldCallers)}[d.roll(4)])],
		Action:          d.pick(worldActions[:1+d.roll(len(worldActions))]),
		Resource:        d.pick(worldResources[:1+d.roll(len(worldResources))]),
		ResourceAccount: d.pick([]string{"111122223333", "111122223333", "111122223333", "111122223333", "444455556666", ""}),

		PrincipalInManagementAccount: d.oneIn(8),
		ResourceInManagementAccount:  d.oneIn(8),
		ServiceLinkedRole:            d.oneIn(8),
	}
	w.setContext(w.values)
	w.identity = d.documents(policy.IdentityPolicy, 0, 2)
	if d.oneIn(2) {
		w.identity = append(w.identity, fullAccess(policy.IdentityPolicy))
	}
	if d.oneIn(4) {
		w.boundary = d.document(policy.BoundaryPolicy)
	}
	if d.oneIn(4) {
		w.session = d.documents(policy.SessionPolicy, 0, 2)
		w.sessionRestricted = true
	}
	if d.oneIn(3) {
		w.resourceKind = policy.ResourcePolicy
		if d.oneIn(3) {
			w.resourceKind = policy.TrustPolicy
		}
		w.resource = d.document(w.resourceKind)
	}
	w.scps, w.rcps = d.levels(policy.ServiceControlPolicy), d.levels(policy.ResourceControlPolicy)
	return w
}

func (w *world) setContext(values map[string][]string) {
	w.values = values
	w.request.Context = policy.Context{}
	for key, v := range values {
		if len(v) == 1 && key != "aws:TagKeys" {
			w.request.Context.Set(key, v[0])
		} else {
			w.request.Context.SetMulti(key, v...)
		}
	}
}

func (w *world) compile(t testing.TB) *policy.Policies {
	t.Helper()
	one := func(kind policy.Kind, doc string) *policy.Policy {
		p, err := policy.ParseStored(kind, []byte(doc))
		if err != nil {
			t.Fatalf("%v\n%s", err, doc)
		}
		return p
	}
	all := func(kind policy.Kind, docs []string) []*policy.Policy {
		out := make([]*policy.Policy, 0, len(docs))
		for _, doc := range docs {
			out = append(out, one(kind, doc))
		}
		return out
	}
	p := &policy.Policies{
		Identity: all(policy.IdentityPolicy, w.identity), Session: all(policy.SessionPolicy, w.session),
		SessionRestricted: w.sessionRestricted,
	}
	if w.boundary != "" {
		p.Boundary = one(policy.BoundaryPolicy, w.boundary)
	}
	if w.resource != "" {
		p.Resource = one(w.resourceKind, w.resource)
	}
	for _, level := range w.scps {
		p.SCPs = append(p.SCPs, all(policy.ServiceControlPolicy, level))
	}
	for _, level := range w.rcps {
		p.RCPs = append(p.RCPs, all(policy.ResourceControlPolicy, level))
	}
	return p
}

// String shows a world that went wrong.
func (w *world) String() string {
	var b strings.Builder
	r := w.request
	fmt.Fprintf(&b, "%d %s %q on %q of %q, management account %v/%v, service-linked %v\n", r.Principal.Type, r.Principal.ARN,
		r.Action, r.Resource, r.ResourceAccount, r.PrincipalInManagementAccount, r.ResourceInManagementAccount, r.ServiceLinkedRole)
	for _, key := range worldKeys {
		if v, ok := w.values[key]; ok {
			fmt.Fprintf(&b, "%s: %q\n", key, v)
		}
	}
	fmt.Fprintf(&b, "identity %s\nboundary %s\nsession %v %s\n%s %s\nSCPs %s\nRCPs %s\n", w.identity, w.boundary,
		w.sessionRestricted, w.session, w.resourceKind, w.resource, w.scps, w.rcps)
	return b.String()
}

// without returns a copy of values that lacks some keys.
func without(values map[string][]string, keys []string) map[string][]string {
	out := make(map[string][]string)
	for k, v := range values {
		if !slices.Contains(keys, k) {
			out[k] = v
		}
	}
	return out
}
