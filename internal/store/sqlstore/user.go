package sqlstore

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func userTable() *versioned[idc.User] {
	return &versioned[idc.User]{
		version: func(u *idc.User) *idc.Version { return &u.Version },
		table: table[idc.User]{
			noun: store.NounUser, name: "users", body: true,
			id: func(u *idc.User) string { return u.ID },
			columns: []column[idc.User]{
				text("id", func(u *idc.User) *string { return &u.ID }),
				text("identity_store_id", func(u *idc.User) *string { return &u.IdentityStoreID }),
				text("user_name", func(u *idc.User) *string { return &u.UserName }),
				derived("user_name_fold", func(u *idc.User) any { return idc.FoldName(u.UserName) }),
				derived("email_fold", func(u *idc.User) any { return textOrNull(idc.FoldName(u.PrimaryEmail())) }),
				derived("primary_email_fold", func(u *idc.User) any { return textOrNull(idc.FoldName(u.UniqueEmail())) }),
				text("status", func(u *idc.User) *idc.UserStatus { return &u.Status }),
				text("owner", func(u *idc.User) *idc.Owner { return &u.Owner }),
				instant("created_at", func(u *idc.User) *time.Time { return &u.CreatedAt }),
				instant("updated_at", func(u *idc.User) *time.Time { return &u.UpdatedAt }),
			},
			unique: []unique{
				{"users_user_name", []string{"identity_store_id", "user_name_fold"}, "UserName", "A user with this user name exists already."},
				{"users_email", []string{"identity_store_id", "primary_email_fold"}, "Email", "A user with this primary e-mail address exists already."},
			},
		},
	}
}

func (r *reader) User(id string) (*idc.User, error) { return r.tables.users.get(r, id) }

func (r *reader) UserByName(identityStoreID, userName string) (*idc.User, error) {
	return r.tables.users.find(r, userName, "identity_store_id = $1 and user_name_fold = $2", identityStoreID, idc.FoldName(userName))
}

func (r *reader) UserByEmail(identityStoreID, email string) (*idc.User, error) {
	fold := idc.FoldName(email)
	u, err := r.tables.users.find(r, email, "identity_store_id = $1 and primary_email_fold = $2", identityStoreID, fold)
	if !idc.IsNotFound(err) {
		return u, err
	}
	// Other addresses are not unique; one that several users have names nobody.
	users, listErr := r.tables.users.list(r, 2, "users.id", "identity_store_id = $1 and email_fold = $2", identityStoreID, fold)
	if listErr != nil {
		return nil, listErr
	}
	if len(users) != 1 {
		return nil, err
	}
	return users[0], nil
}

func (r *reader) UserByExternalID(identityStoreID, issuer, id string) (*idc.User, error) {
	return findByExternalID(r, r.tables.users, identityStoreID, issuer, id)
}

func (r *reader) UserByAnyExternalID(identityStoreID, id string) (*idc.User, error) {
	live, args := r.live("external_ids", []any{identityStoreID, string(store.NounUser), id})
	var first, last string
	_, err := r.q.row([]any{&first, &last}, "select coalesce(min(entity_id), ''), coalesce(max(entity_id), '') from external_ids "+
		"where identity_store_id = $1 and noun = $2 and external_id = $3 and "+live, args...)
	if err != nil {
		return nil, err
	}
	if first == "" || first != last {
		return nil, r.tables.users.notFound(id)
	}
	return r.User(first)
}

func (r *reader) ListUsers(identityStoreID string, p store.Page) ([]*idc.User, error) {
	return r.tables.users.page(r, p, "identity_store_id = $1", identityStoreID)
}

func (r *reader) CountUsers(identityStoreID string) (int, error) {
	return r.tables.users.count(r, "identity_store_id = $1", identityStoreID)
}

func (t *tx) PutUser(u *idc.User) error {
	if err := t.tables.users.put(t, u); err != nil {
		return err
	}
	return t.replaceExternalIDs(store.NounUser, u.IdentityStoreID, u.ID, u.ExternalIDs, u.Version)
}

func (t *tx) DeleteUser(id string) error {
	if err := t.tables.users.remove(t, id); err != nil {
		return err
	}
	return t.retireExternalIDs(store.NounUser, id)
}
