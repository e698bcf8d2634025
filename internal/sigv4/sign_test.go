package sigv4_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/gatehouse-idc/gatehouse/internal/sigv4"
)

// The tests sign with the AWS SDK, which shares no code with this package.

const (
	keyID  = "ASIAIOSFODNN7EXAMPLE"
	secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	token  = "session-token/with+odd=characters"
)

var signedAt = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// message is a request before it is signed.
type message struct {
	method string // POST if empty
	url    string // http://sso.example.com/ if empty
	header http.Header
	body   string
	noAuth bool // without session token
}

func (m message) build(t testing.TB) *http.Request {
	t.Helper()
	if m.method == "" {
		m.method = http.MethodPost
	}
	if m.url == "" {
		m.url = "http://sso.example.com/"
	}
	r, err := http.NewRequest(m.method, m.url, strings.NewReader(m.body))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range m.header {
		r.Header[k] = v
	}
	return r
}

func (m message) credentials() aws.Credentials {
	c := aws.Credentials{AccessKeyID: keyID, SecretAccessKey: secret, SessionToken: token}
	if m.noAuth {
		c.SessionToken = ""
	}
	return c
}

func hash(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

// sign returns the request as a server receives it, signed in the Authorization header.
func (m message) sign(t testing.TB) *http.Request {
	t.Helper()
	r := m.build(t)
	if err := v4.NewSigner().SignHTTP(t.Context(), m.credentials(), r, hash(m.body), "sso", "us-east-1", signedAt); err != nil {
		t.Fatal(err)
	}
	return receive(t, r)
}

// presign returns the request as a server receives it, signed in the query.
func (m message) presign(t testing.TB) *http.Request {
	t.Helper()
	r := m.build(t)
	signed, header, err := v4.NewSigner().PresignHTTP(t.Context(), m.credentials(), r, hash(m.body), "sts", "us-east-1", signedAt)
	if err != nil {
		t.Fatal(err)
	}
	if r.URL, err = url.Parse(signed); err != nil {
		t.Fatal(err)
	}
	r.Header, r.Host = header, header.Get("Host")
	r.Header.Del("Host")
	return receive(t, r)
}

// receive sends the request through bytes, as over a connection.
func receive(t testing.TB, r *http.Request) *http.Request {
	t.Helper()
	var wire bytes.Buffer
	if err := r.Write(&wire); err != nil {
		t.Fatal(err)
	}
	return parseWire(t, wire.Bytes())
}

func parseWire(t testing.TB, wire []byte) *http.Request {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(wire)))
	if err != nil {
		t.Fatalf("%v in:\n%s", err, wire)
	}
	return r
}

// check parses and verifies a received request at the time it was signed.
func check(t testing.TB, r *http.Request) error {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return checkBody(r, string(body))
}

func checkBody(r *http.Request, body string) error {
	s, err := sigv4.Parse(r)
	if err != nil {
		return err
	}
	return sigv4.NewVerifier(8).Verify(s, secret, []byte(body), signedAt)
}

func wantCode(t *testing.T, err error, code sigv4.Code, text string) {
	t.Helper()
	var e *sigv4.Error
	if !errors.As(err, &e) || e.Code != code || !strings.Contains(e.Message, text) {
		t.Errorf("got %v, want %s with %q", err, code, text)
	}
}

