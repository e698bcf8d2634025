package running

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

	"github.com/aws/aws-sdk-go-v2/aws"
)

// World is the line that `gatehouse demo --json` prints when it is ready.
type World struct {
	URL      string `json:"url"`
	StartURL string `json:"start_url"`
	Users    []User `json:"users"`
}

// User is a person of the demo.
type User struct {
	Username   string   `json:"username"`
	Password   string   `json:"password"`
	TOTPSecret string   `json:"totp_secret"`
	Groups     []string `json:"groups"`
}

// Product is the running Gatehouse.
type Product struct {
	World
	Process *Process
	Address string // host:port
}

// StartDemo starts `gatehouse demo` on a data directory, with further flags.
func StartDemo(ctx context.Context, binary, dir string, flags ...string) (*Product, error) {
	p, err := Start(ctx, binary, append([]string{"demo", "--listen", "127.0.0.1:0", "--data", dir, "--json"}, flags...)...)
	if err != nil {
		return nil, err
	}
	out := &Product{Process: p}
	if err := json.Unmarshal([]byte(p.Line), &out.World); err != nil {
		return nil, errors.Join(fmt.Errorf("the demo said %q: %w", p.Line, err), p.End())
	}
	out.Address = strings.TrimPrefix(out.URL, "http://")
	return out, nil
}

// Operator is a browser of the person who may administer everything.
func (p *Product) Operator() (*Browser, error) {
	at := slices.IndexFunc(p.Users, func(u User) bool { return slices.Contains(u.Groups, "SecureCart-Ops") })
	if at < 0 {
		return nil, errors.New("the demo has no operator")
	}
	return NewBrowser(p.URL, p.Users[at])
}

// Build builds the program of the repository that the caller runs in.
func Build(ctx context.Context, dir string) (string, error) {
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("run this inside the repository: %w", err)
	}
	path := filepath.Join(dir, "gatehouse")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", path, "./cmd/gatehouse")
	cmd.Dir = strings.TrimSpace(string(root))
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
}

// Login is one device that a person approved.
type Login struct {
	Client
	RolePath     string // of the credentials it asks for
	AccessToken  string
	RefreshToken string
	Credentials  aws.Credentials
}

// Client is a registered client of sso-oidc.
type Client struct{ ClientID, ClientSecret string }

// Tokens are what CreateToken answers.
type Tokens struct {
	AccessToken  string `json:"accessToken"`
	RefreshToken string `json:"refreshToken"`
}

// Register makes this program known, as `aws sso login` does once in 90 days.
func (b *Browser) Register(ctx context.Context) (client Client, err error) {
	err = b.call(ctx, "/client/register", map[string]any{"clientName": "benchmark", "clientType": "public", "scopes": []string{"sso:account:access"},
		"grantTypes": []string{"urn:ietf:params:oauth:grant-type:device_code", "refresh_token"}}, &client)
	return client, err
}

// NewLogin does what `aws sso login` does with a device code, then asks for the credentials
// at rolePath, unless that is empty.
func NewLogin(ctx context.Context, p *Product, client Client, b *Browser, rolePath string) (*Login, error) {
	l := &Login{Client: client, RolePath: rolePath}
	var device struct{ DeviceCode, VerificationURIComplete string }
	err := b.call(ctx, "/device_authorization", map[string]any{"clientId": l.ClientID, "clientSecret": l.ClientSecret, "startUrl": p.StartURL}, &device)
	if err != nil {
		return nil, err
	}
	if err := b.Approve(ctx, device.VerificationURIComplete); err != nil {
		return nil, err
	}
	var t Tokens
	err = b.call(ctx, "/token", map[string]any{"clientId": l.ClientID, "clientSecret": l.ClientSecret,
		"grantType": "urn:ietf:params:oauth:grant-type:device_code", "deviceCode": device.DeviceCode}, &t)
	if err != nil {
		return nil, err
	}
	l.AccessToken, l.RefreshToken = t.AccessToken, t.RefreshToken
	if rolePath == "" {
		return l, nil
	}
	l.Credentials, err = b.Credentials(ctx, l.RolePath, l.AccessToken)
	return l, err
}
