package policy_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/policy"
	"github.com/google/go-cmp/cmp"
)

func TestReadKeepsADocumentAsItWasWritten(t *testing.T) {
	const document = `{"Version":"2012-10-17","Id":"x",
 "Statement":[{"Sid":"A","Effect":"Deny","NotAction":"iam:*","NotResource":["*"],"NotPrincipal":{"AWS":"111122223333"},
  "Condition":{"ForAnyValue:StringLikeIfExists":{"aws:TagKeys":["a","b"]},"Bool":{"aws:SecureTransport":true}}}]}`
	d, err := policy.Read([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	place := func(fragment string) (int, policy.Position) {
		offset := strings.Index(document+"!", fragment)
		before := document[:offset]
		return offset, policy.Position{Line: 1 + strings.Count(before, "\n"), Column: offset - strings.LastIndex(before, "\n")}
	}
	at := func(value, fragment string) policy.Text {
		offset, position := place(fragment)
		return policy.Text{Value: value, Offset: offset, Position: position}
	}
	start, startPosition := place(`{"Sid"`)
	end, endPosition := place("]}!")
	_, account := place(`"111122223333"`)
	want := &policy.Document{
		Version: at("2012-10-17", `"2012-10-17"`), ID: "x",
		Statements: []policy.Statement{{
			Sid: at("A", `"A"`), Effect: at("Deny", `"Deny"`),
			NotPrincipal: true, Principals: []policy.NamedPrincipal{{Class: "AWS", Value: "111122223333", Position: account}},
			NotAction: true, Actions: []policy.Text{at("iam:*", `"iam:*"`)},
			NotResource: true, Resources: []policy.Text{at("*", `"*"`)},
			Conditions: []policy.Condition{
				{Operator: at("ForAnyValue:StringLikeIfExists", `"ForAny`), Key: at("aws:TagKeys", `"aws:TagKeys`),
					Values: []policy.Text{at("a", `"a"`), at("b", `"b"`)}, Set: "ForAnyValue", Base: "StringLike", IfExists: true},
				{Operator: at("Bool", `"Bool"`), Key: at("aws:SecureTransport", `"aws:Sec`), Values: []policy.Text{at("true", `true`)}, Base: "Bool"},
			},
			StartOffset: start, EndOffset: end, Start: startPosition, End: endPosition,
		}},
	}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Error(diff)
	}
	if !d.Statements[0].Deny() {
		t.Error("the statement denies")
	}
}

func TestReadRefusesWhatIsNoPolicy(t *testing.T) {
	for _, document := range []string{``, `[]`, `{"Statement":[]}`, `{"Statement":{"Effect":"Allow","Extra":1}}`} {
		if _, err := policy.Read([]byte(document)); err == nil {
			t.Errorf("%q was read", document)
		}
	}
}
