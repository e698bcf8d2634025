package awsedge_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/identitystore"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssooidc"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoportal"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
)

// TestRecordsHideSecrets shows every kind of secret that passes the edge.
func TestRecordsHideSecrets(t *testing.T) {
	canary := "canary"
	for name, shown := range map[string]map[string]any{
		"bearer token":     awsedge.Input(ssoportal.ListAccounts.Operation, &ssoportal.ListAccountsInput{AccessToken: &canary}),
		"role credentials": awsedge.Output(ssoportal.GetRoleCredentials.Operation, &ssoportal.GetRoleCredentialsOutput{RoleCredentials: &ssoportal.RoleCredentials{SecretAccessKey: &canary, SessionToken: &canary}}),
		"STS credentials":  awsedge.Output(sts.AssumeRole.Operation, &sts.AssumeRoleOutput{Credentials: &sts.Credentials{SecretAccessKey: &canary, SessionToken: &canary}}),
		"one-time code":    awsedge.Input(sts.AssumeRole.Operation, &sts.AssumeRoleInput{TokenCode: &canary}),
		"SAML assertion":   awsedge.Input(sts.AssumeRoleWithSAML.Operation, &sts.AssumeRoleWithSAMLInput{SAMLAssertion: &canary}),
		"web identity":     awsedge.Input(sts.AssumeRoleWithWebIdentity.Operation, &sts.AssumeRoleWithWebIdentityInput{WebIdentityToken: &canary}),
		"grant": awsedge.Input(ssooidc.CreateToken.Operation, &ssooidc.CreateTokenInput{ClientSecret: &canary, Code: &canary, CodeVerifier: &canary,
			DeviceCode: &canary, RefreshToken: &canary}),
		"tokens": awsedge.Output(ssooidc.CreateToken.Operation, &ssooidc.CreateTokenOutput{AccessToken: &canary, RefreshToken: &canary, IdToken: &canary}),
		"device": awsedge.Output(ssooidc.StartDeviceAuthorization.Operation, &ssooidc.StartDeviceAuthorizationOutput{DeviceCode: &canary, UserCode: &canary,
			VerificationUriComplete: &canary}),
		"client": awsedge.Output(ssooidc.RegisterClient.Operation, &ssooidc.RegisterClientOutput{ClientSecret: &canary}),
		"person": awsedge.Input(identitystore.CreateUser.Operation, &identitystore.CreateUserInput{UserName: &canary, Name: &identitystore.Name{FamilyName: &canary},
			Emails: []identitystore.Email{{Value: &canary}}, Extensions: map[string]awsapi.JSON{"a": awsapi.JSON(`"canary"`)}}),
	} {
		text, err := json.Marshal(shown)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), canary) || !strings.Contains(string(text), awsedge.Hidden) {
			t.Errorf("%s is shown as %s", name, text)
		}
	}
}

func TestRecordsShowTheRest(t *testing.T) {
	arn, key, value := instanceARN, "Team", "Blue"
	shown := awsedge.Input(ssoadmin.TagResource.Operation, &ssoadmin.TagResourceInput{InstanceArn: &arn, Tags: []ssoadmin.Tag{{Key: &key, Value: &value}}})
	text, err := json.Marshal(shown)
	if want := `{"instanceArn":"` + arn + `","tags":[{"key":"Team","value":"Blue"}]}`; err != nil || string(text) != want {
		t.Errorf("shown as %s, want %s (%v)", text, want, err)
	}
	for name, shown := range map[string]map[string]any{
		"nothing":      awsedge.Input(ssoadmin.TagResource.Operation, nil),
		"nil":          awsedge.Input(ssoadmin.TagResource.Operation, (*ssoadmin.TagResourceInput)(nil)),
		"another type": awsedge.Input(ssoadmin.TagResource.Operation, &arn),
		"empty":        awsedge.Output(ssoadmin.TagResource.Operation, &ssoadmin.TagResourceOutput{}),
	} {
		if shown != nil {
			t.Errorf("%s is shown as %v", name, shown)
		}
	}
}
