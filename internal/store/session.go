package store

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// SessionReader reads portal sessions.
type SessionReader interface {
	PortalSession(id string) (*idc.PortalSession, error)
	PortalSessionByHash(hash string) (*idc.PortalSession, error)
	ListPortalSessionsOfUser(userID string) ([]*idc.PortalSession, error) // oldest first
}

// SessionWriter writes portal sessions, in place.
type SessionWriter interface {
	PutPortalSession(s *idc.PortalSession) error
	SweepPortalSessions(before time.Time) (int, error)
}

// GrantReader reads OAuth clients, requests and tokens.
type GrantReader interface {
	Client(id string) (*idc.Client, error)
	DeviceByCodeHash(hash string) (*idc.DeviceAuthorization, error)
	DeviceByUserCode(userCode string) (*idc.DeviceAuthorization, error)
	AuthorizationRequest(id string) (*idc.AuthorizationRequest, error)
	AuthorizationByCodeHash(hash string) (*idc.AuthorizationRequest, error)
	TokenByHash(hash string) (*idc.Token, error)
	Token(id string) (*idc.Token, error)
	ListTokensOfFamily(familyID string) ([]*idc.Token, error)
	ListTokensOfSession(sessionID string) ([]*idc.Token, error)
	ListTokensOfUser(userID string) ([]*idc.Token, error)
}

// GrantWriter writes OAuth clients, requests and tokens, in place.
type GrantWriter interface {
	PutClient(c *idc.Client) error
	PutDevice(d *idc.DeviceAuthorization) error
	PutAuthorizationRequest(a *idc.AuthorizationRequest) error
	PutToken(t *idc.Token) error
	// SweepGrants removes clients, requests and tokens that expired before t.
	SweepGrants(before time.Time) (int, error)
}

// SigninReader reads sign-in flows and one-time links.
type SigninReader interface {
	SigninFlow(id string) (*idc.SigninFlow, error)
	OneTimeLink(tokenHash string) (*idc.OneTimeLink, error)
}

// SigninWriter writes sign-in flows and one-time links, in place.
type SigninWriter interface {
	PutSigninFlow(f *idc.SigninFlow) error
	DeleteSigninFlow(id string) error
	// SweepSigninFlows removes flows and one-time links that expired before t.
	SweepSigninFlows(before time.Time) (int, error)
	PutOneTimeLink(l *idc.OneTimeLink) error
}

// FenceReader reads fences.
type FenceReader interface {
	ListFences(now time.Time) ([]*idc.Fence, error) // unexpired
}

// FenceWriter writes fences.
type FenceWriter interface {
	// PutFence never weakens a fence: the later of the old and new instants stay.
	PutFence(f *idc.Fence) error
	SweepFences(now time.Time) (int, error)
}
