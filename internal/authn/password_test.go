package authn_test

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func TestPasswordPolicy(t *testing.T) {
	cases := []struct {
		password string
		ok       bool
	}{
		{"Abcdef1!", true},
		{"Abcde1!", false}, // 7
		{"Aa1!" + strings.Repeat("x", 60), true},
		{"Aa1!" + strings.Repeat("x", 61), false}, // 65
		{"Aa1!" + strings.Repeat("é", 60), true},  // characters, not bytes
		{"abcdef1!", false},
		{"ABCDEF1!", false},
		{"Abcdefg!", false},
		{"Abcdefg1", false},
		{"Abc def1", false}, // a blank is no symbol of the policy
		{"Abc def1~", true},
		{"Abcdef1!\x00", false},
		{"Abcdef1!\n", false},
		{"Abcdef1!\xff", false},
		{"", false},
	}
	for _, c := range cases {
		if err := authn.CheckPassword(c.password); (err == nil) != c.ok {
			t.Errorf("CheckPassword(%q) = %v, want ok %t", c.password, err, c.ok)
		}
	}
}

func TestHashes(t *testing.T) {
	h := authn.NewHasher(authn.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}, 1)
	one, err := h.Hash(t.Context(), goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	two, err := h.Hash(t.Context(), goodPassword)
	if err != nil || one == two {
		t.Errorf("two hashes are alike: the salt is missing (%v)", err)
	}
	if !strings.HasPrefix(one, "$argon2id$v=19$m=64,t=1,p=1$") || strings.Contains(one, goodPassword) {
		t.Errorf("PHC string %q", one)
	}
	for password, want := range map[string]bool{goodPassword: true, "correct-horse-9": false, "": false} {
		if ok, err := h.Verify(t.Context(), one, password); err != nil || ok != want {
			t.Errorf("Verify(%q) = %t, %v", password, ok, err)
		}
	}
	if ok, err := h.Verify(t.Context(), "", goodPassword); err != nil || ok {
		t.Errorf("a missing verifier accepted a password: %t, %v", ok, err)
	}
	for _, damaged := range []string{
		"x", "$argon2i$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA", "$argon2id$v=16$m=64,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
		"$argon2id$v=19$m=999999999,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA", "$argon2id$v=19$m=64,t=1,p=0$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
		"$argon2id$v=19$m=64,t=1,p=1$!$aGFzaGhhc2hoYXNoaGFzaA", "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$aA",
	} {
		if ok, err := h.Verify(t.Context(), damaged, goodPassword); err == nil || ok || idc.KindOf(err) != idc.Internal {
			t.Errorf("damaged verifier %q: %t, %v", damaged, ok, err)
		}
	}
}

func TestDefaultCostIsOWASPs(t *testing.T) {
	if got, want := authn.DefaultCost(), (authn.Cost{MemoryKiB: 19456, Passes: 2, Lanes: 1}); got != want {
		t.Errorf("cost %+v, want %+v", got, want)
	}
}

func TestHasherRefusesAFlood(t *testing.T) {
	h := authn.NewHasher(authn.Cost{MemoryKiB: 8 * 1024, Passes: 2, Lanes: 1}, 2)
	var wg sync.WaitGroup
	var mu sync.Mutex
	kinds := map[string]int{}
	for range 200 {
		wg.Go(func() {
			_, err := h.Verify(context.Background(), "", goodPassword)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				kinds["ok"]++
			} else {
				kinds[idc.KindOf(err).String()]++
			}
		})
	}
	wg.Wait()
	if kinds["ok"] == 0 || kinds["Throttled"] == 0 || kinds["ok"]+kinds["Throttled"] != 200 {
		t.Errorf("200 hashes at once: %v", kinds)
	}
	if _, err := h.Verify(t.Context(), "", goodPassword); err != nil {
		t.Errorf("the flood left the hasher shut: %v", err)
	}
}

