package session

import (
	"context"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// TokenRequest is the input of CreateToken. Which fields count depends on the grant type.
type TokenRequest struct {
	ClientID, ClientSecret string
	GrantType              string
	DeviceCode             string
	Code                   string
	CodeVerifier           string
	RedirectURI            string
	RefreshToken           string
}

// Tokens is the answer of CreateToken.
type Tokens struct {
	AccessToken  string
	RefreshToken string // "" for clients without scopes
	ExpiresIn    time.Duration
	// UserID and TokenID say for whom and which access token, for the audit trail.
	UserID  string
	TokenID string
}

// Prefixes of tokens, as AWS has them.
const (
	prefixAccess  = "aoa"
	prefixRefresh = "aor"
)

// grant is what a redeemed code or refresh token entitles to.
type grant struct {
	sessionID string
	familyID  string
}

// redeem is the difference between the grant types. A failure is returned beside a nil error when the
// transaction must commit in spite of it: a burnt code stays burnt.
type redeem func(tx store.Tx, client *idc.Client, in TokenRequest) (g *grant, failure, err error)

// CreateToken redeems a device code, an authorization code or a refresh token (CreateToken, IAM Identity
// Center OIDC API Reference). Errors: those of RFC 6749 section 5.2 and RFC 8628 section 3.5.
func (s *Service) CreateToken(ctx context.Context, change idc.ChangeSet, in TokenRequest) (*Tokens, error) {
	var run redeem
	switch in.GrantType {
	case GrantDeviceCode:
		run = s.redeemDevice
	case GrantAuthorizationCode:
		run = s.redeemCode
	case GrantRefreshToken:
		run = s.redeemRefresh
	default:
		return nil, unsupportedGrantType(in.GrantType)
	}
	// The client is checked in a snapshot first: what fails here does not take the one writer's time.
	err := s.Store.View(ctx, func(r store.Reader) error {
		_, err := s.authenticateClient(r, in.ClientID, in.ClientSecret)
		return err
	})
	if err != nil {
		return nil, err
	}
	var tokens *Tokens
	var failure error
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		tokens, failure = nil, nil
		client, err := s.authenticateClient(tx, in.ClientID, in.ClientSecret)
		if err != nil {
			return err
		}
		if !may(client, in.GrantType) {
			return unauthorizedClient(in.GrantType)
		}
		var g *grant
		if g, failure, err = run(tx, client, in); err != nil || failure != nil {
			return err
		}
		session, err := s.standing(tx, g.sessionID)
		if idc.KindOf(err) == idc.Unauthenticated {
			failure = invalidGrant("the portal session has ended")
			return nil
		}
		if err != nil {
			return err
		}
		tokens, err = s.issue(tx, client, session, g.familyID)
		return err
	})
	if err != nil {
		return nil, err
	}
	if failure != nil {
		return nil, failure
	}
	return tokens, nil
}

// issue makes the tokens of a grant. None outlives the portal session.
func (s *Service) issue(tx store.Tx, client *idc.Client, session *idc.PortalSession, familyID string) (*Tokens, error) {
	now := s.now()
	ends := session.ExpiresAt
	if len(client.Scopes) > 0 && now.Add(accessLifetime).Before(ends) {
		ends = now.Add(accessLifetime)
	}
	tokens := &Tokens{AccessToken: s.IDs.Token(prefixAccess), ExpiresIn: ends.Sub(now).Truncate(time.Second), UserID: session.UserID}
	access := &idc.Token{
		ID: s.IDs.OrderedUUID(now), Hash: authn.HashToken(tokens.AccessToken), Class: idc.TokenAccess, FamilyID: familyID,
		ClientID: client.ID, UserID: session.UserID, SessionID: session.ID, Scopes: client.Scopes,
		IssuedAt: now, ExpiresAt: ends,
	}
	tokens.TokenID = access.ID
	if err := tx.PutToken(access); err != nil {
		return nil, err
	}
	if len(client.Scopes) == 0 || !may(client, GrantRefreshToken) {
		return tokens, nil
	}
	tokens.RefreshToken = s.IDs.Token(prefixRefresh)
	refresh := *access
	refresh.ID, refresh.Hash, refresh.Class = s.IDs.OrderedUUID(now), authn.HashToken(tokens.RefreshToken), idc.TokenRefresh
	refresh.ExpiresAt = session.ExpiresAt
	return tokens, tx.PutToken(&refresh)
}

// revokeFamily ends all tokens that descend from one approval.
func (s *Service) revokeFamily(tx store.Tx, familyID string) error {
	tokens, err := tx.ListTokensOfFamily(familyID)
	if err != nil {
		return err
	}
	return s.revokeTokens(tx, tokens)
}

func (s *Service) revokeTokens(tx store.Tx, tokens []*idc.Token) error {
	now := s.now()
	for _, token := range tokens {
		if !token.ActiveAt(now) {
			continue
		}
		token.RevokedAt = now
		if err := tx.PutToken(token); err != nil {
			return err
		}
	}
	return nil
}
