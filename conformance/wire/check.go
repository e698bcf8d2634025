package wire

import (
	"fmt"
	"strings"

	"github.com/gatehouse-idc/gatehouse/conformance/model"
)

// Mismatch says where an output is not of the types its model promises, or "".
func Mismatch(call Call, out map[string]any) string {
	return mismatch(call.Service, call.Service.OutputOf(call.Operation), out, "")
}

func mismatch(s *model.Service, shape *model.Shape, value any, at string) string {
	if value == nil {
		return ""
	}
	wrong := fmt.Sprintf("the output's %s is %T, the model says %s", strings.TrimPrefix(at, "."), value, shape.Type)
	switch shape.Type {
	case "structure":
		if shape.Document {
			return ""
		}
		object, ok := value.(map[string]any)
		if !ok {
			return wrong
		}
		for name, m := range shape.Members {
			wireName := name
			if m.LocationName != "" && s.Metadata.Protocol == model.RestJSON {
				wireName = m.LocationName
			}
			if why := mismatch(s, s.Shape(m.Shape), object[wireName], at+"."+name); why != "" {
				return why
			}
		}
	case "list":
		list, ok := value.([]any)
		if !ok {
			return wrong
		}
		for i, item := range list {
			if why := mismatch(s, s.Shape(shape.Member.Shape), item, fmt.Sprintf("%s[%d]", at, i)); why != "" {
				return why
			}
		}
	case "map":
		object, ok := value.(map[string]any)
		if !ok {
			return wrong
		}
		for key, item := range object {
			if why := mismatch(s, s.Shape(shape.Value.Shape), item, at+"."+key); why != "" {
				return why
			}
		}
	case "boolean":
		if _, ok := value.(bool); !ok {
			return wrong
		}
	case "integer", "long", "double", "float":
		if _, ok := value.(float64); !ok {
			return wrong
		}
	case "string", "blob":
		if _, ok := value.(string); !ok {
			return wrong
		}
	}
	return ""
}
