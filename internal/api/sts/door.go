package sts

import (
	"context"
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/authz"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	stsservice "github.com/gatehouse-idc/gatehouse/internal/sts"
)

// Door serves STS.
type Door struct {
	STS   *stsservice.Service
	Authz *authz.Service // decodes authorization messages
}

// Operations returns the operations this door serves.
func (d *Door) Operations() []awsedge.Operation {
	own := []awsedge.Operation{
		awsedge.Op(sts.GetCallerIdentity, d.getCallerIdentity,
			awsedge.HandlerAuthorizes[sts.GetCallerIdentityInput]("needs no permission and cannot be denied")),
		awsedge.Op(sts.AssumeRole, d.assumeRole,
			awsedge.On(func(_ *awsedge.Call, in *sts.AssumeRoleInput) []string { return []string{*in.RoleArn} }),
			awsedge.Keys(d.assumeRoleKeys),
			// Each is a decision of its own with the same context ("Pass session tags in AWS STS", "Monitor
			// and control actions taken with assumed roles"), for tags and an identity that are inherited too.
			awsedge.Also("sts:TagSession", func(call *awsedge.Call, in *sts.AssumeRoleInput) bool {
				return len(in.Tags) > 0 || len(call.Caller.TransitiveTagKeys) > 0
			}),
			awsedge.Also("sts:SetSourceIdentity", func(call *awsedge.Call, in *sts.AssumeRoleInput) bool {
				return sourceIdentity(call, in) != ""
			}),
			awsedge.Also("sts:SetContext", setsContext)),
		awsedge.Op(sts.DecodeAuthorizationMessage, d.decodeAuthorizationMessage,
			awsedge.NoResource[sts.DecodeAuthorizationMessageInput]("a message that the input brings")),
	}
	return slices.Concat(own, d.federatedOperations(), d.rootOperations(), d.outboundOperations(), d.accessKeyOperations())
}

func (d *Door) getCallerIdentity(_ context.Context, call *awsedge.Call, _ *sts.GetCallerIdentityInput) (*sts.GetCallerIdentityOutput, error) {
	return &sts.GetCallerIdentityOutput{
		Account: &call.Caller.AccountID, Arn: &call.Caller.ARN, UserId: &call.Caller.PrincipalID,
	}, nil
}

// sourceIdentity is what the new session's source identity is to be: given, or inherited.
func sourceIdentity(call *awsedge.Call, in *sts.AssumeRoleInput) string {
	if in.SourceIdentity != nil {
		return *in.SourceIdentity
	}
	return call.Caller.SourceIdentity
}

// assumeRoleKeys gives the condition keys of AssumeRole ("Available keys for AWS STS").
func assumeRoleKeys(call *awsedge.Call, in *sts.AssumeRoleInput) map[string][]string {
	keys := map[string][]string{"sts:RoleSessionName": {*in.RoleSessionName}}
	if in.ExternalId != nil {
		keys["sts:ExternalId"] = []string{*in.ExternalId}
	}
	if source := sourceIdentity(call, in); source != "" {
		keys["sts:SourceIdentity"] = []string{source}
	}
	for _, t := range in.Tags {
		keys["aws:RequestTag/"+*t.Key] = []string{*t.Value}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], *t.Key)
	}
	if len(in.TransitiveTagKeys) > 0 {
		keys["sts:TransitiveTagKeys"] = in.TransitiveTagKeys
	}
	return keys
}

// assumeRole implements https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html.
func (d *Door) assumeRole(ctx context.Context, call *awsedge.Call, in *sts.AssumeRoleInput) (*sts.AssumeRoleOutput, error) {
	// MFA devices belong to IAM users, of which there are none: a session has its MFA from the sign-in.
	switch {
	case (in.SerialNumber == nil) != (in.TokenCode == nil):
		return nil, idc.Errorf(idc.Denied, "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.")
	case in.SerialNumber != nil:
		return nil, idc.Errorf(idc.Denied, "MultiFactorAuthentication failed, unable to validate MFA code.  "+
			"Please verify your MFA serial number is valid and associated with this user.")
	}
	ask := stsservice.AssumeRoleInput{
		RoleARN: *in.RoleArn, SessionName: *in.RoleSessionName, Duration: seconds(in.DurationSeconds),
		Policy: value(in.Policy), PolicyARNs: policyARNs(in.PolicyArns), Tags: fromTags(in.Tags), TransitiveTagKeys: in.TransitiveTagKeys,
		SourceIdentity: value(in.SourceIdentity), Contexts: providedContexts(in), MinimumTokenSize: number(in.MinimumSessionTokenSize),
	}
	creds, session, err := d.STS.AssumeRole(ctx, call.Caller, ask)
	if err != nil {
		return nil, err
	}
	size, utilization := tokenSize(creds)
	return &sts.AssumeRoleOutput{
		AssumedRoleUser: assumedRole(&session), Credentials: wireCredentials(creds), SourceIdentity: text(session.SourceIdentity),
		PackedPolicySize: positive(stsservice.PackedPolicySize(ask)), SessionTokenSize: size, SessionTokenUtilization: utilization,
	}, nil
}
