package awsjson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/cloudtrail"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/identitystore"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/organizations"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/awsjson"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/fault"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// TestRefusedBodies are bodies that get AWS's SerializationException.
func TestRefusedBodies(t *testing.T) {
	listInstances, createUser := ssoadmin.ListInstances.Operation, identitystore.CreateUser.Operation
	tag, lookup := ssoadmin.TagResource.Operation, cloudtrail.LookupEvents.Operation
	deep := strings.Repeat("[", 100) + strings.Repeat("]", 100)
	for name, c := range map[string]struct {
		op      *awsapi.Operation
		body    string
		message string // contained
	}{
		"cut":                    {listInstances, `{"MaxResults":1`, "not valid JSON"},
		"no quotes":              {listInstances, `{MaxResults:1}`, "not valid JSON"},
		"single quotes":          {listInstances, `{'MaxResults':1}`, "not valid JSON"},
		"trailing comma":         {listInstances, `{"MaxResults":1,}`, "not valid JSON"},
		"comma only":             {listInstances, `{,}`, "not valid JSON"},
		"no colon":               {listInstances, `{"MaxResults" 1}`, "not valid JSON"},
		"comment":                {listInstances, `{/**/}`, "not valid JSON"},
		"trailing data":          {listInstances, `{} {}`, "more after the end"},
		"trailing brace":         {listInstances, `{}}`, "more after the end"},
		"byte order mark":        {listInstances, "\ufeff{}", "not valid JSON"},
		"invalid UTF-8":          {listInstances, "{\"NextToken\":\"\xff\"}", "not valid UTF-8"},
		"UTF-16":                 {listInstances, "{\x00}\x00", "not valid JSON"},
		"an array":               {listInstances, `[]`, "Start of list found where not expected"},
		"a string":               {listInstances, `"{}"`, "Unexpected field type"},
		"null":                   {listInstances, `null`, "Unexpected field type"},
		"member twice":           {listInstances, `{"MaxResults":1,"MaxResults":2}`, "MaxResults is given twice"},
		"member twice with null": {listInstances, `{"MaxResults":null,"MaxResults":2}`, "MaxResults is given twice"},
		"escaped member twice":   {listInstances, `{"MaxResults":1,"\u004daxResults":2}`, "MaxResults is given twice"},
		"string for integer":     {listInstances, `{"MaxResults":"1"}`, "STRING_VALUE can not be converted to an Integer"},
		"boolean for integer":    {listInstances, `{"MaxResults":true}`, "TRUE_VALUE can not be converted to an Integer"},
		"fraction for integer":   {listInstances, `{"MaxResults":1.5}`, "NUMBER_VALUE can not be converted to an Integer"},
		"too big for integer":    {listInstances, `{"MaxResults":2147483648}`, "NUMBER_VALUE can not be converted to an Integer"},
		"far too big":            {listInstances, `{"MaxResults":1e999}`, "NUMBER_VALUE can not be converted to an Integer"},
		"leading zero":           {listInstances, `{"MaxResults":01}`, "not valid JSON"},
		"plus":                   {listInstances, `{"MaxResults":+1}`, "not valid JSON"},
		"no digits":              {listInstances, `{"MaxResults":-}`, "not valid JSON"},
		"hexadecimal":            {listInstances, `{"MaxResults":0x1}`, "not valid JSON"},
		"NaN":                    {listInstances, `{"MaxResults":NaN}`, "not valid JSON"},
		"number for string":      {listInstances, `{"NextToken":1}`, "NUMBER_VALUE can not be converted to a String"},
		"object for string":      {listInstances, `{"NextToken":{}}`, "Start of structure or map found where not expected"},
		"list for string":        {listInstances, `{"NextToken":[]}`, "Start of list found where not expected"},
		"raw control character":  {listInstances, "{\"NextToken\":\"a\nb\"}", "not valid JSON"},
		"raw NUL":                {listInstances, "{\"NextToken\":\"a\x00b\"}", "not valid JSON"},
		"unknown escape":         {listInstances, `{"NextToken":"\x"}`, "not valid JSON"},
		"short escape":           {listInstances, `{"NextToken":"\u12"}`, "not valid JSON"},
		"lone surrogate":         {listInstances, `{"NextToken":"\ud800"}`, "not valid JSON"},
		"surrogates reversed":    {listInstances, `{"NextToken":"\udc00\ud800"}`, "not valid JSON"},
		"string not closed":      {listInstances, `{"NextToken":"a`, "not valid JSON"},
		"escape at the end":      {listInstances, `{"NextToken":"a\`, "not valid JSON"},
		"string for structure":   {createUser, `{"Name":"x"}`, "Unexpected field type"},
		"list for structure":     {createUser, `{"Name":[]}`, "Start of list found where not expected"},
		"string for list":        {createUser, `{"Emails":"x"}`, "Unexpected field type"},
		"null in a list":         {createUser, `{"Emails":[null]}`, "holds null"},
		"string for boolean":     {createUser, `{"Emails":[{"Primary":"true"}]}`, "STRING_VALUE can not be converted to a Boolean"},
		"list for map":           {createUser, `{"Extensions":[]}`, "Start of list found where not expected"},
		"null in a map":          {createUser, `{"Extensions":{"a":null}}`, "holds null"},
		"map key twice":          {createUser, `{"Extensions":{"a":1,"a":2}}`, "given twice"},
		"key twice in document":  {createUser, `{"Extensions":{"a":{"b":1,"b":2}}}`, "key twice"},
		"broken document":        {createUser, `{"Extensions":{"a":{"b":tru}}}`, "not valid JSON"},
		"deep document":          {createUser, `{"Extensions":{"a":` + deep + `}}`, "nested too deeply"},
		"deep unknown member":    {createUser, `{"Unknown":` + deep + `}`, "nested too deeply"},
		"broken unknown member":  {createUser, `{"Unknown":[1,]}`, "not valid JSON"},
		"text for time":          {lookup, `{"StartTime":"2026-01-01T00:00:00Z"}`, "STRING_VALUE can not be converted to milliseconds since epoch"},
		"time out of range":      {lookup, `{"StartTime":1e15}`, "NUMBER_VALUE can not be converted to milliseconds since epoch"},
		"list without commas":    {tag, `{"Tags":[{} {}]}`, "not valid JSON"},
		"list not closed":        {tag, `{"Tags":[{}`, "not valid JSON"},
	} {
		_, err := awsjson.Decode(c.op, []byte(c.body))
		var e *idc.Error
		if !errors.As(err, &e) || e.Kind != idc.Invalid || e.Reason != fault.Serialization || !strings.Contains(e.Message, c.message) {
			t.Errorf("%s: %s is answered %v, want a SerializationException with %q", name, clip(c.body), err, c.message)
		}
	}
}

func clip(s string) string { return s[:min(len(s), 80)] }

func TestAcceptedBodies(t *testing.T) {
	one, token := int32(1), "é𝄞/\"\\\b\f\n\r\t"
	for name, c := range map[string]struct {
		op   *awsapi.Operation
		body string
		want any
	}{
		"empty":          {ssoadmin.ListInstances.Operation, "", &ssoadmin.ListInstancesInput{}},
		"blank":          {ssoadmin.ListInstances.Operation, " \r\n\t", &ssoadmin.ListInstancesInput{}},
		"object":         {ssoadmin.ListInstances.Operation, " { } ", &ssoadmin.ListInstancesInput{}},
		"null":           {ssoadmin.ListInstances.Operation, `{"MaxResults":null}`, &ssoadmin.ListInstancesInput{}},
		"1":              {ssoadmin.ListInstances.Operation, `{"MaxResults":1}`, &ssoadmin.ListInstancesInput{MaxResults: &one}},
		"1.0":            {ssoadmin.ListInstances.Operation, `{"MaxResults":1.0}`, &ssoadmin.ListInstancesInput{MaxResults: &one}},
		"10e-1":          {ssoadmin.ListInstances.Operation, `{"MaxResults":10e-1}`, &ssoadmin.ListInstancesInput{MaxResults: &one}},
		"escapes":        {ssoadmin.ListInstances.Operation, `{"NextToken":"\u00e9\ud834\udd1e\/\"\\\b\f\n\r\t"}`, &ssoadmin.ListInstancesInput{NextToken: &token}},
		"unknown member": {ssoadmin.ListInstances.Operation, `{"X":{"Y":[1,"a",true,null,-0.5e+3]},"MaxResults":1}`, &ssoadmin.ListInstancesInput{MaxResults: &one}},
		"another case":   {ssoadmin.ListInstances.Operation, `{"maxresults":1}`, &ssoadmin.ListInstancesInput{}},
		"empty list":     {ssoadmin.TagResource.Operation, `{"Tags":[]}`, &ssoadmin.TagResourceInput{Tags: []ssoadmin.Tag{}}},
		"documents": {identitystore.CreateUser.Operation, `{"Extensions":{"a": {"b" : [1, null]} ,"c":"d"}}`,
			&identitystore.CreateUserInput{Extensions: map[string]awsapi.JSON{"a": awsapi.JSON(`{"b" : [1, null]}`), "c": awsapi.JSON(`"d"`)}}},
		"no input": {organizations.DescribeOrganization.Operation, `{"x":1}`, &organizations.DescribeOrganizationInput{}},
	} {
		got, err := awsjson.Decode(c.op, []byte(c.body))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %s is read as %+v (%v), want %+v", name, c.body, got, err, c.want)
		}
	}
}

func TestTimes(t *testing.T) {
	for text, want := range map[string]time.Time{
		"1694012345":     time.Unix(1694012345, 0),
		"1694012345.123": time.UnixMilli(1694012345123),
		"1.694012345E9":  time.Unix(1694012345, 0),
		"-1.5":           time.UnixMilli(-1500),
	} {
		in, err := awsjson.Decode(cloudtrail.LookupEvents.Operation, []byte(`{"StartTime":`+text+`}`))
		if err != nil || !in.(*cloudtrail.LookupEventsInput).StartTime.Equal(want) {
			t.Errorf("%s is read as %+v, %v; want %v", text, in, err, want)
		}
	}
}

func TestEncode(t *testing.T) {
	token, at := "a\"\\\n\x01\x7f é\xff</script>", time.UnixMilli(1785585600123)
	out := &ssoadmin.DescribePermissionSetOutput{PermissionSet: &ssoadmin.PermissionSet{Name: &token, CreatedDate: &at}}
	got, err := awsjson.Encode(ssoadmin.DescribePermissionSet.Operation, out)
	want := `{"PermissionSet":{"CreatedDate":1785585600.123,"Name":"a\"\\\n\u0001\u007f é` + "\ufffd" + `</script>"}}`
	if err != nil || string(got) != want {
		t.Errorf("encoded as %s (%v), want %s", got, err, want)
	}
	if got, err := awsjson.Encode(ssoadmin.TagResource.Operation, &ssoadmin.TagResourceOutput{}); err != nil || string(got) != "{}" {
		t.Errorf("an empty output is %s (%v)", got, err)
	}
	for name, out := range map[string]any{"nil": nil, "typed nil": (*ssoadmin.TagResourceOutput)(nil), "another type": &token} {
		if _, err := awsjson.Encode(ssoadmin.TagResource.Operation, out); err == nil {
			t.Errorf("%s is encoded", name)
		}
	}
	service := &awsapi.Service{Shapes: []awsapi.Shape{{Type: awsapi.Double}}}
	if _, err := awsjson.AppendValue(nil, service, &service.Shapes[0], reflect.ValueOf(math.NaN())); err == nil {
		t.Error("NaN is encoded")
	}
}

// FuzzDecode holds the decoder against the standard library's: what it takes is
// valid JSON, and writing it again and reading that changes nothing.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{`{}`, `{"UserName":"a","Emails":[{"Value":"b","Primary":true}],"Extensions":{"a":{"b":[1,null]}}}`,
		`{"Name":{"FamilyName":"\ud834\udd1e"}}`, `{"UserName":"a","UserName":"b"}`, "\ufeff{}", `{"Emails":[null]}`} {
		f.Add([]byte(body))
	}
	op := identitystore.CreateUser.Operation
	f.Fuzz(func(t *testing.T, body []byte) {
		in, err := awsjson.Decode(op, body)
		if err != nil {
			if idc.KindOf(err) != idc.Invalid {
				t.Fatalf("%q is answered %v", body, err)
			}
			return
		}
		if !json.Valid(body) && len(bytes.TrimSpace(body)) > 0 {
			t.Fatalf("%q is no JSON and was taken", body)
		}
		text, err := awsjson.AppendStructure(nil, op.Service, op.Service.Shape(op.Input), reflect.ValueOf(in).Elem())
		if err != nil || !json.Valid(text) {
			t.Fatalf("%q was read and written as %q (%v)", body, text, err)
		}
		again, err := awsjson.Decode(op, text)
		if err != nil || !reflect.DeepEqual(in, again) {
			t.Fatalf("%q was read, written as %q and read otherwise (%v)", body, text, err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	body := []byte(`{"InstanceArn":"arn:aws:sso:::instance/ssoins-1234567890abcdef","TargetId":"123456789012","TargetType":"AWS_ACCOUNT",` +
		`"PermissionSetArn":"arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef","PrincipalType":"GROUP","PrincipalId":"c4488478-a0e1-700e-3d75-96c6bb641596"}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := awsjson.Decode(ssoadmin.CreateAccountAssignment.Operation, body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	text, at := "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef", time.UnixMilli(1785585600123)
	out := &ssoadmin.CreateAccountAssignmentOutput{AccountAssignmentCreationStatus: &ssoadmin.AccountAssignmentOperationStatus{
		CreatedDate: &at, PermissionSetArn: &text, PrincipalId: &text, PrincipalType: &text, RequestId: &text, Status: &text, TargetId: &text, TargetType: &text}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := awsjson.Encode(ssoadmin.CreateAccountAssignment.Operation, out); err != nil {
			b.Fatal(err)
		}
	}
}
