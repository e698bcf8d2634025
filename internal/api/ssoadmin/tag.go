package ssoadmin

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) tagOperations() []awsedge.Operation {
	return []awsedge.Operation{
		op(d, ssoadmin.TagResource, func(in *ssoadmin.TagResourceInput) target { return tagTarget(in.InstanceArn, in.ResourceArn) }, d.tagResource,
			awsedge.Keys(func(_ *awsedge.Call, in *ssoadmin.TagResourceInput) map[string][]string { return tagKeys(in.Tags) })),
		op(d, ssoadmin.UntagResource, func(in *ssoadmin.UntagResourceInput) target { return tagTarget(in.InstanceArn, in.ResourceArn) }, d.untagResource,
			awsedge.Keys(func(_ *awsedge.Call, in *ssoadmin.UntagResourceInput) map[string][]string {
				return map[string][]string{"aws:TagKeys": in.TagKeys}
			})),
		op(d, ssoadmin.ListTagsForResource, func(in *ssoadmin.ListTagsForResourceInput) target { return tagTarget(in.InstanceArn, in.ResourceArn) }, d.listTags),
	}
}

// tagTarget tells what a ResourceArn names. Applications and trusted token
// issuers can be tagged too; there are none.
func tagTarget(instance, resource *string) target {
	if _, err := arn.ParseInstance(*resource); err == nil {
		return target{instance: resource}
	}
	if _, _, err := arn.ParsePermissionSet(*resource); err != nil {
		return target{instance: instance, absent: resource}
	}
	return target{instance: instance, permissionSet: resource}
}

func (d *Door) tagResource(ctx context.Context, r request, in *ssoadmin.TagResourceInput) (*ssoadmin.TagResourceOutput, error) {
	if r.permissionSetID == "" {
		return nil, d.Accounts.TagInstance(ctx, r.Change(), fromTags(in.Tags))
	}
	return nil, d.PermissionSets.Tag(ctx, r.Change(), r.permissionSetID, fromTags(in.Tags))
}

func (d *Door) untagResource(ctx context.Context, r request, in *ssoadmin.UntagResourceInput) (*ssoadmin.UntagResourceOutput, error) {
	if r.permissionSetID == "" {
		return nil, d.Accounts.UntagInstance(ctx, r.Change(), in.TagKeys)
	}
	return nil, d.PermissionSets.Untag(ctx, r.Change(), r.permissionSetID, in.TagKeys)
}

func (d *Door) listTags(ctx context.Context, r request, in *ssoadmin.ListTagsForResourceInput) (*ssoadmin.ListTagsForResourceOutput, error) {
	if in.NextToken != nil {
		return nil, idc.Errorf(idc.Invalid, "The NextToken is invalid.") // one page holds all
	}
	tags := r.instance.Tags
	if r.permissionSetID != "" {
		ps, err := d.PermissionSets.Get(ctx, r.permissionSetID)
		if err != nil {
			return nil, err
		}
		tags = ps.Tags
	}
	out := &ssoadmin.ListTagsForResourceOutput{Tags: []ssoadmin.Tag{}}
	for _, t := range tags {
		out.Tags = append(out.Tags, ssoadmin.Tag{Key: &t.Key, Value: &t.Value})
	}
	return out, nil
}
