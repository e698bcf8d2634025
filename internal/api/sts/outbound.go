package sts

import (
	"context"
	"strconv"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	stsservice "github.com/gatehouse-idc/gatehouse/internal/sts"
)

func (d *Door) outboundOperations() []awsedge.Operation {
	return []awsedge.Operation{
		awsedge.Op(sts.GetWebIdentityToken, d.getWebIdentityToken,
			awsedge.NoResource[sts.GetWebIdentityTokenInput]("a token for the caller itself"),
			awsedge.Keys(webIdentityKeys),
			awsedge.Also("sts:TagGetWebIdentityToken", func(_ *awsedge.Call, in *sts.GetWebIdentityTokenInput) bool { return len(in.Tags) > 0 })),
		awsedge.Op(sts.GetDelegatedAccessToken, d.getDelegatedAccessToken,
			awsedge.NoResource[sts.GetDelegatedAccessTokenInput]("a token that the input brings")),
	}
}

// defaultWebToken is how many seconds a token lasts when the input does not say.
const defaultWebToken = 300

func webIdentityKeys(_ *awsedge.Call, in *sts.GetWebIdentityTokenInput) map[string][]string {
	duration := number(in.DurationSeconds)
	if in.DurationSeconds == nil {
		duration = defaultWebToken
	}
	keys := map[string][]string{
		"sts:IdentityTokenAudience": in.Audience, "sts:SigningAlgorithm": {*in.SigningAlgorithm}, "sts:DurationSeconds": {strconv.Itoa(duration)},
	}
	for _, t := range in.Tags {
		keys["aws:RequestTag/"+*t.Key] = []string{*t.Value}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], *t.Key)
	}
	return keys
}

// getWebIdentityToken implements https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html.
func (d *Door) getWebIdentityToken(ctx context.Context, call *awsedge.Call, in *sts.GetWebIdentityTokenInput) (*sts.GetWebIdentityTokenOutput, error) {
	token, expires, err := d.STS.WebIdentityToken(ctx, call.Change(), call.Caller, stsservice.WebIdentityTokenInput{
		Audiences: in.Audience, Algorithm: *in.SigningAlgorithm, Duration: seconds(in.DurationSeconds), Tags: fromTags(in.Tags), Region: call.Region,
	})
	if err != nil {
		return nil, err
	}
	return &sts.GetWebIdentityTokenOutput{WebIdentityToken: &token, Expiration: &expires}, nil
}

// getDelegatedAccessToken implements https://docs.aws.amazon.com/STS/latest/APIReference/API_GetDelegatedAccessToken.html.
// AWS hands trade-in tokens to partners whose delegation requests (iam, CreateDelegationRequest) a customer
// accepts. Nothing here makes such requests, so that there is no token that would be right.
func (d *Door) getDelegatedAccessToken(context.Context, *awsedge.Call, *sts.GetDelegatedAccessTokenInput) (*sts.GetDelegatedAccessTokenOutput, error) {
	return nil, idc.Errorf(idc.Expired, "The trade-in token provided in the request has expired or was never issued.").With("ExpiredTradeInTokenException")
}
