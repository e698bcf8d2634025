package probe

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/gatehouse-idc/gatehouse/conformance/model"
)

// Kind is what a probe asks about.
type Kind string

// The kinds of probes.
const (
	Missing  Kind = "missing"
	TooLong  Kind = "too long"
	TooShort Kind = "too short"
	TooMuch  Kind = "too much"
	TooLow   Kind = "too low"
	Pattern  Kind = "pattern"
	Enum     Kind = "enum"
	Type     Kind = "type"
	Unknown  Kind = "unknown"
	Read     Kind = "read"
	Pages    Kind = "pages"
	BadToken Kind = "bad token"
	Unsigned Kind = "unsigned"
)

// Probe is one request that has exactly one answer.
type Probe struct {
	Kind   Kind
	Member string // the model's path of what is wrong: "Tags.Key"
	Path   string // the same as AWS writes it: "tags.1.member.key"
	Input  map[string]any
}

// breaker walks an input's model and makes, for each rule, an input that breaks that rule alone.
type breaker struct {
	sampler
	base   map[string]any
	probes []Probe
}

// place is where the walk stands: how to put a value there in a copy of the base, and what it is called.
type place struct {
	member, path string
	put          func(root map[string]any, value any)
	location     string // of the top member
	depth        int
}

const (
	// maxDepth is how deep structures are followed.
	maxDepth = 5
	// maxText is the longest text that is sent: longer bounds are beyond what a server reads.
	maxText = 200_000
)

// removed, put into a place, takes what is there away.
type removed struct{}

func breakRules(s sampler, op *model.Operation, base map[string]any) ([]Probe, error) {
	b := &breaker{sampler: s, base: base}
	shape := s.service.InputOf(op)
	for _, name := range shape.MemberNames() {
		m := shape.Members[name]
		at := place{member: name, path: camel(name), location: m.Location, put: func(root map[string]any, v any) { set(root, name, v) }}
		if err := b.member(at, s.service.Shape(m.Shape), shape.Requires(name) && m.Location != "uri"); err != nil {
			return nil, fmt.Errorf("%s: %w", op.Name, err)
		}
	}
	return b.probes, nil
}

func set(object map[string]any, name string, v any) {
	if _, gone := v.(removed); gone {
		delete(object, name)
		return
	}
	object[name] = v
}

func camel(name string) string { return strings.ToLower(name[:1]) + name[1:] }

func (b *breaker) add(kind Kind, at place, v any) {
	root, _ := clone(b.base).(map[string]any)
	at.put(root, v)
	b.probes = append(b.probes, Probe{Kind: kind, Member: at.member, Path: at.path, Input: root})
}

func (b *breaker) member(at place, shape *model.Shape, required bool) error {
	if required {
		b.add(Missing, at, removed{})
	}
	b.wrongType(at, shape)
	switch {
	case shape.IsText():
		return b.text(at, shape)
	case shape.IsNumber():
		b.number(at, shape)
		return nil
	}
	switch shape.Type {
	case "blob":
		if shape.Max != nil && *shape.Max < maxText {
			b.add(TooLong, at, base64.StdEncoding.EncodeToString(make([]byte, int(*shape.Max)+1)))
		}
	case "structure":
		if !shape.Document {
			return b.structure(at, shape)
		}
	case "list":
		return b.list(at, shape)
	case "map":
		return b.mapping(at, shape)
	}
	return nil
}

// wrongType puts a value of another JSON type; forms know only texts, so that there only numbers, booleans and
// times can be wrong.
func (b *breaker) wrongType(at place, shape *model.Shape) {
	isJSON := b.service.Metadata.Protocol != model.Query && at.location == ""
	switch {
	case shape.Document || shape.Type == "blob":
	case shape.IsNumber():
		b.add(Type, at, "many")
	case shape.Type == "boolean":
		b.add(Type, at, "perhaps")
	case shape.Type == "timestamp":
		b.add(Type, at, "yesterday")
	case !isJSON:
	case shape.IsText():
		b.add(Type, at, map[string]any{})
	default:
		b.add(Type, at, "text")
	}
}

