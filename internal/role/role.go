package role

import (
	"context"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// The bounds of a role's MaxSessionDuration.
const (
	minMaxSession     = time.Hour
	maxMaxSession     = 12 * time.Hour
	defaultMaxSession = time.Hour
)

// Definition is what a caller says about a new role.
type Definition struct {
	Name                string
	Path                string // "" for "/"
	TrustPolicy         string
	Description         string
	MaxSessionDuration  time.Duration // 0 for one hour
	PermissionsBoundary string        // managed policy ARN, or ""
	Tags                []idc.Tag
}

// Create makes a role. Its name is unique in the account without regard to case.
func (s *Service) Create(ctx context.Context, change idc.ChangeSet, accountID string, d Definition) (*idc.Role, error) {
	var role *idc.Role
	id := s.IDs.UniqueID(ids.PrefixRole)
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		var err error
		role, err = s.CreateIn(tx, change, accountID, id, d)
		return err
	})
	return role, err
}

// CreateIn is Create inside a transaction of the caller; id is the role's unique id.
func (s *Service) CreateIn(tx store.Tx, change idc.ChangeSet, accountID, id string, d Definition) (*idc.Role, error) {
	role, err := build(accountID, id, d)
	if err != nil {
		return nil, err
	}
	role.CreatedAt = change.At
	if err := modifiable(role); err != nil {
		return nil, idc.Errorf(idc.Invalid, "The specified value for path is invalid. The paths %s and %s are reserved for AWS services.", reservedPath, serviceRolePath)
	}
	if err := checkName(d.Name); err != nil {
		return nil, err
	}
	if _, err := tx.Role(accountID, d.Name); err == nil {
		return nil, &idc.Error{Kind: idc.Conflict, Reason: idc.ReasonAlreadyExists, Resource: "Role", ID: d.Name, Message: "Role with name " + d.Name + " already exists."}
	} else if !idc.IsNotFound(err) {
		return nil, err
	}
	if role.TrustedIDs, err = trustedIDs(tx, d.TrustPolicy); err != nil {
		return nil, err
	}
	if role.PermissionsBoundary != "" {
		if err := attachable(tx, accountID, role.PermissionsBoundary); err != nil {
			return nil, err
		}
	}
	limit := s.Limits.roles()
	roles, err := tx.ListRoles(accountID, "", store.Page{Limit: limit})
	if err != nil {
		return nil, err
	}
	if len(roles) >= limit {
		return nil, exceeded("RolesPerAccount", limit)
	}
	return role, tx.PutRole(role)
}

// build checks what does not depend on stored state.
func build(accountID, id string, d Definition) (*idc.Role, error) {
	if d.Path == "" {
		d.Path = "/"
	}
	if !strings.HasPrefix(d.Path, "/") || !strings.HasSuffix(d.Path, "/") || len(d.Path) > 512 {
		return nil, idc.Errorf(idc.Invalid, "The specified value for path is invalid. It must contain only alphanumeric characters and/or the following: / _+=,.@- and begin and end with /.")
	}
	if d.Name == "" || len(d.Name) > 64 {
		return nil, idc.Errorf(idc.Invalid, "The specified value for roleName is invalid. It must have 1 to 64 characters.")
	}
	if d.MaxSessionDuration == 0 {
		d.MaxSessionDuration = defaultMaxSession
	}
	if err := checkMaxSession(d.MaxSessionDuration); err != nil {
		return nil, err
	}
	if err := checkTrust(d.TrustPolicy); err != nil {
		return nil, err
	}
	tags, err := idc.MergeTags(nil, d.Tags)
	if err != nil {
		return nil, err
	}
	return &idc.Role{
		AccountID: accountID, Name: d.Name, Path: d.Path, ID: id, ARN: arn.Role(accountID, d.Path, d.Name).String(),
		Description: d.Description, TrustPolicy: d.TrustPolicy, MaxSessionDuration: d.MaxSessionDuration,
		InlinePolicies: map[string]string{}, PermissionsBoundary: d.PermissionsBoundary, Tags: tags,
	}, nil
}

func checkMaxSession(d time.Duration) error {
	if d < minMaxSession || d > maxMaxSession {
		return idc.Errorf(idc.Invalid, "MaxSessionDuration must be between %d and %d seconds.", int(minMaxSession.Seconds()), int(maxMaxSession.Seconds()))
	}
	return nil
}

