package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
)

// administratorCLI is the stock AWS CLI, signed in as an administrator of the organization.
type administratorCLI struct {
	*awsCLI
	t        *testing.T
	s        *server
	instance []string // --instance-arn ...
}

const adminProfile = "admin"

func newAdministratorCLI(t *testing.T, s *server) *administratorCLI {
	t.Helper()
	cli := newAWSCLI(t, s)
	cli.home.config(sessionSection(s) + sessionProfile(adminProfile, s, management, "AdministratorAccess", false))
	cli.login(s.user("SecureCart-Ops"), adminProfile)
	return &administratorCLI{awsCLI: cli, t: t, s: s, instance: []string{"--instance-arn", s.InstanceARN}}
}

// aws is a command that has to work, as the administrator.
func (c *administratorCLI) aws(out any, args ...string) {
	c.t.Helper()
	c.must(out, append(args, "--profile", adminProfile)...)
}

// text is what --query picks of an answer, as words.
func (c *administratorCLI) text(args ...string) []string {
	c.t.Helper()
	out, err := c.run(append(args, "--output", "text", "--profile", adminProfile)...)
	if err != nil {
		c.t.Fatal(err)
	}
	return strings.Fields(out)
}

// Scripts that administer the instance with the stock AWS CLI: round trips, its own paging and queries.
func TestCLIAdministration(t *testing.T) {
	c := newAdministratorCLI(t, startDemo(t, engines(t)[0], ""))
	c.permissionSets()
	together(c.accessControl, c.openIDConnectProviders, c.groups)
}

func (c *administratorCLI) permissionSets() {
	c.t.Helper()
	create := append([]string{"sso-admin", "create-permission-set", "--name", "Round", "--description", "a round", "--session-duration", "PT2H",
		"--relay-state", "https://console.aws.amazon.com/s3", "--tags", "Key=round,Value=1"}, c.instance...)
	arn := strings.Join(c.text(append(create, "--query", "PermissionSet.PermissionSetArn")...), " ")
	c.refused("ConflictException", append(create, "--profile", adminProfile)...)
	of := append([]string{"--permission-set-arn", arn}, c.instance...)
	var described struct {
		PermissionSet struct{ Name, Description, SessionDuration, RelayState, PermissionSetArn string }
	}
	c.aws(&described, append([]string{"sso-admin", "describe-permission-set"}, of...)...)
	if p := described.PermissionSet; p.Name != "Round" || p.Description != "a round" || p.SessionDuration != "PT2H" ||
		p.RelayState != "https://console.aws.amazon.com/s3" || p.PermissionSetArn != arn {
		c.t.Errorf("described as %+v", p)
	}

	whole := c.text(append([]string{"sso-admin", "list-permission-sets", "--query", "PermissionSets[]"}, c.instance...)...)
	if len(whole) != 5 || !slices.Contains(whole, arn) {
		c.t.Errorf("the list is %v, want five with %s", whole, arn)
	}
	// The CLI's paging on top of the service's: two items at a time, with pages of one.
	var paged []string
	for token := ""; ; {
		var page struct {
			PermissionSets []string
			NextToken      string
		}
		args := append([]string{"sso-admin", "list-permission-sets", "--max-items", "2", "--page-size", "1"}, c.instance...)
		if token != "" {
			args = append(args, "--starting-token", token)
		}
		c.aws(&page, args...)
		if len(page.PermissionSets) > 2 {
			c.t.Fatalf("%d items, want two at most", len(page.PermissionSets))
		}
		paged = append(paged, page.PermissionSets...)
		if token = page.NextToken; token == "" || len(paged) > len(whole) {
			break
		}
	}
	if !slices.Equal(paged, whole) {
		c.t.Errorf("by pages %v, at once %v", paged, whole)
	}

	c.aws(nil, append([]string{"sso-admin", "attach-managed-policy-to-permission-set", "--managed-policy-arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"}, of...)...)
	names := c.text(append([]string{"sso-admin", "list-managed-policies-in-permission-set", "--query", "AttachedManagedPolicies[].Name"}, of...)...)
	if !slices.Equal(names, []string{"ReadOnlyAccess"}) {
		c.t.Errorf("attached: %v", names)
	}
	c.aws(nil, append([]string{"sso-admin", "delete-permission-set"}, of...)...)
	c.refused("ResourceNotFoundException", append([]string{"sso-admin", "describe-permission-set", "--profile", adminProfile}, of...)...)
}

// accessControl is about attributes that become session tags.
func (c *administratorCLI) accessControl() {
	const attributes = `{"AccessControlAttributes":[{"Key":"department","Value":{"Source":["${path:enterprise.department}"]}}]}`
	describe := append([]string{"sso-admin", "describe-instance-access-control-attribute-configuration"}, c.instance...)
	c.aws(nil, append([]string{"sso-admin", "create-instance-access-control-attribute-configuration",
		"--instance-access-control-attribute-configuration", attributes}, c.instance...)...)
	if got := c.text(append(describe, "--query", "InstanceAccessControlAttributeConfiguration.AccessControlAttributes[].Key")...); !slices.Equal(got, []string{"department"}) {
		c.t.Errorf("access control attributes: %v", got)
	}
	c.aws(nil, append([]string{"sso-admin", "delete-instance-access-control-attribute-configuration"}, c.instance...)...)
	c.refused("ResourceNotFoundException", append(describe, "--profile", adminProfile)...)
}

