package e2e

import (
	"context"
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// The main job: a developer signs in once with the stock AWS CLI, works, and signs out.
func TestCLILogin(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		s := startDemo(t, e, "")
		developer := s.user("SecureCart-Developers")
		cli := newAWSCLI(t, s)
		cli.home.config(plainProfile("SecureCart-Dev", s, dev, "AdministratorAccess") +
			plainProfile("SecureCart-Production", s, production, "ReadOnlyAccess") +
			plainProfile("SecureCart-Forbidden", s, production, "AdministratorAccess") +
			sessionSection(s) + sessionProfile("SecureCart-Session", s, staging, "PowerUserAccess", false))

		if out, err := cli.run("sts", "get-caller-identity", "--profile", "SecureCart-Dev"); err == nil {
			t.Fatalf("works before the login: %s", out)
		}
		cli.login(developer, "SecureCart-Dev")

		wantARN(t, cli.identity("SecureCart-Dev"), dev, "AdministratorAccess", developer.Username)
		wantARN(t, cli.identity("SecureCart-Production"), production, "ReadOnlyAccess", developer.Username)
		cli.refused("ForbiddenException", "sts", "get-caller-identity", "--profile", "SecureCart-Forbidden")

		sentence := cli.refused("AccessDenied", "iam", "create-role", "--role-name", "backdoor",
			"--assume-role-policy-document", `{"Version":"2012-10-17","Statement":[]}`, "--profile", "SecureCart-Production")
		want := regexp.MustCompile(`User: arn:aws:sts::444444444444:assumed-role/AWSReservedSSO_ReadOnlyAccess_[0-9a-f]{16}/` +
			regexp.QuoteMeta(developer.Username) + ` is not authorized to perform: iam:CreateRole on resource: ` +
			`arn:aws:iam::444444444444:role/backdoor because no identity-based policy allows the iam:CreateRole action`)
		if !want.MatchString(sentence) {
			t.Errorf("the refusal is %q, want AWS's sentence %s", sentence, want)
		}

		// A profile with an sso-session: the browser is signed in already and only asks for consent.
		cli.login(developer, "SecureCart-Session")
		wantARN(t, cli.identity("SecureCart-Session"), staging, "PowerUserAccess", developer.Username)

		cli.must(nil, "sso", "logout")
		for _, profile := range []string{"SecureCart-Dev", "SecureCart-Session"} {
			if out, err := cli.run("sts", "get-caller-identity", "--profile", profile); err == nil {
				t.Errorf("%s works after the logout: %s", profile, out)
			}
		}
	})
}

// Whoever kept a copy of the token has nothing after `aws sso logout`.
func TestLogoutEndsTheToken(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		s := startDemo(t, e, "")
		cli := newAWSCLI(t, s)
		cli.home.config(sessionSection(s) + sessionProfile("SecureCart-Dev", s, dev, "AdministratorAccess", false))
		cli.login(s.user("SecureCart-Developers"), "SecureCart-Dev")
		stolen := cli.home.readToken()
		cli.must(nil, "sso", "logout")
		if status, body := s.portal(stolen.AccessToken, "/assignment/accounts"); status != 401 {
			t.Errorf("the token still works after logout: %d %s", status, body)
		}
		if _, failure := s.token(map[string]any{"grantType": "refresh_token", "clientId": stolen.ClientID,
			"clientSecret": stolen.ClientSecret, "refreshToken": stolen.RefreshToken}); failure == nil {
			t.Error("the refresh token still works after logout")
		}
	})
}

// Denying on the device page ends the login with AWS's error.
func TestCLILoginDenied(t *testing.T) {
	s := startDemo(t, engines(t)[0], "")
	cli := newAWSCLI(t, s)
	cli.home.config(plainProfile("SecureCart-Dev", s, dev, "AdministratorAccess"))
	l := cli.startLogin("SecureCart-Dev")
	if pg := s.user("SecureCart-Developers").decide("/device?user_code="+l.Code, "deny"); !pg.has("Refused") {
		t.Errorf("the device page ends with: %s", pg.text())
	}
	err := l.wait()
	if err == nil {
		t.Fatal("the login works though it was denied")
	}
	if !strings.Contains(err.Error(), "AccessDeniedException") {
		t.Errorf("the login ends with %v, want AccessDeniedException", err)
	}
}

// aws-vault is a client that is not Amazon's; it too is told nothing but AWS's host names.
func TestAWSVault(t *testing.T) {
	tool, err := filepath.Abs("../.tools/bin/aws-vault")
	if err != nil {
		t.Fatal(err)
	}
	needFile(t, "aws-vault", tool)
	onEachEngine(t, func(t *testing.T, e engine) {
		s := startDemo(t, e, "")
		developer := s.user("SecureCart-Developers")
		n, h := newNetwork(t, s), newHome(t)
		h.config(sessionSection(s) + sessionProfile("SecureCart-Dev", s, dev, "AdministratorAccess", false))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		cmd := n.command(ctx, tool, "export", "--format=json", "--stdout", "SecureCart-Dev")
		cmd.Env = h.environment("SSL_CERT_FILE="+n.caFile(), "AWS_VAULT_BACKEND=file", "AWS_VAULT_FILE_PASSPHRASE=tests",
			"AWS_VAULT_FILE_DIR="+filepath.Join(h.dir, ".awsvault"), namespaceVariable+"="+n.dir)
		var stdout strings.Builder
		said := &lockedBuffer{}
		cmd.Stdout, cmd.Stderr = &stdout, said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		code := ""
		for code == "" {
			select {
			case err := <-ended:
				t.Fatalf("aws-vault shows no code: %v\n%s", err, said)
			case <-time.After(50 * time.Millisecond):
				code = userCodePattern.FindString(said.String())
			}
		}
		developer.decide("/device?user_code="+code, "allow")
		if err := <-ended; err != nil {
			t.Fatalf("aws-vault export: %v\n%s", err, said)
		}
		var out struct{ AccessKeyId, SecretAccessKey, SessionToken string }
		if err := json.Unmarshal([]byte(stdout.String()), &out); err != nil {
			t.Fatalf("aws-vault printed %q: %v", stdout.String(), err)
		}
		arn, err := s.whoAmI(aws.Credentials{AccessKeyID: out.AccessKeyId, SecretAccessKey: out.SecretAccessKey, SessionToken: out.SessionToken})
		if err != nil {
			t.Fatal(err)
		}
		wantARN(t, arn, dev, "AdministratorAccess", developer.Username)
	})
}

// wantARN checks that arn is the person's session in the role of the permission set.
func wantARN(t testing.TB, arn, accountID, permissionSet, username string) {
	t.Helper()
	if want := rolePattern(accountID, permissionSet, username); !regexp.MustCompile(want).MatchString(arn) {
		t.Errorf("identity %s, want %s", arn, want)
	}
}
