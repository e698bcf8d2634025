package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// answer is an HTTP answer, read to its end.
type answer struct {
	Status int
	Header http.Header
	Body   string
}

// errorType is the error a client would see: the header's, else the body's, cut as clients cut it.
func (a answer) errorType() string {
	text := a.Header.Get("X-Amzn-ErrorType")
	if text == "" {
		var body struct {
			Type string `json:"__type"`
			Code string `json:"code"`
		}
		if json.Unmarshal([]byte(a.Body), &body) == nil {
			text = body.Code + body.Type
		}
	}
	if text == "" {
		if _, after, found := strings.Cut(a.Body, "<Code>"); found {
			text, _, _ = strings.Cut(after, "</Code>")
		}
	}
	text, _, _ = strings.Cut(text, ":")
	if _, after, found := strings.Cut(text, "#"); found {
		text = after
	}
	return text
}

// send makes a request as it is.
func (s *server) send(method, path string, header map[string]string, body []byte) answer {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.URL+path, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for name, value := range header {
		if strings.EqualFold(name, "Host") {
			req.Host = value
			continue
		}
		req.Header.Set(name, value)
	}
	return s.do(req)
}

func (s *server) do(req *http.Request) answer {
	s.t.Helper()
	client := &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		s.t.Fatalf("%s %s: %v", req.Method, req.URL, err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(data)}
}

// postJSON calls an operation of sso-oidc.
func (s *server) postJSON(path string, in any) answer {
	s.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.send(http.MethodPost, path, map[string]string{"Content-Type": "application/json"}, body)
}

// portal asks the portal API with an access token.
func (s *server) portal(accessToken, path string) (int, string) {
	s.t.Helper()
	a := s.send(http.MethodGet, path, map[string]string{"x-amz-sso_bearer_token": accessToken}, nil)
	return a.Status, a.Body
}

// oidcClient is a registered client of sso-oidc.
type oidcClient struct {
	ClientID              string `json:"clientId"`
	ClientSecret          string `json:"clientSecret"`
	ClientSecretExpiresAt int64  `json:"clientSecretExpiresAt"`
}

// register is what the AWS CLI sends before PKCE.
func (s *server) register(in map[string]any) oidcClient {
	s.t.Helper()
	a := s.postJSON("/client/register", in)
	var c oidcClient
	if err := json.Unmarshal([]byte(a.Body), &c); err != nil || a.Status != http.StatusOK || c.ClientID == "" {
		s.t.Fatalf("register: %d %s (%v)", a.Status, a.Body, err)
	}
	return c
}

// tokens is the answer of CreateToken.
type tokens struct {
	AccessToken  string `json:"accessToken"`
	TokenType    string `json:"tokenType"`
	ExpiresIn    int    `json:"expiresIn"`
	RefreshToken string `json:"refreshToken"`
}

// token calls CreateToken; an answer that is not 200 is the failure.
func (s *server) token(in map[string]any) (tokens, *answer) {
	s.t.Helper()
	a := s.postJSON("/token", in)
	if a.Status != http.StatusOK {
		return tokens{}, &a
	}
	var out tokens
	if err := json.Unmarshal([]byte(a.Body), &out); err != nil {
		s.t.Fatalf("token: %v in %s", err, a.Body)
	}
	return out, nil
}

// deviceCode is the answer of StartDeviceAuthorization.
type deviceCode struct {
	DeviceCode              string `json:"deviceCode"`
	UserCode                string `json:"userCode"`
	VerificationURI         string `json:"verificationUri"`
	VerificationURIComplete string `json:"verificationUriComplete"`
	ExpiresIn               int    `json:"expiresIn"`
	Interval                int    `json:"interval"`
}

func (s *server) startDevice(c oidcClient) deviceCode {
	s.t.Helper()
	a := s.postJSON("/device_authorization", map[string]any{"clientId": c.ClientID, "clientSecret": c.ClientSecret, "startUrl": s.StartURL})
	var d deviceCode
	if err := json.Unmarshal([]byte(a.Body), &d); err != nil || a.Status != http.StatusOK || d.DeviceCode == "" {
		s.t.Fatalf("device authorization: %d %s (%v)", a.Status, a.Body, err)
	}
	return d
}

