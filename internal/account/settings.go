package account

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// The inheritance operators of policies that configure services (Organizations
// User Guide, "Inheritance operators"). Everything else in such a policy is a name.
const (
	opAssign = "@@assign"
	opAppend = "@@append"
	opRemove = "@@remove"
	opChild  = "@@operators_allowed_for_child_policies"
)

// operators is a set of the value-setting operators.
type operators uint8

const (
	mayAssign operators = 1 << iota
	mayAppend
	mayRemove
	mayAll = mayAssign | mayAppend | mayRemove
)

var operatorSets = map[string]operators{
	opAssign: mayAssign, opAppend: mayAppend, opRemove: mayRemove, "@@all": mayAll, "@@none": 0,
}

// readSettings reads a policy that configures services. member is the one it
// must consist of, "" for any.
func readSettings(member, content string) (map[string]any, error) {
	decoder := json.NewDecoder(strings.NewReader(content))
	decoder.UseNumber()
	var document map[string]any
	if err := decoder.Decode(&document); err != nil {
		return nil, errors.New("it is not a JSON object")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON object")
	}
	if len(document) == 0 {
		return nil, errors.New("it is empty")
	}
	if _, ok := document[member]; member != "" && (!ok || len(document) > 1) {
		return nil, fmt.Errorf("its one member is %q", member)
	}
	return document, checkNode("", document)
}

// checkNode accepts an object of names, or one of operators.
func checkNode(path string, node map[string]any) error {
	names, setters := 0, 0
	for _, key := range slices.Sorted(maps.Keys(node)) {
		at, value := path+"/"+key, node[key]
		switch key {
		case opAssign:
			setters++
		case opAppend, opRemove:
			setters++
			if _, ok := value.([]any); !ok {
				return fmt.Errorf("%s takes an array", at)
			}
		case opChild:
			if _, err := readOperators(value); err != nil {
				return fmt.Errorf("%s: %w", at, err)
			}
		default:
			child, ok := value.(map[string]any)
			switch {
			case strings.HasPrefix(key, "@@"):
				return fmt.Errorf("%s is not an operator", at)
			case !ok:
				return fmt.Errorf("the value of %s needs an operator such as %s", at, opAssign)
			}
			names++
			if err := checkNode(at, child); err != nil {
				return err
			}
		}
	}
	if names > 0 && setters > 0 {
		return fmt.Errorf("%s holds both names and values", path)
	}
	return nil
}

func readOperators(value any) (operators, error) {
	list, ok := value.([]any)
	if !ok {
		return 0, errors.New("an array of operators is expected")
	}
	var set operators
	for _, item := range list {
		word, _ := item.(string)
		one, known := operatorSets[word]
		if !known {
			return 0, fmt.Errorf("%v is not an operator", item)
		}
		set |= one
	}
	return set, nil
}

// setting is a place in the effective policy: names below it, or a value.
type setting struct {
	below   map[string]*setting
	value   any
	has     bool
	level   int       // at which the value was assigned last
	allowed operators // to the policies of the levels further down
}

func newSetting() *setting { return &setting{below: map[string]*setting{}, allowed: mayAll} }

// merger makes the effective policy out of the policies of each level, root
// first. Within a level all values are assigned before anything is appended, and
// appended before anything is removed; of several policies that assign the same
// the one attached first counts. What a level allows to its child policies is
// what all of its policies allow, and no level can allow more than one above it.
type merger struct {
	top    *setting
	level  int
	limits []limit
}

type limit struct {
	at *setting
	to operators
}

func newMerger() *merger { return &merger{top: newSetting()} }

// add merges the policies of the next level, in the order of their attachment.
func (m *merger) add(documents []map[string]any) {
	m.level++
	for _, phase := range []string{opAssign, opAppend, opRemove, opChild} {
		for _, document := range documents {
			m.walk(m.top, document, phase)
		}
	}
	for _, l := range m.limits {
		l.at.allowed &= l.to
	}
	m.limits = nil
}

func (m *merger) walk(at *setting, node map[string]any, phase string) {
	for key, value := range node {
		if key == phase {
			m.apply(at, key, value)
		}
		child, ok := value.(map[string]any)
		if !ok || strings.HasPrefix(key, "@@") {
			continue
		}
		below := at.below[key]
		if below == nil {
			if at.allowed&(mayAssign|mayAppend) == 0 {
				continue // no new names here
			}
			below = newSetting()
			at.below[key] = below
		}
		m.walk(below, child, phase)
	}
}

func (m *merger) apply(at *setting, operator string, value any) {
	if operator == opChild {
		if to, err := readOperators(value); err == nil { // stored policies are well-formed
			m.limits = append(m.limits, limit{at, to})
		}
		return
	}
	if at.allowed&operatorSets[operator] == 0 {
		return
	}
	given, isList := value.([]any)
	switch operator {
	case opAssign:
		if at.level != m.level {
			at.value, at.has, at.level = value, true, m.level
		}
	case opAppend:
		have, ok := at.value.([]any)
		if at.has && !ok || !isList {
			return
		}
		have = slices.Clone(have)
		for _, v := range given {
			if !holds(have, v) {
				have = append(have, v)
			}
		}
		at.value, at.has = have, true
	case opRemove:
		if have, ok := at.value.([]any); ok {
			at.value = slices.DeleteFunc(slices.Clone(have), func(v any) bool { return holds(given, v) })
		}
	}
}

func holds(list []any, v any) bool {
	return slices.ContainsFunc(list, func(o any) bool { return reflect.DeepEqual(o, v) })
}

// text is the effective policy without operators.
func (m *merger) text() (string, error) {
	rendered, ok := render(m.top)
	if !ok {
		rendered = map[string]any{}
	}
	out, err := json.Marshal(rendered)
	return string(out), err
}

// render leaves out names that came to nothing.
func render(at *setting) (any, bool) {
	if at.has {
		return at.value, true
	}
	out := map[string]any{}
	for key, below := range at.below {
		if v, ok := render(below); ok {
			out[key] = v
		}
	}
	return out, len(out) > 0
}
