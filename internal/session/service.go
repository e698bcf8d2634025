package session

import (
	"context"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/keys"
	"github.com/gatehouse-idc/gatehouse/internal/oidc"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Lifetimes.
const (
	clientLifetime        = 90 * 24 * time.Hour
	deviceLifetime        = 10 * time.Minute
	deviceInterval        = time.Second
	requestLifetime       = 10 * time.Minute // from /authorize to the decision
	codeLifetime          = 5 * time.Minute  // from the decision to the exchange
	accessLifetime        = time.Hour
	defaultPortalSession  = 8 * time.Hour
	longestRoleCredential = 12 * time.Hour

	// RefreshGrace is how long after its first use the same client may present a refresh token again.
	RefreshGrace = 30 * time.Second
)

// Grant types (CreateToken, IAM Identity Center OIDC API Reference).
const (
	GrantAuthorizationCode = "authorization_code"
	GrantDeviceCode        = "urn:ietf:params:oauth:grant-type:device_code"
	GrantRefreshToken      = "refresh_token"
)

// Cookie names the browser's cookie that holds the secret of a portal session, for the doors that read it.
const Cookie = "gatehouse-session"

// Scopes that open the portal API.
const (
	ScopeAccountAccess = "sso:account:access"
	ScopePortal        = "sso-portal:*"
)

// Service is the grant engine. Store, Clock, IDs, BaseURL and Record are required.
type Service struct {
	Store store.Store
	Clock clock.Clock
	IDs   *ids.Source
	// BaseURL is the public address, without a slash at the end.
	BaseURL string
	// DeviceLimit bounds the unknown user codes one person may type; the zero value means authn.DefaultLimits.
	DeviceLimit authn.Limit
	// Record keeps the event of a finished sign-in. Its error fails the sign-in.
	Record func(ctx context.Context, event audit.Signin) error

	// For the tokens of applications (CreateApplicationToken): they verify the tokens of
	// trusted token issuers, sign id tokens, and seal contexts for STS.
	Tokens   *oidc.Verifier
	Signing  *keys.Service
	Contexts *sealed.Ring // purpose "session-token"

	cache *tokenCache
}

func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(time.Microsecond) }

func (s *Service) deviceLimit() authn.Limit {
	if s.DeviceLimit == (authn.Limit{}) {
		return authn.DefaultLimits().Device
	}
	return s.DeviceLimit
}

func (s *Service) url(path string) string { return strings.TrimSuffix(s.BaseURL, "/") + path }
