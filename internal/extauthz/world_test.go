package extauthz_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/authz"
	"github.com/gatehouse-idc/gatehouse/internal/extauthz"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/sigv4"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

const (
	admin    = "arn:aws:iam::aws:policy/AdministratorAccess"
	readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess"
	trustAll = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}`
	secret   = "a secret of the session"
)

// world is a door in front of nothing, and people who ask.
type world struct {
	*testidc.World
	door    *extauthz.Door
	url     string
	callers map[string]idc.Caller // by access key
	log     *lockedLog
	fail    error
}

// lockedLog collects what is logged.
type lockedLog struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// services are the mappings of the tests. Everything belongs to the member account.
func services() map[string]extauthz.Service {
	return map[string]extauthz.Service{
		"s3":      {Style: "s3", ResourceAccount: testidc.Member, Domains: []string{"s3.example.com"}, Presigned: true},
		"private": {Style: "s3", SigningName: "s3", ResourceAccount: "caller", MultiDelete: true, Buckets: map[string]string{"bucket": testidc.Management}},
		"orders": {Style: "rules", ResourceAccount: testidc.Member, EventSource: "orders.example.com", Rules: []extauthz.Rule{
			{Method: "GET", Path: "/orders/{id}", Action: "orders:GetOrder", Resource: "arn:aws:orders:{region}:{account}:order/{id}"},
			{Method: "POST", Path: "/orders", Action: "orders:CreateOrder", Resource: "*"},
		}},
	}
}

func newWorld(t testing.TB, change func(*extauthz.Config)) *world {
	t.Helper()
	return newWorldOn(t, testidc.New(t), change)
}

func newWorldOn(t testing.TB, under *testidc.World, change func(*extauthz.Config)) *world {
	t.Helper()
	w := &world{World: under, callers: map[string]idc.Caller{}, log: &lockedLog{}}
	mapping, err := extauthz.Compile(services(), "us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	c := extauthz.Config{
		Mapping: mapping, Open: w.open, Verifier: sigv4.NewVerifier(100), Clock: w.Clock, IDs: w.IDs, Limiter: nil,
		Authz:   &authz.Service{Store: w.Store, Clock: w.Clock, Instance: w.Instance, Roles: &role.Service{Store: w.Store, IDs: w.IDs}},
		Audit:   &audit.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Region: "us-east-1", ManagementAccountID: testidc.Management},
		Observe: func(string, string, string, time.Duration) {}, Log: slog.New(slog.NewTextHandler(w.log, nil)),
	}
	if change != nil {
		change(&c)
	}
	w.door = extauthz.New(c)
	server := httptest.NewUnstartedServer(w.door.Handler())
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetHTTP1(true)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

// open stands for package sts.
func (w *world) open(_ context.Context, signed *sigv4.Signed) (string, idc.Caller, error) {
	caller, known := w.callers[signed.AccessKeyID]
	switch {
	case w.fail != nil:
		return "", idc.Caller{}, w.fail
	case !known:
		return "", idc.Caller{}, sigv4.UnknownCredentials()
	case signed.SecurityToken == "old":
		return "", idc.Caller{}, sigv4.ExpiredCredentials()
	}
	return secret, caller, nil
}

// as gives an account a role with policies, and returns a session's access key.
func (w *world) as(accountID, name string, policies ...string) string {
	w.T.Helper()
	r := w.Role(accountID, name, trustAll, policies...)
	key := "ASIA" + strings.ToUpper(name) + accountID
	w.callers[key] = idc.Caller{Type: idc.CallerAssumedRole, AccountID: accountID, RoleID: r.ID, RoleName: name, PrincipalARN: r.ARN,
		ARN: "arn:aws:sts::" + accountID + ":assumed-role/" + name + "/ana", AccessKeyID: key, UserID: "u-1",
		PrincipalID: r.ID + ":ana", SessionName: "ana", IssuedAt: w.Clock.Now()}
	return key
}

// inline gives an account a role with a document of its own.
func (w *world) inline(accountID, name, document string) string {
	w.T.Helper()
	key := w.as(accountID, name)
	w.Update(func(tx store.Tx) error {
		r, err := tx.Role(accountID, name)
		if err != nil {
			return err
		}
		r.InlinePolicies = map[string]string{"inline": document}
		return tx.PutRole(r)
	})
	return key
}

// request is a client's request.
type request struct {
	unhashed bool   // without X-Amz-Content-Sha256, although the method may have a body
	method   string // GET if empty
	host     string // s3.example.com if empty
	target   string
	header   http.Header
	payload  string // hash; of nothing if empty
	service  string // s3 if empty
	key      string
	token    string
	presign  string // seconds
	after    time.Duration
}

func emptyHash() string {
	sum := sha256.Sum256(nil)
	return hex.EncodeToString(sum[:])
}

// sign makes the request as the proxy receives it.
func (w *world) sign(in request) *http.Request {
	w.T.Helper()
	for text, standard := range map[*string]string{&in.method: "GET", &in.host: "s3.example.com", &in.service: "s3", &in.payload: emptyHash()} {
		if *text == "" {
			*text = standard
		}
	}
	u, err := url.Parse("http://" + in.host + in.target)
	if err != nil {
		w.T.Fatal(err)
	}
	r := &http.Request{Method: in.method, URL: u, Host: in.host, Header: http.Header{}}
	for name, values := range in.header {
		r.Header[name] = values
	}
	credentials := aws.Credentials{AccessKeyID: in.key, SecretAccessKey: secret, SessionToken: in.token}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = in.service == "s3" })
	at := w.Clock.Now().Add(-in.after)
	if in.presign != "" {
		query := u.Query()
		query.Set("X-Amz-Expires", in.presign)
		u.RawQuery = query.Encode()
		signed, _, err := signer.PresignHTTP(context.Background(), credentials, r, "UNSIGNED-PAYLOAD", in.service, "us-east-1", at)
		if err != nil {
			w.T.Fatal(err)
		}
		if r.URL, err = url.Parse(signed); err != nil {
			w.T.Fatal(err)
		}
		return r
	}
	if in.service == "s3" || in.method != http.MethodGet && !in.unhashed || in.payload != emptyHash() {
		r.Header.Set("X-Amz-Content-Sha256", in.payload)
	}
	if err := signer.SignHTTP(context.Background(), credentials, r, in.payload, in.service, "us-east-1", at); err != nil {
		w.T.Fatal(err)
	}
	return r
}

// reply is what the proxy is told.
type reply struct {
	Status int
	Header http.Header
	Body   string
}

// asNginx asks as nginx does with the configuration in examples/enforce.
func (w *world) asNginx(service string, r *http.Request) reply {
	w.T.Helper()
	ask, err := http.NewRequest(http.MethodGet, w.url+"/auth_request/"+service, nil)
	if err != nil {
		w.T.Fatal(err)
	}
	ask.Host = r.Host
	ask.Header = r.Header.Clone()
	ask.Header.Set("X-Original-Method", r.Method)
	ask.Header.Set("X-Original-Uri", r.URL.RequestURI())
	ask.Header.Set("X-Original-Scheme", "https")
	ask.Header.Set("X-Real-Ip", "192.0.2.7")
	return w.send(ask)
}

// asEnvoy asks as Envoy does over HTTP.
func (w *world) asEnvoy(service string, r *http.Request) reply {
	w.T.Helper()
	ask, err := http.NewRequest(r.Method, w.url+"/ext_authz/"+service, nil)
	if err != nil {
		w.T.Fatal(err)
	}
	ask.URL.Opaque = "/ext_authz/" + service + r.URL.RequestURI() // as it is, without cleaning
	ask.Host = r.Host
	ask.Header = r.Header.Clone()
	ask.Header.Set("X-Forwarded-Proto", "https")
	ask.Header.Set("X-Forwarded-For", "203.0.113.9, 192.0.2.7")
	return w.send(ask)
}

func (w *world) send(ask *http.Request) reply {
	w.T.Helper()
	response, err := http.DefaultTransport.RoundTrip(ask)
	if err != nil {
		w.T.Fatal(err)
	}
	defer response.Body.Close()
	var body strings.Builder
	if err := response.Write(&body); err != nil {
		w.T.Fatal(err)
	}
	_, text, _ := strings.Cut(body.String(), "\r\n\r\n")
	return reply{response.StatusCode, response.Header, text}
}

// events returns the event trail, oldest first.
func (w *world) events() []*idc.AuditEvent {
	w.T.Helper()
	if err := w.door.Drain(context.Background()); err != nil {
		w.T.Fatal(err)
	}
	var out []*idc.AuditEvent
	w.View(func(r store.Reader) (err error) {
		out, err = r.TailEvents(0, 1000)
		return err
	})
	return out
}

// resign signs a request once more, with its ContentLength.
func (w *world) resign(r *http.Request) *http.Request {
	w.T.Helper()
	var key string
	for key = range w.callers {
		break
	}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	err := signer.SignHTTP(context.Background(), aws.Credentials{AccessKeyID: key, SecretAccessKey: secret}, r, r.Header.Get("X-Amz-Content-Sha256"), "s3", "us-east-1", w.Clock.Now())
	if err != nil {
		w.T.Fatal(err)
	}
	if !strings.Contains(r.Header.Get("Authorization"), "content-length") {
		w.T.Fatal("the signer has not signed the length")
	}
	r.Header.Del("Content-Length")
	return r
}
