package awsquery_test

import (
	"encoding/xml"
	"errors"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/awsquery"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/fault"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func parse(t testing.TB, form string) url.Values {
	t.Helper()
	values, err := url.ParseQuery(form)
	if err != nil {
		t.Fatal(err)
	}
	return values
}

func TestDecode(t *testing.T) {
	key, value, name := "Team", "Blue", "R"
	hour := int32(3600)
	for form, c := range map[string]struct {
		op   *awsapi.Operation
		want any
	}{
		"Action=AssumeRole&Version=2011-06-15":                            {sts.AssumeRole.Operation, &sts.AssumeRoleInput{}},
		"DurationSeconds=3600&Nonsense=1&Non.sense.2=3&X-Amz-Expires=60":  {sts.AssumeRole.Operation, &sts.AssumeRoleInput{DurationSeconds: &hour}},
		"Tags.member.1.Key=Team&Tags.member.1.Value=Blue":                 {sts.AssumeRole.Operation, &sts.AssumeRoleInput{Tags: []sts.Tag{{Key: &key, Value: &value}}}},
		"Tags.member.7.Key=Team&Tags.member.10.Value=Blue":                {sts.AssumeRole.Operation, &sts.AssumeRoleInput{Tags: []sts.Tag{{Key: &key}, {Value: &value}}}},
		"TransitiveTagKeys.member.2=Blue&TransitiveTagKeys.member.1=Team": {sts.AssumeRole.Operation, &sts.AssumeRoleInput{TransitiveTagKeys: []string{"Team", "Blue"}}},
		"Tags=":      {sts.AssumeRole.Operation, &sts.AssumeRoleInput{Tags: []sts.Tag{}}},
		"RoleName=R": {iam.GetRole.Operation, &iam.GetRoleInput{RoleName: &name}},
		"a=b":        {iam.GetAccountSummary.Operation, &iam.GetAccountSummaryInput{}},
		"TemplateArn=R&ReplacementValues.entry.1.key=Team&ReplacementValues.entry.1.value.Values.member.1=Blue": {iam.AcquireRole.Operation,
			&iam.AcquireRoleInput{TemplateArn: &name, ReplacementValues: map[string]iam.ReplacementValueEntry{"Team": {Values: []string{"Blue"}}}}},
	} {
		got, err := awsquery.Decode(c.op, parse(t, form))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s is read as %+v (%v), want %+v", form, got, err, c.want)
		}
	}
}

func TestRefusedForms(t *testing.T) {
	for form, op := range map[string]*awsapi.Operation{
		"DurationSeconds=abc":                 sts.AssumeRole.Operation,
		"DurationSeconds=3600.0":              sts.AssumeRole.Operation,
		"DurationSeconds=99999999999":         sts.AssumeRole.Operation,
		"DurationSeconds=1&DurationSeconds=1": sts.AssumeRole.Operation,
		"DurationSeconds.member.1=1":          sts.AssumeRole.Operation,
		"Tags.member.x.Key=a":                 sts.AssumeRole.Operation,
		"Tags.member.0.Key=a":                 sts.AssumeRole.Operation,
		"Tags.member.-1.Key=a":                sts.AssumeRole.Operation,
		"Tags.member.01.Key=a":                sts.AssumeRole.Operation,
		"Tags.1.Key=a":                        sts.AssumeRole.Operation,
		"RoleArn=%FF":                         sts.AssumeRole.Operation,
		"TransitiveTagKeys.member.1=%C3%28":   sts.AssumeRole.Operation,
		strings.Repeat("a.", 40) + "b=1":      sts.AssumeRole.Operation,
		"OnlyAttached=yes":                    iam.ListPolicies.Operation,
		"ReplacementValues.entry.1.key=a":     iam.AcquireRole.Operation,
		"ReplacementValues.entry.1.value.x=a": iam.AcquireRole.Operation,
		"ReplacementValues.1.key=a":           iam.AcquireRole.Operation,
		"ReplacementValues.entry.1.key=%FF&ReplacementValues.entry.1.value.x=a":                                                                   iam.AcquireRole.Operation,
		"ReplacementValues.entry.1.key=a&ReplacementValues.entry.1.value.x=a&ReplacementValues.entry.2.key=a&ReplacementValues.entry.2.value.x=a": iam.AcquireRole.Operation,
	} {
		_, err := awsquery.Decode(op, parse(t, form))
		var e *idc.Error
		if !errors.As(err, &e) || e.Kind != idc.Invalid || e.Reason != fault.MalformedInput || e.Message == "" {
			t.Errorf("%.60s is answered %v, want MalformedInput", form, err)
		}
	}
}

