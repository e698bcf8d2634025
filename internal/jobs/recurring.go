package jobs

import (
	"context"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Recurring is work that every node does from time to time. It must be harmless
// when several nodes do it at once.
type Recurring struct {
	Name  string
	Every time.Duration
	Run   func(ctx context.Context, change idc.ChangeSet) error
}

// recur does the work at the start and then Every so often, a little earlier or
// later each time so that nodes drift apart.
func (r *Runner) recur(ctx context.Context, rec Recurring) {
	for {
		begun := r.Clock.Now()
		outcome := OutcomeDone
		if err := rec.Run(ctx, r.change()); err != nil && ctx.Err() == nil {
			outcome = OutcomeRetried
			r.Log.WarnContext(ctx, "recurring work failed", "name", rec.Name, "error", err)
		}
		if r.Observe != nil {
			r.Observe(rec.Name, outcome, r.Clock.Now().Sub(begun))
		}
		wait := rec.Every*9/10 + time.Duration(r.Random()*float64(rec.Every/5))
		select {
		case <-ctx.Done():
			return
		case <-r.Clock.After(wait):
		}
	}
}

// keepExpired is how long rows stay after they expired: a late request then still
// gets the answer for an expired thing and not that for an unknown one, and the
// reuse of an old refresh token is noticed.
const keepExpired = 24 * time.Hour

// Documented by AWS: handshakes disappear 30 days after they ended, and what a role
// was used for is told for 400 days.
const (
	keepHandshakes = 30 * 24 * time.Hour
	keepRoleUses   = 400 * 24 * time.Hour
)

// Sweeps removes what has expired from the store: portal sessions, grants, sign-in
// flows, tombstones, fences, throttles, client tokens, handshakes, access reports
// and uses of roles. Each batch is a transaction of its own,
// so that a long sweep does not keep other writers waiting.
func Sweeps(s store.Store) []Recurring {
	sweep := func(name string, every time.Duration, rows func(tx store.Tx, now time.Time) (int, error)) Recurring {
		return Recurring{Name: "sweep-" + name, Every: every, Run: func(ctx context.Context, change idc.ChangeSet) error {
			for {
				removed := 0
				err := s.Update(ctx, change, func(tx store.Tx) (err error) {
					removed, err = rows(tx, change.At)
					return err
				})
				if err != nil || removed == 0 {
					return err
				}
			}
		}}
	}
	late := func(now time.Time) time.Time { return now.Add(-keepExpired) }
	return []Recurring{
		sweep("portal-sessions", time.Hour, func(tx store.Tx, now time.Time) (int, error) { return tx.SweepPortalSessions(late(now)) }),
		sweep("grants", time.Hour, func(tx store.Tx, now time.Time) (int, error) { return tx.SweepGrants(late(now)) }),
		sweep("signin-flows", time.Hour, func(tx store.Tx, now time.Time) (int, error) { return tx.SweepSigninFlows(late(now)) }),
		sweep("throttles", time.Hour, func(tx store.Tx, now time.Time) (int, error) { return tx.SweepThrottles(late(now)) }),
		sweep("tombstones", time.Hour, func(tx store.Tx, now time.Time) (int, error) { return tx.SweepTombstones(now) }),
		sweep("fences", time.Hour, func(tx store.Tx, now time.Time) (int, error) { return tx.SweepFences(now) }),
		sweep("client-tokens", time.Hour, func(tx store.Tx, now time.Time) (int, error) { return tx.SweepClientTokens(now) }),
		sweep("handshakes", time.Hour, func(tx store.Tx, now time.Time) (int, error) { return tx.SweepHandshakes(now.Add(-keepHandshakes)) }),
		sweep("access-reports", time.Hour, func(tx store.Tx, now time.Time) (int, error) { return tx.SweepAccessReports(now) }),
		sweep("role-uses", time.Hour, func(tx store.Tx, now time.Time) (int, error) { return tx.SweepRoleUses(now.Add(-keepRoleUses)) }),
	}
}
