package idc

import "time"

// The one type of trusted token issuers, and of finding their keys.
const (
	IssuerOIDCJWT          = "OIDC_JWT"
	JWKSOpenIDDiscovery    = "OPEN_ID_DISCOVERY"
	MaxTrustedTokenIssuers = 10 // per instance, AWS's documented quota
)

// TrustedTokenIssuer is an OAuth server whose tokens applications may exchange
// (sso-admin, CreateTrustedTokenIssuer). IssuerURL never changes.
type TrustedTokenIssuer struct {
	ID                string // tti-...
	ARN               string
	InstanceID        string
	Name              string
	Type              string // IssuerOIDCJWT
	IssuerURL         string // as its tokens say in "iss"
	ClaimPath         string // claim of the token, such as "email"
	IdentityStorePath string // attribute of the user it must equal: userName, emails.value, externalId
	JWKSRetrieval     string // JWKSOpenIDDiscovery
	CreatedAt         time.Time
	Tags              []Tag
	Version           Version
}
