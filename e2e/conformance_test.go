package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"testing"
)

// conformanceScore is what the conformance suite tells of a service in JSON.
type conformanceScore struct {
	Service        string   `json:"service"`
	NotImplemented []string `json:"not_implemented"`
	ProbesPassed   int      `json:"probes_passed"`
	CasesPassed    int      `json:"cases_passed"`
	FailedProbes   []any    `json:"failed_probes"`
	FailedCases    []any    `json:"failed_cases"`
	SkippedCases   []any    `json:"skipped_cases"`
}

// TestConformance runs `make conformance`'s program against a demo: everything that is served behaves as AWS's
// models and documentation say, and what is not served is what docs/coverage.md says.
func TestConformance(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		s := startDemo(t, e, "")
		for _, score := range conformance(t, s) {
			for _, failed := range append(score.FailedProbes, score.FailedCases...) {
				t.Errorf("%s: %s", score.Service, inJSON(t, failed))
			}
			for _, skipped := range score.SkippedCases {
				t.Errorf("%s: a case was left out: %s", score.Service, inJSON(t, skipped))
			}
			served := coverage(t, score.Service)
			for _, name := range score.NotImplemented {
				if served[name] {
					t.Errorf("%s %s is served according to docs/coverage.md, but answers that it is not implemented", score.Service, name)
				}
			}
			if len(served) > 0 && score.ProbesPassed == 0 {
				t.Errorf("%s: nothing was asked", score.Service)
			}
		}
	})
}

// conformance runs the suite as break-glass administrator, with the access token of the operations person.
func conformance(t *testing.T, s *server) []conformanceScore {
	t.Helper()
	dir := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", dir+"/conformance", "./conformance")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build ./conformance: %v\n%s", err, out)
	}
	r := runGatehouse(t, nil, "admin", "credentials", "--data", s.DataDir)
	var creds struct{ AccessKeyId, SecretAccessKey, SessionToken string }
	if err := json.Unmarshal([]byte(r.stdout), &creds); err != nil {
		t.Fatalf("%v: %s", err, r.stderr)
	}
	login := s.signInWithPKCE(s.user("SecureCart-Ops"), "scopes")
	cmd := exec.CommandContext(t.Context(), dir+"/conformance", "-json", "-quiet", "-within", "3m")
	cmd.Dir = ".."
	cmd.Env = append(cleanEnvironment(), "ENDPOINT="+s.URL, "ACCESS_KEY="+creds.AccessKeyId, "SECRET="+creds.SecretAccessKey,
		"SESSION_TOKEN="+creds.SessionToken, "ACCESS_TOKEN="+login.AccessToken, "START_URL="+s.StartURL)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("conformance: %v\n%s", err, lastLines(stderr.String(), 20))
	}
	var reports []struct {
		Services []conformanceScore `json:"services"`
	}
	if err := json.Unmarshal(stdout.Bytes(), &reports); err != nil || len(reports) != 1 || len(reports[0].Services) < 11 {
		t.Fatalf("the report is incomplete: %v\n%s", err, lastLines(stdout.String(), 5))
	}
	keepArtifact(t, "conformance.json", stdout.Bytes())
	return reports[0].Services
}

var coverageRow = regexp.MustCompile(`(?m)^\| ([A-Za-z0-9]+) \| (yes|no) \|`)

// coverage reads the operations of a service that docs/coverage.md says are served.
func coverage(t *testing.T, service string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("../docs/coverage.md")
	if err != nil {
		t.Fatal(err)
	}
	section, err := sectionOf(text, service)
	if err != nil {
		t.Fatal(err)
	}
	served := map[string]bool{}
	for _, row := range coverageRow.FindAllSubmatch(section, -1) {
		if string(row[2]) == "yes" {
			served[string(row[1])] = true
		}
	}
	return served
}

// sectionOf cuts the section of a heading out of a Markdown document.
func sectionOf(text []byte, heading string) ([]byte, error) {
	_, section, found := bytes.Cut(text, []byte("\n## "+heading+"\n"))
	if !found {
		return nil, fmt.Errorf("docs/coverage.md: %w", errors.New("no section "+heading))
	}
	section, _, _ = bytes.Cut(section, []byte("\n## "))
	return section, nil
}

func inJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
