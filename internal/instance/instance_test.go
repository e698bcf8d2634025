package instance_test

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/directory"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/instance"
	"github.com/gatehouse-idc/gatehouse/internal/jobs"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

const (
	region     = "us-east-1"
	standalone = "333333333333"
)

// world has what both of its parts have.
type world struct {
	*testidc.World
	*instance.Service
	directory *directory.Service
	runner    *jobs.Runner
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: testidc.New(t)}
	unassign := func(tx store.Tx, _ idc.ChangeSet, pt idc.PrincipalType, id string) error {
		return application.Unassign(tx, pt, id)
	}
	w.directory = &directory.Service{Store: w.World.Store, Clock: w.Clock, IDs: w.World.IDs, Unassign: unassign}
	w.Service = &instance.Service{Store: w.World.Store, IDs: w.World.IDs, Directory: w.directory}
	w.runner = &jobs.Runner{Store: w.World.Store, Clock: w.Clock, IDs: w.World.IDs, Log: slog.New(slog.DiscardHandler), Random: func() float64 { return 0 },
		Handlers: map[string]jobs.Handler{instance.JobDelete: {Run: w.RunDelete}, instance.JobRegion: {Run: w.RunRegion}}}
	w.World.Update(func(tx store.Tx) error {
		return tx.PutAccount(&idc.Account{ID: standalone, Name: "Left", Email: "left@example.com", State: idc.AccountActive, Target: "native"})
	})
	return w
}

func (w *world) definition(accountID string) instance.Definition {
	return instance.Definition{AccountID: accountID, Region: region, Name: "Team", Tags: []idc.Tag{{Key: "team", Value: "x"}}}
}

func (w *world) create(accountID string) *idc.Instance {
	w.T.Helper()
	if _, err := w.Create(w.T.Context(), w.Change(), "", w.definition(accountID)); err != nil {
		w.T.Fatal(err)
	}
	return w.of(accountID)
}

// of is the instance of an account, nil for none.
func (w *world) of(accountID string) *idc.Instance {
	w.T.Helper()
	var in *idc.Instance
	w.View(func(r store.Reader) (err error) {
		if in, err = r.InstanceOfAccount(accountID); idc.IsNotFound(err) {
			return nil
		}
		return err
	})
	return in
}

func must(t testing.TB, err error) {
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
	in := w.create(testidc.Member)
	if in.Kind != idc.InstanceOfAccount || in.CurrentStatus() != idc.InstanceActive || in.OwnerAccountID != testidc.Member || in.Name != "Team" ||
		in.Region != region || len(in.Tags) != 1 || in.HasPermissionSets() || !in.CreatedAt.Equal(w.Clock.Now()) ||
		in.ARN != "arn:aws:sso:::instance/"+in.ID || in.IdentityStoreID == w.Instance.IdentityStoreID {
		t.Errorf("made %+v", in)
	}
	if u, err := w.directory.CreateUser(t.Context(), w.Change(), in.IdentityStoreID, person("ana")); err != nil || u.IdentityStoreID != in.IdentityStoreID {
		t.Errorf("a user of the new identity store: %v, %v", u, err)
	}
	if other := w.create(standalone); other.IdentityStoreID == in.IdentityStoreID {
		t.Errorf("two instances share the identity store %s", in.IdentityStoreID)
	}
}

func person(name string) idc.User {
	return idc.User{UserName: name, DisplayName: name, Name: idc.PersonName{GivenName: name, FamilyName: "x"}}
}

func TestCreateRefuses(t *testing.T) {
	w := newWorld(t)
	w.create(testidc.Member)
	w.World.Update(func(tx store.Tx) error {
		return tx.PutAccount(&idc.Account{ID: "444444444444", Name: "Closed", Email: "c@example.com", State: idc.AccountSuspended, Target: "native", ParentID: w.Instance.RootID})
	})
	tagged := w.definition(standalone)
	tagged.Tags = []idc.Tag{{Key: "aws:x"}}
	for name, c := range map[string]struct {
		d     instance.Definition
		kind  idc.Kind
		words string
	}{
		"management": {w.definition(testidc.Management), idc.Denied, "Organization management account is not allowed to perform the operation."},
		"a second":   {w.definition(testidc.Member), idc.Conflict, "already has the instance"},
		"suspended":  {w.definition("444444444444"), idc.Denied, "not active"},
		"unknown":    {w.definition("999999999999"), idc.Denied, "not active"},
		"tags":       {tagged, idc.Invalid, "reserved"},
	} {
		_, err := w.Create(t.Context(), w.Change(), "", c.d)
		if err == nil || idc.KindOf(err) != c.kind || !strings.Contains(idc.PublicMessage(err), c.words) {
			t.Errorf("%s: error = %v, want %s with %q", name, err, c.kind, c.words)
		}
	}
}

