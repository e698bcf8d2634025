package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// The names of the product's rows, to which budgets refer.
const (
	getRoleCredentials = "GetRoleCredentials"
	listAccounts       = "ListAccounts"
	refresh            = "CreateToken (refresh)"
	getCallerIdentity  = "GetCallerIdentity (signed)"
)

// world is the line that `gatehouse demo --json` prints when it is ready.
type world struct {
	URL      string `json:"url"`
	StartURL string `json:"start_url"`
	Users    []user `json:"users"`
}

type user struct {
	Username   string   `json:"username"`
	Password   string   `json:"password"`
	TOTPSecret string   `json:"totp_secret"`
	Groups     []string `json:"groups"`
}

// product is the running Gatehouse.
type product struct {
	world
	process *process
	address string
	logins  []*login // one for each connection
}

func startProduct(ctx context.Context, binary, dir string) (*product, error) {
	p, err := startProcess(ctx, binary, "demo", "--listen", "127.0.0.1:0", "--data", dir, "--json")
	if err != nil {
		return nil, err
	}
	out := &product{process: p}
	if err := json.Unmarshal([]byte(p.line), &out.world); err != nil {
		return nil, errors.Join(fmt.Errorf("the demo said %q: %w", p.line, err), p.end())
	}
	out.address = strings.TrimPrefix(out.URL, "http://")
	return out, nil
}

// startSeeded starts on data that an earlier start left, as a server that is restarted does.
func startSeeded(ctx context.Context, binary, dir string) (*product, error) {
	if _, err := startOnce(ctx, binary, dir); err != nil {
		return nil, err
	}
	return startProduct(ctx, binary, dir)
}

// prepare signs the operator in and connects a device for each of n connections.
func (p *product) prepare(ctx context.Context, n int) error {
	at := slices.IndexFunc(p.Users, func(u user) bool { return slices.Contains(u.Groups, "SecureCart-Ops") })
	if at < 0 {
		return errors.New("the demo has no operator")
	}
	b, err := newBrowser(p.URL, p.Users[at])
	if err != nil {
		return err
	}
	client, err := b.register(ctx)
	if err != nil {
		return err
	}
	for i := range n {
		l, err := newLogin(ctx, p, client, b, roles()[i%len(roles())])
		if err != nil {
			return fmt.Errorf("signing in: %w", err)
		}
		p.logins = append(p.logins, l)
	}
	return nil
}

// rows are the calls that are measured; only is a part of the names wanted.
func (p *product) rows(only string) []*row {
	callers := map[string]func(*login) (caller, error){
		getRoleCredentials: func(l *login) (caller, error) { return p.portal(l, l.rolePath) },
		listAccounts:       func(l *login) (caller, error) { return p.portal(l, "/assignment/accounts") },
		refresh:            func(l *login) (caller, error) { return &refresher{login: l}, nil },
		getCallerIdentity: func(l *login) (caller, error) {
			return newSigned(p.address, callerIdentity, l.credentials), nil
		},
	}
	var rows []*row
	for _, name := range []string{getRoleCredentials, listAccounts, refresh, getCallerIdentity} {
		if !strings.Contains(name, only) {
			continue
		}
		rows = append(rows, &row{name: name, kind: "gatehouse", process: p.process, address: p.address,
			caller: func(connection int) (caller, error) { return callers[name](p.logins[connection]) }})
	}
	return rows
}

// roles are the calls of GetRoleCredentials for what an operator may use: one role in each account.
func roles() []string {
	var paths []string
	for _, account := range []string{"111111111111", "222222222222", "333333333333", "444444444444"} {
		paths = append(paths, "/federation/credentials?role_name=AdministratorAccess&account_id="+account)
	}
	return paths
}

