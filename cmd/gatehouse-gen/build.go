package main

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// api is the intermediate form: everything named and resolved, ready to print.
type api struct {
	service
	*model
	protocol   string // awsapi constant
	operations []*operation
	shapes     []*shape // sorted by name
	byName     map[string]*shape
}

type operation struct {
	*modelOperation
	name, action, auth string
	readOnly           bool
	pagination         *modelPagination
}

type shape struct {
	*modelShape
	name     string
	kind     string // awsapi constant
	goName   string // of the struct type; "" when none is generated
	members  []*member
	inOutput bool // reachable from an operation's output
	inInput  bool
}

type member struct {
	*modelRef
	name, wire, field string
	location          string
	required          bool
	encoded           bool
}

// build resolves a model.
func build(s service, m *model) (*api, error) {
	a := &api{service: s, model: m, byName: map[string]*shape{}}
	protocols := map[string]string{"json": "JSON11", "rest-json": "RestJSON", "query": "Query"}
	if a.protocol = protocols[m.Metadata.Protocol]; a.protocol == "" {
		return nil, fmt.Errorf("%s: protocol %q is not spoken", s.model, m.Metadata.Protocol)
	}
	for _, name := range sortedKeys(m.Shapes) {
		sh, err := buildShape(name, m.Shapes[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.model, err)
		}
		a.shapes = append(a.shapes, sh)
		a.byName[name] = sh
	}
	for _, name := range sortedKeys(m.Operations) {
		a.operations = append(a.operations, a.buildOperation(name, m.Operations[name]))
	}
	if err := a.checkReferences(); err != nil {
		return nil, fmt.Errorf("%s: %w", s.model, err)
	}
	a.markReach()
	if err := a.markEncoded(); err != nil {
		return nil, fmt.Errorf("%s: %w", s.model, err)
	}
	return a, a.nameTypes()
}

func buildShape(name string, m *modelShape) (*shape, error) {
	kinds := map[string]string{
		"structure": "Structure", "list": "List", "map": "Map", "string": "String", "integer": "Integer",
		"long": "Long", "double": "Double", "float": "Double", "boolean": "Boolean", "timestamp": "Timestamp", "blob": "Blob",
	}
	sh := &shape{modelShape: m, name: name, kind: kinds[m.Type]}
	switch {
	case sh.kind == "":
		return nil, fmt.Errorf("shape %s has type %q", name, m.Type)
	case m.Document:
		sh.kind = "Document"
	case m.Union:
		sh.kind = "Union"
	}
	locations := map[string]string{"": "InBody", "header": "InHeader", "querystring": "InQuery", "uri": "InPath"}
	for _, n := range sortedKeys(m.Members) {
		ref := m.Members[n]
		mb := &member{modelRef: ref, name: n, wire: ref.LocationName, field: goName(n), required: slices.Contains(m.Required, n)}
		if mb.wire == "" {
			mb.wire = n
		}
		if mb.location = locations[ref.Location]; mb.location == "" {
			return nil, fmt.Errorf("member %s.%s is in %q", name, n, ref.Location)
		}
		if m.Payload == n {
			mb.location = "InPayload"
		}
		sh.members = append(sh.members, mb)
	}
	sort.SliceStable(sh.members, func(i, j int) bool { return sh.members[i].wire < sh.members[j].wire })
	return sh, nil
}

func (a *api) buildOperation(name string, m *modelOperation) *operation {
	op := &operation{modelOperation: m, name: name, action: a.actionPrefix + ":" + name, auth: "SigV4"}
	if m.AuthType == "none" {
		op.auth = "NoAuth"
		if m.Input != nil {
			for _, mb := range a.byName[m.Input.Shape].members {
				if mb.wire == "x-amz-sso_bearer_token" {
					op.auth = "Bearer"
				}
			}
		}
	}
	if m.ReadOnly != nil {
		op.readOnly = *m.ReadOnly
	} else {
		op.readOnly = slices.ContainsFunc(readOnlyPrefixes(), func(p string) bool { return strings.HasPrefix(name, p) })
	}
	if p := a.Pagination[name]; p != nil && len(p.InputToken) > 0 {
		op.pagination = p
	}
	return op
}

// refs returns the references of a shape to others.
func (s *shape) refs() []*modelRef {
	var refs []*modelRef
	for _, m := range s.members {
		refs = append(refs, m.modelRef)
	}
	for _, r := range []*modelRef{s.Member, s.Key, s.Value} {
		if r != nil {
			refs = append(refs, r)
		}
	}
	return refs
}

