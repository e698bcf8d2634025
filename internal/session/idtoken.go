package session

import (
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/keys"
)

const purposeIDToken = keys.PurposeIDToken

// issuerPrefix is where the ids of instances are issuers of tokens.
const issuerPrefix = "https://identitycenter.amazonaws.com/"

// idToken is what an id token says: who the person is, and for AWS services in
// whose name the application acts.
type idToken struct {
	Issuer           string `json:"iss"`
	Subject          string `json:"sub"`
	Audience         string `json:"aud"`
	IssuedAt         int64  `json:"iat"`
	ExpiresAt        int64  `json:"exp"`
	AuthTime         int64  `json:"auth_time"`
	Actor            actor  `json:"act"`
	IdentityStoreID  string `json:"aws:identity_store_id"`
	IdentityStoreARN string `json:"aws:identity_store_arn"`
	InstanceARN      string `json:"aws:instance_arn"`
	InstanceAccount  string `json:"aws:instance_account"`
	ApplicationARN   string `json:"aws:application_arn"`
	CredentialID     string `json:"aws:credential_id"`
	IdentityContext  string `json:"sts:identity_context,omitempty"`
	AuditContext     string `json:"sts:audit_context,omitempty"`
}

type actor struct {
	Subject string `json:"sub"`
}

// describe says of the tokens of a grant whose they are.
func describe(a *idc.Application, in *idc.Instance, g *applicationGrant, out *ApplicationTokens, now time.Time) idToken {
	return idToken{
		Issuer: issuerPrefix + in.ID, Subject: g.userID, Audience: a.ARN,
		IssuedAt: now.Unix(), ExpiresAt: now.Add(out.ExpiresIn).Unix(), AuthTime: g.since.Unix(), Actor: actor{g.actor},
		IdentityStoreID: in.IdentityStoreID, IdentityStoreARN: arn.IdentityStore(in.OwnerAccountID, in.IdentityStoreID).String(),
		InstanceARN: in.ARN, InstanceAccount: in.OwnerAccountID, ApplicationARN: a.ARN, CredentialID: out.TokenID,
	}
}

// sign adds the id token and the contexts that the scopes ask for.
func (s *Service) sign(by *keys.Signer, t idToken, out *ApplicationTokens) error {
	if slices.Contains(out.Scopes, scopeIdentityContext) {
		c := idc.IdentityContext{UserID: t.Subject, IdentityStoreARN: t.IdentityStoreARN, InstanceARN: t.InstanceARN,
			ApplicationARN: t.ApplicationARN, CredentialID: t.CredentialID, ExpiresAt: time.Unix(t.ExpiresAt, 0).UTC()}
		var err error
		if t.IdentityContext, err = sealContext(s.Contexts, c); err != nil {
			return err
		}
		c.AuditOnly = true
		if t.AuditContext, err = sealContext(s.Contexts, c); err != nil {
			return err
		}
		out.IdentityContext = t.IdentityContext
	}
	if !slices.Contains(out.Scopes, scopeOpenID) {
		return nil
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(by.Algorithm), Key: jose.JSONWebKey{Key: by.Key, KeyID: by.ID}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return err
	}
	out.IDToken, err = jwt.Signed(signer).Claims(t).Serialize()
	return err
}
