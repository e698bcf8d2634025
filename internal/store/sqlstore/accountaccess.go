package sqlstore

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func accountAccessTable() *versioned[idc.AccountAccessApplication] {
	return &versioned[idc.AccountAccessApplication]{
		version: func(a *idc.AccountAccessApplication) *idc.Version { return &a.Version },
		table: table[idc.AccountAccessApplication]{
			noun: store.NounAccountAccess, name: "account_access_applications", body: true,
			id: func(a *idc.AccountAccessApplication) string { return a.ID },
			columns: []column[idc.AccountAccessApplication]{
				text("id", func(a *idc.AccountAccessApplication) *string { return &a.ID }),
				text("instance_id", func(a *idc.AccountAccessApplication) *string { return &a.InstanceID }),
				instant("created_at", func(a *idc.AccountAccessApplication) *time.Time { return &a.CreatedAt }),
			},
			unique: []unique{
				{"account_access_applications_instance", []string{"instance_id"}, "AccountAccessApplication", "The instance has an account access application already."},
			},
		},
	}
}

func (r *reader) AccountAccessApplication(id string) (*idc.AccountAccessApplication, error) {
	return r.tables.accountAccess.get(r, id)
}

func (r *reader) ListAccountAccessApplications(instanceID string, p store.Page) ([]*idc.AccountAccessApplication, error) {
	if instanceID == "" {
		return r.tables.accountAccess.page(r, p, "")
	}
	return r.tables.accountAccess.page(r, p, "instance_id = $1", instanceID)
}

func (t *tx) PutAccountAccessApplication(a *idc.AccountAccessApplication) error {
	return t.tables.accountAccess.put(t, a)
}

func (t *tx) DeleteAccountAccessApplication(id string) error {
	return t.tables.accountAccess.remove(t, id)
}

func entitlementTable() *versioned[idc.Entitlement] {
	return &versioned[idc.Entitlement]{
		version: func(e *idc.Entitlement) *idc.Version { return &e.Version },
		table: table[idc.Entitlement]{
			noun: store.NounEntitlement, name: "entitlements",
			id: func(e *idc.Entitlement) string { return e.ID },
			columns: []column[idc.Entitlement]{
				text("id", func(e *idc.Entitlement) *string { return &e.ID }),
				text("application_id", func(e *idc.Entitlement) *string { return &e.ApplicationID }),
				text("principal_type", func(e *idc.Entitlement) *idc.PrincipalType { return &e.PrincipalType }),
				text("principal_id", func(e *idc.Entitlement) *string { return &e.PrincipalID }),
				text("role_arn", func(e *idc.Entitlement) *string { return &e.RoleARN }),
				instant("starts_at", func(e *idc.Entitlement) *time.Time { return &e.Validity.StartsAt }),
				instant("ends_at", func(e *idc.Entitlement) *time.Time { return &e.Validity.EndsAt }),
				instant("created_at", func(e *idc.Entitlement) *time.Time { return &e.CreatedAt }),
			},
			unique: []unique{
				{"entitlements_edge", []string{"application_id", "principal_type", "principal_id", "role_arn"}, "Entitlement", "This entitlement exists already."},
			},
		},
	}
}

func (r *reader) Entitlement(id string) (*idc.Entitlement, error) {
	return r.tables.entitlements.get(r, id)
}

func (r *reader) ListEntitlements(applicationID string, p store.Page) ([]*idc.Entitlement, error) {
	return r.tables.entitlements.page(r, p, "application_id = $1", applicationID)
}

func (r *reader) ListEntitlementsOfPrincipal(pt idc.PrincipalType, principalID string, p store.Page) ([]*idc.Entitlement, error) {
	return r.tables.entitlements.page(r, p, "principal_id = $1 and principal_type = $2", principalID, string(pt))
}

func (r *reader) ListEntitlementsOfRole(roleARN string, p store.Page) ([]*idc.Entitlement, error) {
	return r.tables.entitlements.page(r, p, "role_arn = $1", roleARN)
}

func (r *reader) ListEntitlementsEnding(t time.Time, limit int) ([]*idc.Entitlement, error) {
	return r.tables.entitlements.list(r, limit, "ends_at, id", "ends_at <= $1", micros(t))
}

func (t *tx) PutEntitlement(e *idc.Entitlement) error { return t.tables.entitlements.put(t, e) }

func (t *tx) DeleteEntitlement(id string) error { return t.tables.entitlements.remove(t, id) }