// pollOnce asks for the token of a device code.
func (s *server) pollOnce(c oidcClient, d deviceCode) (tokens, *answer) {
	s.t.Helper()
	return s.token(map[string]any{"clientId": c.ClientID, "clientSecret": c.ClientSecret, "deviceCode": d.DeviceCode,
		"grantType": "urn:ietf:params:oauth:grant-type:device_code"})
}

// roleCredentials fetches credentials of a permission set in an account.
func (s *server) roleCredentials(accessToken, accountID, role string) (aws.Credentials, error) {
	s.t.Helper()
	status, body := s.portal(accessToken, "/federation/credentials?"+url.Values{"account_id": {accountID}, "role_name": {role}}.Encode())
	if status != http.StatusOK {
		return aws.Credentials{}, fmt.Errorf("GetRoleCredentials: %d %s", status, body)
	}
	var out struct {
		RoleCredentials struct {
			AccessKeyID     string `json:"accessKeyId"`
			SecretAccessKey string `json:"secretAccessKey"`
			SessionToken    string `json:"sessionToken"`
			Expiration      int64  `json:"expiration"`
		} `json:"roleCredentials"`
	}
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		s.t.Fatal(err)
	}
	c := out.RoleCredentials
	return aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken,
		CanExpire: true, Expires: time.UnixMilli(c.Expiration)}, nil
}

// awsConfig is an SDK configuration with the credentials, which retries nothing.
func (s *server) awsConfig(c aws.Credentials) aws.Config {
	s.t.Helper()
	cfg, err := config.LoadDefaultConfig(s.t.Context(),
		config.WithRegion(region), config.WithBaseEndpoint(s.URL), config.WithSharedConfigFiles(nil), config.WithSharedCredentialsFiles(nil),
		config.WithCredentialsProvider(credentials.StaticCredentialsProvider{Value: c}),
		config.WithRetryMaxAttempts(1))
	if err != nil {
		s.t.Fatal(err)
	}
	return cfg
}

// whoAmI asks STS.
func (s *server) whoAmI(c aws.Credentials) (string, error) {
	s.t.Helper()
	out, err := sts.NewFromConfig(s.awsConfig(c)).GetCallerIdentity(s.t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Arn), nil
}

// operator is the operations person's credentials in the management account.
func (s *server) operator() aws.Credentials {
	s.t.Helper()
	t := s.signInWithPKCE(s.user("SecureCart-Ops"), "scopes")
	c, err := s.roleCredentials(t.AccessToken, management, "AdministratorAccess")
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// events returns the trail's records of an event name, newest first, as LookupEvents gives them.
func (s *server) events(c aws.Credentials, name string) []map[string]any {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 30*time.Second)
	defer cancel()
	var records []map[string]any
	pages := cloudtrail.NewLookupEventsPaginator(cloudtrail.NewFromConfig(s.awsConfig(c)), &cloudtrail.LookupEventsInput{
		LookupAttributes: []types.LookupAttribute{{AttributeKey: types.LookupAttributeKeyEventName, AttributeValue: aws.String(name)}},
	})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, e := range out.Events {
			var record map[string]any
			if err := json.Unmarshal([]byte(aws.ToString(e.CloudTrailEvent)), &record); err != nil {
				s.t.Fatalf("event %s: %v", aws.ToString(e.EventId), err)
			}
			records = append(records, record)
		}
	}
	return records
}

// eventually repeats a check until it passes.
func eventually(t testing.TB, within time.Duration, what string, check func() error) {
	t.Helper()
	var err error
	for deadline := time.Now().Add(within); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if err = check(); err == nil {
			return
		}
	}
	t.Fatalf("%s: not within %s: %v", what, within, err)
}
