package validate

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// Reason marks the errors of this package: protocols that tell a broken
// constraint of the model from other invalid input look for it.
const Reason idc.Reason = "ValidationError"

// Violation is the private cause of this package's errors: the first broken
// constraint, for protocols whose exceptions or reasons tell them apart.
type Violation struct {
	Member string // the member of the input that it is in, as the model spells it
	Rule   Rule
}

// Error tells the violation in a word for the log.
func (v *Violation) Error() string { return v.Member + " breaks " + string(v.Rule) }

// Rule is a kind of constraint. The values are Organizations' reasons of
// InvalidInputException; AWS's others have no words for them.
type Rule string

// The rules.
const (
	Required  Rule = "INPUT_REQUIRED"
	Pattern   Rule = "INVALID_PATTERN"
	Enum      Rule = "INVALID_ENUM"
	MaxValue  Rule = "MAX_VALUE_EXCEEDED"
	MinValue  Rule = "MIN_VALUE_EXCEEDED"
	MaxLength Rule = "MAX_LENGTH_EXCEEDED"
	MinLength Rule = "MIN_LENGTH_EXCEEDED"
)

// broken is a constraint that a value breaks, in AWS's words.
type broken struct {
	rule Rule
	text string
}

const (
	// maxListed bounds the message; all violations are counted nevertheless.
	maxListed = 20
	// maxValue is the number of characters of a wrong value that are repeated.
	maxValue = 512
)

// Input checks in, a pointer to the Go type of op's input. The error is an
// *idc.Error of kind Invalid.
func Input(op *awsapi.Operation, in any) error {
	v := reflect.ValueOf(in)
	if !v.IsValid() || v.Type() != reflect.TypeOf(op.In) || v.IsNil() {
		return &idc.Error{Kind: idc.Internal, Err: fmt.Errorf("%s takes %T, not %T", op.Name, op.In, in)}
	}
	if op.Input == awsapi.NoShape {
		return nil
	}
	c := checker{service: op.Service, path: make([]step, 0, 8)}
	c.structure(v.Elem(), op.Service.Shape(op.Input), false)
	return c.result()
}

// checker walks an input and collects what is wrong. The path is a stack of
// steps, so that no string is built for values that are right.
type checker struct {
	service *awsapi.Service
	path    []step
	count   int
	listed  []string
	first   *Violation
}

func (c *checker) result() error {
	if c.count == 0 {
		return nil
	}
	e := &idc.Error{Kind: idc.Invalid, Reason: Reason, Err: c.first}
	if c.service.Name == "sso" && c.first.Member == "maxResults" {
		// The portal API's own sentence.
		e.Message = "ResultSize parameter must be within the valid limits of: 1-100"
		return e
	}
	plural := ""
	if c.count > 1 {
		plural = "s"
	}
	e.Message = fmt.Sprintf("%d validation error%s detected: %s", c.count, plural, strings.Join(c.listed, "; "))
	return e
}

// step is a part of a path: a member, the key of a map, or the index of a list.
type step struct {
	member string
	key    string
	index  int // from 1
}

func (s step) String() string {
	switch {
	case s.member != "":
		return strings.ToLower(s.member[:1]) + s.member[1:]
	case s.index > 0:
		return strconv.Itoa(s.index) + ".member"
	}
	return clip(s.key)
}

func (c *checker) push(s step) { c.path = append(c.path, s) }
func (c *checker) pop()        { c.path = c.path[:len(c.path)-1] }

// at is the path as AWS writes it: tags.2.member.key.
func (c *checker) at() string {
	parts := make([]string, len(c.path))
	for i, s := range c.path {
		parts[i] = s.String()
	}
	return strings.Join(parts, ".")
}

// fail notes one violation; value is asked for only when it is shown.
func (c *checker) fail(sensitive bool, value func() string, rule Rule, constraint string) {
	c.count++
	if c.first == nil {
		c.first = &Violation{Rule: rule}
		if len(c.path) > 0 {
			c.first.Member = c.path[0].member
		}
	}
	if len(c.listed) == maxListed {
		return
	}
	shown := "Value"
	if !sensitive {
		shown += " " + value()
	}
	c.listed = append(c.listed, fmt.Sprintf("%s at '%s' failed to satisfy constraint: %s", shown, c.at(), constraint))
}

