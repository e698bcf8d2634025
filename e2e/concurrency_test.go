package e2e

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/document"
	identitytypes "github.com/aws/aws-sdk-go-v2/service/identitystore/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	orgtypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	admintypes "github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
)

// contest is a write that only one of the callers can do.
type contest struct {
	name string
	do   func(i int) (id string, err error)
	code string // what the others are told
	left func() ([]string, error)
}

// One of several who make the same thing at once makes it; the others are told so, and nothing is there twice.
func TestConcurrentWritesConflict(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		dir := t.TempDir()
		c := newCrowd(t, startDemo(t, e, dir), dir)
		for _, one := range slices.Concat(c.contests(), c.identityContests(), c.accountContests()) {
			won, refused := atOnce(callers, one.do)
			if len(won) != 1 {
				t.Errorf("%s: %d of %d callers succeed", one.name, len(won), callers)
			}
			c.wantRefused(one.name, refused, one.code)
			if left, err := one.left(); err != nil || !slices.Equal(left, won) {
				t.Errorf("%s: there is %v %v, want what was made, %v", one.name, left, err, won)
			}
		}
		c.updateStale()
		c.assignTheSame()
		c.attachAndDelete()
	})
}

func (c *crowd) contests() []contest {
	ctx := c.t.Context()
	name := aws.String("Contested")
	group := c.group("Contested-users")
	app := must[*ssoadmin.CreateApplicationOutput](c.t)(c.admin.CreateApplication(ctx, &ssoadmin.CreateApplicationInput{
		InstanceArn: &c.s.InstanceARN, Name: name, ApplicationProviderArn: aws.String("arn:aws:sso::aws:applicationProvider/custom")})).ApplicationArn
	attributes := &admintypes.InstanceAccessControlAttributeConfiguration{AccessControlAttributes: []admintypes.AccessControlAttribute{
		{Key: aws.String("team"), Value: &admintypes.AccessControlAttributeValue{Source: []string{"${path:userName}"}}}}}
	return []contest{
		{"CreatePermissionSet", func(int) (string, error) {
			out, err := c.admin.CreatePermissionSet(ctx, &ssoadmin.CreatePermissionSetInput{InstanceArn: &c.s.InstanceARN, Name: name})
			if err != nil {
				return "", err
			}
			return *out.PermissionSet.PermissionSetArn, nil
		}, "ConflictException", func() (arns []string, err error) {
			for arn, found := range c.permissionSets() {
				if found == *name {
					arns = append(arns, arn)
				}
			}
			return arns, nil
		}},
		{"CreateApplicationAssignment", func(int) (string, error) {
			_, err := c.admin.CreateApplicationAssignment(ctx, &ssoadmin.CreateApplicationAssignmentInput{ApplicationArn: app,
				PrincipalType: admintypes.PrincipalTypeGroup, PrincipalId: &group})
			return group, err
		}, "ConflictException", func() (ids []string, err error) {
			out, err := c.admin.ListApplicationAssignments(ctx, &ssoadmin.ListApplicationAssignmentsInput{ApplicationArn: app})
			if err != nil {
				return nil, err
			}
			for _, a := range out.ApplicationAssignments {
				ids = append(ids, *a.PrincipalId)
			}
			return ids, nil
		}},
		{"CreateInstanceAccessControlAttributeConfiguration", func(int) (string, error) {
			_, err := c.admin.CreateInstanceAccessControlAttributeConfiguration(ctx, &ssoadmin.CreateInstanceAccessControlAttributeConfigurationInput{
				InstanceArn: &c.s.InstanceARN, InstanceAccessControlAttributeConfiguration: attributes})
			return "team", err
		}, "ConflictException", func() (keys []string, err error) {
			out, err := c.admin.DescribeInstanceAccessControlAttributeConfiguration(ctx,
				&ssoadmin.DescribeInstanceAccessControlAttributeConfigurationInput{InstanceArn: &c.s.InstanceARN})
			if err != nil {
				return nil, err
			}
			for _, a := range out.InstanceAccessControlAttributeConfiguration.AccessControlAttributes {
				keys = append(keys, *a.Key)
			}
			return keys, nil
		}},
		c.instanceContest(),
	}
}

