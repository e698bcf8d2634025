package account_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

const day = 24 * time.Hour

func (w *world) state(id string) idc.AccountState {
	w.T.Helper()
	a, err := w.Get(w.T.Context(), id)
	w.ok(err)
	return a.State
}

func TestCloseAccount(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	r := w.Role(member, "Deploy", "{}")
	w.wants(w.Close(ctx, w.Change(), testidc.Management), idc.QuotaExceeded, "management account")
	w.wants(w.Close(ctx, w.Change(), "999999999999"), idc.NotFound, "account that doesn't exist")
	w.ok(w.Close(ctx, w.Change(), member))
	w.wants(w.Close(ctx, w.Change(), member), idc.Conflict, "closed already")
	if got := w.state(member); got != idc.AccountPendingClosure {
		t.Errorf("state %s", got)
	}
	w.View(func(r2 store.Reader) error {
		fences, err := r2.ListFences(w.Clock.Now())
		if err != nil || len(fences) != 1 || fences[0].ID != r.ID || !fences[0].IssuedBefore.After(w.Clock.Now()) {
			t.Errorf("fences %+v, %v", fences, err)
		}
		return err
	})
	for _, step := range []struct {
		after time.Duration
		want  idc.AccountState
	}{{0, idc.AccountSuspended}, {90*day - time.Second, idc.AccountSuspended}, {time.Second, idc.AccountClosed}} {
		w.Clock.Advance(step.after)
		w.runner.Drain(ctx)
		if got := w.state(member); got != step.want {
			t.Errorf("%s later: %s, want %s", step.after, got, step.want)
		}
	}
}

func TestClosuresAreBounded(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.Quotas.Closures = 4
	var ids []string
	for i := range 6 {
		a, err := w.Add(ctx, w.Change(), idc.Account{ID: fmt.Sprintf("40000000000%d", i), Name: "A", Email: fmt.Sprintf("a%d@example.com", i)})
		w.ok(err)
		ids = append(ids, a.ID)
	}
	for _, id := range ids[:3] {
		w.ok(w.Close(ctx, w.Change(), id))
	}
	w.wants(w.Close(ctx, w.Change(), ids[3]), idc.QuotaExceeded, "at the same time")
	w.runner.Drain(ctx)
	w.ok(w.Close(ctx, w.Change(), ids[3]))
	w.runner.Drain(ctx)
	w.wants(w.Close(ctx, w.Change(), ids[4]), idc.QuotaExceeded, "within 30 days")
	w.Clock.Advance(30 * day)
	w.ok(w.Close(ctx, w.Change(), ids[4]))
}

func TestLeaving(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.World.Update(func(tx store.Tx) error {
		for id, scope := range map[string]idc.Scope{"named": {Kind: idc.ScopeAccount, AccountID: member}, "all": {Kind: idc.ScopeAll}} {
			err := tx.PutAssignment(&idc.Assignment{ID: id, PermissionSetID: "ps", PrincipalType: "USER", PrincipalID: "u", Scope: scope})
			if err != nil {
				return err
			}
		}
		return nil
	})
	w.wants(w.Remove(ctx, w.Change(), testidc.Management), idc.Conflict, "management account")
	w.wants(w.Remove(ctx, w.Change(), "999999999999"), idc.NotFound, "doesn't exist")
	w.wants(w.Remove(ctx, w.Change(), member), idc.QuotaExceeded, "four days")
	w.Clock.Advance(4 * day)
	w.ok(w.RegisterAdministrator(ctx, w.Change(), member, sso))
	w.wants(w.Remove(ctx, w.Change(), member), idc.QuotaExceeded, "delegated administrator")
	w.ok(w.DeregisterAdministrator(ctx, w.Change(), member, sso))
	w.ok(w.Remove(ctx, w.Change(), member))
	w.View(func(r store.Reader) error {
		a, err := r.Account(member)
		if err != nil || a.InOrganization() {
			t.Errorf("account %+v, %v", a, err)
		}
		attachments, err := r.ListAttachmentsOfTarget(member)
		if err != nil || len(attachments) > 0 {
			t.Errorf("attachments %v, %v", attachments, err)
		}
		assignments, err := r.ListAssignments(store.Page{})
		if err != nil || len(assignments) != 1 || assignments[0].ID != "all" {
			t.Errorf("assignments %+v, %v", assignments, err)
		}
		return nil
	})
	_, err := w.Get(ctx, member)
	w.wants(err, idc.NotFound, "doesn't exist")
	_, err = w.Parent(ctx, member)
	w.wants(err, idc.NotFound, "ChildId")
	w.wants(w.Tag(ctx, w.Change(), member, []idc.Tag{{Key: "a"}}), idc.NotFound, "TargetId")
	w.wants(w.AttachPolicy(ctx, w.Change(), account.FullAccessSCP, member), idc.NotFound, "TargetId")
	w.wants(w.Move(ctx, w.Change(), member, root, root), idc.NotFound, "doesn't exist")
	w.wants(w.Close(ctx, w.Change(), member), idc.NotFound, "doesn't exist")
	if standing, err := w.Standing(ctx, member); err != nil || standing != account.Outside {
		t.Errorf("standing %v, %v", standing, err)
	}
}

