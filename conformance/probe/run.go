package probe

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/gatehouse-idc/gatehouse/conformance/model"
	"github.com/gatehouse-idc/gatehouse/conformance/wire"
)

// Result is the outcome of one probe.
type Result struct {
	Operation string `json:"operation"`
	Kind      Kind   `json:"kind"`
	Member    string `json:"member,omitempty"`
	Passed    bool   `json:"passed"`
	Why       string `json:"why,omitempty"`     // of a failure
	Request   string `json:"request,omitempty"` // of a failure, shortened
	Answer    string `json:"answer,omitempty"`  // of a failure, shortened
}

// Runner asks the operations of one service.
type Runner struct {
	Client      *wire.Client
	Credentials aws.Credentials
	Service     *model.Service
	World       World
}

// Report is what became of one operation.
type Report struct {
	Results        []Result
	NotImplemented bool
}

// Run asks one operation. Where the first answer is that the operation is not implemented, the others are not
// asked and count as failed.
func (r *Runner) Run(ctx context.Context, name string) (Report, error) {
	op := r.Service.Operations[name]
	probes, err := r.probes(op)
	if err != nil {
		return Report{}, err
	}
	var out Report
	lost := 0
	for _, p := range probes {
		result, answer, err := r.ask(ctx, op, p)
		if err != nil {
			return out, err
		}
		if answer != nil && IsNotImplemented(answer) {
			return Report{Results: notImplemented(name, probes), NotImplemented: true}, nil
		}
		if answer == nil || isCrash(answer) {
			lost++
		}
		out.Results = append(out.Results, result)
	}
	if lost > 0 && lost == len(probes) {
		return Report{Results: notImplemented(name, probes), NotImplemented: true}, nil
	}
	return out, nil
}

func notImplemented(operation string, probes []Probe) []Result {
	var out []Result
	for _, p := range probes {
		out = append(out, Result{Operation: operation, Kind: p.Kind, Member: p.Member, Why: "not implemented"})
	}
	return out
}

var reading = regexp.MustCompile(`^(Get|List|Describe|Lookup)[A-Z]`)

// probes lists what an operation is asked.
func (r *Runner) probes(op *model.Operation) ([]Probe, error) {
	s := sampler{service: r.Service, world: r.World, trust: op.Name == "UpdateAssumeRolePolicy"}
	base, err := s.input(op)
	if err != nil {
		return nil, err
	}
	var all []Probe
	if reading.MatchString(op.Name) && r.bound(op) && !readDepends(r.Service.Name, op.Name) {
		all = append(all, Probe{Kind: Read, Input: base})
		if r.Service.Pagination[op.Name] != nil {
			all = append(all, Probe{Kind: Pages, Input: base})
			if token := r.Service.Pagination[op.Name].InputToken[0]; len(r.Service.InputOf(op).Members) > 0 {
				all = append(all, Probe{Kind: BadToken, Member: token, Path: camel(token), Input: with(base, token, garbage)})
			}
		}
	}
	broken, err := breakRules(s, op, base)
	if err != nil {
		return nil, err
	}
	all = append(all, broken...)
	unknown, err := r.unknown(s, op)
	return append(all, unknown...), err
}

// garbage is a token that has the form of one. No service made it.
const garbage = "Y29uZm9ybWFuY2U"

func with(base map[string]any, name string, v any) map[string]any {
	out, _ := clone(base).(map[string]any)
	out[name] = v
	return out
}

// bound reports whether everything an operation requires is known to exist.
func (r *Runner) bound(op *model.Operation) bool {
	return !slices.ContainsFunc(r.Service.InputOf(op).Required, func(m string) bool { return r.World.bound(m) == "" })
}

var identifier = regexp.MustCompile(`(Arn|ARN|Id|ID|Ids|Identifier)$`)

// The members that a probe with identifiers of nothing speaks of.
const (
	whatItNames = "what it names"
	whereItIs   = "where it is"
)

// unknown makes the probes with well-formed identifiers of nothing, for operations that model an error for it.
func (r *Runner) unknown(s sampler, op *model.Operation) ([]Probe, error) {
	if !slices.ContainsFunc(op.Errors, func(e model.Ref) bool { return IsNotFound(e.Shape) }) || unknownIsFine(r.Service.Name, op.Name) {
		return nil, nil
	}
	required := r.Service.InputOf(op).Required
	names := func(of func(string) bool) bool { return slices.ContainsFunc(required, of) }
	var all []Probe
	if names(func(m string) bool {
		return r.World.bound(m) == "" && (identifier.MatchString(m) || r.Service.Name == "iam")
	}) {
		base, err := s.input(op)
		if err != nil {
			return nil, err
		}
		all = append(all, Probe{Kind: Unknown, Member: whatItNames, Input: base})
	}
	if names(func(m string) bool { return r.World.bound(m) != "" }) {
		s.unbound = true
		base, err := s.input(op)
		if err != nil {
			return nil, err
		}
		all = append(all, Probe{Kind: Unknown, Member: whereItIs, Input: base})
	}
	return all, nil
}

// ask sends one probe and judges the answer.
func (r *Runner) ask(ctx context.Context, op *model.Operation, p Probe) (Result, *wire.Answer, error) {
	out := Result{Operation: op.Name, Kind: p.Kind, Member: p.Member}
	if p.Kind == Pages {
		why, err := r.walk(ctx, op, p.Input)
		out.Passed, out.Why = why == "", why
		if why != "" {
			out.Request = Brief(p.Input)
		}
		return out, nil, err
	}
	call := wire.Call{Service: r.Service, Operation: op, Input: p.Input, Credentials: &r.Credentials}
	if p.Kind == Unsigned {
		call.Credentials = nil
	}
	a, err := r.Client.Do(ctx, call)
	if err != nil {
		return out, nil, fmt.Errorf("%s %s: %w", r.Service.Name, op.Name, err)
	}
	out.Why = judge(call, p, a)
	if out.Passed = out.Why == ""; !out.Passed {
		out.Request, out.Answer = Brief(p.Input), Short(fmt.Sprintf("HTTP %d %s", a.Status, a.Body))
	}
	return out, a, nil
}

// UnsignedProbe asks an operation without a signature.
func (r *Runner) UnsignedProbe(ctx context.Context, name string) (Result, error) {
	op := r.Service.Operations[name]
	base, err := sampler{service: r.Service, world: r.World}.input(op)
	if err != nil {
		return Result{}, err
	}
	out, _, err := r.ask(ctx, op, Probe{Kind: Unsigned, Input: base})
	return out, err
}

// Brief is an input in a line.
func Brief(input map[string]any) string {
	text, err := json.Marshal(input)
	if err != nil {
		return err.Error()
	}
	return Short(string(text))
}

// Short shortens a text to what a report shows.
func Short(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > 300 {
		return string(runes[:300]) + "..."
	}
	return text
}
