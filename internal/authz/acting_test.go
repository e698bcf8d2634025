package authz_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

const accountAccess = "account-access.amazonaws.com"

func acting() idc.ActingService {
	return idc.ActingService{Principal: accountAccess, SourceAccount: testidc.Management,
		SourceARN: "arn:aws:account-access:us-east-1:111111111111:application/1234567890abcdef", UserID: "u-ana"}
}

// serviceTrust lets a service take a role, under conditions.
func serviceTrust(service, actions, conditions string) string {
	statement := `{"Effect":"Allow","Principal":{"Service":"` + service + `"},"Action":[` + actions + `]`
	if conditions != "" {
		statement += `,"Condition":{` + conditions + `}`
	}
	return statements(statement + "}")
}

// TestAServiceTakesARoleForAPerson: the trust policy decides, with the resource the
// service acts for and the person in its context; tags may stay behind.
func TestAServiceTakesARoleForAPerson(t *testing.T) {
	o := found(t)
	o.authz.Clock = o.Clock
	const both, all = `"sts:AssumeRole","sts:SetContext"`, `"sts:AssumeRole","sts:SetContext","sts:TagSession"`
	// As AWS's guide writes it.
	const deputy = `"StringEquals":{"aws:SourceAccount":"111111111111","aws:SourceArn":"arn:aws:account-access:us-east-1:111111111111:application/1234567890abcdef"}`
	later := `"DateGreaterThan":{"aws:CurrentTime":"` + o.Clock.Now().Add(time.Hour).Format(time.RFC3339) + `"}`
	for name, c := range map[string]struct {
		trust                    string
		possible, admits, tagged bool
	}{
		"as the guide has it":         {serviceTrust(accountAccess, both, deputy), true, true, false},
		"with tags":                   {serviceTrust(accountAccess, all, deputy), true, true, true},
		"without sts:SetContext":      {serviceTrust(accountAccess, `"sts:AssumeRole"`, ""), false, false, false},
		"without sts:AssumeRole":      {serviceTrust(accountAccess, `"sts:SetContext"`, ""), false, false, false},
		"another service":             {serviceTrust("ec2.amazonaws.com", all, ""), false, false, false},
		"another application":         {serviceTrust(accountAccess, all, strings.Replace(deputy, "abcdef", "abcde0", 1)), false, false, false},
		"another account's":           {serviceTrust(accountAccess, all, `"StringEquals":{"aws:SourceAccount":"222222222222"}`), false, false, false},
		"this organization":           {serviceTrust(accountAccess, both, `"StringEquals":{"aws:SourceOrgID":"`+o.Instance.OrganizationID+`"}`), true, true, false},
		"this person":                 {serviceTrust(accountAccess, both, `"StringEquals":{"sts:RequestContext/identitystore:UserId":"u-ana"}`), true, true, false},
		"another person":              {serviceTrust(accountAccess, both, `"StringEquals":{"sts:RequestContext/identitystore:UserId":"u-eve"}`), true, false, false},
		"the session's name":          {serviceTrust(accountAccess, both, `"StringEquals":{"sts:RoleSessionName":"ana"}`), true, true, false},
		"a context of the directory":  {serviceTrust(accountAccess, both, `"ForAllValues:ArnEquals":{"sts:RequestContextProviders":["arn:aws:iam::aws:contextProvider/IdentityCenter"]}`), true, true, false},
		"services only":               {statements(`{"Effect":"Allow","Principal":"*","Action":[` + both + `],"Condition":{"Bool":{"aws:PrincipalIsAWSService":"true"}}}`), true, true, false},
		"not yet":                     {serviceTrust(accountAccess, both, later), false, false, false},
		"the account, not a service":  {statements(`{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":[` + all + `]}`), false, false, false},
		"an explicit deny":            {statements(`{"Effect":"Allow","Principal":{"Service":"`+accountAccess+`"},"Action":[`+all+`]}`, `{"Effect":"Deny","Principal":"*","Action":"sts:SetContext"}`), false, false, false},
		"tags under a condition":      {statements(`{"Effect":"Allow","Principal":{"Service":"`+accountAccess+`"},"Action":[`+both+`]}`, `{"Effect":"Allow","Principal":{"Service":"`+accountAccess+`"},"Action":"sts:TagSession","Condition":{"StringEquals":{"aws:RequestTag/Team":"red"}}}`), true, true, true},
		"tags under one that differs": {statements(`{"Effect":"Allow","Principal":{"Service":"`+accountAccess+`"},"Action":[`+both+`]}`, `{"Effect":"Allow","Principal":{"Service":"`+accountAccess+`"},"Action":"sts:TagSession","Condition":{"StringEquals":{"aws:RequestTag/Team":"blue"}}}`), true, true, false},
	} {
		r := o.Role(testidc.Member, "R", c.trust)
		if err := o.authz.AdmitsService(t.Context(), r, acting()); (err == nil) != c.possible || err != nil && idc.KindOf(err) != idc.Denied {
			t.Errorf("%s: possible? %v, want %v", name, err, c.possible)
		}
		tagged, err := o.authz.AdmitService(t.Context(), r, acting(), "ana", []idc.Tag{{Key: "Team", Value: "red"}})
		if (err == nil) != c.admits || err != nil && idc.KindOf(err) != idc.Denied || tagged != c.tagged {
			t.Errorf("%s: tagged %v, %v; want admitted %v, tagged %v", name, tagged, err, c.admits, c.tagged)
		}
	}
}

