package authz

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// actsForApplication is the action of getting an application's tokens. Whoever
// does it speaks for all people who use the application, so that both sides must
// say so, in one account as well as across accounts: the caller's own policies, and
// the application's authentication method of type IAM (its actor policy).
const actsForApplication = "sso-oauth:CreateTokenWithIAM"

// actorPolicy is the actor policy of the application that an ARN names, or nil.
func (s *Service) actorPolicy(ctx context.Context, applicationARN string) (*policy.Policy, error) {
	actor, err := s.cache.actors.get(applicationARN, s.revision(store.NounApplication), func() (*actor, error) {
		var document string
		err := s.Store.View(ctx, func(r store.Reader) error {
			a, err := application.ByARN(r, applicationARN)
			if err == nil {
				document = a.ActorPolicy
			}
			return err
		})
		if idc.IsNotFound(err) || err == nil && document == "" {
			return &actor{}, nil
		}
		if err != nil {
			return nil, err
		}
		parsed, err := policy.ParseStored(policy.ResourcePolicy, []byte(document))
		if err != nil {
			return nil, idc.Errorf(idc.Internal, "the actor policy of %s does not parse", applicationARN).Because(err)
		}
		return &actor{parsed}, nil
	})
	if err != nil {
		return nil, err
	}
	return actor.policy, nil
}

// actor is who may act for an application; without a policy nobody may.
type actor struct{ policy *policy.Policy }

// identityContextList is the session policy that STS attaches to sessions with an
// identity context: it denies all but what AWS services understand of such sessions.
const identityContextList = "arn:aws:iam::aws:policy/AWSIAMIdentityCenterAllowListForIdentityContext"

// everything stands beside a list that only denies: a session policy that allows
// nothing would leave nothing.
const everything = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

// limitContext adds the limits of a session that acts for a person.
func (s *Service) limitContext(ctx context.Context, c idc.Caller, p *policy.Policies) error {
	if c.Context == nil || c.Context.AuditOnly {
		return nil
	}
	if !p.SessionRestricted {
		open, err := s.cache.inlineSession(everything)
		if err != nil {
			return err
		}
		p.Session = append(p.Session, open)
	}
	list, err := s.cache.managedSession(ctx, s, identityContextList)
	if err != nil {
		return err
	}
	p.Session = append(p.Session, list)
	p.SessionRestricted = true
	return nil
}

// setContext sets for whom the application acts ("Available keys for IAM Identity Center").
func setContext(c *policy.Context, by *idc.IdentityContext) {
	c.Set("identitystore:UserId", by.UserID)
	c.Set("identitystore:IdentityStoreArn", by.IdentityStoreARN)
	c.Set("identitycenter:InstanceArn", by.InstanceARN)
	c.Set("identitycenter:ApplicationArn", by.ApplicationARN)
	c.Set("identitycenter:CredentialId", by.CredentialID)
}
