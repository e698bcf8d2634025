package session_test

import (
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/session"
)

func TestDeviceFlow(t *testing.T) {
	w := newWorld(t)
	c := w.device(session.ScopeAccountAccess)
	d := w.start(c)
	if !regexp.MustCompile(`^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$`).MatchString(d.UserCode) ||
		d.VerificationURI != base+"/device" || d.VerificationURIComplete != base+"/device?user_code="+d.UserCode ||
		d.ExpiresIn != 10*time.Minute || d.Interval != time.Second {
		t.Errorf("start: %+v", d)
	}
	_, err := w.poll(c, d.DeviceCode)
	wantError(t, err, idc.Invalid, idc.ReasonAuthorizationPending, "")

	in, _ := w.signIn()
	pending, err := w.LookupDevice(w.ctx(), w.change(), in.Session.ID, " "+strings.ToLower(strings.ReplaceAll(d.UserCode, "-", " ")))
	if err != nil || pending.Client.ID != c.ID || pending.Device.ClientIP != "192.0.2.7" || pending.Device.UserAgent != "aws-cli" {
		t.Fatalf("lookup: %+v, %v", pending, err)
	}
	if decided, err := w.DecideDevice(w.ctx(), w.change(), in.Session.ID, d.UserCode, true); err != nil || decided.ID != c.ID {
		t.Fatalf("decide: %+v, %v", decided, err)
	}
	_, err = w.DecideDevice(w.ctx(), w.change(), in.Session.ID, d.UserCode, false)
	wantError(t, err, idc.Conflict, "", "decided already")

	tokens, err := w.poll(c, d.DeviceCode) // right after approval, whatever the interval
	if err != nil || !strings.HasPrefix(tokens.AccessToken, "aoa") || !strings.HasPrefix(tokens.RefreshToken, "aor") || tokens.ExpiresIn != time.Hour || tokens.UserID != w.ana.ID {
		t.Fatalf("tokens: %+v, %v", tokens, err)
	}
	if !w.good(tokens.AccessToken) {
		t.Error("the access token does not work")
	}
	_, err = w.poll(c, d.DeviceCode)
	wantError(t, err, idc.Invalid, idc.ReasonInvalidGrant, "")
}

func TestDeviceDenied(t *testing.T) {
	w := newWorld(t)
	c := w.device()
	d := w.start(c)
	in, _ := w.signIn()
	if _, err := w.DecideDevice(w.ctx(), w.change(), in.Session.ID, d.UserCode, false); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err := w.poll(c, d.DeviceCode)
		wantError(t, err, idc.Denied, idc.ReasonAccessDeniedByUser, "refused")
	}
}

func TestDeviceCodeExpiresAndTheClientHearsOfIt(t *testing.T) {
	w := newWorld(t)
	c := w.device()
	pending, approved := w.start(c), w.start(c)
	in, _ := w.signIn()
	if _, err := w.DecideDevice(w.ctx(), w.change(), in.Session.ID, approved.UserCode, true); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(10 * time.Minute)
	for _, code := range []string{pending.DeviceCode, approved.DeviceCode} {
		_, err := w.poll(c, code)
		wantError(t, err, idc.Expired, "", "expired")
	}
	_, err := w.LookupDevice(w.ctx(), w.change(), in.Session.ID, pending.UserCode)
	wantError(t, err, idc.Expired, "", "")
	_, err = w.DecideDevice(w.ctx(), w.change(), in.Session.ID, pending.UserCode, true)
	wantError(t, err, idc.Expired, "", "")
}

func TestPollingTooFast(t *testing.T) {
	w := newWorld(t)
	c := w.device()
	d := w.start(c)
	poll := func(after time.Duration, reason idc.Reason) {
		t.Helper()
		w.clock.Advance(after)
		_, err := w.poll(c, d.DeviceCode)
		if idc.ReasonOf(err) != reason {
			t.Errorf("polled after %v: %v, want %s", after, err, reason)
		}
	}
	poll(0, idc.ReasonAuthorizationPending)
	poll(100*time.Millisecond, idc.ReasonSlowDown)
	poll(100*time.Millisecond, idc.ReasonSlowDown)
	poll(time.Second, idc.ReasonAuthorizationPending)
	poll(990*time.Millisecond, idc.ReasonAuthorizationPending) // a punctual client whose packet was early
}

