package sqlstore

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func assignmentTable() *versioned[idc.Assignment] {
	return &versioned[idc.Assignment]{
		version: func(a *idc.Assignment) *idc.Version { return &a.Version },
		table: table[idc.Assignment]{
			noun: store.NounAssignment, name: "assignments", body: true,
			id: func(a *idc.Assignment) string { return a.ID },
			columns: []column[idc.Assignment]{
				text("id", func(a *idc.Assignment) *string { return &a.ID }),
				text("permission_set_id", func(a *idc.Assignment) *string { return &a.PermissionSetID }),
				text("principal_type", func(a *idc.Assignment) *idc.PrincipalType { return &a.PrincipalType }),
				text("principal_id", func(a *idc.Assignment) *string { return &a.PrincipalID }),
				derived("scope_key", func(a *idc.Assignment) any { return scopeKey(a.Scope) }),
				derived("scope_account", func(a *idc.Assignment) any { return scopeAccount(a.Scope) }),
				instant("starts_at", func(a *idc.Assignment) *time.Time { return &a.Validity.StartsAt }),
				instant("ends_at", func(a *idc.Assignment) *time.Time { return &a.Validity.EndsAt }),
				text("owner", func(a *idc.Assignment) *idc.Owner { return &a.Owner }),
			},
			unique: []unique{
				{"assignments_edge", []string{"permission_set_id", "principal_type", "principal_id", "scope_key"}, "Assignment", "This assignment exists already."},
			},
		},
	}
}

// scopeKey returns the form in which scopes are compared. The order of the
// excluded accounts does not matter, nor do members that its kind does not use.
func scopeKey(s idc.Scope) string {
	var target string
	switch s.Kind {
	case idc.ScopeAccount:
		target = s.AccountID
	case idc.ScopeOU:
		target = s.OUID + "/" + strconv.FormatBool(s.Direct)
	case idc.ScopeTag:
		target = s.Tag
	}
	if len(s.Exclude) > 0 {
		target += "\n" + strings.Join(slices.Sorted(slices.Values(s.Exclude)), "\n")
	}
	return string(s.Kind) + ":" + digested(target)
}

func scopeAccount(s idc.Scope) any {
	if s.Kind != idc.ScopeAccount {
		return nil
	}
	return s.AccountID
}

func (r *reader) Assignment(id string) (*idc.Assignment, error) {
	return r.tables.assignments.get(r, id)
}

func (r *reader) FindAssignment(permissionSetID string, pt idc.PrincipalType, principalID string, scope idc.Scope) (*idc.Assignment, error) {
	return r.tables.assignments.find(r, principalID,
		"permission_set_id = $1 and principal_type = $2 and principal_id = $3 and scope_key = $4",
		permissionSetID, string(pt), principalID, scopeKey(scope))
}

func (r *reader) ListAssignments(p store.Page) ([]*idc.Assignment, error) {
	return r.tables.assignments.page(r, p, "")
}

func (r *reader) ListAssignmentsOfPrincipal(pt idc.PrincipalType, principalID string, p store.Page) ([]*idc.Assignment, error) {
	return r.tables.assignments.page(r, p, "principal_id = $1 and principal_type = $2", principalID, string(pt))
}

func (r *reader) ListAssignmentsOfPermissionSet(permissionSetID string, p store.Page) ([]*idc.Assignment, error) {
	return r.tables.assignments.page(r, p, "permission_set_id = $1", permissionSetID)
}

// ListAssignmentsNaming asks twice: for "one or the other", in the order of ids,
// SQLite would read all assignments there are.
func (r *reader) ListAssignmentsNaming(accountID, permissionSetID string) ([]*idc.Assignment, error) {
	one, wide := "scope_account = $1", "scope_account is null"
	oneArgs, wideArgs := []any{accountID}, []any(nil)
	if permissionSetID != "" {
		one, oneArgs = one+" and permission_set_id = $2", append(oneArgs, permissionSetID)
		wide, wideArgs = wide+" and permission_set_id = $1", append(wideArgs, permissionSetID)
	}
	naming, err := r.tables.assignments.page(r, store.Page{}, one, oneArgs...)
	if err != nil {
		return nil, err
	}
	reaching, err := r.tables.assignments.page(r, store.Page{}, wide, wideArgs...)
	if err != nil {
		return nil, err
	}
	all := append(naming, reaching...)
	slices.SortFunc(all, func(a, b *idc.Assignment) int { return strings.Compare(a.ID, b.ID) })
	return all, nil
}

func (r *reader) ListAssignmentsEnding(t time.Time, limit int) ([]*idc.Assignment, error) {
	return r.tables.assignments.list(r, limit, "ends_at, id", "ends_at <= $1", micros(t))
}

func (t *tx) PutAssignment(a *idc.Assignment) error { return t.tables.assignments.put(t, a) }

func (t *tx) DeleteAssignment(id string) error { return t.tables.assignments.remove(t, id) }