func TestLastThreePasswordsAreNotReusable(t *testing.T) {
	w := newWorld(t)
	u := w.user("ana")
	set := func(p string) error { return w.SetPassword(t.Context(), w.change(), u.ID, p, false) }
	for _, p := range []string{"Password-1", "Password-2", "Password-3"} {
		if err := set(p); err != nil {
			t.Fatalf("%s: %v", p, err)
		}
	}
	for _, p := range []string{"Password-3", "Password-2", "Password-1"} {
		wantError(t, set(p), idc.Invalid, "", "last 3 passwords")
	}
	if err := set("Password-4"); err != nil {
		t.Fatal(err)
	}
	if err := set("Password-1"); err != nil {
		t.Errorf("the fourth last may be used again: %v", err)
	}
	if _, err := w.password("ana", "Password-4"); err == nil {
		t.Error("the old password works")
	}
}

func TestNewPasswordEndsSessions(t *testing.T) {
	w := newWorld(t)
	u := w.person("ana", false)
	now := w.clock.Now()
	w.update(func(tx store.Tx) error {
		return tx.PutPortalSession(&idc.PortalSession{ID: "s", TokenHash: "h", UserID: u.ID, CreatedAt: now, ExpiresAt: now.Add(time.Hour)})
	})
	if err := w.SetPassword(t.Context(), w.change(), u.ID, "Another-Horse-9", false); err != nil {
		t.Fatal(err)
	}
	w.view(func(r store.Reader) {
		if s, err := r.PortalSession("s"); err != nil || s.ActiveAt(w.clock.Now()) {
			t.Errorf("a session of the old password stands: %+v, %v", s, err)
		}
	})
}

// TestNoEnumeration: whatever is wrong, the answer is the same to the letter.
func TestNoEnumeration(t *testing.T) {
	w := newWorld(t)
	w.person("ana", true)
	disabled := w.person("dora", true)
	if err := w.directory.SetUserStatus(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, disabled.ID, idc.UserDisabled); err != nil {
		t.Fatal(err)
	}
	w.user("nopassword")
	w.person("locked", true)
	for range authn.DefaultLimits().User.Free + 1 {
		_, _ = w.password("locked", "wrong")
	}
	texts := map[string]bool{}
	for name, attempt := range map[string][2]string{
		"wrong password": {"ana", "wrong"}, "unknown user": {"nobody", goodPassword}, "disabled user": {"dora", goodPassword},
		"no password": {"nopassword", goodPassword}, "locked user": {"locked", goodPassword},
		"long password": {"ana", strings.Repeat("x", 100_000)}, "empty": {"", ""}, "NUL": {"a\x00", "b\x00"},
	} {
		flow, err := w.password(attempt[0], attempt[1])
		if flow != nil {
			t.Errorf("%s: got in", name)
		}
		wantError(t, err, idc.Unauthenticated, idc.ReasonBadCredentials, "not right")
		texts[idc.PublicMessage(err)] = true
	}
	if len(texts) != 1 {
		t.Errorf("answers differ: %v", texts)
	}
}

// TestEveryAttemptCostsOneHash: a hasher that admits nobody shows which attempts would have reached it. One
// that did not would be answered faster than the others, and tell why.
func TestEveryAttemptCostsOneHash(t *testing.T) {
	w := newWorld(t)
	w.person("ana", true)
	w.user("nopassword")
	disabled := w.person("dora", true)
	if err := w.directory.SetUserStatus(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, disabled.ID, idc.UserDisabled); err != nil {
		t.Fatal(err)
	}
	w.person("locked", true)
	for range authn.DefaultLimits().User.Free + 1 {
		_, _ = w.password("locked", "wrong")
	}
	w.Hasher = authn.NewHasher(authn.DefaultCost(), -runtime.GOMAXPROCS(0))
	for _, attempt := range [][2]string{
		{"ana", goodPassword}, {"ana", "wrong"}, {"nobody", "wrong"}, {"nopassword", "wrong"}, {"dora", goodPassword},
		{"locked", goodPassword}, {"ana", strings.Repeat("x", 65)}, {"", ""},
	} {
		_, err := w.password(attempt[0], attempt[1])
		wantError(t, err, idc.Throttled, "", "signing in at the moment")
	}
}

