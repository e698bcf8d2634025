package policycheck

import (
	"encoding/json"
	"slices"
	"strings"
)

// statement is a statement that may be faulty. Elements that are not there are nil.
type statement struct {
	node                                                                                      *node
	sid, effect, action, notAction, resource, notResource, principal, notPrincipal, condition *node

	actions    []*node // of Action or NotAction
	resources  []*node // of Resource or NotResource
	principals []principal
	conditions []condition
}

// allows reports whether the statement allows; a statement without a proper effect neither allows nor denies.
func (s *statement) allows() bool { return s.effect != nil && s.effect.text == "Allow" }

func (s *statement) denies() bool { return s.effect != nil && s.effect.text == "Deny" }

// read takes a statement apart.
func (r *run) read(n *node) *statement {
	s := &statement{
		node: n, sid: n.get("Sid"), effect: n.get("Effect"), action: n.get("Action"), notAction: n.get("NotAction"),
		resource: n.get("Resource"), notResource: n.get("NotResource"),
		principal: n.get("Principal"), notPrincipal: n.get("NotPrincipal"), condition: n.get("Condition"),
	}
	s.actions = slices.Concat(r.texts(s.action), r.texts(s.notAction))
	s.resources = slices.Concat(r.texts(s.resource), r.texts(s.notResource))
	return s
}

// statement checks one statement, element by element.
func (r *run) statement(s *statement) {
	r.elements(s)
	r.sid(s)
	r.effect(s)
	r.principalElement(s)
	r.actionElement(s)
	r.resourceElement(s)
	r.conditionElement(s)

	r.control(s)
	r.reach(s)
	r.trustPolicy(s)
	r.servicePrincipals(s)
	r.conditionContext(s)
	r.tagConditions(s)
}

// elements finds what is no element, what cannot stand together, and what is missing.
func (r *run) elements(s *statement) {
	for _, m := range s.node.members {
		switch m.name.text {
		case "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition":
		default:
			r.report("INVALID_POLICY_ELEMENT", m.name, m.name.text)
		}
	}
	for _, pair := range []struct {
		name    string
		a, b    *node
		missing string // code, if one of them is needed
		empty   string // code
	}{
		{"Action", s.action, s.notAction, "MISSING_ACTION", "EMPTY_ARRAY_ACTION"},
		{"Resource", s.resource, s.notResource, r.missingResource(), "EMPTY_ARRAY_RESOURCE"},
		{"Principal", s.principal, s.notPrincipal, r.missingPrincipal(), "EMPTY_ARRAY_PRINCIPAL"},
	} {
		if pair.a != nil && pair.b != nil {
			r.reportAll("UNSUPPORTED_ELEMENT_COMBINATION", []*node{pair.a, pair.b}, pair.name, "Not"+pair.name)
		}
		if pair.a == nil && pair.b == nil && pair.missing != "" {
			r.report(pair.missing, s.node)
		}
		for _, n := range []*node{pair.a, pair.b} {
			if n != nil && n.kind == arrayNode && len(n.items) == 0 {
				r.report(pair.empty, n)
			}
		}
	}
}

// missingResource is the code for a statement without resources. Services other than the known ones may do
// without, and trust policies have to.
func (r *run) missingResource() string {
	if r.kind == trust || r.kind == resource && r.policy.ResourceType == "" {
		return ""
	}
	return "MISSING_RESOURCE"
}

// missingPrincipal is the code for a statement without principals.
func (r *run) missingPrincipal() string {
	if r.kind == identity || r.kind == serviceControl {
		return ""
	}
	return "MISSING_PRINCIPAL"
}

func (r *run) sid(s *statement) {
	if s.sid == nil || !r.want(s.sid, stringNode) {
		return
	}
	r.noVariables(s.sid)
	switch {
	case s.sid.text == "":
		r.report("EMPTY_SID_VALUE", s.sid)
	case (r.kind == identity || r.kind == trust) && strings.ContainsFunc(s.sid.text, func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
	}):
		r.report("UNSUPPORTED_SID", s.sid)
	}
}

func (r *run) effect(s *statement) {
	switch {
	case s.effect == nil:
		r.report("MISSING_EFFECT", s.node)
	case r.want(s.effect, stringNode) && s.effect.text != "Allow" && s.effect.text != "Deny":
		r.report("INVALID_EFFECT", s.effect, s.effect.text)
	}
}

// uniqueSids finds repeated Sids: forbidden but in the policies of resources, where services decide.
func (r *run) uniqueSids() {
	code := "UNIQUE_SIDS_REQUIRED"
	if r.kind == resource {
		code = "UNIQUE_SIDS_RECOMMENDED"
	}
	seen := map[string]bool{}
	for _, s := range r.statements {
		if s.sid == nil || s.sid.kind != stringNode || s.sid.text == "" {
			continue
		}
		if seen[s.sid.text] {
			r.report(code, s.sid, s.sid.text)
		}
		seen[s.sid.text] = true
	}
}

// redundantStatements finds statements that are the same but for their Sids and the order of things.
func (r *run) redundantStatements() {
	groups := map[string][]*node{}
	var order []string
	for _, s := range r.statements {
		key := canonical(s.node)
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], s.node)
	}
	for _, key := range order {
		if same := groups[key]; len(same) > 1 {
			r.reportAll("REDUNDANT_STATEMENT", clipped(same))
		}
	}
}

// canonical is a text that values share if they mean the same: members and entries have no order, and a list of
// one is its entry.
func canonical(n *node) string {
	switch {
	case n.kind == objectNode:
		var members []string
		for _, m := range n.members {
			if m.name.text != "Sid" {
				members = append(members, quoted(m.name.text)+":"+canonical(m.value))
			}
		}
		slices.Sort(members)
		return "{" + strings.Join(members, ",") + "}"
	case n.kind == arrayNode && len(n.items) != 1:
		var items []string
		for _, e := range n.items {
			items = append(items, canonical(e))
		}
		slices.Sort(items)
		return "[" + strings.Join(slices.Compact(items), ",") + "]"
	case n.kind == arrayNode:
		return canonical(n.items[0])
	case n.kind == nullNode:
		return "null"
	}
	return quoted(n.text) // 10 and "10", true and "true" mean the same
}

// quoted tells texts apart that would run together without quotation marks.
func quoted(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		return s // no string of a document fails
	}
	return string(text)
}
