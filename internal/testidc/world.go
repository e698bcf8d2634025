package testidc

import (
	"context"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/store/sqlstore"
)

// Start is where the clock of a world stands.
var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// World is a store with an instance, and time and chance under control.
type World struct {
	T        testing.TB
	Store    store.Store
	Clock    *clock.Fake
	IDs      *ids.Source
	Instance *idc.Instance
}

// Accounts of every world: the management account and one member.
const (
	Management = "111111111111"
	Member     = "222222222222"
)

// New returns a world with an instance, its management account and one member
// account under the root.
func New(t testing.TB) *World {
	t.Helper()
	w := &World{T: t, Clock: clock.NewFake(start), IDs: ids.Seeded(1)}
	st, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: "sqlite::memory:", Clock: w.Clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	w.Store = st
	id := "ssoins-1234567890abcdef"
	w.Instance = &idc.Instance{
		ID: id, ARN: arn.Instance(id).String(), IdentityStoreID: "d-1234567890", OwnerAccountID: Management,
		Region: "us-east-1", StartURLAlias: "example", OrganizationID: "o-exampleorgid", RootID: "r-exam",
		PortalSession: 8 * time.Hour, CreatedAt: start,
	}
	w.Update(func(tx store.Tx) error {
		if err := tx.PutInstance(w.Instance); err != nil {
			return err
		}
		err := tx.PutOrganization(&idc.Organization{ID: w.Instance.OrganizationID, FeatureSet: idc.FeaturesAll,
			PolicyTypes: []idc.PolicyType{idc.PolicyServiceControl, idc.PolicyResourceControl}})
		if err != nil {
			return err
		}
		for id, name := range map[string]string{Management: "Management", Member: "Member"} {
			err := tx.PutAccount(&idc.Account{
				ID: id, Name: name, Email: name + "@example.com", ParentID: w.Instance.RootID,
				State: idc.AccountActive, JoinedMethod: "CREATED", JoinedAt: start, Target: "native",
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return w
}

// Change begins a change set.
func (w *World) Change() idc.ChangeSet {
	return idc.ChangeSet{ID: w.IDs.UUID(), At: w.Clock.Now(), Actor: "test", Door: "test"}
}

// Update writes, and fails the test when it cannot.
func (w *World) Update(fn func(tx store.Tx) error) {
	w.T.Helper()
	if err := w.Store.Update(context.Background(), w.Change(), fn); err != nil {
		w.T.Fatal(err)
	}
}

// View reads, and fails the test when it cannot.
func (w *World) View(fn func(r store.Reader) error) {
	w.T.Helper()
	if err := w.Store.View(context.Background(), fn); err != nil {
		w.T.Fatal(err)
	}
}

// User stores an enabled user.
func (w *World) User(name string) *idc.User {
	w.T.Helper()
	u := &idc.User{ID: w.IDs.UserID(), IdentityStoreID: w.Instance.IdentityStoreID, UserName: name, DisplayName: name, Status: idc.UserEnabled,
		Owner: idc.OwnerBuiltIn, CreatedAt: w.Clock.Now()}
	w.Update(func(tx store.Tx) error { return tx.PutUser(u) })
	return u
}

// Role stores a role with managed policies and a trust policy.
func (w *World) Role(accountID, name, trust string, policyARNs ...string) *idc.Role {
	w.T.Helper()
	r := &idc.Role{AccountID: accountID, Name: name, Path: "/", ID: w.IDs.UniqueID("AROA"),
		ARN: arn.Role(accountID, "/", name).String(), TrustPolicy: trust, MaxSessionDuration: 12 * time.Hour,
		AttachedPolicies: policyARNs, CreatedAt: w.Clock.Now()}
	w.Update(func(tx store.Tx) error { return tx.PutRole(r) })
	return r
}
