package compare_test

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/gatehouse-idc/gatehouse/policy"
	"github.com/gatehouse-idc/gatehouse/policy/compare"
)

// FuzzNoNewAccess compares arbitrary documents. If the comparison passes, the request is not newly allowed.
func FuzzNoNewAccess(f *testing.F) {
	files, err := filepath.Glob("testdata/newaccess/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		var docs [][]byte
		resource := false
		for _, file := range archive.Files {
			resource = resource || file.Name == "kind"
			if filepath.Ext(file.Name) == ".json" {
				docs = append(docs, file.Data)
			}
		}
		f.Add(docs[0], docs[1], resource, "s3:GetObject", "arn:aws:s3:::b/x", "aws:RequestedRegion", "eu-west-1")
	}
	f.Fuzz(func(t *testing.T, existing, updated []byte, resource bool, action, on, key, value string) {
		if !strings.Contains(action, ":") || key == "" {
			return // no request is without
		}
		kind := policy.IdentityPolicy
		r := &policy.Request{Action: action, Resource: on, ResourceAccount: "111122223333"}
		if resource {
			kind = policy.ResourcePolicy
		} else {
			r.Principal = policy.Principal{Type: policy.User, ARN: "arn:aws:iam::111122223333:user/ann", Account: "111122223333"}
		}
		r.Context.Set(key, value)
		was, err := policy.ParseStored(kind, existing)
		if err != nil {
			return
		}
		is, err := policy.ParseStored(kind, updated)
		if err != nil {
			return
		}
		res, err := compare.NoNewAccess(read(t, existing), read(t, updated), kind)
		if err != nil {
			if !errors.Is(err, compare.ErrTooComplex) {
				t.Fatal(err)
			}
			return
		}
		allowed := func(p *policy.Policy, r *policy.Request, around policy.Policies) bool {
			if around.Resource = p; !resource {
				around.Resource, around.Identity = nil, []*policy.Policy{p}
			}
			return policy.Evaluate(r, &around).Effect == policy.Allowed
		}
		for _, reason := range res.Reasons {
			if e := reason.Example; e.Confirmed && (allowed(was, &e.Request, e.Policies) || !allowed(is, &e.Request, e.Policies)) {
				t.Fatalf("not new: %s", e)
			}
		}
		if res.Pass && allowed(is, r, policy.Policies{}) && !allowed(was, r, policy.Policies{}) {
			t.Fatalf("passed, but newly allowed: %s", describe(r))
		}
	})
}

// FuzzProperty lets the fuzzer choose the seed of the random documents and requests.
func FuzzProperty(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		var count tally
		newAccess(t, seed, &count)
		notGranted(t, seed, &count)
	})
}

// FuzzNotGranted asks for arbitrary actions and resources. The answer agrees with package policy about a literal
// request.
func FuzzNotGranted(f *testing.F) {
	for i, entry := range resourceWords {
		f.Add(entry, "arn:aws:s3:::b/x", actionWords[i%len(actionWords)], "s3:GetObject", i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, entry, resource, actions, action string, negated bool) {
		element := "Resource"
		if negated {
			element = "NotResource"
		}
		text, err := json.Marshal(object{"Statement": object{"Effect": "Allow", "Action": actions, element: entry}})
		if err != nil {
			t.Fatal(err)
		}
		p, err := policy.ParseStored(policy.IdentityPolicy, text)
		if err != nil {
			return
		}
		res, err := compare.NotGranted(read(t, text), []compare.Access{{[]string{action}, []string{resource}}}, policy.IdentityPolicy)
		if err != nil {
			return
		}
		r := &policy.Request{
			Principal: policy.Principal{Type: policy.User, ARN: "arn:aws:iam::111122223333:user/ann", Account: "111122223333"},
			Action:    action, Resource: resource, ResourceAccount: "111122223333",
		}
		if res.Pass && policy.Evaluate(r, &policy.Policies{Identity: []*policy.Policy{p}}).Effect == policy.Allowed {
			t.Fatalf("not granted, but allowed: %s\n%s", describe(r), text)
		}
	})
}
