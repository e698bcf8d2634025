package organizations

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/account"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/organizations"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) unitOperations() []awsedge.Operation {
	return []awsedge.Operation{
		op(d, organizations.CreateOrganizationalUnit, func(in *organizations.CreateOrganizationalUnitInput) []*string { return []*string{in.ParentId} }, d.createUnit,
			tagging(func(in *organizations.CreateOrganizationalUnitInput) []organizations.Tag { return in.Tags })...),
		op(d, organizations.DescribeOrganizationalUnit, func(in *organizations.DescribeOrganizationalUnitInput) []*string {
			return []*string{in.OrganizationalUnitId}
		}, d.describeUnit),
		op(d, organizations.UpdateOrganizationalUnit, func(in *organizations.UpdateOrganizationalUnitInput) []*string {
			return []*string{in.OrganizationalUnitId}
		}, d.updateUnit),
		op(d, organizations.DeleteOrganizationalUnit, func(in *organizations.DeleteOrganizationalUnitInput) []*string {
			return []*string{in.OrganizationalUnitId}
		}, d.deleteUnit),
		op(d, organizations.ListOrganizationalUnitsForParent, func(in *organizations.ListOrganizationalUnitsForParentInput) []*string { return []*string{in.ParentId} }, d.listUnits),
		op(d, organizations.ListChildren, func(in *organizations.ListChildrenInput) []*string { return []*string{in.ParentId} }, d.listChildren),
		op(d, organizations.ListParents, func(in *organizations.ListParentsInput) []*string { return []*string{in.ChildId} }, d.listParents),
	}
}

func (d *Door) wireUnits(ctx context.Context, units ...*idc.OrganizationalUnit) ([]organizations.OrganizationalUnit, error) {
	ids := make([]string, len(units))
	for i, u := range units {
		ids[i] = u.ID
	}
	paths, err := d.Accounts.Paths(ctx, ids...)
	if err != nil {
		return nil, err
	}
	out := make([]organizations.OrganizationalUnit, len(units))
	for i, u := range units {
		out[i] = organizations.OrganizationalUnit{Id: &u.ID, Arn: text(d.node(u.ID)), Name: &u.Name, Path: text(paths[u.ID])}
	}
	return out, nil
}

func (d *Door) createUnit(ctx context.Context, call *awsedge.Call, in *organizations.CreateOrganizationalUnitInput) (*organizations.CreateOrganizationalUnitOutput, error) {
	created, err := d.Accounts.CreateOU(ctx, call.Change(), *in.ParentId, *in.Name, fromTags(in.Tags))
	if err != nil {
		return nil, err
	}
	units, err := d.wireUnits(ctx, created)
	if err != nil {
		return nil, err
	}
	return &organizations.CreateOrganizationalUnitOutput{OrganizationalUnit: &units[0]}, nil
}

func (d *Door) describeUnit(ctx context.Context, _ *awsedge.Call, in *organizations.DescribeOrganizationalUnitInput) (*organizations.DescribeOrganizationalUnitOutput, error) {
	found, err := d.Accounts.OU(ctx, *in.OrganizationalUnitId)
	if err != nil {
		return nil, err
	}
	units, err := d.wireUnits(ctx, found)
	if err != nil {
		return nil, err
	}
	return &organizations.DescribeOrganizationalUnitOutput{OrganizationalUnit: &units[0]}, nil
}

func (d *Door) updateUnit(ctx context.Context, call *awsedge.Call, in *organizations.UpdateOrganizationalUnitInput) (*organizations.UpdateOrganizationalUnitOutput, error) {
	updated, err := d.Accounts.OU(ctx, *in.OrganizationalUnitId)
	if err == nil && in.Name != nil {
		updated, err = d.Accounts.RenameOU(ctx, call.Change(), *in.OrganizationalUnitId, *in.Name)
	}
	if err != nil {
		return nil, err
	}
	units, err := d.wireUnits(ctx, updated)
	if err != nil {
		return nil, err
	}
	return &organizations.UpdateOrganizationalUnitOutput{OrganizationalUnit: &units[0]}, nil
}

func (d *Door) deleteUnit(ctx context.Context, call *awsedge.Call, in *organizations.DeleteOrganizationalUnitInput) (*organizations.DeleteOrganizationalUnitOutput, error) {
	return nil, d.Accounts.DeleteOU(ctx, call.Change(), *in.OrganizationalUnitId)
}

func (d *Door) listUnits(ctx context.Context, call *awsedge.Call, in *organizations.ListOrganizationalUnitsForParentInput) (*organizations.ListOrganizationalUnitsForParentOutput, error) {
	page, token, err := d.page(call, in.NextToken, in.MaxResults, *in.ParentId)
	if err != nil {
		return nil, err
	}
	found, next, err := d.Accounts.ListOUs(ctx, *in.ParentId, page)
	if err != nil {
		return nil, err
	}
	units, err := d.wireUnits(ctx, found...)
	if err != nil {
		return nil, err
	}
	return &organizations.ListOrganizationalUnitsForParentOutput{OrganizationalUnits: units, NextToken: token(next)}, nil
}

func (d *Door) listChildren(ctx context.Context, call *awsedge.Call, in *organizations.ListChildrenInput) (*organizations.ListChildrenOutput, error) {
	page, token, err := d.page(call, in.NextToken, in.MaxResults, *in.ParentId, *in.ChildType)
	if err != nil {
		return nil, err
	}
	out := &organizations.ListChildrenOutput{Children: []organizations.Child{}}
	next := ""
	if *in.ChildType == account.NodeAccount {
		found, cursor, err := d.Accounts.ListOfParent(ctx, *in.ParentId, page)
		if err != nil {
			return nil, err
		}
		next = cursor
		for _, a := range found {
			out.Children = append(out.Children, organizations.Child{Id: &a.ID, Type: in.ChildType})
		}
	} else {
		found, cursor, err := d.Accounts.ListOUs(ctx, *in.ParentId, page)
		if err != nil {
			return nil, err
		}
		next = cursor
		for _, u := range found {
			out.Children = append(out.Children, organizations.Child{Id: &u.ID, Type: in.ChildType})
		}
	}
	out.NextToken = token(next)
	return out, nil
}

func (d *Door) listParents(ctx context.Context, call *awsedge.Call, in *organizations.ListParentsInput) (*organizations.ListParentsOutput, error) {
	// A child has one parent, hence one page: no token of this list was ever given.
	if _, _, err := d.page(call, in.NextToken, in.MaxResults, *in.ChildId); err != nil {
		return nil, err
	}
	parent, err := d.Accounts.Parent(ctx, *in.ChildId)
	if err != nil {
		return nil, err
	}
	return &organizations.ListParentsOutput{Parents: []organizations.Parent{{Id: &parent.ID, Type: &parent.Type}}}, nil
}
