package accountaccess

import (
	"context"
	"maps"
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/accountaccess"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	wire "github.com/gatehouse-idc/gatehouse/internal/awsapi/accountaccess"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Door serves account-access.
type Door struct {
	Access *accountaccess.Service
	Pages  pagetoken.Codec
}

// pageSize is the page when the client does not say, and the most it may ask for.
const pageSize = 100

// Operations returns the operations this door serves.
func (d *Door) Operations() []awsedge.Operation {
	return slices.Concat(d.applicationOperations(), d.entitlementOperations(), d.tagOperations())
}

// request is a call of an account that may make it.
type request struct {
	*awsedge.Call
	standing accountaccess.Standing
}

// op registers an operation for accounts of at least a standing. The option says
// what it is authorised on.
func op[In, Out any](d *Door, typed awsapi.Typed[In, Out], least accountaccess.Standing,
	fn func(ctx context.Context, r request, in *In) (*Out, error), options ...awsedge.Option[In]) awsedge.Operation {
	return awsedge.Op(typed, func(ctx context.Context, call *awsedge.Call, in *In) (*Out, error) {
		standing, err := d.Access.StandingOf(ctx, call.Caller.AccountID)
		if err != nil {
			return nil, err
		}
		if standing < least {
			who := "the management account of the organization"
			if least == accountaccess.Delegate {
				who += " or a delegated administrator of " + accountaccess.ServicePrincipal
			}
			return nil, idc.Errorf(idc.Denied, "User: %s is not authorized to perform: %s because the account is not %s", call.Caller.ARN, call.Operation.Action, who)
		}
		return fn(ctx, request{call, standing}, in)
	}, options...)
}

// on authorises an operation on the application that its input names.
func on[In any](name func(in *In) *string) awsedge.Option[In] {
	return awsedge.On(func(_ *awsedge.Call, in *In) []string { return []string{*name(in)} })
}

// page reads the paging members of an input. The function it returns makes the
// NextToken. filters are the parameters that decide what is listed.
func (d *Door) page(r request, token *string, limit *int32, filters ...string) (store.Page, func(cursor string) *string, error) {
	at, err := r.Page(d.Pages, token, filters...)
	p := store.Page{After: at.After, Limit: pageSize}
	if limit != nil {
		p.Limit = int(*limit)
	}
	return p, at.Next, err
}

func fromTags(tags map[string]string) []idc.Tag {
	out := make([]idc.Tag, 0, len(tags))
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		out = append(out, idc.Tag{Key: key, Value: tags[key]})
	}
	return out
}

func wireTags(tags []idc.Tag) map[string]string {
	out := map[string]string{}
	for _, t := range tags {
		out[t.Key] = t.Value
	}
	return out
}

// tagKeys gives the condition keys of tags in a request.
func tagKeys(tags map[string]string) map[string][]string {
	keys := map[string][]string{}
	for _, t := range fromTags(tags) {
		keys["aws:RequestTag/"+t.Key] = []string{t.Value}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], t.Key)
	}
	return keys
}

func (d *Door) tagOperations() []awsedge.Operation {
	return []awsedge.Operation{
		op(d, wire.TagResource, accountaccess.Delegate, d.tagResource,
			on(func(in *wire.TagResourceInput) *string { return in.ResourceArn }),
			awsedge.Keys(func(_ *awsedge.Call, in *wire.TagResourceInput) map[string][]string { return tagKeys(in.Tags) })),
		op(d, wire.UntagResource, accountaccess.Delegate, d.untagResource,
			on(func(in *wire.UntagResourceInput) *string { return in.ResourceArn }),
			awsedge.Keys(func(_ *awsedge.Call, in *wire.UntagResourceInput) map[string][]string {
				return map[string][]string{"aws:TagKeys": in.TagKeys}
			})),
		op(d, wire.ListTagsForResource, accountaccess.Delegate, d.listTags,
			on(func(in *wire.ListTagsForResourceInput) *string { return in.ResourceArn })),
	}
}

func (d *Door) tagResource(ctx context.Context, r request, in *wire.TagResourceInput) (*wire.TagResourceOutput, error) {
	return nil, d.Access.Tag(ctx, r.Change(), *in.ResourceArn, fromTags(in.Tags))
}

func (d *Door) untagResource(ctx context.Context, r request, in *wire.UntagResourceInput) (*wire.UntagResourceOutput, error) {
	return nil, d.Access.Untag(ctx, r.Change(), *in.ResourceArn, in.TagKeys)
}

func (d *Door) listTags(ctx context.Context, _ request, in *wire.ListTagsForResourceInput) (*wire.ListTagsForResourceOutput, error) {
	a, err := d.Access.Get(ctx, *in.ResourceArn)
	if err != nil {
		return nil, err
	}
	return &wire.ListTagsForResourceOutput{Tags: wireTags(a.Tags)}, nil
}
