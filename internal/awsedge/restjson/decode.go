package restjson

import (
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"unicode/utf8"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/awsjson"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/fault"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// Request is what an input is read from.
type Request struct {
	Path   map[string]string // the labels of the path, unescaped
	Query  url.Values
	Header http.Header
	Body   []byte
}

// Decode reads a request into a new input of op. The result is a pointer to the
// operation's Go type.
func Decode(op *awsapi.Operation, r Request) (any, error) {
	in := reflect.New(reflect.TypeOf(op.In).Elem())
	shape := op.Service.Shape(op.Input)
	body := true
	for i := range shape.Members {
		m := &shape.Members[i]
		if m.In == awsapi.InPayload {
			body = false
			if len(r.Body) == 0 {
				continue
			}
			if err := decodePayload(op.Service, m, r.Body, in.Elem().Field(i)); err != nil {
				return nil, err
			}
			continue
		}
		if err := decodeMember(op.Service, m, r, in.Elem().Field(i)); err != nil {
			return nil, err
		}
	}
	if body {
		if err := awsjson.DecodeStructure(op.Service, shape, r.Body, in.Elem()); err != nil {
			return nil, err
		}
	}
	return in.Interface(), nil
}

// decodePayload reads the whole body into one member, a structure.
func decodePayload(service *awsapi.Service, m *awsapi.Member, body []byte, field reflect.Value) error {
	target := service.Shape(m.Shape)
	if target.Type != awsapi.Structure {
		return fmt.Errorf("payload member %s is no structure", m.Name)
	}
	v := reflect.New(field.Type().Elem())
	if err := awsjson.DecodeStructure(service, target, body, v.Elem()); err != nil {
		return err
	}
	field.Set(v)
	return nil
}

// decodeMember reads a member that is not in the body.
func decodeMember(service *awsapi.Service, m *awsapi.Member, r Request, field reflect.Value) error {
	var values []string
	switch m.In {
	case awsapi.InQuery:
		values = r.Query[m.Wire]
	case awsapi.InHeader:
		values = r.Header.Values(m.Wire)
	case awsapi.InPath:
		if v, ok := r.Path[m.Wire]; ok {
			values = []string{v}
		}
	}
	if len(values) == 0 {
		return nil
	}
	shape := service.Shape(m.Shape)
	if shape.Type == awsapi.List {
		elem := service.Shape(shape.Elem)
		list := reflect.MakeSlice(field.Type(), len(values), len(values))
		for i, text := range values {
			if err := setScalar(elem, m, text, list.Index(i)); err != nil {
				return err
			}
		}
		field.Set(list)
		return nil
	}
	if len(values) > 1 {
		return serialization(m.Wire + " is given twice.")
	}
	v := reflect.New(field.Type().Elem())
	if err := setScalar(shape, m, values[0], v.Elem()); err != nil {
		return err
	}
	field.Set(v)
	return nil
}

func setScalar(shape *awsapi.Shape, m *awsapi.Member, text string, v reflect.Value) error {
	wrong := func(want string) error {
		return serialization("The value of " + m.Wire + " can not be converted to " + want)
	}
	switch shape.Type {
	case awsapi.String:
		if !utf8.ValidString(text) {
			return serialization("The value of " + m.Wire + " is not valid UTF-8.")
		}
		v.SetString(text)
	case awsapi.Integer, awsapi.Long:
		n, err := strconv.ParseInt(text, 10, v.Type().Bits())
		if err != nil {
			return wrong("an Integer")
		}
		v.SetInt(n)
	case awsapi.Boolean:
		if text != "true" && text != "false" {
			return wrong("a Boolean")
		}
		v.SetBool(text == "true")
	case awsapi.Timestamp:
		format := shape.Time
		if format == awsapi.TimeDefault && m.In == awsapi.InHeader {
			format = awsapi.TimeHTTP
		}
		t, err := awsapi.ParseTime(format, text)
		if err != nil {
			return wrong("a Timestamp")
		}
		v.Set(reflect.ValueOf(t))
	default:
		return wrong("the type of its shape")
	}
	return nil
}

func serialization(message string) error {
	return &idc.Error{Kind: idc.Invalid, Reason: fault.Serialization, Message: message}
}
