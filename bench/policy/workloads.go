package main

import (
	"fmt"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/managedpolicy"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// workload is a set of documents with requests about them.
type workload struct {
	name     string
	identity string
	scps     [][]string // by level, root first
	requests []request
}

// request is one question with its answer and the time it may take.
type request struct {
	name     string
	action   string
	resource string
	want     policy.Effect
	budget   float64 // microseconds; 0 for none
}

const (
	account  = "111122223333"
	roleARN  = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Data_0123456789abcdef"
	userName = "jane@example.com"
)

// stringKeys are the context of every request, beside the keys of other types in typedKeys.
var stringKeys = map[string]string{
	"aws:PrincipalAccount": account, "aws:PrincipalArn": roleARN, "aws:PrincipalType": "AssumedRole",
	"aws:PrincipalOrgID": "o-exampleorgid", "aws:PrincipalTag/team": "data", "aws:PrincipalTag/cost": "4711",
	"aws:userid": "AROAEXAMPLEEXAMPLE12:" + userName, "aws:RequestedRegion": "eu-west-1", "aws:ResourceAccount": account,
	"aws:UserAgent": "aws-cli/2.31.0", "s3:prefix": "reports/",
}

// typedKeys are written as a policy writes them; cedar.go knows their types.
var typedKeys = map[string]string{
	"aws:SourceIp": "198.51.100.7", "aws:CurrentTime": "2026-03-01T12:00:00Z", "aws:TokenIssueTime": "2026-03-01T11:58:00Z",
	"aws:SecureTransport": "true", "aws:MultiFactorAuthPresent": "true", "aws:ViaAWSService": "false",
	"aws:MultiFactorAuthAge": "120",
}

const admin = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

const ten = `{"Version":"2012-10-17","Statement":[
{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::app-logs/*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"platform"}}},
{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::data-lake","Condition":{"StringLike":{"s3:prefix":"reports/*"}}},
{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::finance/*","Condition":{"StringEquals":{"aws:PrincipalTag/cost":"0815"}}},
{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}},
{"Effect":"Deny","Action":"s3:Delete*","Resource":"arn:aws:s3:::data-lake/*","Condition":{"NumericGreaterThan":{"aws:MultiFactorAuthAge":"60"}}},
{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::archive/*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}}},
{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::data-lake/*","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-exampleorgid"}}},
{"Effect":"Allow","Action":"s3:Put*","Resource":"arn:aws:s3:::data-lake/inbox/*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}},
{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}}},
{"Effect":"Allow","Action":["s3:GetObject","s3:GetObjectTagging"],"Resource":"arn:aws:s3:::data-lake/*","Condition":{"IpAddress":{"aws:SourceIp":"198.51.100.0/24"}}}
]}`

// large is a policy as they grow: a statement or two for every bucket.
func large() string {
	var b strings.Builder
	b.WriteString(`{"Version":"2012-10-17","Statement":[`)
	for i := range 36 {
		fmt.Fprintf(&b, `{"Effect":"Allow","Action":["s3:GetObject","s3:List*"],"Resource":"arn:aws:s3:::example-organization-team-%02d-data/*"`, i)
		switch i % 4 {
		case 1:
			fmt.Fprintf(&b, `,"Condition":{"StringEquals":{"aws:PrincipalTag/team":"team-%02d"}}`, i)
		case 3:
			b.WriteString(`,"Condition":{"IpAddress":{"aws:SourceIp":"198.51.100.0/24"}}`)
		}
		b.WriteString("},")
	}
	for i := range 6 {
		fmt.Fprintf(&b, `{"Effect":"Deny","Action":"s3:Delete*","Resource":"arn:aws:s3:::example-organization-team-%02d-data/keep/*"},`, i)
	}
	b.WriteString(`{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`)
	return b.String()
}

const guardrails = `{"Version":"2012-10-17","Statement":[
{"Effect":"Allow","Action":"*","Resource":"*"},
{"Effect":"Deny","Action":"s3:PutBucketPublicAccessBlock","Resource":"*"},
{"Effect":"Deny","Action":["s3:DeleteBucket","s3:PutBucketPolicy"],"Resource":"arn:aws:s3:::audit-*"},
{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-exampleorgid"}}},
{"Effect":"Deny","Action":"s3:Put*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","eu-central-1","us-east-1"]}}}
]}`

const (
	regions = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":["iam:*","sts:*","organizations:*","route53:*","cloudfront:*","support:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","eu-central-1"]}}}]}`
	leave   = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":["organizations:LeaveOrganization","account:CloseAccount","iam:CreateUser","iam:CreateAccessKey"],"Resource":"*"}]}`
	mfa     = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}}]}`
)

func workloads() []workload {
	readOnly, ok := managedpolicy.Get("arn:aws:iam::aws:policy/ReadOnlyAccess")
	if !ok {
		panic("no ReadOnlyAccess among the managed policies")
	}
	return []workload{
		{name: "admin", identity: admin, requests: []request{
			{"allow", "s3:GetObject", "arn:aws:s3:::data-lake/reports/q1.csv", policy.Allowed, 0.1},
		}},
		{name: "ten", identity: ten, requests: []request{
			{"allow", "s3:GetObject", "arn:aws:s3:::data-lake/reports/q1.csv", policy.Allowed, 0.5},
			{"deny", "s3:DeleteObject", "arn:aws:s3:::data-lake/reports/q1.csv", policy.DeniedExplicit, 0},
			{"no match", "s3:GetObject", "arn:aws:s3:::elsewhere/reports/q1.csv", policy.DeniedImplicit, 0},
		}},
		{name: "large", identity: large(), scps: [][]string{{guardrails}}, requests: []request{
			{"allow", "s3:GetObject", "arn:aws:s3:::example-organization-team-35-data/reports/q1.csv", policy.Allowed, 1.3},
			{"deny", "s3:DeleteObject", "arn:aws:s3:::example-organization-team-05-data/keep/q1.csv", policy.DeniedExplicit, 0},
			{"no match", "s3:GetObject", "arn:aws:s3:::elsewhere/reports/q1.csv", policy.DeniedImplicit, 0},
		}},
		{name: "readonly", identity: readOnly.Document, scps: [][]string{{admin, regions}, {admin, leave}, {mfa}}, requests: []request{
			{"allow", "s3:GetObject", "arn:aws:s3:::data-lake/reports/q1.csv", policy.Allowed, 3},
			{"no match", "s3:PutObject", "arn:aws:s3:::data-lake/reports/q1.csv", policy.DeniedImplicit, 0},
		}},
	}
}

// decider answers one request; it is what is measured.
type decider func() policy.Effect

// gatehouse prepares a workload for the engine of this repository.
func gatehouse(w *workload, r *request) (decider, error) {
	req := &policy.Request{
		Principal: policy.Principal{
			Type: policy.AssumedRole, ARN: "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Data_0123456789abcdef/" + userName,
			Account: account, RoleARN: roleARN,
		},
		Action: r.action, Resource: r.resource, ResourceAccount: account,
	}
	for _, keys := range []map[string]string{stringKeys, typedKeys} {
		for key, value := range keys {
			req.Context.Set(key, value)
		}
	}
	identity, err := policy.ParseStored(policy.IdentityPolicy, []byte(w.identity))
	if err != nil {
		return nil, err
	}
	p := &policy.Policies{Identity: []*policy.Policy{identity}}
	for _, level := range w.scps {
		var scps []*policy.Policy
		for _, doc := range level {
			scp, err := policy.ParseStored(policy.ServiceControlPolicy, []byte(doc))
			if err != nil {
				return nil, err
			}
			scps = append(scps, scp)
		}
		p.SCPs = append(p.SCPs, scps)
	}
	return func() policy.Effect { return policy.Evaluate(req, p).Effect }, nil
}
