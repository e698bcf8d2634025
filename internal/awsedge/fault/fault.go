package fault

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/validate"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// Reasons of the edge itself. They name errors that every AWS service has.
const (
	// Serialization: the body is not what the protocol demands.
	Serialization idc.Reason = "SerializationException"
	// UnknownOperation: there is no such operation. AWS answers it without a message.
	UnknownOperation idc.Reason = "UnknownOperationException"
	// UnknownPath: the host is a service's, but has nothing at this path.
	UnknownPath idc.Reason = "UnknownPath"
	// MissingAction: a query request without Action.
	MissingAction idc.Reason = "MissingAction"
	// MalformedQuery: a form that cannot be read.
	MalformedQuery idc.Reason = "MalformedQueryString"
	// MalformedInput: a form value of the wrong type.
	MalformedInput idc.Reason = "MalformedInput"
	// TooLarge: the body is longer than is read.
	TooLarge idc.Reason = "RequestEntityTooLargeException"
	// MethodNotAllowed: the path exists, for another method.
	MethodNotAllowed idc.Reason = "MethodNotAllowedException"
)

// Fault is an error on the wire.
type Fault struct {
	// Code names the error: "ConflictException", "NoSuchEntity".
	Code    string
	Shape   *awsapi.Shape // the modelled exception; nil for a framework error
	Status  int           // HTTP
	Server  bool          // the fault is ours
	Message string
	Reason  string // value for a member Reason that the shape enumerates, or ""

	RequestID         string
	ResourceType      string
	ResourceID        string
	RetryAfterSeconds int
	// AuthorizationMessage goes into a header of its own: no error of AWS's has a member for it.
	AuthorizationMessage string
}

// Of says which fault err is for an operation. op is nil when the operation is
// not known; service is nil when not even that is.
func Of(service *awsapi.Service, op *awsapi.Operation, requestID string, err error) Fault {
	e := asError(err)
	f := Fault{Message: idc.PublicMessage(err), RequestID: requestID, ResourceType: e.Resource, ResourceID: e.ID,
		AuthorizationMessage: e.AuthorizationMessage}
	if (e.Reason == UnknownOperation || e.Reason == UnknownPath) && e.Message == "" {
		f.Message = ""
	}
	if e.Kind == idc.Throttled || e.Kind == idc.Unavailable {
		f.RetryAfterSeconds = 1
	}
	shape := pick(service, op, e)
	if shape == nil {
		f.frame(protocolOf(service), framework(service, e))
		return f
	}
	f.Shape = shape
	f.Code = shape.Name
	if shape.Error.Code != "" {
		f.Code = shape.Error.Code
	}
	f.Status = status(service.Protocol, shape)
	f.Server = f.Status >= 500
	f.Reason = enumValue(service, shape, "Reason", reason(e))
	f.ResourceType = enumValue(service, shape, "ResourceType", e.Resource)
	return f
}

// OfAuthentication says which fault err is when it comes from establishing the
// caller, where AWS answers alike whatever the operation models.
func OfAuthentication(service *awsapi.Service, op *awsapi.Operation, requestID string, err error) Fault {
	e := asError(err)
	if op == nil || op.Auth != awsapi.SigV4 {
		return Of(service, op, requestID, err)
	}
	entry, known := signing(e)
	if !known {
		return Of(service, op, requestID, err)
	}
	f := Fault{Message: e.Message, RequestID: requestID}
	if f.Message == "" {
		f.Message = entry.text
	}
	f.frame(service.Protocol, entry)
	if service.Protocol == awsapi.RestJSON {
		f.Status = 403
	}
	return f
}

// frame makes f a framework error.
func (f *Fault) frame(p awsapi.Protocol, entry entry) {
	f.Code, f.Status = entry.code, entry.status
	if p == awsapi.Query {
		f.Code, f.Status = entry.queryCode, entry.queryStatus
	}
	f.Server = f.Status >= 500
}

func asError(err error) *idc.Error {
	var e *idc.Error
	if errors.As(err, &e) {
		return e
	}
	return &idc.Error{Kind: idc.Internal}
}

func protocolOf(service *awsapi.Service) awsapi.Protocol {
	if service == nil {
		return awsapi.JSON11
	}
	return service.Protocol
}

// status is the HTTP status of a modelled exception. awsJson services answer
// 400 or 500 and nothing else.
func status(p awsapi.Protocol, shape *awsapi.Shape) int {
	if shape.Error.Status != 0 && p != awsapi.JSON11 {
		return shape.Error.Status
	}
	if shape.Error.Fault {
		return 500
	}
	return 400
}

