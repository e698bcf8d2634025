package application

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// endBatch bounds the rows that one transaction of End removes.
const endBatch = 200

// End removes the assignments whose validity has ended by change.At, and returns
// how many there were. Access does not wait for it: whoever decides looks at the clock.
func (s *Service) End(ctx context.Context, change idc.ChangeSet) (int, error) {
	total := 0
	for {
		n := 0
		err := s.Store.Update(ctx, change, func(tx store.Tx) error {
			ended, err := tx.ListApplicationAssignmentsEnding(change.At, endBatch)
			if err != nil {
				return err
			}
			for _, a := range ended {
				if err := tx.DeleteApplicationAssignment(a.ApplicationID, a.PrincipalType, a.PrincipalID); err != nil {
					return err
				}
			}
			n = len(ended)
			return nil
		})
		total += n
		if err != nil || n == 0 {
			return total, err
		}
	}
}
