package session_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/directory"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/session"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/store/sqlstore"
)

const (
	password = "Correct-Horse-9"
	secret   = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	browser  = "browser-cookie"
	base     = "https://gate.example.com"
	alias    = "https://securecart.awsapps.com/start"
	redirect = "http://127.0.0.1:34567/oauth/callback"
	verifier = "a-verifier-of-more-than-forty-three-characters-0123456789"
)

// storeID is the identity store of the organization.
const storeID = "d-9067000001"

// world is the grant engine on an in-memory database with one person, Ana, and a clock that the test moves.
type world struct {
	*session.Service
	t         *testing.T
	clock     *clock.Fake
	ids       *ids.Source
	authn     *authn.Service
	directory *directory.Service
	ana       *idc.User
	events    []audit.Signin
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
	record := func(_ context.Context, e audit.Signin) error {
		w.events = append(w.events, e)
		return nil
	}
	w.authn = &authn.Service{
		Store: db, Clock: c, IDs: source, Ring: sealed.NewEphemeral(), Record: record,
		Hasher: authn.NewHasher(authn.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}, 100),
	}
	w.Service = &session.Service{Store: db, Clock: c, IDs: source, BaseURL: base, Record: record}
	w.update(func(tx store.Tx) error {
		return tx.PutInstance(&idc.Instance{
			ID: "ssoins-1111222233334444", ARN: "arn:aws:sso:::instance/ssoins-1111222233334444", IdentityStoreID: storeID,
			OwnerAccountID: "111111111111", Region: "us-east-1", StartURLAlias: "securecart", PortalSession: 8 * time.Hour, CreatedAt: c.Now(),
		})
	})
	if w.ana, err = w.directory.CreateUser(t.Context(), w.change(), storeID, idc.User{
		UserName: "ana", DisplayName: "Ana", Name: idc.PersonName{GivenName: "Ana", FamilyName: "B"},
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.authn.SetPassword(t.Context(), w.change(), w.ana.ID, password, false); err != nil {
		t.Fatal(err)
	}
	if err := w.authn.RegisterTOTP(t.Context(), w.change(), w.ana.ID, "phone", secret); err != nil {
		t.Fatal(err)
	}
	return w
}

// ctx is the context of a request from an address.
func (w *world) ctx() context.Context {
	return reqctx.With(w.t.Context(), reqctx.Info{ClientIP: "192.0.2.7", UserAgent: "aws-cli"})
}

// change is the change set of one call; time moves a little, as it does.
func (w *world) change() idc.ChangeSet {
	w.clock.Advance(time.Millisecond)
	return idc.ChangeSet{ID: w.ids.UUID(), At: w.clock.Now(), Actor: "test"}
}

func (w *world) update(fn func(tx store.Tx) error) {
	w.t.Helper()
	db := w.directory.Store
	if err := db.Update(w.t.Context(), w.change(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// signIn signs Ana in, and waits for a fresh code first: each works once.
func (w *world) signIn() (*session.SignedIn, string) {
	w.t.Helper()
	w.clock.Advance(time.Minute)
	flow, err := w.authn.Password(w.ctx(), w.change(), storeID, "ana", password, authn.Browser{Secret: browser, ReturnTo: "/start"})
	if err != nil {
		w.t.Fatal(err)
	}
	code, err := authn.TOTPCode(secret, w.clock.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	if flow, err = w.authn.Factor(w.ctx(), w.change(), flow.ID, browser, code); err != nil {
		w.t.Fatal(err)
	}
	in, cookie, _, err := w.SignIn(w.ctx(), w.change(), flow.ID, browser)
	if err != nil {
		w.t.Fatal(err)
	}
	return in, cookie
}

// client is a registered client with its secret.
type client struct {
	*idc.Client
	secret string
}

// register registers what the AWS CLI registers for PKCE, edited.
func (w *world) register(edit func(*session.Registration)) client {
	w.t.Helper()
	r := session.Registration{
		Name: "botocore-client-test", Type: "public", Scopes: []string{session.ScopeAccountAccess},
		GrantTypes:   []string{session.GrantAuthorizationCode, session.GrantRefreshToken},
		RedirectURIs: []string{"http://127.0.0.1/oauth/callback"}, IssuerURL: alias,
	}
	if edit != nil {
		edit(&r)
	}
	c, secret, err := w.RegisterClient(w.ctx(), w.change(), r)
	if err != nil {
		w.t.Fatal(err)
	}
	return client{c, secret}
}

// device registers what the AWS CLI registers for the device flow.
func (w *world) device(scopes ...string) client {
	return w.register(func(r *session.Registration) { r.GrantTypes, r.RedirectURIs, r.Scopes = nil, nil, scopes })
}

func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func authorize(c client) session.Authorize {
	return session.Authorize{
		ResponseType: "code", ClientID: c.ID, RedirectURI: redirect, State: "st-1",
		CodeChallenge: challenge(verifier), CodeChallengeMethod: "S256", Scopes: []string{session.ScopeAccountAccess},
	}
}

// code runs /authorize to the end and returns the code.
func (w *world) code(c client, in *session.SignedIn) string {
	w.t.Helper()
	request, _, err := w.BeginAuthorization(w.ctx(), w.change(), authorize(c))
	if err != nil {
		w.t.Fatal(err)
	}
	to, err := w.DecideAuthorization(w.ctx(), w.change(), in.Session.ID, request.ID, true)
	if err != nil {
		w.t.Fatal(err)
	}
	return query(to).Get("code")
}

func query(u *url.URL) url.Values { return u.Query() }

func (w *world) exchange(c client, code string, edit func(*session.TokenRequest)) (*session.Tokens, error) {
	in := session.TokenRequest{
		ClientID: c.ID, ClientSecret: c.secret, GrantType: session.GrantAuthorizationCode,
		Code: code, CodeVerifier: verifier, RedirectURI: redirect,
	}
	if edit != nil {
		edit(&in)
	}
	return w.CreateToken(w.ctx(), w.change(), in)
}

func (w *world) refresh(c client, token string) (*session.Tokens, error) {
	return w.CreateToken(w.ctx(), w.change(), session.TokenRequest{
		ClientID: c.ID, ClientSecret: c.secret, GrantType: session.GrantRefreshToken, RefreshToken: token,
	})
}

func (w *world) poll(c client, deviceCode string) (*session.Tokens, error) {
	return w.CreateToken(w.ctx(), w.change(), session.TokenRequest{
		ClientID: c.ID, ClientSecret: c.secret, GrantType: session.GrantDeviceCode, DeviceCode: deviceCode,
	})
}

func (w *world) start(c client) *session.DeviceStart {
	w.t.Helper()
	d, err := w.StartDeviceAuthorization(w.ctx(), w.change(), c.ID, c.secret, alias)
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

// tokens signs in and gets tokens by the code grant.
func (w *world) tokens(c client) *session.Tokens {
	w.t.Helper()
	in, _ := w.signIn()
	tokens, err := w.exchange(c, w.code(c, in), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return tokens
}

func (w *world) good(accessToken string) bool {
	w.t.Helper()
	_, err := w.Authenticate(w.ctx(), accessToken)
	if err != nil && idc.KindOf(err) != idc.Unauthenticated {
		w.t.Fatal(err)
	}
	return err == nil
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
