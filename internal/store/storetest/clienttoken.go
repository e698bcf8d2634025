package storetest

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func clientTokenCases() []testCase {
	return append(plainRow[idc.ClientToken]{
		noun: store.NounClientToken, event: "CreateInstance/1/t",
		make: func() *idc.ClientToken {
			return &idc.ClientToken{Scope: "CreateInstance/1", Token: "t", Digest: "d", ResultID: "r", ExpiresAt: base()}
		},
		edit: func(c *idc.ClientToken) { c.ResultID, c.ExpiresAt = "s", base().Add(time.Hour) },
		put:  func(tx store.Tx, c *idc.ClientToken) error { return tx.PutClientToken(c) },
		get:  func(r store.Reader) (*idc.ClientToken, error) { return r.ClientToken("CreateInstance/1", "t") },
	}.cases(), testCase{"tokens are apart by scope, and swept", testClientTokens})
}

func testClientTokens(h *harness) {
	token := func(scope, token string, expires time.Duration) *idc.ClientToken {
		return &idc.ClientToken{Scope: scope, Token: token, ResultID: scope, ExpiresAt: base().Add(expires)}
	}
	h.update(func(tx store.Tx) error {
		return all(tx.PutClientToken(token("a", "t", 0)), tx.PutClientToken(token("b", "t", time.Hour)), tx.PutClientToken(token("c", "t", -time.Hour)))
	})
	h.update(func(tx store.Tx) error {
		n, err := tx.SweepClientTokens(base())
		h.wantEqual("swept", n, 1)
		return err
	})
	h.view(func(r store.Reader) error {
		for scope, want := range map[string]string{"a": "a", "b": "b", "c": "", "A": ""} {
			c, err := r.ClientToken(scope, "t")
			wantFound(h, scope, c, err, func(c *idc.ClientToken) string { return c.ResultID }, want)
		}
		return nil
	})
}
