package accessanalyzer_test

import (
	"fmt"
	"strings"
	"testing"

	door "github.com/gatehouse-idc/gatehouse/internal/api/accessanalyzer"
	"github.com/gatehouse-idc/gatehouse/internal/api/doortest"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/accessanalyzer"
	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
	"github.com/gatehouse-idc/gatehouse/internal/policycheck"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/serviceauth"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

func setUp(t *testing.T) *doortest.Client {
	w := testidc.New(t)
	d := &door.Door{Checker: &policycheck.Checker{Catalog: serviceauth.New()}, Pages: pagetoken.Codec{Ring: sealed.NewEphemeral()}}
	return doortest.New(t, w.Clock, w.IDs, testidc.Member, d.Operations())
}

const (
	identity = "IDENTITY_POLICY"

	everything = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	readOne    = `{"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::example/*"}]}`
	readTwo    = `{"Version":"2012-10-17","Statement":[{"Sid":"Two","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::example/*"}]}`
	public     = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::example/*"}]}`
	private    = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::example/*"}]}`
)

func validate(document, policyType string) *accessanalyzer.ValidatePolicyInput {
	return &accessanalyzer.ValidatePolicyInput{PolicyDocument: &document, PolicyType: &policyType}
}

func TestValidatePolicy(t *testing.T) {
	c := setUp(t)
	out := doortest.Do(c, accessanalyzer.ValidatePolicy, validate(`{"Version":"2012-10-17",
  "Statement":[{"Sid":"","Effect":"Allow","Action":"*","Resource":"*","Extra":1}]}`, identity))
	var got []string
	for _, f := range out.Findings {
		got = append(got, *f.FindingType+" "+*f.IssueCode)
	}
	want := "SUGGESTION EMPTY_SID_VALUE, SECURITY_WARNING PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE, " +
		"WARNING CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE, ERROR INVALID_POLICY_ELEMENT"
	if strings.Join(got, ", ") != want {
		t.Fatalf("findings %s, want %s", got, want)
	}
	sid := out.Findings[0].Locations[0]
	if *sid.Path[0].Value != "Statement" || *sid.Path[1].Index != 0 || *sid.Path[2].Value != "Sid" {
		t.Errorf("path %+v", sid.Path)
	}
	if s := sid.Span; *s.Start.Line != 2 || *s.Start.Column != 22 || *s.Start.Offset != 47 || *s.End.Offset != 49 {
		t.Errorf("span %+v to %+v", *s.Start, *s.End)
	}
	if extra := out.Findings[3].Locations[0].Path; *extra[2].Key != "Extra" || extra[2].Value != nil {
		t.Errorf("the name of a member has the path %+v", extra)
	}
	if out.NextToken != nil {
		t.Error("there is another page")
	}
	if last := c.Edge.Last(); last.Action != "access-analyzer:ValidatePolicy" || fmt.Sprint(last.Resources) != "[*]" {
		t.Errorf("authorised as %+v", last)
	}
}

// TestAnUnreadablePolicyIsAFinding and no refusal.
func TestAnUnreadablePolicyIsAFinding(t *testing.T) {
	out := doortest.Do(setUp(t), accessanalyzer.ValidatePolicy, validate(`{"Version"`, identity))
	if len(out.Findings) != 1 || *out.Findings[0].IssueCode != "JSON_SYNTAX_ERROR" {
		t.Errorf("findings %+v", out.Findings)
	}
}

// TestFindingsComeInPages that belong to the policy.
func TestFindingsComeInPages(t *testing.T) {
	c := setUp(t)
	in := validate(`{"Version":"2012-10-17","Statement":[{},{}]}`, identity)
	in.MaxResults = doortest.P(int32(3))
	var codes []string
	first := ""
	for range 5 {
		out := doortest.Do(c, accessanalyzer.ValidatePolicy, in)
		for _, f := range out.Findings {
			codes = append(codes, *f.IssueCode)
		}
		if in.NextToken = out.NextToken; out.NextToken == nil {
			break
		}
		if first == "" {
			first = *out.NextToken
		}
	}
	if len(codes) != 7 { // three for each statement, and that they are the same
		t.Errorf("findings %v", codes)
	}
	other := validate(everything, identity)
	other.NextToken = &first
	doortest.Refuse(c, accessanalyzer.ValidatePolicy, other, "ValidationException", "NextToken")
}

func TestValidatePolicyRefusals(t *testing.T) {
	c := setUp(t)
	long := validate(strings.Repeat(" ", policycheck.MaxSize+1), identity)
	doortest.Refuse(c, accessanalyzer.ValidatePolicy, long, "ValidationException/fieldValidationFailed", "131072")
	typed := validate(everything, identity)
	typed.ValidatePolicyResourceType = doortest.P("AWS::S3::Bucket")
	doortest.Refuse(c, accessanalyzer.ValidatePolicy, typed, "ValidationException/fieldValidationFailed", "RESOURCE_POLICY")
	none := validate(everything, identity)
	none.MaxResults = doortest.P(int32(0))
	doortest.Refuse(c, accessanalyzer.ValidatePolicy, none, "ValidationException/fieldValidationFailed", "maxResults")
	c.Edge.Deny = true
	doortest.Refuse(c, accessanalyzer.ValidatePolicy, validate(everything, identity), "AccessDeniedException", "refused")
}

func TestCheckNoNewAccess(t *testing.T) {
	c := setUp(t)
	check := func(existing, updated string) *accessanalyzer.CheckNoNewAccessOutput {
		return doortest.Do(c, accessanalyzer.CheckNoNewAccess, &accessanalyzer.CheckNoNewAccessInput{
			ExistingPolicyDocument: &existing, NewPolicyDocument: &updated, PolicyType: doortest.P(identity)})
	}
	if out := check(readTwo, readOne); *out.Result != "PASS" || len(out.Reasons) != 0 {
		t.Errorf("less access: %s", *out.Result)
	}
	out := check(readOne, readTwo)
	if *out.Result != "FAIL" || len(out.Reasons) != 1 || *out.Reasons[0].StatementIndex != 0 || *out.Reasons[0].StatementId != "Two" {
		t.Errorf("more access: %+v", out)
	}
	doortest.Refuse(c, accessanalyzer.CheckNoNewAccess, &accessanalyzer.CheckNoNewAccessInput{
		ExistingPolicyDocument: doortest.P("{}"), NewPolicyDocument: doortest.P(readOne), PolicyType: doortest.P(identity)},
		"InvalidParameterException", "existingPolicyDocument")
}

func TestCheckAccessNotGranted(t *testing.T) {
	c := setUp(t)
	in := func(access ...accessanalyzer.Access) *accessanalyzer.CheckAccessNotGrantedInput {
		return &accessanalyzer.CheckAccessNotGrantedInput{PolicyDocument: doortest.P(readOne), PolicyType: doortest.P(identity), Access: access}
	}
	if out := doortest.Do(c, accessanalyzer.CheckAccessNotGranted, in(accessanalyzer.Access{Actions: []string{"s3:DeleteObject"}})); *out.Result != "PASS" {
		t.Errorf("what is not granted: %+v", out)
	}
	if out := doortest.Do(c, accessanalyzer.CheckAccessNotGranted, in(accessanalyzer.Access{Actions: []string{"s3:GetObject"}})); *out.Result != "FAIL" {
		t.Errorf("what is granted: %+v", out)
	}
	doortest.Refuse(c, accessanalyzer.CheckAccessNotGranted, in(accessanalyzer.Access{}), "InvalidParameterException", "actions or resources")
	doortest.Refuse(c, accessanalyzer.CheckAccessNotGranted, in(accessanalyzer.Access{Actions: []string{"nonsense"}}), "InvalidParameterException", "nonsense")
}

func TestCheckNoPublicAccess(t *testing.T) {
	c := setUp(t)
	for document, want := range map[string]string{public: "FAIL", private: "PASS"} {
		out := doortest.Do(c, accessanalyzer.CheckNoPublicAccess, &accessanalyzer.CheckNoPublicAccessInput{
			PolicyDocument: &document, ResourceType: doortest.P("AWS::S3::Bucket")})
		if *out.Result != want || *out.Message == "" {
			t.Errorf("%s: %+v", document, out)
		}
	}
	if last := c.Edge.Last(); last.Action != "access-analyzer:CheckNoPublicAccess" {
		t.Errorf("authorised as %+v", last)
	}
}
