package ssoadmin_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/accesscontrol"
	"github.com/gatehouse-idc/gatehouse/internal/api/doortest"
	api "github.com/gatehouse-idc/gatehouse/internal/api/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/assignment"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/directory"
	"github.com/gatehouse-idc/gatehouse/internal/instance"
	"github.com/gatehouse-idc/gatehouse/internal/jobs"
	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
	"github.com/gatehouse-idc/gatehouse/internal/permissionset"
	"github.com/gatehouse-idc/gatehouse/internal/provisioning"
	"github.com/gatehouse-idc/gatehouse/internal/provisioning/target/native"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

type world struct {
	*testidc.World
	*doortest.Client
	runner *jobs.Runner
}

func newWorld(t *testing.T) *world {
	w := &world{World: testidc.New(t)}
	roles := &role.Service{Store: w.Store, IDs: w.IDs}
	instances := &instance.Service{Store: w.Store, IDs: w.IDs, Directory: &directory.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs}}
	door := &api.Door{
		Instances: instances, PermissionSets: &permissionset.Service{Store: w.Store, IDs: w.IDs},
		Assignments: &assignment.Service{Store: w.Store, IDs: w.IDs}, Pages: pagetoken.Codec{Ring: sealed.NewEphemeral()},
		Applications: &application.Service{Store: w.Store, IDs: w.IDs}, AccessControl: &accesscontrol.Service{Store: w.Store},
		Provisioning: &provisioning.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs,
			Inside: map[string]func(store.Tx) provisioning.Target{"native": native.In(role.Reserved{Service: roles})}},
	}
	w.runner = &jobs.Runner{
		Store: w.Store, Clock: w.Clock, IDs: w.IDs, Log: slog.New(slog.DiscardHandler), Random: func() float64 { return 0 },
		Handlers: map[string]jobs.Handler{
			assignment.JobProvision: {Run: door.Provisioning.RunProvision, Fail: door.Provisioning.FailProvision},
			instance.JobRegion:      {Run: instances.RunRegion}, instance.JobDelete: {Run: instances.RunDelete},
		},
	}
	w.Client = doortest.New(t, w.Clock, w.IDs, testidc.Management, door.Operations())
	return w
}

func (w *world) instance() *string { return &w.Instance.ARN }

func (w *world) permissionSet(name string) *string {
	w.World.T.Helper()
	return doortest.Do(w.Client, ssoadmin.CreatePermissionSet, &ssoadmin.CreatePermissionSetInput{InstanceArn: w.instance(), Name: &name}).PermissionSet.PermissionSetArn
}

