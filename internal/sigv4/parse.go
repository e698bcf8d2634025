package sigv4

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	terminator = "aws4_request"
	dateForm   = "20060102T150405Z"

	maxExpires = 604800 // seconds, one week
)

// Signed is a request's signature, read but not yet verified.
type Signed struct {
	AccessKeyID   string
	Date          time.Time // when it was signed, to the second
	Region        string    // of the credential scope
	Service       string    // of the credential scope: the signing name, such as "sso"
	SignedHeaders []string  // lower case, sorted
	SecurityToken string    // session token of temporary credentials, or empty
	Presigned     bool      // the signature is in the query

	scope       string        // date/region/service/aws4_request
	signature   string        // 64 hex digits, if it is one
	payloadHash string        // X-Amz-Content-Sha256 as sent, or empty
	foreign     bool          // read by Foreign.Parse: payloadHash stands for a body that is not seen
	lifetime    time.Duration // of a foreign presigned URL
	// canonical is the canonical request up to the payload hash; plainPath is the same over a path
	// that was not normalized, or nil where that makes no difference.
	canonical, plainPath []byte
}

// Parse reads the signature of a request. It does not read the body. The error is an *Error.
func Parse(r *http.Request) (*Signed, error) { return parse(r, nil) }

// parse reads the signature for one of our own doors, or for a foreign service.
func parse(r *http.Request, f *Foreign) (*Signed, error) {
	for _, name := range []string{"Authorization", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Target", "X-Amz-Content-Sha256"} {
		if len(r.Header[name]) > 1 {
			return nil, incomplete("The header '" + name + "' occurs more than once.")
		}
	}
	query, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	authorization := r.Header.Get("Authorization")
	presigned := query.has("X-Amz-Algorithm") || query.has("X-Amz-Credential") || query.has("X-Amz-Signature")
	switch {
	case presigned && authorization != "":
		return nil, incomplete("Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter or the Authorization header should be specified.")
	case presigned:
		return parsePresigned(r, query, f)
	case authorization != "":
		return parseHeader(r, query, authorization, f)
	default:
		return nil, &Error{MissingAuthenticationToken, "Missing Authentication Token"}
	}
}

// parseHeader reads "AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=...".
func parseHeader(r *http.Request, query params, authorization string, f *Foreign) (*Signed, error) {
	name, rest, _ := strings.Cut(authorization, " ")
	if name != algorithm {
		return nil, incomplete("Unsupported AWS 'algorithm': '" + name + "'.")
	}
	parts, err := authorizationParts(rest)
	if err != nil {
		return nil, err
	}
	date, dateHeader, missing := signingDate(r.Header)
	for _, key := range []string{"SignedHeaders", "Signature", "Credential"} {
		if parts[key] == "" {
			missing = "Authorization header requires '" + key + "' parameter. " + missing
		}
	}
	if missing != "" {
		return nil, incomplete(missing + "(Hashed with SHA-256 and encoded with Base64) Authorization=" + fingerprint(authorization))
	}
	s := &Signed{
		signature:     parts["Signature"],
		SecurityToken: r.Header.Get("X-Amz-Security-Token"),
	}
	if err := s.setScope(parts["Credential"], date); err != nil {
		return nil, err
	}
	if err := s.setSignedHeaders(parts["SignedHeaders"], r.Header, "host", dateHeader); err != nil {
		return nil, err
	}
	if err := s.setPayload(r, f, ""); err != nil {
		return nil, err
	}
	if err := s.canonicalize(r, query, f); err != nil {
		return nil, err
	}
	return s, nil
}

// authorizationParts splits the comma-separated key=value pairs.
func authorizationParts(list string) (map[string]string, error) {
	parts := make(map[string]string, 3)
	for pair := range strings.SplitSeq(list, ",") {
		pair = strings.TrimSpace(pair)
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, incomplete("The signature contains an in-valid key=value pair (missing equal-sign) in Authorization header " +
				"(hashed with SHA-256 and encoded with Base64): '" + fingerprint(pair) + "'.")
		}
		if _, dup := parts[key]; dup {
			return nil, incomplete("Authorization header has more than one '" + key + "' parameter.")
		}
		parts[key] = value
	}
	return parts, nil
}

