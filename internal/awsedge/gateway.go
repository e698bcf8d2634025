package awsedge

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/ids"
)

// Config is what a Gateway needs. Every field but Limiter and Throttle is required.
type Config struct {
	Authenticator Authenticator
	Authorizer    Authorizer
	Auditor       Auditor
	Limiter       Limiter  // nil: nobody is limited
	Throttle      Throttle // nil: nobody is slowed down
	Clock         clock.Clock
	IDs           *ids.Source
	Log           *slog.Logger
	Region        string // of the instance: "us-east-1"
}

// Gateway answers calls of AWS operations, over HTTP (ServeHTTP) and from
// inside (Invoke). Make one with New; it is safe for concurrent use.
type Gateway struct {
	Config
	served map[*awsapi.Operation]*Operation
	routes routes
}

// New makes a gateway that knows every operation of Services and serves the given
// ones. It refuses one that does not declare what it is authorised on.
func New(config Config, operations ...Operation) (*Gateway, error) {
	g := &Gateway{Config: config, served: make(map[*awsapi.Operation]*Operation, len(operations)), routes: newRoutes()}
	for i := range operations {
		o := &operations[i]
		if g.served[o.model] != nil {
			return nil, fmt.Errorf("%s of %s is registered twice", o.model.Name, o.model.Service.Name)
		}
		if err := o.check(); err != nil {
			return nil, err
		}
		g.served[o.model] = o
	}
	return g, nil
}

// Invoke performs a call: it validates the input by the model, authorises,
// runs the operation and records the call before it answers. Every door goes
// through it.
//
// call.Operation and call.Caller must be set; what else is missing is filled in
// from ctx and the configuration. in is a pointer to the operation's input. The
// error is or wraps an *idc.Error.
func (g *Gateway) Invoke(ctx context.Context, call *Call, in any) (any, error) {
	g.complete(ctx, call)
	out, err := g.perform(ctx, call, in)
	return g.record(ctx, call, in, out, err)
}

// Invoke performs a call through a gateway with the operation's own types.
func Invoke[In, Out any](ctx context.Context, g *Gateway, op awsapi.Typed[In, Out], call *Call, in *In) (*Out, error) {
	call.Operation = op.Operation
	out, err := g.Invoke(ctx, call, in)
	if err != nil {
		return nil, err
	}
	return out.(*Out), nil
}
