package ssoadmin

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) accessControlOperations() []awsedge.Operation {
	return []awsedge.Operation{
		op(d, ssoadmin.CreateInstanceAccessControlAttributeConfiguration, func(in *ssoadmin.CreateInstanceAccessControlAttributeConfigurationInput) target {
			return target{instance: in.InstanceArn}
		}, d.createAccessControl),
		op(d, ssoadmin.DescribeInstanceAccessControlAttributeConfiguration, func(in *ssoadmin.DescribeInstanceAccessControlAttributeConfigurationInput) target {
			return target{instance: in.InstanceArn}
		}, d.describeAccessControl),
		op(d, ssoadmin.UpdateInstanceAccessControlAttributeConfiguration, func(in *ssoadmin.UpdateInstanceAccessControlAttributeConfigurationInput) target {
			return target{instance: in.InstanceArn}
		}, d.updateAccessControl),
		op(d, ssoadmin.DeleteInstanceAccessControlAttributeConfiguration, func(in *ssoadmin.DeleteInstanceAccessControlAttributeConfigurationInput) target {
			return target{instance: in.InstanceArn}
		}, d.deleteAccessControl),
	}
}

// createAccessControl implements
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreateInstanceAccessControlAttributeConfiguration.html.
func (d *Door) createAccessControl(ctx context.Context, r request, in *ssoadmin.CreateInstanceAccessControlAttributeConfigurationInput) (*ssoadmin.CreateInstanceAccessControlAttributeConfigurationOutput, error) {
	return nil, d.AccessControl.Create(ctx, r.Change(), r.instance.ID, fromAttributes(in.InstanceAccessControlAttributeConfiguration))
}

// describeAccessControl implements
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_DescribeInstanceAccessControlAttributeConfiguration.html.
func (d *Door) describeAccessControl(ctx context.Context, r request, _ *ssoadmin.DescribeInstanceAccessControlAttributeConfigurationInput) (*ssoadmin.DescribeInstanceAccessControlAttributeConfigurationOutput, error) {
	c, err := d.AccessControl.Get(ctx, r.instance.ID)
	if err != nil {
		return nil, err
	}
	list := make([]ssoadmin.AccessControlAttribute, len(c.Attributes))
	for i, a := range c.Attributes {
		list[i] = ssoadmin.AccessControlAttribute{Key: &a.Key, Value: &ssoadmin.AccessControlAttributeValue{Source: a.Sources}}
	}
	return &ssoadmin.DescribeInstanceAccessControlAttributeConfigurationOutput{
		InstanceAccessControlAttributeConfiguration: &ssoadmin.InstanceAccessControlAttributeConfiguration{AccessControlAttributes: list},
		Status: text(c.Status), StatusReason: text(c.StatusReason),
	}, nil
}

// updateAccessControl implements
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_UpdateInstanceAccessControlAttributeConfiguration.html.
func (d *Door) updateAccessControl(ctx context.Context, r request, in *ssoadmin.UpdateInstanceAccessControlAttributeConfigurationInput) (*ssoadmin.UpdateInstanceAccessControlAttributeConfigurationOutput, error) {
	return nil, d.AccessControl.Update(ctx, r.Change(), r.instance.ID, fromAttributes(in.InstanceAccessControlAttributeConfiguration))
}

// deleteAccessControl implements
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_DeleteInstanceAccessControlAttributeConfiguration.html.
func (d *Door) deleteAccessControl(ctx context.Context, r request, _ *ssoadmin.DeleteInstanceAccessControlAttributeConfigurationInput) (*ssoadmin.DeleteInstanceAccessControlAttributeConfigurationOutput, error) {
	return nil, d.AccessControl.Delete(ctx, r.Change(), r.instance.ID)
}

func fromAttributes(c *ssoadmin.InstanceAccessControlAttributeConfiguration) []idc.AccessControlAttribute {
	out := make([]idc.AccessControlAttribute, len(c.AccessControlAttributes))
	for i, a := range c.AccessControlAttributes {
		out[i] = idc.AccessControlAttribute{Key: *a.Key, Sources: a.Value.Source}
	}
	return out
}
