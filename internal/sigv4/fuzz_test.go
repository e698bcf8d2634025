package sigv4_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/sigv4"
)

// FuzzParse reads arbitrary bytes as a request. What Parse accepts must be complete, and no
// signature that was not made with the secret may pass.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/signers/*.http")
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, file := range files {
		wire, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(wire)
	}
	verifier := sigv4.NewVerifier(8)
	f.Fuzz(func(t *testing.T, wire []byte) {
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(wire)))
		if err != nil {
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		s, err := sigv4.Parse(r)
		var refusal *sigv4.Error
		if err != nil {
			if s != nil || !errors.As(err, &refusal) || refusal.Message == "" {
				t.Fatalf("Parse = %+v, %v; want nothing and an *Error with a message", s, err)
			}
			return
		}
		if s.AccessKeyID == "" || s.Region == "" || s.Service == "" || !slices.Contains(s.SignedHeaders, "host") {
			t.Fatalf("accepted without a part: %+v", s)
		}
		if r.Header.Get("X-Amz-Target") != "" && !slices.Contains(s.SignedHeaders, "x-amz-target") {
			t.Fatal("accepted with X-Amz-Target unsigned")
		}
		if err := verifier.Verify(s, "not the secret", body, s.Date); !errors.As(err, &refusal) || refusal.Code != sigv4.SignatureDoesNotMatch {
			t.Fatalf("verified with another secret: %v", err)
		}
	})
}

// FuzzForeign reads arbitrary bytes as a request to S3. What is accepted has every X-Amz- header signed,
// and neither way to verify takes it without its secret.
func FuzzForeign(f *testing.F) {
	files, err := filepath.Glob("testdata/s3signers/*.http")
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, file := range files {
		wire, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(wire)
	}
	verifier := sigv4.NewVerifier(8)
	f.Fuzz(func(t *testing.T, wire []byte) {
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(wire)))
		if err != nil {
			return
		}
		s, err := sigv4.Foreign{S3: true, Presigned: true}.Parse(r)
		if err != nil {
			var refusal *sigv4.Error
			if s != nil || !errors.As(err, &refusal) || refusal.Message == "" {
				t.Fatalf("Parse = %+v, %v; want nothing and an *Error with a message", s, err)
			}
			return
		}
		for name := range r.Header {
			if strings.HasPrefix(name, "X-Amz-") && name != "X-Amz-Cf-Id" && !slices.Contains(s.SignedHeaders, strings.ToLower(name)) {
				t.Fatalf("accepted with %s unsigned", name)
			}
		}
		if err := verifier.VerifyUnseen(s, "not the secret", s.Date); err == nil {
			t.Fatal("verified with another secret")
		}
		if err := verifier.Verify(s, secret, nil, s.Date); err == nil {
			t.Fatal("verified as a request to one of our own doors")
		}
	})
}
