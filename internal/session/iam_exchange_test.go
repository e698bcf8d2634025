package session_test

import (
	"slices"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/session"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// exchange asks for tokens of an application for an access token of another client.
func (w *apps) exchange(to *idc.Application, subject string, edit func(in *session.ApplicationTokenRequest)) (*session.ApplicationTokens, error) {
	in := session.ApplicationTokenRequest{ApplicationARN: to.ARN, GrantType: idc.GrantTokenExchange, SubjectToken: subject, SubjectTokenType: session.TypeAccessToken}
	if edit != nil {
		edit(&in)
	}
	return w.ask(in)
}

func TestTokensPassFromApplicationToApplication(t *testing.T) {
	w := newApps(t)
	search := w.application("search")
	w.assign(search, w.ana)
	first := w.must(w.present(w.token(nil)))
	got := w.must(w.exchange(search, first.AccessToken, nil)) // a scope without targets reaches all
	if got.UserID != w.ana.ID || got.RefreshToken != "" || got.IssuedType != session.TypeAccessToken || !slices.Contains(got.Scopes, "search:read") || slices.Contains(got.Scopes, "wiki:read") {
		t.Errorf("tokens %+v", got)
	}
	c, err := session.OpenContext(w.service.Contexts, got.IdentityContext, w.Clock.Now())
	if err != nil || c.ApplicationARN != search.ARN {
		t.Errorf("context %+v, %v; want the second application", c, err)
	}
	refreshing := w.must(w.exchange(search, first.AccessToken, func(in *session.ApplicationTokenRequest) { in.RequestedTokenType = session.TypeRefreshToken }))
	if refreshing.RefreshToken == "" || refreshing.IssuedType != session.TypeRefreshToken {
		t.Errorf("tokens %+v, want a refresh token", refreshing)
	}
	for targets, want := range map[string]bool{search.ARN: true, w.Instance.ARN: true, w.app.ARN: false} {
		w.app.Scopes = []idc.AccessScope{{Scope: "wiki:read", Targets: []string{targets}}}
		w.put(w.app)
		if _, err := w.exchange(search, first.AccessToken, nil); (err == nil) != want {
			t.Errorf("with the target %s: %v, want it passed %v", targets, err, want)
		}
	}
}

func TestTokensThatDoNotPass(t *testing.T) {
	w := newApps(t)
	search := w.application("search")
	w.assign(search, w.ana)
	wiki := w.must(w.present(w.token(nil)))
	narrow := w.must(w.ask(session.ApplicationTokenRequest{GrantType: idc.GrantJWTBearer, Assertion: w.token(nil), Scopes: []string{"openid"}}))
	for name, tc := range map[string]struct {
		to      *idc.Application
		subject string
		edit    func(in *session.ApplicationTokenRequest)
		reason  idc.Reason
	}{
		"unknown":           {search, "aoaunknown", nil, idc.ReasonInvalidGrant},
		"a refresh token":   {search, wiki.RefreshToken, nil, idc.ReasonInvalidGrant},
		"its own":           {w.app, wiki.AccessToken, nil, idc.ReasonInvalidGrant},
		"without the scope": {search, narrow.AccessToken, nil, idc.ReasonInvalidGrant},
		"another type": {search, wiki.AccessToken, func(in *session.ApplicationTokenRequest) {
			in.SubjectTokenType = "urn:ietf:params:oauth:token-type:jwt"
		}, ""},
		"another requested type":     {search, wiki.AccessToken, func(in *session.ApplicationTokenRequest) { in.RequestedTokenType = "urn:x" }, ""},
		"no subject":                 {search, "", nil, ""},
		"a scope of the first alone": {search, wiki.AccessToken, func(in *session.ApplicationTokenRequest) { in.Scopes = []string{"wiki:read"} }, idc.ReasonInvalidScope},
	} {
		if _, err := w.exchange(tc.to, tc.subject, tc.edit); idc.KindOf(err) != idc.Invalid || idc.ReasonOf(err) != tc.reason {
			t.Errorf("%s: %v, want Invalid %s", name, err, tc.reason)
		}
	}
	w.Clock.Advance(time.Hour)
	if _, err := w.exchange(search, wiki.AccessToken, nil); idc.ReasonOf(err) != idc.ReasonInvalidGrant {
		t.Errorf("expired: %v, want invalid_grant", err)
	}
}

// TestPublicClientsPassToTheirApplication: only to the one they are bound to, and never more than they have.
func TestPublicClientsPassToTheirApplication(t *testing.T) {
	w := newApps(t)
	now := w.Clock.Now()
	portal := &idc.PortalSession{ID: "s1", TokenHash: "h", UserID: w.ana.ID, AuthTime: now, CreatedAt: now, ExpiresAt: now.Add(30 * time.Minute)}
	client := &idc.Client{ID: "c1", Name: "c", ApplicationARN: w.app.ARN, CreatedAt: now, ExpiresAt: now.Add(time.Hour)}
	subject := w.IDs.Token("aoa")
	w.Update(func(tx store.Tx) error {
		if err := tx.PutPortalSession(portal); err != nil {
			return err
		}
		if err := tx.PutClient(client); err != nil {
			return err
		}
		return tx.PutToken(&idc.Token{ID: "t1", Hash: authn.HashToken(subject), Class: idc.TokenAccess, FamilyID: "f", ClientID: "c1", UserID: w.ana.ID, SessionID: "s1",
			Scopes: []string{"sso-portal:*"}, IssuedAt: now, ExpiresAt: now.Add(time.Hour)})
	})
	w.app.Scopes = append(w.app.Scopes, idc.AccessScope{Scope: session.ScopeAccountAccess})
	w.put(w.app)
	got := w.must(w.exchange(w.app, subject, nil))
	if got.ExpiresIn > 30*time.Minute || slices.Contains(got.Scopes, session.ScopeAccountAccess) {
		t.Errorf("tokens %+v: want them to end with the sign-in, and to open no accounts", got)
	}
	search := w.application("search")
	w.assign(search, w.ana)
	if _, err := w.exchange(search, subject, nil); idc.ReasonOf(err) != idc.ReasonInvalidGrant {
		t.Errorf("to another application: %v, want invalid_grant", err)
	}
	portal.RevokedAt = w.Clock.Now()
	w.Update(func(tx store.Tx) error { return tx.PutPortalSession(portal) })
	if _, err := w.exchange(w.app, subject, nil); idc.ReasonOf(err) != idc.ReasonInvalidGrant {
		t.Errorf("after signing out: %v, want invalid_grant", err)
	}
}

// TestApplicationsReachAccounts: with the scope for it, and as long as the application has it and the person may use it.
func TestApplicationsReachAccounts(t *testing.T) {
	w := newApps(t)
	plain := w.must(w.present(w.token(nil)))
	if _, err := w.service.Authenticate(t.Context(), plain.AccessToken); idc.KindOf(err) != idc.Denied {
		t.Errorf("without the scope: %v, want Denied", err)
	}
	w.service.Follow(t.Context())
	scopes := w.app.Scopes
	w.app.Scopes = append(slices.Clone(scopes), idc.AccessScope{Scope: session.ScopeAccountAccess})
	w.put(w.app)
	got := w.must(w.present(w.token(nil)))
	caller, err := w.service.Authenticate(t.Context(), got.AccessToken)
	if err != nil || caller.UserID != w.ana.ID || caller.CredentialID != got.TokenID || caller.MFA || !caller.ExpiresAt.Equal(w.Clock.Now().Add(time.Hour)) {
		t.Errorf("caller %+v, %v", caller, err)
	}
	refused := func(when string) {
		t.Helper()
		if _, err := w.service.Authenticate(t.Context(), got.AccessToken); idc.KindOf(err) != idc.Unauthenticated {
			t.Errorf("%s: %v, want Unauthenticated", when, err)
		}
	}
	w.app.Status = idc.Disabled
	w.put(w.app)
	refused("application disabled")
	w.app.Status, w.app.Scopes = idc.Enabled, scopes
	w.put(w.app)
	refused("scope taken away")
	w.app.Scopes = append(slices.Clone(scopes), idc.AccessScope{Scope: session.ScopeAccountAccess})
	w.put(w.app)
	w.Update(func(tx store.Tx) error { return tx.DeleteApplicationAssignment(w.app.ID, idc.PrincipalUser, w.ana.ID) })
	refused("not assigned any more")
	w.assign(w.app, w.ana)
	if _, err := w.service.Authenticate(t.Context(), got.AccessToken); err != nil {
		t.Errorf("assigned again: %v", err)
	}
	if err := w.service.Logout(t.Context(), w.Change(), caller); err != nil {
		t.Fatal(err)
	}
	refused("logged out")
}

// TestExchangesEndWithWhatWasExchanged: two applications cannot keep a person's access alive by passing it to and fro.
func TestExchangesEndWithWhatWasExchanged(t *testing.T) {
	w := newApps(t)
	search := w.application("search")
	w.assign(search, w.ana)
	first := w.must(w.present(w.token(nil)))
	ends := w.Clock.Now().Add(8 * time.Hour) // of the refresh token beside it
	refreshing := func(in *session.ApplicationTokenRequest) { in.RequestedTokenType = session.TypeRefreshToken }
	subject, to, back := first.AccessToken, search, w.app
	for range 20 {
		got, err := w.exchange(to, subject, refreshing)
		if err != nil {
			break
		}
		subject, to, back = got.AccessToken, back, to
		w.Clock.Advance(50 * time.Minute)
	}
	if now := w.Clock.Now(); now.After(ends.Add(time.Hour)) {
		t.Errorf("passed on until %v, long after %v", now, ends)
	}
	w.app.Grants.RefreshToken = false
	w.put(w.app)
	brief := w.must(w.present(w.token(nil)))
	w.Clock.Advance(50 * time.Minute)
	if got := w.must(w.exchange(search, brief.AccessToken, refreshing)); got.ExpiresIn > 10*time.Minute {
		t.Errorf("lasts %v: it outlives the token it was exchanged for, which could not be refreshed", got.ExpiresIn)
	}
}

// TestApplicationsOfAccountsThatLeft: what an account of the organization had for its people ends when it leaves, or closes.
func TestApplicationsOfAccountsThatLeft(t *testing.T) {
	w := newApps(t)
	w.app.OwnerAccountID = testidc.Member
	w.app.Scopes = append(w.app.Scopes, idc.AccessScope{Scope: session.ScopeAccountAccess})
	w.put(w.app)
	got := w.must(w.present(w.token(nil)))
	for name, edit := range map[string]func(a *idc.Account){
		"left":   func(a *idc.Account) { a.ParentID = "" },
		"closed": func(a *idc.Account) { a.State = idc.AccountSuspended },
	} {
		var member *idc.Account
		w.Update(func(tx store.Tx) (err error) {
			if member, err = tx.Account(testidc.Member); err != nil {
				return err
			}
			changed := *member
			edit(&changed)
			return tx.PutAccount(&changed)
		})
		if _, err := w.present(w.token(nil)); idc.KindOf(err) != idc.Denied {
			t.Errorf("%s: new tokens: %v, want Denied", name, err)
		}
		if _, err := w.service.Authenticate(t.Context(), got.AccessToken); idc.KindOf(err) != idc.Unauthenticated {
			t.Errorf("%s: older token: %v, want Unauthenticated", name, err)
		}
		w.Update(func(tx store.Tx) error { return tx.PutAccount(member) })
	}
}
