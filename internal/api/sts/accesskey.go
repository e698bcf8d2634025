package sts

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// accessKeyOperations are those of long-term access keys. Native accounts have no IAM users, on purpose:
// every caller has a session, and AWS does not let a session ask for another in these two ways.
func (d *Door) accessKeyOperations() []awsedge.Operation {
	return []awsedge.Operation{
		awsedge.Op(sts.GetAccessKeyInfo, d.getAccessKeyInfo,
			awsedge.NoResource[sts.GetAccessKeyInfoInput]("an access key id, which need not be one of the account")),
		awsedge.Op(sts.GetSessionToken, d.getSessionToken,
			awsedge.HandlerAuthorizes[sts.GetSessionTokenInput]("needs no permission; sessions are refused")),
		awsedge.Op(sts.GetFederationToken, d.getFederationToken,
			awsedge.HandlerAuthorizes[sts.GetFederationTokenInput]("sessions are refused, whatever they may")),
	}
}

// getAccessKeyInfo implements https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html.
func (d *Door) getAccessKeyInfo(ctx context.Context, _ *awsedge.Call, in *sts.GetAccessKeyInfoInput) (*sts.GetAccessKeyInfoOutput, error) {
	account, err := d.STS.AccountOfAccessKey(ctx, *in.AccessKeyId)
	if err != nil {
		return nil, err
	}
	return &sts.GetAccessKeyInfoOutput{Account: &account}, nil
}

// getSessionToken implements https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html.
func (d *Door) getSessionToken(context.Context, *awsedge.Call, *sts.GetSessionTokenInput) (*sts.GetSessionTokenOutput, error) {
	return nil, idc.Errorf(idc.Denied, "Cannot call GetSessionToken with session credentials")
}

// getFederationToken implements https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html.
func (d *Door) getFederationToken(context.Context, *awsedge.Call, *sts.GetFederationTokenInput) (*sts.GetFederationTokenOutput, error) {
	return nil, idc.Errorf(idc.Denied, "Cannot call GetFederationToken with session credentials")
}
