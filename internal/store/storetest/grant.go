package storetest

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func grantCases() []testCase {
	cases := plainRow[idc.Client]{
		noun: store.NounClient, event: "c1",
		make: func() *idc.Client { return with(Filled[idc.Client]("c"), func(c *idc.Client) { c.ID = "c1" }) },
		edit: func(c *idc.Client) { c.Scopes, c.ExpiresAt = nil, time.Time{} },
		put:  func(tx store.Tx, c *idc.Client) error { return tx.PutClient(c) },
		get:  func(r store.Reader) (*idc.Client, error) { return r.Client("c1") },
	}.cases()
	cases = append(cases, plainRow[idc.DeviceAuthorization]{
		noun: store.NounDevice, event: "d1",
		make: func() *idc.DeviceAuthorization {
			return with(Filled[idc.DeviceAuthorization]("d"), func(d *idc.DeviceAuthorization) { d.ID, d.DeviceCodeHash = "d1", "hash" })
		},
		edit: func(d *idc.DeviceAuthorization) { d.State, d.Interval = idc.GrantApproved, 5*time.Second },
		put:  func(tx store.Tx, d *idc.DeviceAuthorization) error { return tx.PutDevice(d) },
		get:  func(r store.Reader) (*idc.DeviceAuthorization, error) { return r.DeviceByCodeHash("hash") },
	}.cases()...)
	cases = append(cases, plainRow[idc.AuthorizationRequest]{
		noun: store.NounAuthorization, event: "a1",
		make: func() *idc.AuthorizationRequest {
			return with(Filled[idc.AuthorizationRequest]("a"), func(a *idc.AuthorizationRequest) { a.ID = "a1" })
		},
		edit: func(a *idc.AuthorizationRequest) { a.CodeHash, a.State = "", idc.GrantRedeemed },
		put:  func(tx store.Tx, a *idc.AuthorizationRequest) error { return tx.PutAuthorizationRequest(a) },
		get:  func(r store.Reader) (*idc.AuthorizationRequest, error) { return r.AuthorizationRequest("a1") },
	}.cases()...)
	cases = append(cases, plainRow[idc.Token]{
		noun: store.NounToken, event: "t1",
		make: func() *idc.Token {
			return with(Filled[idc.Token]("t"), func(k *idc.Token) { k.ID, k.Hash = "t1", "hash" })
		},
		edit: func(k *idc.Token) { k.Scopes, k.UsedAt, k.RevokedAt = nil, time.Time{}, time.Time{} },
		put:  func(tx store.Tx, k *idc.Token) error { return tx.PutToken(k) },
		get:  func(r store.Reader) (*idc.Token, error) { return r.TokenByHash("hash") },
	}.cases()...)
	return append(cases,
		testCase{"device codes", testDevices},
		testCase{"authorization codes", testAuthorizationCodes},
		testCase{"tokens of a family, session and user", testTokens},
		testCase{"sweep", testSweepGrants},
	)
}

func testDevices(h *harness) {
	device := func(id, hash, code string) *idc.DeviceAuthorization {
		return &idc.DeviceAuthorization{ID: id, DeviceCodeHash: hash, UserCode: code}
	}
	h.update(func(tx store.Tx) error { return tx.PutDevice(device("d1", "h1", "BCDF-GHJK")) })
	h.wantConflict(h.try(func(tx store.Tx) error { return tx.PutDevice(device("d2", "h1", "XXXX-XXXX")) }), "DeviceCode")
	h.wantConflict(h.try(func(tx store.Tx) error { return tx.PutDevice(device("d2", "h2", "BCDF-GHJK")) }), "UserCode")
	h.view(func(r store.Reader) error {
		id := func(d *idc.DeviceAuthorization) string { return d.ID }
		d, err := r.DeviceByUserCode("BCDF-GHJK")
		wantFound(h, "user code", d, err, id, "d1")
		d, err = r.DeviceByUserCode("bcdf-ghjk")
		wantFound(h, "folded user code", d, err, id, "")
		return nil
	})
}

