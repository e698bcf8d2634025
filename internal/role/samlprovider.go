package role

import (
	"context"
	"slices"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// samlValidity is how long IAM says that a SAML provider is valid.
const samlValidity = 100 * 365 * 24 * time.Hour

// CreateSAMLProvider makes a SAML provider in an account.
func (s *Service) CreateSAMLProvider(ctx context.Context, change idc.ChangeSet, accountID, name, metadata string, tags []idc.Tag) (*idc.SAMLProvider, error) {
	if reservedSAMLProvider(name) {
		return nil, idc.Errorf(idc.Invalid, "The name %s is reserved for IAM Identity Center.", name)
	}
	tags, err := idc.MergeTags(nil, tags)
	if err != nil {
		return nil, err
	}
	provider := newSAMLProvider(change, accountID, name, metadata)
	provider.Tags = tags
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		have, err := tx.ListSAMLProviders(accountID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(have, func(p *idc.SAMLProvider) bool { return p.Name == name }) {
			return &idc.Error{Kind: idc.Conflict, Reason: idc.ReasonAlreadyExists, Resource: "SAMLProvider", ID: name, Message: "SAMLProvider with name " + name + " already exists."}
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

// SAMLProvider returns a SAML provider by ARN.
func (s *Service) SAMLProvider(ctx context.Context, providerARN string) (*idc.SAMLProvider, error) {
	var provider *idc.SAMLProvider
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		provider, err = findSAMLProvider(r, providerARN)
		return err
	})
	return provider, err
}

func findSAMLProvider(r store.RoleReader, providerARN string) (*idc.SAMLProvider, error) {
	provider, err := r.SAMLProvider(providerARN)
	if idc.IsNotFound(err) {
		return nil, idc.NotFoundf("SAMLProvider", providerARN, "Manifest not found for arn %s", providerARN)
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
func (s *Service) DeleteSAMLProvider(ctx context.Context, change idc.ChangeSet, providerARN string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		provider, err := findSAMLProvider(tx, providerARN)
		if err != nil {
			return err
		}
		if reservedSAMLProvider(provider.Name) {
			return &idc.Error{Kind: idc.Conflict, Reason: idc.ReasonUnmodifiable, Resource: "SAMLProvider", ID: provider.Name,
				Message: "Cannot perform the operation on the protected SAML provider '" + provider.Name + "' - this provider is only modifiable by AWS"}
		}
		return tx.DeleteSAMLProvider(providerARN)
	})
}
