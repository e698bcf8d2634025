package account

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// A type of organization policies is enabled exactly while something of it is
// attached to the root: every enabled type has at least its full-access policy
// there, which cannot be detached without another.

// PolicyTypes returns the types of organization policies that are enabled.
func (s *Service) PolicyTypes(ctx context.Context) ([]idc.PolicyType, error) {
	var types []idc.PolicyType
	err := s.Store.View(ctx, func(r store.Reader) error {
		for _, t := range []idc.PolicyType{TypeSCP, TypeRCP} {
			on, err := enabled(r, t)
			if err != nil {
				return err
			}
			if on {
				types = append(types, t)
			}
		}
		return nil
	})
	return types, err
}

func enabled(r store.Reader, policyType idc.PolicyType) (bool, error) {
	instance, err := r.Instance()
	if err != nil {
		return false, err
	}
	have, err := attached(r, instance.RootID, policyType)
	return len(have) > 0, err
}

// CheckPolicyType refuses types that are not enforced.
func CheckPolicyType(policyType idc.PolicyType) error {
	if policyType == TypeSCP || policyType == TypeRCP {
		return nil
	}
	return typeOff(policyType)
}

func typeOff(policyType idc.PolicyType) error {
	return &idc.Error{Kind: idc.Conflict, Reason: reasonTypeOff, Resource: "PolicyType", ID: string(policyType), Message: "The specified policy type isn't currently enabled in this root."}
}

// checkRoot accepts the root of the organization.
func checkRoot(r store.Reader, rootID string) error {
	instance, err := r.Instance()
	if err == nil && rootID != instance.RootID {
		return idc.NotFoundf("Root", rootID, "You specified a root that doesn't exist.")
	}
	return err
}

// EnablePolicyType enables a type of organization policies: AWS's full-access
// policy of the type is attached to the root, every OU and every account, so that
// nothing changes for anybody until others are attached.
func (s *Service) EnablePolicyType(ctx context.Context, change idc.ChangeSet, rootID string, policyType idc.PolicyType) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		if err := checkRoot(tx, rootID); err != nil {
			return err
		}
		if CheckPolicyType(policyType) != nil {
			return idc.Errorf(idc.NotImplemented, "Policies of the type %s are not supported yet.", policyType)
		}
		if on, err := enabled(tx, policyType); err != nil {
			return err
		} else if on {
			return idc.Errorf(idc.Conflict, "The specified policy type is already enabled.").With(reasonTypeOn)
		}
		targets, err := everything(tx, rootID)
		if err != nil {
			return err
		}
		for _, target := range targets {
			if err := tx.PutPolicyAttachment(&idc.PolicyAttachment{PolicyID: fullAccess(policyType), TargetID: target}); err != nil {
				return err
			}
		}
		return nil
	})
}

// DisablePolicyType disables a type of organization policies: all of them are
// detached everywhere and limit nobody any more. The policies stay, where they
// were attached is forgotten.
func (s *Service) DisablePolicyType(ctx context.Context, change idc.ChangeSet, rootID string, policyType idc.PolicyType) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		if err := checkRoot(tx, rootID); err != nil {
			return err
		}
		if on, err := enabled(tx, policyType); err != nil {
			return err
		} else if !on {
			return typeOff(policyType)
		}
		policies, err := tx.ListOrganizationPolicies(policyType, store.Page{})
		if err != nil {
			return err
		}
		for _, p := range policies {
			attachments, err := tx.ListAttachmentsOfPolicy(p.ID, store.Page{})
			if err != nil {
				return err
			}
			for _, a := range attachments {
				if err := tx.DeletePolicyAttachment(a.PolicyID, a.TargetID); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// everything is the root with all OUs and accounts.
func everything(r store.Reader, rootID string) ([]string, error) {
	targets := []string{rootID}
	units, err := r.ListOUs(store.Page{})
	if err != nil {
		return nil, err
	}
	for _, ou := range units {
		targets = append(targets, ou.ID)
	}
	accounts, err := r.ListAccounts(store.Page{})
	if err != nil {
		return nil, err
	}
	for _, a := range accounts {
		targets = append(targets, a.ID)
	}
	return targets, nil
}

func fullAccess(policyType idc.PolicyType) string {
	if policyType == TypeRCP {
		return FullAccessRCP
	}
	return FullAccessSCP
}

// attachDefaults attaches what AWS attaches to everything new in the tree.
func attachDefaults(tx store.Tx, targetID string) error {
	for _, t := range []idc.PolicyType{TypeSCP, TypeRCP} {
		on, err := enabled(tx, t)
		if err != nil {
			return err
		}
		if !on {
			continue
		}
		if err := tx.PutPolicyAttachment(&idc.PolicyAttachment{PolicyID: fullAccess(t), TargetID: targetID}); err != nil {
			return err
		}
	}
	return nil
}
