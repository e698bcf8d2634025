package directory

import (
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Erase empties an identity store whose instance is being deleted: groups with
// their memberships, then users with all they hold, whose sessions and credentials
// end. Nothing is reserved for a return. It removes at most limit objects and
// returns how many; fewer than limit means that the store is empty.
func (s *Service) Erase(tx store.Tx, change idc.ChangeSet, storeID string, limit int) (removed int, err error) {
	for removed < limit {
		groups, err := tx.ListGroups(storeID, store.Page{Limit: 1})
		if err != nil {
			return removed, err
		}
		if len(groups) == 0 {
			return s.eraseUsers(tx, change, storeID, removed, limit)
		}
		id := groups[0].ID
		memberships, err := tx.ListMembershipsOfGroup(id, store.Page{Limit: limit - removed})
		if err != nil {
			return removed, err
		}
		for _, m := range memberships {
			if err := tx.DeleteMembership(m.ID); err != nil {
				return removed, err
			}
			removed++
		}
		if removed == limit {
			return removed, nil
		}
		if err := s.unassign(tx, change, idc.OwnerBuiltIn, idc.PrincipalGroup, id); err != nil {
			return removed, err
		}
		if err := tx.DeleteGroup(id); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}

func (s *Service) eraseUsers(tx store.Tx, change idc.ChangeSet, storeID string, removed, limit int) (int, error) {
	users, err := tx.ListUsers(storeID, store.Page{Limit: limit - removed})
	if err != nil {
		return removed, err
	}
	for _, u := range users {
		if err := s.stripUser(tx, change, u, idc.OwnerBuiltIn); err != nil {
			return removed, err
		}
		if err := tx.DeleteUser(u.ID); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}
