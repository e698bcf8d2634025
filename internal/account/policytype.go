package account

import (
	"context"
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// PolicyTypes returns the types of organization policies that are enabled in the
// root, in the order of enabling. The organization's record is what says so; where
// something is attached follows it.
func (s *Service) PolicyTypes(ctx context.Context) ([]idc.PolicyType, error) {
	var types []idc.PolicyType
	err := s.Store.View(ctx, func(r store.Reader) error {
		o, err := r.Organization()
		if err == nil {
			types = o.PolicyTypes
		}
		return err
	})
	return types, err
}

func enabled(r store.OrganizationReader, policyType idc.PolicyType) (bool, error) {
	o, err := r.Organization()
	return err == nil && o.Enabled(policyType), err
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

// EnablePolicyType enables a type of organization policies. Of types that decide
// about access AWS's full-access policy is attached to the root, every OU and every
// account, so that nothing changes for anybody until others are attached.
func (s *Service) EnablePolicyType(ctx context.Context, change idc.ChangeSet, rootID string, policyType idc.PolicyType) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		if err := checkRoot(tx, rootID); err != nil {
			return err
		}
		if err := CheckPolicyType(policyType); err != nil {
			return err
		}
		found, err := tx.Organization()
		if err != nil {
			return err
		}
		if found.Enabled(policyType) {
			return idc.Errorf(idc.Conflict, "The specified policy type is already enabled.").With(reasonTypeOn)
		}
		o := *found
		o.PolicyTypes = append(slices.Clone(o.PolicyTypes), policyType)
		if err := tx.PutOrganization(&o); err != nil || !authorizes(policyType) {
			return err
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
// detached everywhere and count for nobody any more. The policies stay, where they
// were attached is forgotten.
func (s *Service) DisablePolicyType(ctx context.Context, change idc.ChangeSet, rootID string, policyType idc.PolicyType) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		if err := checkRoot(tx, rootID); err != nil {
			return err
		}
		found, err := tx.Organization()
		if err != nil {
			return err
		}
		if !found.Enabled(policyType) {
			return typeOff(policyType)
		}
		o := *found
		o.PolicyTypes = slices.DeleteFunc(slices.Clone(o.PolicyTypes), func(t idc.PolicyType) bool { return t == policyType })
		if err := tx.PutOrganization(&o); err != nil {
			return err
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

// attachDefaults attaches what AWS attaches to everything new in the tree.
func attachDefaults(tx store.Tx, targetID string) error {
	o, err := tx.Organization()
	if err != nil {
		return err
	}
	for _, t := range []idc.PolicyType{TypeSCP, TypeRCP} {
		if !o.Enabled(t) {
			continue
		}
		if err := tx.PutPolicyAttachment(&idc.PolicyAttachment{PolicyID: fullAccess(t), TargetID: targetID}); err != nil {
			return err
		}
	}
	return nil
}

// detachAll takes every organization policy from something that leaves the tree.
func detachAll(tx store.Tx, targetID string) error {
	attachments, err := tx.ListAttachmentsOfTarget(targetID)
	if err != nil {
		return err
	}
	for _, a := range attachments {
		if err := tx.DeletePolicyAttachment(a.PolicyID, targetID); err != nil {
			return err
		}
	}
	return nil
}
