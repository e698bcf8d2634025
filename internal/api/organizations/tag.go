package organizations

import (
	"context"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/organizations"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) tagOperations() []awsedge.Operation {
	return []awsedge.Operation{
		onTagged(d, organizations.TagResource, func(in *organizations.TagResourceInput) *string { return in.ResourceId }, d.tagResource,
			func(in *organizations.TagResourceInput) map[string][]string { return tagKeys(in.Tags) }),
		onTagged(d, organizations.UntagResource, func(in *organizations.UntagResourceInput) *string { return in.ResourceId }, d.untagResource,
			func(in *organizations.UntagResourceInput) map[string][]string {
				return map[string][]string{"aws:TagKeys": in.TagKeys}
			}),
		onTagged(d, organizations.ListTagsForResource, func(in *organizations.ListTagsForResourceInput) *string { return in.ResourceId }, d.listTags, nil),
	}
}

// onTagged registers an operation on whatever can have tags: a node or a policy.
func onTagged[In, Out any](d *Door, typed awsapi.Typed[In, Out], id func(in *In) *string, fn handler[In, Out], keys func(in *In) map[string][]string) awsedge.Operation {
	run := func(ctx context.Context, call *awsedge.Call, in *In) (*Out, error) {
		if err := d.management(call); err != nil {
			return nil, err
		}
		resource := d.node(*id(in))
		if strings.HasPrefix(*id(in), "p-") {
			p, err := d.Accounts.Policy(ctx, *id(in))
			switch {
			case err == nil:
				resource = d.policyARN(p)
			case idc.IsNotFound(err):
				resource = "*"
			default:
				return nil, err
			}
		}
		var conditions map[string][]string
		if keys != nil {
			conditions = keys(in)
		}
		if err := d.Authorizer.Authorize(ctx, call, call.Operation.Action, []string{resource}, conditions); err != nil {
			return nil, err
		}
		return fn(ctx, call, in)
	}
	return awsedge.Op(typed, run, awsedge.HandlerAuthorizes[In]("asks the Authorizer about the ARN, which for a policy holds its type"))
}

func (d *Door) tagResource(ctx context.Context, call *awsedge.Call, in *organizations.TagResourceInput) (*organizations.TagResourceOutput, error) {
	return nil, d.Accounts.Tag(ctx, call.Change(), *in.ResourceId, fromTags(in.Tags))
}

func (d *Door) untagResource(ctx context.Context, call *awsedge.Call, in *organizations.UntagResourceInput) (*organizations.UntagResourceOutput, error) {
	return nil, d.Accounts.Untag(ctx, call.Change(), *in.ResourceId, in.TagKeys)
}

func (d *Door) listTags(ctx context.Context, _ *awsedge.Call, in *organizations.ListTagsForResourceInput) (*organizations.ListTagsForResourceOutput, error) {
	tags, err := d.Accounts.Tags(ctx, *in.ResourceId)
	if err != nil {
		return nil, err
	}
	out := &organizations.ListTagsForResourceOutput{Tags: []organizations.Tag{}}
	for _, t := range tags {
		out.Tags = append(out.Tags, organizations.Tag{Key: &t.Key, Value: &t.Value})
	}
	return out, nil
}
