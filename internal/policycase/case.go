package policycase

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gatehouse-idc/gatehouse/policy"
)

// Case is one decision.
type Case struct {
	// ID is the case's name as it is written, a JSON string, number or null; nil when it has none.
	ID json.RawMessage
	// Expected is the outcome that the case promises, one of the texts of [Outcome]; empty when it promises none.
	Expected string
	Category string
	Source   string // where the expectation comes from
	Request  policy.Request
	Policies policy.Policies
}

// Name returns the id without quotation marks.
func (c *Case) Name() string {
	var text string
	if json.Unmarshal(c.ID, &text) == nil {
		return text
	}
	return string(c.ID)
}

// Decide decides the case and says why.
func (c *Case) Decide() policy.Decision { return policy.Explain(&c.Request, &c.Policies) }

// Outcome returns the format's word for an effect: allowed, denied(explicit) or denied(implicit).
func Outcome(e policy.Effect) string {
	switch e {
	case policy.Allowed:
		return "allowed"
	case policy.DeniedExplicit:
		return "denied(explicit)"
	}
	return "denied(implicit)"
}

// Decoder reads cases. It is for one goroutine. The zero value is ready for use.
type Decoder struct {
	documents documents
	line      scanner
}

// Decode reads the case of one line. When there is an error, which is an *Error, the case has the id if that
// could be read.
func (d *Decoder) Decode(line []byte) (*Case, error) {
	c := &Case{}
	if err := d.decode(line, c); err != nil {
		return c, err
	}
	return c, nil
}

// The members of a case; others are notes.
var members = [...]string{"id", "category", "source", "expected", "request", "policies"}

func (d *Decoder) decode(line []byte, c *Case) *Error {
	d.line = scanner{data: line}
	s := &d.line
	if !utf8.Valid(line) {
		return s.fail(invalidUTF8(line), "the line is not valid UTF-8")
	}
	var spans [len(members)]struct{ start, end int }
	err := s.object(func(name []byte, at int) *Error {
		start := s.pos
		raw, err := s.skip()
		if err != nil {
			return err
		}
		i := memberIndex(name)
		switch {
		case i < 0 && !json.Valid(raw):
			return s.fail(start, "%s is not valid JSON", name)
		case i < 0:
			return checkNote(s, string(name), at)
		case spans[i].end > 0:
			return s.fail(at, "%s is there twice", name)
		}
		spans[i].start, spans[i].end = start, s.pos
		return c.setNote(s, i, raw, start)
	})
	if err != nil {
		return err
	}
	if s.peek() != 0 || s.pos < len(line) {
		return s.fail(s.pos, "unexpected text after the case")
	}
	const request, policies = 4, 5
	for _, i := range []int{request, policies} {
		if spans[i].end == 0 {
			return s.fail(len(line), "the case has no %s", members[i])
		}
	}
	s.pos = spans[request].start
	if err := d.request(&c.Request); err != nil {
		return within("request", err)
	}
	s.pos = spans[policies].start
	return within("policies", d.policies(&c.Policies, assumesRole(&c.Request)))
}

func within(member string, err *Error) *Error {
	switch {
	case err == nil:
	case err.Member == "" || err.Member[0] == '[':
		err.Member = member + err.Member
	default:
		err.Member = member + "." + err.Member
	}
	return err
}

func memberIndex(name []byte) int {
	for i, m := range members {
		if string(name) == m {
			return i
		}
	}
	return -1
}

// setNote keeps what is not part of the decision.
func (c *Case) setNote(s *scanner, i int, raw []byte, at int) *Error {
	text := ""
	switch members[i] {
	case "request", "policies":
		return nil
	case "id":
		if raw[0] == '{' || raw[0] == '[' || !json.Valid(raw) {
			return s.fail(at, "the id must be a string or a number")
		}
		c.ID = raw
		return nil
	}
	if string(raw) == "null" {
		return nil
	}
	if err := json.Unmarshal(raw, &text); err != nil {
		return s.fail(at, "%s must be a string", members[i])
	}
	switch members[i] {
	case "category":
		c.Category = text
	case "source":
		c.Source = text
	case "expected":
		for _, e := range []policy.Effect{policy.Allowed, policy.DeniedExplicit, policy.DeniedImplicit} {
			if text == Outcome(e) {
				c.Expected = text
			}
		}
		if c.Expected == "" {
			return s.fail(at, "expected must be allowed, denied(explicit) or denied(implicit), not %q", text)
		}
	}
	return nil
}

// checkNote refuses a note whose name looks like a slip of the pen: an "expectd" that is passed over would be a
// check that is never made.
func checkNote(s *scanner, name string, at int) *Error {
	for _, m := range members {
		if near(strings.ToLower(name), m) {
			return s.fail(at, "unknown member %q; did you mean %q?", name, m)
		}
	}
	return nil
}

// near reports whether two names differ in at most one place.
func near(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 0:
		return i == len(a) || a[i+1:] == b[i+1:] ||
			i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	case 1:
		return a[i:] == b[i+1:]
	}
	return false
}

func invalidUTF8(line []byte) int {
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRune(line[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(line)
}

// policies reads the policies of a case.
func (d *Decoder) policies(p *policy.Policies, role bool) *Error {
	s := &d.line
	var seen []string
	return s.object(func(raw []byte, at int) *Error {
		name := string(raw)
		if slices.Contains(seen, name) {
			return s.fail(at, "%s is there twice", name)
		}
		seen = append(seen, name)
		var err *Error
		switch name {
		case "identity":
			p.Identity, err = d.list(identity, name)
		case "session":
			p.Session, err = d.list(session, name)
		case "boundary":
			p.Boundary, err = d.optional(boundary, name)
		case "resource":
			u := resource
			if role {
				u = trust
			}
			p.Resource, err = d.optional(u, name)
		case "scps":
			p.SCPs, err = d.levels(scp, name)
		case "rcps":
			p.RCPs, err = d.levels(rcp, name)
		default:
			return s.fail(at, "unknown member %q", name)
		}
		return err
	})
}

func (d *Decoder) levels(u use, name string) (levels [][]*policy.Policy, err *Error) {
	s := &d.line
	if s.null() {
		return nil, nil
	}
	err = s.array(func(i int) *Error {
		if s.peek() != '[' {
			return &Error{Column: s.fail(s.pos, "").Column, Member: fmt.Sprintf("%s[%d]", name, i), Detail: "a level is a list of documents"}
		}
		level, err := d.list(u, fmt.Sprintf("%s[%d]", name, i))
		levels = append(levels, level)
		return err
	})
	return levels, err
}

// list reads a list of documents, or one document in its place.
func (d *Decoder) list(u use, name string) (list []*policy.Policy, err *Error) {
	s := &d.line
	if s.null() {
		return nil, nil
	}
	if s.peek() != '[' {
		p, err := d.document(u, name)
		return []*policy.Policy{p}, err
	}
	err = s.array(func(i int) *Error {
		p, err := d.document(u, name+"["+strconv.Itoa(i)+"]")
		list = append(list, p)
		return err
	})
	return list, err
}

func (d *Decoder) optional(u use, name string) (*policy.Policy, *Error) {
	if d.line.null() {
		return nil, nil
	}
	return d.document(u, name)
}

func (d *Decoder) document(u use, name string) (*policy.Policy, *Error) {
	start := d.line.pos
	raw, failed := d.line.skip()
	if failed != nil {
		return nil, failed
	}
	p, err := d.documents.get(u, bytes.TrimSpace(raw))
	if err != nil {
		fault := d.line.fail(start, "%v", err)
		fault.Member = name
		return nil, fault
	}
	return p.Named(name), nil
}
