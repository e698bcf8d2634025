package directory_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/directory"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/store/sqlstore"
)

// storeID is the identity store of the organization.
const storeID = "d-1111111111"

// world is a directory on an empty in-memory database, with a clock that the test moves.
type world struct {
	*directory.Service
	t     *testing.T
	clock *clock.Fake
	ids   *ids.Source
}

func newWorld(t *testing.T) *world {
	t.Helper()
	c := clock.NewFake(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))
	db, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: "sqlite::memory:", Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	source := ids.Seeded(1)
	if err := db.Update(t.Context(), idc.ChangeSet{}, func(tx store.Tx) error {
		return tx.PutInstance(&idc.Instance{ID: "ssoins-1111111111111111", IdentityStoreID: storeID, OwnerAccountID: "111111111111"})
	}); err != nil {
		t.Fatal(err)
	}
	return &world{Service: &directory.Service{Store: db, Clock: c, IDs: source}, t: t, clock: c, ids: source}
}

// change is the change set of one call; time moves a little, as it does.
func (w *world) change() idc.ChangeSet {
	w.clock.Advance(time.Millisecond)
	return idc.ChangeSet{ID: w.ids.UUID(), At: w.clock.Now(), Actor: "test"}
}

func draft(name string) idc.User {
	return idc.User{UserName: name, DisplayName: "Somebody", Name: idc.PersonName{GivenName: "Some", FamilyName: "Body"}}
}

func (w *world) user(name string) *idc.User {
	w.t.Helper()
	u, err := w.CreateUser(w.t.Context(), w.change(), storeID, draft(name))
	if err != nil {
		w.t.Fatalf("create user %s: %v", name, err)
	}
	return u
}

func (w *world) group(name string) *idc.Group {
	w.t.Helper()
	g, err := w.CreateGroup(w.t.Context(), w.change(), storeID, idc.Group{DisplayName: name})
	if err != nil {
		w.t.Fatalf("create group %s: %v", name, err)
	}
	return g
}

func (w *world) member(g *idc.Group, u *idc.User, v idc.Validity) *idc.Membership {
	w.t.Helper()
	m, err := w.AddMember(w.t.Context(), w.change(), storeID, idc.OwnerBuiltIn, g.ID, u.ID, v)
	if err != nil {
		w.t.Fatalf("add %s to %s: %v", u.UserName, g.DisplayName, err)
	}
	return m
}

// wantError holds an error against its kind, reason and a part of its public text.
func wantError(t *testing.T, err error, kind idc.Kind, reason idc.Reason, text string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %s %q", kind, text)
	}
	if idc.KindOf(err) != kind || idc.ReasonOf(err) != reason || !strings.Contains(idc.PublicMessage(err), text) {
		t.Fatalf("got %v, want %s/%s with %q", err, kind, reason, text)
	}
}

