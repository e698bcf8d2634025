package e2e

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"
)

const (
	readReports = `{"Version":"2012-10-17","Statement":[{"Sid":"Reports","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/*"}]}`
	readAll     = `{"Version":"2012-10-17","Statement":[{"Sid":"Reports","Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}`
	publicRead  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/*"}]}`
)

// trustPolicy is the example of the AWS CLI's own documentation of validate-policy.
const trustPolicy = `{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "",
            "Effect": "Allow",
            "Principal": {
                "Federated": "cognito-identity.amazonaws.com"
            },
            "Action": [
                "sts:AssumeRole",
                "sts:TagSession"
            ],
            "Condition": {
                "StringEquals": {
                    "cognito-identity.amazonaws.com:aud": "us-west-2_EXAMPLE"
                }
            }
        }
    ]
}`

// The stock AWS CLI validates a policy and shows what AWS's documentation shows, page by page or at once.
func TestValidatePolicyWithTheCLI(t *testing.T) {
	s := startDemo(t, sqlite, "")
	cli := newAWSCLI(t, s)
	c := s.operator()
	cli.env = []string{"AWS_ACCESS_KEY_ID=" + c.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + c.SecretAccessKey, "AWS_SESSION_TOKEN=" + c.SessionToken}
	file := filepath.Join(t.TempDir(), "policy.json")
	if err := os.WriteFile(file, []byte(trustPolicy), 0o600); err != nil {
		t.Fatal(err)
	}
	type position struct{ Line, Column, Offset int }
	var out struct {
		Findings []struct {
			FindingType, IssueCode, FindingDetails, LearnMoreLink string

			Locations []struct {
				Span struct{ Start, End position }
			}
		}
	}
	args := []string{"accessanalyzer", "validate-policy", "--policy-type", "RESOURCE_POLICY", "--policy-document", "file://" + file}
	cli.must(&out, append(args, "--page-size", "1")...)
	want := []struct {
		typ, code string
		at        []position // where each location starts
	}{
		{"SUGGESTION", "EMPTY_SID_VALUE", []position{{5, 19, 79}}},
		{"ERROR", "MISMATCHED_ACTION_FOR_PRINCIPAL", []position{{11, 16, 258}, {8, 29, 170}}},
		{"ERROR", "UNSUPPORTED_ACTION_FOR_CONDITION_KEY", []position{{12, 16, 292}, {16, 58, 443}}},
	}
	if len(out.Findings) != len(want) {
		t.Fatalf("findings %+v", out.Findings)
	}
	for i, w := range want {
		f := out.Findings[i]
		if f.FindingType != w.typ || f.IssueCode != w.code || f.FindingDetails == "" ||
			!strings.HasSuffix(f.LearnMoreLink, strings.ToLower(strings.ReplaceAll(w.code, "_", "-"))) || len(f.Locations) != len(w.at) {
			t.Errorf("finding %d: %+v, want %s %s", i, f, w.typ, w.code)
			continue
		}
		for j, at := range w.at {
			if got := f.Locations[j].Span.Start; got != at {
				t.Errorf("%s, location %d starts at %+v, want %+v", w.code, j, got, at)
			}
		}
	}
	cli.refused("ValidationException", "accessanalyzer", "validate-policy", "--policy-type", "IDENTITY_POLICY",
		"--policy-document", readReports, "--validate-policy-resource-type", "AWS::S3::Bucket")
}

// The comparisons answer an SDK that knows them; what needs an analyzer says that it is not there.
func TestPolicyComparisons(t *testing.T) {
	s := startDemo(t, sqlite, "")
	client := accessanalyzer.NewFromConfig(s.awsConfig(s.operator()))
	wider, err := client.CheckNoNewAccess(t.Context(), &accessanalyzer.CheckNoNewAccessInput{
		ExistingPolicyDocument: aws.String(readReports), NewPolicyDocument: aws.String(readAll), PolicyType: types.AccessCheckPolicyTypeIdentityPolicy})
	if err != nil {
		t.Fatal(err)
	}
	if wider.Result != types.CheckNoNewAccessResultFail || len(wider.Reasons) != 1 || aws.ToString(wider.Reasons[0].StatementId) != "Reports" {
		t.Errorf("wider: %s %+v", wider.Result, wider.Reasons)
	}
	narrower, err := client.CheckNoNewAccess(t.Context(), &accessanalyzer.CheckNoNewAccessInput{
		ExistingPolicyDocument: aws.String(readAll), NewPolicyDocument: aws.String(readReports), PolicyType: types.AccessCheckPolicyTypeIdentityPolicy})
	if err != nil || narrower.Result != types.CheckNoNewAccessResultPass {
		t.Errorf("narrower: %+v, %v", narrower, err)
	}
	granted, err := client.CheckAccessNotGranted(t.Context(), &accessanalyzer.CheckAccessNotGrantedInput{
		PolicyDocument: aws.String(readReports), PolicyType: types.AccessCheckPolicyTypeIdentityPolicy,
		Access: []types.Access{{Actions: []string{"s3:GetObject"}, Resources: []string{"arn:aws:s3:::reports/march"}}}})
	if err != nil || granted.Result != types.CheckAccessNotGrantedResultFail {
		t.Errorf("granted: %+v, %v", granted, err)
	}
	public, err := client.CheckNoPublicAccess(t.Context(), &accessanalyzer.CheckNoPublicAccessInput{
		PolicyDocument: aws.String(publicRead), ResourceType: types.AccessCheckResourceTypeS3Bucket})
	if err != nil || public.Result != types.CheckNoPublicAccessResultFail {
		t.Errorf("public: %+v, %v", public, err)
	}
	var invalid *types.InvalidParameterException
	if _, err := client.CheckNoPublicAccess(t.Context(), &accessanalyzer.CheckNoPublicAccessInput{
		PolicyDocument: aws.String("{}"), ResourceType: types.AccessCheckResourceTypeS3Bucket}); !errors.As(err, &invalid) {
		t.Errorf("no policy: %v", err)
	}
	if _, err := client.ListAnalyzers(t.Context(), &accessanalyzer.ListAnalyzersInput{}); err == nil || !strings.Contains(err.Error(), "501") {
		t.Errorf("analyzers: %v, want 501", err)
	}
}
