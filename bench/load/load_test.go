package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"
)

// The ceiling must compute what a real check computes: it accepts what the SDK
// signs, and nothing else.
func TestCeilingVerifiesSignatures(t *testing.T) {
	message, err := newSigned("127.0.0.1:1", callerIdentity, ceilingCredentials()).request()
	if err != nil {
		t.Fatal(err)
	}
	check := func(message []byte) bool {
		req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(message)))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(req.Body)
		if err != nil {
			t.Fatal(err)
		}
		return bareSigV4(req, body, ceilingCredentials().SecretAccessKey)
	}
	if !check(message) {
		t.Errorf("refused:\n%s", message)
	}
	if altered := bytes.Replace(message, []byte("Action=Get"), []byte("Action=Set"), 1); check(altered) {
		t.Error("accepted an altered body")
	}
}

func TestBudgetsComeFromMedians(t *testing.T) {
	r := newReport(options{})
	add := func(name string, rates ...float64) {
		for _, rate := range rates {
			r.add(&row{name: name}, 16, measurement{PerSecond: rate, P99: time.Millisecond})
		}
	}
	add(ceilingPost, 100, 1000, 90)
	add(getRoleCredentials, 30, 1, 50)
	r.finish()
	at := slices.IndexFunc(r.Budgets, func(b budget) bool { return b.Name == "GetRoleCredentials / empty POST handler, 16 connections" })
	if at < 0 || r.Budgets[at].Value != 0.3 || !r.Budgets[at].Met {
		t.Errorf("budgets %+v, want the ratio 30/100 and that it is met", r.Budgets)
	}
	if slices.ContainsFunc(r.Budgets, func(b budget) bool { return b.Name == "GetRoleCredentials / moto AssumeRole, 16 connections" }) {
		t.Error("a ratio to a peer that did not run")
	}
}