// awkward are requests whose canonical form signers and servers have disagreed about.
var awkward = map[string]message{
	"json call": {
		header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}, "X-Amz-Target": {"SWBExternalService.ListInstances"}},
		body:   `{"MaxResults":10}`,
	},
	"query call":         {header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, body: "Action=GetCallerIdentity&Version=2011-06-15"},
	"no token":           {noAuth: true, body: "x"},
	"empty body":         {},
	"large body":         {body: strings.Repeat("0123456789abcdef", 65536)},
	"binary body":        {body: "\x00\xff\xfe\r\n\r\n"},
	"get":                {method: http.MethodGet, url: "http://sso.example.com/assignment/accounts?max_result=10"},
	"delete":             {method: http.MethodDelete, url: "http://sso.example.com/a/b/"},
	"no path":            {method: http.MethodGet, url: "http://sso.example.com"},
	"port":               {method: http.MethodGet, url: "http://sso.example.com:8443/x"},
	"default port":       {method: http.MethodGet, url: "http://sso.example.com:80/x"},
	"ipv6 host":          {method: http.MethodGet, url: "http://[::1]:8443/x"},
	"upper case host":    {method: http.MethodGet, url: "http://SSO.Example.Com/x"},
	"space in path":      {method: http.MethodGet, url: "http://sso.example.com/a%20b"},
	"plus in path":       {method: http.MethodGet, url: "http://sso.example.com/a+b"},
	"slash in segment":   {method: http.MethodGet, url: "http://sso.example.com/a%2Fb/c"},
	"lower case escape":  {method: http.MethodGet, url: "http://sso.example.com/a%2fb/%c3%a9"},
	"percent in path":    {method: http.MethodGet, url: "http://sso.example.com/100%25/%252F"},
	"double slash":       {method: http.MethodGet, url: "http://sso.example.com//a///b"},
	"dot segments":       {method: http.MethodGet, url: "http://sso.example.com/a/./b/../c"},
	"dot name":           {method: http.MethodGet, url: "http://sso.example.com/.well-known/a..b/..c"},
	"unicode path":       {method: http.MethodGet, url: "http://sso.example.com/ünï/日本"},
	"sub-delimiters":     {method: http.MethodGet, url: "http://sso.example.com/a!b$c&d'e(f)g*h+i,j=k:l@m~n-o_p"},
	"arn in path":        {method: http.MethodGet, url: "http://sso.example.com/tags/arn%3Aaws%3Asso%3A%3A%3Ainstance%2Fssoins-1"},
	"query order":        {method: http.MethodGet, url: "http://sso.example.com/?b=2&a=3&a=1&B=0&aa=4"},
	"duplicate keys":     {method: http.MethodGet, url: "http://sso.example.com/?k=b&k=a&k=a&k="},
	"key without value":  {method: http.MethodGet, url: "http://sso.example.com/?flag&other="},
	"value without key":  {method: http.MethodGet, url: "http://sso.example.com/?=v"},
	"equals in value":    {method: http.MethodGet, url: "http://sso.example.com/?k=a=b==c"},
	"plus in query":      {method: http.MethodGet, url: "http://sso.example.com/?k=a+b&j=a%2Bb"},
	"space in query":     {method: http.MethodGet, url: "http://sso.example.com/?k=a%20b"},
	"slash in query":     {method: http.MethodGet, url: "http://sso.example.com/?k=a/b&j=a%2Fb&c=a-b&c=a%2Fb"},
	"unicode query":      {method: http.MethodGet, url: "http://sso.example.com/?ሴ=日本&a=é"},
	"reserved in query":  {method: http.MethodGet, url: "http://sso.example.com/?k=!*'()~-_.:@,$"},
	"escaped semicolon":  {method: http.MethodGet, url: "http://sso.example.com/?k=a%3Bb"},
	"escaped percent":    {method: http.MethodGet, url: "http://sso.example.com/?k=%2525"},
	"empty pairs":        {method: http.MethodGet, url: "http://sso.example.com/?&a=1&&b=2&"},
	"header spaces":      {header: http.Header{"X-Custom": {"  a   b    c  "}}},
	"header quotes":      {header: http.Header{"X-Custom": {`"a   b"  c`}}},
	"header twice":       {header: http.Header{"X-Custom": {"b", "a"}}},
	"header empty":       {header: http.Header{"X-Custom": {""}}},
	"header unicode":     {header: http.Header{"X-Custom": {"é"}}},
	"own content sha256": {header: http.Header{"X-Amz-Content-Sha256": {hash("body")}}, body: "body"},
	"eks":                {method: http.MethodGet, url: "http://sts.example.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Expires=60", header: http.Header{"X-K8s-Aws-Id": {"cluster-1"}}},
}