func checkTrust(document string) error {
	if err := check(policy.TrustPolicy, document); err != nil {
		return err
	}
	return checkSize(policy.TrustPolicySize, "", document)
}

// Get returns a role by name, which is compared without regard to case.
func (s *Service) Get(ctx context.Context, accountID, name string) (*idc.Role, error) {
	var role *idc.Role
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		role, err = find(r, accountID, name)
		return err
	})
	return role, err
}

// List returns the roles whose path starts with pathPrefix, ordered by name.
func (s *Service) List(ctx context.Context, accountID, pathPrefix string, p store.Page) (roles []*idc.Role, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		list := func(p store.Page) ([]*idc.Role, error) { return r.ListRoles(accountID, pathPrefix, p) }
		var err error
		roles, next, err = store.Fetch(p, list, func(role *idc.Role) string { return role.Name })
		return err
	})
	return roles, next, err
}

// Delete removes a role that has no policies left. Its sessions end with it.
func (s *Service) Delete(ctx context.Context, change idc.ChangeSet, accountID, name string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		role, err := find(tx, accountID, name)
		if err != nil {
			return err
		}
		if err := modifiable(role); err != nil {
			return err
		}
		if len(role.AttachedPolicies) > 0 {
			return deleteConflict("Role", name, "Cannot delete entity, must detach all policies first.")
		}
		if len(role.InlinePolicies) > 0 {
			return deleteConflict("Role", name, "Cannot delete entity, must delete policies first.")
		}
		if err := remove(tx, change, role); err != nil || s.Deleted == nil {
			return err
		}
		return s.Deleted(tx, change, role)
	})
}

func deleteConflict(resource, id, message string) error {
	return &idc.Error{Kind: idc.Conflict, Reason: idc.ReasonDeleteConflict, Resource: resource, ID: id, Message: message}
}

// remove deletes a role and fences its sessions: a role of the same name made
// later has another id and does not revive them.
func remove(tx store.Tx, change idc.ChangeSet, role *idc.Role) error {
	if err := tx.DeleteRole(role.AccountID, role.Name); err != nil {
		return err
	}
	return tx.PutFence(&idc.Fence{
		Kind: idc.FenceRole, ID: role.ID, Reason: "the role " + role.ARN + " was deleted",
		// Nothing outlives the longest session; a session issued in this very
		// instant must not slip through either.
		IssuedBefore: change.At.Add(maxMaxSession), ExpiresAt: change.At.Add(2 * maxMaxSession),
	})
}

// UpdateTrust replaces the trust policy.
func (s *Service) UpdateTrust(ctx context.Context, change idc.ChangeSet, accountID, name, document string) error {
	if err := checkTrust(document); err != nil {
		return err
	}
	_, err := s.change(ctx, change, accountID, name, func(tx store.Tx, role *idc.Role) (err error) {
		role.TrustPolicy = document
		role.TrustedIDs, err = trustedIDs(tx, document)
		return err
	})
	return err
}

// Update is what may change about a role; nil leaves a field as it is.
type Update struct {
	Description        *string
	MaxSessionDuration *time.Duration
}

// Update changes a role's description and the longest session it allows.
func (s *Service) Update(ctx context.Context, change idc.ChangeSet, accountID, name string, u Update) (*idc.Role, error) {
	if u.MaxSessionDuration != nil {
		if err := checkMaxSession(*u.MaxSessionDuration); err != nil {
			return nil, err
		}
	}
	return s.change(ctx, change, accountID, name, func(_ store.Tx, role *idc.Role) error {
		if u.Description != nil {
			role.Description = *u.Description
		}
		if u.MaxSessionDuration != nil {
			role.MaxSessionDuration = *u.MaxSessionDuration
		}
		return nil
	})
}

// Tag adds or replaces tags of a role.
func (s *Service) Tag(ctx context.Context, change idc.ChangeSet, accountID, name string, tags []idc.Tag) error {
	_, err := s.change(ctx, change, accountID, name, func(_ store.Tx, role *idc.Role) error {
		var err error
		role.Tags, err = idc.MergeTags(role.Tags, tags)
		return err
	})
	return err
}

// Untag removes tags of a role.
func (s *Service) Untag(ctx context.Context, change idc.ChangeSet, accountID, name string, keys []string) error {
	_, err := s.change(ctx, change, accountID, name, func(_ store.Tx, role *idc.Role) error {
		role.Tags = idc.RemoveTags(role.Tags, keys)
		return nil
	})
	return err
}
