package storetest

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func instanceCases() []testCase {
	cases := plainRow[idc.Instance]{
		noun: store.NounInstance, event: "ssoins-1",
		make: func() *idc.Instance {
			return with(Filled[idc.Instance]("i"), func(in *idc.Instance) { in.ID, in.Kind = "ssoins-1", idc.InstanceOfOrganization })
		},
		edit: func(in *idc.Instance) {
			in.PortalSession, in.Name, in.Tags, in.Regions = time.Hour, "", nil, in.Regions[1:]
		},
		put:    func(tx store.Tx, in *idc.Instance) error { return tx.PutInstance(in) },
		get:    func(r store.Reader) (*idc.Instance, error) { return r.Instance() },
		remove: func(tx store.Tx) error { return tx.DeleteInstance("ssoins-1") },
	}.cases()
	cases = append(cases, versionedRow[idc.AccessControlConfiguration]{
		noun: store.NounAccessControl,
		make: func(id string) *idc.AccessControlConfiguration {
			return with(Filled[idc.AccessControlConfiguration](id), func(c *idc.AccessControlConfiguration) { c.InstanceID = id })
		},
		edit:    func(c *idc.AccessControlConfiguration) { c.Attributes, c.StatusReason = nil, "" },
		id:      func(c *idc.AccessControlConfiguration) string { return c.InstanceID },
		put:     func(tx store.Tx, c *idc.AccessControlConfiguration) error { return tx.PutAccessControl(c) },
		get:     func(r store.Reader, id string) (*idc.AccessControlConfiguration, error) { return r.AccessControl(id) },
		remove:  func(tx store.Tx, id string) error { return tx.DeleteAccessControl(id) },
		version: func(c *idc.AccessControlConfiguration) *idc.Version { return &c.Version },
	}.cases()...)
	return append(cases, testCase{"instances of accounts", testInstances})
}

func instance(id string, kind idc.InstanceKind, account string) *idc.Instance {
	return &idc.Instance{ID: id, Kind: kind, IdentityStoreID: "d-" + id, OwnerAccountID: account, CreatedAt: base()}
}

func instanceID(in *idc.Instance) string { return in.ID }

func testInstances(h *harness) {
	h.update(func(tx store.Tx) error {
		return all(tx.PutInstance(instance("c", idc.InstanceOfAccount, "333333333333")), tx.PutInstance(instance("b", idc.InstanceOfOrganization, "111111111111")),
			tx.PutInstance(instance("a", idc.InstanceOfAccount, "222222222222")))
	})
	for resource, in := range map[string]*idc.Instance{
		"Instance":          instance("d", idc.InstanceOfOrganization, "444444444444"),
		"InstanceOfAccount": instance("d", idc.InstanceOfAccount, "222222222222"),
		"IdentityStore":     with(instance("d", idc.InstanceOfAccount, "444444444444"), func(in *idc.Instance) { in.IdentityStoreID = "d-a" }),
	} {
		h.wantConflict(h.try(func(tx store.Tx) error { return tx.PutInstance(in) }), resource)
	}
	h.view(func(r store.Reader) error {
		in, err := r.Instance()
		wantFound(h, "of the organization", in, err, instanceID, "b")
		in, err = r.InstanceByID("c")
		wantFound(h, "by id", in, err, instanceID, "c")
		in, err = r.InstanceByIdentityStore("d-a")
		wantFound(h, "by identity store", in, err, instanceID, "a")
		in, err = r.InstanceOfAccount("111111111111")
		wantFound(h, "of the management account", in, err, instanceID, "b")
		in, err = r.InstanceOfAccount("444444444444")
		wantFound(h, "of an account without", in, err, instanceID, "")
		return nil
	})
	h.wantList("all", func(r store.Reader) ([]string, error) { return listed(instanceID)(r.ListInstances(store.Page{})) }, "a", "b", "c")
	h.wantList("page", func(r store.Reader) ([]string, error) {
		return listed(instanceID)(r.ListInstances(store.Page{After: "a", Limit: 1}))
	}, "b")
	h.update(func(tx store.Tx) error { return tx.DeleteInstance("a") })
	h.update(func(tx store.Tx) error { return tx.PutInstance(instance("d", idc.InstanceOfAccount, "222222222222")) })
	h.wantList("one for another", func(r store.Reader) ([]string, error) { return listed(instanceID)(r.ListInstances(store.Page{})) }, "b", "c", "d")
}
