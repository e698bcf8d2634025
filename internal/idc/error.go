package idc

import (
	"errors"
	"fmt"
)

// Kind classifies an Error. The set is closed: every front door has one
// renderer that turns each Kind into its own protocol.
type Kind uint8

// The kinds of failure.
const (
	// Internal is a fault of ours; its private cause is logged, never shown.
	Internal Kind = iota
	// NotFound: the named resource does not exist, or the caller may not know that it does.
	NotFound
	// Conflict: the state of the resource forbids the change.
	Conflict
	// Invalid: the input is malformed or breaks a rule.
	Invalid
	// Unauthenticated: who the caller is could not be established.
	Unauthenticated
	// Denied: the caller is known and may not do this.
	Denied
	// Throttled: too many requests; try later.
	Throttled
	// QuotaExceeded: a documented limit is reached.
	QuotaExceeded
	// Expired: a code, token or link was good once.
	Expired
	// Unavailable: a dependency is down; try later.
	Unavailable
	// NotImplemented: the operation is known but not built.
	NotImplemented
)

// kindNames are the names of the kinds, in their order.
var kindNames = [...]string{
	"Internal", "NotFound", "Conflict", "Invalid", "Unauthenticated", "Denied",
	"Throttled", "QuotaExceeded", "Expired", "Unavailable", "NotImplemented",
}

// String returns the name of the kind.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// AllKinds returns every kind once, for tests that cross kinds with renderers.
func AllKinds() []Kind {
	kinds := make([]Kind, len(kindNames))
	for i := range kinds {
		kinds[i] = Kind(i)
	}
	return kinds
}

// Reason refines a Kind where a protocol distinguishes more than the kinds do.
// A renderer that does not know a Reason falls back to the Kind.
type Reason string

// The reasons protocols tell apart.
const (
	// Sign-in and tokens (RFC 6749 section 5.2, RFC 8628 section 3.5).
	ReasonAuthorizationPending Reason = "AuthorizationPending"
	ReasonSlowDown             Reason = "SlowDown"
	ReasonAccessDeniedByUser   Reason = "AccessDeniedByUser"
	ReasonInvalidClient        Reason = "InvalidClient"
	ReasonInvalidGrant         Reason = "InvalidGrant"
	ReasonInvalidScope         Reason = "InvalidScope"
	ReasonInvalidRedirectURI   Reason = "InvalidRedirectUri"
	ReasonInvalidMetadata      Reason = "InvalidClientMetadata"
	ReasonUnauthorizedClient   Reason = "UnauthorizedClient"
	ReasonUnsupportedGrantType Reason = "UnsupportedGrantType"
	ReasonBadCredentials       Reason = "BadCredentials"
	ReasonBadCode              Reason = "BadCode"
	ReasonLockedOut            Reason = "LockedOut"

	// Signed requests.
	ReasonMissingAuthentication Reason = "MissingAuthenticationToken"
	ReasonIncompleteSignature   Reason = "IncompleteSignature"
	ReasonSignatureMismatch     Reason = "SignatureDoesNotMatch"
	ReasonInvalidAccessKey      Reason = "InvalidClientTokenId"
	ReasonRequestExpired        Reason = "RequestExpired"

	// Policies and roles.
	ReasonMalformedPolicy   Reason = "MalformedPolicyDocument"
	ReasonUnmodifiable      Reason = "UnmodifiableEntity"
	ReasonDeleteConflict    Reason = "DeleteConflict"
	ReasonPolicyTooLarge    Reason = "PackedPolicyTooLarge"
	ReasonNotAttachable     Reason = "PolicyNotAttachable"
	ReasonAlreadyExists     Reason = "AlreadyExists"
	ReasonConcurrentChange  Reason = "ConcurrentModification"
	ReasonUniqueness        Reason = "UniquenessConstraintViolation"
	ReasonInvalidPageToken  Reason = "InvalidNextToken"
	ReasonNotEmpty          Reason = "NotEmpty"
	ReasonWrongParent       Reason = "SourceParentNotFound"
	ReasonRootCannotAssume  Reason = "RootCannotAssume"
	ReasonChainedDuration   Reason = "ChainedDuration"
	ReasonMaxSessionExceeds Reason = "MaxSessionDuration"

	// The event trail.
	ReasonInvalidLookupAttribute Reason = "InvalidLookupAttributes"
	ReasonInvalidTimeRange       Reason = "InvalidTimeRange"
)

// Error is the one error type of the services. Message is written for the
// person or program that made the call; Err is the private cause, for the log.
type Error struct {
	Kind     Kind
	Reason   Reason
	Resource string // noun of the resource, such as "USER" or "PermissionSet"
	ID       string // its identifier as the caller gave it
	Message  string // public text
	Err      error  // private cause
	// AuthorizationMessage tells, of a refusal by policies, the decision to those
	// who may decode it (sts:DecodeAuthorizationMessage); it is sealed.
	AuthorizationMessage string
}

// Error returns the full text, private cause included: for logs only.
func (e *Error) Error() string {
	text := e.Kind.String()
	if e.Reason != "" {
		text += "/" + string(e.Reason)
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the private cause.
func (e *Error) Unwrap() error { return e.Err }

// Because returns a copy of e with a private cause.
func (e *Error) Because(err error) *Error {
	c := *e
	c.Err = err
	return &c
}

// With returns a copy of e with a reason.
func (e *Error) With(r Reason) *Error {
	c := *e
	c.Reason = r
	return &c
}

// Errorf makes an Error of the given kind with a public message.
func Errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// NotFoundf says that a resource does not exist.
func NotFoundf(resource, id, format string, args ...any) *Error {
	return &Error{Kind: NotFound, Resource: resource, ID: id, Message: fmt.Sprintf(format, args...)}
}

// KindOf returns the kind of err; anything that is not an *Error is Internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// ReasonOf returns the reason of err, or "".
func ReasonOf(err error) Reason {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

// IsNotFound reports whether err says that a resource does not exist.
func IsNotFound(err error) bool { return err != nil && KindOf(err) == NotFound }

// PublicMessage returns the text that may be shown to the caller.
// Internal errors never show their cause.
func PublicMessage(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Kind != Internal && e.Message != "" {
		return e.Message
	}
	switch KindOf(err) {
	case NotFound:
		return "Not found."
	case Conflict:
		return "The state of the resource does not allow this."
	case Invalid:
		return "The request is not valid."
	case Unauthenticated:
		return "The caller could not be identified."
	case Denied:
		return "Access denied."
	case Throttled:
		return "Rate exceeded"
	case QuotaExceeded:
		return "A limit is reached."
	case Expired:
		return "What was presented has expired."
	case Unavailable:
		return "The service is temporarily unavailable. Try again."
	case NotImplemented:
		return "This is not implemented."
	}
	return "Internal error. The request id identifies it in the server's log."
}
