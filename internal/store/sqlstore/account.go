package sqlstore

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func accountTable() *versioned[idc.Account] {
	return &versioned[idc.Account]{
		version: func(a *idc.Account) *idc.Version { return &a.Version },
		table: table[idc.Account]{
			noun: store.NounAccount, name: "accounts", body: true,
			id: func(a *idc.Account) string { return a.ID },
			columns: []column[idc.Account]{
				text("id", func(a *idc.Account) *string { return &a.ID }),
				text("name", func(a *idc.Account) *string { return &a.Name }),
				derived("email_fold", func(a *idc.Account) any { return textOrNull(idc.FoldName(a.Email)) }),
				text("parent_id", func(a *idc.Account) *string { return &a.ParentID }),
				text("state", func(a *idc.Account) *idc.AccountState { return &a.State }),
				optional("alias", func(a *idc.Account) *string { return &a.Alias }),
				instant("joined_at", func(a *idc.Account) *time.Time { return &a.JoinedAt }),
			},
			exact: func(a *idc.Account) { toMicros(&a.StateChangedAt) },
			unique: []unique{
				{"accounts_alias", []string{"alias"}, "AccountAlias", "An account with this alias exists already."},
				{"accounts_email", []string{"email_fold"}, "Email", "An account with this e-mail address exists already."},
			},
		},
	}
}

func (r *reader) Account(id string) (*idc.Account, error) { return r.tables.accounts.get(r, id) }

func (r *reader) AccountsByID(ids []string) ([]*idc.Account, error) {
	return r.tables.accounts.named(r, ids)
}

func (r *reader) AccountByEmail(email string) (*idc.Account, error) {
	return r.tables.accounts.find(r, email, "email_fold = $1", idc.FoldName(email))
}

func (r *reader) AccountByAlias(alias string) (*idc.Account, error) {
	return r.tables.accounts.find(r, alias, "alias = $1", alias)
}

func (r *reader) ListAccounts(p store.Page) ([]*idc.Account, error) {
	return r.tables.accounts.page(r, p, "parent_id <> ''")
}

func (r *reader) ListStandaloneAccounts(p store.Page) ([]*idc.Account, error) {
	return r.tables.accounts.page(r, p, "parent_id = ''")
}

func (r *reader) ListAccountsInState(state idc.AccountState, p store.Page) ([]*idc.Account, error) {
	return r.tables.accounts.page(r, p, "state = $1", string(state))
}

func (r *reader) CountAccounts() (int, error) {
	return r.tables.accounts.count(r, "parent_id <> ''")
}

func (r *reader) ListAccountsOfParent(parentID string, p store.Page) ([]*idc.Account, error) {
	return r.tables.accounts.page(r, p, "parent_id = $1", parentID)
}

func (t *tx) PutAccount(a *idc.Account) error { return t.tables.accounts.put(t, a) }

func (t *tx) DeleteAccount(id string) error { return t.tables.accounts.remove(t, id) }

func ouTable() *versioned[idc.OrganizationalUnit] {
	return &versioned[idc.OrganizationalUnit]{
		version: func(ou *idc.OrganizationalUnit) *idc.Version { return &ou.Version },
		table: table[idc.OrganizationalUnit]{
			noun: store.NounOU, name: "organizational_units", body: true,
			id: func(ou *idc.OrganizationalUnit) string { return ou.ID },
			columns: []column[idc.OrganizationalUnit]{
				text("id", func(ou *idc.OrganizationalUnit) *string { return &ou.ID }),
				text("name", func(ou *idc.OrganizationalUnit) *string { return &ou.Name }),
				text("parent_id", func(ou *idc.OrganizationalUnit) *string { return &ou.ParentID }),
			},
			unique: []unique{
				{"organizational_units_name", []string{"parent_id", "name"}, "OrganizationalUnit", "An organizational unit of this name exists already under the parent."},
			},
		},
	}
}

func (r *reader) OU(id string) (*idc.OrganizationalUnit, error) { return r.tables.ous.get(r, id) }

func (r *reader) ListOUsOfParent(parentID string, p store.Page) ([]*idc.OrganizationalUnit, error) {
	return r.tables.ous.page(r, p, "parent_id = $1", parentID)
}

func (r *reader) ListOUs(p store.Page) ([]*idc.OrganizationalUnit, error) {
	return r.tables.ous.page(r, p, "")
}

func (r *reader) CountOUs() (int, error) { return r.tables.ous.count(r, "") }

func (t *tx) PutOU(ou *idc.OrganizationalUnit) error { return t.tables.ous.put(t, ou) }

func (t *tx) DeleteOU(id string) error { return t.tables.ous.remove(t, id) }
