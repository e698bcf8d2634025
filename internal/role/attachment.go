package role

import (
	"context"
	"maps"
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/managedpolicy"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// attachable reports whether a managed policy exists for the roles of an account:
// an AWS managed one, or a customer managed one of the account itself.
func attachable(r store.RoleReader, accountID, policyARN string) error {
	missing := notAttachable(policyARN)
	owner, _, _, err := arn.ParsePolicy(policyARN)
	if err != nil {
		return idc.Errorf(idc.Invalid, "ARN %s is not valid.", policyARN)
	}
	if owner == "aws" {
		if !managedpolicy.Exists(policyARN) {
			return missing
		}
		return nil
	}
	if owner != accountID {
		return missing
	}
	if _, err := r.ManagedPolicy(policyARN); idc.IsNotFound(err) {
		return missing
	} else if err != nil {
		return err
	}
	return nil
}

func notAttachable(policyARN string) error {
	return idc.NotFoundf("Policy", policyARN, "Policy %s does not exist or is not attachable.", policyARN)
}

// Attach attaches a managed policy to a role; doing it twice is no error.
func (s *Service) Attach(ctx context.Context, change idc.ChangeSet, accountID, name, policyARN string) error {
	_, err := s.change(ctx, change, accountID, name, func(tx store.Tx, role *idc.Role) error {
		if err := attachable(tx, accountID, policyARN); err != nil {
			return err
		}
		if slices.Contains(role.AttachedPolicies, policyARN) {
			return nil
		}
		if limit := s.Limits.policiesPerRole(); len(role.AttachedPolicies) >= limit {
			return exceeded("PoliciesPerRole", limit)
		}
		role.AttachedPolicies = append(role.AttachedPolicies, policyARN)
		return nil
	})
	return err
}

// Detach detaches a managed policy from a role.
func (s *Service) Detach(ctx context.Context, change idc.ChangeSet, accountID, name, policyARN string) error {
	_, err := s.change(ctx, change, accountID, name, func(_ store.Tx, role *idc.Role) error {
		at := slices.Index(role.AttachedPolicies, policyARN)
		if at < 0 {
			return idc.NotFoundf("Policy", policyARN, "Policy %s was not found.", policyARN)
		}
		role.AttachedPolicies = slices.Delete(role.AttachedPolicies, at, at+1)
		return nil
	})
	return err
}

// PutInline sets an inline policy of a role, byte for byte as given.
func (s *Service) PutInline(ctx context.Context, change idc.ChangeSet, accountID, name, policyName, document string) error {
	if err := check(policy.IdentityPolicy, document); err != nil {
		return err
	}
	_, err := s.change(ctx, change, accountID, name, func(_ store.Tx, role *idc.Role) error {
		role.InlinePolicies[policyName] = document
		return checkInlineSize(role.Name, role.InlinePolicies)
	})
	return err
}

func checkInlineSize(name string, policies map[string]string) error {
	return checkSize(policy.RoleInlineSize, name, slices.Collect(maps.Values(policies))...)
}

// Inline returns an inline policy of a role.
func (s *Service) Inline(ctx context.Context, accountID, name, policyName string) (document string, err error) {
	role, err := s.Get(ctx, accountID, name)
	if err != nil {
		return "", err
	}
	document, ok := role.InlinePolicies[policyName]
	if !ok {
		return "", inlineMissing(policyName)
	}
	return document, nil
}

func inlineMissing(policyName string) error {
	return idc.NotFoundf("RolePolicy", policyName, "The role policy with name %s cannot be found.", policyName)
}

// DeleteInline removes an inline policy of a role.
func (s *Service) DeleteInline(ctx context.Context, change idc.ChangeSet, accountID, name, policyName string) error {
	_, err := s.change(ctx, change, accountID, name, func(_ store.Tx, role *idc.Role) error {
		if _, ok := role.InlinePolicies[policyName]; !ok {
			return inlineMissing(policyName)
		}
		delete(role.InlinePolicies, policyName)
		return nil
	})
	return err
}

// PutBoundary sets the permissions boundary of a role.
func (s *Service) PutBoundary(ctx context.Context, change idc.ChangeSet, accountID, name, policyARN string) error {
	_, err := s.change(ctx, change, accountID, name, func(tx store.Tx, role *idc.Role) error {
		role.PermissionsBoundary = policyARN
		return attachable(tx, accountID, policyARN)
	})
	return err
}

// DeleteBoundary removes the permissions boundary of a role.
func (s *Service) DeleteBoundary(ctx context.Context, change idc.ChangeSet, accountID, name string) error {
	_, err := s.change(ctx, change, accountID, name, func(_ store.Tx, role *idc.Role) error {
		if role.PermissionsBoundary == "" {
			return idc.NotFoundf("PermissionsBoundary", name, "The role %s has no permissions boundary.", name)
		}
		role.PermissionsBoundary = ""
		return nil
	})
	return err
}
