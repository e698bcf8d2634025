package permissionset

import (
	"context"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/managedpolicy"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// AttachManaged attaches an AWS managed policy.
func (s *Service) AttachManaged(ctx context.Context, change idc.ChangeSet, id, policyARN string) error {
	_, err := s.change(ctx, change, id, func(_ store.Reader, ps *idc.PermissionSet) (bool, error) {
		if !managedpolicy.Exists(policyARN) {
			return false, idc.NotFoundf("ManagedPolicy", policyARN, "Policy does not exist with ARN: %s", policyARN)
		}
		if slices.Contains(ps.ManagedPolicies, policyARN) {
			// "manged" is how AWS spells it.
			return false, idc.Errorf(idc.Conflict, "Permission set with id %s already has a typed link attachment to a manged policy with %s", id, policyARN)
		}
		if err := s.roomForPolicy(ps); err != nil {
			return false, err
		}
		ps.ManagedPolicies = append(ps.ManagedPolicies, policyARN)
		return true, nil
	})
	return err
}

// DetachManaged detaches an AWS managed policy.
func (s *Service) DetachManaged(ctx context.Context, change idc.ChangeSet, id, policyARN string) error {
	_, err := s.change(ctx, change, id, func(_ store.Reader, ps *idc.PermissionSet) (bool, error) {
		at := slices.Index(ps.ManagedPolicies, policyARN)
		if at < 0 {
			return false, idc.NotFoundf("ManagedPolicy", policyARN, "Could not find ManagedPolicy with arn %s", policyARN)
		}
		ps.ManagedPolicies = slices.Delete(ps.ManagedPolicies, at, at+1)
		return true, nil
	})
	return err
}

// AttachCustomer attaches a reference to a customer managed policy. Whether
// accounts have such a policy shows when the permission set is provisioned.
func (s *Service) AttachCustomer(ctx context.Context, change idc.ChangeSet, id string, ref idc.CustomerManagedPolicyReference) error {
	ref = withPath(ref)
	_, err := s.change(ctx, change, id, func(_ store.Reader, ps *idc.PermissionSet) (bool, error) {
		if slices.IndexFunc(ps.CustomerManaged, sameReference(ref)) >= 0 {
			return false, idc.Errorf(idc.Conflict, "Given customer managed policy with name: %s  and path %s already attached", ref.Name, ref.Path)
		}
		if err := s.roomForPolicy(ps); err != nil {
			return false, err
		}
		ps.CustomerManaged = append(ps.CustomerManaged, ref)
		return true, nil
	})
	return err
}

// DetachCustomer detaches a reference to a customer managed policy.
func (s *Service) DetachCustomer(ctx context.Context, change idc.ChangeSet, id string, ref idc.CustomerManagedPolicyReference) error {
	ref = withPath(ref)
	_, err := s.change(ctx, change, id, func(_ store.Reader, ps *idc.PermissionSet) (bool, error) {
		at := slices.IndexFunc(ps.CustomerManaged, sameReference(ref))
		if at < 0 {
			return false, idc.NotFoundf("ManagedPolicy", ref.Name, "Given managed policy with name: %s  and path %s does not exist on PermissionSet", ref.Name, ref.Path)
		}
		ps.CustomerManaged = slices.Delete(ps.CustomerManaged, at, at+1)
		return true, nil
	})
	return err
}

func withPath(ref idc.CustomerManagedPolicyReference) idc.CustomerManagedPolicyReference {
	if ref.Path == "" {
		ref.Path = "/"
	}
	return ref
}

// sameReference compares names as IAM does, without regard to case.
func sameReference(ref idc.CustomerManagedPolicyReference) func(idc.CustomerManagedPolicyReference) bool {
	return func(other idc.CustomerManagedPolicyReference) bool {
		return other.Path == ref.Path && strings.EqualFold(other.Name, ref.Name)
	}
}

func (s *Service) roomForPolicy(ps *idc.PermissionSet) error {
	limit := s.Quotas.policies()
	if len(ps.ManagedPolicies)+len(ps.CustomerManaged) >= limit {
		return idc.Errorf(idc.QuotaExceeded, "You have exceeded AWS SSO limits. Cannot create ManagedPolicy more than %d for id %s. Please refer to https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html", limit, ps.ID)
	}
	return nil
}

// PutInline sets the inline policy, byte for byte as given.
func (s *Service) PutInline(ctx context.Context, change idc.ChangeSet, id, document string) error {
	if _, err := policy.Parse(policy.IdentityPolicy, []byte(document)); err != nil {
		return idc.Errorf(idc.Invalid, "%s", err.Error()).With(idc.ReasonMalformedPolicy)
	}
	if err := policy.CheckSize(policy.RoleInlineSize, id, document); err != nil {
		return idc.Errorf(idc.QuotaExceeded, "%s", err.Error())
	}
	_, err := s.change(ctx, change, id, func(_ store.Reader, ps *idc.PermissionSet) (bool, error) {
		changed := ps.InlinePolicy != document
		ps.InlinePolicy = document
		return changed, nil
	})
	return err
}

// DeleteInline removes the inline policy; it succeeds when there is none.
func (s *Service) DeleteInline(ctx context.Context, change idc.ChangeSet, id string) error {
	_, err := s.change(ctx, change, id, func(_ store.Reader, ps *idc.PermissionSet) (bool, error) {
		changed := ps.InlinePolicy != ""
		ps.InlinePolicy = ""
		return changed, nil
	})
	return err
}

// PutBoundary sets the permissions boundary: an AWS managed policy that exists,
// or a reference to a customer managed policy that each account must have.
func (s *Service) PutBoundary(ctx context.Context, change idc.ChangeSet, id string, b idc.PermissionsBoundary) error {
	if (b.ManagedPolicyARN == "") == (b.CustomerManaged == nil) {
		return idc.Errorf(idc.Invalid, "Exactly one of ManagedPolicyArn and CustomerManagedPolicyReference must be given in PermissionsBoundary.")
	}
	if b.CustomerManaged != nil {
		ref := withPath(*b.CustomerManaged)
		b.CustomerManaged = &ref
	} else if !managedpolicy.Exists(b.ManagedPolicyARN) {
		return idc.NotFoundf("ManagedPolicy", b.ManagedPolicyARN, "Policy does not exist with ARN: %s", b.ManagedPolicyARN)
	}
	_, err := s.change(ctx, change, id, func(_ store.Reader, ps *idc.PermissionSet) (bool, error) {
		changed := !sameBoundary(ps.Boundary, &b)
		ps.Boundary = &b
		return changed, nil
	})
	return err
}

// Boundary returns the permissions boundary. Without one it is NotFound, unlike
// a missing inline policy, which reads as empty.
func (s *Service) Boundary(ctx context.Context, id string) (idc.PermissionsBoundary, error) {
	ps, err := s.Get(ctx, id)
	if err != nil {
		return idc.PermissionsBoundary{}, err
	}
	if ps.Boundary == nil {
		return idc.PermissionsBoundary{}, idc.NotFoundf("PermissionsBoundary", id, "Could not find PermissionsBoundary for PermissionSet with id %s", id)
	}
	return *ps.Boundary, nil
}

// DeleteBoundary removes the permissions boundary; without one it is NotFound.
func (s *Service) DeleteBoundary(ctx context.Context, change idc.ChangeSet, id string) error {
	_, err := s.change(ctx, change, id, func(_ store.Reader, ps *idc.PermissionSet) (bool, error) {
		if ps.Boundary == nil {
			return false, idc.NotFoundf("PermissionsBoundary", id, "Could not find PermissionsBoundary for PermissionSet with id %s", id)
		}
		ps.Boundary = nil
		return true, nil
	})
	return err
}

func sameBoundary(a, b *idc.PermissionsBoundary) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.CustomerManaged == nil || b.CustomerManaged == nil {
		return a.CustomerManaged == b.CustomerManaged && a.ManagedPolicyARN == b.ManagedPolicyARN
	}
	return *a.CustomerManaged == *b.CustomerManaged
}
