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

// sdkCase is one AWS SDK with the profile of ~/.aws/config; identify asks STS who it is.
type sdkCase struct {
	name     string
	identify func(t *testing.T, h *home) (string, error)
}

var sdkCases = []sdkCase{
	{"Go", identifyWithGo},
	{"JavaScript", identifyWithJavaScript},
	{"Python", identifyWithPython},
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
				cached := cachedToken{
					StartURL: s.StartURL, Region: region, AccessToken: tok.AccessToken,
					ExpiresAt: cacheTime(time.Now().Add(time.Hour)),
					ClientID:  tok.client.ClientID, ClientSecret: tok.client.ClientSecret, RefreshToken: tok.RefreshToken,
					RegistrationExpiresAt: cacheTime(time.Unix(tok.client.ClientSecretExpiresAt, 0)),
				}
				h.writeToken(cached)
				arn, err := sdk.identify(t, h)
				if err != nil {
					t.Fatal(err)
				}
				wantARN(t, arn, dev, "AdministratorAccess", developer.Username)

				// The same, an hour later: the access token is over, so the SDK must use the refresh token.
				cached.AccessToken, cached.ExpiresAt = "over", cacheTime(time.Now().Add(-time.Minute))
				h.writeToken(cached)
				arn, err = sdk.identify(t, h)
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

func identifyWithGo(t *testing.T, h *home) (string, error) {
	t.Helper()
	// The SDK finds the token cache through the home directory.
	t.Setenv("HOME", h.dir)
	cfg, err := config.LoadDefaultConfig(t.Context(), config.WithSharedConfigProfile(sdkProfile),
		config.WithSharedConfigFiles([]string{h.configFile()}), config.WithSharedCredentialsFiles(nil))
	if err != nil {
		return "", err
	}
	out, err := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Arn), nil
}

func identifyWithJavaScript(t *testing.T, h *home) (string, error) {
	t.Helper()
	return identityFrom(t, h, nodeCommand(t, "identity.mjs"))
}

func identifyWithPython(t *testing.T, h *home) (string, error) {
	t.Helper()
	// boto3 is no part that gets installed: it is tried where people have it.
	// A shim that finds its interpreter through the home directory would not find it in ours.
	out, err := exec.Command("python3", "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		t.Skip("no python3 here")
	}
	python := strings.TrimSpace(string(out))
	// The version with services sections is 1.28.
	probe := "import boto3, sys; sys.exit(tuple(map(int, boto3.__version__.split('.')[:2])) < (1, 28))"
	if err := exec.Command(python, "-c", probe).Run(); err != nil {
		t.Skip("no boto3 of 1.28 or newer here")
	}
	script := "import boto3, json; print(json.dumps(boto3.Session().client('sts').get_caller_identity()))"
	return identityFrom(t, h, []string{python, "-c", script})
}

func identityFrom(t *testing.T, h *home, args []string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = h.environment("AWS_PROFILE=" + sdkProfile)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", filepath.Base(args[0]), err, &stderr)
	}
	var identity struct{ Arn string }
	if err := json.Unmarshal(out, &identity); err != nil {
		return "", fmt.Errorf("%s printed %q: %w", filepath.Base(args[0]), out, err)
	}
	return identity.Arn, nil
}

// nodeCommand is a script of e2e/node with its arguments.
func nodeCommand(t testing.TB, script string, args ...string) []string {
	t.Helper()
	node, err := exec.LookPath("node")
	need(t, "Node.js", err)
	needFile(t, "the npm packages of e2e/node", "node/node_modules/.installed")
	return append([]string{node, filepath.Join("node", script)}, args...)
}
