package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Load reads file (none when ""), then the environment, then set, which is what
// the command line gave: setting name to value. The result is checked.
func Load(file string, environ []string, set map[string]string) (*Config, error) {
	c := Default()
	src := &sources{file: file, lines: map[string]int{}, from: map[string]string{}}
	if file != "" {
		if err := src.readFile(&c, file); err != nil {
			return nil, err
		}
	}
	if err := src.readEnvironment(&c, environ); err != nil {
		return nil, err
	}
	for name, value := range set {
		src.from[name] = "--" + strings.ReplaceAll(name, "_", "-")
		if err := assign(&c, name, value); err != nil {
			return nil, src.fault(name, "%v", err)
		}
	}
	if err := c.check(src); err != nil {
		return nil, err
	}
	return &c, nil
}

// sources remembers where each setting came from, for error messages.
type sources struct {
	file  string
	lines map[string]int    // setting to line in file
	from  map[string]string // setting to the variable or flag that set it
}

// fault is an error about a setting that says where it was made.
func (s *sources) fault(name, format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	if from, ok := s.from[name]; ok {
		return fmt.Errorf("%s: %s", from, text)
	}
	// A setting that is missing is told with the line of what it is missing from.
	for at := name; at != ""; at = at[:max(0, strings.LastIndexAny(at, ".["))] {
		if line, ok := s.lines[at]; ok {
			return fmt.Errorf("%s:%d: %s: %s", s.file, line, name, text)
		}
	}
	return fmt.Errorf("setting %s: %s", name, text)
}

func (s *sources) readFile(c *Config, file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(c); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: %s", file, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if len(doc.Content) > 0 {
		s.noteLines(doc.Content[0], "")
	}
	return nil
}

func (s *sources) noteLines(n *yaml.Node, prefix string) {
	for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
		name := prefix + n.Content[i].Value
		s.lines[name] = n.Content[i].Line
		s.noteLines(n.Content[i+1], name+".")
	}
	for i, item := range n.Content {
		if n.Kind == yaml.SequenceNode {
			name := fmt.Sprintf("%s[%d]", strings.TrimSuffix(prefix, "."), i)
			s.lines[name] = item.Line
			s.noteLines(item, name+".")
		}
	}
}

// readEnvironment applies GATEHOUSE_LISTEN, GATEHOUSE_TLS_CERT_FILE and so on.
func (s *sources) readEnvironment(c *Config, environ []string) error {
	names := settingNames(reflect.TypeFor[Config](), "")
	for _, kv := range environ {
		key, value, ok := strings.Cut(kv, "=")
		if !ok || !strings.HasPrefix(key, "GATEHOUSE_") {
			continue
		}
		for _, name := range names {
			if key == "GATEHOUSE_"+strings.ToUpper(strings.ReplaceAll(name, ".", "_")) {
				s.from[name] = key
				if err := assign(c, name, value); err != nil {
					return s.fault(name, "%v", err)
				}
			}
		}
	}
	return nil
}

// settingNames lists the settings as they are written in the file.
func settingNames(t reflect.Type, prefix string) []string {
	var names []string
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("yaml")
		if tag == "" {
			continue
		}
		if f.Type.Kind() == reflect.Struct {
			names = append(names, settingNames(f.Type, prefix+tag+".")...)
			continue
		}
		names = append(names, prefix+tag)
	}
	return names
}

// assign sets one setting from text, through the same decoder as the file.
func assign(c *Config, name, value string) error {
	var node any = value
	switch {
	case name == "behind_proxy", name == "aws_rates", name == "ext_authz.durable_records", name == "ext_authz.keep_credentials":
		if value != "true" && value != "false" {
			return fmt.Errorf("%q is not true or false", value)
		}
		node = value == "true"
	case strings.HasPrefix(name, "quotas."):
		n, err := strconv.Atoi(value)
		if err != nil {
			return fmt.Errorf("%q is not a whole number", value)
		}
		node = n
	case name == "trusted_proxies":
		node = strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })
	}
	parts := strings.Split(name, ".")
	for i := len(parts) - 1; i >= 0; i-- {
		node = map[string]any{parts[i]: node}
	}
	text, err := yaml.Marshal(node)
	if err != nil {
		return err
	}
	if err := yaml.Unmarshal(text, c); err != nil {
		return fmt.Errorf("%q is not a valid value", value)
	}
	return nil
}
