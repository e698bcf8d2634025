package assignment

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Row is an account assignment as the AWS API lists it.
type Row struct {
	Edge
	AssignmentID string
	// Derived marks a row that comes from an assignment of wider scope.
	Derived bool
}

func (row Row) key() string {
	return row.AccountID + "/" + row.PermissionSetID + "/" + string(row.PrincipalType) + "/" + row.PrincipalID
}

func rowOf(a *idc.Assignment, accountID string) Row {
	return Row{
		Edge:         Edge{AccountID: accountID, PermissionSetID: a.PermissionSetID, PrincipalType: a.PrincipalType, PrincipalID: a.PrincipalID},
		AssignmentID: a.ID,
		Derived:      a.Scope.Kind != idc.ScopeAccount,
	}
}

// List returns the assignments of a permission set in an account.
func (s *Service) List(ctx context.Context, accountID, permissionSetID string, p store.Page) (rows []Row, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		account, err := r.Account(accountID)
		if idc.IsNotFound(err) {
			rows, next = nil, ""
			return nil
		}
		if err != nil {
			return err
		}
		assignments, err := r.ListAssignmentsNaming(accountID, permissionSetID)
		if err != nil {
			return err
		}
		var all []Row
		for _, a := range assignments {
			in, err := contains(r, a.Scope, account)
			if err != nil {
				return err
			}
			if in {
				all = append(all, rowOf(a, accountID))
			}
		}
		rows, next = store.Cut(p, distinct(all), Row.key)
		return nil
	})
	return rows, next, err
}

// ForPrincipal returns the account assignments of a user or group. A user's
// include those of its groups, under the group's id. accountID "" means all
// accounts.
func (s *Service) ForPrincipal(ctx context.Context, pt idc.PrincipalType, principalID, accountID string, p store.Page) (rows []Row, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		who := principals{{kind: pt, id: principalID}}
		if err := principalExists(r, pt, principalID); err != nil {
			return err
		}
		if pt == idc.PrincipalUser {
			memberships, err := r.ListMembershipsOfUser(principalID, store.Page{})
			if err != nil {
				return err
			}
			for _, m := range memberships {
				who = append(who, principal{kind: idc.PrincipalGroup, id: m.GroupID})
			}
		}
		var all []Row
		expand := expander{r: r}
		for _, one := range who {
			assignments, err := r.ListAssignmentsOfPrincipal(one.kind, one.id, store.Page{})
			if err == nil {
				err = expand.expect(assignments)
			}
			if err != nil {
				return err
			}
			for _, a := range assignments {
				accounts, err := expand.accounts(a.Scope)
				if err != nil {
					return err
				}
				for _, account := range accounts {
					if accountID == "" || account.ID == accountID {
						all = append(all, rowOf(a, account.ID))
					}
				}
			}
		}
		rows, next = store.Cut(p, distinct(all), Row.key)
		return nil
	})
	return rows, next, err
}

// distinct keeps one row of each key, a plain assignment before a derived one.
func distinct(rows []Row) []Row {
	at := map[string]int{}
	var out []Row
	for _, row := range rows {
		i, seen := at[row.key()]
		switch {
		case !seen:
			at[row.key()] = len(out)
			out = append(out, row)
		case out[i].Derived && !row.Derived:
			out[i] = row
		}
	}
	return out
}
