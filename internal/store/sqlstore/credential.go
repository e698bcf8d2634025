package sqlstore

import (
	"fmt"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func passwordTable() *inplace[idc.Password] {
	return &inplace[idc.Password]{keys: 1, table: table[idc.Password]{
		noun: store.NounPassword, name: "passwords",
		id: func(p *idc.Password) string { return p.UserID },
		columns: []column[idc.Password]{
			text("user_id", func(p *idc.Password) *string { return &p.UserID }),
			text("phc", func(p *idc.Password) *string { return &p.PHC }),
			list("previous", func(p *idc.Password) *[]string { return &p.Previous }),
			boolean("must_change", func(p *idc.Password) *bool { return &p.MustChange }),
			instant("changed_at", func(p *idc.Password) *time.Time { return &p.ChangedAt }),
		},
	}}
}

func (r *reader) Password(userID string) (*idc.Password, error) {
	return r.tables.passwords.find(r, userID, "user_id = $1", userID)
}

func (t *tx) PutPassword(p *idc.Password) error { return t.tables.passwords.put(t, p) }

func (t *tx) DeletePassword(userID string) error {
	return t.tables.passwords.remove(t, userID, "user_id = $1", userID)
}

func totpDeviceTable() *inplace[idc.TOTPDevice] {
	return &inplace[idc.TOTPDevice]{keys: 1, table: table[idc.TOTPDevice]{
		noun: store.NounTOTPDevice, name: "totp_devices",
		id: func(d *idc.TOTPDevice) string { return d.ID },
		columns: []column[idc.TOTPDevice]{
			text("id", func(d *idc.TOTPDevice) *string { return &d.ID }),
			text("user_id", func(d *idc.TOTPDevice) *string { return &d.UserID }),
			text("name", func(d *idc.TOTPDevice) *string { return &d.Name }),
			text("secret", func(d *idc.TOTPDevice) *string { return &d.Secret }),
			integer("last_step", func(d *idc.TOTPDevice) *int64 { return &d.LastStep }),
			instant("created_at", func(d *idc.TOTPDevice) *time.Time { return &d.CreatedAt }),
		},
	}}
}

func (r *reader) TOTPDevice(id string) (*idc.TOTPDevice, error) {
	return r.tables.totpDevices.find(r, id, "id = $1", id)
}

func (r *reader) ListTOTPDevices(userID string) ([]*idc.TOTPDevice, error) {
	return r.tables.totpDevices.list(r, 0, "where user_id = $1 order by id", userID)
}

func (t *tx) PutTOTPDevice(d *idc.TOTPDevice) error { return t.tables.totpDevices.put(t, d) }

func (t *tx) DeleteTOTPDevice(id string) error {
	return t.tables.totpDevices.remove(t, id, "id = $1", id)
}

func throttleTable() *inplace[idc.Throttle] {
	return &inplace[idc.Throttle]{keys: 1, table: table[idc.Throttle]{
		noun: store.NounThrottle, name: "throttles",
		id: func(th *idc.Throttle) string { return th.Key },
		columns: []column[idc.Throttle]{
			text("throttle_key", func(th *idc.Throttle) *string { return &th.Key }),
			integer("failures", func(th *idc.Throttle) *int { return &th.Failures }),
			instant("window_start", func(th *idc.Throttle) *time.Time { return &th.WindowStart }),
			instant("locked_until", func(th *idc.Throttle) *time.Time { return &th.LockedUntil }),
		},
	}}
}

func (r *reader) Throttle(key string) (*idc.Throttle, error) {
	return r.tables.throttles.find(r, key, "throttle_key = $1", key)
}

func (t *tx) PutThrottle(th *idc.Throttle) error { return t.tables.throttles.put(t, th) }

func (t *tx) DeleteThrottle(key string) error {
	return t.tables.throttles.remove(t, key, "throttle_key = $1", key)
}

func (t *tx) SweepThrottles(before time.Time) (int, error) {
	return t.tables.throttles.sweep(t,
		"coalesce(window_start, 0) < $1 and coalesce(locked_until, 0) < $1", micros(before))
}

func dataKeyTable() *inplace[idc.DataKey] {
	return &inplace[idc.DataKey]{keys: 2, table: table[idc.DataKey]{
		noun: store.NounDataKey, name: "data_keys",
		id: func(k *idc.DataKey) string { return dataKeyID(k.Purpose, k.ID) },
		columns: []column[idc.DataKey]{
			text("purpose", func(k *idc.DataKey) *string { return &k.Purpose }),
			integer("id", func(k *idc.DataKey) *uint32 { return &k.ID }),
			blob("wrapped", func(k *idc.DataKey) *[]byte { return &k.Wrapped }),
			instant("created_at", func(k *idc.DataKey) *time.Time { return &k.CreatedAt }),
		},
		unique: []unique{{"data_keys_pkey", []string{"purpose", "id"}, "DataKey", "A key with this number exists already."}},
	}}
}

func signingKeyTable() *inplace[idc.SigningKey] {
	return &inplace[idc.SigningKey]{keys: 2, table: table[idc.SigningKey]{
		noun: store.NounSigningKey, name: "signing_keys",
		id: func(k *idc.SigningKey) string { return k.Purpose + "/" + k.ID },
		columns: []column[idc.SigningKey]{
			text("purpose", func(k *idc.SigningKey) *string { return &k.Purpose }),
			text("id", func(k *idc.SigningKey) *string { return &k.ID }),
			text("algorithm", func(k *idc.SigningKey) *string { return &k.Algorithm }),
			blob("private", func(k *idc.SigningKey) *[]byte { return &k.Private }),
			blob("public", func(k *idc.SigningKey) *[]byte { return &k.Public }),
			ordered("created_at", func(k *idc.SigningKey) *time.Time { return &k.CreatedAt }),
			instant("retired_at", func(k *idc.SigningKey) *time.Time { return &k.RetiredAt }),
		},
	}}
}

func (r *reader) ListSigningKeys(purpose string) ([]*idc.SigningKey, error) {
	return r.tables.signingKeys.list(r, 0, "where purpose = $1 order by created_at, id", purpose)
}

func (t *tx) PutSigningKey(k *idc.SigningKey) error { return t.tables.signingKeys.put(t, k) }

func (t *tx) DeleteSigningKey(purpose, id string) error {
	return t.tables.signingKeys.remove(t, purpose+"/"+id, "purpose = $1 and id = $2", purpose, id)
}

func dataKeyID(purpose string, id uint32) string { return fmt.Sprintf("%s/%d", purpose, id) }

func (r *reader) ListDataKeys(purpose string) ([]*idc.DataKey, error) {
	return r.tables.dataKeys.list(r, 0, "where purpose = $1 order by id", purpose)
}

// PutDataKey never replaces a key: what that key sealed would be lost.
func (t *tx) PutDataKey(k *idc.DataKey) error { return t.tables.dataKeys.add(t, k) }

func (t *tx) DeleteDataKey(purpose string, id uint32) error {
	return t.tables.dataKeys.remove(t, dataKeyID(purpose, id), "purpose = $1 and id = $2", purpose, int64(id))
}
