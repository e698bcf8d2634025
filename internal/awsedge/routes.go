package awsedge

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
)

// routes finds operations by what a request names.
type routes struct {
	services []ServiceModel
	targets  map[string]*ServiceModel // X-Amz-Target's prefix
	versions map[string]*ServiceModel // query's Version
	rest     []restRoute
}

// restRoute is an operation of a restJson service.
type restRoute struct {
	op       *awsapi.Operation
	segments []string // "{name}" is a label, "{name+}" takes the rest
	query    url.Values
	open     bool // found by path alone; others also need the host or signing scope of the service
}

func newRoutes() routes {
	r := routes{services: Services(), targets: map[string]*ServiceModel{}, versions: map[string]*ServiceModel{}}
	for i := range r.services {
		s := &r.services[i]
		switch s.Protocol {
		case awsapi.JSON11:
			r.targets[s.TargetPrefix] = s
			// CloudTrail's clients send the last part of its prefix only.
			r.targets[s.TargetPrefix[strings.LastIndexByte(s.TargetPrefix, '.')+1:]] = s
		case awsapi.Query:
			r.versions[s.APIVersion] = s
		case awsapi.RestJSON:
			for j := range s.Operations {
				r.rest = append(r.rest, newRestRoute(&s.Operations[j]))
			}
		}
	}
	return r
}

func newRestRoute(op *awsapi.Operation) restRoute {
	path, query, _ := strings.Cut(op.Path, "?")
	route := restRoute{op: op, segments: strings.Split(path[1:], "/")}
	// sso-oidc and the portal API are at home at every address we have.
	route.open = op.Service.Name == "sso" || op.Service.Name == "sso-oidc" || op.Auth == awsapi.NoAuth
	if query != "" {
		// The paths are the models'; a wrong one fails the generator's tests.
		route.query, _ = url.ParseQuery(query)
	}
	return route
}

// match compares a path with the route's and returns its labels.
func (r *restRoute) match(segments []string) (map[string]string, bool) {
	var labels map[string]string
	for i, want := range r.segments {
		greedy := strings.HasSuffix(want, "+}")
		if i >= len(segments) || len(segments) > len(r.segments) && !(greedy && i == len(r.segments)-1) && i == len(r.segments)-1 {
			return nil, false
		}
		if !strings.HasPrefix(want, "{") {
			if segments[i] != want {
				return nil, false
			}
			continue
		}
		text := segments[i]
		if greedy {
			text = strings.Join(segments[i:], "/")
		}
		value, err := url.PathUnescape(text)
		if err != nil || value == "" {
			return nil, false
		}
		if labels == nil {
			labels = map[string]string{}
		}
		labels[strings.Trim(want, "{}+")] = value
	}
	return labels, true
}

// queryMatches reports whether the literals of the route's query string are there.
func (r *restRoute) queryMatches(q url.Values) bool {
	for k, v := range r.query {
		if q.Get(k) != v[0] {
			return false
		}
	}
	return true
}

// byHost finds the service of one of AWS's host names: sts.amazonaws.com,
// portal.sso.eu-west-1.amazonaws.com, account-access.us-east-1.api.aws.
func (r *routes) byHost(host string) *ServiceModel {
	name, _, _ := strings.Cut(strings.ToLower(host), ":")
	name, isAWS := strings.CutSuffix(name, ".amazonaws.com")
	if !isAWS {
		name, isAWS = strings.CutSuffix(name, ".api.aws") // dual-stack; account-access has no other
	}
	if !isAWS {
		return nil
	}
	for i := range r.services {
		prefix := r.services[i].EndpointPrefix
		if rest, ok := strings.CutPrefix(name, prefix); ok && (rest == "" || rest[0] == '.' && !strings.Contains(rest[1:], ".")) {
			return &r.services[i]
		}
	}
	return nil
}

// byScope finds the service that a SigV4 credential scope names.
func (r *routes) byScope(req *http.Request) *ServiceModel {
	credential := req.URL.Query().Get("X-Amz-Credential")
	if _, after, found := strings.Cut(req.Header.Get("Authorization"), "Credential="); found {
		credential, _, _ = strings.Cut(after, ",")
	}
	parts := strings.Split(strings.TrimSpace(credential), "/")
	if len(parts) < 5 {
		return nil
	}
	signing := parts[len(parts)-2]
	for i := range r.services {
		if r.services[i].SigningName == signing {
			return &r.services[i]
		}
	}
	return nil
}