func testAuthorizationCodes(h *harness) {
	request := func(id, code string) *idc.AuthorizationRequest {
		return &idc.AuthorizationRequest{ID: id, CodeHash: code}
	}
	h.update(func(tx store.Tx) error {
		return all(tx.PutAuthorizationRequest(request("a1", "")), tx.PutAuthorizationRequest(request("a2", "")), tx.PutAuthorizationRequest(request("a3", "code")))
	})
	h.wantConflict(h.try(func(tx store.Tx) error { return tx.PutAuthorizationRequest(request("a1", "code")) }), "AuthorizationCode")
	h.view(func(r store.Reader) error {
		for code, want := range map[string]string{"code": "a3", "other": "", "": ""} {
			a, err := r.AuthorizationByCodeHash(code)
			wantFound(h, "code "+code, a, err, func(a *idc.AuthorizationRequest) string { return a.ID }, want)
		}
		return nil
	})
}

func tokenID(k *idc.Token) string { return k.ID }

func testTokens(h *harness) {
	token := func(id, family, session, user string, issued time.Duration) *idc.Token {
		return &idc.Token{ID: id, Hash: "hash of " + id, FamilyID: family, SessionID: session, UserID: user, IssuedAt: base().Add(issued)}
	}
	h.update(func(tx store.Tx) error {
		return all(tx.PutToken(token("a", "f1", "s1", "u1", time.Minute)), tx.PutToken(token("b", "f1", "s2", "u1", 0)), tx.PutToken(token("c", "f2", "s1", "u2", 0)))
	})
	h.wantConflict(h.try(func(tx store.Tx) error { return tx.PutToken(&idc.Token{ID: "d", Hash: "hash of a"}) }), "Token")
	h.wantList("family", func(r store.Reader) ([]string, error) { return listed(tokenID)(r.ListTokensOfFamily("f1")) }, "b", "a")
	h.wantList("session", func(r store.Reader) ([]string, error) { return listed(tokenID)(r.ListTokensOfSession("s1")) }, "c", "a")
	h.wantList("user", func(r store.Reader) ([]string, error) { return listed(tokenID)(r.ListTokensOfUser("u1")) }, "b", "a")
	h.view(func(r store.Reader) error {
		k, err := r.Token("b")
		wantFound(h, "by id", k, err, tokenID, "b")
		return nil
	})
}

func testSweepGrants(h *harness) {
	old, fresh := base(), base().Add(time.Hour)
	h.update(func(tx store.Tx) error {
		for id, expires := range map[string]time.Time{"old": old, "fresh": fresh} {
			err := all(
				tx.PutClient(&idc.Client{ID: id, ExpiresAt: expires}),
				tx.PutDevice(&idc.DeviceAuthorization{ID: id, DeviceCodeHash: id, UserCode: id, ExpiresAt: expires}),
				tx.PutAuthorizationRequest(&idc.AuthorizationRequest{ID: id, ExpiresAt: expires}),
				tx.PutToken(&idc.Token{ID: id, Hash: id, ExpiresAt: expires}))
			if err != nil {
				return err
			}
		}
		return nil
	})
	h.update(func(tx store.Tx) error {
		n, err := tx.SweepGrants(fresh)
		h.wantEqual("swept", n, 4)
		return err
	})
	h.view(func(r store.Reader) error {
		_, client := r.Client("old")
		_, device := r.DeviceByUserCode("old")
		_, request := r.AuthorizationRequest("old")
		_, token := r.Token("old")
		for _, err := range []error{client, device, request, token} {
			h.wantKind(err, idc.NotFound)
		}
		_, client = r.Client("fresh")
		_, device = r.DeviceByUserCode("fresh")
		_, request = r.AuthorizationRequest("fresh")
		_, token = r.Token("fresh")
		return all(client, device, request, token)
	})
}
