package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/document"
	identitytypes "github.com/aws/aws-sdk-go-v2/service/identitystore/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	admintypes "github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/aws/smithy-go"
)

// sdkDoing is what an administrator's round is to do.
type sdkDoing struct {
	Name            string `json:"name"` // of what it makes
	InstanceARN     string `json:"instanceArn"`
	IdentityStoreID string `json:"identityStoreId"`
	AccessToken     string `json:"accessToken"`
	AccountID       string `json:"accountId"` // whose roles are listed and used
	Trust           string `json:"trust"`     // trust policy of the role that it makes and takes
}

// sdkSeen is what it saw.
type sdkSeen struct {
	Identity       string   `json:"identity"`
	PermissionSets []string `json:"permissionSets"`
	Users          []string `json:"users"`
	Found          bool     `json:"found"` // the user, by name
	Organization   []string `json:"organization"`
	Accounts       []string `json:"accounts"` // of the portal
	Roles          []string `json:"roles"`
	Minted         string   `json:"minted"`  // identity of the portal's credentials
	Assumed        string   `json:"assumed"` // and of AssumeRole's
	Refused        []string `json:"refused"` // the errors' codes, in order
}

// An administrator works with each SDK: makes, reads page by page with the SDK's paginators, waits with its waiters,
// catches its exceptions.
func TestSDKAdministration(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		s := startDemo(t, e, "")
		operator := s.user("SecureCart-Ops")
		var people []string
		for _, u := range s.Users {
			people = append(people, u.Username)
		}
		for _, sdk := range sdkCases {
			t.Run(sdk.name, func(t *testing.T) {
				h := newHome(t)
				h.config(sessionSection(s) + sessionProfile(sdkProfile, s, management, "AdministratorAccess", true))
				tok := s.signInWithPKCE(operator, "scopes")
				h.cacheToken(s, tok)
				do := sdkDoing{Name: "Round-" + sdk.name, InstanceARN: s.InstanceARN, IdentityStoreID: s.IdentityStoreID, AccessToken: tok.AccessToken,
					AccountID: production, Trust: `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"` + management +
						`"},"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{"StringEquals":{"aws:RequestTag/team":"blue"}}}}`}
				seen, err := sdk.tour(t, s, h, do)
				if err != nil {
					t.Fatal(err)
				}
				wantARN(t, seen.Identity, management, "AdministratorAccess", operator.Username)
				wantARN(t, seen.Minted, production, "AdministratorAccess", operator.Username)
				if want := "arn:aws:sts::" + management + ":assumed-role/" + do.Name + "/round"; seen.Assumed != want {
					t.Errorf("AssumeRole gives %s, want %s", seen.Assumed, want)
				}
				wantSet(t, "permission sets", seen.PermissionSets, "AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess", "SecurityAudit", do.Name)
				wantSet(t, "users", seen.Users, append(people, do.Name)...)
				wantSet(t, "accounts of the organization", seen.Organization, management, dev, staging, production)
				wantSet(t, "accounts of the portal", seen.Accounts, management, dev, staging, production)
				wantSet(t, "roles", seen.Roles, "AdministratorAccess")
				if want := []string{"ConflictException", "ResourceNotFoundException", "ConflictException", "ResourceNotFoundException"}; !slices.Equal(seen.Refused, want) {
					t.Errorf("refused with %v, want %v", seen.Refused, want)
				}
				if !seen.Found {
					t.Error("the user is not found by name")
				}
			})
		}
	})
}

