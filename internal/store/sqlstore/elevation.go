package sqlstore

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func eligibilityTable() *versioned[idc.Eligibility] {
	return &versioned[idc.Eligibility]{
		version: func(e *idc.Eligibility) *idc.Version { return &e.Version },
		table: table[idc.Eligibility]{
			noun: store.NounEligibility, name: "eligibilities", body: true,
			id: func(e *idc.Eligibility) string { return e.ID },
			columns: []column[idc.Eligibility]{
				text("id", func(e *idc.Eligibility) *string { return &e.ID }),
				text("permission_set_id", func(e *idc.Eligibility) *string { return &e.PermissionSetID }),
				text("principal_type", func(e *idc.Eligibility) *idc.PrincipalType { return &e.PrincipalType }),
				text("principal_id", func(e *idc.Eligibility) *string { return &e.PrincipalID }),
				instant("starts_at", func(e *idc.Eligibility) *time.Time { return &e.Validity.StartsAt }),
				instant("ends_at", func(e *idc.Eligibility) *time.Time { return &e.Validity.EndsAt }),
			},
		},
	}
}

func (r *reader) Eligibility(id string) (*idc.Eligibility, error) {
	return r.tables.eligibilities.get(r, id)
}

func (r *reader) ListEligibilities(p store.Page) ([]*idc.Eligibility, error) {
	return r.tables.eligibilities.page(r, p, "")
}

func (t *tx) PutEligibility(e *idc.Eligibility) error { return t.tables.eligibilities.put(t, e) }

func (t *tx) DeleteEligibility(id string) error { return t.tables.eligibilities.remove(t, id) }

func leaseTable() *versioned[idc.Lease] {
	return &versioned[idc.Lease]{
		version: func(l *idc.Lease) *idc.Version { return &l.Version },
		table: table[idc.Lease]{
			noun: store.NounLease, name: "leases",
			id: func(l *idc.Lease) string { return l.ID },
			columns: []column[idc.Lease]{
				text("id", func(l *idc.Lease) *string { return &l.ID }),
				text("eligibility_id", func(l *idc.Lease) *string { return &l.EligibilityID }),
				text("user_id", func(l *idc.Lease) *string { return &l.UserID }),
				text("account_id", func(l *idc.Lease) *string { return &l.AccountID }),
				text("permission_set_id", func(l *idc.Lease) *string { return &l.PermissionSetID }),
				instant("starts_at", func(l *idc.Lease) *time.Time { return &l.Validity.StartsAt }),
				instant("ends_at", func(l *idc.Lease) *time.Time { return &l.Validity.EndsAt }),
				text("status", func(l *idc.Lease) *string { return &l.Status }),
			},
		},
	}
}

func (r *reader) Lease(id string) (*idc.Lease, error) { return r.tables.leases.get(r, id) }

func (r *reader) ListLeasesOfUser(userID string) ([]*idc.Lease, error) {
	return r.tables.leases.page(r, store.Page{}, "user_id = $1", userID)
}

func (t *tx) PutLease(l *idc.Lease) error { return t.tables.leases.put(t, l) }

func (t *tx) DeleteLease(id string) error { return t.tables.leases.remove(t, id) }
