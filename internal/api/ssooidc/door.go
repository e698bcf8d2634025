package ssooidc

import (
	"context"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssooidc"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/session"
)

// Door serves sso-oidc.
type Door struct {
	Sessions *session.Service
}

// Operations returns the operations this door serves.
func (d *Door) Operations() []awsedge.Operation {
	return []awsedge.Operation{
		awsedge.Op(ssooidc.RegisterClient, d.registerClient),
		awsedge.Op(ssooidc.StartDeviceAuthorization, d.startDeviceAuthorization),
		awsedge.Op(ssooidc.CreateToken, d.createToken),
		awsedge.Op(ssooidc.CreateTokenWithIAM, d.createTokenWithIAM,
			awsedge.On(func(_ *awsedge.Call, in *ssooidc.CreateTokenWithIAMInput) []string { return []string{*in.ClientId} })),
	}
}

// registerClient implements https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_RegisterClient.html.
func (d *Door) registerClient(ctx context.Context, call *awsedge.Call, in *ssooidc.RegisterClientInput) (*ssooidc.RegisterClientOutput, error) {
	client, secret, err := d.Sessions.RegisterClient(ctx, call.Change(), session.Registration{
		Name: *in.ClientName, Type: *in.ClientType, Scopes: in.Scopes, GrantTypes: in.GrantTypes,
		RedirectURIs: in.RedirectUris, IssuerURL: text(in.IssuerUrl), ApplicationARN: text(in.EntitledApplicationArn),
	})
	if err != nil {
		return nil, err
	}
	issued, expires := client.CreatedAt.Unix(), client.ExpiresAt.Unix()
	return &ssooidc.RegisterClientOutput{
		ClientId: &client.ID, ClientSecret: &secret, ClientIdIssuedAt: &issued, ClientSecretExpiresAt: &expires,
	}, nil
}

// startDeviceAuthorization implements
// https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_StartDeviceAuthorization.html.
func (d *Door) startDeviceAuthorization(ctx context.Context, call *awsedge.Call, in *ssooidc.StartDeviceAuthorizationInput) (*ssooidc.StartDeviceAuthorizationOutput, error) {
	start, err := d.Sessions.StartDeviceAuthorization(ctx, call.Change(), *in.ClientId, *in.ClientSecret, *in.StartUrl)
	if err != nil {
		return nil, err
	}
	return &ssooidc.StartDeviceAuthorizationOutput{
		DeviceCode: &start.DeviceCode, UserCode: &start.UserCode,
		VerificationUri: &start.VerificationURI, VerificationUriComplete: &start.VerificationURIComplete,
		ExpiresIn: seconds(start.ExpiresIn), Interval: seconds(start.Interval),
	}, nil
}

// createToken implements https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html.
// The scope of the input has no effect, as with AWS: a token carries what the client registered.
func (d *Door) createToken(ctx context.Context, call *awsedge.Call, in *ssooidc.CreateTokenInput) (*ssooidc.CreateTokenOutput, error) {
	tokens, err := d.Sessions.CreateToken(ctx, call.Change(), session.TokenRequest{
		ClientID: *in.ClientId, ClientSecret: *in.ClientSecret, GrantType: *in.GrantType,
		DeviceCode: text(in.DeviceCode), Code: text(in.Code), CodeVerifier: text(in.CodeVerifier),
		RedirectURI: text(in.RedirectUri), RefreshToken: text(in.RefreshToken),
	})
	if err != nil {
		return nil, err
	}
	// The call is recorded under the person whose approval was redeemed.
	call.Caller = idc.Caller{Type: idc.CallerIdentityCenterUser, UserID: tokens.UserID, CredentialID: tokens.TokenID}
	bearer := "Bearer"
	out := &ssooidc.CreateTokenOutput{AccessToken: &tokens.AccessToken, ExpiresIn: seconds(tokens.ExpiresIn), TokenType: &bearer}
	out.RefreshToken = present(tokens.RefreshToken)
	return out, nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func seconds(d time.Duration) *int32 {
	n := int32(d / time.Second)
	return &n
}
