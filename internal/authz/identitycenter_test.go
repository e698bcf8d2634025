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

// TestIdentityCenterAcrossAccounts: what belongs to another account is judged by the
// caller's own policies; whom the instance admits is for the door to say.
func TestIdentityCenterAcrossAccounts(t *testing.T) {
	f := setUp(t)
	const id = "ssoins-1234567890abcdef"
	instance := arn.Instance(id).String()
	theirs := arn.Application(testidc.Management, id, "apl-1234567890abcdef").String()
	members := arn.Application(testidc.Member, id, "apl-1234567890abcdef").String()
	member := f.caller(f.Role(testidc.Member, "Admin", trustAll, admin))
	management := f.caller(f.Role(testidc.Management, "Admin", trustAll, admin))
	reader := f.caller(f.Role(testidc.Member, "Reader", trustAll, readOnly))
	for _, c := range []struct {
		by               idc.Caller
		action, resource string
		denied           bool
	}{
		{member, "sso:CreateApplication", instance, false},
		{member, "sso:DeleteApplication", theirs, false}, // the door refuses it
		{management, "sso:DeleteApplication", members, false},
		{reader, "sso:DescribeApplication", theirs, false},
		{reader, "sso:DeleteApplication", members, true},
		{reader, "sso:DeleteApplication", theirs, true},
		{member, "iam:DeleteRole", arn.Role(testidc.Management, "/", "Admin").String(), true}, // of other services nothing is given
	} {
		if err := f.ask(c.by, c.action, c.resource); (idc.KindOf(err) == idc.Denied) != c.denied || err != nil && !c.denied {
			t.Errorf("%s %s by %s: %v, want denied %v", c.action, c.resource, c.by.ARN, err, c.denied)
		}
	}
}

// TestInstancesBelongToTheirAccounts: ARNs of Identity Center name no account, and
// belong to whoever owns the instance or identity store they are in.
func TestInstancesBelongToTheirAccounts(t *testing.T) {
	f := setUp(t)
	const third, organization, mine = "333333333333", "ssoins-1234567890abcdef", "ssoins-00000000000000aa"
	f.Update(func(tx store.Tx) error {
		if err := tx.PutAccount(&idc.Account{ID: third, Name: "Third", Email: "third@example.com", ParentID: f.Instance.RootID, State: idc.AccountActive, Target: "native"}); err != nil {
			return err
		}
		return tx.PutInstance(&idc.Instance{ID: mine, Kind: idc.InstanceOfAccount, ARN: arn.Instance(mine).String(), IdentityStoreID: "d-00000000aa", OwnerAccountID: third, Region: "us-east-1"})
	})
	var (
		owner      = f.caller(f.Role(third, "Admin", trustAll, admin))
		weak       = f.caller(f.Role(third, "Weak", trustAll, readOnly))
		member     = f.caller(f.Role(testidc.Member, "Admin", trustAll, admin))
		reader     = f.caller(f.Role(testidc.Member, "Reader", trustAll, readOnly))
		management = f.caller(f.Role(testidc.Management, "Admin", trustAll, admin))

		itsInstance, theInstance = arn.Instance(mine).String(), arn.Instance(organization).String()
		itsStore, theStore       = arn.IdentityStore(third, "d-00000000aa").String(), arn.IdentityStore(testidc.Management, "d-1234567890").String()
		user, anyGroup           = arn.DirectoryUser("c4488478-a0e1-700e-3d75-96c6bb641596").String(), arn.DirectoryGroup("*").String()
		set, account12           = arn.PermissionSet(organization, "ps-1234567890abcdef").String(), arn.AccountForSSO(testidc.Member).String()
	)
	may := func(what string, c idc.Caller, want bool, action string, resources ...string) {
		t.Helper()
		err := f.authz.Authorize(t.Context(), authz.Question{Caller: c, Action: action, Resources: resources, Time: f.Clock.Now()})
		if err != nil && idc.KindOf(err) != idc.Denied || (err == nil) != want {
			t.Errorf("%s: %s on %v: %v, want allowed %v", what, action, resources, err, want)
		}
	}
	may("owner", owner, true, "sso:UpdateInstance", itsInstance)
	may("owner", owner, true, "sso:ListPermissionSets", itsInstance) // refused by the door
	may("owner", owner, true, "identitystore:DeleteUser", itsStore, user)
	may("owner", owner, true, "identitystore:ListGroups", itsStore, anyGroup)
	may("a weak role of the owner", weak, false, "identitystore:DeleteUser", itsStore, user)
	may("owner", owner, false, "identitystore:DeleteUser", theStore, user)
	may("owner", owner, false, "sso:UpdateInstance", theInstance)
	may("maker", member, true, "sso:CreateInstance", arn.Instance("ssoins-*").String())
	may("a reader", reader, false, "sso:CreateInstance", arn.Instance("ssoins-*").String())
	for who, c := range map[string]idc.Caller{"member": member, "management": management} {
		may(who, c, false, "sso:DeleteInstance", itsInstance)
		may(who, c, false, "identitystore:ListUsers", itsStore, user)
		may(who, c, false, "identitystore:DescribeUser", itsStore, user)
	}
	for _, delegated := range []bool{false, true, false} {
		f.Update(func(tx store.Tx) error {
			if !delegated {
				err := tx.DeleteDelegatedAdministrator(testidc.Member, account.IdentityCenter)
				if idc.IsNotFound(err) {
					err = nil
				}
				return err
			}
			return tx.PutDelegatedAdministrator(&idc.DelegatedAdministrator{AccountID: testidc.Member, ServicePrincipal: account.IdentityCenter, EnabledAt: f.Clock.Now()})
		})
		may("delegated", member, delegated, "sso:UpdatePermissionSet", theInstance, set)
		may("delegated", member, delegated, "sso:CreateAccountAssignment", theInstance, set, account12)
		may("delegated", member, delegated, "identitystore:DeleteUser", theStore, user)
		may("delegated", member, delegated, "identitystore:ListGroups", theStore, anyGroup)
		may("delegated", member, delegated, "sso:ListRegions", theInstance)
		may("a reader of the delegated account", reader, false, "sso:UpdatePermissionSet", theInstance, set)
		may("a reader of the delegated account", reader, delegated, "sso:ListPermissionSets", theInstance)
		for _, action := range []string{"sso:UpdateInstance", "sso:DeleteInstance", "sso:AddRegion", "sso:RemoveRegion"} {
			may("delegated", member, false, action, theInstance)
		}
		may("delegated", member, false, "identitystore:UpdateIdentityStore", theStore)
		may("delegated", member, false, "identitystore:DeleteUser", itsStore, user)
		may("delegated", member, false, "sso:UpdateInstance", itsInstance)
		may("another account", owner, false, "sso:UpdatePermissionSet", theInstance, set)
	}
	f.Update(func(tx store.Tx) error { return tx.DeleteInstance(mine) })
	may("owner of what is gone", owner, false, "sso:UpdateInstance", itsInstance)
}
