package accountaccess

import (
	"context"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/accountaccess"
	wire "github.com/gatehouse-idc/gatehouse/internal/awsapi/accountaccess"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) applicationOperations() []awsedge.Operation {
	return []awsedge.Operation{
		op(d, wire.CreateApplication, accountaccess.Management, d.createApplication,
			awsedge.NoResource[wire.CreateApplicationInput]("the application of the instance that is named"),
			awsedge.Keys(func(_ *awsedge.Call, in *wire.CreateApplicationInput) map[string][]string { return tagKeys(in.Tags) })),
		op(d, wire.GetApplication, accountaccess.Delegate, d.getApplication,
			on(func(in *wire.GetApplicationInput) *string { return in.ApplicationArn })),
		op(d, wire.DeleteApplication, accountaccess.Management, d.deleteApplication,
			on(func(in *wire.DeleteApplicationInput) *string { return in.ApplicationArn })),
		op(d, wire.ListApplications, accountaccess.Delegate, d.listApplications,
			awsedge.NoResource[wire.ListApplicationsInput]("the applications of the organization")),
	}
}

func (d *Door) createApplication(ctx context.Context, r request, in *wire.CreateApplicationInput) (*wire.CreateApplicationOutput, error) {
	made, err := d.Access.Create(ctx, r.Change(), *in.IdentitySource.IdentityCenter.InstanceArn, fromTags(in.Tags))
	if err != nil {
		return nil, err
	}
	return &wire.CreateApplicationOutput{ApplicationArn: &made}, nil
}

// updatedAt is when an application was last changed.
func updatedAt(a *idc.AccountAccessApplication) *time.Time { return &a.Version.RecordedAt }

func (d *Door) getApplication(ctx context.Context, _ request, in *wire.GetApplicationInput) (*wire.GetApplicationOutput, error) {
	a, err := d.Access.Get(ctx, *in.ApplicationArn)
	if err != nil {
		return nil, err
	}
	return &wire.GetApplicationOutput{
		IdentitySource: &wire.IdentitySourceDetails{IdentityCenter: &wire.IdentityCenterDetails{InstanceArn: &a.InstanceARN}},
		Status:         &a.Status, TenantId: &a.TenantID, CreatedAt: &a.CreatedAt, UpdatedAt: updatedAt(a.AccountAccessApplication), Tags: wireTags(a.Tags),
	}, nil
}

func (d *Door) deleteApplication(ctx context.Context, r request, in *wire.DeleteApplicationInput) (*wire.DeleteApplicationOutput, error) {
	return nil, d.Access.Delete(ctx, r.Change(), *in.ApplicationArn)
}

func (d *Door) listApplications(ctx context.Context, r request, in *wire.ListApplicationsInput) (*wire.ListApplicationsOutput, error) {
	p, token, err := d.page(r, in.NextToken, in.MaxResults)
	if err != nil {
		return nil, err
	}
	list, next, err := d.Access.ListApplications(ctx, p)
	if err != nil {
		return nil, err
	}
	out := &wire.ListApplicationsOutput{Applications: []wire.ApplicationSummary{}, NextToken: token(next)}
	for _, a := range list {
		out.Applications = append(out.Applications, wire.ApplicationSummary{
			ApplicationArn: &a.ARN, TenantId: &a.TenantID, CreatedAt: &a.CreatedAt, UpdatedAt: updatedAt(a),
		})
	}
	return out, nil
}
