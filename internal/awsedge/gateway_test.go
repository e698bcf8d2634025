package awsedge_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssooidc"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoportal"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
)

// world is a gateway whose neighbours are fakes.
type world struct {
	*awsedge.Gateway
	log bytes.Buffer

	authErr, denyErr, auditErr error
	auditPanics                bool

	asked   []string // what was authorised: "action resource..."
	keys    map[string][]string
	records []record
}

type record struct {
	call    awsedge.Call
	in, out any
	err     error
}

func (w *world) Authenticate(_ context.Context, r *http.Request, _ []byte, op *awsapi.Operation) (idc.Caller, error) {
	if w.authErr != nil {
		return idc.Caller{}, w.authErr
	}
	if op.Auth == awsapi.Bearer {
		return idc.Caller{Type: idc.CallerIdentityCenterUser, UserID: "user-of-" + r.Header.Get("X-Amz-Sso_bearer_token")}, nil
	}
	return idc.Caller{Type: idc.CallerAssumedRole, AccountID: "111111111111", ARN: "arn:aws:sts::111111111111:assumed-role/R/alice"}, nil
}

func (w *world) Authorize(_ context.Context, _ *awsedge.Call, action string, resources []string, keys map[string][]string) error {
	w.asked = append(w.asked, action+" "+strings.Join(resources, " "))
	w.keys = keys
	return w.denyErr
}

func (w *world) Record(_ context.Context, call *awsedge.Call, in, out any, err error) error {
	if w.auditPanics {
		panic("the auditor fell over")
	}
	w.records = append(w.records, record{*call, in, out, err})
	return w.auditErr
}

const instanceARN = "arn:aws:sso:::instance/ssoins-1234567890abcdef"

func newWorld(t *testing.T, operations ...awsedge.Operation) *world {
	t.Helper()
	w := &world{}
	var err error
	w.Gateway, err = awsedge.New(awsedge.Config{
		Authenticator: w, Authorizer: w, Auditor: w,
		Clock: clock.NewFake(time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)), IDs: ids.Seeded(7),
		Log: slog.New(slog.NewJSONHandler(&w.log, nil)), Region: "eu-west-1",
	}, operations...)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func describeInstance(_ context.Context, _ *awsedge.Call, in *ssoadmin.DescribeInstanceInput) (*ssoadmin.DescribeInstanceOutput, error) {
	return &ssoadmin.DescribeInstanceOutput{InstanceArn: in.InstanceArn}, nil
}

func onInstance(_ *awsedge.Call, in *ssoadmin.DescribeInstanceInput) []string {
	return []string{*in.InstanceArn}
}

func (w *world) do(method, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return rec
}

func (w *world) json(target, body string) *httptest.ResponseRecorder {
	return w.do("POST", "/", body, "X-Amz-Target", target, "Content-Type", "application/x-amz-json-1.1")
}

