package server

import (
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/identitystore"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/organizations"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssooidc"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoportal"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/fault"
	"github.com/gatehouse-idc/gatehouse/internal/config"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

func callOf(op *awsapi.Operation, account string) *awsedge.Call {
	return &awsedge.Call{Service: op.Service, Operation: op, EventName: op.Name, Region: "us-east-1", Caller: idc.Caller{Type: idc.CallerAssumedRole, AccountID: account}}
}

// TestPublishedRates: so many calls at once, in one moment, and AWS's words for the next.
func TestPublishedRates(t *testing.T) {
	exchange := func(grant, application string) *ssooidc.CreateTokenWithIAMInput {
		return &ssooidc.CreateTokenWithIAMInput{GrantType: &grant, ClientId: &application}
	}
	for name, tc := range map[string]struct {
		op     *awsapi.Operation
		in     any
		burst  int
		code   string
		status int
	}{
		"sso-admin":              {ssoadmin.ListPermissionSets.Operation, nil, 20, "ThrottlingException", 400},
		"identitystore":          {identitystore.ListUsers.Operation, nil, 20, "ThrottlingException", 400},
		"sts":                    {sts.AssumeRole.Operation, nil, 600, "Throttling", 400},
		"ListAccounts":           {organizations.ListAccounts.Operation, nil, 12, "TooManyRequestsException", 400},
		"DescribeOrganization":   {organizations.DescribeOrganization.Operation, nil, 2, "TooManyRequestsException", 400},
		"CreateAccount":          {organizations.CreateAccount.Operation, nil, 1, "TooManyRequestsException", 400},
		"CreateToken":            {ssooidc.CreateToken.Operation, &ssooidc.CreateTokenInput{}, 250, "SlowDownException", 400},
		"CreateTokenWithIAM":     {ssooidc.CreateTokenWithIAM.Operation, exchange("refresh_token", "a"), 80, "SlowDownException", 400},
		"CreateTokenWithIAM jwt": {ssooidc.CreateTokenWithIAM.Operation, exchange("urn:ietf:params:oauth:grant-type:jwt-bearer", "a"), 10, "SlowDownException", 400},
	} {
		t.Run(name, func(t *testing.T) {
			w, refused := testidc.New(t), 0
			rates := newThrottle(w.Clock, func(string) { refused++ })
			for i := range tc.burst {
				if err := rates.Admit(callOf(tc.op, testidc.Member), tc.in); err != nil {
					t.Fatalf("call %d: %v", i+1, err)
				}
			}
			err := rates.Admit(callOf(tc.op, testidc.Member), tc.in)
			if idc.KindOf(err) != idc.Throttled || refused != 1 {
				t.Fatalf("one more: %v, %d counted; want it throttled and counted", err, refused)
			}
			if f := fault.Of(tc.op.Service, tc.op, "id", err); f.Code != tc.code || f.Status != tc.status {
				t.Errorf("answered %s %d, want %s %d", f.Code, f.Status, tc.code, tc.status)
			}
			if err := rates.Admit(callOf(tc.op, testidc.Management), tc.in); err != nil {
				t.Errorf("another account: %v", err)
			}
			w.Clock.Advance(20 * time.Second)
			if err := rates.Admit(callOf(tc.op, testidc.Member), tc.in); err != nil {
				t.Errorf("later: %v", err)
			}
		})
	}
}

// TestStrangersDoNotShareARate: who has no account yet, such as a browser that signs in, must not be locked out by
// whoever else has none.
func TestStrangersDoNotShareARate(t *testing.T) {
	w := testidc.New(t)
	rates := newThrottle(w.Clock, func(string) {})
	call := callOf(ssooidc.CreateToken.Operation, "")
	call.Caller, call.ClientIP = idc.Caller{}, "192.0.2.1"
	var err error
	for range 251 {
		err = rates.Admit(call, &ssooidc.CreateTokenInput{})
	}
	if idc.KindOf(err) != idc.Throttled {
		t.Errorf("one address: %v, want it throttled", err)
	}
	call.ClientIP = "192.0.2.2"
	if err := rates.Admit(call, &ssooidc.CreateTokenInput{}); err != nil {
		t.Errorf("another address: %v", err)
	}
}

func TestWhatSharesARate(t *testing.T) {
	w := testidc.New(t)
	rates := newThrottle(w.Clock, func(string) {})
	for range 20 {
		for _, op := range []*awsapi.Operation{ssoadmin.ListPermissionSets.Operation, identitystore.ListUsers.Operation} {
			if err := rates.Admit(callOf(op, testidc.Member), nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := rates.Admit(callOf(ssoadmin.DescribeInstance.Operation, testidc.Member), nil); idc.KindOf(err) != idc.Throttled {
		t.Errorf("another operation of sso-admin: %v, want it to share the rate", err)
	}
	if err := rates.Admit(callOf(identitystore.ListGroups.Operation, testidc.Member), nil); err != nil {
		t.Errorf("another operation of identitystore: %v", err)
	}
	for range 1000 {
		if err := rates.Admit(callOf(ssoportal.ListAccounts.Operation, testidc.Member), nil); err != nil {
			t.Fatalf("without a published rate: %v", err)
		}
	}
}

// TestRatesAreOffUnlessAskedFor: and a refused call is in the trail.
func TestRatesAreOffUnlessAskedFor(t *testing.T) {
	for on, want := range map[bool]int{false: 0, true: 5} {
		w := openWith(t, &config.Config{PublicURL: "https://gatehouse.test", AWSRates: on})
		refused := 0
		for range 25 {
			call := &awsedge.Call{Caller: idc.Caller{Type: idc.CallerService, AccountID: testidc.Management}}
			if _, err := awsedge.Invoke(t.Context(), w.gateway, ssoadmin.ListInstances, call, &ssoadmin.ListInstancesInput{}); idc.KindOf(err) == idc.Throttled {
				refused++
			} else if err != nil {
				t.Fatal(err)
			}
		}
		recorded := 0
		for _, e := range w.events() {
			if e.ErrorCode == "ThrottlingException" {
				recorded++
			}
		}
		if refused != want || recorded != want {
			t.Errorf("with aws_rates %v: %d refused and %d recorded of 25 calls, want %d", on, refused, recorded, want)
		}
	}
}