func TestUserNamesAreFolded(t *testing.T) {
	w := newWorld(t)
	u := w.person("Ana@Example.com", true)
	if flow := w.flow("aNA@eXAMPLE.com"); flow.UserID != u.ID {
		t.Errorf("flow of %s", flow.UserID)
	}
	for i := range authn.DefaultLimits().User.Free + 1 {
		name := []string{"ana@example.com", "ANA@EXAMPLE.COM"}[i%2]
		_, err := w.password(name, "wrong")
		wantError(t, err, idc.Unauthenticated, idc.ReasonBadCredentials, "")
	}
	if _, err := w.password("Ana@Example.com", goodPassword); err == nil {
		t.Error("spelling the name in two ways gives twice the tries")
	}
}

func TestLockGrowsAndLifts(t *testing.T) {
	w := newWorld(t)
	w.person("ana", true)
	limit := authn.DefaultLimits().User
	fail := func(n int) {
		for range n {
			_, err := w.password("ana", "wrong")
			wantError(t, err, idc.Unauthenticated, idc.ReasonBadCredentials, "")
		}
	}
	works := func() bool { _, err := w.password("ana", goodPassword); return err == nil }

	fail(limit.Free)
	if !works() {
		t.Fatal("locked by failures that are free")
	}
	fail(limit.Free + 1)
	if works() {
		t.Fatal("not locked")
	}
	w.clock.Advance(limit.FirstLock)
	fail(1) // one try after the lock: it locks for twice as long
	w.clock.Advance(limit.FirstLock)
	if works() {
		t.Error("the second lock is not longer than the first")
	}
	w.clock.Advance(limit.FirstLock)
	if !works() {
		t.Error("the lock does not lift by itself")
	}
	fail(limit.Free)
	if !works() {
		t.Error("a success does not clear the failures before it")
	}
}

// TestAStrangerCannotLockAPersonOut: failures lock the name for the network they come from.
func TestAStrangerCannotLockAPersonOut(t *testing.T) {
	w := newWorld(t)
	w.person("ana", true)
	try := func(ip, password string) error {
		_, err := w.Password(t.Context(), w.change(), storeID, "ana", password, from(ip))
		return err
	}
	for range 20 {
		if try("198.51.100.7", "wrong") == nil {
			t.Fatal("a wrong password works")
		}
	}
	if try("198.51.100.8", goodPassword) == nil {
		t.Error("a neighbour in the same network is not locked")
	}
	if err := try("192.0.2.1", goodPassword); err != nil {
		t.Errorf("the owner, from elsewhere: %v", err)
	}
}

// TestAPatientStrangerCannotLockAPersonOut: who keeps trying whenever the own lock lifts gets nowhere either.
func TestAPatientStrangerCannotLockAPersonOut(t *testing.T) {
	w := newWorld(t)
	w.person("ana", true)
	for range 500 {
		_, _ = w.Password(t.Context(), w.change(), storeID, "ana", "wrong", from("198.51.100.7"))
		w.clock.Advance(5 * time.Minute)
	}
	if _, err := w.password("ana", goodPassword); err != nil {
		t.Errorf("the owner, from elsewhere: %v", err)
	}
}

// TestManyNetworksTogetherAreLimited, for a name that exists and for one that does not.
func TestManyNetworksTogetherAreLimited(t *testing.T) {
	w := newWorld(t)
	w.person("ana", true)
	for _, name := range []string{"ana", "nobody"} {
		for i := range authn.DefaultLimits().Anywhere.Free + 1 {
			_, _ = w.Password(t.Context(), w.change(), storeID, name, "wrong", from(fmt.Sprintf("10.0.%d.1", i)))
		}
		before := w.counters(name)
		if !strings.Contains(before, fmt.Sprintf("\n%d since ", authn.DefaultLimits().Anywhere.Free+1)) {
			t.Errorf("%s: counted %s", name, before)
		}
		_, err := w.password(name, goodPassword)
		wantError(t, err, idc.Unauthenticated, idc.ReasonBadCredentials, "not right")
		if after := w.counters(name); after != before {
			t.Errorf("%s: an attempt at a locked name is counted: %s, then %s", name, before, after)
		}
	}
}