func (w *world) form(body string) *httptest.ResponseRecorder {
	return w.do("POST", "/", body, "Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
}

func TestACallGoesAllTheWay(t *testing.T) {
	w := newWorld(t, awsedge.Op(ssoadmin.DescribeInstance, describeInstance, awsedge.On(onInstance),
		awsedge.Keys(func(*awsedge.Call, *ssoadmin.DescribeInstanceInput) map[string][]string {
			return map[string][]string{"a": {"b"}}
		})))
	r := httptest.NewRequest("POST", "/", strings.NewReader(`{"InstanceArn":"`+instanceARN+`"}`))
	r.Header.Set("X-Amz-Target", "SWBExternalService.DescribeInstance")
	r.Header.Set("Referer", "https://example.com/")
	r = r.WithContext(reqctx.With(r.Context(), reqctx.Info{RequestID: "5b6de8b5-36a3-4179-8afa-71e918d85516", ClientIP: "192.0.2.1"}))
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	if rec.Code != 200 || rec.Body.String() != `{"InstanceArn":"`+instanceARN+`"}` {
		t.Errorf("the answer is %d %s", rec.Code, rec.Body)
	}
	if got := rec.Header()["x-amzn-RequestId"]; len(got) != 1 || got[0] != "5b6de8b5-36a3-4179-8afa-71e918d85516" {
		t.Errorf("x-amzn-RequestId is %q, want the request's id", got)
	}
	if got := rec.Header().Get("Content-Type"); got != "application/x-amz-json-1.1" {
		t.Errorf("Content-Type is %q", got)
	}
	if len(w.asked) != 1 || w.asked[0] != "sso:DescribeInstance "+instanceARN || w.keys["a"][0] != "b" {
		t.Errorf("authorised %q with %v", w.asked, w.keys)
	}
	if len(w.records) != 1 {
		t.Fatalf("%d records, want one", len(w.records))
	}
	call := w.records[0].call
	if call.EventName != "DescribeInstance" || call.EventSource != "sso.amazonaws.com" || call.ClientIP != "192.0.2.1" || call.Referer != "https://example.com/" ||
		call.Region != "eu-west-1" || call.Caller.AccountID != "111111111111" || call.Time.IsZero() || w.records[0].out == nil {
		t.Errorf("recorded %+v", call)
	}
}

func TestQueryAndRestCalls(t *testing.T) {
	w := newWorld(t,
		awsedge.Op(sts.GetCallerIdentity, func(_ context.Context, call *awsedge.Call, _ *sts.GetCallerIdentityInput) (*sts.GetCallerIdentityOutput, error) {
			return &sts.GetCallerIdentityOutput{Arn: &call.Caller.ARN}, nil
		}, awsedge.HandlerAuthorizes[sts.GetCallerIdentityInput]("AWS lets everyone")),
		awsedge.Op(ssoportal.ListAccounts, func(_ context.Context, call *awsedge.Call, in *ssoportal.ListAccountsInput) (*ssoportal.ListAccountsOutput, error) {
			return &ssoportal.ListAccountsOutput{NextToken: &call.Caller.UserID, AccountList: []ssoportal.AccountInfo{}}, nil
		}),
		awsedge.Op(ssoportal.Logout, func(context.Context, *awsedge.Call, *ssoportal.LogoutInput) (*ssoportal.LogoutOutput, error) {
			return nil, nil
		}))
	for name, rec := range map[string]*httptest.ResponseRecorder{
		"form":         w.form("Action=GetCallerIdentity&Version=2011-06-15"),
		"query string": w.do("GET", "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Expires=60", ""),
	} {
		var answer struct {
			XMLName   xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ GetCallerIdentityResponse"`
			ARN       string   `xml:"GetCallerIdentityResult>Arn"`
			RequestID string   `xml:"ResponseMetadata>RequestId"`
		}
		if err := xml.Unmarshal(rec.Body.Bytes(), &answer); err != nil || rec.Code != 200 || !strings.HasSuffix(answer.ARN, "R/alice") {
			t.Errorf("%s: %d %s (%v)", name, rec.Code, rec.Body, err)
		}
		if got := rec.Header()["x-amzn-RequestId"]; len(got) != 1 || got[0] != answer.RequestID {
			t.Errorf("%s: the header says %q, the body %q", name, got, answer.RequestID)
		}
	}
	rec := w.do("GET", "/assignment/accounts?max_result=100", "", "x-amz-sso_bearer_token", "aoa")
	if rec.Code != 200 || rec.Body.String() != `{"accountList":[],"nextToken":"user-of-aoa"}` {
		t.Errorf("ListAccounts: %d %s", rec.Code, rec.Body)
	}
	if rec := w.do("POST", "/logout", "", "x-amz-sso_bearer_token", "aoa"); rec.Code != 200 || rec.Body.Len() != 0 {
		t.Errorf("Logout: %d %q, want 200 and nothing", rec.Code, rec.Body)
	}
	if len(w.asked) != 0 {
		t.Errorf("the authorizer was asked %q", w.asked)
	}
}

// failure reads an error of any protocol.
func failure(t *testing.T, rec *httptest.ResponseRecorder) (code, message string) {
	t.Helper()
	if strings.HasPrefix(rec.Header().Get("Content-Type"), "text/xml") {
		var e struct {
			Code    string `xml:"Error>Code"`
			Message string `xml:"Error>Message"`
		}
		if err := xml.Unmarshal(rec.Body.Bytes(), &e); err != nil {
			t.Fatalf("%v in %s", err, rec.Body)
		}
		return e.Code, e.Message
	}
	var e map[string]any
	if err := json.Unmarshal(rec.Body.Bytes(), &e); err != nil {
		t.Fatalf("%v in %s", err, rec.Body)
	}
	for _, member := range []string{"message", "Message", "error_description"} {
		if s, ok := e[member].(string); ok {
			message = s
		}
	}
	code = rec.Header().Get("X-Amzn-ErrorType")
	if typ, ok := e["__type"].(string); ok && typ[strings.LastIndexByte(typ, '#')+1:] != code {
		t.Errorf("the body says %s, the header %s", typ, code)
	}
	return code, message
}

func TestRefusals(t *testing.T) {
	big := `{"InstanceArn":"` + strings.Repeat("x", 10<<20) + `"}`
	for _, c := range []struct {
		name    string
		send    func(w *world) *httptest.ResponseRecorder
		status  int
		code    string
		message string // contained
		event   string
	}{
		{"unknown target", func(w *world) *httptest.ResponseRecorder { return w.json("SWBExternalService.Nonsense", "{}") }, 400, "UnknownOperationException", "", "Nonsense"},
		{"unknown service", func(w *world) *httptest.ResponseRecorder { return w.json("Nobody.CreateUser", "{}") }, 400, "UnknownOperationException", "", "CreateUser"},
		{"target without operation", func(w *world) *httptest.ResponseRecorder { return w.json("nonsense", "{}") }, 400, "UnknownOperationException", "", ""},
		{"target to make the log ugly", func(w *world) *httptest.ResponseRecorder {
			return w.json("A.\x01\u00e9"+strings.Repeat("x", 999), "{}")
		}, 400, "UnknownOperationException", "", "??" + strings.Repeat("x", 125)},
		{"JSON without target", func(w *world) *httptest.ResponseRecorder {
			return w.do("POST", "/", "{}", "Content-Type", "application/x-amz-json-1.1")
		}, 400, "UnknownOperationException", "", ""},
		{"unknown action", func(w *world) *httptest.ResponseRecorder { return w.form("Action=Nonsense&Version=2010-05-08") }, 400, "InvalidAction", "Could not find operation Nonsense for version 2010-05-08", "Nonsense"},
		{"action of another version", func(w *world) *httptest.ResponseRecorder { return w.form("Action=GetRole&Version=2011-06-15") }, 400, "InvalidAction", "", "GetRole"},
		{"unknown version", func(w *world) *httptest.ResponseRecorder {
			return w.form("Action=GetCallerIdentity&Version=2000-01-01")
		}, 400, "InvalidAction", "", "GetCallerIdentity"},
		{"no action", func(w *world) *httptest.ResponseRecorder { return w.form("Version=2011-06-15") }, 400, "MissingAction", "missing an action", ""},
		{"nothing at all", func(w *world) *httptest.ResponseRecorder { return w.do("POST", "/", "") }, 400, "MissingAction", "", ""},
		{"two actions", func(w *world) *httptest.ResponseRecorder {
			return w.form("Action=GetCallerIdentity&Action=GetCallerIdentity&Version=2011-06-15")
		}, 400, "MalformedQueryString", "", "GetCallerIdentity"},
		{"broken form", func(w *world) *httptest.ResponseRecorder { return w.form("Action=%ZZ") }, 400, "MalformedQueryString", "", ""},
		{"wrong method", func(w *world) *httptest.ResponseRecorder { return w.do("POST", "/assignment/accounts", "") }, 405, "MethodNotAllowedException", "", "ListAccounts"},
		{"wrong method of sso-oidc", func(w *world) *httptest.ResponseRecorder { return w.do("GET", "/token", "") }, 405, "MethodNotAllowedException", "", "CreateToken"},
		{"malformed JSON", func(w *world) *httptest.ResponseRecorder {
			return w.json("SWBExternalService.DescribeInstance", `{"InstanceArn"`)
		}, 400, "SerializationException", "not valid JSON", "DescribeInstance"},
		{"wrong type", func(w *world) *httptest.ResponseRecorder {
			return w.json("SWBExternalService.DescribeInstance", `{"InstanceArn":1}`)
		}, 400, "SerializationException", "NUMBER_VALUE can not be converted to a String", "DescribeInstance"},
		{"broken constraint", func(w *world) *httptest.ResponseRecorder {
			return w.json("SWBExternalService.DescribeInstance", `{}`)
		}, 400, "ValidationException", "1 validation error detected: Value null at 'instanceArn' failed to satisfy constraint: Member must not be null", "DescribeInstance"},
		{"broken constraint in a query", func(w *world) *httptest.ResponseRecorder {
			return w.form("Action=GetRole&Version=2010-05-08&RoleName=a%20b")
		}, 400, "ValidationError", "Member must satisfy regular expression pattern", "GetRole"},
		{"broken constraint in sso-oidc", func(w *world) *httptest.ResponseRecorder {
			return w.do("POST", "/client/register", "{}")
		}, 400, "InvalidRequestException", "'clientName'", "RegisterClient"},
		{"broken constraint in the portal", func(w *world) *httptest.ResponseRecorder {
			return w.do("GET", "/federation/credentials?account_id=1", "", "x-amz-sso_bearer_token", "t")
		}, 400, "InvalidRequestException", "'roleName'", "GetRoleCredentials"},
		{"10 MB of JSON", func(w *world) *httptest.ResponseRecorder {
			return w.json("SWBExternalService.DescribeInstance", big)
		}, 413, "RequestEntityTooLargeException", "1048576", "DescribeInstance"},
		{"10 MB of form", func(w *world) *httptest.ResponseRecorder {
			return w.do("POST", "/?Action=GetRole&Version=2010-05-08", big)
		}, 413, "RequestEntityTooLarge", "1048576", "GetRole"},
		{"10 MB to sso-oidc", func(w *world) *httptest.ResponseRecorder { return w.do("POST", "/token", big) }, 413, "RequestEntityTooLargeException", "1048576", "CreateToken"},
		{"known, not served, JSON", func(w *world) *httptest.ResponseRecorder { return w.json("AWSIdentityStore.ListUsers", "{}") }, 501, "NotImplementedException", "ListUsers of identitystore", "ListUsers"},
		{"known by the short target", func(w *world) *httptest.ResponseRecorder { return w.json("CloudTrail_20131101.LookupEvents", "{}") }, 501, "NotImplementedException", "LookupEvents", "LookupEvents"},
		{"known by the long target", func(w *world) *httptest.ResponseRecorder {
			return w.json("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents", "{}")
		}, 501, "NotImplementedException", "LookupEvents", "LookupEvents"},
		{"known, not served, query", func(w *world) *httptest.ResponseRecorder { return w.form("Action=ListRoles&Version=2010-05-08") }, 501, "NotImplemented", "ListRoles of iam", "ListRoles"},
		{"known, not served, REST", func(w *world) *httptest.ResponseRecorder { return w.do("POST", "/token?aws_iam=t", "{}") }, 501, "NotImplementedException", "CreateTokenWithIAM", "CreateTokenWithIAM"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t,
				awsedge.Op(ssoadmin.DescribeInstance, describeInstance, awsedge.On(onInstance)),
				awsedge.Op(iam.GetRole, unreachable[iam.GetRoleInput, iam.GetRoleOutput](t), awsedge.NoResource[iam.GetRoleInput]("a test")),
				awsedge.Op(ssooidc.RegisterClient, unreachable[ssooidc.RegisterClientInput, ssooidc.RegisterClientOutput](t)),
				awsedge.Op(ssooidc.CreateToken, unreachable[ssooidc.CreateTokenInput, ssooidc.CreateTokenOutput](t)),
				awsedge.Op(ssoportal.GetRoleCredentials, unreachable[ssoportal.GetRoleCredentialsInput, ssoportal.GetRoleCredentialsOutput](t)))
			rec := c.send(w)
			code, message := failure(t, rec)
			if rec.Code != c.status || code != c.code || !strings.Contains(message, c.message) {
				t.Errorf("answered %d %s %q; want %d %s with %q", rec.Code, code, message, c.status, c.code, c.message)
			}
			if len(w.records) != 1 || w.records[0].call.EventName != c.event || w.records[0].err == nil {
				t.Errorf("recorded %+v; want one failed call of %q", w.records, c.event)
			}
			if len(w.asked) != 0 {
				t.Errorf("the authorizer was asked %q for a call that cannot be", w.asked)
			}
			if rec.Header()["x-amzn-RequestId"] == nil {
				t.Error("there is no request id")
			}
		})
	}
}

