package keys

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// PurposeIDToken signs the id tokens of applications.
const PurposeIDToken = "id-token"

// signingLife is how long a signing key signs before a new one takes over.
const signingLife = 90 * 24 * time.Hour

// Signer is a key that signs now.
type Signer struct {
	ID        string // key id of a JSON Web Key
	Algorithm string // "ES384" (RFC 7518)
	Key       crypto.Signer
}

// Signer returns the key that signs for a purpose, and makes one when there is none
// or the newest is old. Call it outside of transactions.
func (s *Service) Signer(ctx context.Context, purpose string) (*Signer, error) {
	now := s.Clock.Now()
	var current *idc.SigningKey
	find := func(r store.Reader) error {
		current = nil
		all, err := r.ListSigningKeys(purpose)
		for _, k := range all {
			if now.Before(k.CreatedAt.Add(signingLife)) {
				current = k
			}
		}
		return err
	}
	if err := s.Store.View(ctx, find); err != nil {
		return nil, err
	}
	if current == nil {
		fresh, err := s.newSigningKey(purpose, now)
		if err != nil {
			return nil, err
		}
		change := idc.ChangeSet{ID: s.IDs.UUID(), At: now, Actor: "gatehouse", Door: "keys"}
		err = s.Store.Update(ctx, change, func(tx store.Tx) error {
			if err := find(tx); err != nil || current != nil { // another node was quicker
				return err
			}
			current = fresh
			return tx.PutSigningKey(fresh)
		})
		if err != nil {
			return nil, err
		}
	}
	return s.openSigningKey(current)
}

func (s *Service) newSigningKey(purpose string, now time.Time) (*idc.SigningKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, err
	}
	id := s.IDs.UUID()
	return &idc.SigningKey{Purpose: purpose, ID: id, Algorithm: "ES384", Public: public, CreatedAt: now,
		Private: s.Secrets.Seal(private, signingField(purpose, id))}, nil
}

func (s *Service) openSigningKey(k *idc.SigningKey) (*Signer, error) {
	raw, err := s.Secrets.Open(k.Private, signingField(k.Purpose, k.ID))
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(raw)
	if err != nil {
		return nil, err
	}
	private, ok := key.(crypto.Signer)
	if !ok {
		return nil, idc.Errorf(idc.Internal, "the signing key %s of %s cannot sign", k.ID, k.Purpose)
	}
	return &Signer{ID: k.ID, Algorithm: k.Algorithm, Key: private}, nil
}

func signingField(purpose, id string) []byte {
	return sealed.Field("signing_keys", "private", purpose+"/"+id)
}
