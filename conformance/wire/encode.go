package wire

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gatehouse-idc/gatehouse/conformance/model"
)

// message is a request before it is signed.
type message struct {
	method, uri string
	header      map[string]string
	body        []byte
}

func encode(call Call) (message, error) {
	meta := call.Service.Metadata
	switch meta.Protocol {
	case model.JSON:
		body, err := json.Marshal(call.Input)
		if call.Input == nil {
			body = []byte("{}")
		}
		return message{method: "POST", uri: "/", body: body, header: map[string]string{
			"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target(call)}}, err
	case model.Query:
		form := url.Values{"Action": {call.Operation.Name}, "Version": {meta.APIVersion}}
		flatten(form, "", call.Service, call.Service.InputOf(call.Operation), call.Input)
		return message{method: "POST", uri: "/", body: []byte(form.Encode()), header: map[string]string{
			"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}}, nil
	case model.RestJSON:
		return encodeREST(call)
	}
	return message{}, fmt.Errorf("%s speaks %q, which is not known", call.Service.Name, meta.Protocol)
}

// target names an operation of an awsJson service. The models of some give the prefix of X-Amz-Target by their
// name alone.
func target(call Call) string { return call.Service.Metadata.TargetPrefix + "." + call.Operation.Name }

// flatten writes a value into a form as AWS query does.
func flatten(form url.Values, prefix string, s *model.Service, shape *model.Shape, value any) {
	switch v := value.(type) {
	case map[string]any:
		if shape.Type == "map" {
			for i, key := range slices.Sorted(maps.Keys(v)) {
				at := prefix + ".entry." + strconv.Itoa(i+1)
				form.Set(at+".key", key)
				flatten(form, at+".value", s, s.Shape(shape.Value.Shape), v[key])
			}
			return
		}
		for name, item := range v {
			at, inner := name, &model.Shape{Type: "string"}
			if m := shape.Members[name]; m != nil {
				inner = s.Shape(m.Shape)
				if m.LocationName != "" {
					at = m.LocationName
				}
			}
			if prefix != "" {
				at = prefix + "." + at
			}
			flatten(form, at, s, inner, item)
		}
	case []any:
		inner := &model.Shape{Type: "string"}
		if shape.Member != nil {
			inner = s.Shape(shape.Member.Shape)
		}
		if len(v) == 0 {
			form.Set(prefix, "")
		}
		for i, item := range v {
			at := prefix + ".member." + strconv.Itoa(i+1)
			if shape.Flattened {
				at = prefix + "." + strconv.Itoa(i+1)
			}
			flatten(form, at, s, inner, item)
		}
	case nil:
	default:
		form.Set(prefix, text(v))
	}
}

// text writes a scalar.
func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(value)
}

func encodeREST(call Call) (message, error) {
	shape := call.Service.InputOf(call.Operation)
	m := message{method: call.Operation.HTTP.Method, uri: call.Operation.HTTP.URI, header: map[string]string{}}
	query := url.Values{}
	body := map[string]any{}
	var payload any
	for name, value := range call.Input {
		member := shape.Members[name]
		if member == nil {
			member = &model.Member{}
		}
		wireName := member.LocationName
		if wireName == "" {
			wireName = name
		}
		switch {
		case member.Location == "uri":
			m.uri = strings.NewReplacer("{"+wireName+"}", url.PathEscape(text(value)), "{"+wireName+"+}", text(value)).Replace(m.uri)
		case member.Location == "querystring":
			addQuery(query, wireName, value)
		case member.Location == "header":
			m.header[wireName] = text(value)
		case shape.Payload == name:
			payload = value
		default:
			body[wireName] = value
		}
	}
	if len(query) > 0 {
		joint := "?"
		if strings.Contains(m.uri, "?") {
			joint = "&"
		}
		m.uri += joint + query.Encode()
	}
	if m.method == "GET" || m.method == "DELETE" && len(body) == 0 {
		return m, nil
	}
	m.header["Content-Type"] = "application/json"
	var err error
	if shape.Payload != "" {
		m.body, err = json.Marshal(payload)
		return m, err
	}
	m.body, err = json.Marshal(body)
	return m, err
}

func addQuery(query url.Values, name string, value any) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			query.Add(name, text(item))
		}
	case map[string]any:
		for key, item := range v {
			query.Add(key, text(item))
		}
	default:
		query.Set(name, text(v))
	}
}
