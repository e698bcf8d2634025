package sqlstore

import (
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func organizationPolicyTable() *versioned[idc.OrganizationPolicy] {
	return &versioned[idc.OrganizationPolicy]{
		version: func(p *idc.OrganizationPolicy) *idc.Version { return &p.Version },
		table: table[idc.OrganizationPolicy]{
			noun: store.NounOrganizationPolicy, name: "organization_policies", body: true,
			id: func(p *idc.OrganizationPolicy) string { return p.ID },
			columns: []column[idc.OrganizationPolicy]{
				text("id", func(p *idc.OrganizationPolicy) *string { return &p.ID }),
				text("type", func(p *idc.OrganizationPolicy) *idc.PolicyType { return &p.Type }),
				text("name", func(p *idc.OrganizationPolicy) *string { return &p.Name }),
				derived("name_fold", func(p *idc.OrganizationPolicy) any { return idc.FoldName(p.Name) }),
			},
			unique: []unique{
				{"organization_policies_name", []string{"type", "name_fold"}, "OrganizationPolicy", "A policy of this type and name exists already."},
			},
		},
	}
}

func (r *reader) OrganizationPolicy(id string) (*idc.OrganizationPolicy, error) {
	return r.tables.policies.get(r, id)
}

func (r *reader) OrganizationPolicyByName(t idc.PolicyType, name string) (*idc.OrganizationPolicy, error) {
	return r.tables.policies.find(r, name, "type = $1 and name_fold = $2", string(t), idc.FoldName(name))
}

func (r *reader) ListOrganizationPolicies(t idc.PolicyType, p store.Page) ([]*idc.OrganizationPolicy, error) {
	return r.tables.policies.page(r, p, "type = $1", string(t))
}

func (r *reader) CountOrganizationPolicies(t idc.PolicyType) (int, error) {
	return r.tables.policies.count(r, "type = $1", string(t))
}

func (t *tx) PutOrganizationPolicy(p *idc.OrganizationPolicy) error {
	return t.tables.policies.put(t, p)
}

func (t *tx) DeleteOrganizationPolicy(id string) error { return t.tables.policies.remove(t, id) }

func policyAttachmentTable() *versioned[idc.PolicyAttachment] {
	return &versioned[idc.PolicyAttachment]{
		version: func(a *idc.PolicyAttachment) *idc.Version { return &a.Version },
		table: table[idc.PolicyAttachment]{
			noun: store.NounPolicyAttachment, name: "policy_attachments",
			id: (*idc.PolicyAttachment).ID,
			columns: []column[idc.PolicyAttachment]{
				derived("id", func(a *idc.PolicyAttachment) any { return a.ID() }),
				text("policy_id", func(a *idc.PolicyAttachment) *string { return &a.PolicyID }),
				text("target_id", func(a *idc.PolicyAttachment) *string { return &a.TargetID }),
			},
		},
	}
}

func (r *reader) ListAttachmentsOfTarget(targetID string) ([]*idc.PolicyAttachment, error) {
	return r.tables.attachments.page(r, store.Page{}, "target_id = $1", targetID)
}

func (r *reader) ListAttachmentsOfPolicy(policyID string, p store.Page) ([]*idc.PolicyAttachment, error) {
	return r.tables.attachments.page(r, p, "policy_id = $1", policyID)
}

func (t *tx) PutPolicyAttachment(a *idc.PolicyAttachment) error {
	return t.tables.attachments.put(t, a)
}

func (t *tx) DeletePolicyAttachment(policyID, targetID string) error {
	return t.tables.attachments.remove(t, (&idc.PolicyAttachment{PolicyID: policyID, TargetID: targetID}).ID())
}
