package application_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

const (
	custom     = "arn:aws:sso::aws:applicationProvider/custom"
	customSAML = "arn:aws:sso::aws:applicationProvider/custom-saml"
	standalone = "333333333333"
)

// world names what both of its parts have.
type world struct {
	*testidc.World
	*application.Service
	Instance *idc.Instance
	IDs      *ids.Source
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := testidc.New(t)
	return &world{World: w, Service: &application.Service{Store: w.Store, IDs: w.IDs}, Instance: w.Instance, IDs: w.IDs}
}

func (w *world) definition(name string) application.Definition {
	return application.Definition{InstanceID: w.Instance.ID, OwnerAccountID: testidc.Management, ProviderARN: custom, Name: name}
}

func (w *world) create(d application.Definition) *idc.Application {
	w.T.Helper()
	made, err := w.Create(w.T.Context(), w.Change(), "", d)
	if err != nil {
		w.T.Fatal(err)
	}
	return w.get(made)
}

func (w *world) application(name string) *idc.Application {
	w.T.Helper()
	return w.create(w.definition(name))
}

func (w *world) get(applicationARN string) *idc.Application {
	w.T.Helper()
	a, err := w.Get(w.T.Context(), applicationARN)
	if err != nil {
		w.T.Fatal(err)
	}
	return a
}

// accountInstance stores an instance of an account, with its own identity store.
func (w *world) accountInstance(accountID string) *idc.Instance {
	w.T.Helper()
	id := w.IDs.InstanceID()
	in := &idc.Instance{ID: id, Kind: idc.InstanceOfAccount, ARN: arn.Instance(id).String(), IdentityStoreID: "d-00000000aa", OwnerAccountID: accountID, Region: "us-east-1"}
	w.World.Update(func(tx store.Tx) error { return tx.PutInstance(in) })
	return in
}

func (w *world) group(storeID, name string) *idc.Group {
	w.T.Helper()
	g := &idc.Group{ID: w.IDs.GroupID(), IdentityStoreID: storeID, DisplayName: name, Owner: idc.OwnerBuiltIn, CreatedAt: w.Clock.Now()}
	w.World.Update(func(tx store.Tx) error { return tx.PutGroup(g) })
	return g
}

// must fails the test when a step does.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wants fails unless err has the kind and its public text contains the words.
func wants(t *testing.T, err error, kind idc.Kind, words string) {
	t.Helper()
	if err == nil || idc.KindOf(err) != kind || !strings.Contains(idc.PublicMessage(err), words) {
		t.Errorf("error = %v, want %s with %q", err, kind, words)
	}
}

func TestCreate(t *testing.T) {
	w := newWorld(t)
	a := w.application("Wiki")
	if a.ARN != "arn:aws:sso::111111111111:application/ssoins-1234567890abcdef/"+a.ID || a.Status != idc.Enabled || !a.AssignmentRequired ||
		a.Portal != (idc.PortalOptions{Visibility: idc.Enabled}) || a.CreatedFrom != "us-east-1" || !a.CreatedAt.Equal(w.Clock.Now()) {
		t.Errorf("created %+v", a)
	}
	if b := w.application("Wiki"); b.ARN == a.ARN { // names need not be unique
		t.Errorf("two applications have the ARN %s", a.ARN)
	}
	said := w.definition("Said")
	said.ProviderARN, said.Status = customSAML, idc.Disabled
	said.Portal = idc.PortalOptions{Visibility: idc.Disabled, SignInOrigin: idc.SignInAtApplication, SignInURL: "https://wiki.example.com"}
	if got := w.create(said); got.Status != idc.Disabled || got.Portal != said.Portal {
		t.Errorf("created %+v, want as said", got)
	}
}

