package authn

import (
	"context"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// The purposes of a one-time link.
const (
	LinkFirstAdministrator = "first-administrator"
	LinkInvitation         = "invitation"
)

// IssueLink makes a one-time link with which its holder sets the password of a user, and returns its secret.
// Only the hash is kept.
func (s *Service) IssueLink(ctx context.Context, change idc.ChangeSet, userID, purpose string, lifetime time.Duration) (string, error) {
	secret := s.IDs.Token("")
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		if _, err := tx.User(userID); err != nil {
			return err
		}
		now := s.now()
		return tx.PutOneTimeLink(&idc.OneTimeLink{
			TokenHash: HashToken(secret), UserID: userID, Purpose: purpose, CreatedAt: now, ExpiresAt: now.Add(lifetime),
		})
	})
	return secret, err
}

// Link returns the link of a secret and the user it is for, or Expired when it cannot be used (any more).
func (s *Service) Link(ctx context.Context, secret string) (*idc.OneTimeLink, *idc.User, error) {
	var link *idc.OneTimeLink
	var u *idc.User
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		link, u, err = s.link(r, secret)
		return err
	})
	return link, u, err
}

func (s *Service) link(r store.Reader, secret string) (*idc.OneTimeLink, *idc.User, error) {
	gone := idc.Errorf(idc.Expired, "The link was used already or has expired. Ask for a new one.")
	link, err := r.OneTimeLink(HashToken(secret))
	if idc.IsNotFound(err) {
		return nil, nil, gone
	}
	if err != nil {
		return nil, nil, err
	}
	if !link.UsedAt.IsZero() || !s.now().Before(link.ExpiresAt) {
		return nil, nil, gone
	}
	u, err := enabledUser(r, link.UserID, link.CreatedAt)
	if idc.IsNotFound(err) {
		return nil, nil, gone
	}
	return link, u, err
}

// UseLink sets the password of the link's user and begins a sign-in at the second factor. The link is used
// up in the same transaction.
func (s *Service) UseLink(ctx context.Context, change idc.ChangeSet, secret, password string, from Browser) (*idc.SigninFlow, error) {
	_, u, err := s.Link(ctx, secret)
	if err != nil {
		return nil, err
	}
	prepared, err := s.prepare(ctx, u.ID, password)
	if err != nil {
		return nil, err
	}
	flow := s.newFlow(from)
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		link, u, err := s.link(tx, secret)
		if err != nil {
			return err
		}
		link.UsedAt = s.now()
		if err := tx.PutOneTimeLink(link); err != nil {
			return err
		}
		flow.PasswordAt = link.UsedAt
		if err := s.save(tx, u.ID, prepared, false, flow.PasswordAt); err != nil {
			return err
		}
		return s.begin(tx, flow, u)
	})
	if err != nil {
		return nil, err
	}
	return flow, nil
}