// instanceContest is for the one account instance that a member account may have.
func (c *crowd) instanceContest() contest {
	ctx, client := c.t.Context(), ssoadmin.NewFromConfig(c.member)
	return contest{"CreateInstance", func(int) (string, error) {
		out, err := client.CreateInstance(ctx, &ssoadmin.CreateInstanceInput{Name: aws.String("ours")})
		if err != nil {
			return "", err
		}
		return *out.InstanceArn, nil
	}, "ConflictException", func() (arns []string, err error) {
		out, err := client.ListInstances(ctx, &ssoadmin.ListInstancesInput{})
		if err != nil {
			return nil, err
		}
		for _, i := range out.Instances {
			if *i.OwnerAccountId == dev {
				arns = append(arns, *i.InstanceArn)
			}
		}
		return arns, nil
	}}
}

func (c *crowd) identityContests() []contest {
	ctx, store := c.t.Context(), &c.s.IdentityStoreID
	name := aws.String("contested")
	user, group := c.user("Contested-member"), c.group("Contested-group")
	return []contest{
		{"CreateUser", func(int) (string, error) {
			out, err := c.ids.CreateUser(ctx, &identitystore.CreateUserInput{IdentityStoreId: store, UserName: name, DisplayName: name,
				Name: &identitytypes.Name{GivenName: name, FamilyName: name}})
			if err != nil {
				return "", err
			}
			return *out.UserId, nil
		}, "ConflictException", func() (ids []string, err error) {
			pages := identitystore.NewListUsersPaginator(c.ids, &identitystore.ListUsersInput{IdentityStoreId: store})
			for pages.HasMorePages() {
				out, err := pages.NextPage(ctx)
				if err != nil {
					return nil, err
				}
				for _, u := range out.Users {
					if *u.UserName == *name {
						ids = append(ids, *u.UserId)
					}
				}
			}
			return ids, nil
		}},
		{"CreateGroup", func(int) (string, error) {
			out, err := c.ids.CreateGroup(ctx, &identitystore.CreateGroupInput{IdentityStoreId: store, DisplayName: name})
			if err != nil {
				return "", err
			}
			return *out.GroupId, nil
		}, "ConflictException", func() (ids []string, err error) {
			pages := identitystore.NewListGroupsPaginator(c.ids, &identitystore.ListGroupsInput{IdentityStoreId: store})
			for pages.HasMorePages() {
				out, err := pages.NextPage(ctx)
				if err != nil {
					return nil, err
				}
				for _, g := range out.Groups {
					if *g.DisplayName == *name {
						ids = append(ids, *g.GroupId)
					}
				}
			}
			return ids, nil
		}},
		{"CreateGroupMembership", func(int) (string, error) {
			out, err := c.ids.CreateGroupMembership(ctx, &identitystore.CreateGroupMembershipInput{IdentityStoreId: store, GroupId: &group,
				MemberId: &identitytypes.MemberIdMemberUserId{Value: user}})
			if err != nil {
				return "", err
			}
			return *out.MembershipId, nil
		}, "ConflictException", func() (ids []string, err error) {
			out, err := c.ids.ListGroupMemberships(ctx, &identitystore.ListGroupMembershipsInput{IdentityStoreId: store, GroupId: &group})
			if err != nil {
				return nil, err
			}
			for _, m := range out.GroupMemberships {
				ids = append(ids, *m.MembershipId)
			}
			return ids, nil
		}},
	}
}

