package policy_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/policy"
)

// FuzzParse feeds documents of every kind to both parsers. An accepted document is JSON, what Parse accepts
// ParseStored accepts too, and a refusal points into the document.
func FuzzParse(f *testing.F) {
	for _, c := range readLines[validationCase](f, "testdata/validation-sample.jsonl") {
		f.Add(uint8(0), []byte(c.Document))
	}
	f.Fuzz(func(t *testing.T, kind uint8, doc []byte) {
		k := policy.Kind(kind % 7)
		p, err := policy.Parse(k, doc)
		stored, storedErr := policy.ParseStored(k, doc)
		if err == nil && storedErr != nil {
			t.Fatalf("Parse accepts what ParseStored refuses: %v", storedErr)
		}
		if storedErr == nil {
			if !json.Valid(doc) {
				t.Fatal("accepted a document that is not JSON")
			}
			stored.ContextKeys()
			stored.Principals()
		}
		if err != nil {
			var syntax *policy.SyntaxError
			if !errors.As(err, &syntax) || syntax.Message == "" || syntax.Detail == "" {
				t.Fatalf("not a complete SyntaxError: %#v", err)
			}
			if lines := strings.Count(string(doc), "\n") + 1; syntax.Line < 1 || syntax.Line > lines || syntax.Column < 1 {
				t.Fatalf("%s is outside a document of %d lines", syntax.Position, lines)
			}
			return
		}
		if p.Kind() != k {
			t.Fatalf("kind %s became %s", k, p.Kind())
		}
	})
}

// FuzzEvaluate decides requests under arbitrary identity-based policies. Whatever they say, a policy that
// denies everything is obeyed, nothing is allowed without an Allow statement, and Explain agrees with Evaluate.
func FuzzEvaluate(f *testing.F) {
	for _, c := range readLines[sampleCase](f, "testdata/sample.jsonl") {
		for _, doc := range c.Policies.Identity {
			f.Add([]byte(doc), c.Request.Action, c.Request.Resource, "aws:username", "alice")
		}
	}
	denyAll := mustParse(f, policy.IdentityPolicy, `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`)
	f.Fuzz(func(t *testing.T, doc []byte, action, resource, key, value string) {
		p, err := policy.ParseStored(policy.IdentityPolicy, doc)
		if err != nil {
			return
		}
		req := &policy.Request{
			Principal: policy.Principal{
				Type: policy.User, ARN: "arn:aws:iam::111122223333:user/alice", Account: "111122223333",
			},
			Action: action, Resource: resource, ResourceAccount: "111122223333",
		}
		req.Context.Set("aws:PrincipalTag/team", "red")
		req.Context.SetMulti("aws:TagKeys", "a", value)
		req.Context.Set(key, value)

		got := policy.Evaluate(req, &policy.Policies{Identity: []*policy.Policy{p}})
		explained := policy.Explain(req, &policy.Policies{Identity: []*policy.Policy{p}})
		if explained.Effect != got.Effect || len(explained.Reasons) == 0 {
			t.Fatalf("Evaluate says %s, Explain %s with %d reasons", got.Effect, explained.Effect, len(explained.Reasons))
		}
		if got.Effect == policy.Allowed && !strings.Contains(string(doc), "Allow") && !strings.Contains(string(doc), `\u`) {
			t.Fatal("allowed without an Allow")
		}
		denied := policy.Evaluate(req, &policy.Policies{Identity: []*policy.Policy{p, denyAll}})
		if denied.Effect != policy.DeniedExplicit {
			t.Fatalf("a policy that denies everything gives %s", denied.Effect)
		}
		bounded := policy.Evaluate(req, &policy.Policies{Identity: []*policy.Policy{p}, Boundary: p})
		if bounded.Effect != got.Effect {
			t.Fatalf("%s becomes %s when the policy is also the boundary", got.Effect, bounded.Effect)
		}
	})
}

func mustParse(t testing.TB, kind policy.Kind, doc string) *policy.Policy {
	t.Helper()
	p, err := policy.Parse(kind, []byte(doc))
	if err != nil {
		t.Fatalf("%v\n%s", err, doc)
	}
	return p
}
