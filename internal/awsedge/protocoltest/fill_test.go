package protocoltest

import (
	"reflect"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
)

// awkward has what JSON, XML and forms must escape.
const awkward = "a<b>&\"c' \\ é\r\n\t𝄞 ]]>"

// maxNesting ends recursive shapes.
const maxNesting = 14

func someTime() time.Time { return time.Date(2026, 8, 1, 12, 30, 15, 250e6, time.UTC) }

// fill sets every member of a value of a shape.
func fill(service *awsapi.Service, shape *awsapi.Shape, v reflect.Value, depth int) {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch shape.Type {
	case awsapi.Structure, awsapi.Union:
		for i, m := range shape.Members {
			if depth < maxNesting && (shape.Type == awsapi.Structure || i == 0) {
				fill(service, service.Shape(m.Shape), v.Field(i), depth+1)
			}
		}
	case awsapi.List:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(service, service.Shape(shape.Elem), v.Index(i), depth+1)
		}
	case awsapi.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for _, key := range []string{"key", awkward} {
			item := reflect.New(v.Type().Elem()).Elem()
			fill(service, service.Shape(shape.Elem), item, depth+1)
			v.SetMapIndex(reflect.ValueOf(key), item)
		}
	case awsapi.String:
		v.SetString(awkward)
		if shape.Rule != nil && len(shape.Rule.Enum) > 0 {
			v.SetString(shape.Rule.Enum[0])
		}
	case awsapi.Integer:
		v.SetInt(-1 << 31)
	case awsapi.Long:
		v.SetInt(1<<63 - 1)
	case awsapi.Double:
		v.SetFloat(0.5)
	case awsapi.Boolean:
		v.SetBool(true)
	case awsapi.Timestamp:
		at := someTime()
		if service.Protocol != awsapi.JSON11 && shape.Time != awsapi.TimeEpoch {
			at = at.Truncate(time.Second) // all that text forms hold
		}
		v.Set(reflect.ValueOf(at))
	case awsapi.Blob:
		v.SetBytes([]byte{0, 1, 0xFE, 0xFF})
	case awsapi.Document:
		v.SetBytes([]byte(`{"a":[1,"b",null]}`))
	}
}
