package awsedge

import (
	"context"
	"fmt"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
)

// Operation is an operation that is served: the model's description with the
// function that performs it. Op is the only way to make one.
type Operation struct {
	model *awsapi.Operation
	run   func(ctx context.Context, call *Call, in any) (any, error)
	guard guard
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
