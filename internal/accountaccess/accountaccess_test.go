package accountaccess_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/accountaccess"
	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

const delegate = "333333333333"

type world struct {
	*testidc.World
	access *accountaccess.Service
	denied map[string]bool // ARNs of roles that let the service in for nobody
}

// newWorld has trusted access, and an account that administers the service.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: testidc.New(t), denied: map[string]bool{}}
	w.access = &accountaccess.Service{Store: w.Store, IDs: w.IDs, Admits: func(_ context.Context, role *idc.Role, by idc.ActingService) error {
		if by.Principal != "account-access.amazonaws.com" || by.SourceAccount != testidc.Management || !strings.Contains(by.SourceARN, ":application/") {
			t.Errorf("asked for %+v", by)
		}
		if w.denied[role.ARN] {
			return idc.Errorf(idc.Denied, "not trusted")
		}
		return nil
	}}
	w.Update(func(tx store.Tx) error {
		for _, err := range []error{
			tx.PutAccount(&idc.Account{ID: delegate, Name: "Delegate", ParentID: w.Instance.RootID, State: idc.AccountActive, Target: "native"}),
			tx.PutServiceAccess(&idc.ServiceAccess{ServicePrincipal: accountaccess.ServicePrincipal, EnabledAt: w.Clock.Now()}),
			tx.PutDelegatedAdministrator(&idc.DelegatedAdministrator{AccountID: delegate, ServicePrincipal: accountaccess.ServicePrincipal, EnabledAt: w.Clock.Now()}),
		} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	return w
}

func (w *world) application() string {
	w.T.Helper()
	made, err := w.access.Create(w.T.Context(), w.Change(), w.Instance.ARN, nil)
	if err != nil {
		w.T.Fatal(err)
	}
	return made
}

func (w *world) group(name string, members ...*idc.User) *idc.Group {
	w.T.Helper()
	g := &idc.Group{ID: w.IDs.GroupID(), IdentityStoreID: w.Instance.IdentityStoreID, DisplayName: name, Owner: idc.OwnerBuiltIn, CreatedAt: w.Clock.Now()}
	w.Update(func(tx store.Tx) error {
		if err := tx.PutGroup(g); err != nil {
			return err
		}
		for _, m := range members {
			if err := tx.PutMembership(&idc.Membership{ID: w.IDs.MembershipID(), GroupID: g.ID, UserID: m.ID, Owner: idc.OwnerBuiltIn}); err != nil {
				return err
			}
		}
		return nil
	})
	return g
}

func (w *world) role(accountID, name string) *idc.Role {
	return w.Role(accountID, name, `{"Version":"2012-10-17","Statement":[]}`)
}

func (w *world) entitle(application string, pt idc.PrincipalType, principalID, roleARN string) string {
	w.T.Helper()
	id, err := w.access.Entitle(w.T.Context(), w.Change(), accountaccess.Management, application,
		accountaccess.Definition{PrincipalType: pt, PrincipalID: principalID, RoleARN: roleARN})
	if err != nil {
		w.T.Fatal(err)
	}
	return id
}

// roles are the names of the roles a user may use now, with their accounts.
func (w *world) roles(userID string) (names []string) {
	w.T.Helper()
	w.View(func(r store.Reader) error {
		grants, err := accountaccess.Effective(r, userID, w.Clock.Now())
		for _, g := range grants {
			names = append(names, g.Account.ID[:3]+" "+g.Role.Name)
		}
		return err
	})
	return names
}

func (w *world) wants(err error, kind idc.Kind, words string) {
	w.T.Helper()
	if err == nil || idc.KindOf(err) != kind || !strings.Contains(idc.PublicMessage(err), words) {
		w.T.Errorf("got %v, want %v with %q", err, kind, words)
	}
}

func TestAnInstanceHasOneApplication(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	tags := []idc.Tag{{Key: "Team", Value: "iam"}, {Key: "Env", Value: "prod"}}
	made, err := w.access.Create(ctx, w.Change(), w.Instance.ARN, tags)
	if err != nil || !strings.HasPrefix(made, "arn:aws:account-access:us-east-1:111111111111:application/") {
		t.Fatalf("%q, %v", made, err)
	}
	slices.Reverse(tags)
	if again, err := w.access.Create(ctx, w.Change(), w.Instance.ARN, tags); err != nil || again != made {
		t.Errorf("the same call again made %q, %v", again, err)
	}
	_, err = w.access.Create(ctx, w.Change(), w.Instance.ARN, nil)
	w.wants(err, idc.Conflict, "already")
	if idc.ReasonOf(err) != "AlreadyCreated" {
		t.Errorf("reason %q", idc.ReasonOf(err))
	}
	got, err := w.access.Get(ctx, made)
	if err != nil || got.Status != "ACTIVE" || got.InstanceARN != w.Instance.ARN || !strings.HasPrefix(got.TenantID, "aa-") || len(got.Tags) != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := w.access.Get(ctx, strings.Replace(made, "us-east-1", "eu-west-1", 1)); !idc.IsNotFound(err) {
		t.Errorf("the ARN of another Region reached it: %v", err)
	}
	if err := w.access.Delete(ctx, w.Change(), made); err != nil {
		t.Fatal(err)
	}
	if err := w.access.Delete(ctx, w.Change(), made); err != nil {
		t.Errorf("deleting it again: %v", err)
	}
	if again, err := w.access.Create(ctx, w.Change(), w.Instance.ARN, nil); err != nil || again == made {
		t.Errorf("a new one: %q, %v", again, err)
	}
}

func TestWhatNoApplicationIsMadeOf(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	own := &idc.Instance{ID: "ssoins-0000000000000001", Kind: idc.InstanceOfAccount, ARN: arn.Instance("ssoins-0000000000000001").String(),
		IdentityStoreID: "d-00000000aa", OwnerAccountID: testidc.Member, Region: "us-east-1"}
	w.Update(func(tx store.Tx) error { return tx.PutInstance(own) })
	for arn, words := range map[string]string{
		own.ARN:                       "organization's instance",
		"arn:aws:sso:::instance/none": "invalid",
		"arn:aws:sso:::instance/ssoins-ffffffffffffffff": "Could not find",
	} {
		_, err := w.access.Create(ctx, w.Change(), arn, nil)
		w.wants(err, idc.Invalid, words)
	}
	_, err := w.access.Create(ctx, w.Change(), w.Instance.ARN, []idc.Tag{{Key: "aws:x", Value: "y"}})
	w.wants(err, idc.Invalid, "reserved")
	w.Update(func(tx store.Tx) error { return tx.DeleteServiceAccess(accountaccess.ServicePrincipal) })
	_, err = w.access.Create(ctx, w.Change(), w.Instance.ARN, nil)
	w.wants(err, idc.Denied, "enable-aws-service-access")
}

func TestStandings(t *testing.T) {
	w := newWorld(t)
	for account, want := range map[string]accountaccess.Standing{
		testidc.Management: accountaccess.Management, delegate: accountaccess.Delegate, testidc.Member: accountaccess.Nobody, "": accountaccess.Nobody,
	} {
		if got, err := w.access.StandingOf(t.Context(), account); err != nil || got != want {
			t.Errorf("%s: %d, %v; want %d", account, got, err, want)
		}
	}
}

func TestEntitlementsAreIdempotent(t *testing.T) {
	w := newWorld(t)
	application, ana, deploy := w.application(), w.User("ana"), w.role(testidc.Member, "Deploy")
	ids := make([]string, 8)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			ids[i], _ = w.access.Entitle(t.Context(), idc.ChangeSet{ID: fmt.Sprintf("00000000-0000-0000-0000-00000000000%d", i), At: w.Clock.Now(), Actor: "test"},
				accountaccess.Management, application, accountaccess.Definition{PrincipalType: idc.PrincipalUser, PrincipalID: ana.ID, RoleARN: deploy.ARN})
		})
	}
	wg.Wait()
	if ids[0] == "" || len(slices.Compact(ids)) != 1 {
		t.Errorf("the same call gave %v", ids)
	}
	e, err := w.access.Entitlement(t.Context(), application, ids[0])
	if err != nil || e.AccountID != testidc.Member || e.AccountName != "Member" || e.RoleARN != deploy.ARN || !e.CreatedAt.Equal(w.Clock.Now()) {
		t.Errorf("%+v, %v", e, err)
	}
	if _, err := w.access.Entitlement(t.Context(), application, "none"); !idc.IsNotFound(err) {
		t.Errorf("an unknown one: %v", err)
	}
}

