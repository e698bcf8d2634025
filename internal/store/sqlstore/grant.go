package sqlstore

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func clientTable() *inplace[idc.Client] {
	return &inplace[idc.Client]{keys: 1, table: table[idc.Client]{
		noun: store.NounClient, name: "clients", body: true,
		id: func(c *idc.Client) string { return c.ID },
		columns: []column[idc.Client]{
			text("id", func(c *idc.Client) *string { return &c.ID }),
			instant("created_at", func(c *idc.Client) *time.Time { return &c.CreatedAt }),
			instant("expires_at", func(c *idc.Client) *time.Time { return &c.ExpiresAt }),
		},
	}}
}

func (r *reader) Client(id string) (*idc.Client, error) {
	return r.tables.clients.find(r, id, "id = $1", id)
}

func (t *tx) PutClient(c *idc.Client) error { return t.tables.clients.put(t, c) }

func deviceTable() *inplace[idc.DeviceAuthorization] {
	return &inplace[idc.DeviceAuthorization]{keys: 1, table: table[idc.DeviceAuthorization]{
		noun: store.NounDevice, name: "device_authorizations",
		id: func(d *idc.DeviceAuthorization) string { return d.ID },
		columns: []column[idc.DeviceAuthorization]{
			text("id", func(d *idc.DeviceAuthorization) *string { return &d.ID }),
			text("device_code_hash", func(d *idc.DeviceAuthorization) *string { return &d.DeviceCodeHash }),
			text("user_code", func(d *idc.DeviceAuthorization) *string { return &d.UserCode }),
			text("client_id", func(d *idc.DeviceAuthorization) *string { return &d.ClientID }),
			text("client_ip", func(d *idc.DeviceAuthorization) *string { return &d.ClientIP }),
			text("user_agent", func(d *idc.DeviceAuthorization) *string { return &d.UserAgent }),
			text("state", func(d *idc.DeviceAuthorization) *idc.GrantState { return &d.State }),
			text("user_id", func(d *idc.DeviceAuthorization) *string { return &d.UserID }),
			text("session_id", func(d *idc.DeviceAuthorization) *string { return &d.SessionID }),
			instant("created_at", func(d *idc.DeviceAuthorization) *time.Time { return &d.CreatedAt }),
			instant("expires_at", func(d *idc.DeviceAuthorization) *time.Time { return &d.ExpiresAt }),
			instant("last_polled_at", func(d *idc.DeviceAuthorization) *time.Time { return &d.LastPolledAt }),
			integer("poll_interval", func(d *idc.DeviceAuthorization) *time.Duration { return &d.Interval }),
		},
		unique: []unique{
			{"device_authorizations_hash", []string{"device_code_hash"}, "DeviceCode", "This device code exists already."},
			{"device_authorizations_user_code", []string{"user_code"}, "UserCode", "This user code exists already."},
		},
	}}
}

func (r *reader) DeviceByCodeHash(hash string) (*idc.DeviceAuthorization, error) {
	return r.tables.devices.find(r, "", "device_code_hash = $1", hash)
}

func (r *reader) DeviceByUserCode(userCode string) (*idc.DeviceAuthorization, error) {
	return r.tables.devices.find(r, userCode, "user_code = $1", userCode)
}

func (t *tx) PutDevice(d *idc.DeviceAuthorization) error { return t.tables.devices.put(t, d) }

