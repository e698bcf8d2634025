package awsedge_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssooidc"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoportal"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// purse is a Limiter of a few coins for each budget, whatever the address.
type purse map[awsedge.Budget]int

func (p purse) Admit(_ string, b awsedge.Budget) error {
	if p[b]--; p[b] < 0 {
		return idc.Errorf(idc.Throttled, "Too many requests.").With(idc.ReasonSlowDown)
	}
	return nil
}

// newLimited is a gateway of which the token "wrong", the client "unknown" and a device that is not yet approved
// are refused.
func newLimited(t *testing.T, p purse) *world {
	t.Helper()
	id := "x"
	w := newWorld(t,
		awsedge.Op(ssoadmin.DescribeInstance, describeInstance, awsedge.On(onInstance)),
		awsedge.Op(ssooidc.RegisterClient, func(context.Context, *awsedge.Call, *ssooidc.RegisterClientInput) (*ssooidc.RegisterClientOutput, error) {
			return &ssooidc.RegisterClientOutput{ClientId: &id}, nil
		}),
		awsedge.Op(ssooidc.StartDeviceAuthorization, func(context.Context, *awsedge.Call, *ssooidc.StartDeviceAuthorizationInput) (*ssooidc.StartDeviceAuthorizationOutput, error) {
			return &ssooidc.StartDeviceAuthorizationOutput{UserCode: &id}, nil
		}),
		awsedge.Op(ssooidc.CreateToken, func(_ context.Context, call *awsedge.Call, in *ssooidc.CreateTokenInput) (*ssooidc.CreateTokenOutput, error) {
			if *in.GrantType != "refresh_token" {
				return nil, idc.Errorf(idc.Invalid, "Not yet.").With(idc.ReasonAuthorizationPending)
			}
			call.Caller = idc.Caller{Type: idc.CallerIdentityCenterUser, UserID: "u"}
			return &ssooidc.CreateTokenOutput{AccessToken: &id}, nil
		}))
	w.Limiter = p
	return w
}

const (
	registration = `{"clientName":"c","clientType":"public"}`
	deviceStart  = `{"clientId":"c","clientSecret":"s","startUrl":"u"}`
	poll         = `{"clientId":"c","clientSecret":"s","grantType":"device","deviceCode":"d"}`
	refresh      = `{"clientId":"c","clientSecret":"s","grantType":"refresh_token","refreshToken":"r"}`
)

// codes sends a request n times and returns the answers, a word for each.
func (w *world) codes(t *testing.T, n int, send func() *httptest.ResponseRecorder) string {
	t.Helper()
	var all []string
	for range n {
		rec := send()
		if rec.Code == 200 {
			all = append(all, "ok")
			continue
		}
		code, _ := failure(t, rec)
		all = append(all, code)
	}
	return strings.Join(all, " ")
}

// TestStrangersAreLimited: beyond the budget a refusal is told in the caller's protocol, and nothing is written.
func TestStrangersAreLimited(t *testing.T) {
	post := func(path, body string) func(w *world) *httptest.ResponseRecorder {
		return func(w *world) *httptest.ResponseRecorder { return w.do("POST", path, body) }
	}
	for name, c := range map[string]struct {
		send    func(w *world) *httptest.ResponseRecorder
		authErr error
		want    string // the answers to three requests, of which the budget has two
	}{
		"registering":          {post("/client/register", registration), nil, "ok ok SlowDownException"},
		"registering nonsense": {post("/client/register", `{}`), nil, "InvalidRequestException InvalidRequestException SlowDownException"},
		"beginning a device":   {post("/device_authorization", deviceStart), nil, "ok ok SlowDownException"},
		"unknown target":       {func(w *world) *httptest.ResponseRecorder { return w.json("A.B", "{}") }, nil, "UnknownOperationException UnknownOperationException ThrottlingException"},
		"unknown action":       {func(w *world) *httptest.ResponseRecorder { return w.form("Action=B") }, nil, "InvalidAction InvalidAction Throttling"},
		"bad signature":        {func(w *world) *httptest.ResponseRecorder { return w.json("SWBExternalService.DescribeInstance", "{}") }, idc.Errorf(idc.Unauthenticated, "").With(idc.ReasonSignatureMismatch), "InvalidSignatureException InvalidSignatureException ThrottlingException"},
		"bad token of the portal": {func(w *world) *httptest.ResponseRecorder {
			return w.do("GET", "/assignment/accounts", "", "x-amz-sso_bearer_token", "wrong")
		}, idc.Errorf(idc.Unauthenticated, ""), "UnauthorizedException UnauthorizedException TooManyRequestsException"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newLimited(t, purse{awsedge.BudgetOpen: 2, awsedge.BudgetProof: 2, awsedge.BudgetRefused: 2})
			w.authErr = c.authErr
			if got := w.codes(t, 3, func() *httptest.ResponseRecorder { return c.send(w) }); got != c.want {
				t.Errorf("answered %s, want %s", got, c.want)
			}
			if len(w.records) != 2 {
				t.Errorf("%d records, want 2", len(w.records))
			}
			if n := strings.Count(w.log.String(), "\n"); n > 2 {
				t.Errorf("%d lines in the log:\n%s", n, &w.log)
			}
		})
	}
}

