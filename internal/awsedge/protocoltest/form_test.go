package protocoltest

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"reflect"
	"sort"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
)

// toForm writes a value as awsQuery clients do. It is the tests' own, so that
// the decoder is not compared with itself.
func toForm(service *awsapi.Service, id awsapi.ShapeID, v reflect.Value) url.Values {
	f := formWriter{service: service, form: url.Values{}}
	f.structure("", service.Shape(id), v)
	return f.form
}

type formWriter struct {
	service *awsapi.Service
	form    url.Values
}

func (f *formWriter) structure(prefix string, shape *awsapi.Shape, v reflect.Value) {
	for i, m := range shape.Members {
		if field := v.Field(i); !field.IsNil() {
			f.value(prefix+m.Wire, f.service.Shape(m.Shape), field)
		}
	}
}

func (f *formWriter) value(name string, shape *awsapi.Shape, v reflect.Value) {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch shape.Type {
	case awsapi.Structure, awsapi.Union:
		f.structure(name+".", shape, v)
	case awsapi.List:
		if v.Len() == 0 {
			f.form.Set(name, "")
		}
		for i := range v.Len() {
			f.value(fmt.Sprintf("%s.%s.%d", name, shape.ElemName, i+1), f.service.Shape(shape.Elem), v.Index(i))
		}
	case awsapi.Map:
		keys := v.MapKeys()
		sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
		for i, k := range keys {
			entry := fmt.Sprintf("%s.entry.%d.", name, i+1)
			f.form.Set(entry+shape.KeyName, k.String())
			f.value(entry+shape.ElemName, f.service.Shape(shape.Elem), v.MapIndex(k))
		}
	case awsapi.Timestamp:
		f.form.Set(name, awsapi.FormatTime(shape.Time, v.Interface().(time.Time)))
	case awsapi.Blob:
		f.form.Set(name, base64.StdEncoding.EncodeToString(v.Bytes()))
	default:
		f.form.Set(name, fmt.Sprint(v.Interface()))
	}
}
