package policy_test

import (
	"bytes"
	"encoding/base64"
	"math/big"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gatehouse-idc/gatehouse/policy"
)

// This file decides a second time, in the plainest way: straight from the document as it was written, with regular
// expressions for patterns, without an index and without anything prepared. The tests hold the engine against it.

// outcome is what a test of a statement comes to. What the language does not define is doubtful: as an Allow the
// statement does not apply, as a Deny it does.
type outcome int

const (
	fails outcome = iota
	doubtful
	holds
)

func when(b bool) outcome {
	if b {
		return holds
	}
	return fails
}

func invert(o outcome) outcome { return holds - o }

// plain is one decision.
type plain struct {
	w         *world
	variables bool // the document in hand is 2012-10-17
}

// value looks a key up; names compare without regard to case.
func (p *plain) value(key string) (values []string, multi, present bool) {
	key = strings.ToLower(key)
	for name, v := range p.w.values {
		if strings.ToLower(name) == key {
			return v, len(v) != 1 || name == "aws:TagKeys", true
		}
	}
	return nil, false, false
}

// one returns the value of a key for a variable.
func (p *plain) one(key string) (string, bool) {
	v, multi, present := p.value(key)
	if !present || multi || v[0] == "" {
		return "", false
	}
	return v[0], true
}

var variableForm = regexp.MustCompile(`^\$\{([^ ,}{'][^,}{']*[^ ,}{']|[^ ,}{'])(?:, +'([^']*)')?\}`)

// expand turns a text with variables into a regular expression for what it stands for. star and question are the
// expressions of the wildcards; "" where there are none. It reports false when a variable has no value.
func (p *plain) expand(s, star, question string) (expression string, valued bool) {
	valued = true
	for s != "" {
		m := variableForm.FindStringSubmatch(s)
		switch {
		case p.variables && strings.HasPrefix(s, "${") && m == nil:
			return "", false // malformed: there is no such variable
		case p.variables && m != nil:
			s = s[len(m[0]):]
			v, ok := p.one(m[1])
			switch {
			case strings.Contains("*?$", m[1]) && !strings.Contains(m[0], ","):
				v = m[1]
			case !ok && strings.Contains(m[0], ","):
				v = m[2]
			case !ok:
				valued = false
			}
			expression += quote(v)
		case star != "" && s[0] == '*':
			expression, s = expression+star, s[1:]
		case star != "" && s[0] == '?':
			expression, s = expression+question, s[1:]
		default:
			_, n := utf8.DecodeRuneInString(s)
			expression, s = expression+quote(s[:n]), s[n:]
		}
	}
	return expression, valued
}

// quote makes an expression for a text, in which every byte that is not UTF-8 is escaped on its own.
func quote(s string) string {
	var b strings.Builder
	for _, r := range bytes.Runes([]byte(s)) {
		b.WriteString(regexp.QuoteMeta(string(r)))
	}
	return b.String()
}

func matches(expression, s string) bool {
	return regexp.MustCompile(`(?s)\A(?:` + expression + `)\z`).MatchString(s)
}

const anything, anyone, inField, oneInField = `.*`, `.`, `[^:]*`, `[^:]`

// lower folds ASCII, of which the names of actions consist.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)
}

func (p *plain) action(s *policy.Statement) outcome {
	found := fails
	action := lower(p.w.request.Action)
	hasService := strings.Contains(action, ":")
	for _, a := range s.Actions {
		entry := lower(a.Value)
		service, _, _ := strings.Cut(entry, ":")
		literal := &plain{w: p.w}
		expression, _ := literal.expand(entry, anything, anyone)
		switch {
		case entry == "*":
			found = max(found, holds)
		case !matches(expression, action):
		case service == "" || strings.ContainsAny(service, "*?"):
			found = max(found, doubtful) // no service has such a name
		case hasService || !strings.Contains(entry, ":"):
			found = max(found, holds)
		}
	}
	if s.NotAction {
		return invert(found)
	}
	return found
}

// fields cuts an ARN pattern at its first five colons, those inside variables aside.
func (p *plain) fields(s string) []string {
	var out []string
	field := ""
	depth := 0
	for i := range len(s) {
		switch {
		case p.variables && strings.HasPrefix(s[i:], "${"):
			depth++
		case s[i] == '}' && depth > 0:
			depth--
		case s[i] == ':' && depth == 0 && len(out) < 5:
			out, field = append(out, field), ""
			continue
		}
		field += s[i : i+1]
	}
	return append(out, field)
}