func TestEncode(t *testing.T) {
	arn, at := "arn:aws:sts::111111111111:assumed-role/R/a<b>&\"c\x01\r\n\ufffe\xff", time.Date(2026, 8, 1, 13, 0, 0, 0, time.UTC)
	out := &sts.AssumeRoleOutput{AssumedRoleUser: &sts.AssumedRoleUser{Arn: &arn}, Credentials: &sts.Credentials{Expiration: &at}}
	got, err := awsquery.Encode(sts.AssumeRole.Operation, out, "req-1")
	want := `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser><Arn>arn:aws:sts::111111111111:assumed-role/R/a&lt;b&gt;&amp;&quot;c` +
		"\ufffd&#xD;\n\ufffd\ufffd</Arn></AssumedRoleUser><Credentials><Expiration>2026-08-01T13:00:00Z</Expiration></Credentials></AssumeRoleResult>" +
		`<ResponseMetadata><RequestId>req-1</RequestId></ResponseMetadata></AssumeRoleResponse>`
	if err != nil || string(got) != want {
		t.Errorf("encoded as\n%s (%v), want\n%s", got, err, want)
	}
	for name, out := range map[string]any{"nil": nil, "typed nil": (*sts.AssumeRoleOutput)(nil), "another type": &arn} {
		if _, err := awsquery.Encode(sts.AssumeRole.Operation, out, ""); err == nil {
			t.Errorf("%s is encoded", name)
		}
	}
}

// TestPolicyDocuments checks that handlers set plain text and clients get what
// IAM sends: the document URL-encoded (RFC 3986).
func TestPolicyDocuments(t *testing.T) {
	name, document := "R", `{"Version":"2012-10-17", "Statement":[]}`
	got, err := awsquery.Encode(iam.GetRole.Operation, &iam.GetRoleOutput{Role: &iam.Role{RoleName: &name, AssumeRolePolicyDocument: &document}}, "")
	want := "<AssumeRolePolicyDocument>%7B%22Version%22%3A%222012-10-17%22%2C%20%22Statement%22%3A%5B%5D%7D</AssumeRolePolicyDocument>"
	if err != nil || !strings.Contains(string(got), want) {
		t.Errorf("encoded as %s (%v), want %s in it", got, err, want)
	}
	in, err := awsquery.Decode(iam.CreateRole.Operation, url.Values{"AssumeRolePolicyDocument": {document}})
	if err != nil || *in.(*iam.CreateRoleInput).AssumeRolePolicyDocument != document {
		t.Errorf("a document that is received is read as %+v (%v)", in, err)
	}
}

func TestEmptyAnswers(t *testing.T) {
	got, err := awsquery.Encode(iam.DeleteRole.Operation, &iam.DeleteRoleOutput{}, "r")
	if want := `<DeleteRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></DeleteRoleResponse>`; err != nil || string(got) != want {
		t.Errorf("an operation without an output answers %s (%v)", got, err)
	}
	truncated := false
	got, err = awsquery.Encode(iam.ListRoles.Operation, &iam.ListRolesOutput{Roles: []iam.Role{}, IsTruncated: &truncated}, "r")
	if err != nil || !strings.Contains(string(got), "<ListRolesResult><IsTruncated>false</IsTruncated><Roles></Roles></ListRolesResult>") {
		t.Errorf("an empty list answers %s (%v)", got, err)
	}
}

// FuzzDecode: whatever the form, the decoder answers an input or an error of the
// caller's; and what it read can be encoded as XML that parses.
func FuzzDecode(f *testing.F) {
	for _, form := range []string{"RoleArn=a&Tags.member.1.Key=b&Tags.member.1.Value=c&PolicyArns.member.1.arn=d", "Tags=", "Tags.member.x=1", "DurationSeconds=-1",
		"Tags.member.1=x&Tags.member.1.Key=y", "a.b.c.d=e&=f&.=g", "Tags.member.99999999999999999999.Key=a", "Policy=%00%FF"} {
		f.Add(form)
	}
	f.Fuzz(func(t *testing.T, text string) {
		form, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		in, err := awsquery.Decode(sts.AssumeRole.Operation, form)
		if err != nil {
			if idc.KindOf(err) != idc.Invalid {
				t.Fatalf("%q is answered %v", text, err)
			}
			return
		}
		input := in.(*sts.AssumeRoleInput)
		out := &sts.AssumeRoleOutput{SourceIdentity: input.SourceIdentity, AssumedRoleUser: &sts.AssumedRoleUser{Arn: input.RoleArn}}
		answer, err := awsquery.Encode(sts.AssumeRole.Operation, out, "r")
		if err != nil {
			t.Fatal(err)
		}
		if err := xml.Unmarshal(answer, new(struct{ XMLName xml.Name })); err != nil {
			t.Fatalf("%q makes XML that does not parse: %v in %q", text, err, answer)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	form := parse(b, "Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::111111111111:role/R&RoleSessionName=alice&DurationSeconds=3600&Tags.member.1.Key=Team&Tags.member.1.Value=Blue")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := awsquery.Decode(sts.AssumeRole.Operation, form); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	text, at := "arn:aws:sts::111111111111:assumed-role/R/alice", time.UnixMilli(1785585600123)
	out := &sts.AssumeRoleOutput{AssumedRoleUser: &sts.AssumedRoleUser{Arn: &text, AssumedRoleId: &text},
		Credentials: &sts.Credentials{AccessKeyId: &text, SecretAccessKey: &text, SessionToken: &text, Expiration: &at}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := awsquery.Encode(sts.AssumeRole.Operation, out, "5b6de8b5-36a3-4179-8afa-71e918d85516"); err != nil {
			b.Fatal(err)
		}
	}
}