func TestCreateRefuses(t *testing.T) {
	w := newWorld(t)
	mine := w.accountInstance(testidc.Member)
	w.World.Update(func(tx store.Tx) error {
		return tx.PutAccount(&idc.Account{ID: standalone, Name: "Left", Email: "left@example.com", State: idc.AccountActive, Target: "native"})
	})
	for name, c := range map[string]struct {
		edit  func(d *application.Definition)
		kind  idc.Kind
		words string
	}{
		"unknown provider":  {func(d *application.Definition) { d.ProviderARN = custom + "x" }, idc.NotFound, "ApplicationProvider"},
		"no URL":            {func(d *application.Definition) { d.Portal.SignInOrigin = idc.SignInAtApplication }, idc.Invalid, "ApplicationUrl must be given"},
		"URL without use":   {func(d *application.Definition) { d.Portal.SignInURL = "https://x" }, idc.Invalid, "only when"},
		"tag twice":         {func(d *application.Definition) { d.Tags = []idc.Tag{{Key: "a"}, {Key: "a"}} }, idc.Invalid, "twice"},
		"stranger":          {func(d *application.Definition) { d.OwnerAccountID = "999999999999" }, idc.Denied, "cannot create applications"},
		"standalone":        {func(d *application.Definition) { d.OwnerAccountID = standalone }, idc.Denied, "cannot create applications"},
		"another's account": {func(d *application.Definition) { d.InstanceID = mine.ID }, idc.Denied, "cannot create applications"},
		"unknown instance":  {func(d *application.Definition) { d.InstanceID = "ssoins-0000000000000000" }, idc.NotFound, ""},
	} {
		d := w.definition("x")
		c.edit(&d)
		_, err := w.Create(t.Context(), w.Change(), "", d)
		if err == nil || idc.KindOf(err) != c.kind || !strings.Contains(idc.PublicMessage(err), c.words) {
			t.Errorf("%s: error = %v, want %s with %q", name, err, c.kind, c.words)
		}
	}
	for instance, owner := range map[string]string{mine.ID: testidc.Member, w.Instance.ID: testidc.Member} {
		d := w.definition("x")
		d.InstanceID, d.OwnerAccountID = instance, owner
		w.create(d)
	}
	creating := *mine
	creating.Status = idc.InstanceDeleting
	w.World.Update(func(tx store.Tx) error { return tx.PutInstance(&creating) })
	d := w.definition("x")
	d.InstanceID, d.OwnerAccountID = mine.ID, testidc.Member
	_, err := w.Create(t.Context(), w.Change(), "", d)
	wants(t, err, idc.Conflict, "not active")
}

func TestClientToken(t *testing.T) {
	w := newWorld(t)
	again := func(d application.Definition) (string, error) { return w.Create(t.Context(), w.Change(), "token", d) }
	first, err := again(w.definition("Wiki"))
	must(t, err)
	second, err := again(w.definition("Wiki"))
	must(t, err)
	if first != second {
		t.Errorf("repeated: %s, then %s", first, second)
	}
	_, err = again(w.definition("Other"))
	wants(t, err, idc.Conflict, "IdempotentParameterMismatch")
	member := w.definition("Wiki")
	member.OwnerAccountID = testidc.Member
	if other, err := again(member); err != nil || other == first {
		t.Errorf("the token of another account: %s, %v", other, err)
	}
	w.Clock.Advance(25 * time.Hour)
	if later, err := again(w.definition("Other")); err != nil || later == first {
		t.Errorf("after the token's life: %s, %v", later, err)
	}
}

func TestClientTokenAtOneTime(t *testing.T) {
	w := newWorld(t)
	const tries = 8
	made := make(chan string, tries)
	var wg sync.WaitGroup
	for range tries {
		wg.Go(func() {
			one, err := w.Create(t.Context(), w.Change(), "token", w.definition("Wiki"))
			if err != nil {
				t.Error(err)
			}
			made <- one
		})
	}
	wg.Wait()
	close(made)
	all := map[string]bool{}
	for one := range made {
		all[one] = true
	}
	if len(all) != 1 {
		t.Errorf("one token made %v", all)
	}
}