func (p *plain) resource(s *policy.Statement) outcome {
	found := fails
	for _, r := range s.Resources {
		covered, valued := p.entry(r.Value)
		found = max(found, covered)
		if s.NotResource && !valued {
			found = max(found, doubtful)
		}
	}
	if s.NotResource {
		return invert(found)
	}
	return found
}

func (p *plain) entry(entry string) (covered outcome, valued bool) {
	if entry == "*" {
		return holds, true
	}
	fields := p.fields(entry)
	odd := len(fields) < 3 || fields[0] != "arn" || strings.ContainsAny(fields[2], "*?")
	if len(fields) == 6 && fields[2] == "iam" {
		typ, _, _ := strings.Cut(fields[5], "/")
		odd = odd || typ != "*" && strings.ContainsAny(typ, "*?")
	}
	expression := ""
	valued = true
	for i, f := range fields {
		if i > 0 {
			expression += ":"
		}
		star, question := anything, anyone
		if i < 5 {
			star, question = inField, oneInField
			// A variable is at home in the sixth field only.
			odd = odd || p.variables && strings.Contains(strings.NewReplacer("${*}", "", "${?}", "", "${$}", "").Replace(f), "${")
		}
		tail := ""
		if trimmed := strings.TrimRight(f, "*"); i < 5 && trimmed != f && !p.endsInVariable(trimmed, f) {
			f, tail = trimmed, anything // a star at the end of its field may run on
		}
		part, ok := p.expand(f, star, question)
		valued = valued && ok
		expression += part + tail
	}
	switch {
	case !valued || p.w.request.Resource == "*" || !matches(expression, p.w.request.Resource):
		return fails, valued
	case odd:
		return doubtful, valued
	}
	return holds, valued
}

// endsInVariable reports whether the stars cut off belong to a variable that was not closed.
func (p *plain) endsInVariable(trimmed, field string) bool {
	_, whole := p.expand(field, inField, oneInField)
	_, cut := p.expand(trimmed, inField, oneInField)
	return p.variables && strings.HasSuffix(trimmed, "${") && !whole && !cut
}

func (p *plain) condition(c *policy.Condition) outcome {
	values, multi, present := p.value(c.Key.Value)
	present = present && len(values) > 0
	negated := strings.Contains(c.Base, "Not")
	if c.Base == "Null" {
		found := fails
		for _, v := range c.Values {
			switch strings.ToLower(v.Value) {
			case "true":
				found = max(found, when(!present))
			case "false":
				found = max(found, when(present))
			default:
				found = max(found, doubtful)
			}
		}
		return found
	}
	if !present {
		switch {
		case c.Set == "ForAllValues":
			return holds
		case c.Set == "ForAnyValue" && c.IfExists:
			return doubtful
		case c.Set == "ForAnyValue":
			return fails
		}
		return when(c.IfExists || negated)
	}
	var each []outcome
	for _, v := range values {
		each = append(each, p.compare(c, v, negated))
	}
	switch {
	case c.Set == "ForAllValues":
		return slices.Min(each)
	case c.Set == "" && multi:
		return min(slices.Max(each), doubtful)
	}
	return slices.Max(each)
}

// compare tests one value of the request against all of the policy.
func (p *plain) compare(c *policy.Condition, request string, negated bool) outcome {
	found := fails
	for _, v := range c.Values {
		found = max(found, p.equal(c.Base, request, v.Value))
	}
	if !p.readable(c.Base, request) {
		if negated {
			return doubtful
		}
		return fails
	}
	if negated {
		return invert(found)
	}
	return found
}

// readable reports whether a value of the request has the type of the operator.
func (p *plain) readable(base, s string) bool {
	ok := true
	switch {
	case strings.HasPrefix(base, "Numeric"):
		_, ok = number(s)
	case strings.HasPrefix(base, "Date"):
		_, ok = date(s)
	case strings.HasSuffix(base, "IpAddress"):
		ok = net.ParseIP(s) != nil
	case base == "BinaryEquals":
		_, ok = binary(s)
	case base == "Bool":
		ok = strings.EqualFold(s, "true") || strings.EqualFold(s, "false")
	}
	return ok
}