func TestResourceControlPoliciesHoldForServices(t *testing.T) {
	o := found(t)
	o.authz.Clock = o.Clock
	r := o.Role(testidc.Member, "R", serviceTrust(accountAccess, `"sts:AssumeRole","sts:SetContext"`, ""))
	fence := o.policy("RESOURCE_CONTROL_POLICY", "Fence", `{"Effect":"Deny","Principal":"*","Action":"sts:SetContext","Resource":"*"}`)
	o.attach(fence, o.outer)
	if _, err := o.authz.AdmitService(t.Context(), r, acting(), "ana", nil); idc.KindOf(err) != idc.Denied {
		t.Errorf("behind a resource control policy: %v, want Denied", err)
	}
	if err := o.authz.AdmitsService(t.Context(), r, acting()); idc.KindOf(err) != idc.Denied {
		t.Errorf("possible behind a resource control policy: %v, want Denied", err)
	}
	by := acting()
	if err := o.ask(idc.Caller{Type: idc.CallerActingService, Acting: &by}, "iam:ListRoles", "*"); idc.KindOf(err) != idc.Denied {
		t.Errorf("the service itself asks for a list: %v, want Denied", err)
	}
	if err := o.ask(idc.Caller{Type: idc.CallerActingService}, "sts:AssumeRole", r.ARN); idc.KindOf(err) != idc.Denied {
		t.Errorf("without a service: %v, want Denied", err)
	}
}

// TestAnotherAccountAsksTheAccountAccessManager: a delegated administrator's own
// policies decide, by the application's ARN and tags.
func TestAnotherAccountAsksTheAccountAccessManager(t *testing.T) {
	f := setUp(t)
	application := &idc.AccountAccessApplication{ID: "1234567890abcdef", ARN: acting().SourceARN, InstanceID: f.Instance.ID, AccountID: testidc.Management,
		Tags: []idc.Tag{{Key: "Team", Value: "iam"}}}
	f.Update(func(tx store.Tx) error { return tx.PutAccountAccessApplication(application) })
	may := f.Role(testidc.Member, "May", trustAll)
	may.InlinePolicies = map[string]string{"p": statements(`{"Effect":"Allow","Action":"account-access:CreateEntitlement","Resource":"arn:aws:account-access:*:111111111111:application/*","Condition":{"StringEquals":{"aws:ResourceTag/Team":"iam"}}}`)}
	f.Update(func(tx store.Tx) error { return tx.PutRole(may) })
	if err := f.ask(f.caller(may), "account-access:CreateEntitlement", application.ARN); err != nil {
		t.Errorf("what its policies allow: %v", err)
	}
	if err := f.ask(f.caller(may), "account-access:DeleteEntitlement", application.ARN); idc.KindOf(err) != idc.Denied {
		t.Errorf("what they do not: %v, want Denied", err)
	}
}