// accountContests are those of iam and organizations.
func (c *crowd) accountContests() []contest {
	ctx, name := c.t.Context(), aws.String("Contested")
	trust := oneStatement(`{"Effect":"Allow","Principal":{"AWS":"` + management + `"},"Action":"sts:AssumeRole"}`)
	document := oneStatement(`{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}`)
	root := must[*organizations.ListRootsOutput](c.t)(c.org.ListRoots(ctx, &organizations.ListRootsInput{})).Roots[0].Id
	return []contest{
		{"CreateRole", func(int) (string, error) {
			out, err := c.iam.CreateRole(ctx, &iam.CreateRoleInput{RoleName: name, AssumeRolePolicyDocument: &trust})
			if err != nil {
				return "", err
			}
			return *out.Role.RoleId, nil
		}, "EntityAlreadyExists", func() ([]string, error) {
			out, err := c.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: name})
			if err != nil {
				return nil, err
			}
			return []string{*out.Role.RoleId}, nil
		}},
		{"CreatePolicy of iam", func(int) (string, error) {
			out, err := c.iam.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: name, PolicyDocument: &document})
			if err != nil {
				return "", err
			}
			return *out.Policy.PolicyId, nil
		}, "EntityAlreadyExists", func() (ids []string, err error) {
			out, err := c.iam.ListPolicies(ctx, &iam.ListPoliciesInput{Scope: "Local"})
			if err != nil {
				return nil, err
			}
			for _, p := range out.Policies {
				ids = append(ids, *p.PolicyId)
			}
			return ids, nil
		}},
		{"CreateOrganizationalUnit", func(int) (string, error) {
			out, err := c.org.CreateOrganizationalUnit(ctx, &organizations.CreateOrganizationalUnitInput{ParentId: root, Name: name})
			if err != nil {
				return "", err
			}
			return *out.OrganizationalUnit.Id, nil
		}, "DuplicateOrganizationalUnitException", func() (ids []string, err error) {
			out, err := c.org.ListOrganizationalUnitsForParent(ctx, &organizations.ListOrganizationalUnitsForParentInput{ParentId: root})
			if err != nil {
				return nil, err
			}
			for _, u := range out.OrganizationalUnits {
				if *u.Name == *name {
					ids = append(ids, *u.Id)
				}
			}
			return ids, nil
		}},
		{"CreatePolicy of organizations", func(int) (string, error) {
			out, err := c.org.CreatePolicy(ctx, &organizations.CreatePolicyInput{Type: orgtypes.PolicyTypeServiceControlPolicy, Name: name,
				Description: name, Content: &document})
			if err != nil {
				return "", err
			}
			return *out.Policy.PolicySummary.Id, nil
		}, "DuplicatePolicyException", func() (ids []string, err error) {
			out, err := c.org.ListPolicies(ctx, &organizations.ListPoliciesInput{Filter: orgtypes.PolicyTypeServiceControlPolicy})
			if err != nil {
				return nil, err
			}
			for _, p := range out.Policies {
				if *p.Name == *name {
					ids = append(ids, *p.Id)
				}
			}
			return ids, nil
		}},
	}
}

// updateStale lets all change what they read at the same revision: the first does, the others read again.
func (c *crowd) updateStale() {
	c.t.Helper()
	ctx, store, id := c.t.Context(), &c.s.IdentityStoreID, c.user("Updated")
	before := must[*identitystore.DescribeUserOutput](c.t)(c.ids.DescribeUser(ctx, &identitystore.DescribeUserInput{IdentityStoreId: store, UserId: &id}))
	won, refused := atOnce(callers, func(i int) (string, error) {
		name := fmt.Sprintf("Updated by %d", i)
		_, err := c.ids.UpdateUser(ctx, &identitystore.UpdateUserInput{IdentityStoreId: store, UserId: &id, Revision: before.Revision,
			Operations: []identitytypes.AttributeOperation{{AttributePath: aws.String("displayName"), AttributeValue: document.NewLazyDocument(name)}}})
		return name, err
	})
	c.wantRefused("UpdateUser", refused, "ConflictException")
	after := must[*identitystore.DescribeUserOutput](c.t)(c.ids.DescribeUser(ctx, &identitystore.DescribeUserInput{IdentityStoreId: store, UserId: &id}))
	if !slices.Equal(won, []string{aws.ToString(after.DisplayName)}) || aws.ToString(after.Revision) == aws.ToString(before.Revision) {
		c.t.Errorf("UpdateUser: %v succeed, and the name is %q at %s after %s", won, *after.DisplayName, *after.Revision, *before.Revision)
	}
}