func TestQuotas(t *testing.T) {
	w := newWorld(t)
	w.Quotas = application.Quotas{Applications: 1, Groups: 1, Scopes: 1, TokenIssuers: 1}
	a := w.application("only")
	_, err := w.Create(t.Context(), w.Change(), "", w.definition("more"))
	wants(t, err, idc.QuotaExceeded, "Cannot create Application more than 1.")
	must(t, w.Assign(t.Context(), w.Change(), a.ID, idc.PrincipalGroup, w.group(w.Instance.IdentityStoreID, "a").ID))
	wants(t, w.Assign(t.Context(), w.Change(), a.ID, idc.PrincipalGroup, w.group(w.Instance.IdentityStoreID, "b").ID), idc.QuotaExceeded, "more than 1")
	for _, name := range []string{"ana", "ben"} { // users are not bounded
		must(t, w.Assign(t.Context(), w.Change(), a.ID, idc.PrincipalUser, w.User(name).ID))
	}
	must(t, w.PutScope(t.Context(), w.Change(), a.ID, idc.AccessScope{Scope: "a"}))
	must(t, w.PutScope(t.Context(), w.Change(), a.ID, idc.AccessScope{Scope: "a", Targets: []string{w.Instance.ARN}}))
	wants(t, w.PutScope(t.Context(), w.Change(), a.ID, idc.AccessScope{Scope: "b"}), idc.QuotaExceeded, "more than 1")
	w.issuer("one")
	_, err = w.CreateIssuer(t.Context(), w.Change(), "", w.issuerDefinition("two"))
	wants(t, err, idc.QuotaExceeded, "Cannot create TrustedTokenIssuer more than 1.")
}

func TestGetComparesTheWholeARN(t *testing.T) {
	w := newWorld(t)
	a := w.application("Wiki")
	for _, other := range []string{strings.Replace(a.ARN, "arn:aws:", "arn:aws-cn:", 1), strings.Replace(a.ARN, testidc.Management, testidc.Member, 1)} {
		_, err := w.Get(t.Context(), other)
		wants(t, err, idc.NotFound, "Could not find Application with id "+a.ID)
	}
	_, err := w.Get(t.Context(), "arn:aws:sso:::instance/x")
	wants(t, err, idc.Invalid, "invalid")
}

func TestUpdate(t *testing.T) {
	w := newWorld(t)
	d := w.definition("Wiki")
	d.Description, d.Portal.Visibility = "kept", idc.Disabled
	a := w.create(d)
	name, status := "Wiki 2", idc.Disabled
	must(t, w.Service.Update(t.Context(), w.Change(), a.ID, application.Update{Name: &name, Status: &status,
		SignIn: &application.SignIn{Origin: idc.SignInAtApplication, URL: "https://wiki.example.com"}}))
	got := w.get(a.ARN)
	if got.Name != name || got.Description != "kept" || got.Status != idc.Disabled || got.Portal.Visibility != idc.Disabled || got.Portal.SignInURL != "https://wiki.example.com" {
		t.Errorf("after the update: %+v", got)
	}
	must(t, w.Service.Update(t.Context(), w.Change(), a.ID, application.Update{SignIn: &application.SignIn{Origin: idc.SignInAtIdentityCenter}}))
	if got := w.get(a.ARN); got.Portal.SignInURL != "" || got.Portal.SignInOrigin != idc.SignInAtIdentityCenter {
		t.Errorf("after the second update: %+v", got)
	}
	err := w.Service.Update(t.Context(), w.Change(), a.ID, application.Update{SignIn: &application.SignIn{Origin: idc.SignInAtApplication}})
	wants(t, err, idc.Invalid, "ApplicationUrl")
	wants(t, w.Service.Update(t.Context(), w.Change(), "apl-0000000000000000", application.Update{Name: &name}), idc.NotFound, "apl-0000000000000000")
	must(t, w.RequireAssignment(t.Context(), w.Change(), a.ID, false))
	must(t, w.SetBackgroundSessions(t.Context(), w.Change(), a.ID, idc.Disabled))
	if got := w.get(a.ARN); got.AssignmentRequired || got.BackgroundSessions != idc.Disabled {
		t.Errorf("after the settings: %+v", got)
	}
}

