package storetest

import (
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func organizationPolicyCases() []testCase {
	cases := versionedRow[idc.OrganizationPolicy]{
		noun: store.NounOrganizationPolicy,
		make: func(id string) *idc.OrganizationPolicy {
			return with(Filled[idc.OrganizationPolicy](id), func(p *idc.OrganizationPolicy) { p.ID, p.Type = id, "SCP" })
		},
		edit:    func(p *idc.OrganizationPolicy) { p.Content, p.AWSManaged = "{ \"a\":  \"<&>\\u0000\" }\n", false },
		id:      func(p *idc.OrganizationPolicy) string { return p.ID },
		put:     func(tx store.Tx, p *idc.OrganizationPolicy) error { return tx.PutOrganizationPolicy(p) },
		get:     func(r store.Reader, id string) (*idc.OrganizationPolicy, error) { return r.OrganizationPolicy(id) },
		remove:  func(tx store.Tx, id string) error { return tx.DeleteOrganizationPolicy(id) },
		version: func(p *idc.OrganizationPolicy) *idc.Version { return &p.Version },
		list: func(r store.Reader, p store.Page) ([]*idc.OrganizationPolicy, error) {
			return r.ListOrganizationPolicies("SCP", p)
		},
	}.cases()
	cases = append(cases, versionedRow[idc.PolicyAttachment]{
		noun: store.NounPolicyAttachment,
		make: func(id string) *idc.PolicyAttachment { return &idc.PolicyAttachment{PolicyID: id, TargetID: "r-1"} },
		edit: func(*idc.PolicyAttachment) {},
		id:   func(a *idc.PolicyAttachment) string { return a.PolicyID + "/" + a.TargetID },
		put:  func(tx store.Tx, a *idc.PolicyAttachment) error { return tx.PutPolicyAttachment(a) },
		get: func(r store.Reader, id string) (*idc.PolicyAttachment, error) {
			policy, target, _ := strings.Cut(id, "/")
			found, err := r.ListAttachmentsOfTarget(target)
			for _, a := range found {
				if a.PolicyID == policy {
					return a, nil
				}
			}
			return nil, all(err, idc.NotFoundf("policy-attachment", id, "not in the list"))
		},
		remove: func(tx store.Tx, id string) error {
			policy, target, _ := strings.Cut(id, "/")
			return tx.DeletePolicyAttachment(policy, target)
		},
		version: func(a *idc.PolicyAttachment) *idc.Version { return &a.Version },
	}.cases()...)
	return append(cases, testCase{"policies and attachments", testOrganizationPolicies})
}

func testOrganizationPolicies(h *harness) {
	policy := func(id string, kind idc.PolicyType, name string) *idc.OrganizationPolicy {
		return &idc.OrganizationPolicy{ID: id, Type: kind, Name: name}
	}
	attach := func(policy, target string) *idc.PolicyAttachment {
		return &idc.PolicyAttachment{PolicyID: policy, TargetID: target}
	}
	h.update(func(tx store.Tx) error {
		return all(tx.PutOrganizationPolicy(policy("p-2", "SCP", "b")), tx.PutOrganizationPolicy(policy("p-1", "SCP", "a")),
			tx.PutOrganizationPolicy(policy("p-3", "RCP", "a")),
			tx.PutPolicyAttachment(attach("p-2", "r-1")), tx.PutPolicyAttachment(attach("p-1", "r-1")), tx.PutPolicyAttachment(attach("p-1", "ou-1")))
	})
	h.wantConflict(h.try(func(tx store.Tx) error { return tx.PutOrganizationPolicy(policy("p-4", "SCP", "A")) }), "OrganizationPolicy")
	h.view(func(r store.Reader) error {
		p, err := r.OrganizationPolicyByName("SCP", "A")
		wantFound(h, "by name", p, err, func(p *idc.OrganizationPolicy) string { return p.ID }, "p-1")
		_, err = r.OrganizationPolicyByName("RCP", "b")
		h.wantKind(err, idc.NotFound)
		n, err := r.CountOrganizationPolicies("SCP")
		h.wantEqual("policies", n, 2)
		return err
	})
	h.wantList("of a type", func(r store.Reader) ([]string, error) {
		return listed(func(p *idc.OrganizationPolicy) string { return p.ID })(r.ListOrganizationPolicies("SCP", store.Page{}))
	}, "p-1", "p-2")
	key := func(a *idc.PolicyAttachment) string { return a.PolicyID + " on " + a.TargetID }
	h.wantList("of the root", func(r store.Reader) ([]string, error) { return listed(key)(r.ListAttachmentsOfTarget("r-1")) },
		"p-1 on r-1", "p-2 on r-1")
	h.wantList("of p-1", func(r store.Reader) ([]string, error) {
		return listed(key)(r.ListAttachmentsOfPolicy("p-1", store.Page{}))
	},
		"p-1 on ou-1", "p-1 on r-1")
	h.wantList("of p-1, page", func(r store.Reader) ([]string, error) {
		return listed(key)(r.ListAttachmentsOfPolicy("p-1", store.Page{After: "p-1/ou-1", Limit: 1}))
	}, "p-1 on r-1")
}
