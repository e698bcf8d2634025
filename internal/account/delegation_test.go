package account_test

import (
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

const (
	backup = "backup.amazonaws.com"
	sso    = account.IdentityCenter
)

func TestServiceAccess(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	names := func() (out string) {
		found, _, err := w.ServiceAccess(ctx, store.Page{})
		w.ok(err)
		for _, a := range found {
			out += a.ServicePrincipal + " "
		}
		return out
	}
	if got := names(); got != sso+" " {
		t.Errorf("at first: %s", got)
	}
	w.wants(w.EnableServiceAccess(ctx, w.Change(), "nonsense"), idc.Invalid, "unrecognized service principal")
	w.ok(w.EnableServiceAccess(ctx, w.Change(), backup))
	w.ok(w.EnableServiceAccess(ctx, w.Change(), backup))
	if got := names(); got != backup+" "+sso+" " {
		t.Errorf("with another: %s", got)
	}
	w.ok(w.RegisterAdministrator(ctx, w.Change(), member, backup))
	w.wants(w.DisableServiceAccess(ctx, w.Change(), backup), idc.QuotaExceeded, "has a delegated administrator")
	w.wants(w.DisableServiceAccess(ctx, w.Change(), sso), idc.QuotaExceeded, "IAM Identity Center instance")
	w.ok(w.DeregisterAdministrator(ctx, w.Change(), member, backup))
	w.ok(w.DisableServiceAccess(ctx, w.Change(), backup))
	w.ok(w.DisableServiceAccess(ctx, w.Change(), backup))
	if got := names(); got != sso+" " {
		t.Errorf("at last: %s", got)
	}
}

func TestDelegatedAdministrators(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	second, err := w.Add(ctx, w.Change(), idc.Account{ID: "333333333333", Name: "Second", Email: "second@example.com"})
	w.ok(err)
	register := func(id, service string) error { return w.RegisterAdministrator(ctx, w.Change(), id, service) }
	w.wants(register("999999999999", sso), idc.NotFound, "account that doesn't exist")
	w.wants(register(testidc.Management, sso), idc.QuotaExceeded, "management account")
	w.wants(register(member, backup), idc.QuotaExceeded, "Enable access")
	w.ok(register(member, sso))
	w.wants(register(member, sso), idc.Conflict, "already a delegated administrator")
	w.wants(register(second.ID, sso), idc.QuotaExceeded, "maximum number")
	w.ok(w.EnableServiceAccess(ctx, w.Change(), backup))
	w.Clock.Advance(1e9)
	w.ok(register(member, backup))
	w.ok(register(second.ID, backup))

	all, next, err := w.Administrators(ctx, "", store.Page{Limit: 1})
	if err != nil || len(all) != 1 || all[0].Account.ID != member || next != member || !all[0].Since.Before(w.Clock.Now()) {
		t.Errorf("first page %+v %q, %v", all, next, err)
	}
	all, next, err = w.Administrators(ctx, "", store.Page{Limit: 1, After: next})
	if err != nil || len(all) != 1 || all[0].Account.ID != second.ID || next != "" {
		t.Errorf("second page %+v %q, %v", all, next, err)
	}
	if all, _, err := w.Administrators(ctx, sso, store.Page{}); err != nil || len(all) != 1 {
		t.Errorf("of one service: %+v, %v", all, err)
	}
	services, _, err := w.DelegatedServices(ctx, member, store.Page{})
	if err != nil || len(services) != 2 || services[0].ServicePrincipal != backup {
		t.Errorf("services %+v, %v", services, err)
	}
	for id, want := range map[string]account.Standing{
		testidc.Management: account.Management, member: account.Administering, "999999999999": account.Outside,
	} {
		if got, err := w.Standing(ctx, id); err != nil || got != want {
			t.Errorf("%s stands at %v, %v", id, got, err)
		}
	}
	w.ok(w.DeregisterAdministrator(ctx, w.Change(), second.ID, backup))
	w.wants(w.DeregisterAdministrator(ctx, w.Change(), second.ID, backup), idc.Conflict, "not a delegated administrator")
	_, _, err = w.DelegatedServices(ctx, second.ID, store.Page{})
	w.wants(err, idc.Conflict, "not a delegated administrator")
	w.ok(w.Close(ctx, w.Change(), second.ID))
	w.wants(register(second.ID, backup), idc.QuotaExceeded, "suspended account")
}

// delegation gives an action to a member.
func delegation(principal, action, resource string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"` + action + `","Resource":"` + resource + `"}]}`
}

func TestResourcePolicy(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	put := func(content string, tags ...idc.Tag) error {
		_, err := w.PutResourcePolicy(ctx, w.Change(), content, tags)
		return err
	}
	_, err := w.ResourcePolicy(ctx)
	w.wants(err, idc.NotFound, "resource policy")
	w.wants(w.DeleteResourcePolicy(ctx, w.Change()), idc.NotFound, "resource policy")
	for content, words := range map[string]string{
		"{": "not valid",
		delegation("*", "organizations:ListRoots", "*"):                      "not of the organization",
		delegation("999999999999", "organizations:ListRoots", "*"):           "not of the organization",
		delegation(member, "organizations:MoveAccount", "*"):                 "not supported",
		delegation(member, "organizations:*", "*"):                           "not supported",
		delegation(member, "organizations:ListRoots", "arn:aws:s3:::bucket"): "not supported",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"222222222222"},"NotAction":"organizations:ListRoots","Resource":"*"}]}`: "needs Principal",
	} {
		w.wants(put(content), idc.Invalid, words)
	}
	w.ok(put(delegation(member, "organizations:List*", "*"), idc.Tag{Key: "a", Value: "b"}))
	first, err := w.ResourcePolicy(ctx)
	w.ok(err)
	w.wants(put(delegation(member, "organizations:List*", "*"), idc.Tag{Key: "c"}), idc.Invalid, "only with a new")
	w.ok(put(delegation(member, "organizations:AttachPolicy", "*")))
	second, err := w.ResourcePolicy(ctx)
	if err != nil || second.ID != first.ID || len(second.Tags) != 1 {
		t.Errorf("policy %+v, %v", second, err)
	}
	w.ok(w.Tag(ctx, w.Change(), second.ID, []idc.Tag{{Key: "c", Value: "d"}}))
	w.wants(w.Tag(ctx, w.Change(), "rp-other", []idc.Tag{{Key: "c", Value: "d"}}), idc.NotFound, "TargetId")
	if tags, err := w.Tags(ctx, second.ID); err != nil || len(tags) != 2 {
		t.Errorf("tags %v, %v", tags, err)
	}
	caller := idc.Caller{Type: idc.CallerAssumedRole, AccountID: member, ARN: "arn:aws:sts::222222222222:assumed-role/Admin/ana", PrincipalARN: "arn:aws:iam::222222222222:role/Admin"}
	for action, want := range map[string]bool{"organizations:AttachPolicy": true, "organizations:ListRoots": false} {
		if got, err := w.Delegates(ctx, caller, action, []string{"*"}, nil); err != nil || got != want {
			t.Errorf("%s: %v, %v", action, got, err)
		}
	}
	w.ok(w.DeleteResourcePolicy(ctx, w.Change()))
	if got, err := w.Delegates(ctx, caller, "organizations:AttachPolicy", []string{"*"}, nil); err != nil || got {
		t.Errorf("after it was deleted: %v, %v", got, err)
	}
}

func TestTagsOfTheRoot(t *testing.T) {
	w := newWorld(t)
	w.ok(w.Tag(t.Context(), w.Change(), root, []idc.Tag{{Key: "a", Value: "b"}}))
	w.wants(w.Tag(t.Context(), w.Change(), "r-other", []idc.Tag{{Key: "a", Value: "b"}}), idc.NotFound, "TargetId")
	if tags, err := w.Tags(t.Context(), root); err != nil || len(tags) != 1 {
		t.Errorf("tags %v, %v", tags, err)
	}
	w.ok(w.Untag(t.Context(), w.Change(), root, []string{"a"}))
	if tags, err := w.Tags(t.Context(), root); err != nil || len(tags) != 0 {
		t.Errorf("tags %v, %v", tags, err)
	}
}
