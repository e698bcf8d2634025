package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
)

// signedRequest is a request that a signer makes and a case then spoils.
type signedRequest struct {
	service string // the signing name
	target  string // X-Amz-Target, for awsJson
	action  string // Action, for awsQuery
	body    string // replaces the usual one
	at      time.Time
	creds   *aws.Credentials
	spoil   func(r *http.Request)
}

func (s *server) sendSigned(c aws.Credentials, in signedRequest) answer {
	s.t.Helper()
	if in.creds != nil {
		c = *in.creds
	}
	if in.at.IsZero() {
		in.at = time.Now()
	}
	body, contentType := in.body, "application/x-amz-json-1.1"
	if in.action != "" || in.target == "" {
		contentType = "application/x-www-form-urlencoded; charset=utf-8"
		if body == "" {
			version := map[string]string{"sts": "2011-06-15", "iam": "2010-05-08"}[in.service]
			body = "Action=" + in.action + "&Version=" + version
		}
	} else if body == "" {
		body = "{}"
	}
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.URL+"/", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	if in.target != "" {
		req.Header.Set("X-Amz-Target", in.target)
	}
	sum := sha256.Sum256([]byte(body))
	if err := v4.NewSigner().SignHTTP(s.t.Context(), c, req, hex.EncodeToString(sum[:]), in.service, region, in.at); err != nil {
		s.t.Fatal(err)
	}
	if in.spoil != nil {
		in.spoil(req)
	}
	return s.do(req)
}

// badCase is one row of the table: what is sent, and AWS's answer to it.
type badCase struct {
	name     string
	send     func() answer
	status   []int
	errors   []string // one of these types
	message  string   // part of the answer
	protocol string   // json, xml or rest
	event    string   // event name that must be in the trail with an error code
}

// Whatever is sent, the answer is AWS's, in the caller's protocol, and nothing changes.
func TestBadInput(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		s := startDemo(t, e, "")
		c := s.operator()
		before := s.inventory(c)
		for _, group := range [][]badCase{s.signatureCases(c), s.bodyCases(c), s.portalCases(), s.oidcCases()} {
			for _, bad := range group {
				t.Run(bad.name, func(t *testing.T) { bad.check(t, bad.send()) })
				if bad.event != "" && !slices.ContainsFunc(s.events(c, bad.event), func(e map[string]any) bool { return e["errorCode"] != nil }) {
					t.Errorf("%s: the trail has no failed %s", bad.name, bad.event)
				}
			}
		}
		if after := s.inventory(c); after != before {
			t.Errorf("bad input changed something:\nbefore %s\nafter  %s", before, after)
		}
	})
}

func (b badCase) check(t *testing.T, a answer) {
	t.Helper()
	if !slices.Contains(b.status, a.Status) || !slices.Contains(b.errors, a.errorType()) {
		t.Errorf("answer %d %s, want %v %v: %.300s", a.Status, a.errorType(), b.status, b.errors, a.Body)
	}
	if !strings.Contains(a.Body, b.message) {
		t.Errorf("the answer lacks %q: %.300s", b.message, a.Body)
	}
	if a.Header.Get("X-Amzn-Requestid") == "" {
		t.Error("the answer has no request id")
	}
	switch b.protocol {
	case "xml":
		var body struct {
			XMLName xml.Name `xml:"ErrorResponse"`
			Error   struct{ Type, Code, Message string }
		}
		if err := xml.Unmarshal([]byte(a.Body), &body); err != nil || body.Error.Type != "Sender" {
			t.Errorf("not an ErrorResponse of the sender's fault: %v %+v %.300s", err, body, a.Body)
		}
	default:
		if !json.Valid([]byte(a.Body)) {
			t.Errorf("not JSON: %.300s", a.Body)
		}
	}
}

const (
	listInstances = "SWBExternalService.ListInstances"
	createGroup   = "AWSIdentityStore.CreateGroup"
)