func TestWhatIsNotEntitled(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	application, ana := w.application(), w.User("ana")
	deploy, closed, root := w.role(testidc.Member, "Deploy"), w.role("444444444444", "Deploy"), w.role(testidc.Management, "Root")
	stranger := &idc.User{ID: w.IDs.UserID(), IdentityStoreID: "d-00000000aa", UserName: "eve", Status: idc.UserEnabled, Owner: idc.OwnerBuiltIn}
	w.Update(func(tx store.Tx) error {
		if err := tx.PutUser(stranger); err != nil {
			return err
		}
		return tx.PutAccount(&idc.Account{ID: "444444444444", Name: "Closed", ParentID: w.Instance.RootID, State: idc.AccountSuspended, Target: "native"})
	})
	untrusting := w.role(testidc.Member, "Untrusting")
	w.denied[untrusting.ARN] = true
	for _, c := range []struct {
		name, principal, role string
		by                    accountaccess.Standing
		kind                  idc.Kind
		words                 string
	}{
		{"unknown user", w.IDs.UserID(), deploy.ARN, accountaccess.Management, idc.NotFound, "Could not find USER"},
		{"user of another identity store", stranger.ID, deploy.ARN, accountaccess.Management, idc.NotFound, "Could not find USER"},
		{"unknown role", ana.ID, deploy.ARN + "2", accountaccess.Management, idc.Invalid, "Error verifying role"},
		{"role with another path", ana.ID, "arn:aws:iam::222222222222:role/x/Deploy", accountaccess.Management, idc.Invalid, "does not exist"},
		{"account outside", ana.ID, "arn:aws:iam::999999999999:role/Deploy", accountaccess.Management, idc.Invalid, "not an active account"},
		{"closed account", ana.ID, closed.ARN, accountaccess.Management, idc.Invalid, "not an active account"},
		{"no trust", ana.ID, untrusting.ARN, accountaccess.Management, idc.Invalid, "sts:SetContext"},
		{"management account by a delegate", ana.ID, root.ARN, accountaccess.Delegate, idc.Denied, "management account"},
	} {
		_, err := w.access.Entitle(ctx, w.Change(), c.by, application,
			accountaccess.Definition{PrincipalType: idc.PrincipalUser, PrincipalID: c.principal, RoleARN: c.role})
		if err == nil || idc.KindOf(err) != c.kind || !strings.Contains(idc.PublicMessage(err), c.words) {
			t.Errorf("%s: %v, want %v with %q", c.name, err, c.kind, c.words)
		}
	}
	if got := w.roles(ana.ID); got != nil {
		t.Errorf("refused and yet entitled: %v", got)
	}
	id := w.entitle(application, idc.PrincipalUser, ana.ID, root.ARN)
	w.wants(w.access.Remove(ctx, w.Change(), accountaccess.Delegate, application, id), idc.Denied, "management account")
	_, err := w.access.Entitle(ctx, w.Change(), accountaccess.Management, application+"0",
		accountaccess.Definition{PrincipalType: idc.PrincipalUser, PrincipalID: ana.ID, RoleARN: deploy.ARN})
	w.wants(err, idc.NotFound, "Application not found")
}

