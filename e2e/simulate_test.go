package e2e

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// evaluation is what the tests look at in a result of the simulator.
type evaluation struct {
	EvalActionName, EvalResourceName, EvalDecision string
	MatchedStatements                              []struct {
		SourcePolicyId, SourcePolicyType string
		StartPosition, EndPosition       struct{ Line, Column int }
	}
	MissingContextValues              []string
	OrganizationsDecisionDetail       *struct{ AllowedByOrganizations bool }
	PermissionsBoundaryDecisionDetail *struct{ AllowedByPermissionsBoundary bool }
	EvalDecisionDetails               map[string]string
	ResourceSpecificResults           []struct{ EvalResourceName, EvalResourceDecision string }
}

// decisions are the decisions of results in a row, with the policies that settled them.
func decisions(results []evaluation) string {
	var out []string
	for _, r := range results {
		text := r.EvalDecision
		for _, s := range r.MatchedStatements {
			text += " " + s.SourcePolicyId
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func (c *awsCLI) simulate(args ...string) []evaluation {
	c.t.Helper()
	var out struct{ EvaluationResults []evaluation }
	c.must(&out, append([]string{"iam"}, args...)...)
	return out.EvaluationResults
}

// The policy simulator with the stock AWS CLI: on documents, and on the roles that people really use.
func TestSimulate(t *testing.T) {
	s := startDemo(t, engines(t)[0], "")
	cli := newAWSCLI(t, s)
	cli.home.config(plainProfile("management", s, management, "AdministratorAccess") + plainProfile("production", s, production, "AdministratorAccess"))
	cli.login(s.user("SecureCart-Ops"), "production")
	cli.simulateDocuments()

	var roles struct {
		Roles []struct{ RoleName, Arn string }
	}
	cli.must(&roles, "iam", "list-roles", "--path-prefix", "/aws-reserved/", "--profile", "production")
	role := func(permissionSet string) string {
		i := slices.IndexFunc(roles.Roles, func(r struct{ RoleName, Arn string }) bool {
			return strings.HasPrefix(r.RoleName, "AWSReservedSSO_"+permissionSet+"_")
		})
		if i < 0 {
			t.Fatalf("no role for %s in %+v", permissionSet, roles)
		}
		return roles.Roles[i].Arn
	}
	t.Run("roles", func(t *testing.T) { cli.simulateRoles(role("ReadOnlyAccess"), role("AdministratorAccess")) })
	t.Run("context keys", func(t *testing.T) { cli.askContextKeys(role("SecurityAudit")) })
}

func (c *awsCLI) simulateDocuments() {
	c.t.Helper()
	const document = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}`
	custom := func(more ...string) []evaluation {
		return c.simulate(append([]string{"simulate-custom-policy", "--policy-input-list", document, "--action-names", "dynamodb:CreateBackup", "--profile", "production"}, more...)...)
	}
	at := func(time string) string {
		return "ContextKeyName=aws:CurrentTime,ContextKeyValues=" + time + ",ContextKeyType=date"
	}
	const object = "arn:aws:s3:::bucket/key"
	var later, earlier, never, bounded, across []evaluation
	var complaint string
	together(func() {
		// The two examples of the CLI's own documentation.
		later = custom("--context-entries", at("2019-04-25T11:00:00Z"))
		earlier = custom("--context-entries", at("2014-04-25T11:00:00Z"))
		never = custom()
	}, func() {
		bounded = custom("--context-entries", at("2019-04-25T11:00:00Z"), "--permissions-boundary-policy-input-list",
			`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`)
		across = c.simulate("simulate-custom-policy", "--profile", "production", "--action-names", "s3:GetObject", "--resource-arns", object,
			"--policy-input-list", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`,
			"--caller-arn", "arn:aws:iam::444444444444:user/bob", "--resource-owner", "arn:aws:iam::222222222222:root",
			"--resource-policy", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444444444444:user/bob"},"Action":"s3:GetObject","Resource":"`+object+`"}}`)
		complaint = c.refused("InvalidInput", "iam", "simulate-custom-policy", "--policy-input-list", "{}", "--action-names", "s3:GetObject", "--profile", "production")
	})
	if c.t.Failed() {
		c.t.FailNow()
	}
	if decisions(later) != "allowed PolicyInputList.1" || later[0].EvalResourceName != "*" || later[0].MatchedStatements[0].EndPosition.Column != 167 || len(later[0].MissingContextValues) != 0 {
		c.t.Errorf("after the date: %+v", later)
	}
	if decisions(earlier) != "implicitDeny" {
		c.t.Errorf("before the date: %+v", earlier)
	}
	if decisions(never) != "implicitDeny" || !slices.Equal(never[0].MissingContextValues, []string{"aws:CurrentTime"}) {
		c.t.Errorf("at no time: %+v", never)
	}
	if b := bounded[0].PermissionsBoundaryDecisionDetail; decisions(bounded) != "implicitDeny" || b == nil || b.AllowedByPermissionsBoundary {
		c.t.Errorf("with a boundary: %+v", bounded)
	}
	if d := across[0].EvalDecisionDetails; decisions(across) != "allowed ResourcePolicy PolicyInputList.1" || d["IAM Policy"] != "allowed" || d["Resource Policy"] != "allowed" ||
		len(across[0].ResourceSpecificResults) != 1 || across[0].ResourceSpecificResults[0].EvalResourceName != object {
		c.t.Errorf("across accounts: %+v", across)
	}
	if !strings.Contains(complaint, "Syntax errors in policy.") {
		c.t.Errorf("no policy: %s", complaint)
	}
}

