package permissionset

import (
	"context"
	"regexp"
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Definition is what a caller says about a new permission set.
type Definition struct {
	Name            string
	Description     string
	SessionDuration string // "" for PT1H
	RelayState      string
	Tags            []idc.Tag
}

// The form of a name: it becomes part of a role name, which leaves it 32 characters.
var nameForm = regexp.MustCompile(`^[\w+=,.@-]{1,32}$`)

// Create makes a permission set. Its name is unique in the instance.
func (s *Service) Create(ctx context.Context, change idc.ChangeSet, d Definition) (*idc.PermissionSet, error) {
	if !nameForm.MatchString(d.Name) {
		return nil, idc.Errorf(idc.Invalid, `1 validation error detected: Value '%s' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]+`, d.Name)
	}
	if d.SessionDuration == "" {
		d.SessionDuration = DefaultDuration
	}
	if _, err := ParseDuration(d.SessionDuration); err != nil {
		return nil, err
	}
	tags, err := idc.MergeTags(nil, d.Tags)
	if err != nil {
		return nil, err
	}
	id := s.IDs.PermissionSetID()
	var ps *idc.PermissionSet
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		instance, err := tx.Instance()
		if err != nil {
			return err
		}
		if err := s.roomForOne(tx); err != nil {
			return err
		}
		ps = &idc.PermissionSet{
			ID: id, ARN: arn.PermissionSet(instance.ID, id).String(), Name: d.Name, Description: d.Description,
			SessionDuration: d.SessionDuration, RelayState: d.RelayState, Tags: tags,
			CreatedAt: change.At, Revision: 1,
		}
		return nameTaken(tx.PutPermissionSet(ps), d.Name)
	})
	return ps, err
}

func nameTaken(err error, name string) error {
	if idc.KindOf(err) == idc.Conflict && idc.ReasonOf(err) == idc.ReasonUniqueness {
		return idc.Errorf(idc.Conflict, "PermissionSet with name %s already exists.", name).With(idc.ReasonAlreadyExists).Because(err)
	}
	return err
}

func (s *Service) roomForOne(r store.PermissionSetReader) error {
	limit := s.Quotas.permissionSets()
	count, err := r.CountPermissionSets()
	if err != nil {
		return err
	}
	if count >= limit {
		return idc.Errorf(idc.QuotaExceeded, "You have exceeded AWS SSO limits. Cannot create PermissionSet more than %d.", limit)
	}
	return nil
}

// Update is what may change about a permission set; nil leaves a field as it is.
type Update struct {
	Description     *string
	SessionDuration *string
	RelayState      *string
}

// Update changes a permission set. Accounts keep what they have until it is provisioned.
func (s *Service) Update(ctx context.Context, change idc.ChangeSet, id string, u Update) (*idc.PermissionSet, error) {
	if u.SessionDuration != nil {
		if _, err := ParseDuration(*u.SessionDuration); err != nil {
			return nil, err
		}
	}
	return s.change(ctx, change, id, func(_ store.Reader, ps *idc.PermissionSet) (bool, error) {
		before := *ps
		set(&ps.Description, u.Description)
		set(&ps.SessionDuration, u.SessionDuration)
		set(&ps.RelayState, u.RelayState)
		changed := ps.Description != before.Description || ps.SessionDuration != before.SessionDuration || ps.RelayState != before.RelayState
		return changed, nil
	})
}

func set(field, value *string) {
	if value != nil {
		*field = *value
	}
}

// Delete removes a permission set that is neither assigned nor provisioned anywhere.
func (s *Service) Delete(ctx context.Context, change idc.ChangeSet, id string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		if _, err := Find(tx, id); err != nil {
			return err
		}
		if err := s.admit(tx, id, "delete"); err != nil {
			return err
		}
		assignments, err := tx.ListAssignmentsOfPermissionSet(id, store.Page{Limit: 1})
		if err != nil {
			return err
		}
		provisionings, err := tx.ListProvisioningsOfPermissionSet(id, store.Page{Limit: 1})
		if err != nil {
			return err
		}
		if len(assignments) > 0 || len(provisionings) > 0 {
			return idc.Errorf(idc.Conflict, "Could not delete because PermissionSet has ApplicationProfile associated with it.")
		}
		return tx.DeletePermissionSet(id)
	})
}

// Tag adds or replaces tags. Tags stay on the permission set; roles do not get them.
func (s *Service) Tag(ctx context.Context, change idc.ChangeSet, id string, tags []idc.Tag) error {
	_, err := s.change(ctx, change, id, func(_ store.Reader, ps *idc.PermissionSet) (bool, error) {
		var err error
		ps.Tags, err = idc.MergeTags(ps.Tags, tags)
		return false, err
	})
	return err
}

// Untag removes the tags of the given keys; keys that are not there are ignored.
func (s *Service) Untag(ctx context.Context, change idc.ChangeSet, id string, keys []string) error {
	_, err := s.change(ctx, change, id, func(_ store.Reader, ps *idc.PermissionSet) (bool, error) {
		ps.Tags = idc.RemoveTags(slices.Clone(ps.Tags), keys)
		return false, nil
	})
	return err
}