// assignTheSame: all succeed, as in AWS; there is one assignment and one role.
func (c *crowd) assignTheSame() {
	c.t.Helper()
	group, set := c.group("Assigned"), c.permissionSet("Assigned")
	_, refused := atOnce(callers, func(int) (string, error) { return c.assign(set, admintypes.PrincipalTypeGroup, group, dev) })
	c.wantRefused("CreateAccountAssignment", refused)
	c.settled()
	if got := c.assignments(dev, set); len(got) != 1 {
		c.t.Errorf("CreateAccountAssignment: there are %d assignments", len(got))
	}
	c.wantRolesWhereAssigned(dev, staging)
}

// attachAndDelete: a permission set that is gone takes no policies, and leaves none to the next of its name.
func (c *crowd) attachAndDelete() {
	c.t.Helper()
	ctx := c.t.Context()
	set := c.permissionSet("Vanishing")
	_, refused := atOnce(callers, func(i int) (string, error) {
		if i == callers/2 {
			_, err := c.admin.DeletePermissionSet(ctx, &ssoadmin.DeletePermissionSetInput{InstanceArn: &c.s.InstanceARN, PermissionSetArn: &set})
			if err != nil {
				return "", errors.New("DeletePermissionSet: " + err.Error())
			}
			return "", nil
		}
		return "", c.attach(set, managedPolicies[i])
	})
	c.wantRefused("AttachManagedPolicyToPermissionSet", refused, "ResourceNotFoundException")
	_, err := c.admin.ListManagedPoliciesInPermissionSet(ctx, &ssoadmin.ListManagedPoliciesInPermissionSetInput{InstanceArn: &c.s.InstanceARN, PermissionSetArn: &set})
	if err == nil || codeOf(err) != "ResourceNotFoundException" {
		c.t.Errorf("the policies of a deleted permission set: %v", err)
	}
	if left := c.policies(c.permissionSet("Vanishing")); len(left) != 0 {
		c.t.Errorf("a new permission set has the policies %v", left)
	}
}

// Whatever is deleted while accounts are being changed, every operation ends, and roles are where assignments are.
func TestDeletesInTheMiddleOfProvisioning(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		dir := t.TempDir()
		c := newCrowd(t, startDemo(t, e, dir), dir)
		ctx, store := t.Context(), &c.s.IdentityStoreID
		group, user := c.group("Leaving"), c.user("leaving")
		c.whileAssigning("DeleteGroup", admintypes.PrincipalTypeGroup, group, func() error {
			_, err := c.ids.DeleteGroup(ctx, &identitystore.DeleteGroupInput{IdentityStoreId: store, GroupId: &group})
			return err
		})
		c.whileAssigning("DeleteUser", admintypes.PrincipalTypeUser, user, func() error {
			_, err := c.ids.DeleteUser(ctx, &identitystore.DeleteUserInput{IdentityStoreId: store, UserId: &user})
			return err
		})
		c.unassignWhileAssigning()
		c.deleteSetWhileAssigning()
		c.settled()
		c.wantRolesWhereAssigned(management, dev, staging, production)

		staying := c.group("Staying")
		c.whileAssigning("CloseAccount", admintypes.PrincipalTypeGroup, staying, func() error {
			_, err := c.org.CloseAccount(ctx, &organizations.CloseAccountInput{AccountId: aws.String(staging)})
			return err
		})
		c.settled()
		c.wantRolesWhereAssigned(management, dev, production)
		c.wantClosed(staging)
	})
}

// whileAssigning assigns new permission sets to a principal in all accounts, and does something in the middle.
func (c *crowd) whileAssigning(what string, pt admintypes.PrincipalType, principal string, meanwhile func() error) {
	c.t.Helper()
	accounts := []string{management, dev, staging, production}
	var sets []string
	for i := range 3 {
		sets = append(sets, c.permissionSet(fmt.Sprintf("%s%d", what, i)))
	}
	calls := len(sets) * len(accounts)
	_, refused := atOnce(calls+1, func(i int) (string, error) {
		if i < calls {
			return c.assign(sets[i%len(sets)], pt, principal, accounts[i/len(sets)])
		}
		if err := meanwhile(); err != nil {
			c.t.Errorf("%s: %v", what, err)
		}
		return "", nil
	})
	c.wantRefused(what, refused, "ResourceNotFoundException", "ConflictException")
}

