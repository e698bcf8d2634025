package protocoltest

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
)

// plain reduces a Go value, ours or the SDK's, to maps, lists and text, so that
// the two can be compared. Nothing and empty are the same; names have no case.
func plain(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return plain(v.Elem())
	case reflect.Struct:
		if t, ok := v.Interface().(time.Time); ok {
			return t.UTC().Format(time.RFC3339Nano)
		}
		fields := map[string]any{}
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if !v.Type().Field(i).IsExported() || name == "ResultMetadata" {
				continue
			}
			if p := plain(v.Field(i)); p != nil {
				fields[strings.ToLower(name)] = p
			}
		}
		return fields
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return fmt.Sprintf("%x", v.Bytes())
		}
		if v.Len() == 0 {
			return nil
		}
		list := make([]any, v.Len())
		for i := range list {
			list[i] = plain(v.Index(i))
		}
		return list
	case reflect.Map:
		entries := map[string]any{}
		for _, k := range v.MapKeys() {
			entries["key "+k.String()] = plain(v.MapIndex(k))
		}
		return entries
	}
	return fmt.Sprint(v.Interface())
}

func plainInput(server *codecServer, _ *awsapi.Operation) any {
	return plain(reflect.ValueOf(server.in))
}

// plainOurs is plain for a value of ours as a client sees it: policy documents
// are URL-encoded, and a union is its only member.
func plainOurs(service *awsapi.Service, shape *awsapi.Shape, v reflect.Value) any {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch shape.Type {
	case awsapi.Structure, awsapi.Union:
		fields := map[string]any{}
		for i, m := range shape.Members {
			field := v.Field(i)
			if field.IsNil() {
				continue
			}
			p := plainOurs(service, service.Shape(m.Shape), field)
			if m.Encoded {
				p = strings.ReplaceAll(url.QueryEscape(field.Elem().String()), "+", "%20")
			}
			if p != nil {
				fields[strings.ToLower(v.Type().Field(i).Name)] = p
			}
		}
		if shape.Type == awsapi.Union {
			for _, p := range fields {
				return map[string]any{"value": p}
			}
		}
		return fields
	case awsapi.List:
		var list []any
		for i := range v.Len() {
			list = append(list, plainOurs(service, service.Shape(shape.Elem), v.Index(i)))
		}
		if list == nil {
			return nil
		}
		return list
	case awsapi.Map:
		entries := map[string]any{}
		for _, k := range v.MapKeys() {
			entries["key "+k.String()] = plainOurs(service, service.Shape(shape.Elem), v.MapIndex(k))
		}
		return entries
	}
	return plain(v)
}
