package authz

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// AdmitService decides whether an AWS service may take a role for a person: the
// role's trust policy must let it in with the person's identity (sts:SetContext),
// and no resource control policy of the role's account may keep it out. The
// address is that of the person, who asked for the credentials.
//
// tagged tells whether the tags may come along (sts:TagSession): a role may be
// taken without them, so that a refusal of the tags alone is no error. A refusal is
// of kind Denied and for the log.
func (s *Service) AdmitService(ctx context.Context, role *idc.Role, by idc.ActingService, sessionName string, tags []idc.Tag) (tagged bool, err error) {
	info := reqctx.From(ctx)
	q := s.acting(role, by)
	q.ClientIP, q.UserAgent = info.ClientIP, info.UserAgent
	q.Keys["sts:RoleSessionName"] = []string{sessionName}
	q.Keys["sts:RequestContext/identitystore:UserId"] = []string{by.UserID}
	if err := s.actsAs(ctx, q, role); err != nil || len(tags) == 0 {
		return false, err
	}
	for _, t := range tags {
		q.Keys["aws:RequestTag/"+t.Key] = []string{t.Value}
		q.Keys["aws:TagKeys"] = append(q.Keys["aws:TagKeys"], t.Key)
	}
	q.Action = "sts:TagSession"
	answer, err := s.Decide(ctx, q)
	return err == nil && answer.Allowed(), err
}

// AdmitsService reports whether a role may let a service in for some person, at some
// time and from some place: what is not known yet counts as fitting. A role that
// never does is refused with an error of kind Denied.
func (s *Service) AdmitsService(ctx context.Context, role *idc.Role, by idc.ActingService) error {
	q := s.acting(role, by)
	q.Possible = true
	return s.actsAs(ctx, q, role)
}

// acting is the question of a service that takes a role; the action is still open.
func (s *Service) acting(role *idc.Role, by idc.ActingService) Question {
	return Question{
		Caller:    idc.Caller{Type: idc.CallerActingService, Acting: &by},
		Resources: []string{role.ARN},
		Keys:      map[string][]string{"sts:RequestContextProviders": {arn.ContextProvider("IdentityCenter").String()}},
		Time:      s.Clock.Now(), Region: s.Instance.Region,
		Secure: true, // the hop does not leave the server
	}
}

func (s *Service) actsAs(ctx context.Context, q Question, role *idc.Role) error {
	for _, action := range []string{"sts:AssumeRole", "sts:SetContext"} {
		q.Action = action
		answer, err := s.Decide(ctx, q)
		if err != nil {
			return err
		}
		if !answer.Allowed() {
			return idc.Errorf(idc.Denied, "%s", answer.AccessDenied(q.Caller.Acting.Principal, action, role.ARN))
		}
	}
	return nil
}

// setActing sets what is known of a service that acts for a resource of an account
// of the organization.
func (s *Service) setActing(ctx context.Context, c *policy.Context, by *idc.ActingService) error {
	c.Set("aws:PrincipalIsAWSService", "true")
	c.Set("aws:PrincipalServiceName", by.Principal)
	c.SetMulti("aws:PrincipalServiceNamesList", by.Principal)
	c.Set("aws:SourceArn", by.SourceARN)
	c.Set("aws:SourceAccount", by.SourceAccount)
	place, err := s.cache.place(ctx, s, by.SourceAccount)
	if err != nil {
		return err
	}
	if place.path != "" {
		c.Set("aws:SourceOrgID", s.Instance.OrganizationID)
		c.SetMulti("aws:SourceOrgPaths", place.path)
	}
	return nil
}

// accountAccessDocument is the resource's side of what a delegated administrator
// asks of the management account's account access manager. The caller's own policies
// must allow it, too, and api/accountaccess admits only who administers the service.
const accountAccessDocument = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"account-access:*","Resource":"*"}]}`

func (c *cache) accountAccessPolicy() (*policy.Policy, error) {
	return c.accountAccess.get("", 0, func() (*policy.Policy, error) {
		return policy.Parse(policy.ResourcePolicy, []byte(accountAccessDocument))
	})
}
