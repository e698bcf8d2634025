package role

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Quotas of OpenID Connect providers ("IAM and AWS STS quotas").
const (
	maxOIDCProviders = 100
	maxClientIDs     = 100
	maxThumbprints   = 5
)

var thumbprintForm = regexp.MustCompile(`^[0-9A-Fa-f]{40}$`)

// CreateOIDCProvider makes an OpenID Connect provider in an account (IAM,
// CreateOpenIDConnectProvider). Nobody is asked whether the address is right: the keys are read
// when the first token comes, over TLS that the system's roots vouch for.
func (s *Service) CreateOIDCProvider(ctx context.Context, change idc.ChangeSet, accountID, address string, clientIDs, thumbprints []string, tags []idc.Tag) (*idc.OIDCProvider, error) {
	issuer, err := issuerOf(address)
	if err != nil {
		return nil, err
	}
	if err := checkThumbprints(thumbprints); err != nil {
		return nil, err
	}
	if tags, err = idc.MergeTags(nil, tags); err != nil {
		return nil, err
	}
	provider := &idc.OIDCProvider{
		AccountID: accountID, URL: issuer, ARN: arn.OIDCProvider(accountID, issuer).String(),
		Thumbprints: thumbprints, Tags: tags, CreatedAt: change.At,
	}
	for _, id := range clientIDs {
		if err := addClientID(provider, id); err != nil {
			return nil, err
		}
	}
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		have, err := tx.ListOIDCProviders(accountID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(have, func(p *idc.OIDCProvider) bool { return p.URL == issuer }) {
			return &idc.Error{Kind: idc.Conflict, Reason: idc.ReasonAlreadyExists, Resource: "OpenIDConnectProvider", ID: address,
				Message: "Provider with url " + address + " already exists."}
		}
		if len(have) >= maxOIDCProviders {
			return exceeded("OpenIdConnectProvidersPerAccount", maxOIDCProviders)
		}
		return tx.PutOIDCProvider(provider)
	})
	return provider, err
}

// issuerOf is the issuer without "https://", which its tokens name with it. It must come through a
// request and an ARN unchanged.
func issuerOf(address string) (string, error) {
	invalid := idc.Errorf(idc.Invalid, "Invalid Open ID Connect Provider URL").With("ValidationError")
	u, err := url.Parse(address)
	if err != nil {
		return "", invalid.Because(err)
	}
	rest, isTLS := strings.CutPrefix(address, "https://")
	if !isTLS || u.Host == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.Port() != "" || u.Host != strings.ToLower(u.Host) ||
		strings.ContainsAny(rest, " *?:\\\"<>#%") {
		return "", invalid
	}
	return rest, nil
}

func checkThumbprints(list []string) error {
	if len(list) > maxThumbprints {
		return idc.Errorf(idc.Invalid, "Thumbprint list must contain fewer than %d entries.", maxThumbprints+1)
	}
	for _, t := range list {
		if !thumbprintForm.MatchString(t) {
			return idc.Errorf(idc.Invalid, "The thumbprint %s is not valid: 40 hexadecimal digits.", t)
		}
	}
	return nil
}

func addClientID(p *idc.OIDCProvider, id string) error {
	if id == "" || len(id) > 255 {
		return idc.Errorf(idc.Invalid, "A client ID has 1 to 255 characters.")
	}
	if slices.Contains(p.ClientIDs, id) {
		return nil // once is enough
	}
	if len(p.ClientIDs) >= maxClientIDs {
		return exceeded("ClientIdsPerOpenIdConnectProvider", maxClientIDs)
	}
	p.ClientIDs = append(slices.Clone(p.ClientIDs), id)
	return nil
}

// OIDCProvider returns an OpenID Connect provider of an account by ARN.
func (s *Service) OIDCProvider(ctx context.Context, accountID, providerARN string) (*idc.OIDCProvider, error) {
	var provider *idc.OIDCProvider
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		provider, err = findOIDCProvider(r, accountID, providerARN)
		return err
	})
	return provider, err
}

