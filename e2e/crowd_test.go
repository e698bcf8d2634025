package e2e

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	identitytypes "github.com/aws/aws-sdk-go-v2/service/identitystore/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	admintypes "github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
	"github.com/aws/smithy-go"
)

// callers is how many do the same thing at once.
const callers = 8

// crowd is many administrators of the demo, who all work at once and none of whose calls is repeated by the SDK.
type crowd struct {
	t      *testing.T
	s      *server
	admin  *ssoadmin.Client
	ids    *identitystore.Client
	org    *organizations.Client
	iam    *iam.Client
	member aws.Config // of the account Dev
}

func newCrowd(t *testing.T, s *server, dir string) *crowd {
	t.Helper()
	cfg := once(breakGlass(t, s, dir, management))
	return &crowd{t: t, s: s, admin: ssoadmin.NewFromConfig(cfg), ids: identitystore.NewFromConfig(cfg),
		org: organizations.NewFromConfig(cfg), iam: iam.NewFromConfig(cfg), member: once(breakGlass(t, s, dir, dev))}
}

// once is a configuration that repeats no call.
func once(_ []string, cfg aws.Config) aws.Config {
	cfg.RetryMaxAttempts = 1
	return cfg
}

// atOnce lets n callers go at the same moment and returns what each got: an id or an error.
func atOnce(n int, do func(i int) (string, error)) (got []string, refused []error) {
	ids, errs := make([]string, n), make([]error, n)
	gate := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-gate
			ids[i], errs[i] = do(i)
		})
	}
	close(gate)
	all.Wait()
	for i, err := range errs {
		if err != nil {
			refused = append(refused, err)
		} else {
			got = append(got, ids[i])
		}
	}
	return got, refused
}

// codeOf is an error's code on the wire.
func codeOf(err error) string {
	var refusal smithy.APIError
	if errors.As(err, &refusal) {
		return refusal.ErrorCode()
	}
	return err.Error()
}

// wantRefused checks that all were refused with one of the codes.
func (c *crowd) wantRefused(what string, refused []error, codes ...string) {
	c.t.Helper()
	for _, err := range refused {
		if code := codeOf(err); !slices.Contains(codes, code) {
			c.t.Errorf("%s: refused with %s, want %v: %v", what, code, codes, err)
		}
	}
}

