package provisioning

import (
	"context"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/assignment"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// desire is what must be true of a permission set in an account.
type desire struct {
	account    *idc.Account       // nil when it left the organization
	ps         *idc.PermissionSet // nil when it was deleted
	instance   *idc.Instance
	row        *idc.Provisioning // what was observed last, nil for nothing
	mustExist  bool
	definition Definition
}

func (s *Service) desire(ctx context.Context, accountID, permissionSetID string) (desire, error) {
	var d desire
	err := s.Store.View(ctx, func(r store.Reader) error {
		d = desire{}
		var err error
		if d.instance, err = r.Instance(); err != nil {
			return err
		}
		if d.account, err = optional(r.Account(accountID)); err != nil {
			return err
		}
		if d.ps, err = optional(r.PermissionSet(permissionSetID)); err != nil {
			return err
		}
		if d.row, err = optional(r.Provisioning(accountID, permissionSetID)); err != nil {
			return err
		}
		if d.ps == nil {
			return nil
		}
		d.mustExist, err = assignment.Reached(r, accountID, permissionSetID, s.Clock.Now())
		return err
	})
	if d.mustExist {
		d.definition = Define(d.instance, d.ps, accountID)
	}
	return d, err
}

// optional turns NotFound into nil.
func optional[T any](v *T, err error) (*T, error) {
	if idc.IsNotFound(err) {
		return nil, nil
	}
	return v, err
}

// Reconcile makes an account agree with the assignments of one permission set.
// It returns what was observed, or nil when there is, and must be, no role.
func (s *Service) Reconcile(ctx context.Context, change idc.ChangeSet, accountID, permissionSetID string) (*idc.Provisioning, error) {
	d, err := s.desire(ctx, accountID, permissionSetID)
	if err != nil {
		return nil, err
	}
	if d.mustExist {
		return s.provision(ctx, change, d)
	}
	return nil, s.deprovision(ctx, change, accountID, permissionSetID, d)
}

func (s *Service) provision(ctx context.Context, change idc.ChangeSet, d desire) (*idc.Provisioning, error) {
	target, err := s.target(d.account)
	if err != nil {
		return nil, err
	}
	before, err := target.Read(ctx, d.account.ID, d.definition.Name)
	if err != nil {
		return nil, err
	}
	if err := target.Apply(ctx, change, d.definition); err != nil {
		return nil, err
	}
	if err := s.record(ctx, change, d.account.ID, written(before, d.definition.Role)); err != nil {
		return nil, err
	}
	found, err := target.Read(ctx, d.account.ID, d.definition.Name)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, idc.Errorf(idc.Unavailable, "The role %s is not there after it was written.", d.definition.Name)
	}
	if diff := Differences(d.definition.Role, *found); len(diff) > 0 {
		return nil, idc.Errorf(idc.Unavailable, "The role %s differs from its definition after it was written: %s.", d.definition.Name, strings.Join(diff, ", "))
	}
	row := &idc.Provisioning{
		AccountID: d.account.ID, PermissionSetID: d.ps.ID, RoleARN: found.ARN, RoleName: found.Name,
		Revision: d.definition.Revision, ObservedAt: s.Clock.Now(),
	}
	return row, s.Store.Update(ctx, change, func(tx store.Tx) error { return tx.PutProvisioning(row) })
}

func (s *Service) deprovision(ctx context.Context, change idc.ChangeSet, accountID, permissionSetID string, d desire) error {
	if d.account != nil {
		if name := d.roleName(); name != "" {
			if err := s.removeRole(ctx, change, d.account, name); err != nil {
				return err
			}
		}
	}
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		if _, err := tx.Provisioning(accountID, permissionSetID); idc.IsNotFound(err) {
			return nil
		} else if err != nil {
			return err
		}
		return tx.DeleteProvisioning(accountID, permissionSetID)
	})
}

// roleName is the name of a role to remove: the observed one, or the one that
// was being written when nothing had been recorded yet.
func (d desire) roleName() string {
	if d.row != nil {
		return d.row.RoleName
	}
	if d.ps != nil {
		return ids.ReservedRoleName(d.ps.Name, d.ps.ID)
	}
	return ""
}

func (s *Service) removeRole(ctx context.Context, change idc.ChangeSet, account *idc.Account, name string) error {
	target, err := s.target(account)
	if err != nil {
		return err
	}
	before, err := target.Read(ctx, account.ID, name)
	if err != nil {
		return err
	}
	if err := target.Remove(ctx, change, account.ID, name); err != nil {
		return err
	}
	if before != nil {
		if err := s.record(ctx, change, account.ID, removed(*before)); err != nil {
			return err
		}
	}
	found, err := target.Read(ctx, account.ID, name)
	if err != nil {
		return err
	}
	if found != nil {
		return idc.Errorf(idc.Unavailable, "The role %s is still there after it was removed.", name)
	}
	return nil
}
