package session

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/oidc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// trusted is a trusted token issuer with the audiences an application takes from it.
type trusted struct {
	issuer    *idc.TrustedTokenIssuer
	audiences []string
}

// redeemAssertion exchanges a token of a trusted token issuer (RFC 7523; "Using
// applications with a trusted token issuer", IAM Identity Center User Guide). Each
// works once.
func (s *Service) redeemAssertion(ctx context.Context, in ApplicationTokenRequest) (redeemApplication, error) {
	if in.Assertion == "" {
		return nil, invalidRequest("assertion is required.")
	}
	issuerURL, err := oidc.Peek(in.Assertion)
	if err != nil {
		return nil, badAssertion("it is no signed JSON Web Token").Because(err)
	}
	var candidates []trusted
	err = s.Store.View(ctx, func(r store.Reader) error {
		a, _, err := s.usable(r, in.ApplicationARN, in.GrantType)
		if err == nil {
			candidates, err = issuersOf(r, a, issuerURL)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	by, claims, err := s.verify(ctx, candidates, issuerURL, in.Assertion)
	if err != nil {
		return nil, err
	}
	return func(tx store.Tx, a *idc.Application, instance *idc.Instance) (*applicationGrant, error, error) {
		// The trust may have ended while the issuer was asked for its keys.
		still, err := issuersOf(tx, a, issuerURL)
		if err != nil {
			return nil, nil, err
		}
		at := slices.IndexFunc(still, func(t trusted) bool { return t.issuer.ID == by.issuer.ID })
		if at < 0 || !sharesAudience(still[at].audiences, claims.Audience) {
			return nil, badAssertion("its issuer is not trusted by the application"), nil
		}
		if failure, err := s.useOnce(tx, by.issuer, claims, in.Assertion); err != nil || failure != nil {
			return nil, failure, err
		}
		user, failure, err := personOf(tx, instance, still[at].issuer, claims)
		if err != nil || failure != nil {
			return nil, failure, err
		}
		return &applicationGrant{userID: user.ID, actor: by.issuer.ARN, since: s.now()}, nil, nil
	}, nil
}

// issuersOf returns the issuers of a URL that an application trusts.
func issuersOf(r store.TrustedTokenIssuerReader, a *idc.Application, issuerURL string) ([]trusted, error) {
	if a.Grants.JWTBearer == nil {
		return nil, nil
	}
	all, err := r.ListTrustedTokenIssuers(a.InstanceID, store.Page{})
	if err != nil {
		return nil, err
	}
	var out []trusted
	for _, one := range a.Grants.JWTBearer.Issuers {
		for _, issuer := range all {
			if issuer.ARN == one.TrustedTokenIssuerARN && issuer.IssuerURL == issuerURL {
				out = append(out, trusted{issuer, one.Audiences})
			}
		}
	}
	return out, nil
}

// verify checks the assertion against the first issuer that takes its audience: two
// issuers of one URL may map its people differently.
func (s *Service) verify(ctx context.Context, candidates []trusted, issuerURL, assertion string) (trusted, oidc.Claims, error) {
	if len(candidates) == 0 {
		return trusted{}, oidc.Claims{}, badAssertion("its issuer is not trusted by the application")
	}
	claims, err := s.Tokens.Verify(ctx, issuerURL, assertion, oidc.Expect{Algorithms: []string{"RS256"}}) // AWS takes no other
	if err != nil {
		return trusted{}, oidc.Claims{}, refusedAssertion(err)
	}
	for _, one := range candidates {
		if sharesAudience(one.audiences, claims.Audience) {
			return one, claims, nil
		}
	}
	return trusted{}, oidc.Claims{}, badAssertion("its audience is not authorized")
}

func sharesAudience(authorized, audience []string) bool {
	return slices.ContainsFunc(audience, func(a string) bool { return slices.Contains(authorized, a) })
}

func refusedAssertion(err error) error {
	switch {
	case errors.Is(err, oidc.ErrFetch):
		return invalidRequestBecause("The keys of the trusted token issuer cannot be read.", err)
	case errors.Is(err, oidc.ErrExpired):
		return badAssertion("it has expired").Because(err)
	case errors.Is(err, oidc.ErrNotYet):
		return badAssertion("it is not valid yet").Because(err)
	case errors.Is(err, oidc.ErrSignature):
		return badAssertion("its signature is not one of its issuer").Because(err)
	case errors.Is(err, oidc.ErrMalformed), errors.Is(err, oidc.ErrIssuer), errors.Is(err, oidc.ErrAudience):
		return badAssertion("it is malformed").Because(err)
	}
	return err
}

// useOnce remembers the assertion until its end: by its jti, or else by its text. All
// trusts of an instance in one issuer share what they remember.
func (s *Service) useOnce(tx store.Tx, by *idc.TrustedTokenIssuer, claims oidc.Claims, assertion string) (failure, err error) {
	name := "jti:" + claims.ID
	if claims.ID == "" {
		name = "text:" + assertion
	}
	sum := sha256.Sum256([]byte(by.IssuerURL + "\n" + name))
	scope, token := "jti/"+by.InstanceID, hex.EncodeToString(sum[:])
	seen, err := tx.ClientToken(scope, token)
	if err != nil && !idc.IsNotFound(err) {
		return nil, err
	}
	if err == nil && seen.Fresh(s.now()) {
		return badAssertion("it was used before"), nil
	}
	return nil, tx.PutClientToken(&idc.ClientToken{Scope: scope, Token: token, ExpiresAt: claims.ExpiresAt})
}

// personOf finds the one user whose attribute equals the claim.
func personOf(r store.UserReader, in *idc.Instance, by *idc.TrustedTokenIssuer, claims oidc.Claims) (user *idc.User, failure, err error) {
	value := claim(claims.All, by.ClaimPath)
	if value == "" {
		return nil, badAssertion("it has no claim " + by.ClaimPath), nil
	}
	switch by.IdentityStorePath {
	case "userName":
		user, err = r.UserByName(in.IdentityStoreID, value)
	case "emails.value":
		user, err = r.UserByEmail(in.IdentityStoreID, value)
	case "externalId":
		user, err = r.UserByAnyExternalID(in.IdentityStoreID, value)
	default:
		return nil, nil, idc.Errorf(idc.Internal, "the trusted token issuer %s maps to %s", by.ID, by.IdentityStorePath)
	}
	if idc.IsNotFound(err) {
		return nil, badAssertion("not exactly one user has its " + by.ClaimPath), nil
	}
	return user, nil, err
}

// claim returns a text claim by its path: a name, or names of nested objects with
// dots between them.
func claim(claims map[string]any, path string) string {
	if text, ok := claims[path].(string); ok {
		return text
	}
	name, rest, nested := strings.Cut(path, ".")
	if inner, ok := claims[name].(map[string]any); ok && nested {
		return claim(inner, rest)
	}
	return ""
}

func badAssertion(why string) *idc.Error {
	return idc.Errorf(idc.Invalid, "The assertion is not valid: %s.", why).With(idc.ReasonInvalidGrant)
}

func invalidRequestBecause(text string, err error) error {
	return idc.Errorf(idc.Invalid, "%s", text).Because(err)
}
