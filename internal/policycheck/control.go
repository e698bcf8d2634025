package policycheck

import "strings"

// control checks what is special about resource control policies.
//
// Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html.
func (r *run) control(s *statement) {
	if r.kind != resourceControl {
		return
	}
	everyone := s.principal != nil && s.principal.kind == stringNode && s.principal.text == "*"
	switch {
	case s.notPrincipal != nil:
		r.report("RCP_SYNTAX_ERROR_PRINCIPAL", s.notPrincipal)
	case s.principal != nil && !everyone:
		r.report("RCP_SYNTAX_ERROR_PRINCIPAL", s.principal)
	}
	if s.notAction != nil {
		r.report("RCP_SYNTAX_ERROR_NOTACTION", s.notAction)
	}
	for _, n := range s.actions {
		prefix, _, found := strings.Cut(n.text, ":")
		if !found {
			continue
		}
		if service, ok := r.catalog.Service(prefix); ok && !service.ResourceControl {
			r.report("RCP_SYNTAX_ERROR_ACTION", n)
		}
	}
	if s.allows() {
		all := len(s.resources) == 1 && s.resource != nil && s.resources[0].text == "*"
		if !everyone || !all || s.condition != nil {
			r.report("RCP_SYNTAX_ERROR_ALLOW", s.effect)
		}
		return
	}
	r.controlConditions(s)
}

// controlConditions finds denials that also hit services, which have no principal of an account, or that are meant
// for services and also hit everybody else.
func (r *run) controlConditions(s *statement) {
	for _, c := range s.conditions {
		if !c.negated() || c.base == "Null" {
			continue
		}
		switch {
		case principalKey(c.name) && !s.says("aws:principalisawsservice", "false"):
			r.report("RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY", c.key, c.key.text)
		case !sourceKey(c.name):
		case !s.says("aws:principalisawsservice", "true"):
			r.report("RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY", c.key, c.key.text)
		case !s.saysNull("aws:sourceaccount") && !s.saysNull("aws:sourcearn"):
			r.report("RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK", c.key, c.key.text)
		}
	}
}

// sourceKey reports whether a condition key, in lower case, says for whom a service acts.
func sourceKey(name string) bool {
	switch name {
	case "aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths":
		return true
	}
	return false
}

// says reports whether a Bool condition demands a value of a key.
func (s *statement) says(key, value string) bool {
	for _, c := range s.conditions {
		if c.name == key && c.base == "Bool" && len(c.values) == 1 && strings.EqualFold(c.values[0].text, value) {
			return true
		}
	}
	return false
}

// saysNull reports whether a condition demands that a key exists.
func (s *statement) saysNull(key string) bool {
	for _, c := range s.conditions {
		if c.name == key && c.base == "Null" && len(c.values) == 1 && strings.EqualFold(c.values[0].text, "false") {
			return true
		}
	}
	return false
}
