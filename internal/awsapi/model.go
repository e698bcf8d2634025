package awsapi

// Protocol is how a service puts its calls on the wire.
type Protocol uint8

// The protocols of the services we speak.
const (
	// JSON11 is awsJson1.1: POST /, X-Amz-Target, JSON.
	JSON11 Protocol = iota
	// RestJSON is restJson1: HTTP bindings, JSON.
	RestJSON
	// Query is awsQuery: form in, XML out.
	Query
)

// Auth is how an operation's caller proves who it is.
type Auth uint8

// The ways of authentication.
const (
	// SigV4 is a Signature Version 4 in a header or in the query string.
	SigV4 Auth = iota
	// Bearer is an access token in the header x-amz-sso_bearer_token.
	Bearer
	// NoAuth needs no proof; what the input holds (a client secret, an
	// assertion) is for the operation itself to check.
	NoAuth
)

// Service describes one AWS service.
type Service struct {
	Name           string // the model's file name: "sso-admin"
	FullName       string // "AWS Single Sign-On Admin"
	SigningName    string // the service in a SigV4 credential scope: "sso"
	EndpointPrefix string // first labels of AWS's host name: "portal.sso"
	EventSource    string // CloudTrail eventSource: "sso.amazonaws.com"
	Protocol       Protocol
	APIVersion     string // "2020-07-20"
	TargetPrefix   string // awsJson: X-Amz-Target is TargetPrefix + "." + operation
	Namespace      string // awsQuery: the XML namespace
	ErrorNamespace string // put before "#" in __type; "" for the bare name
	Shapes         []Shape
}

// Shape returns the shape an id stands for.
func (s *Service) Shape(id ShapeID) *Shape { return &s.Shapes[id] }

// Operation describes one operation.
type Operation struct {
	Service    *Service
	Name       string // "CreateAccountAssignment"
	Action     string // what a policy must allow: "sso:CreateAccountAssignment"
	Method     string // "POST"
	Path       string // "/", "/token?aws_iam=t", "/policies/{name}"
	Auth       Auth
	ReadOnly   bool
	Status     int    // HTTP status of success where it is not 200
	Wrapper    string // awsQuery: the element around the result, "AssumeRoleResult"
	Input      ShapeID
	Output     ShapeID
	Errors     []ShapeID // the modelled exceptions
	Pagination *Pagination
	In, Out    any    // nil pointers of the Go types: (*CreateAccountAssignmentInput)(nil)
	Source     string // CloudTrail eventSource where it is not the service's
}

// EventSource is the service a CloudTrail event of this operation names.
func (o *Operation) EventSource() string {
	if o.Source != "" {
		return o.Source
	}
	return o.Service.EventSource
}

// Pagination names the members that page through a list.
type Pagination struct {
	InputToken, OutputToken string
	LimitKey                string
	MoreResults             string
	ResultKeys              []string
}

// Typed ties an operation to its Go types, so that a handler of the wrong type
// does not compile.
type Typed[In, Out any] struct{ Operation *Operation }

// ShapeID is the index of a shape in Service.Shapes.
type ShapeID uint16

// NoShape is the absence of a shape. Index 0 of every table is an empty structure.
const NoShape ShapeID = 0

// Type is the kind of a shape.
type Type uint8

// The types of shapes, with the Go type of a struct field that holds one.
const (
	Structure Type = iota // *T
	Union                 // *T, of which exactly one field is set
	List                  // []T
	Map                   // map[string]T
	String                // *string
	Integer               // *int32
	Long                  // *int64
	Double                // *float64
	Boolean               // *bool
	Timestamp             // *time.Time
	Blob                  // []byte
	Document              // awsapi.JSON
)

// JSON is a document: one raw JSON value, as received.
type JSON []byte

// TimeFormat is how a timestamp is written.
type TimeFormat uint8

// The formats of timestamps. The default depends on protocol and place: epoch
// seconds in JSON, ISO 8601 in XML, forms and query strings, HTTP dates in headers.
const (
	TimeDefault TimeFormat = iota
	TimeEpoch
	TimeISO8601
	TimeHTTP
)

// Shape is a type of the model, with what it demands of values.
type Shape struct {
	Name      string
	Type      Type
	Time      TimeFormat
	Sensitive bool
	Flattened bool     // awsQuery: no list or map element of its own
	Members   []Member // Structure, Union: sorted by Wire
	Elem      ShapeID  // List, and the value of a Map
	Key       ShapeID  // the key of a Map
	ElemName  string   // awsQuery: element of a List ("member"), value of a Map ("value")
	KeyName   string   // awsQuery: key of a Map ("key")
	Rule      *Constraint
	Error     *ErrorTrait
}

// Member is a field of a structure or union.
type Member struct {
	Name     string // the model's name
	Wire     string // its name on the wire
	Shape    ShapeID
	In       Location
	Required bool
	// Idempotency marks a token that SDKs fill in by themselves.
	Idempotency bool
	// Encoded marks an output string which is URL-encoded on the wire: IAM's
	// policy documents. Handlers set the plain text.
	Encoded bool
}

// Location is the part of an HTTP message that carries a member.
type Location uint8

// The locations.
const (
	InBody Location = iota
	InHeader
	InQuery
	InPath
	InPayload // the member is the whole body
)

// Constraint is what a shape demands of its values.
type Constraint struct {
	Min, Max       int64 // length, size or value
	HasMin, HasMax bool
	Pattern        string // as the model has it: ECMA or Java dialect, matching the whole value
	Enum           []string
	pattern        matcher
}

// ErrorTrait makes a structure an exception.
type ErrorTrait struct {
	Code   string // awsQuery: the code on the wire; "" for the shape's name
	Status int    // HTTP status, 0 where the model has none
	Fault  bool   // the server is to blame
}

// BodyMember returns the index of the body member with a wire name, or -1.
func (s *Shape) BodyMember(wire []byte) int {
	low, high := 0, len(s.Members)
	for low < high {
		mid := (low + high) / 2
		switch name := s.Members[mid].Wire; {
		case name == string(wire):
			if s.Members[mid].In != InBody {
				return -1
			}
			return mid
		case name < string(wire):
			low = mid + 1
		default:
			high = mid
		}
	}
	return -1
}
