package session

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
)

const (
	// registrationsPerSecond is AWS's quota of RegisterClient per remote address.
	// Registering needs no proof of anything, so this is what keeps a stranger from
	// filling the database.
	registrationsPerSecond = 20
	registrationBurst      = 40
	// maxAddresses bounds the memory of the limiter; when it is full it starts over.
	maxAddresses = 10_000
)

// addressLimiter counts registrations per remote address, on this node.
type addressLimiter struct {
	mu        sync.Mutex
	byAddress map[string]*rate.Limiter
}

// admit refuses an address that asks too often.
func (l *addressLimiter) admit(ctx context.Context, now time.Time) error {
	address := reqctx.From(ctx).ClientIP
	l.mu.Lock()
	defer l.mu.Unlock()
	limiter := l.byAddress[address]
	if limiter == nil {
		if l.byAddress == nil || len(l.byAddress) >= maxAddresses {
			l.byAddress = map[string]*rate.Limiter{}
		}
		limiter = rate.NewLimiter(registrationsPerSecond, registrationBurst)
		l.byAddress[address] = limiter
	}
	if !limiter.AllowN(now, 1) {
		return idc.Errorf(idc.Throttled, "Too many clients are registered from your address. Slow down.").With(idc.ReasonSlowDown)
	}
	return nil
}
