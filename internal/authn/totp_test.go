package authn_test

import (
	"bytes"
	"image/png"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// TestTOTPVectors are those of RFC 6238 appendix B, cut to six digits.
func TestTOTPVectors(t *testing.T) {
	const rfc = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" // "12345678901234567890"
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if got, err := authn.TOTPCode(rfc, time.Unix(at, 0)); err != nil || got != want {
			t.Errorf("code at %d = %s, %v; want %s", at, got, err, want)
		}
	}
}

func (w *world) factor(flow *idc.SigninFlow, code string) (*idc.SigninFlow, error) {
	return w.Factor(w.t.Context(), w.change(), flow.ID, cookie, code)
}

func TestFactorFinishesTheFlow(t *testing.T) {
	w := newWorld(t)
	w.person("ana", true)
	flow := w.flow("ana")
	if flow.Step != idc.SigninFactor {
		t.Fatalf("step %s", flow.Step)
	}
	code := w.code(secret)
	done, err := w.factor(flow, " "+code[:3]+" "+code[3:])
	if err != nil || done.Step != idc.SigninDone || done.FactorAt.IsZero() {
		t.Fatalf("flow %+v, %v", done, err)
	}
}

func TestFactorDrift(t *testing.T) {
	for steps, ok := range map[int]bool{-2: false, -1: true, 0: true, 1: true, 2: false} {
		w := newWorld(t)
		w.person("ana", true)
		code, err := authn.TOTPCode(secret, w.clock.Now().Add(time.Duration(steps)*30*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.factor(w.flow("ana"), code); (err == nil) != ok {
			t.Errorf("a code %d steps away: %v, want ok %t", steps, err, ok)
		}
	}
}

func TestFactorRefuses(t *testing.T) {
	w := newWorld(t)
	w.person("ana", true)
	for _, code := range []string{"", "000000000", "abcdef", "12345\x00", w.code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")} {
		w.clock.Advance(time.Hour) // the failures of other codes are not the subject
		_, err := w.factor(w.flow("ana"), code)
		wantError(t, err, idc.Unauthenticated, idc.ReasonBadCode, "not right")
	}
}

func TestCodeWorksOnce(t *testing.T) {
	w := newWorld(t)
	w.person("ana", true)
	code := w.code(secret)
	first, second := w.flow("ana"), w.flow("ana")
	if _, err := w.factor(first, code); err != nil {
		t.Fatal(err)
	}
	_, err := w.factor(second, code)
	wantError(t, err, idc.Unauthenticated, idc.ReasonBadCode, "used already")
	// Neither does the code of the step before, which drift would allow.
	old, err := authn.TOTPCode(secret, w.clock.Now().Add(-30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.factor(second, old)
	wantError(t, err, idc.Unauthenticated, idc.ReasonBadCode, "")
	w.clock.Advance(30 * time.Second)
	if _, err := w.factor(second, w.code(secret)); err != nil {
		t.Errorf("the next code: %v", err)
	}
}

// TestCodeWorksOnceInParallel submits one code to many flows at the same moment.
func TestCodeWorksOnceInParallel(t *testing.T) {
	w := newWorld(t)
	w.person("ana", true)
	flows := make([]*idc.SigninFlow, 8)
	for i := range flows {
		flows[i] = w.flow("ana")
	}
	code := w.code(secret)
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for _, flow := range flows {
		wg.Go(func() {
			done, err := w.factor(flow, code)
			mu.Lock()
			defer mu.Unlock()
			if err == nil && done.Step == idc.SigninDone {
				won++
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("one code finished %d sign-ins", won)
	}
}

func TestWrongCodesEndTheFlowAndLockTheUser(t *testing.T) {
	w := newWorld(t)
	w.person("ana", true)
	flow := w.flow("ana")
	for range 5 {
		_, err := w.factor(flow, "000000")
		wantError(t, err, idc.Unauthenticated, idc.ReasonBadCode, "")
	}
	_, err := w.factor(flow, w.code(secret))
	wantError(t, err, idc.Expired, "", "Start again")

	flow = w.flow("ana") // a new flow does not give new tries
	_, err = w.factor(flow, w.code(secret))
	wantError(t, err, idc.Unauthenticated, idc.ReasonBadCode, "not right")
	w.clock.Advance(authn.DefaultLimits().Code.FirstLock)
	if _, err := w.factor(flow, w.code(secret)); err != nil {
		t.Errorf("the lock does not lift: %v", err)
	}
}

func TestEnrolment(t *testing.T) {
	w := newWorld(t)
	u := w.person("ana@example.com", false)
	flow := w.flow("ana@example.com")
	if flow.Step != idc.SigninEnrol {
		t.Fatalf("step %s: without a factor there is nothing but enrolment", flow.Step)
	}
	offer, err := w.Enrolment(flow, u)
	if err != nil {
		t.Fatal(err)
	}
	uri, err := url.Parse(offer.URI)
	if err != nil || uri.Scheme != "otpauth" || uri.Host != "totp" || uri.Path != "/Gatehouse:ana@example.com" ||
		uri.Query().Get("issuer") != "Gatehouse" || uri.Query().Get("secret") != offer.Secret || len(offer.Secret) != 32 {
		t.Errorf("key URI %q, %v", offer.URI, err)
	}
	if picture, err := png.Decode(bytes.NewReader(offer.QR)); err != nil || picture.Bounds().Dx() < 200 {
		t.Errorf("QR code: %v", err)
	}
	if strings.Contains(flow.EnrolSecret, offer.Secret) {
		t.Error("the secret is stored in clear")
	}
	_, err = w.Enrol(t.Context(), w.change(), flow.ID, cookie, "000000", "phone")
	wantError(t, err, idc.Unauthenticated, idc.ReasonBadCode, "")
	code := w.code(offer.Secret)
	done, err := w.Enrol(t.Context(), w.change(), flow.ID, cookie, code, "My phone")
	if err != nil || done.Step != idc.SigninDone {
		t.Fatalf("flow %+v, %v", done, err)
	}
	devices, err := w.Devices(t.Context(), u.ID)
	if err != nil || len(devices) != 1 || devices[0].Name != "My phone" || devices[0].Secret != "" {
		t.Errorf("devices %+v, %v", devices, err)
	}
	w.view(func(r store.Reader) {
		d, err := r.TOTPDevice(devices[0].ID)
		if err != nil || d.Secret == "" || strings.Contains(d.Secret, offer.Secret) {
			t.Errorf("stored device %+v, %v", d, err)
		}
	})
	next := w.flow("ana@example.com")
	if next.Step != idc.SigninFactor {
		t.Fatalf("the next sign-in is at %s", next.Step)
	}
	_, err = w.factor(next, code)
	wantError(t, err, idc.Unauthenticated, idc.ReasonBadCode, "used already") // the enrolment used it
}

func TestEnrolmentInParallelMakesOneDevice(t *testing.T) {
	w := newWorld(t)
	u := w.person("ana", false)
	flow := w.flow("ana")
	offer, err := w.Enrolment(flow, u)
	if err != nil {
		t.Fatal(err)
	}
	code := w.code(offer.Secret)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { _, _ = w.Enrol(t.Context(), w.change(), flow.ID, cookie, code, "phone") })
	}
	wg.Wait()
	if devices, err := w.Devices(t.Context(), u.ID); err != nil || len(devices) != 1 {
		t.Errorf("%d devices, %v", len(devices), err)
	}
}

// TestAnOldFlowAddsNoSecondDevice: who had the password before the owner enrolled does not get in after.
func TestAnOldFlowAddsNoSecondDevice(t *testing.T) {
	w := newWorld(t)
	u := w.person("ana", false)
	stranger := w.flow("ana")
	offer, err := w.Enrolment(stranger, u)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.RegisterTOTP(t.Context(), w.change(), u.ID, "the owner's", secret); err != nil {
		t.Fatal(err)
	}
	flow, err := w.Enrol(t.Context(), w.change(), stranger.ID, cookie, w.code(offer.Secret), "the stranger's")
	if err != nil || flow.Step != idc.SigninFactor {
		t.Errorf("enrolling: %+v, %v; want to be asked for the owner's code", flow, err)
	}
	devices, err := w.Devices(t.Context(), u.ID)
	if err != nil || len(devices) != 1 {
		t.Errorf("devices %+v, %v", devices, err)
	}
	_, err = w.factor(flow, w.code(offer.Secret))
	wantError(t, err, idc.Unauthenticated, idc.ReasonBadCode, "")
}

func TestAtMostTwoDevices(t *testing.T) {
	w := newWorld(t)
	u := w.person("ana", true)
	if err := w.RegisterTOTP(t.Context(), w.change(), u.ID, "tablet", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"); err != nil {
		t.Fatal(err)
	}
	err := w.RegisterTOTP(t.Context(), w.change(), u.ID, "third", secret)
	wantError(t, err, idc.QuotaExceeded, "", "at most 2")
	if _, err := w.factor(w.flow("ana"), w.code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")); err != nil {
		t.Errorf("the second device's code: %v", err)
	}
	devices, err := w.Devices(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	other := w.user("bob")
	wantError(t, w.RemoveTOTP(t.Context(), w.change(), other.ID, devices[0].ID), idc.NotFound, "", "")
	if err := w.RemoveTOTP(t.Context(), w.change(), u.ID, devices[0].ID); err != nil {
		t.Error(err)
	}
}

// TestSecretsAreBoundToTheirRow: a secret copied into another user's row is of no use there.
func TestSecretsAreBoundToTheirRow(t *testing.T) {
	w := newWorld(t)
	ana, bob := w.person("ana", true), w.person("bob", true)
	w.update(func(tx store.Tx) error {
		from, err := tx.ListTOTPDevices(ana.ID)
		if err != nil {
			return err
		}
		to, err := tx.ListTOTPDevices(bob.ID)
		if err != nil {
			return err
		}
		to[0].Secret = from[0].Secret
		return tx.PutTOTPDevice(to[0])
	})
	if _, err := w.factor(w.flow("bob"), w.code(secret)); err == nil {
		t.Error("a copied secret opened another account")
	}
}

func TestFlowBelongsToOneBrowserAndEnds(t *testing.T) {
	w := newWorld(t)
	u := w.person("ana", true)
	flow := w.flow("ana")
	_, _, err := w.Flow(t.Context(), flow.ID, "another browser")
	wantError(t, err, idc.Expired, "", "Start again")
	_, err = w.Factor(t.Context(), w.change(), flow.ID, "another browser", w.code(secret))
	wantError(t, err, idc.Expired, "", "")
	if got, user, err := w.Flow(t.Context(), flow.ID, cookie); err != nil || got.ID != flow.ID || user.ID != u.ID {
		t.Errorf("Flow = %+v, %+v, %v", got, user, err)
	}
	w.clock.Advance(15 * time.Minute)
	_, err = w.factor(flow, w.code(secret))
	wantError(t, err, idc.Expired, "", "")

	flow = w.flow("ana")
	if err := w.directory.SetUserStatus(t.Context(), w.change(), storeID, idc.OwnerBuiltIn, u.ID, idc.UserDisabled); err != nil {
		t.Fatal(err)
	}
	_, err = w.factor(flow, w.code(secret))
	wantError(t, err, idc.Expired, "", "")
}

// TestStepsCannotBeSkipped: each step works where the flow stands and nowhere else.
func TestStepsCannotBeSkipped(t *testing.T) {
	w := newWorld(t)
	w.person("ana", true)
	flow := w.flow("ana")
	if got, err := w.Enrol(t.Context(), w.change(), flow.ID, cookie, w.code(secret), "x"); err != nil || got.Step != idc.SigninFactor {
		t.Errorf("enrolling beside a registered factor: %+v, %v", got, err)
	}
	if got, err := w.NewPassword(t.Context(), w.change(), flow.ID, cookie, "Another-Horse-9"); err != nil || got.Step != idc.SigninFactor {
		t.Errorf("a new password before the second factor: %+v, %v", got, err)
	}
	w.flow("ana") // the password is the old one
}

func TestEventsOfASignIn(t *testing.T) {
	w := newWorld(t)
	u := w.person("ana", true)
	flow := w.flow("ana")
	if _, err := w.factor(flow, "000000"); err == nil {
		t.Fatal("a wrong code worked")
	}
	if _, err := w.factor(flow, w.code(secret)); err != nil {
		t.Fatal(err)
	}
	want := []struct {
		name, kind string
		success    bool
	}{
		{"CredentialChallenge", "PASSWORD", true}, {"CredentialVerification", "PASSWORD", true},
		{"CredentialChallenge", "TOTP", true}, {"CredentialVerification", "TOTP", false},
		{"CredentialChallenge", "TOTP", true}, {"CredentialVerification", "TOTP", true},
	}
	if len(w.events) != len(want) {
		t.Fatalf("%d events: %+v", len(w.events), w.events)
	}
	for i, e := range w.events {
		if e.Name != want[i].name || e.CredentialType != want[i].kind || e.Success != want[i].success ||
			e.UserID != u.ID || e.WorkflowID != flow.ID || e.LoginTo != "/start" {
			t.Errorf("event %d: %+v, want %+v", i, e, want[i])
		}
	}
}
