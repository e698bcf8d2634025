package cloudtrail

import (
	"context"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/cloudtrail"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/trail"
)

type handler[In, Out any] func(ctx context.Context, call *awsedge.Call, in *In) (*Out, error)

// listSize is the page of ListTrails and ListPublicKeys, which do not let the client say.
const listSize = 100

func (d *Door) trailOperations() []awsedge.Operation {
	return []awsedge.Operation{
		onTrail(cloudtrail.CreateTrail, d.createTrail, func(in *cloudtrail.CreateTrailInput) *string { return in.Name },
			awsedge.Keys(func(_ *awsedge.Call, in *cloudtrail.CreateTrailInput) map[string][]string {
				return tagKeys(in.TagsList)
			})),
		onTrail(cloudtrail.UpdateTrail, d.updateTrail, func(in *cloudtrail.UpdateTrailInput) *string { return in.Name }),
		onTrail(cloudtrail.DeleteTrail, d.deleteTrail, func(in *cloudtrail.DeleteTrailInput) *string { return in.Name }),
		onTrail(cloudtrail.GetTrail, d.getTrail, func(in *cloudtrail.GetTrailInput) *string { return in.Name }),
		awsedge.Op(cloudtrail.DescribeTrails, d.describeTrails, awsedge.NoResource[cloudtrail.DescribeTrailsInput]("all trails that the account sees")),
		awsedge.Op(cloudtrail.ListTrails, d.listTrails, awsedge.NoResource[cloudtrail.ListTrailsInput]("all trails that the account sees")),
	}
}

// createTrail implements https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html.
func (d *Door) createTrail(ctx context.Context, call *awsedge.Call, in *cloudtrail.CreateTrailInput) (*cloudtrail.CreateTrailOutput, error) {
	t, err := d.Trails.Create(ctx, call.Change(), call.Caller.AccountID, *in.Name, trail.Settings{
		Bucket: in.S3BucketName, Prefix: in.S3KeyPrefix, MultiRegion: in.IsMultiRegionTrail, GlobalServiceEvents: in.IncludeGlobalServiceEvents,
		Organization: in.IsOrganizationTrail, Validation: in.EnableLogFileValidation,
		KMSKeyID: in.KmsKeyId, SNSTopicName: in.SnsTopicName, LogGroupARN: in.CloudWatchLogsLogGroupArn, LogRoleARN: in.CloudWatchLogsRoleArn,
	}, fromTags(in.TagsList))
	if err != nil {
		return nil, err
	}
	out := cloudtrail.CreateTrailOutput{
		Name: &t.Name, TrailARN: &t.ARN, S3BucketName: &t.Bucket, S3KeyPrefix: text(t.Prefix), IsMultiRegionTrail: &t.MultiRegion,
		IncludeGlobalServiceEvents: &t.GlobalServiceEvents, IsOrganizationTrail: &t.OrganizationTrail, LogFileValidationEnabled: &t.LogFileValidation,
	}
	return &out, nil
}

func (d *Door) updateTrail(ctx context.Context, call *awsedge.Call, in *cloudtrail.UpdateTrailInput) (*cloudtrail.UpdateTrailOutput, error) {
	t, err := d.Trails.Update(ctx, call.Change(), call.Caller.AccountID, *in.Name, trail.Settings{
		Bucket: in.S3BucketName, Prefix: in.S3KeyPrefix, MultiRegion: in.IsMultiRegionTrail, GlobalServiceEvents: in.IncludeGlobalServiceEvents,
		Organization: in.IsOrganizationTrail, Validation: in.EnableLogFileValidation,
		KMSKeyID: in.KmsKeyId, SNSTopicName: in.SnsTopicName, LogGroupARN: in.CloudWatchLogsLogGroupArn, LogRoleARN: in.CloudWatchLogsRoleArn,
	})
	if err != nil {
		return nil, err
	}
	return &cloudtrail.UpdateTrailOutput{
		Name: &t.Name, TrailARN: &t.ARN, S3BucketName: &t.Bucket, S3KeyPrefix: text(t.Prefix), IsMultiRegionTrail: &t.MultiRegion,
		IncludeGlobalServiceEvents: &t.GlobalServiceEvents, IsOrganizationTrail: &t.OrganizationTrail, LogFileValidationEnabled: &t.LogFileValidation,
	}, nil
}

