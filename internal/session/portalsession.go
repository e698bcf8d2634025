package session

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// SignedIn is a portal session with its user.
type SignedIn struct {
	Session *idc.PortalSession
	User    *idc.User
}

// SignIn makes the portal session of a finished flow, once, and returns it with the secret for the browser's
// cookie, and the path the person wanted to reach. Errors: Expired when the flow is over or not finished.
func (s *Service) SignIn(ctx context.Context, change idc.ChangeSet, flowID, browserSecret string) (in *SignedIn, cookie, returnTo string, err error) {
	cookie = s.IDs.Token("")
	var flow *idc.SigninFlow
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		var user *idc.User
		flow, user, err = authn.OpenFlow(tx, flowID, browserSecret, s.now())
		if err != nil {
			return err
		}
		if flow.Step != idc.SigninDone || flow.FactorAt.IsZero() {
			return idc.Errorf(idc.Expired, "The sign-in is not finished.")
		}
		instance, err := tx.Instance()
		if err != nil {
			return err
		}
		lifetime := instance.PortalSession
		if lifetime <= 0 {
			lifetime = defaultPortalSession
		}
		now := s.now()
		session := &idc.PortalSession{
			ID: s.IDs.UUID(), TokenHash: authn.HashToken(cookie), UserID: user.ID, MFA: true, AuthTime: flow.FactorAt,
			ClientIP: flow.ClientIP, UserAgent: flow.UserAgent, CreatedAt: now, ExpiresAt: now.Add(lifetime),
		}
		in = &SignedIn{Session: session, User: user}
		if err := tx.PutPortalSession(session); err != nil {
			return err
		}
		return tx.DeleteSigninFlow(flow.ID)
	})
	if err != nil {
		return nil, "", "", err
	}
	event := authn.Event(ctx, authn.EventAuthentication, flow, authn.CredentialPassword+","+authn.CredentialTOTP)
	event.DeviceEnrolled = flow.EnrolSecret != ""
	if err := s.Record(ctx, event); err != nil {
		return nil, "", "", err
	}
	return in, cookie, flow.ReturnTo, nil
}

// Session returns the standing session of a browser's cookie, or Unauthenticated.
func (s *Service) Session(ctx context.Context, cookie string) (*SignedIn, error) {
	if cookie == "" {
		return nil, signInAgain()
	}
	var in *SignedIn
	err := s.Store.View(ctx, func(r store.Reader) error {
		session, err := r.PortalSessionByHash(authn.HashToken(cookie))
		if idc.IsNotFound(err) {
			return signInAgain()
		}
		if err != nil {
			return err
		}
		user, err := s.owner(r, session)
		in = &SignedIn{Session: session, User: user}
		return err
	})
	if err != nil {
		return nil, err
	}
	return in, nil
}

// owner returns the user of a session that stands, or Unauthenticated. A user that was deleted and came back
// with the old id does not inherit the sessions of the one before.
func (s *Service) owner(r store.UserReader, session *idc.PortalSession) (*idc.User, error) {
	if !session.ActiveAt(s.now()) {
		return nil, signInAgain()
	}
	user, err := r.User(session.UserID)
	if idc.IsNotFound(err) {
		return nil, signInAgain()
	}
	if err != nil {
		return nil, err
	}
	if user.Status != idc.UserEnabled || session.CreatedAt.Before(user.CreatedAt) {
		return nil, signInAgain()
	}
	return user, nil
}

// standing returns a session by its id when it stands, or Unauthenticated.
func (s *Service) standing(r store.Reader, id string) (*idc.PortalSession, error) {
	session, err := r.PortalSession(id)
	if idc.IsNotFound(err) {
		return nil, signInAgain()
	}
	if err != nil {
		return nil, err
	}
	if _, err := s.owner(r, session); err != nil {
		return nil, err
	}
	return session, nil
}

// SignOut ends a session and all tokens that descend from it. Role credentials that are out live on to their
// end, as with AWS; Revoke stops those too. Signing out twice is not an error.
func (s *Service) SignOut(ctx context.Context, change idc.ChangeSet, sessionID string) error {
	err := s.Store.Update(ctx, change, func(tx store.Tx) error { return s.end(tx, sessionID) })
	s.cache.handle(store.Event{Noun: store.NounPortalSession, ID: sessionID})
	return err
}

// Revoke ends a session, its tokens and the role credentials obtained through it, for an administrator or a
// person who lost a device.
func (s *Service) Revoke(ctx context.Context, change idc.ChangeSet, sessionID, reason string) error {
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		if err := s.end(tx, sessionID); err != nil {
			return err
		}
		now := s.now()
		return tx.PutFence(&idc.Fence{
			Kind: idc.FenceSession, ID: sessionID, IssuedBefore: now.Add(idc.FenceMargin), ExpiresAt: now.Add(longestRoleCredential), Reason: reason,
		})
	})
	s.cache.handle(store.Event{Noun: store.NounPortalSession, ID: sessionID})
	return err
}

func (s *Service) end(tx store.Tx, sessionID string) error {
	session, err := tx.PortalSession(sessionID)
	if err != nil {
		return err
	}
	if session.RevokedAt.IsZero() {
		session.RevokedAt = s.now()
		if err := tx.PutPortalSession(session); err != nil {
			return err
		}
	}
	tokens, err := tx.ListTokensOfSession(sessionID)
	if err != nil {
		return err
	}
	return s.revokeTokens(tx, tokens)
}
