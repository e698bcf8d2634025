package assignment

import (
	"cmp"
	"slices"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Effective returns all that a user may use at an instant: one grant for every
// account, permission set and assignment, ordered by these. An unknown or
// disabled user has nothing. For the past, give it a Reader of that instant too
// (store.Reader.At).
func Effective(r store.Reader, userID string, at time.Time) ([]idc.Grant, error) {
	principals, err := principalsOf(r, userID, at)
	if err != nil || len(principals) == 0 {
		return nil, err
	}
	var assignments []*idc.Assignment
	for _, p := range principals {
		list, err := r.ListAssignmentsOfPrincipal(p.kind, p.id, store.Page{})
		if err != nil {
			return nil, err
		}
		assignments = append(assignments, list...)
	}
	expand := expander{r: r}
	if err := expand.expect(assignments); err != nil {
		return nil, err
	}
	var grants []idc.Grant
	for _, a := range assignments {
		if !a.Validity.ActiveAt(at) {
			continue
		}
		accounts, err := expand.active(a.Scope)
		if err != nil {
			return nil, err
		}
		for _, account := range accounts {
			grants = append(grants, principals.grant(userID, account.ID, a))
		}
	}
	slices.SortFunc(grants, compareGrants)
	return grants, nil
}

// EffectiveOf returns the grant by which a user may use a permission set in an
// account at an instant. Of several, it is the one that lasts longest. ok is
// false when there is none.
func EffectiveOf(r store.Reader, userID, accountID, permissionSetID string, at time.Time) (grant idc.Grant, ok bool, err error) {
	account, err := r.Account(accountID)
	if idc.IsNotFound(err) {
		return idc.Grant{}, false, nil
	}
	if err != nil || account.State != idc.AccountActive {
		return idc.Grant{}, false, err
	}
	principals, err := principalsOf(r, userID, at)
	if err != nil || len(principals) == 0 {
		return idc.Grant{}, false, err
	}
	assignments, err := r.ListAssignmentsNaming(accountID, permissionSetID)
	if err != nil {
		return idc.Grant{}, false, err
	}
	for _, a := range assignments {
		if !a.Validity.ActiveAt(at) || !principals.has(a) {
			continue
		}
		reached, err := contains(r, a.Scope, account)
		if err != nil {
			return idc.Grant{}, false, err
		}
		if !reached {
			continue
		}
		g := principals.grant(userID, accountID, a)
		if !ok || lasts(g.Validity, grant.Validity) {
			grant, ok = g, true
		}
	}
	return grant, ok, nil
}

// Holds reports whether an assignment still gives a user access at an instant:
// it is there and active, and the user is its principal or in its group.
func Holds(r store.Reader, userID, assignmentID string, at time.Time) (bool, error) {
	a, err := r.Assignment(assignmentID)
	if idc.IsNotFound(err) {
		return false, nil
	}
	if err != nil || !a.Validity.ActiveAt(at) {
		return false, err
	}
	principals, err := principalsOf(r, userID, at)
	return err == nil && principals.has(a), err
}

// lasts reports whether a ends after b.
func lasts(a, b idc.Validity) bool {
	return !b.EndsAt.IsZero() && (a.EndsAt.IsZero() || a.EndsAt.After(b.EndsAt))
}

// Reached reports whether any assignment brings a permission set into an account
// at an instant, so that its role must be there. Whether a group has members does
// not matter.
func Reached(r store.Reader, accountID, permissionSetID string, at time.Time) (bool, error) {
	account, err := r.Account(accountID)
	if idc.IsNotFound(err) {
		return false, nil
	}
	if err != nil || account.State != idc.AccountActive {
		return false, err
	}
	assignments, err := r.ListAssignmentsNaming(accountID, permissionSetID)
	if err != nil {
		return false, err
	}
	for _, a := range assignments {
		if !a.Validity.ActiveAt(at) {
			continue
		}
		if reached, err := contains(r, a.Scope, account); err != nil || reached {
			return reached, err
		}
	}
	return false, nil
}

// PermissionSetsOf returns the ids of the permission sets that assignments bring
// into an account at an instant, in order.
func PermissionSetsOf(r store.Reader, accountID string, at time.Time) ([]string, error) {
	account, err := r.Account(accountID)
	if idc.IsNotFound(err) {
		return nil, nil
	}
	if err != nil || account.State != idc.AccountActive {
		return nil, err
	}
	assignments, err := r.ListAssignmentsNaming(accountID, "")
	if err != nil {
		return nil, err
	}
	var sets []string
	for _, a := range assignments {
		if !a.Validity.ActiveAt(at) {
			continue
		}
		reached, err := contains(r, a.Scope, account)
		if err != nil {
			return nil, err
		}
		if reached {
			sets = append(sets, a.PermissionSetID)
		}
	}
	slices.Sort(sets)
	return slices.Compact(sets), nil
}

// AccountsOf returns the ids of the active accounts into which assignments bring
// a permission set at an instant, in order.
func AccountsOf(r store.Reader, permissionSetID string, at time.Time) ([]string, error) {
	assignments, err := r.ListAssignmentsOfPermissionSet(permissionSetID, store.Page{})
	if err != nil {
		return nil, err
	}
	expand := expander{r: r}
	if err := expand.expect(assignments); err != nil {
		return nil, err
	}
	var out []string
	for _, a := range assignments {
		if !a.Validity.ActiveAt(at) {
			continue
		}
		accounts, err := expand.active(a.Scope)
		if err != nil {
			return nil, err
		}
		for _, account := range accounts {
			out = append(out, account.ID)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func compareGrants(a, b idc.Grant) int {
	return cmp.Or(cmp.Compare(a.AccountID, b.AccountID), cmp.Compare(a.PermissionSetID, b.PermissionSetID),
		cmp.Compare(a.AssignmentID, b.AssignmentID), cmp.Compare(a.GroupID, b.GroupID))
}

// principal is a user, or a group with the membership that puts the user into it.
type principal struct {
	kind     idc.PrincipalType
	id       string
	validity idc.Validity
}

type principals []principal

// principalsOf returns the user and its groups at an instant; nothing for a user
// that does not exist or is disabled.
func principalsOf(r store.Reader, userID string, at time.Time) (principals, error) {
	user, err := r.User(userID)
	if idc.IsNotFound(err) {
		return nil, nil
	}
	if err != nil || user.Status != idc.UserEnabled {
		return nil, err
	}
	memberships, err := r.ListMembershipsOfUser(userID, store.Page{})
	if err != nil {
		return nil, err
	}
	out := principals{{kind: idc.PrincipalUser, id: userID}}
	for _, m := range memberships {
		if m.Validity.ActiveAt(at) {
			out = append(out, principal{kind: idc.PrincipalGroup, id: m.GroupID, validity: m.Validity})
		}
	}
	return out, nil
}

func (ps principals) index(a *idc.Assignment) int {
	return slices.IndexFunc(ps, func(p principal) bool { return p.kind == a.PrincipalType && p.id == a.PrincipalID })
}

func (ps principals) has(a *idc.Assignment) bool { return ps.index(a) >= 0 }

// grant makes the grant of an assignment to one of the principals.
func (ps principals) grant(userID, accountID string, a *idc.Assignment) idc.Grant {
	g := idc.Grant{UserID: userID, AccountID: accountID, PermissionSetID: a.PermissionSetID, AssignmentID: a.ID, Validity: a.Validity}
	if p := ps[ps.index(a)]; p.kind == idc.PrincipalGroup {
		g.GroupID = p.id
		g.Validity = intersect(a.Validity, p.validity)
	}
	return g
}

func intersect(a, b idc.Validity) idc.Validity {
	if b.StartsAt.After(a.StartsAt) {
		a.StartsAt = b.StartsAt
	}
	if !b.EndsAt.IsZero() && (a.EndsAt.IsZero() || b.EndsAt.Before(a.EndsAt)) {
		a.EndsAt = b.EndsAt
	}
	return a
}

// expander turns scopes into accounts; it reads each account, and the list of all of them, once.
type expander struct {
	r     store.Reader
	all   []*idc.Account
	named map[string]*idc.Account // nil for those that do not exist
}

// expect reads the accounts that the assignments name, together.
func (e *expander) expect(assignments []*idc.Assignment) error {
	var ids []string
	for _, a := range assignments {
		if _, known := e.named[a.Scope.AccountID]; a.Scope.Kind == idc.ScopeAccount && !known {
			ids = append(ids, a.Scope.AccountID)
		}
	}
	found, err := e.r.AccountsByID(ids)
	if err != nil {
		return err
	}
	if e.named == nil {
		e.named = map[string]*idc.Account{}
	}
	for _, id := range ids {
		e.named[id] = nil
	}
	for _, account := range found {
		e.named[account.ID] = account
	}
	return nil
}

// active returns the active accounts of the scope of an assignment that is expected.
func (e *expander) active(scope idc.Scope) ([]*idc.Account, error) {
	accounts, err := e.accounts(scope)
	return slices.DeleteFunc(accounts, func(a *idc.Account) bool { return a.State != idc.AccountActive }), err
}

// accounts returns the accounts in any state, in a fresh slice, of the scope of an assignment that is expected.
func (e *expander) accounts(scope idc.Scope) ([]*idc.Account, error) {
	if scope.Kind == idc.ScopeAccount {
		account := e.named[scope.AccountID]
		if account == nil || !account.InOrganization() {
			return nil, nil
		}
		return []*idc.Account{account}, nil
	}
	if e.all == nil {
		var err error
		if e.all, err = e.r.ListAccounts(store.Page{}); err != nil {
			return nil, err
		}
	}
	var out []*idc.Account
	for _, account := range e.all {
		in, err := contains(e.r, scope, account)
		if err != nil {
			return nil, err
		}
		if in {
			out = append(out, account)
		}
	}
	return out, nil
}
