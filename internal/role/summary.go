package role

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Summary counts what the IAM of an account holds, and how much it may.
type Summary struct {
	Roles, ManagedPolicies, PolicyVersions, Providers int
	RolesQuota, ManagedPoliciesQuota, PoliciesPerRole int
	VersionsPerPolicy                                 int
	GlobalTokenVersion                                string // "" for the default
}

// Summary returns the numbers of an account.
func (s *Service) Summary(ctx context.Context, accountID string) (Summary, error) {
	out := Summary{RolesQuota: s.Limits.roles(), ManagedPoliciesQuota: s.Limits.managedPolicies(),
		PoliciesPerRole: s.Limits.policiesPerRole(), VersionsPerPolicy: maxPolicyVersions}
	err := s.Store.View(ctx, func(r store.Reader) error {
		account, err := r.Account(accountID)
		if err != nil {
			return err
		}
		out.GlobalTokenVersion = account.GlobalTokenVersion
		if out.Roles, err = r.CountRoles(accountID); err != nil {
			return err
		}
		policies, err := r.ListManagedPolicies(accountID, "", store.Page{})
		if err != nil {
			return err
		}
		out.ManagedPolicies = len(policies)
		for _, p := range policies {
			out.PolicyVersions += len(p.Versions)
		}
		saml, err := r.ListSAMLProviders(accountID)
		if err != nil {
			return err
		}
		oidc, err := r.ListOIDCProviders(accountID)
		out.Providers = len(saml) + len(oidc)
		return err
	})
	return out, err
}

// Account returns the account that an IAM is of.
func (s *Service) Account(ctx context.Context, accountID string) (a *idc.Account, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		a, err = r.Account(accountID)
		return err
	})
	return a, err
}

// LastUse returns when and where a role was last used; nil for never.
func (s *Service) LastUse(ctx context.Context, role *idc.Role) (use *idc.RoleUse, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		use, err = r.LastRoleUse(role.AccountID, role.ID)
		return err
	})
	if idc.IsNotFound(err) {
		return nil, nil
	}
	return use, err
}

// LastUses is LastUse of all roles of an account, by their unique ids.
func (s *Service) LastUses(ctx context.Context, accountID string) (map[string]idc.RoleUse, error) {
	var uses []*idc.RoleUse
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		uses, err = r.ListRoleUsesOfAccount(accountID, "")
		return err
	})
	last := map[string]idc.RoleUse{}
	for _, use := range uses {
		if use.UsedAt.After(last[use.RoleID].UsedAt) {
			last[use.RoleID] = *use
		}
	}
	return last, err
}
