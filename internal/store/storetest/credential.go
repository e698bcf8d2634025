package storetest

import (
	"fmt"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func credentialCases() []testCase {
	cases := plainRow[idc.Password]{
		noun: store.NounPassword, event: "u1",
		make: func() *idc.Password {
			return with(Filled[idc.Password]("p"), func(p *idc.Password) { p.UserID = "u1" })
		},
		edit:   func(p *idc.Password) { p.Previous, p.MustChange, p.ChangedAt = nil, false, time.Time{} },
		put:    func(tx store.Tx, p *idc.Password) error { return tx.PutPassword(p) },
		get:    func(r store.Reader) (*idc.Password, error) { return r.Password("u1") },
		remove: func(tx store.Tx) error { return tx.DeletePassword("u1") },
	}.cases()
	cases = append(cases, plainRow[idc.TOTPDevice]{
		noun: store.NounTOTPDevice, event: "d1",
		make: func() *idc.TOTPDevice {
			return with(Filled[idc.TOTPDevice]("d"), func(d *idc.TOTPDevice) { d.ID = "d1" })
		},
		edit:   func(d *idc.TOTPDevice) { d.LastStep = 1 << 40 },
		put:    func(tx store.Tx, d *idc.TOTPDevice) error { return tx.PutTOTPDevice(d) },
		get:    func(r store.Reader) (*idc.TOTPDevice, error) { return r.TOTPDevice("d1") },
		remove: func(tx store.Tx) error { return tx.DeleteTOTPDevice("d1") },
	}.cases()...)
	cases = append(cases, plainRow[idc.Throttle]{
		noun: store.NounThrottle, event: "user/' or 1=1",
		make:   func() *idc.Throttle { return &idc.Throttle{Key: "user/' or 1=1", Failures: 3, WindowStart: base()} },
		edit:   func(t *idc.Throttle) { t.Failures, t.LockedUntil = 4, base().Add(time.Minute) },
		put:    func(tx store.Tx, t *idc.Throttle) error { return tx.PutThrottle(t) },
		get:    func(r store.Reader) (*idc.Throttle, error) { return r.Throttle("user/' or 1=1") },
		remove: func(tx store.Tx) error { return tx.DeleteThrottle("user/' or 1=1") },
	}.cases()...)
	cases = append(cases, plainRow[idc.SigningKey]{
		noun: store.NounSigningKey, event: "tokens/k1",
		make: func() *idc.SigningKey {
			return with(Filled[idc.SigningKey]("k"), func(k *idc.SigningKey) {
				k.Purpose, k.ID, k.Private, k.Public = "tokens", "k1", []byte{0, 255}, []byte{1}
			})
		},
		edit: func(k *idc.SigningKey) { k.RetiredAt = time.Time{} },
		put:  func(tx store.Tx, k *idc.SigningKey) error { return tx.PutSigningKey(k) },
		get: func(r store.Reader) (*idc.SigningKey, error) {
			keys, err := r.ListSigningKeys("tokens")
			if err == nil && len(keys) == 0 {
				err = idc.NotFoundf("signing-key", "k1", "not in the list")
			}
			if err != nil {
				return nil, err
			}
			return keys[0], nil
		},
		remove: func(tx store.Tx) error { return tx.DeleteSigningKey("tokens", "k1") },
	}.cases()...)
	return append(cases,
		testCase{"signing keys, oldest first", testSigningKeys},
		testCase{"devices of a user", testTOTPDevices},
		testCase{"sweeping throttles", testSweepThrottles},
		testCase{"sweeping in batches", testSweepBatches},
		testCase{"data keys", testDataKeys},
	)
}

func testTOTPDevices(h *harness) {
	h.update(func(tx store.Tx) error {
		return all(tx.PutTOTPDevice(&idc.TOTPDevice{ID: "d2", UserID: "u1"}), tx.PutTOTPDevice(&idc.TOTPDevice{ID: "d1", UserID: "u1"}), tx.PutTOTPDevice(&idc.TOTPDevice{ID: "d3", UserID: "u2"}))
	})
	h.wantList("devices", func(r store.Reader) ([]string, error) {
		return listed(func(d *idc.TOTPDevice) string { return d.ID })(r.ListTOTPDevices("u1"))
	}, "d1", "d2")
}

func testSweepThrottles(h *harness) {
	h.update(func(tx store.Tx) error {
		return all(tx.PutThrottle(&idc.Throttle{Key: "old", WindowStart: base()}),
			tx.PutThrottle(&idc.Throttle{Key: "locked", WindowStart: base(), LockedUntil: base().Add(time.Hour)}),
			tx.PutThrottle(&idc.Throttle{Key: "new", WindowStart: base().Add(time.Hour)}))
	})
	h.update(func(tx store.Tx) error {
		n, err := tx.SweepThrottles(base().Add(time.Minute))
		h.wantEqual("swept", n, 1)
		return err
	})
	h.view(func(r store.Reader) error {
		_, err := r.Throttle("old")
		h.wantKind(err, idc.NotFound)
		_, locked := r.Throttle("locked")
		_, fresh := r.Throttle("new")
		return all(locked, fresh)
	})
}

// testSweepBatches: no transaction removes so much that the others have to wait for it.
func testSweepBatches(h *harness) {
	const rows, most = 1500, 1000
	h.update(func(tx store.Tx) error {
		for i := range rows {
			if err := tx.PutThrottle(&idc.Throttle{Key: fmt.Sprint(i), WindowStart: base()}); err != nil {
				return err
			}
		}
		return nil
	})
	removed := 0
	for n := -1; n != 0; removed += n {
		h.update(func(tx store.Tx) (err error) {
			n, err = tx.SweepThrottles(base().Add(time.Minute))
			return err
		})
		if n > most {
			h.Errorf("one sweep removed %d rows", n)
		}
	}
	h.wantEqual("swept", removed, rows)
}

func testDataKeys(h *harness) {
	wrapped := []byte{0, 1, 0xff, '\'', 0}
	key := func(id uint32) *idc.DataKey {
		return &idc.DataKey{Purpose: "secrets", ID: id, Wrapped: wrapped, CreatedAt: base()}
	}
	h.update(func(tx store.Tx) error {
		return all(tx.PutDataKey(key(10)), tx.PutDataKey(key(9)), tx.PutDataKey(key(1<<32-1)), tx.PutDataKey(&idc.DataKey{Purpose: "page-token", ID: 9, Wrapped: wrapped}))
	})
	h.wantConflict(h.try(func(tx store.Tx) error { return tx.PutDataKey(key(9)) }), "DataKey")
	list := func(r store.Reader) ([]string, error) {
		return listed(func(k *idc.DataKey) string { return fmt.Sprint(k.ID, k.Wrapped) })(r.ListDataKeys("secrets"))
	}
	h.wantList("keys", list, fmt.Sprint(9, wrapped), fmt.Sprint(10, wrapped), fmt.Sprint(uint32(1<<32-1), wrapped))
	h.update(func(tx store.Tx) error { return tx.DeleteDataKey("secrets", 9) })
	h.wantKind(h.try(func(tx store.Tx) error { return tx.DeleteDataKey("secrets", 9) }), idc.NotFound)
	h.wantList("keys", list, fmt.Sprint(10, wrapped), fmt.Sprint(uint32(1<<32-1), wrapped))
}

func testSigningKeys(h *harness) {
	h.update(func(tx store.Tx) error {
		return all(tx.PutSigningKey(&idc.SigningKey{Purpose: "a", ID: "k1", Private: []byte{1}, Public: []byte{1}, CreatedAt: base().Add(time.Hour)}),
			tx.PutSigningKey(&idc.SigningKey{Purpose: "a", ID: "k2", Private: []byte{1}, Public: []byte{1}, CreatedAt: base()}),
			tx.PutSigningKey(&idc.SigningKey{Purpose: "b", ID: "k1", Private: []byte{1}, Public: []byte{1}, CreatedAt: base()}))
	})
	h.wantList("of a", func(r store.Reader) ([]string, error) {
		return listed(func(k *idc.SigningKey) string { return k.ID })(r.ListSigningKeys("a"))
	}, "k2", "k1")
}
