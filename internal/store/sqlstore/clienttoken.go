package sqlstore

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func clientTokenTable() *inplace[idc.ClientToken] {
	return &inplace[idc.ClientToken]{keys: 2, table: table[idc.ClientToken]{
		noun: store.NounClientToken, name: "client_tokens",
		id: func(c *idc.ClientToken) string { return c.Scope + "/" + c.Token },
		columns: []column[idc.ClientToken]{
			text("scope", func(c *idc.ClientToken) *string { return &c.Scope }),
			text("token", func(c *idc.ClientToken) *string { return &c.Token }),
			text("digest", func(c *idc.ClientToken) *string { return &c.Digest }),
			text("result_id", func(c *idc.ClientToken) *string { return &c.ResultID }),
			instant("expires_at", func(c *idc.ClientToken) *time.Time { return &c.ExpiresAt }),
		},
	}}
}

func (r *reader) ClientToken(scope, token string) (*idc.ClientToken, error) {
	return r.tables.clientTokens.find(r, token, "scope = $1 and token = $2", scope, token)
}

func (t *tx) PutClientToken(c *idc.ClientToken) error { return t.tables.clientTokens.put(t, c) }

func (t *tx) SweepClientTokens(before time.Time) (int, error) {
	return t.tables.clientTokens.sweep(t, "expires_at < $1", micros(before))
}
