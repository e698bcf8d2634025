package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
)

// awsVault is a client that is not Amazon's; it too is told nothing but AWS's host names.
type awsVault struct {
	t    *testing.T
	tool string
	net  *network
	home *home
}

func newAWSVault(t *testing.T, s *server) *awsVault {
	t.Helper()
	tool, err := filepath.Abs("../.tools/bin/aws-vault")
	if err != nil {
		t.Fatal(err)
	}
	needFile(t, "aws-vault", tool)
	return &awsVault{t: t, tool: tool, net: newNetwork(t, s), home: newHome(t)}
}

// run gives what the tool printed. When it shows a code for the device page, p approves.
func (v *awsVault) run(p *person, args ...string) string {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.t.Context(), time.Minute)
	defer cancel()
	cmd := v.net.command(ctx, v.tool, args...)
	cmd.Env = v.home.environment("SSL_CERT_FILE="+v.net.caFile(), "AWS_CA_BUNDLE="+v.net.caFile(), "AWS_VAULT_BACKEND=file",
		"AWS_VAULT_FILE_PASSPHRASE=tests", "AWS_VAULT_FILE_DIR="+filepath.Join(v.home.dir, ".awsvault"), namespaceVariable+"="+v.net.dir)
	var stdout strings.Builder
	said := &lockedBuffer{}
	cmd.Stdout, cmd.Stderr = &stdout, said
	if err := cmd.Start(); err != nil {
		v.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	approved := false
	for {
		select {
		case err := <-ended:
			if err != nil {
				v.t.Fatalf("aws-vault %s: %v\n%s", strings.Join(args, " "), err, said)
			}
			return stdout.String()
		case <-time.After(50 * time.Millisecond):
			if code := userCodePattern.FindString(said.String()); code != "" && !approved {
				p.decide("/device?user_code="+code, "allow")
				approved = true
			}
		}
	}
}

// aws-vault signs in with a code, gives its credentials to others, and makes a console link of them.
func TestAWSVault(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		s := startDemo(t, e, "")
		developer := s.user("SecureCart-Developers")
		v := newAWSVault(t, s)
		v.home.config(sessionSection(s) + sessionProfile("SecureCart-Dev", s, dev, "AdministratorAccess", false))

		var creds struct{ AccessKeyId, SecretAccessKey, SessionToken string }
		if err := json.Unmarshal([]byte(v.run(developer, "export", "--format=json", "--stdout", "SecureCart-Dev")), &creds); err != nil {
			t.Fatal(err)
		}
		arn, err := s.whoAmI(aws.Credentials{AccessKeyID: creds.AccessKeyId, SecretAccessKey: creds.SecretAccessKey, SessionToken: creds.SessionToken})
		if err != nil {
			t.Fatal(err)
		}
		wantARN(t, arn, dev, "AdministratorAccess", developer.Username)

		needFile(t, "the AWS CLI of Debian", debianAWS)
		var who struct{ Arn string }
		if err := json.Unmarshal([]byte(v.run(developer, "exec", "SecureCart-Dev", "--", debianAWS, "sts", "get-caller-identity", "--output", "json")), &who); err != nil {
			t.Fatal(err)
		}
		wantARN(t, who.Arn, dev, "AdministratorAccess", developer.Username)

		link := strings.TrimSpace(v.run(developer, "login", "--stdout", "SecureCart-Dev"))
		if !strings.HasPrefix(link, "https://signin.aws.amazon.com/federation?") {
			t.Fatalf("aws-vault login prints %q", link)
		}
		s.checkConsoleLink(t, link, developer)
	})
}

// checkConsoleLink opens a link to the console in a browser without cookies: as it is, with a destination elsewhere,
// and when the person is no more.
func (s *server) checkConsoleLink(t *testing.T, link string, developer *person) {
	t.Helper()
	browser := newPerson(t, s.URL, account{})
	pg := browser.visit(link)
	if pg.Status != 200 || !pg.has("no AWS console") || !pg.has(dev) || !pg.has("AdministratorAccess") || !pg.has("sso_role_name") {
		t.Fatalf("the link shows (%d): %s", pg.Status, pg.text())
	}
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	if destination := query.Get("Destination"); pg.link("console.aws.amazon.com") != destination {
		t.Errorf("the page leads to %q, want %q", pg.link("console.aws.amazon.com"), destination)
	}
	query.Set("Destination", "https://console.aws.amazon.com.evil.example/")
	if bad := browser.visit("/federation?" + query.Encode()); bad.Status != 400 || strings.Contains(bad.Body, "evil.example") {
		t.Errorf("a destination elsewhere (%d): %s", bad.Status, bad.text())
	}

	operator := s.operator()
	ids := identitystore.NewFromConfig(s.awsConfig(operator))
	userID := s.lookUp(ids, developer.Username)
	if _, err := ids.DeleteUser(t.Context(), &identitystore.DeleteUserInput{IdentityStoreId: &s.IdentityStoreID, UserId: &userID}); err != nil {
		t.Fatal(err)
	}
	eventually(t, 10*time.Second, "the end of the link", func() error {
		if pg := browser.visit(link); pg.Status != 410 {
			return fmt.Errorf("%d %s", pg.Status, pg.text())
		}
		return nil
	})
	inDev, err := s.roleCredentials(s.signInWithPKCE(s.user("SecureCart-Ops"), "scopes").AccessToken, dev, "AdministratorAccess")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"GetSigninToken", "ConsoleLogin"} {
		records := s.events(inDev, name)
		if len(records) == 0 {
			t.Errorf("%s is not in the account's trail", name)
			continue
		}
		last := records[len(records)-1]
		elements, _ := last["responseElements"].(map[string]any)
		if last["eventSource"] != "signin.amazonaws.com" || last["eventType"] != "AwsConsoleSignIn" || elements[name] != "Success" {
			t.Errorf("%s is recorded as %v", name, last)
		}
	}
}

// consoleLink are the parameters of a link to the console for a session, asked for with a form as clients with long
// session tokens do.
func (s *server) consoleLink(c aws.Credentials) url.Values {
	s.t.Helper()
	session, err := json.Marshal(map[string]string{"sessionId": c.AccessKeyID, "sessionKey": c.SecretAccessKey, "sessionToken": c.SessionToken})
	if err != nil {
		s.t.Fatal(err)
	}
	form := url.Values{"Action": {"getSigninToken"}, "SessionType": {"json"}, "SessionDuration": {"3600"}, "Session": {string(session)}}
	a := s.send("POST", "/federation", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, []byte(form.Encode()))
	var out struct{ SigninToken string }
	if err := json.Unmarshal([]byte(a.Body), &out); err != nil || out.SigninToken == "" {
		s.t.Fatalf("getSigninToken: %d %s", a.Status, a.Body)
	}
	return url.Values{"Action": {"login"}, "Destination": {"https://console.aws.amazon.com/"}, "SigninToken": {out.SigninToken}}
}
