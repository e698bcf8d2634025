package directory

import (
	"context"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// longestCredential is how long role credentials may live at most; a fence is kept that long.
const longestCredential = 12 * time.Hour

// SetUserStatus enables or disables a user. Disabling ends the portal sessions, tokens and role credentials
// of the user in the same transaction. The built-in source may do it to users of every source.
func (s *Service) SetUserStatus(ctx context.Context, change idc.ChangeSet, storeID string, source idc.Owner, id string, status idc.UserStatus) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		u, err := user(tx, storeID, id)
		if err != nil {
			return err
		}
		if source != idc.OwnerBuiltIn {
			if err := mayChange(source, u.Owner); err != nil {
				return err
			}
		}
		if u.Status == status {
			return nil
		}
		u.Status, u.UpdatedAt, u.UpdatedBy = status, s.now(), change.Actor
		if err := tx.PutUser(u); err != nil {
			return err
		}
		if status == idc.UserEnabled {
			return nil
		}
		return s.cutOff(tx, id, "user disabled")
	})
}

// cutOff ends what a user holds and fences the role credentials that are out.
func (s *Service) cutOff(tx store.Tx, userID, reason string) error {
	now := s.now()
	if err := Revoke(tx, userID, now); err != nil {
		return err
	}
	return tx.PutFence(&idc.Fence{
		Kind: idc.FenceUser, ID: userID, IssuedBefore: now.Add(idc.FenceMargin), ExpiresAt: now.Add(longestCredential), Reason: reason,
	})
}

// Revoke ends every portal session and token of a user at an instant. Role credentials stay: a fence stops
// those.
func Revoke(tx store.Tx, userID string, at time.Time) error {
	sessions, err := tx.ListPortalSessionsOfUser(userID)
	if err != nil {
		return err
	}
	for _, session := range sessions {
		if !session.ActiveAt(at) {
			continue
		}
		session.RevokedAt = at
		if err := tx.PutPortalSession(session); err != nil {
			return err
		}
	}
	tokens, err := tx.ListTokensOfUser(userID)
	if err != nil {
		return err
	}
	for _, token := range tokens {
		if !token.ActiveAt(at) {
			continue
		}
		token.RevokedAt = at
		if err := tx.PutToken(token); err != nil {
			return err
		}
	}
	return nil
}
