package awsquery

import (
	"encoding/base64"
	"net/url"
	"reflect"
	"strconv"
	"unicode/utf8"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
)

// Decode reads a form into a new input of op. The result is a pointer to the
// operation's Go type. Parameters that the model does not know are ignored.
func Decode(op *awsapi.Operation, form url.Values) (any, error) {
	in := reflect.New(reflect.TypeOf(op.In).Elem())
	if op.Input == awsapi.NoShape {
		return in.Interface(), nil
	}
	root, err := parse(form)
	if err != nil {
		return nil, err
	}
	d := decoder{service: op.Service}
	if err := d.structure(root, in.Elem(), op.Service.Shape(op.Input)); err != nil {
		return nil, err
	}
	return in.Interface(), nil
}

type decoder struct{ service *awsapi.Service }

func (d *decoder) structure(n *node, v reflect.Value, shape *awsapi.Shape) error {
	for i := range shape.Members {
		m := &shape.Members[i]
		child := n.children[m.Wire]
		if child == nil {
			continue
		}
		if err := d.value(child, v.Field(i), d.service.Shape(m.Shape), m.Wire); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) value(n *node, v reflect.Value, shape *awsapi.Shape, name string) error {
	if v.Kind() == reflect.Pointer {
		target := reflect.New(v.Type().Elem())
		if err := d.value(n, target.Elem(), shape, name); err != nil {
			return err
		}
		v.Set(target)
		return nil
	}
	switch shape.Type {
	case awsapi.Structure, awsapi.Union:
		return d.structure(n, v, shape)
	case awsapi.List:
		return d.list(n, v, shape, name)
	case awsapi.Map:
		return d.mapping(n, v, shape, name)
	}
	if !n.given {
		return malformed("The parameter " + name + " has parts but no value.")
	}
	return scalar(n.value, v, shape, name)
}

// list reads X.member.N, or X.N where the model flattens. An empty list is "X=".
func (d *decoder) list(n *node, v reflect.Value, shape *awsapi.Shape, name string) error {
	if !shape.Flattened && len(n.children) > 0 {
		inner := n.children[shape.ElemName]
		if inner == nil {
			return malformed("The list " + name + " has no " + shape.ElemName + ".")
		}
		n = inner
	}
	items, err := n.numbered()
	if err != nil {
		return err
	}
	elem := d.service.Shape(shape.Elem)
	list := reflect.MakeSlice(v.Type(), len(items), len(items))
	for i, item := range items {
		if err := d.value(item, list.Index(i), elem, name); err != nil {
			return err
		}
	}
	v.Set(list)
	return nil
}

// mapping reads X.entry.N.key and X.entry.N.value.
func (d *decoder) mapping(n *node, v reflect.Value, shape *awsapi.Shape, name string) error {
	if !shape.Flattened && len(n.children) > 0 {
		inner := n.children["entry"]
		if inner == nil {
			return malformed("The map " + name + " has no entry.")
		}
		n = inner
	}
	items, err := n.numbered()
	if err != nil {
		return err
	}
	elem := d.service.Shape(shape.Elem)
	result := reflect.MakeMapWithSize(v.Type(), len(items))
	for _, item := range items {
		key, value := item.children[shape.KeyName], item.children[shape.ElemName]
		if key == nil || !key.given || value == nil {
			return malformed("An entry of the map " + name + " lacks its key or value.")
		}
		if !utf8.ValidString(key.value) {
			return malformed("A key of the map " + name + " is not valid UTF-8.")
		}
		k := reflect.ValueOf(key.value)
		if result.MapIndex(k).IsValid() {
			return malformed("A key of the map " + name + " is given twice.")
		}
		target := reflect.New(v.Type().Elem()).Elem()
		if err := d.value(value, target, elem, name); err != nil {
			return err
		}
		result.SetMapIndex(k, target)
	}
	v.Set(result)
	return nil
}

func scalar(text string, v reflect.Value, shape *awsapi.Shape, name string) error {
	wrong := func(want string) error {
		return malformed("The value of the parameter " + name + " is not " + want + ".")
	}
	switch shape.Type {
	case awsapi.String:
		if !utf8.ValidString(text) {
			return wrong("valid UTF-8")
		}
		v.SetString(text)
	case awsapi.Integer, awsapi.Long:
		n, err := strconv.ParseInt(text, 10, v.Type().Bits())
		if err != nil {
			return wrong("a whole number")
		}
		v.SetInt(n)
	case awsapi.Boolean:
		if text != "true" && text != "false" {
			return wrong("true or false")
		}
		v.SetBool(text == "true")
	case awsapi.Timestamp:
		t, err := awsapi.ParseTime(shape.Time, text)
		if err != nil {
			return wrong("a time")
		}
		v.Set(reflect.ValueOf(t))
	case awsapi.Blob:
		b, err := base64.StdEncoding.Strict().DecodeString(text)
		if err != nil {
			return wrong("base64")
		}
		v.SetBytes(b)
	default:
		return wrong("of a type that forms can hold")
	}
	return nil
}