func TestGroupsOfARoleAreBounded(t *testing.T) {
	w := newWorld(t)
	application, deploy, other := w.application(), w.role(testidc.Member, "Deploy"), w.role(testidc.Member, "Other")
	var last *idc.Group
	for i := range 20 {
		last = w.group(fmt.Sprintf("g%d", i))
		w.entitle(application, idc.PrincipalGroup, last.ID, deploy.ARN)
	}
	one := w.group("one too many")
	_, err := w.access.Entitle(t.Context(), w.Change(), accountaccess.Management, application,
		accountaccess.Definition{PrincipalType: idc.PrincipalGroup, PrincipalID: one.ID, RoleARN: deploy.ARN})
	w.wants(err, idc.QuotaExceeded, "20")
	w.entitle(application, idc.PrincipalGroup, last.ID, deploy.ARN) // it is there
	w.entitle(application, idc.PrincipalGroup, one.ID, other.ARN)
	for i := range 25 {
		w.entitle(application, idc.PrincipalUser, w.User(fmt.Sprintf("u%d", i)).ID, deploy.ARN)
	}
}

func TestListEntitlements(t *testing.T) {
	w := newWorld(t)
	application, ana, eve := w.application(), w.User("ana"), w.User("eve")
	staff := w.group("staff", ana)
	deploy, read, root := w.role(testidc.Member, "Deploy"), w.role(testidc.Member, "Read"), w.role(testidc.Management, "Root")
	for _, role := range []*idc.Role{deploy, read, root} {
		w.entitle(application, idc.PrincipalUser, ana.ID, role.ARN)
	}
	w.entitle(application, idc.PrincipalGroup, staff.ID, deploy.ARN)
	w.entitle(application, idc.PrincipalUser, eve.ID, root.ARN)
	for _, c := range []struct {
		name   string
		filter accountaccess.Filter
		want   int
	}{
		{"all", accountaccess.Filter{}, 5},
		{"a user, without its groups", accountaccess.Filter{PrincipalType: idc.PrincipalUser, PrincipalID: ana.ID}, 3},
		{"a group", accountaccess.Filter{PrincipalType: idc.PrincipalGroup, PrincipalID: staff.ID}, 1},
		{"a role", accountaccess.Filter{RoleARN: deploy.ARN}, 2},
		{"an account", accountaccess.Filter{AccountID: testidc.Management}, 2},
		{"a user and an account", accountaccess.Filter{PrincipalType: idc.PrincipalUser, PrincipalID: ana.ID, AccountID: testidc.Member}, 2},
		{"a role and an account that differ", accountaccess.Filter{RoleARN: deploy.ARN, AccountID: testidc.Management}, 0},
	} {
		for _, limit := range []int{1, 2, 100} {
			var ids []string
			for page := (store.Page{Limit: limit}); ; {
				list, next, err := w.access.ListEntitlements(t.Context(), application, c.filter, page)
				if err != nil || len(list) > limit {
					t.Fatalf("%s: %d, %v", c.name, len(list), err)
				}
				for _, e := range list {
					ids = append(ids, e.ID)
				}
				if page.After = next; next == "" {
					break
				}
			}
			if len(ids) != c.want || len(slices.Compact(ids)) != c.want || !slices.IsSorted(ids) {
				t.Errorf("%s by %d: %v, want %d", c.name, limit, ids, c.want)
			}
		}
	}
	if _, _, err := w.access.ListEntitlements(t.Context(), application+"0", accountaccess.Filter{}, store.Page{}); !idc.IsNotFound(err) {
		t.Errorf("of an unknown application: %v", err)
	}
}

