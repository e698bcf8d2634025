package sqlstore

import (
	"slices"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func instanceTable() *inplace[idc.Instance] {
	return &inplace[idc.Instance]{keys: 1, table: table[idc.Instance]{
		noun: store.NounInstance, name: "instances", body: true,
		id: func(in *idc.Instance) string { return in.ID },
		columns: []column[idc.Instance]{
			text("id", func(in *idc.Instance) *string { return &in.ID }),
			derived("one", func(in *idc.Instance) any { return oneOfOrganization(in.Kind) }),
			text("identity_store_id", func(in *idc.Instance) *string { return &in.IdentityStoreID }),
			text("owner_account_id", func(in *idc.Instance) *string { return &in.OwnerAccountID }),
			instant("created_at", func(in *idc.Instance) *time.Time { return &in.CreatedAt }),
		},
		exact: func(in *idc.Instance) {
			in.Regions = slices.Clone(in.Regions)
			for i := range in.Regions {
				toMicros(&in.Regions[i].AddedAt)
			}
		},
		unique: []unique{
			{"instances_one", []string{"one"}, "Instance", "The organization has an instance already."},
			{"instances_identity_store", []string{"identity_store_id"}, "IdentityStore", "Another instance has this identity store."},
			{"instances_owner", []string{"owner_account_id"}, "InstanceOfAccount", "The account has an instance already."},
		},
	}}
}

// oneOfOrganization is 1 for the organization's instance, of which there is one.
func oneOfOrganization(kind idc.InstanceKind) any {
	if kind == idc.InstanceOfOrganization {
		return int64(1)
	}
	return nil
}

func (r *reader) Instance() (*idc.Instance, error) {
	return r.tables.instances.find(r, "", "one = 1")
}

func (r *reader) InstanceByID(id string) (*idc.Instance, error) {
	return r.tables.instances.find(r, id, "id = $1", id)
}

func (r *reader) InstanceByIdentityStore(identityStoreID string) (*idc.Instance, error) {
	return r.tables.instances.find(r, identityStoreID, "identity_store_id = $1", identityStoreID)
}

func (r *reader) InstanceOfAccount(accountID string) (*idc.Instance, error) {
	return r.tables.instances.find(r, accountID, "owner_account_id = $1", accountID)
}

func (r *reader) ListInstances(p store.Page) ([]*idc.Instance, error) {
	return r.tables.instances.page(r, p, "id", "")
}

func (t *tx) PutInstance(in *idc.Instance) error { return t.tables.instances.put(t, in) }

func (t *tx) DeleteInstance(id string) error {
	return t.tables.instances.remove(t, id, "id = $1", id)
}

// accessControlTable identifies a configuration by its instance.
func accessControlTable() *versioned[idc.AccessControlConfiguration] {
	return &versioned[idc.AccessControlConfiguration]{
		version: func(c *idc.AccessControlConfiguration) *idc.Version { return &c.Version },
		table: table[idc.AccessControlConfiguration]{
			noun: store.NounAccessControl, name: "access_control_configurations", body: true,
			id: func(c *idc.AccessControlConfiguration) string { return c.InstanceID },
			columns: []column[idc.AccessControlConfiguration]{
				text("id", func(c *idc.AccessControlConfiguration) *string { return &c.InstanceID }),
			},
		},
	}
}

func (r *reader) AccessControl(instanceID string) (*idc.AccessControlConfiguration, error) {
	return r.tables.accessControls.get(r, instanceID)
}

func (t *tx) PutAccessControl(c *idc.AccessControlConfiguration) error {
	return t.tables.accessControls.put(t, c)
}

func (t *tx) DeleteAccessControl(instanceID string) error {
	return t.tables.accessControls.remove(t, instanceID)
}
