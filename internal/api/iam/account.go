package iam

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
)

func (d *Door) accountOperations() []awsedge.Operation {
	return []awsedge.Operation{
		onAccount(iam.ListAccountAliases, d.listAccountAliases),
		onAccount(iam.CreateAccountAlias, d.createAccountAlias),
		onAccount(iam.DeleteAccountAlias, d.deleteAccountAlias),
		onAccount(iam.GetAccountSummary, d.getAccountSummary),
	}
}

func (d *Door) listAccountAliases(ctx context.Context, call *awsedge.Call, in *iam.ListAccountAliasesInput) (*iam.ListAccountAliasesOutput, error) {
	if _, _, err := d.page(call, in.Marker, in.MaxItems); err != nil {
		return nil, err
	}
	alias, err := d.Roles.Alias(ctx, call.Caller.AccountID)
	if err != nil {
		return nil, err
	}
	truncated := false
	out := &iam.ListAccountAliasesOutput{AccountAliases: []string{}, IsTruncated: &truncated}
	if alias != "" {
		out.AccountAliases = []string{alias}
	}
	return out, nil
}

func (d *Door) createAccountAlias(ctx context.Context, call *awsedge.Call, in *iam.CreateAccountAliasInput) (*iam.CreateAccountAliasOutput, error) {
	return nil, d.Roles.SetAlias(ctx, call.Change(), call.Caller.AccountID, *in.AccountAlias)
}

func (d *Door) deleteAccountAlias(ctx context.Context, call *awsedge.Call, in *iam.DeleteAccountAliasInput) (*iam.DeleteAccountAliasOutput, error) {
	return nil, d.Roles.DeleteAlias(ctx, call.Change(), call.Caller.AccountID, *in.AccountAlias)
}

// getAccountSummary has all of AWS's keys; what we do not have counts zero.
func (d *Door) getAccountSummary(ctx context.Context, call *awsedge.Call, _ *iam.GetAccountSummaryInput) (*iam.GetAccountSummaryOutput, error) {
	is, err := d.Roles.Summary(ctx, call.Caller.AccountID)
	if err != nil {
		return nil, err
	}
	tokenVersion := int32(1)
	if is.GlobalTokenVersion == "v2Token" {
		tokenVersion = 2
	}
	return &iam.GetAccountSummaryOutput{SummaryMap: map[string]int32{
		"Roles": int32(is.Roles), "RolesQuota": int32(is.RolesQuota), "RolePolicySizeQuota": 10240, "AssumeRolePolicySizeQuota": 2048,
		"AttachedPoliciesPerRoleQuota": int32(is.PoliciesPerRole),
		"Policies":                     int32(is.ManagedPolicies), "PoliciesQuota": int32(is.ManagedPoliciesQuota), "PolicySizeQuota": 6144,
		"PolicyVersionsInUse": int32(is.PolicyVersions), "PolicyVersionsInUseQuota": 10000, "VersionsPerPolicyQuota": int32(is.VersionsPerPolicy),
		"Providers": int32(is.Providers), "GlobalEndpointTokenVersion": tokenVersion,

		"Users": 0, "UsersQuota": 5000, "UserPolicySizeQuota": 2048, "AttachedPoliciesPerUserQuota": 10, "AccessKeysPerUserQuota": 2,
		"SigningCertificatesPerUserQuota": 2, "GroupsPerUserQuota": 10,
		"Groups": 0, "GroupsQuota": 300, "GroupPolicySizeQuota": 5120, "AttachedPoliciesPerGroupQuota": 10,
		"InstanceProfiles": 0, "InstanceProfilesQuota": 1000, "ServerCertificates": 0, "ServerCertificatesQuota": 20,
		"MFADevices": 0, "MFADevicesInUse": 0, "AccountMFAEnabled": 0,
		"AccountAccessKeysPresent": 0, "AccountSigningCertificatesPresent": 0, "AccountPasswordPresent": 0,
	}}, nil
}
