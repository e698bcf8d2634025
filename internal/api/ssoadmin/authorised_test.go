package ssoadmin_test

import (
	"slices"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/api/doortest"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// TestWhatIsNotNamedIsAuthorisedToo: a permission set that is to be made, and the accounts that provisioning reaches.
func TestWhatIsNotNamedIsAuthorisedToo(t *testing.T) {
	w := newWorld(t)
	instance := w.Instance.ARN
	name := "Audit"
	created := doortest.Do(w.Client, ssoadmin.CreatePermissionSet, &ssoadmin.CreatePermissionSetInput{InstanceArn: &instance, Name: &name})
	asked := func(want ...string) {
		t.Helper()
		if got := w.Edge.Last().Resources; !slices.Equal(got, want) {
			t.Errorf("authorised on %v, want %v", got, want)
		}
	}
	asked(instance, "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-*")
	set := created.PermissionSet.PermissionSetArn
	one, all, account := "AWS_ACCOUNT", "ALL_PROVISIONED_ACCOUNTS", testidc.Member
	for _, c := range []struct {
		kind, account *string
		want          string
	}{{&one, &account, "arn:aws:sso:::account/222222222222"}, {&all, nil, "arn:aws:sso:::account/*"}} {
		w.Edge.Deny = true
		doortest.Refuse(w.Client, ssoadmin.ProvisionPermissionSet, &ssoadmin.ProvisionPermissionSetInput{InstanceArn: &instance, PermissionSetArn: set, TargetType: c.kind, TargetId: c.account},
			"AccessDeniedException", "refused")
		asked(instance, *set, c.want)
	}
}
