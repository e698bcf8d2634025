package sqlstore

import (
	"errors"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func portalSessionTable() *inplace[idc.PortalSession] {
	return &inplace[idc.PortalSession]{keys: 1, table: table[idc.PortalSession]{
		noun: store.NounPortalSession, name: "portal_sessions",
		id: func(s *idc.PortalSession) string { return s.ID },
		columns: []column[idc.PortalSession]{
			text("id", func(s *idc.PortalSession) *string { return &s.ID }),
			text("token_hash", func(s *idc.PortalSession) *string { return &s.TokenHash }),
			text("user_id", func(s *idc.PortalSession) *string { return &s.UserID }),
			boolean("mfa", func(s *idc.PortalSession) *bool { return &s.MFA }),
			instant("auth_time", func(s *idc.PortalSession) *time.Time { return &s.AuthTime }),
			text("client_ip", func(s *idc.PortalSession) *string { return &s.ClientIP }),
			text("user_agent", func(s *idc.PortalSession) *string { return &s.UserAgent }),
			ordered("created_at", func(s *idc.PortalSession) *time.Time { return &s.CreatedAt }),
			instant("expires_at", func(s *idc.PortalSession) *time.Time { return &s.ExpiresAt }),
			instant("revoked_at", func(s *idc.PortalSession) *time.Time { return &s.RevokedAt }),
		},
		unique: []unique{{"portal_sessions_hash", []string{"token_hash"}, "PortalSession", "A session with this token exists already."}},
	}}
}

func (r *reader) PortalSession(id string) (*idc.PortalSession, error) {
	return r.tables.portalSessions.find(r, id, "id = $1", id)
}

func (r *reader) PortalSessionByHash(hash string) (*idc.PortalSession, error) {
	return r.tables.portalSessions.find(r, "", "token_hash = $1", hash)
}

func (r *reader) ListPortalSessionsOfUser(userID string) ([]*idc.PortalSession, error) {
	return r.tables.portalSessions.list(r, 0, "where user_id = $1 order by created_at, id", userID)
}

func (t *tx) PutPortalSession(s *idc.PortalSession) error { return t.tables.portalSessions.put(t, s) }

func (t *tx) SweepPortalSessions(before time.Time) (int, error) {
	return t.tables.portalSessions.sweep(t, "expires_at < $1", micros(before))
}

func fenceTable() *inplace[idc.Fence] {
	return &inplace[idc.Fence]{keys: 2, table: table[idc.Fence]{
		noun: store.NounFence, name: "fences",
		id: func(f *idc.Fence) string { return string(f.Kind) + "/" + f.ID },
		columns: []column[idc.Fence]{
			text("kind", func(f *idc.Fence) *idc.FenceKind { return &f.Kind }),
			text("id", func(f *idc.Fence) *string { return &f.ID }),
			instant("issued_before", func(f *idc.Fence) *time.Time { return &f.IssuedBefore }),
			instant("expires_at", func(f *idc.Fence) *time.Time { return &f.ExpiresAt }),
			text("reason", func(f *idc.Fence) *string { return &f.Reason }),
		},
	}}
}

func (r *reader) ListFences(now time.Time) ([]*idc.Fence, error) {
	return r.tables.fences.list(r, 0, "where expires_at > $1 order by kind, id", micros(now))
}

// PutFence keeps the later of the old and new instants: a fence is never weakened.
func (t *tx) PutFence(f *idc.Fence) error {
	if f.IssuedBefore.IsZero() || f.ExpiresAt.IsZero() {
		return idc.Errorf(idc.Internal, "").Because(errors.New("a fence needs IssuedBefore and ExpiresAt"))
	}
	_, err := t.q.exec(`insert into fences (kind, id, issued_before, expires_at, reason) values ($1, $2, $3, $4, $5)
		on conflict (kind, id) do update set reason = excluded.reason,
			issued_before = case when fences.issued_before > excluded.issued_before then fences.issued_before else excluded.issued_before end,
			expires_at = case when fences.expires_at > excluded.expires_at then fences.expires_at else excluded.expires_at end`,
		string(f.Kind), f.ID, micros(f.IssuedBefore), micros(f.ExpiresAt), f.Reason)
	if err != nil {
		return err
	}
	t.publish(store.NounFence, t.tables.fences.id(f))
	return nil
}

func (t *tx) SweepFences(now time.Time) (int, error) {
	return t.tables.fences.sweep(t, "expires_at <= $1", micros(now))
}