func TestTheOneOrganization(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.wants(w.CheckOrganizationNew(ctx, member), idc.Conflict, "already a member")
	w.wants(w.CheckOrganizationGone(ctx), idc.Conflict, "isn't empty")
	w.leave()
	w.wants(w.CheckOrganizationNew(ctx, member), idc.Denied, "one organization")
	w.wants(w.CheckOrganizationGone(ctx), idc.QuotaExceeded, "can't be deleted")
	w.wants(account.HasAllFeatures(), idc.QuotaExceeded, "all features enabled already")
}

// leave takes the member account out of the organization.
func (w *world) leave() {
	w.T.Helper()
	w.Clock.Advance(4 * day)
	w.ok(w.Remove(w.T.Context(), w.Change(), member))
}

func (w *world) invite(q account.Invitation) (*idc.Handshake, error) {
	return w.Invite(w.T.Context(), w.Change(), q)
}

func toAccount(id string) account.Invitation {
	return account.Invitation{Target: idc.HandshakeParty{ID: id, Type: account.PartyAccount}, Notes: "Join", Tags: []idc.Tag{{Key: "a", Value: "b"}}}
}

func TestInvitation(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	for name, c := range map[string]struct {
		target idc.HandshakeParty
		kind   idc.Kind
		words  string
	}{
		"a member":       {idc.HandshakeParty{ID: member, Type: account.PartyAccount}, idc.QuotaExceeded, "member of an organization already"},
		"a short number": {idc.HandshakeParty{ID: "1", Type: account.PartyAccount}, idc.Invalid, "12 digits"},
		"nobody":         {idc.HandshakeParty{ID: "999999999999", Type: account.PartyAccount}, idc.Invalid, "no active account"},
		"no address":     {idc.HandshakeParty{ID: "x", Type: account.PartyEmail}, idc.Invalid, "invalid email"},
		"no one's":       {idc.HandshakeParty{ID: "x@example.com", Type: account.PartyEmail}, idc.Invalid, "no active account"},
		"organization":   {idc.HandshakeParty{ID: "o-exampleorgid", Type: account.PartyOrganization}, idc.Invalid, "an account or the owner"},
	} {
		_, err := w.invite(account.Invitation{Target: c.target})
		if idc.KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
		w.wants(err, c.kind, c.words)
	}
	w.leave()
	h, err := w.invite(toAccount(member))
	w.ok(err)
	if h.State != idc.HandshakeOpen || h.AccountID != member || h.ExpiresAt.Sub(h.RequestedAt) != 15*day || len(h.Resources) != 3 {
		t.Errorf("handshake %+v", h)
	}
	_, err = w.invite(toAccount(member))
	w.wants(err, idc.Conflict, "already exists")
	_, err = w.Handshake(ctx, "999999999999", h.ID, w.Clock.Now())
	w.wants(err, idc.NotFound, "handshake")
	_, err = w.Accept(ctx, w.Change(), testidc.Management, h.ID)
	w.wants(err, idc.Denied, "permissions")
	_, err = w.Cancel(ctx, w.Change(), member, h.ID)
	w.wants(err, idc.Denied, "permissions")

	accepted, err := w.Accept(ctx, w.Change(), member, h.ID)
	if err != nil || accepted.State != idc.HandshakeAccepted {
		t.Errorf("accepted %+v, %v", accepted, err)
	}
	a, err := w.Get(ctx, member)
	if err != nil || a.ParentID != root || a.JoinedMethod != "INVITED" || len(a.Tags) != 1 {
		t.Errorf("account %+v, %v", a, err)
	}
	if got := w.policiesOn(member, account.TypeSCP); len(got) != 1 {
		t.Errorf("policies %v", got)
	}
	_, err = w.Accept(ctx, w.Change(), member, h.ID)
	w.wants(err, idc.Conflict, "ACCEPTED already")
	_, err = w.Decline(ctx, w.Change(), member, h.ID)
	w.wants(err, idc.Conflict, "can't become DECLINED")
}

