package session

import (
	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// redeemRefresh rotates a refresh token (RFC 6749 section 6; RFC 9700 section 4.14.2).
func (s *Service) redeemRefresh(tx store.Tx, client *idc.Client, in TokenRequest) (*grant, error, error) {
	if in.RefreshToken == "" {
		return nil, nil, invalidRequest("refreshToken is required.")
	}
	token, err := tx.TokenByHash(authn.HashToken(in.RefreshToken))
	if idc.IsNotFound(err) {
		return nil, nil, invalidGrant("unknown refresh token")
	}
	if err != nil {
		return nil, nil, err
	}
	now := s.now()
	switch {
	case token.Class != idc.TokenRefresh:
		return nil, nil, invalidGrant("not a refresh token")
	case !token.ActiveAt(now):
		return nil, nil, invalidGrant("refresh token revoked or expired")
	case token.ClientID != client.ID:
		return nil, invalidGrant("refresh token of another client: its family is revoked"), s.revokeFamily(tx, token.FamilyID)
	case !token.UsedAt.IsZero() && now.Sub(token.UsedAt) > RefreshGrace:
		return nil, invalidGrant("refresh token used before: its family is revoked"), s.revokeFamily(tx, token.FamilyID)
	}
	g := &grant{sessionID: token.SessionID, familyID: token.FamilyID}
	if !token.UsedAt.IsZero() {
		return g, nil, nil
	}
	token.UsedAt = now
	return g, nil, tx.PutToken(token)
}
