package extauthz

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
)

// rule is a Rule that is ready for use.
type rule struct {
	Rule
	segments []segment
}

// segment is one part of a path template: a text, or a name for one segment or for all the rest.
type segment struct {
	text string
	name string
	rest bool
}

var (
	placeholder  = regexp.MustCompile(`\{([^{}]*)\}`)
	templateName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// compileRule checks a rule. With an error it returns the setting that is wrong.
func compileRule(in Rule) (*rule, string, error) {
	r := &rule{Rule: in}
	switch {
	case in.Host != "" && !hostName.MatchString(in.Host):
		return nil, "host", fmt.Errorf("%q is not a host name in lower case, without a port", in.Host)
	case !isMethod(in.Method):
		return nil, "method", fmt.Errorf("%q is not an HTTP method such as GET", in.Method)
	case !actionName.MatchString(in.Action):
		return nil, "action", fmt.Errorf("%q is not an action such as orders:GetOrder", in.Action)
	case in.ResourceAccount != "" && !isAccount(in.ResourceAccount):
		return nil, "resource_account", fmt.Errorf("%q is not an account id of 12 digits or %q", in.ResourceAccount, accountOfCaller)
	}
	var err error
	if r.segments, err = parseTemplate(in.Path); err != nil {
		return nil, "path", err
	}
	if err := r.checkResource(); err != nil {
		return nil, "resource", err
	}
	return r, "", nil
}

func parseTemplate(path string) ([]segment, error) {
	if !strings.HasPrefix(path, "/") {
		return nil, fmt.Errorf("%q does not begin with a slash", path)
	}
	parts := strings.Split(path[1:], "/")
	var out []segment
	for i, part := range parts {
		last := i == len(parts)-1
		s, err := parseSegment(part, last)
		if err != nil {
			return nil, err
		}
		if s.name != "" && slices.ContainsFunc(out, func(o segment) bool { return o.name == s.name }) {
			return nil, fmt.Errorf("{%s} occurs twice", s.name)
		}
		out = append(out, s)
	}
	return out, nil
}

func parseSegment(part string, last bool) (segment, error) {
	name, ok := strings.CutPrefix(part, "{")
	if !ok {
		if strings.ContainsAny(part, "{}") {
			return segment{}, fmt.Errorf("%q: a name in braces stands for a whole segment", part)
		}
		if part == "" && last {
			return segment{}, nil
		}
		decoded, err := decodeSegment(part)
		if err == nil {
			_, err = splitPath("/"+part, false)
		}
		if err != nil {
			return segment{}, fmt.Errorf("%q can never match: %s", part, strings.TrimPrefix(err.Error(), "The path is ambiguous: "))
		}
		return segment{text: decoded}, nil
	}
	name, ok = strings.CutSuffix(name, "}")
	name, rest := strings.CutSuffix(name, "...")
	switch {
	case !ok || !templateName.MatchString(name):
		return segment{}, fmt.Errorf("%q is not a name in braces, such as {order_id}", part)
	case name == "region" || name == "account":
		return segment{}, fmt.Errorf("{%s} has a meaning of its own in resources", name)
	case rest && !last:
		return segment{}, fmt.Errorf("%q must be the last segment", part)
	}
	return segment{name: name, rest: rest}, nil
}

// checkResource wants an ARN in which only the last part comes from the path, so that no request
// chooses the service, Region or account of what it is judged by.
func (r *rule) checkResource() error {
	if r.Resource == "*" {
		return nil
	}
	for _, m := range placeholder.FindAllStringSubmatch(r.Resource, -1) {
		known := m[1] == "region" || m[1] == "account" ||
			slices.ContainsFunc(r.segments, func(s segment) bool { return s.name != "" && s.name == m[1] })
		if !known {
			return fmt.Errorf("{%s} is not in the path", m[1])
		}
	}
	parts := strings.SplitN(r.Resource, ":", 6)
	if len(parts) != 6 {
		return fmt.Errorf("%q is not an ARN of six parts, or *", r.Resource)
	}
	for _, m := range placeholder.FindAllStringSubmatch(strings.Join(parts[:5], ":"), -1) {
		if m[1] != "region" && m[1] != "account" {
			return fmt.Errorf("{%s} may stand in the last part of the ARN only", m[1])
		}
	}
	plain := placeholder.ReplaceAllStringFunc(r.Resource, func(name string) string {
		if name == "{account}" {
			return "123456789012"
		}
		return "x"
	})
	if strings.ContainsAny(plain, "{}*?$") {
		return errors.New("braces stand around names only, and a resource is one thing: no *, ? or $")
	}
	a, err := arn.Parse(plain)
	if err == nil && !arn.IsAccountID(a.Account) {
		err = fmt.Errorf("%q must name the account: {account}, or 12 digits", r.Resource)
	}
	return err
}

// match returns the values of the names when the rule is about the request.
func (r *rule) match(host, method string, path []string) (map[string]string, bool) {
	if r.Method != method || r.Host != "" && r.Host != host {
		return nil, false
	}
	values := map[string]string{}
	for i, s := range r.segments {
		switch {
		case i >= len(path):
			return nil, false
		case s.rest:
			values[s.name] = strings.Join(path[i:], "/")
			return values, values[s.name] != ""
		case s.name != "":
			if path[i] == "" {
				return nil, false
			}
			values[s.name] = path[i]
		case s.text != path[i]:
			return nil, false
		}
	}
	return values, len(path) == len(r.segments)
}

// judge finds out what a request of the style "rules" is about.
func (s *service) judgeRules(in *inquiry, callerAccount string) (*task, error) {
	raw, query, _ := strings.Cut(in.Target, "?")
	path, err := splitPath(raw, false)
	if err != nil {
		return nil, err
	}
	if _, err := readQuery(query); err != nil {
		return nil, err
	}
	host := strings.TrimSuffix(withoutPort(in.Host), ".") // the name written absolutely is the same name
	for _, r := range s.rules {
		values, ok := r.match(host, in.Method, path)
		if !ok {
			continue
		}
		owner := account(r.ResourceAccount, callerAccount)
		values["region"], values["account"] = s.Region, owner
		resource := placeholder.ReplaceAllStringFunc(r.Resource, func(name string) string { return values[name[1:len(name)-1]] })
		_, operation, _ := strings.Cut(r.Action, ":")
		return &task{
			operation: operation, readOnly: in.Method == http.MethodGet || in.Method == http.MethodHead,
			needs:  []need{{action: r.Action, resource: resource, account: owner}},
			target: in.Target, resource: raw, parameters: map[string]string{"method": in.Method, "path": raw},
		}, nil
	}
	return nil, denial{code: codeAccessDenied, reason: "No rule of the mapping covers " + in.Method + " " + raw + "."}
}
