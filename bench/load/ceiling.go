package main

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/gatehouse-idc/gatehouse/bench/running"
)

// The names of the ceiling rows, to which budgets refer.
const (
	ceilingPost  = "empty POST handler"
	ceilingSigV4 = "bare SigV4 handler"
)

// ceilingCredentials are the only ones the ceiling server knows.
func ceilingCredentials() aws.Credentials {
	return aws.Credentials{AccessKeyID: "ASIACEILINGCEILING00", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYCEILINGKEY", SessionToken: strings.Repeat("t", 700)}
}

// ceiling is the running ceiling server.
type ceiling struct {
	process *running.Process
	address string
}

func startCeiling(ctx context.Context) (*ceiling, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p, err := running.Start(ctx, self, "-ceiling")
	if err != nil {
		return nil, err
	}
	return &ceiling{process: p, address: p.Line}, nil
}

func (c *ceiling) rows() []*row {
	return []*row{
		{name: ceilingPost, kind: "ceiling", process: c.process, address: c.address, caller: func(int) (caller, error) {
			return fixed("POST /empty HTTP/1.1\r\nHost: " + c.address + "\r\nContent-Length: 2\r\n\r\n{}"), nil
		}},
		{name: ceilingSigV4, kind: "ceiling", process: c.process, address: c.address, caller: func(int) (caller, error) {
			return newSigned(c.address, callerIdentity, ceilingCredentials()), nil
		}},
	}
}

// serveCeiling answers until ctx ends: the least that a server in Go does for a call.
func serveCeiling(ctx context.Context, out io.Writer) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	body := []byte(`{"x":"` + strings.Repeat("y", 292) + `"}`)
	secret := ceilingCredentials().SecretAccessKey
	mux := http.NewServeMux()
	mux.HandleFunc("POST /empty", func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			answerCeiling(w, http.StatusOK, body)
		}
	})
	mux.HandleFunc("POST /{$}", func(w http.ResponseWriter, r *http.Request) {
		status := http.StatusForbidden
		if payload, err := io.ReadAll(r.Body); err == nil && bareSigV4(r, payload, secret) {
			status = http.StatusOK
		}
		answerCeiling(w, status, body)
	})
	server := &http.Server{Handler: mux}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	w := bufio.NewWriter(out)
	fmt.Fprintln(w, l.Addr())
	if err := w.Flush(); err != nil {
		return err
	}
	if err := server.Serve(l); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

func answerCeiling(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may have gone
}

// bareSigV4 does what every check of a signature computes (two SHA-256 and five HMAC), without the
// parsing, the rules and the session token of a real one.
func bareSigV4(r *http.Request, payload []byte, secret string) bool {
	_, scope, _ := strings.Cut(r.Header.Get("Authorization"), "/")
	scope, rest, _ := strings.Cut(scope, ", SignedHeaders=")
	names, signature, _ := strings.Cut(rest, ", Signature=")
	sum := sha256.Sum256(payload)
	var canonical strings.Builder
	canonical.WriteString(r.Method + "\n/\n\n")
	for name := range strings.SplitSeq(names, ";") {
		value := r.Header.Get(name)
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = fmt.Sprint(r.ContentLength)
		}
		canonical.WriteString(name + ":" + value + "\n")
	}
	canonical.WriteString("\n" + names + "\n" + hex.EncodeToString(sum[:]))
	hashed := sha256.Sum256([]byte(canonical.String()))
	key := []byte("AWS4" + secret)
	for part := range strings.SplitSeq(scope, "/") {
		key = mac(key, part)
	}
	want := mac(key, "AWS4-HMAC-SHA256\n"+r.Header.Get("X-Amz-Date")+"\n"+scope+"\n"+hex.EncodeToString(hashed[:]))
	return subtle.ConstantTimeCompare([]byte(hex.EncodeToString(want)), []byte(signature)) == 1
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
