package extauthz

import (
	"net/http"

	"github.com/gatehouse-idc/gatehouse/internal/sigv4"
)

// denial is a refusal. The reason is public.
type denial struct {
	code   code
	reason string
}

// Error implements error.
func (d denial) Error() string { return d.reason }

// code is a refusal's name, as S3 has it; the other services have AccessDenied and the like from it.
// "Error responses", Amazon S3 API Reference.
type code string

const (
	codeAccessDenied    code = "AccessDenied"
	codeMalformed       code = "AuthorizationHeaderMalformed"
	codeExpiredToken    code = "ExpiredToken"
	codeInvalidKeyID    code = "InvalidAccessKeyId"
	codeInvalidURI      code = "InvalidURI"
	codeRequestTooOld   code = "RequestTimeTooSkewed"
	codeWrongSignature  code = "SignatureDoesNotMatch"
	codeInvalidArgument code = "InvalidArgument"
)

// status is the code's HTTP status. None is 5xx, which proxies take for a failure of ours. Not every
// proxy can pass the others on: nginx knows 401 and 403 only.
func (c code) status() int {
	switch c {
	case codeMalformed, codeExpiredToken, codeInvalidURI, codeInvalidArgument:
		return http.StatusBadRequest
	}
	return http.StatusForbidden
}

// ofSignature is the denial for a signature that was refused.
func ofSignature(e *sigv4.Error) denial {
	d := denial{code: codeWrongSignature, reason: e.Message}
	switch e.Code {
	case sigv4.MissingAuthenticationToken, sigv4.RequestExpired:
		d.code = codeAccessDenied
	case sigv4.IncompleteSignature:
		d.code = codeMalformed
	case sigv4.InvalidClientTokenID:
		d.code = codeInvalidKeyID
	case sigv4.ExpiredToken:
		d.code = codeExpiredToken
	case sigv4.RequestTimeTooSkewed:
		d.code = codeRequestTooOld
	}
	return d
}
