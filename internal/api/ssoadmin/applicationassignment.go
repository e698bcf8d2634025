package ssoadmin

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) applicationAssignmentOperations() []awsedge.Operation {
	return []awsedge.Operation{
		applicationOp(d, ssoadmin.CreateApplicationAssignment, func(in *ssoadmin.CreateApplicationAssignmentInput) *string { return in.ApplicationArn }, d.createApplicationAssignment),
		applicationOp(d, ssoadmin.DeleteApplicationAssignment, func(in *ssoadmin.DeleteApplicationAssignmentInput) *string { return in.ApplicationArn }, d.deleteApplicationAssignment),
		applicationOp(d, ssoadmin.DescribeApplicationAssignment, func(in *ssoadmin.DescribeApplicationAssignmentInput) *string { return in.ApplicationArn }, d.describeApplicationAssignment),
		applicationOp(d, ssoadmin.ListApplicationAssignments, func(in *ssoadmin.ListApplicationAssignmentsInput) *string { return in.ApplicationArn }, d.listApplicationAssignments),
		op(d, ssoadmin.ListApplicationAssignmentsForPrincipal, func(in *ssoadmin.ListApplicationAssignmentsForPrincipalInput) target {
			return target{instance: in.InstanceArn, applications: true}
		}, d.listApplicationAssignmentsForPrincipal,
			awsedge.Keys(func(_ *awsedge.Call, in *ssoadmin.ListApplicationAssignmentsForPrincipalInput) map[string][]string {
				if in.Filter == nil {
					return nil
				}
				return ownerKey(in.Filter.ApplicationArn)
			})),
		applicationOp(d, ssoadmin.PutApplicationAssignmentConfiguration, func(in *ssoadmin.PutApplicationAssignmentConfigurationInput) *string { return in.ApplicationArn }, d.putAssignmentConfiguration),
		applicationOp(d, ssoadmin.GetApplicationAssignmentConfiguration, func(in *ssoadmin.GetApplicationAssignmentConfigurationInput) *string { return in.ApplicationArn }, d.getAssignmentConfiguration),
	}
}

func (d *Door) createApplicationAssignment(ctx context.Context, r request, in *ssoadmin.CreateApplicationAssignmentInput) (*ssoadmin.CreateApplicationAssignmentOutput, error) {
	return nil, d.Applications.Assign(ctx, r.Change(), r.application.ID, idc.PrincipalType(*in.PrincipalType), *in.PrincipalId)
}

func (d *Door) deleteApplicationAssignment(ctx context.Context, r request, in *ssoadmin.DeleteApplicationAssignmentInput) (*ssoadmin.DeleteApplicationAssignmentOutput, error) {
	return nil, d.Applications.Withdraw(ctx, r.Change(), r.application.ID, idc.PrincipalType(*in.PrincipalType), *in.PrincipalId)
}

func (d *Door) describeApplicationAssignment(ctx context.Context, r request, in *ssoadmin.DescribeApplicationAssignmentInput) (*ssoadmin.DescribeApplicationAssignmentOutput, error) {
	a, err := d.Applications.Assignment(ctx, r.application.ID, idc.PrincipalType(*in.PrincipalType), *in.PrincipalId)
	if err != nil {
		return nil, err
	}
	return &ssoadmin.DescribeApplicationAssignmentOutput{ApplicationArn: &r.application.ARN, PrincipalId: &a.PrincipalID, PrincipalType: text(a.PrincipalType)}, nil
}

func (d *Door) listApplicationAssignments(ctx context.Context, r request, in *ssoadmin.ListApplicationAssignmentsInput) (*ssoadmin.ListApplicationAssignmentsOutput, error) {
	page, token, err := d.page(r, in.NextToken, in.MaxResults, r.application.ID)
	if err != nil {
		return nil, err
	}
	all, next, err := d.Applications.Assignments(ctx, r.application.ID, page)
	if err != nil {
		return nil, err
	}
	out := &ssoadmin.ListApplicationAssignmentsOutput{ApplicationAssignments: []ssoadmin.ApplicationAssignment{}, NextToken: token(next)}
	for _, a := range all {
		out.ApplicationAssignments = append(out.ApplicationAssignments, ssoadmin.ApplicationAssignment{
			ApplicationArn: &r.application.ARN, PrincipalId: &a.PrincipalID, PrincipalType: text(a.PrincipalType)})
	}
	return out, nil
}

// listApplicationAssignmentsForPrincipal shows accounts that do not administer
// the instance the assignments to one application of theirs, which they must name.
func (d *Door) listApplicationAssignmentsForPrincipal(ctx context.Context, r request, in *ssoadmin.ListApplicationAssignmentsForPrincipalInput) (*ssoadmin.ListApplicationAssignmentsForPrincipalOutput, error) {
	applicationID := ""
	if in.Filter != nil && in.Filter.ApplicationArn != nil {
		found, err := d.lookUpApplications(ctx, r.Call, target{instance: in.InstanceArn, application: in.Filter.ApplicationArn})
		if err != nil {
			return nil, err
		}
		applicationID = found.application.ID
	}
	if !r.administers && applicationID == "" {
		return nil, idc.Errorf(idc.Denied, "User: %s is not authorized to perform: %s on resource: %s because no filter names an application of the caller's account", r.Caller.ARN, r.Operation.Action, r.instance.ARN)
	}
	page, token, err := d.page(r, in.NextToken, in.MaxResults, r.instance.ID, *in.PrincipalType, *in.PrincipalId, applicationID)
	if err != nil {
		return nil, err
	}
	rows, next, err := d.Applications.ForPrincipal(ctx, r.instance, idc.PrincipalType(*in.PrincipalType), *in.PrincipalId, applicationID, page)
	if err != nil {
		return nil, err
	}
	out := &ssoadmin.ListApplicationAssignmentsForPrincipalOutput{ApplicationAssignments: []ssoadmin.ApplicationAssignmentForPrincipal{}, NextToken: token(next)}
	for _, row := range rows {
		out.ApplicationAssignments = append(out.ApplicationAssignments, ssoadmin.ApplicationAssignmentForPrincipal{
			ApplicationArn: &row.ApplicationARN, PrincipalId: &row.PrincipalID, PrincipalType: text(row.PrincipalType)})
	}
	return out, nil
}

func (d *Door) putAssignmentConfiguration(ctx context.Context, r request, in *ssoadmin.PutApplicationAssignmentConfigurationInput) (*ssoadmin.PutApplicationAssignmentConfigurationOutput, error) {
	return nil, d.Applications.RequireAssignment(ctx, r.Change(), r.application.ID, *in.AssignmentRequired)
}

func (d *Door) getAssignmentConfiguration(_ context.Context, r request, _ *ssoadmin.GetApplicationAssignmentConfigurationInput) (*ssoadmin.GetApplicationAssignmentConfigurationOutput, error) {
	return &ssoadmin.GetApplicationAssignmentConfigurationOutput{AssignmentRequired: &r.application.AssignmentRequired}, nil
}
