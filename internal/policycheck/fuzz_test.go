package policycheck

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/gatehouse-idc/gatehouse/internal/serviceauth"
)

var types = []PolicyType{IdentityPolicy, ResourcePolicy, ServiceControlPolicy, ResourceControlPolicy}

// FuzzValidate holds that no text upsets the checks: there is an answer, in bounded time and of bounded size, and its
// places lie in the text. The corpus in testdata/fuzz is that of the table tests besides.
func FuzzValidate(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for i, name := range files {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(archive.Files[0].Data), uint8(i))
	}
	checker := &Checker{Catalog: serviceauth.New()}
	resources := []string{"", trustPolicyResource, "AWS::S3::Bucket", "AWS::DynamoDB::Table"}
	f.Fuzz(func(t *testing.T, document string, pick uint8) {
		if len(document) > MaxSize {
			t.Skip()
		}
		p := Policy{Document: document, Type: types[int(pick)%len(types)], ResourceType: resources[int(pick)/len(types)%len(resources)]}
		examine(t, p, checker.Validate(p))
	})
}

// examine checks what holds of the findings of any policy.
func examine(t *testing.T, p Policy, findings []Finding) {
	t.Helper()
	characters := len([]rune(p.Document))
	size := 0
	for _, f := range findings {
		size += len(f.Details)
		if _, known := issues[f.IssueCode]; !known || f.Details == "" || len(f.Locations) == 0 || strings.Contains(f.Details, "%!") {
			t.Errorf("finding %+v", f)
		}
		for _, l := range f.Locations {
			if l.Start.Offset < 0 || l.End.Offset < l.Start.Offset || l.End.Offset > characters || l.Start.Line < 1 || l.Start.Column < 0 {
				t.Errorf("%s at %+v of %d characters", f.IssueCode, l, characters)
			}
		}
	}
	if limit := 10_000 + 300*len(p.Document); size > limit {
		t.Errorf("%d bytes of findings about %d bytes", size, len(p.Document))
	}
}

// TestHostileTexts: as long as is looked at, and built to take forever.
func TestHostileTexts(t *testing.T) {
	list := func(n int, entry func(i int) string) string {
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(entry(i))
		}
		return b.String()
	}
	letters := func(i int) string {
		return string([]byte{byte('a' + i%26), byte('a' + i/26%26), byte('a' + i/676%26)})
	}
	statement := func(action, resource, condition string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[` + action + `],"Resource":[` + resource + `],"Condition":` + condition + `}]}`
	}
	half := MaxSize / 2
	checker := &Checker{Catalog: serviceauth.New()}
	for name, document := range map[string]string{
		"patterns":        statement(list(half*2-300, func(i int) string { return `"ec2:*` + letters(i) + `*"` }), `"*"`, "{}"),
		"wrong actions":   statement(list(half*2-300, func(i int) string { return `"ec2:RunInstance` + letters(i) + `"` }), `"*"`, "{}"),
		"wrong services":  statement(list(half*2-300, func(i int) string { return `"` + letters(i) + `s:x"` }), `"*"`, "{}"),
		"stars":           statement(`"s3:*"`, `"arn:aws:s3:::`+strings.Repeat("*a", half/2)+`","arn:aws:s3:::`+strings.Repeat("a", half-300)+`"`, "{}"),
		"arns":            statement(`"ec2:*"`, list(half*2-300, func(i int) string { return `"arn:aws:ec2:*:*:` + letters(i) + `*/x"` }), "{}"),
		"keys by actions": statement(list(half-300, func(i int) string { return `"ec2:RunInstances"` }), `"*"`, `{"StringEquals":{`+list(half-300, func(i int) string { return `"s3:ExistingObjectTag/` + letters(i) + `":"x"` })+`}}`),
		"nested":          strings.Repeat("[", half) + strings.Repeat("]", half),
		"deep":            `{"Statement":{"Effect":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}}`,
		"statements":      `{"Statement":[` + list(half*2-300, func(int) string { return `{}` }) + `]}`,
		"one line":        `{"Statement":[` + list(half*2-300, func(int) string { return `"ä"` }) + `]}`,
		"variables":       statement(`"s3:*"`, `"arn:aws:s3:::`+strings.Repeat("${a", half/2)+`"`, "{}"),
		"trust": `{"Statement":{"Effect":"Allow","Principal":{"Federated":[` + list(half/2, func(i int) string { return `"` + letters(i) + `.com"` }) + `]},"Action":[` +
			list(half/2, func(int) string { return `"sts:AssumeRole"` }) + `],"Condition":{"StringEquals":{` + list(half-300, func(i int) string { return `"aws:RequestTag/` + letters(i) + `":"x"` }) + `}}}}`,
		"tags":       statement(list(half-300, func(i int) string { return `"s3:` + letters(i) + `"` }), `"*"`, `{"StringEquals":{`+list(half-300, func(i int) string { return `"aws:ResourceTag/` + letters(i) + `":"x"` })+`}}`),
		"principals": `{"Statement":{"Effect":"Allow","Action":["sts:AssumeRole","sts:AssumeRoleWithSAML"],"Principal":{"Federated":[` + list(half, func(i int) string { return `"` + letters(i) + `.com"` }) + `]}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			if len(document) > MaxSize {
				t.Fatalf("%d bytes", len(document))
			}
			for _, typ := range types {
				done := make(chan []Finding, 1)
				p := Policy{Document: document, Type: typ}
				go func() { done <- checker.Validate(p) }()
				select {
				case findings := <-done:
					examine(t, p, findings)
				case <-time.After(20 * time.Second):
					t.Fatal("takes too long")
				}
			}
		})
	}
}
