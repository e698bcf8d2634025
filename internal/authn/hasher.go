package authn

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// Cost is what one hash costs (RFC 9106 section 3.1).
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
	Lanes     uint8
}

// DefaultCost is OWASP's recommendation for Argon2id: 19 MiB, two passes, one lane.
func DefaultCost() Cost { return Cost{MemoryKiB: 19 * 1024, Passes: 2, Lanes: 1} }

const (
	saltSize = 16
	hashSize = 32
)

// Hasher computes Argon2id within bounds: as many at once as there are processors, a few waiting, and
// Throttled for the rest. Make one with NewHasher and share it.
type Hasher struct {
	cost    Cost
	running chan struct{}
	admit   chan struct{} // running and waiting
}

// NewHasher returns a hasher that lets `waiting` callers queue behind those that compute.
func NewHasher(cost Cost, waiting int) *Hasher {
	parallel := runtime.GOMAXPROCS(0)
	return &Hasher{cost: cost, running: make(chan struct{}, parallel), admit: make(chan struct{}, parallel+waiting)}
}

// Hash returns the PHC string of a password under a fresh salt:
// $argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltSize)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	key, err := h.derive(ctx, password, salt, h.cost, hashSize)
	if err != nil {
		return "", err
	}
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.cost.MemoryKiB, h.cost.Passes, h.cost.Lanes, encode(salt), encode(key)), nil
}

// Verify reports whether the PHC string is that of the password. An empty one stands for "there is nothing
// to compare with": it costs the same and is never right.
func (h *Hasher) Verify(ctx context.Context, phc, password string) (bool, error) {
	if phc == "" {
		_, err := h.derive(ctx, password, make([]byte, saltSize), h.cost, hashSize)
		return false, err
	}
	cost, salt, want, err := parsePHC(phc)
	if err != nil {
		return false, err
	}
	key, err := h.derive(ctx, password, salt, cost, uint32(len(want)))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(key, want) == 1, nil
}

func (h *Hasher) derive(ctx context.Context, password string, salt []byte, cost Cost, size uint32) ([]byte, error) {
	select {
	case h.admit <- struct{}{}:
		defer func() { <-h.admit }()
	default:
		return nil, idc.Errorf(idc.Throttled, "Too many people are signing in at the moment. Try again in a few seconds.")
	}
	select {
	case h.running <- struct{}{}:
		defer func() { <-h.running }()
	case <-ctx.Done():
		return nil, idc.Errorf(idc.Unavailable, "The request was given up.").Because(ctx.Err())
	}
	return argon2.IDKey([]byte(password), salt, cost.Passes, cost.MemoryKiB, cost.Lanes, size), nil
}

// parsePHC reads an Argon2id string of the PHC string format. The bounds keep a damaged row from asking for
// gigabytes.
func parsePHC(phc string) (cost Cost, salt, hash []byte, err error) {
	fail := func(why string) (Cost, []byte, []byte, error) {
		return Cost{}, nil, nil, idc.Errorf(idc.Internal, "").Because(fmt.Errorf("stored password: %s", why))
	}
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return fail("not an argon2id string of this version")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &cost.MemoryKiB, &cost.Passes, &cost.Lanes); err != nil {
		return fail("unreadable parameters")
	}
	if cost.MemoryKiB == 0 || cost.MemoryKiB > 1<<20 || cost.Passes == 0 || cost.Passes > 16 || cost.Lanes == 0 || cost.Lanes > 16 {
		return fail("parameters out of bounds")
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(salt) < 8 {
		return fail("unreadable salt")
	}
	if hash, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(hash) < 16 || len(hash) > 64 {
		return fail("unreadable hash")
	}
	return cost, salt, hash, nil
}
