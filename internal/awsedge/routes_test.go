package awsedge_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssooidc"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoportal"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
)

func TestMatches(t *testing.T) {
	w := newWorld(t)
	signed := func(service string) []string {
		return []string{"Authorization", "AWS4-HMAC-SHA256 Credential=ASIA/20260801/us-east-1/" + service + "/aws4_request, SignedHeaders=host, Signature=0"}
	}
	for _, c := range []struct {
		method, host, path string
		header             []string
		want               bool
	}{
		{"POST", "127.0.0.1:8080", "/", nil, true},
		{"GET", "127.0.0.1:8080", "/", nil, false},
		{"GET", "127.0.0.1:8080", "/?Action=GetCallerIdentity", nil, true},
		{"GET", "sts.amazonaws.com", "/", nil, true},
		{"GET", "sts.eu-west-1.amazonaws.com:443", "/", nil, true},
		{"GET", "portal.sso.eu-west-1.amazonaws.com", "/assignment/accounts", nil, true},
		{"GET", "127.0.0.1", "/assignment/accounts?max_result=1", nil, true},
		{"GET", "127.0.0.1", "/assignment/roles?account_id=1", nil, true},
		{"GET", "127.0.0.1", "/federation/credentials", nil, true},
		{"POST", "127.0.0.1", "/logout", nil, true},
		{"POST", "127.0.0.1", "/client/register", nil, true},
		{"POST", "127.0.0.1", "/device_authorization", nil, true},
		{"POST", "127.0.0.1", "/token", nil, true},
		{"POST", "127.0.0.1", "/token?aws_iam=t", nil, true},
		{"DELETE", "127.0.0.1", "/token", nil, true}, // answered 405
		{"GET", "127.0.0.1", "/authorize?response_type=code", nil, false},
		{"GET", "oidc.us-east-1.amazonaws.com", "/authorize", nil, false},
		{"GET", "127.0.0.1", "/federation", nil, false},
		{"GET", "127.0.0.1", "/start", nil, false},
		{"GET", "127.0.0.1", "/token/x", nil, false},
		{"GET", "127.0.0.1", "/assignment", nil, false},
		{"GET", "127.0.0.1", "/assignment/accounts/", nil, false},
		{"HEAD", "securecart.awsapps.com", "/start", nil, false},
		// Services that share no path with ours are found by host or signature only.
		{"GET", "127.0.0.1", "/analyzer", nil, false},
		{"GET", "127.0.0.1", "/analyzer", signed("access-analyzer"), true},
		{"GET", "access-analyzer.us-east-1.amazonaws.com", "/analyzer", nil, true},
		{"POST", "127.0.0.1", "/applications", nil, false},
		{"POST", "127.0.0.1", "/applications", signed("account-access"), true},
		{"POST", "account-access.us-east-1.api.aws", "/applications", nil, true},
		{"DELETE", "account-access.us-east-1.api.aws", "/applications/arn:aws:account-access:us-east-1:111111111111:application%2F1234567890abcdef", nil, true},
		{"GET", "access-analyzer.us-east-1.amazonaws.com", "/analyzer/my-one", nil, true},
		{"POST", "127.0.0.1", "/getAccountInformation", signed("sso"), false},
		// API hosts have no pages but those of sign-in.
		{"GET", "portal.sso.eu-west-1.amazonaws.com", "/nothing/here", nil, true},
		{"GET", "oidc.us-east-1.amazonaws.com", "/nothing", nil, true},
		{"GET", "oidc.us-east-1.amazonaws.com", "/authorize/consent", nil, false},
		{"POST", "oidc.us-east-1.amazonaws.com", "/signin", nil, false},
		{"GET", "oidc.us-east-1.amazonaws.com", "/assets/style.css", nil, false},
		{"POST", "sso.us-east-1.amazonaws.com", "/x", nil, true},
		{"GET", "sts.amazonaws.com", "/x", nil, true},
		{"GET", "us-east-1.signin.amazonaws.com", "/oauth", nil, false},
		{"GET", "signin.amazonaws.com", "/oauth", nil, false},
		{"GET", "sso.example.com", "/x", nil, false},
		{"POST", "127.0.0.1", "/getAccountInformation", signed("account"), true},
	} {
		r := httptest.NewRequest(c.method, c.path, strings.NewReader(""))
		r.Host = c.host
		for i := 0; i < len(c.header); i += 2 {
			r.Header.Set(c.header[i], c.header[i+1])
		}
		if got := w.Matches(r); got != c.want {
			t.Errorf("Matches(%s %s%s) = %v, want %v", c.method, c.host, c.path, got, c.want)
		}
	}
}

