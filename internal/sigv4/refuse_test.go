package sigv4_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/sigv4"
)

var plain = message{
	header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}, "X-Amz-Target": {"SWBExternalService.ListInstances"}},
	body:   `{"MaxResults":10}`,
}

// edit changes a signed request the way somebody between the client and us might.
func edit(t *testing.T, change func(*http.Request)) error {
	t.Helper()
	r := plain.sign(t)
	if err := checkBody(plain.sign(t), plain.body); err != nil {
		t.Fatalf("the request is refused without a change: %v", err)
	}
	change(r)
	return checkBody(r, plain.body)
}

func authorization(replace ...string) func(*http.Request) {
	return func(r *http.Request) {
		old := r.Header.Get("Authorization")
		r.Header.Set("Authorization", strings.NewReplacer(replace...).Replace(old))
	}
}

func header(name string, values ...string) func(*http.Request) {
	return func(r *http.Request) { r.Header[name] = values }
}

func both(changes ...func(*http.Request)) func(*http.Request) {
	return func(r *http.Request) {
		for _, c := range changes {
			c(r)
		}
	}
}

const (
	noMatch  = "does not match the signature you provided"
	unsigned = "must be a 'SignedHeader' in the AWS Authorization."
)

func TestChangedRequestsAreRefused(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*http.Request)
		code   sigv4.Code
		text   string
	}{
		{"no authorization", header("Authorization"), sigv4.MissingAuthenticationToken, "Missing Authentication Token"},
		{"empty authorization", header("Authorization", ""), sigv4.MissingAuthenticationToken, "Missing Authentication Token"},
		{"bearer", header("Authorization", "Bearer abc"), sigv4.IncompleteSignature, "Unsupported AWS 'algorithm': 'Bearer'."},
		{"sha1", authorization("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"), sigv4.IncompleteSignature, "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'."},
		{"version 4A", authorization("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), sigv4.IncompleteSignature, "Unsupported"},
		{"algorithm only", header("Authorization", "AWS4-HMAC-SHA256"), sigv4.IncompleteSignature, "missing equal-sign"},
		{"no equal sign", authorization("Signature=", "Signature"), sigv4.IncompleteSignature, "in-valid key=value pair (missing equal-sign)"},
		{"no credential", authorization("Credential=", "Kredential="), sigv4.IncompleteSignature, "Authorization header requires 'Credential' parameter. (Hashed"},
		{"no signed headers", authorization("SignedHeaders=", "S="), sigv4.IncompleteSignature, "requires 'SignedHeaders' parameter."},
		{"no signature", authorization("Signature=", "S="), sigv4.IncompleteSignature, "requires 'Signature' parameter."},
		{"two signatures", authorization("Credential=", "Signature=00, Credential="), sigv4.IncompleteSignature, "more than one 'Signature'"},
		{"two authorizations", func(r *http.Request) { r.Header.Add("Authorization", r.Header.Get("Authorization")) }, sigv4.IncompleteSignature, "'Authorization' occurs more than once"},
		{"header and query", func(r *http.Request) { r.URL.RawQuery = "X-Amz-Signature=00" }, sigv4.IncompleteSignature, "Only one auth mechanism allowed"},

		{"short scope", authorization("/sso/", "/"), sigv4.IncompleteSignature, "exactly 5 slash-delimited elements"},
		{"long scope", authorization("/sso/", "/sso/sso/"), sigv4.IncompleteSignature, "exactly 5 slash-delimited elements"},
		{"empty key id", authorization(keyID, ""), sigv4.IncompleteSignature, "exactly 5 slash-delimited elements"},
		{"other key id", authorization(keyID, "AKIAIOSFODNN7EXAMPLE"), "", ""}, // found out by the secret
		{"terminator", authorization("aws4_request", "aws4_reques"), sigv4.SignatureDoesNotMatch, "valid terminator: 'aws4_request', not 'aws4_reques'"},
		{"scope date", authorization("/20260304/", "/20260305/"), sigv4.SignatureDoesNotMatch, "'20260305' != '20260304', from '20260304T050607Z'."},
		{"scope region", authorization("/us-east-1/", "/us-east-2/"), sigv4.SignatureDoesNotMatch, noMatch},
		{"scope service", authorization("/sso/", "/sts/"), sigv4.SignatureDoesNotMatch, noMatch},
		{"scope case", authorization("/sso/", "/SSO/"), sigv4.SignatureDoesNotMatch, noMatch},

		{"unsigned host", authorization("host;", ""), sigv4.SignatureDoesNotMatch, "'Host' or ':authority' " + unsigned},
		{"unsigned date", authorization("x-amz-date;", ""), sigv4.SignatureDoesNotMatch, "'X-Amz-Date' " + unsigned},
		{"unsigned token", authorization("x-amz-security-token;", ""), sigv4.SignatureDoesNotMatch, "'X-Amz-Security-Token' " + unsigned},
		{"unsigned target", authorization(";x-amz-target", ""), sigv4.SignatureDoesNotMatch, "'X-Amz-Target' " + unsigned},
		{"unsigned content hash", header("X-Amz-Content-Sha256", hash(plain.body)), sigv4.SignatureDoesNotMatch, "'X-Amz-Content-Sha256' " + unsigned},
		{"unsigned content type", authorization("content-type;", ""), sigv4.SignatureDoesNotMatch, noMatch},
		{"upper case signed header", authorization("host;", "Host;"), sigv4.SignatureDoesNotMatch, "lower-case header names in alphabetical order"},
		{"unsorted signed headers", authorization("content-type;host", "host;content-type"), sigv4.SignatureDoesNotMatch, "alphabetical order"},
		{"repeated signed header", authorization("host;", "host;host;"), sigv4.SignatureDoesNotMatch, "each once"},
		{"empty signed header", authorization("host;", "host;;"), sigv4.SignatureDoesNotMatch, "each once"},
		{"signed header missing", header("Content-Type"), sigv4.SignatureDoesNotMatch, noMatch},
		{"one signed header more", authorization("host;", "host;x-absent;"), sigv4.SignatureDoesNotMatch, ""},

		{"no date", header("X-Amz-Date"), sigv4.IncompleteSignature, "either a 'X-Amz-Date' or a 'Date' header"},
		{"two dates", header("X-Amz-Date", "20260304T050607Z", "20260304T050607Z"), sigv4.IncompleteSignature, "'X-Amz-Date' occurs more than once"},
		{"extended date", header("X-Amz-Date", "2026-03-04T05:06:07Z"), sigv4.IncompleteSignature, "Date must be in ISO-8601 'basic format'. Got '2026-03-04T05:06:07Z'."},
		{"fractional date", header("X-Amz-Date", "20260304T050607.0Z"), sigv4.IncompleteSignature, "basic format"},
		{"impossible date", header("X-Amz-Date", "20260230T050607Z"), sigv4.IncompleteSignature, "basic format"},
		{"later date", header("X-Amz-Date", "20260304T050608Z"), sigv4.SignatureDoesNotMatch, noMatch},
		{"year 1", both(header("X-Amz-Date", "00010101T000000Z"), authorization("/20260304/", "/00010101/")), sigv4.SignatureDoesNotMatch, "Signature expired: 00010101T000000Z is now earlier than"},
		{"year 9999", both(header("X-Amz-Date", "99991231T235959Z"), authorization("/20260304/", "/99991231/")), sigv4.SignatureDoesNotMatch, "Signature not yet current: 99991231T235959Z is still later than"},

		{"method", func(r *http.Request) { r.Method = http.MethodPut }, sigv4.SignatureDoesNotMatch, noMatch},
		{"path", func(r *http.Request) { r.RequestURI = "/admin" }, sigv4.SignatureDoesNotMatch, noMatch},
		{"query", func(r *http.Request) { r.URL.RawQuery = "a=1" }, sigv4.SignatureDoesNotMatch, noMatch},
		{"host", func(r *http.Request) { r.Host = "sso.example.net" }, sigv4.SignatureDoesNotMatch, noMatch},
		{"host case", func(r *http.Request) { r.Host = "SSO.example.com" }, sigv4.SignatureDoesNotMatch, noMatch},
		{"host port", func(r *http.Request) { r.Host += ":443" }, sigv4.SignatureDoesNotMatch, noMatch},
		{"host dot", func(r *http.Request) { r.Host += "." }, sigv4.SignatureDoesNotMatch, noMatch},
		{"target", header("X-Amz-Target", "SWBExternalService.DeleteInstance"), sigv4.SignatureDoesNotMatch, noMatch},
		{"target case", header("X-Amz-Target", "swbexternalservice.listinstances"), sigv4.SignatureDoesNotMatch, noMatch},
		{"two targets", header("X-Amz-Target", "SWBExternalService.ListInstances", "SWBExternalService.DeleteInstance"), sigv4.IncompleteSignature, "'X-Amz-Target' occurs more than once"},
		{"token", header("X-Amz-Security-Token", "another"), sigv4.SignatureDoesNotMatch, noMatch},
		{"no token", header("X-Amz-Security-Token"), sigv4.SignatureDoesNotMatch, noMatch},
		{"two tokens", header("X-Amz-Security-Token", token, token), sigv4.IncompleteSignature, "'X-Amz-Security-Token' occurs more than once"},
		{"content length", func(r *http.Request) { r.Header.Set("Content-Length", "3") }, sigv4.SignatureDoesNotMatch, noMatch},
		{"bad escape in query", func(r *http.Request) { r.URL.RawQuery = "a=%zz" }, sigv4.IncompleteSignature, "query string cannot be read"},
		{"semicolon in query", func(r *http.Request) { r.URL.RawQuery = "a=1;b=2" }, sigv4.IncompleteSignature, "query string cannot be read"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := edit(t, tt.change)
			if tt.code == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			wantCode(t, err, tt.code, tt.text)
		})
	}
}

