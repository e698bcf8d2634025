package awsjson

import (
	"encoding/base64"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/fault"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// maxDepth bounds nesting; the deepest shape of the models has eight levels,
// documents may have more.
const maxDepth = 64

// Decode reads a body into a new input of op. The result is a pointer to the
// operation's Go type.
func Decode(op *awsapi.Operation, body []byte) (any, error) {
	in := reflect.New(reflect.TypeOf(op.In).Elem())
	if err := DecodeStructure(op.Service, op.Service.Shape(op.Input), body, in.Elem()); err != nil {
		return nil, err
	}
	return in.Interface(), nil
}

// DecodeStructure reads a JSON object into the body members of a structure.
// An empty body is an empty object. v must be settable.
func DecodeStructure(service *awsapi.Service, shape *awsapi.Shape, body []byte, v reflect.Value) error {
	if !utf8.Valid(body) {
		return serialization("The body is not valid UTF-8.")
	}
	d := decoder{service: service, data: body}
	if d.space(); d.pos == len(d.data) {
		return nil
	}
	if d.data[d.pos] != '{' {
		return d.mismatch("a structure")
	}
	if err := d.structure(v, shape); err != nil {
		return err
	}
	if d.space(); d.pos != len(d.data) {
		return serialization("There is more after the end of the JSON value.")
	}
	return nil
}

func serialization(message string) error {
	return &idc.Error{Kind: idc.Invalid, Reason: fault.Serialization, Message: message}
}

// decoder reads one body.
type decoder struct {
	service *awsapi.Service
	data    []byte
	pos     int
	depth   int
}

func (d *decoder) malformed() error {
	return serialization("The body is not valid JSON (at byte " + strconv.Itoa(d.pos) + ").")
}

// mismatch says that the value at the cursor is not what the model wants.
func (d *decoder) mismatch(want string) error {
	token := d.token()
	switch {
	case token == "":
		return d.malformed()
	case token == "START_OBJECT":
		return serialization("Start of structure or map found where not expected.")
	case token == "START_ARRAY":
		return serialization("Start of list found where not expected.")
	case want == "a structure" || want == "a list" || want == "a map":
		return serialization("Unexpected field type")
	}
	return serialization(token + " can not be converted to " + want)
}

// token names the value at the cursor as AWS's messages do; "" is none.
func (d *decoder) token() string {
	if d.pos == len(d.data) {
		return ""
	}
	switch c := d.data[d.pos]; {
	case c == '{':
		return "START_OBJECT"
	case c == '[':
		return "START_ARRAY"
	case c == '"':
		return "STRING_VALUE"
	case c == 't':
		return "TRUE_VALUE"
	case c == 'f':
		return "FALSE_VALUE"
	case c == 'n':
		return "NULL_VALUE"
	case c == '-' || '0' <= c && c <= '9':
		return "NUMBER_VALUE"
	}
	return ""
}

func (d *decoder) enter() error {
	if d.depth++; d.depth > maxDepth {
		return serialization("The JSON value is nested too deeply.")
	}
	return nil
}

// object calls member for each key, with the cursor at its value.
func (d *decoder) object(member func(key []byte) error) error {
	if err := d.enter(); err != nil {
		return err
	}
	defer func() { d.depth-- }()
	d.pos++ // {
	if d.space(); d.accept('}') {
		return nil
	}
	for {
		if d.space(); d.pos == len(d.data) || d.data[d.pos] != '"' {
			return d.malformed()
		}
		key, err := d.str()
		if err != nil {
			return err
		}
		if d.space(); !d.accept(':') {
			return d.malformed()
		}
		d.space()
		if err := member(key); err != nil {
			return err
		}
		d.space()
		if d.accept('}') {
			return nil
		}
		if !d.accept(',') {
			return d.malformed()
		}
	}
}

// array calls element for each element, with the cursor at it.
func (d *decoder) array(element func() error) error {
	if err := d.enter(); err != nil {
		return err
	}
	defer func() { d.depth-- }()
	d.pos++ // [
	if d.space(); d.accept(']') {
		return nil
	}
	for {
		d.space()
		if err := element(); err != nil {
			return err
		}
		d.space()
		if d.accept(']') {
			return nil
		}
		if !d.accept(',') {
			return d.malformed()
		}
	}
}

// memberSet notes which members of a structure were seen. The largest shape of
// the models has far fewer than 256.
type memberSet [4]uint64

func (s *memberSet) add(i int) (again bool) {
	bit := uint64(1) << (i % 64)
	again = s[i/64]&bit != 0
	s[i/64] |= bit
	return again
}

func (d *decoder) structure(v reflect.Value, shape *awsapi.Shape) error {
	var seen memberSet
	return d.object(func(key []byte) error {
		i := shape.BodyMember(key)
		if i < 0 {
			return d.skip(false)
		}
		if seen.add(i) {
			return serialization("The member " + shape.Members[i].Wire + " is given twice.")
		}
		if d.literal("null") {
			return nil
		}
		return d.value(v.Field(i), d.service.Shape(shape.Members[i].Shape))
	})
}

// value reads the value at the cursor into v, a field, element or map value.
func (d *decoder) value(v reflect.Value, shape *awsapi.Shape) error {
	if v.Kind() == reflect.Pointer {
		target := reflect.New(v.Type().Elem())
		if err := d.value(target.Elem(), shape); err != nil {
			return err
		}
		v.Set(target)
		return nil
	}
	switch shape.Type {
	case awsapi.Structure, awsapi.Union:
		if d.token() != "START_OBJECT" {
			return d.mismatch("a structure")
		}
		return d.structure(v, shape)
	case awsapi.List:
		return d.list(v, shape)
	case awsapi.Map:
		return d.mapping(v, shape)
	case awsapi.Document:
		start := d.pos
		if err := d.skip(true); err != nil {
			return err
		}
		v.SetBytes(append([]byte(nil), d.data[start:d.pos]...))
		return nil
	}
	return d.scalar(v, shape)
}

func (d *decoder) list(v reflect.Value, shape *awsapi.Shape) error {
	if d.token() != "START_ARRAY" {
		return d.mismatch("a list")
	}
	elem := d.service.Shape(shape.Elem)
	v.Set(reflect.MakeSlice(v.Type(), 0, 4))
	return d.array(func() error {
		if d.token() == "NULL_VALUE" {
			return serialization("A list holds null.")
		}
		n := v.Len()
		v.Grow(1)
		v.SetLen(n + 1)
		v.Index(n).SetZero()
		return d.value(v.Index(n), elem)
	})
}

func (d *decoder) mapping(v reflect.Value, shape *awsapi.Shape) error {
	if d.token() != "START_OBJECT" {
		return d.mismatch("a map")
	}
	elem := d.service.Shape(shape.Elem)
	v.Set(reflect.MakeMap(v.Type()))
	return d.object(func(key []byte) error {
		name := reflect.ValueOf(string(key))
		if v.MapIndex(name).IsValid() {
			return serialization(fmt.Sprintf("The key %.100q is given twice.", key))
		}
		if d.token() == "NULL_VALUE" {
			return serialization("A map holds null.")
		}
		item := reflect.New(v.Type().Elem()).Elem()
		if err := d.value(item, elem); err != nil {
			return err
		}
		v.SetMapIndex(name, item)
		return nil
	})
}

func (d *decoder) scalar(v reflect.Value, shape *awsapi.Shape) error {
	token := d.token()
	switch shape.Type {
	case awsapi.String:
		if token != "STRING_VALUE" {
			return d.mismatch("a String")
		}
		s, err := d.str()
		v.SetString(string(s))
		return err
	case awsapi.Boolean:
		switch {
		case d.literal("true"):
			v.SetBool(true)
		case d.literal("false"):
			v.SetBool(false)
		default:
			return d.mismatch("a Boolean")
		}
		return nil
	case awsapi.Integer:
		return d.integer(v, 32, "an Integer")
	case awsapi.Long:
		return d.integer(v, 64, "a Long")
	case awsapi.Double:
		f, err := d.number("a Double")
		v.SetFloat(f)
		return err
	case awsapi.Timestamp:
		return d.timestamp(v, shape)
	}
	return d.blob(v)
}

func (d *decoder) integer(v reflect.Value, bits int, want string) error {
	start := d.pos
	f, err := d.number(want)
	if err != nil {
		return err
	}
	n, err := strconv.ParseInt(string(d.data[start:d.pos]), 10, bits)
	if err != nil {
		// 1.0 and 1e3 are integers too, in another spelling.
		limit := math.Ldexp(1, bits-1)
		if f != math.Trunc(f) || f < -limit || f >= limit {
			return serialization("NUMBER_VALUE can not be converted to " + want)
		}
		n = int64(f)
	}
	v.SetInt(n)
	return nil
}

// number reads a number of JSON's grammar (RFC 8259 section 6).
func (d *decoder) number(want string) (float64, error) {
	if d.token() != "NUMBER_VALUE" {
		return 0, d.mismatch(want)
	}
	start := d.pos
	if !d.scanNumber() {
		return 0, d.malformed()
	}
	f, err := strconv.ParseFloat(string(d.data[start:d.pos]), 64)
	if err != nil {
		return 0, serialization("NUMBER_VALUE can not be converted to " + want)
	}
	return f, nil
}

// timestamp reads epoch seconds, or the text form where the model asks for it.
func (d *decoder) timestamp(v reflect.Value, shape *awsapi.Shape) error {
	if shape.Time == awsapi.TimeISO8601 || shape.Time == awsapi.TimeHTTP {
		if d.token() != "STRING_VALUE" {
			return d.mismatch("a Timestamp")
		}
		s, err := d.str()
		if err != nil {
			return err
		}
		t, err := awsapi.ParseTime(shape.Time, string(s))
		if err != nil {
			return serialization("STRING_VALUE can not be converted to a Timestamp")
		}
		v.Set(reflect.ValueOf(t))
		return nil
	}
	f, err := d.number("milliseconds since epoch")
	if err != nil {
		return err
	}
	const years9999 = 253402300800
	if f >= years9999 || f <= -years9999 {
		return serialization("NUMBER_VALUE can not be converted to milliseconds since epoch")
	}
	v.Set(reflect.ValueOf(time.UnixMilli(int64(math.Round(f * 1000))).UTC()))
	return nil
}

func (d *decoder) blob(v reflect.Value) error {
	if d.token() != "STRING_VALUE" {
		return d.mismatch("a Blob")
	}
	s, err := d.str()
	if err != nil {
		return err
	}
	b, err := base64.StdEncoding.Strict().DecodeString(string(s))
	if err != nil {
		return serialization("STRING_VALUE can not be converted to a Blob: it is not base64")
	}
	v.SetBytes(b)
	return nil
}