func null() string { return "null" }

func (c *checker) structure(v reflect.Value, shape *awsapi.Shape, sensitive bool) {
	sensitive = sensitive || shape.Sensitive
	set := 0
	for i := range shape.Members {
		m := &shape.Members[i]
		field := v.Field(i)
		target := c.service.Shape(m.Shape)
		if field.IsNil() {
			if m.Required {
				c.push(step{member: m.Name})
				c.fail(sensitive || target.Sensitive, null, Required, "Member must not be null")
				c.pop()
			}
			continue
		}
		set++
		c.push(step{member: m.Name})
		c.value(field, target, sensitive)
		c.pop()
	}
	if shape.Type == awsapi.Union && set != 1 {
		c.fail(true, nil, Required, "Member must have exactly one member set")
	}
}

// value checks a value that is there.
func (c *checker) value(v reflect.Value, shape *awsapi.Shape, sensitive bool) {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	sensitive = sensitive || shape.Sensitive
	switch shape.Type {
	case awsapi.Structure, awsapi.Union:
		c.structure(v, shape, sensitive)
		return
	case awsapi.List:
		c.elements(v, shape, sensitive)
	case awsapi.Map:
		c.entries(v, shape, sensitive)
	default:
		if hasNull(v, shape) {
			c.fail(true, nil, Pattern, noNull)
		}
	}
	for _, b := range violations(v, shape) {
		c.fail(sensitive || !c.isShown(shape), func() string { return render(v, shape) }, b.rule, b.text)
	}
}

// isShown reports whether a wrong value is repeated: scalars are, and lists of
// them. What AWS prints of structures and maps are names of its own classes.
func (c *checker) isShown(shape *awsapi.Shape) bool {
	if shape.Type == awsapi.List {
		return isScalar(c.service.Shape(shape.Elem))
	}
	return isScalar(shape)
}

// elements checks the members of a list. AWS reports a wrong scalar once, at
// the list, together with all that the element's shape demands.
func (c *checker) elements(v reflect.Value, shape *awsapi.Shape, sensitive bool) {
	elem := c.service.Shape(shape.Elem)
	if isScalar(elem) {
		for i := range v.Len() {
			if hasNull(v.Index(i), elem) {
				c.fail(true, nil, Pattern, noNull)
				return
			}
			if wrong := violations(v.Index(i), elem); len(wrong) > 0 {
				c.fail(sensitive || elem.Sensitive, func() string { return render(v, shape) }, wrong[0].rule,
					"Member must satisfy constraint: ["+strings.Join(append(demands(elem), "Member must not be null"), ", ")+"]")
				return
			}
		}
		return
	}
	for i := range v.Len() {
		c.push(step{index: i + 1})
		c.value(v.Index(i), elem, sensitive)
		c.pop()
	}
}

// entries checks the keys and values of a map.
func (c *checker) entries(v reflect.Value, shape *awsapi.Shape, sensitive bool) {
	key, elem := c.service.Shape(shape.Key), c.service.Shape(shape.Elem)
	keys := v.MapKeys()
	sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
	for _, k := range keys {
		if hasNull(k, key) {
			c.fail(true, nil, Pattern, noNull)
			continue
		}
		if wrong := violations(k, key); len(wrong) > 0 {
			c.fail(sensitive || key.Sensitive, func() string { return quote(k.String()) }, wrong[0].rule,
				"Map keys must satisfy constraint: ["+strings.Join(demands(key), ", ")+"]")
			continue
		}
		item := v.MapIndex(k)
		if isScalar(elem) {
			if hasNull(item, elem) {
				c.fail(true, nil, Pattern, noNull)
			} else if wrong := violations(item, elem); len(wrong) > 0 {
				c.fail(sensitive || elem.Sensitive, func() string { return render(item, elem) }, wrong[0].rule,
					"Map value must satisfy constraint: ["+strings.Join(demands(elem), ", ")+"]")
			}
			continue
		}
		c.push(step{key: k.String()})
		c.value(item, elem, sensitive)
		c.pop()
	}
}

// noNull is a rule of ours for all texts: no name or description has a use for
// the character, and PostgreSQL cannot store it.
const noNull = "Member must not contain the character U+0000"

