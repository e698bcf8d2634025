package extauthz_test

import (
	"encoding/xml"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/extauthz"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// conventions ask the same in either way of HTTP.
func (w *world) conventions() map[string]func(string, *http.Request) reply {
	return map[string]func(string, *http.Request) reply{"nginx": w.asNginx, "envoy": w.asEnvoy}
}

func TestReadersGetAndDoNotPut(t *testing.T) {
	w := newWorld(t, nil)
	reader := w.as(testidc.Member, "AWSReservedSSO_ReadOnlyAccess_0123456789abcdef", readOnly)
	for name, ask := range w.conventions() {
		t.Run(name, func(t *testing.T) {
			got := ask("s3", w.sign(request{key: reader, token: "t", target: "/bucket/a%20key?versionId=3"}))
			want := map[string]string{
				"X-Gatehouse-Decision": "allow", "X-Gatehouse-Reason": "s3:GetObjectVersion is allowed by the identity-based policy.",
				"X-Gatehouse-Principal-Arn": "arn:aws:sts::222222222222:assumed-role/AWSReservedSSO_ReadOnlyAccess_0123456789abcdef/ana",
				"X-Gatehouse-Account":       "222222222222", "X-Gatehouse-User-Id": "u-1", "X-Gatehouse-User-Name": "ana",
				"X-Gatehouse-Permission-Set": "ReadOnlyAccess", "X-Gatehouse-Target": "/bucket/a%20key?versionId=3",
			}
			if got.Status != http.StatusOK {
				t.Fatalf("get: %d %s", got.Status, got.Body)
			}
			for header, value := range want {
				if got.Header.Get(header) != value {
					t.Errorf("%s: %q, want %q", header, got.Header.Get(header), value)
				}
			}
			got = ask("s3", w.sign(request{key: reader, token: "t", method: "PUT", target: "/bucket/a%20key", payload: "UNSIGNED-PAYLOAD"}))
			reason := "User: arn:aws:sts::222222222222:assumed-role/AWSReservedSSO_ReadOnlyAccess_0123456789abcdef/ana is not authorized to perform: " +
				"s3:PutObject on resource: arn:aws:s3:::bucket/a key because no identity-based policy allows the s3:PutObject action"
			if got.Status != http.StatusForbidden || got.Header.Get("X-Gatehouse-Decision") != "deny" || got.Header.Get("X-Gatehouse-Reason") != reason {
				t.Errorf("put: %d %v", got.Status, got.Header)
			}
			wantS3Error(t, got.Body, "AccessDenied", reason)
			if got.Header.Get("X-Gatehouse-Error-Body") != got.Body || got.Header.Get("X-Gatehouse-Target") != "" {
				t.Errorf("the denial for nginx: %v", got.Header)
			}
		})
	}
}

func wantS3Error(t *testing.T, body, code, message string) {
	t.Helper()
	var e struct{ Code, Message, Resource, RequestId string }
	if err := xml.Unmarshal([]byte(body), &e); err != nil || e.Code != code || e.Message != message || e.RequestId == "" {
		t.Errorf("body %s (%v), want %s with %q", body, err, code, message)
	}
}

// TestRefusals holds every way not to be let in against its code. nginx takes 403 only, Envoy all.
func TestRefusals(t *testing.T) {
	w := newWorld(t, nil)
	key := w.as(testidc.Member, "Admin", admin)
	for name, tt := range map[string]struct {
		in     request
		change func(*http.Request)
		code   string
		status int
		reason string
	}{
		"unsigned":        {request{}, func(r *http.Request) { r.Header.Del("Authorization") }, "AccessDenied", 403, "Missing Authentication Token"},
		"tampered":        {request{}, func(r *http.Request) { r.URL.Path = "/bucket/other" }, "SignatureDoesNotMatch", 403, "does not match"},
		"another method":  {request{}, func(r *http.Request) { r.Method = "DELETE" }, "SignatureDoesNotMatch", 403, "does not match"},
		"old":             {request{after: 16 * time.Minute}, nil, "RequestTimeTooSkewed", 403, "too large"},
		"of tomorrow":     {request{after: -16 * time.Minute}, nil, "RequestTimeTooSkewed", 403, "too large"},
		"unknown key":     {request{key: "ASIAUNKNOWN"}, nil, "InvalidAccessKeyId", 403, "invalid"},
		"expired token":   {request{token: "old"}, nil, "ExpiredToken", 400, "expired"},
		"header added":    {request{method: "PUT"}, func(r *http.Request) { r.Header.Set("X-Amz-Acl", "public-read") }, "SignatureDoesNotMatch", 403, "'X-Amz-Acl' must be"},
		"no hash":         {request{service: "sqs"}, nil, "AuthorizationHeaderMalformed", 400, "x-amz-content-sha256"},
		"another service": {request{service: "orders", payload: "UNSIGNED-PAYLOAD"}, nil, "SignatureDoesNotMatch", 403, "correct service: 's3'"},
		"presigned, late": {request{presign: "60", after: 61 * time.Second}, nil, "AccessDenied", 403, "Request has expired"},
		"streaming ECDSA": {request{method: "PUT", payload: "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"}, nil, "SignatureDoesNotMatch", 403, "not accepted"},
		"method override": {request{}, func(r *http.Request) { r.Header.Set("X-HTTP-Method-Override", "DELETE") }, "AccessDenied", 403, "not accepted"},
		"rewritten":       {request{}, func(r *http.Request) { r.Header.Set("X-Rewrite-Url", "/bucket/other") }, "AccessDenied", 403, "not accepted"},
		"our header":      {request{}, func(r *http.Request) { r.Header.Set("X-Gatehouse-Account", "111111111111") }, "AccessDenied", 403, "not a client's to send"},
		"our secret":      {request{}, func(r *http.Request) { r.Header.Set("X-Gatehouse-Proxy-Secret", "x") }, "AccessDenied", 403, "not a client's to send"},
		"a new header":    {request{}, func(r *http.Request) { r.Header.Set("X-Gatehouse-Future", "x") }, "AccessDenied", 403, "not a client's to send"},
		"with underscore": {request{}, func(r *http.Request) { r.Header["X_gatehouse_account"] = []string{"1"} }, "AccessDenied", 403, "not a client's to send"},
		"another host":    {request{host: "s3.example.org"}, nil, "AccessDenied", 403, "none of the service's"},
		"keys in a body":  {request{method: "POST", target: "/bucket?delete="}, nil, "AccessDenied", 403, "names its objects in the body"},
		"unknown":         {request{target: "/bucket/key?unheardof="}, nil, "AccessDenied", 403, "Not an operation that is known here"},
		"bad source":      {request{method: "PUT", header: http.Header{"X-Amz-Copy-Source": {"bucket"}}}, nil, "InvalidArgument", 400, "does not name"},
		"dot segment":     {request{target: "/bucket/%2e%2e/other"}, nil, "InvalidURI", 400, "ambiguous"},
	} {
		t.Run(name, func(t *testing.T) {
			in := tt.in
			if in.key == "" {
				in.key = key
			}
			if in.target == "" {
				in.target = "/bucket/key"
			}
			for convention, ask := range w.conventions() {
				r := w.sign(in)
				if tt.change != nil {
					tt.change(r)
				}
				got := ask("s3", r)
				want := tt.status
				if convention == "nginx" {
					want = 403
				}
				if got.Status != want || !strings.Contains(got.Header.Get("X-Gatehouse-Reason"), tt.reason) {
					t.Errorf("%s: %d %s, want %d with %q", convention, got.Status, got.Header.Get("X-Gatehouse-Reason"), want, tt.reason)
				}
				wantS3Error(t, got.Body, tt.code, got.Header.Get("X-Gatehouse-Reason"))
			}
		})
	}
}

func TestPresigned(t *testing.T) {
	w := newWorld(t, nil)
	key := w.as(testidc.Member, "Admin", admin)
	r := w.sign(request{key: key, token: "t", presign: "604800", after: 6 * 24 * time.Hour, target: "/bucket/key?x-id=GetObject"})
	for name, ask := range w.conventions() {
		got := ask("s3", r)
		if got.Status != 200 || got.Header.Get("X-Gatehouse-Target") != "/bucket/key?x-id=GetObject" {
			t.Errorf("%s: %d, target %q, %s", name, got.Status, got.Header.Get("X-Gatehouse-Target"), got.Body)
		}
		got = ask("private", r)
		if !strings.Contains(got.Header.Get("X-Gatehouse-Reason"), "Presigned requests are not accepted") {
			t.Errorf("%s: where the mapping does not allow it: %d %s", name, got.Status, got.Body)
		}
	}
}

// TestVirtualHost: the bucket from the host is handed on in the path, so that the service needs to
// know nothing of hosts.
func TestVirtualHost(t *testing.T) {
	w := newWorld(t, nil)
	key := w.as(testidc.Member, "Admin", admin)
	for target, want := range map[string]string{"/a%20key?acl=": "/bucket/a%20key?acl=", "/?list-type=2": "/bucket/?list-type=2", "/dir/": "/bucket/dir/"} {
		got := w.asNginx("s3", w.sign(request{key: key, host: "bucket.s3.example.com:8443", target: target}))
		if got.Status != 200 || got.Header.Get("X-Gatehouse-Target") != want {
			t.Errorf("%s: %d, target %q, want %q\n%s", target, got.Status, got.Header.Get("X-Gatehouse-Target"), want, got.Body)
		}
	}
}

func TestPoliciesOfAllKindsCount(t *testing.T) {
	w := newWorld(t, nil)
	member, management := w.as(testidc.Member, "Admin", admin), w.as(testidc.Management, "Admin", admin)
	ask := func(key, service, method, target string) reply {
		t.Helper()
		return w.asNginx(service, w.sign(request{key: key, method: method, target: target, host: "s3.example.com"}))
	}
	// The bucket belongs to the member account: nobody else reaches it without a bucket policy, whatever its keys look like.
	for _, object := range []string{"/bucket/key", "/bucket/a%20key", "/bucket/%E2%80%A8", "/bucket/a%2Ab", "/bucket"} {
		if got := ask(member, "s3", "GET", object); got.Status != 200 {
			t.Errorf("own bucket, %s: %d %s", object, got.Status, got.Body)
		}
		if got := ask(management, "s3", "GET", object); got.Status != 403 {
			t.Errorf("across accounts, %s: %d, want 403", object, got.Status)
		}
	}
	if got := ask(management, "private", "GET", "/bucket/key"); got.Status != 200 {
		t.Errorf("a bucket with an owner of its own: %d %s", got.Status, got.Body)
	}
	if got := ask(member, "private", "GET", "/bucket/key"); got.Status != 403 {
		t.Errorf("a bucket with an owner of its own, from elsewhere: %d, want 403", got.Status)
	}
	if got := ask(member, "private", "GET", "/another/key"); got.Status != 200 {
		t.Errorf("a bucket of the caller's: %d %s", got.Status, got.Body)
	}
	conditioned := w.inline(testidc.Member, "Lister", `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::bucket","Condition":{"StringLike":{"s3:prefix":"home/*"},
		 "IpAddress":{"aws:SourceIp":"192.0.2.0/24"},"Bool":{"aws:SecureTransport":"true"}}}]}`)
	if got := ask(conditioned, "s3", "GET", "/bucket?list-type=2&prefix=home%2Fana"); got.Status != 200 {
		t.Errorf("list under the prefix: %d %s", got.Status, got.Body)
	}
	for _, target := range []string{"/bucket?list-type=2&prefix=away%2F", "/bucket?list-type=2", "/bucket?list-type=2&prefix=away%2F&prefix=home%2F"} {
		if got := ask(conditioned, "s3", "GET", target); got.Status != 403 {
			t.Errorf("%s: %d, want 403", target, got.Status)
		}
	}
}

func TestRCPAndSCPReachTheService(t *testing.T) {
	for kind, layer := range map[idc.PolicyType]string{"RESOURCE_CONTROL_POLICY": "a resource control policy", "SERVICE_CONTROL_POLICY": "a service control policy"} {
		w := newWorld(t, nil)
		key := w.as(testidc.Member, "Admin", admin)
		statement := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"},` +
			`{"Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"*"}]}`
		if kind == "SERVICE_CONTROL_POLICY" {
			statement = strings.ReplaceAll(statement, `"Principal":"*",`, "")
		}
		w.Update(func(tx store.Tx) error {
			return errors.Join(
				tx.PutOrganizationPolicy(&idc.OrganizationPolicy{ID: "p-1", Name: "keep", Type: kind, Content: statement}),
				tx.PutPolicyAttachment(&idc.PolicyAttachment{PolicyID: "p-1", TargetID: w.Instance.RootID}),
				tx.PutPolicyAttachment(&idc.PolicyAttachment{PolicyID: "p-1", TargetID: testidc.Member}))
		})
		if got := w.asNginx("s3", w.sign(request{key: key, target: "/bucket/key"})); got.Status != 200 {
			t.Errorf("%s: get: %s", kind, got.Body)
		}
		got := w.asNginx("s3", w.sign(request{key: key, method: "DELETE", target: "/bucket/key"}))
		if got.Status != 403 || !strings.Contains(got.Body, "with an explicit deny in "+layer) {
			t.Errorf("%s: delete: %s", kind, got.Body)
		}
	}
}

func TestRulesStyle(t *testing.T) {
	w := newWorld(t, nil)
	key := w.inline(testidc.Member, "Clerk", `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"orders:GetOrder","Resource":"arn:aws:orders:us-east-1:222222222222:order/1*"}]}`)
	for name, tt := range map[string]struct {
		method, target string
		status         int
		reason         string
	}{
		"allowed":         {"GET", "/orders/17", 200, "orders:GetOrder is allowed"},
		"another order":   {"GET", "/orders/27", 403, "not authorized to perform: orders:GetOrder on resource: arn:aws:orders:us-east-1:222222222222:order/27"},
		"another action":  {"POST", "/orders", 403, "not authorized to perform: orders:CreateOrder"},
		"another method":  {"DELETE", "/orders/17", 403, "No rule of the mapping covers DELETE /orders/17."},
		"deeper":          {"GET", "/orders/17/items", 403, "No rule"},
		"trailing slash":  {"GET", "/orders/17/", 403, "No rule"},
		"no id":           {"GET", "/orders/", 403, "No rule"},
		"dot segments":    {"GET", "/orders/17/../27", 403, "ambiguous"},
		"escaped slash":   {"GET", "/orders/17%2F..%2F27", 403, "ambiguous"},
		"double slash":    {"GET", "/orders//17", 403, "ambiguous"},
		"escaped letter":  {"GET", "/%6Frders/17", 403, "must not be escaped"},
		"matrix":          {"GET", "/orders/17;x=1", 403, "ambiguous"},
		"escaped twice":   {"GET", "/orders/1%252F", 403, "escaped twice"},
		"wildcard in key": {"GET", "/orders/%2A", 403, "order/*"},
	} {
		t.Run(name, func(t *testing.T) {
			got := w.asNginx("orders", w.sign(request{key: key, service: "orders", host: "api.example.com", method: tt.method, target: tt.target}))
			if got.Status != tt.status || !strings.Contains(got.Header.Get("X-Gatehouse-Reason"), tt.reason) {
				t.Errorf("%d %s, want %d with %q", got.Status, got.Header.Get("X-Gatehouse-Reason"), tt.status, tt.reason)
			}
			if tt.status == 403 && (!strings.HasPrefix(got.Body, `{"__type":"`) || got.Header.Get("X-Gatehouse-Error-Type") != "application/json") {
				t.Errorf("body %s", got.Body)
			}
		})
	}
}

// TestTheProxyChoosesTheService: signing for S3 must not make an S3 request of an order.
func TestTheProxyChoosesTheService(t *testing.T) {
	w := newWorld(t, nil)
	key := w.as(testidc.Member, "Reader", readOnly)
	got := w.asNginx("orders", w.sign(request{key: key, target: "/orders/17"}))
	if got.Status != 403 || !strings.Contains(got.Body, "correct service: 'orders'") {
		t.Errorf("%d %s", got.Status, got.Body)
	}
}

// TestAnIncompleteProxyIsNoAnswer: a header that the proxy does not set would be the client's.
func TestAnIncompleteProxyIsNoAnswer(t *testing.T) {
	w := newWorld(t, nil)
	key := w.as(testidc.Member, "Admin", admin)
	for _, header := range []string{"X-Original-Method", "X-Original-Uri", "X-Original-Scheme", "X-Real-Ip"} {
		for name, values := range map[string][]string{"missing": nil, "twice": {"GET", "GET"}} {
			ask, err := http.NewRequest(http.MethodGet, w.url+"/auth_request/s3", nil)
			if err != nil {
				t.Fatal(err)
			}
			r := w.sign(request{key: key, target: "/bucket/key"})
			ask.Host, ask.Header = r.Host, r.Header.Clone()
			ask.Header["X-Original-Method"], ask.Header["X-Original-Uri"] = []string{"GET"}, []string{"/bucket/key"}
			ask.Header["X-Original-Scheme"], ask.Header["X-Real-Ip"] = []string{"http"}, []string{"192.0.2.7"}
			ask.Header[header] = values
			got := w.send(ask)
			if got.Status != 500 || !strings.Contains(got.Body, "The proxy must set "+header+" once.") {
				t.Errorf("%s %s: %d %s", header, name, got.Status, got.Body)
			}
		}
	}
	r := w.sign(request{key: key, target: "/bucket/key"})
	if got := w.asNginx("unknown", r); got.Status != 500 || !strings.Contains(got.Body, `asks for "unknown"`) {
		t.Errorf("unknown service: %d %s", got.Status, got.Body)
	}
	ask, err := http.NewRequest(http.MethodGet, w.url+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := w.send(ask); got.Status != 500 {
		t.Errorf("another address: %d", got.Status)
	}
}

func TestProxySecret(t *testing.T) {
	const proxySecret = "what only the proxy knows, and nobody else"
	w := newWorld(t, func(c *extauthz.Config) { c.Secret = proxySecret })
	key := w.as(testidc.Member, "Admin", admin)
	for given, want := range map[string]int{"": 500, "guessed": 500, proxySecret: 200} {
		for name, ask := range w.conventions() {
			r := w.sign(request{key: key, target: "/bucket/key"})
			if given != "" {
				r.Header.Set("X-Gatehouse-Proxy-Secret", given)
			}
			if got := ask("s3", r); got.Status != want || strings.Contains(got.Body, proxySecret) {
				t.Errorf("%s with %q: %d %s, want %d", name, given, got.Status, got.Body, want)
			}
		}
	}
	if strings.Contains(w.log.String(), proxySecret) || strings.Contains(w.log.String(), "guessed") {
		t.Error("the log shows a secret")
	}
}

func TestWhatCannotBeDecidedIsNoDenial(t *testing.T) {
	w := newWorld(t, nil)
	key := w.as(testidc.Member, "Admin", admin)
	w.fail = errors.New("the database is gone: host db-7")
	for name, ask := range w.conventions() {
		got := ask("s3", w.sign(request{key: key, target: "/bucket/key"}))
		if got.Status != 503 || strings.Contains(got.Body, "db-7") {
			t.Errorf("%s: %d %s, want 503 without the cause", name, got.Status, got.Body)
		}
	}
	if !strings.Contains(w.log.String(), "db-7") {
		t.Error("the log lacks the cause")
	}
}

// TestWhomAServiceIsTold: a session that carries a person for the trail alone is not that person.
func TestWhomAServiceIsTold(t *testing.T) {
	w := newWorld(t, nil)
	for name, c := range map[string]struct {
		context *idc.IdentityContext
		want    string
	}{
		"Signed":  {nil, "u-1"},
		"Acting":  {&idc.IdentityContext{UserID: "u-2"}, "u-2"},
		"Audited": {&idc.IdentityContext{UserID: "u-2", AuditOnly: true}, ""},
	} {
		key := w.as(testidc.Member, name, readOnly)
		caller := w.callers[key]
		caller.Context = c.context
		w.callers[key] = caller
		if got := w.asNginx("s3", w.sign(request{key: key, token: "t", target: "/bucket/key"})).Header.Get("X-Gatehouse-User-Id"); got != c.want {
			t.Errorf("%s: the service is told %q, want %q", name, got, c.want)
		}
	}
}

// TestUseIsTold of roles that ask, allowed or not, and not of strangers.
func TestUseIsTold(t *testing.T) {
	var used []string
	w := newWorld(t, func(c *extauthz.Config) {
		c.Used = func(caller idc.Caller, action string, at time.Time, region string) {
			used = append(used, caller.RoleName+" "+action+" "+region)
			if !at.Equal(c.Clock.Now()) {
				t.Errorf("used at %s", at)
			}
		}
	})
	key := w.as(testidc.Member, "Reader", readOnly)
	w.asNginx("s3", w.sign(request{key: key, target: "/bucket/key"}))
	w.asNginx("s3", w.sign(request{key: key, method: "DELETE", target: "/bucket/key"}))
	unsigned := w.sign(request{key: key, target: "/bucket/key"})
	unsigned.Header.Del("Authorization")
	w.asNginx("s3", unsigned)
	if got := strings.Join(used, ", "); got != "Reader s3:GetObject us-east-1, Reader s3:DeleteObject us-east-1" {
		t.Errorf("used: %s", got)
	}
}

func TestEveryDecisionIsRecorded(t *testing.T) {
	w := newWorld(t, nil)
	key := w.as(testidc.Member, "Reader", readOnly)
	w.asNginx("s3", w.sign(request{key: key, target: "/bucket/a%20key?versionId=3"}))
	w.asNginx("s3", w.sign(request{key: key, method: "DELETE", target: "/bucket/key"}))
	unsigned := w.sign(request{key: key, target: "/bucket/key"})
	unsigned.Header.Del("Authorization")
	w.asNginx("s3", unsigned)
	records := map[string]string{}
	for _, e := range w.events() {
		records[e.Name+" "+e.ErrorCode] = e.Record
	}
	for event, wants := range map[string][]string{
		"GetObject ": {`"eventSource":"s3.amazonaws.com"`, `"managementEvent":false`, `"eventCategory":"Data"`, `"readOnly":true`, `"sourceIPAddress":"192.0.2.7"`,
			`"bucketName":"bucket"`, `"key":"a key"`, `"versionId":"3"`, `"decision":"allow"`, `"authorizedFor":"s3"`, `"AuthenticationMethod":"AuthHeader"`,
			`"type":"AssumedRole"`, `"recipientAccountId":"222222222222"`, `{"ARN":"arn:aws:s3:::bucket/a key","type":"AWS::S3::Object"}`},
		"DeleteObject AccessDenied": {`"readOnly":false`, `"decision":"deny"`, `"errorMessage":"User: arn:aws:sts::222222222222:assumed-role/Reader/ana is not authorized`},
		"GET AccessDenied":          {`"type":"Unknown"`, `"errorMessage":"Missing Authentication Token"`},
	} {
		for _, want := range wants {
			if !strings.Contains(records[event], want) {
				t.Errorf("the record of %q lacks %s: %s", event, want, records[event])
			}
		}
	}
	if len(records) != 3 {
		t.Errorf("%d records, want 3", len(records))
	}
}

type nobody struct{}

func (nobody) Admit(string, awsedge.Budget) error { return errors.New("no more") }

// TestStrangersDoNotFillTheTrail: beyond their budget they are denied without a record each.
func TestStrangersDoNotFillTheTrail(t *testing.T) {
	w := newWorld(t, func(c *extauthz.Config) { c.Limiter = nobody{} })
	key := w.as(testidc.Member, "Reader", readOnly)
	if got := w.asNginx("s3", w.sign(request{key: "ASIAUNKNOWN", target: "/bucket/key"})); got.Status != 403 {
		t.Errorf("a stranger: %d, want 403", got.Status)
	}
	w.asNginx("s3", w.sign(request{key: key, method: "DELETE", target: "/bucket/key"}))
	if events := w.events(); len(events) != 1 || events[0].Name != "DeleteObject" {
		t.Errorf("%d records, want that of the known caller alone", len(events))
	}
}

// TestSignedContentLength: nginx takes the body and its length away, some clients sign it.
func TestSignedContentLength(t *testing.T) {
	w := newWorld(t, nil)
	key := w.as(testidc.Member, "Admin", admin)
	in := request{key: key, method: "PUT", target: "/bucket/key", payload: "UNSIGNED-PAYLOAD"}
	r := w.sign(in)
	r.ContentLength = 5
	r.Header.Del("Authorization")
	signed := w.resign(r)
	if got := w.asNginx("s3", signed); got.Status != 403 {
		t.Errorf("without its length: %d, want 403", got.Status)
	}
	signed.Header.Set("X-Original-Content-Length", "5")
	if got := w.asNginx("s3", signed); got.Status != 200 {
		t.Errorf("with its length: %d %s", got.Status, got.Body)
	}
}