// enumValue finds the value of an enumerated member that a text stands for:
// UniquenessConstraintViolation is UNIQUENESS_CONSTRAINT_VIOLATION. Members
// without an enumeration take the text as it is, but for reasons, which are our words.
func enumValue(service *awsapi.Service, shape *awsapi.Shape, member, text string) string {
	if text == "" {
		return ""
	}
	for _, m := range shape.Members {
		if !strings.EqualFold(m.Name, member) {
			continue
		}
		rule := service.Shape(m.Shape).Rule
		if rule == nil || rule.Enum == nil {
			if member == "Reason" {
				return ""
			}
			return text
		}
		want := squash(text)
		if i := slices.IndexFunc(rule.Enum, func(v string) bool { return squash(v) == want }); i >= 0 {
			return rule.Enum[i]
		}
	}
	return ""
}

// reason is the text for a member Reason. Of a broken constraint of the model
// it is the constraint's.
func reason(e *idc.Error) string {
	if v := violation(e); v != nil {
		return string(v.Rule)
	}
	return string(e.Reason)
}

func violation(e *idc.Error) *validate.Violation {
	var v *validate.Violation
	if e.Reason == validate.Reason && errors.As(e.Err, &v) {
		return v
	}
	return nil
}

func squash(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }

// pick chooses a modelled exception, or nil.
func pick(service *awsapi.Service, op *awsapi.Operation, e *idc.Error) *awsapi.Shape {
	if op == nil {
		return nil
	}
	modelled := make([]*awsapi.Shape, len(op.Errors))
	for i, id := range op.Errors {
		modelled[i] = service.Shape(id)
	}
	if e.Kind == idc.Invalid && e.Reason == Serialization && service.Protocol == awsapi.RestJSON {
		// sso-oidc (RFC 6749 section 5.2) and the portal API have a word for it.
		return named(modelled, "InvalidRequest")
	}
	if isFramework(e.Reason) || e.Kind == idc.NotImplemented {
		return nil
	}
	if e.Kind != idc.Internal {
		if s := byReason(service, modelled, e.Reason); s != nil {
			return s
		}
	}
	if service.Protocol == awsapi.Query && e.Kind == idc.Invalid && e.Reason != "" {
		return nil // ValidationError, which no query service models
	}
	for _, name := range candidates(e) {
		if s := named(modelled, name); s != nil {
			return s
		}
	}
	if v := violation(e); v != nil {
		// CloudTrail has an exception for each member: InvalidMaxResultsException.
		if s := named(modelled, "Invalid"+v.Member); s != nil {
			return s
		}
	}
	return byKind(modelled, e)
}

// byReason finds the exception a reason names: among the operation's, or else
// among the service's, because models leave some out.
func byReason(service *awsapi.Service, modelled []*awsapi.Shape, reason idc.Reason) *awsapi.Shape {
	if reason == "" {
		return nil
	}
	for _, name := range aliases(reason) {
		if s := named(modelled, name); s != nil {
			return s
		}
		for i := range service.Shapes {
			if s := &service.Shapes[i]; s.Error != nil && is(s, name) {
				return s
			}
		}
	}
	return nil
}

func named(shapes []*awsapi.Shape, name string) *awsapi.Shape {
	i := slices.IndexFunc(shapes, func(s *awsapi.Shape) bool { return is(s, name) })
	if i < 0 {
		return nil
	}
	return shapes[i]
}

// is compares the name of an exception without its ending.
func is(s *awsapi.Shape, name string) bool {
	return strings.EqualFold(strings.TrimSuffix(s.Name, "Exception"), strings.TrimSuffix(name, "Exception"))
}

// byKind is the last try: the only exception whose name ends as the kind's do,
// and for our own failures any that is a server's.
func byKind(modelled []*awsapi.Shape, e *idc.Error) *awsapi.Shape {
	if e.Kind == idc.Internal {
		for _, s := range modelled {
			if s.Error.Fault || s.Error.Status == 500 && strings.HasPrefix(s.Name, "Service") {
				return s
			}
		}
	}
	ending := map[idc.Kind]string{idc.NotFound: "NotFoundException", idc.QuotaExceeded: "LimitExceededException"}[e.Kind]
	if ending == "" {
		return nil
	}
	var only *awsapi.Shape
	for _, s := range modelled {
		if strings.HasSuffix(s.Name, ending) {
			if only != nil {
				return nil
			}
			only = s
		}
	}
	return only
}

// HasMessage reports whether the modelled exception has a member for the message.
func (f Fault) HasMessage() bool {
	return f.Shape != nil && slices.ContainsFunc(f.Shape.Members, func(m awsapi.Member) bool { return strings.EqualFold(m.Name, "message") })
}

// Member gives the text of a member of the modelled exception, or "".
func (f Fault) Member(name string) string {
	switch name {
	case "Message", "message", "errorMessage":
		return f.Message
	case "Reason", "reason":
		return f.Reason
	case "RequestId":
		return f.RequestID
	case "ResourceType", "resourceType":
		return f.ResourceType
	case "ResourceId", "resourceId":
		return f.ResourceID
	case "RetryAfterSeconds", "retryAfterSeconds":
		if f.RetryAfterSeconds > 0 {
			return strconv.Itoa(f.RetryAfterSeconds)
		}
	}
	return ""
}