// wantSet compares without order; nothing may be missing, too much or there twice.
func wantSet(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	got = slices.Sorted(slices.Values(got))
	want = slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func tourWithJavaScript(t *testing.T, _ *server, h *home, do sdkDoing) (sdkSeen, error) {
	t.Helper()
	return tourFrom(scriptCommand(t, h, "tour.mjs"), do)
}

func tourWithPython(t *testing.T, s *server, h *home, do sdkDoing) (sdkSeen, error) {
	t.Helper()
	return tourFrom(pythonCommand(t, newNetwork(t, s), h, "tour.py"), do)
}

func tourFrom(cmd *exec.Cmd, do sdkDoing) (seen sdkSeen, err error) {
	given, err := json.Marshal(do)
	if err != nil {
		return seen, err
	}
	cmd.Stdin = bytes.NewReader(given)
	out, err := outputOf(cmd)
	if err != nil {
		return seen, err
	}
	if err := json.Unmarshal(out, &seen); err != nil {
		return seen, fmt.Errorf("%q: %w", out, err)
	}
	return seen, nil
}

// goTour is the round with the Go SDK.
type goTour struct {
	t    testing.TB
	cfg  aws.Config
	do   sdkDoing
	seen sdkSeen
}

func tourWithGo(t *testing.T, _ *server, h *home, do sdkDoing) (sdkSeen, error) {
	t.Helper()
	cfg, err := goConfig(t, h)
	if err != nil {
		return sdkSeen{}, err
	}
	g := &goTour{t: t, cfg: cfg, do: do}
	if g.seen.Identity, err = g.who(cfg); err != nil {
		return g.seen, err
	}
	for _, step := range []func() error{g.permissionSets, g.users, g.organization, g.portal, g.assumeRole} {
		if err := step(); err != nil {
			return g.seen, err
		}
	}
	return g.seen, nil
}

func (g *goTour) who(cfg aws.Config) (string, error) {
	out, err := sts.NewFromConfig(cfg).GetCallerIdentity(g.t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Arn), nil
}

// as is who the credentials stand for.
func (g *goTour) as(id, secret, token *string) (string, error) {
	cfg := g.cfg.Copy()
	cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: aws.ToString(id), SecretAccessKey: aws.ToString(secret), SessionToken: aws.ToString(token)}, nil
	})
	return g.who(cfg)
}

// refused notes the code of the error that a call ended with.
func (g *goTour) refused(err error) {
	var refusal smithy.APIError
	switch {
	case errors.As(err, &refusal):
		g.seen.Refused = append(g.seen.Refused, refusal.ErrorCode())
	case err == nil:
		g.seen.Refused = append(g.seen.Refused, "nothing")
	default:
		g.seen.Refused = append(g.seen.Refused, err.Error())
	}
}

func (g *goTour) permissionSets() error {
	ctx, client := g.t.Context(), ssoadmin.NewFromConfig(g.cfg)
	in := &ssoadmin.CreatePermissionSetInput{InstanceArn: &g.do.InstanceARN, Name: &g.do.Name, Description: aws.String("a round"), SessionDuration: aws.String("PT2H"),
		Tags: []admintypes.Tag{{Key: aws.String("round"), Value: &g.do.Name}}}
	made, err := client.CreatePermissionSet(ctx, in)
	if err != nil {
		return err
	}
	_, err = client.CreatePermissionSet(ctx, in)
	if conflict := (*admintypes.ConflictException)(nil); !errors.As(err, &conflict) {
		g.t.Errorf("made twice: %v", err)
	}
	g.refused(err)
	if err := g.listPermissionSets(); err != nil {
		return err
	}
	arn := made.PermissionSet.PermissionSetArn
	if _, err := client.DeletePermissionSet(ctx, &ssoadmin.DeletePermissionSetInput{InstanceArn: &g.do.InstanceARN, PermissionSetArn: arn}); err != nil {
		return err
	}
	_, err = client.DescribePermissionSet(ctx, &ssoadmin.DescribePermissionSetInput{InstanceArn: &g.do.InstanceARN, PermissionSetArn: arn})
	g.refused(err)
	return nil
}