func (s *server) signatureCases(c aws.Credentials) []badCase {
	tampered, unknown, wrongSecret := c, c, c
	flipped := []byte(c.SessionToken)
	at := len(flipped) / 2
	if flipped[at] == 'A' {
		flipped[at] = 'B'
	} else {
		flipped[at] = 'A'
	}
	tampered.SessionToken = string(flipped)
	unknown.AccessKeyID, unknown.SessionToken = "AKIAIOSFODNN7EXAMPLE", ""
	wrongSecret.SecretAccessKey = strings.Repeat("x", 40)
	query := func(name string, in signedRequest, message string, errors ...string) badCase {
		in.service, in.action = "sts", "GetCallerIdentity"
		return badCase{name: "sts: " + name, protocol: "xml", status: []int{400, 403}, errors: errors, message: message, event: "GetCallerIdentity",
			send: func() answer { return s.sendSigned(c, in) }}
	}
	js := func(name string, in signedRequest, message string, errors ...string) badCase {
		in.service, in.target = "sso", listInstances
		return badCase{name: "sso-admin: " + name, protocol: "json", status: []int{400, 403}, errors: errors, message: message, event: "ListInstances",
			send: func() answer { return s.sendSigned(c, in) }}
	}
	late, early := time.Now().Add(-20*time.Minute), time.Now().Add(20*time.Minute)
	unsigned := func(r *http.Request) {
		r.Header.Del("Authorization")
		r.Header.Del("X-Amz-Security-Token")
	}
	halfSigned := func(r *http.Request) { r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=x") }
	return []badCase{
		query("tampered session token", signedRequest{creds: &tampered}, "security token included in the request is invalid", "InvalidClientTokenId"),
		js("tampered session token", signedRequest{creds: &tampered}, "security token included in the request is invalid", "UnrecognizedClientException"),
		query("unknown access key", signedRequest{creds: &unknown}, "security token included in the request is invalid", "InvalidClientTokenId"),
		js("unknown access key", signedRequest{creds: &unknown}, "security token included in the request is invalid", "UnrecognizedClientException"),
		query("wrong signature", signedRequest{creds: &wrongSecret}, "signature we calculated does not match", "SignatureDoesNotMatch"),
		js("wrong signature", signedRequest{creds: &wrongSecret}, "signature we calculated does not match", "InvalidSignatureException"),
		query("clock late", signedRequest{at: late}, "Signature expired", "SignatureDoesNotMatch"),
		js("clock late", signedRequest{at: late}, "Signature expired", "InvalidSignatureException"),
		query("clock early", signedRequest{at: early}, "Signature not yet current", "SignatureDoesNotMatch"),
		js("clock early", signedRequest{at: early}, "Signature not yet current", "InvalidSignatureException"),
		query("not signed", signedRequest{spoil: unsigned}, "", "MissingAuthenticationToken"),
		js("not signed", signedRequest{spoil: unsigned}, "", "MissingAuthenticationTokenException", "MissingAuthenticationToken"),
		query("half a signature", signedRequest{spoil: halfSigned}, "", "IncompleteSignature"),
		js("half a signature", signedRequest{spoil: halfSigned}, "", "IncompleteSignatureException", "IncompleteSignature"),
	}
}

func (s *server) bodyCases(c aws.Credentials) []badCase {
	huge := `{"IdentityStoreId":"` + s.IdentityStoreID + `","DisplayName":"` + strings.Repeat("x", 10<<20) + `"}`
	signed := func(name, protocol string, status []int, in signedRequest, errors ...string) badCase {
		return badCase{name: name, protocol: protocol, status: status, errors: errors, send: func() answer { return s.sendSigned(c, in) }}
	}
	group := func(name string) string {
		body, err := json.Marshal(map[string]string{"IdentityStoreId": s.IdentityStoreID, "DisplayName": name})
		if err != nil {
			s.t.Fatal(err)
		}
		return string(body)
	}
	bad := []int{400}
	cases := []badCase{
		signed("identitystore: 10 MB", "json", []int{400, 413}, signedRequest{service: "identitystore", target: createGroup, body: huge},
			"RequestEntityTooLargeException", "RequestEntityTooLarge", "SerializationException", "ValidationException"),
		signed("sts: 10 MB", "xml", []int{400, 413}, signedRequest{service: "sts", action: "GetCallerIdentity",
			body: "Action=GetCallerIdentity&Version=2011-06-15&x=" + strings.Repeat("x", 10<<20)}, "RequestEntityTooLarge", "RequestEntityTooLargeException"),
		signed("identitystore: NUL in a name", "json", bad, signedRequest{service: "identitystore", target: createGroup, body: group("a\x00b")}, "ValidationException"),
		signed("identitystore: not UTF-8", "json", bad, signedRequest{service: "identitystore", target: createGroup,
			body: `{"IdentityStoreId":"` + s.IdentityStoreID + `","DisplayName":"` + "a\xffb" + `"}`}, "SerializationException", "ValidationException"),
		signed("identitystore: not JSON", "json", bad, signedRequest{service: "identitystore", target: createGroup, body: `{"DisplayName":`}, "SerializationException"),
		signed("identitystore: an array", "json", bad, signedRequest{service: "identitystore", target: createGroup, body: `[]`}, "SerializationException"),
		signed("identitystore: a number for a name", "json", bad, signedRequest{service: "identitystore", target: createGroup,
			body: `{"IdentityStoreId":"` + s.IdentityStoreID + `","DisplayName":7}`}, "SerializationException"),
		signed("identitystore: deep nesting", "json", bad, signedRequest{service: "identitystore", target: createGroup,
			body: strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000)}, "SerializationException"),
		signed("identitystore: a store that is not there", "json", bad, signedRequest{service: "identitystore", target: createGroup,
			body: `{"IdentityStoreId":"d-0000000000","DisplayName":"x"}`}, "ResourceNotFoundException", "AccessDeniedException", "ValidationException"),
		signed("sso-admin: unknown operation", "json", bad, signedRequest{service: "sso", target: "SWBExternalService.MakeCoffee"}, "UnknownOperationException"),
		signed("unknown service", "json", bad, signedRequest{service: "sso", target: "NoSuchService.ListInstances"}, "UnknownOperationException"),
		signed("sts: unknown action", "xml", bad, signedRequest{service: "sts", action: "MakeCoffee"}, "InvalidAction"),
		signed("sts: not a form", "xml", bad, signedRequest{service: "sts", action: "GetCallerIdentity", body: "Action=GetCallerIdentity&Version=2011-06-15&x=%zz"},
			"MalformedInput", "MalformedQueryString", "ValidationError", "InvalidParameterValue"),
		signed("sts: no action", "xml", bad, signedRequest{service: "sts", body: "Version=2011-06-15"}, "MissingAction", "InvalidAction"),
		signed("iam: NUL in a name", "xml", bad, signedRequest{service: "iam", action: "GetRole", body: "Action=GetRole&Version=2010-05-08&RoleName=a%00b"}, "ValidationError"),
		signed("iam: no role of the name", "xml", []int{404}, signedRequest{service: "iam", action: "GetRole", body: "Action=GetRole&Version=2010-05-08&RoleName=nobody"}, "NoSuchEntity"),
	}
	cases[2].event = "CreateGroup"
	cases[len(cases)-1].event = "GetRole"
	return cases
}

