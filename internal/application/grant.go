package application

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// PutGrant gives an application a grant, or replaces the one of its type. grant
// holds exactly one. The issuers that it names must be of the application's instance.
func (s *Service) PutGrant(ctx context.Context, change idc.ChangeSet, id string, grant idc.ApplicationGrants) error {
	if len(grant.Types()) != 1 {
		return idc.Errorf(idc.Invalid, "Exactly one grant must be given.")
	}
	if err := checkRedirects(grant.AuthorizationCode); err != nil {
		return err
	}
	return s.change(ctx, change, id, func(r store.Reader, a *idc.Application) error {
		if err := checkIssuers(r, a.InstanceID, grant.JWTBearer); err != nil {
			return err
		}
		switch grant.Types()[0] {
		case idc.GrantAuthorizationCode:
			a.Grants.AuthorizationCode = grant.AuthorizationCode
		case idc.GrantJWTBearer:
			a.Grants.JWTBearer = grant.JWTBearer
		case idc.GrantRefreshToken:
			a.Grants.RefreshToken = true
		case idc.GrantTokenExchange:
			a.Grants.TokenExchange = true
		}
		return nil
	})
}

// checkRedirects demands absolute URIs without a fragment (RFC 6749 section 3.1.2).
func checkRedirects(g *idc.AuthorizationCodeGrant) error {
	if g == nil {
		return nil
	}
	for _, text := range g.RedirectURIs {
		uri, err := url.Parse(text)
		if err != nil || !uri.IsAbs() || uri.Fragment != "" {
			return idc.Errorf(idc.Invalid, "The redirect URI %s is not an absolute URI without a fragment.", text).Because(err)
		}
	}
	return nil
}

func checkIssuers(r store.TrustedTokenIssuerReader, instanceID string, g *idc.JWTBearerGrant) error {
	if g == nil {
		return nil
	}
	seen := map[string]bool{}
	for _, one := range g.Issuers {
		if seen[one.TrustedTokenIssuerARN] {
			return idc.Errorf(idc.Invalid, "The trusted token issuer %s is given twice.", one.TrustedTokenIssuerARN)
		}
		seen[one.TrustedTokenIssuerARN] = true
		issuer, err := findIssuer(r, one.TrustedTokenIssuerARN)
		if err != nil {
			return err
		}
		if issuer.InstanceID != instanceID {
			return missingIssuer(one.TrustedTokenIssuerARN)
		}
	}
	return nil
}

// DeleteGrant takes a grant away; without one it succeeds.
func (s *Service) DeleteGrant(ctx context.Context, change idc.ChangeSet, id string, t idc.GrantType) error {
	return s.change(ctx, change, id, func(_ store.Reader, a *idc.Application) error {
		switch t {
		case idc.GrantAuthorizationCode:
			a.Grants.AuthorizationCode = nil
		case idc.GrantJWTBearer:
			a.Grants.JWTBearer = nil
		case idc.GrantRefreshToken:
			a.Grants.RefreshToken = false
		case idc.GrantTokenExchange:
			a.Grants.TokenExchange = false
		}
		return nil
	})
}

// PutActorPolicy sets the authentication method IAM: a resource-based policy, as
// JSON, that names who may ask for tokens of the application.
func (s *Service) PutActorPolicy(ctx context.Context, change idc.ChangeSet, id string, document []byte) error {
	if _, err := policy.Parse(policy.ResourcePolicy, document); err != nil {
		return idc.Errorf(idc.Invalid, "The actor policy is not valid: %s", err.Error()).With(idc.ReasonMalformedPolicy)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, document); err != nil {
		return idc.Errorf(idc.Invalid, "The actor policy is not valid JSON.").With(idc.ReasonMalformedPolicy).Because(err)
	}
	return s.change(ctx, change, id, func(_ store.Reader, a *idc.Application) error {
		a.ActorPolicy = compact.String()
		return nil
	})
}

// DeleteActorPolicy removes the authentication method; without one it succeeds.
func (s *Service) DeleteActorPolicy(ctx context.Context, change idc.ChangeSet, id string) error {
	return s.change(ctx, change, id, func(_ store.Reader, a *idc.Application) error {
		a.ActorPolicy = ""
		return nil
	})
}