// portal is a call of the portal API with the access token of a login. Refreshing does not end access
// tokens that were issued before.
func (p *product) portal(l *login, path string) (caller, error) {
	req, err := http.NewRequest(http.MethodGet, p.URL+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("x-amz-sso_bearer_token", l.accessToken)
	message, err := onWire(req)
	return fixed(message), err
}

// refresher redeems refresh tokens, each of them once.
type refresher struct{ *login }

func (r *refresher) request() ([]byte, error) {
	body, err := json.Marshal(map[string]string{"clientId": r.ClientID, "clientSecret": r.ClientSecret,
		"grantType": "refresh_token", "refreshToken": r.refreshToken})
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "POST /token HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		r.host, len(body), body), nil
}

func (r *refresher) answer(status int, body []byte) error {
	if err := wantOK(status, body); err != nil {
		return err
	}
	var tokens tokens
	if err := json.Unmarshal(body, &tokens); err != nil {
		return err
	}
	if tokens.RefreshToken == "" || tokens.RefreshToken == r.refreshToken {
		return errors.New("the refresh token was not rotated")
	}
	r.refreshToken = tokens.RefreshToken
	return nil
}

// login is one device that a person approved.
type login struct {
	oidcClient
	host         string
	rolePath     string // of the credentials it asks for
	accessToken  string
	refreshToken string
	credentials  aws.Credentials
}

// oidcClient is a registered client of sso-oidc.
type oidcClient struct{ ClientID, ClientSecret string }

type tokens struct {
	AccessToken  string `json:"accessToken"`
	RefreshToken string `json:"refreshToken"`
}

// register makes this program known, as `aws sso login` does once in 90 days.
func (b *browser) register(ctx context.Context) (client oidcClient, err error) {
	err = b.call(ctx, "/client/register", map[string]any{"clientName": "load", "clientType": "public", "scopes": []string{"sso:account:access"},
		"grantTypes": []string{"urn:ietf:params:oauth:grant-type:device_code", "refresh_token"}}, &client)
	return client, err
}

// newLogin does what `aws sso login` does with a device code, then asks for credentials.
func newLogin(ctx context.Context, p *product, client oidcClient, b *browser, rolePath string) (*login, error) {
	l := &login{host: p.address, oidcClient: client, rolePath: rolePath}
	var device struct{ DeviceCode, VerificationURIComplete string }
	err := b.call(ctx, "/device_authorization", map[string]any{"clientId": l.ClientID, "clientSecret": l.ClientSecret, "startUrl": p.StartURL}, &device)
	if err != nil {
		return nil, err
	}
	if err := b.approve(ctx, device.VerificationURIComplete); err != nil {
		return nil, err
	}
	var t tokens
	err = b.call(ctx, "/token", map[string]any{"clientId": l.ClientID, "clientSecret": l.ClientSecret,
		"grantType": "urn:ietf:params:oauth:grant-type:device_code", "deviceCode": device.DeviceCode}, &t)
	if err != nil {
		return nil, err
	}
	l.accessToken, l.refreshToken = t.AccessToken, t.RefreshToken
	l.credentials, err = b.credentials(ctx, l.rolePath, l.accessToken)
	return l, err
}

// measureStarts starts the product again and again: on nothing, and on what the first start left.
func measureStarts(ctx context.Context, o options, dir string) ([]start, error) {
	kept := filepath.Join(dir, "kept")
	var fresh, existing, bare start
	fresh.Name, existing.Name, bare.Name = "gatehouse demo, fresh", "gatehouse demo, existing data", "bare net/http server in Go"
	for i := range o.starts {
		for _, s := range []struct {
			into *start
			dir  string
		}{{&fresh, filepath.Join(dir, fmt.Sprint("fresh", i))}, {&existing, kept}} {
			took, err := startOnce(ctx, o.binary, s.dir)
			if err != nil {
				return nil, err
			}
			if s.dir != kept || i > 0 { // the first one there was fresh
				s.into.Took = append(s.into.Took, took)
			}
		}
		c, err := startCeiling(ctx)
		if err != nil {
			return nil, err
		}
		bare.Took = append(bare.Took, c.process.took)
		if err := c.process.end(); err != nil {
			return nil, err
		}
	}
	return []start{fresh, existing, bare}, nil
}

func startOnce(ctx context.Context, binary, dir string) (time.Duration, error) {
	p, err := startProduct(ctx, binary, dir)
	if err != nil {
		return 0, err
	}
	return p.process.took, p.process.end()
}
