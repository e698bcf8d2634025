package ssooidc_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	door "github.com/gatehouse-idc/gatehouse/internal/api/ssooidc"
	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/session"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// world is sso-oidc behind a gateway, and what the gateway recorded.
type world struct {
	*testidc.World
	gateway  *awsedge.Gateway
	sessions *session.Service
	recorded []idc.Caller
}

func (w *world) Authenticate(context.Context, *http.Request, []byte, *awsapi.Operation) (idc.Caller, error) {
	return idc.Caller{}, idc.Errorf(idc.Internal, "sso-oidc is not signed")
}

func (w *world) Authorize(context.Context, *awsedge.Call, string, []string, map[string][]string) error {
	return idc.Errorf(idc.Internal, "sso-oidc has no IAM principal")
}

func (w *world) Record(_ context.Context, call *awsedge.Call, _, _ any, _ error) error {
	w.recorded = append(w.recorded, call.Caller)
	return nil
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: testidc.New(t)}
	w.sessions = &session.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, BaseURL: "https://gate.example",
		Record: func(context.Context, audit.Signin) error { return nil }}
	var err error
	w.gateway, err = awsedge.New(awsedge.Config{
		Authenticator: w, Authorizer: w, Auditor: w, Clock: w.Clock, IDs: w.IDs, Region: "us-east-1",
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}, (&door.Door{Sessions: w.sessions}).Operations()...)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// post sends what a command-line tool sends and returns the answer.
func (w *world) post(path, body string) (status int, kind string, answer map[string]any) {
	w.T.Helper()
	w.Clock.Advance(time.Second)
	r := httptest.NewRequest(http.MethodPost, "https://oidc.us-east-1.amazonaws.com"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	w.gateway.ServeHTTP(rec, r)
	if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil {
		w.T.Fatalf("%s: %v: %s", path, err, rec.Body)
	}
	return rec.Code, rec.Header().Get("x-amzn-ErrorType"), answer
}

func (w *world) register(extra string) (id, secret string) {
	w.T.Helper()
	status, _, out := w.post("/client/register", `{"clientName":"botocore-client-x","clientType":"public"`+extra+`}`)
	if status != 200 {
		w.T.Fatalf("register: %d %v", status, out)
	}
	issued, expires := out["clientIdIssuedAt"].(float64), out["clientSecretExpiresAt"].(float64)
	if expires-issued != 90*24*3600 || int64(issued) != w.Clock.Now().Unix() {
		w.T.Errorf("registration lasts from %v to %v", issued, expires)
	}
	return out["clientId"].(string), out["clientSecret"].(string)
}

// session puts a signed-in person into the store.
func (w *world) session() *idc.PortalSession {
	u, now := w.User("ana"), w.Clock.Now()
	s := &idc.PortalSession{ID: w.IDs.UUID(), TokenHash: "h", UserID: u.ID, MFA: true, AuthTime: now, CreatedAt: now, ExpiresAt: now.Add(8 * time.Hour)}
	w.Update(func(tx store.Tx) error { return tx.PutPortalSession(s) })
	return s
}

// TestDeviceFlow sends the requests of AWS CLI 2.9 and 2.36 --use-device-code.
func TestDeviceFlow(t *testing.T) {
	w := newWorld(t)
	id, secret := w.register(`,"scopes":["sso:account:access"]`)
	client := `"clientId":"` + id + `","clientSecret":"` + secret + `"`
	status, _, start := w.post("/device_authorization", `{`+client+`,"startUrl":"https://example.awsapps.com/start"}`)
	if status != 200 || start["expiresIn"] != 600.0 || start["interval"] != 1.0 || start["verificationUri"] != "https://gate.example/device" ||
		start["verificationUriComplete"] != "https://gate.example/device?user_code="+start["userCode"].(string) {
		t.Fatalf("start: %d %v", status, start)
	}
	poll := `{` + client + `,"grantType":"urn:ietf:params:oauth:grant-type:device_code","deviceCode":"` + start["deviceCode"].(string) + `"}`
	status, kind, out := w.post("/token", poll)
	if status != 400 || kind != "AuthorizationPendingException" || out["error"] != "authorization_pending" {
		t.Fatalf("pending: %d %s %v", status, kind, out)
	}
	s := w.session()
	if _, err := w.sessions.DecideDevice(t.Context(), w.Change(), s.ID, start["userCode"].(string), true); err != nil {
		t.Fatal(err)
	}
	status, _, out = w.post("/token", poll)
	if status != 200 || out["tokenType"] != "Bearer" || out["expiresIn"] != 3600.0 || !strings.HasPrefix(out["accessToken"].(string), "aoa") {
		t.Fatalf("token: %d %v", status, out)
	}
	if last := w.recorded[len(w.recorded)-1]; last.UserID != s.UserID || last.CredentialID == "" {
		t.Errorf("recorded caller %+v", last)
	}
	status, _, out = w.post("/token", `{`+client+`,"grantType":"refresh_token","refreshToken":"`+out["refreshToken"].(string)+`"}`)
	if status != 200 || out["refreshToken"] == nil {
		t.Fatalf("refresh: %d %v", status, out)
	}
}

// TestErrors: SDKs tell errors apart by the header; people read the description.
func TestErrors(t *testing.T) {
	w := newWorld(t)
	id, secret := w.register("")
	pkceID, pkceSecret := w.register(`,"grantTypes":["authorization_code"],"redirectUris":["http://127.0.0.1/oauth/callback"]`)
	client := `"clientId":"` + id + `","clientSecret":"` + secret + `"`
	pkce := `"clientId":"` + pkceID + `","clientSecret":"` + pkceSecret + `"`
	const device = `"grantType":"urn:ietf:params:oauth:grant-type:device_code"`
	status, _, start := w.post("/device_authorization", `{`+client+`,"startUrl":"https://example.awsapps.com/start"}`)
	if status != 200 {
		t.Fatal(start)
	}
	fast := `{` + client + `,` + device + `,"deviceCode":"` + start["deviceCode"].(string) + `"}`
	w.post("/token", fast)
	for _, c := range []struct {
		path, body string
		status     int
		kind, code string
	}{
		{"/client/register", `{"clientName":"x","clientType":"confidential"}`, 400, "InvalidClientMetadataException", "invalid_client_metadata"},
		{"/client/register", `{"clientName":"x","clientType":"public","scopes":["admin"]}`, 400, "InvalidScopeException", "invalid_scope"},
		{"/client/register", `{"clientName":"x","clientType":"public","grantTypes":["password"]}`, 400, "UnsupportedGrantTypeException", "unsupported_grant_type"},
		{"/client/register", `{"clientName":"x","clientType":"public","redirectUris":["https://evil.example.com"]}`, 400, "InvalidRedirectUriException", "invalid_redirect_uri"},
		{"/client/register", `{"clientName":"x","clientType":"public","issuerUrl":"https://other.awsapps.com/start"}`, 400, "InvalidRequestException", "invalid_request"},
		{"/device_authorization", `{` + client + `,"startUrl":"https://other.awsapps.com/start"}`, 400, "InvalidRequestException", "invalid_request"},
		{"/device_authorization", `{"clientId":"x","clientSecret":"y","startUrl":"https://example.awsapps.com/start"}`, 401, "InvalidClientException", "invalid_client"},
		{"/token", `{"clientId":"x","clientSecret":"y",` + device + `,"deviceCode":"z"}`, 401, "InvalidClientException", "invalid_client"},
		{"/token", `{` + client + `,` + device + `,"deviceCode":"unknown"}`, 400, "InvalidGrantException", "invalid_grant"},
		{"/token", `{` + client + `,"grantType":"password"}`, 400, "UnsupportedGrantTypeException", "unsupported_grant_type"},
		{"/token", `{` + pkce + `,` + device + `,"deviceCode":"z"}`, 400, "UnauthorizedClientException", "unauthorized_client"},
		{"/token", `{` + client + `,"grantType":"refresh_token","refreshToken":"aorx"}`, 400, "InvalidGrantException", "invalid_grant"},
		{"/token", `{` + client + `,"grantType":"refresh_token"}`, 400, "InvalidRequestException", "invalid_request"},
	} {
		status, kind, out := w.post(c.path, c.body)
		if status != c.status || kind != c.kind || out["error"] != c.code {
			t.Errorf("%s %s: %d %s %v, want %d %s %s", c.path, c.body, status, kind, out, c.status, c.kind, c.code)
		}
	}
	w.Clock.Advance(10 * time.Minute)
	if status, kind, out := w.post("/token", fast); status != 400 || kind != "ExpiredTokenException" || out["error"] != "expired_token" {
		t.Errorf("expired: %d %s %v", status, kind, out)
	}
}

func TestSlowDownAndDenial(t *testing.T) {
	w := newWorld(t)
	id, secret := w.register("")
	client := `"clientId":"` + id + `","clientSecret":"` + secret + `"`
	_, _, start := w.post("/device_authorization", `{`+client+`,"startUrl":"https://gate.example/start#/"}`)
	poll := `{` + client + `,"grantType":"urn:ietf:params:oauth:grant-type:device_code","deviceCode":"` + start["deviceCode"].(string) + `"}`
	w.post("/token", poll)
	w.Update(func(tx store.Tx) error { // as if the last poll had been a moment ago
		d, err := tx.DeviceByUserCode(start["userCode"].(string))
		if err != nil {
			return err
		}
		d.Interval = 5 * time.Second
		return tx.PutDevice(d)
	})
	if status, kind, out := w.post("/token", poll); status != 400 || kind != "SlowDownException" || out["error"] != "slow_down" {
		t.Errorf("fast: %d %s %v", status, kind, out)
	}
	if _, err := w.sessions.DecideDevice(t.Context(), w.Change(), w.session().ID, start["userCode"].(string), false); err != nil {
		t.Fatal(err)
	}
	if status, kind, out := w.post("/token", poll); status != 400 || kind != "AccessDeniedException" || out["error"] != "access_denied" {
		t.Errorf("denied: %d %s %v", status, kind, out)
	}
}
