package sealed

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
)

// Errors of Open and OpenString.
var (
	// ErrUnknownKey means that the value names a data key that the ring does not hold. In a cluster
	// another node may have made it a moment ago.
	ErrUnknownKey = errors.New("sealed: unknown key")
	// ErrTampered means that the value was altered, cut, sealed for something else, or never sealed.
	ErrTampered = errors.New("sealed: value does not open")
)

const (
	version    = 1
	headerSize = 1 + 4 // version and key id

	// Overhead is how many bytes a sealed value is longer than what was sealed.
	Overhead = headerSize + nonceSize + tagSize
)

// WrappedKey is a data key as it is stored: only the KeyProvider that wrapped it can open it.
type WrappedKey struct {
	ID      uint32 // from 1, rising; the highest of a ring is the one it seals with
	Wrapped []byte
}

// NewKey draws a data key and wraps it.
func NewKey(ctx context.Context, provider KeyProvider, id uint32) (WrappedKey, error) {
	var key [keySize]byte
	rand.Read(key[:])
	wrapped, err := provider.Wrap(ctx, key[:])
	if err != nil {
		return WrappedKey{}, fmt.Errorf("wrapping data key %d: %w", id, err)
	}
	return WrappedKey{ID: id, Wrapped: wrapped}, nil
}

// Ring seals and opens values. It is safe for concurrent use.
type Ring struct {
	provider KeyProvider
	mu       sync.Mutex // serializes changes of keys
	keys     atomic.Pointer[keyset]
}

// keyset is never changed once a ring shows it.
type keyset struct {
	current uint32
	byID    map[uint32]*xaes
}

// NewRing unwraps the stored keys, at least one.
func NewRing(ctx context.Context, provider KeyProvider, keys ...WrappedKey) (*Ring, error) {
	r := &Ring{provider: provider}
	if err := r.Load(ctx, keys...); err != nil {
		return nil, err
	}
	return r, nil
}

// NewEphemeral returns a ring with one key that nobody else has and that dies with the process:
// what it sealed cannot be opened after a restart.
func NewEphemeral() *Ring {
	var master [keySize]byte
	rand.Read(master[:])
	x, err := newXAES(master[:])
	if err != nil {
		panic("sealed: aes refused a key of 32 bytes: " + err.Error())
	}
	r := &Ring{provider: masterKey{x}}
	r.keys.Store(&keyset{current: 0, byID: map[uint32]*xaes{}})
	discard := func(context.Context, WrappedKey) error { return nil }
	if err := r.Rotate(context.Background(), discard); err != nil {
		panic("sealed: making a key in memory failed: " + err.Error())
	}
	return r
}

// Load replaces the ring's keys with these, at least one: it learns keys that another node stored
// and forgets those that were deleted. After an error the ring is as it was.
func (r *Ring) Load(ctx context.Context, keys ...WrappedKey) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(keys) == 0 {
		return errors.New("a key ring needs at least one data key")
	}
	set := &keyset{byID: make(map[uint32]*xaes, len(keys))}
	for _, k := range keys {
		if k.ID == 0 || set.byID[k.ID] != nil {
			return fmt.Errorf("data key id %d is zero or used twice", k.ID)
		}
		x, err := r.unwrap(ctx, k)
		if err != nil {
			return err
		}
		set.byID[k.ID] = x
		set.current = max(set.current, k.ID)
	}
	r.keys.Store(set)
	return nil
}

// Rotate draws a new data key, has it saved, and seals with it from then on; what older keys
// sealed still opens. When save fails, nothing has changed. Other nodes cannot open the new values
// until they Load the saved key.
func (r *Ring) Rotate(ctx context.Context, save func(context.Context, WrappedKey) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	old := r.keys.Load()
	key, err := NewKey(ctx, r.provider, old.current+1)
	if err != nil {
		return err
	}
	if err := save(ctx, key); err != nil {
		return fmt.Errorf("saving data key %d: %w", key.ID, err)
	}
	x, err := r.unwrap(ctx, key)
	if err != nil {
		return err
	}
	set := &keyset{current: key.ID, byID: maps.Clone(old.byID)}
	set.byID[key.ID] = x
	r.keys.Store(set)
	return nil
}

func (r *Ring) unwrap(ctx context.Context, key WrappedKey) (*xaes, error) {
	plain, err := r.provider.Unwrap(ctx, key.Wrapped)
	if err != nil {
		return nil, fmt.Errorf("unwrapping data key %d: %w", key.ID, err)
	}
	defer clear(plain)
	x, err := newXAES(plain)
	if err == nil && len(plain) != keySize {
		err = fmt.Errorf("%d bytes, want %d", len(plain), keySize)
	}
	if err != nil {
		return nil, fmt.Errorf("data key %d: %w", key.ID, err)
	}
	return x, nil
}

// Current is the id of the key that Seal uses.
func (r *Ring) Current() uint32 { return r.keys.Load().current }

// Seal encrypts plaintext for the place or purpose that aad names; make it with Field or Token.
// Sealing without saying what for is a programming error and panics.
func (r *Ring) Seal(plaintext, aad []byte) []byte {
	if len(aad) == 0 {
		panic("sealed: Seal without associated data")
	}
	set := r.keys.Load()
	out := make([]byte, 0, Overhead+len(plaintext))
	out = append(out, version)
	out = binary.BigEndian.AppendUint32(out, set.current)
	return set.byID[set.current].seal(out, plaintext, aad)
}

// Open decrypts what Seal returned for the same aad. The error is ErrUnknownKey or ErrTampered.
func (r *Ring) Open(sealed, aad []byte) ([]byte, error) {
	if len(sealed) < Overhead || sealed[0] != version || len(aad) == 0 {
		return nil, ErrTampered
	}
	key := r.keys.Load().byID[binary.BigEndian.Uint32(sealed[1:])]
	if key == nil {
		return nil, ErrUnknownKey
	}
	plaintext, err := key.open(make([]byte, 0, len(sealed)-Overhead), sealed[headerSize:], aad)
	if err != nil {
		return nil, ErrTampered
	}
	return plaintext, nil
}

// SealString is Seal in unpadded base64url (RFC 4648 section 5), fit for headers and URLs.
func (r *Ring) SealString(plaintext, aad []byte) string {
	return base64.RawURLEncoding.EncodeToString(r.Seal(plaintext, aad))
}

// OpenString is Open for what SealString returned. A value has one spelling: stray bits and line
// breaks, which base64 decoders forgive, are ErrTampered.
func (r *Ring) OpenString(sealed string, aad []byte) ([]byte, error) {
	if strings.ContainsAny(sealed, "\r\n") {
		return nil, ErrTampered
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	if err != nil {
		return nil, ErrTampered
	}
	return r.Open(raw, aad)
}

// Field is the associated data of a database value: it opens in this table, column and row alone.
func Field(table, column, row string) []byte { return bind("field", table, column, row) }

// Token is the associated data of a class of tokens, such as "sts-session".
func Token(class string) []byte { return bind("token", class) }

// bind puts the length before each part, so that no two lists of parts give the same bytes.
func bind(parts ...string) []byte {
	size := 0
	for _, p := range parts {
		size += binary.MaxVarintLen32 + len(p)
	}
	out := make([]byte, 0, size)
	for _, p := range parts {
		out = binary.AppendUvarint(out, uint64(len(p)))
		out = append(out, p...)
	}
	return out
}
