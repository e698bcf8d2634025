package ssoadmin

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) instanceOperations() []awsedge.Operation {
	return []awsedge.Operation{
		awsedge.Op(ssoadmin.ListInstances, d.listInstances,
			awsedge.NoResource[ssoadmin.ListInstancesInput]("all instances")),
		op(d, ssoadmin.DescribeInstance, func(in *ssoadmin.DescribeInstanceInput) target { return target{instance: in.InstanceArn} }, d.describeInstance),
		op(d, ssoadmin.UpdateInstance, func(in *ssoadmin.UpdateInstanceInput) target { return target{instance: in.InstanceArn} }, d.updateInstance),
	}
}

// listInstances shows the organization's instance to member accounts too.
func (d *Door) listInstances(ctx context.Context, _ *awsedge.Call, in *ssoadmin.ListInstancesInput) (*ssoadmin.ListInstancesOutput, error) {
	if in.NextToken != nil {
		return nil, idc.Errorf(idc.Invalid, "The NextToken is invalid.") // one page holds all
	}
	instance, err := d.Accounts.Instance(ctx)
	if err != nil {
		return nil, err
	}
	return &ssoadmin.ListInstancesOutput{Instances: []ssoadmin.InstanceMetadata{{
		InstanceArn: &instance.ARN, IdentityStoreId: &instance.IdentityStoreID, IdentityStoreArn: identityStoreARN(instance),
		OwnerAccountId: &instance.OwnerAccountID, Name: text(instance.Name), CreatedDate: &instance.CreatedAt,
		Status: text("ACTIVE"), PrimaryRegion: &instance.Region,
	}}}, nil
}

func identityStoreARN(in *idc.Instance) *string {
	return text(arn.IdentityStore(in.OwnerAccountID, in.IdentityStoreID).String())
}

func (d *Door) describeInstance(_ context.Context, r request, _ *ssoadmin.DescribeInstanceInput) (*ssoadmin.DescribeInstanceOutput, error) {
	enabled := true
	return &ssoadmin.DescribeInstanceOutput{
		InstanceArn: &r.instance.ARN, IdentityStoreId: &r.instance.IdentityStoreID, IdentityStoreArn: identityStoreARN(r.instance),
		OwnerAccountId: &r.instance.OwnerAccountID, Name: text(r.instance.Name), CreatedDate: &r.instance.CreatedAt,
		Status: text("ACTIVE"), PermissionSetsEnabled: &enabled, PrimaryRegion: &r.instance.Region,
		EncryptionConfigurationDetails: &ssoadmin.EncryptionConfigurationDetails{KeyType: text("AWS_OWNED_KMS_KEY"), EncryptionStatus: text("ENABLED")},
	}, nil
}

func (d *Door) updateInstance(ctx context.Context, r request, in *ssoadmin.UpdateInstanceInput) (*ssoadmin.UpdateInstanceOutput, error) {
	if in.EncryptionConfiguration != nil {
		return nil, idc.Errorf(idc.NotImplemented, "The encryption of the instance cannot be changed yet.")
	}
	if in.PermissionSetsEnabled != nil && !*in.PermissionSetsEnabled {
		return nil, idc.Errorf(idc.Invalid, "Permission sets cannot be disabled.")
	}
	if in.Name == nil {
		return nil, nil
	}
	return nil, d.Accounts.RenameInstance(ctx, r.Change(), *in.Name)
}
