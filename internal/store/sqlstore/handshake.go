package sqlstore

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func handshakeTable() *inplace[idc.Handshake] {
	return &inplace[idc.Handshake]{keys: 1, table: table[idc.Handshake]{
		noun: store.NounHandshake, name: "handshakes", body: true,
		id: func(h *idc.Handshake) string { return h.ID },
		columns: []column[idc.Handshake]{
			text("id", func(h *idc.Handshake) *string { return &h.ID }),
			text("action", func(h *idc.Handshake) *idc.HandshakeAction { return &h.Action }),
			text("state", func(h *idc.Handshake) *idc.HandshakeState { return &h.State }),
			text("account_id", func(h *idc.Handshake) *string { return &h.AccountID }),
			text("parent_id", func(h *idc.Handshake) *string { return &h.ParentID }),
			instant("requested_at", func(h *idc.Handshake) *time.Time { return &h.RequestedAt }),
			instant("expires_at", func(h *idc.Handshake) *time.Time { return &h.ExpiresAt }),
			instant("ended_at", func(h *idc.Handshake) *time.Time { return &h.EndedAt }),
			derived("over_at", func(h *idc.Handshake) any { return handshakeOver(h) }),
		},
	}}
}

// handshakeOver is when a handshake ended or, if nobody answers, will.
func handshakeOver(h *idc.Handshake) int64 {
	if h.EndedAt.IsZero() {
		return micros(h.ExpiresAt)
	}
	return micros(h.EndedAt)
}

func (r *reader) Handshake(id string) (*idc.Handshake, error) {
	return r.tables.handshakes.find(r, id, "id = $1", id)
}

func (r *reader) ListHandshakes(f store.HandshakeFilter, p store.Page) ([]*idc.Handshake, error) {
	c := new(conditions)
	c.filter("account_id", f.AccountID)
	c.filter("action", string(f.Action))
	c.filter("parent_id", f.ParentID)
	return r.tables.handshakes.page(r, p, "id", c.text(), c.args...)
}

func (t *tx) PutHandshake(h *idc.Handshake) error { return t.tables.handshakes.put(t, h) }

func (t *tx) SweepHandshakes(before time.Time) (int, error) {
	return t.tables.handshakes.sweep(t, "over_at < $1", micros(before))
}
