package awsedge_test

import (
	"net/http/httptest"
	"strings"
	"testing"
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
		{"GET", "access-analyzer.us-east-1.amazonaws.com", "/analyzer/my-one", nil, true},
		{"POST", "127.0.0.1", "/getAccountInformation", signed("sso"), false},
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
