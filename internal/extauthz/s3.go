package extauthz

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/sigv4"
)

// maxKey is the longest key of an object in bytes.
const maxKey = 1024

// s3request is an S3 request on its way to becoming a task.
type s3request struct {
	*inquiry
	service *service
	signed  *sigv4.Signed
	caller  string // account
	bucket  string
	key     string
	path    string            // in path style, as it is handed on
	query   map[string]string // without what belongs to a presigned URL
	op      *s3op
}

// judgeS3 finds out what a request of the style "s3" is about.
func (d *Door) judgeS3(s *service, in *inquiry, signed *sigv4.Signed, callerAccount string) (*task, error) {
	r := &s3request{inquiry: in, service: s, signed: signed, caller: callerAccount}
	for _, step := range []func() error{r.checkHeaders, r.readPath, r.readParameters, func() error { return r.findOperation(&d.s3) }, r.checkParameters} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	t := &task{
		operation: r.op.name, readOnly: r.Method == http.MethodGet || r.Method == http.MethodHead || r.op.name == "SelectObjectContent",
		target: r.path + r.cleanQuery(), resource: r.path, parameters: r.parameters(),
	}
	if r.bucket != "" {
		t.resources = append(t.resources, eventResource{"AWS::S3::Bucket", bucketARN(r.bucket)})
	}
	if r.key != "" {
		t.resources = append(t.resources, eventResource{"AWS::S3::Object", r.resource()})
	}
	return t, r.addNeeds(t)
}

