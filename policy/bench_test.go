package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/policy"
)

const adminDocument = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`

// tenConditions is a statement with ten conditions of all kinds, every one of which must be evaluated.
const tenConditions = `{"Version":"2012-10-17","Statement":[
  {"Effect":"Allow","Action":["s3:Get*","s3:List*"],
   "Resource":["arn:aws:s3:::data-bucket","arn:aws:s3:::data-bucket/${aws:PrincipalTag/team}/*"],
   "Condition":{
    "StringEquals":{"aws:PrincipalTag/team":"red","aws:RequestedRegion":["eu-west-1","us-east-1"]},
    "StringLike":{"aws:userid":"AROA*:jane@*"},
    "ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_*"},
    "Bool":{"aws:SecureTransport":"true"},
    "DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"},
    "NumericLessThan":{"aws:MultiFactorAuthAge":"3600"},
    "IpAddress":{"aws:SourceIp":["192.0.2.0/24","2001:db8::/32"]},
    "Null":{"aws:TokenIssueTime":"false"},
    "ForAllValues:StringEquals":{"aws:TagKeys":["team","cost"]}}},
  {"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}]}`

// largeDocument has the shape of the biggest managed policies: thousands of action names in few statements.
func largeDocument() string {
	var b strings.Builder
	b.WriteString(`{"Version":"2012-10-17","Statement":[`)
	for s := range 3 {
		if s > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"Effect":"Allow","Resource":"*","Action":["none:None"`)
		for service := range 100 {
			for name := range 10 {
				fmt.Fprintf(&b, `,"service%d:Operation%dOf%d"`, service, name, s)
			}
			fmt.Fprintf(&b, `,"service%d:Describe%d*"`, service, s)
		}
		b.WriteString(`]}`)
	}
	b.WriteString(`]}`)
	return b.String()
}

func benchRequest() *policy.Request {
	req := &policy.Request{
		Principal: policy.Principal{
			Type:    policy.AssumedRole,
			ARN:     "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_PowerUsers_0123456789abcdef/jane@example.com",
			Account: "111122223333",
			RoleARN: "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_PowerUsers_0123456789abcdef",
		},
		Action:          "s3:GetObject",
		Resource:        "arn:aws:s3:::data-bucket/red/reports/q1.csv",
		ResourceAccount: "111122223333",
	}
	c := &req.Context
	c.Set("aws:PrincipalTag/team", "red")
	c.Set("aws:RequestedRegion", "us-east-1")
	c.Set("aws:userid", "AROA2222222222222222:jane@example.com")
	c.Set("aws:PrincipalArn", req.Principal.RoleARN)
	c.Set("aws:SecureTransport", "true")
	c.Set("aws:CurrentTime", "2026-03-01T12:00:00Z")
	c.Set("aws:MultiFactorAuthPresent", "true")
	c.Set("aws:MultiFactorAuthAge", "120")
	c.Set("aws:SourceIp", "2001:db8::7")
	c.Set("aws:TokenIssueTime", "2026-03-01T11:58:00Z")
	c.SetMulti("aws:TagKeys", "team")
	return req
}

// allowedCases are the requests that must be allowed without an allocation.
func allowedCases(t testing.TB) map[string]func() policy.Decision {
	full := mustParse(t, policy.ServiceControlPolicy, adminDocument)
	build := func(doc, action string) func() policy.Decision {
		req := benchRequest()
		req.Action = action
		p := &policy.Policies{
			Identity: []*policy.Policy{mustParse(t, policy.IdentityPolicy, doc)},
			SCPs:     [][]*policy.Policy{{full}, {full}, {full}},
		}
		return func() policy.Decision { return policy.Evaluate(req, p) }
	}
	return map[string]func() policy.Decision{
		"admin":           build(adminDocument, "s3:GetObject"),
		"ten conditions":  build(tenConditions, "s3:GetObject"),
		"large, literal":  build(largeDocument(), "service77:Operation9Of2"),
		"large, wildcard": build(largeDocument(), "service99:Describe2Things"),
	}
}

// TestAllowedWithoutAllocation: the way of every ordinary request costs the garbage collector nothing.
func TestAllowedWithoutAllocation(t *testing.T) {
	for name, evaluate := range allowedCases(t) {
		t.Run(name, func(t *testing.T) {
			if d := evaluate(); d.Effect != policy.Allowed {
				t.Fatalf("%s by %s", d.Effect, d.Layer)
			}
			if n := testing.AllocsPerRun(100, func() { evaluate() }); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}

func BenchmarkEvaluate(b *testing.B) {
	for name, evaluate := range allowedCases(b) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				evaluate()
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for name, doc := range map[string]string{"admin": adminDocument, "ten conditions": tenConditions, "large": largeDocument()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := policy.Parse(policy.IdentityPolicy, []byte(doc)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
