package probe

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/conformance/model"
	"github.com/gatehouse-idc/gatehouse/conformance/wire"
)

// coralServices word broken rules as AWS's request validator does: "1 validation error detected: Value ” at
// 'name' failed to satisfy constraint: ...". The others have words of their own.
var coralServices = []string{"sso-admin", "identitystore", "iam", "sts", "accessanalyzer", "account-access"}

// commonErrors are the names every service may answer with ("Common Error Types").
var commonErrors = map[string][]string{
	model.JSON: {"ValidationException", "SerializationException", "AccessDeniedException", "ThrottlingException", "UnrecognizedClientException",
		"MissingAuthenticationTokenException", "IncompleteSignatureException", "InvalidSignatureException", "ExpiredTokenException"},
	model.RestJSON: {"ValidationException", "SerializationException", "AccessDeniedException", "ThrottlingException", "UnrecognizedClientException",
		"MissingAuthenticationTokenException", "ForbiddenException", "UnknownOperationException"},
	model.Query: {"ValidationError", "MalformedInput", "MissingParameter", "InvalidParameterValue", "AccessDenied", "Throttling",
		"InvalidClientTokenId", "MissingAuthenticationToken"},
}

// IsNotImplemented reports that the endpoint does not know the operation: HTTP 501, or what emulators answer to
// operations they lack.
func IsNotImplemented(a *wire.Answer) bool {
	switch {
	case a.Status == http.StatusNotImplemented, a.Code == "NotImplemented", a.Code == "InvalidAction", a.Code == "UnknownOperationException":
		return true
	case a.Status == http.StatusNotFound && a.Code == "":
		return true
	}
	return a.Status >= 500 && (strings.Contains(a.Body, "not been implemented") || strings.Contains(a.Body, "not yet implemented"))
}

// isCrash reports an answer that is no answer of the service: a failure page. An operation that gives nothing else is
// not there.
func isCrash(a *wire.Answer) bool { return a.Status >= 500 && a.Code == "" }

// judge says what is wrong with the answer to a probe, or "".
func judge(call wire.Call, p Probe, a *wire.Answer) string {
	if why := form(call, a); why != "" {
		return why
	}
	switch p.Kind {
	case Read:
		return judgeRead(call, a)
	case Unknown:
		return judgeUnknown(call, p, a)
	case Unsigned:
		return judgeUnsigned(a)
	}
	if a.Status < 300 {
		return "accepted"
	}
	if why := judgeCode(call, p, a); why != "" {
		return why
	}
	if p.Kind == Type && slices.Contains([]string{"SerializationException", "MalformedInput"}, a.Code) {
		return ""
	}
	return judgeMessage(call, p, a)
}

// form judges what every answer must be.
func form(call wire.Call, a *wire.Answer) string {
	switch {
	case a.Malformed != "":
		return a.Malformed
	case a.RequestID == "":
		return "the answer has no request id"
	case a.Status >= 500:
		return fmt.Sprintf("HTTP %d", a.Status)
	case a.Status < 300:
		return wire.Mismatch(call, a.Output)
	}
	if !known(call, a.Code) && !(strings.Contains(a.Code, "NextToken") && call.Service.Exception(a.Code) != nil) {
		return a.Code + " is neither an error of the operation nor a common one"
	}
	if want := status(call.Service, a.Code); want != 0 && a.Status != want {
		return fmt.Sprintf("%s comes with HTTP %d, not %d", a.Code, a.Status, want)
	}
	return ""
}

func known(call wire.Call, code string) bool {
	for _, e := range call.Operation.Errors {
		if e.Shape == code || call.Service.Code(e.Shape) == code {
			return true
		}
	}
	return slices.Contains(commonErrors[call.Service.Metadata.Protocol], code)
}

// status is the HTTP status of a modelled error, 0 where it is not fixed. awsJson services answer 400 to all
// that the caller can mend.
func status(s *model.Service, code string) int {
	if s.Metadata.Protocol == model.JSON {
		return http.StatusBadRequest
	}
	if e := s.Exception(code); e != nil && e.Error.Status != 0 {
		return e.Error.Status
	}
	return 0
}

var notFound = regexp.MustCompile(`NotFound|NoSuch|NotExist|NotRegistered`)

// IsNotFound reports whether an error's name says that something does not exist.
func IsNotFound(code string) bool { return notFound.MatchString(code) }

// refusal are names of errors about the input's form.
var refusal = regexp.MustCompile(`Validation|Invalid|Malformed|Serialization|MissingParameter|ARNInvalid`)

func judgeCode(call wire.Call, p Probe, a *wire.Answer) string {
	switch {
	case call.Service.Name == "sso" && (a.Code == "UnauthorizedException" || a.Code == "InvalidRequestException"):
		return ""
	case call.Service.Name == "sso-oidc" && known(call, a.Code):
		return ""
	case !refusal.MatchString(a.Code):
		return fmt.Sprintf("refused with %s instead of a validation error", a.Code)
	}
	return ""
}

// judgeMessage demands that the caller learns which member is wrong.
func judgeMessage(call wire.Call, p Probe, a *wire.Answer) string {
	if call.Service.Name == "sso" || call.Service.Name == "sso-oidc" {
		return "" // their texts are fixed, or words of RFC 6749
	}
	last := p.Member[strings.LastIndexByte(p.Member, '.')+1:]
	named := strings.Contains(strings.ToLower(a.Message+a.Code), strings.ToLower(last))
	coral := strings.Contains(a.Message, "validation error") && strings.Contains(a.Message, "'"+p.Path+"'")
	switch {
	case slices.Contains(coralServices, call.Service.Name) && p.Kind != Type && p.Kind != BadToken:
		if !coral {
			return fmt.Sprintf("the message is not \"... at '%s' failed to satisfy constraint ...\"", p.Path)
		}
	case p.Kind == BadToken:
		if a.Message == "" {
			return "the refusal has no message"
		}
	case !named && a.Reason == "":
		return "neither message nor reason tell what is wrong with " + p.Member
	}
	return ""
}

func judgeRead(call wire.Call, a *wire.Answer) string {
	modelled := slices.ContainsFunc(call.Operation.Errors, func(e model.Ref) bool { return call.Service.Code(e.Shape) == a.Code })
	if a.Status < 300 || modelled && a.Code != "ValidationException" {
		return ""
	}
	return "refused with " + a.Code
}

func judgeUnknown(call wire.Call, p Probe, a *wire.Answer) string {
	switch {
	case a.Status < 300:
		return "succeeded with something that does not exist"
	case IsNotFound(a.Code):
		return ""
	case p.Member == whereItIs && a.Code == "AccessDeniedException":
		return "" // whose instance it is, is not told
	case call.Service.Name == "sso" && (a.Code == "ForbiddenException" || a.Code == "UnauthorizedException"):
		return "" // the portal does not tell what a person may not see
	}
	return fmt.Sprintf("refused with %s instead of an error that says it does not exist", a.Code)
}

func judgeUnsigned(a *wire.Answer) string {
	if strings.HasPrefix(a.Code, "MissingAuthenticationToken") || strings.HasPrefix(a.Code, "IncompleteSignature") {
		return ""
	}
	return fmt.Sprintf("a request without a signature is answered with HTTP %d %s", a.Status, a.Code)
}
