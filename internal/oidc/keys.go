package oidc

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// How long the keys of an issuer are remembered.
const (
	// KeysFresh is how long they are used without asking.
	KeysFresh = 10 * time.Minute
	// KeysStale is how long they are used while the issuer does not answer.
	KeysStale = time.Hour
	// KeysRetry is the least time between two questions to an issuer.
	KeysRetry = 30 * time.Second
)

// Bounds.
const (
	maxIssuers = 1000 // remembered; when it is full it starts over
	maxKeys    = 100  // of an issuer
	minRSA     = 2048 // bits
	maxRSA     = 8192 // bits; longer keys cost whoever verifies more than whoever signs
)

// Fetcher reads a document of an issuer.
type Fetcher interface {
	// Fetch returns the body of a successful answer. With local, the address may be
	// on this machine or in a private network: an administrator named its host. The
	// addresses that an issuer names must not be.
	Fetch(ctx context.Context, address string, local bool) ([]byte, error)
}

type issuers struct {
	mu    sync.Mutex
	byURL map[string]*issuer
}

// issuer is what is known of one. Its lock is held while it is asked, so that it is asked once.
type issuer struct {
	mu    sync.Mutex
	keys  []jose.JSONWebKey
	read  time.Time // when the keys were read
	asked time.Time // when it was asked last
	err   error     // of the last question
}

func (s *issuers) of(issuerURL string) *issuer {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok := s.byURL[issuerURL]
	if !ok {
		if s.byURL == nil || len(s.byURL) >= maxIssuers {
			s.byURL = map[string]*issuer{}
		}
		one = &issuer{}
		s.byURL[issuerURL] = one
	}
	return one
}

// keysOf returns the keys of an issuer and when they were read. Keys no newer than tooOld were not good enough: the
// issuer is asked again if it may be.
func (v *Verifier) keysOf(ctx context.Context, issuerURL string, tooOld time.Time) ([]jose.JSONWebKey, time.Time, error) {
	one := v.issuers.of(issuerURL)
	one.mu.Lock()
	defer one.mu.Unlock()
	now := v.Clock.Now()
	good := !one.read.IsZero() && now.Before(one.read.Add(KeysFresh)) && one.read.After(tooOld)
	if !good && (one.asked.IsZero() || !now.Before(one.asked.Add(KeysRetry))) {
		keys, err := v.ask(ctx, issuerURL)
		if ctx.Err() != nil { // the caller went away: that says nothing about the issuer
			return nil, time.Time{}, fmt.Errorf("%w: %w", ErrFetch, err)
		}
		one.asked, one.err = now, err
		if err == nil {
			one.keys, one.read = keys, now
		}
	}
	if one.read.IsZero() || !now.Before(one.read.Add(KeysStale)) {
		return nil, time.Time{}, fmt.Errorf("%w: %s: %w", ErrFetch, issuerURL, one.err)
	}
	return one.keys, one.read, nil
}

// ask reads the keys of an issuer (OpenID Connect Discovery 1.0 section 4).
func (v *Verifier) ask(ctx context.Context, issuerURL string) ([]jose.JSONWebKey, error) {
	body, err := v.Fetcher.Fetch(ctx, strings.TrimSuffix(issuerURL, "/")+"/.well-known/openid-configuration", true)
	if err != nil {
		return nil, err
	}
	var document struct {
		Issuer  string `json:"issuer"`
		JWKSURI string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(body, &document); err != nil {
		return nil, fmt.Errorf("openid-configuration: %w", err)
	}
	if document.Issuer != issuerURL {
		return nil, fmt.Errorf("openid-configuration belongs to %q", document.Issuer)
	}
	if body, err = v.Fetcher.Fetch(ctx, document.JWKSURI, sameHost(issuerURL, document.JWKSURI)); err != nil {
		return nil, err
	}
	return readKeys(body)
}

func sameHost(a, b string) bool {
	one, err := url.Parse(a)
	if err != nil {
		return false
	}
	other, err := url.Parse(b)
	return err == nil && strings.EqualFold(one.Hostname(), other.Hostname())
}

// readKeys takes the public signing keys of a key set and leaves out what it does not know (RFC 7517 section 5).
func readKeys(body []byte) ([]jose.JSONWebKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil {
		return nil, fmt.Errorf("key set: %w", err)
	}
	if len(set.Keys) > maxKeys {
		return nil, fmt.Errorf("key set: %d keys", len(set.Keys))
	}
	var keys []jose.JSONWebKey
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(raw) == nil && signs(key) {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("key set: no key that signs")
	}
	return keys, nil
}

func signs(key jose.JSONWebKey) bool {
	if key.Use != "" && key.Use != "sig" {
		return false
	}
	switch public := key.Key.(type) {
	case *rsa.PublicKey:
		return public.N.BitLen() >= minRSA && public.N.BitLen() <= maxRSA
	case *ecdsa.PublicKey:
		return true
	}
	return false
}

// decode reads claims with their numbers as they are.
func decode(raw []byte, into *map[string]any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return d.Decode(into)
}