// What no service has is answered in the protocol of the host's service.
func TestNothingAtAnAPIHost(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		method, host, path string
		status             int
		contentType        string
	}{
		{"GET", "portal.sso.us-east-1.amazonaws.com", "/nothing", 404, "application/json"},
		{"GET", "portal.sso.us-east-1.amazonaws.com", "/", 404, "application/json"},
		{"GET", "oidc.us-east-1.amazonaws.com", "/token/x", 404, "application/json"},
		{"GET", "sso.us-east-1.amazonaws.com", "/", 404, "application/x-amz-json-1.1"},
		{"POST", "sso.us-east-1.amazonaws.com", "/", 400, "application/x-amz-json-1.1"},
		{"POST", "identitystore.us-east-1.amazonaws.com", "/x", 404, "application/x-amz-json-1.1"},
		{"GET", "iam.amazonaws.com", "/x", 404, "text/xml"},
	} {
		r := httptest.NewRequest(c.method, c.path, strings.NewReader(""))
		r.Host = c.host
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, r)
		if rec.Code != c.status || rec.Header().Get("Content-Type") != c.contentType || !strings.Contains(rec.Header().Get("X-Amzn-ErrorType")+rec.Body.String(), "UnknownOperationException") ||
			len(rec.Header()["x-amzn-RequestId"]) != 1 || strings.Contains(rec.Body.String(), "nternal error") {
			t.Errorf("%s %s%s: %d %v %s", c.method, c.host, c.path, rec.Code, rec.Header(), rec.Body)
		}
	}
}

// Unreadable requests to the services of sign-in, as the wire has them.
func TestUnreadableSignInRequests(t *testing.T) {
	w := newWorld(t,
		awsedge.Op(ssooidc.CreateToken, func(context.Context, *awsedge.Call, *ssooidc.CreateTokenInput) (*ssooidc.CreateTokenOutput, error) {
			return nil, nil
		}),
		awsedge.Op(ssoportal.ListAccounts, func(context.Context, *awsedge.Call, *ssoportal.ListAccountsInput) (*ssoportal.ListAccountsOutput, error) {
			return nil, nil
		}))
	for _, c := range []struct{ method, path, body, want string }{
		{"POST", "/token", `{"clientId":`, `"error":"invalid_request"`},
		{"POST", "/token", `{"clientId":7}`, `"error":"invalid_request"`},
		{"GET", "/assignment/accounts?max_result=x", "", `"message"`},
		{"GET", "/assignment/accounts?max_result=1000", "", "ResultSize parameter must be within the valid limits of: 1-100"},
	} {
		rec := w.do(c.method, c.path, c.body, "X-Amz-Sso_bearer_token", "t")
		if rec.Code != 400 || rec.Header().Get("X-Amzn-ErrorType") != "InvalidRequestException" || !strings.Contains(rec.Body.String(), c.want) {
			t.Errorf("%s %s: %d %v %s", c.method, c.path, rec.Code, rec.Header(), rec.Body)
		}
	}
}

// Requests that leave the service open are told apart by signature and host.
func TestHomeOfAnUnclearRequest(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ host, scope, body, want string }{
		{"iam.amazonaws.com", "", "Action=GetRole", "iam"},
		{"sts.us-east-1.amazonaws.com", "", "Action=GetCallerIdentity", "sts"},
		{"127.0.0.1", "iam", "Action=GetRole", "iam"},
		{"127.0.0.1", "", "Action=GetCallerIdentity", "sts"},
	} {
		r := httptest.NewRequest("POST", "/", strings.NewReader(c.body))
		r.Host = c.host
		if c.scope != "" {
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=ASIA/20260801/us-east-1/"+c.scope+"/aws4_request, SignedHeaders=host, Signature=0")
		}
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, r)
		if rec.Code != 501 || !strings.Contains(rec.Body.String(), " of "+c.want+" ") {
			t.Errorf("%+v is answered %d %s", c, rec.Code, rec.Body)
		}
	}
}
