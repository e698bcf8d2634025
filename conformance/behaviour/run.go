package behaviour

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/gatehouse-idc/gatehouse/conformance/model"
	"github.com/gatehouse-idc/gatehouse/conformance/probe"
	"github.com/gatehouse-idc/gatehouse/conformance/wire"
)

const (
	// patience is how long a step waits for what happens in the background.
	patience = 20 * time.Second
	// pause is how long it waits between two looks.
	pause = 50 * time.Millisecond
)

// Runner runs cases against an endpoint.
type Runner struct {
	Client      *wire.Client
	Credentials aws.Credentials
	Services    []*model.Service
	World       probe.World
	Facts       map[string]any // variables every case has: "management", "member"

	// Probes are what walked lists were asked besides: a token that no service made.
	Probes []probe.Result
}

// run is one case on its way.
type run struct {
	*Runner
	c    *Case
	vars map[string]any
}

// Run runs a case to its first step that is not as AWS promises, and tidies up.
func (r *Runner) Run(ctx context.Context, c *Case) Result {
	out := Result{Name: c.Name, File: c.File}
	vars := map[string]any{
		"run":      strconv.FormatInt(r.Client.Now().UnixNano()%1e12, 36),
		"instance": r.World.InstanceARN, "store": r.World.IdentityStoreID, "token": r.World.AccessToken,
	}
	for name, value := range r.Facts {
		vars[name] = value
	}
	for _, need := range c.Needs {
		if v := vars[need]; v == nil || v == "" {
			out.Skipped = "the endpoint has no " + need
			return out
		}
	}
	u := &run{Runner: r, c: c, vars: vars}
	for i, step := range c.Steps {
		f := u.step(ctx, step)
		if f.why != "" {
			out.Step, out.Operation, out.Why, out.Request, out.Answer = i+1, step.Call, f.why, f.request, f.answer
			break
		}
	}
	out.Passed = out.Why == ""
	for _, step := range c.Always {
		// Some of it may never have been made.
		_ = u.step(ctx, step)
	}
	return out
}

// finding is what a step met; why is "" where all is well.
type finding struct{ why, request, answer string }

func (u *run) step(ctx context.Context, s Step) finding {
	for i := 1; i <= max(1, s.Times); i++ {
		u.vars["i"] = strconv.Itoa(i)
		if f := u.once(ctx, s); f.why != "" {
			return f
		}
	}
	return finding{}
}

func (u *run) once(ctx context.Context, s Step) finding {
	call, err := u.call(s)
	if err != nil {
		return finding{why: err.Error()}
	}
	began := u.Client.Now()
	for {
		f, a := u.look(ctx, s, call)
		if f.why == "" {
			if a != nil {
				f.why = u.keep(s, a)
			}
			return f
		}
		if !s.Until || u.Client.Now().Sub(began) > patience || ctx.Err() != nil {
			return f
		}
		time.Sleep(pause)
	}
}

// call fills a step's variables in.
func (u *run) call(s Step) (wire.Call, error) {
	name := s.Service
	if name == "" {
		name = u.c.Service
	}
	at := slices.IndexFunc(u.Services, func(m *model.Service) bool { return m.Name == name })
	if at < 0 {
		return wire.Call{}, fmt.Errorf("no model of a service %q", name)
	}
	op := u.Services[at].Operations[s.Call]
	if op == nil {
		return wire.Call{}, fmt.Errorf("%s has no operation %q", name, s.Call)
	}
	filled, err := u.fill(anyMap(s.With))
	if err != nil {
		return wire.Call{}, err
	}
	input, _ := filled.(map[string]any)
	call := wire.Call{Service: u.Services[at], Operation: op, Input: input, Credentials: &u.Credentials}
	if s.As != "" {
		c := asObject(u.vars[s.As])
		text := func(name string) string { t, _ := c[name].(string); return t }
		call.Credentials = &aws.Credentials{AccessKeyID: text("AccessKeyId"), SecretAccessKey: text("SecretAccessKey"), SessionToken: text("SessionToken")}
	}
	return call, nil
}

func anyMap(m map[string]any) any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

// look makes the call once and holds the answer against the step.
func (u *run) look(ctx context.Context, s Step, call wire.Call) (finding, *wire.Answer) {
	request := probe.Brief(call.Input)
	if s.Walk {
		return finding{why: u.walk(ctx, s, call), request: request}, nil
	}
	a, err := u.Client.Do(ctx, call)
	if err != nil {
		return finding{why: err.Error(), request: request}, nil
	}
	why := u.judge(s, a)
	return finding{why: why, request: request, answer: probe.Short(fmt.Sprintf("HTTP %d %s", a.Status, a.Body))}, a
}