func (s *server) portalCases() []badCase {
	token := s.signInWithPKCE(s.user("SecureCart-Developers"), "scopes").AccessToken
	ask := func(name, path, bearer string, status int, message string, errors ...string) badCase {
		return badCase{name: "portal: " + name, protocol: "rest", status: []int{status}, errors: errors, message: message, send: func() answer {
			return s.send(http.MethodGet, path, map[string]string{"x-amz-sso_bearer_token": bearer}, nil)
		}}
	}
	const path = "/federation/credentials"
	cases := []badCase{
		ask("unknown account", path+"?account_id=999999999999&role_name=AdministratorAccess", token, 403, "No access", "ForbiddenException"),
		ask("unknown role", path+"?account_id="+dev+"&role_name=NoSuchRole", token, 403, "No access", "ForbiddenException"),
		ask("a role of others", path+"?account_id="+production+"&role_name=AdministratorAccess", token, 403, "No access", "ForbiddenException"),
		ask("not an account", path+"?account_id=1%00&role_name=AdministratorAccess", token, 400, "", "InvalidRequestException", "ValidationException"),
		ask("unknown token", "/assignment/accounts", "aoa-no-such-token", 401, "Session token not found or invalid", "UnauthorizedException"),
		ask("a page of a word", "/assignment/accounts?max_result=x", token, 400, "", "InvalidRequestException", "SerializationException", "ValidationException"),
		ask("too many at once", "/assignment/accounts?max_result=1000", token, 400, "ResultSize parameter must be within the valid limits of: 1-100", "InvalidRequestException"),
		ask("a page token of nobody", "/assignment/accounts?next_token=x", token, 400, "", "InvalidRequestException"),
	}
	cases[0].event = "GetRoleCredentials"
	return cases
}

