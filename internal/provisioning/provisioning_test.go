package provisioning_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/assignment"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/jobs"
	"github.com/gatehouse-idc/gatehouse/internal/permissionset"
	"github.com/gatehouse-idc/gatehouse/internal/provisioning"
	"github.com/gatehouse-idc/gatehouse/internal/provisioning/target/dryrun"
	"github.com/gatehouse-idc/gatehouse/internal/provisioning/target/native"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

const (
	member   = testidc.Member
	readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess"
	audit    = "arn:aws:iam::aws:policy/SecurityAudit"
	document = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}]}`
)

// world is a Gatehouse with a queue that runs when it is told to.
type world struct {
	*testidc.World
	roles        *role.Service
	sets         *permissionset.Service
	assignments  *assignment.Service
	provisioning *provisioning.Service
	crash        *crash // of the native target
	runner       *jobs.Runner
	ps           *idc.PermissionSet
	user         *idc.User
}

func newWorld(t *testing.T) *world {
	w := &world{World: testidc.New(t)}
	w.roles = &role.Service{Store: w.Store, IDs: w.IDs}
	w.sets = &permissionset.Service{Store: w.Store, IDs: w.IDs}
	w.assignments = &assignment.Service{Store: w.Store, IDs: w.IDs}
	w.crash = &crash{}
	w.provisioning = &provisioning.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Targets: map[string]provisioning.Target{},
		Inside: map[string]func(store.Tx) provisioning.Target{"native": func(tx store.Tx) provisioning.Target {
			return crashing{native.In(role.Reserved{Service: w.roles})(tx), w.crash}
		}}}
	w.runner = &jobs.Runner{
		Store: w.Store, Clock: w.Clock, IDs: w.IDs, Log: slog.New(slog.DiscardHandler), Random: func() float64 { return 0 },
		Handlers: map[string]jobs.Handler{
			assignment.JobProvision: {Run: w.provisioning.RunProvision, Fail: w.provisioning.FailProvision},
			assignment.JobSpread:    {Run: w.provisioning.RunSpread},
			account.JobReconcile:    {Run: w.provisioning.RunReconcileAccount},
			assignment.JobEnd: {Run: func(ctx context.Context, change idc.ChangeSet, _ *idc.Job) (func(store.Tx) error, error) {
				_, err := w.assignments.End(ctx, change)
				return nil, err
			}},
		},
	}
	w.user = w.User("ana")
	var err error
	w.ps, err = w.sets.Create(t.Context(), w.Change(), permissionset.Definition{Name: "ReadOnlyAccess", Description: "look only"})
	w.ok(err)
	w.ok(w.sets.AttachManaged(t.Context(), w.Change(), w.ps.ID, readOnly))
	return w
}

// crash says when a target fails.
type crash struct{ before, after error }

// crashing is a target that fails on demand, before or after the write.
type crashing struct {
	provisioning.Target
	*crash
}

func (c crashing) Apply(ctx context.Context, change idc.ChangeSet, d provisioning.Definition) error {
	if c.before != nil {
		return c.before
	}
	if err := c.Target.Apply(ctx, change, d); err != nil {
		return err
	}
	return c.after
}

// outside makes native accounts a place of their own, which no transaction reaches.
func (w *world) outside(t provisioning.Target) {
	delete(w.provisioning.Inside, "native")
	w.provisioning.Targets["native"] = t
}

func (w *world) ok(err error) {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
}

func (w *world) drain() {
	w.T.Helper()
	w.runner.Drain(w.T.Context())
}

func (w *world) edge() assignment.Edge {
	return assignment.Edge{AccountID: member, PermissionSetID: w.ps.ID, PrincipalType: idc.PrincipalUser, PrincipalID: w.user.ID}
}

// assign creates the assignment, runs the queue and returns the operation.
func (w *world) assign() *idc.Operation {
	w.T.Helper()
	op, err := w.assignments.Create(w.T.Context(), w.Change(), w.edge())
	w.ok(err)
	w.drain()
	return w.op(op)
}

func (w *world) op(op *idc.Operation) *idc.Operation {
	w.T.Helper()
	got, err := w.assignments.Operation(w.T.Context(), op.Kind, op.ID)
	w.ok(err)
	return got
}

func (w *world) provision(accountID string) *idc.Operation {
	w.T.Helper()
	op, err := w.provisioning.Provision(w.T.Context(), w.Change(), w.ps.ID, accountID)
	w.ok(err)
	w.drain()
	return w.op(op)
}

func (w *world) roleName() string {
	return "AWSReservedSSO_ReadOnlyAccess_" + strings.TrimPrefix(w.ps.ID, "ps-")
}

// role returns the provisioned role, or nil.
func (w *world) role(accountID string) *idc.Role {
	w.T.Helper()
	r, err := w.roles.Get(w.T.Context(), accountID, w.roleName())
	if idc.IsNotFound(err) {
		return nil
	}
	w.ok(err)
	return r
}

func (w *world) status(op *idc.Operation, status idc.OperationStatus, reason string) {
	w.T.Helper()
	if op.Status != status || op.FailureReason != reason || op.CompletedAt.IsZero() != (status == idc.OperationInProgress) {
		w.T.Errorf("operation %s %q (completed %v), want %s %q", op.Status, op.FailureReason, op.CompletedAt, status, reason)
	}
}

func (w *world) latest(status idc.ProvisioningStatus, want ...string) {
	w.T.Helper()
	got, _, err := w.provisioning.AccountsOfPermissionSet(w.T.Context(), w.ps.ID, status, store.Page{})
	w.ok(err)
	if !slices.Equal(got, want) {
		w.T.Errorf("accounts with %s: %v, want %v", status, got, want)
	}
}

func TestAssignmentMakesTheRole(t *testing.T) {
	w := newWorld(t)
	op, err := w.assignments.Create(t.Context(), w.Change(), w.edge())
	w.ok(err)
	w.status(op, idc.OperationInProgress, "")
	if w.role(member) != nil {
		t.Fatal("the role is there before the work was done")
	}
	w.drain()
	w.status(w.op(op), idc.OperationSucceeded, "")
	r := w.role(member)
	if r == nil {
		t.Fatal("no role")
	}
	if r.ARN != "arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/"+w.roleName() || r.MaxSessionDuration != 12*time.Hour ||
		r.Description != "look only" || !slices.Equal(r.AttachedPolicies, []string{readOnly}) || r.PermissionSetID != w.ps.ID {
		t.Errorf("role %+v", r)
	}
	want := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::222222222222:saml-provider/AWSSSO_1234567890abcdef_DO_NOT_DELETE"},"Action":["sts:AssumeRoleWithSAML","sts:TagSession"],"Condition":{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}}}]}`
	if r.TrustPolicy != want {
		t.Errorf("trust policy\n%s\nwant\n%s", r.TrustPolicy, want)
	}
	if _, err := w.roles.SAMLProvider(t.Context(), member, "arn:aws:iam::222222222222:saml-provider/AWSSSO_1234567890abcdef_DO_NOT_DELETE"); err != nil {
		t.Error(err)
	}
	row, err := w.provisioning.Get(t.Context(), member, w.ps.ID)
	if err != nil || row.RoleARN != r.ARN || row.Revision != 2 {
		t.Errorf("observed %+v, %v", row, err)
	}
	w.latest(idc.ProvisionedLatest, member)
}

