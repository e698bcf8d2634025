package ssoadmin

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/assignment"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) assignmentOperations() []awsedge.Operation {
	return []awsedge.Operation{
		op(d, ssoadmin.CreateAccountAssignment, func(in *ssoadmin.CreateAccountAssignmentInput) target {
			return target{instance: in.InstanceArn, permissionSet: in.PermissionSetArn, account: in.TargetId}
		}, d.createAccountAssignment),
		op(d, ssoadmin.DeleteAccountAssignment, func(in *ssoadmin.DeleteAccountAssignmentInput) target {
			return target{instance: in.InstanceArn, permissionSet: in.PermissionSetArn, account: in.TargetId}
		}, d.deleteAccountAssignment),
		op(d, ssoadmin.DescribeAccountAssignmentCreationStatus, func(in *ssoadmin.DescribeAccountAssignmentCreationStatusInput) target {
			return target{instance: in.InstanceArn}
		}, d.describeCreation),
		op(d, ssoadmin.DescribeAccountAssignmentDeletionStatus, func(in *ssoadmin.DescribeAccountAssignmentDeletionStatusInput) target {
			return target{instance: in.InstanceArn}
		}, d.describeDeletion),
		op(d, ssoadmin.ListAccountAssignmentCreationStatus, func(in *ssoadmin.ListAccountAssignmentCreationStatusInput) target {
			return target{instance: in.InstanceArn}
		}, d.listCreations),
		op(d, ssoadmin.ListAccountAssignmentDeletionStatus, func(in *ssoadmin.ListAccountAssignmentDeletionStatusInput) target {
			return target{instance: in.InstanceArn}
		}, d.listDeletions),
		op(d, ssoadmin.ListAccountAssignments, func(in *ssoadmin.ListAccountAssignmentsInput) target {
			return target{instance: in.InstanceArn, permissionSet: in.PermissionSetArn, account: in.AccountId}
		}, d.listAccountAssignments),
		op(d, ssoadmin.ListAccountAssignmentsForPrincipal, func(in *ssoadmin.ListAccountAssignmentsForPrincipalInput) target {
			return target{instance: in.InstanceArn}
		}, d.listAccountAssignmentsForPrincipal),
	}
}

func (d *Door) createAccountAssignment(ctx context.Context, r request, in *ssoadmin.CreateAccountAssignmentInput) (*ssoadmin.CreateAccountAssignmentOutput, error) {
	op, err := d.assignments(r).Create(ctx, r.Change(), assignment.Edge{
		AccountID: *in.TargetId, PermissionSetID: r.permissionSetID,
		PrincipalType: idc.PrincipalType(*in.PrincipalType), PrincipalID: *in.PrincipalId,
	})
	if err != nil {
		return nil, err
	}
	return &ssoadmin.CreateAccountAssignmentOutput{AccountAssignmentCreationStatus: wireAssignmentStatus(r, op)}, nil
}

func (d *Door) deleteAccountAssignment(ctx context.Context, r request, in *ssoadmin.DeleteAccountAssignmentInput) (*ssoadmin.DeleteAccountAssignmentOutput, error) {
	op, err := d.assignments(r).Delete(ctx, r.Change(), assignment.Edge{
		AccountID: *in.TargetId, PermissionSetID: r.permissionSetID,
		PrincipalType: idc.PrincipalType(*in.PrincipalType), PrincipalID: *in.PrincipalId,
	})
	if err != nil {
		return nil, err
	}
	return &ssoadmin.DeleteAccountAssignmentOutput{AccountAssignmentDeletionStatus: wireAssignmentStatus(r, op)}, nil
}

func wireAssignmentStatus(r request, op *idc.Operation) *ssoadmin.AccountAssignmentOperationStatus {
	return &ssoadmin.AccountAssignmentOperationStatus{
		CreatedDate: &op.CreatedAt, FailureReason: text(op.FailureReason), PermissionSetArn: r.permissionSetARN(op.PermissionSetID),
		PrincipalId: &op.PrincipalID, PrincipalType: text(op.PrincipalType), RequestId: &op.ID, Status: text(op.Status),
		TargetId: &op.TargetID, TargetType: &op.TargetType,
	}
}

func (d *Door) describeCreation(ctx context.Context, r request, in *ssoadmin.DescribeAccountAssignmentCreationStatusInput) (*ssoadmin.DescribeAccountAssignmentCreationStatusOutput, error) {
	op, err := d.Assignments.Operation(ctx, idc.OperationAssignmentCreation, *in.AccountAssignmentCreationRequestId)
	if err != nil {
		return nil, err
	}
	return &ssoadmin.DescribeAccountAssignmentCreationStatusOutput{AccountAssignmentCreationStatus: wireAssignmentStatus(r, op)}, nil
}

