package organizations

import (
	"context"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/organizations"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
)

func (d *Door) tagOperations() []awsedge.Operation {
	return []awsedge.Operation{
		onTagged(d, organizations.TagResource, func(in *organizations.TagResourceInput) *string { return in.ResourceId }, d.tagResource,
			awsedge.Keys(func(_ *awsedge.Call, in *organizations.TagResourceInput) map[string][]string { return tagKeys(in.Tags) })),
		onTagged(d, organizations.UntagResource, func(in *organizations.UntagResourceInput) *string { return in.ResourceId }, d.untagResource,
			awsedge.Keys(func(_ *awsedge.Call, in *organizations.UntagResourceInput) map[string][]string {
				return map[string][]string{"aws:TagKeys": in.TagKeys}
			})),
		onTagged(d, organizations.ListTagsForResource, func(in *organizations.ListTagsForResourceInput) *string { return in.ResourceId }, d.listTags),
	}
}

// onTagged registers an operation on whatever can have tags: a node or a policy.
func onTagged[In, Out any](d *Door, typed awsapi.Typed[In, Out], id func(in *In) *string, fn handler[In, Out], options ...awsedge.Option[In]) awsedge.Operation {
	on := awsedge.OnFound(func(ctx context.Context, call *awsedge.Call, in *In) ([]string, map[string][]string, error) {
		if err := d.insider(ctx, call, typed.Operation); err != nil {
			return nil, nil, err
		}
		if !strings.HasPrefix(*id(in), "p-") {
			return []string{d.node(*id(in))}, nil, nil
		}
		resource, kind, err := d.policyNamed(ctx, *id(in))
		if err != nil || kind == "" {
			return []string{resource}, nil, err
		}
		return []string{resource}, map[string][]string{"organizations:PolicyType": {kind}}, nil
	})
	return forManagers(d, typed, fn, append(options, on)...)
}

func (d *Door) tagResource(ctx context.Context, call *awsedge.Call, in *organizations.TagResourceInput) (*organizations.TagResourceOutput, error) {
	return nil, d.Accounts.Tag(ctx, call.Change(), *in.ResourceId, fromTags(in.Tags))
}

func (d *Door) untagResource(ctx context.Context, call *awsedge.Call, in *organizations.UntagResourceInput) (*organizations.UntagResourceOutput, error) {
	return nil, d.Accounts.Untag(ctx, call.Change(), *in.ResourceId, in.TagKeys)
}

func (d *Door) listTags(ctx context.Context, call *awsedge.Call, in *organizations.ListTagsForResourceInput) (*organizations.ListTagsForResourceOutput, error) {
	// Fifty tags are one page: no token of this list was ever given.
	if _, _, err := d.page(call, in.NextToken, nil, *in.ResourceId); err != nil {
		return nil, err
	}
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
