package storetest

import (
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func permissionSetCases() []testCase {
	return append(versionedRow[idc.PermissionSet]{
		noun: store.NounPermissionSet,
		make: func(id string) *idc.PermissionSet {
			return with(Filled[idc.PermissionSet](id), func(ps *idc.PermissionSet) { ps.ID = id })
		},
		edit: func(ps *idc.PermissionSet) {
			ps.Revision, ps.Boundary, ps.ManagedPolicies, ps.InlinePolicy = 99, nil, []string{"z", "a"}, " {}\n"
		},
		id:      func(ps *idc.PermissionSet) string { return ps.ID },
		put:     func(tx store.Tx, ps *idc.PermissionSet) error { return tx.PutPermissionSet(ps) },
		get:     func(r store.Reader, id string) (*idc.PermissionSet, error) { return r.PermissionSet(id) },
		remove:  func(tx store.Tx, id string) error { return tx.DeletePermissionSet(id) },
		version: func(ps *idc.PermissionSet) *idc.Version { return &ps.Version },
		list:    func(r store.Reader, p store.Page) ([]*idc.PermissionSet, error) { return r.ListPermissionSets(p) },
	}.cases(), testCase{"names are unique and exact", testPermissionSetNames})
}

func testPermissionSetNames(h *harness) {
	h.update(func(tx store.Tx) error {
		return all(tx.PutPermissionSet(&idc.PermissionSet{ID: "ps-1", Name: "Admin"}), tx.PutPermissionSet(&idc.PermissionSet{ID: "ps-2", Name: "admin"}))
	})
	h.wantConflict(h.try(func(tx store.Tx) error {
		return tx.PutPermissionSet(&idc.PermissionSet{ID: "ps-3", Name: "Admin"})
	}), "PermissionSet")
	h.view(func(r store.Reader) error {
		for name, id := range map[string]string{"Admin": "ps-1", "admin": "ps-2", "ADMIN": ""} {
			ps, err := r.PermissionSetByName(name)
			wantFound(h, name, ps, err, func(ps *idc.PermissionSet) string { return ps.ID }, id)
		}
		n, err := r.CountPermissionSets()
		h.wantEqual("permission sets", n, 2)
		return err
	})
}
