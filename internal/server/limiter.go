package server

import (
	"context"
	"errors"
	"strconv"
	"sync"

	"golang.org/x/time/rate"

	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
)

// budgetOf is a whole budget of an address on one node: so much at once, and then so much a second. AWS's own quota
// of RegisterClient is 20 a second per address; a device polls once a second, and a whole office shares an address.
func budgetOf(b awsedge.Budget) *rate.Limiter {
	switch b {
	case awsedge.BudgetOpen:
		return rate.NewLimiter(20, 100)
	case awsedge.BudgetProof:
		return rate.NewLimiter(100, 200)
	}
	return rate.NewLimiter(2, 100) // BudgetRefused
}

// maxAddresses bounds the memory of the limiter, to some megabytes.
const maxAddresses = 20_000

// limiter is the edge's Limiter, and that of /authorize and of console links. Addresses are IPv4 addresses and IPv6 networks of 64
// bits. It counts what it refuses in a metric, and once a minute in one record for each address.
type limiter struct {
	clock  clock.Clock
	audit  *audit.Service
	count  func(budget string) // the metric
	most   int                 // addresses
	mu     sync.Mutex
	states map[string]*addressState
	// forgotten is what was refused to addresses that had to make place.
	forgotten map[awsedge.Budget]int
}

// addressState is one address: its budgets, and what was refused since the last record.
type addressState struct {
	left    map[awsedge.Budget]*rate.Limiter
	refused map[awsedge.Budget]int
}

func newLimiter(c clock.Clock, a *audit.Service, count func(budget string)) *limiter {
	return &limiter{clock: c, audit: a, count: count, most: maxAddresses,
		states: map[string]*addressState{}, forgotten: map[awsedge.Budget]int{}}
}

// Admit implements awsedge.Limiter.
func (l *limiter) Admit(address string, b awsedge.Budget) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.state(authn.Network(address, 32))
	if s.left[b] == nil {
		s.left[b] = budgetOf(b)
	}
	if s.left[b].AllowN(l.clock.Now(), 1) {
		return nil
	}
	s.refused[b]++
	l.count(string(b))
	return idc.Errorf(idc.Throttled, "Too many requests from your network address. Wait a little and try again.").With(idc.ReasonSlowDown)
}

// admitAuthorize asks for leave to begin an authorization.
func (l *limiter) admitAuthorize(ctx context.Context) error {
	return l.Admit(reqctx.From(ctx).ClientIP, awsedge.BudgetOpen)
}

// state finds or makes the state of an address. Where there is no room any other makes place for it: who has
// that many addresses gains little by the budget of one.
func (l *limiter) state(address string) *addressState {
	s := l.states[address]
	if s != nil {
		return s
	}
	for other, state := range l.states {
		if len(l.states) < l.most {
			break
		}
		delete(l.states, other)
		for b, n := range state.refused {
			l.forgotten[b] += n
		}
	}
	s = &addressState{left: map[awsedge.Budget]*rate.Limiter{}, refused: map[awsedge.Budget]int{}}
	l.states[address] = s
	return s
}

// summarize records what was refused since it last ran, an event for each address, and forgets the addresses
// whose budgets are whole again. It runs once a minute.
func (l *limiter) summarize(ctx context.Context, _ idc.ChangeSet) error {
	var failures []error
	for address, refused := range l.take() {
		data := map[string]string{"address": address}
		for b, n := range refused {
			data[string(b)] = strconv.Itoa(n)
		}
		err := l.audit.Record(ctx, audit.Call{
			Time: l.clock.Now(), Name: "RequestsThrottled", Source: "gatehouse", Type: audit.TypeServiceEvent,
			Caller: idc.Caller{Type: idc.CallerAnonymous}, ClientIP: address, AdditionalEventData: data,
		})
		failures = append(failures, err)
	}
	return errors.Join(failures...)
}

// take empties the counts.
func (l *limiter) take() map[string]map[awsedge.Budget]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock.Now()
	taken := map[string]map[awsedge.Budget]int{}
	if len(l.forgotten) > 0 {
		taken["elsewhere"], l.forgotten = l.forgotten, map[awsedge.Budget]int{}
	}
	for address, s := range l.states {
		if len(s.refused) > 0 {
			taken[address], s.refused = s.refused, map[awsedge.Budget]int{}
		}
		whole := true
		for _, left := range s.left {
			whole = whole && left.TokensAt(now) >= float64(left.Burst())
		}
		if whole {
			delete(l.states, address)
		}
	}
	return taken
}
