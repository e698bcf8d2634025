package doortest

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/fault"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
)

// Question is what an Authorizer was asked.
type Question struct {
	Action    string
	Resources []string
	Keys      map[string][]string
}

// Edge is the Authorizer and Auditor of a Gateway under test.
type Edge struct {
	Asked []Question
	Deny  bool // refuse everything from now on
}

// Authorize remembers the question.
func (e *Edge) Authorize(_ context.Context, _ *awsedge.Call, action string, resources []string, keys map[string][]string) error {
	e.Asked = append(e.Asked, Question{action, resources, keys})
	if e.Deny {
		return idc.Errorf(idc.Denied, "refused by the test")
	}
	return nil
}

// Last is the latest question.
func (e *Edge) Last() Question { return e.Asked[len(e.Asked)-1] }

// Record records nothing.
func (e *Edge) Record(context.Context, *awsedge.Call, any, any, error) error { return nil }

// Client calls a door as one caller.
type Client struct {
	T       testing.TB
	Edge    *Edge
	Caller  idc.Caller
	gateway *awsedge.Gateway
}

// New makes a client of the operations of a door; accountID is the caller's.
func New(t testing.TB, clk clock.Clock, source *ids.Source, accountID string, operations []awsedge.Operation) *Client {
	t.Helper()
	c := &Client{T: t, Edge: &Edge{}, Caller: idc.Caller{
		Type: idc.CallerAssumedRole, AccountID: accountID, ARN: "arn:aws:sts::" + accountID + ":assumed-role/Admin/ana",
	}}
	var err error
	c.gateway, err = awsedge.New(awsedge.Config{
		Authorizer: c.Edge, Auditor: c.Edge, Clock: clk, IDs: source, Log: slog.New(slog.DiscardHandler), Region: "us-east-1",
	}, operations...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Do invokes an operation that must succeed.
func Do[In, Out any](c *Client, op awsapi.Typed[In, Out], in *In) *Out {
	c.T.Helper()
	out, err := awsedge.Invoke(c.T.Context(), c.gateway, op, &awsedge.Call{Caller: c.Caller}, in)
	if err != nil {
		c.T.Fatalf("%s: %v", op.Operation.Name, err)
	}
	return out
}

// Refuse invokes an operation that must fail with an error code of the wire and
// a message that contains words.
func Refuse[In, Out any](c *Client, op awsapi.Typed[In, Out], in *In, code, words string) {
	c.T.Helper()
	_, err := awsedge.Invoke(c.T.Context(), c.gateway, op, &awsedge.Call{Caller: c.Caller}, in)
	if err == nil {
		c.T.Errorf("%s succeeded, want %s", op.Operation.Name, code)
		return
	}
	f := fault.Of(op.Operation.Service, op.Operation, "", err)
	got := f.Code
	if f.Reason != "" {
		got += "/" + f.Reason
	}
	if got != code || !strings.Contains(f.Message, words) {
		c.T.Errorf("%s: %s %q (%v), want %s with %q", op.Operation.Name, got, f.Message, err, code, words)
	}
}

// P is a pointer to a value, as wire types want it.
func P[T any](v T) *T { return &v }
