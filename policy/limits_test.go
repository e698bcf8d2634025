package policy_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/policy"
)

// allocated returns how many bytes a function allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// readers are the three ways to read a document.
var readers = map[string]func([]byte) error{
	"Parse":       func(doc []byte) error { _, err := policy.Parse(policy.IdentityPolicy, doc); return err },
	"ParseStored": func(doc []byte) error { _, err := policy.ParseStored(policy.IdentityPolicy, doc); return err },
	"Read":        func(doc []byte) error { _, err := policy.Read(doc); return err },
}

func statements(n int, statement string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.TrimSuffix(strings.Repeat(statement+",", n), ",") + `]}`
}

// TestHugeDocuments: what is longer than any document can be is refused before it is looked at.
func TestHugeDocuments(t *testing.T) {
	for name, doc := range map[string]string{
		"a long document":  statements(60_000, `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*","Sid":""}`),
		"a long string":    `{"Version":"2012-10-17","Id":"` + strings.Repeat("x", 6<<20) + `"}`,
		"white space":      strings.Repeat(" ", 6<<20),
		"one open bracket": strings.Repeat("[", 6<<20),
		"zero bytes":       strings.Repeat("\x00", 6<<20),
	} {
		for reader, read := range readers {
			data := []byte(doc)
			var err error
			bytes := allocated(func() { err = read(data) })
			var syntax *policy.SyntaxError
			if !errors.As(err, &syntax) || syntax.Message != "Syntax errors in policy." {
				t.Errorf("%s of %s: %v", reader, name, err)
			}
			if limit := uint64(3 * len(data)); bytes > limit {
				t.Errorf("%s of %s allocates %d bytes, more than %d", reader, name, bytes, limit)
			}
		}
	}
}

// TestDeepNesting: nesting deeper than the grammar is refused where it gets too deep.
func TestDeepNesting(t *testing.T) {
	for _, doc := range []string{
		strings.Repeat("[", 100_000),
		strings.Repeat(`{"a":`, 20_000),
		`{"Version":"2012-10-17","Statement":` + strings.Repeat("[", 50_000) + strings.Repeat("]", 50_000) + `}`,
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":` + strings.Repeat("[", 9) + `"s3:*"` + strings.Repeat("]", 9) + `,"Resource":"*"}}`,
	} {
		for reader, read := range readers {
			var err error
			bytes := allocated(func() { err = read([]byte(doc)) })
			var syntax *policy.SyntaxError
			if !errors.As(err, &syntax) || syntax.Detail != "nested too deeply" || syntax.Column > 200 {
				t.Errorf("%s of %.40s...: %v", reader, doc, err)
			}
			if limit := uint64(2*len(doc) + 1<<16); bytes > limit {
				t.Errorf("%s of %.40s... allocates %d bytes, more than %d", reader, doc, bytes, limit)
			}
		}
	}
}

// TestManyStatements: a document with ten thousand statements is compiled in memory in proportion to its length,
// decided like any other, and explained statement by statement.
func TestManyStatements(t *testing.T) {
	const n = 10_000
	for name, c := range map[string]struct {
		statement string
		want      policy.Effect
		reasons   int
	}{
		"that all apply":         {`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`, policy.Allowed, n},
		"that all deny":          {`{"Effect":"Deny","Action":"*","Resource":"*"}`, policy.DeniedExplicit, n},
		"for another service":    {`{"Effect":"Allow","Action":"ec2:Run*","Resource":"*"}`, policy.DeniedImplicit, 1},
		"for every service":      {`{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}`, policy.DeniedImplicit, 1},
		"under a condition":      {`{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Null":{"a":"false"}}}`, policy.DeniedImplicit, n + 1},
		"for another resource":   {`{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::*a*b"}`, policy.DeniedImplicit, 1},
		"with unequal Sids":      {`{"Effect":"Allow","Action":"s3:G*","Resource":"*","Sid":"%"}`, policy.Allowed, n},
		"with the same variable": {`{"Effect":"Allow","Action":"s3:G*","Resource":"arn:aws:s3:::${a}"}`, policy.DeniedImplicit, 1},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			for i, part := range strings.Split(statements(n, c.statement), "%") {
				if i > 0 {
					fmt.Fprint(&b, i)
				}
				b.WriteString(part)
			}
			var p *policy.Policy
			bytes := allocated(func() {
				var err error
				if p, err = policy.ParseStored(policy.IdentityPolicy, []byte(b.String())); err != nil {
					t.Fatal(err)
				}
			})
			if limit := uint64(100 * b.Len()); bytes > limit {
				t.Errorf("allocates %d bytes for %d, more than %d", bytes, b.Len(), limit)
			}
			w := tableWorld(nil)
			d := policy.Explain(&w.request, &policy.Policies{Identity: []*policy.Policy{p}})
			if d.Effect != c.want || len(d.Reasons) != c.reasons {
				t.Errorf("%s with %d reasons, want %s with %d", d.Effect, len(d.Reasons), c.want, c.reasons)
			}
		})
	}
}

// TestInvalidUTF8: a document that is not UTF-8 is refused where it goes wrong, wherever that is.
func TestInvalidUTF8(t *testing.T) {
	const good = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Sid":"é"}}`
	for at := range len(good) + 1 {
		for _, bad := range []string{"\xff", "\xc3", "\xed\xa0\x80", "\xc0\x80", "\xf8\x88\x80\x80\x80"} {
			doc := good[:at] + bad + good[at:]
			for reader, read := range readers {
				var syntax *policy.SyntaxError
				if err := read([]byte(doc)); !errors.As(err, &syntax) || syntax.Detail != "the document is not valid UTF-8" {
					t.Fatalf("%s with %q at byte %d: %v", reader, bad, at, err)
				}
			}
		}
	}
}

