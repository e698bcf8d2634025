package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Protocols of the services.
const (
	JSON     = "json"
	RestJSON = "rest-json"
	Query    = "query"
)

// Service is one AWS service.
type Service struct {
	Name     string `json:"-"` // of the file: "sso-admin"
	Metadata struct {
		APIVersion      string `json:"apiVersion"`
		EndpointPrefix  string `json:"endpointPrefix"`
		Protocol        string `json:"protocol"`
		ServiceFullName string `json:"serviceFullName"`
		SigningName     string `json:"signingName"`
		TargetPrefix    string `json:"targetPrefix"`
	} `json:"metadata"`
	Operations map[string]*Operation  `json:"operations"`
	Shapes     map[string]*Shape      `json:"shapes"`
	Pagination map[string]*Pagination `json:"pagination"`
}

// Operation is one operation of a service.
type Operation struct {
	Name string `json:"name"`
	HTTP struct {
		Method string `json:"method"`
		URI    string `json:"requestUri"`
		Code   int    `json:"responseCode"`
	} `json:"http"`
	Input    Ref    `json:"input"`
	Output   Ref    `json:"output"`
	Errors   []Ref  `json:"errors"`
	AuthType string `json:"authtype"`
}

// Ref names a shape.
type Ref struct {
	Shape string `json:"shape"`
}

// Shape is a type, with what it demands of values.
type Shape struct {
	Name      string             `json:"-"`
	Type      string             `json:"type"`
	Members   map[string]*Member `json:"members"`
	Required  []string           `json:"required"`
	Member    *Member            `json:"member"`
	Key       *Member            `json:"key"`
	Value     *Member            `json:"value"`
	Min       *float64           `json:"min"`
	Max       *float64           `json:"max"`
	Pattern   string             `json:"pattern"`
	Enum      []string           `json:"enum"`
	Union     bool               `json:"union"`
	Document  bool               `json:"document"`
	Flattened bool               `json:"flattened"`
	Sensitive bool               `json:"sensitive"`
	Exception bool               `json:"exception"`
	Fault     bool               `json:"fault"`
	Payload   string             `json:"payload"`
	Error     struct {
		Code   string `json:"code"`
		Status int    `json:"httpStatusCode"`
	} `json:"error"`

	sample sample
}

// Member is a use of a shape.
type Member struct {
	Shape            string `json:"shape"`
	Location         string `json:"location"`
	LocationName     string `json:"locationName"`
	IdempotencyToken bool   `json:"idempotencyToken"`
	Flattened        bool   `json:"flattened"`
}

// Pagination names the members that page through a list.
type Pagination struct {
	InputToken  words  `json:"input_token"`
	OutputToken words  `json:"output_token"`
	LimitKey    string `json:"limit_key"`
	MoreResults string `json:"more_results"`
	ResultKey   words  `json:"result_key"`
}

// words is a text or a list of them.
type words []string

func (w *words) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*w = words{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(w))
}

// Load reads every service of a folder, in the order of their names.
func Load(dir string) ([]*Service, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no service models in %s", dir)
	}
	var all []*Service
	for _, file := range files {
		s, err := load(file, filepath.Join(dir, "overlay", filepath.Base(file)))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		all = append(all, s)
	}
	return all, nil
}

func load(file, overlay string) (*Service, error) {
	base, err := readObject(file)
	if err != nil {
		return nil, err
	}
	patch, err := readObject(overlay)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	merge(base, patch)
	text, err := json.Marshal(base)
	if err != nil {
		return nil, err
	}
	s := &Service{Name: strings.TrimSuffix(filepath.Base(file), ".json")}
	if err := json.Unmarshal(text, s); err != nil {
		return nil, err
	}
	for name, shape := range s.Shapes {
		shape.Name = name
	}
	// A list without tokens is one page.
	maps.DeleteFunc(s.Pagination, func(_ string, p *Pagination) bool { return len(p.InputToken) == 0 || len(p.OutputToken) == 0 })
	if s.Metadata.SigningName == "" {
		s.Metadata.SigningName = s.Metadata.EndpointPrefix
	}
	return s, nil
}

func readObject(file string) (map[string]any, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var out map[string]any
	return out, json.Unmarshal(text, &out)
}

// merge is RFC 7396.
func merge(into, patch map[string]any) {
	for key, value := range patch {
		object, isObject := value.(map[string]any)
		old, wasObject := into[key].(map[string]any)
		switch {
		case value == nil:
			delete(into, key)
		case isObject && wasObject:
			merge(old, object)
		default:
			into[key] = value
		}
	}
}

// Names lists the operations in order.
func (s *Service) Names() []string { return slices.Sorted(maps.Keys(s.Operations)) }

// Shape returns the shape of a reference; an empty structure for none.
func (s *Service) Shape(name string) *Shape {
	if shape := s.Shapes[name]; shape != nil {
		return shape
	}
	return &Shape{Type: "structure"}
}

// InputOf is the shape of an operation's input.
func (s *Service) InputOf(op *Operation) *Shape { return s.Shape(op.Input.Shape) }

// OutputOf is the shape of an operation's output.
func (s *Service) OutputOf(op *Operation) *Shape { return s.Shape(op.Output.Shape) }

// Code is the name that a modelled exception has on the wire.
func (s *Service) Code(shape string) string {
	if e := s.Shapes[shape]; e != nil && e.Error.Code != "" {
		return e.Error.Code
	}
	return shape
}

// Exception finds a modelled exception of the service by its name on the wire, or nil.
func (s *Service) Exception(code string) *Shape {
	for _, shape := range s.Shapes {
		if shape.Exception && (shape.Name == code || shape.Error.Code == code) {
			return shape
		}
	}
	return nil
}

// MemberNames lists a structure's members in order.
func (s *Shape) MemberNames() []string { return slices.Sorted(maps.Keys(s.Members)) }

// Requires reports whether a member must be there.
func (s *Shape) Requires(member string) bool { return slices.Contains(s.Required, member) }

// IsText reports whether values are strings.
func (s *Shape) IsText() bool { return s.Type == "string" || s.Type == "character" }

// IsNumber reports whether values are numbers.
func (s *Shape) IsNumber() bool {
	return slices.Contains([]string{"integer", "long", "double", "float", "short"}, s.Type)
}
