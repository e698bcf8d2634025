package sigv4_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/sigv4"
)

// TestForeignSigners verifies requests that other signers made, each a file as it travels:
// botocore 1.43.11, @smithy/signature-v4 5.7.5 and aws4 1.13.2, all signed at signedAt with the test's credentials.
func TestForeignSigners(t *testing.T) {
	files, err := filepath.Glob("testdata/signers/*.http")
	if err != nil || len(files) == 0 {
		t.Fatalf("no specimens: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".http"), func(t *testing.T) {
			wire, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := receiveAndCheck(wire); err != nil {
				t.Errorf("%v\n%s", err, wire)
			}
		})
	}
}

// TestPublishedSignatures holds the example of "Signature Version 4 for API requests" in the IAM User
// Guide and cases of AWS's signature test suite.
func TestPublishedSignatures(t *testing.T) {
	at := time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)
	for _, tt := range []struct {
		name, target, host, service, signedHeaders, signature, headers, body string
	}{
		{
			"list users", "GET /?Action=ListUsers&Version=2010-05-08", "iam.amazonaws.com", "iam", "content-type;host;x-amz-date",
			"5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
			"Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n", "",
		},
		{
			"get-vanilla", "GET /", "example.amazonaws.com", "service", "host;x-amz-date",
			"5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31", "", "",
		},
		{
			"post-vanilla", "POST /", "example.amazonaws.com", "service", "host;x-amz-date",
			"5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b", "", "",
		},
		{
			"get-vanilla-query-order-key-case", "GET /?Param2=value2&Param1=value1", "example.amazonaws.com", "service", "host;x-amz-date",
			"b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500", "", "",
		},
		{
			"post-x-www-form-urlencoded", "POST /", "example.amazonaws.com", "service", "content-type;host;x-amz-date",
			"ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
			"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 13\r\n", "Param1=value1",
		},
	} {
		wire := tt.target + " HTTP/1.1\r\nHost: " + tt.host + "\r\nX-Amz-Date: 20150830T123600Z\r\n" + tt.headers +
			"Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/" + tt.service +
			"/aws4_request, SignedHeaders=" + tt.signedHeaders + ", Signature=" + tt.signature + "\r\n\r\n" + tt.body
		s, err := sigv4.Parse(parseWire(t, []byte(wire)))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if err := sigv4.NewVerifier(1).Verify(s, secret, []byte(tt.body), at); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}
