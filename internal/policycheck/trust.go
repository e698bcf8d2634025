package policycheck

import "strings"

// The actions of trust policies.
const (
	assumeRole        = "sts:AssumeRole"
	assumeWithSAML    = "sts:AssumeRoleWithSAML"
	assumeWithWeb     = "sts:AssumeRoleWithWebIdentity"
	tagSession        = "sts:TagSession"
	setSourceIdentity = "sts:SetSourceIdentity"
	githubIssuer      = "token.actions.githubusercontent.com"
	rolesAnywhere     = "rolesanywhere.amazonaws.com"
	githubSubject     = githubIssuer + ":sub"
	githubRef         = githubIssuer + ":ref"
)

// trustPolicy checks what is special about the trust policies of roles.
func (r *run) trustPolicy(s *statement) {
	if r.kind != trust {
		return
	}
	for _, n := range []*node{s.resource, s.notResource} {
		if n != nil {
			r.report("ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", n)
		}
	}
	if s.action != nil {
		r.mismatchedActions(s)
	}
	r.redundantSessions(s)
	if !s.allows() || s.principal == nil {
		return
	}
	for _, p := range s.principals {
		if p.class == "Service" && p.node.text == rolesAnywhere && s.action != nil &&
			(!s.names(assumeRole) || !s.names(tagSession) || !s.names(setSourceIdentity)) {
			r.report("MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY", s.action)
		}
		if p.class == "Federated" && providerOf(p.node.text) == oidcProvider {
			r.oidcConditions(s, p.node)
		}
	}
	r.missingActions(s)
}

// names reports whether the Action element covers an action.
func (s *statement) names(action string) bool {
	if s.action == nil {
		return false
	}
	for _, n := range s.actions {
		if covers(strings.ToLower(n.text), strings.ToLower(action)) {
			return true
		}
	}
	return false
}

// mismatchedActions finds ways to assume the role that the principals cannot go.
func (r *run) mismatchedActions(s *statement) {
	fitting := map[string]func(p principal, provider providerKind) bool{
		strings.ToLower(assumeRole):     func(p principal, _ providerKind) bool { return p.class != "Federated" },
		strings.ToLower(assumeWithSAML): func(_ principal, provider providerKind) bool { return provider == samlProvider },
		strings.ToLower(assumeWithWeb):  func(_ principal, provider providerKind) bool { return provider == oidcProvider },
	}
	for _, action := range s.actions {
		fits, judged := fitting[strings.ToLower(action.text)]
		if !judged || !r.spend(pairCost*len(s.principals)) {
			continue
		}
		var wrong []*node
		var wrongNames []string
		for _, p := range s.principals {
			provider := noProvider
			if p.class == "Federated" {
				if provider = providerOf(p.node.text); provider == noProvider {
					continue // it is said elsewhere that it is none
				}
			}
			if !fits(p, provider) {
				wrong = append(wrong, p.node)
				wrongNames = append(wrongNames, p.node.text)
			}
		}
		if len(wrong) > 0 {
			r.reportAll("MISMATCHED_ACTION_FOR_PRINCIPAL", append([]*node{action}, clipped(wrong)...), action.text, names(wrongNames))
		}
	}
}

// oidcConditions checks that a statement does not trust every token of a provider.
func (r *run) oidcConditions(s *statement, provider *node) {
	issuer := strings.ToLower(issuerOf(provider.text))
	claims := 0
	for _, c := range s.conditions {
		if strings.HasPrefix(c.name, issuer+":") {
			claims++
		}
	}
	if issuer == githubIssuer {
		r.githubConditions(s, provider)
	} else if claims == 0 {
		r.report("MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL", provider)
	}
}

func (r *run) githubConditions(s *statement, provider *node) {
	subject := s.firstWithKey(githubSubject)
	if subject == nil {
		r.report("MISSING_GITHUB_REPO_CONDITION_KEY", provider)
		return
	}
	if s.hasKey(githubRef) || !strings.Contains(subject.base, "Like") {
		return
	}
	for _, v := range subject.values {
		if hasWildcard(v.text) {
			r.report("SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED", v)
		}
	}
}

// redundantSessions finds sessions of roles that are named themselves.
func (r *run) redundantSessions(s *statement) {
	roles := map[string]string{} // account and name to ARN
	for _, p := range s.principals {
		if f := strings.SplitN(p.node.text, ":", arnFields); len(f) == arnFields && f[2] == "iam" && strings.HasPrefix(f[5], "role/") {
			name := f[5][strings.LastIndexByte(f[5], '/')+1:]
			roles[f[4]+":"+name] = p.node.text
		}
	}
	for _, p := range s.principals {
		f := strings.SplitN(p.node.text, ":", arnFields)
		if len(f) < arnFields || f[2] != "sts" {
			continue
		}
		words := strings.Split(f[5], "/")
		if len(words) != 3 || words[0] != "assumed-role" {
			continue
		}
		if role := roles[f[4]+":"+words[1]]; role != "" {
			r.report("REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY", p.node, p.node.text, role)
		}
	}
}

// missingActions finds conditions on what another action sets.
func (r *run) missingActions(s *statement) {
	named := map[string]bool{setSourceIdentity: s.names(setSourceIdentity), tagSession: s.names(tagSession)}
	for _, c := range s.conditions {
		action := ""
		switch {
		case c.name == "sts:sourceidentity":
			action = setSourceIdentity
		case c.name == "sts:transitivetagkeys" || c.name == "aws:tagkeys" || strings.HasPrefix(c.name, "aws:requesttag/"):
			action = tagSession
		}
		if action != "" && s.action != nil && len(s.actions) > 0 && !named[action] && c.base != "Null" && !c.ifExists {
			r.reportAll("MISSING_ACTION_FOR_CONDITION_KEY", []*node{c.key, s.action}, c.key.text, action)
		}
	}
}
