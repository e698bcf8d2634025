package application

import (
	"context"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// IssuerDefinition is what a caller says about a new trusted token issuer.
type IssuerDefinition struct {
	InstanceID        string
	Name              string
	Type              string
	IssuerURL         string
	ClaimPath         string
	IdentityStorePath string
	JWKSRetrieval     string
	Tags              []idc.Tag
}

// discoverySuffix is where an issuer publishes its configuration (OpenID Connect
// Discovery 1.0 section 4); the issuer URL is what comes before it.
const discoverySuffix = "/.well-known/openid-configuration"

// checkPath refuses attributes by which a user cannot be found.
func checkPath(path string) error {
	known := []string{"userName", "emails.value", "externalId"}
	if !slices.Contains(known, path) {
		return idc.Errorf(idc.Invalid, "The identity store attribute path %s is not supported; it must be one of %s.", path, strings.Join(known, ", "))
	}
	return nil
}

// CreateIssuer makes a trusted token issuer and returns its ARN. Whether the
// issuer answers is not tried. token "" asks for no idempotency.
func (s *Service) CreateIssuer(ctx context.Context, change idc.ChangeSet, token string, d IssuerDefinition) (string, error) {
	if strings.HasSuffix(d.IssuerURL, discoverySuffix) {
		return "", idc.Errorf(idc.Invalid, "The issuer URL must be given without %s.", discoverySuffix)
	}
	if err := checkPath(d.IdentityStorePath); err != nil {
		return "", err
	}
	tags, err := idc.MergeTags(nil, d.Tags)
	if err != nil {
		return "", err
	}
	id := s.IDs.TrustedTokenIssuerID()
	var made string
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		in, err := activeInstance(tx, d.InstanceID)
		if err != nil {
			return err
		}
		made, err = store.Once(tx, change, "CreateTrustedTokenIssuer/"+d.InstanceID, token, d, func() (string, error) {
			all, err := tx.ListTrustedTokenIssuers(in.ID, store.Page{})
			if err != nil {
				return "", err
			}
			if limit := s.Quotas.tokenIssuers(); len(all) >= limit {
				return "", exceeded("TrustedTokenIssuer", limit)
			}
			issuer := &idc.TrustedTokenIssuer{
				ID: id, ARN: arn.TrustedTokenIssuer(in.OwnerAccountID, in.ID, id).String(), InstanceID: in.ID, Name: d.Name, Type: d.Type,
				IssuerURL: d.IssuerURL, ClaimPath: d.ClaimPath, IdentityStorePath: d.IdentityStorePath, JWKSRetrieval: d.JWKSRetrieval,
				CreatedAt: change.At, Tags: tags,
			}
			return issuer.ARN, tx.PutTrustedTokenIssuer(issuer)
		})
		return err
	})
	return made, err
}

// Issuer returns the trusted token issuer of an ARN, or NotFound.
func (s *Service) Issuer(ctx context.Context, issuerARN string) (*idc.TrustedTokenIssuer, error) {
	var issuer *idc.TrustedTokenIssuer
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		issuer, err = findIssuer(r, issuerARN)
		return err
	})
	return issuer, err
}

func findIssuer(r store.TrustedTokenIssuerReader, issuerARN string) (*idc.TrustedTokenIssuer, error) {
	_, _, id, err := arn.ParseTrustedTokenIssuer(issuerARN)
	if err != nil {
		return nil, idc.Errorf(idc.Invalid, "The trusted token issuer ARN %s is invalid.", issuerARN).Because(err)
	}
	issuer, err := r.TrustedTokenIssuer(id)
	if idc.IsNotFound(err) || err == nil && issuer.ARN != issuerARN {
		return nil, missingIssuer(issuerARN)
	}
	return issuer, err
}

func missingIssuer(issuerARN string) error {
	return idc.NotFoundf("TrustedTokenIssuer", issuerARN, "Could not find TrustedTokenIssuer with ARN %s", issuerARN)
}