// TestAFullHasherCountsNothing: what was not judged is not a failure, for whatever name.
func TestAFullHasherCountsNothing(t *testing.T) {
	w := newWorld(t)
	w.person("ana", true)
	limit, room := authn.DefaultLimits().User, w.Hasher
	for _, failures := range []int{0, limit.Free, 1} { // the last one locks, and another would lock for longer
		for _, name := range []string{"ana", "nobody"} {
			w.Hasher = room
			for range failures {
				_, _ = w.password(name, "wrong")
			}
		}
		w.clock.Advance(limit.FirstLock)
		w.Hasher = authn.NewHasher(authn.DefaultCost(), -runtime.GOMAXPROCS(0))
		for _, name := range []string{"ana", "nobody"} {
			before := w.counters(name)
			for range 10 {
				_, err := w.password(name, goodPassword)
				wantError(t, err, idc.Throttled, "", "signing in at the moment")
			}
			if after := w.counters(name); after != before {
				t.Errorf("%s: %s, then %s", name, before, after)
			}
		}
	}
	w.Hasher = room
	if _, err := w.password("ana", goodPassword); err != nil {
		t.Errorf("the right password afterwards: %v", err)
	}
}

func TestANewPasswordLiftsTheLock(t *testing.T) {
	w := newWorld(t)
	u := w.person("ana", true)
	for range authn.DefaultLimits().User.Free + 1 {
		_, _ = w.password("ana", "wrong")
	}
	if err := w.SetPassword(t.Context(), w.change(), u.ID, "Another-Horse-9", false); err != nil {
		t.Fatal(err)
	}
	if _, err := w.password("ana", "Another-Horse-9"); err != nil {
		t.Errorf("the password that the administrator just set: %v", err)
	}
}

func TestLockSurvivesARestart(t *testing.T) {
	w := newWorld(t)
	w.person("ana", true)
	for range authn.DefaultLimits().User.Free + 1 {
		_, _ = w.password("ana", "wrong")
	}
	again := *w.Service // another process on the same database
	if _, err := again.Password(t.Context(), w.change(), storeID, "ana", goodPassword, from("192.0.2.1")); err == nil {
		t.Error("a restart opens a locked account")
	}
}

func TestGuessesInParallelAreAllCounted(t *testing.T) {
	w := newWorld(t)
	w.person("ana", true)
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			_, _ = w.Password(t.Context(), w.change(), storeID, "ana", fmt.Sprintf("guess-%d", i), from(fmt.Sprintf("192.0.2.%d", i)))
		})
	}
	wg.Wait()
	wrong := 0
	for _, e := range w.events {
		if e.Name == authn.EventVerification && e.Reason == "wrong password" {
			wrong++
		}
	}
	if limit := authn.DefaultLimits().User.Free + 1; wrong > limit {
		t.Errorf("%d guesses were compared, want at most %d", wrong, limit)
	}
}

func TestAddressIsLockedForEverybody(t *testing.T) {
	w := newWorld(t)
	w.person("ana", true)
	for i := range authn.DefaultLimits().Address.Free + 1 {
		_, _ = w.Password(t.Context(), w.change(), storeID, fmt.Sprintf("nobody%d", i), "wrong", from("2001:db8::1"))
	}
	_, err := w.Password(t.Context(), w.change(), storeID, "ana", goodPassword, from("2001:db8::2"))
	wantError(t, err, idc.Throttled, "", "network address")
	if _, err := w.Password(t.Context(), w.change(), storeID, "ana", goodPassword, from("2001:db8:0:1::1")); err != nil {
		t.Errorf("a neighbour's network is locked too: %v", err)
	}
}

