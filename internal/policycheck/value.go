package policycheck

import (
	"encoding/base64"
	"math/big"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// conditionValues checks the values of a condition.
func (r *run) conditionValues(c *condition) {
	if len(c.values) == 0 {
		return
	}
	if c.family == "Bool" && len(c.values) > 1 {
		r.report("INVALID_CONDITION_MULTIPLE_BOOLEAN", c.list, c.key.text)
	}
	for _, n := range c.values {
		variable := r.variablesIn(n)
		if variable && c.family != "String" && c.family != "ARN" {
			r.report("INVALID_VARIABLE_FOR_OPERATOR", n)
			continue
		}
		r.valueType(c, n)
		if c.family == "String" || c.family == "ARN" {
			r.valueText(c, n, variable)
		}
	}
	switch {
	case c.family == "IPAddress" && c.name == "aws:sourceip":
		r.privateAddresses(c)
	case c.family == "Numeric":
		r.redundantNumbers(c)
	}
}

// valueType checks that a value is of the operator's type.
func (r *run) valueType(c *condition, n *node) {
	switch c.family {
	case "Bool", "Null":
		if !strings.EqualFold(n.text, "true") && !strings.EqualFold(n.text, "false") {
			r.report("TYPE_MISMATCH_BOOLEAN", n, c.base)
		}
	case "Numeric":
		if _, ok := decimal(n.text); !ok {
			r.report("TYPE_MISMATCH_NUMBER", n, c.base)
		}
	case "Date":
		switch date, epoch := dateForm(n.text); {
		case epoch:
			r.report("INVALID_DATE_VALUE", n, n.text)
		case !date:
			r.report("TYPE_MISMATCH_DATE", n)
		}
	case "Binary":
		if _, err := base64.StdEncoding.DecodeString(n.text); err != nil {
			r.report("TYPE_MISMATCH_STRING", n, c.base)
		}
	case "IPAddress":
		prefix, ok := addressRange(n.text)
		if !ok {
			r.report("TYPE_MISMATCH_IP_RANGE", n, c.base)
		} else if prefix != prefix.Masked() {
			r.report("IMPROVE_IP_RANGE", n, n.text, prefix.Masked().String())
		}
	}
}

// decimal reads a number without exponent.
func decimal(s string) (*big.Rat, bool) {
	if s == "" || len(s) > 100 || strings.Trim(s, "0123456789.+-") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

// dateForm reports whether a text is a date of the W3C profile of ISO 8601, or else seconds since 1970.
// https://www.w3.org/TR/NOTE-datetime
func dateForm(s string) (date, epoch bool) {
	for _, layout := range []string{"2006", "2006-01", "2006-01-02", "2006-01-02T15:04Z07:00", time.RFC3339Nano} {
		if _, err := time.Parse(layout, s); err == nil {
			return true, false
		}
	}
	_, err := strconv.ParseInt(s, 10, 64)
	return false, err == nil
}

// addressRange reads an address or a range in CIDR notation.
func addressRange(s string) (netip.Prefix, bool) {
	if prefix, err := netip.ParsePrefix(s); err == nil {
		return prefix, true
	}
	addr, err := netip.ParseAddr(s)
	if err != nil || addr.Zone() != "" {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(addr, addr.BitLen()), true
}

// sensitive are the keys that name one account, organization or network. A wildcard in them can match any.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sensitive
var sensitive = map[string]bool{
	"aws:principalaccount": true, "aws:principalorgid": true, "aws:resourceaccount": true, "aws:resourceorgid": true,
	"aws:sourceaccount": true, "aws:sourceorgid": true, "aws:sourcevpc": true, "aws:sourcevpce": true,
	"aws:vpceaccount": true, "aws:vpceorgid": true,
}

// valueText checks a value of a String or ARN operator.
func (r *run) valueText(c *condition, n *node, variable bool) {
	text := withoutVariables(n.text)
	literal := n.text
	if variable {
		literal = strings.ReplaceAll(text, "*", "")
	}
	wildcard := c.like() && hasWildcard(literal)
	switch {
	case hasWildcard(literal) && !c.like() && c.family == "String":
		r.report("WILDCARD_WITHOUT_LIKE_OPERATOR", n)
	case sensitive[c.name] && wildcard:
		r.report("WILDCARD_USAGE_TOO_PERMISSIVE", n, c.key.text)
	case sensitive[c.name] && strings.Contains(text, "*") && variable && !sameAccount(n.text):
		r.report("VARIABLE_USAGE_TOO_PERMISSIVE", n, c.key.text)
	}
	if c.like() && strings.Trim(text, "*") == "" && text != "" && !variable {
		switch {
		case c.negated():
			r.report("REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION", n, c.key.text, c.operator.text)
		case c.ifExists || c.set == "ForAllValues":
			r.report("REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION", n, c.key.text, c.operator.text)
		}
	}
	if hasWildcard(text) || variable {
		return
	}
	switch c.name {
	case "aws:requestedregion":
		if !regionForm(text) && text != "aws-global" {
			r.report("INVALID_REGION", n, text)
		}
	case "aws:sourcevpc":
		if !networkID("vpc-", text) {
			r.report("INVALID_VPC_FORMAT", n)
		}
	case "aws:sourcevpce":
		if !networkID("vpce-", text) {
			r.report("INVALID_VPCE_FORMAT", n)
		}
	case "aws:principalservicename", "aws:principalservicenameslist", "aws:calledvia", "aws:calledviafirst",
		"aws:calledvialast", "iam:passedtoservice", "iam:awsservicename", "kms:viaservice", "sts:awsservicename":
		if !servicePrincipalForm(text) {
			form := "service-name.amazonaws.com"
			if c.name == "kms:viaservice" {
				form = "service-name.region.amazonaws.com"
			}
			r.report("INVALID_SERVICE_PRINCIPAL_FORMAT", n, form)
		}
	case "s3:x-amz-server-side-encryption-aws-kms-key-id":
		if f := strings.SplitN(text, ":", arnFields); len(f) < arnFields || f[0] != "arn" || f[2] != "kms" || !strings.HasPrefix(f[5], "key/") {
			r.report("INVALID_KMS_KEY_VALUE", n, c.key.text)
		}
	}
}

// sameAccount reports whether a value is nothing but a policy variable that names the same kind of thing: the way to say
// that two of them are equal.
func sameAccount(s string) bool {
	name, ok := strings.CutPrefix(s, "${")
	name, closed := strings.CutSuffix(name, "}")
	return ok && closed && sensitive[strings.ToLower(name)]
}

// networkID reports whether s is a prefix with 8 or 17 letters and digits.
func networkID(prefix, s string) bool {
	id, ok := strings.CutPrefix(s, prefix)
	return ok && (len(id) == 8 || len(id) == 17) && strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

// privateAddresses finds addresses that no request comes from, as AWS sees it.
func (r *run) privateAddresses(c *condition) {
	private := 0
	for _, n := range c.values {
		if prefix, ok := addressRange(n.text); ok && unroutable(prefix) {
			private++
		}
	}
	if private == 0 {
		return
	}
	code := "PRIVATE_IP_ADDRESS"
	if c.negated() {
		code = "PRIVATE_NOT_IP_ADDRESS"
	}
	if private < len(c.values) {
		code += "_SUBSET"
	}
	r.report(code, c.list)
}

// unroutable reports whether all addresses of a range are private ones (RFC 1918, RFC 4193).
func unroutable(p netip.Prefix) bool {
	bits := map[bool]int{true: 7, false: 0}[p.Addr().Is6()]
	if p.Addr().Is4() {
		switch a := p.Addr().As4(); {
		case a[0] == 10:
			bits = 8
		case a[0] == 172:
			bits = 12
		default:
			bits = 16
		}
	}
	return p.Addr().IsPrivate() && p.Bits() >= bits
}

// redundantNumbers finds comparisons of which only one value counts.
func (r *run) redundantNumbers(c *condition) {
	which := ""
	switch {
	case len(c.values) < 2:
	case strings.HasPrefix(c.base, "NumericLessThan"):
		which = "greatest"
	case strings.HasPrefix(c.base, "NumericGreaterThan"):
		which = "least"
	}
	if which != "" {
		r.report("REDUNDANT_CONDITION_VALUE_NUM", c.list, c.base, which, c.key.text)
	}
}
