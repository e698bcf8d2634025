package accesstest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/orgfile"
	"github.com/gatehouse-idc/gatehouse/policy"
)

func outcomes(t *testing.T) []Outcome {
	t.Helper()
	results := run(t, company(), `reader can s3:GetObject in Production
reader can s3:PutObject, s3:DeleteObject in Production # "<&>"
inland can s3:GetObject in Production
`)
	return []Outcome{{Suite: &Suite{Name: "some.test"}, Results: results}}
}

func TestPrint(t *testing.T) {
	var out bytes.Buffer
	if err := Print(&out, outcomes(t), false); err != nil {
		t.Fatal(err)
	}
	const want = `some.test
  ✓ reader can s3:GetObject in Production
  ✗ reader can s3:PutObject, s3:DeleteObject in Production
      reader in Production, s3:PutObject: Reader: denied because no identity-based policy allows s3:PutObject on any resource
      ✗ reader in Production, s3:DeleteObject: Reader: denied because no identity-based policy allows s3:DeleteObject on any resource
      t:2:1
  ? inland can s3:GetObject in Production
      inland in Production, s3:GetObject: Inland: not decided: it hangs on aws:SourceIp: statement 1 (Inline) of the identity-based policy of Inland itself (line 1, column 37), condition IpAddress aws:SourceIp; settle it by $from ADDRESS$
      t:3:1
1 passed, 1 failed, 1 unknown
`
	if got := strings.ReplaceAll(out.String(), "`", "$"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestPrintJSON(t *testing.T) {
	var out bytes.Buffer
	if err := PrintJSON(&out, outcomes(t)); err != nil {
		t.Fatal(err)
	}
	var status []string
	decoder := json.NewDecoder(&out)
	for decoder.More() {
		var l line
		if err := decoder.Decode(&l); err != nil {
			t.Fatal(err)
		}
		if l.File != "t" || l.Line == 0 || l.Expectation == "" || l.Reason == "" || l.Checks == 0 {
			t.Errorf("%+v", l)
		}
		for _, c := range l.Open {
			if c.Subject == "" || c.Account != "Production" || c.Role == "" || c.Reason == "" {
				t.Errorf("%+v", c)
			}
		}
		status = append(status, fmt.Sprint(l.Status, len(l.Open)))
	}
	if got := strings.Join(status, " "); got != "passed0 failed2 unknown1" {
		t.Errorf("got %s", got)
	}
}

func TestPrintJUnit(t *testing.T) {
	for _, allow := range []bool{false, true} {
		var out bytes.Buffer
		if err := PrintJUnit(&out, outcomes(t), allow); err != nil {
			t.Fatal(err)
		}
		var report junitReport
		if err := xml.Unmarshal(out.Bytes(), &report); err != nil {
			t.Fatal(err)
		}
		want := [4]int{3, 1, 1, 0}
		if allow {
			want = [4]int{3, 1, 0, 1}
		}
		if got := [4]int{report.Tests, report.Failed, report.Errors, report.Skipped}; got != want {
			t.Errorf("tests, failures, errors, skipped: %v, want %v", got, want)
		}
		cases := report.Suites[0].Cases
		if len(cases) != 3 || cases[0].Failure != nil || cases[1].Failure == nil || (cases[2].Error != nil) == allow || (cases[2].Skipped != nil) != allow {
			t.Errorf("%+v", cases)
		}
	}
}

// Whatever passes is true: for random policies, of which a sentence knows only a part of the context, no context can be
// found in which the engine decides otherwise.
func TestNoFalsePass(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	keys := map[string][]string{
		"aws:RequestedRegion": {"eu-west-1", "us-east-1"}, "aws:SourceIp": {"192.0.2.7", "198.51.100.7"},
		"aws:MultiFactorAuthPresent": {"true", "false"}, "aws:SecureTransport": {"true", "false"}, "s3:prefix": {"a", "b"},
	}
	operators := map[string][]string{
		"aws:RequestedRegion": {"StringEquals", "StringNotEquals", "StringEqualsIfExists", "Null"}, "aws:SourceIp": {"IpAddress", "NotIpAddress", "Null"},
		"aws:MultiFactorAuthPresent": {"Bool", "BoolIfExists", "Null"}, "aws:SecureTransport": {"Bool", "BoolIfExists"}, "s3:prefix": {"StringLike", "StringNotLike", "ForAnyValue:StringLike"},
	}
	names := []string{"aws:RequestedRegion", "aws:SourceIp", "aws:MultiFactorAuthPresent", "aws:SecureTransport", "s3:prefix"}
	document := func() orgfile.Text {
		var statements []string
		for range 1 + r.IntN(3) {
			key := pick(names...)
			operator := pick(operators[key]...)
			value := pick(keys[key]...)
			if operator == "Null" {
				value = pick("true", "false")
			}
			condition := ""
			if r.IntN(4) > 0 {
				condition = fmt.Sprintf(`,"Condition":{%q:{%q:%q}}`, operator, key, value)
			}
			statements = append(statements, fmt.Sprintf(`{"Effect":%q,%q:%q,%q:%q%s}`, pick("Allow", "Allow", "Deny"),
				pick("Action", "Action", "NotAction"), pick("s3:*", "s3:GetObject", "ec2:*"),
				pick("Resource", "Resource", "NotResource"), pick("*", "arn:aws:s3:::one/*", "arn:aws:s3:::${aws:RequestedRegion}/*"), condition))
		}
		return orgfile.Text(`{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`)
	}
	passed := map[string]int{}
	for range 400 {
		f := company()
		inline, scp := document(), document()
		f.PermissionSets[0] = orgfile.PermissionSet{Name: "Admin", ARN: f.PermissionSets[0].ARN, InlinePolicy: inline}
		f.OrganizationPolicies[2].Document = scp
		resource := pick("arn:aws:s3:::one/x", "arn:aws:s3:::eu-west-1/x", "arn:aws:s3:::one/*", "arn:aws:s3:::*")
		verb := pick("can", "cannot")
		text := "root " + verb + " s3:GetObject on " + resource + " in Production"
		region := pick("", "eu-west-1", "us-east-1")
		if region != "" {
			text += " when aws:RequestedRegion = " + region
		}
		result := run(t, f, text)[0]
		if result.Status != Passed {
			continue
		}
		passed[verb]++
		for range 30 {
			request, policies := concrete(t, f, strings.ReplaceAll(resource, "*", pick("x", "one/x", "eu-west-1/y")))
			if region != "" {
				request.Context.Set("aws:RequestedRegion", region)
			}
			for _, key := range names {
				if r.IntN(3) > 0 && (region == "" || key != "aws:RequestedRegion") {
					request.Context.Set(key, pick(keys[key]...))
				}
			}
			if got := policy.Evaluate(request, policies); (got.Effect == policy.Allowed) != (verb == "can") {
				t.Fatalf("%s passed (%s), but it is %s with %v\n%s\n%s", text, result.Reason, got.Effect, request.Context.Keys(), inline, scp)
			}
		}
	}
	if passed["can"] < 10 || passed["cannot"] < 20 {
		t.Errorf("too few sentences passed to prove anything: %v", passed)
	}
}

// concrete is a request of root's session in Production, of which all is known but the keys that the caller adds.
func concrete(t *testing.T, f *orgfile.File, resource string) (*policy.Request, *policy.Policies) {
	t.Helper()
	parse := func(kind policy.Kind, text orgfile.Text) []*policy.Policy {
		p, err := policy.ParseStored(kind, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return []*policy.Policy{p}
	}
	full := parse(policy.ServiceControlPolicy, fullAccess)
	guard := append(parse(policy.ServiceControlPolicy, f.OrganizationPolicies[2].Document), full...)
	request := &policy.Request{
		Principal: policy.Principal{Type: policy.AssumedRole, Account: productions}, Action: "s3:GetObject",
		Resource: resource, ResourceAccount: productions,
	}
	return request, &policy.Policies{
		Identity: parse(policy.IdentityPolicy, f.PermissionSets[0].InlinePolicy),
		SCPs:     [][]*policy.Policy{full, guard, full},
	}
}
