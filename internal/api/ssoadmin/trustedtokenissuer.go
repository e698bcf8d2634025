package ssoadmin

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/application"
	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) trustedTokenIssuerOperations() []awsedge.Operation {
	return []awsedge.Operation{
		op(d, ssoadmin.CreateTrustedTokenIssuer, func(in *ssoadmin.CreateTrustedTokenIssuerInput) target {
			return target{instance: in.InstanceArn, applications: true,
				made: func(account string) string {
					return arn.TrustedTokenIssuer(account, instanceIn(*in.InstanceArn), "tti-*").String()
				}}
		}, d.createIssuer,
			awsedge.Keys(func(_ *awsedge.Call, in *ssoadmin.CreateTrustedTokenIssuerInput) map[string][]string {
				return tagKeys(in.Tags)
			})),
		op(d, ssoadmin.DescribeTrustedTokenIssuer, func(in *ssoadmin.DescribeTrustedTokenIssuerInput) target {
			return target{issuer: in.TrustedTokenIssuerArn}
		}, d.describeIssuer),
		op(d, ssoadmin.UpdateTrustedTokenIssuer, func(in *ssoadmin.UpdateTrustedTokenIssuerInput) target {
			return target{issuer: in.TrustedTokenIssuerArn}
		}, d.updateIssuer),
		op(d, ssoadmin.DeleteTrustedTokenIssuer, func(in *ssoadmin.DeleteTrustedTokenIssuerInput) target {
			return target{issuer: in.TrustedTokenIssuerArn}
		}, d.deleteIssuer),
		op(d, ssoadmin.ListTrustedTokenIssuers, func(in *ssoadmin.ListTrustedTokenIssuersInput) target {
			return target{instance: in.InstanceArn, applications: true}
		}, d.listIssuers),
	}
}

// mustAdminister refuses callers whose account does not administer the instance:
// trusted token issuers belong to it, not to the accounts that have applications.
func (r request) mustAdminister() error {
	if r.administers {
		return nil
	}
	return idc.Errorf(idc.Denied, "User: %s is not authorized to perform: %s on resource: %s", r.Caller.ARN, r.Operation.Action, r.instance.ARN)
}

func (d *Door) createIssuer(ctx context.Context, r request, in *ssoadmin.CreateTrustedTokenIssuerInput) (*ssoadmin.CreateTrustedTokenIssuerOutput, error) {
	if err := r.mustAdminister(); err != nil {
		return nil, err
	}
	jwt := in.TrustedTokenIssuerConfiguration.OidcJwtConfiguration
	if jwt == nil {
		return nil, idc.Errorf(idc.Invalid, "The configuration does not match the type %s.", *in.TrustedTokenIssuerType)
	}
	made, err := d.Applications.CreateIssuer(ctx, r.Change(), value(in.ClientToken), application.IssuerDefinition{
		InstanceID: r.instance.ID, Name: *in.Name, Type: *in.TrustedTokenIssuerType, IssuerURL: *jwt.IssuerUrl, ClaimPath: *jwt.ClaimAttributePath,
		IdentityStorePath: *jwt.IdentityStoreAttributePath, JWKSRetrieval: *jwt.JwksRetrievalOption, Tags: fromTags(in.Tags),
	})
	if err != nil {
		return nil, err
	}
	return &ssoadmin.CreateTrustedTokenIssuerOutput{TrustedTokenIssuerArn: &made}, nil
}

func (d *Door) describeIssuer(_ context.Context, r request, _ *ssoadmin.DescribeTrustedTokenIssuerInput) (*ssoadmin.DescribeTrustedTokenIssuerOutput, error) {
	i := r.issuer
	return &ssoadmin.DescribeTrustedTokenIssuerOutput{Name: &i.Name, TrustedTokenIssuerArn: &i.ARN, TrustedTokenIssuerType: &i.Type,
		TrustedTokenIssuerConfiguration: &ssoadmin.TrustedTokenIssuerConfiguration{OidcJwtConfiguration: &ssoadmin.OidcJwtConfiguration{
			ClaimAttributePath: &i.ClaimPath, IdentityStoreAttributePath: &i.IdentityStorePath, IssuerUrl: &i.IssuerURL, JwksRetrievalOption: &i.JWKSRetrieval,
		}}}, nil
}

func (d *Door) updateIssuer(ctx context.Context, r request, in *ssoadmin.UpdateTrustedTokenIssuerInput) (*ssoadmin.UpdateTrustedTokenIssuerOutput, error) {
	u := application.IssuerUpdate{Name: in.Name}
	if c := in.TrustedTokenIssuerConfiguration; c != nil && c.OidcJwtConfiguration != nil {
		jwt := c.OidcJwtConfiguration
		u.ClaimPath, u.IdentityStorePath, u.JWKSRetrieval = jwt.ClaimAttributePath, jwt.IdentityStoreAttributePath, jwt.JwksRetrievalOption
	}
	return nil, d.Applications.UpdateIssuer(ctx, r.Change(), r.issuer.ARN, u)
}

func (d *Door) deleteIssuer(ctx context.Context, r request, _ *ssoadmin.DeleteTrustedTokenIssuerInput) (*ssoadmin.DeleteTrustedTokenIssuerOutput, error) {
	return nil, d.Applications.DeleteIssuer(ctx, r.Change(), r.issuer.ARN)
}

func (d *Door) listIssuers(ctx context.Context, r request, in *ssoadmin.ListTrustedTokenIssuersInput) (*ssoadmin.ListTrustedTokenIssuersOutput, error) {
	if err := r.mustAdminister(); err != nil {
		return nil, err
	}
	page, token, err := d.page(r, in.NextToken, in.MaxResults, r.instance.ID)
	if err != nil {
		return nil, err
	}
	all, next, err := d.Applications.Issuers(ctx, r.instance.ID, page)
	if err != nil {
		return nil, err
	}
	out := &ssoadmin.ListTrustedTokenIssuersOutput{TrustedTokenIssuers: []ssoadmin.TrustedTokenIssuerMetadata{}, NextToken: token(next)}
	for _, i := range all {
		out.TrustedTokenIssuers = append(out.TrustedTokenIssuers, ssoadmin.TrustedTokenIssuerMetadata{Name: &i.Name, TrustedTokenIssuerArn: &i.ARN, TrustedTokenIssuerType: &i.Type})
	}
	return out, nil
}
