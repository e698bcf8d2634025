package organizations_test

import (
	"slices"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/api/doortest"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/organizations"
)

func TestPolicyTypes(t *testing.T) {
	w := newWorld(t)
	const scpType = "SERVICE_CONTROL_POLICY"
	root := p("r-exam")
	types := func(r *organizations.Root) (out []string) {
		for _, summary := range r.PolicyTypes {
			out = append(out, *summary.Type+" "+*summary.Status)
		}
		return out
	}
	disabled := doortest.Do(w.Client, organizations.DisablePolicyType, &organizations.DisablePolicyTypeInput{RootId: root, PolicyType: p(scpType)}).Root
	w.asked("arn:aws:organizations::111111111111:root/o-exampleorgid/r-exam")
	if keys := w.Edge.Last().Keys; !slices.Equal(keys["organizations:PolicyType"], []string{scpType}) {
		t.Errorf("keys %v", keys)
	}
	if got := types(disabled); !slices.Equal(got, []string{"RESOURCE_CONTROL_POLICY ENABLED"}) {
		t.Errorf("types %v", got)
	}
	doortest.Refuse(w.Client, organizations.DisablePolicyType, &organizations.DisablePolicyTypeInput{RootId: root, PolicyType: p(scpType)}, "PolicyTypeNotEnabledException", "")
	doortest.Refuse(w.Client, organizations.AttachPolicy, &organizations.AttachPolicyInput{PolicyId: p("p-FullAWSAccess"), TargetId: root}, "PolicyTypeNotEnabledException", "")
	if got := doortest.Do(w.Client, organizations.ListRoots, &organizations.ListRootsInput{}).Roots; len(types(&got[0])) != 1 {
		t.Errorf("roots %+v", got)
	}
	enabled := doortest.Do(w.Client, organizations.EnablePolicyType, &organizations.EnablePolicyTypeInput{RootId: root, PolicyType: p(scpType)}).Root
	if got := types(enabled); !slices.Equal(got, []string{"RESOURCE_CONTROL_POLICY ENABLED", "SERVICE_CONTROL_POLICY ENABLED"}) {
		t.Errorf("types %v", got)
	}
	doortest.Refuse(w.Client, organizations.EnablePolicyType, &organizations.EnablePolicyTypeInput{RootId: root, PolicyType: p(scpType)}, "PolicyTypeAlreadyEnabledException", "")
	doortest.Refuse(w.Client, organizations.DisablePolicyType, &organizations.DisablePolicyTypeInput{RootId: p("r-othr"), PolicyType: p(scpType)}, "RootNotFoundException", "")
}

// TestMakingWithTagsTakesBoth: whoever makes something with tags needs the permission to tag as well.
func TestMakingWithTagsTakesBoth(t *testing.T) {
	w := newWorld(t)
	tags := []organizations.Tag{{Key: p("Team"), Value: p("red")}}
	for action, make := range map[string]func(tags []organizations.Tag){
		"organizations:CreateOrganizationalUnit": func(tags []organizations.Tag) {
			doortest.Do(w.Client, organizations.CreateOrganizationalUnit, &organizations.CreateOrganizationalUnitInput{ParentId: p("r-exam"), Name: p("N" + w.IDs.UUID()), Tags: tags})
		},
		"organizations:CreateAccount": func(tags []organizations.Tag) {
			doortest.Do(w.Client, organizations.CreateAccount, &organizations.CreateAccountInput{AccountName: p("Dev"), Email: p("dev@example.com"), Tags: tags})
		},
		"organizations:CreatePolicy": func(tags []organizations.Tag) {
			doortest.Do(w.Client, organizations.CreatePolicy, &organizations.CreatePolicyInput{Name: p("N" + w.IDs.UUID()), Description: p(""), Type: p("SERVICE_CONTROL_POLICY"), Content: p(scp), Tags: tags})
		},
	} {
		for _, given := range [][]organizations.Tag{nil, tags} {
			w.Edge.Asked = nil
			make(given)
			var asked []string
			for _, q := range w.Edge.Asked {
				asked = append(asked, q.Action)
				if len(given) > 0 && !slices.Equal(q.Keys["aws:RequestTag/Team"], []string{"red"}) {
					t.Errorf("%s without the tags: %v", q.Action, q.Keys)
				}
			}
			want := []string{action}
			if len(given) > 0 {
				want = append(want, "organizations:TagResource")
			}
			if !slices.Equal(asked, want) {
				t.Errorf("with %d tags: asked %v, want %v", len(given), asked, want)
			}
		}
	}
}
