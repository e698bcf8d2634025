package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
)

// What may be wrong with a token. Verify wraps exactly one of them; the text around it is for the log.
var (
	// ErrMalformed: no signed JSON Web Token, an algorithm that is not taken, or a claim of the wrong type.
	ErrMalformed = errors.New("malformed token")
	// ErrIssuer: the token was issued by somebody else.
	ErrIssuer = errors.New("token of another issuer")
	// ErrFetch: the issuer or its keys cannot be read.
	ErrFetch = errors.New("issuer cannot be read")
	// ErrSignature: no key of the issuer made the signature.
	ErrSignature = errors.New("invalid signature")
	// ErrExpired: the token was good once.
	ErrExpired = errors.New("token expired")
	// ErrNotYet: the token is from the future (nbf, iat).
	ErrNotYet = errors.New("token not valid yet")
	// ErrAudience: the token is meant for others.
	ErrAudience = errors.New("token for another audience")
)

// Skew is how far ahead the clock of an issuer may be.
const Skew = time.Minute

// lastYear is the last that times have in JSON; what is later can neither be remembered nor compared.
const lastYear = 9999

// maxToken bounds the bytes of a token.
const maxToken = 64 << 10

// Verifier verifies tokens and remembers the keys of their issuers. Its zero value with Fetcher and Clock set is
// ready; it is safe for concurrent use.
type Verifier struct {
	Fetcher Fetcher
	Clock   clock.Clock

	issuers issuers
}

// Expect is what a token must be beyond genuine.
type Expect struct {
	// Audiences: one of them must be among the audiences of the token. None leaves the audience to the caller.
	Audiences []string
	// Algorithms are the signature algorithms taken (RFC 7518 section 3.1), such as "RS256". None means Algorithms().
	Algorithms []string
}

// Algorithms are the signature algorithms a Verifier can take: those of public keys.
func Algorithms() []string {
	return []string{"RS256", "RS384", "RS512", "ES256", "ES384", "ES512"}
}

// Claims are what a genuine token says.
type Claims struct {
	Issuer    string
	Subject   string
	Audience  []string
	ExpiresAt time.Time
	IssuedAt  time.Time // zero: not said
	ID        string    // jti; "" when not said
	// All claims by name, the above included. Numbers are json.Number.
	All map[string]any
}

// Peek returns the issuer a token claims to be of, without any check: for finding the issuer to verify with.
func Peek(token string) (issuer string, err error) {
	parsed, err := parse(token, Algorithms())
	if err != nil {
		return "", err
	}
	var claims jwt.Claims
	if err := parsed.UnsafeClaimsWithoutVerification(&claims); err != nil {
		return "", fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return claims.Issuer, nil
}

// Verify checks that issuerURL issued a token which holds now and is as expected. Its errors wrap one of the errors
// of this package.
func (v *Verifier) Verify(ctx context.Context, issuerURL, token string, want Expect) (Claims, error) {
	algorithms := want.Algorithms
	if len(algorithms) == 0 {
		algorithms = Algorithms()
	}
	parsed, err := parse(token, algorithms)
	if err != nil {
		return Claims{}, err
	}
	var unverified jwt.Claims
	if err := parsed.UnsafeClaimsWithoutVerification(&unverified); err != nil {
		return Claims{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if issuerURL == "" || unverified.Issuer != issuerURL {
		return Claims{}, fmt.Errorf("%w: %q, not %q", ErrIssuer, unverified.Issuer, issuerURL)
	}
	claims, err := v.open(ctx, issuerURL, parsed)
	if err != nil {
		return Claims{}, err
	}
	if err := v.holds(claims.registered); err != nil {
		return Claims{}, err
	}
	out := claims.export()
	if len(want.Audiences) > 0 && !slices.ContainsFunc(out.Audience, func(a string) bool { return slices.Contains(want.Audiences, a) }) {
		return Claims{}, fmt.Errorf("%w: %q", ErrAudience, out.Audience)
	}
	return out, nil
}

func parse(token string, algorithms []string) (*jwt.JSONWebToken, error) {
	if len(token) > maxToken {
		return nil, fmt.Errorf("%w: %d bytes", ErrMalformed, len(token))
	}
	known := make([]jose.SignatureAlgorithm, 0, len(algorithms))
	for _, a := range algorithms {
		if slices.Contains(Algorithms(), a) {
			known = append(known, jose.SignatureAlgorithm(a))
		}
	}
	parsed, err := jwt.ParseSigned(token, known)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return parsed, nil
}

// verified are the claims of a token whose signature is right.
type verified struct {
	registered jwt.Claims
	all        map[string]any
}

// open checks the signature. When no key that is known fits, the issuer is asked for its keys once more: it may have
// new ones.
func (v *Verifier) open(ctx context.Context, issuerURL string, token *jwt.JSONWebToken) (verified, error) {
	keys, asked, err := v.keysOf(ctx, issuerURL, time.Time{})
	if err != nil {
		return verified{}, err
	}
	out, ok := tryKeys(token, keys)
	if !ok {
		again, second, err := v.keysOf(ctx, issuerURL, asked)
		if err != nil {
			return verified{}, err
		}
		if !second.Equal(asked) {
			out, ok = tryKeys(token, again)
		}
	}
	if !ok {
		return verified{}, fmt.Errorf("%w: key id %q", ErrSignature, token.Headers[0].KeyID)
	}
	return out, nil
}

// tryKeys verifies with the key the token names; a token that names none is taken from an issuer with one key.
func tryKeys(token *jwt.JSONWebToken, keys []jose.JSONWebKey) (out verified, ok bool) {
	header := token.Headers[0]
	var fitting []jose.JSONWebKey
	for _, key := range keys {
		if (header.KeyID == "" || key.KeyID == header.KeyID) && (key.Algorithm == "" || key.Algorithm == header.Algorithm) {
			fitting = append(fitting, key)
		}
	}
	if header.KeyID == "" && len(fitting) != 1 {
		return verified{}, false
	}
	for _, key := range fitting { // key ids may repeat (RFC 7517 section 4.5)
		var payload json.RawMessage
		if token.Claims(key.Key, &out.registered, &payload) == nil && decode(payload, &out.all) == nil {
			return out, true
		}
	}
	return verified{}, false
}

// holds checks the times of a token. One without an end is not taken.
func (v *Verifier) holds(c jwt.Claims) error {
	now := v.Clock.Now()
	switch {
	case c.Expiry == nil:
		return fmt.Errorf("%w: no exp", ErrMalformed)
	case c.Expiry.Time().Year() > lastYear:
		return fmt.Errorf("%w: exp %d", ErrMalformed, *c.Expiry)
	case !now.Before(c.Expiry.Time()):
		return fmt.Errorf("%w: at %s", ErrExpired, c.Expiry.Time().UTC())
	case c.NotBefore != nil && now.Add(Skew).Before(c.NotBefore.Time()):
		return fmt.Errorf("%w: nbf %s", ErrNotYet, c.NotBefore.Time().UTC())
	case c.IssuedAt != nil && now.Add(Skew).Before(c.IssuedAt.Time()):
		return fmt.Errorf("%w: iat %s", ErrNotYet, c.IssuedAt.Time().UTC())
	}
	return nil
}

func (c verified) export() Claims {
	out := Claims{
		Issuer: c.registered.Issuer, Subject: c.registered.Subject, Audience: c.registered.Audience,
		ExpiresAt: c.registered.Expiry.Time().UTC(), ID: c.registered.ID, All: c.all,
	}
	if c.registered.IssuedAt != nil {
		out.IssuedAt = c.registered.IssuedAt.Time().UTC()
	}
	return out
}
