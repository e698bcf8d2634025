package ssoadmin_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	api "github.com/gatehouse-idc/gatehouse/internal/api/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/assignment"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/fault"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/jobs"
	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
	"github.com/gatehouse-idc/gatehouse/internal/permissionset"
	"github.com/gatehouse-idc/gatehouse/internal/provisioning"
	"github.com/gatehouse-idc/gatehouse/internal/provisioning/target/native"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// edge stands for everything around the door: it admits everybody, remembers
// what was asked of the Authorizer, and records nothing.
type edge struct {
	asked [][]string
	deny  bool
}

func (e *edge) Authorize(_ context.Context, _ *awsedge.Call, action string, resources []string, _ map[string][]string) error {
	e.asked = append(e.asked, append([]string{action}, resources...))
	if e.deny {
		return idc.Errorf(idc.Denied, "no")
	}
	return nil
}

func (e *edge) Record(context.Context, *awsedge.Call, any, any, error) error { return nil }

// plain seals nothing: tokens can be read in a test.
type plain struct{}

func (plain) SealString(plaintext, aad []byte) string { return string(aad) + "|" + string(plaintext) }

func (plain) OpenString(sealed string, aad []byte) ([]byte, error) {
	cursor, ok := strings.CutPrefix(sealed, string(aad)+"|")
	if !ok {
		return nil, pagetoken.ErrInvalid
	}
	return []byte(cursor), nil
}

type world struct {
	*testidc.World
	gateway *awsedge.Gateway
	edge    *edge
	runner  *jobs.Runner
	caller  idc.Caller
}

func newWorld(t *testing.T) *world {
	w := &world{World: testidc.New(t), edge: &edge{}, caller: idc.Caller{Type: idc.CallerAssumedRole, AccountID: testidc.Management, ARN: "arn:aws:sts::111111111111:assumed-role/Admin/ana"}}
	roles := &role.Service{Store: w.Store, IDs: w.IDs}
	door := &api.Door{
		Accounts: &account.Service{Store: w.Store, IDs: w.IDs}, PermissionSets: &permissionset.Service{Store: w.Store, IDs: w.IDs},
		Assignments: &assignment.Service{Store: w.Store, IDs: w.IDs}, Pages: pagetoken.Codec{Ring: plain{}},
		Provisioning: &provisioning.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs,
			Targets: map[string]provisioning.Target{"native": native.Target{Roles: role.Reserved{Service: roles}}}},
	}
	w.runner = &jobs.Runner{
		Store: w.Store, Clock: w.Clock, IDs: w.IDs, Log: slog.New(slog.DiscardHandler), Random: func() float64 { return 0 },
		Handlers: map[string]jobs.Handler{assignment.JobProvision: {Run: door.Provisioning.RunProvision, Fail: door.Provisioning.FailProvision}},
	}
	var err error
	w.gateway, err = awsedge.New(awsedge.Config{Authorizer: w.edge, Auditor: w.edge, Clock: w.Clock, IDs: w.IDs, Log: slog.New(slog.DiscardHandler), Region: "us-east-1"}, door.Operations()...)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// call invokes an operation that must succeed.
func call[In, Out any](w *world, op awsapi.Typed[In, Out], in *In) *Out {
	w.T.Helper()
	out, err := awsedge.Invoke(w.T.Context(), w.gateway, op, &awsedge.Call{Caller: w.caller}, in)
	if err != nil {
		w.T.Fatalf("%s: %v", op.Operation.Name, err)
	}
	return out
}

// refused invokes an operation that must fail with AWS's error code and text.
func refused[In, Out any](w *world, op awsapi.Typed[In, Out], in *In, code, words string) {
	w.T.Helper()
	_, err := awsedge.Invoke(w.T.Context(), w.gateway, op, &awsedge.Call{Caller: w.caller}, in)
	f := fault.Of(op.Operation.Service, op.Operation, "", err)
	if err == nil || f.Code != code || !strings.Contains(f.Message, words) {
		w.T.Errorf("%s: %s %q (%v), want %s with %q", op.Operation.Name, f.Code, f.Message, err, code, words)
	}
}

func p[T any](v T) *T { return &v }

func (w *world) instance() *string { return &w.Instance.ARN }

func (w *world) permissionSet(name string) *string {
	w.T.Helper()
	return call(w, ssoadmin.CreatePermissionSet, &ssoadmin.CreatePermissionSetInput{InstanceArn: w.instance(), Name: &name}).PermissionSet.PermissionSetArn
}

