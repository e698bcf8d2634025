package organizations_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/api/doortest"
	api "github.com/gatehouse-idc/gatehouse/internal/api/organizations"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/organizations"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/jobs"
	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

const scp = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}`

type world struct {
	*testidc.World
	*doortest.Client
	runner *jobs.Runner
}

func newWorld(t *testing.T) *world {
	w := &world{World: testidc.New(t)}
	accounts := &account.Service{Store: w.Store, IDs: w.IDs,
		Retire: func(tx store.Tx, _ idc.ChangeSet, a *idc.Assignment) error { return tx.DeleteAssignment(a.ID) }}
	w.Update(func(tx store.Tx) error {
		if err := tx.DeleteAccount(testidc.Management); err != nil {
			return err
		}
		return accounts.Found(tx, w.Change(), idc.Account{Name: "Management", Email: "root@example.com"})
	})
	door := &api.Door{Accounts: accounts, Instance: w.Instance, Pages: pagetoken.Codec{Ring: sealed.NewEphemeral()}}
	w.Client = doortest.New(t, w.Clock, w.IDs, testidc.Management, door.Operations())
	w.runner = &jobs.Runner{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Log: slog.New(slog.DiscardHandler), Random: func() float64 { return 0 },
		Handlers: map[string]jobs.Handler{account.JobCreate: {Run: accounts.RunCreate, Fail: accounts.FailCreate}, account.JobClose: {Run: accounts.RunClose}}}
	return w
}

func p[T any](v T) *T { return &v }

func (w *world) asked(resources ...string) {
	w.World.T.Helper()
	if got := w.Edge.Last().Resources; !slices.Equal(got, resources) {
		w.World.T.Errorf("asked about %v, want %v", got, resources)
	}
}

func TestOrganizationFromNothing(t *testing.T) {
	w := newWorld(t)
	o := doortest.Do(w.Client, organizations.DescribeOrganization, &organizations.DescribeOrganizationInput{}).Organization
	if *o.Id != "o-exampleorgid" || *o.MasterAccountEmail != "root@example.com" || *o.MasterAccountArn != "arn:aws:organizations::111111111111:account/o-exampleorgid/111111111111" {
		t.Errorf("organization %+v", o)
	}
	root := *doortest.Do(w.Client, organizations.ListRoots, &organizations.ListRootsInput{}).Roots[0].Id
	ou := doortest.Do(w.Client, organizations.CreateOrganizationalUnit, &organizations.CreateOrganizationalUnitInput{ParentId: &root, Name: p("Prod")}).OrganizationalUnit
	w.asked("arn:aws:organizations::111111111111:root/o-exampleorgid/r-exam")
	if *ou.Path != "o-exampleorgid/r-exam/"+*ou.Id+"/" {
		t.Errorf("path %s", *ou.Path)
	}
	status := doortest.Do(w.Client, organizations.CreateAccount, &organizations.CreateAccountInput{AccountName: p("Dev"), Email: p("dev@example.com")}).CreateAccountStatus
	if *status.State != "IN_PROGRESS" || status.AccountId != nil || status.CompletedTimestamp != nil {
		t.Errorf("status %+v", status)
	}
	w.runner.Drain(t.Context())
	status = doortest.Do(w.Client, organizations.DescribeCreateAccountStatus, &organizations.DescribeCreateAccountStatusInput{CreateAccountRequestId: status.Id}).CreateAccountStatus
	if *status.State != "SUCCEEDED" || status.CompletedTimestamp == nil {
		t.Fatalf("status %+v", status)
	}
	doortest.Do(w.Client, organizations.MoveAccount, &organizations.MoveAccountInput{AccountId: status.AccountId, SourceParentId: &root, DestinationParentId: ou.Id})
	moved := doortest.Do(w.Client, organizations.DescribeAccount, &organizations.DescribeAccountInput{AccountId: status.AccountId}).Account
	if *moved.State != "ACTIVE" || *moved.Status != "ACTIVE" || moved.Paths[0] != *ou.Path+*status.AccountId+"/" {
		t.Errorf("account %+v", moved)
	}
	children := doortest.Do(w.Client, organizations.ListChildren, &organizations.ListChildrenInput{ParentId: ou.Id, ChildType: p("ACCOUNT")}).Children
	parents := doortest.Do(w.Client, organizations.ListParents, &organizations.ListParentsInput{ChildId: status.AccountId}).Parents
	if len(children) != 1 || *children[0].Id != *status.AccountId || len(parents) != 1 || *parents[0].Id != *ou.Id {
		t.Errorf("children %+v, parents %+v", children, parents)
	}
	if n := len(doortest.Do(w.Client, organizations.ListAccounts, &organizations.ListAccountsInput{}).Accounts); n != 3 {
		t.Errorf("%d accounts", n)
	}
	first := doortest.Do(w.Client, organizations.ListAccounts, &organizations.ListAccountsInput{MaxResults: p(int32(2))})
	second := doortest.Do(w.Client, organizations.ListAccounts, &organizations.ListAccountsInput{MaxResults: p(int32(2)), NextToken: first.NextToken})
	if len(first.Accounts) != 2 || len(second.Accounts) != 1 || second.NextToken != nil {
		t.Errorf("pages of %d and %d", len(first.Accounts), len(second.Accounts))
	}
	list := doortest.Do(w.Client, organizations.ListCreateAccountStatus, &organizations.ListCreateAccountStatusInput{States: []string{"FAILED", "SUCCEEDED"}}).CreateAccountStatuses
	if len(list) != 1 {
		t.Errorf("statuses %+v", list)
	}
}

func TestMembersAreKeptOut(t *testing.T) {
	w := newWorld(t)
	w.Caller.AccountID = testidc.Member
	doortest.Refuse(w.Client, organizations.ListAccounts, &organizations.ListAccountsInput{}, "AccessDeniedException", "You don't have permissions to access this resource.")
	doortest.Refuse(w.Client, organizations.DescribePolicy, &organizations.DescribePolicyInput{PolicyId: p("p-FullAWSAccess")}, "AccessDeniedException", "You don't have permissions")
	doortest.Refuse(w.Client, organizations.TagResource, &organizations.TagResourceInput{ResourceId: p(testidc.Member), Tags: []organizations.Tag{{Key: p("a"), Value: p("b")}}}, "AccessDeniedException", "You don't have permissions")
	doortest.Do(w.Client, organizations.DescribeOrganization, &organizations.DescribeOrganizationInput{})
}

func TestErrorCodes(t *testing.T) {
	w := newWorld(t)
	root := &w.Instance.RootID
	ou := doortest.Do(w.Client, organizations.CreateOrganizationalUnit, &organizations.CreateOrganizationalUnitInput{ParentId: root, Name: p("Prod")}).OrganizationalUnit
	inside := doortest.Do(w.Client, organizations.CreateOrganizationalUnit, &organizations.CreateOrganizationalUnitInput{ParentId: ou.Id, Name: p("EU")}).OrganizationalUnit
	absent := p("ou-exam-99999999")
	doortest.Refuse(w.Client, organizations.CreateOrganizationalUnit, &organizations.CreateOrganizationalUnitInput{ParentId: root, Name: p("Prod")}, "DuplicateOrganizationalUnitException", "")
	doortest.Refuse(w.Client, organizations.CreateOrganizationalUnit, &organizations.CreateOrganizationalUnitInput{ParentId: absent, Name: p("x")}, "ParentNotFoundException", "")
	doortest.Refuse(w.Client, organizations.DeleteOrganizationalUnit, &organizations.DeleteOrganizationalUnitInput{OrganizationalUnitId: ou.Id}, "OrganizationalUnitNotEmptyException", "")
	doortest.Refuse(w.Client, organizations.DescribeOrganizationalUnit, &organizations.DescribeOrganizationalUnitInput{OrganizationalUnitId: absent}, "OrganizationalUnitNotFoundException", "")
	doortest.Refuse(w.Client, organizations.DescribeAccount, &organizations.DescribeAccountInput{AccountId: p("999999999999")}, "AccountNotFoundException", "You specified an account that doesn't exist.")
	doortest.Refuse(w.Client, organizations.MoveAccount, &organizations.MoveAccountInput{AccountId: p(testidc.Member), SourceParentId: ou.Id, DestinationParentId: root}, "SourceParentNotFoundException", "")
	doortest.Refuse(w.Client, organizations.MoveAccount, &organizations.MoveAccountInput{AccountId: p(testidc.Member), SourceParentId: root, DestinationParentId: absent}, "DestinationParentNotFoundException", "")
	doortest.Refuse(w.Client, organizations.MoveAccount, &organizations.MoveAccountInput{AccountId: p(testidc.Member), SourceParentId: root, DestinationParentId: root}, "DuplicateAccountException", "")
	doortest.Refuse(w.Client, organizations.ListParents, &organizations.ListParentsInput{ChildId: p("999999999999")}, "ChildNotFoundException", "")
	doortest.Refuse(w.Client, organizations.DescribeCreateAccountStatus, &organizations.DescribeCreateAccountStatusInput{CreateAccountRequestId: p("car-00000000")}, "CreateAccountStatusNotFoundException", "")
	doortest.Refuse(w.Client, organizations.ListAccounts, &organizations.ListAccountsInput{NextToken: p("nonsense")}, "InvalidInputException/INVALID_NEXT_TOKEN", "")
	doortest.Refuse(w.Client, organizations.EnablePolicyType, &organizations.EnablePolicyTypeInput{RootId: root, PolicyType: p("SERVICE_CONTROL_POLICY")}, "PolicyTypeAlreadyEnabledException", "")
	deepest := inside.Id
	for _, name := range []string{"3", "4", "5"} {
		deepest = doortest.Do(w.Client, organizations.CreateOrganizationalUnit, &organizations.CreateOrganizationalUnitInput{ParentId: deepest, Name: &name}).OrganizationalUnit.Id
	}
	doortest.Refuse(w.Client, organizations.CreateOrganizationalUnit, &organizations.CreateOrganizationalUnitInput{ParentId: deepest, Name: p("6")}, "ConstraintViolationException/OU_DEPTH_LIMIT_EXCEEDED", "")
}

func TestPolicies(t *testing.T) {
	w := newWorld(t)
	root := &w.Instance.RootID
	created := doortest.Do(w.Client, organizations.CreatePolicy, &organizations.CreatePolicyInput{Name: p("NoS3"), Description: p(""), Type: p("SERVICE_CONTROL_POLICY"), Content: p(scp)}).Policy
	id := created.PolicySummary.Id
	policyARN := "arn:aws:organizations::111111111111:policy/o-exampleorgid/service_control_policy/" + *id
	if *created.PolicySummary.Arn != policyARN || *created.Content != scp {
		t.Errorf("policy %+v", created)
	}
	attach := &organizations.AttachPolicyInput{PolicyId: id, TargetId: root}
	doortest.Do(w.Client, organizations.AttachPolicy, attach)
	w.asked(policyARN, "arn:aws:organizations::111111111111:root/o-exampleorgid/r-exam")
	doortest.Refuse(w.Client, organizations.AttachPolicy, attach, "DuplicatePolicyAttachmentException", "")
	doortest.Refuse(w.Client, organizations.DeletePolicy, &organizations.DeletePolicyInput{PolicyId: id}, "PolicyInUseException", "")
	doortest.Refuse(w.Client, organizations.AttachPolicy, &organizations.AttachPolicyInput{PolicyId: id, TargetId: p("999999999999")}, "TargetNotFoundException", "")
	doortest.Refuse(w.Client, organizations.DescribePolicy, &organizations.DescribePolicyInput{PolicyId: p("p-00000000")}, "PolicyNotFoundException", "")
	doortest.Refuse(w.Client, organizations.UpdatePolicy, &organizations.UpdatePolicyInput{PolicyId: p("p-FullAWSAccess"), Name: p("x")}, "InvalidInputException/IMMUTABLE_POLICY", "")
	doortest.Refuse(w.Client, organizations.DetachPolicy, &organizations.DetachPolicyInput{PolicyId: p("p-FullAWSAccess"), TargetId: p(testidc.Management)}, "ConstraintViolationException/MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED", "")
	doortest.Refuse(w.Client, organizations.DetachPolicy, &organizations.DetachPolicyInput{PolicyId: id, TargetId: p(testidc.Management)}, "PolicyNotAttachedException", "")
	doortest.Refuse(w.Client, organizations.CreatePolicy, &organizations.CreatePolicyInput{Name: p("Bad"), Description: p(""), Type: p("SERVICE_CONTROL_POLICY"), Content: p("{}")}, "MalformedPolicyDocumentException", "")
	doortest.Refuse(w.Client, organizations.CreatePolicy, &organizations.CreatePolicyInput{Name: p("NoS3"), Description: p(""), Type: p("SERVICE_CONTROL_POLICY"), Content: p(scp)}, "DuplicatePolicyException", "")
	if list := doortest.Do(w.Client, organizations.ListPolicies, &organizations.ListPoliciesInput{Filter: p("TAG_POLICY")}).Policies; len(list) != 0 {
		t.Errorf("tag policies %+v", list)
	}
	targets := doortest.Do(w.Client, organizations.ListTargetsForPolicy, &organizations.ListTargetsForPolicyInput{PolicyId: id}).Targets
	onRoot := doortest.Do(w.Client, organizations.ListPoliciesForTarget, &organizations.ListPoliciesForTargetInput{TargetId: root, Filter: p("SERVICE_CONTROL_POLICY")}).Policies
	if len(targets) != 1 || *targets[0].Type != "ROOT" || len(onRoot) != 2 {
		t.Errorf("targets %+v, policies of the root %+v", targets, onRoot)
	}
	doortest.Do(w.Client, organizations.DetachPolicy, &organizations.DetachPolicyInput{PolicyId: id, TargetId: root})
	doortest.Do(w.Client, organizations.DeletePolicy, &organizations.DeletePolicyInput{PolicyId: id})
}

func TestTags(t *testing.T) {
	w := newWorld(t)
	doortest.Do(w.Client, organizations.TagResource, &organizations.TagResourceInput{ResourceId: p(testidc.Member), Tags: []organizations.Tag{{Key: p("env"), Value: p("dev")}}})
	if got := w.Edge.Last(); got.Resources[0] != "arn:aws:organizations::111111111111:account/o-exampleorgid/222222222222" || got.Keys["aws:RequestTag/env"][0] != "dev" {
		t.Errorf("asked %+v", got)
	}
	tags := doortest.Do(w.Client, organizations.ListTagsForResource, &organizations.ListTagsForResourceInput{ResourceId: p(testidc.Member)}).Tags
	if len(tags) != 1 || *tags[0].Value != "dev" {
		t.Errorf("tags %+v", tags)
	}
	doortest.Refuse(w.Client, organizations.TagResource, &organizations.TagResourceInput{ResourceId: p("999999999999"), Tags: []organizations.Tag{{Key: p(strings.Repeat("k", 5)), Value: p("")}}}, "TargetNotFoundException", "")
}
