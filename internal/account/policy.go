package account

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// PolicyDefinition is what a caller says about an organization policy.
type PolicyDefinition struct {
	Name, Description, Content string
	Type                       idc.PolicyType
	Tags                       []idc.Tag
}

// CreatePolicy makes an organization policy, attached nowhere.
func (s *Service) CreatePolicy(ctx context.Context, change idc.ChangeSet, d PolicyDefinition) (*idc.OrganizationPolicy, error) {
	if err := CheckPolicyType(d.Type); err != nil {
		return nil, err
	}
	if err := checkContent(d.Type, d.Content); err != nil {
		return nil, err
	}
	tags, err := idc.MergeTags(nil, d.Tags)
	if err != nil {
		return nil, err
	}
	p := &idc.OrganizationPolicy{ID: s.IDs.PolicyID(), Name: d.Name, Description: d.Description, Type: d.Type, Content: d.Content, Tags: tags}
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		if err := policyNameFree(tx, p); err != nil {
			return err
		}
		if err := roomForPolicy(tx, p.Type); err != nil {
			return err
		}
		return tx.PutOrganizationPolicy(p)
	})
	return p, err
}

func roomForPolicy(r store.OrganizationPolicyReader, policyType idc.PolicyType) error {
	count, err := r.CountOrganizationPolicies(policyType)
	if err != nil {
		return err
	}
	if limit := kinds[policyType].stored; count >= limit {
		return idc.Errorf(idc.QuotaExceeded, "You have exceeded the number of policies of this type: %d.", limit).With(reasonPolicies)
	}
	return nil
}

func policyNameFree(r store.OrganizationPolicyReader, p *idc.OrganizationPolicy) error {
	other, err := r.OrganizationPolicyByName(p.Type, p.Name)
	if idc.IsNotFound(err) {
		return nil
	}
	if err == nil && other.ID != p.ID {
		return &idc.Error{Kind: idc.Conflict, Reason: idc.ReasonAlreadyExists, Resource: "Policy", ID: p.Name, Message: "A policy with the same name already exists."}
	}
	return err
}

func findPolicy(r store.OrganizationPolicyReader, id string) (*idc.OrganizationPolicy, error) {
	p, err := r.OrganizationPolicy(id)
	if idc.IsNotFound(err) {
		return nil, idc.NotFoundf("Policy", id, "We can't find a policy with the PolicyId that you specified.")
	}
	return p, err
}

func immutable(p *idc.OrganizationPolicy) error {
	return &idc.Error{Kind: idc.Invalid, Reason: reasonImmutable, Resource: "Policy", ID: p.ID, Message: "You specified a policy that is managed by AWS and can't be modified."}
}

// Policy returns an organization policy.
func (s *Service) Policy(ctx context.Context, id string) (*idc.OrganizationPolicy, error) {
	var p *idc.OrganizationPolicy
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		p, err = findPolicy(r, id)
		return err
	})
	return p, err
}

// ListPolicies returns the organization policies of a type, ordered by id.
func (s *Service) ListPolicies(ctx context.Context, policyType idc.PolicyType, p store.Page) (policies []*idc.OrganizationPolicy, next string, err error) {
	if err := CheckPolicyType(policyType); err != nil {
		return nil, "", err
	}
	err = s.Store.View(ctx, func(r store.Reader) error {
		list := func(p store.Page) ([]*idc.OrganizationPolicy, error) {
			return r.ListOrganizationPolicies(policyType, p)
		}
		var err error
		policies, next, err = store.Fetch(p, list, policyID)
		return err
	})
	return policies, next, err
}

func policyID(p *idc.OrganizationPolicy) string { return p.ID }

// PolicyUpdate is what may change about an organization policy; nil leaves a field as it is.
type PolicyUpdate struct {
	Name, Description, Content *string
}

// UpdatePolicy changes an organization policy; wherever it is attached, the new text counts at once.
func (s *Service) UpdatePolicy(ctx context.Context, change idc.ChangeSet, id string, u PolicyUpdate) (*idc.OrganizationPolicy, error) {
	var out *idc.OrganizationPolicy
	err := s.Store.Update(ctx, change, func(tx store.Tx) error {
		found, err := findPolicy(tx, id)
		if err != nil {
			return err
		}
		if found.AWSManaged {
			return immutable(found)
		}
		p := *found
		for _, f := range []struct{ field, value *string }{{&p.Name, u.Name}, {&p.Description, u.Description}, {&p.Content, u.Content}} {
			if f.value != nil {
				*f.field = *f.value
			}
		}
		if err := checkContent(p.Type, p.Content); err != nil {
			return err
		}
		if err := policyNameFree(tx, &p); err != nil {
			return err
		}
		out = &p
		return tx.PutOrganizationPolicy(&p)
	})
	return out, err
}

// DeletePolicy removes an organization policy that is attached nowhere.
func (s *Service) DeletePolicy(ctx context.Context, change idc.ChangeSet, id string) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		p, err := findPolicy(tx, id)
		if err != nil {
			return err
		}
		if p.AWSManaged {
			return immutable(p)
		}
		attachments, err := tx.ListAttachmentsOfPolicy(id, store.Page{Limit: 1})
		if err != nil {
			return err
		}
		if len(attachments) > 0 {
			return &idc.Error{Kind: idc.Conflict, Reason: reasonInUse, Resource: "Policy", ID: id, Message: "The policy is attached to one or more entities. You must detach it from all roots, OUs, and accounts before performing this operation."}
		}
		return tx.DeleteOrganizationPolicy(id)
	})
}