func TestBuildAccessFromNothing(t *testing.T) {
	w := newWorld(t)
	user := w.User("ana")
	instances := call(w, ssoadmin.ListInstances, &ssoadmin.ListInstancesInput{}).Instances
	if len(instances) != 1 || *instances[0].InstanceArn != w.Instance.ARN || *instances[0].Status != "ACTIVE" {
		t.Fatalf("instances %+v", instances)
	}
	ps := w.permissionSet("ReadOnlyAccess")
	call(w, ssoadmin.AttachManagedPolicyToPermissionSet, &ssoadmin.AttachManagedPolicyToPermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps, ManagedPolicyArn: p("arn:aws:iam::aws:policy/ReadOnlyAccess")})
	created := call(w, ssoadmin.CreateAccountAssignment, &ssoadmin.CreateAccountAssignmentInput{
		InstanceArn: w.instance(), PermissionSetArn: ps, TargetId: p(testidc.Member), TargetType: p("AWS_ACCOUNT"), PrincipalType: p("USER"), PrincipalId: &user.ID,
	}).AccountAssignmentCreationStatus
	if *created.Status != "IN_PROGRESS" || *created.PermissionSetArn != *ps || *created.TargetId != testidc.Member {
		t.Errorf("status %+v", created)
	}
	last := w.edge.asked[len(w.edge.asked)-1]
	if want := []string{"sso:CreateAccountAssignment", w.Instance.ARN, *ps, "arn:aws:sso:::account/222222222222"}; !slices.Equal(last, want) {
		t.Errorf("authorised %v, want %v", last, want)
	}
	w.runner.Drain(t.Context())
	status := call(w, ssoadmin.DescribeAccountAssignmentCreationStatus, &ssoadmin.DescribeAccountAssignmentCreationStatusInput{InstanceArn: w.instance(), AccountAssignmentCreationRequestId: created.RequestId}).AccountAssignmentCreationStatus
	if *status.Status != "SUCCEEDED" || status.FailureReason != nil {
		t.Errorf("status %+v", status)
	}
	rows := call(w, ssoadmin.ListAccountAssignments, &ssoadmin.ListAccountAssignmentsInput{InstanceArn: w.instance(), PermissionSetArn: ps, AccountId: p(testidc.Member)}).AccountAssignments
	if len(rows) != 1 || *rows[0].PrincipalId != user.ID {
		t.Errorf("rows %+v", rows)
	}
	accounts := call(w, ssoadmin.ListAccountsForProvisionedPermissionSet, &ssoadmin.ListAccountsForProvisionedPermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps, ProvisioningStatus: p("LATEST_PERMISSION_SET_PROVISIONED")}).AccountIds
	if !slices.Equal(accounts, []string{testidc.Member}) {
		t.Errorf("accounts %v", accounts)
	}
	refused(w, ssoadmin.DeletePermissionSet, &ssoadmin.DeletePermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps}, "ConflictException", "PermissionSet has ApplicationProfile associated with it.")
	deleted := call(w, ssoadmin.DeleteAccountAssignment, &ssoadmin.DeleteAccountAssignmentInput{
		InstanceArn: w.instance(), PermissionSetArn: ps, TargetId: p(testidc.Member), TargetType: p("AWS_ACCOUNT"), PrincipalType: p("USER"), PrincipalId: &user.ID,
	}).AccountAssignmentDeletionStatus
	w.runner.Drain(t.Context())
	refused(w, ssoadmin.DescribeAccountAssignmentCreationStatus, &ssoadmin.DescribeAccountAssignmentCreationStatusInput{InstanceArn: w.instance(), AccountAssignmentCreationRequestId: deleted.RequestId}, "ResourceNotFoundException", "")
	list := call(w, ssoadmin.ListAccountAssignmentDeletionStatus, &ssoadmin.ListAccountAssignmentDeletionStatusInput{InstanceArn: w.instance(), Filter: &ssoadmin.OperationStatusFilter{Status: p("SUCCEEDED")}}).AccountAssignmentsDeletionStatus
	if len(list) != 1 || *list[0].RequestId != *deleted.RequestId {
		t.Errorf("deletions %+v", list)
	}
	call(w, ssoadmin.DeletePermissionSet, &ssoadmin.DeletePermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps})
}

func TestWhoMayCall(t *testing.T) {
	w := newWorld(t)
	ps := w.permissionSet("A")
	w.caller.AccountID = testidc.Member
	refused(w, ssoadmin.ListPermissionSets, &ssoadmin.ListPermissionSetsInput{InstanceArn: w.instance()}, "AccessDeniedException", "not the management account")
	if len(call(w, ssoadmin.ListInstances, &ssoadmin.ListInstancesInput{}).Instances) != 1 {
		t.Error("a member does not see the organization's instance")
	}
	w.caller.AccountID = testidc.Management
	w.edge.deny = true
	refused(w, ssoadmin.DeletePermissionSet, &ssoadmin.DeletePermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps}, "AccessDeniedException", "no")
	w.edge.deny = false
	call(w, ssoadmin.DescribePermissionSet, &ssoadmin.DescribePermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps})
}

