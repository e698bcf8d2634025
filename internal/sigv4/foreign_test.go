package sigv4_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/gatehouse-idc/gatehouse/internal/sigv4"
)

var s3 = sigv4.Foreign{S3: true, Presigned: true}

// asS3 makes the SDK's signer do what the SDK's S3 client tells it to do.
func asS3(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }

// signS3 returns the request as a server receives it, signed for S3 with the payload hash.
func (m message) signS3(t testing.TB, payload string) *http.Request {
	t.Helper()
	r := m.build(t)
	r.Header.Set("X-Amz-Content-Sha256", payload)
	if err := v4.NewSigner(asS3).SignHTTP(t.Context(), m.credentials(), r, payload, "s3", "us-east-1", signedAt); err != nil {
		t.Fatal(err)
	}
	return receive(t, r)
}

// presignS3 returns the presigned request as a server receives it.
func (m message) presignS3(t testing.TB, expires string) *http.Request {
	t.Helper()
	r := m.build(t)
	query := r.URL.Query()
	query.Set("X-Amz-Expires", expires)
	r.URL.RawQuery = query.Encode()
	signed, header, err := v4.NewSigner(asS3).PresignHTTP(t.Context(), m.credentials(), r, "UNSIGNED-PAYLOAD", "s3", "us-east-1", signedAt)
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

func checkForeign(f sigv4.Foreign, r *http.Request, now time.Time) error {
	s, err := f.Parse(r)
	if err != nil {
		return err
	}
	return sigv4.NewVerifier(8).VerifyUnseen(s, secret, now)
}

// TestForeignSpecimens verifies S3 requests that other signers made, each a file as it travels:
// botocore 1.43.11 and @smithy/signature-v4 5.7.5. Our own doors refuse them all: the signatures are
// for another form of the path, for no payload, or last too long.
func TestForeignSpecimens(t *testing.T) {
	files, err := filepath.Glob("testdata/s3signers/*.http")
	if err != nil || len(files) == 0 {
		t.Fatalf("no specimens: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".http"), func(t *testing.T) {
			wire, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r := parseWire(t, wire)
			if err := checkForeign(s3, r, signedAt); err != nil {
				t.Errorf("%v\n%s", err, wire)
			}
			if strings.Contains(file, "odd-key") || strings.Contains(file, "unsigned") || strings.Contains(file, "streaming") {
				if err := receiveAndCheck(wire); err == nil {
					t.Error("one of our own doors accepts it")
				}
			}
		})
	}
}

func TestForeignPayloads(t *testing.T) {
	put := message{method: http.MethodPut, url: "http://s3.example.com/bucket/a%20key", body: "hello"}
	for payload, accepted := range map[string]bool{
		hash("hello"): true, hash("another"): true, // the body is not seen: only the declared hash counts
		"UNSIGNED-PAYLOAD": true, "STREAMING-UNSIGNED-PAYLOAD-TRAILER": true,
		"STREAMING-AWS4-HMAC-SHA256-PAYLOAD": true, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER": true,
		"STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD": false, "STREAMING-": false, "unsigned-payload": false, "abc": false,
		strings.ToUpper(hash("hello")): false,
	} {
		r := put.signS3(t, payload)
		if err := checkForeign(s3, r, signedAt); (err == nil) != accepted {
			t.Errorf("S3 with %s: %v, want accepted %v", payload, err, accepted)
		}
		err := checkForeign(sigv4.Foreign{}, receive(t, message{method: put.method, url: "http://s3.example.com/plain", body: put.body,
			header: http.Header{"X-Amz-Content-Sha256": {payload}}}.signS3(t, payload)), signedAt)
		if isHash := len(payload) == 64 && accepted; (err == nil) != isHash {
			t.Errorf("another service with %s: %v, want accepted %v", payload, err, isHash)
		}
		if payload == hash("hello") {
			continue
		}
		body := put.body
		if err := checkBody(r, body); err == nil {
			t.Errorf("one of our own doors accepts %s", payload)
		}
	}
	wantCode(t, checkForeign(s3, message{method: http.MethodGet, url: "http://s3.example.com/b/k"}.sign(t), signedAt),
		sigv4.IncompleteSignature, "Missing required header for this request: x-amz-content-sha256")
}

