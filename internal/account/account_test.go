package account_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/jobs"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

const (
	root   = "r-exam"
	member = testidc.Member
	scp    = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}`
)

type world struct {
	*testidc.World
	*account.Service
	furnished []string
	runner    *jobs.Runner
}

func newWorld(t *testing.T) *world {
	w := &world{World: testidc.New(t)}
	w.Service = &account.Service{Store: w.World.Store, IDs: w.World.IDs,
		Retire: func(tx store.Tx, _ idc.ChangeSet, a *idc.Assignment) error { return tx.DeleteAssignment(a.ID) },
		OnCreate: func(_ store.Tx, _ idc.ChangeSet, a *idc.Account, roleName string) error {
			w.furnished = append(w.furnished, a.Name+" "+roleName)
			return nil
		}}
	w.runner = &jobs.Runner{
		Store: w.World.Store, Clock: w.Clock, IDs: w.World.IDs, Log: slog.New(slog.DiscardHandler), Random: func() float64 { return 0 },
		Handlers: map[string]jobs.Handler{
			account.JobCreate:    {Run: w.RunCreate, Fail: w.FailCreate},
			account.JobClose:     {Run: w.RunClose},
			account.JobReconcile: {Run: func(context.Context, idc.ChangeSet, *idc.Job) (func(store.Tx) error, error) { return nil, nil }},
		},
	}
	// The world's accounts were stored directly; found the organization around them.
	w.World.Update(func(tx store.Tx) error {
		w.ok(tx.DeleteAccount(testidc.Management))
		return w.Found(tx, w.Change(), idc.Account{Name: "Management", Email: "root@example.com"})
	})
	return w
}

func (w *world) ok(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

func (w *world) wants(err error, kind idc.Kind, words string) {
	w.T.Helper()
	if err == nil || idc.KindOf(err) != kind || !strings.Contains(idc.PublicMessage(err), words) {
		w.T.Errorf("error = %v, want %s with %q", err, kind, words)
	}
}

// createAccount asks for an account, runs the queue and returns the operation.
func (w *world) createAccount(q account.Request) *idc.Operation {
	w.T.Helper()
	op, err := w.Create(w.T.Context(), w.Change(), q)
	w.ok(err)
	w.runner.Drain(w.T.Context())
	op, err = w.Creation(w.T.Context(), op.ID)
	w.ok(err)
	return op
}

func (w *world) ou(parent, name string) string {
	w.T.Helper()
	ou, err := w.CreateOU(w.T.Context(), w.Change(), parent, name, nil)
	w.ok(err)
	return ou.ID
}

func TestCreateAccount(t *testing.T) {
	w := newWorld(t)
	op := w.createAccount(account.Request{Name: "Dev", Email: "dev@example.com", Tags: []idc.Tag{{Key: "env", Value: "dev"}}})
	if op.Status != idc.OperationSucceeded || len(op.TargetID) != 12 || op.CompletedAt.IsZero() {
		t.Fatalf("operation %+v", op)
	}
	a, err := w.Get(t.Context(), op.TargetID)
	w.ok(err)
	if a.Name != "Dev" || a.Email != "dev@example.com" || a.ParentID != root || a.State != idc.AccountActive || a.JoinedMethod != "CREATED" || len(a.Tags) != 1 {
		t.Errorf("account %+v", a)
	}
	if strings.Join(w.furnished, ",") != "Dev OrganizationAccountAccessRole" {
		t.Errorf("furnished %v", w.furnished)
	}
	for _, tc := range []struct {
		q      account.Request
		reason string
	}{
		{account.Request{Name: "Again", Email: "DEV@example.com"}, "EMAIL_ALREADY_EXISTS"},
		{account.Request{Name: "Bad", Email: "not an address"}, "INVALID_EMAIL"},
		{account.Request{Name: "", Email: "x@example.com"}, "INVALID_EMAIL"},
	} {
		if op := w.createAccount(tc.q); op.Status != idc.OperationFailed || op.FailureReason != tc.reason {
			t.Errorf("%+v: %+v, want %s", tc.q, op, tc.reason)
		}
	}
	w.Quotas.Accounts = 3
	if op := w.createAccount(account.Request{Name: "Full", Email: "full@example.com"}); op.FailureReason != "ACCOUNT_LIMIT_EXCEEDED" {
		t.Errorf("operation %+v", op)
	}
	_, err = w.Creation(t.Context(), "car-00000000")
	w.wants(err, idc.NotFound, "create account request")
	failed, _, err := w.Creations(t.Context(), idc.OperationFailed, store.Page{})
	if err != nil || len(failed) != 4 {
		t.Errorf("failed creations %v, %v", failed, err)
	}
}

func TestUnits(t *testing.T) {
	w := newWorld(t)
	parent := root
	for i := range 5 {
		parent = w.ou(parent, strings.Repeat("d", i+1))
	}
	_, err := w.CreateOU(t.Context(), w.Change(), parent, "six", nil)
	w.wants(err, idc.QuotaExceeded, "maximum depth")
	prod := w.ou(root, "Prod")
	_, err = w.CreateOU(t.Context(), w.Change(), root, "Prod", nil)
	w.wants(err, idc.Conflict, "An OU with the same name already exists.")
	w.ou(prod, "Prod") // elsewhere it is free
	_, err = w.CreateOU(t.Context(), w.Change(), "ou-exam-99999999", "x", nil)
	w.wants(err, idc.NotFound, "parent that doesn't exist")
	w.wants(w.DeleteOU(t.Context(), w.Change(), prod), idc.Conflict, "The specified OU is not empty.")
	_, err = w.RenameOU(t.Context(), w.Change(), prod, "d")
	w.wants(err, idc.Conflict, "same name")
	empty := w.ou(root, "Empty")
	w.ok(w.DeleteOU(t.Context(), w.Change(), empty))
	_, err = w.OU(t.Context(), empty)
	w.wants(err, idc.NotFound, "organizational unit that doesn't exist")
	ous, next, err := w.ListOUs(t.Context(), root, store.Page{Limit: 1})
	if err != nil || len(ous) != 1 || next == "" {
		t.Errorf("first page %v %q %v", ous, next, err)
	}
	node, err := w.Parent(t.Context(), parent)
	if err != nil || node.Type != account.NodeOU {
		t.Errorf("parent %+v, %v", node, err)
	}
}

func TestMove(t *testing.T) {
	w := newWorld(t)
	prod := w.ou(root, "Prod")
	move := func(from, to string) error { return w.Move(t.Context(), w.Change(), member, from, to) }
	w.wants(move(prod, root), idc.NotFound, "source root or OU")
	w.wants(move(root, "ou-exam-99999999"), idc.NotFound, "destination container")
	w.wants(move(root, root), idc.Conflict, "already present")
	w.ok(move(root, prod))
	listed, _, err := w.ListOfParent(t.Context(), prod, store.Page{})
	if err != nil || len(listed) != 1 || listed[0].ID != member {
		t.Errorf("accounts of the OU %v, %v", listed, err)
	}
	w.View(func(r store.Reader) error {
		path, err := account.Path(r, member, prod)
		if path != "o-exampleorgid/r-exam/"+prod+"/"+member+"/" {
			t.Errorf("path %s", path)
		}
		return err
	})
	w.wants(w.DeleteOU(t.Context(), w.Change(), prod), idc.Conflict, "not empty")
}

func TestTags(t *testing.T) {
	w := newWorld(t)
	prod := w.ou(root, "Prod")
	for _, id := range []string{member, prod} {
		w.ok(w.Tag(t.Context(), w.Change(), id, []idc.Tag{{Key: "a", Value: "1"}, {Key: "b", Value: "2"}}))
		w.ok(w.Tag(t.Context(), w.Change(), id, []idc.Tag{{Key: "a", Value: "3"}}))
		w.ok(w.Untag(t.Context(), w.Change(), id, []string{"b", "absent"}))
		tags, err := w.Tags(t.Context(), id)
		if err != nil || len(tags) != 1 || tags[0] != (idc.Tag{Key: "a", Value: "3"}) {
			t.Errorf("tags of %s: %v, %v", id, tags, err)
		}
	}
	w.wants(w.Tag(t.Context(), w.Change(), member, []idc.Tag{{Key: "aws:x"}}), idc.Invalid, "reserved")
	w.wants(w.Tag(t.Context(), w.Change(), "999999999999", []idc.Tag{{Key: "x"}}), idc.NotFound, "TargetId")
}

func TestOrganizationPolicies(t *testing.T) {
	w := newWorld(t)
	create := func(name, content string) (*idc.OrganizationPolicy, error) {
		return w.CreatePolicy(t.Context(), w.Change(), account.PolicyDefinition{Name: name, Type: account.TypeSCP, Content: content})
	}
	p, err := create("NoS3", scp)
	w.ok(err)
	_, err = create("nos3", scp)
	w.wants(err, idc.Conflict, "same name")
	_, err = create("Bad", "{}")
	w.wants(err, idc.Invalid, "policy document")
	_, err = w.CreatePolicy(t.Context(), w.Change(), account.PolicyDefinition{Name: "Tags", Type: "TAG_POLICY", Content: "{}"})
	w.wants(err, idc.Invalid, "policy document")

	w.wants(w.DetachPolicy(t.Context(), w.Change(), account.FullAccessSCP, root), idc.QuotaExceeded, "at least one")
	w.ok(w.AttachPolicy(t.Context(), w.Change(), p.ID, root))
	w.wants(w.AttachPolicy(t.Context(), w.Change(), p.ID, root), idc.Conflict, "already attached")
	w.wants(w.DeletePolicy(t.Context(), w.Change(), p.ID), idc.Conflict, "attached to one or more")
	w.ok(w.DetachPolicy(t.Context(), w.Change(), account.FullAccessSCP, root))
	w.wants(w.DetachPolicy(t.Context(), w.Change(), account.FullAccessSCP, root), idc.NotFound, "isn't attached")
	w.wants(w.DetachPolicy(t.Context(), w.Change(), account.FullAccessRCP, root), idc.Invalid, "stays attached")
	onRoot, _, err := w.PoliciesOfTarget(t.Context(), root, account.TypeSCP, store.Page{})
	if err != nil || len(onRoot) != 1 || onRoot[0].ID != p.ID {
		t.Errorf("policies of the root %v, %v", onRoot, err)
	}
	targets, _, err := w.TargetsOfPolicy(t.Context(), p.ID, store.Page{})
	if err != nil || len(targets) != 1 || targets[0].Name != "Root" {
		t.Errorf("targets %v, %v", targets, err)
	}
	for i := range 9 {
		q, err := create(strings.Repeat("x", i+1), scp)
		w.ok(err)
		w.ok(w.AttachPolicy(t.Context(), w.Change(), q.ID, root))
	}
	last, err := create("last", scp)
	w.ok(err)
	w.wants(w.AttachPolicy(t.Context(), w.Change(), last.ID, root), idc.QuotaExceeded, "maximum number")
	name := "Other"
	_, err = w.UpdatePolicy(t.Context(), w.Change(), account.FullAccessSCP, account.PolicyUpdate{Name: &name})
	w.wants(err, idc.Invalid, "managed by AWS")
	updated, err := w.UpdatePolicy(t.Context(), w.Change(), last.ID, account.PolicyUpdate{Name: &name})
	if err != nil || updated.Name != "Other" || updated.Content != scp {
		t.Errorf("updated %+v, %v", updated, err)
	}
	w.ok(w.DeletePolicy(t.Context(), w.Change(), last.ID))
}

func TestNewNodesBeginWithFullAccess(t *testing.T) {
	w := newWorld(t)
	prod := w.ou(root, "Prod")
	op := w.createAccount(account.Request{Name: "Dev", Email: "dev@example.com"})
	for _, target := range []string{root, prod, op.TargetID, testidc.Management} {
		for policyType, want := range map[idc.PolicyType]string{account.TypeSCP: account.FullAccessSCP, account.TypeRCP: account.FullAccessRCP} {
			got, _, err := w.PoliciesOfTarget(t.Context(), target, policyType, store.Page{})
			if err != nil || len(got) != 1 || got[0].ID != want {
				t.Errorf("%s of %s: %v, %v", policyType, target, got, err)
			}
		}
	}
}
