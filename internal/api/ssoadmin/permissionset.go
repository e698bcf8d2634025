package ssoadmin

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/permissionset"
)

func (d *Door) permissionSetOperations() []awsedge.Operation {
	return []awsedge.Operation{
		op(d, ssoadmin.CreatePermissionSet, func(in *ssoadmin.CreatePermissionSetInput) target {
			return target{instance: in.InstanceArn, any: []string{newPermissionSet(*in.InstanceArn)}}
		}, d.createPermissionSet,
			awsedge.Keys(func(_ *awsedge.Call, in *ssoadmin.CreatePermissionSetInput) map[string][]string {
				return tagKeys(in.Tags)
			})),
		op(d, ssoadmin.DescribePermissionSet, func(in *ssoadmin.DescribePermissionSetInput) target {
			return target{instance: in.InstanceArn, permissionSet: in.PermissionSetArn}
		}, d.describePermissionSet),
		op(d, ssoadmin.ListPermissionSets, func(in *ssoadmin.ListPermissionSetsInput) target { return target{instance: in.InstanceArn} }, d.listPermissionSets),
		op(d, ssoadmin.UpdatePermissionSet, func(in *ssoadmin.UpdatePermissionSetInput) target {
			return target{instance: in.InstanceArn, permissionSet: in.PermissionSetArn}
		}, d.updatePermissionSet),
		op(d, ssoadmin.DeletePermissionSet, func(in *ssoadmin.DeletePermissionSetInput) target {
			return target{instance: in.InstanceArn, permissionSet: in.PermissionSetArn}
		}, d.deletePermissionSet),
	}
}

func wirePermissionSet(ps *idc.PermissionSet) *ssoadmin.PermissionSet {
	return &ssoadmin.PermissionSet{
		Name: &ps.Name, PermissionSetArn: &ps.ARN, Description: text(ps.Description), CreatedDate: &ps.CreatedAt,
		SessionDuration: &ps.SessionDuration, RelayState: text(ps.RelayState),
	}
}

func (d *Door) createPermissionSet(ctx context.Context, r request, in *ssoadmin.CreatePermissionSetInput) (*ssoadmin.CreatePermissionSetOutput, error) {
	ps, err := d.PermissionSets.Create(ctx, r.Change(), permissionset.Definition{
		Name: *in.Name, Description: value(in.Description), SessionDuration: value(in.SessionDuration),
		RelayState: value(in.RelayState), Tags: fromTags(in.Tags),
	})
	if err != nil {
		return nil, err
	}
	return &ssoadmin.CreatePermissionSetOutput{PermissionSet: wirePermissionSet(ps)}, nil
}

func (d *Door) describePermissionSet(ctx context.Context, r request, _ *ssoadmin.DescribePermissionSetInput) (*ssoadmin.DescribePermissionSetOutput, error) {
	ps, err := d.PermissionSets.Get(ctx, r.permissionSetID)
	if err != nil {
		return nil, err
	}
	return &ssoadmin.DescribePermissionSetOutput{PermissionSet: wirePermissionSet(ps)}, nil
}

func (d *Door) listPermissionSets(ctx context.Context, r request, in *ssoadmin.ListPermissionSetsInput) (*ssoadmin.ListPermissionSetsOutput, error) {
	page, token, err := d.page(r, in.NextToken, in.MaxResults)
	if err != nil {
		return nil, err
	}
	sets, next, err := d.PermissionSets.List(ctx, page)
	if err != nil {
		return nil, err
	}
	out := &ssoadmin.ListPermissionSetsOutput{PermissionSets: []string{}, NextToken: token(next)}
	for _, ps := range sets {
		out.PermissionSets = append(out.PermissionSets, ps.ARN)
	}
	return out, nil
}

func (d *Door) updatePermissionSet(ctx context.Context, r request, in *ssoadmin.UpdatePermissionSetInput) (*ssoadmin.UpdatePermissionSetOutput, error) {
	_, err := d.permissionSets(r).Update(ctx, r.Change(), r.permissionSetID, permissionset.Update{
		Description: in.Description, SessionDuration: in.SessionDuration, RelayState: in.RelayState,
	})
	return nil, err
}

func (d *Door) deletePermissionSet(ctx context.Context, r request, _ *ssoadmin.DeletePermissionSetInput) (*ssoadmin.DeletePermissionSetOutput, error) {
	return nil, d.permissionSets(r).Delete(ctx, r.Change(), r.permissionSetID)
}