func TestForeignBodyNeedsAHash(t *testing.T) {
	if err := checkForeign(sigv4.Foreign{}, message{method: http.MethodGet, url: "http://api.example.com/orders/1"}.sign(t), signedAt); err != nil {
		t.Errorf("without a body: %v", err)
	}
	wantCode(t, checkForeign(sigv4.Foreign{}, message{url: "http://api.example.com/orders", body: "x"}.sign(t), signedAt),
		sigv4.IncompleteSignature, "a request that may have a body must carry a signed 'X-Amz-Content-Sha256'")
}

// TestTheTwoWaysInAreApart: what one has read the other does not verify, or a body that nobody has
// seen could pass for one that was.
func TestTheTwoWaysInAreApart(t *testing.T) {
	m := message{method: http.MethodGet, url: "http://s3.example.com/plain", header: http.Header{"X-Amz-Content-Sha256": {hash("")}}}
	r := m.signS3(t, hash(""))
	ours, err := sigv4.Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := s3.Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	v := sigv4.NewVerifier(1)
	if err := errors.Join(v.Verify(ours, secret, nil, signedAt), v.VerifyUnseen(theirs, secret, signedAt)); err != nil {
		t.Fatal(err)
	}
	wantCode(t, v.Verify(theirs, secret, nil, signedAt), sigv4.SignatureDoesNotMatch, noMatch)
	wantCode(t, v.VerifyUnseen(ours, secret, signedAt), sigv4.SignatureDoesNotMatch, noMatch)
}

