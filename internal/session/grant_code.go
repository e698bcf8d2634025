package session

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"

	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// redeemCode exchanges an authorization code (RFC 6749 section 4.1.3, RFC 7636 section 4.6).
func (s *Service) redeemCode(tx store.Tx, client *idc.Client, in TokenRequest) (*grant, error, error) {
	if in.Code == "" || in.CodeVerifier == "" || in.RedirectURI == "" {
		return nil, nil, invalidRequest("code, codeVerifier and redirectUri are required.")
	}
	request, err := tx.AuthorizationByCodeHash(authn.HashToken(in.Code))
	if idc.IsNotFound(err) {
		return nil, nil, invalidGrant("unknown code")
	}
	if err != nil {
		return nil, nil, err
	}
	if request.State == idc.GrantRedeemed {
		return nil, invalidGrant("code redeemed already: its tokens are revoked"), s.revokeFamily(tx, request.ID)
	}
	if request.State != idc.GrantApproved || !s.now().Before(request.ExpiresAt) {
		return nil, nil, invalidGrant("code expired")
	}
	// Whatever comes of it, the code is used up: who presents it wrongly is not who it was made for.
	request.State = idc.GrantRedeemed
	if err := tx.PutAuthorizationRequest(request); err != nil {
		return nil, nil, err
	}
	switch {
	case request.ClientID != client.ID:
		return nil, invalidGrant("code of another client"), nil
	case request.RedirectURI != in.RedirectURI:
		return nil, invalidGrant("another redirect URI"), nil
	case !matches(request.CodeChallenge, in.CodeVerifier):
		return nil, invalidGrant("wrong code verifier"), nil
	}
	return &grant{sessionID: request.SessionID, familyID: request.ID}, nil, nil
}

// matches compares an S256 challenge with its verifier (RFC 7636 section 4.6).
func matches(challenge, verifier string) bool {
	sum := sha256.Sum256([]byte(verifier))
	got := base64.RawURLEncoding.EncodeToString(sum[:])
	return subtle.ConstantTimeCompare([]byte(got), []byte(challenge)) == 1
}