func (b *breaker) text(at place, shape *model.Shape) error {
	sample, err := shape.Sample()
	if err != nil {
		return err
	}
	if shape.Max != nil && int(*shape.Max) < maxText {
		b.add(TooLong, at, stretch(sample, int(*shape.Max)+1))
	}
	if shape.Min != nil && *shape.Min >= 1 && (at.location == "" || *shape.Min > 1) {
		b.add(TooShort, at, string([]rune(sample)[:int(*shape.Min)-1]))
	}
	if len(shape.Enum) > 0 {
		b.add(Enum, at, "NoSuchValue")
	}
	if shape.Pattern != "" && at.location != "header" {
		if wrong := offending(shape); wrong != "" {
			b.add(Pattern, at, wrong)
		}
	}
	return nil
}

func stretch(sample string, n int) string {
	if sample == "" {
		sample = "a"
	}
	runes := []rune(sample)
	return sample + strings.Repeat(string(runes[len(runes)-1]), max(0, n-len(runes)))
}

// offending is a text of an allowed length that the pattern does not match, or "".
func offending(shape *model.Shape) string {
	re, err := model.Compile(shape.Pattern)
	if err != nil {
		return ""
	}
	n := 1
	if shape.Min != nil {
		n = max(n, int(*shape.Min))
	}
	for _, candidate := range []string{" ", "#", "a b", "\u4e2d", "\u0001", "!", "a", "a\nb"} {
		text := stretch(candidate, n)
		if !re.MatchString(text) && (shape.Max == nil || len([]rune(text)) <= int(*shape.Max)) {
			return text
		}
	}
	return ""
}

func (b *breaker) number(at place, shape *model.Shape) {
	if shape.Max != nil && *shape.Max < 1<<31-1 {
		b.add(TooMuch, at, *shape.Max+1)
	}
	if shape.Min != nil {
		b.add(TooLow, at, *shape.Min-1)
	}
}

func (b *breaker) structure(at place, shape *model.Shape) error {
	if at.depth >= maxDepth {
		return nil
	}
	whole, err := b.sampler.structure(shape, 0)
	if err != nil {
		return err
	}
	for _, name := range shape.MemberNames() {
		inner := place{member: at.member + "." + name, path: at.path + "." + camel(name), location: at.location, depth: at.depth + 1,
			put: func(root map[string]any, v any) {
				object, _ := clone(whole).(map[string]any)
				if shape.Union {
					object = map[string]any{}
				}
				set(object, name, v)
				at.put(root, object)
			}}
		if err := b.member(inner, b.service.Shape(shape.Members[name].Shape), shape.Requires(name)); err != nil {
			return err
		}
	}
	return nil
}

// maxItems is the longest list that is sent.
const maxItems = 2000

func (b *breaker) list(at place, shape *model.Shape) error {
	elem := b.service.Shape(shape.Member.Shape)
	one, err := b.sampler.value("", elem, 1)
	if err != nil {
		return err
	}
	if shape.Max != nil && *shape.Max < maxItems {
		items := make([]any, int(*shape.Max)+1)
		for i := range items {
			items[i] = one
		}
		b.add(TooLong, at, items)
	}
	if shape.Min != nil && *shape.Min >= 1 && at.location == "" {
		b.add(TooShort, at, []any{})
	}
	inner := place{member: at.member, path: at.path, location: at.location, depth: at.depth + 1,
		put: func(root map[string]any, v any) { at.put(root, []any{v}) }}
	if at.depth >= maxDepth {
		return nil
	}
	if elem.Type == "structure" || elem.Type == "list" || elem.Type == "map" {
		inner.path += ".1.member"
	}
	return b.member(inner, elem, false)
}

func (b *breaker) mapping(at place, shape *model.Shape) error {
	key, err := b.service.Shape(shape.Key.Shape).Sample()
	if err != nil {
		return err
	}
	if shape.Max != nil && *shape.Max < maxItems {
		v, err := b.sampler.value("", b.service.Shape(shape.Value.Shape), 0)
		if err != nil {
			return err
		}
		items := map[string]any{}
		for i := range int(*shape.Max) + 1 {
			items[fmt.Sprintf("%s%c%c", key, 'a'+rune(i/26), 'a'+rune(i%26))] = v
		}
		b.add(TooLong, at, items)
	}
	if at.depth >= maxDepth {
		return nil
	}
	value := b.service.Shape(shape.Value.Shape)
	inner := place{member: at.member, path: at.path, location: at.location, depth: at.depth + 1,
		put: func(root map[string]any, v any) { at.put(root, map[string]any{key: v}) }}
	return b.member(inner, value, false)
}
