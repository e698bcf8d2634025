package sqlstore

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func applicationTable() *versioned[idc.Application] {
	return &versioned[idc.Application]{
		version: func(a *idc.Application) *idc.Version { return &a.Version },
		table: table[idc.Application]{
			noun: store.NounApplication, name: "applications", body: true,
			id: func(a *idc.Application) string { return a.ID },
			columns: []column[idc.Application]{
				text("id", func(a *idc.Application) *string { return &a.ID }),
				text("instance_id", func(a *idc.Application) *string { return &a.InstanceID }),
				text("owner_account_id", func(a *idc.Application) *string { return &a.OwnerAccountID }),
				text("provider_arn", func(a *idc.Application) *string { return &a.ProviderARN }),
				text("name", func(a *idc.Application) *string { return &a.Name }),
				instant("created_at", func(a *idc.Application) *time.Time { return &a.CreatedAt }),
			},
		},
	}
}

func (r *reader) Application(id string) (*idc.Application, error) {
	return r.tables.applications.get(r, id)
}

func (r *reader) ListApplications(f store.ApplicationFilter, p store.Page) ([]*idc.Application, error) {
	c := new(conditions)
	c.add("instance_id = ?", f.InstanceID)
	c.filter("owner_account_id", f.OwnerAccountID)
	c.filter("provider_arn", f.ProviderARN)
	return r.tables.applications.page(r, p, c.text(), c.args...)
}

func (r *reader) CountApplications(instanceID string) (int, error) {
	return r.tables.applications.count(r, "instance_id = $1", instanceID)
}

func (t *tx) PutApplication(a *idc.Application) error { return t.tables.applications.put(t, a) }

func (t *tx) DeleteApplication(id string) error { return t.tables.applications.remove(t, id) }

func applicationAssignmentTable() *versioned[idc.ApplicationAssignment] {
	return &versioned[idc.ApplicationAssignment]{
		version: func(a *idc.ApplicationAssignment) *idc.Version { return &a.Version },
		table: table[idc.ApplicationAssignment]{
			noun: store.NounApplicationAssignment, name: "application_assignments",
			id: (*idc.ApplicationAssignment).ID,
			columns: []column[idc.ApplicationAssignment]{
				derived("id", func(a *idc.ApplicationAssignment) any { return a.ID() }),
				text("application_id", func(a *idc.ApplicationAssignment) *string { return &a.ApplicationID }),
				text("principal_type", func(a *idc.ApplicationAssignment) *idc.PrincipalType { return &a.PrincipalType }),
				text("principal_id", func(a *idc.ApplicationAssignment) *string { return &a.PrincipalID }),
				instant("starts_at", func(a *idc.ApplicationAssignment) *time.Time { return &a.Validity.StartsAt }),
				instant("ends_at", func(a *idc.ApplicationAssignment) *time.Time { return &a.Validity.EndsAt }),
			},
		},
	}
}

func applicationAssignmentID(applicationID string, pt idc.PrincipalType, principalID string) string {
	return (&idc.ApplicationAssignment{ApplicationID: applicationID, PrincipalType: pt, PrincipalID: principalID}).ID()
}

func (r *reader) ApplicationAssignment(applicationID string, pt idc.PrincipalType, principalID string) (*idc.ApplicationAssignment, error) {
	return r.tables.applicationAssignments.get(r, applicationAssignmentID(applicationID, pt, principalID))
}

func (r *reader) ListApplicationAssignments(applicationID string, p store.Page) ([]*idc.ApplicationAssignment, error) {
	return r.tables.applicationAssignments.page(r, p, "application_id = $1", applicationID)
}

func (r *reader) ListApplicationAssignmentsOfPrincipal(pt idc.PrincipalType, principalID string, p store.Page) ([]*idc.ApplicationAssignment, error) {
	return r.tables.applicationAssignments.page(r, p, "principal_id = $1 and principal_type = $2", principalID, string(pt))
}

func (r *reader) ListApplicationAssignmentsEnding(t time.Time, limit int) ([]*idc.ApplicationAssignment, error) {
	return r.tables.applicationAssignments.list(r, limit, "ends_at, id", "ends_at <= $1", micros(t))
}

func (r *reader) CountApplicationAssignments(applicationID string, pt idc.PrincipalType) (int, error) {
	return r.tables.applicationAssignments.count(r, "application_id = $1 and principal_type = $2", applicationID, string(pt))
}

func (t *tx) PutApplicationAssignment(a *idc.ApplicationAssignment) error {
	return t.tables.applicationAssignments.put(t, a)
}

func (t *tx) DeleteApplicationAssignment(applicationID string, pt idc.PrincipalType, principalID string) error {
	return t.tables.applicationAssignments.remove(t, applicationAssignmentID(applicationID, pt, principalID))
}

func trustedTokenIssuerTable() *versioned[idc.TrustedTokenIssuer] {
	return &versioned[idc.TrustedTokenIssuer]{
		version: func(i *idc.TrustedTokenIssuer) *idc.Version { return &i.Version },
		table: table[idc.TrustedTokenIssuer]{
			noun: store.NounTrustedTokenIssuer, name: "trusted_token_issuers", body: true,
			id: func(i *idc.TrustedTokenIssuer) string { return i.ID },
			columns: []column[idc.TrustedTokenIssuer]{
				text("id", func(i *idc.TrustedTokenIssuer) *string { return &i.ID }),
				text("instance_id", func(i *idc.TrustedTokenIssuer) *string { return &i.InstanceID }),
				text("name", func(i *idc.TrustedTokenIssuer) *string { return &i.Name }),
				instant("created_at", func(i *idc.TrustedTokenIssuer) *time.Time { return &i.CreatedAt }),
			},
		},
	}
}

func (r *reader) TrustedTokenIssuer(id string) (*idc.TrustedTokenIssuer, error) {
	return r.tables.tokenIssuers.get(r, id)
}

func (r *reader) ListTrustedTokenIssuers(instanceID string, p store.Page) ([]*idc.TrustedTokenIssuer, error) {
	return r.tables.tokenIssuers.page(r, p, "instance_id = $1", instanceID)
}

func (t *tx) PutTrustedTokenIssuer(i *idc.TrustedTokenIssuer) error {
	return t.tables.tokenIssuers.put(t, i)
}

func (t *tx) DeleteTrustedTokenIssuer(id string) error { return t.tables.tokenIssuers.remove(t, id) }
