package oidc_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/oidc"
	"github.com/gatehouse-idc/gatehouse/internal/oidc/oidctest"
)

type world struct {
	clock    *clock.Fake
	issuer   *oidctest.Issuer
	verifier *oidc.Verifier
}

func newWorld(t *testing.T) *world {
	c := clock.NewFake(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	issuer := oidctest.New(t, c)
	return &world{c, issuer, &oidc.Verifier{Fetcher: issuer, Clock: c}}
}

func (w *world) verify(t *testing.T, token string, want oidc.Expect) (oidc.Claims, error) {
	return w.verifier.Verify(t.Context(), w.issuer.URL, token, want)
}

func TestAGenuineTokenGivesItsClaims(t *testing.T) {
	w := newWorld(t)
	token := w.issuer.Sign(t, map[string]any{"sub": "ana", "aud": []string{"one", "two"}, "jti": "t-1", "email": "ana@example.com", "n": 12345678901234567})
	claims, err := w.verify(t, token, oidc.Expect{Audiences: []string{"two", "three"}})
	if err != nil {
		t.Fatal(err)
	}
	if claims.Subject != "ana" || claims.ID != "t-1" || len(claims.Audience) != 2 || claims.All["email"] != "ana@example.com" ||
		!claims.ExpiresAt.Equal(w.clock.Now().Add(time.Hour)) || !claims.IssuedAt.Equal(w.clock.Now()) || claims.All["n"] != json.Number("12345678901234567") {
		t.Errorf("claims = %+v", claims)
	}
	if issuer, err := oidc.Peek(token); err != nil || issuer != w.issuer.URL {
		t.Errorf("Peek = %q, %v", issuer, err)
	}
}

func TestEllipticCurveKeys(t *testing.T) {
	w := newWorld(t)
	w.issuer.AddEC(t)
	token := w.issuer.Sign(t, nil)
	if _, err := w.verify(t, token, oidc.Expect{}); err != nil {
		t.Error(err)
	}
	if _, err := w.verify(t, token, oidc.Expect{Algorithms: []string{"RS256"}}); !errors.Is(err, oidc.ErrMalformed) {
		t.Errorf("an algorithm that is not asked for: %v", err)
	}
}

func encode(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

func TestBadTokensAreRefused(t *testing.T) {
	w := newWorld(t)
	now := w.clock.Now()
	good := w.issuer.Sign(t, map[string]any{"aud": "app"})
	parts := strings.Split(good, ".")
	stranger := oidctest.New(t, w.clock)
	published, err := w.issuer.Fetch(t.Context(), w.issuer.URL+"/keys", true)
	if err != nil {
		t.Fatal(err)
	}
	body := encode(map[string]any{"iss": w.issuer.URL, "exp": now.Add(time.Hour).Unix(), "aud": "app"})
	none := encode(map[string]any{"alg": "none"}) + "." + body + "."
	shared := encode(map[string]any{"alg": "HS256", "kid": "key-1"}) + "." + body
	mac := hmac.New(sha256.New, published)
	mac.Write([]byte(shared))
	shared += "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	otherBody := parts[0] + "." + encode(map[string]any{"iss": w.issuer.URL, "exp": now.Add(time.Hour).Unix(), "aud": "app", "sub": "root"}) + "." + parts[2]

	for name, tc := range map[string]struct {
		token string
		want  error
	}{
		"nothing":                     {"", oidc.ErrMalformed},
		"two parts":                   {parts[0] + "." + parts[1], oidc.ErrMalformed},
		"too long":                    {good + strings.Repeat("A", 64<<10), oidc.ErrMalformed},
		"unsigned":                    {none, oidc.ErrMalformed},
		"shared secret":               {shared, oidc.ErrMalformed},
		"other claims":                {otherBody, oidc.ErrSignature},
		"no signature":                {parts[0] + "." + parts[1] + ".", oidc.ErrSignature},
		"key of a stranger":           {stranger.Sign(t, map[string]any{"aud": "app"}), oidc.ErrSignature},
		"key in the header":           {embedded(t, w), oidc.ErrSignature},
		"critical header":             {encode(map[string]any{"alg": "RS256", "kid": "key-1", "crit": []string{"x"}, "x": 1}) + "." + parts[1] + "." + parts[2], oidc.ErrSignature},
		"another issuer":              {w.issuer.Sign(t, map[string]any{"aud": "app", "iss": w.issuer.URL + "/"}), oidc.ErrIssuer},
		"no issuer":                   {w.issuer.Sign(t, map[string]any{"aud": "app", "iss": nil}), oidc.ErrIssuer},
		"another audience":            {w.issuer.Sign(t, map[string]any{"aud": "other"}), oidc.ErrAudience},
		"no audience":                 {w.issuer.Sign(t, nil), oidc.ErrAudience},
		"expired":                     {w.issuer.Sign(t, map[string]any{"aud": "app", "exp": now.Unix()}), oidc.ErrExpired},
		"no end":                      {w.issuer.Sign(t, map[string]any{"aud": "app", "exp": nil}), oidc.ErrMalformed},
		"end in another letter":       {w.issuer.Sign(t, map[string]any{"aud": "app", "exp": nil, "EXP": now.Add(time.Hour).Unix()}), oidc.ErrMalformed},
		"an end beyond all calendars": {w.issuer.Sign(t, map[string]any{"aud": "app", "exp": 1e15}), oidc.ErrMalformed},
		"end as text":                 {w.issuer.Sign(t, map[string]any{"aud": "app", "exp": "tomorrow"}), oidc.ErrMalformed},
		"not valid yet":               {w.issuer.Sign(t, map[string]any{"aud": "app", "nbf": now.Add(oidc.Skew + time.Second).Unix()}), oidc.ErrNotYet},
		"issued in the future":        {w.issuer.Sign(t, map[string]any{"aud": "app", "iat": now.Add(oidc.Skew + time.Second).Unix()}), oidc.ErrNotYet},
		"a clock a little ahead":      {w.issuer.Sign(t, map[string]any{"aud": "app", "iat": now.Add(oidc.Skew).Unix()}), nil},
		"genuine, after all others":   {good, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := w.verify(t, tc.token, oidc.Expect{Audiences: []string{"app"}}); !errors.Is(err, tc.want) {
				t.Errorf("error = %v, want %v", err, tc.want)
			}
		})
	}
}

// embedded is a token signed with a stranger's key that it carries in its header.
func embedded(t *testing.T, w *world) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, (&jose.SignerOptions{EmbedJWK: true}).WithHeader("kid", "key-1"))
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(map[string]any{"iss": w.issuer.URL, "aud": "app", "exp": w.clock.Now().Add(time.Hour).Unix()}).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestNewKeysAreFound(t *testing.T) {
	w := newWorld(t)
	old := w.issuer.Sign(t, nil)
	if _, err := w.verify(t, old, oidc.Expect{}); err != nil {
		t.Fatal(err)
	}
	w.issuer.AddRSA(t)
	w.issuer.Forget()
	token := w.issuer.Sign(t, nil)
	for range 5 { // right after the first question the issuer is left alone
		if _, err := w.verify(t, token, oidc.Expect{}); !errors.Is(err, oidc.ErrSignature) {
			t.Fatalf("error = %v, want %v", err, oidc.ErrSignature)
		}
	}
	if w.issuer.Asked() != 1 {
		t.Errorf("the issuer was asked %d times, want once", w.issuer.Asked())
	}
	w.clock.Advance(oidc.KeysRetry)
	if _, err := w.verify(t, token, oidc.Expect{}); err != nil {
		t.Errorf("a new key was not found: %v", err)
	}
	if _, err := w.verify(t, old, oidc.Expect{}); !errors.Is(err, oidc.ErrSignature) {
		t.Errorf("a withdrawn key: %v, want %v", err, oidc.ErrSignature)
	}
	w.clock.Advance(oidc.KeysFresh)
	if _, err := w.verify(t, token, oidc.Expect{}); err != nil || w.issuer.Asked() != 3 {
		t.Errorf("after %v the issuer was asked %d times (%v), want 3", oidc.KeysFresh, w.issuer.Asked(), err)
	}
}