func (s *server) oidcCases() []badCase {
	client := s.register(map[string]any{"clientName": "bad input", "clientType": "public"})
	device := s.startDevice(client)
	const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"
	ask := func(name, path string, in map[string]any, status int, code string, errors ...string) badCase {
		return badCase{name: "oidc: " + name, protocol: "rest", status: []int{status}, errors: errors, message: code,
			send: func() answer { return s.postJSON(path, in) }}
	}
	with := func(change map[string]any) map[string]any {
		in := map[string]any{"clientId": client.ClientID, "clientSecret": client.ClientSecret, "grantType": deviceGrant, "deviceCode": device.DeviceCode}
		for k, v := range change {
			in[k] = v
		}
		return in
	}
	raw := func(name, path string, body []byte, status []int, errors ...string) badCase {
		return badCase{name: "oidc: " + name, protocol: "rest", status: status, errors: errors, send: func() answer {
			return s.send(http.MethodPost, path, map[string]string{"Content-Type": "application/json"}, body)
		}}
	}
	start := map[string]any{"clientId": client.ClientID, "clientSecret": client.ClientSecret, "startUrl": "https://somebody-else.awsapps.com/start"}
	return []badCase{
		ask("pending", "/token", with(nil), 400, `"authorization_pending"`, "AuthorizationPendingException"),
		ask("polling too fast", "/token", with(nil), 400, `"slow_down"`, "SlowDownException"),
		ask("unknown device code", "/token", with(map[string]any{"deviceCode": "no-such-code"}), 400, `"invalid_grant"`, "InvalidGrantException"),
		ask("wrong client secret", "/token", with(map[string]any{"clientSecret": "wrong"}), 401, `"invalid_client"`, "InvalidClientException"),
		ask("unknown client", "/token", with(map[string]any{"clientId": "nobody"}), 401, `"invalid_client"`, "InvalidClientException"),
		ask("unknown grant", "/token", with(map[string]any{"grantType": "password"}), 400, `"unsupported_grant_type"`, "UnsupportedGrantTypeException"),
		ask("unknown refresh token", "/token", with(map[string]any{"grantType": "refresh_token", "refreshToken": "aor-none"}), 400, `"invalid_grant"`, "InvalidGrantException"),
		ask("unknown code", "/token", with(map[string]any{"grantType": "authorization_code", "code": "none", "redirectUri": usedRedirect, "codeVerifier": strings.Repeat("x", 64)}),
			400, `"invalid_grant"`, "InvalidGrantException"),
		ask("start URL of others", "/device_authorization", start, 400, `"invalid_request"`, "InvalidRequestException"),
		ask("confidential client", "/client/register", map[string]any{"clientName": "x", "clientType": "confidential"}, 400, `"invalid_client_metadata"`, "InvalidClientMetadataException"),
		ask("redirect to others", "/client/register", map[string]any{"clientName": "x", "clientType": "public", "grantTypes": []string{"authorization_code"},
			"redirectUris": []string{"http://evil.example/"}}, 400, `"invalid_redirect_uri"`, "InvalidRedirectUriException"),
		raw("not JSON", "/token", []byte(`{"clientId":`), []int{400}, "InvalidRequestException", "SerializationException"),
		raw("10 MB", "/client/register", bytes.Repeat([]byte("x"), 10<<20), []int{400, 413}, "InvalidRequestException", "RequestEntityTooLargeException", "SerializationException"),
	}
}

