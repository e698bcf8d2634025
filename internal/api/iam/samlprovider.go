package iam

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) providerOperations() []awsedge.Operation {
	return []awsedge.Operation{
		onAccount(iam.ListSAMLProviders, d.listSAMLProviders),
		awsedge.Op(iam.CreateSAMLProvider, d.createSAMLProvider,
			awsedge.On(func(call *awsedge.Call, in *iam.CreateSAMLProviderInput) []string {
				return []string{arn.SAMLProvider(call.Caller.AccountID, *in.Name).String()}
			}),
			keys(func(in *iam.CreateSAMLProviderInput) map[string][]string { return tagKeys(in.Tags) }),
			awsedge.Also("iam:TagSAMLProvider", func(_ *awsedge.Call, in *iam.CreateSAMLProviderInput) bool { return len(in.Tags) > 0 })),
		onARN(iam.GetSAMLProvider, func(in *iam.GetSAMLProviderInput) *string { return in.SAMLProviderArn }, d.getSAMLProvider),
		onARN(iam.DeleteSAMLProvider, func(in *iam.DeleteSAMLProviderInput) *string { return in.SAMLProviderArn }, d.deleteSAMLProvider),
	}
}

func (d *Door) listSAMLProviders(ctx context.Context, call *awsedge.Call, _ *iam.ListSAMLProvidersInput) (*iam.ListSAMLProvidersOutput, error) {
	found, err := d.Roles.ListSAMLProviders(ctx, call.Caller.AccountID)
	if err != nil {
		return nil, err
	}
	out := &iam.ListSAMLProvidersOutput{SAMLProviderList: []iam.SAMLProviderListEntry{}}
	for _, p := range found {
		out.SAMLProviderList = append(out.SAMLProviderList, iam.SAMLProviderListEntry{Arn: &p.ARN, CreateDate: &p.CreatedAt, ValidUntil: &p.ValidUntil})
	}
	return out, nil
}

func (d *Door) createSAMLProvider(ctx context.Context, call *awsedge.Call, in *iam.CreateSAMLProviderInput) (*iam.CreateSAMLProviderOutput, error) {
	if in.AddPrivateKey != nil || in.AssertionEncryptionMode != nil {
		return nil, idc.Errorf(idc.NotImplemented, "Encrypted assertions are not supported yet.")
	}
	p, err := d.Roles.CreateSAMLProvider(ctx, call.Change(), call.Caller.AccountID, *in.Name, *in.SAMLMetadataDocument, fromTags(in.Tags))
	if err != nil {
		return nil, err
	}
	return &iam.CreateSAMLProviderOutput{SAMLProviderArn: &p.ARN, Tags: wireTags(p.Tags)}, nil
}

// provider returns the SAML provider of the caller's account that an ARN names.
func (d *Door) provider(ctx context.Context, call *awsedge.Call, providerARN string) (*idc.SAMLProvider, error) {
	p, err := d.Roles.SAMLProvider(ctx, providerARN)
	if err == nil && p.AccountID != call.Caller.AccountID {
		return nil, idc.NotFoundf("SAMLProvider", providerARN, "Manifest not found for arn %s", providerARN)
	}
	return p, err
}

func (d *Door) getSAMLProvider(ctx context.Context, call *awsedge.Call, in *iam.GetSAMLProviderInput) (*iam.GetSAMLProviderOutput, error) {
	p, err := d.provider(ctx, call, *in.SAMLProviderArn)
	if err != nil {
		return nil, err
	}
	return &iam.GetSAMLProviderOutput{CreateDate: &p.CreatedAt, ValidUntil: &p.ValidUntil, SAMLMetadataDocument: &p.Metadata, Tags: wireTags(p.Tags)}, nil
}

func (d *Door) deleteSAMLProvider(ctx context.Context, call *awsedge.Call, in *iam.DeleteSAMLProviderInput) (*iam.DeleteSAMLProviderOutput, error) {
	if _, err := d.provider(ctx, call, *in.SAMLProviderArn); err != nil {
		return nil, err
	}
	return nil, d.Roles.DeleteSAMLProvider(ctx, call.Change(), *in.SAMLProviderArn)
}