func TestAnIssuerThatIsDown(t *testing.T) {
	w := newWorld(t)
	token := w.issuer.Sign(t, map[string]any{"exp": w.clock.Now().Add(3 * time.Hour).Unix()})
	w.issuer.Fail(errors.New("connection refused"))
	if _, err := w.verify(t, token, oidc.Expect{}); !errors.Is(err, oidc.ErrFetch) || !strings.Contains(err.Error(), "connection refused") {
		t.Fatalf("error = %v, want %v with its cause", err, oidc.ErrFetch)
	}
	w.issuer.Fail(nil)
	w.clock.Advance(oidc.KeysRetry)
	if _, err := w.verify(t, token, oidc.Expect{}); err != nil {
		t.Fatal(err)
	}
	w.issuer.Fail(errors.New("connection refused"))
	w.clock.Advance(oidc.KeysStale - time.Second)
	if _, err := w.verify(t, token, oidc.Expect{}); err != nil {
		t.Errorf("keys that were read within %v: %v", oidc.KeysStale, err)
	}
	w.clock.Advance(time.Second)
	if _, err := w.verify(t, token, oidc.Expect{}); !errors.Is(err, oidc.ErrFetch) {
		t.Errorf("keys older than %v: %v, want %v", oidc.KeysStale, err, oidc.ErrFetch)
	}
}

