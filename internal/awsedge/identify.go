package awsedge

import (
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/fault"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// target is what a request asks for, in the protocol it asks in.
type target struct {
	protocol awsapi.Protocol
	service  *awsapi.Service   // whose errors are answered; nil when unknown
	op       *awsapi.Operation // nil when unknown
	name     string            // the operation as the client named it
	form     url.Values        // query
	labels   map[string]string // restJson
}

// Matches reports whether a request is for the gateway rather than for a page:
// a path of the portal API or of sso-oidc, a call at "/", or anything at one of
// AWS's API hosts but sign-in pages.
func (g *Gateway) Matches(r *http.Request) bool {
	if g.routes.apiHost(r) != nil {
		return true
	}
	if r.URL.Path == "/" {
		return r.Method == http.MethodPost || r.URL.Query().Has("Action")
	}
	_, found := g.routes.findRest(r)
	return found
}

// apiHost is the service whose host a request names, nil for pages. Sign-in's
// host has pages anywhere; that of sso-oidc has the authorization endpoint, and
// the pages that a browser comes to from there.
func (r *routes) apiHost(req *http.Request) *ServiceModel {
	s := r.byHost(req.Host)
	if s == nil || s.Name == "signin" {
		return nil
	}
	if s.Name == "sso-oidc" {
		first, _, _ := strings.Cut(strings.TrimPrefix(req.URL.Path, "/"), "/")
		switch first {
		case "authorize", "signin", "signout", "device", "start", "assets":
			return nil
		}
	}
	return s
}

// findRest finds the restJson route of a request. Its operation is nil when the
// path is known but not for that method.
func (r *routes) findRest(req *http.Request) (target, bool) {
	path := req.URL.EscapedPath()
	if path == "/" {
		return target{}, false
	}
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	query := req.URL.Query()
	var home *ServiceModel
	looked := false
	var wrongMethod, plain *target
	for i := range r.rest {
		route := &r.rest[i]
		labels, ok := route.match(segments)
		if !ok || !route.queryMatches(query) {
			continue
		}
		if !route.open {
			if !looked {
				if home = r.byHost(req.Host); home == nil {
					home = r.byScope(req)
				}
				looked = true
			}
			if home == nil || home.Service != route.op.Service {
				continue
			}
		}
		t := &target{protocol: awsapi.RestJSON, service: route.op.Service, op: route.op, name: route.op.Name, labels: labels}
		switch {
		case route.op.Method != req.Method:
			t.op = nil
			wrongMethod = t
		case route.query != nil:
			return *t, true // the more particular of two: /token?aws_iam=t
		case plain == nil:
			plain = t
		}
	}
	switch {
	case plain != nil:
		return *plain, true
	case wrongMethod != nil:
		return *wrongMethod, true
	}
	return target{}, false
}

// identify finds out what a request asks for, by the request alone: the same
// address serves every protocol. On error the target tells how to answer.
func (g *Gateway) identify(r *http.Request, body []byte) (target, error) {
	if t, found := g.routes.findRest(r); found {
		if t.op == nil {
			return t, &idc.Error{Kind: idc.Invalid, Reason: fault.MethodNotAllowed, Message: "The method " + r.Method + " is not allowed for this path."}
		}
		return t, nil
	}
	home := g.routes.apiHost(r)
	if home != nil && r.URL.Path != "/" {
		return target{protocol: home.Protocol, service: home.Service}, &idc.Error{Kind: idc.NotFound, Reason: fault.UnknownPath}
	}
	if values := r.Header.Values("X-Amz-Target"); len(values) > 0 {
		return g.routes.byTarget(values)
	}
	if home != nil && home.Protocol != awsapi.Query {
		t := target{protocol: home.Protocol, service: home.Service}
		if home.Protocol == awsapi.JSON11 && r.Method == http.MethodPost {
			return t, &idc.Error{Kind: idc.Invalid, Reason: fault.UnknownOperation}
		}
		return t, &idc.Error{Kind: idc.NotFound, Reason: fault.UnknownPath}
	}
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil && strings.Contains(mediaType, "json") {
		t := target{protocol: awsapi.JSON11}
		if s := g.routes.home(r); s != nil && s.Protocol == awsapi.JSON11 {
			t.service = s.Service
		}
		return t, &idc.Error{Kind: idc.Invalid, Reason: fault.UnknownOperation}
	}
	return g.routes.byAction(r, body)
}

// home is the service of a request's signature or, without one, of its host.
func (r *routes) home(req *http.Request) *ServiceModel {
	if s := r.byScope(req); s != nil {
		return s
	}
	return r.byHost(req.Host)
}

func (r *routes) byTarget(values []string) (target, error) {
	t := target{protocol: awsapi.JSON11}
	dot := strings.LastIndexByte(values[0], '.')
	if dot < 0 || len(values) > 1 {
		return t, &idc.Error{Kind: idc.Invalid, Reason: fault.UnknownOperation}
	}
	t.name = values[0][dot+1:]
	s := r.targets[values[0][:dot]]
	if s == nil {
		return t, &idc.Error{Kind: idc.Invalid, Reason: fault.UnknownOperation}
	}
	t.service = s.Service
	if t.op = s.operation(t.name); t.op == nil {
		return t, &idc.Error{Kind: idc.Invalid, Reason: fault.UnknownOperation}
	}
	return t, nil
}

// byAction reads a query request: a form in the body, the query string, or both.
func (r *routes) byAction(req *http.Request, body []byte) (target, error) {
	t := target{protocol: awsapi.Query}
	home := r.home(req)
	if home == nil || home.Protocol != awsapi.Query {
		home = r.versions["2011-06-15"] // STS answers for those who do not say
	}
	t.service = home.Service
	form, err := url.ParseQuery(req.URL.RawQuery)
	if err == nil && len(body) > 0 {
		var posted url.Values
		posted, err = url.ParseQuery(string(body))
		for k, v := range posted {
			form[k] = append(form[k], v...)
		}
	}
	if err != nil {
		return t, &idc.Error{Kind: idc.Invalid, Reason: fault.MalformedQuery, Message: "The query string contains a syntax error."}
	}
	t.form = form
	t.name = form.Get("Action")
	version := form.Get("Version")
	if s := r.versions[version]; s != nil {
		home, t.service = s, s.Service
	} else if version == "" {
		version = home.APIVersion
	}
	switch {
	case t.name == "":
		return t, &idc.Error{Kind: idc.Invalid, Reason: fault.MissingAction, Message: "The request is missing an action or a required parameter."}
	case len(form["Action"]) > 1 || len(form["Version"]) > 1:
		return t, &idc.Error{Kind: idc.Invalid, Reason: fault.MalformedQuery, Message: "Action or Version is given twice."}
	}
	if version == home.APIVersion {
		t.op = home.operation(t.name)
	}
	if t.op == nil {
		return t, &idc.Error{Kind: idc.Invalid, Reason: fault.UnknownOperation,
			Message: "Could not find operation " + printable(t.name) + " for version " + printable(version)}
	}
	return t, nil
}

// operation finds an operation by name. Operations are sorted.
func (s *ServiceModel) operation(name string) *awsapi.Operation {
	low, high := 0, len(s.Operations)
	for low < high {
		mid := (low + high) / 2
		switch at := s.Operations[mid].Name; {
		case at == name:
			return &s.Operations[mid]
		case at < name:
			low = mid + 1
		default:
			high = mid
		}
	}
	return nil
}

// printable cuts what a stranger sent to what may be repeated and recorded.
func printable(s string) string {
	const most = 128
	if len(s) > most {
		s = s[:most]
	}
	return strings.Map(func(c rune) rune {
		if c < 0x21 || c > 0x7e {
			return '?'
		}
		return c
	}, s)
}
