package keys

import (
	"context"
	"fmt"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// The purposes of rings.
const (
	PurposeSecrets      = "secrets"       // secrets at rest
	PurposeSessionToken = "session-token" // STS session tokens
	PurposePageToken    = "page-token"    // NextToken and Marker
	// PurposeAuthorizationMessage seals what refused calls are told: sts DecodeAuthorizationMessage.
	PurposeAuthorizationMessage = "authorization-message"
)

const (
	// rotateAfter is the age at which a key of a rotating ring stops sealing.
	rotateAfter = 7 * 24 * time.Hour
	// forgetAfter is the age at which one stops opening: rotateAfter plus the
	// longest session (36 h, GetSessionToken) with room to spare. So long at least
	// an authorization message can be decoded.
	forgetAfter = rotateAfter + 3*24*time.Hour
)

// Service loads and rotates key rings.
type Service struct {
	Store    store.Store
	Provider sealed.KeyProvider
	Clock    clock.Clock
	IDs      *ids.Source

	Secrets              *sealed.Ring
	SessionToken         *sealed.Ring
	PageToken            *sealed.Ring
	AuthorizationMessage *sealed.Ring
}

// rings are the rings by purpose.
func (s *Service) rings() map[string]**sealed.Ring {
	return map[string]**sealed.Ring{
		PurposeSecrets: &s.Secrets, PurposeSessionToken: &s.SessionToken, PurposePageToken: &s.PageToken,
		PurposeAuthorizationMessage: &s.AuthorizationMessage,
	}
}

// Open loads all rings, and makes the first key of each where there is none.
func (s *Service) Open(ctx context.Context) error {
	for purpose, ring := range s.rings() {
		keys, err := s.ensure(ctx, purpose)
		if err != nil {
			return err
		}
		if *ring, err = sealed.NewRing(ctx, s.Provider, wrapped(keys)...); err != nil {
			return fmt.Errorf("keys: open ring %s (is this the key file the database was made with?): %w", purpose, err)
		}
	}
	return nil
}

// ensure returns the keys of a purpose, after adding the first. Two nodes that
// start together may both try; the store lets one win and the other reads it.
func (s *Service) ensure(ctx context.Context, purpose string) ([]*idc.DataKey, error) {
	keys, err := s.list(ctx, purpose)
	if err != nil || len(keys) > 0 {
		return keys, err
	}
	if err := s.add(ctx, purpose, 1); err != nil && idc.KindOf(err) != idc.Conflict {
		return nil, err
	}
	return s.list(ctx, purpose)
}

func (s *Service) list(ctx context.Context, purpose string) (keys []*idc.DataKey, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		keys, err = r.ListDataKeys(purpose)
		return err
	})
	return keys, err
}

func (s *Service) add(ctx context.Context, purpose string, id uint32) error {
	key, err := sealed.NewKey(ctx, s.Provider, id)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	change := idc.ChangeSet{ID: s.IDs.UUID(), At: now, Actor: "gatehouse", Door: "keys"}
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		return tx.PutDataKey(&idc.DataKey{Purpose: purpose, ID: id, Wrapped: key.Wrapped, CreatedAt: now})
	})
}

// Rotate adds a key to each rotating ring whose newest is old, and forgets those
// that can have sealed nothing alive. It is run once a day by the job queue.
func (s *Service) Rotate(ctx context.Context) error {
	for _, purpose := range []string{PurposeSessionToken, PurposeAuthorizationMessage} {
		if err := s.rotate(ctx, purpose); err != nil {
			return err
		}
	}
	return s.Reload(ctx)
}

func (s *Service) rotate(ctx context.Context, purpose string) error {
	keys, err := s.list(ctx, purpose)
	if err != nil || len(keys) == 0 {
		return err
	}
	now := s.Clock.Now()
	newest := keys[len(keys)-1]
	if now.Sub(newest.CreatedAt) >= rotateAfter {
		if err := s.add(ctx, purpose, newest.ID+1); err != nil && idc.KindOf(err) != idc.Conflict {
			return err
		}
	}
	return s.forget(ctx, keys[:len(keys)-1], now)
}

func (s *Service) forget(ctx context.Context, older []*idc.DataKey, now time.Time) error {
	change := idc.ChangeSet{ID: s.IDs.UUID(), At: now, Actor: "gatehouse", Door: "keys"}
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		for _, k := range older {
			if now.Sub(k.CreatedAt) < forgetAfter {
				continue
			}
			if err := tx.DeleteDataKey(k.Purpose, k.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// Reload takes in keys that another node added. The server calls it when
// store.Watch delivers store.NounDataKey or store.NounLost.
func (s *Service) Reload(ctx context.Context) error {
	for purpose, ring := range s.rings() {
		keys, err := s.list(ctx, purpose)
		if err != nil {
			return err
		}
		if err := (*ring).Load(ctx, wrapped(keys)...); err != nil {
			return fmt.Errorf("keys: reload ring %s: %w", purpose, err)
		}
	}
	return nil
}

func wrapped(keys []*idc.DataKey) []sealed.WrappedKey {
	out := make([]sealed.WrappedKey, len(keys))
	for i, k := range keys {
		out[i] = sealed.WrappedKey{ID: k.ID, Wrapped: k.Wrapped}
	}
	return out
}
