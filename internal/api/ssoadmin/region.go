package ssoadmin

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/instance"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func (d *Door) regionOperations() []awsedge.Operation {
	return []awsedge.Operation{
		op(d, ssoadmin.AddRegion, func(in *ssoadmin.AddRegionInput) target {
			return target{instance: in.InstanceArn, whole: true, owner: true}
		}, d.addRegion),
		op(d, ssoadmin.RemoveRegion, func(in *ssoadmin.RemoveRegionInput) target {
			return target{instance: in.InstanceArn, whole: true, owner: true}
		}, d.removeRegion),
		op(d, ssoadmin.DescribeRegion, func(in *ssoadmin.DescribeRegionInput) target {
			return target{instance: in.InstanceArn, whole: true}
		}, d.describeRegion),
		op(d, ssoadmin.ListRegions, func(in *ssoadmin.ListRegionsInput) target {
			return target{instance: in.InstanceArn, whole: true}
		}, d.listRegions),
	}
}

// inPrimary refuses calls that are made in another Region than the instance's primary one.
func (r request) inPrimary() error {
	if r.Region == r.instance.Region {
		return nil
	}
	return idc.Errorf(idc.Invalid, "The request must be made in the primary Region %s.", r.instance.Region)
}

func (d *Door) addRegion(ctx context.Context, r request, in *ssoadmin.AddRegionInput) (*ssoadmin.AddRegionOutput, error) {
	if err := r.inPrimary(); err != nil {
		return nil, err
	}
	if err := d.Instances.AddRegion(ctx, r.Change(), r.instance.ID, *in.RegionName); err != nil {
		return nil, err
	}
	return &ssoadmin.AddRegionOutput{Status: text(idc.RegionAdding)}, nil
}

func (d *Door) removeRegion(ctx context.Context, r request, in *ssoadmin.RemoveRegionInput) (*ssoadmin.RemoveRegionOutput, error) {
	if err := r.inPrimary(); err != nil {
		return nil, err
	}
	if err := d.Instances.RemoveRegion(ctx, r.Change(), r.instance.ID, *in.RegionName); err != nil {
		return nil, err
	}
	return &ssoadmin.RemoveRegionOutput{Status: text(idc.RegionRemoving)}, nil
}

func wireRegions(all []idc.InstanceRegion) []ssoadmin.RegionMetadata {
	out := make([]ssoadmin.RegionMetadata, len(all))
	for i, r := range all {
		out[i] = ssoadmin.RegionMetadata{RegionName: &r.Name, Status: text(r.Status), IsPrimaryRegion: &r.Primary, AddedDate: &r.AddedAt}
	}
	return out
}

func (d *Door) describeRegion(_ context.Context, r request, in *ssoadmin.DescribeRegionInput) (*ssoadmin.DescribeRegionOutput, error) {
	region, err := instance.Region(r.instance, *in.RegionName)
	if err != nil {
		return nil, err
	}
	out := ssoadmin.DescribeRegionOutput(wireRegions([]idc.InstanceRegion{region})[0])
	return &out, nil
}

func (d *Door) listRegions(_ context.Context, r request, in *ssoadmin.ListRegionsInput) (*ssoadmin.ListRegionsOutput, error) {
	page, token, err := d.page(r, in.NextToken, in.MaxResults, r.instance.ID)
	if err != nil {
		return nil, err
	}
	all, next := store.Cut(page, r.instance.AllRegions(), func(r idc.InstanceRegion) string { return r.Name })
	return &ssoadmin.ListRegionsOutput{Regions: wireRegions(all), NextToken: token(next)}, nil
}