func TestOtherSpellingsOfAnARNReachNothing(t *testing.T) {
	w := newWorld(t)
	ps := w.permissionSet("A")
	other := strings.Replace(*ps, "arn:aws:", "arn:aws-cn:", 1)
	refused(w, ssoadmin.DeletePermissionSet, &ssoadmin.DeletePermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: &other}, "ResourceNotFoundException", "Could not find PermissionSet")
	wrong := "arn:aws:sso:::instance/ssoins-0000000000000000"
	refused(w, ssoadmin.ListPermissionSets, &ssoadmin.ListPermissionSetsInput{InstanceArn: &wrong}, "ResourceNotFoundException", wrong)
}

func TestPoliciesOnTheWire(t *testing.T) {
	w := newWorld(t)
	ps := w.permissionSet("A")
	inline := call(w, ssoadmin.GetInlinePolicyForPermissionSet, &ssoadmin.GetInlinePolicyForPermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps})
	if inline.InlinePolicy == nil || *inline.InlinePolicy != "" {
		t.Errorf("without a policy the answer is %v, want an empty string", inline.InlinePolicy)
	}
	refused(w, ssoadmin.GetPermissionsBoundaryForPermissionSet, &ssoadmin.GetPermissionsBoundaryForPermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps}, "ResourceNotFoundException", "")
	refused(w, ssoadmin.PutInlinePolicyToPermissionSet, &ssoadmin.PutInlinePolicyToPermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps, InlinePolicy: p("{")}, "ValidationException", "")
	refused(w, ssoadmin.AttachManagedPolicyToPermissionSet, &ssoadmin.AttachManagedPolicyToPermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps, ManagedPolicyArn: p("arn:aws:iam::aws:policy/NoSuchPolicy")}, "ResourceNotFoundException", "Policy does not exist with ARN")
	refused(w, ssoadmin.CreatePermissionSet, &ssoadmin.CreatePermissionSetInput{InstanceArn: w.instance(), Name: p("A")}, "ConflictException", "PermissionSet with name A already exists.")
	call(w, ssoadmin.AttachCustomerManagedPolicyReferenceToPermissionSet, &ssoadmin.AttachCustomerManagedPolicyReferenceToPermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps, CustomerManagedPolicyReference: &ssoadmin.CustomerManagedPolicyReference{Name: p("x")}})
	refs := call(w, ssoadmin.ListCustomerManagedPolicyReferencesInPermissionSet, &ssoadmin.ListCustomerManagedPolicyReferencesInPermissionSetInput{InstanceArn: w.instance(), PermissionSetArn: ps}).CustomerManagedPolicyReferences
	if len(refs) != 1 || *refs[0].Path != "/" {
		t.Errorf("references %+v", refs)
	}
}

func TestPaging(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"a", "b", "c"} {
		w.permissionSet(name)
	}
	first := call(w, ssoadmin.ListPermissionSets, &ssoadmin.ListPermissionSetsInput{InstanceArn: w.instance(), MaxResults: p(int32(2))})
	if len(first.PermissionSets) != 2 || first.NextToken == nil {
		t.Fatalf("first page %+v", first)
	}
	token := p(strings.Repeat("x", 10))
	refused(w, ssoadmin.ListPermissionSets, &ssoadmin.ListPermissionSetsInput{InstanceArn: w.instance(), NextToken: token}, "ValidationException", "NextToken")
}

func TestTags(t *testing.T) {
	w := newWorld(t)
	ps := w.permissionSet("A")
	for _, resource := range []*string{ps, w.instance()} {
		call(w, ssoadmin.TagResource, &ssoadmin.TagResourceInput{InstanceArn: w.instance(), ResourceArn: resource, Tags: []ssoadmin.Tag{{Key: p("team"), Value: p("x")}, {Key: p("gone"), Value: p("")}}})
		call(w, ssoadmin.UntagResource, &ssoadmin.UntagResourceInput{InstanceArn: w.instance(), ResourceArn: resource, TagKeys: []string{"gone"}})
		tags := call(w, ssoadmin.ListTagsForResource, &ssoadmin.ListTagsForResourceInput{ResourceArn: resource}).Tags
		if len(tags) != 1 || *tags[0].Key != "team" {
			t.Errorf("tags of %s: %+v", *resource, tags)
		}
	}
	call(w, ssoadmin.UpdateInstance, &ssoadmin.UpdateInstanceInput{InstanceArn: w.instance(), Name: p("SecureCart")})
	if got := call(w, ssoadmin.DescribeInstance, &ssoadmin.DescribeInstanceInput{InstanceArn: w.instance()}); *got.Name != "SecureCart" {
		t.Errorf("instance %+v", got)
	}
}
