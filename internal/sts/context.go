package sts

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/session"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// ContextProvider is the one provider whose assertions AssumeRole takes.
const ContextProvider = "arn:aws:iam::aws:contextProvider/IdentityCenter"

// ProvidedContext is an assertion that AssumeRole is given: for whom an application
// acts (CreateTokenWithIAM).
type ProvidedContext struct {
	ProviderARN string
	Assertion   string
}

// OpenContext verifies what AssumeRole is given; without assertions it returns nil.
// Errors: Invalid; Expired.
func (s *Service) OpenContext(provided []ProvidedContext) (*idc.IdentityContext, error) {
	if len(provided) == 0 {
		return nil, nil
	}
	if len(provided) > 1 {
		return nil, idc.Errorf(idc.Invalid, "At most one context can be provided.")
	}
	if provided[0].ProviderARN != ContextProvider {
		return nil, idc.Errorf(idc.Invalid, "The context provider %s is not supported.", provided[0].ProviderARN)
	}
	c, err := session.OpenContext(s.Ring, provided[0].Assertion, s.Clock.Now())
	if err != nil {
		return nil, err
	}
	return &c, nil
}

// stillActs refuses a context whose reason is gone: its application or instance was
// disabled or deleted since, or the person was, or may not use the application any more.
func (s *Service) stillActs(ctx context.Context, c *idc.IdentityContext) error {
	return s.Store.View(ctx, func(r store.Reader) error {
		user, err := r.User(c.UserID)
		if idc.IsNotFound(err) || err == nil && user.Status != idc.UserEnabled {
			return idc.Errorf(idc.Denied, "The person of the context assertion is no longer active.")
		}
		if err != nil {
			return err
		}
		ended := idc.Errorf(idc.Denied, "The application of the context assertion may no longer act for the person.")
		a, err := application.ByARN(r, c.ApplicationARN)
		if idc.IsNotFound(err) {
			return ended.Because(err)
		}
		if err != nil {
			return err
		}
		_, serves, err := application.Serves(r, a)
		if err != nil {
			return err
		}
		may, err := application.MayUse(r, a, user.ID, s.Clock.Now())
		if err == nil && (!may || !serves) {
			return ended
		}
		return err
	})
}

// actFor lets a session act for the person of a context. The person behind the
// caller, if there is one, stays the session's own.
func (s *Session) actFor(c *idc.IdentityContext) {
	s.Context = c
	if s.UserID == "" {
		s.UserID = c.UserID
	}
}

// inherited is what is left of a caller's context in the next session: the person
// stays known, to the trail and to what stops their sessions, but a session that was
// not given the context has no rights by it.
func inherited(c *idc.IdentityContext) *idc.IdentityContext {
	if c == nil {
		return nil
	}
	kept := *c
	kept.AuditOnly = true
	return &kept
}
