package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// terraform is the program in a folder with the configuration of examples/terraform.
type terraform struct {
	t       *testing.T
	program string
	dir     string
	env     []string
}

// terraformMirror finds a filesystem mirror that holds the AWS provider: the one that is named, or those in which
// Terraform looks by itself ("Implied Local Mirror Directories").
func terraformMirror() string {
	places := []string{os.Getenv("GATEHOUSE_E2E_TERRAFORM_MIRROR")}
	if home, err := os.UserHomeDir(); err == nil {
		places = append(places, filepath.Join(home, ".terraform.d", "plugins"), filepath.Join(home, ".local", "share", "terraform", "plugins"))
	}
	for _, place := range append(places, "/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins") {
		if found, err := filepath.Glob(filepath.Join(place, "*", "hashicorp", "aws", "*")); place != "" && err == nil && len(found) > 0 {
			return place
		}
	}
	return ""
}

// findTerraform skips the test where there is no Terraform or no provider: they are no parts that get installed, and
// are tried where people have them.
func findTerraform(t *testing.T) (program, mirror string) {
	t.Helper()
	program, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("needs Terraform")
	}
	if mirror = terraformMirror(); mirror == "" {
		t.Skip("needs a filesystem mirror with Terraform's AWS provider (GATEHOUSE_E2E_TERRAFORM_MIRROR)")
	}
	if mirror, err = filepath.Abs(mirror); err != nil {
		t.Fatal(err)
	}
	return program, mirror
}

// newTerraform prepares the configuration.
func newTerraform(t *testing.T, s *server, program, mirror string) *terraform {
	t.Helper()
	tf := &terraform{t: t, program: program, dir: t.TempDir()}
	if err := os.CopyFS(tf.dir, os.DirFS("../examples/terraform")); err != nil {
		t.Fatal(err)
	}
	settings := filepath.Join(t.TempDir(), "terraform.rc")
	text := fmt.Sprintf("disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror)
	if err := os.WriteFile(settings, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r := runGatehouse(t, nil, "admin", "credentials", "--data", s.DataDir)
	var creds struct{ AccessKeyId, SecretAccessKey, SessionToken string }
	if err := json.Unmarshal([]byte(r.stdout), &creds); err != nil {
		t.Fatalf("%v: %s", err, r.stderr)
	}
	tf.env = newHome(t).environment("TF_CLI_CONFIG_FILE="+settings, "TF_IN_AUTOMATION=1", "TF_INPUT=0", "TF_VAR_gatehouse="+s.URL,
		"AWS_ACCESS_KEY_ID="+creds.AccessKeyId, "AWS_SECRET_ACCESS_KEY="+creds.SecretAccessKey, "AWS_SESSION_TOKEN="+creds.SessionToken)
	tf.must("init", "-no-color")
	return tf
}

func (tf *terraform) run(args ...string) (string, error) {
	tf.t.Helper()
	ctx, cancel := context.WithTimeout(tf.t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, tf.program, args...)
	cmd.Dir, cmd.Env = tf.dir, tf.env
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return string(out), fmt.Errorf("terraform %s: %w\n%s%s", strings.Join(args, " "), err, lastLines(string(out), 40), &stderr)
	}
	return string(out), nil
}

func (tf *terraform) must(args ...string) string {
	tf.t.Helper()
	out, err := tf.run(args...)
	if err != nil {
		tf.t.Fatal(err)
	}
	return out
}

// settled checks that a plan finds nothing to do.
func (tf *terraform) settled(when string) {
	tf.t.Helper()
	out, err := tf.run("plan", "-no-color", "-detailed-exitcode")
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 2 {
		tf.t.Errorf("%s there is still something to do:\n%s", when, out)
		return
	}
	if err != nil {
		tf.t.Fatal(err)
	}
}

// resources are the identifiers of what the configuration made, by address.
func (tf *terraform) resources() map[string]string {
	tf.t.Helper()
	var state struct {
		Values struct {
			RootModule struct {
				Resources []struct {
					Address, Mode string
					Values        struct {
						ID string `json:"id"`
					}
				} `json:"resources"`
			} `json:"root_module"`
		}
	}
	if err := json.Unmarshal([]byte(tf.must("show", "-json")), &state); err != nil {
		tf.t.Fatal(err)
	}
	found := map[string]string{}
	for _, r := range state.Values.RootModule.Resources {
		if r.Mode == "managed" {
			found[r.Address] = r.Values.ID
		}
	}
	return found
}

// imported are the resources that are forgotten and imported again; their identifiers are those by which they are
// imported.
var imported = []string{
	"aws_identitystore_user.mira", "aws_identitystore_group.developers", "aws_identitystore_group_membership.mira_develops",
	"aws_organizations_organizational_unit.shop", "aws_organizations_policy.stay",
	"aws_ssoadmin_permission_set.developer", "aws_ssoadmin_managed_policy_attachment.developer",
	"aws_ssoadmin_permission_set_inline_policy.developer", "aws_ssoadmin_permissions_boundary_attachment.developer",
	"aws_ssoadmin_customer_managed_policy_attachment.auditor", "aws_ssoadmin_account_assignment.developers_in_shop",
	"aws_ssoadmin_application.dashboards", "aws_ssoadmin_instance_access_control_attributes.this",
}

// Terraform's AWS provider makes everything that examples/terraform names, finds nothing to do afterwards, imports,
// changes in place, and takes everything away.
func TestTerraform(t *testing.T) {
	program, mirror := findTerraform(t)
	onEachEngine(t, func(t *testing.T, e engine) {
		s := startDemo(t, e, "")
		tf := newTerraform(t, s, program, mirror)
		tf.must("validate", "-no-color")
		tf.must("apply", "-no-color", "-auto-approve")
		tf.settled("after creating")
		made := tf.resources()
		if len(made) < 20 {
			t.Fatalf("only %d resources were made: %v", len(made), made)
		}

		tf.must(append([]string{"state", "rm"}, imported...)...)
		for _, address := range imported {
			tf.must("import", "-no-color", address, made[address])
		}
		tf.settled("after importing")

		tf.env = append(tf.env, "TF_VAR_session_duration=PT8H")
		tf.must("apply", "-no-color", "-auto-approve")
		tf.settled("after a change")
		if again := tf.resources(); again["aws_ssoadmin_permission_set.developer"] != made["aws_ssoadmin_permission_set.developer"] {
			t.Error("a new duration made a new permission set")
		}

		tf.must("destroy", "-no-color", "-auto-approve")
		if left := tf.resources(); len(left) != 0 {
			t.Errorf("after destroying there is %v", left)
		}
		if sets := s.permissionSetNames(); slices.Contains(sets, "ShopDeveloper") || len(sets) != 4 {
			t.Errorf("permission sets at the end: %v", sets)
		}
	})
}

// permissionSetNames are the names of the instance's permission sets.
func (s *server) permissionSetNames() []string {
	s.t.Helper()
	g := &goTour{t: s.t, cfg: s.awsConfig(s.operator()), do: sdkDoing{InstanceARN: s.InstanceARN}}
	if err := g.listPermissionSets(); err != nil {
		s.t.Fatal(err)
	}
	return g.seen.PermissionSets
}
