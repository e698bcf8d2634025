package server

import (
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/accessreport"
	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssooidc"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/metrics"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// TestCallsCountAsUses of the caller's role: those that were refused, too, and not those without a signature.
func TestCallsCountAsUses(t *testing.T) {
	w := testidc.New(t)
	a := &auditor{
		audit:   &audit.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Region: "us-east-1", ManagementAccountID: testidc.Management},
		uses:    &accessreport.Recorder{Store: w.Store, Clock: w.Clock, IDs: w.IDs},
		metrics: metrics.New("test", func() float64 { return 0 }), clock: w.Clock,
	}
	caller := idc.Caller{Type: idc.CallerAssumedRole, AccountID: testidc.Member, RoleID: "AROA1"}
	record := func(call *awsedge.Call, err error) {
		t.Helper()
		call.Caller, call.Time, call.Region, call.RequestID = caller, w.Clock.Now(), "eu-west-1", w.IDs.UUID()
		if err := a.Record(t.Context(), call, nil, nil, err); err != nil {
			t.Fatal(err)
		}
	}
	record(&awsedge.Call{Operation: ssoadmin.ListInstances.Operation}, nil)
	record(&awsedge.Call{Operation: ssoadmin.CreatePermissionSet.Operation, ErrorCode: "AccessDeniedException"}, idc.Errorf(idc.Denied, "no"))
	record(&awsedge.Call{Operation: ssooidc.RegisterClient.Operation}, nil)
	record(&awsedge.Call{EventName: "NoSuchThing"}, idc.Errorf(idc.Invalid, "no"))
	if err := a.uses.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.View(func(r store.Reader) error {
		uses, err := r.ListRoleUses(testidc.Member, "AROA1")
		if len(uses) != 2 || uses[0].Action != "CreatePermissionSet" || uses[1].Action != "ListInstances" || uses[1].Service != "sso" || uses[1].Region != "eu-west-1" {
			t.Errorf("uses %+v", uses)
		}
		return err
	})
}
