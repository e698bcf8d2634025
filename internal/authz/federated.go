package authz

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// AdmitFederated decides whether somebody may take a role for whom an identity
// provider of its account vouches (STS AssumeRoleWithSAML, AssumeRoleWithWebIdentity),
// and pass tags and a source identity on the way. There are no identity-based policies
// at that moment: the role's trust policy must let the provider in, and no resource
// control policy of the role's account may keep it out. The address is that of the
// person, who asked for the credentials.
//
// It is the last step before credentials are issued (sts.Service.Admit), to Identity
// Center's own people, too. A refusal is of kind Denied and for the log: who is refused
// has no account yet to whose policies it could point.
func (s *Service) AdmitFederated(ctx context.Context, a sts.Admission) error {
	info := reqctx.From(ctx)
	by := a.By
	q := Question{
		Caller:    idc.Caller{Type: idc.CallerSAML, Federation: &by, SessionName: a.SessionName},
		Action:    "sts:AssumeRoleWithSAML",
		Resources: []string{a.Role.ARN},
		Keys:      map[string][]string{"sts:RoleSessionName": {a.SessionName}},
		Time:      s.Clock.Now(), ClientIP: info.ClientIP, UserAgent: info.UserAgent, Region: s.Instance.Region,
		Secure: true, // the hop does not leave the server
	}
	if by.Web() {
		q.Caller.Type, q.Action = idc.CallerWebIdentity, "sts:AssumeRoleWithWebIdentity"
	}
	actions := []string{q.Action}
	for _, t := range a.Tags {
		q.Keys["aws:RequestTag/"+t.Key] = []string{t.Value}
		q.Keys["aws:TagKeys"] = append(q.Keys["aws:TagKeys"], t.Key)
	}
	if len(a.TransitiveTagKeys) > 0 {
		q.Keys["sts:TransitiveTagKeys"] = a.TransitiveTagKeys
	}
	if len(a.Tags) > 0 {
		actions = append(actions, "sts:TagSession")
	}
	if a.SourceIdentity != "" {
		q.Keys["sts:SourceIdentity"] = []string{a.SourceIdentity}
		actions = append(actions, "sts:SetSourceIdentity")
	}
	for _, action := range actions {
		q.Action = action
		answer, err := s.Decide(ctx, q)
		if err != nil {
			return err
		}
		if !answer.Allowed() {
			return idc.Errorf(idc.Denied, "%s", answer.AccessDenied(by.Provider+":"+a.SessionName, action, a.Role.ARN))
		}
	}
	return nil
}

// federated reports whether a caller is one for whom an identity provider vouches
// while it takes a role.
func federated(c idc.Caller) bool { return c.Type == idc.CallerSAML || c.Type == idc.CallerWebIdentity }

// provider is such a caller in the words of the policy language.
func provider(c idc.Caller) policy.Principal {
	kind := policy.SAMLProvider
	if c.Federation.Web() {
		kind = policy.WebIdentity
	}
	return policy.Principal{Type: kind, ARN: c.Federation.Provider}
}
