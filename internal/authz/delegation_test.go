package authz_test

import (
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/authz"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// TestMembersAndTheOrganization: what a member account may do with the management
// account's organization follows delegations and the resource policy, from the write
// on, and never goes beyond the caller's own policies.
func TestMembersAndTheOrganization(t *testing.T) {
	const organization = "o-exampleorgid"
	f := setUp(t)
	member := f.caller(f.Role(testidc.Member, "Admin", trustAll, admin))
	weak := f.caller(f.Role(testidc.Member, "Weak", trustAll))
	own := arn.OrgAccount(testidc.Management, organization, testidc.Member).String()
	other := arn.OrgAccount(testidc.Management, organization, testidc.Management).String()
	scp := arn.OrgPolicy(testidc.Management, organization, "service_control_policy", "p-00000001").String()
	handshake := arn.Handshake(testidc.Management, organization, "invite", "h-00000001").String()
	may := func(what string, c idc.Caller, action, resource string, want bool) {
		t.Helper()
		err := f.authz.Authorize(t.Context(), authz.Question{Caller: c, Action: action, Resources: []string{resource}, Time: f.Clock.Now(),
			Keys: map[string][]string{"organizations:PolicyType": {"SERVICE_CONTROL_POLICY"}}})
		if err != nil && idc.KindOf(err) != idc.Denied || (err == nil) != want {
			t.Errorf("%s: %s on %s: %v, want allowed %v", what, action, resource, err, want)
		}
	}
	may("member", member, "organizations:DescribeAccount", other, false)
	may("member", member, "organizations:DescribeEffectivePolicy", own, true)
	may("member", member, "organizations:DescribeEffectivePolicy", other, false)
	may("member", member, "organizations:AcceptHandshake", handshake, true)
	may("without policies", weak, "organizations:AcceptHandshake", handshake, false)
	may("member", member, "organizations:CloseAccount", own, false)

	f.Update(func(tx store.Tx) error {
		return tx.PutDelegatedAdministrator(&idc.DelegatedAdministrator{AccountID: testidc.Member, ServicePrincipal: account.IdentityCenter, EnabledAt: f.Clock.Now()})
	})
	may("delegated", member, "organizations:DescribeAccount", other, true)
	may("delegated", member, "organizations:MoveAccount", other, false)
	may("delegated, without policies", weak, "organizations:DescribeAccount", other, false)
	f.Update(func(tx store.Tx) error {
		return tx.DeleteDelegatedAdministrator(testidc.Member, account.IdentityCenter)
	})
	may("no longer delegated", member, "organizations:DescribeAccount", other, false)

	for name, document := range map[string]string{
		"a list": statements(`{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"organizations:AttachPolicy","Resource":"*","Condition":{"StringEquals":{"organizations:PolicyType":"SERVICE_CONTROL_POLICY"}}}`),
		"one":    `{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"organizations:AttachPolicy","Resource":"*"}}`,
	} {
		f.Update(func(tx store.Tx) error {
			return tx.PutOrganizationResourcePolicy(&idc.OrganizationResourcePolicy{ID: "rp-00000001", Content: document})
		})
		may(name, member, "organizations:AttachPolicy", scp, true)
		may(name, member, "organizations:DetachPolicy", scp, false)
		may(name+", without policies", weak, "organizations:AttachPolicy", scp, false)
	}
	f.Update(func(tx store.Tx) error { return tx.DeleteOrganizationResourcePolicy("rp-00000001") })
	may("no policy any more", member, "organizations:AttachPolicy", scp, false)
}

// TestClosedAccounts: from the write on no role of the account is left, to act as or to assume.
func TestClosedAccounts(t *testing.T) {
	f := setUp(t)
	inside := f.Role(testidc.Member, "Admin", trustAll, admin)
	management := f.caller(f.Role(testidc.Management, "Admin", trustAll, admin))
	ask := func(c idc.Caller, action, resource string, want bool) {
		t.Helper()
		if err := f.ask(c, action, resource); err != nil && idc.KindOf(err) != idc.Denied || (err == nil) != want {
			t.Errorf("%s by %s: %v, want allowed %v", action, c.ARN, err, want)
		}
	}
	for _, step := range []struct {
		state idc.AccountState
		want  bool
	}{{idc.AccountActive, true}, {idc.AccountPendingClosure, false}, {idc.AccountSuspended, false}, {idc.AccountClosed, false}} {
		f.Update(func(tx store.Tx) error {
			a, err := tx.Account(testidc.Member)
			if err != nil {
				return err
			}
			a.State = step.state
			return tx.PutAccount(a)
		})
		ask(f.caller(inside), "iam:ListRoles", "*", step.want)
		ask(management, "sts:AssumeRole", inside.ARN, step.want)
	}
}

// TestStandaloneAccounts are judged by their own policies alone.
func TestStandaloneAccounts(t *testing.T) {
	f := setUp(t)
	c := f.caller(f.Role(testidc.Member, "Admin", trustAll, admin))
	f.Update(func(tx store.Tx) error {
		a, err := tx.Account(testidc.Member)
		if err != nil {
			return err
		}
		a.ParentID = ""
		return tx.PutAccount(a)
	})
	if err := f.ask(c, "iam:ListRoles", "*"); err != nil {
		t.Errorf("its own roles: %v", err)
	}
}
