package sqlstore

import (
	"slices"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func roleUseTable() *inplace[idc.RoleUse] {
	return &inplace[idc.RoleUse]{keys: 4, table: table[idc.RoleUse]{
		noun: store.NounRoleUse, name: "role_uses",
		id: func(u *idc.RoleUse) string { return u.AccountID + "/" + u.RoleID },
		columns: []column[idc.RoleUse]{
			text("account_id", func(u *idc.RoleUse) *string { return &u.AccountID }),
			text("role_id", func(u *idc.RoleUse) *string { return &u.RoleID }),
			text("service", func(u *idc.RoleUse) *string { return &u.Service }),
			text("action", func(u *idc.RoleUse) *string { return &u.Action }),
			ordered("used_at", func(u *idc.RoleUse) *time.Time { return &u.UsedAt }),
			text("region", func(u *idc.RoleUse) *string { return &u.Region }),
		},
	}}
}

func (r *reader) LastRoleUse(accountID, roleID string) (*idc.RoleUse, error) {
	return r.tables.roleUses.find(r, roleID,
		"account_id = $1 and role_id = $2 order by used_at desc, service, action limit 1", accountID, roleID)
}

func (r *reader) ListRoleUses(accountID, roleID string) ([]*idc.RoleUse, error) {
	return r.tables.roleUses.list(r, 0, "where account_id = $1 and role_id = $2 order by service, action", accountID, roleID)
}

func (r *reader) ListRoleUsesOfAccount(accountID, service string) ([]*idc.RoleUse, error) {
	if service == "" {
		return r.tables.roleUses.list(r, 0, "where account_id = $1 order by role_id, service, action", accountID)
	}
	return r.tables.roleUses.list(r, 0, "where account_id = $1 and service = $2 order by role_id, action", accountID, service)
}

// RecordRoleUses writes a row only where it is newer, and tells nobody.
func (t *tx) RecordRoleUses(uses []idc.RoleUse) error {
	text := t.tables.roleUses.putSQL + " where excluded.used_at > role_uses.used_at"
	for _, use := range uses {
		values, err := t.tables.roleUses.values(&use, nil)
		if err != nil {
			return err
		}
		if _, err := t.q.exec(text, values...); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) SweepRoleUses(before time.Time) (int, error) {
	return t.tables.roleUses.sweep(t, "used_at < $1", micros(before))
}

func accessReportTable() *inplace[idc.AccessReport] {
	return &inplace[idc.AccessReport]{keys: 1, table: table[idc.AccessReport]{
		noun: store.NounAccessReport, name: "access_reports", body: true,
		id: func(a *idc.AccessReport) string { return a.ID },
		columns: []column[idc.AccessReport]{
			text("id", func(a *idc.AccessReport) *string { return &a.ID }),
			text("account_id", func(a *idc.AccessReport) *string { return &a.AccountID }),
			text("status", func(a *idc.AccessReport) *idc.ReportStatus { return &a.Status }),
			instant("created_at", func(a *idc.AccessReport) *time.Time { return &a.CreatedAt }),
			instant("completed_at", func(a *idc.AccessReport) *time.Time { return &a.CompletedAt }),
			instant("expires_at", func(a *idc.AccessReport) *time.Time { return &a.ExpiresAt }),
		},
		exact: exactReport,
	}}
}

func exactReport(a *idc.AccessReport) {
	a.Services = slices.Clone(a.Services)
	for i := range a.Services {
		s := &a.Services[i]
		toMicros(&s.LastAt)
		s.Actions = slices.Clone(s.Actions)
		for j := range s.Actions {
			toMicros(&s.Actions[j].LastAt)
		}
		s.Roles = slices.Clone(s.Roles)
		for j := range s.Roles {
			toMicros(&s.Roles[j].LastAt)
		}
	}
}

func (r *reader) AccessReport(id string) (*idc.AccessReport, error) {
	return r.tables.accessReports.find(r, id, "id = $1", id)
}

func (t *tx) PutAccessReport(a *idc.AccessReport) error { return t.tables.accessReports.put(t, a) }

func (t *tx) SweepAccessReports(before time.Time) (int, error) {
	return t.tables.accessReports.sweep(t, "expires_at < $1", micros(before))
}
