package application

import (
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Erase removes what an instance that is being deleted has here: applications with
// their assignments, and trusted token issuers. It removes at most limit rows and
// returns how many; fewer than limit means that nothing is left.
func Erase(tx store.Tx, in *idc.Instance, limit int) (removed int, err error) {
	for removed < limit {
		applications, err := tx.ListApplications(store.ApplicationFilter{InstanceID: in.ID}, store.Page{Limit: 1})
		if err != nil {
			return removed, err
		}
		if len(applications) == 0 {
			return eraseIssuers(tx, in, removed, limit)
		}
		id := applications[0].ID
		assignments, err := tx.ListApplicationAssignments(id, store.Page{Limit: limit - removed})
		if err != nil {
			return removed, err
		}
		for _, a := range assignments {
			if err := tx.DeleteApplicationAssignment(id, a.PrincipalType, a.PrincipalID); err != nil {
				return removed, err
			}
			removed++
		}
		if removed == limit {
			return removed, nil
		}
		if err := tx.DeleteApplication(id); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}

func eraseIssuers(tx store.Tx, in *idc.Instance, removed, limit int) (int, error) {
	issuers, err := tx.ListTrustedTokenIssuers(in.ID, store.Page{Limit: limit - removed})
	if err != nil {
		return removed, err
	}
	for _, issuer := range issuers {
		if err := tx.DeleteTrustedTokenIssuer(issuer.ID); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}
