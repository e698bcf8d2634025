package authz_test

import (
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/authz"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// byTag is a policy whose only condition is a tag of the resource.
func byTag(effect, key string) string {
	return `{"Effect":"` + effect + `","Action":"*","Resource":"*","Condition":{"StringEquals":{"` + key + `/Team":"red"}}}`
}

func statements(s ...string) string {
	out := `{"Version":"2012-10-17","Statement":[`
	for i, one := range s {
		if i > 0 {
			out += ","
		}
		out += one
	}
	return out + "]}"
}

// TestResourceTags: the tags of everything that can have tags are known to policies.
func TestResourceTags(t *testing.T) {
	const (
		management   = testidc.Management
		organization = "o-exampleorgid"
		all          = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	)
	permissionSet := arn.PermissionSet("ssoins-1234567890abcdef", "ps-1234567890abcdef").String()
	application := arn.Application(management, "ssoins-1234567890abcdef", "apl-1234567890abcdef").String()
	issuer := arn.TrustedTokenIssuer(management, "ssoins-1234567890abcdef", "tti-c4488478-a0e1-700e-3d75-96c6bb641596").String()
	for _, c := range []struct {
		action, resource string
		iam              bool
		put              func(f fixture, tx store.Tx, tags []idc.Tag) error
	}{
		{"iam:DeleteRole", arn.Role(management, "/team/", "Tagged").String(), true, func(_ fixture, tx store.Tx, tags []idc.Tag) error {
			return tx.PutRole(&idc.Role{AccountID: management, Name: "Tagged", Path: "/team/", ID: "AROATAGGED", TrustPolicy: trustAll,
				ARN: arn.Role(management, "/team/", "Tagged").String(), Tags: tags})
		}},
		{"iam:DeletePolicy", arn.Policy(management, "/", "Tagged").String(), true, func(_ fixture, tx store.Tx, tags []idc.Tag) error {
			return tx.PutManagedPolicy(&idc.ManagedPolicy{AccountID: management, Name: "Tagged", Path: "/", ID: "ANPATAGGED",
				ARN: arn.Policy(management, "/", "Tagged").String(), Tags: tags})
		}},
		{"iam:DeleteSAMLProvider", arn.SAMLProvider(management, "tagged").String(), true, func(_ fixture, tx store.Tx, tags []idc.Tag) error {
			return tx.PutSAMLProvider(&idc.SAMLProvider{AccountID: management, Name: "tagged", ARN: arn.SAMLProvider(management, "tagged").String(), Tags: tags})
		}},
		{"sso:UpdateInstance", arn.Instance("ssoins-1234567890abcdef").String(), false, func(f fixture, tx store.Tx, tags []idc.Tag) error {
			instance := *f.Instance
			instance.Tags = tags
			return tx.PutInstance(&instance)
		}},
		{"sso:DeletePermissionSet", permissionSet, false, func(_ fixture, tx store.Tx, tags []idc.Tag) error {
			return tx.PutPermissionSet(&idc.PermissionSet{ID: "ps-1234567890abcdef", ARN: permissionSet, Name: "Tagged", Tags: tags})
		}},
		{"sso:DeleteApplication", application, false, func(_ fixture, tx store.Tx, tags []idc.Tag) error {
			return tx.PutApplication(&idc.Application{ID: "apl-1234567890abcdef", ARN: application, InstanceID: "ssoins-1234567890abcdef", OwnerAccountID: management, Tags: tags})
		}},
		{"sso:DeleteTrustedTokenIssuer", issuer, false, func(_ fixture, tx store.Tx, tags []idc.Tag) error {
			return tx.PutTrustedTokenIssuer(&idc.TrustedTokenIssuer{ID: "tti-c4488478-a0e1-700e-3d75-96c6bb641596", ARN: issuer, InstanceID: "ssoins-1234567890abcdef", Tags: tags})
		}},
		{"organizations:MoveAccount", arn.OrgAccount(management, organization, testidc.Member).String(), false, func(_ fixture, tx store.Tx, tags []idc.Tag) error {
			a, err := tx.Account(testidc.Member)
			if err != nil {
				return err
			}
			a.Tags = tags
			return tx.PutAccount(a)
		}},
		{"organizations:DeleteOrganizationalUnit", arn.OU(management, organization, "ou-exam-00000001").String(), false, func(_ fixture, tx store.Tx, tags []idc.Tag) error {
			return tx.PutOU(&idc.OrganizationalUnit{ID: "ou-exam-00000001", Name: "Tagged", ParentID: "r-exam", Tags: tags})
		}},
		{"organizations:EnablePolicyType", arn.OrgRoot(management, organization, "r-exam").String(), false, func(_ fixture, tx store.Tx, tags []idc.Tag) error {
			o, err := tx.Organization()
			if err != nil {
				return err
			}
			o.RootTags = tags
			return tx.PutOrganization(o)
		}},
		{"organizations:PutResourcePolicy", arn.OrgResourcePolicy(management, organization, "rp-tagged00").String(), false, func(_ fixture, tx store.Tx, tags []idc.Tag) error {
			return tx.PutOrganizationResourcePolicy(&idc.OrganizationResourcePolicy{ID: "rp-tagged00", Content: "{}", Tags: tags,
				ARN: arn.OrgResourcePolicy(management, organization, "rp-tagged00").String()})
		}},
		{"organizations:DeletePolicy", arn.OrgPolicy(management, organization, "service_control_policy", "p-tagged00").String(), false, func(_ fixture, tx store.Tx, tags []idc.Tag) error {
			return tx.PutOrganizationPolicy(&idc.OrganizationPolicy{ID: "p-tagged00", Name: "Tagged", Type: "SERVICE_CONTROL_POLICY",
				Content: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`, Tags: tags})
		}},
		{"cloudtrail:StopLogging", arn.Trail("us-east-1", management, "Tagged").String(), false, func(_ fixture, tx store.Tx, tags []idc.Tag) error {
			return tx.PutTrail(&idc.Trail{ARN: arn.Trail("us-east-1", management, "Tagged").String(), AccountID: management, Name: "Tagged", Tags: tags})
		}},
	} {
		t.Run(c.action, func(t *testing.T) {
			f := setUp(t)
			tag := func(team string) {
				f.Update(func(tx store.Tx) error { return c.put(f, tx, []idc.Tag{{Key: "Team", Value: team}}) })
			}
			caller := func(name, document string) idc.Caller {
				r := f.Role(management, name, trustAll)
				r.InlinePolicies = map[string]string{"p": document}
				f.Update(func(tx store.Tx) error { return tx.PutRole(r) })
				return f.caller(r)
			}
			keys := []string{"aws:ResourceTag"}
			if c.iam {
				keys = append(keys, "iam:ResourceTag")
			}
			for i, key := range keys {
				name := string(rune('A' + i))
				refused := caller("Refused"+name, statements(all, byTag("Deny", key)))
				allowed := caller("Allowed"+name, statements(byTag("Allow", key)))
				tag("red")
				if err := f.ask(refused, c.action, c.resource); idc.KindOf(err) != idc.Denied {
					t.Errorf("%s, a Deny by its tag: %v, want Denied", key, err)
				}
				if err := f.ask(allowed, c.action, c.resource); err != nil {
					t.Errorf("%s, an Allow by its tag: %v", key, err)
				}
				tag("blue")
				if err := f.ask(refused, c.action, c.resource); err != nil {
					t.Errorf("%s, a Deny by a tag it had: %v", key, err)
				}
				if err := f.ask(allowed, c.action, c.resource); idc.KindOf(err) != idc.Denied {
					t.Errorf("%s, an Allow by a tag it had: %v, want Denied", key, err)
				}
			}
		})
	}
}

// TestTagsOfNewResources: what a request creates with a tag counts as tagged, what exists keeps its own.
func TestTagsOfNewResources(t *testing.T) {
	f := setUp(t)
	r := f.Role(testidc.Member, "Admin", trustAll, admin)
	r.InlinePolicies = map[string]string{"p": statements(byTag("Deny", "aws:ResourceTag"))}
	f.Update(func(tx store.Tx) error { return tx.PutRole(r) })
	f.Role(testidc.Member, "Untagged", trustAll)
	existing := arn.PermissionSet("ssoins-1234567890abcdef", "ps-1234567890abcdef").String()
	f.Update(func(tx store.Tx) error {
		return tx.PutPermissionSet(&idc.PermissionSet{ID: "ps-1234567890abcdef", ARN: existing, Name: "Untagged"})
	})
	management := f.Role(testidc.Management, "Admin", trustAll, admin)
	management.InlinePolicies = r.InlinePolicies
	f.Update(func(tx store.Tx) error { return tx.PutRole(management) })
	inMember := func(name string) string { return arn.Role(testidc.Member, "/", name).String() }
	for _, c := range []struct {
		by               *idc.Role
		action, resource string
		denied           bool
	}{
		{r, "iam:CreateRole", inMember("New"), true},
		{r, "iam:TagRole", inMember("Untagged"), false},
		{management, "organizations:CreateAccount", "*", true},
		{management, "organizations:CreateOrganizationalUnit", arn.OrgRoot(testidc.Management, "o-exampleorgid", "r-exam").String(), false}, // the parent
		{management, "sso:CreatePermissionSet", arn.PermissionSet("ssoins-1234567890abcdef", "ps-*").String(), true},
		{management, "sso:CreateAccountAssignment", existing, false},
		{management, "sso:TagResource", existing, false},
	} {
		err := f.authz.Authorize(t.Context(), authz.Question{Caller: f.caller(c.by), Action: c.action, Time: f.Clock.Now(),
			Resources: []string{c.resource}, Keys: map[string][]string{"aws:RequestTag/Team": {"red"}}})
		if (idc.KindOf(err) == idc.Denied) != c.denied {
			t.Errorf("%s %s: %v, want denied %v", c.action, c.resource, err, c.denied)
		}
	}
}
