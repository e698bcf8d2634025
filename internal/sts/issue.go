package sts

import (
	"context"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/oidc"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Service mints and verifies temporary credentials.
type Service struct {
	Store store.Store
	Clock clock.Clock
	IDs   *ids.Source
	Ring  *sealed.Ring // purpose "session-token"

	// BaseURL is the public address of the server: where assertions may be meant for
	// instead of AWS's sign-in, and below which the accounts are issuers of tokens.
	BaseURL string
	// Secrets seals the keys that sign tokens (purpose "secrets").
	Secrets *sealed.Ring
	// Tokens verifies web identity tokens.
	Tokens *oidc.Verifier
	// Instance tells the organization and the Region apart.
	Instance *idc.Instance

	// Precede puts the record of a role hop ahead of the record of the call it is
	// part of. nil records no hops.
	Precede func(c audit.Call) error
	// Admit decides whether a role may be taken through an identity provider of its
	// account (authz.Service.AdmitFederated); a refusal is of kind Denied. nil admits.
	Admit func(ctx context.Context, a Admission) error
	// AdmitService decides the same about a role that a service takes for a person
	// (authz.Service.AdmitService), and whether the tags may come along. nil admits,
	// without tags.
	AdmitService func(ctx context.Context, role *idc.Role, by idc.ActingService, sessionName string, tags []idc.Tag) (tagged bool, err error)

	fences   fences
	sessions memory[sessionKey, Session]
	access   memory[string, []Access] // by user id
}

// Session is what a set of credentials is issued for.
type Session struct {
	Role        *idc.Role // nil for a root session
	RootOf      string    // the account whose root user it is of; "" for the session of a role
	SessionName string
	Duration    time.Duration
	// NotAfter ends the session earlier: the end of the assignment. Zero: no such end.
	NotAfter time.Time

	UserID       string // directory user, for sessions from a permission set
	SessionID    string // portal session
	AssignmentID string
	MFAAt        time.Time // zero: no second factor

	Policies          []string
	PolicyARNs        []string
	Tags              []idc.Tag
	TransitiveTagKeys []string
	SourceIdentity    string
	Chained           bool

	// MinimumTokenSize is how long the session token is at least, in bytes; at most MaxTokenSize.
	MinimumTokenSize int

	// Federation is how the role was taken through an identity provider; nil otherwise.
	Federation *idc.Federation
	// Acting is the service that takes the role for the person; nil for other roles.
	Acting *idc.ActingService
	// Context is for whom an application acts with the session; nil for other roles.
	Context *idc.IdentityContext
}

func (s *Session) account() string {
	if s.Role == nil {
		return s.RootOf
	}
	return s.Role.AccountID
}

// Admission is what is decided when somebody takes a role for whom an identity
// provider of its account vouches.
type Admission struct {
	Role        *idc.Role
	By          idc.Federation
	SessionName string
	Tags        []idc.Tag

	TransitiveTagKeys []string
	SourceIdentity    string
}

// Issue mints credentials. The rules of who may have them are the caller's.
func (s *Service) Issue(in Session) (*idc.Credentials, idc.Caller, error) {
	// Milliseconds are what the token carries: a fence set later in the same
	// millisecond must still stop it, so the issue time is rounded down.
	now := s.Clock.Now().Truncate(time.Millisecond)
	end := now.Add(in.Duration)
	if !in.NotAfter.IsZero() && in.NotAfter.Before(end) {
		end = in.NotAfter.Truncate(time.Millisecond)
	}
	c := claims{
		AccessKeyID: s.IDs.AccessKeyID(ids.PrefixTemporaryAccessKey, in.account()), Secret: s.IDs.SecretAccessKey(),
		AccountID: in.account(), Root: in.RootOf != "",
		SessionName: in.SessionName, IssuedAt: now.UnixMilli(), ExpiresAt: end.UnixMilli(),
		UserID: in.UserID, SessionID: in.SessionID, Assignment: in.AssignmentID,
		Policies: in.Policies, PolicyARNs: in.PolicyARNs, Tags: in.Tags,
		Transitive: in.TransitiveTagKeys, Source: in.SourceIdentity, Chained: in.Chained, Federation: sealedFederation(in.Federation), Context: in.Context,
	}
	if in.Role != nil {
		c.RoleID, c.RoleName, c.RolePath = in.Role.ID, in.Role.Name, in.Role.Path
	}
	if !in.NotAfter.IsZero() {
		c.NotAfter = in.NotAfter.UnixMilli()
	}
	if !in.MFAAt.IsZero() {
		c.MFAAt = in.MFAAt.UnixMilli()
	}
	if in.MinimumTokenSize > MaxTokenSize {
		return nil, idc.Caller{}, idc.Errorf(idc.Invalid, "The minimum session token size is at most %d.", MaxTokenSize)
	}
	token, err := s.seal(c, in.MinimumTokenSize)
	if err != nil {
		return nil, idc.Caller{}, err
	}
	return &idc.Credentials{
		AccessKeyID: c.AccessKeyID, SecretAccessKey: c.Secret, SessionToken: token, ExpiresAt: end,
	}, c.caller(), nil
}
