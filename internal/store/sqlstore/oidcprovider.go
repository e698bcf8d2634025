package sqlstore

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func oidcProviderTable() *inplace[idc.OIDCProvider] {
	return &inplace[idc.OIDCProvider]{keys: 1, table: table[idc.OIDCProvider]{
		noun: store.NounOIDCProvider, name: "oidc_providers", body: true,
		id: func(p *idc.OIDCProvider) string { return p.ARN },
		columns: []column[idc.OIDCProvider]{
			text("arn", func(p *idc.OIDCProvider) *string { return &p.ARN }),
			text("account_id", func(p *idc.OIDCProvider) *string { return &p.AccountID }),
			text("url", func(p *idc.OIDCProvider) *string { return &p.URL }),
			instant("created_at", func(p *idc.OIDCProvider) *time.Time { return &p.CreatedAt }),
		},
	}}
}

func (r *reader) OIDCProvider(arn string) (*idc.OIDCProvider, error) {
	return r.tables.oidcProviders.find(r, arn, "arn = $1", arn)
}

func (r *reader) ListOIDCProviders(accountID string) ([]*idc.OIDCProvider, error) {
	return r.tables.oidcProviders.list(r, 0, "where account_id = $1 order by url", accountID)
}

func (t *tx) PutOIDCProvider(p *idc.OIDCProvider) error { return t.tables.oidcProviders.put(t, p) }

func (t *tx) DeleteOIDCProvider(arn string) error {
	return t.tables.oidcProviders.remove(t, arn, "arn = $1", arn)
}
