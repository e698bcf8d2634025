package role

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// Service keeps the IAM of native accounts.
type Service struct {
	Store  store.Store
	IDs    *ids.Source
	Limits Limits
	// Secrets seals the private keys of SAML providers (purpose "secrets").
	Secrets *sealed.Ring
	// Deleted ends what a role is needed for, in the transaction that deletes it. It
	// may be nil.
	Deleted func(tx store.Tx, change idc.ChangeSet, role *idc.Role) error

	compiled compiledDocuments
}

// Limits are IAM's quotas on numbers. Zero fields stand for AWS's defaults. The
// quotas on sizes are those of package policy.
type Limits struct {
	Roles           int // per account
	ManagedPolicies int // customer managed, per account
	PoliciesPerRole int // attached managed policies
}

// AWS's default quotas; policies per role is at the value Identity Center needs
// for a permission set with the most policies it allows.
const (
	defaultRoles           = 1000
	defaultManagedPolicies = 1500
	defaultPoliciesPerRole = 25

	maxPolicyVersions = 5
	maxSAMLProviders  = 100
)

func (l Limits) roles() int           { return orDefault(l.Roles, defaultRoles) }
func (l Limits) managedPolicies() int { return orDefault(l.ManagedPolicies, defaultManagedPolicies) }
func (l Limits) policiesPerRole() int { return orDefault(l.PoliciesPerRole, defaultPoliciesPerRole) }

func orDefault(n, fallback int) int {
	if n > 0 {
		return n
	}
	return fallback
}

// reservedPath begins the paths of the roles that AWS services own.
const reservedPath = "/aws-reserved/"

// reservedPrefix begins the names of the roles that Identity Center provisions.
const reservedPrefix = "AWSReservedSSO_"

// BreakGlassName and BreakGlassPath are those of the role behind break-glass
// credentials. Reserved makes it, so that nobody in the account can disarm it.
const (
	BreakGlassName = "GatehouseBreakGlass"
	BreakGlassPath = reservedPath + "gatehouse/"
)

// serviceRolePath begins the paths of service-linked roles.
const serviceRolePath = "/aws-service-role/"

func find(r store.RoleReader, accountID, name string) (*idc.Role, error) {
	role, err := r.Role(accountID, name)
	if idc.IsNotFound(err) {
		return nil, idc.NotFoundf("Role", name, "The role with name %s cannot be found.", name)
	}
	return role, err
}

// modifiable refuses changes to roles that only their service may make.
func modifiable(role *idc.Role) error {
	if isReserved(role) || strings.HasPrefix(role.Path, serviceRolePath) {
		return &idc.Error{Kind: idc.Conflict, Reason: idc.ReasonUnmodifiable, Resource: "Role", ID: role.Name,
			Message: "Cannot perform the operation on the protected role '" + role.Name + "' - this role is only modifiable by AWS"}
	}
	return nil
}

// isReserved reports whether a role is made through Reserved alone.
func isReserved(role *idc.Role) bool { return strings.HasPrefix(role.Path, reservedPath) }

// checkName refuses the names of roles that only Reserved may make: whoever had
// taken such a name before would own what is provisioned later.
func checkName(name string) error {
	fold := idc.FoldName(name)
	if strings.HasPrefix(fold, idc.FoldName(reservedPrefix)) {
		return idc.Errorf(idc.Invalid, "The role name prefix %s is reserved for AWS IAM Identity Center.", reservedPrefix)
	}
	if fold == idc.FoldName(BreakGlassName) {
		return idc.Errorf(idc.Invalid, "The role name %s is reserved.", BreakGlassName)
	}
	return nil
}

// change runs edit on a copy of a role that callers may modify, and stores the result.
func (s *Service) change(ctx context.Context, change idc.ChangeSet, accountID, name string, edit func(tx store.Tx, role *idc.Role) error) (*idc.Role, error) {
	var out *idc.Role
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		found, err := find(tx, accountID, name)
		if err != nil {
			return err
		}
		if err := modifiable(found); err != nil {
			return err
		}
		role := clone(found)
		if err := edit(tx, role); err != nil {
			return err
		}
		out = role
		return tx.PutRole(role)
	})
	return out, err
}

func clone(role *idc.Role) *idc.Role {
	c := *role
	c.AttachedPolicies = slices.Clone(role.AttachedPolicies)
	c.InlinePolicies = maps.Clone(role.InlinePolicies)
	if c.InlinePolicies == nil {
		c.InlinePolicies = map[string]string{}
	}
	c.Tags = slices.Clone(role.Tags)
	c.TrustedIDs = maps.Clone(role.TrustedIDs)
	return &c
}

// check refuses a document that is not a policy of the kind.
func check(kind policy.Kind, document string) error {
	if _, err := policy.Parse(kind, []byte(document)); err != nil {
		return idc.Errorf(idc.Invalid, "%s", err.Error()).With(idc.ReasonMalformedPolicy)
	}
	return nil
}

// checkSize holds documents against a quota; owner is the role they belong to.
func checkSize(quota policy.Quota, owner string, documents ...string) error {
	if err := policy.CheckSize(quota, owner, documents...); err != nil {
		return idc.Errorf(idc.QuotaExceeded, "%s", err.Error())
	}
	return nil
}

func exceeded(quota string, limit int) error {
	return idc.Errorf(idc.QuotaExceeded, "Cannot exceed quota for %s: %d", quota, limit)
}
