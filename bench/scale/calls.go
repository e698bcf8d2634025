package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/document"
	idtypes "github.com/aws/aws-sdk-go-v2/service/identitystore/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	ssotypes "github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
)

// The budgets: an administrator's pages, and the portal of a person with 500 accounts.
const (
	pageBudget   = 5 * time.Millisecond
	portalBudget = 20 * time.Millisecond
)

// call is one that is measured.
type call struct {
	name   string
	budget time.Duration
	do     func(ctx context.Context) error
}

// clients speak to the product as an administrator of the management account, and as a person.
type clients struct {
	admin    *ssoadmin.Client
	store    *identitystore.Client
	org      *organizations.Client
	iam      *iam.Client
	portal   *sso.Client
	instance ssotypes.InstanceMetadata
	token    string // of the person
	random   *rand.Rand
	shape    shape
	known    known
}

// known are some of the things that exist, to ask for.
type known struct {
	sets, users, groups, accounts []string
	members                       []string // accounts that were generated
}

func newClients(ctx context.Context, url, token string, c aws.Credentials, s shape) (*clients, error) {
	provider := credentials.StaticCredentialsProvider{Value: c}
	config := aws.Config{Region: "us-east-1", BaseEndpoint: &url, Credentials: provider, RetryMaxAttempts: 1}
	out := &clients{admin: ssoadmin.NewFromConfig(config), store: identitystore.NewFromConfig(config), org: organizations.NewFromConfig(config),
		iam: iam.NewFromConfig(config), portal: sso.NewFromConfig(config), token: token, shape: s, random: rand.New(rand.NewPCG(3, 4))}
	found, err := out.admin.ListInstances(ctx, &ssoadmin.ListInstancesInput{})
	if err != nil {
		return nil, err
	}
	if len(found.Instances) == 0 {
		return nil, fmt.Errorf("%s has no instance", url)
	}
	out.instance = found.Instances[0]
	return out, out.look(ctx)
}

// look pages through everything once or for some pages, so that there is something to ask for.
func (c *clients) look(ctx context.Context) error {
	sets := ssoadmin.NewListPermissionSetsPaginator(c.admin, &ssoadmin.ListPermissionSetsInput{InstanceArn: c.instance.InstanceArn})
	for page := 0; sets.HasMorePages(); page++ {
		p, err := sets.NextPage(ctx)
		if err != nil {
			return err
		}
		c.known.sets = append(c.known.sets, p.PermissionSets...)
	}
	users := identitystore.NewListUsersPaginator(c.store, &identitystore.ListUsersInput{IdentityStoreId: c.instance.IdentityStoreId})
	for page := 0; users.HasMorePages() && page < 20; page++ {
		p, err := users.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, u := range p.Users {
			c.known.users = append(c.known.users, *u.UserId)
		}
	}
	groups := identitystore.NewListGroupsPaginator(c.store, &identitystore.ListGroupsInput{IdentityStoreId: c.instance.IdentityStoreId})
	for page := 0; groups.HasMorePages() && page < 20; page++ {
		p, err := groups.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, g := range p.Groups {
			c.known.groups = append(c.known.groups, *g.GroupId)
		}
	}
	accounts := organizations.NewListAccountsPaginator(c.org, &organizations.ListAccountsInput{})
	for accounts.HasMorePages() {
		p, err := accounts.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, a := range p.Accounts {
			c.known.accounts = append(c.known.accounts, *a.Id)
			if (*a.Id)[0] == '7' {
				c.known.members = append(c.known.members, *a.Id)
			}
		}
	}
	if len(c.known.members) == 0 || len(c.known.groups) == 0 || len(c.known.sets) == 0 || len(c.known.users) == 0 {
		return fmt.Errorf("nothing was generated")
	}
	return nil
}

func (c *clients) any(of []string) *string { return &of[c.random.IntN(len(of))] }

// calls are the rows of the report.
func (c *clients) calls() []call {
	return slices.Concat(c.permissionSetCalls(), c.assignmentCalls(), c.directoryCalls(), c.organizationCalls(), c.portalCalls())
}