func TestUnsignedHeadersMayChange(t *testing.T) {
	for name, change := range map[string]func(*http.Request){
		"user agent": header("User-Agent", "other"),
		"proxy":      both(header("X-Forwarded-For", "192.0.2.1"), header("X-Amz-Cf-Id", "abc")),
		"spacing":    authorization(", ", ","),
	} {
		if err := edit(t, change); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPayloadIsAlwaysSigned(t *testing.T) {
	for _, value := range []string{"UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"} {
		m := message{header: http.Header{"X-Amz-Content-Sha256": {value}}, body: "x"}
		wantCode(t, check(t, m.sign(t)), sigv4.SignatureDoesNotMatch, "The payload must be signed: '"+value+"'")
	}
	m := message{header: http.Header{"X-Amz-Content-Sha256": {hash("another body")}}, body: "x"}
	wantCode(t, check(t, m.sign(t)), sigv4.SignatureDoesNotMatch, noMatch)
	wantCode(t, checkBody(plain.sign(t), plain.body+" "), sigv4.SignatureDoesNotMatch, noMatch)
	wantCode(t, checkBody(plain.sign(t), ""), sigv4.SignatureDoesNotMatch, noMatch)
}

func TestClock(t *testing.T) {
	s, err := sigv4.Parse(plain.sign(t))
	if err != nil {
		t.Fatal(err)
	}
	v := sigv4.NewVerifier(1)
	for _, tt := range []struct {
		offset time.Duration
		text   string
	}{
		{-15 * time.Minute, ""},
		{15*time.Minute + 999*time.Millisecond, ""},
		{-15*time.Minute - time.Second, "Signature not yet current: 20260304T050607Z is still later than 20260304T050606Z (20260304T045106Z + 15 min.)"},
		{15*time.Minute + time.Second, "Signature expired: 20260304T050607Z is now earlier than 20260304T050608Z (20260304T052108Z - 15 min.)"},
	} {
		// The zone of our clock must not matter.
		now := signedAt.Add(tt.offset).In(time.FixedZone("", 9*3600))
		err := v.Verify(s, secret, []byte(plain.body), now)
		if tt.text == "" {
			if err != nil {
				t.Errorf("%v: %v", tt.offset, err)
			}
			continue
		}
		wantCode(t, err, sigv4.SignatureDoesNotMatch, tt.text)
	}
}

func TestDateHeader(t *testing.T) {
	// Made with HMAC by hand, because the SDK always sends X-Amz-Date.
	wire := "GET / HTTP/1.1\r\nHost: sso.example.com\r\nDate: Wed, 04 Mar 2026 05:06:07 GMT\r\nAuthorization: AWS4-HMAC-SHA256 " +
		"Credential=" + keyID + "/20260304/us-east-1/sso/aws4_request, SignedHeaders=%s, Signature=%s\r\n\r\n"
	const signature = "b9f0ff43d5bf79d90e2bb7cfa1dd123a754f26c4084abf779335ed78d92e33a9"
	if err := checkBody(parseWire(t, fmt.Appendf(nil, wire, "date;host", signature)), ""); err != nil {
		t.Error(err)
	}
	wantCode(t, checkBody(parseWire(t, fmt.Appendf(nil, wire, "host", signature)), ""), sigv4.SignatureDoesNotMatch, "'Date' "+unsigned)
	bad := strings.Replace(wire, "Wed, 04 Mar 2026 05:06:07 GMT", "yesterday", 1)
	wantCode(t, checkBody(parseWire(t, fmt.Appendf(nil, bad, "date;host", signature)), ""), sigv4.IncompleteSignature, "Got 'yesterday'")
}

func TestRequireScope(t *testing.T) {
	s, err := sigv4.Parse(plain.sign(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RequireScope("sso", "eu-west-1", "us-east-1"); err != nil {
		t.Errorf("one of two Regions: %v", err)
	}
	wantCode(t, s.RequireScope("sts", "us-east-1"), sigv4.SignatureDoesNotMatch, "Credential should be scoped to correct service: 'sts'")
	wantCode(t, s.RequireScope("SSO", "us-east-1"), sigv4.SignatureDoesNotMatch, "Credential should be scoped to correct service: 'SSO'")
	wantCode(t, s.RequireScope("sso", "eu-west-1"), sigv4.SignatureDoesNotMatch, "Credential should be scoped to a valid Region, not 'us-east-1'")
	if err := s.RequireScope("sso"); err != nil {
		t.Errorf("any Region: %v", err)
	}
}

func TestChangedPresignedRequestsAreRefused(t *testing.T) {
	m := awkward["eks"]
	for _, tt := range []struct {
		name     string
		old, new string
		code     sigv4.Code
		text     string
	}{
		{"algorithm", "X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Algorithm=AWS4-HMAC-SHA1", sigv4.IncompleteSignature, "Unsupported AWS 'algorithm'"},
		{"no algorithm", "X-Amz-Algorithm=", "Algorithm=", sigv4.IncompleteSignature, "AWS query-string parameters must include 'X-Amz-Algorithm'. Re-examine"},
		{"no date", "X-Amz-Date=", "Date=", sigv4.IncompleteSignature, "must include 'X-Amz-Date'"},
		{"no signed headers", "X-Amz-SignedHeaders=", "SignedHeaders=", sigv4.IncompleteSignature, "must include 'X-Amz-SignedHeaders'"},
		{"parameter twice", "&X-Amz-Date=", "&X-Amz-Date=20260304T050607Z&X-Amz-Date=", sigv4.IncompleteSignature, "'X-Amz-Date' occurs more than once"},
		{"signature twice", "&X-Amz-Signature=", "&X-Amz-Signature=0&X-Amz-Signature=", sigv4.IncompleteSignature, "'X-Amz-Signature' occurs more than once"},
		{"expires zero", "X-Amz-Expires=60", "X-Amz-Expires=0", sigv4.IncompleteSignature, "from 1 to 604800"},
		{"expires negative", "X-Amz-Expires=60", "X-Amz-Expires=-60", sigv4.IncompleteSignature, "from 1 to 604800"},
		{"expires too late", "X-Amz-Expires=60", "X-Amz-Expires=604801", sigv4.IncompleteSignature, "from 1 to 604800"},
		{"expires word", "X-Amz-Expires=60", "X-Amz-Expires=soon", sigv4.IncompleteSignature, "should be a number"},
		{"expires empty", "X-Amz-Expires=60", "X-Amz-Expires=", sigv4.IncompleteSignature, "should be a number"},
		{"expires changed", "X-Amz-Expires=60", "X-Amz-Expires=61", sigv4.SignatureDoesNotMatch, noMatch},
		{"action changed", "GetCallerIdentity", "GetSessionToken", sigv4.SignatureDoesNotMatch, noMatch},
		{"parameter added", "Action=", "a=1&Action=", sigv4.SignatureDoesNotMatch, noMatch},
		{"token changed", "X-Amz-Security-Token=session", "X-Amz-Security-Token=Session", sigv4.SignatureDoesNotMatch, noMatch},
		{"host unsigned", "X-Amz-SignedHeaders=host%3B", "X-Amz-SignedHeaders=", sigv4.SignatureDoesNotMatch, "'Host' or ':authority'"},
		{"scope date", "20260304%2Fus-east-1", "20260305%2Fus-east-1", sigv4.SignatureDoesNotMatch, "'20260305' != '20260304'"},
		{"other cluster", "X-K8s-Aws-Id: cluster-1", "X-K8s-Aws-Id: cluster-2", sigv4.SignatureDoesNotMatch, noMatch},
		{"unsigned target", "Host: ", "X-Amz-Target: A.B\r\nHost: ", sigv4.SignatureDoesNotMatch, "'X-Amz-Target' " + unsigned},
		{"unsigned token header", "Host: ", "X-Amz-Security-Token: abc\r\nHost: ", sigv4.SignatureDoesNotMatch, "'X-Amz-Security-Token' " + unsigned},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var wire bytes.Buffer
			if err := m.presign(t).Write(&wire); err != nil {
				t.Fatal(err)
			}
			if err := check(t, parseWire(t, wire.Bytes())); err != nil {
				t.Fatalf("refused without a change: %v", err)
			}
			changed := strings.Replace(wire.String(), tt.old, tt.new, 1)
			if changed == wire.String() {
				t.Fatalf("%q does not occur in:\n%s", tt.old, wire.String())
			}
			wantCode(t, check(t, parseWire(t, []byte(changed))), tt.code, tt.text)
		})
	}
}

func TestPresignedIsGoodForFifteenMinutesWhateverItSays(t *testing.T) {
	s, err := sigv4.Parse(awkward["eks"].presign(t)) // says 60 seconds
	if err != nil {
		t.Fatal(err)
	}
	v := sigv4.NewVerifier(1)
	if err := v.Verify(s, secret, nil, signedAt.Add(14*time.Minute)); err != nil {
		t.Error(err)
	}
	wantCode(t, v.Verify(s, secret, nil, signedAt.Add(16*time.Minute)), sigv4.SignatureDoesNotMatch, "Signature expired")
	wantCode(t, v.Verify(s, secret, []byte("body"), signedAt), sigv4.SignatureDoesNotMatch, noMatch)
}

// TestEveryByteCounts flips bits all over a signed request as it travels.
func TestEveryByteCounts(t *testing.T) {
	m := message{url: "http://sso.example.com/path/to?k=v&x=y", header: plain.header, body: plain.body}
	var wire bytes.Buffer
	if err := m.sign(t).Write(&wire); err != nil {
		t.Fatal(err)
	}
	original := wire.Bytes()
	start := bytes.Index(original, []byte("/path"))
	for i := start; i < len(original); i++ {
		for _, bit := range []byte{0x01, 0x02, 0x10, 0x20} {
			changed := bytes.Clone(original)
			changed[i] ^= bit
			if err := receiveAndCheck(changed); err == nil && !harmless(original, i, bit) {
				t.Errorf("accepted with byte %d changed from %q to %q:\n%s", i, original[i], changed[i], changed)
			}
		}
	}
}

func TestErrorNames(t *testing.T) {
	for code, json := range map[sigv4.Code]string{
		sigv4.MissingAuthenticationToken: "MissingAuthenticationTokenException",
		sigv4.IncompleteSignature:        "IncompleteSignatureException",
		sigv4.SignatureDoesNotMatch:      "InvalidSignatureException",
		sigv4.InvalidClientTokenID:       "UnrecognizedClientException",
		sigv4.ExpiredToken:               "ExpiredTokenException",
	} {
		if got := code.JSONName(); got != json {
			t.Errorf("%s: %s, want %s", code, got, json)
		}
	}
	wantCode(t, sigv4.UnknownCredentials(), sigv4.InvalidClientTokenID, "The security token included in the request is invalid.")
	wantCode(t, sigv4.ExpiredCredentials(), sigv4.ExpiredToken, "The security token included in the request is expired")
}

func TestErrorsDoNotEchoTheHeader(t *testing.T) {
	err := edit(t, header("Authorization", "AWS4-HMAC-SHA256 "+secret))
	if err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("the error shows what was sent by mistake: %v", err)
	}
}

func receiveAndCheck(wire []byte) error {
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(wire)))
	if err != nil {
		return err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	return checkBody(r, string(body))
}

// harmless reports whether flipping this bit leaves alone all that the signature covers: the HTTP
// version, the user agent, the case of a header's name, and the key id, whose secret would not fit.
func harmless(wire []byte, at int, bit byte) bool {
	line := bytes.LastIndexByte(wire[:at], '\n') + 1
	end := at + bytes.IndexByte(append(wire[at:len(wire):len(wire)], '\n'), '\n')
	text, column := string(wire[line:end]), at-line
	id := strings.Index(text, keyID)
	switch {
	case line == 0:
		return column >= strings.Index(text, "HTTP/")
	case strings.HasPrefix(text, "User-Agent:"):
		return true
	case column < strings.Index(text, ":"):
		return bit == 0x20
	default:
		return id >= 0 && column >= id && column < id+len(keyID)
	}
}
