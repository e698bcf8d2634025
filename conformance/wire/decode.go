package wire

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/gatehouse-idc/gatehouse/conformance/model"
)

// readJSON reads the answer of an awsJson or restJson service.
func (a *Answer) readJSON(call Call) {
	var body map[string]any
	if strings.TrimSpace(a.Body) != "" {
		if err := json.Unmarshal([]byte(a.Body), &body); err != nil {
			a.Malformed = "the body is not a JSON object"
		}
	}
	if a.Status < 300 {
		a.Output = body
		if a.Output == nil {
			a.Output = map[string]any{}
		}
		return
	}
	get := func(names ...string) string {
		for _, name := range names {
			if s, ok := body[name].(string); ok && s != "" {
				return s
			}
		}
		return ""
	}
	header := a.Header.Get("X-Amzn-Errortype")
	inBody := get("__type", "code")
	a.Code = shorten(header)
	if a.Code == "" {
		a.Code = shorten(inBody)
	}
	a.Message = get("message", "Message", "errorMessage", "error_description")
	a.Reason = get("Reason", "reason")
	if a.Malformed != "" {
		return
	}
	switch protocol := call.Service.Metadata.Protocol; {
	case a.Code == "":
		a.Malformed = "the error has no name: neither the header X-Amzn-ErrorType nor the body's __type"
	case protocol == model.JSON && inBody == "":
		a.Malformed = "the body of the error has no __type"
	case protocol == model.RestJSON && header == "":
		a.Malformed = "the error has no header X-Amzn-ErrorType"
	}
}

// node is an XML element.
type node struct {
	name     string
	text     string
	children []*node
}

func (n *node) child(name string) *node {
	if n == nil {
		return nil
	}
	for _, c := range n.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

func (n *node) words(path ...string) string {
	for _, name := range path {
		n = n.child(name)
	}
	if n == nil {
		return ""
	}
	return strings.TrimSpace(n.text)
}

func parseXML(body string) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader([]byte(body)))
	root := &node{}
	stack := []*node{root}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		top := stack[len(stack)-1]
		switch t := token.(type) {
		case xml.StartElement:
			n := &node{name: t.Name.Local}
			top.children = append(top.children, n)
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(t)
		}
	}
	if len(root.children) != 1 {
		return nil, errors.New("no root element")
	}
	return root.children[0], nil
}

// readXML reads the answer of an awsQuery service.
func (a *Answer) readXML(call Call) {
	root, err := parseXML(a.Body)
	if err != nil {
		a.Malformed = "the body is not XML: " + err.Error()
		return
	}
	if a.Status >= 300 {
		a.Code, a.Message = root.words("Error", "Code"), root.words("Error", "Message")
		if id := root.words("RequestId"); id != "" || a.RequestID == "" {
			a.RequestID = id
		}
		switch kind := root.words("Error", "Type"); {
		case root.name != "ErrorResponse":
			a.Malformed = fmt.Sprintf("the root element of the error is %s, not ErrorResponse", root.name)
		case a.Code == "":
			a.Malformed = "the error has no Code"
		case a.Status < 500 && kind != "Sender":
			a.Malformed = fmt.Sprintf("the error's Type is %q, not Sender", kind)
		}
		return
	}
	if id := root.words("ResponseMetadata", "RequestId"); id != "" {
		a.RequestID = id
	}
	if want := call.Operation.Name + "Response"; root.name != want {
		a.Malformed = fmt.Sprintf("the root element is %s, not %s", root.name, want)
	}
	a.Output = map[string]any{}
	if call.Operation.Output.Shape == "" {
		return
	}
	result := root.child(call.Operation.Name + "Result")
	if result == nil {
		return
	}
	a.Output = structureOf(call.Service, call.Service.OutputOf(call.Operation), result)
}

func structureOf(s *model.Service, shape *model.Shape, n *node) map[string]any {
	out := map[string]any{}
	for name, m := range shape.Members {
		at := name
		if m.LocationName != "" {
			at = m.LocationName
		}
		if c := n.child(at); c != nil {
			out[name] = valueOf(s, s.Shape(m.Shape), c)
		}
	}
	return out
}

func valueOf(s *model.Service, shape *model.Shape, n *node) any {
	switch shape.Type {
	case "structure":
		return structureOf(s, shape, n)
	case "list":
		out := []any{}
		for _, c := range n.children {
			out = append(out, valueOf(s, s.Shape(shape.Member.Shape), c))
		}
		return out
	case "map":
		out := map[string]any{}
		for _, c := range n.children {
			out[c.words("key")] = valueOf(s, s.Shape(shape.Value.Shape), c.child("value"))
		}
		return out
	}
	text := strings.TrimSpace(n.text)
	switch {
	case shape.IsNumber():
		if v, err := strconv.ParseFloat(text, 64); err == nil {
			return v
		}
	case shape.Type == "boolean":
		if v, err := strconv.ParseBool(text); err == nil {
			return v
		}
	case strings.HasPrefix(strings.ToLower(text), "%7b"):
		// IAM answers policy documents percent-encoded.
		if plain, err := url.PathUnescape(text); err == nil {
			return plain
		}
	}
	return text
}
