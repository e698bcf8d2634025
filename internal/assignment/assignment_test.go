package assignment_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/assignment"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/permissionset"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

const account = testidc.Member

type world struct {
	*testidc.World
	*assignment.Service
	ps *idc.PermissionSet
}

func newWorld(t *testing.T) *world {
	w := &world{World: testidc.New(t)}
	w.Service = &assignment.Service{Store: w.World.Store, IDs: w.World.IDs}
	w.ps = w.permissionSet("ReadOnly")
	return w
}

func (w *world) permissionSet(name string) *idc.PermissionSet {
	w.T.Helper()
	sets := &permissionset.Service{Store: w.World.Store, IDs: w.World.IDs}
	ps, err := sets.Create(w.T.Context(), w.Change(), permissionset.Definition{Name: name})
	w.ok(err)
	return ps
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

// group stores a group with one member, whose membership has a validity.
func (w *world) group(name, userID string, v idc.Validity) string {
	id := w.World.IDs.GroupID()
	w.World.Update(func(tx store.Tx) error {
		if err := tx.PutGroup(&idc.Group{ID: id, IdentityStoreID: w.Instance.IdentityStoreID, DisplayName: name, Owner: idc.OwnerBuiltIn}); err != nil {
			return err
		}
		return tx.PutMembership(&idc.Membership{ID: w.World.IDs.MembershipID(), GroupID: id, UserID: userID, Validity: v, Owner: idc.OwnerBuiltIn})
	})
	return id
}

func (w *world) put(a idc.Assignment) *idc.Assignment {
	w.T.Helper()
	if a.PermissionSetID == "" {
		a.PermissionSetID = w.ps.ID
	}
	out, err := w.Put(w.T.Context(), w.Change(), a)
	w.ok(err)
	return out
}

func (w *world) edge(pt idc.PrincipalType, id string) assignment.Edge {
	return assignment.Edge{AccountID: account, PermissionSetID: w.ps.ID, PrincipalType: pt, PrincipalID: id}
}

// accounts lists the accounts a user may use, as Effective and EffectiveOf say.
func (w *world) accounts(userID string, at time.Time) string {
	w.T.Helper()
	var out []string
	w.View(func(r store.Reader) error {
		grants, err := assignment.Effective(r, userID, at)
		if err != nil {
			return err
		}
		granted := map[string]bool{}
		for _, g := range grants {
			granted[g.AccountID] = true
		}
		all, err := r.ListAccounts(store.Page{})
		if err != nil {
			return err
		}
		for _, a := range all {
			_, ok, err := assignment.EffectiveOf(r, userID, a.ID, w.ps.ID, at)
			if err != nil {
				return err
			}
			if ok != granted[a.ID] {
				w.T.Errorf("account %s: Effective says %v, EffectiveOf says %v", a.ID, granted[a.ID], ok)
			}
			if ok {
				out = append(out, a.ID)
			}
		}
		return nil
	})
	return strings.Join(out, " ")
}

func (w *world) jobs(kind string) int {
	w.T.Helper()
	n := 0
	w.View(func(r store.Reader) error {
		jobs, err := r.ListJobs(store.Page{})
		for _, j := range jobs {
			if j.Kind == kind {
				n++
			}
		}
		return err
	})
	return n
}

func (w *world) fences() map[string]bool {
	out := map[string]bool{}
	w.View(func(r store.Reader) error {
		fences, err := r.ListFences(w.Clock.Now())
		for _, f := range fences {
			out[string(f.Kind)+" "+f.ID] = true
		}
		return err
	})
	return out
}

func TestCreateIsIdempotent(t *testing.T) {
	w := newWorld(t)
	u := w.User("ana")
	first, err := w.Create(t.Context(), w.Change(), w.edge(idc.PrincipalUser, u.ID))
	w.ok(err)
	second, err := w.Create(t.Context(), w.Change(), w.edge(idc.PrincipalUser, u.ID))
	w.ok(err)
	if first.ID == second.ID || first.Status != idc.OperationInProgress || first.AssignmentID == "" || second.AssignmentID != "" {
		t.Errorf("operations %+v and %+v", first, second)
	}
	if n := w.jobs(assignment.JobProvision); n != 2 {
		t.Errorf("%d jobs, want one for each operation", n)
	}
	rows, _, err := w.List(t.Context(), account, w.ps.ID, store.Page{})
	if err != nil || len(rows) != 1 {
		t.Errorf("rows %+v, %v", rows, err)
	}
	got, err := w.Operation(t.Context(), idc.OperationAssignmentCreation, first.ID)
	if err != nil || got.PrincipalID != u.ID {
		t.Errorf("operation %+v, %v", got, err)
	}
	_, err = w.Operation(t.Context(), idc.OperationAssignmentDeletion, first.ID)
	w.wants(err, idc.NotFound, first.ID)
}

func TestCreateRefusals(t *testing.T) {
	w := newWorld(t)
	u := w.User("ana")
	try := func(e assignment.Edge) error {
		_, err := w.Create(t.Context(), w.Change(), e)
		return err
	}
	good := w.edge(idc.PrincipalUser, u.ID)
	e := good
	e.PermissionSetID = "ps-0000000000000000"
	w.wants(try(e), idc.NotFound, "Could not find PermissionSet with id ps-0000000000000000")
	e = good
	e.AccountID = "999999999999"
	w.wants(try(e), idc.NotFound, "999999999999")
	e = good
	e.PrincipalType = idc.PrincipalGroup
	w.wants(try(e), idc.NotFound, "GROUP")
	w.World.Update(func(tx store.Tx) error {
		a, err := tx.Account(account)
		a.State = idc.AccountSuspended
		w.ok(err)
		return tx.PutAccount(a)
	})
	w.wants(try(good), idc.Conflict, "SUSPENDED")
	if n := w.jobs(assignment.JobProvision); n != 0 {
		t.Errorf("refused creations left %d jobs", n)
	}
}

func TestOutstandingQuota(t *testing.T) {
	w := newWorld(t)
	w.Quotas.Outstanding = 1
	u := w.User("ana")
	_, err := w.Create(t.Context(), w.Change(), w.edge(idc.PrincipalUser, u.ID))
	w.ok(err)
	_, err = w.Create(t.Context(), w.Change(), w.edge(idc.PrincipalUser, u.ID))
	if idc.ReasonOf(err) != idc.ReasonConcurrentChange {
		t.Errorf("error %v", err)
	}
}

// The quota counts what is asked for and not provisioned yet; what the account will have anyhow may be assigned again.
func TestQuotaOfAccount(t *testing.T) {
	w := newWorld(t)
	w.Quotas.PermissionSetsPerAccount = 2
	ana, ben := w.User("ana"), w.User("ben")
	second, third := w.permissionSet("Second").ID, w.permissionSet("Third").ID
	create := func(set string, u *idc.User) error {
		_, err := w.Create(t.Context(), w.Change(), assignment.Edge{AccountID: account, PermissionSetID: set, PrincipalType: idc.PrincipalUser, PrincipalID: u.ID})
		return err
	}
	w.ok(create(w.ps.ID, ana))
	w.ok(create(second, ana))
	w.wants(create(third, ana), idc.QuotaExceeded, "Cannot provision more than 2 permission sets to account "+account)
	w.ok(create(second, ben))
	w.ok(create(second, ben))
	_, err := w.Delete(t.Context(), w.Change(), w.edge(idc.PrincipalUser, ana.ID))
	w.ok(err)
	w.ok(create(third, ben))
}

func TestDelete(t *testing.T) {
	w := newWorld(t)
	u := w.User("ana")
	edge := w.edge(idc.PrincipalUser, u.ID)
	op, err := w.Delete(t.Context(), w.Change(), edge)
	w.ok(err)
	if op.Status != idc.OperationFailed || op.FailureReason != "Received a 404 status error: Assignment not found." || op.CompletedAt.IsZero() {
		t.Errorf("deleting nothing: %+v", op)
	}
	created, err := w.Create(t.Context(), w.Change(), edge)
	w.ok(err)
	if w.accounts(u.ID, w.Clock.Now()) != account {
		t.Error("the assignment does not count")
	}
	op, err = w.Delete(t.Context(), w.Change(), edge)
	w.ok(err)
	if op.Status != idc.OperationInProgress {
		t.Errorf("operation %+v", op)
	}
	if w.accounts(u.ID, w.Clock.Now()) != "" {
		t.Error("access goes on after the deletion was asked for")
	}
	if !w.fences()["assignment "+created.AssignmentID] {
		t.Error("credentials issued before go on")
	}
}

func TestScopeAll(t *testing.T) {
	w := newWorld(t)
	u := w.User("omar")
	g := w.group("Ops", u.ID, idc.Validity{})
	all := w.put(idc.Assignment{PrincipalType: idc.PrincipalGroup, PrincipalID: g, Scope: idc.Scope{Kind: idc.ScopeAll}})
	if got := w.accounts(u.ID, w.Clock.Now()); got != testidc.Management+" "+account {
		t.Errorf("accounts %s", got)
	}
	w.World.Update(func(tx store.Tx) error {
		return tx.PutAccount(&idc.Account{ID: "333333333333", Name: "New", Email: "new@example.com", ParentID: "r-exam", State: idc.AccountActive, Target: "native"})
	})
	if got := w.accounts(u.ID, w.Clock.Now()); !strings.HasSuffix(got, "333333333333") {
		t.Errorf("the new account is not reached: %s", got)
	}
	rows, _, err := w.List(t.Context(), account, w.ps.ID, store.Page{})
	if err != nil || len(rows) != 1 || !rows[0].Derived || rows[0].PrincipalID != g {
		t.Errorf("rows %+v, %v", rows, err)
	}
	_, err = w.Delete(t.Context(), w.Change(), w.edge(idc.PrincipalGroup, g))
	w.wants(err, idc.Conflict, all.ID)
	w.wants(err, idc.Conflict, "all accounts")

	excluding := w.put(idc.Assignment{PrincipalType: idc.PrincipalGroup, PrincipalID: g, Scope: idc.Scope{Kind: idc.ScopeAll, Exclude: []string{account}}})
	w.ok(w.Remove(t.Context(), w.Change(), all.ID))
	if got := w.accounts(u.ID, w.Clock.Now()); strings.Contains(got, account) || excluding.ID == all.ID {
		t.Errorf("accounts %s", got)
	}
}

// TestPeopleOfAnotherInstanceAreNobodyHere: only principals of the organization's identity store are assigned.
func TestPeopleOfAnotherInstanceAreNobodyHere(t *testing.T) {
	w := newWorld(t)
	w.World.Update(func(tx store.Tx) error {
		return errors.Join(tx.PutUser(&idc.User{ID: "u-2", IdentityStoreID: "d-2222222222", UserName: "ana", Status: idc.UserEnabled}),
			tx.PutGroup(&idc.Group{ID: "g-2", IdentityStoreID: "d-2222222222", DisplayName: "G"}))
	})
	for pt, id := range map[idc.PrincipalType]string{idc.PrincipalUser: "u-2", idc.PrincipalGroup: "g-2"} {
		if _, err := w.Create(t.Context(), w.Change(), w.edge(pt, id)); !idc.IsNotFound(err) {
			t.Errorf("%s %s: %v", pt, id, err)
		}
	}
}

// TestStandaloneAccountsAreOutOfEveryScope: an account that left the organization is reached by nothing.
func TestStandaloneAccountsAreOutOfEveryScope(t *testing.T) {
	w := newWorld(t)
	ana := w.User("ana")
	w.put(idc.Assignment{PrincipalType: idc.PrincipalUser, PrincipalID: ana.ID, Scope: idc.Scope{Kind: idc.ScopeAccount, AccountID: account}})
	w.put(idc.Assignment{PrincipalType: idc.PrincipalUser, PrincipalID: ana.ID, Scope: idc.Scope{Kind: idc.ScopeAll}})
	w.World.Update(func(tx store.Tx) error {
		left, err := tx.Account(account)
		if err != nil {
			return err
		}
		left.ParentID = ""
		return tx.PutAccount(left)
	})
	w.View(func(r store.Reader) error {
		grants, err := assignment.Effective(r, ana.ID, w.Clock.Now())
		for _, g := range grants {
			if g.AccountID == account {
				t.Errorf("grant %+v", g)
			}
		}
		_, ok, ofErr := assignment.EffectiveOf(r, ana.ID, account, w.ps.ID, w.Clock.Now())
		if ok {
			t.Error("EffectiveOf reaches an account that left")
		}
		return errors.Join(err, ofErr)
	})
}

func TestScopeOU(t *testing.T) {
	w := newWorld(t)
	u := w.User("ana")
	w.World.Update(func(tx store.Tx) error {
		w.ok(tx.PutOU(&idc.OrganizationalUnit{ID: "ou-exam-00000001", Name: "Prod", ParentID: "r-exam"}))
		w.ok(tx.PutOU(&idc.OrganizationalUnit{ID: "ou-exam-00000002", Name: "EU", ParentID: "ou-exam-00000001"}))
		w.ok(tx.PutAccount(&idc.Account{ID: "333333333333", Name: "P", Email: "p@example.com", ParentID: "ou-exam-00000001", State: idc.AccountActive}))
		return tx.PutAccount(&idc.Account{ID: "444444444444", Name: "E", Email: "e@example.com", ParentID: "ou-exam-00000002", State: idc.AccountActive})
	})
	for _, tc := range []struct {
		scope idc.Scope
		want  string
	}{
		{idc.Scope{Kind: idc.ScopeOU, OUID: "ou-exam-00000001"}, "333333333333 444444444444"},
		{idc.Scope{Kind: idc.ScopeOU, OUID: "ou-exam-00000001", Direct: true}, "333333333333"},
		{idc.Scope{Kind: idc.ScopeOU, OUID: "ou-exam-00000001", Exclude: []string{"333333333333"}}, "444444444444"},
		{idc.Scope{Kind: idc.ScopeOU, OUID: "r-exam", Direct: true}, testidc.Management + " " + account},
		{idc.Scope{Kind: idc.ScopeOU, OUID: "r-exam"}, testidc.Management + " " + account + " 333333333333 444444444444"},
	} {
		a := w.put(idc.Assignment{PrincipalType: idc.PrincipalUser, PrincipalID: u.ID, Scope: tc.scope})
		if got := w.accounts(u.ID, w.Clock.Now()); got != tc.want {
			t.Errorf("%+v reaches %s, want %s", tc.scope, got, tc.want)
		}
		w.ok(w.Remove(t.Context(), w.Change(), a.ID))
	}
	for _, bad := range []idc.Scope{{Kind: idc.ScopeTag, Tag: "env=prod"}, {Kind: "x"}} {
		_, err := w.Put(t.Context(), w.Change(), idc.Assignment{PermissionSetID: w.ps.ID, PrincipalType: idc.PrincipalUser, PrincipalID: u.ID, Scope: bad})
		w.wants(err, idc.Invalid, "not supported yet")
	}
	_, err := w.Put(t.Context(), w.Change(), idc.Assignment{PermissionSetID: w.ps.ID, PrincipalType: idc.PrincipalUser, PrincipalID: u.ID, Scope: idc.Scope{Kind: idc.ScopeOU, OUID: "ou-exam-99999999"}})
	w.wants(err, idc.NotFound, "ou-exam-99999999")
}

func TestWhoHasNothing(t *testing.T) {
	w := newWorld(t)
	u := w.User("ana")
	w.put(idc.Assignment{PrincipalType: idc.PrincipalUser, PrincipalID: u.ID, Scope: idc.Scope{Kind: idc.ScopeAccount, AccountID: account}})
	if w.accounts(u.ID, w.Clock.Now()) != account || w.accounts("nobody", w.Clock.Now()) != "" {
		t.Error("the assignment does not count, or counts for others")
	}
	set := func(state idc.AccountState, status idc.UserStatus) {
		w.World.Update(func(tx store.Tx) error {
			a, err := tx.Account(account)
			w.ok(err)
			a.State = state
			w.ok(tx.PutAccount(a))
			u.Status = status
			return tx.PutUser(u)
		})
	}
	set(idc.AccountSuspended, idc.UserEnabled)
	if got := w.accounts(u.ID, w.Clock.Now()); got != "" {
		t.Errorf("a suspended account is reached: %s", got)
	}
	set(idc.AccountActive, idc.UserDisabled)
	if got := w.accounts(u.ID, w.Clock.Now()); got != "" {
		t.Errorf("a disabled user has %s", got)
	}
}

func TestValidityIsTheIntersection(t *testing.T) {
	w := newWorld(t)
	now := w.Clock.Now()
	u := w.User("vera")
	g := w.group("Vendors", u.ID, idc.Validity{StartsAt: now.Add(time.Hour), EndsAt: now.Add(5 * time.Hour)})
	w.put(idc.Assignment{PrincipalType: idc.PrincipalGroup, PrincipalID: g, Scope: idc.Scope{Kind: idc.ScopeAccount, AccountID: account},
		Validity: idc.Validity{StartsAt: now.Add(2 * time.Hour), EndsAt: now.Add(7 * time.Hour)}})
	for _, tc := range []struct {
		after time.Duration
		want  string
	}{{0, ""}, {time.Hour, ""}, {2*time.Hour - 1, ""}, {2 * time.Hour, account}, {5*time.Hour - 1, account}, {5 * time.Hour, ""}, {6 * time.Hour, ""}} {
		if got := w.accounts(u.ID, now.Add(tc.after)); got != tc.want {
			t.Errorf("after %v: %q, want %q", tc.after, got, tc.want)
		}
	}
	w.View(func(r store.Reader) error {
		g, ok, err := assignment.EffectiveOf(r, u.ID, account, w.ps.ID, now.Add(3*time.Hour))
		if err != nil || !ok || !g.Validity.StartsAt.Equal(now.Add(2*time.Hour)) || !g.Validity.EndsAt.Equal(now.Add(5*time.Hour)) {
			t.Errorf("grant %+v, %v, %v", g, ok, err)
		}
		for after, want := range map[time.Duration]bool{0: false, 2 * time.Hour: true, 6 * time.Hour: true, 7 * time.Hour: false} {
			reached, err := assignment.Reached(r, account, w.ps.ID, now.Add(after))
			if err != nil || reached != want {
				t.Errorf("reached after %v: %v, %v; members do not matter to the role", after, reached, err)
			}
		}
		return nil
	})
}

func TestEffectiveOfTakesTheLongest(t *testing.T) {
	w := newWorld(t)
	now := w.Clock.Now()
	u := w.User("ana")
	for i, v := range []idc.Validity{{EndsAt: now.Add(time.Hour)}, {}, {EndsAt: now.Add(2 * time.Hour)}} {
		g := w.group(string(rune('a'+i)), u.ID, idc.Validity{})
		w.put(idc.Assignment{PrincipalType: idc.PrincipalGroup, PrincipalID: g, Scope: idc.Scope{Kind: idc.ScopeAccount, AccountID: account}, Validity: v})
	}
	w.View(func(r store.Reader) error {
		g, ok, err := assignment.EffectiveOf(r, u.ID, account, w.ps.ID, now)
		if err != nil || !ok || !g.Validity.EndsAt.IsZero() {
			t.Errorf("grant %+v, %v, %v", g, ok, err)
		}
		return nil
	})
}

func TestEndRetires(t *testing.T) {
	w := newWorld(t)
	now := w.Clock.Now()
	u := w.User("vera")
	w.group("Short", u.ID, idc.Validity{EndsAt: now.Add(time.Hour)})
	a := w.put(idc.Assignment{PrincipalType: idc.PrincipalUser, PrincipalID: u.ID, Scope: idc.Scope{Kind: idc.ScopeAccount, AccountID: account}, Validity: idc.Validity{EndsAt: now.Add(time.Hour)}})
	if w.jobs(assignment.JobEnd) != 1 {
		t.Error("no job waits for the end")
	}
	if n, err := w.End(t.Context(), w.Change()); n != 0 || err != nil {
		t.Errorf("too early: %d, %v", n, err)
	}
	before := w.jobs(assignment.JobSpread)
	w.Clock.Advance(time.Hour)
	if n, err := w.End(t.Context(), w.Change()); n != 2 || err != nil {
		t.Errorf("ended %d, %v", n, err)
	}
	if w.jobs(assignment.JobSpread) != before+1 {
		t.Error("accounts do not follow the end")
	}
	_, err := w.Get(t.Context(), a.ID)
	w.wants(err, idc.NotFound, "")
	// What was true stays on record.
	w.View(func(r store.Reader) error {
		if _, err := r.At(now.Add(time.Minute)).Assignment(a.ID); err != nil {
			t.Errorf("history forgot the assignment: %v", err)
		}
		return nil
	})
}

func TestPutChangesValidity(t *testing.T) {
	w := newWorld(t)
	now := w.Clock.Now()
	u := w.User("ana")
	a := idc.Assignment{PrincipalType: idc.PrincipalUser, PrincipalID: u.ID, Scope: idc.Scope{Kind: idc.ScopeAll}}
	a.Validity.EndsAt = now.Add(time.Hour)
	first := w.put(a)
	a.Validity.EndsAt = now.Add(2 * time.Hour)
	if longer := w.put(a); longer.ID != first.ID {
		t.Error("a longer validity made another assignment")
	}
	a.Validity.EndsAt = now.Add(time.Minute)
	if shorter := w.put(a); shorter.ID == first.ID || !w.fences()["assignment "+first.ID] {
		t.Error("credentials issued for longer go on after the validity was cut")
	}
	a.Validity.EndsAt = now
	_, err := w.Put(t.Context(), w.Change(), idc.Assignment{PermissionSetID: w.ps.ID, PrincipalType: a.PrincipalType, PrincipalID: a.PrincipalID, Scope: a.Scope, Validity: a.Validity})
	w.wants(err, idc.Invalid, "in the future")
}

func TestForPrincipal(t *testing.T) {
	w := newWorld(t)
	u := w.User("ana")
	g := w.group("Devs", u.ID, idc.Validity{})
	w.put(idc.Assignment{PrincipalType: idc.PrincipalGroup, PrincipalID: g, Scope: idc.Scope{Kind: idc.ScopeAll}})
	w.put(idc.Assignment{PrincipalType: idc.PrincipalGroup, PrincipalID: g, Scope: idc.Scope{Kind: idc.ScopeAccount, AccountID: account}})
	w.put(idc.Assignment{PrincipalType: idc.PrincipalUser, PrincipalID: u.ID, Scope: idc.Scope{Kind: idc.ScopeAccount, AccountID: account}})
	rows, _, err := w.ForPrincipal(t.Context(), idc.PrincipalUser, u.ID, "", store.Page{})
	w.ok(err)
	var got []string
	for _, row := range rows {
		got = append(got, row.AccountID+" "+string(row.PrincipalType))
	}
	if strings.Join(got, ", ") != "111111111111 GROUP, 222222222222 GROUP, 222222222222 USER" {
		t.Errorf("rows %v", got)
	}
	first, next, err := w.ForPrincipal(t.Context(), idc.PrincipalUser, u.ID, account, store.Page{Limit: 1})
	w.ok(err)
	second, last, err := w.ForPrincipal(t.Context(), idc.PrincipalUser, u.ID, account, store.Page{Limit: 1, After: next})
	w.ok(err)
	if len(first) != 1 || len(second) != 1 || first[0] == second[0] || next == "" || last != "" || first[0].Derived {
		t.Errorf("pages %v and %v", first, second)
	}
	_, _, err = w.ForPrincipal(t.Context(), idc.PrincipalUser, "nobody", "", store.Page{})
	w.wants(err, idc.NotFound, "nobody")
}

func TestUnassign(t *testing.T) {
	w := newWorld(t)
	u := w.User("ana")
	a := w.put(idc.Assignment{PrincipalType: idc.PrincipalUser, PrincipalID: u.ID, Scope: idc.Scope{Kind: idc.ScopeAll}})
	w.World.Update(func(tx store.Tx) error { return assignment.Unassign(tx, w.Change(), idc.PrincipalUser, u.ID) })
	if w.accounts(u.ID, w.Clock.Now()) != "" || !w.fences()["assignment "+a.ID] {
		t.Error("the assignment or its credentials live on")
	}
}
