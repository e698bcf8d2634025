package sqlstore

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func permissionSetTable() *versioned[idc.PermissionSet] {
	return &versioned[idc.PermissionSet]{
		version: func(ps *idc.PermissionSet) *idc.Version { return &ps.Version },
		table: table[idc.PermissionSet]{
			noun: store.NounPermissionSet, name: "permission_sets", body: true,
			id: func(ps *idc.PermissionSet) string { return ps.ID },
			columns: []column[idc.PermissionSet]{
				text("id", func(ps *idc.PermissionSet) *string { return &ps.ID }),
				text("name", func(ps *idc.PermissionSet) *string { return &ps.Name }),
				instant("created_at", func(ps *idc.PermissionSet) *time.Time { return &ps.CreatedAt }),
				integer("revision", func(ps *idc.PermissionSet) *int64 { return &ps.Revision }),
			},
			unique: []unique{
				{"permission_sets_name", []string{"name"}, "PermissionSet", "A permission set with this name exists already."},
			},
		},
	}
}

func (r *reader) PermissionSet(id string) (*idc.PermissionSet, error) {
	return r.tables.permissionSets.get(r, id)
}

func (r *reader) PermissionSetByName(name string) (*idc.PermissionSet, error) {
	return r.tables.permissionSets.find(r, name, "name = $1", name)
}

func (r *reader) ListPermissionSets(p store.Page) ([]*idc.PermissionSet, error) {
	return r.tables.permissionSets.page(r, p, "")
}

func (r *reader) CountPermissionSets() (int, error) { return r.tables.permissionSets.count(r, "") }

func (t *tx) PutPermissionSet(ps *idc.PermissionSet) error { return t.tables.permissionSets.put(t, ps) }

func (t *tx) DeletePermissionSet(id string) error { return t.tables.permissionSets.remove(t, id) }
