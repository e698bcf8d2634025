package policy

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestJSONAgreesWithStandard: what encoding/json refuses we refuse, and what it accepts we accept, except for
// repeated members, half surrogate pairs, invalid UTF-8 and great depth.
func TestJSONAgreesWithStandard(t *testing.T) {
	for _, s := range []string{
		`{}`, `[]`, `""`, `0`, `-0`, `1.5`, `1e5`, `1E+5`, `1e-5`, `true`, `false`, `null`, " {\t\"a\" :\r\n[1 , 2] } ",
		`"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"`, `{"a":{"b":[{"c":"d"}]}}`, `{"a":1,"A":2}`,
		``, ` `, `{`, `}`, `[`, `]`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{,}`, `{a:1}`, `{"\x":1}`, `{"a":1 "b":2}`, `[1,]`, `[,]`, `[1 2]`,
		`"`, `"\`, `"\x"`, `"\u12"`, `"\u12g4"`, "\"\n\"", "\"\x00\"", `'a'`, `01`, `-`, `-a`, `1.`, `.5`, `1e`, `1e+`, `+1`,
		`tru`, `True`, `nul`, `{} {}`, `[] x`, "\ufeff{}", `/**/{}`, `NaN`, `{"a":tru}`, `[nul]`, `{"a":"b}`,
	} {
		_, err := readJSON(s)
		if valid := json.Valid([]byte(s)); (err == nil) != valid {
			t.Errorf("%q: got %v, encoding/json says %v", s, err, valid)
		}
	}
	for _, s := range []string{
		`{"a":1,"a":1}`, `{"a":1,"\u0061":1}`, `{"x":{"a":1,"b":2,"a":3}}`, `"\ud800"`, `"\ud800\u0041"`, `"\ud800x"`, `"\udc00\ud800"`,
		"\"\xff\"", "\xff", strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth+1),
	} {
		if _, err := readJSON(s); err == nil {
			t.Errorf("%q is accepted", s)
		}
	}
	if _, err := readJSON(strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth)); err != nil {
		t.Errorf("depth %d: %v", maxDepth, err)
	}
}

func TestJSONText(t *testing.T) {
	n, err := readJSON(`{"k":["\"\\\/\b\f\n\r\té\u00e9\ud83d\ude00\ufffd", 1.0, -10000000000000000001e5, true]}`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, item := range n.members[0].value.items {
		got = append(got, item.text)
	}
	want := "\"\\/\b\f\n\r\téé😀\ufffd|1.0|-10000000000000000001e5|true"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("got %q, want %q", s, want)
	}
}

func TestPositions(t *testing.T) {
	doc := "aé\n\ncd"
	l := locator{doc: doc}
	for _, c := range []struct {
		offset int
		want   Position
	}{
		{0, Position{1, 1}}, {1, Position{1, 2}}, {3, Position{1, 3}}, {4, Position{2, 1}}, {5, Position{3, 1}}, {6, Position{3, 2}},
		{99, Position{3, 3}}, {1, Position{1, 2}},
	} {
		if got := l.at(c.offset); got != c.want {
			t.Errorf("offset %d: got %s, want %s", c.offset, got, c.want)
		}
	}
}

func TestVariables(t *testing.T) {
	var ctx Context
	ctx.Set("a:b", "v")
	ctx.SetMulti("many", "v")
	ctx.Set("empty", "")
	for _, c := range []struct {
		text, want string
		ok         bool
	}{
		{"${a:b}", "v", true},
		{"x${A:B}y", "xvy", true},
		{"${none}", "", false},
		{"${many}", "", false},
		{"${empty}", "", false},
		{"${empty, 'd'}", "d", true},
		{"${none, 'd}$e'}", "d}$e", true},
		{"${none, ''}", "", true},
		{"${none,  'd'}", "d", true},
		{"${a:b, 'd'}", "v", true},
		{"${*}${?}${$}", "*?$", true},
		{"$", "$", true},
		{"$${a:b}", "$v", true},
		{"{a:b}", "{a:b}", true},
		{"${none,'d'}", "", false},
		{"${none, d}", "", false},
		{"${none, 'd' }", "", false},
		{"${none, 'd", "", false},
		{"${none, 'a'b'}", "", false},
		{"${none 'd'}", "", false},
		{"${}", "", false},
		{"${ a:b}", "", false},
		{"${a:b", "", false},
		{"${${a:b}}", "", false},
	} {
		tmpl := parseTemplate(c.text, syntax{variables: true})
		if got, ok := tmpl.text(&ctx); got != c.want || ok != c.ok {
			t.Errorf("%s: got %q, %v; want %q, %v", c.text, got, ok, c.want, c.ok)
		}
		if c.ok && !tmpl.match(&ctx, c.want) {
			t.Errorf("%s does not match %q", c.text, c.want)
		}
		if tmpl.hasValue(&ctx) != c.ok {
			t.Errorf("%s: hasValue is not %v", c.text, c.ok)
		}
	}
}

// TestLargestDocument: no operation takes a larger document, and nothing larger than AWS's own policies is read
// from store.
func TestLargestDocument(t *testing.T) {
	const doc = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
	padded := func(size int) []byte { return []byte(doc + strings.Repeat(" ", size-len(doc))) }
	if _, err := Parse(IdentityPolicy, padded(maxDocument)); err != nil {
		t.Error(err)
	}
	if _, err := Parse(IdentityPolicy, padded(maxDocument+1)); err == nil {
		t.Error("a new document that is too large is read")
	}
	if _, err := ParseStored(IdentityPolicy, padded(maxStored)); err != nil {
		t.Error(err)
	}
	if _, err := ParseStored(IdentityPolicy, padded(maxStored+1)); err == nil {
		t.Error("a stored document that is too large is read")
	}
}

// TestIndexStaysSmall: many services and many statements for all services must not multiply.
func TestIndexStaysSmall(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*","Action":["s3:x"`)
	for i := range 8000 {
		fmt.Fprintf(&b, `,"a%d:b"`, i)
	}
	b.WriteString(`]}`)
	for range 800 {
		b.WriteString(`,{"Effect":"Deny","Resource":"*","NotAction":"*"}`)
	}
	b.WriteString(`]}`)
	p, err := Parse(IdentityPolicy, []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	x := &p.compiled.index
	entries := len(x.general)
	for _, list := range x.names {
		entries += len(list)
	}
	for _, list := range x.patterns {
		entries += len(list)
	}
	if entries > 9000 {
		t.Errorf("the index has %d entries", entries)
	}
}
