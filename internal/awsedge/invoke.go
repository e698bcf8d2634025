package awsedge

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/gatehouse-idc/gatehouse/internal/awsedge/fault"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/validate"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/reqctx"
)

// complete fills in what the caller of Invoke left out.
func (g *Gateway) complete(ctx context.Context, call *Call) {
	info := reqctx.From(ctx)
	if op := call.Operation; op != nil {
		call.Service = op.Service
		call.EventName = op.Name
		call.EventSource = op.EventSource()
	}
	setIfEmpty(&call.RequestID, info.RequestID)
	if call.RequestID == "" {
		call.RequestID = g.IDs.UUID()
	}
	setIfEmpty(&call.ClientIP, info.ClientIP)
	setIfEmpty(&call.UserAgent, info.UserAgent)
	setIfEmpty(&call.Region, info.Region)
	setIfEmpty(&call.Region, g.Region)
	if call.Time.IsZero() {
		call.Time = g.Clock.Now()
	}
}

func setIfEmpty(s *string, value string) {
	if *s == "" {
		*s = value
	}
}

// perform is Invoke without the record. A panic of a handler becomes an error.
func (g *Gateway) perform(ctx context.Context, call *Call, in any) (out any, err error) {
	defer caught(&err)
	o := g.served[call.Operation]
	if o == nil {
		return nil, notImplemented(call)
	}
	if g.Throttle != nil {
		if err := g.Throttle.Admit(call, in); err != nil {
			return nil, err
		}
	}
	if err := validate.Input(o.model, in); err != nil {
		return nil, err
	}
	if err := g.authorize(ctx, call, o, in); err != nil {
		return nil, err
	}
	return o.run(ctx, call, in)
}

// authorize asks the Authorizer what the operation declares.
func (g *Gateway) authorize(ctx context.Context, call *Call, o *Operation, in any) error {
	questions, err := o.Questions(ctx, call, in)
	if err != nil {
		return err
	}
	for _, q := range questions {
		if err := g.Authorizer.Authorize(ctx, call, q.Action, q.Resources, q.Keys); err != nil {
			return err
		}
	}
	return nil
}

// record audits the outcome of a call. A call that cannot be recorded has no answer. Refusals of callers that are
// not known are recorded as far as their address's budget goes.
func (g *Gateway) record(ctx context.Context, call *Call, in, out any, err error) (any, error) {
	if err != nil {
		record, refused := g.admitRefusal(call)
		if refused != nil {
			return nil, refused
		}
		if !record {
			return nil, err
		}
	}
	if err != nil && call.ErrorCode == "" {
		call.ErrorCode = fault.Of(call.Service, call.Operation, call.RequestID, err).Code
	}
	g.logOutcome(ctx, call, err)
	if auditErr := g.audit(ctx, call, in, out, err); auditErr != nil {
		failure := &idc.Error{Kind: idc.Internal, Err: fmt.Errorf("recording the call: %w", auditErr)}
		g.logOutcome(ctx, call, failure)
		return nil, failure
	}
	return out, err
}

// audit records a call, even when the client has gone away.
func (g *Gateway) audit(ctx context.Context, call *Call, in, out any, err error) (failure error) {
	defer caught(&failure)
	return g.Auditor.Record(context.WithoutCancel(ctx), call, in, out, err)
}

// caught, deferred, turns a panic into an error.
func caught(err *error) {
	if p := recover(); p != nil {
		*err = &idc.Error{Kind: idc.Internal, Err: fmt.Errorf("panic: %v\n%s", p, debug.Stack())}
	}
}

func notImplemented(call *Call) error {
	return idc.Errorf(idc.NotImplemented, "The operation %s of %s is not implemented.", call.EventName, call.Operation.Service.Name)
}