func (u *run) judge(s Step, a *wire.Answer) string {
	switch {
	case a.Malformed != "":
		return a.Malformed
	case probe.IsNotImplemented(a):
		return "not implemented"
	case s.Error == "" && a.Status >= 300:
		return "refused with " + a.Code
	case s.Error == "":
		want, err := u.fill(anyMap(s.Expect))
		if err != nil {
			return err.Error()
		}
		return mismatch(want, a.Output, "")
	case a.Status < 300:
		return "accepted instead of refused with " + s.Error
	case !slices.Contains(strings.Split(s.Error, "|"), a.Code):
		return fmt.Sprintf("refused with %s instead of %s", a.Code, s.Error)
	case s.Reason != "" && a.Reason != s.Reason:
		return fmt.Sprintf("the reason is %q, not %q", a.Reason, s.Reason)
	case s.Message != "":
		return u.judgeMessage(s.Message, a.Message)
	}
	return ""
}

func (u *run) judgeMessage(want, got string) string {
	filled, err := u.fill(want)
	if err != nil {
		return err.Error()
	}
	text, _ := filled.(string)
	if strings.HasPrefix(text, "~") {
		return mismatch(text, got, "the message")
	}
	if !strings.Contains(got, text) {
		return fmt.Sprintf("the message is %q, without %q", got, text)
	}
	return ""
}

func (u *run) walk(ctx context.Context, s Step, call wire.Call) string {
	why, err := probe.Compare(ctx, u.Client, call)
	if err != nil {
		return err.Error()
	}
	if why != "" {
		return why
	}
	garbage, err := probe.Garbage(ctx, u.Client, call)
	if err != nil {
		return err.Error()
	}
	u.Probes = append(u.Probes, garbage)
	items, why, err := probe.Walk(ctx, u.Client, call, 1)
	if err != nil {
		return err.Error()
	}
	if why != "" {
		return why
	}
	want, err := u.fill(anyMap(s.Expect))
	if err != nil {
		return err.Error()
	}
	return mismatch(want, map[string]any{"items": items}, "")
}

func (u *run) keep(s Step, a *wire.Answer) string {
	for name, path := range s.Keep {
		v := at(a.Output, path)
		if v == nil {
			return "the output has no " + path
		}
		filled, err := u.fill(name)
		if err != nil {
			return err.Error()
		}
		u.vars[fmt.Sprint(filled)] = v
	}
	return ""
}

var variable = regexp.MustCompile(`\$\{([A-Za-z0-9_.]+)\}`)

// fill puts variables in place. A text that is one variable becomes its value, whatever that is; "${a*700}" is
// the letter a 700 times.
func (u *run) fill(v any) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, item := range v {
			name, err := u.fill(key)
			if err != nil {
				return nil, err
			}
			if out[fmt.Sprint(name)], err = u.fill(item); err != nil {
				return nil, err
			}
		}
		return out, nil
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			var err error
			if out[i], err = u.fill(item); err != nil {
				return nil, err
			}
		}
		return out, nil
	case string:
		return u.fillText(v)
	}
	return v, nil
}

var repeated = regexp.MustCompile(`\$\{(.)\*(\d+)\}`)

func (u *run) fillText(text string) (any, error) {
	text = repeated.ReplaceAllStringFunc(text, func(m string) string {
		parts := repeated.FindStringSubmatch(m)
		n, err := strconv.Atoi(parts[2])
		if err != nil {
			return m
		}
		return strings.Repeat(parts[1], n)
	})
	// A variable's name may hold another: ${policy${i}}.
	for range 2 {
		if whole := variable.FindStringSubmatch(text); whole != nil && whole[0] == text {
			return u.value(whole[1])
		}
		var failure error
		text = variable.ReplaceAllStringFunc(text, func(m string) string {
			v, err := u.value(m[2 : len(m)-1])
			if err != nil {
				failure = err
			}
			return fmt.Sprint(v)
		})
		if failure != nil {
			return nil, failure
		}
	}
	return text, nil
}

func (u *run) value(path string) (any, error) {
	name, rest, deep := strings.Cut(path, ".")
	v, ok := u.vars[name]
	if !ok {
		return nil, fmt.Errorf("no variable ${%s}: the step that keeps it has not run", name)
	}
	if deep {
		v = at(v, rest)
	}
	return v, nil
}

// show is a value in a few words.
func show(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return probe.Short(string(text))
}