func TestForeignDeviceCodes(t *testing.T) {
	w := newWorld(t)
	c, other := w.device(), w.device()
	d := w.start(c)
	_, err := w.poll(c, "unknown")
	wantError(t, err, idc.Invalid, idc.ReasonInvalidGrant, "")
	_, err = w.poll(other, d.DeviceCode)
	wantError(t, err, idc.Invalid, idc.ReasonInvalidGrant, "")
	_, err = w.poll(c, "")
	wantError(t, err, idc.Invalid, "", "deviceCode is required")
	_, err = w.poll(c, d.DeviceCode) // a stranger's try does not spoil it
	wantError(t, err, idc.Invalid, idc.ReasonAuthorizationPending, "")
}

func TestPollsInParallelGetOneToken(t *testing.T) {
	w := newWorld(t)
	c := w.device()
	d := w.start(c)
	in, _ := w.signIn()
	if _, err := w.DecideDevice(w.ctx(), w.change(), in.Session.ID, d.UserCode, true); err != nil {
		t.Fatal(err)
	}
	if got := race(8, func() error { _, err := w.poll(c, d.DeviceCode); return err }); got[""] != 1 || got[idc.ReasonInvalidGrant] != 7 {
		t.Errorf("8 polls: %v", got)
	}
}

// race runs fn n times at once and counts the reasons of the errors, "" for success.
func race(n int, fn func() error) map[idc.Reason]int {
	var wg sync.WaitGroup
	var mu sync.Mutex
	got := map[idc.Reason]int{}
	for range n {
		wg.Go(func() {
			err := fn()
			mu.Lock()
			defer mu.Unlock()
			if err != nil && idc.ReasonOf(err) == "" {
				got[idc.Reason(err.Error())]++
				return
			}
			got[idc.ReasonOf(err)]++
		})
	}
	wg.Wait()
	return got
}

func TestDecisionsNeedAStandingSession(t *testing.T) {
	w := newWorld(t)
	c := w.device()
	d := w.start(c)
	in, _ := w.signIn()
	if err := w.SignOut(w.ctx(), w.change(), in.Session.ID); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{in.Session.ID, "unknown", ""} {
		_, err := w.DecideDevice(w.ctx(), w.change(), id, d.UserCode, true)
		wantError(t, err, idc.Unauthenticated, "", "")
	}
}

func TestApprovalDiesWithItsSession(t *testing.T) {
	w := newWorld(t)
	c := w.device()
	d := w.start(c)
	in, _ := w.signIn()
	if _, err := w.DecideDevice(w.ctx(), w.change(), in.Session.ID, d.UserCode, true); err != nil {
		t.Fatal(err)
	}
	if err := w.SignOut(w.ctx(), w.change(), in.Session.ID); err != nil {
		t.Fatal(err)
	}
	_, err := w.poll(c, d.DeviceCode)
	wantError(t, err, idc.Invalid, idc.ReasonInvalidGrant, "")
}

func TestUserCodesCannotBeGuessed(t *testing.T) {
	w := newWorld(t)
	c := w.device()
	d := w.start(c)
	in, _ := w.signIn()
	limit := authn.DefaultLimits().Device
	for range limit.Free + 1 {
		_, err := w.LookupDevice(w.ctx(), w.change(), in.Session.ID, "BBBB-BBBB")
		wantError(t, err, idc.NotFound, "", "no request with this code")
	}
	_, err := w.LookupDevice(w.ctx(), w.change(), in.Session.ID, d.UserCode)
	wantError(t, err, idc.Throttled, "", "unknown codes")
	w.clock.Advance(limit.FirstLock)
	_, err = w.DecideDevice(w.ctx(), w.change(), in.Session.ID, "BBBB-BBBB", true) // guessing here counts as well
	wantError(t, err, idc.NotFound, "", "")
	w.clock.Advance(2 * limit.FirstLock)
	if _, err := w.LookupDevice(w.ctx(), w.change(), in.Session.ID, d.UserCode); err != nil {
		t.Errorf("the lock does not lift: %v", err)
	}
}

func TestNormalizeUserCode(t *testing.T) {
	for typed, want := range map[string]string{
		"RHHX-BCTS": "RHHX-BCTS", "rhhxbcts": "RHHX-BCTS", " rhhx – bcts ": "RHHX-BCTS", "RHHX": "", "": "", "RHHX-BCTSX": "", "RHHX-BCT1": "",
	} {
		if got := session.NormalizeUserCode(typed); got != want {
			t.Errorf("NormalizeUserCode(%q) = %q, want %q", typed, got, want)
		}
	}
}
