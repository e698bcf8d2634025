package awsedge

import (
	"context"
	"fmt"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// guard says what the Authorizer is asked about an operation. Every operation
// with a signature declares exactly one of resources, unspecific and free; New
// refuses one that declares none, so that nobody forgets.
type guard struct {
	// resources names the ARNs a call touches, and condition keys that are found with them.
	resources func(ctx context.Context, call *Call, in any) ([]string, map[string][]string, error)
	// unspecific says why AWS knows no resource for the action.
	unspecific string
	// free says why the Authorizer is not asked at all.
	free string

	keys func(call *Call, in any) map[string][]string
	also []alsoAction
}

// alsoAction is a further action that some calls of an operation need.
type alsoAction struct {
	action string
	when   func(call *Call, in any) bool
}

// On names the ARNs of the resources that a call touches, at least one. All of
// them must be allowed.
func On[In any](resources func(call *Call, in *In) []string) Option[In] {
	return OnFound(func(_ context.Context, call *Call, in *In) ([]string, map[string][]string, error) {
		return resources(call, in), nil, nil
	})
}

// OnFound is On for resources that the input does not name in full: policies are
// written against what is stored, such as a role's ARN with its path. The function
// may return condition keys of what it found; it runs before the caller is
// authorised, so its error must not tell what the caller may not know.
func OnFound[In any](resources func(ctx context.Context, call *Call, in *In) ([]string, map[string][]string, error)) Option[In] {
	return func(o *Operation) {
		o.guard.resources = func(ctx context.Context, call *Call, in any) ([]string, map[string][]string, error) {
			return resources(ctx, call, in.(*In))
		}
	}
}

// NoResource declares that the action is authorised on "*": AWS's Service
// Authorization Reference gives it no resource type. why says what the
// operation is about instead, for people who read the code.
func NoResource[In any](why string) Option[In] {
	return func(o *Operation) { o.guard.unspecific = why }
}

// Keys gives the condition keys that come from the input, such as
// aws:RequestTag/Team or sts:RoleSessionName.
func Keys[In any](keys func(call *Call, in *In) map[string][]string) Option[In] {
	return func(o *Operation) {
		o.guard.keys = func(call *Call, in any) map[string][]string { return keys(call, in.(*In)) }
	}
}

// Also names a further action that a call needs, on the same resources and with
// the same condition keys: a decision of its own.
func Also[In any](action string, when func(call *Call, in *In) bool) Option[In] {
	return func(o *Operation) {
		o.guard.also = append(o.guard.also, alsoAction{action, func(call *Call, in any) bool { return when(call, in.(*In)) }})
	}
}

// HandlerAuthorizes keeps the Authorizer out, because the handler decides by
// itself or because AWS lets everyone in; why says which, for the coverage page.
func HandlerAuthorizes[In any](why string) Option[In] {
	return func(o *Operation) { o.guard.free = why }
}

// Question is what the Authorizer is asked: may the caller perform Action on all Resources?
type Question struct {
	Action    string
	Resources []string
	Keys      map[string][]string
}

// Questions returns what the Authorizer is asked before a call is performed. There are
// none for operations without a signature, which have no IAM principal: the bearer's own
// access, or a secret in the input, decides in their handlers.
func (o *Operation) Questions(ctx context.Context, call *Call, in any) ([]Question, error) {
	g := &o.guard
	if o.model.Auth != awsapi.SigV4 || g.free != "" {
		return nil, nil
	}
	q := Question{Action: o.model.Action, Resources: []string{"*"}}
	if g.unspecific == "" {
		var err error
		if q.Resources, q.Keys, err = g.resources(ctx, call, in); err != nil {
			return nil, err
		}
		if len(q.Resources) == 0 {
			return nil, idc.Errorf(idc.Internal, "%s names no resource to authorise", o.model.Name)
		}
	}
	if g.keys != nil {
		// What is found wins: the request must not contradict what is stored.
		found := q.Keys
		q.Keys = map[string][]string{}
		for _, from := range []map[string][]string{g.keys(call, in), found} {
			for key, values := range from {
				q.Keys[key] = values
			}
		}
	}
	questions := []Question{q}
	for _, a := range g.also {
		if a.when(call, in) {
			questions = append(questions, Question{Action: a.action, Resources: q.Resources, Keys: q.Keys})
		}
	}
	return questions, nil
}

// check refuses an operation that does not say what it is authorised on.
func (o *Operation) check() error {
	declared := 0
	for _, is := range []bool{o.guard.resources != nil, o.guard.unspecific != "", o.guard.free != ""} {
		if is {
			declared++
		}
	}
	switch {
	case o.model.Auth != awsapi.SigV4:
		if declared > 0 {
			return fmt.Errorf("%s of %s carries no signature and is not authorised by IAM: it declares nothing", o.model.Name, o.model.Service.Name)
		}
	case declared != 1:
		return fmt.Errorf("%s of %s must say what it is authorised on, by exactly one of On, OnFound, NoResource and HandlerAuthorizes",
			o.model.Name, o.model.Service.Name)
	}
	return nil
}