// fingerprint stands for a header in an error message: it may hold a secret that was sent by mistake.
func fingerprint(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// signingDate finds the signing date and the header it is in: X-Amz-Date, or Date where that is missing.
func signingDate(h http.Header) (date, header, missing string) {
	if date = h.Get("X-Amz-Date"); date != "" {
		return date, "x-amz-date", ""
	}
	if dates := h["Date"]; len(dates) == 1 {
		if t, err := http.ParseTime(dates[0]); err == nil {
			return t.UTC().Format(dateForm), "date", ""
		}
		return dates[0], "date", ""
	}
	return "", "", "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
}

// parsePresigned reads the X-Amz- parameters of a presigned URL.
func parsePresigned(r *http.Request, query params, f *Foreign) (*Signed, error) {
	value := map[string]string{}
	for _, p := range query {
		if !strings.HasPrefix(p.key, "X-Amz-") {
			continue
		}
		if _, dup := value[p.key]; dup {
			return nil, incomplete("The query-string parameter '" + p.key + "' occurs more than once.")
		}
		value[p.key] = p.value
	}
	var missing strings.Builder
	for _, key := range []string{"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"} {
		if value[key] == "" {
			missing.WriteString("AWS query-string parameters must include '" + key + "'. ")
		}
	}
	if missing.Len() > 0 {
		return nil, incomplete(missing.String() + "Re-examine the query-string parameters.")
	}
	if value["X-Amz-Algorithm"] != algorithm {
		return nil, incomplete("Unsupported AWS 'algorithm': '" + value["X-Amz-Algorithm"] + "'.")
	}
	if text, ok := value["X-Amz-Expires"]; ok {
		seconds, err := strconv.Atoi(text)
		switch {
		case err != nil:
			return nil, incomplete("X-Amz-Expires should be a number")
		case seconds < 1 || seconds > maxExpires:
			return nil, incomplete("X-Amz-Expires must be from 1 to 604800 seconds")
		}
	}
	s := &Signed{
		Presigned:     true,
		signature:     value["X-Amz-Signature"],
		SecurityToken: value["X-Amz-Security-Token"],
	}
	if err := s.setScope(value["X-Amz-Credential"], value["X-Amz-Date"]); err != nil {
		return nil, err
	}
	if err := s.setSignedHeaders(value["X-Amz-SignedHeaders"], r.Header, "host"); err != nil {
		return nil, err
	}
	if err := s.setPayload(r, f, value["X-Amz-Content-Sha256"]); err != nil {
		return nil, err
	}
	if f != nil {
		if err := s.setExpires(value["X-Amz-Expires"]); err != nil {
			return nil, err
		}
	}
	if err := s.canonicalize(r, query.without("X-Amz-Signature"), f); err != nil {
		return nil, err
	}
	return s, nil
}

// setScope reads keyid/date/region/service/aws4_request and checks it against the signing date.
func (s *Signed) setScope(credential, date string) error {
	t, err := time.Parse(dateForm, date)
	if err != nil || len(date) != len(dateForm) { // Parse would accept fractions of a second
		return incomplete("Date must be in ISO-8601 'basic format'. Got '" + date + "'. See http://en.wikipedia.org/wiki/ISO_8601")
	}
	s.Date = t
	parts := strings.Split(credential, "/")
	if len(parts) != 5 || slices.Contains(parts[:4], "") {
		return incomplete("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '" + credential + "'")
	}
	if parts[4] != terminator {
		return &Error{SignatureDoesNotMatch, "Credential should be scoped with a valid terminator: 'aws4_request', not '" + parts[4] + "'."}
	}
	if day := date[:len("20060102")]; parts[1] != day {
		return &Error{SignatureDoesNotMatch, "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '" +
			parts[1] + "' != '" + day + "', from '" + date + "'."}
	}
	s.AccessKeyID, s.Region, s.Service = parts[0], parts[2], parts[3]
	s.scope = credential[len(parts[0])+1:]
	return nil
}

// setSignedHeaders reads the list of signed headers. It must be in lower case, sorted and without
// repeats, as the specification has it; it must hold the required headers, and those that decide
// what the request means if they are present.
func (s *Signed) setSignedHeaders(list string, h http.Header, required ...string) error {
	names := strings.Split(list, ";")
	for i, name := range names {
		if name == "" || name != strings.ToLower(name) || i > 0 && names[i-1] >= name {
			return &Error{SignatureDoesNotMatch, "SignedHeaders must be lower-case header names in alphabetical order, each once, got '" + list + "'."}
		}
	}
	for _, name := range []string{"X-Amz-Content-Sha256", "X-Amz-Security-Token", "X-Amz-Target"} {
		if len(h[name]) > 0 {
			required = append(required, strings.ToLower(name))
		}
	}
	for _, name := range required {
		if _, ok := slices.BinarySearch(names, name); ok {
			continue
		}
		if name == "host" {
			return &Error{SignatureDoesNotMatch, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."}
		}
		return &Error{SignatureDoesNotMatch, "'" + http.CanonicalHeaderKey(name) + "' must be a 'SignedHeader' in the AWS Authorization."}
	}
	s.SignedHeaders = names
	return nil
}

// setPayload reads what the client says of the payload. Our own doors see the body, and want it signed.
func (s *Signed) setPayload(r *http.Request, f *Foreign, inQuery string) error {
	if f != nil {
		return s.setForeignPayload(r, f, inQuery)
	}
	s.payloadHash = r.Header.Get("X-Amz-Content-Sha256")
	if s.payloadHash == unsignedPayload || strings.HasPrefix(s.payloadHash, "STREAMING-") {
		return &Error{SignatureDoesNotMatch, "The payload must be signed: '" + s.payloadHash + "' is not accepted for 'X-Amz-Content-Sha256'."}
	}
	return nil
}
