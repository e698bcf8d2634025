package restjson_test

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/accessanalyzer"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssooidc"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoportal"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/fault"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/restjson"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func TestDecode(t *testing.T) {
	token, account, most := "aoa", "123456789012", int32(100)
	in, err := restjson.Decode(ssoportal.ListAccountRoles.Operation, restjson.Request{
		Query:  url.Values{"account_id": {account}, "max_result": {"100"}, "unknown": {"x", "y"}},
		Header: http.Header{"X-Amz-Sso_bearer_token": {token}},
	})
	if want := (&ssoportal.ListAccountRolesInput{AccessToken: &token, AccountId: &account, MaxResults: &most}); err != nil || !reflect.DeepEqual(in, want) {
		t.Errorf("read as %+v (%v), want %+v", in, err, want)
	}
	in, err = restjson.Decode(ssooidc.RegisterClient.Operation, restjson.Request{Body: []byte(`{"clientName":"aoa","scopes":["sso:account:access"]}`)})
	if want := (&ssooidc.RegisterClientInput{ClientName: &token, Scopes: []string{"sso:account:access"}}); err != nil || !reflect.DeepEqual(in, want) {
		t.Errorf("read as %+v (%v), want %+v", in, err, want)
	}
	in, err = restjson.Decode(accessanalyzer.GetAnalyzer.Operation, restjson.Request{Path: map[string]string{"analyzerName": token}})
	if want := (&accessanalyzer.GetAnalyzerInput{AnalyzerName: &token}); err != nil || !reflect.DeepEqual(in, want) {
		t.Errorf("read as %+v (%v), want %+v", in, err, want)
	}
}

func TestRefusedRequests(t *testing.T) {
	for name, r := range map[string]restjson.Request{
		"number":        {Query: url.Values{"max_result": {"many"}}},
		"number twice":  {Query: url.Values{"max_result": {"1", "1"}}},
		"too big":       {Query: url.Values{"max_result": {"4294967296"}}},
		"invalid UTF-8": {Query: url.Values{"next_token": {"\xff"}}},
		"two tokens":    {Header: http.Header{"X-Amz-Sso_bearer_token": {"a", "b"}}},
		"broken body":   {Body: []byte(`{`)},
	} {
		if in, err := restjson.Decode(ssoportal.ListAccounts.Operation, r); idc.ReasonOf(err) != fault.Serialization {
			t.Errorf("%s: read as %+v, %v; want a SerializationException", name, in, err)
		}
	}
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		service *awsapi.Service
		fault   fault.Fault
		want    string
	}{
		{&ssoportal.Service, fault.Fault{Code: "ForbiddenException", Message: "No access"},
			`{"message":"No access","__type":"com.amazonaws.switchboard.portal#ForbiddenException"}`},
		{&ssooidc.Service, fault.Fault{Code: "AuthorizationPendingException", Message: "m"}, `{"error":"authorization_pending","error_description":"m"}`},
		{&ssooidc.Service, fault.Fault{Code: "InvalidRequestRegionException"}, `{"error":"invalid_request","error_description":""}`},
		{&ssooidc.Service, fault.Fault{Code: "AccessDeniedException", Reason: "KMS_AccessDeniedException"},
			`{"error":"access_denied","error_description":"","reason":"KMS_AccessDeniedException"}`},
		{&accessanalyzer.Service, fault.Of(&accessanalyzer.Service, accessanalyzer.GetAnalyzer.Operation, "r", idc.NotFoundf("Analyzer", "a", "none")),
			`{"message":"none","__type":"ResourceNotFoundException","resourceId":"a","resourceType":"Analyzer"}`},
		{&accessanalyzer.Service, fault.Of(&accessanalyzer.Service, accessanalyzer.GetAnalyzer.Operation, "r", idc.Errorf(idc.Throttled, "slow")),
			`{"message":"slow","__type":"ThrottlingException"}`},
	} {
		if got := string(restjson.EncodeFault(c.service, c.fault)); got != c.want {
			t.Errorf("%s is written %s, want %s", c.fault.Code, got, c.want)
		}
	}
}

// TestOAuthWords holds the table of sso-oidc's errors (RFC 6749 section 5.2,
// RFC 8628 section 3.5).
func TestOAuthWords(t *testing.T) {
	for code, word := range map[string]string{
		"AccessDeniedException": "access_denied", "AuthorizationPendingException": "authorization_pending", "ExpiredTokenException": "expired_token",
		"InternalServerException": "server_error", "InvalidClientException": "invalid_client", "InvalidClientMetadataException": "invalid_client_metadata",
		"InvalidGrantException": "invalid_grant", "InvalidRedirectUriException": "invalid_redirect_uri", "InvalidRequestException": "invalid_request",
		"InvalidRequestRegionException": "invalid_request", "InvalidScopeException": "invalid_scope", "SlowDownException": "slow_down",
		"UnauthorizedClientException": "unauthorized_client", "UnsupportedGrantTypeException": "unsupported_grant_type",
		"SerializationException": "invalid_request", "NotImplementedException": "server_error",
	} {
		body := string(restjson.EncodeFault(&ssooidc.Service, fault.Fault{Code: code}))
		if !strings.HasPrefix(body, `{"error":"`+word+`"`) {
			t.Errorf("%s is written %s, want %s", code, body, word)
		}
	}
}

func TestEncodeRefusesAnotherType(t *testing.T) {
	for _, out := range []any{nil, (*ssoportal.ListAccountsOutput)(nil), new(int)} {
		if _, err := restjson.Encode(ssoportal.ListAccounts.Operation, out, http.Header{}); err == nil {
			t.Errorf("%T is encoded", out)
		}
	}
}

// FuzzDecode: whatever the request, the decoder answers an input or an error of
// the caller's.
func FuzzDecode(f *testing.F) {
	f.Add("account_id=1&max_result=2", "token", []byte(`{}`))
	f.Add("max_result=x&max_result=", "\xff", []byte(`{"a":`))
	f.Fuzz(func(t *testing.T, query, token string, body []byte) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		r := restjson.Request{Query: values, Header: http.Header{"X-Amz-Sso_bearer_token": {token}}, Body: body}
		for _, op := range []*awsapi.Operation{ssoportal.ListAccountRoles.Operation, ssooidc.CreateToken.Operation} {
			if in, err := restjson.Decode(op, r); err != nil && idc.KindOf(err) != idc.Invalid || err == nil && in == nil {
				t.Fatalf("%s: %v, %v", op.Name, in, err)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	r := restjson.Request{Query: url.Values{"account_id": {"123456789012"}, "role_name": {"ReadOnlyAccess"}}, Header: http.Header{"X-Amz-Sso_bearer_token": {"aoa"}}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := restjson.Decode(ssoportal.GetRoleCredentials.Operation, r); err != nil {
			b.Fatal(err)
		}
	}
}
