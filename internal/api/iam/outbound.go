package iam

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
)

// outboundOperations are those of outbound identity federation: whether sessions of the account may
// ask for tokens for others (STS GetWebIdentityToken).
func (d *Door) outboundOperations() []awsedge.Operation {
	return []awsedge.Operation{
		onAccount(iam.EnableOutboundWebIdentityFederation, d.enableOutbound),
		onAccount(iam.DisableOutboundWebIdentityFederation, d.disableOutbound),
		onAccount(iam.GetOutboundWebIdentityFederationInfo, d.getOutbound),
	}
}

func (d *Door) enableOutbound(ctx context.Context, call *awsedge.Call, _ *iam.EnableOutboundWebIdentityFederationInput) (*iam.EnableOutboundWebIdentityFederationOutput, error) {
	issuer, err := d.STS.EnableOutbound(ctx, call.Change(), call.Caller.AccountID)
	return &iam.EnableOutboundWebIdentityFederationOutput{IssuerIdentifier: &issuer}, err
}

func (d *Door) disableOutbound(ctx context.Context, call *awsedge.Call, _ *iam.DisableOutboundWebIdentityFederationInput) (*iam.DisableOutboundWebIdentityFederationOutput, error) {
	return nil, d.STS.DisableOutbound(ctx, call.Change(), call.Caller.AccountID)
}

func (d *Door) getOutbound(ctx context.Context, call *awsedge.Call, _ *iam.GetOutboundWebIdentityFederationInfoInput) (*iam.GetOutboundWebIdentityFederationInfoOutput, error) {
	issuer, err := d.STS.Outbound(ctx, call.Caller.AccountID)
	if err != nil {
		return nil, err
	}
	enabled := true
	return &iam.GetOutboundWebIdentityFederationInfoOutput{IssuerIdentifier: &issuer, JwtVendingEnabled: &enabled}, nil
}