// Issuers returns the trusted token issuers of an instance ordered by id.
func (s *Service) Issuers(ctx context.Context, instanceID string, p store.Page) (all []*idc.TrustedTokenIssuer, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		list := func(p store.Page) ([]*idc.TrustedTokenIssuer, error) { return r.ListTrustedTokenIssuers(instanceID, p) }
		all, next, err = store.Fetch(p, list, func(i *idc.TrustedTokenIssuer) string { return i.ID })
		return err
	})
	return all, next, err
}

// IssuerUpdate is what may change about a trusted token issuer; nil leaves a
// field as it is. The issuer URL cannot change.
type IssuerUpdate struct {
	Name              *string
	ClaimPath         *string
	IdentityStorePath *string
	JWKSRetrieval     *string
}

// UpdateIssuer changes a trusted token issuer.
func (s *Service) UpdateIssuer(ctx context.Context, change idc.ChangeSet, issuerARN string, u IssuerUpdate) error {
	if u.IdentityStorePath != nil {
		if err := checkPath(*u.IdentityStorePath); err != nil {
			return err
		}
	}
	return s.changeIssuer(ctx, change, issuerARN, func(issuer *idc.TrustedTokenIssuer) error {
		set(&issuer.Name, u.Name)
		set(&issuer.ClaimPath, u.ClaimPath)
		set(&issuer.IdentityStorePath, u.IdentityStorePath)
		set(&issuer.JWKSRetrieval, u.JWKSRetrieval)
		return nil
	})
}

// changeIssuer runs edit on a copy of the issuer and stores the result.
func (s *Service) changeIssuer(ctx context.Context, change idc.ChangeSet, issuerARN string, edit func(*idc.TrustedTokenIssuer) error) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		found, err := findIssuer(tx, issuerARN)
		if err != nil {
			return err
		}
		issuer := *found
		issuer.Tags = slices.Clone(found.Tags)
		if err := edit(&issuer); err != nil {
			return err
		}
		return tx.PutTrustedTokenIssuer(&issuer)
	})
}

// DeleteIssuer removes a trusted token issuer that no grant names.
func (s *Service) DeleteIssuer(ctx context.Context, change idc.ChangeSet, issuerARN string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		issuer, err := findIssuer(tx, issuerARN)
		if err != nil {
			return err
		}
		applications, err := tx.ListApplications(store.ApplicationFilter{InstanceID: issuer.InstanceID}, store.Page{})
		if err != nil {
			return err
		}
		for _, a := range applications {
			if g := a.Grants.JWTBearer; g != nil && slices.ContainsFunc(g.Issuers, func(i idc.AuthorizedIssuer) bool { return i.TrustedTokenIssuerARN == issuerARN }) {
				return idc.Errorf(idc.Conflict, "The trusted token issuer %s is used by a grant of the application %s.", issuerARN, a.ARN)
			}
		}
		return tx.DeleteTrustedTokenIssuer(issuer.ID)
	})
}

// TagIssuer adds or replaces tags of a trusted token issuer.
func (s *Service) TagIssuer(ctx context.Context, change idc.ChangeSet, issuerARN string, tags []idc.Tag) error {
	return s.changeIssuer(ctx, change, issuerARN, func(issuer *idc.TrustedTokenIssuer) (err error) {
		issuer.Tags, err = idc.MergeTags(issuer.Tags, tags)
		return err
	})
}

// UntagIssuer removes the tags of the given keys; keys that are not there are ignored.
func (s *Service) UntagIssuer(ctx context.Context, change idc.ChangeSet, issuerARN string, keys []string) error {
	return s.changeIssuer(ctx, change, issuerARN, func(issuer *idc.TrustedTokenIssuer) error {
		issuer.Tags = idc.RemoveTags(issuer.Tags, keys)
		return nil
	})
}
