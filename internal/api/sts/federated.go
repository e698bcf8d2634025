package sts

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	stsservice "github.com/gatehouse-idc/gatehouse/internal/sts"
)

// federatedOperations carry no signature: an assertion or a token in the input is the proof.
func (d *Door) federatedOperations() []awsedge.Operation {
	return []awsedge.Operation{
		awsedge.Op(sts.AssumeRoleWithSAML, d.assumeRoleWithSAML),
		awsedge.Op(sts.AssumeRoleWithWebIdentity, d.assumeRoleWithWebIdentity),
	}
}

// assumeRoleWithSAML implements https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html.
func (d *Door) assumeRoleWithSAML(ctx context.Context, call *awsedge.Call, in *sts.AssumeRoleWithSAMLInput) (*sts.AssumeRoleWithSAMLOutput, error) {
	got, err := d.STS.AssumeRoleWithSAML(ctx, stsservice.AssumeRoleWithSAMLInput{
		RoleARN: *in.RoleArn, ProviderARN: *in.PrincipalArn, Response: *in.SAMLAssertion,
		Duration: seconds(in.DurationSeconds), Policy: value(in.Policy), PolicyARNs: policyARNs(in.PolicyArns), MinimumTokenSize: number(in.MinimumSessionTokenSize),
	})
	if err := identified(call, got, err); err != nil {
		return nil, err
	}
	size, utilization := tokenSize(got.Credentials)
	return &sts.AssumeRoleWithSAMLOutput{
		AssumedRoleUser: assumedRole(&got.Session), Credentials: wireCredentials(got.Credentials), SessionTokenSize: size, SessionTokenUtilization: utilization,
		PackedPolicySize: positive(got.PackedPolicySize), SourceIdentity: text(got.Session.SourceIdentity),
		Subject: &got.By.Subject, SubjectType: text(got.By.SubjectType), Issuer: &got.By.Issuer, Audience: &got.By.Audience, NameQualifier: &got.By.NameQualifier,
	}, nil
}

// assumeRoleWithWebIdentity implements https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html.
func (d *Door) assumeRoleWithWebIdentity(ctx context.Context, call *awsedge.Call, in *sts.AssumeRoleWithWebIdentityInput) (*sts.AssumeRoleWithWebIdentityOutput, error) {
	if in.ProviderId != nil {
		// It names one of two providers of OAuth 2.0 access tokens, which only they can check.
		return nil, idc.Errorf(idc.Invalid, "OAuth 2.0 access tokens of %s are not accepted. Leave ProviderId out and pass an OpenID Connect ID token.", *in.ProviderId).
			With(stsservice.ReasonInvalidIdentityToken)
	}
	got, err := d.STS.AssumeRoleWithWebIdentity(ctx, stsservice.AssumeRoleWithWebIdentityInput{
		RoleARN: *in.RoleArn, SessionName: *in.RoleSessionName, Token: *in.WebIdentityToken,
		Duration: seconds(in.DurationSeconds), Policy: value(in.Policy), PolicyARNs: policyARNs(in.PolicyArns), MinimumTokenSize: number(in.MinimumSessionTokenSize),
	})
	if err := identified(call, got, err); err != nil {
		return nil, err
	}
	size, utilization := tokenSize(got.Credentials)
	return &sts.AssumeRoleWithWebIdentityOutput{
		AssumedRoleUser: assumedRole(&got.Session), Credentials: wireCredentials(got.Credentials), SessionTokenSize: size, SessionTokenUtilization: utilization,
		PackedPolicySize: positive(got.PackedPolicySize), SourceIdentity: text(got.Session.SourceIdentity),
		SubjectFromWebIdentityToken: &got.By.Subject, Audience: &got.By.Audience, Provider: &got.By.Issuer,
	}, nil
}

// identified lets the record show who called, once it is known: also of a call that is refused.
func identified(call *awsedge.Call, got *stsservice.Federated, err error) error {
	if got != nil {
		call.Caller = got.Caller
	}
	return err
}
