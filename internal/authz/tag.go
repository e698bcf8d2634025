package authz

import (
	"context"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// tagged is a resource with its tags.
type tagged struct {
	arn  string // its own; "" when there is no such resource
	tags []idc.Tag
}

// tagsOf returns the tags of the resource that an ARN names. In a request that
// creates a resource with tags these count as the tags of what is not there yet:
// aws:ResourceTag is present "in requests that create a resource with an attached
// tag". What exists, such as the parent, keeps its own.
func (s *Service) tagsOf(ctx context.Context, q Question, resource, owner string) (targetPolicy, error) {
	var out targetPolicy
	if _, operation, _ := strings.Cut(q.Action, ":"); strings.HasPrefix(operation, "Create") {
		out.tags = requestTags(q.Keys)
	}
	name, err := arn.Parse(resource)
	if err != nil {
		return out, nil // "*"
	}
	if name.Service == "sso" || name.Service == "identitystore" {
		if out.trust, err = s.identityCenterPolicy(ctx, q.Caller.AccountID, owner); err != nil {
			return targetPolicy{}, err
		}
	}
	if q.Action == actsForApplication {
		if out.trust, err = s.actorPolicy(ctx, resource); err != nil {
			return targetPolicy{}, err
		}
	}
	switch name.Service {
	case "iam", "sso", "organizations", "account-access", "cloudtrail":
	default:
		return out, nil
	}
	if name.Service == "organizations" && q.Caller.AccountID != s.Instance.OwnerAccountID {
		if out.trust, err = s.organizationPolicy(ctx, q.Caller.AccountID); err != nil {
			return targetPolicy{}, err
		}
	}
	if name.Service == "account-access" && q.Caller.AccountID != owner {
		if out.trust, err = s.cache.accountAccessPolicy(); err != nil {
			return targetPolicy{}, err
		}
	}
	if name.Service == "cloudtrail" && q.Caller.AccountID != owner && owner == s.Instance.OwnerAccountID {
		if out.trust, err = s.cache.trailPolicy(); err != nil {
			return targetPolicy{}, err
		}
	}
	found, err := s.cache.resourceTags(s, resource, func() (*tagged, error) { return s.readTags(ctx, name) })
	if err != nil {
		return targetPolicy{}, err
	}
	out.iam = name.Service == "iam"
	if found.arn == resource {
		out.tags = found.tags
	}
	return out, nil
}

// requestTags returns the tags that a request gives.
func requestTags(keys map[string][]string) []idc.Tag {
	var tags []idc.Tag
	for key, values := range keys {
		if tag, ok := strings.CutPrefix(key, "aws:RequestTag/"); ok && len(values) > 0 {
			tags = append(tags, idc.Tag{Key: tag, Value: values[0]})
		}
	}
	return tags
}

func (s *Service) readTags(ctx context.Context, name arn.ARN) (*tagged, error) {
	var out tagged
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		out, err = s.taggedIn(r, name)
		return err
	})
	if err != nil && !idc.IsNotFound(err) {
		return nil, err
	}
	return &out, nil
}

// taggedIn finds what a name means. The caller compares the whole ARN.
func (s *Service) taggedIn(r store.Reader, name arn.ARN) (tagged, error) {
	if name.Service == "organizations" {
		return s.taggedInOrganization(r, name)
	}
	kind, _, _ := strings.Cut(name.Resource, "/")
	id := name.Resource[strings.LastIndexByte(name.Resource, '/')+1:]
	switch name.Service + " " + kind {
	case "iam role":
		v, err := r.Role(name.Account, id)
		if err != nil {
			return tagged{}, err
		}
		return tagged{v.ARN, v.Tags}, nil
	case "iam policy":
		v, err := r.ManagedPolicy(name.String())
		if err != nil {
			return tagged{}, err
		}
		return tagged{v.ARN, v.Tags}, nil
	case "iam saml-provider":
		v, err := r.SAMLProvider(name.String())
		if err != nil {
			return tagged{}, err
		}
		return tagged{v.ARN, v.Tags}, nil
	case "iam oidc-provider":
		v, err := r.OIDCProvider(name.String())
		if err != nil {
			return tagged{}, err
		}
		return tagged{v.ARN, v.Tags}, nil
	case "sso instance":
		v, err := r.InstanceByID(id)
		if err != nil {
			return tagged{}, err
		}
		return tagged{v.ARN, v.Tags}, nil
	case "sso permissionSet":
		v, err := r.PermissionSet(id)
		if err != nil {
			return tagged{}, err
		}
		return tagged{v.ARN, v.Tags}, nil
	case "sso application":
		v, err := r.Application(id)
		if err != nil {
			return tagged{}, err
		}
		return tagged{v.ARN, v.Tags}, nil
	case "sso trustedTokenIssuer":
		v, err := r.TrustedTokenIssuer(id)
		if err != nil {
			return tagged{}, err
		}
		return tagged{v.ARN, v.Tags}, nil
	case "account-access application":
		v, err := r.AccountAccessApplication(id)
		if err != nil {
			return tagged{}, err
		}
		return tagged{v.ARN, v.Tags}, nil
	case "cloudtrail trail":
		v, err := r.Trail(name.String())
		if err != nil {
			return tagged{}, err
		}
		return tagged{v.ARN, v.Tags}, nil
	}
	return tagged{}, nil
}

func (s *Service) taggedInOrganization(r store.Reader, name arn.ARN) (tagged, error) {
	management, organization := s.Instance.OwnerAccountID, s.Instance.OrganizationID
	kind, _, _ := strings.Cut(name.Resource, "/")
	id := name.Resource[strings.LastIndexByte(name.Resource, '/')+1:]
	switch kind {
	case "root":
		v, err := r.Organization()
		if err != nil {
			return tagged{}, err
		}
		return tagged{arn.OrgRoot(management, organization, s.Instance.RootID).String(), v.RootTags}, nil
	case "resourcepolicy":
		v, err := r.OrganizationResourcePolicy()
		if err != nil {
			return tagged{}, err
		}
		return tagged{v.ARN, v.Tags}, nil
	case "account":
		v, err := r.Account(id)
		if err != nil {
			return tagged{}, err
		}
		return tagged{arn.OrgAccount(management, organization, v.ID).String(), v.Tags}, nil
	case "ou":
		v, err := r.OU(id)
		if err != nil {
			return tagged{}, err
		}
		return tagged{arn.OU(management, organization, v.ID).String(), v.Tags}, nil
	case "policy":
		v, err := r.OrganizationPolicy(id)
		if err != nil {
			return tagged{}, err
		}
		return tagged{arn.OrgPolicy(management, organization, strings.ToLower(string(v.Type)), v.ID).String(), v.Tags}, nil
	}
	return tagged{}, nil
}