// must ends the test with an error.
func must[T any](t testing.TB) func(out T, err error) T {
	return func(out T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

func (c *crowd) user(name string) string {
	c.t.Helper()
	return *must[*identitystore.CreateUserOutput](c.t)(c.ids.CreateUser(c.t.Context(), &identitystore.CreateUserInput{IdentityStoreId: &c.s.IdentityStoreID,
		UserName: &name, DisplayName: &name, Name: &identitytypes.Name{GivenName: &name, FamilyName: &name}})).UserId
}

func (c *crowd) group(name string) string {
	c.t.Helper()
	return *must[*identitystore.CreateGroupOutput](c.t)(c.ids.CreateGroup(c.t.Context(),
		&identitystore.CreateGroupInput{IdentityStoreId: &c.s.IdentityStoreID, DisplayName: &name})).GroupId
}

func (c *crowd) permissionSet(name string) string {
	c.t.Helper()
	return *must[*ssoadmin.CreatePermissionSetOutput](c.t)(c.admin.CreatePermissionSet(c.t.Context(),
		&ssoadmin.CreatePermissionSetInput{InstanceArn: &c.s.InstanceARN, Name: &name})).PermissionSet.PermissionSetArn
}

// permissionSets are the names of all permission sets by ARN.
func (c *crowd) permissionSets() map[string]string {
	c.t.Helper()
	names := map[string]string{}
	pages := ssoadmin.NewListPermissionSetsPaginator(c.admin, &ssoadmin.ListPermissionSetsInput{InstanceArn: &c.s.InstanceARN})
	for pages.HasMorePages() {
		page := must[*ssoadmin.ListPermissionSetsOutput](c.t)(pages.NextPage(c.t.Context()))
		for _, arn := range page.PermissionSets {
			names[arn] = *must[*ssoadmin.DescribePermissionSetOutput](c.t)(c.admin.DescribePermissionSet(c.t.Context(),
				&ssoadmin.DescribePermissionSetInput{InstanceArn: &c.s.InstanceARN, PermissionSetArn: &arn})).PermissionSet.Name
		}
	}
	return names
}

func (c *crowd) attach(set, policy string) error {
	_, err := c.admin.AttachManagedPolicyToPermissionSet(c.t.Context(), &ssoadmin.AttachManagedPolicyToPermissionSetInput{InstanceArn: &c.s.InstanceARN,
		PermissionSetArn: &set, ManagedPolicyArn: aws.String("arn:aws:iam::aws:policy/" + policy)})
	return err
}

// policies are the names of AWS's policies in a permission set.
func (c *crowd) policies(set string) []string {
	c.t.Helper()
	var names []string
	for _, p := range must[*ssoadmin.ListManagedPoliciesInPermissionSetOutput](c.t)(c.admin.ListManagedPoliciesInPermissionSet(c.t.Context(),
		&ssoadmin.ListManagedPoliciesInPermissionSetInput{InstanceArn: &c.s.InstanceARN, PermissionSetArn: &set})).AttachedManagedPolicies {
		names = append(names, *p.Name)
	}
	return names
}

// assign asks for an assignment and returns the id of the operation.
func (c *crowd) assign(set string, pt admintypes.PrincipalType, principal, account string) (string, error) {
	out, err := c.admin.CreateAccountAssignment(c.t.Context(), &ssoadmin.CreateAccountAssignmentInput{InstanceArn: &c.s.InstanceARN, PermissionSetArn: &set,
		TargetType: admintypes.TargetTypeAwsAccount, TargetId: &account, PrincipalType: pt, PrincipalId: &principal})
	if err != nil {
		return "", err
	}
	return *out.AccountAssignmentCreationStatus.RequestId, nil
}

func (c *crowd) unassign(set, group, account string) error {
	_, err := c.admin.DeleteAccountAssignment(c.t.Context(), &ssoadmin.DeleteAccountAssignmentInput{InstanceArn: &c.s.InstanceARN, PermissionSetArn: &set,
		TargetType: admintypes.TargetTypeAwsAccount, TargetId: &account, PrincipalType: admintypes.PrincipalTypeGroup, PrincipalId: &group})
	return err
}

// assignments are the principals that have a permission set in an account.
func (c *crowd) assignments(account, set string) []string {
	c.t.Helper()
	var principals []string
	for _, a := range must[*ssoadmin.ListAccountAssignmentsOutput](c.t)(c.admin.ListAccountAssignments(c.t.Context(),
		&ssoadmin.ListAccountAssignmentsInput{InstanceArn: &c.s.InstanceARN, AccountId: &account, PermissionSetArn: &set})).AccountAssignments {
		principals = append(principals, *a.PrincipalId)
	}
	return principals
}

// provisioned are the ARNs of the permission sets in an account.
func (c *crowd) provisioned(account string) []string {
	c.t.Helper()
	return must[*ssoadmin.ListPermissionSetsProvisionedToAccountOutput](c.t)(c.admin.ListPermissionSetsProvisionedToAccount(c.t.Context(),
		&ssoadmin.ListPermissionSetsProvisionedToAccountInput{InstanceArn: &c.s.InstanceARN, AccountId: &account, MaxResults: aws.Int32(100)})).PermissionSets
}

// settled waits until no operation is in progress, and checks that those that failed say why.
func (c *crowd) settled() {
	c.t.Helper()
	ctx := c.t.Context()
	eventually(c.t, 10*time.Second, "all operations end", func() error {
		var open []string
		note := func(all []admintypes.AccountAssignmentOperationStatusMetadata) {
			for _, o := range all {
				if o.Status == admintypes.StatusValuesInProgress {
					open = append(open, *o.RequestId)
				}
			}
		}
		created := ssoadmin.NewListAccountAssignmentCreationStatusPaginator(c.admin, &ssoadmin.ListAccountAssignmentCreationStatusInput{InstanceArn: &c.s.InstanceARN})
		for created.HasMorePages() {
			page, err := created.NextPage(ctx)
			if err != nil {
				return err
			}
			note(page.AccountAssignmentsCreationStatus)
		}
		deleted := ssoadmin.NewListAccountAssignmentDeletionStatusPaginator(c.admin, &ssoadmin.ListAccountAssignmentDeletionStatusInput{InstanceArn: &c.s.InstanceARN})
		for deleted.HasMorePages() {
			page, err := deleted.NextPage(ctx)
			if err != nil {
				return err
			}
			note(page.AccountAssignmentsDeletionStatus)
		}
		if len(open) > 0 {
			return fmt.Errorf("in progress: %v", open)
		}
		return nil
	})
	failed := ssoadmin.NewListAccountAssignmentCreationStatusPaginator(c.admin, &ssoadmin.ListAccountAssignmentCreationStatusInput{
		InstanceArn: &c.s.InstanceARN, Filter: &admintypes.OperationStatusFilter{Status: admintypes.StatusValuesFailed}})
	for failed.HasMorePages() {
		for _, o := range must[*ssoadmin.ListAccountAssignmentCreationStatusOutput](c.t)(failed.NextPage(ctx)).AccountAssignmentsCreationStatus {
			one := must[*ssoadmin.DescribeAccountAssignmentCreationStatusOutput](c.t)(c.admin.DescribeAccountAssignmentCreationStatus(ctx,
				&ssoadmin.DescribeAccountAssignmentCreationStatusInput{InstanceArn: &c.s.InstanceARN, AccountAssignmentCreationRequestId: o.RequestId}))
			if aws.ToString(one.AccountAssignmentCreationStatus.FailureReason) == "" {
				c.t.Errorf("the operation %s failed without a reason", *o.RequestId)
			}
		}
	}
}

// wantRolesWhereAssigned compares the roles of accounts, and what is said to be provisioned there, with the assignments.
func (c *crowd) wantRolesWhereAssigned(accounts ...string) {
	c.t.Helper()
	names := c.permissionSets()
	for _, account := range accounts {
		client := iam.NewFromConfig(once(breakGlass(c.t, c.s, c.s.DataDir, account)))
		want := map[string]int{}
		for arn, name := range names {
			if len(c.assignments(account, arn)) > 0 {
				want[name] = 1
			}
		}
		eventually(c.t, 10*time.Second, "roles are where assignments are", func() error {
			roles, said := map[string]int{}, map[string]int{}
			pages := iam.NewListRolesPaginator(client, &iam.ListRolesInput{PathPrefix: aws.String("/aws-reserved/sso.amazonaws.com/")})
			for pages.HasMorePages() {
				page, err := pages.NextPage(c.t.Context())
				if err != nil {
					return err
				}
				for _, r := range page.Roles {
					roles[strings.Split(*r.RoleName, "_")[1]]++
				}
			}
			for _, arn := range c.provisioned(account) {
				said[names[arn]]++
			}
			if fmt.Sprint(roles) != fmt.Sprint(want) || fmt.Sprint(said) != fmt.Sprint(want) {
				return fmt.Errorf("%s has the roles %v and should have %v; provisioned are %v", account, roles, want, said)
			}
			return nil
		})
	}
}
