package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	ssotypes "github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
)

// gatehouseResult is one run of the program.
type gatehouseResult struct {
	stdout, stderr string
	exit           int
}

// runGatehouse runs a command of the program to its end.
func runGatehouse(t *testing.T, env []string, args ...string) gatehouseResult {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, gatehouse(t), args...)
	cmd.Env = append(cleanEnvironment(), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return gatehouseResult{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// breakGlass are administrator credentials of an account, as environment variables and for an SDK.
func breakGlass(t *testing.T, s *server, dir, accountID string) ([]string, aws.Config) {
	t.Helper()
	r := runGatehouse(t, nil, "admin", "credentials", "--data", dir, "--account", accountID)
	var creds struct{ AccessKeyId, SecretAccessKey, SessionToken string }
	if err := json.Unmarshal([]byte(r.stdout), &creds); err != nil {
		t.Fatalf("%v\n%s", err, r.stderr)
	}
	return []string{"AWS_ACCESS_KEY_ID=" + creds.AccessKeyId, "AWS_SECRET_ACCESS_KEY=" + creds.SecretAccessKey,
			"AWS_SESSION_TOKEN=" + creds.SessionToken, "AWS_REGION=" + region, "AWS_EC2_METADATA_DISABLED=true"},
		aws.Config{Region: region, BaseEndpoint: aws.String(s.URL),
			Credentials: credentials.NewStaticCredentialsProvider(creds.AccessKeyId, creds.SecretAccessKey, creds.SessionToken)}
}

const securecartTest = "../examples/securecart/access.test"

// What SecureCart promises about access holds against the running organization and against an export of it, stops
// holding when an assignment goes, and is unknown where a condition cannot be decided.
func TestAccessTests(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		dir := t.TempDir()
		s := startDemo(t, e, dir)
		live := runGatehouse(t, nil, "test", securecartTest, "--data", dir)
		if live.exit != 0 || live.stderr != "" || !strings.Contains(live.stdout, " 0 failed, 0 unknown") || strings.Count(live.stdout, "✓") < 15 {
			t.Fatalf("exit %d\n%s%s", live.exit, live.stdout, live.stderr)
		}

		export := filepath.Join(t.TempDir(), "organization.yaml")
		if r := runGatehouse(t, nil, "export", "--data", dir, "-o", export); r.exit != 0 || r.stderr != "" {
			t.Fatalf("exit %d\n%s", r.exit, r.stderr)
		}
		before, err := os.ReadFile(export)
		if err != nil {
			t.Fatal(err)
		}
		if again := runGatehouse(t, nil, "export", "--data", dir); again.stdout != string(before) {
			t.Errorf("two exports differ:\n%s\n%s", before, again.stdout)
		}
		offline := func() gatehouseResult {
			return runGatehouse(t, nil, "test", securecartTest, "--organization", export)
		}
		if r := offline(); r != live {
			t.Errorf("offline: exit %d\n%s%s\nlive:\n%s", r.exit, r.stdout, r.stderr, live.stdout)
		}

		accessTestOverAWS(t, s, dir)

		breakSupport(t, s, dir)
		broken := runGatehouse(t, nil, "test", securecartTest, "--data", dir, "--junit", filepath.Join(t.TempDir(), "report.xml"))
		if broken.exit != 1 || strings.Count(broken.stdout, "✗") != 1 || !strings.Contains(broken.stdout, "group SecureCart-Support holds no permission set in Production") {
			t.Errorf("without the assignment: exit %d\n%s%s", broken.exit, broken.stdout, broken.stderr)
		}
		if r := offline(); r.exit != 0 {
			t.Errorf("the export from before changed its mind:\n%s", r.stdout)
		}
		accessTestUnknown(t, s, dir)
	})
}

// accessTestOverAWS asks over the network with ordinary AWS credentials, as one would ask Amazon.
func accessTestOverAWS(t *testing.T, s *server, dir string) {
	t.Helper()
	env, _ := breakGlass(t, s, dir, management)
	r := runGatehouse(t, env, "test", securecartTest, "--endpoint-url", s.URL)
	if r.exit != 0 || !strings.Contains(r.stderr, "no member account was looked into") {
		t.Errorf("without a way into the member accounts: exit %d\n%s%s", r.exit, r.stdout, r.stderr)
	}

	// A role in one of the accounts, which the management account may assume.
	_, inDev := breakGlass(t, s, dir, dev)
	client := iam.NewFromConfig(inDev)
	trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + management + `:root"},"Action":"sts:AssumeRole"}}`
	if _, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("Reader"), AssumeRolePolicyDocument: &trust}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.AttachRolePolicy(t.Context(), &iam.AttachRolePolicyInput{RoleName: aws.String("Reader"), PolicyArn: aws.String("arn:aws:iam::aws:policy/IAMReadOnlyAccess")}); err != nil {
		t.Fatal(err)
	}
	r = runGatehouse(t, env, "export", "--endpoint-url", s.URL, "--member-role", "Reader")
	if r.exit != 0 || !strings.Contains(r.stdout, "arn:aws:iam::"+dev+":role/aws-reserved/") || strings.Contains(r.stdout, "arn:aws:iam::"+staging+":role/aws-reserved/") ||
		!strings.Contains(r.stderr, "account Staging was not looked into") || strings.Contains(r.stderr, "account Dev") {
		t.Errorf("with a way into Dev: exit %d\n%s%s", r.exit, r.stdout, r.stderr)
	}
}

