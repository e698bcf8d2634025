package iam

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/role"
)

// rootAccessOperations are those of central root access ("Centrally manage root access for
// member accounts", IAM User Guide).
func (d *Door) rootAccessOperations() []awsedge.Operation {
	return []awsedge.Operation{
		onAccount(iam.ListOrganizationsFeatures, d.listOrganizationsFeatures),
		onAccount(iam.EnableOrganizationsRootSessions, d.enableRootSessions),
		onAccount(iam.DisableOrganizationsRootSessions, d.disableRootSessions),
		onAccount(iam.EnableOrganizationsRootCredentialsManagement, d.enableRootCredentials),
		onAccount(iam.DisableOrganizationsRootCredentialsManagement, d.disableRootCredentials),
	}
}

func (d *Door) listOrganizationsFeatures(ctx context.Context, call *awsedge.Call, _ *iam.ListOrganizationsFeaturesInput) (*iam.ListOrganizationsFeaturesOutput, error) {
	id, features, err := d.Roles.RootFeatures(ctx, call.Caller.AccountID)
	if err != nil {
		return nil, err
	}
	return &iam.ListOrganizationsFeaturesOutput{OrganizationId: &id, EnabledFeatures: append([]string{}, features...)}, nil
}

func (d *Door) setFeature(ctx context.Context, call *awsedge.Call, feature string, on bool) (*string, []string, error) {
	id, features, err := d.Roles.SetRootFeature(ctx, call.Change(), call.Caller.AccountID, feature, on)
	return &id, append([]string{}, features...), err
}

func (d *Door) enableRootSessions(ctx context.Context, call *awsedge.Call, _ *iam.EnableOrganizationsRootSessionsInput) (*iam.EnableOrganizationsRootSessionsOutput, error) {
	id, features, err := d.setFeature(ctx, call, role.RootSessions, true)
	return &iam.EnableOrganizationsRootSessionsOutput{OrganizationId: id, EnabledFeatures: features}, err
}

func (d *Door) disableRootSessions(ctx context.Context, call *awsedge.Call, _ *iam.DisableOrganizationsRootSessionsInput) (*iam.DisableOrganizationsRootSessionsOutput, error) {
	id, features, err := d.setFeature(ctx, call, role.RootSessions, false)
	return &iam.DisableOrganizationsRootSessionsOutput{OrganizationId: id, EnabledFeatures: features}, err
}

func (d *Door) enableRootCredentials(ctx context.Context, call *awsedge.Call, _ *iam.EnableOrganizationsRootCredentialsManagementInput) (*iam.EnableOrganizationsRootCredentialsManagementOutput, error) {
	id, features, err := d.setFeature(ctx, call, role.RootCredentialsManagement, true)
	return &iam.EnableOrganizationsRootCredentialsManagementOutput{OrganizationId: id, EnabledFeatures: features}, err
}

func (d *Door) disableRootCredentials(ctx context.Context, call *awsedge.Call, _ *iam.DisableOrganizationsRootCredentialsManagementInput) (*iam.DisableOrganizationsRootCredentialsManagementOutput, error) {
	id, features, err := d.setFeature(ctx, call, role.RootCredentialsManagement, false)
	return &iam.DisableOrganizationsRootCredentialsManagementOutput{OrganizationId: id, EnabledFeatures: features}, err
}
