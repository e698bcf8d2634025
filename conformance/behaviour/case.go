package behaviour

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Case is what a file holds.
type Case struct {
	Name string `yaml:"name"`
	// Docs is the page of AWS's documentation that promises this.
	Docs string `yaml:"docs"`
	// Needs names what an endpoint must have beyond the services themselves; see Runner.missing.
	Needs  []string `yaml:"needs"`
	Steps  []Step   `yaml:"steps"`
	Always []Step   `yaml:"always"` // what tidies up; runs whatever happened, answers do not matter

	File    string `yaml:"-"`
	Service string `yaml:"-"`
}

// Step is one call.
type Step struct {
	Call    string         `yaml:"call"`    // the operation
	Service string         `yaml:"service"` // where it is not the case's own
	As      string         `yaml:"as"`      // a variable that holds credentials, as AssumeRole answers them
	With    map[string]any `yaml:"with"`
	// Expect is what the output holds at least (match.go).
	Expect map[string]any `yaml:"expect"`
	// Error is the name of the error that must come; "A|B" where AWS's documentation leaves it open.
	Error   string `yaml:"error"`
	Message string `yaml:"message"` // a part of the error's message, or a pattern after "~"
	Reason  string `yaml:"reason"`
	// Until repeats the call until Expect holds, for what AWS does in the background.
	Until bool `yaml:"until"`
	// Walk reads the list in pages of one and in pages of its own, compares, and applies Expect to all items together.
	Walk bool `yaml:"walk"`
	// Keep names parts of the output for later steps: {arn: PermissionSet.PermissionSetArn}.
	Keep map[string]string `yaml:"keep"`
	// Times repeats the call, with ${i} counting from 1.
	Times int `yaml:"times"`
}

// Result is the outcome of a case.
type Result struct {
	Name      string `json:"name"`
	File      string `json:"file"`
	Passed    bool   `json:"passed"`
	Skipped   string `json:"skipped,omitempty"`
	Step      int    `json:"step,omitempty"`
	Operation string `json:"operation,omitempty"`
	Why       string `json:"why,omitempty"`
	Request   string `json:"request,omitempty"`
	Answer    string `json:"answer,omitempty"`
}

// Load reads the cases of a service in the order of their files. A folder that is not there has none.
func Load(dir, service string) ([]*Case, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	var all []*Case
	for _, file := range files {
		c, err := read(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		c.Service = service
		all = append(all, c)
	}
	return all, nil
}

func read(file string) (*Case, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	c := &Case{File: filepath.Base(filepath.Dir(file)) + "/" + filepath.Base(file)}
	if err := d.Decode(c); err != nil {
		return nil, err
	}
	return c, c.check()
}

// check refuses a case that could not fail or does not say what it rests on.
func (c *Case) check() error {
	demands := 0
	for i, s := range c.Steps {
		if s.Call == "" {
			return fmt.Errorf("step %d calls nothing", i+1)
		}
		if s.Expect != nil || s.Error != "" || s.Walk {
			demands++
		}
	}
	switch {
	case c.Name == "":
		return errors.New("it has no name")
	case !strings.HasPrefix(c.Docs, "https://docs.aws.amazon.com/"):
		return errors.New("docs does not name a page of AWS's documentation")
	case demands == 0:
		return errors.New("no step expects anything")
	}
	return nil
}