// TestPollsAreAnsweredLongerThanTheyAreRecorded: a whole office waits behind one address.
func TestPollsAreAnsweredLongerThanTheyAreRecorded(t *testing.T) {
	w := newLimited(t, purse{awsedge.BudgetProof: 4, awsedge.BudgetRefused: 1})
	got := w.codes(t, 5, func() *httptest.ResponseRecorder { return w.do("POST", "/token", poll) })
	if want := strings.Repeat("AuthorizationPendingException ", 4) + "SlowDownException"; got != want {
		t.Errorf("answered %s, want %s", got, want)
	}
	if len(w.records) != 1 {
		t.Errorf("%d records, want 1", len(w.records))
	}
}

// TestKnownCallersAreNotLimited: neither their successes nor their failures, whatever others did from the address.
func TestKnownCallersAreNotLimited(t *testing.T) {
	w := newLimited(t, purse{})
	for name, send := range map[string]func() *httptest.ResponseRecorder{
		"refresh": func() *httptest.ResponseRecorder { return w.do("POST", "/token", refresh) },
		"signed": func() *httptest.ResponseRecorder {
			return w.json("SWBExternalService.DescribeInstance", `{"InstanceArn":"`+instanceARN+`"}`)
		},
		"signed, but invalid": func() *httptest.ResponseRecorder { return w.json("SWBExternalService.DescribeInstance", `{}`) },
		"signed, not served":  func() *httptest.ResponseRecorder { return w.form("Action=GetCallerIdentity&Version=2011-06-15") },
	} {
		w.records = nil
		if got := w.codes(t, 50, send); strings.Contains(got, "Thrott") || strings.Contains(got, "SlowDown") {
			t.Errorf("%s: %s", name, got)
		}
		if len(w.records) != 50 {
			t.Errorf("%s: %d records of 50 calls", name, len(w.records))
		}
	}
	// The portal calls in the name of a person who is signed in to it, without HTTP.
	call := &awsedge.Call{Caller: idc.Caller{Type: idc.CallerIdentityCenterUser, UserID: "u"}}
	if _, err := awsedge.Invoke(t.Context(), w.Gateway, ssoportal.ListAccounts, call, &ssoportal.ListAccountsInput{}); idc.KindOf(err) == idc.Throttled {
		t.Error(err)
	}
}

// TestStrangersSendLittle: what anybody may send to sso-oidc is recorded, so that it is short.
func TestStrangersSendLittle(t *testing.T) {
	w := newLimited(t, purse{awsedge.BudgetOpen: 10, awsedge.BudgetProof: 10, awsedge.BudgetRefused: 10})
	for _, path := range []string{"/client/register", "/device_authorization", "/token"} {
		rec := w.do("POST", path, fmt.Sprintf(`{"clientName":"%s"}`, strings.Repeat("x", 8<<10)))
		if code, message := failure(t, rec); rec.Code != 413 || code != "RequestEntityTooLargeException" || !strings.Contains(message, "8192") {
			t.Errorf("%s: %d %s %s", path, rec.Code, code, message)
		}
	}
	if rec := w.do("POST", "/", "Action=AssumeRoleWithSAML&Version=2011-06-15&SAMLAssertion="+strings.Repeat("x", 20<<10), "Content-Type", "application/x-www-form-urlencoded"); rec.Code == 413 {
		t.Error("an assertion is longer than that, and its operation is another service's")
	}
}
