package sts

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
)

// decodeAuthorizationMessage implements https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html.
func (d *Door) decodeAuthorizationMessage(_ context.Context, call *awsedge.Call, in *sts.DecodeAuthorizationMessageInput) (*sts.DecodeAuthorizationMessageOutput, error) {
	text, err := d.Authz.DecodeMessage(call.Caller, *in.EncodedMessage)
	if err != nil {
		return nil, err
	}
	return &sts.DecodeAuthorizationMessageOutput{DecodedMessage: &text}, nil
}