func hasNull(v reflect.Value, shape *awsapi.Shape) bool {
	switch shape.Type {
	case awsapi.String:
		return strings.IndexByte(v.String(), 0) >= 0
	case awsapi.Document:
		return hasEscapedNull(v.Bytes())
	}
	return false
}

// hasEscapedNull reports whether a JSON text has the escape \u0000, as an escape
// and not behind a backslash of its own.
func hasEscapedNull(text []byte) bool {
	for i := 0; i+1 < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		if bytes.HasPrefix(text[i:], []byte(`\u0000`)) {
			return true
		}
		i++
	}
	return false
}

func isScalar(s *awsapi.Shape) bool {
	switch s.Type {
	case awsapi.Structure, awsapi.Union, awsapi.List, awsapi.Map:
		return false
	}
	return true
}

// violations lists the constraints that v breaks.
func violations(v reflect.Value, shape *awsapi.Shape) []broken {
	r := shape.Rule
	if r == nil {
		return nil
	}
	var all []broken
	what, n := measure(v, shape)
	if what != "" {
		tooMuch, tooLittle := MaxLength, MinLength
		if what == "value" {
			tooMuch, tooLittle = MaxValue, MinValue
		}
		if r.HasMax && n > r.Max {
			all = append(all, broken{tooMuch, fmt.Sprintf("Member must have %s less than or equal to %d", what, r.Max)})
		}
		if r.HasMin && n < r.Min {
			all = append(all, broken{tooLittle, fmt.Sprintf("Member must have %s greater than or equal to %d", what, r.Min)})
		}
	}
	if shape.Type != awsapi.String {
		return all
	}
	if !r.MatchString(v.String()) {
		all = append(all, broken{Pattern, "Member must satisfy regular expression pattern: " + r.Pattern})
	}
	if r.Enum != nil && !slices.Contains(r.Enum, v.String()) {
		all = append(all, broken{Enum, enumText(r)})
	}
	return all
}

// demands lists all that a scalar shape asks for.
func demands(shape *awsapi.Shape) []string {
	r := shape.Rule
	what := "length"
	if shape.Type == awsapi.Integer || shape.Type == awsapi.Long || shape.Type == awsapi.Double {
		what = "value"
	}
	var all []string
	if r.HasMax {
		all = append(all, fmt.Sprintf("Member must have %s less than or equal to %d", what, r.Max))
	}
	if r.HasMin {
		all = append(all, fmt.Sprintf("Member must have %s greater than or equal to %d", what, r.Min))
	}
	if r.Pattern != "" {
		all = append(all, "Member must satisfy regular expression pattern: "+r.Pattern)
	}
	if r.Enum != nil {
		all = append(all, enumText(r))
	}
	return all
}

func enumText(r *awsapi.Constraint) string {
	return "Member must satisfy enum value set: [" + strings.Join(r.Enum, ", ") + "]"
}

// measure returns what Min and Max bound, "length" or "value", and its size.
// Strings are counted in characters.
func measure(v reflect.Value, shape *awsapi.Shape) (string, int64) {
	switch shape.Type {
	case awsapi.String:
		return "length", int64(utf8.RuneCountInString(v.String()))
	case awsapi.List, awsapi.Map, awsapi.Blob:
		return "length", int64(v.Len())
	case awsapi.Integer, awsapi.Long:
		return "value", v.Int()
	case awsapi.Double:
		return "value", int64(v.Float())
	}
	return "", 0
}

// render shows a value as AWS does: quoted, lists in brackets.
func render(v reflect.Value, shape *awsapi.Shape) string {
	switch shape.Type {
	case awsapi.List:
		parts := make([]string, 0, min(v.Len(), maxListed))
		for i := range min(v.Len(), maxListed) {
			if e := v.Index(i); e.Kind() == reflect.String {
				parts = append(parts, e.String())
			}
		}
		return quote("[" + strings.Join(parts, ", ") + "]")
	case awsapi.Blob:
		return quote("java.nio.HeapByteBuffer")
	}
	return quote(fmt.Sprint(v.Interface()))
}

func quote(s string) string { return "'" + clip(s) + "'" }

// clip shortens what would otherwise be echoed at length.
func clip(s string) string {
	if utf8.RuneCountInString(s) <= maxValue {
		return s
	}
	return string([]rune(s)[:maxValue]) + "..."
}