func TestChangesReachAccountsWhenProvisioned(t *testing.T) {
	w := newWorld(t)
	w.assign()
	before := w.role(member)
	w.ok(w.sets.AttachManaged(t.Context(), w.Change(), w.ps.ID, audit))
	w.ok(w.sets.DetachManaged(t.Context(), w.Change(), w.ps.ID, readOnly))
	w.ok(w.sets.PutInline(t.Context(), w.Change(), w.ps.ID, document))
	w.ok(w.sets.PutBoundary(t.Context(), w.Change(), w.ps.ID, idc.PermissionsBoundary{ManagedPolicyARN: readOnly}))
	w.drain()
	if got := w.role(member); !slices.Equal(got.AttachedPolicies, []string{readOnly}) {
		t.Errorf("the role changed before it was asked for: %+v", got)
	}
	w.latest(idc.ProvisionedNotLatest, member)
	w.latest(idc.ProvisionedLatest)
	w.status(w.provision(member), idc.OperationSucceeded, "")
	got := w.role(member)
	if got.ID != before.ID {
		t.Error("the role was replaced and not changed in place")
	}
	if !slices.Equal(got.AttachedPolicies, []string{audit}) || got.InlinePolicies["AwsSSOInlinePolicy"] != document || got.PermissionsBoundary != readOnly {
		t.Errorf("role %+v", got)
	}
	w.latest(idc.ProvisionedLatest, member)
}

