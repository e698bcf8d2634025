package assignment

import (
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// contains reports whether a scope holds an account, whatever the account's state. One that left the
// organization is out of every scope.
func contains(r store.AccountReader, scope idc.Scope, account *idc.Account) (bool, error) {
	if !account.InOrganization() || slices.Contains(scope.Exclude, account.ID) {
		return false, nil
	}
	switch scope.Kind {
	case idc.ScopeAccount:
		return scope.AccountID == account.ID, nil
	case idc.ScopeAll:
		return true, nil
	case idc.ScopeOU:
		return below(r, account.ParentID, scope.OUID, scope.Direct)
	}
	// A scope that cannot be expanded reaches nothing.
	return false, nil
}

// below reports whether the OU or root parent is target, or lies in it.
func below(r store.AccountReader, parent, target string, direct bool) (bool, error) {
	if parent == target {
		return true, nil
	}
	// AWS allows five levels; the bound is for a tree that has been tampered with.
	for depth := 0; !direct && depth < 16; depth++ {
		ou, err := r.OU(parent)
		if idc.IsNotFound(err) {
			return false, nil // the root has no row
		}
		if err != nil {
			return false, err
		}
		if parent = ou.ParentID; parent == target {
			return true, nil
		}
	}
	return false, nil
}

// checkScope refuses a scope that names what does not exist.
func checkScope(r store.Reader, scope idc.Scope) error {
	switch scope.Kind {
	case idc.ScopeAccount:
		if len(scope.Exclude) > 0 {
			return idc.Errorf(idc.Invalid, "A scope of one account has no exclusions.")
		}
		return activeAccount(r, scope.AccountID)
	case idc.ScopeAll:
	case idc.ScopeOU:
		instance, err := r.Instance()
		if err != nil {
			return err
		}
		if scope.OUID != instance.RootID {
			if _, err := r.OU(scope.OUID); idc.IsNotFound(err) {
				return idc.NotFoundf("OrganizationalUnit", scope.OUID, "You specified an organizational unit that doesn't exist: %s.", scope.OUID)
			} else if err != nil {
				return err
			}
		}
	default:
		return idc.Errorf(idc.Invalid, "The scope %q is not supported yet: use one account, an organizational unit or all accounts.", scope.Kind)
	}
	for _, id := range scope.Exclude {
		if _, err := r.Account(id); idc.IsNotFound(err) {
			return idc.NotFoundf("Account", id, "Could not find AWS account with id %s", id)
		} else if err != nil {
			return err
		}
	}
	return nil
}

// describe names a scope for a person.
func describe(scope idc.Scope) string {
	switch scope.Kind {
	case idc.ScopeAccount:
		return "account " + scope.AccountID
	case idc.ScopeOU:
		return "organizational unit " + scope.OUID
	case idc.ScopeTag:
		return "tag " + scope.Tag
	}
	return "all accounts"
}
