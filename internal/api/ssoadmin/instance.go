package ssoadmin

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/instance"
)

// instancePage is the most that ListInstances returns at a time: its list in the
// model holds no more, though MaxResults may say 100.
const instancePage = 10

func (d *Door) instanceOperations() []awsedge.Operation {
	return []awsedge.Operation{
		awsedge.Op(ssoadmin.ListInstances, d.listInstances,
			awsedge.NoResource[ssoadmin.ListInstancesInput]("all instances")),
		awsedge.Op(ssoadmin.CreateInstance, d.createInstance,
			awsedge.On(func(*awsedge.Call, *ssoadmin.CreateInstanceInput) []string { return []string{newInstance()} }),
			awsedge.Keys(func(_ *awsedge.Call, in *ssoadmin.CreateInstanceInput) map[string][]string { return tagKeys(in.Tags) })),
		op(d, ssoadmin.DescribeInstance, func(in *ssoadmin.DescribeInstanceInput) target {
			return target{instance: in.InstanceArn, whole: true, anytime: true}
		}, d.describeInstance),
		op(d, ssoadmin.UpdateInstance, func(in *ssoadmin.UpdateInstanceInput) target {
			return target{instance: in.InstanceArn, whole: true, owner: true}
		}, d.updateInstance),
		op(d, ssoadmin.DeleteInstance, func(in *ssoadmin.DeleteInstanceInput) target {
			return target{instance: in.InstanceArn, whole: true, owner: true, anytime: true}
		}, d.deleteInstance),
	}
}

// newInstance is the ARN by which policies speak of an instance that is yet to be made.
func newInstance() string { return arn.Instance("ssoins-*").String() }

// listInstances shows the organization's instance to its member accounts too.
func (d *Door) listInstances(ctx context.Context, call *awsedge.Call, in *ssoadmin.ListInstancesInput) (*ssoadmin.ListInstancesOutput, error) {
	region := call.Region
	if value(in.RegionScope) == "ALL_REGIONS" {
		region = ""
	}
	page, token, err := d.page(request{Call: call}, in.NextToken, in.MaxResults, call.Caller.AccountID, region)
	if err != nil {
		return nil, err
	}
	page.Limit = min(page.Limit, instancePage)
	all, next, err := d.Instances.Visible(ctx, call.Caller.AccountID, region, page)
	if err != nil {
		return nil, err
	}
	out := &ssoadmin.ListInstancesOutput{Instances: []ssoadmin.InstanceMetadata{}, NextToken: token(next)}
	for _, i := range all {
		out.Instances = append(out.Instances, ssoadmin.InstanceMetadata{
			InstanceArn: &i.ARN, IdentityStoreId: &i.IdentityStoreID, IdentityStoreArn: identityStoreARN(i),
			OwnerAccountId: &i.OwnerAccountID, Name: text(i.Name), CreatedDate: &i.CreatedAt, Status: text(i.CurrentStatus()),
			StatusReason: text(i.StatusReason), PrimaryRegion: &i.Region, Regions: wireRegions(i.AllRegions()),
		})
	}
	return out, nil
}

func identityStoreARN(in *idc.Instance) *string {
	return text(arn.IdentityStore(in.OwnerAccountID, in.IdentityStoreID).String())
}

func (d *Door) createInstance(ctx context.Context, call *awsedge.Call, in *ssoadmin.CreateInstanceInput) (*ssoadmin.CreateInstanceOutput, error) {
	made, err := d.Instances.Create(ctx, call.Change(), value(in.ClientToken), instance.Definition{
		AccountID: call.Caller.AccountID, Region: call.Region, Name: value(in.Name), Tags: fromTags(in.Tags),
	})
	if err != nil {
		return nil, err
	}
	return &ssoadmin.CreateInstanceOutput{InstanceArn: &made}, nil
}

func (d *Door) describeInstance(_ context.Context, r request, _ *ssoadmin.DescribeInstanceInput) (*ssoadmin.DescribeInstanceOutput, error) {
	in, enabled, encryption := r.instance, r.instance.HasPermissionSets(), r.instance.CurrentEncryption()
	return &ssoadmin.DescribeInstanceOutput{
		InstanceArn: &in.ARN, IdentityStoreId: &in.IdentityStoreID, IdentityStoreArn: identityStoreARN(in),
		OwnerAccountId: &in.OwnerAccountID, Name: text(in.Name), CreatedDate: &in.CreatedAt, Status: text(in.CurrentStatus()),
		StatusReason: text(in.StatusReason), PermissionSetsEnabled: &enabled, PrimaryRegion: &in.Region, Regions: wireRegions(in.AllRegions()),
		EncryptionConfigurationDetails: &ssoadmin.EncryptionConfigurationDetails{KeyType: text(encryption.KeyType), KmsKeyArn: text(encryption.KeyARN),
			EncryptionStatus: text(encryption.Status), EncryptionStatusReason: text(encryption.StatusReason)},
	}, nil
}

func (d *Door) updateInstance(ctx context.Context, r request, in *ssoadmin.UpdateInstanceInput) (*ssoadmin.UpdateInstanceOutput, error) {
	u := instance.Update{Name: in.Name}
	if in.PermissionSetsEnabled != nil {
		if !*in.PermissionSetsEnabled {
			return nil, idc.Errorf(idc.Invalid, "Permission sets cannot be disabled.")
		}
		u.EnablePermissionSets = true
	}
	if c := in.EncryptionConfiguration; c != nil {
		u.Encryption = &instance.Encryption{KeyType: idc.EncryptionKeyType(*c.KeyType), KeyARN: value(c.KmsKeyArn)}
	}
	return nil, d.Instances.Update(ctx, r.Change(), r.instance.ID, u)
}

func (d *Door) deleteInstance(ctx context.Context, r request, _ *ssoadmin.DeleteInstanceInput) (*ssoadmin.DeleteInstanceOutput, error) {
	return nil, d.Instances.Delete(ctx, r.Change(), r.instance.ID)
}
