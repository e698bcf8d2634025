package iam

import (
	"context"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
)

func (d *Door) oidcProviderOperations() []awsedge.Operation {
	return []awsedge.Operation{
		onAccount(iam.ListOpenIDConnectProviders, d.listOIDCProviders),
		awsedge.Op(iam.CreateOpenIDConnectProvider, d.createOIDCProvider,
			awsedge.On(func(call *awsedge.Call, in *iam.CreateOpenIDConnectProviderInput) []string {
				return []string{arn.OIDCProvider(call.Caller.AccountID, strings.TrimPrefix(*in.Url, "https://")).String()}
			}),
			keys(func(in *iam.CreateOpenIDConnectProviderInput) map[string][]string { return tagKeys(in.Tags) }),
			awsedge.Also("iam:TagOpenIDConnectProvider", func(_ *awsedge.Call, in *iam.CreateOpenIDConnectProviderInput) bool { return len(in.Tags) > 0 })),
		onARN(iam.GetOpenIDConnectProvider, func(in *iam.GetOpenIDConnectProviderInput) *string { return in.OpenIDConnectProviderArn }, d.getOIDCProvider),
		onARN(iam.DeleteOpenIDConnectProvider, func(in *iam.DeleteOpenIDConnectProviderInput) *string { return in.OpenIDConnectProviderArn }, d.deleteOIDCProvider),
		onARN(iam.AddClientIDToOpenIDConnectProvider, func(in *iam.AddClientIDToOpenIDConnectProviderInput) *string { return in.OpenIDConnectProviderArn }, d.addClientID),
		onARN(iam.RemoveClientIDFromOpenIDConnectProvider, func(in *iam.RemoveClientIDFromOpenIDConnectProviderInput) *string { return in.OpenIDConnectProviderArn }, d.removeClientID),
		onARN(iam.UpdateOpenIDConnectProviderThumbprint, func(in *iam.UpdateOpenIDConnectProviderThumbprintInput) *string { return in.OpenIDConnectProviderArn }, d.updateThumbprints),
		onARN(iam.ListOpenIDConnectProviderTags, func(in *iam.ListOpenIDConnectProviderTagsInput) *string { return in.OpenIDConnectProviderArn }, d.listOIDCProviderTags),
		onARN(iam.TagOpenIDConnectProvider, func(in *iam.TagOpenIDConnectProviderInput) *string { return in.OpenIDConnectProviderArn }, d.tagOIDCProvider,
			keys(func(in *iam.TagOpenIDConnectProviderInput) map[string][]string { return tagKeys(in.Tags) })),
		onARN(iam.UntagOpenIDConnectProvider, func(in *iam.UntagOpenIDConnectProviderInput) *string { return in.OpenIDConnectProviderArn }, d.untagOIDCProvider,
			keys(func(in *iam.UntagOpenIDConnectProviderInput) map[string][]string {
				return map[string][]string{"aws:TagKeys": in.TagKeys}
			})),
	}
}

func (d *Door) listOIDCProviders(ctx context.Context, call *awsedge.Call, _ *iam.ListOpenIDConnectProvidersInput) (*iam.ListOpenIDConnectProvidersOutput, error) {
	found, err := d.Roles.ListOIDCProviders(ctx, call.Caller.AccountID)
	if err != nil {
		return nil, err
	}
	out := &iam.ListOpenIDConnectProvidersOutput{OpenIDConnectProviderList: []iam.OpenIDConnectProviderListEntry{}}
	for _, p := range found {
		out.OpenIDConnectProviderList = append(out.OpenIDConnectProviderList, iam.OpenIDConnectProviderListEntry{Arn: &p.ARN})
	}
	return out, nil
}

func (d *Door) createOIDCProvider(ctx context.Context, call *awsedge.Call, in *iam.CreateOpenIDConnectProviderInput) (*iam.CreateOpenIDConnectProviderOutput, error) {
	p, err := d.Roles.CreateOIDCProvider(ctx, call.Change(), call.Caller.AccountID, *in.Url, in.ClientIDList, in.ThumbprintList, fromTags(in.Tags))
	if err != nil {
		return nil, err
	}
	return &iam.CreateOpenIDConnectProviderOutput{OpenIDConnectProviderArn: &p.ARN, Tags: wireTags(p.Tags)}, nil
}