func TestDriftIsRepaired(t *testing.T) {
	w := newWorld(t)
	w.assign()
	w.World.Update(func(tx store.Tx) error {
		r, err := tx.Role(member, w.roleName())
		w.ok(err)
		r.AttachedPolicies = append(r.AttachedPolicies, "arn:aws:iam::aws:policy/AdministratorAccess")
		r.InlinePolicies = map[string]string{"backdoor": document}
		r.TrustPolicy = `{}`
		return tx.PutRole(r)
	})
	w.status(w.provision(member), idc.OperationSucceeded, "")
	if got := w.role(member); !slices.Equal(got.AttachedPolicies, []string{readOnly}) || len(got.InlinePolicies) != 0 || got.TrustPolicy == "{}" {
		t.Errorf("role %+v", got)
	}
}

// TestSquattersGiveWay: who administers an account may not hold a role under the
// name of a permission set to come, and reach what it is given.
func TestSquattersGiveWay(t *testing.T) {
	w := newWorld(t)
	squat := w.Role(member, w.roleName(), `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"sts:AssumeRole"}]}`,
		"arn:aws:iam::aws:policy/AdministratorAccess")
	w.status(w.assign(), idc.OperationSucceeded, "")
	got := w.role(member)
	if got.ID == squat.ID || got.Path != "/aws-reserved/sso.amazonaws.com/" || !slices.Equal(got.AttachedPolicies, []string{readOnly}) {
		t.Errorf("role %+v", got)
	}
	w.View(func(r store.Reader) error {
		fences, err := r.ListFences(w.Clock.Now())
		if !slices.ContainsFunc(fences, func(f *idc.Fence) bool { return f.Kind == idc.FenceRole && f.ID == squat.ID }) {
			t.Error("sessions of the squatter go on")
		}
		return err
	})
}

func TestLastAssignmentTakesTheRoleAway(t *testing.T) {
	w := newWorld(t)
	w.assign()
	other := w.User("ben")
	second := w.edge()
	second.PrincipalID = other.ID
	_, err := w.assignments.Create(t.Context(), w.Change(), second)
	w.ok(err)
	w.drain()
	id := w.role(member).ID

	op, err := w.assignments.Delete(t.Context(), w.Change(), w.edge())
	w.ok(err)
	w.drain()
	w.status(w.op(op), idc.OperationSucceeded, "")
	if w.role(member) == nil {
		t.Fatal("the role went while an assignment needs it")
	}
	op, err = w.assignments.Delete(t.Context(), w.Change(), second)
	w.ok(err)
	w.drain()
	w.status(w.op(op), idc.OperationSucceeded, "")
	if w.role(member) != nil {
		t.Error("the role is still there")
	}
	w.latest("")
	w.View(func(r store.Reader) error {
		fences, err := r.ListFences(w.Clock.Now())
		if !slices.ContainsFunc(fences, func(f *idc.Fence) bool { return f.Kind == idc.FenceRole && f.ID == id }) {
			t.Error("sessions of the removed role go on")
		}
		return err
	})
	w.ok(w.sets.Delete(t.Context(), w.Change(), w.ps.ID))
}

