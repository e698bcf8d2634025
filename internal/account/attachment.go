package account

import (
	"context"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// findTarget accepts the root, an OU or an account and says which it is and how it is called.
func findTarget(r store.Reader, id string) (node Node, name string, err error) {
	instance, err := r.Instance()
	if err != nil {
		return Node{}, "", err
	}
	if id == instance.RootID {
		return Node{id, NodeRoot}, "Root", nil
	}
	if strings.HasPrefix(id, "ou-") {
		var ou *idc.OrganizationalUnit
		if ou, err = r.OU(id); err == nil {
			return Node{id, NodeOU}, ou.Name, nil
		}
	} else {
		var account *idc.Account
		if account, err = findMember(r, id); err == nil {
			return Node{id, NodeAccount}, account.Name, nil
		}
	}
	if idc.IsNotFound(err) {
		return Node{}, "", idc.NotFoundf("Target", id, "We can't find a root, OU, or account with the TargetId that you specified.")
	}
	return Node{}, "", err
}

// attached returns the policies of a type on a target, ordered by id.
func attached(r store.Reader, targetID string, policyType idc.PolicyType) ([]*idc.OrganizationPolicy, error) {
	attachments, err := r.ListAttachmentsOfTarget(targetID)
	if err != nil {
		return nil, err
	}
	var out []*idc.OrganizationPolicy
	for _, a := range attachments {
		p, err := findPolicy(r, a.PolicyID)
		if err != nil {
			return nil, err
		}
		if p.Type == policyType {
			out = append(out, p)
		}
	}
	return out, nil
}

// AttachPolicy attaches an organization policy to the root, an OU or an account.
func (s *Service) AttachPolicy(ctx context.Context, change idc.ChangeSet, policyID, targetID string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		p, err := findPolicy(tx, policyID)
		if err != nil {
			return err
		}
		if _, _, err := findTarget(tx, targetID); err != nil {
			return err
		}
		if on, err := enabled(tx, p.Type); err != nil {
			return err
		} else if !on {
			return typeOff(p.Type)
		}
		have, err := attached(tx, targetID, p.Type)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(have, func(o *idc.OrganizationPolicy) bool { return o.ID == policyID }) {
			return &idc.Error{Kind: idc.Conflict, Reason: idc.ReasonAlreadyExists, Resource: "PolicyAttachment", ID: policyID, Message: "The selected policy is already attached to the specified target."}
		}
		if limit := kinds[p.Type].attached; len(have) >= limit {
			return idc.Errorf(idc.QuotaExceeded, "You have attached the maximum number of policies of this type to the target: %d.", limit).With(reasonMaxAttached)
		}
		return tx.PutPolicyAttachment(&idc.PolicyAttachment{PolicyID: policyID, TargetID: targetID})
	})
}

// DetachPolicy detaches an organization policy. One SCP must stay on every
// target, and RCPFullAWSAccess stays everywhere.
func (s *Service) DetachPolicy(ctx context.Context, change idc.ChangeSet, policyID, targetID string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		p, err := findPolicy(tx, policyID)
		if err != nil {
			return err
		}
		if _, _, err := findTarget(tx, targetID); err != nil {
			return err
		}
		have, err := attached(tx, targetID, p.Type)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(have, func(o *idc.OrganizationPolicy) bool { return o.ID == policyID }) {
			return idc.NotFoundf("PolicyAttachment", policyID, "The policy isn't attached to the specified target in the specified root.").With(reasonNotAttached)
		}
		if policyID == FullAccessRCP {
			return &idc.Error{Kind: idc.Invalid, Reason: reasonNonDetachable, Resource: "PolicyAttachment", ID: policyID, Message: "You can't detach this policy: RCPFullAWSAccess stays attached to every root, OU and account."}
		}
		if p.Type == TypeSCP && len(have) == 1 {
			return &idc.Error{Kind: idc.QuotaExceeded, Reason: reasonMinAttached, Resource: "PolicyAttachment", ID: policyID, Message: "You cannot remove the last policy attached to the specified target. You must have at least one attached at all times."}
		}
		return tx.DeletePolicyAttachment(policyID, targetID)
	})
}

// PoliciesOfTarget returns the policies of a type that are attached directly to a target.
func (s *Service) PoliciesOfTarget(ctx context.Context, targetID string, policyType idc.PolicyType, p store.Page) (policies []*idc.OrganizationPolicy, next string, err error) {
	if err := CheckPolicyType(policyType); err != nil {
		return nil, "", err
	}
	err = s.Store.View(ctx, func(r store.Reader) error {
		if _, _, err := findTarget(r, targetID); err != nil {
			return err
		}
		all, err := attached(r, targetID, policyType)
		if err != nil {
			return err
		}
		policies, next = store.Cut(p, all, policyID)
		return nil
	})
	return policies, next, err
}

// NamedNode is a node with its name.
type NamedNode struct {
	Node
	Name string
}

// TargetsOfPolicy returns where an organization policy is attached, ordered by id.
func (s *Service) TargetsOfPolicy(ctx context.Context, policyID string, p store.Page) (targets []NamedNode, next string, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		if _, err := findPolicy(r, policyID); err != nil {
			return err
		}
		list := func(p store.Page) ([]*idc.PolicyAttachment, error) { return r.ListAttachmentsOfPolicy(policyID, p) }
		attachments, cursor, err := store.Fetch(p, list, (*idc.PolicyAttachment).ID)
		if err != nil {
			return err
		}
		next = cursor
		for _, a := range attachments {
			node, name, err := findTarget(r, a.TargetID)
			if err != nil {
				return err
			}
			targets = append(targets, NamedNode{node, name})
		}
		return nil
	})
	return targets, next, err
}
