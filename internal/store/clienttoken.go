package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
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

// tokenLife is how long a client token binds.
const tokenLife = 24 * time.Hour

// Once runs create unless a call with the same token and the same request did
// before; then it returns what that one made. tx holds both. token "" asks for no
// idempotency; a token that comes with another request is a Conflict.
func Once(tx Tx, change idc.ChangeSet, scope, token string, request any, create func() (string, error)) (string, error) {
	if token == "" {
		return create()
	}
	text, err := json.Marshal(request)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	digest := hex.EncodeToString(sum[:])
	seen, err := tx.ClientToken(scope, token)
	if err != nil && !idc.IsNotFound(err) {
		return "", err
	}
	if err == nil && seen.Fresh(change.At) {
		if seen.Digest != digest {
			return "", idc.Errorf(idc.Conflict, "IdempotentParameterMismatch: the client token %s was used with different parameters.", token)
		}
		return seen.ResultID, nil
	}
	result, err := create()
	if err != nil {
		return "", err
	}
	return result, tx.PutClientToken(&idc.ClientToken{Scope: scope, Token: token, Digest: digest, ResultID: result, ExpiresAt: change.At.Add(tokenLife)})
}
