package sts

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// purposeWebIdentity is of the keys that sign web identity tokens: one of each algorithm
// at a time, for all accounts. What tells the accounts apart is the issuer.
const purposeWebIdentity = "web-identity"

const (
	// rotateSigning is the age at which a key is replaced.
	rotateSigning = 90 * 24 * time.Hour
	// publishRetired is how long a replaced key is published: longer than a token lasts,
	// with room for those who keep what they read.
	publishRetired = 24 * time.Hour
	rsaBits        = 3072
)

// sign signs a payload as a JSON Web Token, with a key that is made when there is none.
func (s *Service) sign(ctx context.Context, change idc.ChangeSet, algorithm jose.SignatureAlgorithm, payload []byte) (string, error) {
	key, err := s.signingKey(ctx, change, algorithm)
	if err != nil {
		return "", err
	}
	private, err := s.private(key)
	if err != nil {
		return "", err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: private, KeyID: key.ID, Algorithm: key.Algorithm}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", err
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

// signingKey returns the key that signs now.
func (s *Service) signingKey(ctx context.Context, change idc.ChangeSet, algorithm jose.SignatureAlgorithm) (*idc.SigningKey, error) {
	now := s.Clock.Now()
	var key *idc.SigningKey
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		key, err = current(r, algorithm, now)
		return err
	})
	if err != nil || key != nil {
		return key, err
	}
	made, err := s.newKey(algorithm, now) // outside of the transaction: it takes a while
	if err != nil {
		return nil, err
	}
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		var err error
		if key, err = current(tx, algorithm, now); err != nil || key != nil {
			return err // another request was faster
		}
		if err := retire(tx, algorithm, now); err != nil {
			return err
		}
		key = made
		return tx.PutSigningKey(made)
	})
	return key, err
}

func current(r store.Reader, algorithm jose.SignatureAlgorithm, now time.Time) (*idc.SigningKey, error) {
	all, err := r.ListSigningKeys(purposeWebIdentity)
	if err != nil {
		return nil, err
	}
	for _, k := range all {
		if k.Algorithm == string(algorithm) && k.RetiredAt.IsZero() && now.Before(k.CreatedAt.Add(rotateSigning)) {
			return k, nil
		}
	}
	return nil, nil
}

// retire ends the keys of an algorithm, and forgets those that ended long ago.
func retire(tx store.Tx, algorithm jose.SignatureAlgorithm, now time.Time) error {
	all, err := tx.ListSigningKeys(purposeWebIdentity)
	if err != nil {
		return err
	}
	for _, k := range all {
		switch {
		case !k.RetiredAt.IsZero() && now.After(k.RetiredAt.Add(publishRetired)):
			err = tx.DeleteSigningKey(k.Purpose, k.ID)
		case k.RetiredAt.IsZero() && k.Algorithm == string(algorithm):
			ended := *k
			ended.RetiredAt = now
			err = tx.PutSigningKey(&ended)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) newKey(algorithm jose.SignatureAlgorithm, now time.Time) (*idc.SigningKey, error) {
	var private crypto.Signer
	var err error
	if algorithm == jose.RS256 {
		private, err = rsa.GenerateKey(rand.Reader, rsaBits)
	} else {
		private, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	}
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, err
	}
	public, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		return nil, err
	}
	key := &idc.SigningKey{Purpose: purposeWebIdentity, ID: s.IDs.UUID(), Algorithm: string(algorithm), Public: public, CreatedAt: now}
	key.Private = s.Secrets.Seal(secret, keyPlace(key))
	return key, nil
}

func (s *Service) private(key *idc.SigningKey) (any, error) {
	secret, err := s.Secrets.Open(key.Private, keyPlace(key))
	if err != nil {
		return nil, err
	}
	return x509.ParsePKCS8PrivateKey(secret)
}

// keyPlace binds a sealed key to the row it is in.
func keyPlace(key *idc.SigningKey) []byte {
	return sealed.Field("signing_keys", "private", key.Purpose+"/"+key.ID)
}

// Discovery is what the issuer of an account publishes (OpenID Connect Discovery 1.0).
type Discovery struct {
	Issuer string
	Keys   jose.JSONWebKeySet
}

// Discovery returns what verifies the tokens of an account. Without outbound federation it is
// NotFound.
func (s *Service) Discovery(ctx context.Context, accountID string) (*Discovery, error) {
	issuer, err := s.Outbound(ctx, accountID)
	if err != nil {
		return nil, idc.NotFoundf("Issuer", accountID, "There is no such issuer.").Because(err)
	}
	var keys []*idc.SigningKey
	err = s.Store.View(ctx, func(r store.Reader) (err error) {
		keys, err = r.ListSigningKeys(purposeWebIdentity)
		return err
	})
	if err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	keys = slices.DeleteFunc(keys, func(k *idc.SigningKey) bool {
		return !k.RetiredAt.IsZero() && now.After(k.RetiredAt.Add(publishRetired))
	})
	out := &Discovery{Issuer: issuer, Keys: jose.JSONWebKeySet{Keys: []jose.JSONWebKey{}}}
	for _, k := range keys {
		public, err := x509.ParsePKIXPublicKey(k.Public)
		if err != nil {
			return nil, err
		}
		out.Keys.Keys = append(out.Keys.Keys, jose.JSONWebKey{Key: public, KeyID: k.ID, Algorithm: k.Algorithm, Use: "sig"})
	}
	return out, nil
}
