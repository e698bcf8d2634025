package native

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/provisioning"
	"github.com/gatehouse-idc/gatehouse/internal/role"
)

// Target writes roles through package role.
type Target struct {
	Roles role.Reserved
}

// Apply makes the SAML provider and the role what d says.
func (t Target) Apply(ctx context.Context, change idc.ChangeSet, d provisioning.Definition) error {
	if err := t.Roles.EnsureSAMLProvider(ctx, change, d.AccountID, d.SAMLProviderName, d.SAMLMetadata); err != nil {
		return err
	}
	_, err := t.Roles.Apply(ctx, change, role.ReservedDefinition{
		AccountID: d.AccountID, Name: d.Name, Path: d.Path, Description: d.Description, TrustPolicy: d.TrustPolicy,
		MaxSessionDuration: d.MaxSessionDuration, AttachedPolicies: d.AttachedPolicies, InlinePolicies: d.InlinePolicies,
		PermissionsBoundary: d.PermissionsBoundary, PermissionSetID: d.PermissionSetID,
	})
	return err
}

// Read returns the role as it is stored, or nil.
func (t Target) Read(ctx context.Context, accountID, roleName string) (*provisioning.Role, error) {
	found, err := t.Roles.Read(ctx, accountID, roleName)
	if idc.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &provisioning.Role{
		AccountID: found.AccountID, PermissionSetID: found.PermissionSetID, Name: found.Name, Path: found.Path, ARN: found.ARN,
		Description: found.Description, TrustPolicy: found.TrustPolicy, MaxSessionDuration: found.MaxSessionDuration,
		AttachedPolicies: found.AttachedPolicies, InlinePolicies: found.InlinePolicies,
		PermissionsBoundary: found.PermissionsBoundary,
	}, nil
}

// Remove deletes the role with its policies and stops its sessions.
func (t Target) Remove(ctx context.Context, change idc.ChangeSet, accountID, roleName string) error {
	return t.Roles.Remove(ctx, change, accountID, roleName)
}