func TestMissingCustomerManagedPolicyFails(t *testing.T) {
	w := newWorld(t)
	w.ok(w.sets.AttachCustomer(t.Context(), w.Change(), w.ps.ID, idc.CustomerManagedPolicyReference{Name: "local", Path: "/team/"}))
	failure := "Received a 404 status error: Not supported policy arn:aws:iam::222222222222:policy/team/local."
	w.status(w.assign(), idc.OperationFailed, failure)
	rows, _, err := w.assignments.List(t.Context(), member, w.ps.ID, store.Page{})
	if err != nil || len(rows) != 0 {
		t.Errorf("a failed creation left the assignment: %v, %v", rows, err)
	}
	if w.role(member) != nil {
		t.Error("a failed creation left a role")
	}
	// The name is compared without regard to case, and kept as the account spells it.
	p, err := w.roles.CreatePolicy(t.Context(), w.Change(), member, role.PolicyDefinition{Name: "Local", Path: "/team/", Document: document})
	w.ok(err)
	w.status(w.assign(), idc.OperationSucceeded, "")
	if got := w.role(member); !slices.Equal(got.AttachedPolicies, []string{readOnly, p.ARN}) {
		t.Errorf("policies %v", got.AttachedPolicies)
	}
	if err := w.roles.DeletePolicy(t.Context(), w.Change(), p.ARN); idc.ReasonOf(err) != idc.ReasonDeleteConflict {
		t.Errorf("the policy of a provisioned role could be deleted: %v", err)
	}
}

func TestCrashes(t *testing.T) {
	unplugged := errors.New("the plug was pulled")
	for name, when := range map[string]crash{"before the write": {before: unplugged}, "after the write": {after: unplugged}} {
		for _, outside := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, outside %t", name, outside), func(t *testing.T) {
				w := newWorld(t)
				remembers := &dryrun.Target{}
				if outside {
					w.outside(crashing{remembers, w.crash})
				}
				*w.crash = when
				op := w.assign()
				w.status(op, idc.OperationInProgress, "")
				w.latest("")
				if w.role(member) != nil {
					t.Error("a transaction that failed left a role")
				}
				*w.crash = crash{}
				w.drain()
				w.status(w.op(op), idc.OperationInProgress, "") // back-off
				w.Clock.Advance(time.Second)
				w.drain()
				w.status(w.op(op), idc.OperationSucceeded, "")
				if w.role(member) == nil && len(remembers.Roles()) != 1 {
					t.Error("no role")
				}
				w.latest(idc.ProvisionedLatest, member)
			})
		}
	}
}

// TestOutsideAccountsFollowToo: what a target of its own keeps appears and goes as a native role does.
func TestOutsideAccountsFollowToo(t *testing.T) {
	w := newWorld(t)
	there := &dryrun.Target{}
	w.outside(there)
	w.status(w.assign(), idc.OperationSucceeded, "")
	if roles := there.Roles(); len(roles) != 1 || roles[0].Name != w.roleName() {
		t.Errorf("roles %+v", roles)
	}
	op, err := w.assignments.Delete(t.Context(), w.Change(), w.edge())
	w.ok(err)
	w.drain()
	w.status(w.op(op), idc.OperationSucceeded, "")
	w.latest("")
	if roles := there.Roles(); len(roles) != 0 {
		t.Errorf("roles %+v are left", roles)
	}
	delete(w.provisioning.Targets, "native")
	w.status(w.assign(), idc.OperationFailed, `Received a 400 status error: Accounts of the kind "native" cannot be provisioned.`)
}

func TestANodeThatDiesLeavesTheJobToAnother(t *testing.T) {
	w := newWorld(t)
	op, err := w.assignments.Create(t.Context(), w.Change(), w.edge())
	w.ok(err)
	w.World.Update(func(tx store.Tx) error { // a node claims the job and is gone
		claimed, err := tx.ClaimJobs(w.Clock.Now(), 30*time.Second, 10)
		if len(claimed) != 1 {
			t.Errorf("claimed %v", claimed)
		}
		return err
	})
	w.drain()
	w.status(w.op(op), idc.OperationInProgress, "")
	w.Clock.Advance(30 * time.Second)
	w.drain()
	w.status(w.op(op), idc.OperationSucceeded, "")
}

