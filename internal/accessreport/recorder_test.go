package accessreport_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/accessreport"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// broken is a store that cannot write.
type broken struct{ store.Store }

func (broken) Update(context.Context, idc.ChangeSet, func(store.Tx) error) error {
	return errors.New("disk full")
}

func uses(w *testidc.World, roleID string) (out []idc.RoleUse) {
	w.View(func(r store.Reader) error {
		found, err := r.ListRoleUses(testidc.Member, roleID)
		for _, u := range found {
			out = append(out, *u)
		}
		return err
	})
	return out
}

// TestTheLastUseOfEachActionIsKept, whatever is noted first, over failures and flushes.
func TestTheLastUseOfEachActionIsKept(t *testing.T) {
	w := testidc.New(t)
	rec := &accessreport.Recorder{Store: w.Store, Clock: w.Clock, IDs: w.IDs}
	caller := idc.Caller{Type: idc.CallerAssumedRole, AccountID: testidc.Member, RoleID: "AROA1"}
	at := w.Clock.Now()
	rec.Note(caller, "sso:ListInstances", at.Add(2*time.Second), "us-east-1")
	rec.Note(caller, "sso:ListInstances", at.Add(time.Second), "eu-west-1")
	rec.Note(caller, "iam:GetRole", at, "us-east-1")
	rec.Note(idc.Caller{Type: idc.CallerIdentityCenterUser, UserID: "u"}, "sso:ListInstances", at, "us-east-1")
	rec.Note(idc.Caller{Type: idc.CallerAnonymous}, "sso:ListInstances", at, "us-east-1")

	rec.Store = broken{w.Store}
	if err := rec.Flush(t.Context()); err == nil {
		t.Fatal("a store that cannot write is not noticed")
	}
	rec.Note(caller, "iam:GetRole", at.Add(3*time.Second), "us-east-1")
	rec.Store = w.Store
	for range 2 {
		if err := rec.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	got := uses(w, "AROA1")
	if len(got) != 2 || got[0].Action != "GetRole" || !got[0].UsedAt.Equal(at.Add(3*time.Second)) ||
		got[1].Service != "sso" || !got[1].UsedAt.Equal(at.Add(2*time.Second)) || got[1].Region != "us-east-1" {
		t.Errorf("uses %+v", got)
	}
}

// BenchmarkNote measures what a call pays.
func BenchmarkNote(b *testing.B) {
	rec := &accessreport.Recorder{}
	caller := idc.Caller{Type: idc.CallerAssumedRole, AccountID: testidc.Member, RoleID: "AROA1"}
	at := time.Unix(1785585600, 0)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			rec.Note(caller, "sso:ListInstances", at, "us-east-1")
		}
	})
}