func (c *clients) permissionSetCalls() []call {
	arn := c.instance.InstanceArn
	return []call{
		{"sso-admin DescribeInstance", pageBudget, func(ctx context.Context) error {
			_, err := c.admin.DescribeInstance(ctx, &ssoadmin.DescribeInstanceInput{InstanceArn: arn})
			return err
		}},
		{"sso-admin ListPermissionSets, first page", pageBudget, func(ctx context.Context) error {
			_, err := c.admin.ListPermissionSets(ctx, &ssoadmin.ListPermissionSetsInput{InstanceArn: arn, MaxResults: aws.Int32(100)})
			return err
		}},
		{"sso-admin ListPermissionSets, a page further on", pageBudget, c.deep(func(ctx context.Context, token *string) (*string, error) {
			p, err := c.admin.ListPermissionSets(ctx, &ssoadmin.ListPermissionSetsInput{InstanceArn: arn, MaxResults: aws.Int32(100), NextToken: token})
			if err != nil {
				return nil, err
			}
			return p.NextToken, nil
		})},
		{"sso-admin DescribePermissionSet", pageBudget, func(ctx context.Context) error {
			_, err := c.admin.DescribePermissionSet(ctx, &ssoadmin.DescribePermissionSetInput{InstanceArn: arn, PermissionSetArn: c.any(c.known.sets)})
			return err
		}},
		{"sso-admin ListManagedPoliciesInPermissionSet", pageBudget, func(ctx context.Context) error {
			_, err := c.admin.ListManagedPoliciesInPermissionSet(ctx, &ssoadmin.ListManagedPoliciesInPermissionSetInput{InstanceArn: arn, PermissionSetArn: c.any(c.known.sets)})
			return err
		}},
		{"sso-admin ListPermissionSetsProvisionedToAccount", pageBudget, func(ctx context.Context) error {
			_, err := c.admin.ListPermissionSetsProvisionedToAccount(ctx, &ssoadmin.ListPermissionSetsProvisionedToAccountInput{InstanceArn: arn, AccountId: c.any(c.known.members)})
			return err
		}},
		{"sso-admin ListAccountsForProvisionedPermissionSet", pageBudget, func(ctx context.Context) error {
			_, err := c.admin.ListAccountsForProvisionedPermissionSet(ctx, &ssoadmin.ListAccountsForProvisionedPermissionSetInput{InstanceArn: arn, PermissionSetArn: c.any(c.known.sets)})
			return err
		}},
	}
}

func (c *clients) assignmentCalls() []call {
	arn := c.instance.InstanceArn
	return []call{
		{"sso-admin ListAccountAssignments", pageBudget, func(ctx context.Context) error {
			account := c.any(c.known.members)
			_, err := c.admin.ListAccountAssignments(ctx, &ssoadmin.ListAccountAssignmentsInput{InstanceArn: arn, AccountId: account, PermissionSetArn: c.any(c.known.sets)})
			return err
		}},
		{"sso-admin ListAccountAssignmentsForPrincipal, group", pageBudget, func(ctx context.Context) error {
			_, err := c.admin.ListAccountAssignmentsForPrincipal(ctx, &ssoadmin.ListAccountAssignmentsForPrincipalInput{InstanceArn: arn,
				PrincipalId: c.any(c.known.groups), PrincipalType: ssotypes.PrincipalTypeGroup})
			return err
		}},
		{"sso-admin ListAccountAssignmentsForPrincipal, user", pageBudget, func(ctx context.Context) error {
			_, err := c.admin.ListAccountAssignmentsForPrincipal(ctx, &ssoadmin.ListAccountAssignmentsForPrincipalInput{InstanceArn: arn,
				PrincipalId: c.any(c.known.users), PrincipalType: ssotypes.PrincipalTypeUser})
			return err
		}},
	}
}

