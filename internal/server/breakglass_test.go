package server

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/authz"
	"github.com/gatehouse-idc/gatehouse/internal/config"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/keys"
	"github.com/gatehouse-idc/gatehouse/internal/metrics"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// TestBreakGlassCannotBeDisarmed: whoever administers the account may neither
// hold the role's name beforehand nor change the role afterwards.
func TestBreakGlassCannotBeDisarmed(t *testing.T) {
	w := testidc.New(t)
	provider, err := sealed.OpenFileKeyProvider(filepath.Join(t.TempDir(), "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	k := &keys.Service{Store: w.Store, Provider: provider, Clock: w.Clock, IDs: w.IDs}
	if err := k.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := &Services{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Instance: w.Instance, Keys: k}
	s.build(&config.Config{PublicURL: "https://gatehouse.test"}, metrics.New("", nil))

	// What was left there by a version that let anyone have the name.
	squat := w.Role(testidc.Member, role.BreakGlassName, `{"Version":"2012-10-17","Statement":[]}`)
	squat.PermissionsBoundary = "arn:aws:iam::aws:policy/SecurityAudit"
	w.Update(func(tx store.Tx) error { return tx.PutRole(squat) })

	list := func() (*idc.Role, error) {
		t.Helper()
		creds, err := s.breakGlass(t.Context(), testidc.Member, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		_, caller, err := s.STS.Open(creds.AccessKeyID, creds.SessionToken)
		if err != nil {
			t.Fatal(err)
		}
		found, err := s.Roles.Get(t.Context(), testidc.Member, role.BreakGlassName)
		if err != nil {
			t.Fatal(err)
		}
		return found, s.Authz.Authorize(t.Context(), authz.Question{Caller: caller, Action: "iam:ListRoles", Resources: []string{"*"}, Time: w.Clock.Now()})
	}
	found, err := list()
	if err != nil {
		t.Errorf("with the name taken: %v", err)
	}
	if found.ID == squat.ID || found.Path != role.BreakGlassPath || found.PermissionsBoundary != "" {
		t.Errorf("the squatter was adopted: %+v", found)
	}
	err = s.Roles.PutBoundary(t.Context(), w.Change(), testidc.Member, role.BreakGlassName, squat.PermissionsBoundary)
	if idc.ReasonOf(err) != idc.ReasonUnmodifiable {
		t.Errorf("the role was limited: %v", err)
	}
	// Whatever happened to it, the next use repairs it, and keeps the sessions there are.
	w.Update(func(tx store.Tx) error {
		bent := *found
		bent.AttachedPolicies = nil
		return tx.PutRole(&bent)
	})
	again, err := list()
	if err != nil || again.ID != found.ID {
		t.Errorf("after it lost its policy: %v, id %s, want %s", err, again.ID, found.ID)
	}
	if _, err := s.breakGlass(t.Context(), "999999999999", time.Hour); !idc.IsNotFound(err) {
		t.Errorf("in an account that is not there: %v, want NotFound", err)
	}
}
