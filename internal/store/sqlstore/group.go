package sqlstore

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func groupTable() *versioned[idc.Group] {
	return &versioned[idc.Group]{
		version: func(g *idc.Group) *idc.Version { return &g.Version },
		table: table[idc.Group]{
			noun: store.NounGroup, name: "groups", body: true,
			id: func(g *idc.Group) string { return g.ID },
			columns: []column[idc.Group]{
				text("id", func(g *idc.Group) *string { return &g.ID }),
				text("identity_store_id", func(g *idc.Group) *string { return &g.IdentityStoreID }),
				text("display_name", func(g *idc.Group) *string { return &g.DisplayName }),
				derived("display_name_fold", func(g *idc.Group) any { return idc.FoldName(g.DisplayName) }),
				text("owner", func(g *idc.Group) *idc.Owner { return &g.Owner }),
				instant("created_at", func(g *idc.Group) *time.Time { return &g.CreatedAt }),
				instant("updated_at", func(g *idc.Group) *time.Time { return &g.UpdatedAt }),
			},
			unique: []unique{
				{"groups_display_name", []string{"identity_store_id", "display_name_fold"}, "GroupDisplayName", "A group with this display name exists already."},
			},
		},
	}
}

func (r *reader) Group(id string) (*idc.Group, error) { return r.tables.groups.get(r, id) }

func (r *reader) GroupByName(identityStoreID, displayName string) (*idc.Group, error) {
	return r.tables.groups.find(r, displayName, "identity_store_id = $1 and display_name_fold = $2", identityStoreID, idc.FoldName(displayName))
}

func (r *reader) GroupByExternalID(identityStoreID, issuer, id string) (*idc.Group, error) {
	return findByExternalID(r, r.tables.groups, identityStoreID, issuer, id)
}

func (r *reader) ListGroups(identityStoreID string, p store.Page) ([]*idc.Group, error) {
	return r.tables.groups.page(r, p, "identity_store_id = $1", identityStoreID)
}

func (r *reader) CountGroups(identityStoreID string) (int, error) {
	return r.tables.groups.count(r, "identity_store_id = $1", identityStoreID)
}

func (t *tx) PutGroup(g *idc.Group) error {
	if err := t.tables.groups.put(t, g); err != nil {
		return err
	}
	return t.replaceExternalIDs(store.NounGroup, g.IdentityStoreID, g.ID, g.ExternalIDs, g.Version)
}

func (t *tx) DeleteGroup(id string) error {
	if err := t.tables.groups.remove(t, id); err != nil {
		return err
	}
	return t.retireExternalIDs(store.NounGroup, id)
}

func membershipTable() *versioned[idc.Membership] {
	return &versioned[idc.Membership]{
		version: func(m *idc.Membership) *idc.Version { return &m.Version },
		table: table[idc.Membership]{
			noun: store.NounMembership, name: "memberships",
			id: func(m *idc.Membership) string { return m.ID },
			columns: []column[idc.Membership]{
				text("id", func(m *idc.Membership) *string { return &m.ID }),
				text("group_id", func(m *idc.Membership) *string { return &m.GroupID }),
				text("user_id", func(m *idc.Membership) *string { return &m.UserID }),
				instant("starts_at", func(m *idc.Membership) *time.Time { return &m.Validity.StartsAt }),
				instant("ends_at", func(m *idc.Membership) *time.Time { return &m.Validity.EndsAt }),
				text("owner", func(m *idc.Membership) *idc.Owner { return &m.Owner }),
				instant("created_at", func(m *idc.Membership) *time.Time { return &m.CreatedAt }),
				optional("created_by", func(m *idc.Membership) *string { return &m.CreatedBy }),
			},
			unique: []unique{
				{"memberships_edge", []string{"group_id", "user_id"}, "Membership", "The user is a member of the group already."},
			},
		},
	}
}

func (r *reader) Membership(id string) (*idc.Membership, error) {
	return r.tables.memberships.get(r, id)
}

func (r *reader) MembershipOf(groupID, userID string) (*idc.Membership, error) {
	return r.tables.memberships.find(r, userID, "group_id = $1 and user_id = $2", groupID, userID)
}

func (r *reader) ListMembershipsOfGroup(groupID string, p store.Page) ([]*idc.Membership, error) {
	return r.tables.memberships.page(r, p, "group_id = $1", groupID)
}

func (r *reader) ListMembershipsOfUser(userID string, p store.Page) ([]*idc.Membership, error) {
	return r.tables.memberships.page(r, p, "user_id = $1", userID)
}

func (r *reader) ListMembershipsEnding(t time.Time, limit int) ([]*idc.Membership, error) {
	return r.tables.memberships.list(r, limit, "ends_at, id", "ends_at <= $1", micros(t))
}

func (t *tx) PutMembership(m *idc.Membership) error { return t.tables.memberships.put(t, m) }

func (t *tx) DeleteMembership(id string) error { return t.tables.memberships.remove(t, id) }

func tombstoneTable() *inplace[idc.Tombstone] {
	return &inplace[idc.Tombstone]{keys: 1, table: table[idc.Tombstone]{
		noun: store.NounTombstone, name: "tombstones",
		id: func(s *idc.Tombstone) string { return s.ID },
		columns: []column[idc.Tombstone]{
			text("id", func(s *idc.Tombstone) *string { return &s.ID }),
			text("identity_store_id", func(s *idc.Tombstone) *string { return &s.IdentityStoreID }),
			text("noun", func(s *idc.Tombstone) *string { return &s.Noun }),
			text("name", func(s *idc.Tombstone) *string { return &s.Name }),
			text("owner", func(s *idc.Tombstone) *idc.Owner { return &s.Owner }),
			ordered("deleted_at", func(s *idc.Tombstone) *time.Time { return &s.DeletedAt }),
			instant("expires_at", func(s *idc.Tombstone) *time.Time { return &s.ExpiresAt }),
		},
	}}
}

func (r *reader) Tombstone(identityStoreID, noun, name string, owner idc.Owner, now time.Time) (*idc.Tombstone, error) {
	return r.tables.tombstones.find(r, name,
		"identity_store_id = $1 and noun = $2 and name = $3 and owner = $4 and expires_at > $5 order by deleted_at desc, id limit 1",
		identityStoreID, noun, name, string(owner), micros(now))
}

func (t *tx) PutTombstone(s *idc.Tombstone) error { return t.tables.tombstones.put(t, s) }

func (t *tx) DeleteTombstone(id string) error {
	return t.tables.tombstones.remove(t, id, "id = $1", id)
}

func (t *tx) SweepTombstones(now time.Time) (int, error) {
	return t.tables.tombstones.sweep(t, "expires_at <= $1", micros(now))
}