func TestBuildAccessFromNothing(t *testing.T) {
	w := newWorld(t)
	user := w.User("ana")
	instances := doortest.Do(w.Client, ssoadmin.ListInstances, &ssoadmin.ListInstancesInput{}).Instances
	if len(instances) != 1 || *instances[0].InstanceArn != w.Instance.ARN || *instances[0].Status != "ACTIVE" {
		t.Fatalf("instances %+v", instances)
	}
	ps := w.permissionSet("ReadOnlyAccess")
	doortest.Do(w.Client, ssoadmin.AttachManagedPolicyToPermissionSet, &ssoadmin.AttachManagedPolicyToPermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps, ManagedPolicyArn: doortest.P("arn:aws:iam::aws:policy/ReadOnlyAccess")})
	created := doortest.Do(w.Client, ssoadmin.CreateAccountAssignment, &ssoadmin.CreateAccountAssignmentInput{
		InstanceArn: w.instance(), PermissionSetArn: ps, TargetId: doortest.P(testidc.Member), TargetType: doortest.P("AWS_ACCOUNT"), PrincipalType: doortest.P("USER"), PrincipalId: &user.ID,
	}).AccountAssignmentCreationStatus
	if *created.Status != "IN_PROGRESS" || *created.PermissionSetArn != *ps || *created.TargetId != testidc.Member {
		t.Errorf("status %+v", created)
	}
	asked := w.Edge.Last()
	if want := []string{w.Instance.ARN, *ps, "arn:aws:sso:::account/222222222222"}; asked.Action != "sso:CreateAccountAssignment" || !slices.Equal(asked.Resources, want) {
		t.Errorf("authorised %v, want %v", asked, want)
	}
	w.runner.Drain(t.Context())
	status := doortest.Do(w.Client, ssoadmin.DescribeAccountAssignmentCreationStatus, &ssoadmin.DescribeAccountAssignmentCreationStatusInput{InstanceArn: w.instance(), AccountAssignmentCreationRequestId: created.RequestId}).AccountAssignmentCreationStatus
	if *status.Status != "SUCCEEDED" || status.FailureReason != nil {
		t.Errorf("status %+v", status)
	}
	rows := doortest.Do(w.Client, ssoadmin.ListAccountAssignments, &ssoadmin.ListAccountAssignmentsInput{InstanceArn: w.instance(), PermissionSetArn: ps, AccountId: doortest.P(testidc.Member)}).AccountAssignments
	if len(rows) != 1 || *rows[0].PrincipalId != user.ID {
		t.Errorf("rows %+v", rows)
	}
	accounts := doortest.Do(w.Client, ssoadmin.ListAccountsForProvisionedPermissionSet, &ssoadmin.ListAccountsForProvisionedPermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps, ProvisioningStatus: doortest.P("LATEST_PERMISSION_SET_PROVISIONED")}).AccountIds
	if !slices.Equal(accounts, []string{testidc.Member}) {
		t.Errorf("accounts %v", accounts)
	}
	doortest.Refuse(w.Client, ssoadmin.DeletePermissionSet, &ssoadmin.DeletePermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps}, "ConflictException", "PermissionSet has ApplicationProfile associated with it.")
	deleted := doortest.Do(w.Client, ssoadmin.DeleteAccountAssignment, &ssoadmin.DeleteAccountAssignmentInput{
		InstanceArn: w.instance(), PermissionSetArn: ps, TargetId: doortest.P(testidc.Member), TargetType: doortest.P("AWS_ACCOUNT"), PrincipalType: doortest.P("USER"), PrincipalId: &user.ID,
	}).AccountAssignmentDeletionStatus
	w.runner.Drain(t.Context())
	doortest.Refuse(w.Client, ssoadmin.DescribeAccountAssignmentCreationStatus, &ssoadmin.DescribeAccountAssignmentCreationStatusInput{InstanceArn: w.instance(), AccountAssignmentCreationRequestId: deleted.RequestId}, "ResourceNotFoundException", "")
	list := doortest.Do(w.Client, ssoadmin.ListAccountAssignmentDeletionStatus, &ssoadmin.ListAccountAssignmentDeletionStatusInput{InstanceArn: w.instance(), Filter: &ssoadmin.OperationStatusFilter{Status: doortest.P("SUCCEEDED")}}).AccountAssignmentsDeletionStatus
	if len(list) != 1 || *list[0].RequestId != *deleted.RequestId {
		t.Errorf("deletions %+v", list)
	}
	doortest.Do(w.Client, ssoadmin.DeletePermissionSet, &ssoadmin.DeletePermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps})
}

func TestWhoMayCall(t *testing.T) {
	w := newWorld(t)
	ps := w.permissionSet("A")
	w.Caller.AccountID = testidc.Member
	doortest.Refuse(w.Client, ssoadmin.ListPermissionSets, &ssoadmin.ListPermissionSetsInput{InstanceArn: w.instance()}, "AccessDeniedException", "neither the owner nor an administrator")
	if len(doortest.Do(w.Client, ssoadmin.ListInstances, &ssoadmin.ListInstancesInput{}).Instances) != 1 {
		t.Error("a member does not see the organization's instance")
	}
	w.Caller.AccountID = testidc.Management
	w.Edge.Deny = true
	doortest.Refuse(w.Client, ssoadmin.DeletePermissionSet, &ssoadmin.DeletePermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps}, "AccessDeniedException", "refused by the test")
	w.Edge.Deny = false
	doortest.Do(w.Client, ssoadmin.DescribePermissionSet, &ssoadmin.DescribePermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps})
}

func TestOtherSpellingsOfAnARNReachNothing(t *testing.T) {
	w := newWorld(t)
	ps := w.permissionSet("A")
	other := strings.Replace(*ps, "arn:aws:", "arn:aws-cn:", 1)
	doortest.Refuse(w.Client, ssoadmin.DeletePermissionSet, &ssoadmin.DeletePermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: &other}, "ResourceNotFoundException", "Could not find PermissionSet")
	wrong := "arn:aws:sso:::instance/ssoins-0000000000000000"
	doortest.Refuse(w.Client, ssoadmin.ListPermissionSets, &ssoadmin.ListPermissionSetsInput{InstanceArn: &wrong}, "ResourceNotFoundException", wrong)
}

// DescribeInstance models no ResourceNotFoundException: AWS refuses what it does not know.
func TestUnknownInstanceIsRefused(t *testing.T) {
	w := newWorld(t)
	wrong := "arn:aws:sso:::instance/ssoins-0000000000000000"
	doortest.Refuse(w.Client, ssoadmin.DescribeInstance, &ssoadmin.DescribeInstanceInput{InstanceArn: &wrong}, "AccessDeniedException",
		"is not authorized to perform: sso:DescribeInstance on resource: "+wrong)
}