// TestNamesAreNotStored: people type their password into the name field.
func TestNamesAreNotStored(t *testing.T) {
	w := newWorld(t)
	const canary = "Canary-Password-7"
	_, _ = w.password(canary, "x")
	for _, e := range w.events {
		text, err := json.Marshal(e)
		if err != nil || strings.Contains(string(text), canary) {
			t.Errorf("event tells the name: %s, %v", text, err)
		}
	}
	w.view(func(r store.Reader) {
		if _, err := r.Throttle("password/" + canary); !idc.IsNotFound(err) {
			t.Errorf("the counter's key is the name: %v", err)
		}
	})
}

func TestMustChangePassword(t *testing.T) {
	w := newWorld(t)
	u := w.user("ana")
	if err := w.SetPassword(t.Context(), w.change(), u.ID, goodPassword, true); err != nil {
		t.Fatal(err)
	}
	flow := w.flow("ana")
	if flow.Step != idc.SigninNewPassword {
		t.Fatalf("step %s", flow.Step)
	}
	_, err := w.NewPassword(t.Context(), w.change(), flow.ID, cookie, "short")
	wantError(t, err, idc.Invalid, "", "8 to 64")
	_, err = w.NewPassword(t.Context(), w.change(), flow.ID, cookie, goodPassword)
	wantError(t, err, idc.Invalid, "", "last 3 passwords")
	flow, err = w.NewPassword(t.Context(), w.change(), flow.ID, cookie, "Another-Horse-9")
	if err != nil || flow.Step != idc.SigninEnrol {
		t.Fatalf("flow %+v, %v", flow, err)
	}
	if _, _, err := w.Flow(t.Context(), flow.ID, cookie); err != nil {
		t.Errorf("the flow that set the password is over: %v", err)
	}
	if again, err := w.password("ana", "Another-Horse-9"); err != nil || again.Step != idc.SigninEnrol {
		t.Errorf("the new password: %+v, %v", again, err)
	}
}

// TestFactorComesBeforeANewPassword: the password alone does not set another.
func TestFactorComesBeforeANewPassword(t *testing.T) {
	w := newWorld(t)
	u := w.person("ana", true)
	if err := w.SetPassword(t.Context(), w.change(), u.ID, "Another-Horse-9", true); err != nil {
		t.Fatal(err)
	}
	flow, err := w.password("ana", "Another-Horse-9")
	if err != nil || flow.Step != idc.SigninFactor {
		t.Fatalf("after the password: %+v, %v", flow, err)
	}
	if got, err := w.NewPassword(t.Context(), w.change(), flow.ID, cookie, "Stolen-Horse-9"); err != nil || got.Step != idc.SigninFactor {
		t.Errorf("a new password without the factor: %+v, %v", got, err)
	}
	if flow, err = w.factor(flow, w.code(secret)); err != nil || flow.Step != idc.SigninNewPassword {
		t.Fatalf("after the factor: %+v, %v", flow, err)
	}
	if flow, err = w.NewPassword(t.Context(), w.change(), flow.ID, cookie, "Chosen-Horse-9"); err != nil || flow.Step != idc.SigninDone {
		t.Fatalf("after the new password: %+v, %v", flow, err)
	}
	if _, err := w.password("ana", "Chosen-Horse-9"); err != nil {
		t.Errorf("the chosen password: %v", err)
	}
}

// TestFactorRegisteredMeanwhileComesBeforeANewPassword: so does one that the flow has not seen yet.
func TestFactorRegisteredMeanwhileComesBeforeANewPassword(t *testing.T) {
	w := newWorld(t)
	u := w.user("ana")
	if err := w.SetPassword(t.Context(), w.change(), u.ID, goodPassword, true); err != nil {
		t.Fatal(err)
	}
	flow := w.flow("ana")
	if err := w.RegisterTOTP(t.Context(), w.change(), u.ID, "phone", secret); err != nil {
		t.Fatal(err)
	}
	if got, err := w.NewPassword(t.Context(), w.change(), flow.ID, cookie, "Stolen-Horse-9"); err != nil || got.Step != idc.SigninFactor {
		t.Errorf("a new password without the factor: %+v, %v", got, err)
	}
	if _, err := w.password("ana", "Stolen-Horse-9"); err == nil {
		t.Error("it was set")
	}
}

