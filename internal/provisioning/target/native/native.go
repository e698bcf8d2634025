package native

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/provisioning"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// In returns the target as part of a transaction.
func In(roles role.Reserved) func(tx store.Tx) provisioning.Target {
	return func(tx store.Tx) provisioning.Target { return target{roles, tx} }
}

// target writes roles through package role, in a transaction.
type target struct {
	roles role.Reserved
	tx    store.Tx
}

// Apply makes the SAML provider and the role what d says.
func (t target) Apply(_ context.Context, change idc.ChangeSet, d provisioning.Definition) error {
	if err := t.roles.EnsureSAMLProvider(t.tx, change, d.AccountID, d.SAMLProviderName, d.SAMLMetadata); err != nil {
		return err
	}
	_, err := t.roles.ApplyIn(t.tx, change, role.ReservedDefinition{
		AccountID: d.AccountID, Name: d.Name, Path: d.Path, Description: d.Description, TrustPolicy: d.TrustPolicy,
		MaxSessionDuration: d.MaxSessionDuration, AttachedPolicies: d.AttachedPolicies, InlinePolicies: d.InlinePolicies,
		PermissionsBoundary: d.PermissionsBoundary, PermissionSetID: d.PermissionSetID,
	})
	return err
}

// Read returns the role as it is stored, or nil.
func (t target) Read(_ context.Context, accountID, roleName string) (*provisioning.Role, error) {
	found, err := t.tx.Role(accountID, roleName)
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
func (t target) Remove(_ context.Context, change idc.ChangeSet, accountID, roleName string) error {
	return t.roles.Remove(t.tx, change, accountID, roleName)
}
