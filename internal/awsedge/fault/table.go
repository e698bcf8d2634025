package fault

import (
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// entry is a framework error in JSON and in query services.
type entry struct {
	code        string
	status      int
	queryCode   string
	queryStatus int
	text        string // when the error brings none
}

// candidates lists, best first, the exceptions that mean an error's kind. The
// name of the resource makes some of them: PolicyNotFoundException.
func candidates(e *idc.Error) []string {
	switch e.Kind {
	case idc.NotFound:
		return []string{e.Resource + "NotFound", "ResourceNotFound", "NoSuchEntity"}
	case idc.Conflict:
		return []string{"Duplicate" + e.Resource, e.Resource + "AlreadyExists", "EntityAlreadyExists", "Conflict",
			"DeleteConflict", "ConcurrentModification", "ConstraintViolation"}
	case idc.Invalid:
		return []string{"Validation", "InvalidInput", "InvalidParameter", "InvalidRequest"}
	case idc.Unauthenticated:
		return []string{"Unauthorized", "InvalidClient"}
	case idc.Denied:
		return []string{"AccessDenied"}
	case idc.Throttled:
		return []string{"Throttling", "TooManyRequests", "TooManyRequestsError", "SlowDown"}
	case idc.QuotaExceeded:
		return []string{e.Resource + "ConstraintViolation", "ServiceQuotaExceeded", "LimitExceeded", "ConstraintViolation"}
	case idc.Expired:
		return []string{"ExpiredToken", "InvalidGrant", "Unauthorized"}
	case idc.Internal:
		return []string{"InternalServer", "Service", "ServiceFailure"}
	case idc.Unavailable:
		return []string{"ServiceUnavailable"}
	}
	return nil
}

// aliases lists the names an exception for a reason may have, the reason's own first.
func aliases(r idc.Reason) []string {
	switch r {
	case idc.ReasonAccessDeniedByUser:
		return []string{"AccessDenied"}
	case idc.ReasonAlreadyExists:
		return []string{"AlreadyExists", "EntityAlreadyExists"}
	}
	return []string{string(r)}
}

// isFramework reports whether a reason names an error that no operation models.
func isFramework(r idc.Reason) bool {
	return slices.Contains([]idc.Reason{Serialization, UnknownOperation, UnknownPath, MissingAction, MalformedQuery, MalformedInput, TooLarge, MethodNotAllowed}, r)
}

// framework is the error every AWS service has for a failure.
func framework(service *awsapi.Service, e *idc.Error) entry {
	if entry, known := byFrameworkReason(e.Reason); known {
		return entry
	}
	if service != nil && service.Protocol == awsapi.RestJSON {
		if entry, known := restFramework(service, e); known {
			return entry
		}
	}
	switch e.Kind {
	case idc.NotFound:
		if service != nil && service.Name == "sts" {
			return entry{queryCode: "ValidationError", queryStatus: 400}
		}
		return entry{code: "ResourceNotFoundException", status: 400, queryCode: "NoSuchEntity", queryStatus: 404}
	case idc.Conflict:
		return entry{code: "ConflictException", status: 400, queryCode: "OperationConflict", queryStatus: 409}
	case idc.Invalid:
		return entry{code: "ValidationException", status: 400, queryCode: "ValidationError", queryStatus: 400}
	case idc.Unauthenticated:
		if entry, known := signing(e); known {
			return entry
		}
		return entry{code: "UnrecognizedClientException", status: 400, queryCode: "InvalidClientTokenId", queryStatus: 403}
	case idc.Denied:
		return entry{code: "AccessDeniedException", status: 400, queryCode: "AccessDenied", queryStatus: 403}
	case idc.Throttled:
		return entry{code: "ThrottlingException", status: 400, queryCode: "Throttling", queryStatus: 400}
	case idc.QuotaExceeded:
		return entry{code: "ServiceQuotaExceededException", status: 400, queryCode: "LimitExceeded", queryStatus: 409}
	case idc.Expired:
		return entry{code: "ExpiredTokenException", status: 400, queryCode: "ExpiredToken", queryStatus: 403}
	case idc.Unavailable:
		return entry{code: "ServiceUnavailableException", status: 503, queryCode: "ServiceUnavailable", queryStatus: 503}
	case idc.NotImplemented:
		return entry{code: "NotImplementedException", status: 501, queryCode: "NotImplemented", queryStatus: 501}
	}
	return entry{code: "InternalFailure", status: 500, queryCode: "InternalFailure", queryStatus: 500}
}

func byFrameworkReason(r idc.Reason) (entry, bool) {
	switch r {
	case Serialization:
		return entry{code: "SerializationException", status: 400, queryCode: "MalformedInput", queryStatus: 400}, true
	case UnknownOperation:
		return entry{code: "UnknownOperationException", status: 400, queryCode: "InvalidAction", queryStatus: 400}, true
	case UnknownPath:
		return entry{code: "UnknownOperationException", status: 404, queryCode: "UnknownOperationException", queryStatus: 404}, true
	case MissingAction:
		return entry{code: "MissingAction", status: 400, queryCode: "MissingAction", queryStatus: 400}, true
	case MalformedQuery:
		return entry{code: "MalformedQueryString", status: 400, queryCode: "MalformedQueryString", queryStatus: 400}, true
	case MalformedInput:
		return entry{code: "SerializationException", status: 400, queryCode: "MalformedInput", queryStatus: 400}, true
	case TooLarge:
		return entry{code: "RequestEntityTooLargeException", status: 413, queryCode: "RequestEntityTooLarge", queryStatus: 413}, true
	case MethodNotAllowed:
		return entry{code: "MethodNotAllowedException", status: 405, queryCode: "MethodNotAllowed", queryStatus: 405}, true
	}
	return entry{}, false
}

// restFramework is what restJson services answer where their models are
// silent, with the status that says it in HTTP.
func restFramework(service *awsapi.Service, e *idc.Error) (entry, bool) {
	if service.Name == "sso-oidc" {
		return oidcFramework(e)
	}
	switch e.Kind {
	case idc.NotFound:
		return entry{code: "ResourceNotFoundException", status: 404}, true
	case idc.Conflict:
		return entry{code: "ConflictException", status: 409}, true
	case idc.Unauthenticated, idc.Expired:
		return entry{code: "UnauthorizedException", status: 401}, true
	case idc.Denied:
		// The portal API's ForbiddenException is in no model, yet is what it answers.
		if service.Name == "sso" {
			return entry{code: "ForbiddenException", status: 403}, true
		}
		return entry{code: "AccessDeniedException", status: 403}, true
	case idc.Throttled:
		return entry{code: "TooManyRequestsException", status: 429}, true
	case idc.QuotaExceeded:
		return entry{code: "ServiceQuotaExceededException", status: 402}, true
	}
	return entry{}, false
}

// oidcFramework keeps to the words of OAuth where an operation of sso-oidc
// models nothing nearer.
func oidcFramework(e *idc.Error) (entry, bool) {
	switch e.Kind {
	case idc.NotFound, idc.Conflict, idc.QuotaExceeded, idc.Invalid:
		return entry{code: "InvalidRequestException", status: 400}, true
	case idc.Unauthenticated:
		return entry{code: "InvalidClientException", status: 401}, true
	case idc.Denied:
		return entry{code: "AccessDeniedException", status: 400}, true
	case idc.Expired:
		return entry{code: "ExpiredTokenException", status: 400}, true
	}
	return entry{}, false
}

// signing is what is wrong with a signature or the key that made it.
func signing(e *idc.Error) (entry, bool) {
	switch e.Reason {
	case idc.ReasonMissingAuthentication:
		return entry{"MissingAuthenticationTokenException", 400, "MissingAuthenticationToken", 403, "Missing Authentication Token"}, true
	case idc.ReasonIncompleteSignature:
		return entry{"IncompleteSignatureException", 400, "IncompleteSignature", 400, "The request signature does not conform to AWS standards."}, true
	case idc.ReasonSignatureMismatch:
		return entry{"InvalidSignatureException", 400, "SignatureDoesNotMatch", 403, mismatchText}, true
	case idc.ReasonInvalidAccessKey:
		return entry{"UnrecognizedClientException", 400, "InvalidClientTokenId", 403, invalidTokenText}, true
	case idc.ReasonRequestExpired:
		return entry{"InvalidSignatureException", 400, "SignatureDoesNotMatch", 403, mismatchText}, true
	}
	switch e.Kind {
	case idc.Unauthenticated:
		return entry{"UnrecognizedClientException", 400, "InvalidClientTokenId", 403, invalidTokenText}, true
	case idc.Expired:
		return entry{"ExpiredTokenException", 400, "ExpiredToken", 403, "The security token included in the request is expired"}, true
	}
	return entry{}, false
}

const (
	invalidTokenText = "The security token included in the request is invalid."
	mismatchText     = "The request signature we calculated does not match the signature you provided. " +
		"Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
)