func (d *Door) getOIDCProvider(ctx context.Context, call *awsedge.Call, in *iam.GetOpenIDConnectProviderInput) (*iam.GetOpenIDConnectProviderOutput, error) {
	p, err := d.Roles.OIDCProvider(ctx, call.Caller.AccountID, *in.OpenIDConnectProviderArn)
	if err != nil {
		return nil, err
	}
	return &iam.GetOpenIDConnectProviderOutput{
		Url: &p.URL, ClientIDList: append([]string{}, p.ClientIDs...), ThumbprintList: append([]string{}, p.Thumbprints...),
		CreateDate: &p.CreatedAt, Tags: wireTags(p.Tags),
	}, nil
}

func (d *Door) deleteOIDCProvider(ctx context.Context, call *awsedge.Call, in *iam.DeleteOpenIDConnectProviderInput) (*iam.DeleteOpenIDConnectProviderOutput, error) {
	return nil, d.Roles.DeleteOIDCProvider(ctx, call.Change(), call.Caller.AccountID, *in.OpenIDConnectProviderArn)
}

func (d *Door) addClientID(ctx context.Context, call *awsedge.Call, in *iam.AddClientIDToOpenIDConnectProviderInput) (*iam.AddClientIDToOpenIDConnectProviderOutput, error) {
	return nil, d.Roles.AddClientID(ctx, call.Change(), call.Caller.AccountID, *in.OpenIDConnectProviderArn, *in.ClientID)
}

func (d *Door) removeClientID(ctx context.Context, call *awsedge.Call, in *iam.RemoveClientIDFromOpenIDConnectProviderInput) (*iam.RemoveClientIDFromOpenIDConnectProviderOutput, error) {
	return nil, d.Roles.RemoveClientID(ctx, call.Change(), call.Caller.AccountID, *in.OpenIDConnectProviderArn, *in.ClientID)
}

func (d *Door) updateThumbprints(ctx context.Context, call *awsedge.Call, in *iam.UpdateOpenIDConnectProviderThumbprintInput) (*iam.UpdateOpenIDConnectProviderThumbprintOutput, error) {
	return nil, d.Roles.SetThumbprints(ctx, call.Change(), call.Caller.AccountID, *in.OpenIDConnectProviderArn, in.ThumbprintList)
}

func (d *Door) listOIDCProviderTags(ctx context.Context, call *awsedge.Call, in *iam.ListOpenIDConnectProviderTagsInput) (*iam.ListOpenIDConnectProviderTagsOutput, error) {
	p, err := d.Roles.OIDCProvider(ctx, call.Caller.AccountID, *in.OpenIDConnectProviderArn)
	if err != nil {
		return nil, err
	}
	page, err := cut(d, call, in.Marker, in.MaxItems, wireTags(p.Tags), tagKey, *in.OpenIDConnectProviderArn)
	if err != nil {
		return nil, err
	}
	return &iam.ListOpenIDConnectProviderTagsOutput{Tags: page.items, IsTruncated: page.truncated, Marker: page.marker}, nil
}

func (d *Door) tagOIDCProvider(ctx context.Context, call *awsedge.Call, in *iam.TagOpenIDConnectProviderInput) (*iam.TagOpenIDConnectProviderOutput, error) {
	return nil, d.Roles.TagOIDCProvider(ctx, call.Change(), call.Caller.AccountID, *in.OpenIDConnectProviderArn, fromTags(in.Tags))
}

func (d *Door) untagOIDCProvider(ctx context.Context, call *awsedge.Call, in *iam.UntagOpenIDConnectProviderInput) (*iam.UntagOpenIDConnectProviderOutput, error) {
	return nil, d.Roles.UntagOIDCProvider(ctx, call.Change(), call.Caller.AccountID, *in.OpenIDConnectProviderArn, in.TagKeys)
}