func (c *administratorCLI) openIDConnectProviders() {
	arn := strings.Join(c.text("iam", "create-open-id-connect-provider", "--url", "https://tokens.securecart.example", "--client-id-list", "shop",
		"--thumbprint-list", strings.Repeat("a1", 20), "--query", "OpenIDConnectProviderArn"), " ")
	if got := c.text("iam", "list-open-id-connect-providers", "--query", "OpenIDConnectProviderList[].Arn"); !slices.Contains(got, arn) {
		c.t.Errorf("providers %v, want %s among them", got, arn)
	}
	if got := c.text("iam", "get-open-id-connect-provider", "--open-id-connect-provider-arn", arn, "--query", "[Url, ClientIDList[0]]"); !slices.Equal(got, []string{"tokens.securecart.example", "shop"}) {
		c.t.Errorf("the provider is %v", got)
	}
	c.aws(nil, "iam", "delete-open-id-connect-provider", "--open-id-connect-provider-arn", arn)
	c.refused("NoSuchEntity", "iam", "get-open-id-connect-provider", "--open-id-connect-provider-arn", arn, "--profile", adminProfile)
}

func (c *administratorCLI) groups() {
	store := []string{"--identity-store-id", c.s.IdentityStoreID}
	id := strings.Join(c.text(append([]string{"identitystore", "create-group", "--display-name", "Round", "--query", "GroupId"}, store...)...), " ")
	groups := append([]string{"identitystore", "list-groups", "--page-size", "2"}, store...)
	if got := c.text(append(groups, "--query", "Groups[].GroupId")...); len(got) != 6 || !slices.Contains(got, id) {
		c.t.Errorf("groups %v, want the demo's five and %s", got, id)
	}
	c.aws(nil, append([]string{"identitystore", "delete-group", "--group-id", id}, store...)...)
	c.refused("ResourceNotFoundException", append([]string{"identitystore", "describe-group", "--group-id", id, "--profile", adminProfile}, store...)...)
}

// Profiles that build on a sign-in: a role taken from it, and credentials exported for programs that know no profiles.
func TestCLIProfileChain(t *testing.T) {
	s := startDemo(t, engines(t)[0], "")
	const chained = "arn:aws:iam::" + production + ":role/deploy"
	c := newAWSCLI(t, s)
	// Version 2.9 does not take a profile with an sso-session as the source of another.
	c.home.config(plainProfile("dev", s, dev, "AdministratorAccess") + plainProfile("production", s, production, "AdministratorAccess") +
		"[profile deploy]\nrole_arn = " + chained + "\nsource_profile = dev\nrole_session_name = chain\nexternal_id = round\nregion = " + region + "\n\n")
	c.login(s.user("SecureCart-Ops"), "dev")
	trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"` + dev + `"},"Action":"sts:AssumeRole",
			"Condition":{"StringEquals":{"sts:ExternalId":"round"}}}}`
	c.must(nil, "iam", "create-role", "--role-name", "deploy", "--assume-role-policy-document", trust, "--profile", "production")
	c.must(nil, "iam", "wait", "role-exists", "--role-name", "deploy", "--profile", "production")
	if got, want := c.identity("deploy"), "arn:aws:sts::"+production+":assumed-role/deploy/chain"; got != want {
		t.Errorf("the chain ends as %s, want %s", got, want)
	}
	c.refused("AccessDenied", "sts", "assume-role", "--role-arn", chained, "--role-session-name", "chain", "--profile", "dev")

	var exported struct {
		Version                                                int
		AccessKeyId, SecretAccessKey, SessionToken, Expiration string
	}
	text, err := c.run("configure", "export-credentials", "--profile", "dev")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(text), &exported); err != nil || exported.Version != 1 || exported.Expiration == "" {
		t.Fatalf("exported %q: %v", text, err)
	}
	// A program that knows nothing but the credentials.
	file := c.home.dir + "/credentials"
	if err := os.WriteFile(file, []byte("[default]\naws_access_key_id = "+exported.AccessKeyId+"\naws_secret_access_key = "+exported.SecretAccessKey+
		"\naws_session_token = "+exported.SessionToken+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.env = append(c.env, "AWS_SHARED_CREDENTIALS_FILE="+file)
	wantARN(t, c.identity("default"), dev, "AdministratorAccess", s.user("SecureCart-Ops").Username)
}

// A member account's own instance, beside the organization's: made, found by the SDK's paginator, and taken away.
func TestAccountInstance(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		s := startDemo(t, e, "")
		token := s.signInWithPKCE(s.user("SecureCart-Developers"), "scopes").AccessToken
		creds, err := s.roleCredentials(token, dev, "AdministratorAccess")
		if err != nil {
			t.Fatal(err)
		}
		client := ssoadmin.NewFromConfig(s.awsConfig(creds))
		instances := func() map[string]types.InstanceStatus {
			t.Helper()
			found := map[string]types.InstanceStatus{}
			pages := ssoadmin.NewListInstancesPaginator(client, &ssoadmin.ListInstancesInput{MaxResults: aws.Int32(1)})
			for pages.HasMorePages() {
				page, err := pages.NextPage(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				for _, i := range page.Instances {
					found[aws.ToString(i.InstanceArn)] = i.Status
				}
			}
			return found
		}
		made, err := client.CreateInstance(t.Context(), &ssoadmin.CreateInstanceInput{Name: aws.String("Round")})
		if err != nil {
			t.Fatal(err)
		}
		own := aws.ToString(made.InstanceArn)
		eventually(t, 20*time.Second, "the instance", func() error {
			if found := instances(); found[own] != types.InstanceStatusActive || len(found) != 2 || found[s.InstanceARN] == "" {
				return fmt.Errorf("%v", found)
			}
			return nil
		})
		if _, err := client.DeleteInstance(t.Context(), &ssoadmin.DeleteInstanceInput{InstanceArn: &own}); err != nil {
			t.Fatal(err)
		}
		eventually(t, 20*time.Second, "the end of the instance", func() error {
			if found := instances(); len(found) != 1 {
				return fmt.Errorf("%v", found)
			}
			return nil
		})
	})
}
