package authz_test

import (
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
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
