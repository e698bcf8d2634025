package e2e

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// session is the name of the sso-session in the profiles written here.
const session = "securecart"

// home is somebody's home directory with an ~/.aws in it.
type home struct {
	t   testing.TB
	dir string
}

func newHome(t testing.TB) *home {
	t.Helper()
	h := &home{t: t, dir: t.TempDir()}
	// The CLI makes the folder of its credentials cache itself, and one of two that start at once fails over it.
	for _, cache := range []string{"sso", "cli"} {
		if err := os.MkdirAll(filepath.Join(h.dir, ".aws", cache, "cache"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func (h *home) configFile() string { return filepath.Join(h.dir, ".aws", "config") }

func (h *home) config(text string) {
	h.t.Helper()
	if err := os.WriteFile(h.configFile(), []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

// plainProfile is one without an sso-session, as older tools write it.
func plainProfile(name string, s *server, accountID, role string) string {
	return fmt.Sprintf(`[profile %s]
sso_start_url = %s
sso_region = %s
sso_account_id = %s
sso_role_name = %s
region = %s
output = json

`, name, s.StartURL, region, accountID, role, region)
}

// sessionProfile is one with an sso-session. With endpoints, a services section leads clients to the
// server's own address.
func sessionProfile(name string, s *server, accountID, role string, endpoints bool) string {
	services := ""
	if endpoints {
		services = "services = gatehouse\n"
	}
	return fmt.Sprintf(`[profile %s]
sso_session = %s
sso_account_id = %s
sso_role_name = %s
region = %s
output = json
%s
`, name, session, accountID, role, region, services)
}

// sessionSection is what sessionProfile refers to.
func sessionSection(s *server) string {
	text := fmt.Sprintf(`[sso-session %s]
sso_start_url = %s
sso_region = %s
sso_registration_scopes = sso:account:access

[services gatehouse]
`, session, s.StartURL, region)
	for _, service := range []string{"sso", "sso_oidc", "sts", "sso_admin", "identitystore", "organizations", "iam", "cloudtrail", "accessanalyzer"} {
		text += fmt.Sprintf("%s =\n  endpoint_url = %s\n", service, s.URL)
	}
	return text + "\n"
}

// cachedToken is a file of ~/.aws/sso/cache, as the AWS CLI writes it.
type cachedToken struct {
	StartURL              string `json:"startUrl"`
	Region                string `json:"region"`
	AccessToken           string `json:"accessToken"`
	ExpiresAt             string `json:"expiresAt"`
	ClientID              string `json:"clientId,omitempty"`
	ClientSecret          string `json:"clientSecret,omitempty"`
	RegistrationExpiresAt string `json:"registrationExpiresAt,omitempty"`
	RefreshToken          string `json:"refreshToken,omitempty"`
}

func cacheTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// tokenFile is the cache file of the sso-session.
func (h *home) tokenFile() string {
	sum := sha1.Sum([]byte(session))
	return filepath.Join(h.dir, ".aws", "sso", "cache", hex.EncodeToString(sum[:])+".json")
}

func (h *home) writeToken(c cachedToken) {
	h.t.Helper()
	data, err := json.Marshal(c)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(h.tokenFile(), data, 0o600); err != nil {
		h.t.Fatal(err)
	}
}

// cacheToken puts a sign-in into the cache, as `aws sso login` does.
func (h *home) cacheToken(s *server, tok clientTokens) cachedToken {
	h.t.Helper()
	c := cachedToken{
		StartURL: s.StartURL, Region: region, AccessToken: tok.AccessToken,
		ExpiresAt: cacheTime(time.Now().Add(time.Hour)),
		ClientID:  tok.client.ClientID, ClientSecret: tok.client.ClientSecret, RefreshToken: tok.RefreshToken,
		RegistrationExpiresAt: cacheTime(time.Unix(tok.client.ClientSecretExpiresAt, 0)),
	}
	h.writeToken(c)
	return c
}

func (h *home) readToken() cachedToken {
	h.t.Helper()
	data, err := os.ReadFile(h.tokenFile())
	if err != nil {
		h.t.Fatal(err)
	}
	var c cachedToken
	if err := json.Unmarshal(data, &c); err != nil {
		h.t.Fatal(err)
	}
	return c
}

// environment is what a client of this home runs with.
func (h *home) environment(extra ...string) []string {
	return append(cleanEnvironment(), append([]string{
		"HOME=" + h.dir,
		"AWS_CONFIG_FILE=" + h.configFile(),
		"AWS_EC2_METADATA_DISABLED=true",
		"PATH=" + os.Getenv("PATH"),
	}, extra...)...)
}

// rolePattern is the ARN of somebody's session in a provisioned role.
func rolePattern(accountID, permissionSet, username string) string {
	return fmt.Sprintf(`^arn:aws:sts::%s:assumed-role/AWSReservedSSO_%s_[0-9a-f]{16}/%s$`,
		accountID, permissionSet, strings.ReplaceAll(username, ".", `\.`))
}