func (o *operation) refs() []*modelRef {
	refs := slices.Clone(o.Errors)
	for _, r := range []*modelRef{o.Input, o.Output} {
		if r != nil {
			refs = append(refs, r)
		}
	}
	return refs
}

func (a *api) checkReferences() error {
	for _, s := range a.shapes {
		for _, r := range s.refs() {
			if a.byName[r.Shape] == nil {
				return fmt.Errorf("shape %s refers to %q, which does not exist", s.name, r.Shape)
			}
		}
	}
	for _, o := range a.operations {
		for _, r := range o.refs() {
			if a.byName[r.Shape] == nil {
				return fmt.Errorf("operation %s refers to %q, which does not exist", o.name, r.Shape)
			}
		}
	}
	return nil
}

// markReach notes which shapes inputs and outputs are made of.
func (a *api) markReach() {
	var visit func(name string, seen func(*shape) *bool)
	visit = func(name string, seen func(*shape) *bool) {
		s := a.byName[name]
		if *seen(s) {
			return
		}
		*seen(s) = true
		for _, r := range s.refs() {
			visit(r.Shape, seen)
		}
	}
	for _, o := range a.operations {
		if o.Input != nil {
			visit(o.Input.Shape, func(s *shape) *bool { return &s.inInput })
		}
		if o.Output != nil {
			visit(o.Output.Shape, func(s *shape) *bool { return &s.inOutput })
		}
	}
}

// markEncoded marks the policy documents in IAM's answers, which AWS sends
// URL-encoded (RFC 3986) although the model does not say so.
func (a *api) markEncoded() error {
	for _, s := range a.shapes {
		for _, m := range s.members {
			if m.Shape != "policyDocumentType" || !s.inOutput {
				continue
			}
			if s.inInput {
				return fmt.Errorf("%s.%s is a policy document both sent and received: encoded or not?", s.name, m.name)
			}
			m.encoded = true
		}
	}
	return nil
}

// nameTypes gives structures that are not exceptions or whole inputs or outputs
// a Go type, and refuses names that clash.
func (a *api) nameTypes() error {
	taken := map[string]string{"Service": "the service", "Operations": "the operations"}
	take := func(name, by string) error {
		if other, clash := taken[name]; clash {
			return fmt.Errorf("%s: the Go name %s is wanted by %s and %s", a.service.model, name, other, by)
		}
		taken[name] = by
		return nil
	}
	for _, o := range a.operations {
		for _, n := range []string{o.name, o.name + "Input", o.name + "Output"} {
			if err := take(n, "operation "+o.name); err != nil {
				return err
			}
		}
	}
	nested := map[string]bool{}
	for _, s := range a.shapes {
		if s.Exception {
			continue
		}
		for _, r := range s.refs() {
			nested[r.Shape] = true
		}
	}
	for _, s := range a.shapes {
		if !nested[s.name] || s.Exception || s.kind != "Structure" && s.kind != "Union" {
			continue
		}
		s.goName = goName(s.name)
		if err := take(s.goName, "shape "+s.name); err != nil {
			return err
		}
	}
	return nil
}

// fieldType is the Go type of a field holding a shape; elemType, of a list element.
func (a *api) fieldType(name string) string {
	s := a.byName[name]
	switch s.kind {
	case "List", "Map", "Blob", "Document":
		return a.elemType(name)
	}
	return "*" + a.elemType(name)
}

func (a *api) elemType(name string) string {
	s := a.byName[name]
	switch s.kind {
	case "Structure", "Union":
		return s.goName
	case "List":
		return "[]" + a.elemType(s.Member.Shape)
	case "Map":
		return "map[string]" + a.elemType(s.Value.Shape)
	}
	return map[string]string{
		"String": "string", "Integer": "int32", "Long": "int64", "Double": "float64",
		"Boolean": "bool", "Timestamp": "time.Time", "Blob": "[]byte", "Document": "awsapi.JSON",
	}[s.kind]
}

// goName makes an exported Go name: error_description becomes ErrorDescription.
func goName(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(name, "_") {
		if part == "" {
			continue
		}
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

// bound turns a model's number into an integer.
func bound(n string) (int64, error) {
	if v, err := strconv.ParseInt(n, 10, 64); err == nil {
		return v, nil
	}
	f, err := strconv.ParseFloat(n, 64)
	return int64(f), err
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
