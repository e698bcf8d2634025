package oidctest

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
)

// Issuer signs tokens with its newest key and publishes all of them.
type Issuer struct {
	URL   string
	Clock clock.Clock

	mu      sync.Mutex
	keys    []key
	asked   int
	failure error
}

type key struct {
	id        string
	algorithm jose.SignatureAlgorithm
	private   crypto.Signer
}

// New returns the issuer "https://idp.example.com" with one RSA key.
func New(t testing.TB, c clock.Clock) *Issuer {
	t.Helper()
	i := &Issuer{URL: "https://idp.example.com", Clock: c}
	i.AddRSA(t)
	return i
}

// AddRSA adds a key for RS256, which signs from now on.
func (i *Issuer) AddRSA(t testing.TB) {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i.add(jose.RS256, private)
}

// AddEC adds a key for ES256, which signs from now on.
func (i *Issuer) AddEC(t testing.TB) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	i.add(jose.ES256, private)
}

func (i *Issuer) add(algorithm jose.SignatureAlgorithm, private crypto.Signer) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = append(i.keys, key{fmt.Sprintf("key-%d", len(i.keys)+1), algorithm, private})
}

// Forget takes all keys but the newest out of what is published.
func (i *Issuer) Forget() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = i.keys[len(i.keys)-1:]
}

// Fail makes the issuer unreachable, until it is called with nil.
func (i *Issuer) Fail(err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.failure = err
}

// Asked is how often the keys were read.
func (i *Issuer) Asked() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.asked
}

// Sign returns a token with the claims given, and with iss, iat and, an hour from now, exp where they are not
// given; a claim given as nil is left out.
func (i *Issuer) Sign(t testing.TB, claims map[string]any) string {
	t.Helper()
	i.mu.Lock()
	k := i.keys[len(i.keys)-1]
	i.mu.Unlock()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: k.algorithm, Key: jose.JSONWebKey{Key: k.private, KeyID: k.id}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	now := i.Clock.Now()
	all := map[string]any{"iss": i.URL, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
	for name, value := range claims {
		all[name] = value
		if value == nil {
			delete(all, name)
		}
	}
	token, err := jwt.Signed(signer).Claims(all).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// Fetch implements oidc.Fetcher.
func (i *Issuer) Fetch(_ context.Context, address string, _ bool) ([]byte, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.failure != nil {
		return nil, i.failure
	}
	path, ok := strings.CutPrefix(address, i.URL)
	if !ok {
		return nil, errors.New("no such host")
	}
	return i.document(path)
}

// ServeHTTP serves the documents of the issuer; set URL to the address of the server.
func (i *Issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := i.Fetch(r.Context(), i.URL+r.URL.Path, true)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	if _, err := w.Write(body); err != nil {
		return // the reader went away
	}
}

func (i *Issuer) document(path string) ([]byte, error) {
	switch path {
	case "/.well-known/openid-configuration":
		return json.Marshal(map[string]any{"issuer": i.URL, "jwks_uri": i.URL + "/keys"})
	case "/keys":
		i.asked++
		var set jose.JSONWebKeySet
		for _, k := range i.keys {
			set.Keys = append(set.Keys, jose.JSONWebKey{Key: k.private.Public(), KeyID: k.id, Algorithm: string(k.algorithm), Use: "sig"})
		}
		return json.Marshal(set)
	}
	return nil, errors.New("no such document")
}