func (d *Door) describeDeletion(ctx context.Context, r request, in *ssoadmin.DescribeAccountAssignmentDeletionStatusInput) (*ssoadmin.DescribeAccountAssignmentDeletionStatusOutput, error) {
	op, err := d.Assignments.Operation(ctx, idc.OperationAssignmentDeletion, *in.AccountAssignmentDeletionRequestId)
	if err != nil {
		return nil, err
	}
	return &ssoadmin.DescribeAccountAssignmentDeletionStatusOutput{AccountAssignmentDeletionStatus: wireAssignmentStatus(r, op)}, nil
}

func (d *Door) listCreations(ctx context.Context, r request, in *ssoadmin.ListAccountAssignmentCreationStatusInput) (*ssoadmin.ListAccountAssignmentCreationStatusOutput, error) {
	ops, next, err := d.operations(ctx, r, idc.OperationAssignmentCreation, in.Filter, in.NextToken, in.MaxResults)
	if err != nil {
		return nil, err
	}
	return &ssoadmin.ListAccountAssignmentCreationStatusOutput{AccountAssignmentsCreationStatus: wireAssignmentStatuses(ops), NextToken: next}, nil
}

func (d *Door) listDeletions(ctx context.Context, r request, in *ssoadmin.ListAccountAssignmentDeletionStatusInput) (*ssoadmin.ListAccountAssignmentDeletionStatusOutput, error) {
	ops, next, err := d.operations(ctx, r, idc.OperationAssignmentDeletion, in.Filter, in.NextToken, in.MaxResults)
	if err != nil {
		return nil, err
	}
	return &ssoadmin.ListAccountAssignmentDeletionStatusOutput{AccountAssignmentsDeletionStatus: wireAssignmentStatuses(ops), NextToken: next}, nil
}

// operations lists asynchronous operations of one kind.
func (d *Door) operations(ctx context.Context, r request, kind idc.OperationKind, filter *ssoadmin.OperationStatusFilter, token *string, max *int32) ([]*idc.Operation, *string, error) {
	status := ""
	if filter != nil {
		status = value(filter.Status)
	}
	page, wire, err := d.page(r, token, max, status)
	if err != nil {
		return nil, nil, err
	}
	ops, next, err := d.Assignments.Operations(ctx, kind, idc.OperationStatus(status), page)
	if err != nil {
		return nil, nil, err
	}
	return ops, wire(next), nil
}

func wireAssignmentStatuses(ops []*idc.Operation) []ssoadmin.AccountAssignmentOperationStatusMetadata {
	out := make([]ssoadmin.AccountAssignmentOperationStatusMetadata, len(ops))
	for i, op := range ops {
		out[i] = ssoadmin.AccountAssignmentOperationStatusMetadata{CreatedDate: &op.CreatedAt, RequestId: &op.ID, Status: text(op.Status)}
	}
	return out
}

func (d *Door) listAccountAssignments(ctx context.Context, r request, in *ssoadmin.ListAccountAssignmentsInput) (*ssoadmin.ListAccountAssignmentsOutput, error) {
	page, token, err := d.page(r, in.NextToken, in.MaxResults, *in.AccountId, r.permissionSetID)
	if err != nil {
		return nil, err
	}
	if _, err := d.PermissionSets.Get(ctx, r.permissionSetID); err != nil {
		return nil, err
	}
	rows, next, err := d.Assignments.List(ctx, *in.AccountId, r.permissionSetID, page)
	if err != nil {
		return nil, err
	}
	out := &ssoadmin.ListAccountAssignmentsOutput{AccountAssignments: []ssoadmin.AccountAssignment{}, NextToken: token(next)}
	for _, row := range rows {
		out.AccountAssignments = append(out.AccountAssignments, ssoadmin.AccountAssignment{
			AccountId: &row.AccountID, PermissionSetArn: r.permissionSetARN(row.PermissionSetID),
			PrincipalId: &row.PrincipalID, PrincipalType: text(row.PrincipalType),
		})
	}
	return out, nil
}

func (d *Door) listAccountAssignmentsForPrincipal(ctx context.Context, r request, in *ssoadmin.ListAccountAssignmentsForPrincipalInput) (*ssoadmin.ListAccountAssignmentsForPrincipalOutput, error) {
	accountID := ""
	if in.Filter != nil {
		accountID = value(in.Filter.AccountId)
	}
	page, token, err := d.page(r, in.NextToken, in.MaxResults, *in.PrincipalType, *in.PrincipalId, accountID)
	if err != nil {
		return nil, err
	}
	rows, next, err := d.Assignments.ForPrincipal(ctx, idc.PrincipalType(*in.PrincipalType), *in.PrincipalId, accountID, page)
	if err != nil {
		return nil, err
	}
	out := &ssoadmin.ListAccountAssignmentsForPrincipalOutput{AccountAssignments: []ssoadmin.AccountAssignmentForPrincipal{}, NextToken: token(next)}
	for _, row := range rows {
		out.AccountAssignments = append(out.AccountAssignments, ssoadmin.AccountAssignmentForPrincipal{
			AccountId: &row.AccountID, PermissionSetArn: r.permissionSetARN(row.PermissionSetID),
			PrincipalId: &row.PrincipalID, PrincipalType: text(row.PrincipalType),
		})
	}
	return out, nil
}