func TestDeleteRemovesAssignments(t *testing.T) {
	w := newWorld(t)
	gone, stays, ana := w.application("gone"), w.application("stays"), w.User("ana")
	for _, a := range []*idc.Application{gone, stays} {
		must(t, w.Assign(t.Context(), w.Change(), a.ID, idc.PrincipalUser, ana.ID))
	}
	must(t, w.Delete(t.Context(), w.Change(), gone.ID))
	wants(t, w.Delete(t.Context(), w.Change(), gone.ID), idc.NotFound, gone.ID)
	rows, _, err := w.ForPrincipal(t.Context(), w.Instance, idc.PrincipalUser, ana.ID, "", store.Page{})
	if err != nil || len(rows) != 1 || rows[0].ApplicationARN != stays.ARN {
		t.Errorf("assignments %v, %v", rows, err)
	}
}

func TestListFiltersAndPages(t *testing.T) {
	w := newWorld(t)
	for i := range 7 {
		d := w.definition(fmt.Sprintf("app%d", i))
		if i%2 == 1 {
			d.OwnerAccountID, d.ProviderARN = testidc.Member, customSAML
		}
		w.create(d)
	}
	count := func(f store.ApplicationFilter) int {
		seen := map[string]bool{}
		for after := ""; ; {
			all, next, err := w.List(t.Context(), f, store.Page{After: after, Limit: 2})
			must(t, err)
			for _, a := range all {
				seen[a.ID] = true
			}
			if next == "" {
				return len(seen)
			}
			after = next
		}
	}
	for _, c := range []struct {
		filter store.ApplicationFilter
		want   int
	}{
		{store.ApplicationFilter{}, 7},
		{store.ApplicationFilter{OwnerAccountID: testidc.Member}, 3},
		{store.ApplicationFilter{ProviderARN: custom}, 4},
		{store.ApplicationFilter{OwnerAccountID: testidc.Management, ProviderARN: customSAML}, 0},
	} {
		c.filter.InstanceID = w.Instance.ID
		if got := count(c.filter); got != c.want {
			t.Errorf("%+v: %d applications, want %d", c.filter, got, c.want)
		}
	}
}

func TestTags(t *testing.T) {
	w := newWorld(t)
	a, issuer := w.application("Wiki"), w.issuer("okta")
	two := []idc.Tag{{Key: "team", Value: "x"}, {Key: "gone", Value: "y"}}
	must(t, w.Tag(t.Context(), w.Change(), a.ID, two))
	must(t, w.TagIssuer(t.Context(), w.Change(), issuer.ARN, two))
	must(t, w.Untag(t.Context(), w.Change(), a.ID, []string{"gone", "never"}))
	must(t, w.UntagIssuer(t.Context(), w.Change(), issuer.ARN, []string{"gone", "never"}))
	issuer, err := w.Issuer(t.Context(), issuer.ARN)
	must(t, err)
	for _, tags := range [][]idc.Tag{w.get(a.ARN).Tags, issuer.Tags} {
		if len(tags) != 1 || tags[0] != two[0] {
			t.Errorf("tags %v", tags)
		}
	}
	many := make([]idc.Tag, idc.MaxTags)
	for i := range many {
		many[i].Key = fmt.Sprint(i)
	}
	wants(t, w.Tag(t.Context(), w.Change(), a.ID, many), idc.QuotaExceeded, "tags")
	wants(t, w.TagIssuer(t.Context(), w.Change(), issuer.ARN, many), idc.QuotaExceeded, "tags")
}

func TestAdministers(t *testing.T) {
	w := newWorld(t)
	account := w.accountInstance(testidc.Member)
	w.World.Update(func(tx store.Tx) error {
		return tx.PutDelegatedAdministrator(&idc.DelegatedAdministrator{AccountID: standalone, ServicePrincipal: "sso.amazonaws.com", EnabledAt: w.Clock.Now()})
	})
	for _, c := range []struct {
		in      *idc.Instance
		account string
		want    bool
	}{
		{w.Instance, testidc.Management, true}, {w.Instance, testidc.Member, false}, {w.Instance, standalone, true},
		{account, testidc.Member, true}, {account, testidc.Management, false}, {account, standalone, false},
	} {
		if got, err := w.Administers(t.Context(), c.in, c.account); err != nil || got != c.want {
			t.Errorf("%s administers the %q instance: %v, %v, want %v", c.account, c.in.Kind, got, err, c.want)
		}
	}
}
