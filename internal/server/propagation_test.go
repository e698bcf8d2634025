package server

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/oidc/oidctest"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// signedCall sends what an SDK sends and returns the answer's status and text.
func (w *openWorld) signedCall(creds *idc.Credentials, service, path, contentType, body string) (int, string) {
	w.T.Helper()
	r := httptest.NewRequest(http.MethodPost, "https://gatehouse.test"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	sum := sha256.Sum256([]byte(body))
	keys := aws.Credentials{AccessKeyID: creds.AccessKeyID, SecretAccessKey: creds.SecretAccessKey, SessionToken: creds.SessionToken}
	if err := v4.NewSigner().SignHTTP(w.T.Context(), keys, r, hex.EncodeToString(sum[:]), service, "us-east-1", w.Clock.Now()); err != nil {
		w.T.Fatal(err)
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	return rec.Code, rec.Body.String()
}

// TestAPersonsIdentityReachesAWS: from the token of a corporate issuer, read over the network, through an
// application to a role session in the person's name, and into the trail.
func TestAPersonsIdentityReachesAWS(t *testing.T) {
	w := newOpenWorld(t)
	issuer := oidctest.New(t, w.Clock)
	idp := httptest.NewServer(issuer)
	defer idp.Close()
	issuer.URL = idp.URL

	const application = "arn:aws:sso::111111111111:application/ssoins-1234567890abcdef/apl-1234567890abcdef"
	const tti = "arn:aws:sso::111111111111:trustedTokenIssuer/ssoins-1234567890abcdef/tti-1"
	app := w.Role(testidc.Management, "App", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":["sts:AssumeRole","sts:SetContext"]}]}`)
	app.InlinePolicies = map[string]string{"p": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sso-oauth:CreateTokenWithIAM","sts:AssumeRole","sts:SetContext","iam:ListRoles"],"Resource":"*"}]}`}
	ana := w.User("ana")
	w.Update(func(tx store.Tx) error {
		if err := tx.PutRole(app); err != nil {
			return err
		}
		if err := tx.PutTrustedTokenIssuer(&idc.TrustedTokenIssuer{ID: "tti-1", ARN: tti, InstanceID: w.Instance.ID, Name: "idp", Type: idc.IssuerOIDCJWT,
			IssuerURL: issuer.URL, ClaimPath: "sub", IdentityStorePath: "userName"}); err != nil {
			return err
		}
		return tx.PutApplication(&idc.Application{ID: "apl-1234567890abcdef", ARN: application, InstanceID: w.Instance.ID, OwnerAccountID: testidc.Management,
			ProviderARN: "arn:aws:sso::aws:applicationProvider/custom", Name: "wiki", Status: idc.Enabled, CreatedAt: w.Clock.Now(),
			Scopes:      []idc.AccessScope{{Scope: "sso:account:access"}},
			ActorPolicy: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + app.ARN + `"},"Action":"sso-oauth:CreateTokenWithIAM","Resource":"*"}]}`,
			Grants:      idc.ApplicationGrants{JWTBearer: &idc.JWTBearerGrant{Issuers: []idc.AuthorizedIssuer{{TrustedTokenIssuerARN: tti, Audiences: []string{"wiki"}}}}}})
	})
	creds, _, err := w.services.STS.Issue(sts.Session{Role: app, SessionName: "wiki", Duration: time.Hour})
	if err != nil {
		t.Fatal(err)
	}

	status, answer := w.signedCall(creds, "sso-oauth", "/token?aws_iam=t", "application/json", `{"clientId":"`+application+`","grantType":"urn:ietf:params:oauth:grant-type:jwt-bearer","assertion":"`+
		issuer.Sign(t, map[string]any{"sub": "ana", "aud": "wiki"})+`"}`)
	var tokens struct {
		AccessToken, IDToken string
		AwsAdditionalDetails struct{ IdentityContext string }
	}
	if err := json.Unmarshal([]byte(answer), &tokens); err != nil || status != http.StatusOK || tokens.AwsAdditionalDetails.IdentityContext == "" {
		t.Fatalf("CreateTokenWithIAM: %d %s", status, answer)
	}

	if rec := w.send("192.0.2.1", "/assignment/accounts", "", "x-amz-sso_bearer_token", tokens.AccessToken); rec.Code != http.StatusOK {
		t.Errorf("ListAccounts with the application's token: %d %s", rec.Code, rec.Body)
	}

	status, answer = w.signedCall(creds, "sts", "/", "application/x-www-form-urlencoded", url.Values{"Action": {"AssumeRole"}, "Version": {"2011-06-15"}, "RoleArn": {app.ARN},
		"RoleSessionName": {"ana"}, "ProvidedContexts.member.1.ProviderArn": {sts.ContextProvider}, "ProvidedContexts.member.1.ContextAssertion": {tokens.AwsAdditionalDetails.IdentityContext}}.Encode())
	if status != http.StatusOK {
		t.Fatalf("AssumeRole: %d %s", status, answer)
	}
	within := func(name string) string {
		_, rest, _ := strings.Cut(answer, "<"+name+">")
		value, _, _ := strings.Cut(rest, "<")
		return value
	}
	acting := &idc.Credentials{AccessKeyID: within("AccessKeyId"), SecretAccessKey: within("SecretAccessKey"), SessionToken: within("SessionToken")}
	const list, form = "Action=ListRoles&Version=2010-05-08", "application/x-www-form-urlencoded"
	if status, answer := w.signedCall(creds, "iam", "/", form, list); status != http.StatusOK {
		t.Errorf("ListRoles by the application itself: %d %s", status, answer)
	}
	if status, answer := w.signedCall(acting, "iam", "/", form, list); status != http.StatusForbidden || !strings.Contains(answer, "explicit deny in a session policy") {
		t.Errorf("ListRoles in the person's name: %d %s; want AWS's list for such sessions to forbid it", status, answer)
	}
	w.wantTrail(ana, tokens.AccessToken, tokens.IDToken, tokens.AwsAdditionalDetails.IdentityContext)
}

// wantTrail looks for the person behind the last call, and for secrets that must not be there.
func (w *openWorld) wantTrail(ana *idc.User, secrets ...string) {
	w.T.Helper()
	events := w.events()
	if last := events[len(events)-1].Record; !strings.Contains(last, `"onBehalfOf":{"userId":"`+ana.ID+`"`) {
		w.T.Errorf("the call in the person's name is recorded as %s", last)
	}
	created := false
	for _, e := range events {
		created = created || e.Name == "CreateTokenWithIAM" && e.Source == "sso-oauth.amazonaws.com"
		for _, secret := range secrets {
			if strings.Contains(e.Record, secret) {
				w.T.Errorf("%s records a secret: %s", e.Name, e.Record)
			}
		}
	}
	if !created {
		w.T.Error("CreateTokenWithIAM is not recorded")
	}
}
