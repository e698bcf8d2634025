package trail

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

const (
	// purpose is that of the signing keys of digests.
	purpose = "cloudtrail-digest"
	keyBits = 2048
	// A key is valid for keyLife; a new one takes over keyOverlap before its end.
	keyLife    = 90 * 24 * time.Hour
	keyOverlap = 7 * 24 * time.Hour
)

// signer is a key that signs digests.
type signer struct {
	fingerprint string
	private     *rsa.PrivateKey
}

// sign makes an RSASSA-PKCS1-v1_5 signature with SHA-256.
func (k *signer) sign(text []byte) ([]byte, error) {
	sum := sha256.Sum256(text)
	return rsa.SignPKCS1v15(nil, k.private, crypto.SHA256, sum[:])
}

// signer returns the key that signs now, and makes one where there is none.
func (s *Service) signer(ctx context.Context) (*signer, error) {
	now := s.Clock.Now()
	var current *idc.SigningKey
	find := func(r store.Reader) error {
		current = nil
		keys, err := r.ListSigningKeys(purpose)
		for _, k := range keys {
			if now.Before(k.CreatedAt.Add(keyLife - keyOverlap)) {
				current = k
			}
		}
		return err
	}
	if err := s.Store.View(ctx, find); err != nil {
		return nil, err
	}
	if current == nil {
		fresh, err := s.newKey(now)
		if err != nil {
			return nil, err
		}
		err = s.Store.Update(ctx, s.changeSet(), func(tx store.Tx) error {
			if err := find(tx); err != nil || current != nil { // another node was quicker
				return err
			}
			return tx.PutSigningKey(fresh)
		})
		if err != nil {
			return nil, err
		}
		if current == nil {
			current = fresh
		}
	}
	return s.open(current)
}

func (s *Service) newKey(now time.Time) (*idc.SigningKey, error) {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, err
	}
	public, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(x509.MarshalPKCS1PublicKey(&private.PublicKey))
	id := hex.EncodeToString(sum[:16])
	return &idc.SigningKey{Purpose: purpose, ID: id, Algorithm: "RS256", Private: s.Ring.Seal(secret, sealedAs(id)), Public: public, CreatedAt: now}, nil
}

func sealedAs(id string) []byte { return sealed.Field("signing_key", "private", purpose+"/"+id) }

func (s *Service) open(k *idc.SigningKey) (*signer, error) {
	secret, err := s.Ring.Open(k.Private, sealedAs(k.ID))
	if err != nil {
		return nil, fmt.Errorf("opening the signing key %s: %w", k.ID, err)
	}
	private, err := x509.ParsePKCS8PrivateKey(secret)
	if err != nil {
		return nil, fmt.Errorf("reading the signing key %s: %w", k.ID, err)
	}
	key, ok := private.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("the signing key %s is a %T", k.ID, private)
	}
	return &signer{fingerprint: k.ID, private: key}, nil
}

// PublicKey verifies digests that were signed while it was valid.
type PublicKey struct {
	Fingerprint string // as digests name it
	PKCS1       []byte // DER, RFC 8017 appendix A.1.1
	From, To    time.Time
}

// PublicKeys returns the keys that were valid at some time from start to end, oldest
// first. Zero times mean now.
func (s *Service) PublicKeys(ctx context.Context, start, end time.Time) ([]PublicKey, error) {
	now := s.Clock.Now()
	if start.IsZero() {
		start = now
	}
	if end.IsZero() {
		end = now
	}
	if end.Before(start) {
		return nil, idc.Errorf(idc.Invalid, "The start time must not be after the end time.").With(reasonTimes)
	}
	var keys []*idc.SigningKey
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		keys, err = r.ListSigningKeys(purpose)
		return err
	})
	if err != nil {
		return nil, err
	}
	keys = slices.DeleteFunc(slices.Clone(keys), func(k *idc.SigningKey) bool {
		return k.CreatedAt.After(end) || k.CreatedAt.Add(keyLife).Before(start)
	})
	out := make([]PublicKey, len(keys))
	for i, k := range keys {
		public, err := x509.ParsePKIXPublicKey(k.Public)
		if err != nil {
			return nil, fmt.Errorf("reading the public key %s: %w", k.ID, err)
		}
		rsaKey, ok := public.(*rsa.PublicKey)
		if !ok {
			return nil, fmt.Errorf("the public key %s is a %T", k.ID, public)
		}
		out[i] = PublicKey{Fingerprint: k.ID, PKCS1: x509.MarshalPKCS1PublicKey(rsaKey), From: k.CreatedAt, To: k.CreatedAt.Add(keyLife)}
	}
	return out, nil
}
