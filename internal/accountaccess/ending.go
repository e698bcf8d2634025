package accountaccess

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/assignment"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// retire removes an entitlement and voids the credentials that were issued because of it.
func retire(tx store.Tx, change idc.ChangeSet, e *idc.Entitlement, why string) error {
	if err := tx.DeleteEntitlement(e.ID); err != nil {
		return err
	}
	return assignment.Void(tx, change, e.ID, why)
}

func retireAll(tx store.Tx, change idc.ChangeSet, list []*idc.Entitlement, why string) error {
	for _, e := range list {
		if err := retire(tx, change, e, why); err != nil {
			return err
		}
	}
	return nil
}

// Unassign ends all entitlements of a user or group that is being deleted, in the
// transaction that deletes it.
func Unassign(tx store.Tx, change idc.ChangeSet, pt idc.PrincipalType, principalID string) error {
	list, err := tx.ListEntitlementsOfPrincipal(pt, principalID, store.Page{})
	if err != nil {
		return err
	}
	return retireAll(tx, change, list, "the principal was deleted")
}

// RoleDeleted ends all entitlements to a role, in the transaction that deletes it:
// a role of the same name made later is another one.
func RoleDeleted(tx store.Tx, change idc.ChangeSet, role *idc.Role) error {
	list, err := tx.ListEntitlementsOfRole(role.ARN, store.Page{})
	if err != nil {
		return err
	}
	return retireAll(tx, change, list, "the role was deleted")
}

// AccountLeft ends all entitlements to roles of an account, in the transaction that
// takes it out of the organization.
func AccountLeft(tx store.Tx, change idc.ChangeSet, accountID string) error {
	roles, err := tx.ListRoles(accountID, "", store.Page{})
	if err != nil {
		return err
	}
	for _, role := range roles {
		list, err := tx.ListEntitlementsOfRole(role.ARN, store.Page{})
		if err != nil {
			return err
		}
		if err := retireAll(tx, change, list, "the account left the organization"); err != nil {
			return err
		}
	}
	return nil
}

// endBatch bounds the rows that one transaction of End removes.
const endBatch = 200

// End removes the entitlements whose validity has ended by change.At, and returns
// how many there were. Access does not wait for it: the decision looks at the
// clock, and the credentials end with the validity.
func (s *Service) End(ctx context.Context, change idc.ChangeSet) (int, error) {
	total := 0
	for {
		n := 0
		err := s.Store.Update(ctx, change, func(tx store.Tx) error {
			ended, err := tx.ListEntitlementsEnding(change.At, endBatch)
			if err != nil {
				return err
			}
			for _, e := range ended {
				if err := tx.DeleteEntitlement(e.ID); err != nil {
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
