package audit_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/store/sqlstore"
)

// BenchmarkRecord is what the trail costs a call: durable on a database file, 16 calls at a time.
func BenchmarkRecord(b *testing.B) {
	st, err := sqlstore.Open(b.Context(), sqlstore.Options{URL: "sqlite:" + filepath.Join(b.TempDir(), "gatehouse.db"), Clock: clock.System()})
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := st.Close(); err != nil {
			b.Error(err)
		}
	}()
	s := &audit.Service{Store: st, Clock: clock.System(), IDs: ids.Random(), Region: "us-east-1", ManagementAccountID: "111111111111",
		IdentityStoreARN: "arn:aws:identitystore::111111111111:identitystore/d-9067012345"}
	at := clock.System().Now()
	b.SetParallelism(8) // of two processors
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		key := s.IDs.AccessKeyID("ASIA", "222222222222")
		for pb.Next() {
			err := s.Record(b.Context(), audit.Call{
				Time: clock.System().Now(), RequestID: s.IDs.UUID(), Name: "GetCallerIdentity", Source: "sts.amazonaws.com", ReadOnly: true,
				Caller: idc.Caller{Type: idc.CallerAssumedRole, AccountID: "222222222222", AccessKeyID: key, RoleName: "AWSReservedSSO_ReadOnlyAccess_0123456789abcdef",
					PrincipalID: "AROAEXAMPLEEXAMPLE000:dana", ARN: "arn:aws:sts::222222222222:assumed-role/AWSReservedSSO_ReadOnlyAccess_0123456789abcdef/dana",
					PrincipalARN: "arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_ReadOnlyAccess_0123456789abcdef",
					RoleID:       "AROAEXAMPLEEXAMPLE000", SessionName: "dana", UserID: "c4488478-a0e1-700e-3d75-96c6bb641596", MFA: true, IssuedAt: at.Add(-time.Minute)},
				ClientIP: "127.0.0.1", UserAgent: "aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.1", Host: "sts.us-east-1.amazonaws.com", RecipientAccountID: "222222222222",
			})
			if err != nil {
				b.Error(err)
				return
			}
		}
	})
}
