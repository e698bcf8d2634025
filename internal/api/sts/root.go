package sts

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	stsservice "github.com/gatehouse-idc/gatehouse/internal/sts"
)

func (d *Door) rootOperations() []awsedge.Operation {
	return []awsedge.Operation{
		awsedge.Op(sts.AssumeRoot, d.assumeRoot,
			awsedge.On(func(_ *awsedge.Call, in *sts.AssumeRootInput) []string {
				account, ok := stsservice.RootAccount(*in.TargetPrincipal)
				if !ok {
					return []string{*in.TargetPrincipal}
				}
				return []string{arn.Root(account).String()}
			}),
			awsedge.Keys(func(_ *awsedge.Call, in *sts.AssumeRootInput) map[string][]string {
				return map[string][]string{"sts:TaskPolicyArn": {value(in.TaskPolicyArn.Arn)}}
			})),
	}
}

// assumeRoot implements https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html.
func (d *Door) assumeRoot(ctx context.Context, call *awsedge.Call, in *sts.AssumeRootInput) (*sts.AssumeRootOutput, error) {
	creds, session, err := d.STS.AssumeRoot(ctx, call.Caller, stsservice.AssumeRootInput{
		Target: *in.TargetPrincipal, TaskPolicyARN: value(in.TaskPolicyArn.Arn), Duration: seconds(in.DurationSeconds),
		MinimumTokenSize: number(in.MinimumSessionTokenSize),
	})
	if err != nil {
		return nil, err
	}
	size, utilization := tokenSize(creds)
	return &sts.AssumeRootOutput{Credentials: wireCredentials(creds), SourceIdentity: text(session.SourceIdentity),
		SessionTokenSize: size, SessionTokenUtilization: utilization}, nil
}
