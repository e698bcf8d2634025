package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	orgtypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	admintypes "github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
)

// Quotas whose edge is tested: the demo has four permission sets, one of them in Dev.
const (
	quotaPermissionSets = 8
	quotaInAccount      = 3
	quotaPolicies       = 3
	quotaGroups         = 8
	quotaAccounts       = 6
)

// However many come at once, a quota is never exceeded, and what is deleted makes room.
func TestQuotasHoldAtTheEdge(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		dir := t.TempDir()
		s := startDemo(t, e, dir)
		s.env = append(s.env, fmt.Sprintf("GATEHOUSE_QUOTAS_PERMISSION_SETS=%d", quotaPermissionSets), fmt.Sprintf("GATEHOUSE_QUOTAS_GROUPS=%d", quotaGroups),
			fmt.Sprintf("GATEHOUSE_QUOTAS_PERMISSION_SETS_PER_ACCOUNT=%d", quotaInAccount), fmt.Sprintf("GATEHOUSE_QUOTAS_ACCOUNTS=%d", quotaAccounts),
			fmt.Sprintf("GATEHOUSE_QUOTAS_POLICIES_PER_PERMISSION_SET=%d", quotaPolicies))
		s.asServe()
		c := newCrowd(t, s, dir)
		sets := c.fillPermissionSets()
		c.fillPolicies(sets[0])
		c.fillAccount(sets)
		c.fillGroups()
		c.fillOrganization()
	})
}

// fillPermissionSets makes as many as there is room for, and returns them.
func (c *crowd) fillPermissionSets() []string {
	c.t.Helper()
	ctx := c.t.Context()
	make1 := func(i int) (string, error) {
		out, err := c.admin.CreatePermissionSet(ctx, &ssoadmin.CreatePermissionSetInput{InstanceArn: &c.s.InstanceARN, Name: aws.String(fmt.Sprintf("Edge%d", i))})
		if err != nil {
			return "", err
		}
		return *out.PermissionSet.PermissionSetArn, nil
	}
	room := quotaPermissionSets - len(c.permissionSets())
	made, refused := atOnce(callers, make1)
	c.wantRefused("CreatePermissionSet", refused, "ServiceQuotaExceededException")
	if n := len(c.permissionSets()); len(made) != room || n != quotaPermissionSets {
		c.t.Fatalf("%d permission sets are made where there is room for %d; there are %d", len(made), room, n)
	}
	if _, err := c.admin.DeletePermissionSet(ctx, &ssoadmin.DeletePermissionSetInput{InstanceArn: &c.s.InstanceARN, PermissionSetArn: &made[0]}); err != nil {
		c.t.Fatal(err)
	}
	again, refused := atOnce(callers, func(i int) (string, error) { return make1(callers + i) })
	c.wantRefused("CreatePermissionSet", refused, "ServiceQuotaExceededException")
	if n := len(c.permissionSets()); len(again) != 1 || n != quotaPermissionSets {
		c.t.Fatalf("one deleted makes room for %d; there are %d", len(again), n)
	}
	return append(again, made[1:]...)
}

var managedPolicies = []string{"AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess", "SecurityAudit", "IAMFullAccess", "IAMReadOnlyAccess",
	"AmazonS3FullAccess", "AmazonS3ReadOnlyAccess", "AmazonEC2FullAccess"}

func (c *crowd) fillPolicies(set string) {
	c.t.Helper()
	attach := func(i int) (string, error) { return managedPolicies[i], c.attach(set, managedPolicies[i]) }
	attached, refused := atOnce(callers, attach)
	c.wantRefused("AttachManagedPolicyToPermissionSet", refused, "ServiceQuotaExceededException")
	if left := c.policies(set); len(attached) != quotaPolicies || len(left) != quotaPolicies {
		c.t.Fatalf("%v are attached; there is %v", attached, left)
	}
	if _, err := c.admin.DetachManagedPolicyFromPermissionSet(c.t.Context(), &ssoadmin.DetachManagedPolicyFromPermissionSetInput{
		InstanceArn: &c.s.InstanceARN, PermissionSetArn: &set, ManagedPolicyArn: aws.String("arn:aws:iam::aws:policy/" + attached[0])}); err != nil {
		c.t.Fatal(err)
	}
	if err := c.attach(set, managedPolicies[callers]); err != nil {
		c.t.Errorf("one detached makes no room: %v", err)
	}
	if err := c.attach(set, attached[0]); err == nil || codeOf(err) != "ServiceQuotaExceededException" {
		c.t.Errorf("one too many: %v", err)
	}
}

