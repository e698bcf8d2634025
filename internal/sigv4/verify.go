package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"slices"
	"time"
)

// window is how far the signing date may be from our clock, either way.
const window = 15 * time.Minute

// Verifier checks signatures. It is safe for concurrent use.
type Verifier struct {
	keys *keyCache
}

// NewVerifier returns a Verifier that remembers the signing keys of about the last cacheSize
// credentials, at 64 bytes and a map entry each. Deriving one costs half of a verification.
func NewVerifier(cacheSize int) *Verifier {
	return &Verifier{keys: newKeyCache(cacheSize)}
}

// RequireScope refuses a signature that was not made for this signing name or, when Regions are
// given, for one of them. The error is an *Error.
func (s *Signed) RequireScope(service string, regions ...string) error {
	if s.Service != service {
		return &Error{SignatureDoesNotMatch, "Credential should be scoped to correct service: '" + service + "'."}
	}
	if len(regions) > 0 && !slices.Contains(regions, s.Region) {
		return &Error{SignatureDoesNotMatch, "Credential should be scoped to a valid Region, not '" + s.Region + "'."}
	}
	return nil
}

// Verify checks that the request was signed with the secret, over this body, within 15 minutes of
// now. The error is an *Error.
func (v *Verifier) Verify(s *Signed, secret string, body []byte, now time.Time) error {
	if s.foreign {
		return mismatch() // it was read for a body that is not seen
	}
	if err := s.checkClock(now); err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	payloadHash := hex.AppendEncode(make([]byte, 0, 2*sha256.Size), sum[:])
	if s.payloadHash != "" && s.payloadHash != string(payloadHash) {
		return mismatch()
	}
	return v.check(s, secret, payloadHash)
}

// check compares the signature with the one over this payload hash.
func (v *Verifier) check(s *Signed, secret string, payloadHash []byte) error {
	key := v.keys.get(secret, s.scope)
	match := s.signedWith(key, s.canonical, payloadHash)
	if s.plainPath != nil {
		match |= s.signedWith(key, s.plainPath, payloadHash)
	}
	if match != 1 {
		return mismatch()
	}
	return nil
}

// signedWith returns 1 if the signature is that of the canonical request, and else 0, in constant time.
func (s *Signed) signedWith(key [sha256.Size]byte, canonical, payloadHash []byte) int {
	h := sha256.New()
	h.Write(canonical)
	h.Write(payloadHash)
	var sum [sha256.Size]byte
	toSign := make([]byte, 0, 256)
	toSign = append(toSign, algorithm+"\n"...)
	toSign = s.Date.AppendFormat(toSign, dateForm)
	toSign = append(toSign, '\n')
	toSign = append(toSign, s.scope...)
	toSign = append(toSign, '\n')
	toSign = hex.AppendEncode(toSign, h.Sum(sum[:0]))

	mac := hmac.New(sha256.New, key[:])
	mac.Write(toSign)
	want := hex.AppendEncode(make([]byte, 0, 2*sha256.Size), mac.Sum(sum[:0]))
	return subtle.ConstantTimeCompare(want, []byte(s.signature))
}

func (s *Signed) checkClock(now time.Time) error {
	now = now.UTC().Truncate(time.Second)
	oldest, newest := now.Add(-window), now.Add(window)
	if s.Date.Before(oldest) {
		return &Error{SignatureDoesNotMatch, "Signature expired: " + s.Date.Format(dateForm) + " is now earlier than " +
			oldest.Format(dateForm) + " (" + now.Format(dateForm) + " - 15 min.)"}
	}
	if s.Date.After(newest) {
		return &Error{SignatureDoesNotMatch, "Signature not yet current: " + s.Date.Format(dateForm) + " is still later than " +
			newest.Format(dateForm) + " (" + now.Format(dateForm) + " + 15 min.)"}
	}
	return nil
}