func TestProvisionWhereItIsNot(t *testing.T) {
	w := newWorld(t)
	w.status(w.provision(member), idc.OperationFailed, "Received a 404 status error: Permission set provision not found in AWS account 222222222222.")
	w.status(w.provision(""), idc.OperationSucceeded, "") // nothing to do
}

func TestProvisionEverywhere(t *testing.T) {
	w := newWorld(t)
	_, err := w.assignments.Put(t.Context(), w.Change(), idc.Assignment{PermissionSetID: w.ps.ID, PrincipalType: idc.PrincipalUser, PrincipalID: w.user.ID, Scope: idc.Scope{Kind: idc.ScopeAll}})
	w.ok(err)
	w.drain()
	w.latest(idc.ProvisionedLatest, testidc.Management, member)
	w.ok(w.sets.AttachManaged(t.Context(), w.Change(), w.ps.ID, audit))
	op, err := w.provisioning.Provision(t.Context(), w.Change(), w.ps.ID, "")
	w.ok(err)
	if op.Pending != 2 {
		t.Errorf("pending %d", op.Pending)
	}
	w.drain()
	w.status(w.op(op), idc.OperationSucceeded, "")
	w.latest(idc.ProvisionedLatest, testidc.Management, member)

	// One account fails; the others are done all the same, and the operation says so.
	_, err = w.roles.CreatePolicy(t.Context(), w.Change(), member, role.PolicyDefinition{Name: "local", Document: document})
	w.ok(err)
	w.ok(w.sets.AttachCustomer(t.Context(), w.Change(), w.ps.ID, idc.CustomerManagedPolicyReference{Name: "local"}))
	w.status(w.provision(""), idc.OperationFailed, "Received a 404 status error: Not supported policy arn:aws:iam::111111111111:policy/local.")
	w.latest(idc.ProvisionedLatest, member)
	w.latest(idc.ProvisionedNotLatest, testidc.Management)
}

func TestScopesFollowAccounts(t *testing.T) {
	w := newWorld(t)
	w.World.Update(func(tx store.Tx) error {
		return tx.PutOU(&idc.OrganizationalUnit{ID: "ou-exam-00000001", Name: "Prod", ParentID: "r-exam"})
	})
	_, err := w.assignments.Put(t.Context(), w.Change(), idc.Assignment{PermissionSetID: w.ps.ID, PrincipalType: idc.PrincipalUser, PrincipalID: w.user.ID, Scope: idc.Scope{Kind: idc.ScopeOU, OUID: "ou-exam-00000001"}})
	w.ok(err)
	w.drain()
	w.latest("")
	accounts := &account.Service{Store: w.Store, IDs: w.IDs}
	w.ok(accounts.Move(t.Context(), w.Change(), member, "r-exam", "ou-exam-00000001"))
	w.drain()
	w.latest("", member)
	w.ok(accounts.Move(t.Context(), w.Change(), member, "ou-exam-00000001", "r-exam"))
	w.drain()
	w.latest("")
	if w.role(member) != nil {
		t.Error("the role stayed when the account left the OU")
	}
}

func TestValidityBeginsAndEnds(t *testing.T) {
	w := newWorld(t)
	now := w.Clock.Now()
	_, err := w.assignments.Put(t.Context(), w.Change(), idc.Assignment{
		PermissionSetID: w.ps.ID, PrincipalType: idc.PrincipalUser, PrincipalID: w.user.ID,
		Scope:    idc.Scope{Kind: idc.ScopeAccount, AccountID: member},
		Validity: idc.Validity{StartsAt: now.Add(time.Hour), EndsAt: now.Add(2 * time.Hour)},
	})
	w.ok(err)
	for _, there := range []bool{false, true, false} {
		w.drain()
		if (w.role(member) != nil) != there {
			t.Errorf("at %v the role is there: %v", w.Clock.Now().Sub(now), !there)
		}
		w.Clock.Advance(time.Hour)
	}
	w.View(func(r store.Reader) error {
		left, err := r.ListAssignments(store.Page{})
		if len(left) != 0 {
			t.Errorf("the ended assignment is current: %+v", left)
		}
		return err
	})
}

