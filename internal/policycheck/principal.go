package policycheck

import (
	"strings"
)

// principal is one principal of a statement.
type principal struct {
	class string // AWS, Service, Federated or CanonicalUser
	node  *node
}

// principalElement checks Principal and NotPrincipal, and keeps what they name.
func (r *run) principalElement(s *statement) {
	if r.kind == identity || r.kind == serviceControl {
		for _, n := range []*node{s.principal, s.notPrincipal} {
			switch {
			case n == nil:
			case r.kind == identity:
				r.report("UNSUPPORTED_PRINCIPAL", n, string(r.policy.Type))
			default:
				r.report("SCP_SYNTAX_ERROR_PRINCIPAL", n)
			}
		}
		return
	}
	for _, n := range []*node{s.principal, s.notPrincipal} {
		if n != nil {
			r.principals(s, n)
		}
	}
	if s.notPrincipal == nil {
		return
	}
	switch {
	case r.kind == trust:
		r.report("ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL", s.notPrincipal)
	case r.kind == resource && s.allows():
		r.report("ALLOW_WITH_NOT_PRINCIPAL", s.notPrincipal)
	}
}

// principals reads the value of a Principal or NotPrincipal element.
func (r *run) principals(s *statement, n *node) {
	switch n.kind {
	case stringNode:
		if n.text == "*" {
			s.principals = append(s.principals, principal{"AWS", n})
			if r.kind == trust && n == s.principal {
				r.report("ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL", n)
			}
			return
		}
		r.report("INVALID_PRINCIPAL_FORMAT", n)
	case objectNode:
		if len(n.members) == 0 {
			r.report("EMPTY_OBJECT_PRINCIPAL", n)
		}
		for _, m := range n.members {
			r.principalClass(s, m)
		}
	case arrayNode:
		if len(n.items) > 0 {
			r.report("INVALID_PRINCIPAL_FORMAT", n)
		}
	default:
		r.want(n, objectNode, stringNode)
	}
}

func (r *run) principalClass(s *statement, m member) {
	class := m.name.text
	switch class {
	case "AWS", "Service", "Federated", "CanonicalUser":
	default:
		r.report("INVALID_PRINCIPAL_KEY", m.name, class)
		return
	}
	if m.value.kind == arrayNode && len(m.value.items) == 0 {
		r.report("EMPTY_ARRAY_PRINCIPAL", m.value)
	}
	for _, n := range r.texts(m.value) {
		s.principals = append(s.principals, principal{class, n})
		r.noVariables(n)
		r.principal(class, n)
	}
}

// principal checks one principal.
func (r *run) principal(class string, n *node) {
	switch {
	case hasWildcard(n.text) && (class != "AWS" || n.text != "*"):
		r.report("UNSUPPORTED_WILDCARD_IN_PRINCIPAL", n, class)
	case class == "AWS" && uniqueID("AROA", n.text):
		r.report("INVALID_ROLE_REFERENCE", n, n.text)
	case class == "AWS" && uniqueID("AIDA", n.text):
		r.report("INVALID_USER_REFERENCE", n, n.text)
	case class == "Service" && !servicePrincipalForm(n.text):
		r.report("INVALID_SERVICE_PRINCIPAL_FORMAT", n, "service-name.amazonaws.com")
	case class == "Federated" && r.kind == resource:
		r.report("FEDERATED_PRINCIPAL_NOT_SUPPORTED", n)
	case class == "Federated" && r.kind == trust && providerOf(n.text) == noProvider:
		r.report("INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY", n)
	}
}

// uniqueID reports whether s is an IAM unique id with a prefix.
func uniqueID(prefix, s string) bool {
	return strings.HasPrefix(s, prefix) && len(s) >= 16 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

// servicePrincipalForm reports whether s looks like sns.amazonaws.com, or like the same in another partition or Region.
func servicePrincipalForm(s string) bool {
	if s != strings.ToLower(s) {
		return false
	}
	name, ok := strings.CutSuffix(s, ".amazonaws.com")
	if !ok {
		name, ok = strings.CutSuffix(s, ".amazonaws.com.cn")
	}
	if !ok {
		name, ok = strings.CutSuffix(s, ".amazon.com") // a few old ones
	}
	if !ok {
		name, ok = strings.CutSuffix(s, ".aws.internal")
	}
	return ok && name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") == ""
}

// providerKind is what kind of identity provider a federated principal is.
type providerKind uint8

const (
	noProvider providerKind = iota
	samlProvider
	oidcProvider
)

// providerOf tells what a federated principal is: an ARN of a provider in IAM, or the domain of a well-known one.
func providerOf(s string) providerKind {
	f := strings.SplitN(s, ":", arnFields)
	if f[0] != "arn" {
		if strings.Contains(s, ".") && !strings.ContainsAny(s, ":/ ") {
			return oidcProvider
		}
		return noProvider
	}
	if len(f) < arnFields || f[2] != "iam" || f[3] != "" {
		return noProvider
	}
	switch typ, name, _ := strings.Cut(f[5], "/"); {
	case name == "":
	case typ == "saml-provider":
		return samlProvider
	case typ == "oidc-provider":
		return oidcProvider
	}
	return noProvider
}

// issuerOf is what the condition keys of an OpenID Connect provider start with.
func issuerOf(s string) string {
	if _, issuer, found := strings.Cut(s, ":oidc-provider/"); found {
		return issuer
	}
	return s
}

// servicePrincipals checks grants to services in the policies of resources.
func (r *run) servicePrincipals(s *statement) {
	if r.kind != resource || !s.allows() || s.principal == nil {
		return
	}
	var services []*node
	for _, p := range s.principals {
		if p.class == "Service" {
			services = append(services, p.node)
		}
	}
	if len(services) == 0 {
		return
	}
	if !s.hasKey("aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths") {
		instead := s.firstWithKey("aws:Referer", "aws:SourceOwner")
		if instead == nil {
			r.reportAll("RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", clipped(services))
		} else {
			r.reportAll("RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", []*node{instead.key, services[0]}, services[0].text, instead.key.text)
		}
	}
	if len(services) < len(s.principals) {
		return // the keys may be meant for the others
	}
	var keys []*node
	var keyNames []string
	for _, c := range s.conditions {
		if principalKey(c.name) && c.base != "Null" && !c.ifExists {
			keys = append(keys, c.key)
			keyNames = append(keyNames, c.key.text)
		}
	}
	if len(keys) > 0 {
		r.reportAll("UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", clipped(keys), names(keyNames))
	}
}

// principalKey reports whether a condition key, in lower case, describes principals of accounts.
func principalKey(name string) bool {
	switch name {
	case "aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "aws:username", "aws:userid":
		return true
	}
	return strings.HasPrefix(name, "aws:principaltag/")
}