// TestTruncated: no beginning of a document passes for a document, and no document without one of its bytes is an
// Allow of more.
func TestTruncated(t *testing.T) {
	const whole = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"},{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	for i := range len(whole) {
		for reader, read := range readers {
			if read([]byte(whole[:i])) == nil {
				t.Errorf("%s accepts %q", reader, whole[:i])
			}
		}
	}
}

// TestExplodingPatterns: patterns that make a backtracking matcher try more ways than there are atoms come to an end.
func TestExplodingPatterns(t *testing.T) {
	const long = 2000
	as := strings.Repeat("a", long)
	for name, c := range map[string]struct {
		pattern, resource string
		want              outcome
	}{
		"many stars":               {"arn:aws:s3:::" + strings.Repeat("a*", 500) + "b", "arn:aws:s3:::" + as, fails},
		"many stars that match":    {"arn:aws:s3:::" + strings.Repeat("a*", 500) + "b", "arn:aws:s3:::" + as + "b", holds},
		"stars and question marks": {"arn:aws:s3:::" + strings.Repeat("*?", 500) + "b", "arn:aws:s3:::" + as, fails},
		"a star before a tail":     {"arn:aws:s3:::*" + strings.Repeat("?", 1000) + "b", "arn:aws:s3:::" + as, fails},
		"stars that stay":          {"arn:aws:s3:" + strings.Repeat("a*", 500) + "b::x", "arn:aws:s3:" + as + "::x", fails},
		"stars in every field":     {"arn:" + strings.Repeat("a*", 100) + "b:s3:" + strings.Repeat("a*", 100) + "b:" + strings.Repeat("a*", 100) + "b:x", "arn:" + as + ":s3:" + as + ":" + as + ":x", fails},
		"stars that run on":        {"arn:aws:s3:a*:a*:" + strings.Repeat("a*:", 300) + "b", "arn:aws:s3:" + strings.Repeat("a:", long/2), fails},
		"thousands of stars":       {"arn:aws:s3:::" + strings.Repeat("*", 50_000) + "b", "arn:aws:s3:::" + as, fails},
		"variables between stars":  {"arn:aws:s3:::" + strings.Repeat("*${x:a}", 500) + "b", "arn:aws:s3:::" + as, fails},
	} {
		t.Run(name, func(t *testing.T) {
			w := tableWorld(map[string][]string{"x:a": {"a"}})
			w.request.Resource = c.resource
			body := fmt.Sprintf(`"Action":"*","Resource":%q`, c.pattern)
			for effect, want := range map[string]policy.Effect{
				"Allow": map[outcome]policy.Effect{holds: policy.Allowed, fails: policy.DeniedImplicit}[c.want],
				"Deny":  map[outcome]policy.Effect{holds: policy.DeniedExplicit, fails: policy.Allowed}[c.want],
			} {
				w.identity = []string{fmt.Sprintf(`{"Version":"2012-10-17","Statement":{"Effect":%q,%s}}`, effect, body)}
				if effect == "Deny" {
					w.identity = append(w.identity, allowAll)
				}
				p := w.compile(t)
				if got := policy.Evaluate(&w.request, p); got.Effect != want {
					t.Errorf("as %s: %s, want %s", effect, got.Effect, want)
				}
				// Nor may a pattern on the other side, when the resource is unknown, make it explode.
				r := policy.Bounds(&w.request, &policy.Unknown{Resource: "arn:aws:s3:::" + strings.Repeat("a*", 300)}, p)
				if favour(r.Least.Effect) > favour(r.Most.Effect) {
					t.Errorf("as %s: between %s and %s", effect, r.Least.Effect, r.Most.Effect)
				}
			}
			value := strings.TrimPrefix(c.pattern, "arn:aws:s3:::")
			w.setContext(map[string][]string{"x:a": {"a"}, "x:key": {as}})
			w.request.Resource = "*"
			body = fmt.Sprintf(`"Action":"*","Resource":"*","Condition":{"StringLike":{"x:key":%q},"StringNotLike":{"x:key":%q}}`, value, value)
			w.identity = []string{fmt.Sprintf(`{"Version":"2012-10-17","Statement":{"Effect":"Allow",%s}}`, body)}
			if got := policy.Evaluate(&w.request, w.compile(t)); got.Effect != policy.DeniedImplicit {
				t.Errorf("what is like the pattern and is not: %s", got.Effect)
			}
		})
	}
}

// TestManyContextKeys: the time to find a key does not depend on how many there are, nor on how they are named.
func TestManyContextKeys(t *testing.T) {
	const n = 20_000
	var c policy.Context
	for i := range n {
		c.Set(fmt.Sprintf("aws:RequestTag/Key%d", i), fmt.Sprint(i))
		c.SetMulti(fmt.Sprintf("x:LIST%d", i), fmt.Sprint(i), "x")
	}
	for i := range n {
		c.Set(fmt.Sprintf("AWS:requesttag/key%d", i), fmt.Sprint(-i))
	}
	if got := len(c.Keys()); got != 2*n {
		t.Fatalf("%d keys", got)
	}
	for i := range n {
		v, ok := c.Get(fmt.Sprintf("aws:requestTAG/Key%d", i))
		if !ok || len(v) != 1 || v[0] != fmt.Sprint(-i) {
			t.Fatalf("key %d: %q", i, v)
		}
		if v, ok = c.Get(fmt.Sprintf("x:list%d", i)); !ok || len(v) != 2 {
			t.Fatalf("list %d: %q", i, v)
		}
	}
	c.Set("", "nothing")
	if _, ok := c.Get(""); ok {
		t.Error("a key without a name is set")
	}
}
