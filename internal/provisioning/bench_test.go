package provisioning_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/assignment"
	auditing "github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/jobs"
	"github.com/gatehouse-idc/gatehouse/internal/permissionset"
	"github.com/gatehouse-idc/gatehouse/internal/provisioning"
	"github.com/gatehouse-idc/gatehouse/internal/provisioning/target/native"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/store/sqlstore"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// accountsEverywhere is how many accounts an assignment to all of them reaches.
const accountsEverywhere = 1200

// BenchmarkEverywhere is one assignment to all of 1,200 native accounts becoming their
// roles, durable on a database file, with the records in the trail.
func BenchmarkEverywhere(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		e := newEverywhere(b)
		b.StartTimer()
		e.assign()
		b.StopTimer()
		e.end()
		b.StartTimer()
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/accountsEverywhere, "µs/role")
}

// everywhere is an organization of many accounts, with a queue that runs.
type everywhere struct {
	b           *testing.B
	store       store.Store
	ids         *ids.Source
	assignments *assignment.Service
	assignment  idc.Assignment
	end         func()
}

func newEverywhere(b *testing.B) *everywhere {
	clk := clock.System()
	e := &everywhere{b: b, ids: ids.Random()}
	st, err := sqlstore.Open(b.Context(), sqlstore.Options{URL: "sqlite:" + filepath.Join(b.TempDir(), "gatehouse.db"), Clock: clk})
	e.ok(err)
	e.store = st
	world := testidc.New(b)
	user := world.User("ana")
	e.ok(st.Update(b.Context(), e.change(), func(tx store.Tx) error {
		if err := errors.Join(tx.PutInstance(world.Instance), tx.PutUser(user)); err != nil {
			return err
		}
		for i := range accountsEverywhere {
			id := fmt.Sprintf("5%011d", i)
			err := tx.PutAccount(&idc.Account{ID: id, Name: id, Email: id + "@example.com", ParentID: world.Instance.RootID, State: idc.AccountActive, Target: "native"})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	trail := &auditing.Service{Store: st, Clock: clk, IDs: e.ids, Region: "us-east-1", ManagementAccountID: testidc.Management}
	sets := &permissionset.Service{Store: st, IDs: e.ids}
	e.assignments = &assignment.Service{Store: st, IDs: e.ids}
	service := &provisioning.Service{Store: st, Clock: clk, IDs: e.ids, Record: trail.RecordIn,
		Inside: map[string]func(store.Tx) provisioning.Target{"native": native.In(role.Reserved{Service: &role.Service{Store: st, IDs: e.ids}})}}
	runner := &jobs.Runner{Store: st, Clock: clk, IDs: e.ids, Log: slog.New(slog.DiscardHandler), Random: func() float64 { return 0 },
		Handlers: map[string]jobs.Handler{
			assignment.JobProvision: {Run: service.RunProvision, Fail: service.FailProvision},
			assignment.JobSpread:    {Run: service.RunSpread},
		}}
	ps, err := sets.Create(b.Context(), e.change(), permissionset.Definition{Name: "ReadOnlyAccess"})
	e.ok(err)
	e.ok(sets.AttachManaged(b.Context(), e.change(), ps.ID, readOnly))
	e.assignment = idc.Assignment{PermissionSetID: ps.ID, PrincipalType: idc.PrincipalUser, PrincipalID: user.ID, Scope: idc.Scope{Kind: idc.ScopeAll}}
	ctx, stop := context.WithCancel(b.Context())
	var running sync.WaitGroup
	running.Go(func() { runner.Run(ctx) })
	e.end = func() {
		stop()
		running.Wait()
		e.ok(st.Close())
	}
	return e
}

func (e *everywhere) ok(err error) {
	e.b.Helper()
	if err != nil {
		e.b.Fatal(err)
	}
}

func (e *everywhere) change() idc.ChangeSet {
	return idc.ChangeSet{ID: e.ids.UUID(), At: clock.System().Now(), Actor: "benchmark", Door: "benchmark"}
}

// assign returns when the queue is empty and the roles are there.
func (e *everywhere) assign() {
	events := e.store.Watch(e.b.Context())
	_, err := e.assignments.Put(e.b.Context(), e.change(), e.assignment)
	e.ok(err)
	made := map[string]bool{}
	for event := range events {
		switch event.Noun {
		case store.NounProvisioning:
			made[event.ID] = true
		case store.NounLost:
			e.b.Fatal("news of roles were lost")
		}
		if len(made) == accountsEverywhere {
			return
		}
	}
}