// unassignWhileAssigning takes each assignment away as soon as it is asked for, and some are asked for again.
func (c *crowd) unassignWhileAssigning() {
	c.t.Helper()
	group, set := c.group("Wavering"), c.permissionSet("Wavering")
	accounts := []string{management, dev, staging, production}
	_, refused := atOnce(len(accounts), func(i int) (string, error) {
		for range 3 {
			if _, err := c.assign(set, admintypes.PrincipalTypeGroup, group, accounts[i]); err != nil {
				return "", err
			}
			if err := c.unassign(set, group, accounts[i]); err != nil {
				return "", err
			}
		}
		if i%2 == 0 {
			return "", nil
		}
		return c.assign(set, admintypes.PrincipalTypeGroup, group, accounts[i])
	})
	c.wantRefused("DeleteAccountAssignment", refused)
	c.settled()
	for i, account := range accounts {
		if got := c.assignments(account, set); len(got) != i%2 {
			c.t.Errorf("in %s there are %d assignments, want %d", account, len(got), i%2)
		}
	}
}

// deleteSetWhileAssigning: a permission set that is assigned stays; when nobody has it, it goes.
func (c *crowd) deleteSetWhileAssigning() {
	c.t.Helper()
	group, set := c.group("Ending"), c.permissionSet("Ending")
	accounts := []string{management, dev, staging, production}
	remove := func() error {
		_, err := c.admin.DeletePermissionSet(c.t.Context(), &ssoadmin.DeletePermissionSetInput{InstanceArn: &c.s.InstanceARN, PermissionSetArn: &set})
		return err
	}
	assign := func(account string) error {
		_, err := c.assign(set, admintypes.PrincipalTypeGroup, group, account)
		return err
	}
	if err := assign(dev); err != nil {
		c.t.Fatal(err)
	}
	if err := remove(); err == nil || codeOf(err) != "ConflictException" {
		c.t.Errorf("deleting a permission set that is assigned: %v", err)
	}
	for _, account := range accounts {
		if err := assign(account); err != nil {
			c.t.Error(err)
		}
	}
	var deleted bool
	_, refused := atOnce(len(accounts)+1, func(i int) (string, error) {
		if i < len(accounts) {
			return "", c.unassign(set, group, accounts[i])
		}
		for deadline := time.Now().Add(10 * time.Second); !deleted && time.Now().Before(deadline); {
			err := remove()
			if err != nil && codeOf(err) != "ConflictException" {
				return "", err
			}
			deleted = err == nil
		}
		return "", nil
	})
	c.wantRefused("DeletePermissionSet", refused)
	if !deleted {
		c.t.Error("DeletePermissionSet: refused long after the last assignment was taken away")
	}
	if err := assign(dev); err == nil || codeOf(err) != "ResourceNotFoundException" {
		c.t.Errorf("assigning a permission set that is deleted: %v", err)
	}
}

// wantClosed checks an account that was closed: nothing is provisioned there, and nothing can be assigned.
func (c *crowd) wantClosed(account string) {
	c.t.Helper()
	eventually(c.t, 10*time.Second, "the account is closed", func() error {
		out, err := c.org.DescribeAccount(c.t.Context(), &organizations.DescribeAccountInput{AccountId: &account})
		if err == nil && out.Account.Status != orgtypes.AccountStatusSuspended {
			return fmt.Errorf("it is %s", out.Account.Status)
		}
		if left := c.provisioned(account); len(left) > 0 {
			return fmt.Errorf("it has %v", left)
		}
		return err
	})
	_, err := c.assign(c.permissionSet("Late"), admintypes.PrincipalTypeGroup, c.group("Late"), account)
	if err == nil || codeOf(err) != "ConflictException" {
		c.t.Errorf("assigning in a closed account: %v", err)
	}
}
