package sts

import (
	"context"
	"strconv"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	stsservice "github.com/gatehouse-idc/gatehouse/internal/sts"
)

// Door serves STS.
type Door struct {
	STS        *stsservice.Service
	Authorizer awsedge.Authorizer
}

// Operations returns the operations this door serves.
func (d *Door) Operations() []awsedge.Operation {
	return []awsedge.Operation{
		awsedge.Op(sts.GetCallerIdentity, d.getCallerIdentity,
			awsedge.HandlerAuthorizes[sts.GetCallerIdentityInput]("needs no permission and cannot be denied")),
		awsedge.Op(sts.AssumeRole, d.assumeRole,
			awsedge.On(func(_ *awsedge.Call, in *sts.AssumeRoleInput) []string { return []string{*in.RoleArn} }),
			awsedge.Keys(assumeRoleKeys)),
	}
}

func (d *Door) getCallerIdentity(_ context.Context, call *awsedge.Call, _ *sts.GetCallerIdentityInput) (*sts.GetCallerIdentityOutput, error) {
	return &sts.GetCallerIdentityOutput{
		Account: &call.Caller.AccountID, Arn: &call.Caller.ARN, UserId: &call.Caller.PrincipalID,
	}, nil
}

// assumeRoleKeys gives the condition keys of AssumeRole ("Available keys for AWS STS").
func assumeRoleKeys(_ *awsedge.Call, in *sts.AssumeRoleInput) map[string][]string {
	keys := map[string][]string{"sts:RoleSessionName": {*in.RoleSessionName}}
	if in.ExternalId != nil {
		keys["sts:ExternalId"] = []string{*in.ExternalId}
	}
	if in.SourceIdentity != nil {
		keys["sts:SourceIdentity"] = []string{*in.SourceIdentity}
	}
	if in.DurationSeconds != nil {
		keys["sts:DurationSeconds"] = []string{strconv.Itoa(int(*in.DurationSeconds))}
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
	if err := d.authorizeExtras(ctx, call, in); err != nil {
		return nil, err
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

// authorizeExtras asks for what AssumeRole does besides: tags that are passed or
// inherited need sts:TagSession, a source identity sts:SetSourceIdentity.
func (d *Door) authorizeExtras(ctx context.Context, call *awsedge.Call, in *sts.AssumeRoleInput) error {
	keys := assumeRoleKeys(call, in)
	if len(in.Tags) > 0 || len(call.Caller.TransitiveTagKeys) > 0 {
		if err := d.Authorizer.Authorize(ctx, call, "sts:TagSession", []string{*in.RoleArn}, keys); err != nil {
			return err
		}
	}
	if in.SourceIdentity != nil || call.Caller.SourceIdentity != "" {
		if call.Caller.SourceIdentity != "" {
			keys["sts:SourceIdentity"] = []string{call.Caller.SourceIdentity}
		}
		return d.Authorizer.Authorize(ctx, call, "sts:SetSourceIdentity", []string{*in.RoleArn}, keys)
	}
	return nil
}