func TestACallerWhoLeavesSpoilsNothing(t *testing.T) {
	w := newWorld(t)
	token := w.issuer.Sign(t, nil)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	w.issuer.Fail(context.Canceled)
	if _, err := w.verifier.Verify(gone, w.issuer.URL, token, oidc.Expect{}); !errors.Is(err, oidc.ErrFetch) {
		t.Fatalf("error = %v", err)
	}
	w.issuer.Fail(nil)
	if _, err := w.verify(t, token, oidc.Expect{}); err != nil {
		t.Errorf("the next caller: %v", err)
	}
}

// documents answers with fixed documents and tells which it was asked for.
type documents struct {
	byAddress map[string]string
	local     map[string]bool
}

func (d *documents) Fetch(_ context.Context, address string, local bool) ([]byte, error) {
	d.local[address] = local
	body, ok := d.byAddress[address]
	if !ok {
		return nil, errors.New("404")
	}
	return []byte(body), nil
}

func TestDocumentsOfAnIssuer(t *testing.T) {
	w := newWorld(t)
	token := w.issuer.Sign(t, nil)
	keys, err := w.issuer.Fetch(t.Context(), w.issuer.URL+"/keys", true)
	if err != nil {
		t.Fatal(err)
	}
	const config = "https://idp.example.com/.well-known/openid-configuration"
	for name, tc := range map[string]struct {
		config, keys string
		want         error
	}{
		"as they should be": {`{"issuer":"https://idp.example.com","jwks_uri":"https://keys.example.net/k"}`, string(keys), nil},
		"of another issuer": {`{"issuer":"https://idp.example.com/","jwks_uri":"https://keys.example.net/k"}`, string(keys), oidc.ErrFetch},
		"no JSON":           {`<html>`, string(keys), oidc.ErrFetch},
		"no address":        {`{"issuer":"https://idp.example.com"}`, string(keys), oidc.ErrFetch},
		"no keys":           {`{"issuer":"https://idp.example.com","jwks_uri":"https://keys.example.net/k"}`, `{"keys":[]}`, oidc.ErrFetch},
		"too many keys": {`{"issuer":"https://idp.example.com","jwks_uri":"https://keys.example.net/k"}`,
			`{"keys":[` + strings.Repeat(`{},`, 100) + `{}]}`, oidc.ErrFetch},
		"a key that is too long": {`{"issuer":"https://idp.example.com","jwks_uri":"https://keys.example.net/k"}`,
			`{"keys":[{"kty":"RSA","kid":"key-1","e":"AQAB","n":"` + base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{0xff}, 1025)) + `"}]}`, oidc.ErrFetch},
		"keys for encryption": {`{"issuer":"https://idp.example.com","jwks_uri":"https://keys.example.net/k"}`,
			strings.ReplaceAll(string(keys), `"sig"`, `"enc"`), oidc.ErrFetch},
		"unknown kinds of keys beside it": {`{"issuer":"https://idp.example.com","jwks_uri":"https://keys.example.net/k"}`,
			strings.Replace(string(keys), `[`, `[{"kty":"AKP","alg":"ML-DSA-44"},`, 1), nil},
	} {
		t.Run(name, func(t *testing.T) {
			d := &documents{map[string]string{config: tc.config, "https://keys.example.net/k": tc.keys}, map[string]bool{}}
			v := &oidc.Verifier{Fetcher: d, Clock: w.clock}
			if _, err := v.Verify(t.Context(), w.issuer.URL, token, oidc.Expect{}); !errors.Is(err, tc.want) {
				t.Errorf("error = %v, want %v", err, tc.want)
			}
			if !d.local[config] {
				t.Error("the issuer itself may be in a private network")
			}
			if d.local["https://keys.example.net/k"] {
				t.Error("another host that the issuer names must be public")
			}
		})
	}
}
