package federation_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/federation"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/oidc"
	"github.com/gatehouse-idc/gatehouse/internal/oidc/fetch"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// TestARelyingPartyVerifiesATokenByItsIssuerAlone goes the way of a relying party: it knows the issuer, reads what is
// published there over HTTP, and verifies.
func TestARelyingPartyVerifiesATokenByItsIssuerAlone(t *testing.T) {
	w := testidc.New(t)
	service := &sts.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Ring: sealed.NewEphemeral(), Secrets: sealed.NewEphemeral(), Instance: w.Instance}
	server := httptest.NewServer((&federation.Door{STS: service, Log: slog.New(slog.DiscardHandler)}).Handler())
	t.Cleanup(server.Close)
	service.BaseURL = server.URL
	issuer, err := service.EnableOutbound(t.Context(), w.Change(), testidc.Member)
	if err != nil {
		t.Fatal(err)
	}
	role := w.Role(testidc.Member, "Deploy", `{"Version":"2012-10-17","Statement":[]}`)
	_, caller, err := service.Issue(sts.Session{Role: role, SessionName: "ana", Duration: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	relying := &oidc.Verifier{Fetcher: fetch.New(nil), Clock: w.Clock}
	for _, algorithm := range []string{"RS256", "ES384"} {
		token, _, err := service.WebIdentityToken(t.Context(), w.Change(), caller, sts.WebIdentityTokenInput{Audiences: []string{"https://api.example.com"}, Algorithm: algorithm})
		if err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(oidc.KeysRetry) // the key is new to whoever read the keys before
		claims, err := relying.Verify(t.Context(), issuer, token, oidc.Expect{Audiences: []string{"https://api.example.com"}})
		if err != nil || claims.Subject != role.ARN || claims.Issuer != issuer {
			t.Errorf("%s: %+v, %v", algorithm, claims, err)
		}
		if _, err := relying.Verify(t.Context(), issuer, token, oidc.Expect{Audiences: []string{"https://elsewhere"}}); err == nil {
			t.Errorf("%s: taken for another audience", algorithm)
		}
		if _, err := relying.Verify(t.Context(), issuer, token[:len(token)-8]+"AAAAAAAA", oidc.Expect{}); err == nil {
			t.Errorf("%s: taken with another signature", algorithm)
		}
	}
}

func TestOnlyIssuersArePublished(t *testing.T) {
	w := testidc.New(t)
	service := &sts.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Ring: sealed.NewEphemeral(), Secrets: sealed.NewEphemeral(), Instance: w.Instance, BaseURL: "https://gatehouse.example.com"}
	var crowded error
	handler := (&federation.Door{STS: service, Log: slog.New(slog.DiscardHandler), Admit: func(context.Context) error { return crowded }}).Handler()
	get := func(method, path string) (int, string) {
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, httptest.NewRequestWithContext(context.Background(), method, path, nil))
		body, err := io.ReadAll(rec.Result().Body)
		if err != nil {
			t.Fatal(err)
		}
		return rec.Code, string(body)
	}
	if _, err := service.EnableOutbound(t.Context(), w.Change(), testidc.Member); err != nil {
		t.Fatal(err)
	}
	code, body := get("GET", "/outbound/222222222222/.well-known/openid-configuration")
	if code != http.StatusOK || !strings.Contains(body, `"issuer":"https://gatehouse.example.com/outbound/222222222222","jwks_uri":"https://gatehouse.example.com/outbound/222222222222/.well-known/jwks.json"`) {
		t.Errorf("%d %s", code, body)
	}
	if code, body := get("GET", "/outbound/222222222222/.well-known/jwks.json"); code != http.StatusOK || body != `{"keys":[]}` {
		t.Errorf("keys before the first token: %d %s", code, body)
	}
	for _, path := range []string{"/outbound/111111111111/.well-known/openid-configuration", "/outbound/x/.well-known/jwks.json", "/outbound/222222222222/", "/outbound/222222222222/.well-known/other"} {
		if code, body := get("GET", path); code != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
	crowded = idc.Errorf(idc.Throttled, "slow down")
	if code, _ := get("GET", "/outbound/222222222222/.well-known/jwks.json"); code != http.StatusTooManyRequests {
		t.Errorf("from an address that asks too often: %d", code)
	}
	crowded = nil
	if code, _ := get("POST", "/outbound/222222222222/.well-known/jwks.json"); code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", code)
	}
	w.Update(func(tx store.Tx) error {
		account, err := tx.Account(testidc.Member)
		if err != nil {
			return err
		}
		closed := *account
		closed.State = idc.AccountSuspended
		return tx.PutAccount(&closed)
	})
	if code, _ := get("GET", "/outbound/222222222222/.well-known/openid-configuration"); code != http.StatusNotFound {
		t.Errorf("of a suspended account: %d", code)
	}
}