func unreachable[In, Out any](t *testing.T) func(context.Context, *awsedge.Call, *In) (*Out, error) {
	return func(context.Context, *awsedge.Call, *In) (*Out, error) {
		t.Error("the handler was reached")
		return nil, nil
	}
}

func TestInvalidActionNamesItsService(t *testing.T) {
	w := newWorld(t)
	for version, namespace := range map[string]string{"2010-05-08": iam.Service.Namespace, "2011-06-15": sts.Service.Namespace} {
		if rec := w.form("Action=Nonsense&Version=" + version); !strings.Contains(rec.Body.String(), `<ErrorResponse xmlns="`+namespace+`">`) {
			t.Errorf("version %s is answered %s", version, rec.Body)
		}
	}
}

func TestAuthenticationFailures(t *testing.T) {
	unauthenticated := func(r idc.Reason) error { return (&idc.Error{Kind: idc.Unauthenticated}).With(r) }
	for _, c := range []struct {
		err         error
		jsonCode    string
		queryCode   string
		queryStatus int
	}{
		{unauthenticated(idc.ReasonMissingAuthentication), "MissingAuthenticationTokenException", "MissingAuthenticationToken", 403},
		{unauthenticated(idc.ReasonIncompleteSignature), "IncompleteSignatureException", "IncompleteSignature", 400},
		{unauthenticated(idc.ReasonSignatureMismatch), "InvalidSignatureException", "SignatureDoesNotMatch", 403},
		{unauthenticated(idc.ReasonRequestExpired), "InvalidSignatureException", "SignatureDoesNotMatch", 403},
		{unauthenticated(idc.ReasonInvalidAccessKey), "UnrecognizedClientException", "InvalidClientTokenId", 403},
		{unauthenticated(""), "UnrecognizedClientException", "InvalidClientTokenId", 403},
		{idc.Errorf(idc.Expired, "The security token included in the request is expired"), "ExpiredTokenException", "ExpiredToken", 403},
	} {
		w := newWorld(t, awsedge.Op(ssoadmin.DescribeInstance, unreachable[ssoadmin.DescribeInstanceInput, ssoadmin.DescribeInstanceOutput](t), awsedge.On(onInstance)))
		w.authErr = c.err
		rec := w.json("SWBExternalService.DescribeInstance", "{}")
		if code, message := failure(t, rec); rec.Code != 400 || code != c.jsonCode || message == "" {
			t.Errorf("%v: JSON answers %d %s %q, want 400 %s", c.err, rec.Code, code, message, c.jsonCode)
		}
		// AssumeRole models ExpiredTokenException, for assertions: an expired
		// signature is another error.
		rec = w.form("Action=AssumeRole&Version=2011-06-15")
		if code, message := failure(t, rec); rec.Code != c.queryStatus || code != c.queryCode || message == "" {
			t.Errorf("%v: query answers %d %s %q, want %d %s", c.err, rec.Code, code, message, c.queryStatus, c.queryCode)
		}
		if len(w.records) != 2 || w.records[0].call.ErrorCode != c.jsonCode || w.records[1].call.ErrorCode != c.queryCode {
			t.Errorf("%v: recorded %+v; want both calls with the codes that were answered", c.err, w.records)
		}
	}
	w := newWorld(t)
	w.authErr = idc.Errorf(idc.Unauthenticated, "Session token not found or invalid")
	rec := w.do("GET", "/assignment/accounts", "", "x-amz-sso_bearer_token", "wrong")
	if want := `{"message":"Session token not found or invalid","__type":"com.amazonaws.switchboard.portal#UnauthorizedException"}`; rec.Code != 401 || rec.Body.String() != want {
		t.Errorf("the portal answers %d %s, want 401 %s", rec.Code, rec.Body, want)
	}
}

