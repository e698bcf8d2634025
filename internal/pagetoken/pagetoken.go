package pagetoken

import (
	"encoding/binary"
	"errors"
)

// ErrInvalid means that the token was not made for this scope, was altered, or that its key is gone.
var ErrInvalid = errors.New("pagetoken: invalid token")

// MaxCursor is the longest cursor, in bytes, whose token fits the models' 2,048 characters. A
// listing keeps its cursor far below: the last item's sort key and id.
const MaxCursor = 1400

// Sealer encrypts short values bound to associated data; sealed.Ring is the one in use. It is an
// interface because ground packages import nothing but the standard library.
type Sealer interface {
	SealString(plaintext, aad []byte) string
	OpenString(sealed string, aad []byte) ([]byte, error)
}

// Scope is what a token is good for.
type Scope struct {
	Operation string   // service and operation, such as "sso-admin:ListPermissionSets"
	Caller    string   // the caller's account id, or whatever else separates one caller's listings from another's
	Filters   []string // the parameters that decide what is listed, in a fixed order; all but the page size
}

// Codec makes and reads tokens.
type Codec struct {
	Ring Sealer
}

// Encode returns the token that resumes the scope's listing after cursor. The cursor may be empty.
func (c Codec) Encode(scope Scope, cursor string) string {
	return c.Ring.SealString([]byte(cursor), scope.aad())
}

// Decode returns the cursor that Encode was given for an equal scope, or ErrInvalid.
func (c Codec) Decode(scope Scope, token string) (cursor string, err error) {
	plaintext, err := c.Ring.OpenString(token, scope.aad())
	if err != nil {
		return "", ErrInvalid
	}
	return string(plaintext), nil
}

// aad writes each part behind its length, so that different scopes never give the same bytes.
func (s Scope) aad() []byte {
	parts := append([]string{"page", s.Operation, s.Caller}, s.Filters...)
	out := make([]byte, 0, 256)
	for _, p := range parts {
		out = binary.AppendUvarint(out, uint64(len(p)))
		out = append(out, p...)
	}
	return out
}
