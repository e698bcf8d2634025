package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"

	"github.com/gatehouse-idc/gatehouse/policy"
)

// cedarGo prepares a workload for cedar-go.
func cedarGo(w *workload, r *request) (decider, error) {
	sets := make([]*cedar.PolicySet, 0, 1+len(w.scps))
	for _, documents := range append([][]string{{w.identity}}, w.scps...) {
		set, err := cedarSet(documents)
		if err != nil {
			return nil, err
		}
		sets = append(sets, set)
	}
	context, err := cedarContext(r)
	if err != nil {
		return nil, err
	}
	req := cedar.Request{
		Principal: cedar.NewEntityUID("Role", roleARN),
		Action:    cedar.NewEntityUID("Action", cedar.String(r.action)),
		Resource:  cedar.NewEntityUID("Resource", cedar.String(r.resource)),
		Context:   context,
	}
	return func() policy.Effect {
		for _, set := range sets {
			decision, diagnostic := cedar.Authorize(set, nil, req)
			switch {
			case decision == cedar.Allow:
			case len(diagnostic.Reasons) > 0:
				return policy.DeniedExplicit
			default:
				return policy.DeniedImplicit
			}
		}
		return policy.Allowed
	}, nil
}

func cedarContext(r *request) (cedar.Record, error) {
	record := cedar.RecordMap{"action": cedar.String(r.action), "resource": cedar.String(r.resource)}
	for key, value := range stringKeys {
		record[cedar.String(key)] = cedar.String(value)
	}
	for key, value := range typedKeys {
		v, err := cedarValue(value)
		if err != nil {
			return cedar.Record{}, fmt.Errorf("%s: %w", key, err)
		}
		record[cedar.String(key)] = v
	}
	return cedar.NewRecord(record), nil
}

// cedarValue gives a context value the type it has in Cedar. Times are seconds, as IAM's other form of a date.
func cedarValue(s string) (cedar.Value, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return cedar.Long(t.Unix()), nil
	}
	if b, err := strconv.ParseBool(s); err == nil {
		return cedar.Boolean(b), nil
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return cedar.Long(n), nil
	}
	return types.ParseIPAddr(s)
}

// cedarSet translates documents, one Cedar policy per statement.
func cedarSet(documents []string) (*cedar.PolicySet, error) {
	var b strings.Builder
	for _, document := range documents {
		d, err := policy.Read([]byte(document))
		if err != nil {
			return nil, err
		}
		for i := range d.Statements {
			text, err := cedarStatement(&d.Statements[i])
			if err != nil {
				return nil, err
			}
			b.WriteString(text)
		}
	}
	return cedar.NewPolicySetFromBytes("", []byte(b.String()))
}

func cedarStatement(s *policy.Statement) (string, error) {
	effect := "permit"
	if s.Deny() {
		effect = "forbid"
	}
	tests := []string{cedarActions(s), cedarResources(s)}
	for i := range s.Conditions {
		test, err := cedarCondition(&s.Conditions[i])
		if err != nil {
			return "", err
		}
		tests = append(tests, test)
	}
	return fmt.Sprintf("%s (principal, action, resource) when { %s };\n", effect, strings.Join(tests, " && ")), nil
}

// cedarActions compares literal names as entities, one by one, which cedar-go does several times faster than asking for
// membership in a set of them, and patterns as strings.
func cedarActions(s *policy.Statement) string {
	var literal, patterns []string
	for _, a := range s.Actions {
		switch {
		case a.Value == "*":
			patterns = append(patterns, "true")
		case strings.Contains(a.Value, "*"):
			patterns = append(patterns, fmt.Sprintf("context.action like %q", a.Value))
		default:
			literal = append(literal, fmt.Sprintf("action == Action::%q", a.Value))
		}
	}
	return negate(s.NotAction, balanced(append(literal, patterns...)))
}

func cedarResources(s *policy.Statement) string {
	var tests []string
	for _, r := range s.Resources {
		if r.Value == "*" {
			tests = append(tests, "true")
		} else {
			tests = append(tests, fmt.Sprintf("context.resource like %q", r.Value))
		}
	}
	return negate(s.NotResource, balanced(tests))
}

// balanced joins tests by "or" as a tree: thousands of them in a row would be nested as deeply.
func balanced(tests []string) string {
	if len(tests) == 1 {
		return tests[0]
	}
	half := len(tests) / 2
	return fmt.Sprintf("(%s || %s)", balanced(tests[:half]), balanced(tests[half:]))
}

func negate(not bool, test string) string {
	if not {
		return "!(" + test + ")"
	}
	return "(" + test + ")"
}

func cedarCondition(c *policy.Condition) (string, error) {
	key := fmt.Sprintf("context[%q]", c.Key.Value)
	formats := map[string]string{
		"StringEquals": "%s == %q", "StringNotEquals": "%s == %q", "StringLike": "%s like %q", "ArnNotLike": "%s like %q",
		"IpAddress": "%s.isInRange(ip(%q))", "Bool": "%s == %s", "NumericGreaterThan": "%s > %s", "DateGreaterThan": "%s > %s",
	}
	format, ok := formats[c.Base]
	if !ok {
		return "", fmt.Errorf("no translation of %s", c.Operator.Value)
	}
	var tests []string
	for _, v := range c.Values {
		value := v.Value
		if t, err := time.Parse(time.RFC3339, value); err == nil {
			value = strconv.FormatInt(t.Unix(), 10)
		}
		tests = append(tests, fmt.Sprintf(format, key, value))
	}
	test := negate(strings.Contains(c.Base, "Not"), balanced(tests))
	has := fmt.Sprintf("context has %q", c.Key.Value)
	if strings.Contains(c.Base, "Not") {
		return fmt.Sprintf("(!(%s) || %s)", has, test), nil
	}
	return fmt.Sprintf("(%s && %s)", has, test), nil
}
