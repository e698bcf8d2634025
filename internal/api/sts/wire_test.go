package sts_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	door "github.com/gatehouse-idc/gatehouse/internal/api/sts"
	"github.com/gatehouse-idc/gatehouse/internal/authz"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/oidc"
	"github.com/gatehouse-idc/gatehouse/internal/oidc/oidctest"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	service "github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// edge authenticates nobody, and keeps what was recorded.
type edge struct {
	recorded []*awsedge.Call
	budget   int
}

func (e *edge) Authenticate(context.Context, *http.Request, []byte, *awsapi.Operation) (idc.Caller, error) {
	return idc.Caller{}, errors.New("nobody needs to sign this")
}

func (e *edge) Authorize(context.Context, *awsedge.Call, string, []string, map[string][]string) error {
	return errors.New("nobody is authorised for this")
}

func (e *edge) Record(_ context.Context, call *awsedge.Call, _, _ any, _ error) error {
	e.recorded = append(e.recorded, call)
	return nil
}

func (e *edge) Admit(string, awsedge.Budget) error {
	if e.budget--; e.budget < 0 {
		return idc.Errorf(idc.Throttled, "Rate exceeded")
	}
	return nil
}

// TestUnsignedCalls goes over HTTP as a workload does that has nothing but its token. Who is refused although an
// identity provider vouches for it spends the budget of strangers: anybody can have a token of a public provider.
func TestUnsignedCalls(t *testing.T) {
	w := testidc.New(t)
	roles := &role.Service{Store: w.Store, IDs: w.IDs}
	judge := &authz.Service{Store: w.Store, Clock: w.Clock, Roles: roles, Instance: w.Instance}
	issuer := oidctest.New(t, w.Clock)
	provider, err := roles.CreateOIDCProvider(t.Context(), w.Change(), testidc.Member, issuer.URL, []string{"app"}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	target := w.Role(testidc.Member, "Deploy", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"`+provider.ARN+`"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"idp.example.com:sub":"main"}}}]}`)
	s := &service.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Ring: sealed.NewEphemeral(), Tokens: &oidc.Verifier{Fetcher: issuer, Clock: w.Clock}, Admit: judge.AdmitFederated}
	e := &edge{budget: 100}
	gateway, err := awsedge.New(awsedge.Config{Authenticator: e, Authorizer: e, Auditor: e, Limiter: e, Clock: w.Clock, IDs: w.IDs, Log: slog.New(slog.DiscardHandler), Region: "us-east-1"},
		(&door.Door{STS: s}).Operations()...)
	if err != nil {
		t.Fatal(err)
	}
	call := func(subject string) (int, string) {
		form := url.Values{"Action": {"AssumeRoleWithWebIdentity"}, "Version": {"2011-06-15"}, "RoleArn": {target.ARN}, "RoleSessionName": {"pod"},
			"WebIdentityToken": {issuer.Sign(t, map[string]any{"sub": subject, "aud": "app"})}}
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		rec := httptest.NewRecorder()
		gateway.ServeHTTP(rec, r)
		return rec.Code, rec.Body.String()
	}
	code, body := call("main")
	for _, want := range []string{
		"<AssumeRoleWithWebIdentityResult>", "<Arn>arn:aws:sts::222222222222:assumed-role/Deploy/pod</Arn>", "<Provider>https://idp.example.com</Provider>",
		"<Audience>app</Audience>", "<SubjectFromWebIdentityToken>main</SubjectFromWebIdentityToken>", "<Expiration>" + w.Clock.Now().Add(time.Hour).Format(time.RFC3339),
	} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("%d without %s:\n%s", code, want, body)
		}
	}
	if got := e.recorded[0].Caller; got.Type != idc.CallerWebIdentity || got.SessionName != "pod" || got.PrincipalARN != provider.ARN {
		t.Errorf("recorded %+v", got)
	}
	if code, body := call("fork"); code != 403 || !strings.Contains(body, "<Code>AccessDenied</Code>") || !strings.Contains(body, "<Message>Not authorized to perform sts:AssumeRoleWithWebIdentity</Message>") {
		t.Errorf("refused with %d\n%s", code, body)
	}
	before := len(e.recorded)
	e.budget = 0
	if code, body := call("fork"); code != 400 || !strings.Contains(body, "<Code>Throttling</Code>") || len(e.recorded) != before {
		t.Errorf("beyond the budget %d, %d records\n%s", code, len(e.recorded)-before, body)
	}
	if code, _ := call("main"); code != 200 {
		t.Errorf("whoever may is not limited: %d", code)
	}
}
