package iam

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

func (d *Door) accountOperations() []awsedge.Operation {
	return []awsedge.Operation{
		onAccount(iam.ListAccountAliases, d.listAccountAliases),
		onAccount(iam.CreateAccountAlias, d.createAccountAlias),
		onAccount(iam.DeleteAccountAlias, d.deleteAccountAlias),
		onAccount(iam.GetAccountSummary, d.getAccountSummary),
	}
}

func (d *Door) listAccountAliases(ctx context.Context, call *awsedge.Call, _ *iam.ListAccountAliasesInput) (*iam.ListAccountAliasesOutput, error) {
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

// getAccountSummary counts what there is; what we do not have counts zero.
func (d *Door) getAccountSummary(ctx context.Context, call *awsedge.Call, _ *iam.GetAccountSummaryInput) (*iam.GetAccountSummaryOutput, error) {
	account := call.Caller.AccountID
	roles, _, err := d.Roles.List(ctx, account, "", store.Page{})
	if err != nil {
		return nil, err
	}
	policies, _, err := d.Roles.ListPolicies(ctx, account, "", store.Page{})
	if err != nil {
		return nil, err
	}
	providers, err := d.Roles.ListSAMLProviders(ctx, account)
	if err != nil {
		return nil, err
	}
	versions := 0
	for _, p := range policies {
		versions += len(p.Versions)
	}
	return &iam.GetAccountSummaryOutput{SummaryMap: map[string]int32{
		"Roles": int32(len(roles)), "Policies": int32(len(policies)), "PolicyVersionsInUse": int32(versions), "Providers": int32(len(providers)),
		"Users": 0, "Groups": 0, "InstanceProfiles": 0, "ServerCertificates": 0, "MFADevices": 0, "MFADevicesInUse": 0,
		"AccountAccessKeysPresent": 0, "AccountSigningCertificatesPresent": 0, "AccountPasswordPresent": 0, "AccountMFAEnabled": 0,
		"VersionsPerPolicyQuota": 5,
	}}, nil
}
