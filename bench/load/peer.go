package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/gatehouse-idc/gatehouse/bench/running"
)

const (
	peerName       = "moto"
	peerAssumeRole = "moto AssumeRole"
	peerIdentity   = "moto GetCallerIdentity"
)

var errNoPeer = errors.New("moto is not installed here (pip install 'moto[server]==5.2.1')")

// peer is moto's server: in memory, one process, no signature is verified.
type peer struct {
	process *running.Process
	address string
	version string
}

// startPeer starts moto on a free port. Its server prints nothing on standard output, so a shell says
// when it begins, and readiness is asked for over HTTP.
func startPeer(ctx context.Context) (*peer, error) {
	version, err := exec.CommandContext(ctx, "python3", "-c", "import moto; import flask; print(moto.__version__)").Output()
	if err != nil {
		return nil, errNoPeer
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	// Werkzeug logs every request; a terminal would see it, a file of nobody does not slow it down much.
	p, err := running.Start(ctx, "sh", "-c", `echo begun; exec python3 -m moto.server -H 127.0.0.1 -p "$0" >/dev/null 2>&1`, port)
	if err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(running.ReadyWithin); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		resp, err := http.Get("http://" + address + "/moto-api/")
		if err != nil {
			continue
		}
		if err := resp.Body.Close(); err != nil {
			return nil, errors.Join(err, p.End())
		}
		return &peer{process: p, address: address, version: "moto " + strings.TrimSpace(string(version))}, nil
	}
	return nil, errors.Join(fmt.Errorf("moto is not ready after %s", running.ReadyWithin), p.End())
}

func (p *peer) rows() []*row {
	assume := url.Values{"Action": {"AssumeRole"}, "Version": {"2011-06-15"},
		"RoleArn": {"arn:aws:iam::123456789012:role/Developer"}, "RoleSessionName": {"dana"}}.Encode()
	credentials := aws.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "secret"}
	call := func(form string) func(int) (caller, error) {
		return func(int) (caller, error) { return newSigned(p.address, form, credentials), nil }
	}
	return []*row{
		{name: peerAssumeRole, kind: "peer", process: p.process, address: p.address, caller: call(assume)},
		{name: peerIdentity, kind: "peer", process: p.process, address: p.address, caller: call(callerIdentity)},
	}
}
