package organizations_test

import (
	"slices"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/api/doortest"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/organizations"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// as makes the caller one of another account.
func (w *world) as(accountID string) {
	w.Caller.AccountID = accountID
	w.Caller.ARN = "arn:aws:sts::" + accountID + ":assumed-role/Admin/ana"
	w.Caller.PrincipalARN = "arn:aws:iam::" + accountID + ":role/Admin"
}

const (
	aMember  = "arn:aws:organizations::111111111111:account/o-exampleorgid/222222222222"
	anyone   = "*"
	denied   = "AccessDeniedException"
	backup   = "backup.amazonaws.com"
	tagsType = "TAG_POLICY"
)

func TestEffectivePolicies(t *testing.T) {
	w := newWorld(t)
	member := p(testidc.Member)
	describe := &organizations.DescribeEffectivePolicyInput{PolicyType: p(tagsType), TargetId: member}
	doortest.Refuse(w.Client, organizations.DescribeEffectivePolicy, describe, "EffectivePolicyNotFoundException", "")
	doortest.Refuse(w.Client, organizations.ListAccountsWithInvalidEffectivePolicy, &organizations.ListAccountsWithInvalidEffectivePolicyInput{PolicyType: p(tagsType)}, "EffectivePolicyNotFoundException", "")
	doortest.Do(w.Client, organizations.EnablePolicyType, &organizations.EnablePolicyTypeInput{RootId: p("r-exam"), PolicyType: p(tagsType)})
	created := doortest.Do(w.Client, organizations.CreatePolicy, &organizations.CreatePolicyInput{Name: p("Tags"), Description: p(""), Type: p(tagsType),
		Content: p(`{"tags":{"a":{"tag_key":{"@@assign":"A"}}}}`)}).Policy
	if want := "arn:aws:organizations::111111111111:policy/o-exampleorgid/tag_policy/" + *created.PolicySummary.Id; *created.PolicySummary.Arn != want {
		t.Errorf("ARN %s", *created.PolicySummary.Arn)
	}
	doortest.Do(w.Client, organizations.AttachPolicy, &organizations.AttachPolicyInput{PolicyId: created.PolicySummary.Id, TargetId: p("r-exam")})
	got := doortest.Do(w.Client, organizations.DescribeEffectivePolicy, describe).EffectivePolicy
	w.asked(aMember)
	if *got.PolicyContent != `{"tags":{"a":{"tag_key":"A"}}}` || *got.TargetId != testidc.Member || got.LastUpdatedTimestamp.IsZero() {
		t.Errorf("effective policy %+v", got)
	}
	errors := doortest.Do(w.Client, organizations.ListEffectivePolicyValidationErrors, &organizations.ListEffectivePolicyValidationErrorsInput{AccountId: member, PolicyType: p(tagsType)})
	if len(errors.EffectivePolicyValidationErrors) != 0 || *errors.Path != "o-exampleorgid/r-exam/222222222222/" {
		t.Errorf("validation errors %+v", errors)
	}
	if list := doortest.Do(w.Client, organizations.ListAccountsWithInvalidEffectivePolicy, &organizations.ListAccountsWithInvalidEffectivePolicyInput{PolicyType: p(tagsType)}); len(list.Accounts) != 0 {
		t.Errorf("accounts %+v", list)
	}
	doortest.Refuse(w.Client, organizations.DescribeEffectivePolicy, &organizations.DescribeEffectivePolicyInput{PolicyType: p(tagsType), TargetId: p("r-exam")}, "InvalidInputException/TARGET_NOT_SUPPORTED", "")
	doortest.Refuse(w.Client, organizations.DescribeEffectivePolicy, &organizations.DescribeEffectivePolicyInput{PolicyType: p(tagsType), TargetId: p("999999999999")}, "TargetNotFoundException", "")
	doortest.Refuse(w.Client, organizations.DescribeEffectivePolicy, &organizations.DescribeEffectivePolicyInput{PolicyType: p("SERVICE_CONTROL_POLICY")}, "InvalidInputException/INVALID_ENUM", "")
	doortest.Refuse(w.Client, organizations.ListEffectivePolicyValidationErrors, &organizations.ListEffectivePolicyValidationErrorsInput{AccountId: p("999999999999"), PolicyType: p(tagsType)}, "AccountNotFoundException", "")

	w.as(testidc.Member) // for itself
	doortest.Do(w.Client, organizations.DescribeEffectivePolicy, &organizations.DescribeEffectivePolicyInput{PolicyType: p(tagsType)})
	doortest.Refuse(w.Client, organizations.DescribeEffectivePolicy, &organizations.DescribeEffectivePolicyInput{PolicyType: p(tagsType), TargetId: p(testidc.Management)}, denied, "")
}

func TestDelegation(t *testing.T) {
	w := newWorld(t)
	register := &organizations.RegisterDelegatedAdministratorInput{AccountId: p(testidc.Member), ServicePrincipal: p(backup)}
	doortest.Refuse(w.Client, organizations.RegisterDelegatedAdministrator, register, "ConstraintViolationException/SERVICE_ACCESS_NOT_ENABLED", "")
	doortest.Refuse(w.Client, organizations.EnableAWSServiceAccess, &organizations.EnableAWSServiceAccessInput{ServicePrincipal: p("x")}, "InvalidInputException/UNRECOGNIZED_SERVICE_PRINCIPAL", "")
	doortest.Do(w.Client, organizations.EnableAWSServiceAccess, &organizations.EnableAWSServiceAccessInput{ServicePrincipal: p(backup)})
	w.asked(anyone)
	if keys := w.Edge.Last().Keys; !slices.Equal(keys["organizations:ServicePrincipal"], []string{backup}) {
		t.Errorf("keys %v", keys)
	}
	first := doortest.Do(w.Client, organizations.ListAWSServiceAccessForOrganization, &organizations.ListAWSServiceAccessForOrganizationInput{MaxResults: p(int32(1))})
	second := doortest.Do(w.Client, organizations.ListAWSServiceAccessForOrganization, &organizations.ListAWSServiceAccessForOrganizationInput{MaxResults: p(int32(1)), NextToken: first.NextToken})
	if *first.EnabledServicePrincipals[0].ServicePrincipal != backup || *second.EnabledServicePrincipals[0].ServicePrincipal != "sso.amazonaws.com" || second.NextToken != nil {
		t.Errorf("pages %+v, %+v", first, second)
	}
	doortest.Do(w.Client, organizations.RegisterDelegatedAdministrator, register)
	w.asked(aMember)
	doortest.Refuse(w.Client, organizations.RegisterDelegatedAdministrator, register, "AccountAlreadyRegisteredException", "")
	doortest.Refuse(w.Client, organizations.RegisterDelegatedAdministrator, &organizations.RegisterDelegatedAdministratorInput{AccountId: p(testidc.Management), ServicePrincipal: p(backup)},
		"ConstraintViolationException/CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR", "")
	doortest.Refuse(w.Client, organizations.RegisterDelegatedAdministrator, &organizations.RegisterDelegatedAdministratorInput{AccountId: p("999999999999"), ServicePrincipal: p(backup)}, "AccountNotFoundException", "")
	doortest.Refuse(w.Client, organizations.DisableAWSServiceAccess, &organizations.DisableAWSServiceAccessInput{ServicePrincipal: p(backup)},
		"ConstraintViolationException/DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE", "")
	admins := doortest.Do(w.Client, organizations.ListDelegatedAdministrators, &organizations.ListDelegatedAdministratorsInput{}).DelegatedAdministrators
	if len(admins) != 1 || *admins[0].Arn != aMember || *admins[0].State != "ACTIVE" || admins[0].DelegationEnabledDate == nil {
		t.Errorf("administrators %+v", admins)
	}
	services := doortest.Do(w.Client, organizations.ListDelegatedServicesForAccount, &organizations.ListDelegatedServicesForAccountInput{AccountId: p(testidc.Member)}).DelegatedServices
	if len(services) != 1 || *services[0].ServicePrincipal != backup {
		t.Errorf("services %+v", services)
	}
	doortest.Refuse(w.Client, organizations.ListDelegatedServicesForAccount, &organizations.ListDelegatedServicesForAccountInput{AccountId: p(testidc.Management)}, "AccountNotRegisteredException", "")
	doortest.Refuse(w.Client, organizations.RemoveAccountFromOrganization, &organizations.RemoveAccountFromOrganizationInput{AccountId: p(testidc.Member)},
		"ConstraintViolationException/CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG", "")

	w.as(testidc.Member) // reads, and changes nothing
	doortest.Do(w.Client, organizations.ListAccounts, &organizations.ListAccountsInput{})
	doortest.Do(w.Client, organizations.DescribePolicy, &organizations.DescribePolicyInput{PolicyId: p("p-FullAWSAccess")})
	doortest.Refuse(w.Client, organizations.CreateOrganizationalUnit, &organizations.CreateOrganizationalUnitInput{ParentId: p("r-exam"), Name: p("x")}, denied, "")
	w.as(testidc.Management)
	doortest.Do(w.Client, organizations.DeregisterDelegatedAdministrator, &organizations.DeregisterDelegatedAdministratorInput{AccountId: p(testidc.Member), ServicePrincipal: p(backup)})
	doortest.Refuse(w.Client, organizations.DeregisterDelegatedAdministrator, &organizations.DeregisterDelegatedAdministratorInput{AccountId: p(testidc.Member), ServicePrincipal: p(backup)}, "AccountNotRegisteredException", "")
	doortest.Do(w.Client, organizations.DisableAWSServiceAccess, &organizations.DisableAWSServiceAccessInput{ServicePrincipal: p(backup)})
	w.as(testidc.Member)
	doortest.Refuse(w.Client, organizations.ListAccounts, &organizations.ListAccountsInput{}, denied, "")
}

func TestResourcePolicy(t *testing.T) {
	w := newWorld(t)
	doortest.Refuse(w.Client, organizations.DescribeResourcePolicy, &organizations.DescribeResourcePolicyInput{}, "ResourcePolicyNotFoundException", "")
	doortest.Refuse(w.Client, organizations.PutResourcePolicy, &organizations.PutResourcePolicyInput{Content: p("{")}, "InvalidInputException/INVALID_RESOURCE_POLICY_JSON", "")
	give := func(principal, action, condition string) *organizations.PutResourcePolicyInput {
		return &organizations.PutResourcePolicyInput{Content: p(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":["` + action + `"],"Resource":"*"` + condition + `}]}`)}
	}
	doortest.Refuse(w.Client, organizations.PutResourcePolicy, give("999999999999", "organizations:ListRoots", ""), "InvalidInputException/INVALID_PRINCIPAL", "")
	doortest.Refuse(w.Client, organizations.PutResourcePolicy, give(testidc.Member, "organizations:CloseAccount", ""), "InvalidInputException/UNSUPPORTED_ACTION_IN_RESOURCE_POLICY", "")
	put := doortest.Do(w.Client, organizations.PutResourcePolicy, give(testidc.Member, `organizations:ListPolicies","organizations:DescribePolicy","organizations:AttachPolicy`,
		`,"Condition":{"StringEquals":{"organizations:PolicyType":"SERVICE_CONTROL_POLICY"}}`)).ResourcePolicy
	summary := put.ResourcePolicySummary
	if *summary.Arn != "arn:aws:organizations::111111111111:resourcepolicy/o-exampleorgid/"+*summary.Id {
		t.Errorf("policy %+v", summary)
	}
	doortest.Do(w.Client, organizations.TagResource, &organizations.TagResourceInput{ResourceId: summary.Id, Tags: []organizations.Tag{{Key: p("a"), Value: p("b")}}})
	w.asked(*summary.Arn)
	doortest.Do(w.Client, organizations.TagResource, &organizations.TagResourceInput{ResourceId: p("r-exam"), Tags: []organizations.Tag{{Key: p("a"), Value: p("b")}}})
	if tags := doortest.Do(w.Client, organizations.ListTagsForResource, &organizations.ListTagsForResourceInput{ResourceId: p("r-exam")}).Tags; len(tags) != 1 {
		t.Errorf("tags of the root %+v", tags)
	}

	w.as(testidc.Member)
	scps := p("SERVICE_CONTROL_POLICY")
	doortest.Do(w.Client, organizations.ListPolicies, &organizations.ListPoliciesInput{Filter: scps})
	doortest.Do(w.Client, organizations.DescribePolicy, &organizations.DescribePolicyInput{PolicyId: p("p-FullAWSAccess")})
	doortest.Refuse(w.Client, organizations.ListPolicies, &organizations.ListPoliciesInput{Filter: p("RESOURCE_CONTROL_POLICY")}, denied, "")
	doortest.Refuse(w.Client, organizations.DescribePolicy, &organizations.DescribePolicyInput{PolicyId: p("p-RCPFullAWSAccess")}, denied, "")
	doortest.Refuse(w.Client, organizations.DetachPolicy, &organizations.DetachPolicyInput{PolicyId: p("p-FullAWSAccess"), TargetId: p("r-exam")}, denied, "")
	doortest.Refuse(w.Client, organizations.ListRoots, &organizations.ListRootsInput{}, denied, "")
	doortest.Refuse(w.Client, organizations.DeleteResourcePolicy, &organizations.DeleteResourcePolicyInput{}, denied, "")

	w.as(testidc.Management)
	doortest.Do(w.Client, organizations.DeleteResourcePolicy, &organizations.DeleteResourcePolicyInput{})
	w.as(testidc.Member)
	doortest.Refuse(w.Client, organizations.ListPolicies, &organizations.ListPoliciesInput{Filter: scps}, denied, "")
}

func TestClosing(t *testing.T) {
	w := newWorld(t)
	doortest.Refuse(w.Client, organizations.CloseAccount, &organizations.CloseAccountInput{AccountId: p(testidc.Management)}, "ConstraintViolationException/CANNOT_CLOSE_MANAGEMENT_ACCOUNT", "")
	doortest.Refuse(w.Client, organizations.CloseAccount, &organizations.CloseAccountInput{AccountId: p("999999999999")}, "AccountNotFoundException", "")
	doortest.Do(w.Client, organizations.CloseAccount, &organizations.CloseAccountInput{AccountId: p(testidc.Member)})
	w.asked(aMember)
	doortest.Refuse(w.Client, organizations.CloseAccount, &organizations.CloseAccountInput{AccountId: p(testidc.Member)}, "AccountAlreadyClosedException", "")
	state := func() string {
		a := doortest.Do(w.Client, organizations.DescribeAccount, &organizations.DescribeAccountInput{AccountId: p(testidc.Member)}).Account
		return *a.State + " " + *a.Status
	}
	if got := state(); got != "PENDING_CLOSURE PENDING_CLOSURE" {
		t.Errorf("state %s", got)
	}
	w.runner.Drain(t.Context())
	if got := state(); got != "SUSPENDED SUSPENDED" {
		t.Errorf("state %s", got)
	}
}

// TestLeavingAndComingBack walks an account out of the organization and in again.
func TestLeavingAndComingBack(t *testing.T) {
	w := newWorld(t)
	member := p(testidc.Member)
	doortest.Refuse(w.Client, organizations.LeaveOrganization, &organizations.LeaveOrganizationInput{}, "MasterCannotLeaveOrganizationException", "")
	doortest.Refuse(w.Client, organizations.RemoveAccountFromOrganization, &organizations.RemoveAccountFromOrganizationInput{AccountId: member}, "ConstraintViolationException/WAIT_PERIOD_ACTIVE", "")
	doortest.Refuse(w.Client, organizations.CreateOrganization, &organizations.CreateOrganizationInput{}, "AlreadyInOrganizationException", "")
	doortest.Refuse(w.Client, organizations.DeleteOrganization, &organizations.DeleteOrganizationInput{}, "OrganizationNotEmptyException", "")
	doortest.Refuse(w.Client, organizations.EnableAllFeatures, &organizations.EnableAllFeaturesInput{}, "HandshakeConstraintViolationException/ORGANIZATION_ALREADY_HAS_ALL_FEATURES", "")
	invite := &organizations.InviteAccountToOrganizationInput{Target: &organizations.HandshakeParty{Id: member, Type: p("ACCOUNT")}, Notes: p("Come back")}
	doortest.Refuse(w.Client, organizations.InviteAccountToOrganization, invite, "HandshakeConstraintViolationException/ALREADY_IN_AN_ORGANIZATION", "")
	doortest.Refuse(w.Client, organizations.InviteAccountToOrganization, &organizations.InviteAccountToOrganizationInput{
		Target: &organizations.HandshakeParty{Id: p("nobody"), Type: p("EMAIL")}}, "InvalidInputException/INVALID_EMAIL_ADDRESS_TARGET", "")

	w.Clock.Advance(4 * 24 * time.Hour)
	w.as(testidc.Member)
	doortest.Do(w.Client, organizations.LeaveOrganization, &organizations.LeaveOrganizationInput{})
	doortest.Refuse(w.Client, organizations.DescribeOrganization, &organizations.DescribeOrganizationInput{}, "AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
	doortest.Refuse(w.Client, organizations.LeaveOrganization, &organizations.LeaveOrganizationInput{}, "AWSOrganizationsNotInUseException", "")
	doortest.Refuse(w.Client, organizations.DescribePolicy, &organizations.DescribePolicyInput{PolicyId: p("p-FullAWSAccess")}, "AWSOrganizationsNotInUseException", "")
	doortest.Refuse(w.Client, organizations.CreateOrganization, &organizations.CreateOrganizationInput{}, denied, "one organization")

	w.as(testidc.Management)
	if n := len(doortest.Do(w.Client, organizations.ListAccounts, &organizations.ListAccountsInput{}).Accounts); n != 1 {
		t.Errorf("%d accounts", n)
	}
	h := doortest.Do(w.Client, organizations.InviteAccountToOrganization, invite).Handshake
	w.asked(aMember)
	if *h.Arn != "arn:aws:organizations::111111111111:handshake/o-exampleorgid/invite/"+*h.Id || *h.State != "OPEN" || *h.Action != "INVITE" || len(h.Parties) != 2 ||
		*h.Resources[0].Resources[0].Type != "MASTER_EMAIL" || *h.Resources[2].Value != "Come back" {
		t.Errorf("handshake %+v", h)
	}
	doortest.Refuse(w.Client, organizations.InviteAccountToOrganization, invite, "DuplicateHandshakeException", "")
	if list := doortest.Do(w.Client, organizations.ListHandshakesForOrganization, &organizations.ListHandshakesForOrganizationInput{}).Handshakes; len(list) != 1 {
		t.Errorf("handshakes of the organization %+v", list)
	}
	other := &organizations.HandshakeFilter{ActionType: p("ENABLE_ALL_FEATURES")}
	if list := doortest.Do(w.Client, organizations.ListHandshakesForOrganization, &organizations.ListHandshakesForOrganizationInput{Filter: other}).Handshakes; len(list) != 0 {
		t.Errorf("handshakes of another action %+v", list)
	}
	w.as(testidc.Member)
	doortest.Do(w.Client, organizations.DeclineHandshake, &organizations.DeclineHandshakeInput{HandshakeId: h.Id})
	doortest.Refuse(w.Client, organizations.DeclineHandshake, &organizations.DeclineHandshakeInput{HandshakeId: h.Id}, "HandshakeAlreadyInStateException", "")
	doortest.Refuse(w.Client, organizations.AcceptHandshake, &organizations.AcceptHandshakeInput{HandshakeId: h.Id}, "InvalidHandshakeTransitionException", "")
	doortest.Refuse(w.Client, organizations.DescribeHandshake, &organizations.DescribeHandshakeInput{HandshakeId: p("h-00000000")}, "HandshakeNotFoundException", "")

	w.as(testidc.Management)
	h = doortest.Do(w.Client, organizations.InviteAccountToOrganization, invite).Handshake
	doortest.Do(w.Client, organizations.CancelHandshake, &organizations.CancelHandshakeInput{HandshakeId: h.Id})
	h = doortest.Do(w.Client, organizations.InviteAccountToOrganization, invite).Handshake
	doortest.Refuse(w.Client, organizations.AcceptHandshake, &organizations.AcceptHandshakeInput{HandshakeId: h.Id}, denied, "")
	w.as(testidc.Member)
	mine := doortest.Do(w.Client, organizations.ListHandshakesForAccount, &organizations.ListHandshakesForAccountInput{MaxResults: p(int32(2))})
	rest := doortest.Do(w.Client, organizations.ListHandshakesForAccount, &organizations.ListHandshakesForAccountInput{MaxResults: p(int32(2)), NextToken: mine.NextToken})
	if len(mine.Handshakes) != 2 || len(rest.Handshakes) != 1 || rest.NextToken != nil {
		t.Errorf("pages of %d and %d", len(mine.Handshakes), len(rest.Handshakes))
	}
	accepted := doortest.Do(w.Client, organizations.AcceptHandshake, &organizations.AcceptHandshakeInput{HandshakeId: h.Id}).Handshake
	w.asked(*h.Arn)
	if *accepted.State != "ACCEPTED" {
		t.Errorf("accepted %+v", accepted)
	}
	if described := doortest.Do(w.Client, organizations.DescribeHandshake, &organizations.DescribeHandshakeInput{HandshakeId: h.Id}).Handshake; *described.State != "ACCEPTED" {
		t.Errorf("described %+v", described)
	}
	doortest.Do(w.Client, organizations.DescribeOrganization, &organizations.DescribeOrganizationInput{})
	doortest.Refuse(w.Client, organizations.CancelHandshake, &organizations.CancelHandshakeInput{HandshakeId: h.Id}, denied, "")
}

// TestNothingToTransfer: there is one organization, without bills and without GovCloud.
func TestNothingToTransfer(t *testing.T) {
	w := newWorld(t)
	id := p("rt-00000000")
	const missing = "ResponsibilityTransferNotFoundException"
	doortest.Refuse(w.Client, organizations.DescribeResponsibilityTransfer, &organizations.DescribeResponsibilityTransferInput{Id: id}, missing, "")
	doortest.Refuse(w.Client, organizations.UpdateResponsibilityTransfer, &organizations.UpdateResponsibilityTransferInput{Id: id, Name: p("x")}, missing, "")
	doortest.Refuse(w.Client, organizations.TerminateResponsibilityTransfer, &organizations.TerminateResponsibilityTransferInput{Id: id}, missing, "")
	doortest.Refuse(w.Client, organizations.ListInboundResponsibilityTransfers, &organizations.ListInboundResponsibilityTransfersInput{Type: p("BILLING"), Id: id}, missing, "")
	if in := doortest.Do(w.Client, organizations.ListInboundResponsibilityTransfers, &organizations.ListInboundResponsibilityTransfersInput{Type: p("BILLING")}); in.ResponsibilityTransfers == nil {
		t.Error("no list of inbound transfers")
	}
	if out := doortest.Do(w.Client, organizations.ListOutboundResponsibilityTransfers, &organizations.ListOutboundResponsibilityTransfersInput{Type: p("BILLING")}); out.ResponsibilityTransfers == nil {
		t.Error("no list of outbound transfers")
	}
	invite := func(id string) *organizations.InviteOrganizationToTransferResponsibilityInput {
		return &organizations.InviteOrganizationToTransferResponsibilityInput{SourceName: p("x"), StartTimestamp: p(w.Clock.Now()), Type: p("BILLING"),
			Target: &organizations.HandshakeParty{Id: &id, Type: p("ACCOUNT")}}
	}
	doortest.Refuse(w.Client, organizations.InviteOrganizationToTransferResponsibility, invite(testidc.Management), "HandshakeConstraintViolationException/SOURCE_AND_TARGET_CANNOT_MATCH", "")
	doortest.Refuse(w.Client, organizations.InviteOrganizationToTransferResponsibility, invite("333333333333"), "InvalidInputException/TARGET_NOT_SUPPORTED", "one organization")
	doortest.Refuse(w.Client, organizations.CreateGovCloudAccount, &organizations.CreateGovCloudAccountInput{AccountName: p("Gov"), Email: p("gov@example.com")},
		"ConstraintViolationException/MASTER_ACCOUNT_NOT_GOVCLOUD_ENABLED", "")
}
