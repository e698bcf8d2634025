package cloudtrail

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/cloudtrail"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) tagOperations() []awsedge.Operation {
	return []awsedge.Operation{
		onTrail(cloudtrail.AddTags, d.addTags, func(in *cloudtrail.AddTagsInput) *string { return in.ResourceId },
			awsedge.Keys(func(_ *awsedge.Call, in *cloudtrail.AddTagsInput) map[string][]string { return tagKeys(in.TagsList) })),
		onTrail(cloudtrail.RemoveTags, d.removeTags, func(in *cloudtrail.RemoveTagsInput) *string { return in.ResourceId },
			awsedge.Keys(func(_ *awsedge.Call, in *cloudtrail.RemoveTagsInput) map[string][]string {
				return map[string][]string{"aws:TagKeys": tagKeys(in.TagsList)["aws:TagKeys"]}
			})),
		awsedge.Op(cloudtrail.ListTags, d.listTags, awsedge.On(func(call *awsedge.Call, in *cloudtrail.ListTagsInput) []string {
			out := make([]string, len(in.ResourceIdList))
			for i, id := range in.ResourceIdList {
				out[i] = trailARN(call, id)
			}
			return out
		})),
	}
}

// missingResource is how the tag operations name a trail that does not exist.
func missingResource(err error) error {
	if !idc.IsNotFound(err) {
		return err
	}
	return idc.Errorf(idc.NotFound, "%s", idc.PublicMessage(err)).With("ResourceNotFound")
}

func (d *Door) addTags(ctx context.Context, call *awsedge.Call, in *cloudtrail.AddTagsInput) (*cloudtrail.AddTagsOutput, error) {
	trailARN, err := taggable(*in.ResourceId)
	if err != nil {
		return nil, err
	}
	return nil, missingResource(d.Trails.Tag(ctx, call.Change(), call.Caller.AccountID, trailARN, fromTags(in.TagsList)))
}

func (d *Door) removeTags(ctx context.Context, call *awsedge.Call, in *cloudtrail.RemoveTagsInput) (*cloudtrail.RemoveTagsOutput, error) {
	trailARN, err := taggable(*in.ResourceId)
	if err != nil {
		return nil, err
	}
	var keys []string
	for _, t := range in.TagsList {
		keys = append(keys, *t.Key)
	}
	return nil, missingResource(d.Trails.Untag(ctx, call.Change(), call.Caller.AccountID, trailARN, keys))
}

// listTags shows the tags of up to 20 trails, all on one page.
func (d *Door) listTags(ctx context.Context, call *awsedge.Call, in *cloudtrail.ListTagsInput) (*cloudtrail.ListTagsOutput, error) {
	if in.NextToken != nil && *in.NextToken != "" {
		return nil, idc.Errorf(idc.Invalid, "The NextToken is invalid.").With("InvalidToken")
	}
	out := &cloudtrail.ListTagsOutput{ResourceTagList: []cloudtrail.ResourceTag{}}
	for _, id := range in.ResourceIdList {
		trailARN, err := taggable(id)
		if err != nil {
			return nil, err
		}
		t, err := d.Trails.Get(ctx, call.Caller.AccountID, trailARN)
		if err != nil {
			return nil, missingResource(err)
		}
		tags := make([]cloudtrail.Tag, len(t.Tags))
		for i, tag := range t.Tags {
			tags[i] = cloudtrail.Tag{Key: &tag.Key, Value: &tag.Value}
		}
		out.ResourceTagList = append(out.ResourceTagList, cloudtrail.ResourceTag{ResourceId: &t.ARN, TagsList: tags})
	}
	return out, nil
}
