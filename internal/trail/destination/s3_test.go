package destination_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/sigv4"
	"github.com/gatehouse-idc/gatehouse/internal/trail"
	"github.com/gatehouse-idc/gatehouse/internal/trail/destination"
)

// TestS3GetsSignedObjects: path, metadata and a signature that holds, whatever the prefix is made of.
func TestS3GetsSignedObjects(t *testing.T) {
	now := clock.NewFake(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	verifier := sigv4.NewVerifier(1)
	var path, body, signature string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		signed, err := sigv4.Foreign{S3: true}.Parse(r)
		if err == nil {
			err = verifier.VerifyUnseen(signed, "secret", now.Now())
		}
		if err != nil {
			w.WriteHeader(http.StatusForbidden)
			if _, err := io.WriteString(w, "<Error><Code>SignatureDoesNotMatch</Code><Message>"+err.Error()+"</Message></Error>"); err != nil {
				t.Error(err)
			}
			return
		}
		path, body, signature = r.URL.Path, string(text), r.Header.Get("X-Amz-Meta-Signature")
	}))
	defer server.Close()
	endpoint, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	s3 := func(secret string) *destination.S3 {
		return &destination.S3{Endpoint: endpoint, Bucket: "logs", Region: "us-east-1", Client: server.Client(), Clock: now,
			Credentials: credentials.NewStaticCredentialsProvider("AKIAEXAMPLE", secret, "")}
	}
	if err := s3("secret").Put(t.Context(), "it's (mine)!*/AWSLogs/a.gz", []byte("body"), map[string]string{"signature": "ab"}); err != nil {
		t.Fatal(err)
	}
	if path != "/logs/it's (mine)!*/AWSLogs/a.gz" || body != "body" || signature != "ab" {
		t.Errorf("got %s with %q, signature %q", path, body, signature)
	}
	var refused *trail.DeliveryError
	if err := s3("wrong").Put(t.Context(), "a", nil, nil); !errors.As(err, &refused) || refused.Code != "SignatureDoesNotMatch" {
		t.Errorf("a wrong key: %v", err)
	}
	server.Close()
	if err := s3("secret").Put(t.Context(), "a", nil, nil); !errors.As(err, &refused) || refused.Code != "ServiceUnavailable" {
		t.Errorf("nobody listens: %v", err)
	}
}
