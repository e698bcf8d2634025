package sigv4

// Code is why a request was not authenticated, under the name that the query protocol has for it.
type Code string

// The closed set of codes.
const (
	// MissingAuthenticationToken: there is no signature at all.
	MissingAuthenticationToken Code = "MissingAuthenticationToken"
	// IncompleteSignature: there is one, but it lacks a part or cannot be read.
	IncompleteSignature Code = "IncompleteSignature"
	// SignatureDoesNotMatch: it is complete and wrong, too old, or not for this service.
	SignatureDoesNotMatch Code = "SignatureDoesNotMatch"
	// InvalidClientTokenID: the access key or its session token is not known.
	InvalidClientTokenID Code = "InvalidClientTokenId"
	// ExpiredToken: the temporary credentials have expired.
	ExpiredToken Code = "ExpiredToken"

	// The next two occur with foreign services only, where S3 tells them apart.

	// RequestTimeTooSkewed: the signing date is too far from our clock.
	RequestTimeTooSkewed Code = "RequestTimeTooSkewed"
	// RequestExpired: the presigned URL is past its X-Amz-Expires.
	RequestExpired Code = "RequestExpired"
)

// JSONName is the code under the name that the JSON protocols have for it.
func (c Code) JSONName() string {
	switch c {
	case SignatureDoesNotMatch:
		return "InvalidSignatureException"
	case InvalidClientTokenID:
		return "UnrecognizedClientException"
	default:
		return string(c) + "Exception"
	}
}

// Error is a refusal. The message is AWS's sentence and may be shown to the client.
type Error struct {
	Code    Code
	Message string
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// UnknownCredentials is the refusal of an access key, or a session token, that does not exist,
// does not belong together, or was revoked.
func UnknownCredentials() *Error {
	return &Error{InvalidClientTokenID, "The security token included in the request is invalid."}
}

// ExpiredCredentials is the refusal of temporary credentials after their end.
func ExpiredCredentials() *Error {
	return &Error{ExpiredToken, "The security token included in the request is expired"}
}

func mismatch() *Error {
	return &Error{SignatureDoesNotMatch, "The request signature we calculated does not match the signature you provided. " +
		"Check your AWS Secret Access Key and signing method. Consult the service documentation for details."}
}

func incomplete(message string) *Error { return &Error{IncompleteSignature, message} }
