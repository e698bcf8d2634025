package store

import (
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// RoleUseReader reads what roles were last used for. Lists are ordered by role,
// service and action.
type RoleUseReader interface {
	// LastRoleUse returns the newest use of a role, or NotFound.
	LastRoleUse(accountID, roleID string) (*idc.RoleUse, error)
	ListRoleUses(accountID, roleID string) ([]*idc.RoleUse, error)
	// ListRoleUsesOfAccount returns the uses of all roles; service "" means any.
	ListRoleUsesOfAccount(accountID, service string) ([]*idc.RoleUse, error)
}

// RoleUseWriter writes what roles were last used for, in place.
type RoleUseWriter interface {
	// RecordRoleUses keeps, of each use and what is there already, the later. It is
	// not announced to watchers: nothing depends on it.
	RecordRoleUses(uses []idc.RoleUse) error
	// SweepRoleUses removes uses before t.
	SweepRoleUses(before time.Time) (int, error)
}

// AccessReportReader reads reports on services last accessed.
type AccessReportReader interface {
	AccessReport(id string) (*idc.AccessReport, error)
}

// AccessReportWriter writes reports, in place.
type AccessReportWriter interface {
	PutAccessReport(r *idc.AccessReport) error
	// SweepAccessReports removes those that expired before t.
	SweepAccessReports(before time.Time) (int, error)
}