// fillAccount assigns all permission sets in one account to two groups.
func (c *crowd) fillAccount(sets []string) {
	c.t.Helper()
	groups := []string{c.group("Edge-a"), c.group("Edge-b")}
	room := quotaInAccount - len(c.provisioned(dev))
	_, refused := atOnce(len(sets)*len(groups), func(i int) (string, error) {
		return c.assign(sets[i%len(sets)], admintypes.PrincipalTypeGroup, groups[i/len(sets)], dev)
	})
	c.wantRefused("CreateAccountAssignment", refused, "ServiceQuotaExceededException")
	c.settled()
	c.wantRolesWhereAssigned(dev)
	if n := len(c.provisioned(dev)); n != quotaInAccount {
		c.t.Fatalf("there is room for %d permission sets more and %d in all: %d are provisioned", room, quotaInAccount, n)
	}
	var outside, inside string
	for _, set := range sets {
		if len(c.assignments(dev, set)) == 0 {
			outside = set
		} else {
			inside = set
		}
	}
	if _, err := c.assign(outside, admintypes.PrincipalTypeGroup, groups[0], dev); err == nil || codeOf(err) != "ServiceQuotaExceededException" {
		c.t.Errorf("one permission set too many: %v", err)
	}
	if _, err := c.assign(inside, admintypes.PrincipalTypeGroup, groups[1], dev); err != nil {
		c.t.Errorf("one that the account has: %v", err)
	}
	for _, a := range c.assignments(dev, inside) {
		if err := c.unassign(inside, a, dev); err != nil {
			c.t.Error(err)
		}
	}
	c.settled()
	if _, err := c.assign(outside, admintypes.PrincipalTypeGroup, groups[0], dev); err != nil {
		c.t.Errorf("one taken away makes no room: %v", err)
	}
	c.settled()
	c.wantRolesWhereAssigned(dev)
}

func (c *crowd) fillGroups() {
	c.t.Helper()
	_, refused := atOnce(callers, func(i int) (string, error) {
		_, err := c.ids.CreateGroup(c.t.Context(), &identitystore.CreateGroupInput{IdentityStoreId: &c.s.IdentityStoreID, DisplayName: aws.String(fmt.Sprintf("Edge%d", i))})
		return "", err
	})
	c.wantRefused("CreateGroup", refused, "ServiceQuotaExceededException")
	out := must[*identitystore.ListGroupsOutput](c.t)(c.ids.ListGroups(c.t.Context(), &identitystore.ListGroupsInput{IdentityStoreId: &c.s.IdentityStoreID}))
	if len(out.Groups) != quotaGroups {
		c.t.Errorf("there are %d groups, want %d", len(out.Groups), quotaGroups)
	}
}

// fillOrganization asks for more accounts than there is room for; those too many fail, at once or later.
func (c *crowd) fillOrganization() {
	c.t.Helper()
	requests, refused := atOnce(callers, func(i int) (string, error) {
		out, err := c.org.CreateAccount(c.t.Context(), &organizations.CreateAccountInput{AccountName: aws.String(fmt.Sprintf("Edge%d", i)),
			Email: aws.String(fmt.Sprintf("edge%d@securecart.example", i))})
		if err != nil {
			return "", err
		}
		return *out.CreateAccountStatus.Id, nil
	})
	c.wantRefused("CreateAccount", refused, "ConstraintViolationException")
	for _, id := range requests {
		eventually(c.t, 10*time.Second, "CreateAccount ends", func() error {
			out, err := c.org.DescribeCreateAccountStatus(c.t.Context(), &organizations.DescribeCreateAccountStatusInput{CreateAccountRequestId: &id})
			if err != nil {
				return err
			}
			switch s := out.CreateAccountStatus; s.State {
			case orgtypes.CreateAccountStateInProgress:
				return fmt.Errorf("%s is in progress", id)
			case orgtypes.CreateAccountStateFailed:
				if s.FailureReason != orgtypes.CreateAccountFailureReasonAccountLimitExceeded {
					c.t.Errorf("CreateAccount failed with %s", s.FailureReason)
				}
			}
			return nil
		})
	}
	out := must[*organizations.ListAccountsOutput](c.t)(c.org.ListAccounts(c.t.Context(), &organizations.ListAccountsInput{}))
	if len(out.Accounts) != quotaAccounts {
		c.t.Errorf("there are %d accounts, want %d", len(out.Accounts), quotaAccounts)
	}
}
