package provisioning

import (
	"fmt"
	"testing"
)

// TestWrittenNamesEveryChange: the events of a role's life are the IAM calls that make it what it is, and no others.
func TestWrittenNamesEveryChange(t *testing.T) {
	role := Role{Name: "R", Path: "/", TrustPolicy: "t", AttachedPolicies: []string{"a", "b"}, InlinePolicies: map[string]string{"i": "1"}}
	changed := role
	changed.TrustPolicy, changed.AttachedPolicies, changed.PermissionsBoundary = "t2", []string{"b", "c"}, "p"
	changed.InlinePolicies = map[string]string{"i": "2"}
	names := func(events []iamEvent) string {
		var out []string
		for _, e := range events {
			if e.params["roleName"] != "R" {
				t.Errorf("%s names %v", e.name, e.params["roleName"])
			}
			out = append(out, e.name)
		}
		return fmt.Sprint(out)
	}
	for what, tc := range map[string]struct {
		events []iamEvent
		want   string
	}{
		"new":       {written(nil, role), "[CreateRole AttachRolePolicy AttachRolePolicy PutRolePolicy]"},
		"unchanged": {written(&role, role), "[]"},
		"changed":   {written(&role, changed), "[UpdateAssumeRolePolicy DetachRolePolicy AttachRolePolicy PutRolePolicy PutRolePermissionsBoundary]"},
		"removed":   {removed(changed), "[DetachRolePolicy DetachRolePolicy DeleteRolePolicy DeleteRolePermissionsBoundary DeleteRole]"},
	} {
		if got := names(tc.events); got != tc.want {
			t.Errorf("%s: %s, want %s", what, got, tc.want)
		}
	}
}