func TestForeignAmzHeadersMustBeSigned(t *testing.T) {
	m := message{method: http.MethodPut, url: "http://s3.example.com/b/k", header: http.Header{"X-Amz-Acl": {"private"}}}
	for name, tt := range map[string]struct {
		change func(*http.Request)
		code   sigv4.Code // "" for accepted
		text   string
	}{
		"as signed":      {func(*http.Request) {}, "", ""},
		"added":          {header("X-Amz-Copy-Source", "/b/other"), sigv4.SignatureDoesNotMatch, "'X-Amz-Copy-Source' must be"},
		"twice":          {header("X-Amz-Acl", "private", "public-read"), sigv4.IncompleteSignature, "'X-Amz-Acl' occurs more than once"},
		"changed":        {header("X-Amz-Acl", "public-read"), sigv4.SignatureDoesNotMatch, noMatch},
		"taken away":     {header("X-Amz-Acl"), sigv4.SignatureDoesNotMatch, noMatch},
		"of CloudFront":  {header("X-Amz-Cf-Id", "abc"), "", ""},
		"trace id":       {header("X-Amzn-Trace-Id", "Root=1"), "", ""},
		"method":         {func(r *http.Request) { r.Method = http.MethodDelete }, sigv4.SignatureDoesNotMatch, noMatch},
		"path":           {func(r *http.Request) { r.RequestURI = "/b/k2" }, sigv4.SignatureDoesNotMatch, noMatch},
		"path escaped":   {func(r *http.Request) { r.RequestURI = "/b/%6B" }, sigv4.SignatureDoesNotMatch, noMatch},
		"path segments":  {func(r *http.Request) { r.RequestURI = "/b/./k" }, sigv4.SignatureDoesNotMatch, noMatch},
		"host":           {func(r *http.Request) { r.Host = "b.s3.example.com" }, sigv4.SignatureDoesNotMatch, noMatch},
		"query":          {func(r *http.Request) { r.URL.RawQuery = "acl" }, sigv4.SignatureDoesNotMatch, noMatch},
		"content length": {func(r *http.Request) { r.ContentLength = 3 }, "", ""}, // not signed without a body
	} {
		t.Run(name, func(t *testing.T) {
			r := m.signS3(t, "UNSIGNED-PAYLOAD")
			tt.change(r)
			err := checkForeign(s3, r, signedAt)
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

func TestForeignClock(t *testing.T) {
	get := message{method: http.MethodGet, url: "http://s3.example.com/b/k"}
	signed := get.signS3(t, hash(""))
	for offset, code := range map[time.Duration]sigv4.Code{
		15 * time.Minute: "", -15 * time.Minute: "",
		15*time.Minute + time.Second: sigv4.RequestTimeTooSkewed, -15*time.Minute - time.Second: sigv4.RequestTimeTooSkewed,
	} {
		checkCode(t, checkForeign(s3, signed, signedAt.Add(offset)), code, offset)
	}
	for _, tt := range []struct {
		expires string
		offset  time.Duration
		code    sigv4.Code
	}{
		{"60", time.Minute, ""},
		{"60", time.Minute + time.Second, sigv4.RequestExpired},
		{"60", -15 * time.Minute, ""},
		{"60", -16 * time.Minute, sigv4.RequestTimeTooSkewed},
		{"604800", 7 * 24 * time.Hour, ""},
		{"604800", 7*24*time.Hour + time.Second, sigv4.RequestExpired},
		{"604801", 0, sigv4.IncompleteSignature},
		{"0", 0, sigv4.IncompleteSignature},
		{"soon", 0, sigv4.IncompleteSignature},
	} {
		checkCode(t, checkForeign(s3, get.presignS3(t, tt.expires), signedAt.Add(tt.offset)), tt.code, tt.expires)
	}
	r := get.presign(t) // says nothing of its end
	wantCode(t, checkForeign(s3, r, signedAt), sigv4.IncompleteSignature, "must include 'X-Amz-Expires'")
	wantCode(t, checkForeign(sigv4.Foreign{S3: true}, get.presignS3(t, "60"), signedAt), sigv4.IncompleteSignature, "Presigned requests are not accepted here")
}

func checkCode(t *testing.T, err error, code sigv4.Code, what any) {
	t.Helper()
	if code == "" {
		if err != nil {
			t.Errorf("%v: %v", what, err)
		}
		return
	}
	var refusal *sigv4.Error
	if !errors.As(err, &refusal) || refusal.Code != code {
		t.Errorf("%v: %v, want %s", what, err, code)
	}
}

func TestPresignedPayloadHash(t *testing.T) {
	m := message{method: http.MethodPut, url: "http://s3.example.com/b/k?X-Amz-Content-Sha256=UNSIGNED-PAYLOAD"}
	r := m.presignS3(t, "60")
	if err := checkForeign(s3, r, signedAt); err != nil {
		t.Errorf("hash in the query: %v", err)
	}
	r.Header.Set("X-Amz-Content-Sha256", hash("x"))
	if err := checkForeign(s3, r, signedAt); err == nil {
		t.Error("accepted with another hash in the header")
	}
}

// TestEveryByteCountsForeign flips bits all over an S3 request as it travels.
func TestEveryByteCountsForeign(t *testing.T) {
	m := message{method: http.MethodPut, url: "http://s3.example.com/bucket/a%20key?partNumber=1&uploadId=x",
		header: http.Header{"X-Amz-Storage-Class": {"STANDARD"}}, body: "hello"}
	var wire bytes.Buffer
	if err := m.signS3(t, "UNSIGNED-PAYLOAD").Write(&wire); err != nil {
		t.Fatal(err)
	}
	original := wire.Bytes()
	// The body is the one thing that may change.
	for i := bytes.Index(original, []byte("/bucket")); i < len(original)-len(m.body); i++ {
		for _, bit := range []byte{0x01, 0x02, 0x10, 0x20} {
			changed := bytes.Clone(original)
			changed[i] ^= bit
			r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(changed)))
			if err != nil {
				continue
			}
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				continue
			}
			if checkForeign(s3, r, signedAt) == nil && !harmless(original, i, bit) {
				t.Errorf("accepted with byte %d changed from %q to %q:\n%s", i, original[i], changed[i], changed)
			}
		}
	}
}

func BenchmarkForeign(b *testing.B) {
	r := message{method: http.MethodGet, url: "http://s3.example.com/bucket/a%20key"}.signS3(b, hash(""))
	v := sigv4.NewVerifier(8)
	b.ReportAllocs()
	for b.Loop() {
		s, err := s3.Parse(r)
		if err != nil {
			b.Fatal(err)
		}
		if err := v.VerifyUnseen(s, secret, signedAt); err != nil {
			b.Fatal(err)
		}
	}
}
