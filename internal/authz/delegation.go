package authz

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// organizationPolicy is the resource's side of what another account than the
// management account asks of the organization: what everyone may do with regard to
// the own account, what delegated administrators may read, and the organization's
// resource policy. The caller's own policies must allow it, too.
func (s *Service) organizationPolicy(ctx context.Context, accountID string) (*policy.Policy, error) {
	revision := s.revision(store.NounDelegation, store.NounResourcePolicy)
	return s.cache.organization.get(accountID, revision, func() (*policy.Policy, error) {
		var document []byte
		err := s.Store.View(ctx, func(r store.Reader) (err error) {
			document, err = s.organizationDocument(r, accountID)
			return err
		})
		if err != nil {
			return nil, err
		}
		parsed, err := policy.ParseStored(policy.ResourcePolicy, document)
		if err != nil {
			return nil, idc.Errorf(idc.Internal, "the organization's resource policy does not parse").Because(err)
		}
		return parsed, nil
	})
}

// grantDocument is a policy whose statements are written elsewhere, or are statements of ours.
type grantDocument struct {
	Version   string
	Statement []any
}

type grantStatement struct {
	Effect    string
	Principal map[string]string
	Action    []string
	Resource  string
}

func (s *Service) organizationDocument(r store.Reader, accountID string) ([]byte, error) {
	to := func(resource string, actions ...string) grantStatement {
		return grantStatement{"Allow", map[string]string{"AWS": accountID}, actions, resource}
	}
	management, organization := s.Instance.OwnerAccountID, s.Instance.OrganizationID
	document := grantDocument{"2012-10-17", []any{
		to("*", "organizations:AcceptHandshake", "organizations:DeclineHandshake", "organizations:DescribeHandshake"),
		to(arn.OrgAccount(management, organization, accountID).String(),
			"organizations:DescribeEffectivePolicy", "organizations:ListEffectivePolicyValidationErrors"),
	}}
	delegations, err := r.ListDelegationsOfAccount(accountID, store.Page{Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(delegations) > 0 {
		document.Statement = append(document.Statement, to("*", "organizations:Describe*", "organizations:List*"))
	}
	stored, err := r.OrganizationResourcePolicy()
	if idc.IsNotFound(err) {
		return json.Marshal(document)
	}
	if err != nil {
		return nil, err
	}
	var written struct {
		Version   string
		Statement json.RawMessage
	}
	if err := json.Unmarshal([]byte(stored.Content), &written); err != nil {
		return nil, err
	}
	if written.Version != "" {
		document.Version = written.Version
	}
	statements := []json.RawMessage{written.Statement}
	if bytes.HasPrefix(written.Statement, []byte("[")) {
		if err := json.Unmarshal(written.Statement, &statements); err != nil {
			return nil, err
		}
	}
	for _, one := range statements {
		document.Statement = append(document.Statement, one)
	}
	return json.Marshal(document)
}
