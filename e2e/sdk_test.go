package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// sdkCase is one AWS SDK with the profile of ~/.aws/config; identify asks STS who it is, tour is an administrator's
// round (sdk_tour_test.go).
type sdkCase struct {
	name     string
	identify func(t *testing.T, s *server, h *home) (string, error)
	tour     func(t *testing.T, s *server, h *home, do sdkDoing) (sdkSeen, error)
}

var sdkCases = []sdkCase{
	{"Go", identifyWithGo, tourWithGo},
	{"JavaScript", identifyWithJavaScript, tourWithJavaScript},
	{"Python", identifyWithPython, tourWithPython},
}

const sdkProfile = "SecureCart-Dev"

// Every SDK uses the profile that people paste, and renews the token without asking.
func TestSDKs(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		s := startDemo(t, e, "")
		developer := s.user("SecureCart-Developers")
		for _, sdk := range sdkCases {
			t.Run(sdk.name, func(t *testing.T) {
				h := newHome(t)
				h.config(sessionSection(s) + sessionProfile(sdkProfile, s, dev, "AdministratorAccess", true))
				tok := s.signInWithPKCE(developer, "scopes")
				cached := h.cacheToken(s, tok)
				arn, err := sdk.identify(t, s, h)
				if err != nil {
					t.Fatal(err)
				}
				wantARN(t, arn, dev, "AdministratorAccess", developer.Username)

				// The same, an hour later: the access token is over, so the SDK must use the refresh token.
				cached.AccessToken, cached.ExpiresAt = "over", cacheTime(time.Now().Add(-time.Minute))
				h.writeToken(cached)
				arn, err = sdk.identify(t, s, h)
				if err != nil {
					t.Fatalf("with a token that needs a refresh: %v", err)
				}
				wantARN(t, arn, dev, "AdministratorAccess", developer.Username)
				renewed := h.readToken()
				if renewed.AccessToken == "over" || renewed.AccessToken == tok.AccessToken {
					t.Errorf("the token in the cache was not renewed")
				}
				if status, body := s.portal(renewed.AccessToken, "/assignment/accounts"); status != 200 {
					t.Errorf("the renewed token does not work: %d %s", status, body)
				}
			})
		}
	})
}

func identifyWithGo(t *testing.T, _ *server, h *home) (string, error) {
	t.Helper()
	cfg, err := goConfig(t, h)
	if err != nil {
		return "", err
	}
	out, err := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Arn), nil
}

// goConfig is the configuration of the profile for the Go SDK.
func goConfig(t *testing.T, h *home) (aws.Config, error) {
	t.Helper()
	// The SDK finds the token cache through the home directory.
	t.Setenv("HOME", h.dir)
	return config.LoadDefaultConfig(t.Context(), config.WithSharedConfigProfile(sdkProfile),
		config.WithSharedConfigFiles([]string{h.configFile()}), config.WithSharedCredentialsFiles(nil))
}

func identifyWithJavaScript(t *testing.T, _ *server, h *home) (string, error) {
	t.Helper()
	return identityFrom(scriptCommand(t, h, "identity.mjs"))
}

func identifyWithPython(t *testing.T, s *server, h *home) (string, error) {
	t.Helper()
	return identityFrom(pythonCommand(t, newNetwork(t, s), h, "identity.py"))
}

func identityFrom(cmd *exec.Cmd) (string, error) {
	out, err := outputOf(cmd)
	if err != nil {
		return "", err
	}
	var identity struct{ Arn string }
	if err := json.Unmarshal(out, &identity); err != nil {
		return "", fmt.Errorf("%s printed %q: %w", cmd, out, err)
	}
	return identity.Arn, nil
}

// outputOf is what a command prints; the error holds what it complains of.
func outputOf(cmd *exec.Cmd) ([]byte, error) {
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", filepath.Base(cmd.Path), err, &stderr)
	}
	return out, nil
}

// debianPython has Debian's boto3.
const debianPython = "/usr/bin/python3"

// pythonCommand is a script of e2e/python. Debian's boto3 is of version 1.26 and knows neither services sections nor
// variables for endpoints, so it runs in the network.
func pythonCommand(t *testing.T, n *network, h *home, script string) *exec.Cmd {
	t.Helper()
	needFile(t, "Python", debianPython)
	needFile(t, "Debian's boto3", "/usr/lib/python3/dist-packages/boto3/__init__.py")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	cmd := n.command(ctx, debianPython, filepath.Join("python", script))
	cmd.Env = h.environment("AWS_PROFILE="+sdkProfile, "AWS_CA_BUNDLE="+n.caFile(), namespaceVariable+"="+n.dir)
	return cmd
}

// scriptCommand is a script of e2e/node, with the profile.
func scriptCommand(t *testing.T, h *home, script string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	args := nodeCommand(t, script)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = h.environment("AWS_PROFILE=" + sdkProfile)
	return cmd
}

// nodeCommand is a script of e2e/node with its arguments.
func nodeCommand(t testing.TB, script string, args ...string) []string {
	t.Helper()
	node, err := exec.LookPath("node")
	need(t, "Node.js", err)
	needFile(t, "the npm packages of e2e/node", "node/node_modules/.installed")
	return append([]string{node, filepath.Join("node", script)}, args...)
}
