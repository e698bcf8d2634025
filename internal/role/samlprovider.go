package role

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/saml"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// samlValidity is how long IAM says that a SAML provider is valid whose metadata does not say.
const samlValidity = 100 * 365 * 24 * time.Hour

// maxSAMLKeys is how many private keys a SAML provider has at most: an old one and a new one.
const maxSAMLKeys = 2

// SAMLProviderDefinition is what a SAML provider is made of.
type SAMLProviderDefinition struct {
	Name          string
	Metadata      string
	Tags          []idc.Tag
	PrivateKey    string // PEM; "" for none
	EncryptedOnly bool
}

// CreateSAMLProvider makes a SAML provider in an account.
func (s *Service) CreateSAMLProvider(ctx context.Context, change idc.ChangeSet, accountID string, d SAMLProviderDefinition) (*idc.SAMLProvider, error) {
	if ReservedSAMLProvider(d.Name) {
		return nil, idc.Errorf(idc.Invalid, "The name %s is reserved for IAM Identity Center.", d.Name)
	}
	tags, err := idc.MergeTags(nil, d.Tags)
	if err != nil {
		return nil, err
	}
	provider := newSAMLProvider(change, accountID, d.Name, d.Metadata)
	provider.Tags, provider.UUID, provider.EncryptedOnly = tags, s.IDs.UUID(), d.EncryptedOnly
	if err := setMetadata(provider, change, d.Metadata); err != nil {
		return nil, err
	}
	if err := s.addKey(provider, change, d.PrivateKey); err != nil {
		return nil, err
	}
	if err := checkEncryption(provider); err != nil {
		return nil, err
	}
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		have, err := tx.ListSAMLProviders(accountID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(have, func(p *idc.SAMLProvider) bool { return p.Name == d.Name }) {
			return &idc.Error{Kind: idc.Conflict, Reason: idc.ReasonAlreadyExists, Resource: "SAMLProvider", ID: d.Name, Message: "SAMLProvider with name " + d.Name + " already exists."}
		}
		if len(have) >= maxSAMLProviders {
			return exceeded("SAMLProvidersPerAccount", maxSAMLProviders)
		}
		return tx.PutSAMLProvider(provider)
	})
	return provider, err
}

func newSAMLProvider(change idc.ChangeSet, accountID, name, metadata string) *idc.SAMLProvider {
	return &idc.SAMLProvider{
		AccountID: accountID, Name: name, ARN: arn.SAMLProvider(accountID, name).String(), Metadata: metadata,
		ValidUntil: change.At.Add(samlValidity), CreatedAt: change.At,
	}
}

// setMetadata gives a provider metadata that can be read.
func setMetadata(p *idc.SAMLProvider, change idc.ChangeSet, metadata string) error {
	parsed, err := saml.ParseMetadata([]byte(metadata))
	if err != nil {
		return idc.Errorf(idc.Invalid, "Could not parse metadata.").Because(err)
	}
	p.Metadata, p.ValidUntil = metadata, parsed.ValidUntil
	if p.ValidUntil.IsZero() {
		p.ValidUntil = change.At.Add(samlValidity)
	}
	return nil
}