func TestDenied(t *testing.T) {
	sentence := "User: x is not authorized to perform: sso:DescribeInstance on resource: y because no identity-based policy allows the sso:DescribeInstance action"
	w := newWorld(t, awsedge.Op(ssoadmin.DescribeInstance, unreachable[ssoadmin.DescribeInstanceInput, ssoadmin.DescribeInstanceOutput](t), awsedge.On(onInstance)))
	w.denyErr = idc.Errorf(idc.Denied, "%s", sentence)
	rec := w.json("SWBExternalService.DescribeInstance", `{"InstanceArn":"`+instanceARN+`"}`)
	if rec.Code != 400 || rec.Body.String() != `{"__type":"AccessDeniedException","Message":"`+sentence+`"}` {
		t.Errorf("answered %d %s", rec.Code, rec.Body)
	}
	if len(w.asked) != 1 || w.asked[0] != "sso:DescribeInstance "+instanceARN {
		t.Errorf("asked %q, want the action on the instance", w.asked)
	}
	if len(w.records) != 1 || idc.KindOf(w.records[0].err) != idc.Denied || w.records[0].in == nil {
		t.Errorf("recorded %+v, want the refusal with its input", w.records)
	}
}

func TestOurOwnFailuresShowNothing(t *testing.T) {
	secret := "password=hunter2"
	for name, prepare := range map[string]func(*world) awsedge.Operation{
		"handler fails": func(*world) awsedge.Operation {
			return awsedge.Op(ssoadmin.DescribeInstance, func(context.Context, *awsedge.Call, *ssoadmin.DescribeInstanceInput) (*ssoadmin.DescribeInstanceOutput, error) {
				return nil, errors.New(secret)
			}, awsedge.On(onInstance))
		},
		"handler panics": func(*world) awsedge.Operation {
			return awsedge.Op(ssoadmin.DescribeInstance, func(context.Context, *awsedge.Call, *ssoadmin.DescribeInstanceInput) (*ssoadmin.DescribeInstanceOutput, error) {
				panic(secret)
			}, awsedge.On(onInstance))
		},
		"resources panic": func(*world) awsedge.Operation {
			return awsedge.Op(ssoadmin.DescribeInstance, describeInstance, awsedge.On(func(*awsedge.Call, *ssoadmin.DescribeInstanceInput) []string { panic(secret) }))
		},
		"audit fails": func(w *world) awsedge.Operation {
			w.auditErr = errors.New(secret)
			return awsedge.Op(ssoadmin.DescribeInstance, describeInstance, awsedge.On(onInstance))
		},
		"audit panics": func(w *world) awsedge.Operation {
			w.auditPanics = true
			return awsedge.Op(ssoadmin.DescribeInstance, describeInstance, awsedge.On(onInstance))
		},
	} {
		t.Run(name, func(t *testing.T) {
			probe := &world{}
			w := newWorld(t, prepare(probe))
			w.auditErr, w.auditPanics = probe.auditErr, probe.auditPanics
			rec := w.json("SWBExternalService.DescribeInstance", `{"InstanceArn":"`+instanceARN+`"}`)
			code, _ := failure(t, rec)
			if rec.Code != 500 || code != "InternalServerException" || strings.Contains(rec.Body.String(), "hunter2") {
				t.Errorf("answered %d %s", rec.Code, rec.Body)
			}
			id := rec.Header()["x-amzn-RequestId"][0]
			if log := w.log.String(); !strings.Contains(log, id) || !w.auditPanics && !strings.Contains(log, secret) {
				t.Errorf("the log does not tell the cause with the request id %s: %s", id, log)
			}
		})
	}
}

