package protocoltest

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
)

// allow lets everyone in and everything through.
type allow struct{}

func (allow) Authenticate(context.Context, *http.Request, []byte, *awsapi.Operation) (idc.Caller, error) {
	return idc.Caller{Type: idc.CallerAssumedRole, AccountID: "111111111111"}, nil
}

func (allow) Authorize(context.Context, *awsedge.Call, string, []string, map[string][]string) error {
	return nil
}

type recordingAuditor struct{ calls []*awsedge.Call }

func (r *recordingAuditor) Record(_ context.Context, call *awsedge.Call, _, _ any, _ error) error {
	r.calls = append(r.calls, call)
	return nil
}

func newGateway(t *testing.T, auditor awsedge.Auditor, operations ...awsedge.Operation) *awsedge.Gateway {
	t.Helper()
	g, err := awsedge.New(awsedge.Config{
		Authenticator: allow{}, Authorizer: allow{}, Auditor: auditor,
		Clock: clock.NewFake(time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)), IDs: ids.Seeded(1),
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Region: "us-east-1",
	}, operations...)
	if err != nil {
		t.Fatal(err)
	}
	return g
}
