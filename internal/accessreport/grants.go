package accessreport

import (
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/serviceauth"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// grants are the statements of documents that say which services may be used.
type grants []policy.Statement

// grantsOf reads the statements of one effect. Conditions and resources do not count.
func grantsOf(documents []string, deny bool) (grants, error) {
	var out grants
	for _, text := range documents {
		d, err := policy.Read([]byte(text))
		if err != nil {
			return nil, err
		}
		for _, s := range d.Statements {
			if s.Deny() == deny {
				out = append(out, s)
			}
		}
	}
	return out, nil
}

// action reports whether a statement names an action.
func (g grants) action(name string) bool {
	for i := range g {
		named := false
		for _, pattern := range g[i].Actions {
			named = named || glob(pattern.Value, name)
		}
		if named != g[i].NotAction {
			return true
		}
	}
	return false
}

// service reports whether a statement names an action of a service. The actions of
// the service are looked at only where a statement does not name all or none.
func (g grants) service(catalog *serviceauth.Catalog, service string) bool {
	for i := range g {
		if g[i].NotAction {
			if !g.whole(i, service) {
				return true
			}
			continue
		}
		if g.whole(i, service) {
			return true
		}
		for _, pattern := range g[i].Actions {
			prefix, operation, _ := strings.Cut(pattern.Value, ":")
			if glob(prefix, service) && len(catalog.Match(service+":"+operation)) > 0 {
				return true
			}
		}
	}
	return false
}

// whole reports whether one entry of statement i covers every action of a service.
func (g grants) whole(i int, prefix string) bool {
	for _, pattern := range g[i].Actions {
		name, operation, _ := strings.Cut(pattern.Value, ":")
		if pattern.Value == "*" || glob(name, prefix) && operation == "*" {
			return true
		}
	}
	return false
}

// deniesWhole reports whether every request to a service is denied, whatever it is about.
func (g grants) deniesWhole(prefix string) bool {
	for i := range g {
		all := len(g[i].Conditions) == 0 && !g[i].NotResource && len(g[i].Resources) == 1 && g[i].Resources[0].Value == "*"
		if all && !g[i].NotAction && g.whole(i, prefix) {
			return true
		}
	}
	return false
}

// glob matches a text with a pattern in which * stands for any text and ? for one
// character, without regard to case, as actions are compared.
func glob(pattern, text string) bool {
	pattern, text = strings.ToLower(pattern), strings.ToLower(text)
	star, back := -1, 0
	p, t := 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, back = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			back++
			p, t = star+1, back
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
