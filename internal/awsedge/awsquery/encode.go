package awsquery

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/fault"
)

// Encode writes out, a pointer to the operation's output type, as an XML answer.
func Encode(op *awsapi.Operation, out any, requestID string) ([]byte, error) {
	v := reflect.ValueOf(out)
	if !v.IsValid() || v.Type() != reflect.TypeOf(op.Out) || v.IsNil() {
		return nil, fmt.Errorf("%s returns %T, not %T", op.Name, op.Out, out)
	}
	e := encoder{service: op.Service, b: make([]byte, 0, 1024)}
	e.raw("<" + op.Name + `Response xmlns="` + op.Service.Namespace + `">`)
	if op.Output != awsapi.NoShape {
		wrapper := op.Wrapper
		if wrapper == "" {
			wrapper = op.Name + "Result"
		}
		e.open(wrapper)
		if err := e.structure(op.Service.Shape(op.Output), v.Elem()); err != nil {
			return nil, err
		}
		e.close(wrapper)
	}
	e.raw("<ResponseMetadata>")
	e.element("RequestId", requestID)
	e.raw("</ResponseMetadata></" + op.Name + "Response>")
	return e.b, nil
}

// EncodeFault writes an error of a service.
func EncodeFault(service *awsapi.Service, f fault.Fault) []byte {
	e := encoder{service: service}
	e.raw(`<ErrorResponse xmlns="` + service.Namespace + `"><Error>`)
	who := "Sender"
	if f.Server {
		who = "Receiver"
	}
	e.element("Type", who)
	e.element("Code", f.Code)
	e.element("Message", f.Message)
	e.raw("</Error>")
	e.element("RequestId", f.RequestID)
	e.raw("</ErrorResponse>")
	return e.b
}

type encoder struct {
	service *awsapi.Service
	b       []byte
}

func (e *encoder) raw(s string)   { e.b = append(e.b, s...) }
func (e *encoder) open(s string)  { e.b = append(append(append(e.b, '<'), s...), '>') }
func (e *encoder) close(s string) { e.b = append(append(append(e.b, '<', '/'), s...), '>') }

func (e *encoder) element(name, text string) {
	e.open(name)
	e.text(text)
	e.close(name)
}

func (e *encoder) structure(shape *awsapi.Shape, v reflect.Value) error {
	for i := range shape.Members {
		m := &shape.Members[i]
		field := v.Field(i)
		if field.IsNil() {
			continue
		}
		if m.Encoded {
			e.element(m.Wire, percentEncode(field.Elem().String()))
			continue
		}
		if err := e.named(m.Wire, e.service.Shape(m.Shape), field); err != nil {
			return fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	return nil
}

// named writes a value within an element, or several for a flattened list or map.
func (e *encoder) named(name string, shape *awsapi.Shape, v reflect.Value) error {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	flat := shape.Flattened && (shape.Type == awsapi.List || shape.Type == awsapi.Map)
	if !flat {
		e.open(name)
	}
	var err error
	switch shape.Type {
	case awsapi.Structure, awsapi.Union:
		err = e.structure(shape, v)
	case awsapi.List:
		item := shape.ElemName
		if flat {
			item = name
		}
		for i := 0; i < v.Len() && err == nil; i++ {
			err = e.named(item, e.service.Shape(shape.Elem), v.Index(i))
		}
	case awsapi.Map:
		entry := "entry"
		if flat {
			entry = name
		}
		err = e.entries(entry, shape, v)
	default:
		err = e.scalar(shape, v)
	}
	if !flat {
		e.close(name)
	}
	return err
}

func (e *encoder) entries(entry string, shape *awsapi.Shape, v reflect.Value) error {
	keys := v.MapKeys()
	sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
	for _, k := range keys {
		e.open(entry)
		e.element(shape.KeyName, k.String())
		if err := e.named(shape.ElemName, e.service.Shape(shape.Elem), v.MapIndex(k)); err != nil {
			return err
		}
		e.close(entry)
	}
	return nil
}

func (e *encoder) scalar(shape *awsapi.Shape, v reflect.Value) error {
	switch shape.Type {
	case awsapi.String:
		e.text(v.String())
	case awsapi.Boolean:
		e.b = strconv.AppendBool(e.b, v.Bool())
	case awsapi.Integer, awsapi.Long:
		e.b = strconv.AppendInt(e.b, v.Int(), 10)
	case awsapi.Double:
		e.b = strconv.AppendFloat(e.b, v.Float(), 'g', -1, 64)
	case awsapi.Timestamp:
		e.raw(awsapi.FormatTime(shape.Time, v.Interface().(time.Time)))
	case awsapi.Blob:
		e.b = base64.StdEncoding.AppendEncode(e.b, v.Bytes())
	default:
		return fmt.Errorf("shape %s has no form in XML", shape.Name)
	}
	return nil
}

// text appends character data. What XML 1.0 section 2.2 leaves out, and bytes
// that are not UTF-8, become U+FFFD; a carriage return is escaped, or parsers
// would read a line feed.
func (e *encoder) text(s string) {
	start := 0
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		var escaped string
		switch {
		case r == '&':
			escaped = "&amp;"
		case r == '<':
			escaped = "&lt;"
		case r == '>':
			escaped = "&gt;"
		case r == '"':
			escaped = "&quot;"
		case r == '\r':
			escaped = "&#xD;"
		case r < 0x20 && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF, r == utf8.RuneError && size == 1:
			escaped = "\uFFFD"
		default:
			i += size
			continue
		}
		e.b = append(append(e.b, s[start:i]...), escaped...)
		i += size
		start = i
	}
	e.b = append(e.b, s[start:]...)
}

// percentEncode encodes as RFC 3986 does, a blank as %20.
func percentEncode(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}
