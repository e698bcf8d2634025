package awsedge

import (
	"context"
	"net/http"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// Call is one call of an operation: what is asked, by whom, from where.
type Call struct {
	Service   *awsapi.Service   // nil when an unknown service was asked for
	Operation *awsapi.Operation // nil when an unknown operation was asked for

	// EventName and EventSource are CloudTrail's: "CreateAccountAssignment" and
	// "sso.amazonaws.com". For an unknown operation they are what was asked for,
	// cut to what can be printed.
	EventName   string
	EventSource string

	Caller    idc.Caller
	RequestID string // UUID
	ClientIP  string
	UserAgent string
	Referer   string
	Host      string // as the client named us
	Region    string
	Time      time.Time
	// ErrorCode is the error the client sees, in its protocol's words; "" on
	// success. It is set before the call is recorded.
	ErrorCode string
	TLS       string // "TLSv1.3", or "" for plain HTTP and calls that did not come by HTTP
}

// Authenticator establishes who sends a request.
//
// It is asked for operations with Auth SigV4 or Bearer only. For SigV4 it also
// checks that the credential scope names op.Service.SigningName. Failures are
// idc.Errors of kind Unauthenticated or Expired whose Reason tells them apart.
// The body is complete; r.Body has been read.
type Authenticator interface {
	Authenticate(ctx context.Context, r *http.Request, body []byte, op *awsapi.Operation) (idc.Caller, error)
}

// Authorizer decides whether call.Caller may perform an action on every one of
// the resources. A refusal is an idc.Error of kind Denied with AWS's sentence.
// keys are condition keys that come from the input, such as aws:RequestTag/Team.
type Authorizer interface {
	Authorize(ctx context.Context, call *Call, action string, resources []string, keys map[string][]string) error
}

// Throttle holds calls to a rate. It is asked once the caller is known, before the
// input is looked at. A refusal is an idc.Error of kind Throttled, and is recorded.
type Throttle interface {
	Admit(call *Call, in any) error
}

// Auditor records a call. When it returns nil the record is durable; the answer
// leaves only then. in is nil when the input was not decoded, out when there is
// no answer but err.
type Auditor interface {
	Record(ctx context.Context, call *Call, in, out any, err error) error
}
