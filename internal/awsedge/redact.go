package awsedge

import (
	"reflect"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
)

// Hidden stands for a sensitive value in a record of a call, as CloudTrail writes it.
const Hidden = "HIDDEN_DUE_TO_SECURITY_REASONS"

// Input returns an operation's input as CloudTrail shows it (requestParameters):
// members by their camel-case names, those the model marks as sensitive hidden.
// nil for no input.
func Input(op *awsapi.Operation, in any) map[string]any { return shown(op, op.Input, op.In, in) }

// Output is Input for the answer (responseElements).
func Output(op *awsapi.Operation, out any) map[string]any { return shown(op, op.Output, op.Out, out) }

func shown(op *awsapi.Operation, id awsapi.ShapeID, model, value any) map[string]any {
	v := reflect.ValueOf(value)
	if !v.IsValid() || v.Type() != reflect.TypeOf(model) || v.IsNil() {
		return nil
	}
	members := shownStructure(op.Service, op.Service.Shape(id), v.Elem())
	if len(members) == 0 {
		return nil
	}
	return members
}

func shownStructure(s *awsapi.Service, shape *awsapi.Shape, v reflect.Value) map[string]any {
	out := make(map[string]any, len(shape.Members))
	for i := range shape.Members {
		if field := v.Field(i); !field.IsNil() {
			m := &shape.Members[i]
			out[camel(m.Name)] = shownValue(s, s.Shape(m.Shape), field)
		}
	}
	return out
}

func shownValue(s *awsapi.Service, shape *awsapi.Shape, v reflect.Value) any {
	if shape.Sensitive {
		return Hidden
	}
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch shape.Type {
	case awsapi.Structure, awsapi.Union:
		return shownStructure(s, shape, v)
	case awsapi.List:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = shownValue(s, s.Shape(shape.Elem), v.Index(i))
		}
		return list
	case awsapi.Map:
		entries := make(map[string]any, v.Len())
		for iter := v.MapRange(); iter.Next(); {
			entries[iter.Key().String()] = shownValue(s, s.Shape(shape.Elem), iter.Value())
		}
		return entries
	case awsapi.Timestamp:
		// CloudTrail writes times inside parameters this way.
		return v.Interface().(time.Time).UTC().Format("Jan 2, 2006, 3:04:05 PM")
	case awsapi.Blob, awsapi.Document:
		return Hidden // the model does not say what is in it
	}
	return v.Interface()
}

// camel is CloudTrail's name of a member: its first letter lower-cased, the rest
// as it is ("sAMLAssertionID" in AWS's own records).
func camel(member string) string { return strings.ToLower(member[:1]) + member[1:] }
