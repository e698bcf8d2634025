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
		op(d, ssoadmin.TagResource, func(in *ssoadmin.TagResourceInput) target { return tagTarget(in.InstanceArn, in.ResourceArn, true) }, d.tagResource,
			awsedge.Keys(func(_ *awsedge.Call, in *ssoadmin.TagResourceInput) map[string][]string { return tagKeys(in.Tags) })),
		op(d, ssoadmin.UntagResource, func(in *ssoadmin.UntagResourceInput) target { return tagTarget(in.InstanceArn, in.ResourceArn, true) }, d.untagResource,
			awsedge.Keys(func(_ *awsedge.Call, in *ssoadmin.UntagResourceInput) map[string][]string {
				return map[string][]string{"aws:TagKeys": in.TagKeys}
			})),
		op(d, ssoadmin.ListTagsForResource, func(in *ssoadmin.ListTagsForResourceInput) target {
			return tagTarget(in.InstanceArn, in.ResourceArn, false)
		}, d.listTags),
	}
}

// tagTarget tells what a ResourceArn names. The tags of an instance are its owner's to change.
func tagTarget(instance, resource *string, change bool) target {
	if _, _, _, err := arn.ParseApplication(*resource); err == nil {
		return target{instance: instance, application: resource}
	}
	if _, _, _, err := arn.ParseTrustedTokenIssuer(*resource); err == nil {
		return target{instance: instance, issuer: resource}
	}
	if _, err := arn.ParseInstance(*resource); err == nil {
		return target{instance: resource, whole: true, owner: change}
	}
	if _, _, err := arn.ParsePermissionSet(*resource); err != nil {
		return target{instance: instance, absent: resource}
	}
	return target{instance: instance, permissionSet: resource}
}

func (d *Door) tagResource(ctx context.Context, r request, in *ssoadmin.TagResourceInput) (*ssoadmin.TagResourceOutput, error) {
	tags := fromTags(in.Tags)
	switch {
	case r.application != nil:
		return nil, d.Applications.Tag(ctx, r.Change(), r.application.ID, tags)
	case r.issuer != nil:
		return nil, d.Applications.TagIssuer(ctx, r.Change(), r.issuer.ARN, tags)
	case r.permissionSetID != "":
		return nil, d.permissionSets(r).Tag(ctx, r.Change(), r.permissionSetID, tags)
	}
	return nil, d.Instances.Tag(ctx, r.Change(), r.instance.ID, tags)
}

func (d *Door) untagResource(ctx context.Context, r request, in *ssoadmin.UntagResourceInput) (*ssoadmin.UntagResourceOutput, error) {
	switch {
	case r.application != nil:
		return nil, d.Applications.Untag(ctx, r.Change(), r.application.ID, in.TagKeys)
	case r.issuer != nil:
		return nil, d.Applications.UntagIssuer(ctx, r.Change(), r.issuer.ARN, in.TagKeys)
	case r.permissionSetID != "":
		return nil, d.permissionSets(r).Untag(ctx, r.Change(), r.permissionSetID, in.TagKeys)
	}
	return nil, d.Instances.Untag(ctx, r.Change(), r.instance.ID, in.TagKeys)
}

func (d *Door) listTags(ctx context.Context, r request, in *ssoadmin.ListTagsForResourceInput) (*ssoadmin.ListTagsForResourceOutput, error) {
	if in.NextToken != nil {
		return nil, idc.Errorf(idc.Invalid, "The NextToken is invalid.") // one page holds all
	}
	tags := r.instance.Tags
	switch {
	case r.application != nil:
		tags = r.application.Tags
	case r.issuer != nil:
		tags = r.issuer.Tags
	case r.permissionSetID != "":
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