func (d *Door) deleteTrail(ctx context.Context, call *awsedge.Call, in *cloudtrail.DeleteTrailInput) (*cloudtrail.DeleteTrailOutput, error) {
	return nil, d.Trails.Delete(ctx, call.Change(), call.Caller.AccountID, *in.Name)
}

func wireTrail(t *idc.Trail) *cloudtrail.Trail {
	custom, insights := trail.HasCustomSelectors(t), false
	return &cloudtrail.Trail{
		Name: &t.Name, TrailARN: &t.ARN, HomeRegion: &t.HomeRegion, S3BucketName: &t.Bucket, S3KeyPrefix: text(t.Prefix),
		IsMultiRegionTrail: &t.MultiRegion, IncludeGlobalServiceEvents: &t.GlobalServiceEvents, IsOrganizationTrail: &t.OrganizationTrail,
		LogFileValidationEnabled: &t.LogFileValidation, HasCustomEventSelectors: &custom, HasInsightSelectors: &insights,
	}
}

func (d *Door) getTrail(ctx context.Context, call *awsedge.Call, in *cloudtrail.GetTrailInput) (*cloudtrail.GetTrailOutput, error) {
	t, err := d.Trails.Get(ctx, call.Caller.AccountID, *in.Name)
	if err != nil {
		return nil, err
	}
	return &cloudtrail.GetTrailOutput{Trail: wireTrail(t)}, nil
}

// describeTrails leaves out names that it does not find, as AWS does. Organization
// trails are the shadow trails of the member accounts.
func (d *Door) describeTrails(ctx context.Context, call *awsedge.Call, in *cloudtrail.DescribeTrailsInput) (*cloudtrail.DescribeTrailsOutput, error) {
	trails, err := d.Trails.List(ctx, call.Caller.AccountID)
	if err != nil {
		return nil, err
	}
	var wanted []string
	for _, name := range in.TrailNameList {
		named, err := d.Trails.ARN(call.Caller.AccountID, name)
		if err != nil {
			return nil, err
		}
		wanted = append(wanted, named)
	}
	shadows := in.IncludeShadowTrails == nil || *in.IncludeShadowTrails
	out := &cloudtrail.DescribeTrailsOutput{TrailList: []cloudtrail.Trail{}}
	for _, t := range trails {
		if len(wanted) > 0 && !slices.Contains(wanted, t.ARN) || !shadows && t.AccountID != call.Caller.AccountID {
			continue
		}
		out.TrailList = append(out.TrailList, *wireTrail(t))
	}
	return out, nil
}

func (d *Door) listTrails(ctx context.Context, call *awsedge.Call, in *cloudtrail.ListTrailsInput) (*cloudtrail.ListTrailsOutput, error) {
	at, err := call.Page(d.Pages, in.NextToken)
	if err != nil {
		return nil, err
	}
	trails, err := d.Trails.List(ctx, call.Caller.AccountID)
	if err != nil {
		return nil, err
	}
	page, next := store.Cut(store.Page{After: at.After, Limit: listSize}, trails, func(t *idc.Trail) string { return t.ARN })
	out := &cloudtrail.ListTrailsOutput{Trails: make([]cloudtrail.TrailInfo, len(page)), NextToken: at.Next(next)}
	for i, t := range page {
		out.Trails[i] = cloudtrail.TrailInfo{Name: &t.Name, TrailARN: &t.ARN, HomeRegion: &t.HomeRegion}
	}
	return out, nil
}

// tagKeys gives the condition keys of tags in a request.
func tagKeys(tags []cloudtrail.Tag) map[string][]string {
	keys := map[string][]string{}
	for _, t := range tags {
		keys["aws:RequestTag/"+*t.Key] = []string{value(t.Value)}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], *t.Key)
	}
	return keys
}

func fromTags(tags []cloudtrail.Tag) []idc.Tag {
	out := make([]idc.Tag, len(tags))
	for i, t := range tags {
		out[i] = idc.Tag{Key: *t.Key, Value: value(t.Value)}
	}
	return out
}

// taggable is the ARN of the trail that a tag operation names.
func taggable(resource string) (string, error) {
	if !strings.HasPrefix(resource, "arn:") {
		return "", idc.Errorf(idc.Invalid, "The specified ARN is not valid: %s.", resource).With("CloudTrailARNInvalid")
	}
	for _, kind := range []string{":eventdatastore/", ":channel/", ":dashboard/"} {
		if strings.Contains(resource, kind) {
			return "", idc.NotFoundf("Resource", resource, "The resource %s does not exist.", resource).With("ResourceNotFound")
		}
	}
	return resource, nil
}
