package destination

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/trail"
)

// S3 is a bucket of S3, or of what speaks its protocol. It is addressed by path:
// endpoint/bucket/key.
type S3 struct {
	Endpoint    *url.URL // scheme and host
	Bucket      string
	Region      string
	Credentials aws.CredentialsProvider
	Client      *http.Client
	Clock       clock.Clock
}

// maxAnswer is how much of a refusal is read.
const maxAnswer = 64 << 10

// Put implements trail.Destination (Amazon S3 API Reference, PutObject).
func (s *S3) Put(ctx context.Context, key string, body []byte, metadata map[string]string) error {
	r, err := s.request(ctx, key, body, metadata)
	if err != nil {
		return err
	}
	answer, err := s.Client.Do(r)
	if err != nil {
		return &trail.DeliveryError{Code: "ServiceUnavailable", Err: err}
	}
	text, readErr := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err := errors.Join(readErr, answer.Body.Close()); err != nil {
		return &trail.DeliveryError{Code: "ServiceUnavailable", Err: err}
	}
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	var fault struct{ Code, Message string }
	if xml.Unmarshal(text, &fault) != nil || fault.Code == "" {
		fault.Code = "InternalError"
	}
	return &trail.DeliveryError{Code: fault.Code, Err: fmt.Errorf("%s: %s", answer.Status, fault.Message)}
}

// request is a signed PutObject.
func (s *S3) request(ctx context.Context, key string, body []byte, metadata map[string]string) (*http.Request, error) {
	address := *s.Endpoint
	address.Path = "/" + s.Bucket + "/" + key
	address.RawPath = escape(address.Path)
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, address.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, value := range metadata {
		r.Header.Set("X-Amz-Meta-"+name, value)
	}
	sum := sha256.Sum256(body)
	digest := hex.EncodeToString(sum[:])
	r.Header.Set("X-Amz-Content-Sha256", digest)
	credentials, err := s.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, &trail.DeliveryError{Code: "AccessDenied", Err: fmt.Errorf("credentials for %s: %w", s.Endpoint.Host, err)}
	}
	// S3 signs paths as they are sent, escaped once.
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	return r, signer.SignHTTP(ctx, credentials, r, digest, "s3", s.Region, s.Clock.Now())
}

// escape writes a path as Signature Version 4 wants it: more characters are escaped
// than package url does.
func escape(path string) string {
	var out strings.Builder
	for _, c := range []byte(path) {
		if c == '/' || c == '-' || c == '_' || c == '.' || c == '~' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			out.WriteByte(c)
		} else {
			fmt.Fprintf(&out, "%%%02X", c)
		}
	}
	return out.String()
}
