package authz

import (
	"context"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// The resource's side of what an account asks about another account's instance. The
// caller's own policies must allow it, too, and the doors admit only who administers
// the instance or owns the application: everybody is a member with applications of its
// own in the organization's instance, the delegated administrator administers all of
// that instance and its identity store. What a delegated administrator may not do with
// them the services say: an instance is its owner's to change, and what reaches the
// management account is that account's (assignment.Protected).
const (
	forEverybody = `
	{"Effect":"Allow","Principal":"*","Action":["sso:*Application*","sso:*TrustedTokenIssuer*"],"Resource":"*"},
	{"Effect":"Allow","Principal":"*","Action":["sso:TagResource","sso:UntagResource","sso:ListTagsForResource","sso:DescribeInstance","sso:ListInstances"],
	 "Resource":["arn:aws:sso::*:application/*","arn:aws:sso::*:trustedTokenIssuer/*","arn:aws:sso:::instance/*"]}`
	forDelegated = `,
	{"Effect":"Allow","Principal":"*","NotAction":["sso:CreateInstance","sso:UpdateInstance","sso:DeleteInstance","sso:AddRegion","sso:RemoveRegion"],
	 "Resource":["arn:aws:sso:::instance/*","arn:aws:sso:::permissionSet/*","arn:aws:sso:::account/*"]},
	{"Effect":"Allow","Principal":"*","NotAction":"identitystore:UpdateIdentityStore","Resource":"arn:aws:identitystore:*"}`
)

// identityCenterPolicy is the resource's side for a caller's account, nil for what the
// account owns itself.
func (s *Service) identityCenterPolicy(ctx context.Context, accountID, owner string) (*policy.Policy, error) {
	if accountID == owner {
		return nil, nil
	}
	statements, key := forEverybody, ""
	if owner == s.Instance.OwnerAccountID {
		delegated, err := s.delegated(ctx, accountID)
		if err != nil {
			return nil, err
		}
		if delegated {
			statements, key = forEverybody+forDelegated, "delegated"
		}
	}
	return s.cache.identityCenter.get(key, 0, func() (*policy.Policy, error) {
		return policy.Parse(policy.ResourcePolicy, []byte(`{"Version":"2012-10-17","Statement":[`+statements+`]}`))
	})
}

// delegated reports whether an account administers Identity Center for the organization.
func (s *Service) delegated(ctx context.Context, accountID string) (bool, error) {
	yes, err := s.cache.delegations.get(accountID, s.revision(store.NounDelegation), func() (*bool, error) {
		found := true
		err := s.Store.View(ctx, func(r store.Reader) error {
			_, err := r.DelegatedAdministrator(accountID, account.IdentityCenter)
			return err
		})
		if idc.IsNotFound(err) {
			found, err = false, nil
		}
		return &found, err
	})
	if err != nil {
		return false, err
	}
	return *yes, nil
}

// instanceOwner is the account that owns the instance an ARN of Identity Center is in:
// these ARNs name no account. What names no instance that exists, and the accounts of
// the organization, belong to the management account. An instance that is being made is
// the caller's.
func (s *Service) instanceOwner(ctx context.Context, q Question, name arn.ARN) (string, error) {
	if q.Action == "sso:CreateInstance" {
		return q.Caller.AccountID, nil
	}
	kind, rest, _ := strings.Cut(name.Resource, "/")
	if kind != "instance" && kind != "permissionSet" {
		return s.Instance.OwnerAccountID, nil
	}
	id, _, _ := strings.Cut(rest, "/")
	owner, err := s.cache.instanceOwners.get(id, s.revision(store.NounInstance), func() (*string, error) {
		owner := s.Instance.OwnerAccountID
		err := s.Store.View(ctx, func(r store.Reader) error {
			in, err := r.InstanceByID(id)
			if err == nil {
				owner = in.OwnerAccountID
			}
			return err
		})
		if idc.IsNotFound(err) {
			err = nil
		}
		return &owner, err
	})
	if err != nil {
		return "", err
	}
	return *owner, nil
}

// storeOwner is the account that owns the users, groups and memberships of a question:
// their ARNs name neither account nor identity store. A call names its identity store
// first, as it was found, and looks for all else inside of that one.
func (s *Service) storeOwner(q Question) string {
	first, err := arn.Parse(q.Resources[0])
	if err == nil && first.Service == "identitystore" && first.Account != "" {
		return first.Account
	}
	return s.Instance.OwnerAccountID
}
