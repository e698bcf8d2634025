package ssoadmin

import (
	"context"
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func (d *Door) applicationGrantOperations() []awsedge.Operation {
	return []awsedge.Operation{
		applicationOp(d, ssoadmin.PutApplicationGrant, func(in *ssoadmin.PutApplicationGrantInput) *string { return in.ApplicationArn }, d.putGrant),
		applicationOp(d, ssoadmin.GetApplicationGrant, func(in *ssoadmin.GetApplicationGrantInput) *string { return in.ApplicationArn }, d.getGrant),
		applicationOp(d, ssoadmin.DeleteApplicationGrant, func(in *ssoadmin.DeleteApplicationGrantInput) *string { return in.ApplicationArn }, d.deleteGrant),
		applicationOp(d, ssoadmin.ListApplicationGrants, func(in *ssoadmin.ListApplicationGrantsInput) *string { return in.ApplicationArn }, d.listGrants),
		applicationOp(d, ssoadmin.PutApplicationAuthenticationMethod, func(in *ssoadmin.PutApplicationAuthenticationMethodInput) *string { return in.ApplicationArn }, d.putAuthenticationMethod),
		applicationOp(d, ssoadmin.GetApplicationAuthenticationMethod, func(in *ssoadmin.GetApplicationAuthenticationMethodInput) *string { return in.ApplicationArn }, d.getAuthenticationMethod),
		applicationOp(d, ssoadmin.DeleteApplicationAuthenticationMethod, func(in *ssoadmin.DeleteApplicationAuthenticationMethodInput) *string { return in.ApplicationArn }, d.deleteAuthenticationMethod),
		applicationOp(d, ssoadmin.ListApplicationAuthenticationMethods, func(in *ssoadmin.ListApplicationAuthenticationMethodsInput) *string { return in.ApplicationArn }, d.listAuthenticationMethods),
	}
}

func (d *Door) putGrant(ctx context.Context, r request, in *ssoadmin.PutApplicationGrantInput) (*ssoadmin.PutApplicationGrantOutput, error) {
	grant, err := fromGrant(in.Grant)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(grant.Types(), []idc.GrantType{idc.GrantType(*in.GrantType)}) {
		return nil, idc.Errorf(idc.Invalid, "The grant does not match the grant type %s.", *in.GrantType)
	}
	return nil, d.Applications.PutGrant(ctx, r.Change(), r.application.ID, grant)
}

func fromGrant(g *ssoadmin.Grant) (idc.ApplicationGrants, error) {
	out := idc.ApplicationGrants{RefreshToken: g.RefreshToken != nil, TokenExchange: g.TokenExchange != nil}
	if g.AuthorizationCode != nil {
		out.AuthorizationCode = &idc.AuthorizationCodeGrant{RedirectURIs: g.AuthorizationCode.RedirectUris}
	}
	if g.JwtBearer == nil {
		return out, nil
	}
	out.JWTBearer = &idc.JWTBearerGrant{}
	for _, issuer := range g.JwtBearer.AuthorizedTokenIssuers {
		if issuer.TrustedTokenIssuerArn == nil {
			return out, idc.Errorf(idc.Invalid, "An authorized token issuer must name a trusted token issuer.")
		}
		out.JWTBearer.Issuers = append(out.JWTBearer.Issuers, idc.AuthorizedIssuer{
			TrustedTokenIssuerARN: *issuer.TrustedTokenIssuerArn, Audiences: issuer.AuthorizedAudiences})
	}
	return out, nil
}

// wireGrant is the grant of a type, or nil when there is none.
func wireGrant(g idc.ApplicationGrants, t idc.GrantType) *ssoadmin.Grant {
	if !slices.Contains(g.Types(), t) {
		return nil
	}
	switch t {
	case idc.GrantAuthorizationCode:
		return &ssoadmin.Grant{AuthorizationCode: &ssoadmin.AuthorizationCodeGrant{RedirectUris: g.AuthorizationCode.RedirectURIs}}
	case idc.GrantRefreshToken:
		return &ssoadmin.Grant{RefreshToken: &ssoadmin.RefreshTokenGrant{}}
	case idc.GrantTokenExchange:
		return &ssoadmin.Grant{TokenExchange: &ssoadmin.TokenExchangeGrant{}}
	}
	out := &ssoadmin.JwtBearerGrant{}
	for _, issuer := range g.JWTBearer.Issuers {
		out.AuthorizedTokenIssuers = append(out.AuthorizedTokenIssuers, ssoadmin.AuthorizedTokenIssuer{
			TrustedTokenIssuerArn: &issuer.TrustedTokenIssuerARN, AuthorizedAudiences: issuer.Audiences})
	}
	return &ssoadmin.Grant{JwtBearer: out}
}

func (d *Door) getGrant(_ context.Context, r request, in *ssoadmin.GetApplicationGrantInput) (*ssoadmin.GetApplicationGrantOutput, error) {
	grant := wireGrant(r.application.Grants, idc.GrantType(*in.GrantType))
	if grant == nil {
		return nil, idc.NotFoundf("Grant", *in.GrantType, "Could not find the grant %s of the application %s", *in.GrantType, r.application.ID)
	}
	return &ssoadmin.GetApplicationGrantOutput{Grant: grant}, nil
}

func (d *Door) deleteGrant(ctx context.Context, r request, in *ssoadmin.DeleteApplicationGrantInput) (*ssoadmin.DeleteApplicationGrantOutput, error) {
	return nil, d.Applications.DeleteGrant(ctx, r.Change(), r.application.ID, idc.GrantType(*in.GrantType))
}

func (d *Door) listGrants(_ context.Context, r request, in *ssoadmin.ListApplicationGrantsInput) (*ssoadmin.ListApplicationGrantsOutput, error) {
	if err := onePage(in.NextToken); err != nil {
		return nil, err
	}
	out := &ssoadmin.ListApplicationGrantsOutput{Grants: []ssoadmin.GrantItem{}}
	for _, t := range r.application.Grants.Types() {
		out.Grants = append(out.Grants, ssoadmin.GrantItem{GrantType: text(t), Grant: wireGrant(r.application.Grants, t)})
	}
	return out, nil
}

// onePage refuses a NextToken where one page holds all.
func onePage(token *string) error {
	if token != nil {
		return idc.Errorf(idc.Invalid, "The NextToken is invalid.").With(idc.ReasonInvalidPageToken)
	}
	return nil
}

// methodIAM is the one type of authentication methods.
const methodIAM = "IAM"

func (d *Door) putAuthenticationMethod(ctx context.Context, r request, in *ssoadmin.PutApplicationAuthenticationMethodInput) (*ssoadmin.PutApplicationAuthenticationMethodOutput, error) {
	if in.AuthenticationMethod.Iam == nil {
		return nil, idc.Errorf(idc.Invalid, "The authentication method does not match the type %s.", *in.AuthenticationMethodType)
	}
	return nil, d.Applications.PutActorPolicy(ctx, r.Change(), r.application.ID, in.AuthenticationMethod.Iam.ActorPolicy)
}

func wireMethod(actorPolicy string) *ssoadmin.AuthenticationMethod {
	return &ssoadmin.AuthenticationMethod{Iam: &ssoadmin.IamAuthenticationMethod{ActorPolicy: awsapi.JSON(actorPolicy)}}
}

func (d *Door) getAuthenticationMethod(_ context.Context, r request, in *ssoadmin.GetApplicationAuthenticationMethodInput) (*ssoadmin.GetApplicationAuthenticationMethodOutput, error) {
	if r.application.ActorPolicy == "" {
		return nil, idc.NotFoundf("AuthenticationMethod", *in.AuthenticationMethodType, "Could not find the authentication method %s of the application %s", *in.AuthenticationMethodType, r.application.ID)
	}
	return &ssoadmin.GetApplicationAuthenticationMethodOutput{AuthenticationMethod: wireMethod(r.application.ActorPolicy)}, nil
}

func (d *Door) deleteAuthenticationMethod(ctx context.Context, r request, _ *ssoadmin.DeleteApplicationAuthenticationMethodInput) (*ssoadmin.DeleteApplicationAuthenticationMethodOutput, error) {
	return nil, d.Applications.DeleteActorPolicy(ctx, r.Change(), r.application.ID)
}

func (d *Door) listAuthenticationMethods(_ context.Context, r request, in *ssoadmin.ListApplicationAuthenticationMethodsInput) (*ssoadmin.ListApplicationAuthenticationMethodsOutput, error) {
	if err := onePage(in.NextToken); err != nil {
		return nil, err
	}
	out := &ssoadmin.ListApplicationAuthenticationMethodsOutput{AuthenticationMethods: []ssoadmin.AuthenticationMethodItem{}}
	if r.application.ActorPolicy != "" {
		out.AuthenticationMethods = append(out.AuthenticationMethods, ssoadmin.AuthenticationMethodItem{
			AuthenticationMethodType: text(methodIAM), AuthenticationMethod: wireMethod(r.application.ActorPolicy)})
	}
	return out, nil
}