// addKey gives a provider a private key, if there is one.
func (s *Service) addKey(p *idc.SAMLProvider, change idc.ChangeSet, text string) error {
	if text == "" {
		return nil
	}
	private, err := parseKey(text)
	if err != nil {
		return idc.Errorf(idc.Invalid, "Invalid private key.").Because(err)
	}
	if len(p.PrivateKeys) >= maxSAMLKeys {
		return idc.Errorf(idc.QuotaExceeded, "Private key limit of %d is reached.", maxSAMLKeys)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	id := strings.ToUpper(strings.ReplaceAll(s.IDs.UUID(), "-", "")) // IAM's form: letters and digits
	p.PrivateKeys = append(slices.Clone(p.PrivateKeys), idc.SAMLPrivateKey{ID: id, Private: s.Secrets.Seal(secret, samlKeyPlace(p.ARN, id)), CreatedAt: change.At})
	return nil
}

// parseKey reads an RSA key in PEM, of either usual form. Keys with a passphrase are not taken.
func parseKey(text string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("no PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		parsed, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	}
	if err != nil {
		return nil, err
	}
	private, isRSA := parsed.(*rsa.PrivateKey)
	if !isRSA || private.N.BitLen() < 2048 {
		return nil, errors.New("no RSA key of 2048 bits or more")
	}
	return private, nil
}

// samlKeyPlace binds a sealed key to the provider it is of.
func samlKeyPlace(providerARN, id string) []byte {
	return sealed.Field("saml_providers", "private_key", providerARN+"/"+id)
}

// SAMLPrivateKeys opens the private keys of a provider.
func SAMLPrivateKeys(secrets *sealed.Ring, p *idc.SAMLProvider) ([]*rsa.PrivateKey, error) {
	var keys []*rsa.PrivateKey
	for _, k := range p.PrivateKeys {
		secret, err := secrets.Open(k.Private, samlKeyPlace(p.ARN, k.ID))
		if err != nil {
			return nil, err
		}
		parsed, err := x509.ParsePKCS8PrivateKey(secret)
		if err != nil {
			return nil, err
		}
		private, isRSA := parsed.(*rsa.PrivateKey)
		if !isRSA {
			return nil, idc.Errorf(idc.Internal, "the private key %s of %s is no RSA key", k.ID, p.ARN)
		}
		keys = append(keys, private)
	}
	return keys, nil
}

func checkEncryption(p *idc.SAMLProvider) error {
	if p.EncryptedOnly && len(p.PrivateKeys) == 0 {
		return idc.Errorf(idc.Invalid, "Unable to set assertion encryption mode to Required because no private key is provided.")
	}
	return nil
}

// SAMLProviderChange is what to change of a SAML provider; zero members stay.
type SAMLProviderChange struct {
	Metadata      string
	AddKey        string // PEM
	RemoveKey     string // id
	EncryptedOnly *bool
}

// UpdateSAMLProvider changes a SAML provider (IAM, UpdateSAMLProvider).
func (s *Service) UpdateSAMLProvider(ctx context.Context, change idc.ChangeSet, accountID, providerARN string, c SAMLProviderChange) error {
	switch {
	case c.AddKey != "" && c.RemoveKey != "":
		return idc.Errorf(idc.Invalid, "Unable to add and remove private keys in the same request. Set a value for only one of the two parameters.")
	case c == SAMLProviderChange{}:
		return idc.Errorf(idc.Invalid, "Unable to update identity provider. No updates are defined for metadata or encryption assertion.")
	}
	return s.changeSAMLProvider(ctx, change, accountID, providerARN, func(p *idc.SAMLProvider) error {
		if c.Metadata != "" {
			if err := setMetadata(p, change, c.Metadata); err != nil {
				return err
			}
		}
		if c.EncryptedOnly != nil {
			p.EncryptedOnly = *c.EncryptedOnly
		}
		if c.RemoveKey != "" {
			had := len(p.PrivateKeys)
			p.PrivateKeys = slices.DeleteFunc(slices.Clone(p.PrivateKeys), func(k idc.SAMLPrivateKey) bool { return k.ID == c.RemoveKey })
			if len(p.PrivateKeys) == had {
				return idc.Errorf(idc.Invalid, "Failed to remove private key because the Key ID does not match a private key.")
			}
			if p.EncryptedOnly && len(p.PrivateKeys) == 0 {
				return idc.Errorf(idc.Invalid, "Failed to remove private key.") // the only one, which is needed
			}
		}
		if err := s.addKey(p, change, c.AddKey); err != nil {
			return err
		}
		return checkEncryption(p)
	})
}

// changeSAMLProvider runs edit on a copy of a provider that is not the instance's, and stores it.
func (s *Service) changeSAMLProvider(ctx context.Context, change idc.ChangeSet, accountID, providerARN string, edit func(p *idc.SAMLProvider) error) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		found, err := modifiableSAMLProvider(tx, accountID, providerARN)
		if err != nil {
			return err
		}
		edited := *found
		if err := edit(&edited); err != nil {
			return err
		}
		return tx.PutSAMLProvider(&edited)
	})
}

// TagSAMLProvider adds or replaces tags.
func (s *Service) TagSAMLProvider(ctx context.Context, change idc.ChangeSet, accountID, providerARN string, tags []idc.Tag) error {
	return s.changeSAMLProvider(ctx, change, accountID, providerARN, func(p *idc.SAMLProvider) (err error) {
		p.Tags, err = idc.MergeTags(p.Tags, tags)
		return err
	})
}

// UntagSAMLProvider takes tags away.
func (s *Service) UntagSAMLProvider(ctx context.Context, change idc.ChangeSet, accountID, providerARN string, keys []string) error {
	return s.changeSAMLProvider(ctx, change, accountID, providerARN, func(p *idc.SAMLProvider) error {
		p.Tags = idc.RemoveTags(p.Tags, keys)
		return nil
	})
}

// SAMLProvider returns a SAML provider of an account by ARN.
func (s *Service) SAMLProvider(ctx context.Context, accountID, providerARN string) (*idc.SAMLProvider, error) {
	var provider *idc.SAMLProvider
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		provider, err = findSAMLProvider(r, accountID, providerARN)
		return err
	})
	return provider, err
}

func findSAMLProvider(r store.RoleReader, accountID, providerARN string) (*idc.SAMLProvider, error) {
	provider, err := r.SAMLProvider(providerARN)
	if idc.IsNotFound(err) || err == nil && provider.AccountID != accountID {
		return nil, idc.NotFoundf("SAMLProvider", providerARN, "Manifest not found for arn %s", providerARN)
	}
	return provider, err
}

func modifiableSAMLProvider(r store.RoleReader, accountID, providerARN string) (*idc.SAMLProvider, error) {
	provider, err := findSAMLProvider(r, accountID, providerARN)
	if err == nil && ReservedSAMLProvider(provider.Name) {
		return nil, &idc.Error{Kind: idc.Conflict, Reason: idc.ReasonUnmodifiable, Resource: "SAMLProvider", ID: provider.Name,
			Message: "Cannot perform the operation on the protected SAML provider '" + provider.Name + "' - this provider is only modifiable by AWS"}
	}
	return provider, err
}

// ListSAMLProviders returns all SAML providers of an account.
func (s *Service) ListSAMLProviders(ctx context.Context, accountID string) ([]*idc.SAMLProvider, error) {
	var out []*idc.SAMLProvider
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		out, err = r.ListSAMLProviders(accountID)
		return err
	})
	return out, err
}

// DeleteSAMLProvider removes a SAML provider. Roles that trust it stay and can
// be assumed through it no more.
func (s *Service) DeleteSAMLProvider(ctx context.Context, change idc.ChangeSet, accountID, providerARN string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		if _, err := modifiableSAMLProvider(tx, accountID, providerARN); err != nil {
			return err
		}
		return tx.DeleteSAMLProvider(providerARN)
	})
}
