package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Foreign is how the signatures of a service that is not ours are read: one behind a proxy that asks
// whether a request may pass, where the body is never seen. Our own doors use Parse and Verify, which
// know none of this.
type Foreign struct {
	// S3 reads signatures as Amazon S3 does: the path is signed as it was sent, neither normalized nor
	// escaped once more; X-Amz-Content-Sha256 must be there, may say UNSIGNED-PAYLOAD or one of the
	// STREAMING- forms, and a presigned URL without it does not sign its payload.
	//
	// Without it the body must be empty, or be covered by X-Amz-Content-Sha256.
	S3 bool
	// Presigned accepts a signature in the query, which then lives as long as its X-Amz-Expires says.
	Presigned bool
}

// The payload hashes that stand for no hash ("Authenticating Requests: Using the Authorization Header", S3 API Reference).
const unsignedPayload = "UNSIGNED-PAYLOAD"

func isStreaming(hash string) bool {
	switch hash {
	case "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER":
		return true
	}
	return false // the ECDSA forms belong to version 4A
}

// emptyHash is the SHA-256 of nothing.
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// Parse reads the signature of a request whose body is not seen. On top of what the package's Parse
// demands, every X-Amz- header must be signed and occur once: such headers decide what S3 does. The
// error is an *Error.
func (f Foreign) Parse(r *http.Request) (*Signed, error) {
	s, err := parse(r, &f)
	if err != nil {
		return nil, err
	}
	if s.Presigned && !f.Presigned {
		return nil, &Error{IncompleteSignature, "Presigned requests are not accepted here."}
	}
	if err := s.requireAmzHeaders(r.Header); err != nil {
		return nil, err
	}
	return s, nil
}

// requireAmzHeaders refuses what somebody may have added to a signed request.
func (s *Signed) requireAmzHeaders(h http.Header) error {
	for name, values := range h {
		if !strings.HasPrefix(name, "X-Amz-") || name == "X-Amz-Cf-Id" { // CloudFront adds its own
			continue
		}
		if len(values) > 1 {
			return incomplete("The header '" + name + "' occurs more than once.")
		}
		if _, signed := slices.BinarySearch(s.SignedHeaders, strings.ToLower(name)); !signed {
			return &Error{SignatureDoesNotMatch, "'" + name + "' must be a 'SignedHeader' in the AWS Authorization."}
		}
	}
	return nil
}

// setForeignPayload takes the payload hash that the client declares. inQuery is the hash from a
// presigned URL.
func (s *Signed) setForeignPayload(r *http.Request, f *Foreign, inQuery string) error {
	declared := r.Header.Get("X-Amz-Content-Sha256")
	if inQuery != "" {
		if declared != "" && declared != inQuery {
			return mismatch()
		}
		declared = inQuery
	}
	s.foreign = true
	switch {
	case declared == "" && f.S3 && s.Presigned:
		s.payloadHash = unsignedPayload
	case declared == "" && f.S3:
		return incomplete("Missing required header for this request: x-amz-content-sha256")
	case declared == "" && mayHaveBody(r):
		return incomplete("The body is not seen here: a request that may have a body must carry a signed 'X-Amz-Content-Sha256' header.")
	case declared == "":
		s.payloadHash = emptyHash
	case isHash(declared), f.S3 && declared == unsignedPayload, f.S3 && isStreaming(declared) && !s.Presigned:
		s.payloadHash = declared
	default:
		return &Error{SignatureDoesNotMatch, "'" + declared + "' is not accepted for 'X-Amz-Content-Sha256'."}
	}
	return nil
}

// mayHaveBody reports whether a request can have a body that nobody signed. Headers
// alone do not tell: a chunked body has no length, and some proxies drop the length
// from their question. So methods that are made for a body count as having one.
func mayHaveBody(r *http.Request) bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodDelete, http.MethodOptions:
	default:
		return true
	}
	length := r.Header.Get("Content-Length")
	return r.ContentLength > 0 || length != "" && length != "0" || r.Header.Get("Transfer-Encoding") != ""
}

func isHash(s string) bool {
	_, err := hex.DecodeString(s)
	return err == nil && len(s) == 2*sha256.Size && s == strings.ToLower(s)
}

// setExpires reads how long a presigned URL lives.
func (s *Signed) setExpires(text string) error {
	if text == "" {
		return incomplete("AWS query-string parameters must include 'X-Amz-Expires'. Re-examine the query-string parameters.")
	}
	seconds, err := strconv.Atoi(text) // checked before to be a number in its range
	if err != nil {
		return incomplete("X-Amz-Expires should be a number")
	}
	s.lifetime = time.Duration(seconds) * time.Second
	return nil
}

// VerifyUnseen checks a signature that Foreign.Parse has read: that it was made with the secret over
// the payload hash the client declares, and that it is not older than its time: 15 minutes, or for a
// presigned URL what it says. Whether the body has that hash is for whoever receives it to check. The
// error is an *Error.
func (v *Verifier) VerifyUnseen(s *Signed, secret string, now time.Time) error {
	if !s.foreign {
		return mismatch() // it was read for one of our own doors, which see the body
	}
	if err := s.checkForeignClock(now); err != nil {
		return err
	}
	return v.check(s, secret, []byte(s.payloadHash))
}

// PayloadHash is what a foreign signature covers of the body: its SHA-256 in hexadecimal, or
// UNSIGNED-PAYLOAD or a STREAMING- form.
func (s *Signed) PayloadHash() string { return s.payloadHash }

func (s *Signed) checkForeignClock(now time.Time) error {
	now = now.UTC().Truncate(time.Second)
	if s.Presigned && now.After(s.Date.Add(s.lifetime)) {
		return &Error{RequestExpired, "Request has expired"}
	}
	if s.Date.After(now.Add(window)) || !s.Presigned && s.Date.Before(now.Add(-window)) {
		return &Error{RequestTimeTooSkewed, "The difference between the request time and the current time is too large."}
	}
	return nil
}