func TestTags(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	application := w.application()
	for _, err := range []error{
		w.access.Tag(ctx, w.Change(), application, []idc.Tag{{Key: "a", Value: "1"}, {Key: "b", Value: "2"}}),
		w.access.Tag(ctx, w.Change(), application, []idc.Tag{{Key: "a", Value: "3"}}),
		w.access.Untag(ctx, w.Change(), application, []string{"b", "none"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if a, err := w.access.Get(ctx, application); err != nil || !slices.Equal(a.Tags, []idc.Tag{{Key: "a", Value: "3"}}) {
		t.Errorf("%v, %v", a.Tags, err)
	}
	var many []idc.Tag
	for i := range 51 {
		many = append(many, idc.Tag{Key: fmt.Sprint(i)})
	}
	w.wants(w.access.Tag(ctx, w.Change(), application, many), idc.Invalid, "50 tags")
	w.wants(w.access.Untag(ctx, w.Change(), application+"0", nil), idc.NotFound, "")
}

func TestEffective(t *testing.T) {
	w := newWorld(t)
	application, ana := w.application(), w.User("ana")
	staff, interns := w.group("staff", ana), w.group("interns")
	soon := w.Clock.Now().Add(time.Hour)
	w.Update(func(tx store.Tx) error {
		return tx.PutMembership(&idc.Membership{ID: w.IDs.MembershipID(), GroupID: interns.ID, UserID: ana.ID, Owner: idc.OwnerBuiltIn, Validity: idc.Validity{EndsAt: soon}})
	})
	deploy, read, root := w.role(testidc.Member, "Deploy"), w.role(testidc.Member, "Read"), w.role(testidc.Management, "Root")
	w.entitle(application, idc.PrincipalGroup, interns.ID, deploy.ARN)
	w.entitle(application, idc.PrincipalGroup, interns.ID, read.ARN)
	w.entitle(application, idc.PrincipalGroup, staff.ID, read.ARN)
	w.entitle(application, idc.PrincipalUser, ana.ID, root.ARN)
	if got := w.roles(ana.ID); !slices.Equal(got, []string{"111 Root", "222 Deploy", "222 Read"}) {
		t.Errorf("%v", got)
	}
	w.View(func(r store.Reader) error {
		grants, err := accountaccess.Effective(r, ana.ID, w.Clock.Now())
		if !grants[1].Validity.EndsAt.Equal(soon) {
			t.Errorf("what ends with the membership ends %v", grants[1].Validity.EndsAt)
		}
		if !grants[2].Validity.EndsAt.IsZero() {
			t.Errorf("what two groups give ends %v with the shorter", grants[2].Validity.EndsAt)
		}
		return err
	})
	w.Clock.Advance(time.Hour)
	if got := w.roles(ana.ID); !slices.Equal(got, []string{"111 Root", "222 Read"}) {
		t.Errorf("after the membership: %v", got)
	}
	w.Update(func(tx store.Tx) error {
		return tx.PutAccount(&idc.Account{ID: testidc.Member, Name: "Member", ParentID: w.Instance.RootID, State: idc.AccountSuspended, Target: "native"})
	})
	if got := w.roles(ana.ID); !slices.Equal(got, []string{"111 Root"}) {
		t.Errorf("in a suspended account: %v", got)
	}
	ana.Status = idc.UserDisabled
	w.Update(func(tx store.Tx) error { return tx.PutUser(ana) })
	if got := w.roles(ana.ID); got != nil {
		t.Errorf("of a disabled person: %v", got)
	}
}

// TestWhatEndsEntitlements: each way ends access at once and voids the credentials.
func TestWhatEndsEntitlements(t *testing.T) {
	for name, end := range map[string]func(w *world, application, id string, ana *idc.User, role *idc.Role) error{
		"deletion": func(w *world, application, id string, _ *idc.User, _ *idc.Role) error {
			return w.access.Remove(w.T.Context(), w.Change(), accountaccess.Delegate, application, id)
		},
		"the application": func(w *world, application, _ string, _ *idc.User, _ *idc.Role) error {
			return w.access.Delete(w.T.Context(), w.Change(), application)
		},
		"the principal": func(w *world, _, _ string, ana *idc.User, _ *idc.Role) error {
			change := w.Change()
			return w.Store.Update(w.T.Context(), change, func(tx store.Tx) error {
				return accountaccess.Unassign(tx, change, idc.PrincipalUser, ana.ID)
			})
		},
		"the role": func(w *world, _, _ string, _ *idc.User, role *idc.Role) error {
			change := w.Change()
			return w.Store.Update(w.T.Context(), change, func(tx store.Tx) error { return accountaccess.RoleDeleted(tx, change, role) })
		},
		"the account": func(w *world, _, _ string, _ *idc.User, role *idc.Role) error {
			change := w.Change()
			return w.Store.Update(w.T.Context(), change, func(tx store.Tx) error { return accountaccess.AccountLeft(tx, change, role.AccountID) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			application, ana, deploy := w.application(), w.User("ana"), w.role(testidc.Member, "Deploy")
			id := w.entitle(application, idc.PrincipalUser, ana.ID, deploy.ARN)
			holds := func() (yes bool) {
				w.View(func(r store.Reader) (err error) {
					yes, err = accountaccess.Holds(r, ana.ID, id, w.Clock.Now())
					return err
				})
				return yes
			}
			if !holds() || len(w.roles(ana.ID)) != 1 {
				t.Fatal("not entitled")
			}
			if err := end(w, application, id, ana, deploy); err != nil {
				t.Fatal(err)
			}
			if holds() || len(w.roles(ana.ID)) != 0 {
				t.Error("still entitled")
			}
			w.View(func(r store.Reader) error {
				fences, err := r.ListFences(w.Clock.Now())
				if len(fences) != 1 || fences[0].Kind != idc.FenceAssignment || fences[0].ID != id {
					t.Errorf("fences %+v", fences)
				}
				return err
			})
			if err := w.access.Remove(t.Context(), w.Change(), accountaccess.Management, application, id); err != nil && !idc.IsNotFound(err) {
				t.Errorf("deleting it again: %v", err)
			}
		})
	}
}

func TestEndRemovesWhatHasEnded(t *testing.T) {
	w := newWorld(t)
	application, ana, eve := w.application(), w.User("ana"), w.User("eve")
	_, _, applicationID, err := arn.ParseAccountAccessApplication(application)
	if err != nil {
		t.Fatal(err)
	}
	role := w.role(testidc.Member, "Deploy")
	ends := w.Clock.Now().Add(time.Hour)
	ended := w.IDs.UUID()
	w.Update(func(tx store.Tx) error {
		return tx.PutEntitlement(&idc.Entitlement{ID: ended, ApplicationID: applicationID, PrincipalType: idc.PrincipalUser, PrincipalID: ana.ID,
			RoleARN: role.ARN, Validity: idc.Validity{EndsAt: ends}, CreatedAt: w.Clock.Now()})
	})
	w.entitle(application, idc.PrincipalGroup, w.group("staff").ID, role.ARN)
	if n, err := w.access.End(t.Context(), w.Change()); n != 0 || err != nil {
		t.Errorf("before the end: %d, %v", n, err)
	}
	w.Clock.Advance(time.Hour)
	if got := w.roles(ana.ID); got != nil {
		t.Errorf("at the end: %v", got)
	}
	if again := w.entitle(application, idc.PrincipalUser, ana.ID, role.ARN); again == ended {
		t.Error("what has ended is given again under its old id")
	}
	w.Update(func(tx store.Tx) error {
		return tx.PutEntitlement(&idc.Entitlement{ID: ended, ApplicationID: applicationID, PrincipalType: idc.PrincipalUser, PrincipalID: eve.ID,
			RoleARN: role.ARN, Validity: idc.Validity{EndsAt: ends}, CreatedAt: w.Clock.Now()})
	})
	if n, err := w.access.End(t.Context(), w.Change()); n != 1 || err != nil {
		t.Errorf("after the end: %d, %v", n, err)
	}
	if list, _, err := w.access.ListEntitlements(t.Context(), application, accountaccess.Filter{}, store.Page{}); err != nil || len(list) != 2 {
		t.Errorf("left are %d, %v", len(list), err)
	}
}
