package account

import (
	"context"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// delegable are the actions that the organization's resource policy can give to
// members, besides those that begin with Describe or List ("Delegated
// administrator for AWS Organizations").
var delegable = []string{
	"organizations:attachpolicy", "organizations:createpolicy", "organizations:deletepolicy", "organizations:detachpolicy",
	"organizations:disablepolicytype", "organizations:enablepolicytype", "organizations:tagresource",
	"organizations:untagresource", "organizations:updatepolicy",
}

// ResourcePolicy returns the organization's resource policy.
func (s *Service) ResourcePolicy(ctx context.Context) (*idc.OrganizationResourcePolicy, error) {
	var p *idc.OrganizationResourcePolicy
	err := s.Store.View(ctx, func(r store.Reader) error {
		var err error
		p, err = findResourcePolicy(r)
		return err
	})
	return p, err
}

func findResourcePolicy(r store.OrganizationReader) (*idc.OrganizationResourcePolicy, error) {
	p, err := r.OrganizationResourcePolicy()
	if idc.IsNotFound(err) {
		return nil, idc.NotFoundf("ResourcePolicy", "", "We can't find a resource policy for the organization.")
	}
	return p, err
}

// PutResourcePolicy makes the organization's resource policy or replaces its text.
func (s *Service) PutResourcePolicy(ctx context.Context, change idc.ChangeSet, content string, tags []idc.Tag) (*idc.OrganizationResourcePolicy, error) {
	merged, err := idc.MergeTags(nil, tags)
	if err != nil {
		return nil, err
	}
	var out *idc.OrganizationResourcePolicy
	err = s.Store.Update(ctx, change, func(tx store.Tx) error {
		if err := checkResourcePolicy(tx, content); err != nil {
			return err
		}
		found, err := tx.OrganizationResourcePolicy()
		switch {
		case err == nil && len(tags) > 0:
			return idc.Errorf(idc.Invalid, "Tags can be given only with a new resource policy. Use TagResource for the one there is.")
		case err == nil:
			p := *found
			p.Content = content
			out = &p
		case idc.IsNotFound(err):
			instance, err := tx.Instance()
			if err != nil {
				return err
			}
			id := s.IDs.ResourcePolicyID()
			out = &idc.OrganizationResourcePolicy{ID: id, Content: content, Tags: merged,
				ARN: arn.OrgResourcePolicy(instance.OwnerAccountID, instance.OrganizationID, id).String()}
		default:
			return err
		}
		return tx.PutOrganizationResourcePolicy(out)
	})
	return out, err
}

// DeleteResourcePolicy removes the organization's resource policy.
func (s *Service) DeleteResourcePolicy(ctx context.Context, change idc.ChangeSet) error {
	return s.Store.Update(ctx, change, func(tx store.Tx) error {
		p, err := findResourcePolicy(tx)
		if err != nil {
			return err
		}
		return tx.DeleteOrganizationResourcePolicy(p.ID)
	})
}

func checkResourcePolicy(r store.AccountReader, content string) error {
	if _, err := policy.Parse(policy.ResourcePolicy, []byte(content)); err != nil {
		return idc.Errorf(idc.Invalid, "The resource policy is not valid: %s", err.Error()).With(reasonPolicyJSON)
	}
	document, err := policy.Read([]byte(content))
	if err != nil {
		return idc.Errorf(idc.Invalid, "The resource policy is not valid: %s", err.Error()).With(reasonPolicyJSON)
	}
	for i := range document.Statements {
		if err := checkDelegation(r, &document.Statements[i]); err != nil {
			return err
		}
	}
	return nil
}

// checkDelegation accepts a statement that gives to member accounts what can be given.
func checkDelegation(r store.AccountReader, s *policy.Statement) error {
	if s.NotPrincipal || s.NotAction || s.NotResource || len(s.Principals) == 0 {
		return idc.Errorf(idc.Invalid, "A statement of the resource policy needs Principal, Action and Resource.").With(reasonPolicyJSON)
	}
	for _, p := range s.Principals {
		a, err := r.Account(principalAccount(p))
		if idc.IsNotFound(err) || err == nil && !a.InOrganization() {
			return idc.Errorf(idc.Invalid, "The principal %s is not of the organization.", p.Value).With(reasonPrincipal)
		}
		if err != nil {
			return err
		}
	}
	for _, a := range s.Actions {
		name := strings.ToLower(a.Value)
		read := strings.HasPrefix(name, "organizations:describe") || strings.HasPrefix(name, "organizations:list")
		if !read && !slices.Contains(delegable, name) {
			return idc.Errorf(idc.Invalid, "The action %s is not supported in a resource policy.", a.Value).With(reasonAction)
		}
	}
	for _, res := range s.Resources {
		if res.Value != "*" && !strings.HasPrefix(res.Value, "arn:aws:organizations::") {
			return idc.Errorf(idc.Invalid, "The resource %s is not supported in a resource policy.", res.Value).With(reasonResource)
		}
	}
	return nil
}

// principalAccount is the account of an AWS principal, or "".
func principalAccount(p policy.NamedPrincipal) string {
	if p.Class != "AWS" {
		return ""
	}
	if name, err := arn.Parse(p.Value); err == nil {
		return name.Account
	}
	return p.Value
}

// everyAction stands for the caller's own policies, which the Authorizer judges.
const everyAction = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

// Delegates reports whether the organization's resource policy lets a member use
// an action on all of some resources.
func (s *Service) Delegates(ctx context.Context, caller idc.Caller, action string, resources []string, keys map[string][]string) (bool, error) {
	var instance *idc.Instance
	var content string
	err := s.Store.View(ctx, func(r store.Reader) error {
		p, err := r.OrganizationResourcePolicy()
		if err != nil {
			return err
		}
		content = p.Content
		instance, err = r.Instance()
		return err
	})
	if idc.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	given, err := policy.ParseStored(policy.ResourcePolicy, []byte(content))
	if err != nil {
		return false, idc.Errorf(idc.Internal, "the organization's resource policy does not parse").Because(err)
	}
	own, err := policy.ParseStored(policy.IdentityPolicy, []byte(everyAction))
	if err != nil {
		return false, err
	}
	req := policy.Request{
		Principal: policy.Principal{Type: policy.AssumedRole, ARN: caller.ARN, Account: caller.AccountID, RoleARN: caller.PrincipalARN, UniqueID: caller.RoleID},
		Action:    action, ResourceAccount: instance.OwnerAccountID,
	}
	req.Context.Set("aws:PrincipalAccount", caller.AccountID)
	req.Context.Set("aws:PrincipalArn", caller.PrincipalARN)
	req.Context.Set("aws:PrincipalOrgID", instance.OrganizationID)
	for key, values := range keys {
		if key == "aws:TagKeys" || len(values) != 1 {
			req.Context.SetMulti(key, values...)
		} else {
			req.Context.Set(key, values[0])
		}
	}
	for _, req.Resource = range resources {
		d := policy.Evaluate(&req, &policy.Policies{Identity: []*policy.Policy{own}, Resource: given})
		if d.Effect != policy.Allowed {
			return false, nil
		}
	}
	return true, nil
}
