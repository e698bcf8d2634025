package awsjson

import (
	"encoding/base64"
	"fmt"
	"math"
	"reflect"
	"sort"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/fault"
)

// Encode writes out, a pointer to the operation's output type.
func Encode(op *awsapi.Operation, out any) ([]byte, error) {
	v := reflect.ValueOf(out)
	if !v.IsValid() || v.Type() != reflect.TypeOf(op.Out) || v.IsNil() {
		return nil, fmt.Errorf("%s returns %T, not %T", op.Name, op.Out, out)
	}
	return AppendStructure(make([]byte, 0, 512), op.Service, op.Service.Shape(op.Output), v.Elem())
}

// EncodeFault writes an error. Modelled members keep the model's names; where
// the model has no member for the message, it is the framework's "message".
func EncodeFault(f fault.Fault) []byte {
	b := AppendString([]byte(`{"__type":`), f.Code)
	if !f.HasMessage() {
		b = AppendString(append(b, `,"message":`...), f.Message)
	}
	if f.Shape == nil {
		return append(b, '}')
	}
	for _, m := range f.Shape.Members {
		text := f.Member(m.Name)
		if text == "" {
			continue
		}
		b = append(AppendString(append(b, ','), m.Wire), ':')
		if m.Name == "RetryAfterSeconds" {
			b = append(b, text...)
			continue
		}
		b = AppendString(b, text)
	}
	return append(b, '}')
}

// AppendStructure appends the body members of a structure as a JSON object.
func AppendStructure(b []byte, service *awsapi.Service, shape *awsapi.Shape, v reflect.Value) ([]byte, error) {
	b = append(b, '{')
	start := len(b)
	for i := range shape.Members {
		m := &shape.Members[i]
		field := v.Field(i)
		if m.In != awsapi.InBody || field.IsNil() {
			continue
		}
		if len(b) > start {
			b = append(b, ',')
		}
		b = append(AppendString(b, m.Wire), ':')
		var err error
		if b, err = AppendValue(b, service, service.Shape(m.Shape), field); err != nil {
			return nil, fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	return append(b, '}'), nil
}

// AppendValue appends one value of a shape.
func AppendValue(b []byte, service *awsapi.Service, shape *awsapi.Shape, v reflect.Value) ([]byte, error) {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch shape.Type {
	case awsapi.Structure, awsapi.Union:
		return AppendStructure(b, service, shape, v)
	case awsapi.List:
		return appendList(b, service, shape, v)
	case awsapi.Map:
		return appendMap(b, service, shape, v)
	case awsapi.Document:
		if v.Len() == 0 {
			return append(b, "null"...), nil
		}
		return append(b, v.Bytes()...), nil
	}
	return appendScalar(b, shape, v)
}

func appendList(b []byte, service *awsapi.Service, shape *awsapi.Shape, v reflect.Value) ([]byte, error) {
	elem := service.Shape(shape.Elem)
	b = append(b, '[')
	for i := range v.Len() {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = AppendValue(b, service, elem, v.Index(i)); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

// appendMap writes keys in order, so that equal answers are equal bytes.
func appendMap(b []byte, service *awsapi.Service, shape *awsapi.Shape, v reflect.Value) ([]byte, error) {
	elem := service.Shape(shape.Elem)
	keys := v.MapKeys()
	sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
	b = append(b, '{')
	for i, k := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(AppendString(b, k.String()), ':')
		var err error
		if b, err = AppendValue(b, service, elem, v.MapIndex(k)); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

func appendScalar(b []byte, shape *awsapi.Shape, v reflect.Value) ([]byte, error) {
	switch shape.Type {
	case awsapi.String:
		return AppendString(b, v.String()), nil
	case awsapi.Boolean:
		return strconv.AppendBool(b, v.Bool()), nil
	case awsapi.Integer, awsapi.Long:
		return strconv.AppendInt(b, v.Int(), 10), nil
	case awsapi.Double:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, fmt.Errorf("%v has no form in JSON", f)
		}
		return strconv.AppendFloat(b, v.Float(), 'g', -1, 64), nil
	case awsapi.Timestamp:
		t := v.Interface().(time.Time)
		if shape.Time == awsapi.TimeISO8601 || shape.Time == awsapi.TimeHTTP {
			return AppendString(b, awsapi.FormatTime(shape.Time, t)), nil
		}
		return awsapi.AppendEpoch(b, t), nil
	}
	b = append(b, '"')
	b = base64.StdEncoding.AppendEncode(b, v.Bytes())
	return append(b, '"'), nil
}

// AppendString appends a JSON string (RFC 8259 section 7). Bytes that are not
// UTF-8 become U+FFFD.
func AppendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(append(b, s[start:i]...), "\ufffd"...)
				start = i + 1
			}
			i += size
			continue
		}
		if c >= 0x20 && c != '"' && c != '\\' && c != 0x7f {
			i++
			continue
		}
		b = append(b, s[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
		}
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}
