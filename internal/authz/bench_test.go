package authz_test

import (
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/authz"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// BenchmarkDecide is what a decision costs a call once everything it needs is in memory: loading, context and
// evaluation together.
func BenchmarkDecide(b *testing.B) {
	w := testidc.New(b)
	s := &authz.Service{Store: w.Store, Clock: w.Clock, Instance: w.Instance, Roles: &role.Service{Store: w.Store, IDs: w.IDs}}
	caller := func(account, name string, policies ...string) idc.Caller {
		r := w.Role(account, name, trustAll, policies...)
		return idc.Caller{Type: idc.CallerAssumedRole, AccountID: account, RoleID: r.ID, PrincipalARN: r.ARN, UserID: "u-1", MFA: true, MFAAt: w.Clock.Now(),
			ARN: arn.AssumedRole(account, name, "ana").String(), PrincipalID: r.ID + ":ana", IssuedAt: w.Clock.Now()}
	}
	w.Update(func(tx store.Tx) error {
		for _, p := range []struct{ id, statement string }{
			{"p-full0000", `{"Effect":"Allow","Action":"*","Resource":"*"}`},
			{"p-mfa00000", `{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}`},
			{"p-region00", `{"Effect":"Deny","NotAction":["iam:*","organizations:*","sts:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","us-east-1"]}}}`},
			{"p-leave000", `{"Effect":"Deny","Action":"organizations:LeaveOrganization","Resource":"*"}`},
			{"p-roles000", `{"Effect":"Deny","Action":["iam:Delete*","iam:Put*"],"Resource":"arn:aws:iam::*:role/protected/*"}`},
		} {
			if err := tx.PutOrganizationPolicy(&idc.OrganizationPolicy{ID: p.id, Name: p.id, Type: "SERVICE_CONTROL_POLICY", Content: statements(p.statement)}); err != nil {
				return err
			}
			for _, target := range []string{w.Instance.RootID, testidc.Member} {
				if err := tx.PutPolicyAttachment(&idc.PolicyAttachment{PolicyID: p.id, TargetID: target}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	limited := caller(testidc.Member, "Limited", readOnly)
	limited.SessionPolicies = []string{statements(`{"Effect":"Allow","Action":["iam:Get*","iam:List*"],"Resource":"*"}`)}
	target := w.Role(testidc.Member, "Target", trustAll)
	permissionSet := arn.PermissionSet("ssoins-1234567890abcdef", "ps-1234567890abcdef").String()
	for _, c := range []struct {
		name      string
		caller    idc.Caller
		action    string
		resources []string
	}{
		{"Administrator", caller(testidc.Management, "Admin", admin), "iam:GetRole", []string{target.ARN}},
		{"CreateAccountAssignment", caller(testidc.Management, "Ops", admin), "sso:CreateAccountAssignment",
			[]string{arn.Instance("ssoins-1234567890abcdef").String(), permissionSet, arn.AccountForSSO(testidc.Member).String()}},
		{"ReadOnly+SCPs+session", limited, "iam:GetRole", []string{target.ARN}},
		{"AssumeRole", caller(testidc.Member, "Chain", admin), "sts:AssumeRole", []string{target.ARN}},
	} {
		b.Run(c.name, func(b *testing.B) {
			q := authz.Question{Caller: c.caller, Action: c.action, Resources: c.resources, Time: w.Clock.Now(), ClientIP: "192.0.2.1",
				UserAgent: "aws-cli/2.31.0", Region: "us-east-1", Secure: true}
			if c.name == "Administrator" {
				q.Resources = []string{arn.Role(testidc.Management, "/", "Admin").String()}
			}
			b.ReportAllocs()
			for b.Loop() {
				if answer, err := s.Decide(b.Context(), q); err != nil || !answer.Allowed() {
					b.Fatalf("%+v, %v", answer, err)
				}
			}
		})
	}
}
