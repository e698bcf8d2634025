package awsedge

import (
	"context"
	"fmt"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
)

// Operation is an operation that is served: the model's description with the
// function that performs it. Op is the only way to make one.
type Operation struct {
	model     *awsapi.Operation
	run       func(ctx context.Context, call *Call, in any) (any, error)
	resources func(call *Call, in any) []string
	keys      func(call *Call, in any) map[string][]string
	// handlerAuthorizes says why the Authorizer is not asked; "" when it is.
	handlerAuthorizes string
}

// Model returns the description of the operation.
func (o Operation) Model() *awsapi.Operation { return o.model }

// Option refines how an operation is guarded.
type Option[In any] func(*Operation)

// Op makes an operation of a model's operation and the function that performs
// it. fn gets a decoded, validated, authorised input and returns the output, or
// an error that is or wraps an *idc.Error; a nil output stands for an empty one.
//
//	awsedge.Op(ssoadmin.CreateAccountAssignment, s.createAccountAssignment,
//		awsedge.On(func(call *awsedge.Call, in *ssoadmin.CreateAccountAssignmentInput) []string { ... }))
func Op[In, Out any](op awsapi.Typed[In, Out], fn func(ctx context.Context, call *Call, in *In) (*Out, error), options ...Option[In]) Operation {
	o := Operation{
		model: op.Operation,
		run: func(ctx context.Context, call *Call, in any) (any, error) {
			typed, ok := in.(*In)
			if !ok {
				return nil, fmt.Errorf("%s takes %T, not %T", op.Operation.Name, typed, in)
			}
			out, err := fn(ctx, call, typed)
			if err != nil {
				return nil, err
			}
			if out == nil {
				out = new(Out)
			}
			return out, nil
		},
	}
	for _, option := range options {
		option(&o)
	}
	return o
}

// On names the ARNs of the resources that a call touches. All of them must be
// allowed. Without it the resource is "*".
func On[In any](resources func(call *Call, in *In) []string) Option[In] {
	return func(o *Operation) {
		o.resources = func(call *Call, in any) []string { return resources(call, in.(*In)) }
	}
}

// Keys gives the condition keys that come from the input, such as
// aws:RequestTag/Team or sts:RoleSessionName.
func Keys[In any](keys func(call *Call, in *In) map[string][]string) Option[In] {
	return func(o *Operation) {
		o.keys = func(call *Call, in any) map[string][]string { return keys(call, in.(*In)) }
	}
}

// HandlerAuthorizes keeps the Authorizer out, because the handler decides by
// itself or because AWS lets everyone in; why says which, for the coverage page.
func HandlerAuthorizes[In any](why string) Option[In] {
	return func(o *Operation) { o.handlerAuthorizes = why }
}

// guarded reports whether the Authorizer is asked. Operations without a
// signature have no IAM principal: the bearer's own access, or a secret in the
// input, decides in their handlers.
func (o *Operation) guarded() bool {
	return o.model.Auth == awsapi.SigV4 && o.handlerAuthorizes == ""
}
