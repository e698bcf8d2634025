package authz_test

import (
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// TestTrailsOfTheOrganization: what a member may ask about the management account's trails is for its
// own policies to say, and package trail says which are seen. Other members' trails stay closed.
func TestTrailsOfTheOrganization(t *testing.T) {
	f := setUp(t)
	reader := f.caller(f.Role(testidc.Member, "Reader", trustAll, readOnly))
	of := func(account string) string { return arn.Trail("us-east-1", account, "all").String() }
	for _, c := range []struct {
		action, account string
		allowed         bool
	}{
		{"cloudtrail:GetTrail", testidc.Management, true}, {"cloudtrail:GetTrail", testidc.Member, true}, {"cloudtrail:GetTrail", "333333333333", false},
		{"cloudtrail:StopLogging", testidc.Management, false}, {"cloudtrail:StopLogging", testidc.Member, false},
	} {
		err := f.ask(reader, c.action, of(c.account))
		if c.allowed && err != nil || !c.allowed && idc.KindOf(err) != idc.Denied {
			t.Errorf("%s on a trail of %s: %v, want allowed %v", c.action, c.account, err, c.allowed)
		}
	}
}
