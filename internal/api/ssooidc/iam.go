package ssooidc

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssooidc"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/session"
)

// createTokenWithIAM implements
// https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateTokenWithIAM.html.
func (d *Door) createTokenWithIAM(ctx context.Context, call *awsedge.Call, in *ssooidc.CreateTokenWithIAMInput) (*ssooidc.CreateTokenWithIAMOutput, error) {
	tokens, err := d.Sessions.CreateApplicationToken(ctx, call.Change(), session.ApplicationTokenRequest{
		ApplicationARN: *in.ClientId, GrantType: idc.GrantType(*in.GrantType), Scopes: in.Scope, Assertion: text(in.Assertion),
		SubjectToken: text(in.SubjectToken), SubjectTokenType: text(in.SubjectTokenType), RequestedTokenType: text(in.RequestedTokenType),
		RefreshToken: text(in.RefreshToken), Code: text(in.Code), RedirectURI: text(in.RedirectUri), CodeVerifier: text(in.CodeVerifier),
	})
	if err != nil {
		return nil, err
	}
	bearer := "Bearer"
	out := &ssooidc.CreateTokenWithIAMOutput{
		AccessToken: &tokens.AccessToken, TokenType: &bearer, ExpiresIn: seconds(tokens.ExpiresIn),
		RefreshToken: present(tokens.RefreshToken), IdToken: present(tokens.IDToken), IssuedTokenType: &tokens.IssuedType, Scope: tokens.Scopes,
	}
	if tokens.IdentityContext != "" {
		out.AwsAdditionalDetails = &ssooidc.AwsAdditionalDetails{IdentityContext: &tokens.IdentityContext}
	}
	return out, nil
}

// present is the wire form of a text that is absent when empty.
func present(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