// equal tests one value against one, negation aside.
func (p *plain) equal(base, request, value string) outcome {
	switch {
	case strings.HasPrefix(base, "String"):
		return when(p.equalString(base, request, value))
	case strings.HasPrefix(base, "Arn"):
		return when(p.equalARN(request, value))
	case strings.HasPrefix(base, "Numeric"):
		v, ok := number(value)
		r, isNumber := number(request)
		if !ok || !isNumber {
			return doubtful
		}
		return when(related(base, r.Cmp(v)))
	case strings.HasPrefix(base, "Date"):
		v, ok := date(value)
		r, isDate := date(request)
		if !ok || !isDate {
			return doubtful
		}
		return when(related(base, r.Compare(v)))
	case strings.HasSuffix(base, "IpAddress"):
		network, ok := network(value)
		if !ok {
			return doubtful
		}
		ip := net.ParseIP(request)
		return when(ip != nil && (ip.To4() != nil) == (network.IP.To4() != nil) && network.Contains(ip))
	case base == "BinaryEquals":
		v, ok := binary(value)
		if !ok {
			return doubtful
		}
		r, _ := binary(request)
		return when(bytes.Equal(r, v))
	}
	return p.equalBool(request, value)
}

func (p *plain) equalBool(request, value string) outcome {
	if p.variables && strings.Contains(value, "${") {
		expression, valued := p.expand(value, "", "")
		return when(valued && (matches(expression, "true") || matches(`(?i)`+expression, strings.ToLower(request))) &&
			matches(`(?i)`+expression, strings.ToLower(request)))
	}
	if !strings.EqualFold(value, "true") && !strings.EqualFold(value, "false") {
		return doubtful
	}
	return when(strings.EqualFold(request, value))
}

func (p *plain) equalString(base, request, value string) bool {
	star, question := "", ""
	if strings.HasSuffix(base, "Like") {
		star, question = anything, anyone
	}
	expression, valued := p.expand(value, star, question)
	if strings.HasSuffix(base, "IgnoreCase") {
		expression = `(?i)` + expression
	}
	return valued && matches(expression, request)
}

func (p *plain) equalARN(request, value string) bool {
	want, got := p.fields(value), strings.SplitN(request, ":", 6)
	if len(want) != 6 || len(got) != 6 || got[0] != "arn" {
		return false
	}
	for i := range want {
		expression, valued := p.expand(want[i], anything, anyone)
		if !valued || !matches(expression, got[i]) {
			return false
		}
	}
	return true
}

func related(base string, compared int) bool {
	switch strings.TrimPrefix(strings.TrimPrefix(base, "Numeric"), "Date") {
	case "LessThan":
		return compared < 0
	case "LessThanEquals":
		return compared <= 0
	case "GreaterThan":
		return compared > 0
	case "GreaterThanEquals":
		return compared >= 0
	}
	return compared == 0 // Equals, and NotEquals before the negation
}

var (
	numberForm = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)
	epochForm  = regexp.MustCompile(`^([0-9]{1,3}|[0-9]{5,})$`)
	dateForm   = regexp.MustCompile(`^[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2}))?)?)?$`)
)

func number(s string) (*big.Rat, bool) {
	if !numberForm.MatchString(s) {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

func date(s string) (time.Time, bool) {
	if epochForm.MatchString(s) {
		n, err := strconv.ParseInt(s, 10, 64)
		return time.Unix(n, 0), err == nil
	}
	if !dateForm.MatchString(s) {
		return time.Time{}, false
	}
	for _, layout := range []string{"2006", "2006-01", "2006-01-02", "2006-01-02T15:04Z07:00", time.RFC3339Nano} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func network(s string) (*net.IPNet, bool) {
	if !strings.Contains(s, "/") {
		ip := net.ParseIP(s)
		if ip == nil {
			return nil, false
		}
		if ip.To4() != nil {
			s += "/32"
			if strings.Contains(s, ":") {
				s = strings.TrimSuffix(s, "/32") + "/128"
			}
		} else {
			s += "/128"
		}
	}
	_, n, err := net.ParseCIDR(s)
	if err != nil {
		return nil, false
	}
	if ones, bits := n.Mask.Size(); bits == 128 && ones >= 96 && n.IP.To4() != nil {
		n = &net.IPNet{IP: n.IP.To4(), Mask: net.CIDRMask(ones-96, 32)}
	}
	return n, true
}

func binary(s string) ([]byte, bool) {
	b, err := base64.StdEncoding.DecodeString(s)
	return b, err == nil && base64.StdEncoding.EncodeToString(b) == s
}