func TestCreateUserRefusesWhatIsNotAUser(t *testing.T) {
	long := strings.Repeat("x", 1025)
	cases := map[string]struct {
		edit func(*idc.User)
		text string
	}{
		"no user name":       {func(u *idc.User) { u.UserName = "" }, "userName is a required attribute"},
		"no display name":    {func(u *idc.User) { u.DisplayName = "" }, "displayname: The attribute displayname is required"},
		"several missing":    {func(u *idc.User) { u.DisplayName, u.Name.GivenName = "", "" }, "displayname: The attribute displayname is required, givenname: The attribute givenname is required"},
		"no family name":     {func(u *idc.User) { u.Name.FamilyName = "" }, "familyname: The attribute familyname is required"},
		"blank in user name": {func(u *idc.User) { u.UserName = "a b" }, "Value at 'userName' failed to satisfy constraint"},
		"long user name":     {func(u *idc.User) { u.UserName = strings.Repeat("n", 129) }, "length less than or equal to 128"},
		"NUL":                {func(u *idc.User) { u.DisplayName = "a\x00b" }, "Value at 'displayName' failed to satisfy constraint"},
		"broken UTF-8":       {func(u *idc.User) { u.NickName = "a\xff" }, "Value at 'nickName'"},
		"long text":          {func(u *idc.User) { u.Title = long }, "Value at 'title'"},
		"reserved":           {func(u *idc.User) { u.UserName = "administrator" }, "reserved name"},
		"reserved too":       {func(u *idc.User) { u.UserName = "AWSAdministrators" }, "reserved name"},
		"two e-mails":        {func(u *idc.User) { u.Emails = []idc.Email{{Value: "a@b"}, {Value: "c@d"}} }, "Value at 'emails'"},
		"four photos":        {func(u *idc.User) { u.Photos = make([]idc.Photo, 4) }, "Value at 'photos'"},
		"photo without link": {func(u *idc.User) { u.Photos = []idc.Photo{{Type: "x"}} }, "photos.1.member.value"},
		"birthdate":          {func(u *idc.User) { u.Birthdate = "1.2.2000" }, "YYYY-MM-DD"},
		"unknown extension":  {func(u *idc.User) { u.Extensions = map[string]string{"aws:identitystore:other": "{}"} }, "is not supported"},
		"extension attribute": {func(u *idc.User) {
			u.Extensions = map[string]string{"aws:identitystore:enterprise": `{"shoeSize":"44"}`}
		}, "employeeNumber"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			u := draft("somebody")
			c.edit(&u)
			_, err := w.CreateUser(t.Context(), w.change(), storeID, u)
			wantError(t, err, idc.Invalid, "", c.text)
			if strings.Contains(idc.PublicMessage(err), "a b") {
				t.Error("the error repeats a sensitive value")
			}
		})
	}
}

