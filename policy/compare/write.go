package compare

import (
	"encoding/json"
	"fmt"

	"github.com/gatehouse-idc/gatehouse/policy"
)

// write turns a document back into JSON members, so that package policy can compile it. Statements of a resource's
// policy that name no resource speak of every one.
func (c *comparison) write(d *policy.Document) map[string]any {
	statements := make([]any, 0, len(d.Statements))
	for i := range d.Statements {
		s := written(&d.Statements[i])
		if c.kind == policy.ResourcePolicy && len(d.Statements[i].Resources) == 0 && !d.Statements[i].NotResource {
			s["Resource"] = "*"
		}
		statements = append(statements, s)
	}
	out := map[string]any{"Statement": statements}
	if d.Version.Value != "" {
		out["Version"] = d.Version.Value
	}
	return out
}

// written returns the members of one statement.
func written(s *policy.Statement) map[string]any {
	out := map[string]any{"Effect": s.Effect.Value}
	if s.Sid.Value != "" {
		out["Sid"] = s.Sid.Value
	}
	element := func(name string, not bool) string {
		if not {
			return "Not" + name
		}
		return name
	}
	if len(s.Actions) > 0 {
		out[element("Action", s.NotAction)] = values(s.Actions)
	}
	if len(s.Resources) > 0 || s.NotResource {
		out[element("Resource", s.NotResource)] = values(s.Resources)
	}
	if len(s.Principals) > 0 {
		classes := make(map[string][]string)
		for _, p := range s.Principals {
			classes[p.Class] = append(classes[p.Class], p.Value)
		}
		out[element("Principal", s.NotPrincipal)] = classes
	}
	if len(s.Conditions) > 0 {
		operators := make(map[string]map[string][]string)
		for i := range s.Conditions {
			c := &s.Conditions[i]
			if operators[c.Operator.Value] == nil {
				operators[c.Operator.Value] = make(map[string][]string)
			}
			operators[c.Operator.Value][c.Key.Value] = values(c.Values)
		}
		out["Condition"] = operators
	}
	return out
}

// version2008 is the version of the language that has no policy variables, version2012 the one that has.
const (
	version2008 = "2008-10-17"
	version2012 = "2012-10-17"
)

// single returns a document of one statement.
func single(version string, statement map[string]any) map[string]any {
	return map[string]any{"Version": version, "Statement": statement}
}

// compile hands a document to package policy.
func compile(kind policy.Kind, document map[string]any) (*policy.Policy, error) {
	text, err := json.Marshal(document)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	p, err := policy.ParseStored(kind, text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return p, nil
}
