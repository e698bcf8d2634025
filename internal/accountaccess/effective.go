package accountaccess

import (
	"cmp"
	"slices"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/assignment"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Grant is a role that a person may use, and by which entitlement.
type Grant struct {
	Entitlement *idc.Entitlement
	Application *idc.AccountAccessApplication
	Role        *idc.Role
	Account     *idc.Account
	// Validity is the time in which both the entitlement and the membership hold
	// through which it reaches the person.
	Validity idc.Validity
}

// Effective returns the roles that a user is entitled to at an instant, by account
// and then by name of the role. Of several entitlements to one role, it is the one
// that lasts longest. An unknown or disabled user has none; neither has anybody a
// role that is gone, or one in an account that is not active in the organization.
func Effective(r store.Reader, userID string, at time.Time) ([]Grant, error) {
	principals, err := assignment.Principals(r, userID, at)
	if err != nil {
		return nil, err
	}
	best := map[string]Grant{} // by ARN of the role
	for _, p := range principals {
		list, err := r.ListEntitlementsOfPrincipal(p.Type, p.ID, store.Page{})
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			if !e.Validity.ActiveAt(at) {
				continue
			}
			g := Grant{Entitlement: e, Validity: p.Bounds(e.Validity)}
			if have, ok := best[e.RoleARN]; !ok || lasts(g.Validity, have.Validity) {
				best[e.RoleARN] = g
			}
		}
	}
	var out []Grant
	for _, g := range best {
		complete, err := g.complete(r)
		if err != nil {
			return nil, err
		}
		if complete {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b Grant) int {
		return cmp.Or(cmp.Compare(a.Account.ID, b.Account.ID), cmp.Compare(a.Role.Name, b.Role.Name))
	})
	return out, nil
}

// complete finds what a grant leads to, and reports whether it leads anywhere.
func (g *Grant) complete(r store.Reader) (bool, error) {
	var err error
	if g.Application, err = r.AccountAccessApplication(g.Entitlement.ApplicationID); err != nil {
		return false, notMissing(err)
	}
	if g.Role, err = entitled(r, g.Entitlement.RoleARN); err != nil {
		if idc.KindOf(err) == idc.Invalid {
			return false, nil
		}
		return false, err
	}
	g.Account, err = r.Account(g.Role.AccountID)
	return err == nil, err
}

func notMissing(err error) error {
	if idc.IsNotFound(err) {
		return nil
	}
	return err
}

// lasts reports whether a ends after b.
func lasts(a, b idc.Validity) bool {
	return !b.EndsAt.IsZero() && (a.EndsAt.IsZero() || a.EndsAt.After(b.EndsAt))
}

// Holds reports whether an entitlement still gives a user access at an instant: it
// is there and active, and the user is its principal or in its group.
func Holds(r store.Reader, userID, entitlementID string, at time.Time) (bool, error) {
	e, err := r.Entitlement(entitlementID)
	if err != nil {
		return false, notMissing(err)
	}
	if !e.Validity.ActiveAt(at) {
		return false, nil
	}
	principals, err := assignment.Principals(r, userID, at)
	return slices.ContainsFunc(principals, func(p assignment.Principal) bool {
		return p.Type == e.PrincipalType && p.ID == e.PrincipalID
	}), err
}
