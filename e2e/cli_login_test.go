package e2e

import (
	"regexp"
	"strings"
	"testing"
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

// wantARN checks that arn is the person's session in the role of the permission set.
func wantARN(t testing.TB, arn, accountID, permissionSet, username string) {
	t.Helper()
	if want := rolePattern(accountID, permissionSet, username); !regexp.MustCompile(want).MatchString(arn) {
		t.Errorf("identity %s, want %s", arn, want)
	}
}
