package sts

import (
	"context"
	"time"

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
	return []awsedge.Operation{
		awsedge.Op(sts.GetCallerIdentity, d.getCallerIdentity,
			awsedge.HandlerAuthorizes[sts.GetCallerIdentityInput]("needs no permission and cannot be denied")),
		awsedge.Op(sts.AssumeRole, d.assumeRole,
			awsedge.On(func(_ *awsedge.Call, in *sts.AssumeRoleInput) []string { return []string{*in.RoleArn} }),
			awsedge.Keys(assumeRoleKeys),
			// Each is a decision of its own with the same context ("Pass session tags in AWS STS", "Monitor
			// and control actions taken with assumed roles"), for tags and an identity that are inherited too.
			awsedge.Also("sts:TagSession", func(call *awsedge.Call, in *sts.AssumeRoleInput) bool {
				return len(in.Tags) > 0 || len(call.Caller.TransitiveTagKeys) > 0
			}),
			awsedge.Also("sts:SetSourceIdentity", func(call *awsedge.Call, in *sts.AssumeRoleInput) bool {
				return sourceIdentity(call, in) != ""
			})),
		awsedge.Op(sts.DecodeAuthorizationMessage, d.decodeAuthorizationMessage,
			awsedge.NoResource[sts.DecodeAuthorizationMessageInput]("a message that the input brings")),
	}
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
	if in.SerialNumber != nil || in.TokenCode != nil {
		return nil, idc.Errorf(idc.Denied, "MultiFactorAuthentication failed, unable to validate MFA code.  "+
			"MFA of a role session comes from its sign-in.")
	}
	if len(in.ProvidedContexts) > 0 {
		return nil, idc.Errorf(idc.NotImplemented, "ProvidedContexts is not supported.")
	}
	ask := stsservice.AssumeRoleInput{
		RoleARN: *in.RoleArn, SessionName: *in.RoleSessionName, TransitiveTagKeys: in.TransitiveTagKeys,
	}
	if in.DurationSeconds != nil {
		ask.Duration = time.Duration(*in.DurationSeconds) * time.Second
	}
	if in.Policy != nil {
		ask.Policy = *in.Policy
	}
	if in.SourceIdentity != nil {
		ask.SourceIdentity = *in.SourceIdentity
	}
	for _, p := range in.PolicyArns {
		if p.Arn != nil {
			ask.PolicyARNs = append(ask.PolicyARNs, *p.Arn)
		}
	}
	for _, t := range in.Tags {
		ask.Tags = append(ask.Tags, idc.Tag{Key: *t.Key, Value: *t.Value})
	}
	creds, session, err := d.STS.AssumeRole(ctx, call.Caller, ask)
	if err != nil {
		return nil, err
	}
	out := &sts.AssumeRoleOutput{
		AssumedRoleUser: &sts.AssumedRoleUser{Arn: &session.ARN, AssumedRoleId: &session.PrincipalID},
		Credentials: &sts.Credentials{
			AccessKeyId: &creds.AccessKeyID, SecretAccessKey: &creds.SecretAccessKey,
			SessionToken: &creds.SessionToken, Expiration: &creds.ExpiresAt,
		},
	}
	if session.SourceIdentity != "" {
		out.SourceIdentity = &session.SourceIdentity
	}
	if packed := stsservice.PackedPolicySize(ask); packed > 0 {
		size := int32(packed)
		out.PackedPolicySize = &size
	}
	return out, nil
}