func TestClientToken(t *testing.T) {
	w := newWorld(t)
	const tries = 6
	made := make([]string, tries)
	var wg sync.WaitGroup
	for i := range tries {
		wg.Go(func() {
			var err error
			if made[i], err = w.Create(t.Context(), w.Change(), "token", w.definition(testidc.Member)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if slices.Sort(made); made[0] != made[tries-1] || made[0] != w.of(testidc.Member).ARN {
		t.Errorf("one token made %v", made)
	}
	other := w.definition(testidc.Member)
	other.Name = "Other"
	_, err := w.Create(t.Context(), w.Change(), "token", other)
	wants(t, err, idc.Conflict, "IdempotentParameterMismatch")
	if theirs, err := w.Create(t.Context(), w.Change(), "token", w.definition(standalone)); err != nil || theirs == made[0] {
		t.Errorf("the same token of another account: %s, %v", theirs, err)
	}
}

func TestVisible(t *testing.T) {
	w := newWorld(t)
	member, alone := w.create(testidc.Member), w.create(standalone)
	for account, want := range map[string][]string{
		testidc.Management: {w.Instance.ID}, testidc.Member: {w.Instance.ID, member.ID}, standalone: {alone.ID}, "999999999999": nil,
	} {
		slices.Sort(want)
		var got []string
		for page := (store.Page{Limit: 1}); ; {
			some, next, err := w.Visible(t.Context(), account, region, page)
			must(t, err)
			for _, in := range some {
				got = append(got, in.ID)
			}
			if page.After = next; next == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s sees %v, want %v", account, got, want)
		}
	}
	must(t, w.AddRegion(t.Context(), w.Change(), w.Instance.ID, "eu-west-1"))
	if some, _, err := w.Visible(t.Context(), testidc.Member, "eu-west-1", store.Page{}); err != nil || len(some) != 1 || some[0].ID != w.Instance.ID {
		t.Errorf("in eu-west-1: %v, %v", some, err)
	}
	if some, _, err := w.Visible(t.Context(), testidc.Member, "", store.Page{}); err != nil || len(some) != 2 {
		t.Errorf("in all Regions: %v, %v", some, err)
	}
}

func TestUpdate(t *testing.T) {
	w := newWorld(t)
	mine := w.create(testidc.Member)
	w.World.Update(func(tx store.Tx) error {
		off := *w.Instance
		off.PermissionSetsDisabled = true
		return tx.PutInstance(&off)
	})
	name := "New"
	must(t, w.Service.Update(t.Context(), w.Change(), mine.ID, instance.Update{Name: &name}))
	if w.of(testidc.Member).Name != name {
		t.Errorf("the name is %q", w.of(testidc.Member).Name)
	}
	must(t, w.Service.Update(t.Context(), w.Change(), w.Instance.ID, instance.Update{EnablePermissionSets: true}))
	if !w.of(testidc.Management).HasPermissionSets() {
		t.Error("permission sets are not enabled")
	}
	const key = "arn:aws:kms:us-east-1:111111111111:key/mrk-00000000000000000000000000000000"
	must(t, w.Service.Update(t.Context(), w.Change(), mine.ID, instance.Update{Encryption: &instance.Encryption{KeyType: idc.KeyOwnedByAWS}}))
	for _, c := range []struct {
		id    string
		u     instance.Update
		kind  idc.Kind
		words string
	}{
		{mine.ID, instance.Update{EnablePermissionSets: true}, idc.Invalid, "not supported"},
		{w.Instance.ID, instance.Update{EnablePermissionSets: true, Encryption: &instance.Encryption{KeyType: idc.KeyOwnedByAWS}}, idc.Invalid, "same request"},
		{mine.ID, instance.Update{Encryption: &instance.Encryption{KeyType: idc.KeyOwnedByAWS, KeyARN: key}}, idc.Invalid, "must not be given"},
		{mine.ID, instance.Update{Encryption: &instance.Encryption{KeyType: idc.KeyCustomerManaged}}, idc.Invalid, "required"},
		{mine.ID, instance.Update{Name: &name, Encryption: &instance.Encryption{KeyType: idc.KeyCustomerManaged, KeyARN: key}}, idc.NotFound, "does not exist"},
		{"ssoins-0000000000000000", instance.Update{Name: &name}, idc.NotFound, "Could not find"},
	} {
		wants(t, w.Service.Update(t.Context(), w.Change(), c.id, c.u), c.kind, c.words)
	}
}

// furnish gives an instance people, groups and applications.
func (w *world) furnish(in *idc.Instance, people int) (first *idc.User) {
	w.T.Helper()
	apps := &application.Service{Store: w.World.Store, IDs: w.World.IDs}
	made, err := apps.Create(w.T.Context(), w.Change(), "", application.Definition{InstanceID: in.ID, OwnerAccountID: in.OwnerAccountID,
		ProviderARN: "arn:aws:sso::aws:applicationProvider/custom", Name: "Wiki"})
	must(w.T, err)
	app, err := apps.Get(w.T.Context(), made)
	must(w.T, err)
	_, err = apps.CreateIssuer(w.T.Context(), w.Change(), "", application.IssuerDefinition{InstanceID: in.ID, Name: "okta", Type: "OIDC_JWT",
		IssuerURL: "https://idp.example.com", ClaimPath: "email", IdentityStorePath: "emails.value", JWKSRetrieval: "OPEN_ID_DISCOVERY"})
	must(w.T, err)
	g, err := w.directory.CreateGroup(w.T.Context(), w.Change(), in.IdentityStoreID, idc.Group{DisplayName: "All"})
	must(w.T, err)
	must(w.T, apps.Assign(w.T.Context(), w.Change(), app.ID, idc.PrincipalGroup, g.ID))
	w.World.Update(func(tx store.Tx) error {
		for i := range people {
			u := person(fmt.Sprint("u", i))
			u.ID, u.IdentityStoreID, u.Owner, u.Status = w.World.IDs.UserID(), in.IdentityStoreID, idc.OwnerBuiltIn, idc.UserEnabled
			if err := tx.PutUser(&u); err != nil {
				return err
			}
			m := &idc.Membership{ID: w.World.IDs.MembershipID(), GroupID: g.ID, UserID: u.ID, Owner: idc.OwnerBuiltIn}
			if err := tx.PutMembership(m); err != nil {
				return err
			}
			if first == nil {
				first = &u
			}
		}
		if err := tx.PutAccessControl(&idc.AccessControlConfiguration{InstanceID: in.ID, Status: "ENABLED"}); err != nil {
			return err
		}
		return tx.PutPortalSession(&idc.PortalSession{ID: "session-" + in.ID, TokenHash: in.ID, UserID: first.ID, CreatedAt: w.Clock.Now(), ExpiresAt: w.Clock.Now().Add(8 * time.Hour)})
	})
	return first
}

// left counts what an instance has.
func (w *world) left(in *idc.Instance) (n int) {
	w.T.Helper()
	w.View(func(r store.Reader) error {
		users, err := r.CountUsers(in.IdentityStoreID)
		if err != nil {
			return err
		}
		groups, err := r.CountGroups(in.IdentityStoreID)
		if err != nil {
			return err
		}
		apps, err := r.CountApplications(in.ID)
		if err != nil {
			return err
		}
		issuers, err := r.ListTrustedTokenIssuers(in.ID, store.Page{})
		if err != nil {
			return err
		}
		n = users + groups + apps + len(issuers)
		if _, err := r.AccessControl(in.ID); err == nil {
			n++
		}
		return nil
	})
	return n
}

func TestDeleteTakesEverythingAlong(t *testing.T) {
	for people, atOnce := range map[int]bool{3: true, 450: false} {
		t.Run(fmt.Sprint(people, " people"), func(t *testing.T) {
			w := newWorld(t)
			in, kept := w.create(testidc.Member), w.create(standalone)
			first := w.furnish(in, people)
			w.furnish(kept, 2)
			other := w.User("ana") // of the organization
			before := w.left(kept)
			must(t, w.Delete(t.Context(), w.Change(), in.ID))
			if gone := w.of(testidc.Member) == nil; gone != atOnce {
				t.Fatalf("gone at once: %v, want %v", gone, atOnce)
			}
			if !atOnce {
				if status := w.of(testidc.Member).CurrentStatus(); status != idc.InstanceDeleting {
					t.Errorf("status %s", status)
				}
				wants(t, w.Delete(t.Context(), w.Change(), in.ID), idc.Conflict, "already")
				name := "x"
				wants(t, w.Service.Update(t.Context(), w.Change(), in.ID, instance.Update{Name: &name}), idc.Conflict, "not active")
				_, err := w.directory.CreateUser(t.Context(), w.Change(), in.IdentityStoreID, person("late"))
				wants(t, err, idc.NotFound, "IDENTITY_STORE")
				_, err = w.Create(t.Context(), w.Change(), "", w.definition(testidc.Member))
				wants(t, err, idc.Conflict, "already has the instance")
				w.runner.Drain(t.Context())
			}
			if left := w.of(testidc.Member); left != nil {
				t.Fatalf("after the job it is %s", left.CurrentStatus())
			}
			if n := w.left(in); n != 0 {
				t.Errorf("%d objects are left", n)
			}
			w.View(func(r store.Reader) error {
				if s, err := r.PortalSession("session-" + in.ID); err != nil || s.ActiveAt(w.Clock.Now()) {
					t.Errorf("session %+v, %v", s, err)
				}
				fences, err := r.ListFences(w.Clock.Now())
				if !slices.ContainsFunc(fences, func(f *idc.Fence) bool { return f.Kind == idc.FenceUser && f.ID == first.ID }) {
					t.Errorf("no fence of %s in %v, %v", first.ID, fences, err)
				}
				_, err = r.User(other.ID)
				return err
			})
			if after := w.left(kept); after != before {
				t.Errorf("another instance has %d objects, had %d", after, before)
			}
			w.create(testidc.Member) // there is room again
		})
	}
}

func TestDeleteRefuses(t *testing.T) {
	w := newWorld(t)
	wants(t, w.Delete(t.Context(), w.Change(), w.Instance.ID), idc.Denied, "organization instance")
	wants(t, w.Delete(t.Context(), w.Change(), "ssoins-0000000000000000"), idc.NotFound, "Could not find")
}

func TestRegions(t *testing.T) {
	w := newWorld(t)
	w.MaxRegions = 3
	statuses := func() (out []string) {
		for _, r := range w.of(testidc.Management).AllRegions() {
			out = append(out, r.Name+" "+string(r.Status))
		}
		return out
	}
	want := func(all ...string) {
		t.Helper()
		if got := statuses(); !slices.Equal(got, all) {
			t.Errorf("Regions %v, want %v", got, all)
		}
	}
	id := w.Instance.ID
	must(t, w.AddRegion(t.Context(), w.Change(), id, "eu-west-1"))
	want("us-east-1 ACTIVE", "eu-west-1 ADDING")
	wants(t, w.AddRegion(t.Context(), w.Change(), id, "eu-west-2"), idc.Conflict, "being changed")
	wants(t, w.RemoveRegion(t.Context(), w.Change(), id, "eu-west-1"), idc.Conflict, "being changed")
	w.runner.Drain(t.Context())
	want("us-east-1 ACTIVE", "eu-west-1 ACTIVE")
	wants(t, w.AddRegion(t.Context(), w.Change(), id, "eu-west-1"), idc.Conflict, "already")
	wants(t, w.AddRegion(t.Context(), w.Change(), id, "us-east-1"), idc.Conflict, "already")
	wants(t, w.RemoveRegion(t.Context(), w.Change(), id, "us-east-1"), idc.Invalid, "primary")
	wants(t, w.RemoveRegion(t.Context(), w.Change(), id, "eu-west-2"), idc.NotFound, "Could not find Region")
	must(t, w.AddRegion(t.Context(), w.Change(), id, "eu-west-2"))
	w.runner.Drain(t.Context())
	wants(t, w.AddRegion(t.Context(), w.Change(), id, "eu-west-3"), idc.QuotaExceeded, "more than 3")
	must(t, w.RemoveRegion(t.Context(), w.Change(), id, "eu-west-1"))
	want("us-east-1 ACTIVE", "eu-west-1 REMOVING", "eu-west-2 ACTIVE")
	w.runner.Drain(t.Context())
	want("us-east-1 ACTIVE", "eu-west-2 ACTIVE")

	mine := w.create(testidc.Member)
	wants(t, w.AddRegion(t.Context(), w.Change(), mine.ID, "eu-west-1"), idc.Invalid, "not supported")
	if got, err := instance.Region(mine, region); err != nil || !got.Primary {
		t.Errorf("its own Region: %+v, %v", got, err)
	}
}

// TestOneRegionAtATime: of changes at the same time one wins, the others are told.
func TestOneRegionAtATime(t *testing.T) {
	w := newWorld(t)
	const tries = 5
	failed := make([]error, tries)
	var wg sync.WaitGroup
	for i := range tries {
		wg.Go(func() {
			failed[i] = w.AddRegion(t.Context(), w.Change(), w.Instance.ID, fmt.Sprintf("eu-west-%d", i+1))
		})
	}
	wg.Wait()
	won := 0
	for _, err := range failed {
		if err == nil {
			won++
			continue
		}
		wants(t, err, idc.Conflict, "being changed")
	}
	if won != 1 || len(w.of(testidc.Management).Regions) != 1 {
		t.Errorf("%d won, Regions %v", won, w.of(testidc.Management).Regions)
	}
}