func TestPoliciesOnTheWire(t *testing.T) {
	w := newWorld(t)
	ps := w.permissionSet("A")
	inline := doortest.Do(w.Client, ssoadmin.GetInlinePolicyForPermissionSet, &ssoadmin.GetInlinePolicyForPermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps})
	if inline.InlinePolicy == nil || *inline.InlinePolicy != "" {
		t.Errorf("without a policy the answer is %v, want an empty string", inline.InlinePolicy)
	}
	doortest.Refuse(w.Client, ssoadmin.GetPermissionsBoundaryForPermissionSet, &ssoadmin.GetPermissionsBoundaryForPermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps}, "ResourceNotFoundException", "")
	doortest.Refuse(w.Client, ssoadmin.PutInlinePolicyToPermissionSet, &ssoadmin.PutInlinePolicyToPermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps, InlinePolicy: doortest.P("{")}, "ValidationException", "")
	doortest.Refuse(w.Client, ssoadmin.AttachManagedPolicyToPermissionSet, &ssoadmin.AttachManagedPolicyToPermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps, ManagedPolicyArn: doortest.P("arn:aws:iam::aws:policy/NoSuchPolicy")}, "ResourceNotFoundException", "Policy does not exist with ARN")
	doortest.Refuse(w.Client, ssoadmin.CreatePermissionSet, &ssoadmin.CreatePermissionSetInput{InstanceArn: w.instance(), Name: doortest.P("A")}, "ConflictException", "PermissionSet with name A already exists.")
	doortest.Do(w.Client, ssoadmin.AttachCustomerManagedPolicyReferenceToPermissionSet, &ssoadmin.AttachCustomerManagedPolicyReferenceToPermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps, CustomerManagedPolicyReference: &ssoadmin.CustomerManagedPolicyReference{Name: doortest.P("x")}})
	refs := doortest.Do(w.Client, ssoadmin.ListCustomerManagedPolicyReferencesInPermissionSet, &ssoadmin.ListCustomerManagedPolicyReferencesInPermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps}).CustomerManagedPolicyReferences
	if len(refs) != 1 || *refs[0].Path != "/" {
		t.Errorf("references %+v", refs)
	}
}

func TestPaging(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"a", "b", "c"} {
		w.permissionSet(name)
	}
	first := doortest.Do(w.Client, ssoadmin.ListPermissionSets, &ssoadmin.ListPermissionSetsInput{InstanceArn: w.instance(), MaxResults: doortest.P(int32(2))})
	if len(first.PermissionSets) != 2 || first.NextToken == nil {
		t.Fatalf("first page %+v", first)
	}
	second := doortest.Do(w.Client, ssoadmin.ListPermissionSets, &ssoadmin.ListPermissionSetsInput{InstanceArn: w.instance(), NextToken: first.NextToken})
	if len(second.PermissionSets) != 1 || second.NextToken != nil || slices.Contains(first.PermissionSets, second.PermissionSets[0]) {
		t.Errorf("second page %+v after %+v", second, first)
	}
	token := doortest.P(strings.Repeat("x", 10))
	doortest.Refuse(w.Client, ssoadmin.ListPermissionSets, &ssoadmin.ListPermissionSetsInput{InstanceArn: w.instance(), NextToken: token}, "ValidationException", "NextToken")
}

func TestTags(t *testing.T) {
	w := newWorld(t)
	ps := w.permissionSet("A")
	for _, resource := range []*string{ps, w.instance()} {
		doortest.Do(w.Client, ssoadmin.TagResource, &ssoadmin.TagResourceInput{InstanceArn: w.instance(), ResourceArn: resource, Tags: []ssoadmin.Tag{{Key: doortest.P("team"), Value: doortest.P("x")}, {Key: doortest.P("gone"), Value: doortest.P("")}}})
		doortest.Do(w.Client, ssoadmin.UntagResource, &ssoadmin.UntagResourceInput{InstanceArn: w.instance(), ResourceArn: resource, TagKeys: []string{"gone"}})
		tags := doortest.Do(w.Client, ssoadmin.ListTagsForResource, &ssoadmin.ListTagsForResourceInput{ResourceArn: resource}).Tags
		if len(tags) != 1 || *tags[0].Key != "team" {
			t.Errorf("tags of %s: %+v", *resource, tags)
		}
	}
	doortest.Do(w.Client, ssoadmin.UpdateInstance, &ssoadmin.UpdateInstanceInput{InstanceArn: w.instance(), Name: doortest.P("SecureCart")})
	if got := doortest.Do(w.Client, ssoadmin.DescribeInstance, &ssoadmin.DescribeInstanceInput{InstanceArn: w.instance()}); *got.Name != "SecureCart" {
		t.Errorf("instance %+v", got)
	}
}
