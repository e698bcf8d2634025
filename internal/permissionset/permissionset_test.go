package permissionset

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/store/sqlstore"
)

const (
	readOnly  = "arn:aws:iam::aws:policy/ReadOnlyAccess"
	powerUser = "arn:aws:iam::aws:policy/PowerUserAccess"
	document  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}]}`
)

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

type world struct {
	*Service
	t     *testing.T
	clock *clock.Fake
}

func newWorld(t *testing.T) *world {
	t.Helper()
	clk := clock.NewFake(start)
	db, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: "sqlite::memory:", Clock: clk})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{Service: &Service{Store: db, IDs: ids.Seeded(1)}, t: t, clock: clk}
	err = db.Update(t.Context(), w.change(), func(tx store.Tx) error {
		return tx.PutInstance(&idc.Instance{ID: "ssoins-1111111111111111", RootID: "r-root", OwnerAccountID: "111111111111"})
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) change() idc.ChangeSet {
	return idc.ChangeSet{ID: w.IDs.UUID(), At: w.clock.Now(), Actor: "test", Door: "test"}
}

func (w *world) create(name string) *idc.PermissionSet {
	w.t.Helper()
	ps, err := w.Create(w.t.Context(), w.change(), Definition{Name: name})
	if err != nil {
		w.t.Fatal(err)
	}
	return ps
}

func (w *world) get(id string) *idc.PermissionSet {
	w.t.Helper()
	ps, err := w.Get(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return ps
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
	ps := w.create("ReadOnlyAccess")
	if ps.ARN != "arn:aws:sso:::permissionSet/ssoins-1111111111111111/"+ps.ID || ps.SessionDuration != "PT1H" || ps.Revision != 1 || !ps.CreatedAt.Equal(start) {
		t.Errorf("created %+v", ps)
	}
	_, err := w.Create(t.Context(), w.change(), Definition{Name: "ReadOnlyAccess"})
	wants(t, err, idc.Conflict, "PermissionSet with name ReadOnlyAccess already exists.")
	for _, name := range []string{"", "with blank", strings.Repeat("n", 33), "ünïcode"} {
		_, err := w.Create(t.Context(), w.change(), Definition{Name: name})
		wants(t, err, idc.Invalid, "validation error")
	}
	_, err = w.Get(t.Context(), "ps-0000000000000000")
	wants(t, err, idc.NotFound, "Could not find PermissionSet with id ps-0000000000000000")
}

func TestCreateAtOneTime(t *testing.T) {
	w := newWorld(t)
	const tries = 8
	var wg sync.WaitGroup
	errs := make(chan error, tries)
	for range tries {
		wg.Go(func() {
			_, err := w.Create(context.Background(), w.change(), Definition{Name: "Same"})
			errs <- err
		})
	}
	wg.Wait()
	close(errs)
	made := 0
	for err := range errs {
		if err == nil {
			made++
			continue
		}
		wants(t, err, idc.Conflict, "already exists")
	}
	if made != 1 {
		t.Errorf("%d creations of one name succeeded", made)
	}
}

func TestQuota(t *testing.T) {
	w := newWorld(t)
	w.Quotas = Quotas{PermissionSets: 2, Policies: 1}
	ps := w.create("a")
	w.create("b")
	_, err := w.Create(t.Context(), w.change(), Definition{Name: "c"})
	wants(t, err, idc.QuotaExceeded, "You have exceeded AWS SSO limits")
	if err := w.AttachManaged(t.Context(), w.change(), ps.ID, readOnly); err != nil {
		t.Fatal(err)
	}
	err = w.AttachManaged(t.Context(), w.change(), ps.ID, powerUser)
	wants(t, err, idc.QuotaExceeded, "Cannot create ManagedPolicy more than 1 for id "+ps.ID)
	err = w.AttachCustomer(t.Context(), w.change(), ps.ID, idc.CustomerManagedPolicyReference{Name: "x"})
	wants(t, err, idc.QuotaExceeded, "Cannot create ManagedPolicy more than 1")
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"PT1H": time.Hour, "PT60M": time.Hour, "PT3600S": time.Hour, "PT1H30M": 90 * time.Minute, "PT12H": 12 * time.Hour,
		"PT59M": 0, "PT12H1S": 0, "P1D": 0, "P1Y": 0, "PT": 0, "P": 0, "": 0, "1H": 0, "-PT1H": 0, "pt1h": 0, "PT1H ": 0, "PT999999999999H": 0,
	} {
		d, err := ParseDuration(text)
		if d != want || (err == nil) != (want != 0) {
			t.Errorf("ParseDuration(%q) = %v, %v", text, d, err)
		}
	}
}

func TestUpdateBumpsRevisionOnlyForChanges(t *testing.T) {
	w := newWorld(t)
	ps := w.create("a")
	two, same := "PT2H", "PT2H"
	if _, err := w.Update(t.Context(), w.change(), ps.ID, Update{SessionDuration: &two}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Update(t.Context(), w.change(), ps.ID, Update{SessionDuration: &same}); err != nil {
		t.Fatal(err)
	}
	if err := w.Tag(t.Context(), w.change(), ps.ID, []idc.Tag{{Key: "team", Value: "x"}}); err != nil {
		t.Fatal(err)
	}
	got := w.get(ps.ID)
	if got.Revision != 2 || got.SessionDuration != "PT2H" || got.Description != "" || len(got.Tags) != 1 {
		t.Errorf("after updates: %+v", got)
	}
	bad := "PT13H"
	_, err := w.Update(t.Context(), w.change(), ps.ID, Update{SessionDuration: &bad})
	wants(t, err, idc.Invalid, "PT13H")
}

func TestManagedPolicies(t *testing.T) {
	w := newWorld(t)
	ps := w.create("a")
	attach := func(arn string) error { return w.AttachManaged(t.Context(), w.change(), ps.ID, arn) }
	if err := attach(readOnly); err != nil {
		t.Fatal(err)
	}
	wants(t, attach(readOnly), idc.Conflict, "Permission set with id "+ps.ID+" already has a typed link attachment to a manged policy with "+readOnly)
	wants(t, attach("arn:aws:iam::aws:policy/NoSuchPolicy"), idc.NotFound, "Policy does not exist with ARN: arn:aws:iam::aws:policy/NoSuchPolicy")
	if got := w.get(ps.ID); got.Revision != 2 || len(got.ManagedPolicies) != 1 {
		t.Errorf("after attaching: %+v", got)
	}
	err := w.DetachManaged(t.Context(), w.change(), ps.ID, powerUser)
	wants(t, err, idc.NotFound, "Could not find ManagedPolicy with arn "+powerUser)
	if err := w.DetachManaged(t.Context(), w.change(), ps.ID, readOnly); err != nil {
		t.Fatal(err)
	}
	if got := w.get(ps.ID); got.Revision != 3 || len(got.ManagedPolicies) != 0 {
		t.Errorf("after detaching: %+v", got)
	}
}

func TestCustomerManagedPolicies(t *testing.T) {
	w := newWorld(t)
	ps := w.create("a")
	if err := w.AttachCustomer(t.Context(), w.change(), ps.ID, idc.CustomerManagedPolicyReference{Name: "Local"}); err != nil {
		t.Fatal(err)
	}
	err := w.AttachCustomer(t.Context(), w.change(), ps.ID, idc.CustomerManagedPolicyReference{Name: "local", Path: "/"})
	wants(t, err, idc.Conflict, "Given customer managed policy with name: local  and path / already attached")
	err = w.DetachCustomer(t.Context(), w.change(), ps.ID, idc.CustomerManagedPolicyReference{Name: "Local", Path: "/x/"})
	wants(t, err, idc.NotFound, "Given managed policy with name: Local  and path /x/ does not exist on PermissionSet")
	if err := w.DetachCustomer(t.Context(), w.change(), ps.ID, idc.CustomerManagedPolicyReference{Name: "LOCAL"}); err != nil {
		t.Fatal(err)
	}
}

func TestInlinePolicy(t *testing.T) {
	w := newWorld(t)
	ps := w.create("a")
	spaced := " \n" + document + "\t"
	if err := w.PutInline(t.Context(), w.change(), ps.ID, spaced); err != nil {
		t.Fatal(err)
	}
	if got := w.get(ps.ID); got.InlinePolicy != spaced || got.Revision != 2 {
		t.Errorf("the document is not kept byte for byte: %+v", got)
	}
	err := w.PutInline(t.Context(), w.change(), ps.ID, `{"Version":"2012-10-17"`)
	wants(t, err, idc.Invalid, "")
	if idc.ReasonOf(err) != idc.ReasonMalformedPolicy {
		t.Errorf("reason %q", idc.ReasonOf(err))
	}
	long := strings.Replace(document, "s3:ListBucket", "s3:"+strings.Repeat("L", 10240), 1)
	wants(t, w.PutInline(t.Context(), w.change(), ps.ID, long), idc.QuotaExceeded, "10240")
	for range 2 { // deleting what is not there succeeds
		if err := w.DeleteInline(t.Context(), w.change(), ps.ID); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.get(ps.ID); got.InlinePolicy != "" || got.Revision != 3 {
		t.Errorf("after deleting: %+v", got)
	}
}

func TestBoundary(t *testing.T) {
	w := newWorld(t)
	ps := w.create("a")
	_, err := w.Boundary(t.Context(), ps.ID)
	wants(t, err, idc.NotFound, "")
	wants(t, w.DeleteBoundary(t.Context(), w.change(), ps.ID), idc.NotFound, "")
	ref := &idc.CustomerManagedPolicyReference{Name: "b"}
	for _, bad := range []idc.PermissionsBoundary{{}, {ManagedPolicyARN: readOnly, CustomerManaged: ref}} {
		wants(t, w.PutBoundary(t.Context(), w.change(), ps.ID, bad), idc.Invalid, "Exactly one")
	}
	if err := w.PutBoundary(t.Context(), w.change(), ps.ID, idc.PermissionsBoundary{CustomerManaged: ref}); err != nil {
		t.Fatal(err)
	}
	b, err := w.Boundary(t.Context(), ps.ID)
	if err != nil || b.CustomerManaged == nil || b.CustomerManaged.Path != "/" {
		t.Errorf("boundary %+v, %v", b, err)
	}
}

func TestDeleteRefusesWhatIsInUse(t *testing.T) {
	w := newWorld(t)
	assigned, provisioned, free := w.create("assigned"), w.create("provisioned"), w.create("free")
	err := w.Store.Update(t.Context(), w.change(), func(tx store.Tx) error {
		return errors.Join(
			tx.PutAssignment(&idc.Assignment{ID: w.IDs.UUID(), PermissionSetID: assigned.ID, PrincipalType: idc.PrincipalUser, PrincipalID: "u", Scope: idc.Scope{Kind: idc.ScopeAll}}),
			tx.PutProvisioning(&idc.Provisioning{AccountID: "222222222222", PermissionSetID: provisioned.ID, RoleName: "r"}))
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, ps := range []*idc.PermissionSet{assigned, provisioned} {
		wants(t, w.Delete(t.Context(), w.change(), ps.ID), idc.Conflict, "PermissionSet has ApplicationProfile associated with it.")
	}
	if err := w.Delete(t.Context(), w.change(), free.ID); err != nil {
		t.Error(err)
	}
	w.create("free") // the name is free again
}

func TestListPages(t *testing.T) {
	w := newWorld(t)
	for i := range 7 {
		w.create(fmt.Sprintf("ps%d", i))
	}
	seen, pages := map[string]bool{}, 0
	for after := ""; ; pages++ {
		sets, next, err := w.List(t.Context(), store.Page{After: after, Limit: 3})
		if err != nil {
			t.Fatal(err)
		}
		for _, ps := range sets {
			seen[ps.ID] = true
		}
		if next == "" {
			break
		}
		after = next
	}
	if len(seen) != 7 || pages != 2 {
		t.Errorf("saw %d permission sets on %d pages", len(seen), pages+1)
	}
}