func (c *awsCLI) simulateRoles(reader, admin string) {
	c.t.Helper()
	principal := func(source string, more ...string) []evaluation {
		return c.simulate(append([]string{"simulate-principal-policy", "--policy-source-arn", source, "--action-names", "s3:GetObject", "s3:PutObject", "--profile", "production"}, more...)...)
	}
	if got := decisions(principal(reader)); got != "allowed ReadOnlyAccess, implicitDeny" {
		c.t.Errorf("ReadOnlyAccess: %s", got)
	}
	if got := decisions(principal(admin, "--max-items", "1")); got != "allowed AdministratorAccess" {
		c.t.Errorf("the first page: %s", got)
	}
	pathless := "arn:aws:iam::" + production + ":role" + reader[strings.LastIndexByte(reader, '/'):]
	if got := decisions(principal(pathless)); got != "allowed ReadOnlyAccess, implicitDeny" {
		c.t.Errorf("without the path: %s", got)
	}

	c.guard(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:Get*","Resource":"*"}}`)
	got := principal(admin)
	if decisions(got) != "explicitDeny, allowed AdministratorAccess" || got[0].OrganizationsDecisionDetail == nil || got[0].OrganizationsDecisionDetail.AllowedByOrganizations ||
		!got[1].OrganizationsDecisionDetail.AllowedByOrganizations {
		c.t.Errorf("under a service control policy: %+v", got)
	}
	complaint := c.refused("NoSuchEntity", "iam", "simulate-principal-policy", "--policy-source-arn", "arn:aws:iam::444444444444:user/bob", "--action-names", "s3:GetObject", "--profile", "production")
	if !strings.Contains(complaint, "The user with name bob cannot be found.") {
		c.t.Errorf("a user: %s", complaint)
	}
	c.refused("AccessDenied", "iam", "simulate-principal-policy", "--policy-source-arn", admin, "--action-names", "s3:GetObject", "--profile", "management")
}

// guard attaches a service control policy to Production.
func (c *awsCLI) guard(document string) {
	c.t.Helper()
	var made struct {
		Policy struct{ PolicySummary struct{ Id string } }
	}
	c.must(&made, "organizations", "create-policy", "--type", "SERVICE_CONTROL_POLICY", "--name", "Guard", "--description", "for a test", "--content", document, "--profile", "management")
	c.must(nil, "organizations", "attach-policy", "--policy-id", made.Policy.PolicySummary.Id, "--target-id", production, "--profile", "management")
}

func (c *awsCLI) askContextKeys(role string) {
	c.t.Helper()
	const document = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}}`
	var out struct{ ContextKeyNames []string }
	c.must(&out, "iam", "get-context-keys-for-custom-policy", "--policy-input-list", document, "--profile", "production")
	if want := []string{"aws:SourceIp", "aws:username"}; !slices.Equal(out.ContextKeyNames, want) {
		c.t.Errorf("keys %v, want %v", out.ContextKeyNames, want)
	}
	c.must(&out, "iam", "get-context-keys-for-principal-policy", "--policy-source-arn", role, "--policy-input-list", document, "--profile", "production")
	if !slices.Contains(out.ContextKeyNames, "aws:username") {
		c.t.Errorf("keys of %s: %v", role, out.ContextKeyNames)
	}
}

// Whoever is refused can have it explained by somebody who may: the message in the answer's header decodes
// with the stock AWS CLI, in the account of the refused and in the management account, and nowhere else.
func TestDecodeAuthorizationMessage(t *testing.T) {
	s := startDemo(t, engines(t)[0], "")
	cli := newAWSCLI(t, s)
	profiles := ""
	for name, id := range map[string]string{"management": management, "production": production, "dev": dev} {
		profiles += plainProfile(name, s, id, "AdministratorAccess")
	}
	cli.home.config(profiles)
	cli.login(s.user("SecureCart-Ops"), "production")
	developer := s.user("SecureCart-Developers")
	credentials, err := s.roleCredentials(s.signInWithPKCE(developer, "scopes").AccessToken, production, "ReadOnlyAccess")
	if err != nil {
		t.Fatal(err)
	}
	message := s.refusedMessage(credentials)

	type decodedMessage struct {
		Allowed, ExplicitDeny bool
		MatchedStatements     struct {
			Items []struct{ StatementId, SourcePolicyType string }
		}
		Context struct {
			Principal        struct{ Id, Arn string }
			Action, Resource string
			Conditions       struct {
				Items []struct {
					Key    string
					Values struct{ Items []struct{ Value string } }
				}
			}
		}
	}
	decode := func(message, profile string) decodedMessage {
		t.Helper()
		var out struct{ DecodedMessage string }
		cli.must(&out, "sts", "decode-authorization-message", "--encoded-message", message, "--profile", profile)
		var d decodedMessage
		if err := json.Unmarshal([]byte(out.DecodedMessage), &d); err != nil {
			t.Fatalf("%s: %v", out.DecodedMessage, err)
		}
		return d
	}
	d := decode(message, "production")
	wantARN(t, d.Context.Principal.Arn, production, "ReadOnlyAccess", developer.Username)
	if d.Allowed || d.ExplicitDeny || len(d.MatchedStatements.Items) != 0 || d.Context.Action != "iam:CreateRole" || d.Context.Resource != "arn:aws:iam::444444444444:role/backdoor" ||
		!strings.HasSuffix(d.Context.Principal.Id, ":"+developer.Username) {
		t.Errorf("decoded %+v", d)
	}
	account := ""
	for _, c := range d.Context.Conditions.Items {
		if c.Key == "aws:PrincipalAccount" {
			account = c.Values.Items[0].Value
		}
	}
	if account != production {
		t.Errorf("aws:PrincipalAccount is %q in %+v", account, d.Context.Conditions)
	}
	decode(message, "management")
	cli.refused("InvalidAuthorizationMessageException", "sts", "decode-authorization-message", "--encoded-message", message, "--profile", "dev")
	cli.refused("InvalidAuthorizationMessageException", "sts", "decode-authorization-message", "--encoded-message", message[:len(message)-4], "--profile", "production")

	// Of a service control policy the account learns that it denied; what it says is for the management account.
	cli.guard(`{"Version":"2012-10-17","Statement":{"Sid":"NoRoles","Effect":"Deny","Action":"iam:CreateRole","Resource":"*"}}`)
	message = s.refusedMessage(credentials)
	if d = decode(message, "production"); !d.ExplicitDeny || len(d.MatchedStatements.Items) != 0 {
		t.Errorf("the account sees %+v", d)
	}
	if d = decode(message, "management"); len(d.MatchedStatements.Items) != 1 || d.MatchedStatements.Items[0].StatementId != "NoRoles" ||
		d.MatchedStatements.Items[0].SourcePolicyType != "Service Control Policy" {
		t.Errorf("the management account sees %+v", d)
	}
}

// refusedMessage is the authorization message of a call that the credentials do not allow.
func (s *server) refusedMessage(c aws.Credentials) string {
	s.t.Helper()
	_, err := iam.NewFromConfig(s.awsConfig(c)).CreateRole(s.t.Context(), &iam.CreateRoleInput{
		RoleName: aws.String("backdoor"), AssumeRolePolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[]}`),
	})
	var refused *awshttp.ResponseError
	if !errors.As(err, &refused) || refused.HTTPStatusCode() != 403 {
		s.t.Fatalf("CreateRole: %v", err)
	}
	message := refused.Response.Header.Get("X-Gatehouse-Authorization-Message")
	if message == "" {
		s.t.Fatalf("no message in %v", refused.Response.Header)
	}
	return message
}
