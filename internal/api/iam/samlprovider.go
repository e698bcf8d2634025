package iam

import (
	"context"
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/role"
)

// providerOperations are those of identity providers, and of what the account and the
// organization let out to others.
func (d *Door) providerOperations() []awsedge.Operation {
	return slices.Concat(d.samlProviderOperations(), d.oidcProviderOperations(), d.rootAccessOperations(), d.outboundOperations())
}

func (d *Door) samlProviderOperations() []awsedge.Operation {
	return []awsedge.Operation{
		onAccount(iam.ListSAMLProviders, d.listSAMLProviders),
		awsedge.Op(iam.CreateSAMLProvider, d.createSAMLProvider,
			awsedge.On(func(call *awsedge.Call, in *iam.CreateSAMLProviderInput) []string {
				return []string{arn.SAMLProvider(call.Caller.AccountID, *in.Name).String()}
			}),
			keys(func(in *iam.CreateSAMLProviderInput) map[string][]string { return tagKeys(in.Tags) }),
			awsedge.Also("iam:TagSAMLProvider", func(_ *awsedge.Call, in *iam.CreateSAMLProviderInput) bool { return len(in.Tags) > 0 })),
		onARN(iam.GetSAMLProvider, func(in *iam.GetSAMLProviderInput) *string { return in.SAMLProviderArn }, d.getSAMLProvider),
		onARN(iam.UpdateSAMLProvider, func(in *iam.UpdateSAMLProviderInput) *string { return in.SAMLProviderArn }, d.updateSAMLProvider),
		onARN(iam.DeleteSAMLProvider, func(in *iam.DeleteSAMLProviderInput) *string { return in.SAMLProviderArn }, d.deleteSAMLProvider),
		onARN(iam.ListSAMLProviderTags, func(in *iam.ListSAMLProviderTagsInput) *string { return in.SAMLProviderArn }, d.listSAMLProviderTags),
		onARN(iam.TagSAMLProvider, func(in *iam.TagSAMLProviderInput) *string { return in.SAMLProviderArn }, d.tagSAMLProvider,
			keys(func(in *iam.TagSAMLProviderInput) map[string][]string { return tagKeys(in.Tags) })),
		onARN(iam.UntagSAMLProvider, func(in *iam.UntagSAMLProviderInput) *string { return in.SAMLProviderArn }, d.untagSAMLProvider,
			keys(func(in *iam.UntagSAMLProviderInput) map[string][]string {
				return map[string][]string{"aws:TagKeys": in.TagKeys}
			})),
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

// required is the assertion encryption mode that takes encrypted assertions only.
const required = "Required"

func (d *Door) createSAMLProvider(ctx context.Context, call *awsedge.Call, in *iam.CreateSAMLProviderInput) (*iam.CreateSAMLProviderOutput, error) {
	p, err := d.Roles.CreateSAMLProvider(ctx, call.Change(), call.Caller.AccountID, role.SAMLProviderDefinition{
		Name: *in.Name, Metadata: *in.SAMLMetadataDocument, Tags: fromTags(in.Tags),
		PrivateKey: value(in.AddPrivateKey), EncryptedOnly: value(in.AssertionEncryptionMode) == required,
	})
	if err != nil {
		return nil, err
	}
	return &iam.CreateSAMLProviderOutput{SAMLProviderArn: &p.ARN, Tags: wireTags(p.Tags)}, nil
}

func (d *Door) updateSAMLProvider(ctx context.Context, call *awsedge.Call, in *iam.UpdateSAMLProviderInput) (*iam.UpdateSAMLProviderOutput, error) {
	c := role.SAMLProviderChange{Metadata: value(in.SAMLMetadataDocument), AddKey: value(in.AddPrivateKey), RemoveKey: value(in.RemovePrivateKey)}
	if in.AssertionEncryptionMode != nil {
		only := *in.AssertionEncryptionMode == required
		c.EncryptedOnly = &only
	}
	if err := d.Roles.UpdateSAMLProvider(ctx, call.Change(), call.Caller.AccountID, *in.SAMLProviderArn, c); err != nil {
		return nil, err
	}
	return &iam.UpdateSAMLProviderOutput{SAMLProviderArn: in.SAMLProviderArn}, nil
}

func (d *Door) getSAMLProvider(ctx context.Context, call *awsedge.Call, in *iam.GetSAMLProviderInput) (*iam.GetSAMLProviderOutput, error) {
	p, err := d.Roles.SAMLProvider(ctx, call.Caller.AccountID, *in.SAMLProviderArn)
	if err != nil {
		return nil, err
	}
	out := &iam.GetSAMLProviderOutput{CreateDate: &p.CreatedAt, ValidUntil: &p.ValidUntil, SAMLMetadataDocument: &p.Metadata, Tags: wireTags(p.Tags), SAMLProviderUUID: text(p.UUID)}
	for _, k := range p.PrivateKeys {
		out.PrivateKeyList = append(out.PrivateKeyList, iam.SAMLPrivateKey{KeyId: &k.ID, Timestamp: &k.CreatedAt})
	}
	if len(p.PrivateKeys) > 0 {
		mode := "Allowed"
		if p.EncryptedOnly {
			mode = required
		}
		out.AssertionEncryptionMode = &mode
	}
	return out, nil
}

func (d *Door) deleteSAMLProvider(ctx context.Context, call *awsedge.Call, in *iam.DeleteSAMLProviderInput) (*iam.DeleteSAMLProviderOutput, error) {
	return nil, d.Roles.DeleteSAMLProvider(ctx, call.Change(), call.Caller.AccountID, *in.SAMLProviderArn)
}

func (d *Door) listSAMLProviderTags(ctx context.Context, call *awsedge.Call, in *iam.ListSAMLProviderTagsInput) (*iam.ListSAMLProviderTagsOutput, error) {
	p, err := d.Roles.SAMLProvider(ctx, call.Caller.AccountID, *in.SAMLProviderArn)
	if err != nil {
		return nil, err
	}
	page, err := cut(d, call, in.Marker, in.MaxItems, wireTags(p.Tags), tagKey, *in.SAMLProviderArn)
	if err != nil {
		return nil, err
	}
	return &iam.ListSAMLProviderTagsOutput{Tags: page.items, IsTruncated: page.truncated, Marker: page.marker}, nil
}

func (d *Door) tagSAMLProvider(ctx context.Context, call *awsedge.Call, in *iam.TagSAMLProviderInput) (*iam.TagSAMLProviderOutput, error) {
	return nil, d.Roles.TagSAMLProvider(ctx, call.Change(), call.Caller.AccountID, *in.SAMLProviderArn, fromTags(in.Tags))
}

func (d *Door) untagSAMLProvider(ctx context.Context, call *awsedge.Call, in *iam.UntagSAMLProviderInput) (*iam.UntagSAMLProviderOutput, error) {
	return nil, d.Roles.UntagSAMLProvider(ctx, call.Change(), call.Caller.AccountID, *in.SAMLProviderArn, in.TagKeys)
}
