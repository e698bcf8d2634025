package organizations

import (
	"context"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// forManagers registers an operation that not every account of the organization
// may call, whatever its own policies say: the management account may, for reading
// a delegated administrator too, and whoever the organization's resource policy
// gives it to.
func forManagers[In, Out any](d *Door, typed awsapi.Typed[In, Out], fn handler[In, Out], options ...awsedge.Option[In]) awsedge.Operation {
	return forMembers(d, typed, func(*awsedge.Call, *In) bool { return false }, fn, options...)
}

// forMembers registers an operation that members may call for themselves: when
// own says that the call is about the caller's account, or always if it is nil.
func forMembers[In, Out any](d *Door, typed awsapi.Typed[In, Out], own func(call *awsedge.Call, in *In) bool, fn handler[In, Out], options ...awsedge.Option[In]) awsedge.Operation {
	var self awsedge.Operation
	self = awsedge.Op(typed, func(ctx context.Context, call *awsedge.Call, in *In) (*Out, error) {
		standing, err := d.Accounts.Standing(ctx, call.Caller.AccountID)
		if err != nil {
			return nil, err
		}
		if standing == account.Outside {
			return nil, account.NotInUse()
		}
		if standing != account.Management && (own != nil && !own(call, in)) {
			questions, err := self.Questions(ctx, call, in)
			if err != nil {
				return nil, err
			}
			if err := d.admit(ctx, call, typed.Operation, standing, questions); err != nil {
				return nil, err
			}
		}
		return fn(ctx, call, in)
	}, options...)
	return self
}

// admit lets a member in that has to do with what it asks for.
func (d *Door) admit(ctx context.Context, call *awsedge.Call, model *awsapi.Operation, standing account.Standing, questions []awsedge.Question) error {
	if standing == account.Administering && reads(model) {
		return nil
	}
	for _, q := range questions {
		given, err := d.Accounts.Delegates(ctx, call.Caller, q.Action, q.Resources, q.Keys)
		if err != nil {
			return err
		}
		if !given {
			return refused()
		}
	}
	return nil
}

// insider keeps out callers who can have nothing to do with an operation, before
// anything is looked up for it: they learn nothing from which ids exist.
func (d *Door) insider(ctx context.Context, call *awsedge.Call, model *awsapi.Operation) error {
	standing, err := d.Accounts.Standing(ctx, call.Caller.AccountID)
	switch {
	case err != nil:
		return err
	case standing == account.Outside:
		return account.NotInUse()
	case standing == account.Management, standing == account.Administering && reads(model):
		return nil
	}
	if _, err := d.Accounts.ResourcePolicy(ctx); idc.IsNotFound(err) {
		return refused()
	} else if err != nil {
		return err
	}
	return nil
}

// reads reports whether an operation changes nothing.
func reads(model *awsapi.Operation) bool {
	return strings.HasPrefix(model.Name, "Describe") || strings.HasPrefix(model.Name, "List")
}

func refused() error {
	return idc.Errorf(idc.Denied, "You don't have permissions to access this resource.")
}
