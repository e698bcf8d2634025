package restjson

import (
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/awsjson"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/fault"
)

// Encode writes out, a pointer to the operation's output type: the body, and
// the members that are headers into header. An operation without an output has
// an empty body.
func Encode(op *awsapi.Operation, out any, header http.Header) ([]byte, error) {
	v := reflect.ValueOf(out)
	if !v.IsValid() || v.Type() != reflect.TypeOf(op.Out) || v.IsNil() {
		return nil, fmt.Errorf("%s returns %T, not %T", op.Name, op.Out, out)
	}
	if op.Output == awsapi.NoShape {
		return nil, nil
	}
	shape := op.Service.Shape(op.Output)
	for i := range shape.Members {
		m := &shape.Members[i]
		field := v.Elem().Field(i)
		if field.IsNil() {
			continue
		}
		switch m.In {
		case awsapi.InPayload:
			return awsjson.AppendValue(nil, op.Service, op.Service.Shape(m.Shape), field)
		case awsapi.InHeader:
			header.Set(m.Wire, headerText(op.Service.Shape(m.Shape), field))
		}
	}
	return awsjson.AppendStructure(make([]byte, 0, 512), op.Service, shape, v.Elem())
}

// headerText writes a scalar for a header.
func headerText(shape *awsapi.Shape, v reflect.Value) string {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if t, ok := v.Interface().(time.Time); ok {
		format := shape.Time
		if format == awsapi.TimeDefault {
			format = awsapi.TimeHTTP
		}
		return awsapi.FormatTime(format, t)
	}
	return fmt.Sprint(v.Interface())
}

// EncodeFault writes an error of a service.
func EncodeFault(service *awsapi.Service, f fault.Fault) []byte {
	if service.Name == "sso-oidc" {
		return oauthFault(f)
	}
	b := awsjson.AppendString([]byte(`{"message":`), f.Message)
	name := f.Code
	if service.ErrorNamespace != "" {
		name = service.ErrorNamespace + "#" + name
	}
	b = awsjson.AppendString(append(b, `,"__type":`...), name)
	if f.Shape != nil {
		for _, m := range f.Shape.Members {
			text := f.Member(m.Name)
			if text == "" || m.In != awsapi.InBody || strings.EqualFold(m.Name, "message") {
				continue // the gateway sends Retry-After with all that may be retried
			}
			b = append(awsjson.AppendString(append(b, ','), m.Wire), ':')
			if n, err := strconv.Atoi(text); err == nil && service.Shape(m.Shape).Type == awsapi.Integer {
				b = strconv.AppendInt(b, int64(n), 10)
				continue
			}
			b = awsjson.AppendString(b, text)
		}
	}
	return append(b, '}')
}

// oauthFault is the form of RFC 6749 section 5.2.
func oauthFault(f fault.Fault) []byte {
	b := awsjson.AppendString([]byte(`{"error":`), oauthError(f.Code))
	b = awsjson.AppendString(append(b, `,"error_description":`...), f.Message)
	if f.Reason != "" {
		b = awsjson.AppendString(append(b, `,"reason":`...), f.Reason)
	}
	return append(b, '}')
}

// oauthError is the word of OAuth for an exception of sso-oidc: the name in
// snake case but for those that have other words.
func oauthError(code string) string {
	switch code {
	case "InternalServerException", "InternalFailure", "ServiceUnavailableException", "NotImplementedException":
		return "server_error"
	case "InvalidRequestRegionException", "SerializationException", "RequestEntityTooLargeException", "MethodNotAllowedException":
		return "invalid_request"
	}
	var b strings.Builder
	for i, r := range strings.TrimSuffix(code, "Exception") {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
