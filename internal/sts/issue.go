package sts

import (
	"context"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Service mints and verifies temporary credentials.
type Service struct {
	Store store.Store
	Clock clock.Clock
	IDs   *ids.Source
	Ring  *sealed.Ring // purpose "session-token"

	// Precede puts the record of a role hop ahead of the record of the call it is
	// part of. nil records no hops.
	Precede func(c audit.Call) error
	// Admit decides whether a role may be taken through its account's SAML provider
	// (authz.Service.AdmitFederated); a refusal is of kind Denied. nil admits.
	Admit func(ctx context.Context, role *idc.Role, by idc.Federation, sessionName string, tags []idc.Tag) error

	fences   fences
	sessions memory[sessionKey, Session]
	access   memory[string, []Access] // by user id
}

// Session is what a set of credentials is issued for.
type Session struct {
	Role        *idc.Role
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

	// Federation is how the role of a permission set is taken; nil for other roles.
	Federation *idc.Federation
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
		AccessKeyID: s.IDs.AccessKeyID("ASIA"), Secret: s.IDs.SecretAccessKey(),
		AccountID: in.Role.AccountID, RoleID: in.Role.ID, RoleName: in.Role.Name, RolePath: in.Role.Path,
		SessionName: in.SessionName, IssuedAt: now.UnixMilli(), ExpiresAt: end.UnixMilli(),
		UserID: in.UserID, SessionID: in.SessionID, Assignment: in.AssignmentID,
		Policies: in.Policies, PolicyARNs: in.PolicyARNs, Tags: in.Tags,
		Transitive: in.TransitiveTagKeys, Source: in.SourceIdentity, Chained: in.Chained, Federation: sealedFederation(in.Federation),
	}
	if !in.NotAfter.IsZero() {
		c.NotAfter = in.NotAfter.UnixMilli()
	}
	if !in.MFAAt.IsZero() {
		c.MFAAt = in.MFAAt.UnixMilli()
	}
	token, err := s.seal(c)
	if err != nil {
		return nil, idc.Caller{}, err
	}
	return &idc.Credentials{
		AccessKeyID: c.AccessKeyID, SecretAccessKey: c.Secret, SessionToken: token, ExpiresAt: end,
	}, c.caller(), nil
}