// inventory is what bad input must not change.
func (s *server) inventory(c aws.Credentials) string {
	s.t.Helper()
	ctx, cfg := s.t.Context(), s.awsConfig(c)
	groups, err := identitystore.NewFromConfig(cfg).ListGroups(ctx, &identitystore.ListGroupsInput{IdentityStoreId: &s.IdentityStoreID})
	if err != nil {
		s.t.Fatal(err)
	}
	users, err := identitystore.NewFromConfig(cfg).ListUsers(ctx, &identitystore.ListUsersInput{IdentityStoreId: &s.IdentityStoreID})
	if err != nil {
		s.t.Fatal(err)
	}
	sets, err := ssoadmin.NewFromConfig(cfg).ListPermissionSets(ctx, &ssoadmin.ListPermissionSetsInput{InstanceArn: &s.InstanceARN})
	if err != nil {
		s.t.Fatal(err)
	}
	accounts, err := organizations.NewFromConfig(cfg).ListAccounts(ctx, &organizations.ListAccountsInput{})
	if err != nil {
		s.t.Fatal(err)
	}
	slices.Sort(sets.PermissionSets)
	return mustJSON(s.t, []any{groups.Groups, users.Users, sets.PermissionSets, accounts.Accounts})
}

// Who may sign in, with what: wrong, unknown and replayed proofs look alike and leave events.
func TestBadSignIn(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		s := startDemo(t, e, "")
		known := s.user("SecureCart-Support")
		attempt := func(username, password string) *page {
			stranger := newPerson(t, s.URL, account{})
			pg := stranger.visit("/start")
			return stranger.submit(pg, pg.formWith(t, "password"), map[string]string{"username": username, "password": password})
		}
		wrong, unknown := attempt(known.Username, "wrong password 1"), attempt("nobody-here", "wrong password 1")
		complaint := wrong.textOf("problem")
		if complaint == "" || complaint != unknown.textOf("problem") || wrong.Status != unknown.Status {
			t.Errorf("a wrong password says %d %q, an unknown name %d %q", wrong.Status, complaint, unknown.Status, unknown.textOf("problem"))
		}

		factor := func() (*person, *page) {
			p := newPerson(t, s.URL, known.account)
			p.auth = known.auth
			pg := p.visit("/start")
			return p, p.submit(pg, pg.formWith(t, "password"), map[string]string{"username": p.Username, "password": p.Password})
		}
		p, pg := factor()
		pg = p.submit(pg, pg.formWith(t, "otp"), map[string]string{"otp": p.auth.wrong()})
		if pg.textOf("problem") == "" || pg.has("Accounts") {
			t.Errorf("a wrong code leads to %s: %s", pg.URL, pg.text())
		}
		if start := p.visit("/start"); !start.formWith(t, "password").has("username") {
			t.Errorf("without the second factor the portal shows %s", start.text())
		}
		known.signIn()
		p, pg = factor()
		pg = p.submit(pg, pg.formWith(t, "otp"), map[string]string{"otp": known.auth.lastShown()})
		if pg.textOf("problem") == "" || pg.has("Accounts") {
			t.Errorf("a code that was used leads to %s: %s", pg.URL, pg.text())
		}
		s.wantFailedVerifications("PASSWORD", 2)
		s.wantFailedVerifications("TOTP", 2)
	})
}

// wantFailedVerifications counts sign-in events of failures.
func (s *server) wantFailedVerifications(credentialType string, want int) {
	s.t.Helper()
	got := 0
	for _, e := range s.events(s.operator(), "CredentialVerification") {
		text := mustJSON(s.t, e)
		if strings.Contains(text, `"CredentialType":"`+credentialType+`"`) && strings.Contains(text, `"CredentialVerification":"Failure"`) {
			got++
		}
	}
	if got != want {
		s.t.Errorf("the trail has %d failed verifications of a %s, want %d", got, credentialType, want)
	}
}