func (c *clients) directoryCalls() []call {
	store := c.instance.IdentityStoreId
	return []call{
		{"identitystore ListUsers, first page", pageBudget, func(ctx context.Context) error {
			_, err := c.store.ListUsers(ctx, &identitystore.ListUsersInput{IdentityStoreId: store})
			return err
		}},
		{"identitystore ListUsers, a page further on", pageBudget, c.deep(func(ctx context.Context, token *string) (*string, error) {
			p, err := c.store.ListUsers(ctx, &identitystore.ListUsersInput{IdentityStoreId: store, NextToken: token})
			if err != nil {
				return nil, err
			}
			return p.NextToken, nil
		})},
		{"identitystore DescribeUser", pageBudget, func(ctx context.Context) error {
			_, err := c.store.DescribeUser(ctx, &identitystore.DescribeUserInput{IdentityStoreId: store, UserId: c.any(c.known.users)})
			return err
		}},
		{"identitystore GetUserId", pageBudget, func(ctx context.Context) error {
			name := fmt.Sprintf("person-%06d", c.random.IntN(c.shape.Users))
			_, err := c.store.GetUserId(ctx, &identitystore.GetUserIdInput{IdentityStoreId: store, AlternateIdentifier: attribute("userName", name)})
			return err
		}},
		{"identitystore ListGroups, first page", pageBudget, func(ctx context.Context) error {
			_, err := c.store.ListGroups(ctx, &identitystore.ListGroupsInput{IdentityStoreId: store})
			return err
		}},
		{"identitystore DescribeGroup", pageBudget, func(ctx context.Context) error {
			_, err := c.store.DescribeGroup(ctx, &identitystore.DescribeGroupInput{IdentityStoreId: store, GroupId: c.any(c.known.groups)})
			return err
		}},
		{"identitystore ListGroupMemberships", pageBudget, func(ctx context.Context) error {
			_, err := c.store.ListGroupMemberships(ctx, &identitystore.ListGroupMembershipsInput{IdentityStoreId: store, GroupId: c.any(c.known.groups)})
			return err
		}},
		{"identitystore ListGroupMembershipsForMember", pageBudget, func(ctx context.Context) error {
			_, err := c.store.ListGroupMembershipsForMember(ctx, &identitystore.ListGroupMembershipsForMemberInput{IdentityStoreId: store,
				MemberId: &idtypes.MemberIdMemberUserId{Value: *c.any(c.known.users)}})
			return err
		}},
	}
}

func attribute(path, value string) idtypes.AlternateIdentifier {
	return &idtypes.AlternateIdentifierMemberUniqueAttribute{Value: idtypes.UniqueAttribute{AttributePath: &path, AttributeValue: document.NewLazyDocument(value)}}
}

func (c *clients) organizationCalls() []call {
	return []call{
		{"organizations ListAccounts, first page", pageBudget, func(ctx context.Context) error {
			_, err := c.org.ListAccounts(ctx, &organizations.ListAccountsInput{})
			return err
		}},
		{"organizations ListAccounts, a page further on", pageBudget, c.deep(func(ctx context.Context, token *string) (*string, error) {
			p, err := c.org.ListAccounts(ctx, &organizations.ListAccountsInput{NextToken: token})
			if err != nil {
				return nil, err
			}
			return p.NextToken, nil
		})},
		{"organizations DescribeAccount", pageBudget, func(ctx context.Context) error {
			_, err := c.org.DescribeAccount(ctx, &organizations.DescribeAccountInput{AccountId: c.any(c.known.accounts)})
			return err
		}},
		{"iam ListRoles, management account", pageBudget, func(ctx context.Context) error {
			_, err := c.iam.ListRoles(ctx, &iam.ListRolesInput{})
			return err
		}},
	}
}

// portalCalls are those of the person who has 500 accounts.
func (c *clients) portalCalls() []call {
	return []call{
		{"sso ListAccounts, a page of 100", portalBudget, func(ctx context.Context) error {
			_, err := c.portal.ListAccounts(ctx, &sso.ListAccountsInput{AccessToken: &c.token, MaxResults: aws.Int32(100)})
			return err
		}},
		{"sso ListAccounts, all 500 in pages of 100", 5 * portalBudget, c.allAccounts},
		{"sso ListAccountRoles", portalBudget, func(ctx context.Context) error {
			_, err := c.portal.ListAccountRoles(ctx, &sso.ListAccountRolesInput{AccessToken: &c.token, AccountId: aws.String(fmt.Sprintf("7%011d", c.random.IntN(c.shape.PersonAccounts)))})
			return err
		}},
	}
}

func (c *clients) allAccounts(ctx context.Context) error {
	pages := sso.NewListAccountsPaginator(c.portal, &sso.ListAccountsInput{AccessToken: &c.token, MaxResults: aws.Int32(100)})
	n := 0
	for pages.HasMorePages() {
		p, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		n += len(p.AccountList)
	}
	if n == 0 {
		return fmt.Errorf("the person has no accounts")
	}
	return nil
}

// deep measures pages one after the other, beginning again at the end.
func (c *clients) deep(page func(ctx context.Context, token *string) (*string, error)) func(ctx context.Context) error {
	var token *string
	return func(ctx context.Context) (err error) {
		token, err = page(ctx, token)
		return err
	}
}
