package sqlstore

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// only is a column that lets a table have one current row.
func only[T any]() column[T] { return derived("one", func(*T) any { return int64(1) }) }

func organizationTable() *versioned[idc.Organization] {
	return &versioned[idc.Organization]{
		version: func(o *idc.Organization) *idc.Version { return &o.Version },
		table: table[idc.Organization]{
			noun: store.NounOrganization, name: "organizations", body: true,
			id: func(o *idc.Organization) string { return o.ID },
			columns: []column[idc.Organization]{
				text("id", func(o *idc.Organization) *string { return &o.ID }),
				only[idc.Organization](),
			},
			unique: []unique{{"organizations_one", []string{"one"}, "Organization", "There is an organization already."}},
		},
	}
}

func (r *reader) Organization() (*idc.Organization, error) {
	return r.tables.organizations.find(r, "", "one = 1")
}

func (t *tx) PutOrganization(o *idc.Organization) error { return t.tables.organizations.put(t, o) }

func (t *tx) DeleteOrganization(id string) error { return t.tables.organizations.remove(t, id) }

func resourcePolicyTable() *versioned[idc.OrganizationResourcePolicy] {
	return &versioned[idc.OrganizationResourcePolicy]{
		version: func(p *idc.OrganizationResourcePolicy) *idc.Version { return &p.Version },
		table: table[idc.OrganizationResourcePolicy]{
			noun: store.NounResourcePolicy, name: "organization_resource_policies", body: true,
			id: func(p *idc.OrganizationResourcePolicy) string { return p.ID },
			columns: []column[idc.OrganizationResourcePolicy]{
				text("id", func(p *idc.OrganizationResourcePolicy) *string { return &p.ID }),
				only[idc.OrganizationResourcePolicy](),
			},
			unique: []unique{{"organization_resource_policies_one", []string{"one"}, "OrganizationResourcePolicy", "The organization has a resource policy already."}},
		},
	}
}

func (r *reader) OrganizationResourcePolicy() (*idc.OrganizationResourcePolicy, error) {
	return r.tables.resourcePolicies.find(r, "", "one = 1")
}

func (t *tx) PutOrganizationResourcePolicy(p *idc.OrganizationResourcePolicy) error {
	return t.tables.resourcePolicies.put(t, p)
}

func (t *tx) DeleteOrganizationResourcePolicy(id string) error {
	return t.tables.resourcePolicies.remove(t, id)
}

func delegationTable() *versioned[idc.DelegatedAdministrator] {
	return &versioned[idc.DelegatedAdministrator]{
		version: func(d *idc.DelegatedAdministrator) *idc.Version { return &d.Version },
		table: table[idc.DelegatedAdministrator]{
			noun: store.NounDelegation, name: "delegated_administrators",
			id: (*idc.DelegatedAdministrator).ID,
			columns: []column[idc.DelegatedAdministrator]{
				derived("id", func(d *idc.DelegatedAdministrator) any { return d.ID() }),
				text("account_id", func(d *idc.DelegatedAdministrator) *string { return &d.AccountID }),
				text("service_principal", func(d *idc.DelegatedAdministrator) *string { return &d.ServicePrincipal }),
				instant("enabled_at", func(d *idc.DelegatedAdministrator) *time.Time { return &d.EnabledAt }),
			},
		},
	}
}

func delegationID(accountID, servicePrincipal string) string {
	return (&idc.DelegatedAdministrator{AccountID: accountID, ServicePrincipal: servicePrincipal}).ID()
}

func (r *reader) DelegatedAdministrator(accountID, servicePrincipal string) (*idc.DelegatedAdministrator, error) {
	return r.tables.delegations.get(r, delegationID(accountID, servicePrincipal))
}

func (r *reader) ListDelegatedAdministrators(servicePrincipal string, p store.Page) ([]*idc.DelegatedAdministrator, error) {
	if servicePrincipal == "" {
		return r.tables.delegations.page(r, p, "")
	}
	return r.tables.delegations.page(r, p, "service_principal = $1", servicePrincipal)
}

func (r *reader) ListDelegationsOfAccount(accountID string, p store.Page) ([]*idc.DelegatedAdministrator, error) {
	return r.tables.delegations.page(r, p, "account_id = $1", accountID)
}

func (t *tx) PutDelegatedAdministrator(d *idc.DelegatedAdministrator) error {
	return t.tables.delegations.put(t, d)
}

func (t *tx) DeleteDelegatedAdministrator(accountID, servicePrincipal string) error {
	return t.tables.delegations.remove(t, delegationID(accountID, servicePrincipal))
}

func serviceAccessTable() *versioned[idc.ServiceAccess] {
	return &versioned[idc.ServiceAccess]{
		version: func(a *idc.ServiceAccess) *idc.Version { return &a.Version },
		table: table[idc.ServiceAccess]{
			noun: store.NounServiceAccess, name: "service_access",
			id: func(a *idc.ServiceAccess) string { return a.ServicePrincipal },
			columns: []column[idc.ServiceAccess]{
				text("id", func(a *idc.ServiceAccess) *string { return &a.ServicePrincipal }),
				instant("enabled_at", func(a *idc.ServiceAccess) *time.Time { return &a.EnabledAt }),
			},
		},
	}
}

func (r *reader) ServiceAccess(servicePrincipal string) (*idc.ServiceAccess, error) {
	return r.tables.serviceAccess.get(r, servicePrincipal)
}

func (r *reader) ListServiceAccess(p store.Page) ([]*idc.ServiceAccess, error) {
	return r.tables.serviceAccess.page(r, p, "")
}

func (t *tx) PutServiceAccess(a *idc.ServiceAccess) error { return t.tables.serviceAccess.put(t, a) }

func (t *tx) DeleteServiceAccess(servicePrincipal string) error {
	return t.tables.serviceAccess.remove(t, servicePrincipal)
}
