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
	User     Limit // passwords of one user name from one network
	Anywhere Limit // passwords of one user name from all networks together
	Code     Limit // second-factor codes of one user
	Address  Limit // failures from one address
	Device   Limit // unknown device codes typed by one user
}

// DefaultLimits are those of production.
func DefaultLimits() Limits {
	person := Limit{Free: 4, FirstLock: time.Minute, LongestLock: 15 * time.Minute, Quiet: time.Hour}
	return Limits{
		User: person,
		// Locking a name everywhere locks its owner out as well. A network gets past its own lock about four
		// times an hour: with this rest between two failures it takes many networks to get here and to stay.
		Anywhere: Limit{Free: 50, FirstLock: time.Minute, LongestLock: 15 * time.Minute, Quiet: 10 * time.Minute},
		Code:     person,
		Address:  Limit{Free: 50, FirstLock: time.Minute, LongestLock: 15 * time.Minute, Quiet: time.Hour},
		Device:   Limit{Free: 9, FirstLock: time.Minute, LongestLock: 15 * time.Minute, Quiet: time.Hour},
	}
}

func (s *Service) limits() Limits {
	if s.Limits == (Limits{}) {
		return DefaultLimits()
	}
	return s.Limits
}

// passwordKeys are the counters of a user name in an identity store: from the network of an address, and from anywhere. Names are
// hashed: what people type into the name field by mistake is a password. A new password (changed) begins to
// count anew, so that nobody waits who has just been given one.
func passwordKeys(identityStoreID, userName string, changed time.Time, ip string) (network, anywhere string) {
	sum := sha256.Sum256([]byte(identityStoreID + "\x00" + idc.FoldName(userName) + "\x00" + changed.UTC().Format(time.RFC3339Nano)))
	anywhere = "password/" + hex.EncodeToString(sum[:16])
	return anywhere + "/" + Network(ip, 24), anywhere
}

func codeKey(userID string) string { return "code/" + userID }

func addressKey(ip string) string { return "address/" + Network(ip, 32) }

// Network names the network of an address by which failures and requests are counted: for IPv4 its first
// bits4 bits, for IPv6 the 64 bits of which a single customer has all addresses. What is no address is "unknown".
func Network(ip string, bits4 int) string {
	address, err := netip.ParseAddr(ip)
	if err != nil {
		return "unknown"
	}
	address = address.Unmap().WithZone("")
	bits := bits4
	if address.Is6() {
		bits = 64
	}
	prefix, err := address.Prefix(bits)
	if err != nil {
		return "unknown"
	}
	if prefix.IsSingleIP() {
		return address.String()
	}
	return prefix.String()
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

// failure is a failure as it was counted, so that it can be taken back.
type failure struct{ before, after idc.Throttle }

// count is Fail for an attempt that is yet to be judged.
func (l Limit) count(tx store.Tx, key string, now time.Time) (failure, error) {
	f := failure{before: idc.Throttle{Key: key}}
	before, err := tx.Throttle(key)
	if err != nil && !idc.IsNotFound(err) {
		return f, err
	}
	if err == nil {
		f.before = *before
	}
	if err := l.Fail(tx, key, now); err != nil {
		return f, err
	}
	after, err := tx.Throttle(key)
	if err != nil {
		return f, err
	}
	f.after = *after
	return f, nil
}

// takeBack undoes the failure. When others were counted after it, their locks stay.
func (f failure) takeBack(tx store.Tx) error {
	t, err := tx.Throttle(f.after.Key)
	if idc.IsNotFound(err) {
		return nil // forgotten since
	}
	if err != nil {
		return err
	}
	if t.Failures != f.after.Failures || !t.WindowStart.Equal(f.after.WindowStart) {
		t.Failures = max(0, t.Failures-1)
		return tx.PutThrottle(t)
	}
	if f.before.Failures == 0 && f.before.WindowStart.IsZero() {
		return Forget(tx, t.Key)
	}
	return tx.PutThrottle(&f.before)
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
