package policycheck

import (
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/serviceauth"
)

// conditionContext checks conditions against each other and against the rest of their statement.
func (r *run) conditionContext(s *statement) {
	for i := range s.conditions {
		c := &s.conditions[i]
		switch c.name {
		case "aws:vpcsourceip":
			if !s.hasKey("aws:SourceVpc", "aws:SourceVpcArn", "aws:SourceVpce") && s.allows() {
				r.report("MISSING_PAIRED_CONDITION_KEYS", c.key, c.key.text, "aws:SourceVpc or aws:SourceVpce")
			}
		case "aws:referer", "aws:useragent":
			r.report("UNTRUSTWORTHY_CONDITION_KEY", c.key, c.key.text)
		case "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths":
			if s.notAction != nil || slices.ContainsFunc(s.actions, func(n *node) bool { return n.text == "*" }) {
				r.report("USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES", c.key, c.key.text)
			}
		case "dynamodb:attributes":
			if s.allows() && !s.hasKey("dynamodb:Select") {
				r.report("DYNAMODB_ATTRIBUTES_WITHOUT_SELECT", c.key)
			}
		case "s3:prefix":
			if c.family == "String" && (s.denies() && !c.negated() || s.allows() && c.negated()) {
				r.report("S3_PREFIX_IN_NEGATIVE_CONTEXT", c.key)
			}
		case "s3:resourceaccount":
			if r.kind == resource && strings.HasPrefix(r.policy.ResourceType, "AWS::S3") {
				r.report("IRRELEVANT_CONDITION_KEY_IN_POLICY", c.key, c.key.text, r.policy.ResourceType)
			}
		}
		r.unsupportedActions(s, c)
	}
}

// unsupportedActions finds actions, named in full, whose requests never have a condition key of a service. Null and
// IfExists are how a policy says that it knows.
func (r *run) unsupportedActions(s *statement, c *condition) {
	if s.action == nil || c.info == nil || c.base == "Null" || c.ifExists || c.info.Global {
		return
	}
	prefix, _, _ := strings.Cut(c.name, ":")
	_, ofService := r.catalog.Service(prefix)
	var at []*node
	var actionNames []string
	for _, n := range s.actions {
		if !r.spend(pairCost) {
			break
		}
		if hasWildcard(n.text) {
			continue
		}
		a, exists := r.catalog.Action(n.text)
		// Keys of identity providers stay with a session in part, so that only its start is judged.
		if exists && (ofService || a.Service.Prefix == "sts") && !a.HasConditionKey(c.name) {
			at = append(at, n)
			actionNames = append(actionNames, n.text)
		}
	}
	if len(at) > 0 {
		r.reportAll("UNSUPPORTED_ACTION_FOR_CONDITION_KEY", append(clipped(at), c.list), names(actionNames), c.key.text)
	}
}

// pairCost is what the look-up of a key with an action takes from the budget.
const pairCost = 1000

const resourceTag = "aws:resourcetag/"

// tagConditions finds actions that a condition on tags of the resource never lets the statement touch, because their
// services do not tell the tags. With IfExists or a negated operator the statement does touch them.
func (r *run) tagConditions(s *statement) {
	if !s.allows() && !s.denies() {
		return
	}
	effect := strings.ToUpper(s.effect.text)
	i := slices.IndexFunc(s.conditions, func(c condition) bool {
		return strings.HasPrefix(c.name, resourceTag) && c.base != "Null" && !c.ifExists && !c.negated()
	})
	if i < 0 {
		return
	}
	c := &s.conditions[i]
	if s.notAction != nil {
		r.reportAll(effect+"_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", []*node{s.notAction, c.list}, c.key.text)
		return
	}
	if at, prefixes := r.untagged(s); len(at) > 0 {
		r.reportAll(effect+"_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", append(clipped(at), c.list), c.key.text, names(prefixes))
	}
}

// untagged returns the actions of the statement that do not know tags of resources, with their services.
func (r *run) untagged(s *statement) (at []*node, prefixes []string) {
	for _, n := range s.actions {
		prefix, name, found := strings.Cut(n.text, ":")
		service, exists := r.catalog.Service(prefix)
		if !found || !exists || !r.spend(pairCost+len(service.Actions)*len(name)) {
			continue
		}
		matched := service.Match(name)
		if len(matched) == 0 || slices.ContainsFunc(matched, func(a *serviceauth.Action) bool { return a.HasConditionKey(resourceTag + "x") }) {
			continue
		}
		at = append(at, n)
		if !slices.Contains(prefixes, service.Prefix) {
			prefixes = append(prefixes, service.Prefix)
		}
	}
	return at, prefixes
}
