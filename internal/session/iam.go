package session

import (
	"context"
	"slices"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Types of tokens (RFC 8693 section 3).
const (
	TypeAccessToken  = "urn:ietf:params:oauth:token-type:access_token"
	TypeRefreshToken = "urn:ietf:params:oauth:token-type:refresh_token"
)

// Scopes that every application has without being given them.
const (
	scopeOpenID          = "openid"
	scopeAWS             = "aws"
	scopeIdentityContext = "sts:identity_context"
)

func defaultScopes() []string { return []string{scopeOpenID, scopeAWS, scopeIdentityContext} }

// ApplicationTokenRequest is the input of CreateTokenWithIAM. Which fields count
// depends on the grant type.
type ApplicationTokenRequest struct {
	ApplicationARN     string
	GrantType          idc.GrantType
	Scopes             []string // none: all that the application has
	Assertion          string   // jwt-bearer
	SubjectToken       string   // token-exchange, as the two below
	SubjectTokenType   string
	RequestedTokenType string
	RefreshToken       string
	Code               string // authorization_code, as the two below
	RedirectURI        string
	CodeVerifier       string
}

// ApplicationTokens is the answer of CreateTokenWithIAM.
type ApplicationTokens struct {
	Tokens
	IDToken         string // "" without the scope openid
	IdentityContext string // for STS; "" without the scope sts:identity_context
	IssuedType      string
	Scopes          []string
}

// applicationGrant is what a redeemed assertion, token or code entitles an application to.
type applicationGrant struct {
	grant
	userID string
	actor  string    // who vouched for the person: an issuer or an application
	since  time.Time // when the person proved who they are, as far as it is known
	ends   time.Time // nothing lasts longer; zero: no such end
	scopes []string  // the most there may be; nil: all that the application has
}

// redeemApplication is the difference between the grant types. A failure beside a
// nil error commits in spite of it, as with redeem.
type redeemApplication func(tx store.Tx, a *idc.Application, in *idc.Instance) (g *applicationGrant, failure, err error)

// CreateApplicationToken gives an application tokens for a person (CreateTokenWithIAM,
// IAM Identity Center OIDC API Reference). That the caller may act for the
// application has been decided by package authz. Errors: those of RFC 6749 section 5.2.
func (s *Service) CreateApplicationToken(ctx context.Context, change idc.ChangeSet, in ApplicationTokenRequest) (*ApplicationTokens, error) {
	run, err := s.redeemFor(ctx, in)
	if err != nil {
		return nil, err
	}
	signer, err := s.Signing.Signer(ctx, purposeIDToken)
	if err != nil {
		return nil, err
	}
	var out *ApplicationTokens
	var person idToken
	var failure error
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		out, failure = nil, nil
		a, instance, err := s.usable(tx, in.ApplicationARN, in.GrantType)
		if err != nil {
			return err
		}
		var g *applicationGrant
		if g, failure, err = run(tx, a, instance); err != nil || failure != nil {
			return err
		}
		if failure, err = s.entitled(tx, a, instance, g); err != nil || failure != nil {
			return err
		}
		scopes, err := grantedScopes(a, g, in.Scopes)
		if err != nil {
			return err
		}
		refreshed := a.Grants.RefreshToken && (in.GrantType != idc.GrantTokenExchange || in.RequestedTokenType == TypeRefreshToken)
		if out, err = s.issueApplication(tx, a, instance, g, scopes, refreshed); err != nil {
			return err
		}
		person = describe(a, instance, g, out, s.now())
		return nil
	})
	if err != nil {
		return nil, err
	}
	if failure != nil {
		return nil, failure
	}
	out.IssuedType = TypeAccessToken
	if in.RequestedTokenType == TypeRefreshToken {
		out.IssuedType = TypeRefreshToken
	}
	return out, s.sign(signer, person, out)
}

// redeemFor checks what the input of a grant must hold, and what can be checked
// before the transaction.
func (s *Service) redeemFor(ctx context.Context, in ApplicationTokenRequest) (redeemApplication, error) {
	switch in.GrantType {
	case idc.GrantJWTBearer:
		return s.redeemAssertion(ctx, in)
	case idc.GrantTokenExchange:
		return s.redeemSubject(in)
	case idc.GrantRefreshToken:
		return s.redeemClient(TokenRequest{RefreshToken: in.RefreshToken}, s.redeemRefresh), nil
	case idc.GrantAuthorizationCode:
		return s.redeemClient(TokenRequest{Code: in.Code, RedirectURI: in.RedirectURI, CodeVerifier: in.CodeVerifier}, s.redeemCode), nil
	}
	return nil, unsupportedGrantType(string(in.GrantType))
}

// usable returns the application and its instance when it may have tokens by a grant.
func (s *Service) usable(r store.Reader, applicationARN string, grantType idc.GrantType) (*idc.Application, *idc.Instance, error) {
	a, err := application.ByARN(r, applicationARN)
	if idc.IsNotFound(err) {
		return nil, nil, invalidClient("unknown application")
	}
	if err != nil {
		return nil, nil, err
	}
	instance, serves, err := application.Serves(r, a)
	if err != nil {
		return nil, nil, err
	}
	if !serves {
		return nil, nil, idc.Errorf(idc.Denied, "The application is disabled.")
	}
	if !slices.Contains(a.Grants.Types(), grantType) {
		return nil, nil, idc.Errorf(idc.Invalid, "The application has no grant of the type %s.", grantType).With(idc.ReasonUnauthorizedClient)
	}
	return a, instance, nil
}