func findOIDCProvider(r store.RoleReader, accountID, providerARN string) (*idc.OIDCProvider, error) {
	provider, err := r.OIDCProvider(providerARN)
	if idc.IsNotFound(err) || err == nil && provider.AccountID != accountID {
		return nil, idc.NotFoundf("OpenIDConnectProvider", providerARN, "OpenIDConnect Provider not found for arn %s", providerARN)
	}
	return provider, err
}

// ListOIDCProviders returns all OpenID Connect providers of an account, by issuer.
func (s *Service) ListOIDCProviders(ctx context.Context, accountID string) ([]*idc.OIDCProvider, error) {
	var out []*idc.OIDCProvider
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		out, err = r.ListOIDCProviders(accountID)
		return err
	})
	return out, err
}

// changeOIDCProvider runs edit on a copy of a provider and stores it.
func (s *Service) changeOIDCProvider(ctx context.Context, change idc.ChangeSet, accountID, providerARN string, edit func(p *idc.OIDCProvider) error) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		found, err := findOIDCProvider(tx, accountID, providerARN)
		if err != nil {
			return err
		}
		edited := *found
		if err := edit(&edited); err != nil {
			return err
		}
		return tx.PutOIDCProvider(&edited)
	})
}

// AddClientID adds an audience that the provider's tokens may be for; one that is there is no error.
func (s *Service) AddClientID(ctx context.Context, change idc.ChangeSet, accountID, providerARN, clientID string) error {
	return s.changeOIDCProvider(ctx, change, accountID, providerARN, func(p *idc.OIDCProvider) error { return addClientID(p, clientID) })
}

// RemoveClientID takes an audience away; one that is not there is no error.
func (s *Service) RemoveClientID(ctx context.Context, change idc.ChangeSet, accountID, providerARN, clientID string) error {
	return s.changeOIDCProvider(ctx, change, accountID, providerARN, func(p *idc.OIDCProvider) error {
		p.ClientIDs = slices.DeleteFunc(slices.Clone(p.ClientIDs), func(id string) bool { return id == clientID })
		return nil
	})
}

// SetThumbprints replaces the thumbprints, which are kept and shown. What vouches for the provider's
// keys is its certificate, as in AWS for providers with a certificate of a known authority.
func (s *Service) SetThumbprints(ctx context.Context, change idc.ChangeSet, accountID, providerARN string, thumbprints []string) error {
	if err := checkThumbprints(thumbprints); err != nil {
		return err
	}
	return s.changeOIDCProvider(ctx, change, accountID, providerARN, func(p *idc.OIDCProvider) error {
		p.Thumbprints = thumbprints
		return nil
	})
}

// TagOIDCProvider adds or replaces tags.
func (s *Service) TagOIDCProvider(ctx context.Context, change idc.ChangeSet, accountID, providerARN string, tags []idc.Tag) error {
	return s.changeOIDCProvider(ctx, change, accountID, providerARN, func(p *idc.OIDCProvider) (err error) {
		p.Tags, err = idc.MergeTags(p.Tags, tags)
		return err
	})
}

// UntagOIDCProvider takes tags away.
func (s *Service) UntagOIDCProvider(ctx context.Context, change idc.ChangeSet, accountID, providerARN string, keys []string) error {
	return s.changeOIDCProvider(ctx, change, accountID, providerARN, func(p *idc.OIDCProvider) error {
		p.Tags = idc.RemoveTags(p.Tags, keys)
		return nil
	})
}

// DeleteOIDCProvider removes a provider, and is done when there is none (IAM,
// DeleteOpenIDConnectProvider). Roles that trust it stay and can be assumed through it no more.
func (s *Service) DeleteOIDCProvider(ctx context.Context, change idc.ChangeSet, accountID, providerARN string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		_, err := findOIDCProvider(tx, accountID, providerARN)
		if idc.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		return tx.DeleteOIDCProvider(providerARN)
	})
}
