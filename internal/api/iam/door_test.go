package iam_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/accessreport"
	"github.com/gatehouse-idc/gatehouse/internal/api/doortest"
	api "github.com/gatehouse-idc/gatehouse/internal/api/iam"
	"github.com/gatehouse-idc/gatehouse/internal/authz"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/saml/samltest"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/serviceauth"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

const (
	trust    = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole"}]}`
	document = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}]}`
	readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess"
	reserved = "AWSReservedSSO_X_0011223344556677"
)

type world struct {
	*testidc.World
	*doortest.Client
	roles   *role.Service
	reports *accessreport.Service
}

func newWorld(t *testing.T) *world {
	w := &world{World: testidc.New(t)}
	w.roles = &role.Service{Store: w.Store, IDs: w.IDs}
	w.reports = &accessreport.Service{Store: w.Store, IDs: w.IDs, Catalog: serviceauth.New(), OrganizationID: w.Instance.OrganizationID}
	door := &api.Door{Roles: w.roles, Reports: w.reports, Authz: &authz.Service{Store: w.Store, Roles: w.roles, Instance: w.Instance}, Pages: pagetoken.Codec{Ring: sealed.NewEphemeral()}}
	w.Client = doortest.New(t, w.Clock, w.IDs, testidc.Member, door.Operations())
	_, err := role.Reserved{Service: w.roles}.Apply(t.Context(), w.Change(), role.ReservedDefinition{
		AccountID: testidc.Member, Name: reserved, Path: "/aws-reserved/sso.amazonaws.com/", TrustPolicy: trust, MaxSessionDuration: 12 * time.Hour,
		AttachedPolicies: []string{readOnly}, InlinePolicies: map[string]string{"AwsSSOInlinePolicy": document},
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func p[T any](v T) *T { return &v }

func (w *world) asked(action, resource string) {
	w.World.T.Helper()
	got := w.Edge.Last()
	if got.Action != action || !slices.Equal(got.Resources, []string{resource}) {
		w.World.T.Errorf("asked about %s on %v, want %s on %s", got.Action, got.Resources, action, resource)
	}
}

func TestProvisionedRolesShow(t *testing.T) {
	w := newWorld(t)
	got := doortest.Do(w.Client, iam.GetRole, &iam.GetRoleInput{RoleName: p(reserved)}).Role
	if *got.Path != "/aws-reserved/sso.amazonaws.com/" || *got.MaxSessionDuration != 43200 || *got.AssumeRolePolicyDocument != trust {
		t.Errorf("role %+v", got)
	}
	w.asked("iam:GetRole", "arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/"+reserved)
	roles := doortest.Do(w.Client, iam.ListRoles, &iam.ListRolesInput{PathPrefix: p("/aws-reserved/")})
	if len(roles.Roles) != 1 || *roles.IsTruncated {
		t.Errorf("roles %+v", roles)
	}
	attached := doortest.Do(w.Client, iam.ListAttachedRolePolicies, &iam.ListAttachedRolePoliciesInput{RoleName: p(reserved)}).AttachedPolicies
	if len(attached) != 1 || *attached[0].PolicyName != "ReadOnlyAccess" || *attached[0].PolicyArn != readOnly {
		t.Errorf("attached %+v", attached)
	}
	names := doortest.Do(w.Client, iam.ListRolePolicies, &iam.ListRolePoliciesInput{RoleName: p(reserved)}).PolicyNames
	inline := doortest.Do(w.Client, iam.GetRolePolicy, &iam.GetRolePolicyInput{RoleName: p(reserved), PolicyName: p("AwsSSOInlinePolicy")})
	if !slices.Equal(names, []string{"AwsSSOInlinePolicy"}) || *inline.PolicyDocument != document {
		t.Errorf("inline policies %v, %+v", names, inline)
	}
	doortest.Refuse(w.Client, iam.DetachRolePolicy, &iam.DetachRolePolicyInput{RoleName: p(reserved), PolicyArn: p(readOnly)}, "UnmodifiableEntity", "only modifiable by AWS")
	doortest.Refuse(w.Client, iam.GetRole, &iam.GetRoleInput{RoleName: p("Nobody")}, "NoSuchEntity", "The role with name Nobody cannot be found.")
	w.asked("iam:GetRole", "arn:aws:iam::222222222222:role/Nobody")
	w.Caller.AccountID = testidc.Management
	doortest.Refuse(w.Client, iam.GetRole, &iam.GetRoleInput{RoleName: p(reserved)}, "NoSuchEntity", "")
}

func TestAuthorizedIsTheStoredName(t *testing.T) {
	w := newWorld(t)
	doortest.Do(w.Client, iam.CreateRole, &iam.CreateRoleInput{RoleName: p("Deploy"), Path: p("/ci/"), AssumeRolePolicyDocument: p(trust), Tags: []iam.Tag{{Key: p("team"), Value: p("x")}}})
	w.asked("iam:TagRole", "arn:aws:iam::222222222222:role/ci/Deploy") // to make a role with tags takes both
	if create := w.Edge.Asked[len(w.Edge.Asked)-2]; create.Action != "iam:CreateRole" || !slices.Equal(create.Resources, w.Edge.Last().Resources) {
		t.Errorf("asked %+v before, want iam:CreateRole on the same role", create)
	}
	if keys := w.Edge.Last().Keys; !slices.Equal(keys["aws:RequestTag/team"], []string{"x"}) {
		t.Errorf("keys %v", keys)
	}
	doortest.Do(w.Client, iam.AttachRolePolicy, &iam.AttachRolePolicyInput{RoleName: p("DEPLOY"), PolicyArn: p(readOnly)})
	w.asked("iam:AttachRolePolicy", "arn:aws:iam::222222222222:role/ci/Deploy")
	if keys := w.Edge.Last().Keys; !slices.Equal(keys["iam:PolicyARN"], []string{readOnly}) {
		t.Errorf("keys %v", keys)
	}
	w.Edge.Deny = true
	doortest.Refuse(w.Client, iam.DeleteRole, &iam.DeleteRoleInput{RoleName: p("Deploy")}, "AccessDenied", "refused")
	w.Edge.Deny = false
	doortest.Refuse(w.Client, iam.DeleteRole, &iam.DeleteRoleInput{RoleName: p("Deploy")}, "DeleteConflict", "must detach all policies first")
	doortest.Do(w.Client, iam.DetachRolePolicy, &iam.DetachRolePolicyInput{RoleName: p("Deploy"), PolicyArn: p(readOnly)})
	if got := doortest.Do(w.Client, iam.ListInstanceProfilesForRole, &iam.ListInstanceProfilesForRoleInput{RoleName: p("Deploy")}); len(got.InstanceProfiles) != 0 || *got.IsTruncated {
		t.Errorf("instance profiles %+v", got)
	}
	doortest.Do(w.Client, iam.DeleteRole, &iam.DeleteRoleInput{RoleName: p("Deploy")})
}

func TestErrorCodes(t *testing.T) {
	w := newWorld(t)
	doortest.Do(w.Client, iam.CreateRole, &iam.CreateRoleInput{RoleName: p("R"), AssumeRolePolicyDocument: p(trust)})
	doortest.Refuse(w.Client, iam.CreateRole, &iam.CreateRoleInput{RoleName: p("r"), AssumeRolePolicyDocument: p(trust)}, "EntityAlreadyExists", "Role with name r already exists.")
	doortest.Refuse(w.Client, iam.CreateRole, &iam.CreateRoleInput{RoleName: p("S"), AssumeRolePolicyDocument: p("{")}, "MalformedPolicyDocument", "")
	doortest.Refuse(w.Client, iam.PutRolePolicy, &iam.PutRolePolicyInput{RoleName: p("R"), PolicyName: p("x"), PolicyDocument: p(strings.Replace(document, "ListBucket", strings.Repeat("L", 10240), 1))}, "LimitExceeded", "10240")
	doortest.Refuse(w.Client, iam.AttachRolePolicy, &iam.AttachRolePolicyInput{RoleName: p("R"), PolicyArn: p("arn:aws:iam::aws:policy/NoSuchPolicyAtAll")}, "NoSuchEntity", "does not exist or is not attachable")
	doortest.Refuse(w.Client, iam.ListRoles, &iam.ListRolesInput{Marker: p("nonsense")}, "ValidationError", "marker")
}

func TestManagedPolicies(t *testing.T) {
	w := newWorld(t)
	aws := doortest.Do(w.Client, iam.GetPolicy, &iam.GetPolicyInput{PolicyArn: p(readOnly)}).Policy
	if *aws.PolicyName != "ReadOnlyAccess" || *aws.AttachmentCount != 1 {
		t.Errorf("policy %+v", aws)
	}
	version := doortest.Do(w.Client, iam.GetPolicyVersion, &iam.GetPolicyVersionInput{PolicyArn: p(readOnly), VersionId: aws.DefaultVersionId}).PolicyVersion
	if !strings.Contains(*version.Document, `"Effect"`) || !*version.IsDefaultVersion {
		t.Errorf("version %+v", version)
	}
	created := doortest.Do(w.Client, iam.CreatePolicy, &iam.CreatePolicyInput{PolicyName: p("Local"), Path: p("/team/"), PolicyDocument: p(document)}).Policy
	w.asked("iam:CreatePolicy", "arn:aws:iam::222222222222:policy/team/Local")
	doortest.Refuse(w.Client, iam.CreatePolicy, &iam.CreatePolicyInput{PolicyName: p("LOCAL"), PolicyDocument: p(document)}, "EntityAlreadyExists", "")
	local := doortest.Do(w.Client, iam.ListPolicies, &iam.ListPoliciesInput{Scope: p("Local")}).Policies
	attached := doortest.Do(w.Client, iam.ListPolicies, &iam.ListPoliciesInput{OnlyAttached: p(true)}).Policies
	if len(local) != 1 || *local[0].Arn != *created.Arn || len(attached) != 1 || *attached[0].Arn != readOnly {
		t.Errorf("local %+v, attached %+v", local, attached)
	}
	count, marker := 0, (*string)(nil)
	for {
		page := doortest.Do(w.Client, iam.ListPolicies, &iam.ListPoliciesInput{MaxItems: p(int32(1000)), Marker: marker})
		count += len(page.Policies)
		if marker = page.Marker; !*page.IsTruncated {
			break
		}
	}
	if count < 1000 {
		t.Errorf("%d policies", count)
	}
	for _, wrong := range []string{readOnly, "arn:aws:iam::111111111111:policy/Elsewhere"} {
		code := map[bool]string{true: "AccessDenied", false: "NoSuchEntity"}[wrong == readOnly]
		doortest.Refuse(w.Client, iam.DeletePolicy, &iam.DeletePolicyInput{PolicyArn: &wrong}, code, wrong)
	}
	users := doortest.Do(w.Client, iam.ListEntitiesForPolicy, &iam.ListEntitiesForPolicyInput{PolicyArn: p(readOnly)}).PolicyRoles
	if len(users) != 1 || *users[0].RoleName != reserved {
		t.Errorf("entities %+v", users)
	}
	doortest.Do(w.Client, iam.DeletePolicy, &iam.DeletePolicyInput{PolicyArn: created.Arn})
}

func TestAnotherAccountsPolicyIsNotShown(t *testing.T) {
	w := newWorld(t)
	other, err := w.roles.CreatePolicy(t.Context(), w.Change(), testidc.Management, role.PolicyDefinition{Name: "Secret", Document: document})
	if err != nil {
		t.Fatal(err)
	}
	doortest.Refuse(w.Client, iam.GetPolicy, &iam.GetPolicyInput{PolicyArn: &other.ARN}, "NoSuchEntity", "")
	doortest.Refuse(w.Client, iam.GetPolicyVersion, &iam.GetPolicyVersionInput{PolicyArn: &other.ARN, VersionId: p("v1")}, "NoSuchEntity", "")
	doortest.Refuse(w.Client, iam.CreatePolicyVersion, &iam.CreatePolicyVersionInput{PolicyArn: &other.ARN, PolicyDocument: p(document)}, "NoSuchEntity", "")
	provider, err := w.roles.CreateSAMLProvider(t.Context(), w.Change(), testidc.Management, role.SAMLProviderDefinition{Name: "corp", Metadata: samltest.New(t, "https://idp.example.com").Metadata()})
	if err != nil {
		t.Fatal(err)
	}
	doortest.Refuse(w.Client, iam.GetSAMLProvider, &iam.GetSAMLProviderInput{SAMLProviderArn: &provider.ARN}, "NoSuchEntity", "")
	doortest.Refuse(w.Client, iam.DeleteSAMLProvider, &iam.DeleteSAMLProviderInput{SAMLProviderArn: &provider.ARN}, "NoSuchEntity", "")
}

func TestAccount(t *testing.T) {
	w := newWorld(t)
	doortest.Do(w.Client, iam.CreateAccountAlias, &iam.CreateAccountAliasInput{AccountAlias: p("secure-cart")})
	if got := doortest.Do(w.Client, iam.ListAccountAliases, &iam.ListAccountAliasesInput{}).AccountAliases; !slices.Equal(got, []string{"secure-cart"}) {
		t.Errorf("aliases %v", got)
	}
	summary := doortest.Do(w.Client, iam.GetAccountSummary, &iam.GetAccountSummaryInput{}).SummaryMap
	if summary["Roles"] != 1 {
		t.Errorf("summary %v", summary)
	}
	if w.Edge.Last().Resources[0] != "*" || w.Caller.Type != idc.CallerAssumedRole {
		t.Errorf("asked %+v", w.Edge.Last())
	}
}
