package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/gatehouse-idc/gatehouse/bench/running"
)

// target is what is asked: an endpoint with credentials that may do everything in its management account.
type target struct {
	name        string
	endpoint    string
	credentials aws.Credentials
	accessToken string // of the portal API, where a person could sign in
	startURL    string
	bare        bool // has no organization yet
	stop        func() error
}

// named is an endpoint that runs already.
func named(o options) *target {
	return &target{name: o.endpoint, endpoint: strings.TrimSuffix(o.endpoint, "/"), accessToken: o.accessToken, startURL: o.startURL,
		credentials: aws.Credentials{AccessKeyID: o.accessKey, SecretAccessKey: o.secret, SessionToken: o.sessionToken},
		stop:        func() error { return nil }}
}

// startDemo starts a Gatehouse of its own. Break-glass credentials make this program its administrator; a person
// of the demo signs in for the portal API.
func startDemo(ctx context.Context, binary string) (t *target, err error) {
	dir, err := os.MkdirTemp("", "gatehouse-conformance-")
	if err != nil {
		return nil, err
	}
	clean := func() error { return os.RemoveAll(dir) }
	defer func() {
		if err != nil {
			err = errors.Join(err, clean())
		}
	}()
	if binary == "" {
		if binary, err = running.Build(ctx, dir); err != nil {
			return nil, err
		}
	}
	data := dir + "/data"
	demo, err := running.StartDemo(ctx, binary, data)
	if err != nil {
		return nil, err
	}
	stop := func() error { return errors.Join(demo.Process.End(), clean()) }
	t = &target{name: version(ctx, binary), endpoint: demo.URL, startURL: demo.StartURL, stop: stop}
	if t.credentials, err = breakGlass(ctx, binary, data); err == nil {
		t.accessToken, err = signIn(ctx, demo)
	}
	if err != nil {
		return nil, errors.Join(err, demo.Process.End())
	}
	return t, nil
}

func version(ctx context.Context, binary string) string {
	out, err := exec.CommandContext(ctx, binary, "version").Output()
	if err != nil {
		return "Gatehouse"
	}
	if words := strings.Fields(strings.TrimPrefix(string(out), "gatehouse ")); len(words) > 0 {
		return "Gatehouse " + words[0]
	}
	return "Gatehouse"
}

// breakGlass asks the server's operator tool for credentials of its management account.
func breakGlass(ctx context.Context, binary, data string) (aws.Credentials, error) {
	out, err := exec.CommandContext(ctx, binary, "admin", "credentials", "--data", data).Output()
	if err != nil {
		return aws.Credentials{}, fmt.Errorf("gatehouse admin credentials: %w", err)
	}
	var c struct{ AccessKeyId, SecretAccessKey, SessionToken string } //nolint:revive // the format's names
	if err := json.Unmarshal(out, &c); err != nil {
		return aws.Credentials{}, err
	}
	return aws.Credentials{AccessKeyID: c.AccessKeyId, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}, nil
}

// signIn is what `aws sso login` does, as the demo's operator.
func signIn(ctx context.Context, demo *running.Product) (string, error) {
	browser, err := demo.Operator()
	if err != nil {
		return "", err
	}
	client, err := browser.Register(ctx)
	if err != nil {
		return "", err
	}
	login, err := running.NewLogin(ctx, demo, client, browser, "")
	if err != nil {
		return "", err
	}
	return login.AccessToken, nil
}

// startMoto starts moto's server, where its Python package is installed.
func startMoto(ctx context.Context) (*target, error) {
	out, err := exec.CommandContext(ctx, "python3", "-c", "import moto, flask; print(moto.__version__)").Output()
	if err != nil {
		return nil, errors.New("moto is not installed here (pip install 'moto[server]==5.2.1')")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err := errors.Join(err, l.Close()); err != nil {
		return nil, err
	}
	p, err := running.Start(ctx, "sh", "-c", `echo begun; exec env MOTO_IAM_LOAD_MANAGED_POLICIES=true python3 -m moto.server -H 127.0.0.1 -p "$0" >/dev/null 2>&1`, port)
	if err != nil {
		return nil, err
	}
	t := &target{name: "moto " + strings.TrimSpace(string(out)), endpoint: "http://127.0.0.1:" + port, stop: p.End, bare: true,
		credentials: aws.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "secret"}}
	ready, cancel := context.WithTimeout(ctx, running.ReadyWithin)
	defer cancel()
	for ticks := time.NewTicker(50 * time.Millisecond); ; {
		select {
		case <-ready.Done():
			ticks.Stop()
			return nil, errors.Join(errors.New("moto is not ready"), p.End())
		case <-ticks.C:
			if resp, err := http.Get(t.endpoint + "/moto-api/"); err == nil {
				ticks.Stop()
				return t, resp.Body.Close()
			}
		}
	}
}
