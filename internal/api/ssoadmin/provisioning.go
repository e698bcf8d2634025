package ssoadmin

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) provisioningOperations() []awsedge.Operation {
	return []awsedge.Operation{
		op(d, ssoadmin.ProvisionPermissionSet, provisioned, d.provisionPermissionSet),
		op(d, ssoadmin.DescribePermissionSetProvisioningStatus, func(in *ssoadmin.DescribePermissionSetProvisioningStatusInput) target {
			return target{instance: in.InstanceArn}
		}, d.describeProvisioning),
		op(d, ssoadmin.ListPermissionSetProvisioningStatus, func(in *ssoadmin.ListPermissionSetProvisioningStatusInput) target {
			return target{instance: in.InstanceArn}
		}, d.listProvisionings),
		op(d, ssoadmin.ListPermissionSetsProvisionedToAccount, func(in *ssoadmin.ListPermissionSetsProvisionedToAccountInput) target {
			return target{instance: in.InstanceArn, account: in.AccountId}
		}, d.listProvisionedToAccount),
		op(d, ssoadmin.ListAccountsForProvisionedPermissionSet, func(in *ssoadmin.ListAccountsForProvisionedPermissionSetInput) target {
			return target{instance: in.InstanceArn, permissionSet: in.PermissionSetArn}
		}, d.listAccountsForProvisioned),
	}
}

// provisioned names the account, or all of them: the call then reaches every account that has the permission set.
func provisioned(in *ssoadmin.ProvisionPermissionSetInput) target {
	t := target{instance: in.InstanceArn, permissionSet: in.PermissionSetArn}
	if *in.TargetType == "AWS_ACCOUNT" && in.TargetId != nil {
		t.account = in.TargetId
	} else {
		t.any = []string{allAccounts()}
	}
	return t
}

func (d *Door) provisionPermissionSet(ctx context.Context, r request, in *ssoadmin.ProvisionPermissionSetInput) (*ssoadmin.ProvisionPermissionSetOutput, error) {
	accountID := ""
	if *in.TargetType == "AWS_ACCOUNT" {
		if accountID = value(in.TargetId); accountID == "" {
			return nil, idc.Errorf(idc.Invalid, "TargetId is required when TargetType is AWS_ACCOUNT.")
		}
	}
	if err := d.assignments(r).MayProvision(ctx, r.permissionSetID, accountID); err != nil {
		return nil, err
	}
	op, err := d.Provisioning.Provision(ctx, r.Change(), r.permissionSetID, accountID)
	if err != nil {
		return nil, err
	}
	return &ssoadmin.ProvisionPermissionSetOutput{PermissionSetProvisioningStatus: wireProvisioningStatus(r, op)}, nil
}

func wireProvisioningStatus(r request, op *idc.Operation) *ssoadmin.PermissionSetProvisioningStatus {
	return &ssoadmin.PermissionSetProvisioningStatus{
		AccountId: text(op.TargetID), CreatedDate: &op.CreatedAt, FailureReason: text(op.FailureReason),
		PermissionSetArn: r.permissionSetARN(op.PermissionSetID), RequestId: &op.ID, Status: text(op.Status),
	}
}

func (d *Door) describeProvisioning(ctx context.Context, r request, in *ssoadmin.DescribePermissionSetProvisioningStatusInput) (*ssoadmin.DescribePermissionSetProvisioningStatusOutput, error) {
	op, err := d.Assignments.Operation(ctx, idc.OperationProvisioning, *in.ProvisionPermissionSetRequestId)
	if err != nil {
		return nil, err
	}
	return &ssoadmin.DescribePermissionSetProvisioningStatusOutput{PermissionSetProvisioningStatus: wireProvisioningStatus(r, op)}, nil
}

func (d *Door) listProvisionings(ctx context.Context, r request, in *ssoadmin.ListPermissionSetProvisioningStatusInput) (*ssoadmin.ListPermissionSetProvisioningStatusOutput, error) {
	ops, next, err := d.operations(ctx, r, idc.OperationProvisioning, in.Filter, in.NextToken, in.MaxResults)
	if err != nil {
		return nil, err
	}
	out := &ssoadmin.ListPermissionSetProvisioningStatusOutput{PermissionSetsProvisioningStatus: []ssoadmin.PermissionSetProvisioningStatusMetadata{}, NextToken: next}
	for _, op := range ops {
		out.PermissionSetsProvisioningStatus = append(out.PermissionSetsProvisioningStatus,
			ssoadmin.PermissionSetProvisioningStatusMetadata{CreatedDate: &op.CreatedAt, RequestId: &op.ID, Status: text(op.Status)})
	}
	return out, nil
}

func (d *Door) listProvisionedToAccount(ctx context.Context, r request, in *ssoadmin.ListPermissionSetsProvisionedToAccountInput) (*ssoadmin.ListPermissionSetsProvisionedToAccountOutput, error) {
	page, token, err := d.page(r, in.NextToken, in.MaxResults, *in.AccountId, value(in.ProvisioningStatus))
	if err != nil {
		return nil, err
	}
	sets, next, err := d.Provisioning.PermissionSetsOfAccount(ctx, *in.AccountId, idc.ProvisioningStatus(value(in.ProvisioningStatus)), page)
	if err != nil {
		return nil, err
	}
	out := &ssoadmin.ListPermissionSetsProvisionedToAccountOutput{PermissionSets: []string{}, NextToken: token(next)}
	for _, id := range sets {
		out.PermissionSets = append(out.PermissionSets, *r.permissionSetARN(id))
	}
	return out, nil
}

func (d *Door) listAccountsForProvisioned(ctx context.Context, r request, in *ssoadmin.ListAccountsForProvisionedPermissionSetInput) (*ssoadmin.ListAccountsForProvisionedPermissionSetOutput, error) {
	page, token, err := d.page(r, in.NextToken, in.MaxResults, r.permissionSetID, value(in.ProvisioningStatus))
	if err != nil {
		return nil, err
	}
	if _, err := d.PermissionSets.Get(ctx, r.permissionSetID); err != nil {
		return nil, err
	}
	accounts, next, err := d.Provisioning.AccountsOfPermissionSet(ctx, r.permissionSetID, idc.ProvisioningStatus(value(in.ProvisioningStatus)), page)
	if err != nil {
		return nil, err
	}
	if accounts == nil {
		accounts = []string{}
	}
	return &ssoadmin.ListAccountsForProvisionedPermissionSetOutput{AccountIds: accounts, NextToken: token(next)}, nil
}
