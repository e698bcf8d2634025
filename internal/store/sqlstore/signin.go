package sqlstore

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func signinFlowTable() *inplace[idc.SigninFlow] {
	return &inplace[idc.SigninFlow]{keys: 1, table: table[idc.SigninFlow]{
		noun: store.NounSigninFlow, name: "signin_flows", body: true,
		id: func(f *idc.SigninFlow) string { return f.ID },
		columns: []column[idc.SigninFlow]{
			text("id", func(f *idc.SigninFlow) *string { return &f.ID }),
			text("step", func(f *idc.SigninFlow) *idc.SigninStep { return &f.Step }),
			text("user_id", func(f *idc.SigninFlow) *string { return &f.UserID }),
			instant("password_at", func(f *idc.SigninFlow) *time.Time { return &f.PasswordAt }),
			instant("factor_at", func(f *idc.SigninFlow) *time.Time { return &f.FactorAt }),
			instant("created_at", func(f *idc.SigninFlow) *time.Time { return &f.CreatedAt }),
			instant("expires_at", func(f *idc.SigninFlow) *time.Time { return &f.ExpiresAt }),
		},
	}}
}

func (r *reader) SigninFlow(id string) (*idc.SigninFlow, error) {
	return r.tables.signinFlows.find(r, id, "id = $1", id)
}

func (t *tx) PutSigninFlow(f *idc.SigninFlow) error { return t.tables.signinFlows.put(t, f) }

func (t *tx) DeleteSigninFlow(id string) error {
	return t.tables.signinFlows.remove(t, id, "id = $1", id)
}

func (t *tx) SweepSigninFlows(before time.Time) (int, error) {
	flows, err := t.tables.signinFlows.sweep(t, "expires_at < $1", micros(before))
	if err != nil {
		return 0, err
	}
	links, err := t.tables.oneTimeLinks.sweep(t, "expires_at < $1", micros(before))
	return flows + links, err
}

func oneTimeLinkTable() *inplace[idc.OneTimeLink] {
	return &inplace[idc.OneTimeLink]{keys: 1, table: table[idc.OneTimeLink]{
		noun: store.NounOneTimeLink, name: "one_time_links",
		id: func(l *idc.OneTimeLink) string { return l.TokenHash },
		columns: []column[idc.OneTimeLink]{
			text("token_hash", func(l *idc.OneTimeLink) *string { return &l.TokenHash }),
			text("user_id", func(l *idc.OneTimeLink) *string { return &l.UserID }),
			text("purpose", func(l *idc.OneTimeLink) *string { return &l.Purpose }),
			instant("created_at", func(l *idc.OneTimeLink) *time.Time { return &l.CreatedAt }),
			instant("expires_at", func(l *idc.OneTimeLink) *time.Time { return &l.ExpiresAt }),
			instant("used_at", func(l *idc.OneTimeLink) *time.Time { return &l.UsedAt }),
		},
	}}
}

func (r *reader) OneTimeLink(tokenHash string) (*idc.OneTimeLink, error) {
	return r.tables.oneTimeLinks.find(r, "", "token_hash = $1", tokenHash)
}

func (t *tx) PutOneTimeLink(l *idc.OneTimeLink) error { return t.tables.oneTimeLinks.put(t, l) }
