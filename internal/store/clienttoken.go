package store

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// ClientTokenReader reads idempotency tokens.
type ClientTokenReader interface {
	// ClientToken returns also a token that has expired: see idc.ClientToken.Fresh.
	ClientToken(scope, token string) (*idc.ClientToken, error)
}

// ClientTokenWriter writes idempotency tokens, in place.
type ClientTokenWriter interface {
	PutClientToken(c *idc.ClientToken) error
	// SweepClientTokens removes those that expired before t.
	SweepClientTokens(before time.Time) (int, error)
}