// redeemClient redeems what was issued to the application itself, by the rules that
// all clients share.
func (s *Service) redeemClient(in TokenRequest, run redeem) redeemApplication {
	return func(tx store.Tx, a *idc.Application, _ *idc.Instance) (*applicationGrant, error, error) {
		g, failure, err := run(tx, &idc.Client{ID: a.ARN}, in)
		if err != nil || failure != nil {
			return nil, failure, err
		}
		out := &applicationGrant{grant: *g, actor: a.ARN}
		tokens, err := tx.ListTokensOfFamily(g.familyID)
		if err != nil {
			return nil, nil, err
		}
		for _, t := range tokens { // of the refreshed family; a code has none yet
			out.userID, out.since = t.UserID, tokens[0].IssuedAt
			out.scopes = append([]string{}, t.Scopes...) // none is not nil, which would be all
			if t.Class == idc.TokenRefresh {
				out.ends = t.ExpiresAt
			}
		}
		return out, nil, nil
	}
}

// entitled checks the person behind a grant: who is gone, disabled or not assigned
// gets nothing.
func (s *Service) entitled(r store.Reader, a *idc.Application, in *idc.Instance, g *applicationGrant) (failure, err error) {
	if g.sessionID != "" {
		session, err := s.standing(r, g.sessionID)
		if idc.KindOf(err) == idc.Unauthenticated {
			return invalidGrant("the portal session has ended"), nil
		}
		if err != nil {
			return nil, err
		}
		g.userID, g.since = session.UserID, session.AuthTime
		if g.ends.IsZero() || session.ExpiresAt.Before(g.ends) {
			g.ends = session.ExpiresAt
		}
	}
	user, err := r.User(g.userID)
	if err != nil && !idc.IsNotFound(err) {
		return nil, err
	}
	// A person who was deleted and came back with the old id does not inherit what
	// was issued before.
	if err != nil || user.IdentityStoreID != in.IdentityStoreID || user.Status != idc.UserEnabled || g.since.Before(user.CreatedAt) {
		return invalidGrant("no such person, or disabled"), nil
	}
	may, err := application.MayUse(r, a, user.ID, s.now())
	if err != nil {
		return nil, err
	}
	if !may {
		return idc.Errorf(idc.Denied, "The user is not assigned to the application."), nil
	}
	return nil, nil
}

// grantedScopes returns the scopes of the tokens: those asked for, or all that the
// application has.
func grantedScopes(a *idc.Application, g *applicationGrant, asked []string) ([]string, error) {
	has := defaultScopes()
	for _, scope := range a.Scopes {
		has = append(has, scope.Scope)
	}
	if g.scopes != nil {
		has = slices.DeleteFunc(has, func(scope string) bool { return !slices.Contains(g.scopes, scope) })
	}
	if len(asked) == 0 {
		return has, nil
	}
	var out []string
	for _, scope := range asked {
		if !slices.Contains(has, scope) {
			return nil, idc.Errorf(idc.Invalid, "The application may not ask for the scope %q.", scope).With(idc.ReasonInvalidScope)
		}
		if !slices.Contains(out, scope) {
			out = append(out, scope)
		}
	}
	return out, nil
}

// issueApplication makes the tokens of a grant. None outlives it.
func (s *Service) issueApplication(tx store.Tx, a *idc.Application, in *idc.Instance, g *applicationGrant, scopes []string, refreshed bool) (*ApplicationTokens, error) {
	now := s.now()
	last := g.ends
	if last.IsZero() {
		last = now.Add(portalSession(in))
	}
	ends := now.Add(accessLifetime)
	if last.Before(ends) {
		ends = last
	}
	if g.familyID == "" {
		g.familyID = s.IDs.UUID()
	}
	out := &ApplicationTokens{Scopes: scopes, Tokens: Tokens{
		AccessToken: s.IDs.Token(prefixAccess), ExpiresIn: ends.Sub(now).Truncate(time.Second), UserID: g.userID,
	}}
	access := &idc.Token{
		ID: s.IDs.OrderedUUID(now), Hash: authn.HashToken(out.AccessToken), Class: idc.TokenAccess, FamilyID: g.familyID,
		ClientID: a.ARN, UserID: g.userID, SessionID: g.sessionID, Scopes: scopes, IssuedAt: now, ExpiresAt: ends,
	}
	out.TokenID = access.ID
	if err := tx.PutToken(access); err != nil || !refreshed {
		return out, err
	}
	out.RefreshToken = s.IDs.Token(prefixRefresh)
	refresh := *access
	refresh.ID, refresh.Hash, refresh.Class, refresh.ExpiresAt = s.IDs.OrderedUUID(now), authn.HashToken(out.RefreshToken), idc.TokenRefresh, last
	return out, tx.PutToken(&refresh)
}

// portalSession is how long an interactive session lasts.
func portalSession(in *idc.Instance) time.Duration {
	if in.PortalSession > 0 {
		return in.PortalSession
	}
	return defaultPortalSession
}
