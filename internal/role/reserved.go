package role

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// Reserved is the door to the roles that only the server makes: those that
// package provisioning writes, and the one behind break-glass credentials. It is
// a type of its own so that no front door can reach it by passing a flag.
type Reserved struct {
	Service *Service
}

// ReservedDefinition says in full what a reserved role must be.
type ReservedDefinition struct {
	AccountID           string
	Name                string
	Path                string
	Description         string
	TrustPolicy         string
	MaxSessionDuration  time.Duration
	AttachedPolicies    []string // ARNs, in order
	InlinePolicies      map[string]string
	PermissionsBoundary string // ARN, or ""
	PermissionSetID     string
}

// Apply is ApplyIn in a transaction of its own.
func (v Reserved) Apply(ctx context.Context, change idc.ChangeSet, d ReservedDefinition) (role *idc.Role, err error) {
	err = v.Service.Store.Update(ctx, change, func(tx store.Tx) error {
		role, err = v.ApplyIn(tx, change, d)
		return err
	})
	return role, err
}

// ApplyIn makes the role what d says: it is created, or
// changed in place and keeps its unique id, and what d does not mention is
// taken away. A role that took the name outside the reserved path gives way, and
// its sessions and all trust in its unique id end with it. A customer managed
// policy that the account lacks is NotFound, in the words AWS uses for a failed
// provisioning.
func (v Reserved) ApplyIn(tx store.Tx, change idc.ChangeSet, d ReservedDefinition) (*idc.Role, error) {
	if err := v.check(d); err != nil {
		return nil, err
	}
	attached := make([]string, len(d.AttachedPolicies))
	for i, policyARN := range d.AttachedPolicies {
		found, err := existing(tx, d.AccountID, policyARN)
		if err != nil {
			return nil, err
		}
		attached[i] = found
	}
	boundary := ""
	if d.PermissionsBoundary != "" {
		var err error
		if boundary, err = existing(tx, d.AccountID, d.PermissionsBoundary); err != nil {
			return nil, err
		}
	}
	have, err := takeOver(tx, change, d)
	if err != nil {
		return nil, err
	}
	role := &idc.Role{AccountID: d.AccountID, Name: d.Name, ID: v.Service.IDs.UniqueID(ids.PrefixRole), CreatedAt: change.At}
	if have != nil {
		role = clone(have)
	}
	role.Path = d.Path
	role.ARN = arn.Role(d.AccountID, d.Path, role.Name).String()
	role.Description = d.Description
	role.TrustPolicy = d.TrustPolicy
	role.TrustedIDs = nil
	role.MaxSessionDuration = d.MaxSessionDuration
	role.AttachedPolicies = attached
	role.InlinePolicies = maps.Clone(d.InlinePolicies)
	role.PermissionsBoundary = boundary
	role.PermissionSetID = d.PermissionSetID
	role.Tags = nil
	return role, tx.PutRole(role)
}

// takeOver returns the reserved role of the name, nil when there is none. Any
// other role of that name is removed.
func takeOver(tx store.Tx, change idc.ChangeSet, d ReservedDefinition) (*idc.Role, error) {
	found, err := tx.Role(d.AccountID, d.Name)
	switch {
	case idc.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, err
	case !isReserved(found):
		return nil, remove(tx, change, found)
	}
	return found, nil
}

func (v Reserved) check(d ReservedDefinition) error {
	if !strings.HasPrefix(d.Path, reservedPath) {
		return idc.Errorf(idc.Internal, "the role %s is not below %s", d.Name, reservedPath)
	}
	if err := checkTrust(d.TrustPolicy); err != nil {
		return err
	}
	for _, document := range d.InlinePolicies {
		if err := check(policy.IdentityPolicy, document); err != nil {
			return err
		}
	}
	if limit := v.Service.Limits.policiesPerRole(); len(d.AttachedPolicies) > limit {
		return exceeded("PoliciesPerRole", limit)
	}
	return checkInlineSize(d.Name, d.InlinePolicies)
}

// existing returns the ARN of a managed policy as it is written where it lives:
// a reference of a permission set may spell the name in another case.
func existing(r store.RoleReader, accountID, policyARN string) (string, error) {
	unsupported := idc.NotFoundf("Policy", policyARN, "Not supported policy %s.", policyARN)
	owner, path, name, err := arn.ParsePolicy(policyARN)
	if err != nil {
		return "", unsupported.Because(err)
	}
	if owner == accountID {
		p, err := r.ManagedPolicyByName(accountID, name)
		if idc.IsNotFound(err) || err == nil && p.Path != path {
			return "", unsupported
		}
		if err != nil {
			return "", err
		}
		return p.ARN, nil
	}
	if err := attachable(r, accountID, policyARN); idc.IsNotFound(err) {
		return "", unsupported
	} else if err != nil {
		return "", err
	}
	return policyARN, nil
}

// Remove deletes a role with all its policies, whatever is attached to it, and
// fences its sessions. A role that is not there is no error.
func (v Reserved) Remove(tx store.Tx, change idc.ChangeSet, accountID, name string) error {
	role, err := tx.Role(accountID, name)
	if idc.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if !isReserved(role) {
		return idc.Errorf(idc.Internal, "the role %s is not below %s", name, reservedPath)
	}
	return remove(tx, change, role)
}

// EnsureSAMLProvider makes sure that an account has the SAML provider of the instance.
func (v Reserved) EnsureSAMLProvider(tx store.Tx, change idc.ChangeSet, accountID, name, metadata string) error {
	have, err := tx.ListSAMLProviders(accountID)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(have, func(p *idc.SAMLProvider) bool { return p.Name == name })
	if at < 0 {
		return tx.PutSAMLProvider(newSAMLProvider(change, accountID, name, metadata))
	}
	if have[at].Metadata == metadata {
		return nil
	}
	renewed := *have[at]
	renewed.Metadata = metadata
	return tx.PutSAMLProvider(&renewed)
}

// ReservedSAMLProvider reports whether a provider belongs to an Identity Center instance.
func ReservedSAMLProvider(name string) bool {
	return strings.HasPrefix(name, "AWSSSO_") && strings.HasSuffix(name, "_DO_NOT_DELETE")
}
