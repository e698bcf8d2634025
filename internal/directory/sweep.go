package directory

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// sweepSize bounds one sweep's transaction.
const sweepSize = 500

// Sweep removes memberships that time has ended and tombstones that are no longer kept, and reports how
// many rows went. Nothing waits for it: a decision looks at the validity itself.
func (s *Service) Sweep(ctx context.Context, change idc.ChangeSet) (int, error) {
	removed := 0
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		removed = 0
		memberships, err := tx.ListMembershipsEnding(s.now(), sweepSize)
		if err != nil {
			return err
		}
		for _, m := range memberships {
			if err := tx.DeleteMembership(m.ID); err != nil {
				return err
			}
		}
		stones, err := tx.SweepTombstones(s.now())
		removed = len(memberships) + stones
		return err
	})
	return removed, err
}
