package authn_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/directory"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/store/sqlstore"
)

const (
	storeID      = "d-1111111111" // of the organization
	goodPassword = "Correct-Horse-9"
	secret       = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	cookie       = "browser-cookie"
)

// world is authn on an empty in-memory database, with a clock that the test moves and cheap hashes.
type world struct {
	*authn.Service
	t         *testing.T
	clock     *clock.Fake
	ids       *ids.Source
	directory *directory.Service

	mu     sync.Mutex
	events []audit.Signin
}

func newWorld(t *testing.T) *world {
	t.Helper()
	c := clock.NewFake(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))
	db, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: "sqlite::memory:", Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	source := ids.Random()
	w := &world{t: t, clock: c, ids: source, directory: &directory.Service{Store: db, Clock: c, IDs: source}}
	w.Service = &authn.Service{
		Store: db, Clock: c, IDs: source, Ring: sealed.NewEphemeral(),
		Hasher: authn.NewHasher(authn.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}, 100),
		Record: func(_ context.Context, e audit.Signin) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.events = append(w.events, e)
			return nil
		},
	}
	w.update(func(tx store.Tx) error {
		return tx.PutInstance(&idc.Instance{ID: "ssoins-1111111111111111", IdentityStoreID: storeID, OwnerAccountID: "111111111111"})
	})
	return w
}

// change is the change set of one call; time moves a little, as it does.
func (w *world) change() idc.ChangeSet {
	w.clock.Advance(time.Millisecond)
	return idc.ChangeSet{ID: w.ids.UUID(), At: w.clock.Now(), Actor: "test"}
}

func from(ip string) authn.Browser {
	return authn.Browser{Secret: cookie, ReturnTo: "/start", IP: ip, UserAgent: "test"}
}

func (w *world) user(name string) *idc.User {
	w.t.Helper()
	u, err := w.directory.CreateUser(w.t.Context(), w.change(), storeID, idc.User{
		UserName: name, DisplayName: name, Name: idc.PersonName{GivenName: "A", FamilyName: "B"},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return u
}

// person is a user with the good password; withTOTP adds the authenticator of secret.
func (w *world) person(name string, withTOTP bool) *idc.User {
	w.t.Helper()
	u := w.user(name)
	if err := w.SetPassword(w.t.Context(), w.change(), u.ID, goodPassword, false); err != nil {
		w.t.Fatal(err)
	}
	if withTOTP {
		if err := w.RegisterTOTP(w.t.Context(), w.change(), u.ID, "phone", secret); err != nil {
			w.t.Fatal(err)
		}
	}
	return u
}

func (w *world) password(name, password string) (*idc.SigninFlow, error) {
	return w.Password(w.t.Context(), w.change(), storeID, name, password, from("192.0.2.1"))
}

// flow begins a sign-in with the right password.
func (w *world) flow(name string) *idc.SigninFlow {
	w.t.Helper()
	flow, err := w.password(name, goodPassword)
	if err != nil {
		w.t.Fatalf("password of %s: %v", name, err)
	}
	return flow
}

func (w *world) code(secret string) string {
	w.t.Helper()
	code, err := authn.TOTPCode(secret, w.clock.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	return code
}

func (w *world) update(fn func(tx store.Tx) error) {
	w.t.Helper()
	if err := w.Store.Update(w.t.Context(), w.change(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) view(fn func(r store.Reader)) {
	w.t.Helper()
	if err := w.Store.View(w.t.Context(), func(r store.Reader) error { fn(r); return nil }); err != nil {
		w.t.Fatal(err)
	}
}

// wantError holds an error against its kind, reason and a part of its public text.
func wantError(t *testing.T, err error, kind idc.Kind, reason idc.Reason, text string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %s/%s %q", kind, reason, text)
	}
	if idc.KindOf(err) != kind || idc.ReasonOf(err) != reason || !strings.Contains(idc.PublicMessage(err), text) {
		t.Fatalf("got %v, want %s/%s with %q", err, kind, reason, text)
	}
}

// counters shows the password counters of a user name, as attempts of password meet them.
func (w *world) counters(name string) string {
	w.t.Helper()
	var text string
	w.view(func(r store.Reader) {
		var changed time.Time
		if u, err := r.UserByName(storeID, name); err == nil {
			p, err := r.Password(u.ID)
			if err != nil {
				w.t.Fatal(err)
			}
			changed = p.ChangedAt
		}
		network, anywhere := authn.PasswordKeys(storeID, name, changed, "192.0.2.1")
		for _, key := range []string{network, anywhere} {
			counter, err := r.Throttle(key)
			if idc.IsNotFound(err) {
				counter, err = &idc.Throttle{}, nil
			}
			if err != nil {
				w.t.Fatal(err)
			}
			text += fmt.Sprintf("%d since %s, locked until %s\n", counter.Failures, counter.WindowStart, counter.LockedUntil)
		}
	})
	return text
}
