package awsedge_test

import (
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// TestAuthorizationMessageIsAHeader: in every protocol, and the error itself stays AWS's.
func TestAuthorizationMessageIsAHeader(t *testing.T) {
	w := newWorld(t,
		awsedge.Op(ssoadmin.DescribeInstance, unreachable[ssoadmin.DescribeInstanceInput, ssoadmin.DescribeInstanceOutput](t), awsedge.On(onInstance)),
		awsedge.Op(iam.GetRole, unreachable[iam.GetRoleInput, iam.GetRoleOutput](t), awsedge.NoResource[iam.GetRoleInput]("a test")))
	for name, send := range map[string]func() *httptest.ResponseRecorder{
		"json": func() *httptest.ResponseRecorder {
			return w.json("SWBExternalService.DescribeInstance", `{"InstanceArn":"`+instanceARN+`"}`)
		},
		"query": func() *httptest.ResponseRecorder { return w.form("Action=GetRole&Version=2010-05-08&RoleName=R") },
	} {
		denied := idc.Errorf(idc.Denied, "no")
		w.denyErr = denied
		plain := send()
		if _, there := plain.Header()[awsedge.AuthorizationMessageHeader]; there {
			t.Errorf("%s: a message where none was made", name)
		}
		with := *denied
		with.AuthorizationMessage = "sealed"
		w.denyErr = &with
		rec := send()
		if got := rec.Header().Get(awsedge.AuthorizationMessageHeader); got != "sealed" || rec.Code != plain.Code || rec.Body.Len() != plain.Body.Len() {
			t.Errorf("%s: header %q, %d %s", name, got, rec.Code, rec.Body)
		}
	}
}
