package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// portalVisit is what e2e/node/portal.mjs saw in Chromium.
type portalVisit struct {
	Accounts []struct {
		ID    string   `json:"id"`
		Roles []string `json:"roles"`
	} `json:"accounts"`
	Problems    []string          `json:"problems"`
	Environment map[string]string `json:"environment"`
	Values      map[string]string `json:"values"`
	Copied      string            `json:"copied"`
	Approved    string            `json:"approved"`
	SignedOut   string            `json:"signedOut"`
}

// A person with a browser signs in with password and code, sees the accounts, copies credentials that
// work, and approves a device; no page breaks its own content policy or overflows a phone.
func TestPortalInABrowser(t *testing.T) {
	needFile(t, "Chromium", "/usr/bin/chromium")
	onEachEngine(t, func(t *testing.T, e engine) {
		s := startDemo(t, e, "")
		developer := s.user("SecureCart-Developers")
		client := s.register(map[string]any{"clientName": "a browser test", "clientType": "public", "scopes": []string{"sso:account:access"}})
		device := s.startDevice(client)
		visit := visitPortal(t, s, developer, device.UserCode)

		for _, problem := range visit.Problems {
			t.Errorf("the browser reports: %s", problem)
		}
		roles := map[string][]string{}
		for _, a := range visit.Accounts {
			roles[a.ID] = a.Roles
		}
		for id, role := range map[string]string{dev: "AdministratorAccess", staging: "PowerUserAccess", production: "ReadOnlyAccess"} {
			if !slices.Equal(roles[id], []string{role}) {
				t.Errorf("account %s shows the roles %v, want %s alone", id, roles[id], role)
			}
		}
		if len(roles) != 3 {
			t.Errorf("the portal shows %d accounts, want 3: %v", len(roles), roles)
		}
		if !strings.Contains(visit.Values["profile"], "sso_session") {
			t.Errorf("the profile to paste is %q", visit.Values["profile"])
		}
		shown := aws.Credentials{AccessKeyID: visit.Values["access-key-id"], SecretAccessKey: visit.Values["secret-access-key"],
			SessionToken: visit.Values["session-token"]}
		for what, c := range map[string]aws.Credentials{"shown": shown, "copied": exported(visit.Copied)} {
			arn, err := s.whoAmI(c)
			if err != nil {
				t.Errorf("the credentials %s do not work: %v", what, err)
				continue
			}
			wantARN(t, arn, dev, "AdministratorAccess", developer.Username)
		}
		if len(visit.Environment) < 3 {
			t.Errorf("environment variables for %d shells, want bash, PowerShell and cmd", len(visit.Environment))
		}
		if visit.Approved != "Approved" || visit.SignedOut != "You are signed out" {
			t.Errorf("the last pages say %q and %q", visit.Approved, visit.SignedOut)
		}
		if _, failure := s.pollOnce(client, device); failure == nil {
			t.Error("signing out of the portal leaves the device it approved signed in")
		}
	})
}

func visitPortal(t *testing.T, s *server, p *person, userCode string) portalVisit {
	t.Helper()
	pictures := artifactDir(t)
	if pictures == "" {
		pictures = t.TempDir()
	}
	pictures, err := filepath.Abs(pictures)
	if err != nil {
		t.Fatal(err)
	}
	given, err := json.Marshal(map[string]string{"url": s.URL, "username": p.Username, "password": p.Password,
		"totpSecret": p.TOTPSecret, "account": dev, "userCode": userCode, "artifacts": pictures})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	args := nodeCommand(t, "portal.mjs")
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	var stderr strings.Builder
	cmd.Stdin, cmd.Stderr = bytes.NewReader(given), &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, &stderr)
	}
	var visit portalVisit
	if err := json.Unmarshal(out, &visit); err != nil {
		t.Fatalf("%v printed %q: %v", args, out, err)
	}
	return visit
}

var exportPattern = regexp.MustCompile(`(?m)^export (AWS_[A-Z_]+)="?([^"\n]+)"?$`)

// exported reads credentials as a shell would.
func exported(text string) aws.Credentials {
	values := map[string]string{}
	for _, m := range exportPattern.FindAllStringSubmatch(text, -1) {
		values[m[1]] = m[2]
	}
	return aws.Credentials{AccessKeyID: values["AWS_ACCESS_KEY_ID"], SecretAccessKey: values["AWS_SECRET_ACCESS_KEY"],
		SessionToken: values["AWS_SESSION_TOKEN"]}
}