func TestUserIsKeptWhole(t *testing.T) {
	w := newWorld(t)
	in := draft("ana@example.com")
	in.Emails = []idc.Email{{Value: "Ana@example.com", Type: "work", Primary: new(true)}}
	in.Phones = []idc.PhoneNumber{{Value: "+1 555 0100", Type: "work"}}
	in.Addresses = []idc.Address{{Locality: "Lisboa", Country: "PT"}}
	in.Photos = []idc.Photo{{Value: "https://example.com/a.png"}}
	in.Roles = []idc.UserRole{{Value: "lead"}}
	in.Extensions = map[string]string{"aws:identitystore:enterprise": `{"department":"Shop"}`}
	in.Birthdate, in.Timezone = "1990-02-28", "Europe/Lisbon"
	made, err := w.CreateUser(t.Context(), w.change(), storeID, in)
	if err != nil {
		t.Fatal(err)
	}
	got, err := w.DescribeUser(t.Context(), storeID, made.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != idc.UserEnabled || got.Owner != idc.OwnerBuiltIn || got.CreatedBy != "test" || !got.CreatedAt.Equal(w.clock.Now()) {
		t.Errorf("bookkeeping: %+v", got)
	}
	for what, same := range map[string]bool{
		"e-mail": cmp.Equal(got.Emails, in.Emails), "phone": got.Phones[0] == in.Phones[0], "address": got.Addresses[0] == in.Addresses[0],
		"photo": got.Photos[0] == in.Photos[0], "role": got.Roles[0] == in.Roles[0],
		"extension": got.Extensions["aws:identitystore:enterprise"] == `{"department":"Shop"}`,
		"birthdate": got.Birthdate == in.Birthdate, "timezone": got.Timezone == in.Timezone,
	} {
		if !same {
			t.Errorf("%s was lost: %+v", what, got)
		}
	}
}

func TestNamesAreUniqueWithoutRegardToCase(t *testing.T) {
	w := newWorld(t)
	first := draft("Ana")
	first.Emails = []idc.Email{{Value: "ana@example.com", Primary: new(true)}}
	first.ExternalIDs = []idc.ExternalID{{Issuer: "https://idp", ID: "17"}}
	if _, err := w.CreateUser(t.Context(), w.change(), storeID, first); err != nil {
		t.Fatal(err)
	}
	_, err := w.CreateUser(t.Context(), w.change(), storeID, draft("aNA"))
	wantError(t, err, idc.Conflict, idc.ReasonUniqueness, "Duplicate UserName")

	second := draft("other")
	second.Emails = []idc.Email{{Value: "ANA@example.com", Primary: new(true)}}
	_, err = w.CreateUser(t.Context(), w.change(), storeID, second)
	wantError(t, err, idc.Conflict, idc.ReasonUniqueness, "Duplicate Email")

	third := draft("third")
	third.ExternalIDs = first.ExternalIDs
	_, err = w.CreateUser(t.Context(), w.change(), storeID, third)
	wantError(t, err, idc.Conflict, idc.ReasonUniqueness, "Duplicate ExternalId")

	w.group("Developers")
	_, err = w.CreateGroup(t.Context(), w.change(), storeID, idc.Group{DisplayName: "developers"})
	wantError(t, err, idc.Conflict, idc.ReasonUniqueness, "Duplicate GroupDisplayName")

	u := w.user("bob")
	_, err = w.UpdateUser(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, u.ID, "", []directory.Operation{{Path: "userName", Value: json.RawMessage(`"ANA"`)}})
	wantError(t, err, idc.Conflict, idc.ReasonUniqueness, "Duplicate UserName")
}

func TestUpdateUserByPath(t *testing.T) {
	const enterprise = "aws:identitystore:enterprise"
	cases := []struct {
		path, value string
		got         func(*idc.User) string
		want        string
	}{
		{"displayName", `"New Name"`, func(u *idc.User) string { return u.DisplayName }, "New Name"},
		{"DISPLAYNAME", `"New Name"`, func(u *idc.User) string { return u.DisplayName }, "New Name"},
		{"nickName", `"Nick"`, func(u *idc.User) string { return u.NickName }, "Nick"},
		{"title", `null`, func(u *idc.User) string { return u.Title }, ""},
		{"title", ``, func(u *idc.User) string { return u.Title }, ""},
		{"title", `""`, func(u *idc.User) string { return u.Title }, ""},
		{"name.familyName", `"Doe"`, func(u *idc.User) string { return u.Name.FamilyName }, "Doe"},
		{"name", `{"GivenName":"A","FamilyName":"B"}`, func(u *idc.User) string { return u.Name.GivenName + u.Name.FamilyName }, "AB"},
		{"emails", `[{"Value":"n@example.com","Type":"work","Primary":true}]`, func(u *idc.User) string { return u.PrimaryEmail() }, "n@example.com"},
		{"emails", `[{"value":"n@example.com","primary":true}]`, func(u *idc.User) string { return u.PrimaryEmail() }, "n@example.com"},
		{"emails", `[]`, func(u *idc.User) string { return u.PrimaryEmail() }, ""},
		{"phoneNumbers", `[{"Value":"1"}]`, func(u *idc.User) string { return u.Phones[0].Value }, "1"},
		{"addresses", `[{"PostalCode":"1000"}]`, func(u *idc.User) string { return u.Addresses[0].PostalCode }, "1000"},
		{enterprise, `{"costCenter":"7"}`, func(u *idc.User) string { return u.Extensions[enterprise] }, `{"costCenter":"7"}`},
		{enterprise + ".department", `"Ops"`, func(u *idc.User) string { return u.Extensions[enterprise] }, `{"division":"EU","department":"Ops"}`},
		{enterprise + ".manager.value", `"m1"`, func(u *idc.User) string { return u.Extensions[enterprise] }, `{"division":"EU","manager":{"value":"m1"}}`},
		{enterprise + ".division", `null`, func(u *idc.User) string { return u.Extensions[enterprise] }, ""},
	}
	for _, c := range cases {
		t.Run(c.path+" "+c.value, func(t *testing.T) {
			w := newWorld(t)
			in := draft("ana")
			in.Title = "Engineer"
			in.Emails = []idc.Email{{Value: "a@example.com", Primary: new(true)}}
			in.Extensions = map[string]string{enterprise: `{"division":"EU"}`}
			u, err := w.CreateUser(t.Context(), w.change(), storeID, in)
			if err != nil {
				t.Fatal(err)
			}
			op := directory.Operation{Path: c.path, Value: json.RawMessage(c.value)}
			if _, err := w.UpdateUser(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, u.ID, "", []directory.Operation{op}); err != nil {
				t.Fatal(err)
			}
			after, err := w.DescribeUser(t.Context(), storeID, u.ID)
			if err != nil {
				t.Fatal(err)
			}
			if got := c.got(after); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestUpdateUserIsAllOrNothing(t *testing.T) {
	w := newWorld(t)
	u := w.user("ana")
	for name, bad := range map[string]directory.Operation{
		"unknown path":     {Path: "shoeSize", Value: json.RawMessage(`"44"`)},
		"wrong type":       {Path: "title", Value: json.RawMessage(`["a"]`)},
		"wrong shape":      {Path: "emails", Value: json.RawMessage(`"a@b"`)},
		"required removed": {Path: "name.givenName"},
		"name removed":     {Path: "userName", Value: json.RawMessage(`null`)},
		"unknown enterpr.": {Path: "aws:identitystore:enterprise.shoeSize", Value: json.RawMessage(`"44"`)},
	} {
		t.Run(name, func(t *testing.T) {
			good := directory.Operation{Path: "displayName", Value: json.RawMessage(`"Changed"`)}
			_, err := w.UpdateUser(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, u.ID, "", []directory.Operation{good, bad})
			wantError(t, err, idc.Invalid, "", "")
			after, err := w.DescribeUser(t.Context(), storeID, u.ID)
			if err != nil || after.DisplayName != "Somebody" {
				t.Errorf("half an update was kept: %+v, %v", after, err)
			}
		})
	}
}

func TestRevisionStopsABlindOverwrite(t *testing.T) {
	w := newWorld(t)
	u := w.user("ana")
	read := directory.RevisionOf(u.Version)
	rename := []directory.Operation{{Path: "displayName", Value: json.RawMessage(`"One"`)}}
	if _, err := w.UpdateUser(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, u.ID, read, rename); err != nil {
		t.Fatal(err)
	}
	_, err := w.UpdateUser(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, u.ID, read, rename)
	wantError(t, err, idc.Conflict, idc.ReasonConcurrentChange, "")
	wantError(t, w.DeleteUser(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, u.ID, read), idc.Conflict, idc.ReasonConcurrentChange, "")
}

func TestOnlyTheOwnerChangesAnObject(t *testing.T) {
	w := newWorld(t)
	const scim = idc.Owner("scim/okta")
	synced := draft("synced")
	synced.Owner = scim
	u, err := w.CreateUser(t.Context(), w.change(), storeID, synced)
	if err != nil {
		t.Fatal(err)
	}
	g, err := w.CreateGroup(t.Context(), w.change(), storeID, idc.Group{DisplayName: "Synced", Owner: scim})
	if err != nil {
		t.Fatal(err)
	}
	op := []directory.Operation{{Path: "displayName", Value: json.RawMessage(`"X"`)}}
	_, err = w.UpdateUser(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, u.ID, "", op)
	wantError(t, err, idc.Conflict, "", "another source")
	wantError(t, w.DeleteUser(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, u.ID, ""), idc.Conflict, "", "another source")
	_, err = w.UpdateGroup(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, g.ID, "", op)
	wantError(t, err, idc.Conflict, "", "another source")
	wantError(t, w.DeleteGroup(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, g.ID, ""), idc.Conflict, "", "another source")
	_, err = w.AddMember(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, g.ID, u.ID, idc.Validity{})
	wantError(t, err, idc.Conflict, "", "another source")
	if _, err := w.UpdateUser(t.Context(), w.change(), storeID, scim, u.ID, "", op); err != nil {
		t.Errorf("the owner may change its user: %v", err)
	}
	// To shut somebody out must not wait for the other source.
	if err := w.SetUserStatus(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, u.ID, idc.UserDisabled); err != nil {
		t.Errorf("the built-in source may disable anybody: %v", err)
	}
	mine := w.user("mine")
	wantError(t, w.SetUserStatus(t.Context(), w.change(), storeID, scim, mine.ID, idc.UserDisabled), idc.Conflict, "", "another source")
}

func TestMemberships(t *testing.T) {
	w := newWorld(t)
	g, other, ana, bob := w.group("G"), w.group("H"), w.user("ana"), w.user("bob")
	m := w.member(g, ana, idc.Validity{})
	_, err := w.AddMember(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, g.ID, ana.ID, idc.Validity{})
	wantError(t, err, idc.Conflict, idc.ReasonUniqueness, "Duplicate GroupMembership")
	_, err = w.AddMember(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, "none", ana.ID, idc.Validity{})
	wantError(t, err, idc.NotFound, "", "Group does not exist")
	_, err = w.AddMember(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, g.ID, "none", idc.Validity{})
	wantError(t, err, idc.NotFound, "", "Member does not exist")

	in, err := w.IsMemberInGroups(t.Context(), storeID, ana.ID, []string{other.ID, g.ID, "none"})
	if err != nil || in[0] || !in[1] || in[2] {
		t.Errorf("IsMemberInGroups = %v, %v", in, err)
	}
	found, err := w.FindMembership(t.Context(), storeID, g.ID, ana.ID)
	if err != nil || found.ID != m.ID {
		t.Errorf("FindMembership = %+v, %v", found, err)
	}
	_, err = w.FindMembership(t.Context(), storeID, g.ID, bob.ID)
	wantError(t, err, idc.NotFound, "", "")
	if err := w.RemoveMember(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, m.ID); err != nil {
		t.Fatal(err)
	}
	wantError(t, w.RemoveMember(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, m.ID), idc.NotFound, "", "")
}

func TestMembershipEndsOnTheSecond(t *testing.T) {
	w := newWorld(t)
	g, ana := w.group("G"), w.user("ana")
	start, end := w.clock.Now().Add(time.Hour), w.clock.Now().Add(2*time.Hour)
	m := w.member(g, ana, idc.Validity{StartsAt: start, EndsAt: end})
	is := func() bool {
		t.Helper()
		in, err := w.IsMemberInGroups(t.Context(), storeID, ana.ID, []string{g.ID})
		if err != nil {
			t.Fatal(err)
		}
		return in[0]
	}
	if is() {
		t.Error("a member before the start")
	}
	w.clock.Advance(start.Sub(w.clock.Now()))
	if !is() {
		t.Error("not a member at the start")
	}
	w.clock.Advance(end.Sub(w.clock.Now()) - time.Microsecond)
	if !is() {
		t.Error("not a member just before the end")
	}
	w.clock.Advance(time.Microsecond)
	if is() {
		t.Error("a member at the end")
	}
	if list, _, err := w.ListMembers(t.Context(), storeID, g.ID, store.Page{}); err != nil || len(list) != 0 {
		t.Errorf("an ended membership is listed: %v, %v", list, err)
	}
	_, err := w.DescribeMembership(t.Context(), storeID, m.ID)
	wantError(t, err, idc.NotFound, "", "")
	w.member(g, ana, idc.Validity{}) // an ended membership is no obstacle
	if !is() {
		t.Error("not a member after being added again")
	}
}

func TestAlternateIdentifiers(t *testing.T) {
	w := newWorld(t)
	in := draft("Ana")
	in.Emails = []idc.Email{{Value: "ana@example.com", Primary: new(true)}}
	in.ExternalIDs = []idc.ExternalID{{Issuer: "https://idp", ID: "17"}}
	u, err := w.CreateUser(t.Context(), w.change(), storeID, in)
	if err != nil {
		t.Fatal(err)
	}
	g := w.group("Developers")
	for _, by := range []directory.Alternate{
		{Path: "userName", Value: "ana"}, {Path: "USERNAME", Value: "Ana"}, {Path: "emails.value", Value: "ANA@example.com"},
		{ExternalID: idc.ExternalID{Issuer: "https://idp", ID: "17"}},
	} {
		if got, err := w.FindUser(t.Context(), storeID, by); err != nil || got.ID != u.ID {
			t.Errorf("FindUser(%+v) = %v, %v", by, got, err)
		}
	}
	if got, err := w.FindGroup(t.Context(), storeID, directory.Alternate{Path: "displayName", Value: "DEVELOPERS"}); err != nil || got.ID != g.ID {
		t.Errorf("FindGroup = %v, %v", got, err)
	}
	_, err = w.FindUser(t.Context(), storeID, directory.Alternate{Path: "title", Value: "x"})
	wantError(t, err, idc.Invalid, "", "The attribute title is not a unique attribute")
	_, err = w.FindUser(t.Context(), storeID, directory.Alternate{Path: "userName"})
	wantError(t, err, idc.Invalid, "", "attribute value cannot be empty or null")
	_, err = w.FindUser(t.Context(), storeID, directory.Alternate{Path: "userName", Value: "nobody"})
	wantError(t, err, idc.NotFound, "", "USER not found.")
	_, err = w.FindGroup(t.Context(), storeID, directory.Alternate{Path: "displayName", Value: "nobody"})
	wantError(t, err, idc.NotFound, "", "GROUP not found.")
}

func TestListsPageThroughEverythingOnce(t *testing.T) {
	w := newWorld(t)
	want := map[string]bool{}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		want[w.user(name).ID] = true
	}
	seen, after := map[string]bool{}, ""
	for range 10 {
		users, next, err := w.ListUsers(t.Context(), storeID, "", store.Page{After: after, Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range users {
			if seen[u.ID] {
				t.Errorf("%s came twice", u.ID)
			}
			seen[u.ID] = true
		}
		if after = next; next == "" {
			break
		}
	}
	if len(seen) != len(want) {
		t.Errorf("saw %d of %d users", len(seen), len(want))
	}
	one, next, err := w.ListUsers(t.Context(), storeID, "C", store.Page{})
	if err != nil || len(one) != 1 || one[0].UserName != "c" || next != "" {
		t.Errorf("filter: %v %q %v", one, next, err)
	}
}

func TestQuotas(t *testing.T) {
	w := newWorld(t)
	w.MaxUsers, w.MaxGroups = 1, 1
	w.user("ana")
	_, err := w.CreateUser(t.Context(), w.change(), storeID, draft("bob"))
	wantError(t, err, idc.QuotaExceeded, "", "maximum number of users")
	if _, err = w.CreateGroup(t.Context(), w.change(), storeID, idc.Group{DisplayName: "A"}); err != nil {
		t.Fatal(err)
	}
	_, err = w.CreateGroup(t.Context(), w.change(), storeID, idc.Group{DisplayName: "B"})
	wantError(t, err, idc.QuotaExceeded, "", "maximum number of groups")
}

func TestCanceledCallsChangeNothing(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.CreateUser(ctx, w.change(), storeID, draft("ana")); err == nil {
		t.Error("a canceled call made a user")
	}
	if users, _, err := w.ListUsers(t.Context(), storeID, "", store.Page{}); err != nil || len(users) != 0 {
		t.Errorf("users: %v, %v", users, err)
	}
}
