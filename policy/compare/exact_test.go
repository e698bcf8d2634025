package compare_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/policy"
	"github.com/gatehouse-idc/gatehouse/policy/compare"
)

// plain leaves out texts with policy variables, which are not decided without a value.
func plain(words []string) []string {
	var out []string
	for _, w := range words {
		if !strings.Contains(w, "${") {
			out = append(out, w)
		}
	}
	return out
}

// same holds NotGranted for one literal request against what package policy decides.
func same(t *testing.T, statement object, r *policy.Request, a compare.Access) {
	t.Helper()
	text, err := json.Marshal(object{"Version": "2012-10-17", "Statement": statement})
	if err != nil {
		t.Fatal(err)
	}
	ann := policy.Principal{Type: policy.User, ARN: "arn:aws:iam::111122223333:user/ann", Account: "111122223333"}
	r.Principal, r.ResourceAccount = ann, ann.Account
	p := parse(t, policy.IdentityPolicy, text)
	allowed := policy.Evaluate(r, &policy.Policies{Identity: []*policy.Policy{p}}).Effect == policy.Allowed
	res, err := compare.NotGranted(read(t, text), []compare.Access{a}, policy.IdentityPolicy)
	if err != nil {
		t.Fatal(err)
	}
	if res.Pass == allowed {
		t.Errorf("%s\n%s: allowed is %v, but not granted is %v", text, describe(r), allowed, res.Pass)
	}
}

// Patterns match literal resources and actions exactly as they do in package policy, also negated, and also the
// entries that break the rules of the language.
func TestPatternsExact(t *testing.T) {
	entries := plain(resourceWords)
	resources := make(map[string]bool)
	for _, shape := range append(entries, "arn:aws:l:*:*:f", "arn:aws:l:u-*:*", "arn:aws:s3:::*b*") {
		for _, fill := range []string{"", "x", "a", ":", "1:1", "u-1", "a:b/c", "ä", "\n"} {
			if s := strings.NewReplacer("*", fill, "?", fill).Replace(shape); strings.HasPrefix(s, "arn:") {
				resources[s] = true
			}
		}
	}
	for _, entry := range append(entries, "arn:aws:s3:::*b*", "arn:aws:s3:::?ä*", "arn:aws:l:*:*:f", "arn:aws:l:**:f", "arn:aws:l:*-?:1:*") {
		for resource := range resources {
			for _, element := range []string{"Resource", "NotResource"} {
				same(t, object{"Effect": "Allow", "Action": "*", element: []string{entry}},
					&policy.Request{Action: "s3:GetObject", Resource: resource}, compare.Access{Resources: []string{resource}})
			}
		}
	}
	for _, entry := range append(actionWords, "s3:G*t?b*ct", "s3:**", "S3:", "*") {
		for _, action := range []string{"s3:GetObject", "S3:GETOBJECT", "s3:PutObject", "iam:GetUser", "s3:G", "s3:Gtöbct", "s33:GetObject"} {
			for _, element := range []string{"Action", "NotAction"} {
				same(t, object{"Effect": "Allow", element: []string{entry}, "Resource": "*"},
					&policy.Request{Action: action, Resource: "*"}, compare.Access{Actions: []string{action}})
			}
		}
	}
}

// Tests on strings and ARNs hold for exactly the values for which they do in package policy.
func TestTextConditionsExact(t *testing.T) {
	requests := []string{
		"a", "A", "ann", "b", "x", "", "*", "ſ", "K", "arn:aws:iam::1:role/a", "arn:aws:iam::1:role/a:b", "arn:aws:iam::2:role/a",
		"arn:aws:iam:x:y:1:role/a", "arn:aws:iam::1", "nra:aws:iam::1:role/a", "arn:cn:iam::1:user/b",
	}
	sets := [][]string{{}, {"a"}, {"A", "b"}, {"s", "k"}, {"a*", "?"}, {"*"}, {""}, {"*a*"}}
	arns := [][]string{{}, {"arn:aws:iam::1:role/*"}, {"arn:*:*::?:role/a"}, {"arn:aws:iam:*:1:*"}, {"*:aws:iam::*:role/a*", "*"}, {"?rn:*:*:*:*:*"}}
	for _, base := range []string{
		"StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase",
		"ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike",
	} {
		lists := sets
		if strings.HasPrefix(base, "Arn") {
			lists = arns
		}
		for _, values := range lists {
			for _, request := range requests {
				r := &policy.Request{Action: "s3:GetObject", Resource: "*"}
				r.Context.Set("k", request)
				// The second test leaves only this value, one and not a list.
				condition := object{base: object{"k": values}}
				if base != "StringEquals" {
					condition["StringEquals"] = object{"K": request}
				} else {
					condition["ForAnyValue:StringEquals"] = object{"K": request}
				}
				same(t, when(allow("*", "*"), condition), r, compare.Access{})
			}
		}
	}
}
