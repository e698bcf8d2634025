package authn

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Limit says when failures of one key lock it, and for how long.
type Limit struct {
	// Free is how many failures do not lock. The next one locks for FirstLock, each further one twice as
	// long, up to LongestLock.
	Free                   int
	FirstLock, LongestLock time.Duration
	// Quiet is how long there must be no failure until all are forgotten.
	Quiet time.Duration
}

// Limits are the limits of the sign-in.
type Limits struct {
	User    Limit // passwords of one user name
	Code    Limit // second-factor codes of one user
	Address Limit // failures from one address
	Device  Limit // unknown device codes typed by one user
}

// DefaultLimits are those of production.
func DefaultLimits() Limits {
	person := Limit{Free: 4, FirstLock: time.Minute, LongestLock: 15 * time.Minute, Quiet: time.Hour}
	return Limits{
		User:    person,
		Code:    person,
		Address: Limit{Free: 50, FirstLock: time.Minute, LongestLock: 15 * time.Minute, Quiet: time.Hour},
		Device:  Limit{Free: 9, FirstLock: time.Minute, LongestLock: 15 * time.Minute, Quiet: time.Hour},
	}
}

func (s *Service) limits() Limits {
	if s.Limits == (Limits{}) {
		return DefaultLimits()
	}
	return s.Limits
}

// The keys of counters. Names are hashed: what people type into the name field by mistake is a password.
func userKey(userName string) string {
	sum := sha256.Sum256([]byte(idc.FoldName(userName)))
	return "password/" + hex.EncodeToString(sum[:16])
}

func codeKey(userID string) string { return "code/" + userID }

// addressKey counts an IPv6 network of 64 bits as one: a single customer has all of its addresses.
func addressKey(ip string) string {
	address, err := netip.ParseAddr(ip)
	if err != nil {
		return "address/unknown"
	}
	address = address.Unmap().WithZone("")
	if address.Is6() {
		if prefix, err := address.Prefix(64); err == nil {
			return "address/" + prefix.String()
		}
	}
	return "address/" + address.String()
}

// Locked reports whether the key is locked at an instant.
func (l Limit) Locked(r store.CredentialReader, key string, now time.Time) (bool, error) {
	t, err := r.Throttle(key)
	if idc.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return now.Before(t.LockedUntil), nil
}

// Fail counts a failure of the key, and locks it when there were too many.
func (l Limit) Fail(tx store.Tx, key string, now time.Time) error {
	t, err := tx.Throttle(key)
	if idc.IsNotFound(err) {
		t, err = &idc.Throttle{Key: key}, nil
	}
	if err != nil {
		return err
	}
	if now.Sub(t.WindowStart) > l.Quiet && !now.Before(t.LockedUntil) {
		t.Failures = 0
	}
	t.Failures++
	t.WindowStart = now
	if over := t.Failures - l.Free; over > 0 {
		t.LockedUntil = now.Add(l.lock(over))
	}
	return tx.PutThrottle(t)
}

// lock is how long the nth failure too many locks.
func (l Limit) lock(n int) time.Duration {
	d := l.FirstLock
	for range n - 1 {
		if d >= l.LongestLock {
			return l.LongestLock
		}
		d *= 2
	}
	return min(d, l.LongestLock)
}

// Forget removes the counter of the key.
func Forget(tx store.Tx, key string) error {
	if err := tx.DeleteThrottle(key); err != nil && !idc.IsNotFound(err) {
		return err
	}
	return nil
}
