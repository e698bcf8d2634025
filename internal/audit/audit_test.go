package audit_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

func service(w *testidc.World) *audit.Service {
	return &audit.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Region: "us-east-1", ManagementAccountID: testidc.Management,
		IdentityStoreARN: "arn:aws:identitystore::111111111111:identitystore/d-1234567890"}
}

func call(w *testidc.World, name string) audit.Call {
	return audit.Call{Time: w.Clock.Now(), RequestID: w.IDs.UUID(), Name: name, Source: "sso.amazonaws.com",
		Caller: idc.Caller{Type: idc.CallerIdentityCenterUser, UserID: "u-1", CredentialID: "c-1", SessionName: "zebulon"}}
}

// TestRecordShape holds the record of a person's call against CloudTrail's form
// of July 2025: no user name, no principal id.
func TestRecordShape(t *testing.T) {
	w := testidc.New(t)
	s := service(w)
	c := call(w, "GetRoleCredentials")
	c.Type, c.ReadOnly = audit.TypeServiceEvent, true
	c.ServiceEventDetails = map[string]string{"role_name": "ReadOnly", "account_id": "222222222222"}
	if err := s.Record(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	events, _, err := s.Lookup(t.Context(), idc.EventFilter{Name: "GetRoleCredentials"}, store.Page{})
	if err != nil || len(events) != 1 {
		t.Fatalf("events = %v, %v; want one", events, err)
	}
	var rec map[string]any
	if err := json.Unmarshal([]byte(events[0].Record), &rec); err != nil {
		t.Fatal(err)
	}
	user := rec["userIdentity"].(map[string]any)
	behalf := user["onBehalfOf"].(map[string]any)
	if user["type"] != "IdentityCenterUser" || behalf["userId"] != "u-1" || user["credentialId"] != "c-1" ||
		behalf["identityStoreArn"] != s.IdentityStoreARN || user["userName"] != nil || user["principalId"] != nil {
		t.Errorf("userIdentity = %v", user)
	}
	if strings.Contains(events[0].Record, "zebulon") {
		t.Error("the record holds the user name")
	}
	for member, want := range map[string]any{"eventType": "AwsServiceEvent", "recipientAccountId": testidc.Management, "readOnly": true,
		"requestParameters": nil, "eventTime": "2026-03-01T12:00:00Z", "awsRegion": "us-east-1", "requestID": c.RequestID} {
		if got := rec[member]; got != want {
			t.Errorf("%s = %v, want %v", member, got, want)
		}
	}
}

func TestRoleSessionsNameTheirPerson(t *testing.T) {
	w := testidc.New(t)
	s := service(w)
	c := call(w, "CreateRole")
	c.Caller = idc.Caller{Type: idc.CallerAssumedRole, AccountID: testidc.Member, ARN: "arn:aws:sts::222222222222:assumed-role/R/ana",
		PrincipalID: "AROA1:ana", RoleID: "AROA1", RoleName: "R", SessionName: "ana", UserID: "u-1", MFA: true, AccessKeyID: "ASIA1"}
	c.RecipientAccountID = testidc.Member
	if err := s.Record(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	events, _, err := s.Lookup(t.Context(), idc.EventFilter{AccessKeyID: "ASIA1", UserName: "ana", AccountID: testidc.Member}, store.Page{})
	if err != nil || len(events) != 1 {
		t.Fatalf("events = %v, %v; want one found by access key, user name and account", events, err)
	}
	for _, want := range []string{`"type":"AssumedRole"`, `"userId":"u-1"`, `"mfaAuthenticated":"true"`, `"principalId":"AROA1:ana"`} {
		if !strings.Contains(events[0].Record, want) {
			t.Errorf("record lacks %s: %s", want, events[0].Record)
		}
	}
}

// TestConcurrentRecordsAreAllKept: whoever returns without error is in the trail.
func TestConcurrentRecordsAreAllKept(t *testing.T) {
	w := testidc.New(t)
	s := service(w)
	const n = 400
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if err := s.Record(t.Context(), call(w, fmt.Sprintf("Call%d", i))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	seen := map[string]bool{}
	var after int64
	for {
		events, err := s.Tail(t.Context(), after, 100)
		if err != nil {
			t.Fatal(err)
		}
		if len(events) == 0 {
			break
		}
		for _, e := range events {
			if e.Seq <= after {
				t.Fatalf("position %d after %d: the trail must only grow", e.Seq, after)
			}
			after, seen[e.Name] = e.Seq, true
		}
	}
	if len(seen) != n {
		t.Errorf("%d of %d records are in the trail", len(seen), n)
	}
}

// TestMistypedNamesAreHidden: an unknown user name may be a password typed into the wrong field.
func TestMistypedNamesAreHidden(t *testing.T) {
	w := testidc.New(t)
	s := service(w)
	err := s.RecordSignin(t.Context(), audit.Signin{Name: "CredentialVerification", WorkflowID: "f-1", CredentialType: "PASSWORD"})
	if err != nil {
		t.Fatal(err)
	}
	events, err := s.Tail(t.Context(), 0, 10)
	if err != nil || len(events) != 1 {
		t.Fatalf("events = %v, %v", events, err)
	}
	for _, want := range []string{audit.Hidden, `"CredentialVerification":"Failure"`, `"AuthWorkflowID":"f-1"`} {
		if !strings.Contains(events[0].Record, want) {
			t.Errorf("record lacks %s: %s", want, events[0].Record)
		}
	}
}

// TestHostileTextIsRecorded: a call that is refused for a NUL or broken UTF-8 still leaves its record.
func TestHostileTextIsRecorded(t *testing.T) {
	w := testidc.New(t)
	s := service(w)
	c := call(w, "Get\x00Role\xff")
	c.UserAgent = strings.Repeat("x", 5000) + "\x00"
	c.Resources = []idc.EventResource{{Type: "AWS::IAM::Role", Name: "a\x00b"}}
	c.RequestParameters = map[string]any{"roleName": "a\x00b\xff"}
	if err := s.Record(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	events, _, err := s.Lookup(t.Context(), idc.EventFilter{ResourceName: "a\uFFFDb"}, store.Page{})
	if err != nil || len(events) != 1 || events[0].Name != "Get\uFFFDRole\uFFFD" {
		t.Fatalf("events = %v, %v; want the record with its text made harmless", events, err)
	}
}

// TestWhatPrecedesIsDurableWithWhatFollows, in order, also when many record at once.
func TestWhatPrecedesIsDurableWithWhatFollows(t *testing.T) {
	w := testidc.New(t)
	s := service(w)
	const n = 300
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if err := s.Precede(call(w, "Step")); err != nil {
				t.Error(err)
			}
			if err := s.Record(t.Context(), call(w, "Call")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	events, err := s.Tail(t.Context(), 0, 1000)
	if err != nil || len(events) != 2*n || events[0].Name != "Step" {
		t.Errorf("%d events, %v; want %d that begin with a step", len(events), err, 2*n)
	}
}

// TestCallersWithoutARole: who takes a role by an identity provider, and the root user for one task.
func TestCallersWithoutARole(t *testing.T) {
	w := testidc.New(t)
	s := service(w)
	const root, provider = "arn:aws:iam::222222222222:root", "arn:aws:iam::222222222222:oidc-provider/idp.example.com"
	for name, c := range map[string]struct {
		caller idc.Caller
		want   string
	}{
		"root": {idc.Caller{Type: idc.CallerRoot, AccountID: "222222222222", ARN: root, PrincipalID: "222222222222", AccessKeyID: "ASIAX", IssuedAt: w.Clock.Now(), SourceIdentity: "ana"},
			`{"type":"Root","principalId":"222222222222","arn":"` + root + `","accountId":"222222222222","accessKeyId":"ASIAX",` +
				`"sessionContext":{"attributes":{"creationDate":"2026-03-01T12:00:00Z","mfaAuthenticated":"false"},"sourceIdentity":"ana","assumedRoot":"true"}}`},
		"web": {idc.Caller{Type: idc.CallerWebIdentity, AccountID: "222222222222", PrincipalID: provider + ":app:main", PrincipalARN: provider, SessionName: "pod"},
			`{"type":"WebIdentityUser","principalId":"` + provider + `:app:main","userName":"pod","identityProvider":"` + provider + `"}`},
	} {
		record := call(w, "Call"+name)
		record.Caller = c.caller
		if err := s.Record(t.Context(), record); err != nil {
			t.Fatal(err)
		}
		events, _, err := s.Lookup(t.Context(), idc.EventFilter{Name: "Call" + name}, store.Page{})
		if err != nil || len(events) != 1 || !strings.Contains(events[0].Record, `"userIdentity":`+c.want) {
			t.Errorf("%s: %v, %v; want %s", name, events, err, c.want)
		}
	}
}