func TestInvitationsEnd(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.leave()
	for name, c := range map[string]struct {
		end  func(id string) (*idc.Handshake, error)
		want idc.HandshakeState
	}{
		"declined": {func(id string) (*idc.Handshake, error) { return w.Decline(ctx, w.Change(), member, id) }, idc.HandshakeDeclined},
		"canceled": {func(id string) (*idc.Handshake, error) { return w.Cancel(ctx, w.Change(), testidc.Management, id) }, idc.HandshakeCanceled},
		"expired": {func(id string) (*idc.Handshake, error) {
			w.Clock.Advance(15 * day)
			return w.Handshake(ctx, member, id, w.Clock.Now())
		}, idc.HandshakeExpired},
	} {
		h, err := w.invite(toAccount(member))
		w.ok(err)
		ended, err := c.end(h.ID)
		if err != nil || ended.State != c.want {
			t.Errorf("%s: %+v, %v", name, ended, err)
		}
		_, err = w.Accept(ctx, w.Change(), member, h.ID)
		w.wants(err, idc.Conflict, "can't become ACCEPTED")
	}
	list, next, err := w.Handshakes(ctx, store.HandshakeFilter{AccountID: member}, w.Clock.Now(), store.Page{Limit: 2})
	if err != nil || len(list) != 2 || next == "" {
		t.Errorf("first page %v %q, %v", list, next, err)
	}
	list, next, err = w.Handshakes(ctx, store.HandshakeFilter{Action: idc.HandshakeInvite}, w.Clock.Now(), store.Page{Limit: 2, After: next})
	if err != nil || len(list) != 1 || next != "" {
		t.Errorf("second page %v %q, %v", list, next, err)
	}
}

func TestInvitationsAreBounded(t *testing.T) {
	w := newWorld(t)
	w.leave()
	for range 20 {
		h, err := w.invite(toAccount(member))
		w.ok(err)
		_, err = w.Cancel(t.Context(), w.Change(), testidc.Management, h.ID)
		w.ok(err)
	}
	_, err := w.invite(toAccount(member))
	w.wants(err, idc.QuotaExceeded, "in one day")
	w.Clock.Advance(day)
	h, err := w.invite(toAccount(member))
	w.ok(err)
	w.Quotas.Accounts = 1
	_, err = w.Accept(t.Context(), w.Change(), member, h.ID)
	w.wants(err, idc.QuotaExceeded, "no room")
	if got, err := w.Handshake(t.Context(), member, h.ID, w.Clock.Now()); err != nil || got.State != idc.HandshakeOpen {
		t.Errorf("a handshake that failed: %+v, %v", got, err)
	}
}