func TestConvergeFindsWhatWasGivenUp(t *testing.T) {
	w := newWorld(t)
	w.ok(w.sets.AttachCustomer(t.Context(), w.Change(), w.ps.ID, idc.CustomerManagedPolicyReference{Name: "local"}))
	_, err := w.assignments.Put(t.Context(), w.Change(), idc.Assignment{PermissionSetID: w.ps.ID, PrincipalType: idc.PrincipalUser, PrincipalID: w.user.ID, Scope: idc.Scope{Kind: idc.ScopeAccount, AccountID: member}})
	w.ok(err)
	w.drain()
	w.latest("")
	_, err = w.roles.CreatePolicy(t.Context(), w.Change(), member, role.PolicyDefinition{Name: "local", Document: document})
	w.ok(err)
	w.ok(w.provisioning.Converge(t.Context(), w.Change()))
	w.drain()
	w.latest("", member)
}

func TestConvergeDoesNotPileUp(t *testing.T) {
	w := newWorld(t)
	w.crash.before = errors.New("the account does not answer")
	w.assign()
	_, err := w.assignments.Put(t.Context(), w.Change(), idc.Assignment{PermissionSetID: w.ps.ID, PrincipalType: idc.PrincipalUser, PrincipalID: w.user.ID, Scope: idc.Scope{Kind: idc.ScopeAll}})
	w.ok(err)
	w.drain()
	queue := func() (n int) {
		w.View(func(r store.Reader) error {
			var err error
			n, err = r.CountJobs()
			return err
		})
		return n
	}
	before := queue()
	w.ok(w.provisioning.Converge(t.Context(), w.Change()))
	if after := queue(); before == 0 || after != before {
		t.Errorf("%d jobs became %d", before, after)
	}
}

// lying is a target that does not do what it says.
type lying struct{ dryrun.Target }

func (l *lying) Read(ctx context.Context, accountID, roleName string) (*provisioning.Role, error) {
	found, err := l.Target.Read(ctx, accountID, roleName)
	if found != nil {
		found.AttachedPolicies = nil
	}
	return found, err
}

func TestSucceededMeansReadBack(t *testing.T) {
	w := newWorld(t)
	w.outside(&lying{})
	op := w.assign()
	w.status(op, idc.OperationInProgress, "")
	w.latest("")
	honest := &dryrun.Target{}
	w.outside(honest)
	w.Clock.Advance(time.Minute)
	w.drain()
	w.status(w.op(op), idc.OperationSucceeded, "")
	if roles := honest.Roles(); len(roles) != 1 || roles[0].Name != w.roleName() {
		t.Errorf("dry run saw %+v", roles)
	}
}

func TestConcurrentAssignmentsOfManyAccounts(t *testing.T) {
	w := newWorld(t)
	var wg sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	wg.Go(func() { w.runner.Run(ctx) })
	var ops []*idc.Operation
	for i := range 6 {
		id := strings.Repeat(string(rune('3'+i)), 12)
		w.World.Update(func(tx store.Tx) error {
			return tx.PutAccount(&idc.Account{ID: id, Name: id, Email: id + "@example.com", ParentID: "r-exam", State: idc.AccountActive, Target: "native"})
		})
		e := w.edge()
		e.AccountID = id
		op, err := w.assignments.Create(t.Context(), w.Change(), e)
		w.ok(err)
		ops = append(ops, op)
	}
	events := w.Store.Watch(ctx)
	done := func() bool {
		return !slices.ContainsFunc(ops, func(op *idc.Operation) bool { return w.op(op).Status == idc.OperationInProgress })
	}
	for !done() {
		select {
		case <-events:
		case <-t.Context().Done():
			t.Fatal("the operations do not end")
		}
	}
	stop()
	wg.Wait()
	for _, op := range ops {
		w.status(w.op(op), idc.OperationSucceeded, "")
	}
}