func TestSignedRequestsAreAccepted(t *testing.T) {
	for name, m := range awkward {
		t.Run(name, func(t *testing.T) {
			if err := check(t, m.sign(t)); err != nil {
				t.Errorf("header: %v", err)
			}
			if m.method != http.MethodGet {
				return
			}
			if err := check(t, m.presign(t)); err != nil {
				t.Errorf("presigned: %v", err)
			}
		})
	}
}

func TestParseTellsWhoAndWhat(t *testing.T) {
	s, err := sigv4.Parse(awkward["json call"].sign(t))
	if err != nil {
		t.Fatal(err)
	}
	if s.AccessKeyID != keyID || s.Region != "us-east-1" || s.Service != "sso" || s.SecurityToken != token ||
		!s.Date.Equal(signedAt) || s.Presigned {
		t.Errorf("header: %+v", s)
	}
	if got := strings.Join(s.SignedHeaders, " "); got != "content-length content-type host x-amz-date x-amz-security-token x-amz-target" {
		t.Errorf("signed headers: %s", got)
	}
	s, err = sigv4.Parse(awkward["eks"].presign(t))
	if err != nil {
		t.Fatal(err)
	}
	if s.AccessKeyID != keyID || s.Service != "sts" || s.SecurityToken != token || !s.Date.Equal(signedAt) || !s.Presigned {
		t.Errorf("presigned: %+v", s)
	}
	if got := strings.Join(s.SignedHeaders, " "); got != "host x-k8s-aws-id" {
		t.Errorf("signed headers: %s", got)
	}
}

func TestAbsoluteFormTarget(t *testing.T) {
	m := message{method: http.MethodGet, url: "http://sso.example.com/a%20b?k=v"}
	var wire bytes.Buffer
	r := m.build(t)
	if err := v4.NewSigner().SignHTTP(t.Context(), m.credentials(), r, hash(""), "sso", "us-east-1", signedAt); err != nil {
		t.Fatal(err)
	}
	if err := r.WriteProxy(&wire); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(wire.String(), "GET http://sso.example.com/a%20b?k=v HTTP/1.1\r\n") {
		t.Fatalf("not in absolute form:\n%s", wire.String())
	}
	if err := check(t, parseWire(t, wire.Bytes())); err != nil {
		t.Error(err)
	}
}

func TestASecondSecretDoesNotFit(t *testing.T) {
	s, err := sigv4.Parse(awkward["json call"].sign(t))
	if err != nil {
		t.Fatal(err)
	}
	body := []byte(awkward["json call"].body)
	v := sigv4.NewVerifier(1)
	for range 2 { // once with the keys derived, once with them remembered
		if err := v.Verify(s, secret, body, signedAt); err != nil {
			t.Error(err)
		}
		for _, other := range []string{"", secret[1:], secret + "x", strings.ToLower(secret)} {
			wantCode(t, v.Verify(s, other, body, signedAt), sigv4.SignatureDoesNotMatch, "does not match the signature you provided")
		}
	}
}

func BenchmarkParseAndVerify(b *testing.B) {
	m := awkward["json call"]
	r, body, v := m.sign(b), []byte(m.body), sigv4.NewVerifier(8)
	b.ReportAllocs()
	for b.Loop() {
		s, err := sigv4.Parse(r)
		if err != nil {
			b.Fatal(err)
		}
		if err := v.Verify(s, secret, body, signedAt); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	m := awkward["json call"]
	s, err := sigv4.Parse(m.sign(b))
	if err != nil {
		b.Fatal(err)
	}
	body, v := []byte(m.body), sigv4.NewVerifier(8)
	b.ReportAllocs()
	for b.Loop() {
		if err := v.Verify(s, secret, body, signedAt); err != nil {
			b.Fatal(err)
		}
	}
}