// checkHeaders refuses headers that S3 does not have, and lists where S3 has one value: two headers
// that a proxy has joined would be read here as one, and by the service as either.
func (r *s3request) checkHeaders() error {
	for name, values := range r.Header {
		value := values[0]
		switch {
		case strings.HasPrefix(name, "X-Minio-"), name == "X-Amz-Meta-Snowball-Auto-Extract":
			return denial{code: codeAccessDenied, reason: "The header " + name + " is not accepted."}
		case !strings.HasPrefix(name, "X-Amz-"):
			continue
		case !plainText(value):
			return denial{code: codeInvalidArgument, reason: "The header " + name + " is not text."}
		case hasAnyPrefix(name, "X-Amz-Meta-", "X-Amz-Checksum-", "X-Amz-Grant-"):
			continue
		case !s3headers[name]:
			return denial{code: codeAccessDenied, reason: "The header " + name + " is not known."}
		case strings.Contains(value, ","):
			switch name {
			case "X-Amz-Object-Attributes", "X-Amz-Optional-Object-Attributes", "X-Amz-User-Agent", "X-Amz-Trailer", "X-Amz-Website-Redirect-Location":
			default:
				return denial{code: codeInvalidArgument, reason: "The header " + name + " must have one value, without a comma."}
			}
		}
	}
	return nil
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

// readPath finds bucket and key: in the path, or the bucket in the host.
func (r *s3request) readPath() error {
	raw, _, _ := strings.Cut(r.Target, "?")
	bucket, err := r.bucketInHost()
	if err != nil {
		return err
	}
	if bucket != "" && strings.HasPrefix(raw, "/") {
		raw = "/" + bucket + raw
	}
	r.path = raw
	segments, err := splitPath(raw, true)
	if err != nil {
		return err
	}
	r.bucket, r.key = segments[0], strings.Join(segments[1:], "/")
	switch {
	case r.bucket == "" && len(segments) == 1:
		return nil
	case !isBucket(r.bucket):
		return denial{code: codeInvalidURI, reason: "The path does not begin with the name of a bucket."}
	case len(r.key) > maxKey:
		return denial{code: codeInvalidURI, reason: "The key is longer than 1024 bytes."}
	}
	return nil
}

// bucketInHost returns the bucket of a request in virtual-host style. Where domains are set, every
// request must come by one of them.
func (r *s3request) bucketInHost() (string, error) {
	if len(r.service.Domains) == 0 {
		return "", nil
	}
	host := withoutPort(r.Host)
	for _, domain := range r.service.Domains {
		if host == domain {
			return "", nil
		}
		if bucket, ok := strings.CutSuffix(host, "."+domain); ok {
			if !isBucket(bucket) {
				break
			}
			return bucket, nil
		}
	}
	return "", denial{code: codeAccessDenied, reason: "The host " + r.Host + " is none of the service's."}
}

// isBucket follows "Bucket naming rules" in the S3 User Guide.
func isBucket(name string) bool {
	if len(name) < 3 || len(name) > 63 || strings.Contains(name, "..") {
		return false
	}
	for i := range len(name) {
		c := name[i]
		alnum := c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
		if !alnum && (c != '-' && c != '.' || i == 0 || i == len(name)-1) {
			return false
		}
	}
	return true
}

// readParameters takes the query, and out of it what belongs to a presigned URL. Headers that a
// signer has moved into the query are denied, but for those that change nothing: services differ in
// whether they heed them.
func (r *s3request) readParameters() error {
	_, raw, _ := strings.Cut(r.Target, "?")
	all, err := readQuery(raw)
	if err != nil {
		return err
	}
	r.query = map[string]string{}
	for name, value := range all {
		if !isSignatureParameter(name, r.signed.Presigned) {
			r.query[name] = value
		}
	}
	return nil
}

// isSignatureParameter reports whether a query parameter is part of a presigned URL and nothing else.
func isSignatureParameter(name string, presigned bool) bool {
	if !presigned {
		return false
	}
	switch strings.ToLower(name) {
	case "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-signedheaders", "x-amz-signature",
		"x-amz-security-token", "x-amz-content-sha256":
		return true
	}
	return false
}

// cleanQuery is the query as it was sent, without what belongs to a presigned URL.
func (r *s3request) cleanQuery() string {
	_, raw, _ := strings.Cut(r.Target, "?")
	var kept []string
	for pair := range strings.SplitSeq(raw, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if name, err := url.QueryUnescape(name); pair != "" && err == nil && !isSignatureParameter(name, r.signed.Presigned) {
			kept = append(kept, pair)
		}
	}
	if len(kept) == 0 {
		return ""
	}
	return "?" + strings.Join(kept, "&")
}

func (r *s3request) level() level {
	switch {
	case r.bucket == "":
		return onService
	case r.key == "":
		return onBucket
	}
	return onObject
}

// findOperation looks up what the request does. Two subresources at once are none.
func (r *s3request) findOperation(x *s3index) error {
	sub := ""
	for name := range r.query {
		if !x.subs[s3key{"", r.level(), name}] {
			continue
		}
		if sub != "" {
			return unknown("two subresources, " + min(sub, name) + " and " + max(sub, name))
		}
		sub = name
	}
	r.op = x.ops[s3key{r.Method, r.level(), sub}]
	if r.op == nil {
		return unknown(r.Method + " of " + [...]string{"the service", "a bucket", "an object"}[r.level()] + withSub(sub))
	}
	return nil
}

func withSub(sub string) string {
	if sub == "" {
		return ""
	}
	return " with ?" + sub
}

// checkParameters refuses query parameters that the operation does not have.
func (r *s3request) checkParameters() error {
	for name, value := range r.query {
		switch {
		case name == r.op.sub:
			if r.op.is(valued) != (value != "") {
				return unknown(r.op.name + " with " + name + "=" + value)
			}
		case name == "versionId" && r.op.is(versions):
			if value == "" {
				return unknown(r.op.name + " with an empty versionId")
			}
		case slices.Contains(r.op.params, name):
		case name == "x-id", name == "X-Amz-Sdk-Checksum-Algorithm", name == "x-amz-sdk-checksum-algorithm", name == "x-amz-user-agent",
			name == "x-amz-checksum-mode", name == "X-Amz-Checksum-Mode":
			// said by SDKs, and without effect on what is done to what
		default:
			return unknown(r.op.name + " with the parameter " + name)
		}
	}
	if r.op.name == "UploadPart" && r.query["partNumber"] == "" {
		return unknown("UploadPart without partNumber")
	}
	return nil
}

func unknown(what string) error {
	return denial{code: codeAccessDenied, reason: "Not an operation that is known here: " + what + "."}
}

func bucketARN(bucket string) string { return "arn:aws:s3:::" + bucket }

func objectARN(bucket, key string) string { return "arn:aws:s3:::" + bucket + "/" + key }

func (r *s3request) resource() string {
	switch r.level() {
	case onService:
		return "*"
	case onBucket:
		return bucketARN(r.bucket)
	}
	return objectARN(r.bucket, r.key)
}

// owner returns the account that owns a bucket.
func (s *service) owner(bucket, callerAccount string) string {
	if id, ok := s.Buckets[bucket]; ok {
		return id
	}
	return account(s.ResourceAccount, callerAccount)
}

func (r *s3request) parameters() map[string]string {
	out := map[string]string{"Host": r.Host}
	if r.bucket != "" {
		out["bucketName"] = r.bucket
	}
	if r.key != "" {
		out["key"] = r.key
	}
	for name, value := range r.query {
		out[name] = value
	}
	if source := r.Header.Get("X-Amz-Copy-Source"); source != "" {
		out["x-amz-copy-source"] = source
	}
	return out
}
