package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
)

// accountAccess calls the account access manager as its SDK does.
func (s *server) accountAccess(c aws.Credentials, method, path, body string) answer {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	sum := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(s.t.Context(), c, req, hex.EncodeToString(sum[:]), "account-access", region, time.Now()); err != nil {
		s.t.Fatal(err)
	}
	return s.do(req)
}

// member is a text member of an answer.
func (a answer) member(t *testing.T, name string) string {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(a.Body), &out); err != nil {
		t.Fatalf("%d %s: %v", a.Status, a.Body, err)
	}
	text, _ := out[name].(string)
	if text == "" {
		t.Fatalf("%d %s: no %s", a.Status, a.Body, name)
	}
	return text
}

// A person is entitled to a role that exists anyhow: refused until the role trusts the service, then had
// with the CLI's own calls under the role's name, and gone at once when the entitlement is.
func TestEntitledRoles(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		s := startDemo(t, e, "")
		developer := s.user("SecureCart-Developers")
		token := s.signInWithPKCE(developer, "scopes").AccessToken
		inDev, err := s.roleCredentials(token, dev, "AdministratorAccess")
		if err != nil {
			t.Fatal(err)
		}
		operator := s.operator()
		if _, err := organizations.NewFromConfig(s.awsConfig(operator)).EnableAWSServiceAccess(t.Context(),
			&organizations.EnableAWSServiceAccessInput{ServicePrincipal: aws.String("account-access.amazonaws.com")}); err != nil {
			t.Fatal(err)
		}
		application := s.accountAccess(operator, "POST", "/applications", mustJSON(t, map[string]any{
			"identitySource": map[string]any{"identityCenter": map[string]any{"instanceArn": s.InstanceARN}}})).member(t, "applicationArn")

		client := iam.NewFromConfig(s.awsConfig(inDev))
		trust := func(principal, actions string) *string {
			return aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":` + principal + `,"Action":[` + actions + `],
				"Condition":{"StringEquals":{"aws:SourceAccount":"` + management + `","aws:SourceArn":"` + application + `"}}}}`)
		}
		const service = `{"Service":"account-access.amazonaws.com"}`
		role, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("pipeline"), Path: aws.String("/team/"),
			AssumeRolePolicyDocument: trust(service, `"sts:AssumeRole"`)})
		if err != nil {
			t.Fatal(err)
		}
		userID := s.lookUp(identitystore.NewFromConfig(s.awsConfig(operator)), developer.Username)
		entitle := func(c aws.Credentials) answer {
			return s.accountAccess(c, "POST", "/entitlements", mustJSON(t, map[string]any{"applicationArn": application, "entitlement": map[string]any{
				"principalRole": map[string]any{"roleArn": aws.ToString(role.Role.Arn), "principal": map[string]any{"identityCenter": map[string]any{"userId": userID}}}}}))
		}
		if a := entitle(operator); a.Status != 400 || !strings.Contains(a.Body, "verifying role") {
			t.Errorf("without sts:SetContext: %d %s", a.Status, a.Body)
		}
		if _, err := client.UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("pipeline"),
			PolicyDocument: trust(service, `"sts:AssumeRole","sts:SetContext"`)}); err != nil {
			t.Fatal(err)
		}
		if a := entitle(inDev); a.Status != 403 {
			t.Errorf("entitling from a member account: %d %s", a.Status, a.Body)
		}
		id := entitle(operator).member(t, "entitlementId")

		if _, body := s.portal(token, "/assignment/roles?account_id="+dev); !strings.Contains(body, `"pipeline"`) {
			t.Errorf("the role is not listed: %s", body)
		}
		creds, err := s.roleCredentials(token, dev, "pipeline")
		if err != nil {
			t.Fatal(err)
		}
		if arn, err := s.whoAmI(creds); err != nil || arn != "arn:aws:sts::"+dev+":assumed-role/pipeline/"+developer.Username {
			t.Errorf("the credentials are of %s, %v", arn, err)
		}
		query := "?" + url.Values{"applicationArn": {application}}.Encode()
		if a := s.accountAccess(operator, "DELETE", "/entitlements/"+id+query, ""); a.Status != 204 {
			t.Errorf("deleting: %d %s", a.Status, a.Body)
		}
		if _, err := s.roleCredentials(token, dev, "pipeline"); err == nil {
			t.Error("new credentials after the end")
		}
		wait := time.Now().Add(5 * time.Second)
		for {
			if _, err = s.whoAmI(creds); err != nil || time.Now().After(wait) {
				break
			}
			time.Sleep(20 * time.Millisecond) // until the fence has arrived
		}
		if err == nil {
			t.Error("the credentials work after the end")
		}
		if a := s.accountAccess(operator, "DELETE", "/applications/"+url.PathEscape(application), ""); a.Status != 204 {
			t.Errorf("deleting the application: %d %s", a.Status, a.Body)
		}
	})
}