func authorizationTable() *inplace[idc.AuthorizationRequest] {
	return &inplace[idc.AuthorizationRequest]{keys: 1, table: table[idc.AuthorizationRequest]{
		noun: store.NounAuthorization, name: "authorization_requests", body: true,
		id: func(a *idc.AuthorizationRequest) string { return a.ID },
		columns: []column[idc.AuthorizationRequest]{
			text("id", func(a *idc.AuthorizationRequest) *string { return &a.ID }),
			optional("code_hash", func(a *idc.AuthorizationRequest) *string { return &a.CodeHash }),
			text("client_id", func(a *idc.AuthorizationRequest) *string { return &a.ClientID }),
			text("state", func(a *idc.AuthorizationRequest) *idc.GrantState { return &a.State }),
			instant("created_at", func(a *idc.AuthorizationRequest) *time.Time { return &a.CreatedAt }),
			instant("expires_at", func(a *idc.AuthorizationRequest) *time.Time { return &a.ExpiresAt }),
		},
		unique: []unique{{"authorization_requests_code", []string{"code_hash"}, "AuthorizationCode", "This code exists already."}},
	}}
}

func (r *reader) AuthorizationRequest(id string) (*idc.AuthorizationRequest, error) {
	return r.tables.authorizations.find(r, id, "id = $1", id)
}

func (r *reader) AuthorizationByCodeHash(hash string) (*idc.AuthorizationRequest, error) {
	return r.tables.authorizations.find(r, "", "code_hash = $1", hash)
}

func (t *tx) PutAuthorizationRequest(a *idc.AuthorizationRequest) error {
	return t.tables.authorizations.put(t, a)
}

func tokenTable() *inplace[idc.Token] {
	fixed := []string{"hash", "family_id", "user_id", "session_id", "issued_at"}
	return &inplace[idc.Token]{keys: 1, fixed: fixed, table: table[idc.Token]{
		noun: store.NounToken, name: "tokens",
		id: func(k *idc.Token) string { return k.ID },
		columns: []column[idc.Token]{
			text("id", func(k *idc.Token) *string { return &k.ID }),
			text("hash", func(k *idc.Token) *string { return &k.Hash }),
			text("class", func(k *idc.Token) *idc.TokenClass { return &k.Class }),
			text("family_id", func(k *idc.Token) *string { return &k.FamilyID }),
			text("client_id", func(k *idc.Token) *string { return &k.ClientID }),
			text("user_id", func(k *idc.Token) *string { return &k.UserID }),
			text("session_id", func(k *idc.Token) *string { return &k.SessionID }),
			list("scopes", func(k *idc.Token) *[]string { return &k.Scopes }),
			ordered("issued_at", func(k *idc.Token) *time.Time { return &k.IssuedAt }),
			instant("expires_at", func(k *idc.Token) *time.Time { return &k.ExpiresAt }),
			instant("used_at", func(k *idc.Token) *time.Time { return &k.UsedAt }),
			instant("revoked_at", func(k *idc.Token) *time.Time { return &k.RevokedAt }),
		},
		unique: []unique{{"tokens_hash", []string{"hash"}, "Token", "This token exists already."}},
	}}
}

func (r *reader) TokenByHash(hash string) (*idc.Token, error) {
	return r.tables.tokens.find(r, "", "hash = $1", hash)
}

func (r *reader) Token(id string) (*idc.Token, error) {
	return r.tables.tokens.find(r, id, "id = $1", id)
}

func (r *reader) ListTokensOfFamily(familyID string) ([]*idc.Token, error) {
	return r.tables.tokens.list(r, 0, "where family_id = $1 order by issued_at, id", familyID)
}

func (r *reader) ListTokensOfSession(sessionID string) ([]*idc.Token, error) {
	return r.tables.tokens.list(r, 0, "where session_id = $1 order by issued_at, id", sessionID)
}

func (r *reader) ListTokensOfUser(userID string) ([]*idc.Token, error) {
	return r.tables.tokens.list(r, 0, "where user_id = $1 order by issued_at, id", userID)
}

func (t *tx) PutToken(k *idc.Token) error { return t.tables.tokens.put(t, k) }

func (t *tx) SweepGrants(before time.Time) (int, error) {
	total := 0
	for _, table := range []interface {
		sweep(*tx, string, ...any) (int, error)
	}{t.tables.tokens, t.tables.authorizations, t.tables.devices, t.tables.clients} {
		n, err := table.sweep(t, "expires_at < $1", micros(before))
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}