// TestANewPasswordEndsFlowsOfTheOld: whoever knew the old one does not finish with it.
func TestANewPasswordEndsFlowsOfTheOld(t *testing.T) {
	w := newWorld(t)
	u := w.person("ana", true)
	byAdministrator := w.flow("ana")
	if err := w.SetPassword(t.Context(), w.change(), u.ID, "Another-Horse-9", false); err != nil {
		t.Fatal(err)
	}
	_, err := w.factor(byAdministrator, w.code(secret))
	wantError(t, err, idc.Expired, "", "Start again")

	byLink, err := w.password("ana", "Another-Horse-9")
	if err != nil {
		t.Fatal(err)
	}
	link, err := w.IssueLink(t.Context(), w.change(), u.ID, authn.LinkInvitation, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	own, err := w.UseLink(t.Context(), w.change(), link, "Linked-Horse-9", from("192.0.2.1"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.factor(byLink, w.code(secret))
	wantError(t, err, idc.Expired, "", "Start again")
	if _, err := w.factor(own, w.code(secret)); err != nil {
		t.Errorf("the flow of the link itself: %v", err)
	}
}

func TestOneTimeLink(t *testing.T) {
	w := newWorld(t)
	u := w.user("root")
	link, err := w.IssueLink(t.Context(), w.change(), u.ID, authn.LinkFirstAdministrator, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	use := func(secret, password string) (*idc.SigninFlow, error) {
		return w.UseLink(t.Context(), w.change(), secret, password, from("192.0.2.1"))
	}
	_, err = use("wrong", goodPassword)
	wantError(t, err, idc.Expired, "", "link")
	_, err = use(link, "weak")
	wantError(t, err, idc.Invalid, "", "8 to 64") // and the link is still good

	flow, err := use(link, goodPassword)
	if err != nil || flow.Step != idc.SigninEnrol || flow.UserID != u.ID {
		t.Fatalf("flow %+v, %v", flow, err)
	}
	_, err = use(link, "Another-Horse-9")
	wantError(t, err, idc.Expired, "", "used already")
	w.flow("root") // the password of the link works

	late, err := w.IssueLink(t.Context(), w.change(), u.ID, authn.LinkInvitation, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(time.Hour)
	_, err = use(late, "Another-Horse-9")
	wantError(t, err, idc.Expired, "", "")
}

func TestOneTimeLinkIsUsedOnceInParallel(t *testing.T) {
	w := newWorld(t)
	u := w.user("root")
	link, err := w.IssueLink(t.Context(), w.change(), u.ID, authn.LinkInvitation, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range 8 {
		wg.Go(func() {
			if _, err := w.UseLink(t.Context(), w.change(), link, fmt.Sprintf("Password-%d", i), from("192.0.2.1")); err == nil {
				mu.Lock()
				won++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("the link was used %d times", won)
	}
}

func TestReturningUserDoesNotInheritLinksAndFlows(t *testing.T) {
	w := newWorld(t)
	u := w.person("ana", true)
	link, err := w.IssueLink(t.Context(), w.change(), u.ID, authn.LinkInvitation, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	flow := w.flow("ana")
	if err := w.directory.DeleteUser(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, u.ID, ""); err != nil {
		t.Fatal(err)
	}
	if again := w.user("ana"); again.ID != u.ID {
		t.Fatal("the test is about a revived id")
	}
	_, err = w.UseLink(t.Context(), w.change(), link, goodPassword, from("192.0.2.1"))
	wantError(t, err, idc.Expired, "", "")
	_, _, err = w.Flow(t.Context(), flow.ID, cookie)
	wantError(t, err, idc.Expired, "", "")
}