// breakSupport takes the support team's access away and waits until it is gone.
func breakSupport(t *testing.T, s *server, dir string) {
	t.Helper()
	ctx := t.Context()
	_, cfg := breakGlass(t, s, dir, management)
	sso := ssoadmin.NewFromConfig(cfg)
	groups, err := identitystore.NewFromConfig(cfg).ListGroups(ctx, &identitystore.ListGroupsInput{IdentityStoreId: &s.IdentityStoreID})
	if err != nil {
		t.Fatal(err)
	}
	group := ""
	for _, g := range groups.Groups {
		if *g.DisplayName == "SecureCart-Support" {
			group = *g.GroupId
		}
	}
	held, err := sso.ListAccountAssignmentsForPrincipal(ctx, &ssoadmin.ListAccountAssignmentsForPrincipalInput{
		InstanceArn: &s.InstanceARN, PrincipalId: &group, PrincipalType: ssotypes.PrincipalTypeGroup})
	if err != nil || len(held.AccountAssignments) != 1 {
		t.Fatal(err, held)
	}
	a := held.AccountAssignments[0]
	deleted, err := sso.DeleteAccountAssignment(ctx, &ssoadmin.DeleteAccountAssignmentInput{InstanceArn: &s.InstanceARN, PermissionSetArn: a.PermissionSetArn,
		PrincipalId: &group, PrincipalType: ssotypes.PrincipalTypeGroup, TargetId: a.AccountId, TargetType: ssotypes.TargetTypeAwsAccount})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, 30*time.Second, "the end of the assignment", func() error {
		out, err := sso.DescribeAccountAssignmentDeletionStatus(ctx, &ssoadmin.DescribeAccountAssignmentDeletionStatusInput{
			InstanceArn: &s.InstanceARN, AccountAssignmentDeletionRequestId: deleted.AccountAssignmentDeletionStatus.RequestId})
		if err != nil {
			return err
		}
		if status := out.AccountAssignmentDeletionStatus.Status; status != ssotypes.StatusValuesSucceeded {
			return fmt.Errorf("%s", status)
		}
		return nil
	})
}

// accessTestUnknown fences Production by address: then only a sentence that says from where can be decided.
func accessTestUnknown(t *testing.T, s *server, dir string) {
	t.Helper()
	_, cfg := breakGlass(t, s, dir, management)
	orgs := organizations.NewFromConfig(cfg)
	fence, err := orgs.CreatePolicy(t.Context(), &organizations.CreatePolicyInput{
		Name: aws.String("Fence"), Description: aws.String("Production from the office only"), Type: types.PolicyTypeServiceControlPolicy,
		Content: aws.String(`{"Version":"2012-10-17","Statement":{"Sid":"Office","Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}}`),
	})
	if err == nil {
		_, err = orgs.AttachPolicy(t.Context(), &organizations.AttachPolicyInput{PolicyId: fence.Policy.PolicySummary.Id, TargetId: aws.String(production)})
	}
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "fence.test")
	sentences := "dana can s3:GetObject on arn:aws:s3:::orders/1 in Production\n" +
		"dana cannot s3:GetObject on arn:aws:s3:::orders/1 in Production\n" +
		"dana can s3:GetObject on arn:aws:s3:::orders/1 in Production from 192.0.2.7\n" +
		"dana cannot s3:GetObject on arn:aws:s3:::orders/1 in Production from 198.51.100.7\n" +
		"dana cannot s3:PutObject in Production\n"
	if err := os.WriteFile(file, []byte(sentences), 0o600); err != nil {
		t.Fatal(err)
	}
	r := runGatehouse(t, nil, "test", file, "--data", dir)
	if r.exit != 1 || strings.Count(r.stdout, "  ? ") != 2 || !strings.Contains(r.stdout, "3 passed, 0 failed, 2 unknown") ||
		!strings.Contains(r.stdout, "it hangs on aws:SourceIp: statement 1 (Office) of the service control policy Fence") {
		t.Errorf("exit %d\n%s%s", r.exit, r.stdout, r.stderr)
	}
	if r := runGatehouse(t, nil, "test", file, "--data", dir, "--allow-unknown"); r.exit != 0 {
		t.Errorf("with --allow-unknown: exit %d\n%s%s", r.exit, r.stdout, r.stderr)
	}
}

// `policy evaluate` answers through a pipe, each case before it is given the next.
func TestPolicyEvaluateAnswersAtOnce(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, gatehouse(t), "policy", "evaluate")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewScanner(stdout)
	for i, effect := range []string{"Allow", "Deny", "Allow"} {
		_, err := fmt.Fprintf(stdin, `{"id":%d,"request":{"principal":"arn:aws:iam::%[2]s:user/u","principal_type":"user","action":"s3:GetObject","resource":"arn:aws:s3:::b/k","resource_account":"%[2]s"},`+
			`"policies":{"identity":[{"Version":"2012-10-17","Statement":{"Effect":"%[3]s","Action":"*","Resource":"*"}}]}}`+"\n", i, dev, effect)
		if err != nil {
			t.Fatal(err)
		}
		if !answers.Scan() {
			t.Fatalf("no answer to case %d: %v", i, answers.Err())
		}
		var answer struct {
			ID               int
			Decision, Reason string
		}
		if err := json.Unmarshal(answers.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"Allow": "allowed", "Deny": "denied(explicit)"}[effect]
		if answer.ID != i || answer.Decision != want || answer.Reason == "" {
			t.Errorf("case %d: %+v, want %s", i, answer, want)
		}
	}
	if err := stdin.Close(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}
