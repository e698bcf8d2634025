package policycheck

import (
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/serviceauth"
)

// condition is one key under one operator.
type condition struct {
	operator *node  // its name
	set      string // ForAllValues, ForAnyValue or ""
	base     string // the operator without its qualifiers
	ifExists bool
	family   string // the type that the operator compares; "" if there is no such operator

	key    *node
	name   string                    // of the key, in lower case
	info   *serviceauth.ConditionKey // nil if the key is not known
	list   *node                     // the values as they stand there
	values []*node                   // strings, numbers and booleans
}

// families are the types that operators compare.
var families = map[string]string{
	"StringEquals": "String", "StringNotEquals": "String", "StringEqualsIgnoreCase": "String",
	"StringNotEqualsIgnoreCase": "String", "StringLike": "String", "StringNotLike": "String",
	"NumericEquals": "Numeric", "NumericNotEquals": "Numeric", "NumericLessThan": "Numeric",
	"NumericLessThanEquals": "Numeric", "NumericGreaterThan": "Numeric", "NumericGreaterThanEquals": "Numeric",
	"DateEquals": "Date", "DateNotEquals": "Date", "DateLessThan": "Date",
	"DateLessThanEquals": "Date", "DateGreaterThan": "Date", "DateGreaterThanEquals": "Date",
	"Bool": "Bool", "BinaryEquals": "Binary", "IpAddress": "IPAddress", "NotIpAddress": "IPAddress",
	"ArnEquals": "ARN", "ArnLike": "ARN", "ArnNotEquals": "ARN", "ArnNotLike": "ARN", "Null": "Null",
}

// negated reports whether the operator holds where values differ.
func (c *condition) negated() bool { return strings.Contains(c.base, "Not") }

// like reports whether wildcards are wildcards under the operator.
func (c *condition) like() bool { return strings.HasSuffix(c.base, "Like") || c.family == "ARN" }

// hasKey reports whether the statement has a condition on one of the keys.
func (s *statement) hasKey(keys ...string) bool { return s.firstWithKey(keys...) != nil }

// firstWithKey returns the first condition on one of the keys, or nil.
func (s *statement) firstWithKey(keys ...string) *condition {
	for i := range s.conditions {
		for _, k := range keys {
			if strings.EqualFold(s.conditions[i].name, k) {
				return &s.conditions[i]
			}
		}
	}
	return nil
}

// conditionElement checks Condition, and keeps the conditions whose shape is right.
func (r *run) conditionElement(s *statement) {
	if s.condition == nil || !r.want(s.condition, objectNode) {
		return
	}
	if len(s.condition.members) == 0 {
		r.report("EMPTY_OBJECT_CONDITION", s.condition)
	}
	for _, m := range s.condition.members {
		r.noVariables(m.name)
		operator := condition{operator: m.name}
		operator.parse()
		r.operator(&operator)
		if !r.want(m.value, objectNode) {
			continue
		}
		if len(m.value.members) == 0 {
			r.report("EMPTY_OBJECT_CONDITION", m.value)
		}
		seen := map[string]bool{}
		for _, entry := range m.value.members {
			c := operator
			c.key, c.name, c.list = entry.name, strings.ToLower(entry.name.text), entry.value
			if seen[c.name] {
				r.report("DUPLICATE_KEYS_WITH_DIFFERENT_CASE", c.key, c.key.text)
			}
			seen[c.name] = true
			r.condition(&c)
			s.conditions = append(s.conditions, c)
		}
	}
}

// parse takes the name of the operator apart.
func (c *condition) parse() {
	name := c.operator.text
	for _, set := range []string{"ForAllValues", "ForAnyValue"} {
		if rest, found := strings.CutPrefix(name, set+":"); found {
			c.set, name = set, rest
		}
	}
	c.base, c.ifExists = strings.CutSuffix(name, "IfExists")
	c.family = families[c.base]
}

func (r *run) operator(c *condition) {
	switch {
	case c.family == "":
		r.report("INVALID_CONDITION_OPERATOR", c.operator, c.operator.text)
	case c.base == "Null" && c.ifExists:
		r.report("NULL_WITH_IF_EXISTS", c.operator)
	case c.base == "Null" && c.set != "":
		r.report("NULL_WITH_QUALIFIER", c.operator)
	}
}

// condition checks one key with its values.
func (r *run) condition(c *condition) {
	r.conditionKey(c)
	r.conditionShape(c)
	if c.family == "" {
		return
	}
	if c.info != nil {
		r.keyType(c)
	}
	r.qualifiers(c)
	r.conditionValues(c)
}

