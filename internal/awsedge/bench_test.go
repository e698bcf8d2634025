package awsedge_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoportal"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
)

// open is an Authenticator, Authorizer and Auditor that cost nothing.
type open struct{}

func (open) Authenticate(context.Context, *http.Request, []byte, *awsapi.Operation) (idc.Caller, error) {
	return idc.Caller{}, nil
}

func (open) Authorize(context.Context, *awsedge.Call, string, []string, map[string][]string) error {
	return nil
}

func (open) Record(context.Context, *awsedge.Call, any, any, error) error { return nil }

// BenchmarkServeHTTP measures what the edge itself costs a call.
func BenchmarkServeHTTP(b *testing.B) {
	text, millis := "arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_ReadOnlyAccess_0123456789abcdef/alice", int64(1785589200000)
	g, err := awsedge.New(awsedge.Config{
		Authenticator: open{}, Authorizer: open{}, Auditor: open{}, Clock: clock.NewFake(time.Unix(1785585600, 0)),
		IDs: ids.Seeded(1), Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Region: "us-east-1",
	}, awsedge.Op(sts.GetCallerIdentity, func(context.Context, *awsedge.Call, *sts.GetCallerIdentityInput) (*sts.GetCallerIdentityOutput, error) {
		return &sts.GetCallerIdentityOutput{Account: &text, Arn: &text, UserId: &text}, nil
	}, awsedge.HandlerAuthorizes[sts.GetCallerIdentityInput]("AWS lets everyone")), awsedge.Op(ssoportal.GetRoleCredentials, func(context.Context, *awsedge.Call, *ssoportal.GetRoleCredentialsInput) (*ssoportal.GetRoleCredentialsOutput, error) {
		return &ssoportal.GetRoleCredentialsOutput{RoleCredentials: &ssoportal.RoleCredentials{AccessKeyId: &text, SecretAccessKey: &text, SessionToken: &text, Expiration: &millis}}, nil
	}))
	if err != nil {
		b.Fatal(err)
	}
	for name, request := range map[string]func() *http.Request{
		"GetCallerIdentity": func() *http.Request {
			return httptest.NewRequest("POST", "/", strings.NewReader("Action=GetCallerIdentity&Version=2011-06-15"))
		},
		"GetRoleCredentials": func() *http.Request {
			r := httptest.NewRequest("GET", "/federation/credentials?role_name=ReadOnlyAccess&account_id=123456789012", nil)
			r.Header.Set("X-Amz-Sso_bearer_token", "aoa")
			return r
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				r, w := request(), httptest.NewRecorder()
				b.StartTimer()
				if g.ServeHTTP(w, r); w.Code != 200 {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}

// BenchmarkNew measures what the edge adds to a cold start.
func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := awsedge.New(awsedge.Config{}); err != nil {
			b.Fatal(err)
		}
	}
}
