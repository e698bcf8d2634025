package authz

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
)

// AdmitFederated decides whether a person may take a role through the SAML provider
// of its account (STS AssumeRoleWithSAML), and pass tags on the way. There are no
// identity-based policies at that moment: the role's trust policy must let the
// provider in, and no resource control policy of the role's account may keep it
// out. The address is that of the person, who asked for the credentials.
//
// It is the last step before Identity Center's own credentials are issued
// (sts.Service.Admit). A refusal is of kind Denied and for the log: the person has
// no account yet to whose policies it could point.
func (s *Service) AdmitFederated(ctx context.Context, role *idc.Role, by idc.Federation, sessionName string, tags []idc.Tag) error {
	info := reqctx.From(ctx)
	q := Question{
		Caller:    idc.Caller{Type: idc.CallerSAML, Federation: &by, SessionName: sessionName},
		Resources: []string{role.ARN},
		Keys:      map[string][]string{"sts:RoleSessionName": {sessionName}},
		Time:      s.Clock.Now(), ClientIP: info.ClientIP, UserAgent: info.UserAgent, Region: s.Instance.Region,
		Secure: true, // the hop does not leave the server
	}
	actions := []string{"sts:AssumeRoleWithSAML"}
	for _, t := range tags {
		q.Keys["aws:RequestTag/"+t.Key] = []string{t.Value}
		q.Keys["aws:TagKeys"] = append(q.Keys["aws:TagKeys"], t.Key)
	}
	if len(tags) > 0 {
		actions = append(actions, "sts:TagSession")
	}
	for _, action := range actions {
		q.Action = action
		answer, err := s.Decide(ctx, q)
		if err != nil {
			return err
		}
		if !answer.Allowed() {
			return idc.Errorf(idc.Denied, "%s", answer.AccessDenied(by.Provider+":"+sessionName, action, role.ARN))
		}
	}
	return nil
}
