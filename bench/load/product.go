package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/bench/running"
)

// The names of the product's rows, to which budgets refer.
const (
	getRoleCredentials = "GetRoleCredentials"
	listAccounts       = "ListAccounts"
	refresh            = "CreateToken (refresh)"
	getCallerIdentity  = "GetCallerIdentity (signed)"
)

// product is the running Gatehouse.
type product struct {
	*running.Product
	logins []*running.Login // one for each connection
}

// startSeeded starts on data that an earlier start left, as a server that is restarted does.
func startSeeded(ctx context.Context, binary, dir string) (*product, error) {
	if _, err := startOnce(ctx, binary, dir); err != nil {
		return nil, err
	}
	p, err := running.StartDemo(ctx, binary, dir)
	return &product{Product: p}, err
}

// prepare signs the operator in and connects a device for each of n connections.
func (p *product) prepare(ctx context.Context, n int) error {
	b, err := p.Operator()
	if err != nil {
		return err
	}
	client, err := b.Register(ctx)
	if err != nil {
		return err
	}
	for i := range n {
		l, err := running.NewLogin(ctx, p.Product, client, b, roles()[i%len(roles())])
		if err != nil {
			return fmt.Errorf("signing in: %w", err)
		}
		p.logins = append(p.logins, l)
	}
	return nil
}

// rows are the calls that are measured; only is a part of the names wanted.
func (p *product) rows(only string) []*row {
	callers := map[string]func(*running.Login) (caller, error){
		getRoleCredentials: func(l *running.Login) (caller, error) { return p.portal(l, l.RolePath) },
		listAccounts:       func(l *running.Login) (caller, error) { return p.portal(l, "/assignment/accounts") },
		refresh:            func(l *running.Login) (caller, error) { return &refresher{Login: l, address: p.Address}, nil },
		getCallerIdentity: func(l *running.Login) (caller, error) {
			return newSigned(p.Address, callerIdentity, l.Credentials), nil
		},
	}
	var rows []*row
	for _, name := range []string{getRoleCredentials, listAccounts, refresh, getCallerIdentity} {
		if !strings.Contains(name, only) {
			continue
		}
		rows = append(rows, &row{name: name, kind: "gatehouse", process: p.Process, address: p.Address,
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
func (p *product) portal(l *running.Login, path string) (caller, error) {
	req, err := http.NewRequest(http.MethodGet, p.URL+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("x-amz-sso_bearer_token", l.AccessToken)
	message, err := onWire(req)
	return fixed(message), err
}

// refresher redeems refresh tokens, each of them once.
type refresher struct {
	*running.Login
	address string
}

func (r *refresher) request() ([]byte, error) {
	body, err := json.Marshal(map[string]string{"clientId": r.ClientID, "clientSecret": r.ClientSecret,
		"grantType": "refresh_token", "refreshToken": r.RefreshToken})
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "POST /token HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		r.address, len(body), body), nil
}

func (r *refresher) answer(status int, body []byte) error {
	if err := wantOK(status, body); err != nil {
		return err
	}
	var tokens running.Tokens
	if err := json.Unmarshal(body, &tokens); err != nil {
		return err
	}
	if tokens.RefreshToken == "" || tokens.RefreshToken == r.RefreshToken {
		return errors.New("the refresh token was not rotated")
	}
	r.RefreshToken = tokens.RefreshToken
	return nil
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
		bare.Took = append(bare.Took, c.process.Took)
		if err := c.process.End(); err != nil {
			return nil, err
		}
	}
	return []start{fresh, existing, bare}, nil
}

func startOnce(ctx context.Context, binary, dir string) (time.Duration, error) {
	p, err := running.StartDemo(ctx, binary, dir)
	if err != nil {
		return 0, err
	}
	return p.Process.Took, p.Process.End()
}