// conditionShape collects the values and checks their JSON types.
func (r *run) conditionShape(c *condition) {
	if c.list.kind == arrayNode && len(c.list.items) == 0 {
		code := "EMPTY_ARRAY_CONDITION"
		switch {
		case c.ifExists:
			code = "EMPTY_ARRAY_CONDITION_IFEXISTS"
		case c.set == "ForAllValues":
			code = "EMPTY_ARRAY_CONDITION_FORALLVALUES"
		case c.set == "ForAnyValue":
			code = "EMPTY_ARRAY_CONDITION_FORANYVALUE"
		}
		r.report(code, c.list, c.key.text)
		return
	}
	for _, n := range c.list.entries() {
		if r.want(n, stringNode, numberNode, boolNode) {
			c.values = append(c.values, n)
		}
	}
	for _, n := range c.values {
		if n.kind != c.values[0].kind {
			r.report("INVALID_CONDITION_DATA_TYPE", c.list)
			return
		}
	}
}

// conditionKey checks that the key exists.
func (r *run) conditionKey(c *condition) {
	r.noVariables(c.key)
	prefix, name, found := strings.Cut(c.name, ":")
	if !found || prefix == "" || name == "" {
		r.report("INVALID_CONDITION_KEY_FORMAT", c.key, c.key.text)
		return
	}
	var known bool
	if c.info, known = r.catalog.ConditionKey(c.name); known {
		return
	}
	_, service := r.catalog.Service(prefix)
	switch bare := strings.TrimSuffix(c.name, "/"); {
	case c.name == "aws:arn":
		r.report("DEPRECATED_GLOBAL_CONDITION_KEY", c.key)
	case r.tagFamily(bare):
		r.report("MISSING_TAG_KEY_IN_CONDITION", c.key, strings.TrimSuffix(c.key.text, "/"))
	case prefix == "aws":
		r.report("INVALID_GLOBAL_CONDITION_KEY", c.key, c.key.text)
	case strings.ContainsAny(prefix, "./"):
		// Identity providers choose the claims of their tokens.
	case service || r.catalog.KnownKeyPrefix(prefix):
		r.report("INVALID_SERVICE_CONDITION_KEY", c.key, c.key.text, prefix)
	default:
		r.report("INVALID_SERVICE", c.key, prefix)
	}
}

// tagFamily reports whether a name becomes a condition key when the key of a tag follows it.
func (r *run) tagFamily(name string) bool {
	if !strings.HasSuffix(name, "tag") {
		return false
	}
	_, ok := r.catalog.ConditionKey(name + "/x")
	return ok
}

// keyType checks that the operator compares what the key holds.
func (r *run) keyType(c *condition) {
	typ := c.info.ValueType()
	if c.base == "Null" || c.family == typ {
		return
	}
	switch {
	case typ == "ARN" && (c.base == "StringLike" || c.base == "StringNotLike"):
		r.report("STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS", c.operator, strings.Replace(c.base, "String", "Arn", 1), c.base, c.key.text)
	case typ == "ARN" && c.family == "String":
	case c.name == "aws:epochtime" && c.family == "Numeric":
	case typ == "String" && c.family == "Binary":
		// The reference writes String for binary keys.
	case typ == "String" && c.family == "ARN" && strings.Contains(c.info.Name, "${"):
		// People keep ARNs in tags and encryption contexts.
	default:
		r.report("TYPE_MISMATCH", c.operator, typ, c.base, c.key.text)
	}
}

// qualifiers checks ForAllValues and ForAnyValue against the number of values a request has.
func (r *run) qualifiers(c *condition) {
	audience := strings.HasSuffix(c.name, ":aud") && strings.Contains(c.name, ".")
	switch {
	case c.base == "Null":
	case audience && c.set == "ForAnyValue":
		r.report("FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE", c.key, c.key.text)
	case audience && c.set != "" && c.info == nil:
		r.report("CONFIRM_AUDIENCE_CLAIM_TYPE", c.key, c.key.text)
	case c.info == nil:
	case c.info.Multivalued() && c.set == "":
		r.report("MISSING_QUALIFIER", c.key, c.key.text)
	case !c.info.Multivalued() && c.set == "ForAllValues":
		r.report("FORALLVALUES_WITH_SINGLE_VALUED_KEY", c.key, c.key.text)
	}
}