func TestInvokeFromInside(t *testing.T) {
	w := newWorld(t, awsedge.Op(ssoadmin.DescribeInstance, describeInstance, awsedge.On(onInstance)))
	arn := instanceARN
	call := &awsedge.Call{Caller: idc.Caller{Type: idc.CallerService}}
	out, err := awsedge.Invoke(t.Context(), w.Gateway, ssoadmin.DescribeInstance, call, &ssoadmin.DescribeInstanceInput{InstanceArn: &arn})
	if err != nil || *out.InstanceArn != arn {
		t.Errorf("Invoke returns %v, %v", out, err)
	}
	if len(w.asked) != 1 || len(w.records) != 1 || call.RequestID == "" {
		t.Errorf("asked %q, recorded %d: a call from inside is authorised and recorded like any other", w.asked, len(w.records))
	}
	if _, err := awsedge.Invoke(t.Context(), w.Gateway, ssoadmin.DescribeInstance, &awsedge.Call{}, &ssoadmin.DescribeInstanceInput{}); idc.KindOf(err) != idc.Invalid {
		t.Errorf("Invoke lets an invalid input through: %v", err)
	}
	if _, err := w.Invoke(t.Context(), &awsedge.Call{Operation: ssoadmin.DescribeInstance.Operation}, &arn); idc.KindOf(err) != idc.Internal {
		t.Errorf("Invoke with an input of another type returns %v", err)
	}
	if _, err := awsedge.Invoke(t.Context(), w.Gateway, ssoadmin.ListInstances, &awsedge.Call{}, &ssoadmin.ListInstancesInput{}); idc.KindOf(err) != idc.NotImplemented {
		t.Errorf("Invoke of an operation that is not served returns %v", err)
	}
}

func TestAnOperationIsServedOnce(t *testing.T) {
	op := awsedge.Op(ssoadmin.DescribeInstance, describeInstance, awsedge.On(onInstance))
	if _, err := awsedge.New(awsedge.Config{}, op, op); err == nil || !strings.Contains(err.Error(), "DescribeInstance") {
		t.Errorf("registering twice returns %v", err)
	}
}

// TestALongBodyLeavesTheConnectionUsable sends 10 MB over a real connection.
func TestALongBodyLeavesTheConnectionUsable(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(w)
	defer server.Close()
	for range 2 {
		req, err := http.NewRequest("POST", server.URL, bytes.NewReader(make([]byte, 10<<20)))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Amz-Target", "SWBExternalService.DescribeInstance")
		res, err := server.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != http.StatusRequestEntityTooLarge || res.Header.Get("Date") == "" {
			t.Errorf("answered %s with date %q", res.Status, res.Header.Get("Date"))
		}
		if err := res.Body.Close(); err != nil {
			t.Error(err)
		}
	}
}
