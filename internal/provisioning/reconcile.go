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

func (s *Service) desire(r store.Reader, accountID, permissionSetID string) (desire, error) {
	var d desire
	var err error
	if d.instance, err = r.Instance(); err != nil {
		return d, err
	}
	if d.account, err = optional(r.Account(accountID)); err != nil {
		return d, err
	}
	if d.ps, err = optional(r.PermissionSet(permissionSetID)); err != nil {
		return d, err
	}
	if d.row, err = optional(r.Provisioning(accountID, permissionSetID)); err != nil {
		return d, err
	}
	if d.ps == nil {
		return d, nil
	}
	if d.mustExist, err = assignment.Reached(r, accountID, permissionSetID, s.Clock.Now()); d.mustExist {
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

// outcome is what became of a permission set in an account, to be kept in the transaction
// that ends the job.
type outcome struct {
	row    *idc.Provisioning // what was read back; nil when there is, and must be, no role
	events []iamEvent
}

// needsTarget reports whether there is a role to write or to remove.
func (d desire) needsTarget() bool { return d.mustExist || d.account != nil && d.roleName() != "" }

// reconcile makes an account agree with the assignments of one permission set.
func (s *Service) reconcile(ctx context.Context, change idc.ChangeSet, target Target, d desire) (outcome, error) {
	if d.mustExist {
		return s.write(ctx, change, target, d)
	}
	return remove(ctx, change, target, d.account.ID, d.roleName())
}

func (s *Service) write(ctx context.Context, change idc.ChangeSet, target Target, d desire) (outcome, error) {
	before, err := target.Read(ctx, d.account.ID, d.definition.Name)
	if err != nil {
		return outcome{}, err
	}
	if err := target.Apply(ctx, change, d.definition); err != nil {
		return outcome{}, err
	}
	found, err := target.Read(ctx, d.account.ID, d.definition.Name)
	if err != nil {
		return outcome{}, err
	}
	if found == nil {
		return outcome{}, idc.Errorf(idc.Unavailable, "The role %s is not there after it was written.", d.definition.Name)
	}
	if diff := Differences(d.definition.Role, *found); len(diff) > 0 {
		return outcome{}, idc.Errorf(idc.Unavailable, "The role %s differs from its definition after it was written: %s.", d.definition.Name, strings.Join(diff, ", "))
	}
	row := &idc.Provisioning{
		AccountID: d.account.ID, PermissionSetID: d.ps.ID, RoleARN: found.ARN, RoleName: found.Name,
		Revision: d.definition.Revision, ObservedAt: s.Clock.Now(),
	}
	return outcome{row, written(before, d.definition.Role)}, nil
}

func remove(ctx context.Context, change idc.ChangeSet, target Target, accountID, name string) (outcome, error) {
	before, err := target.Read(ctx, accountID, name)
	if err != nil {
		return outcome{}, err
	}
	if err := target.Remove(ctx, change, accountID, name); err != nil {
		return outcome{}, err
	}
	found, err := target.Read(ctx, accountID, name)
	if err != nil {
		return outcome{}, err
	}
	if found != nil {
		return outcome{}, idc.Errorf(idc.Unavailable, "The role %s is still there after it was removed.", name)
	}
	if before == nil {
		return outcome{}, nil
	}
	return outcome{events: removed(*before)}, nil
}

// keep stores what was observed, and leaves the IAM events in the trail of the account.
func (s *Service) keep(tx store.Tx, change idc.ChangeSet, accountID, permissionSetID string, o outcome) error {
	if err := s.record(tx, change, accountID, o.events); err != nil {
		return err
	}
	if o.row != nil {
		return tx.PutProvisioning(o.row)
	}
	if _, err := tx.Provisioning(accountID, permissionSetID); idc.IsNotFound(err) {
		return nil
	} else if err != nil {
		return err
	}
	return tx.DeleteProvisioning(accountID, permissionSetID)
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