// listPermissionSets reads the names of all permission sets.
func (g *goTour) listPermissionSets() error {
	ctx, client := g.t.Context(), ssoadmin.NewFromConfig(g.cfg)
	pages := ssoadmin.NewListPermissionSetsPaginator(client, &ssoadmin.ListPermissionSetsInput{InstanceArn: &g.do.InstanceARN, MaxResults: aws.Int32(2)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, arn := range page.PermissionSets {
			one, err := client.DescribePermissionSet(ctx, &ssoadmin.DescribePermissionSetInput{InstanceArn: &g.do.InstanceARN, PermissionSetArn: &arn})
			if err != nil {
				return err
			}
			g.seen.PermissionSets = append(g.seen.PermissionSets, aws.ToString(one.PermissionSet.Name))
		}
	}
	return nil
}

func (g *goTour) users() error {
	ctx, client := g.t.Context(), identitystore.NewFromConfig(g.cfg)
	in := &identitystore.CreateUserInput{IdentityStoreId: &g.do.IdentityStoreID, UserName: &g.do.Name, DisplayName: aws.String("A round"),
		Name: &identitytypes.Name{GivenName: aws.String("A"), FamilyName: aws.String("Round")}}
	made, err := client.CreateUser(ctx, in)
	if err != nil {
		return err
	}
	_, err = client.CreateUser(ctx, in)
	if conflict := (*identitytypes.ConflictException)(nil); !errors.As(err, &conflict) {
		g.t.Errorf("made twice: %v", err)
	}
	g.refused(err)
	pages := identitystore.NewListUsersPaginator(client, &identitystore.ListUsersInput{IdentityStoreId: &g.do.IdentityStoreID, MaxResults: aws.Int32(2)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, u := range page.Users {
			g.seen.Users = append(g.seen.Users, aws.ToString(u.UserName))
		}
	}
	found, err := client.GetUserId(ctx, &identitystore.GetUserIdInput{IdentityStoreId: &g.do.IdentityStoreID,
		AlternateIdentifier: &identitytypes.AlternateIdentifierMemberUniqueAttribute{Value: identitytypes.UniqueAttribute{
			AttributePath: aws.String("userName"), AttributeValue: document.NewLazyDocument(g.do.Name)}}})
	if err != nil {
		return err
	}
	g.seen.Found = aws.ToString(found.UserId) == aws.ToString(made.UserId)
	if _, err := client.DeleteUser(ctx, &identitystore.DeleteUserInput{IdentityStoreId: &g.do.IdentityStoreID, UserId: made.UserId}); err != nil {
		return err
	}
	_, err = client.DescribeUser(ctx, &identitystore.DescribeUserInput{IdentityStoreId: &g.do.IdentityStoreID, UserId: made.UserId})
	g.refused(err)
	return nil
}

func (g *goTour) organization() error {
	pages := organizations.NewListAccountsPaginator(organizations.NewFromConfig(g.cfg), &organizations.ListAccountsInput{MaxResults: aws.Int32(3)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(g.t.Context())
		if err != nil {
			return err
		}
		for _, a := range page.Accounts {
			g.seen.Organization = append(g.seen.Organization, aws.ToString(a.Id))
		}
	}
	return nil
}

func (g *goTour) portal() error {
	ctx, client := g.t.Context(), sso.NewFromConfig(g.cfg)
	accounts := sso.NewListAccountsPaginator(client, &sso.ListAccountsInput{AccessToken: &g.do.AccessToken, MaxResults: aws.Int32(1)})
	for accounts.HasMorePages() {
		page, err := accounts.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, a := range page.AccountList {
			g.seen.Accounts = append(g.seen.Accounts, aws.ToString(a.AccountId))
		}
	}
	roles := sso.NewListAccountRolesPaginator(client, &sso.ListAccountRolesInput{AccessToken: &g.do.AccessToken, AccountId: &g.do.AccountID, MaxResults: aws.Int32(1)})
	for roles.HasMorePages() {
		page, err := roles.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, r := range page.RoleList {
			g.seen.Roles = append(g.seen.Roles, aws.ToString(r.RoleName))
		}
	}
	out, err := client.GetRoleCredentials(ctx, &sso.GetRoleCredentialsInput{AccessToken: &g.do.AccessToken, AccountId: &g.do.AccountID,
		RoleName: aws.String(strings.Join(g.seen.Roles, ","))})
	if err != nil {
		return err
	}
	c := out.RoleCredentials
	g.seen.Minted, err = g.as(c.AccessKeyId, c.SecretAccessKey, c.SessionToken)
	return err
}

func (g *goTour) assumeRole() error {
	ctx, client := g.t.Context(), iam.NewFromConfig(g.cfg)
	made, err := client.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &g.do.Name, AssumeRolePolicyDocument: &g.do.Trust})
	if err != nil {
		return err
	}
	if err := iam.NewRoleExistsWaiter(client).Wait(ctx, &iam.GetRoleInput{RoleName: &g.do.Name}, 20*time.Second); err != nil {
		return err
	}
	out, err := sts.NewFromConfig(g.cfg).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: made.Role.Arn, RoleSessionName: aws.String("round"),
		Tags: []ststypes.Tag{{Key: aws.String("team"), Value: aws.String("blue")}}, TransitiveTagKeys: []string{"team"}})
	if err != nil {
		return err
	}
	c := out.Credentials
	if g.seen.Assumed, err = g.as(c.AccessKeyId, c.SecretAccessKey, c.SessionToken); err != nil {
		return err
	}
	_, err = client.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &g.do.Name})
	return err
}
