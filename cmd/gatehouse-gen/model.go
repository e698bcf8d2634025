package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// model is the part of botocore's service-2.json that we use.
type model struct {
	Metadata struct {
		APIVersion      string `json:"apiVersion"`
		EndpointPrefix  string `json:"endpointPrefix"`
		Protocol        string `json:"protocol"`
		ServiceFullName string `json:"serviceFullName"`
		SigningName     string `json:"signingName"`
		TargetPrefix    string `json:"targetPrefix"`
		XMLNamespace    string `json:"xmlNamespace"`
	} `json:"metadata"`
	Operations map[string]*modelOperation  `json:"operations"`
	Shapes     map[string]*modelShape      `json:"shapes"`
	Pagination map[string]*modelPagination `json:"pagination"`
}

type modelOperation struct {
	Name     string `json:"name"`
	AuthType string `json:"authtype"`
	ReadOnly *bool  `json:"readonly"`
	Source   string `json:"eventSource"` // ours: where CloudTrail names another source
	HTTP     struct {
		Method string `json:"method"`
		URI    string `json:"requestUri"`
		Status int    `json:"responseCode"`
	} `json:"http"`
	Input  *modelRef   `json:"input"`
	Output *modelRef   `json:"output"`
	Errors []*modelRef `json:"errors"`
}

type modelRef struct {
	Shape         string `json:"shape"`
	ResultWrapper string `json:"resultWrapper"`
	Location      string `json:"location"`
	LocationName  string `json:"locationName"`
	Idempotency   bool   `json:"idempotencyToken"`
	TimeFormat    string `json:"timestampFormat"`
}

type modelShape struct {
	Type       string               `json:"type"`
	Members    map[string]*modelRef `json:"members"`
	Required   []string             `json:"required"`
	Member     *modelRef            `json:"member"`
	Key        *modelRef            `json:"key"`
	Value      *modelRef            `json:"value"`
	Payload    string               `json:"payload"`
	Flattened  bool                 `json:"flattened"`
	Sensitive  bool                 `json:"sensitive"`
	Document   bool                 `json:"document"`
	Union      bool                 `json:"union"`
	Exception  bool                 `json:"exception"`
	Fault      bool                 `json:"fault"`
	TimeFormat string               `json:"timestampFormat"`
	Min        *json.Number         `json:"min"`
	Max        *json.Number         `json:"max"`
	Pattern    string               `json:"pattern"`
	Enum       []string             `json:"enum"`
	Error      *struct {
		Code   string `json:"code"`
		Status int    `json:"httpStatusCode"`
		Fault  bool   `json:"fault"`
	} `json:"error"`
}

type modelPagination struct {
	InputToken  oneOrMany `json:"input_token"`
	OutputToken oneOrMany `json:"output_token"`
	LimitKey    string    `json:"limit_key"`
	MoreResults string    `json:"more_results"`
	ResultKey   oneOrMany `json:"result_key"`
}

// oneOrMany reads a string or a list of strings.
type oneOrMany []string

func (o *oneOrMany) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*o = oneOrMany{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(o))
}

// loadModel reads a model and merges its overlay, if it has one.
func loadModel(dir, name string) (*model, error) {
	base, err := readObject(filepath.Join(dir, name+".json"))
	if err != nil {
		return nil, err
	}
	overlay, err := readObject(filepath.Join(dir, "overlay", name+".json"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	default:
		base = merge(base, overlay).(map[string]any)
	}
	text, err := json.Marshal(base)
	if err != nil {
		return nil, err
	}
	m := new(model)
	if err := json.Unmarshal(text, m); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
}

func readObject(path string) (map[string]any, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var v map[string]any
	if err := json.Unmarshal(text, &v); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return v, nil
}

// merge lays over on base as RFC 7396 does: objects are merged member by
// member, null removes a member, anything else replaces what was there.
func merge(base, over any) any {
	o, isObject := over.(map[string]any)
	if !isObject {
		return over
	}
	b, isObject := base.(map[string]any)
	if !isObject {
		b = map[string]any{}
	}
	for k, v := range o {
		if v == nil {
			delete(b, k)
			continue
		}
		b[k] = merge(b[k], v)
	}
	return b
}
