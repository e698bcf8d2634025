package policy

import (
	"fmt"
	"strings"
)

// AWS's texts for a refused document, as IAM, STS and Organizations send them.
const (
	messageSyntax     = "Syntax errors in policy."
	messageVersion    = "Policy document must be version 2012-10-17 or greater."
	messageLegacy     = "The policy failed legacy parsing"
	messageSidUnique  = "Statement IDs (SID) in a single policy must be unique."
	messageSidChars   = "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
	messageNoAction   = "Policy statement must contain actions."
	messageNoResource = "Policy statement must contain resources."
	messageNoVendor   = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
	messageColons     = "Actions/Condition can contain only one colon."
	messagePrincipal  = "Policy document should not specify a principal."
	messageMissing    = "Missing required field Principal"
	messageTrust      = "Trust Policy statement actions can only be sts:AssumeRole, sts:AssumeRoleWithSAML,  and sts:AssumeRoleWithWebIdentity"
	messageOrg        = "The provided policy document does not meet the requirements of the specified policy type."
)

// validator checks a document whose shape is right. AWS reports only the first failure, and looks for one kind
// of failure in the whole document before it turns to the next.
type validator struct {
	doc    string
	kind   Kind
	strict bool
	d      *rawDocument
}

func (v *validator) fail(message string, offset int, format string, args ...any) error {
	return newSyntaxError(v.doc, message, offset, fmt.Sprintf(format, args...))
}

func (v *validator) validate() error {
	checks := []func() error{v.effects, v.principalsAllowed, v.actionsPresent, v.resourcesPresent, v.resourceControl}
	if v.strict {
		checks = []func() error{
			v.characters, v.version, v.principalsAllowed, v.effects, v.conditionValues, v.legacyResources,
			v.sids, v.actionsPresent, v.resourceFormats, v.actionFormats, v.resourcesPresent,
			v.trustActions, v.principalForms, v.resourceControl,
		}
	}
	for _, check := range checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// each runs a check over the statements until one fails.
func (v *validator) each(check func(*rawStatement) error) error {
	for i := range v.d.statements {
		if err := check(&v.d.statements[i]); err != nil {
			return err
		}
	}
	return nil
}

// characters enforces the character set of IAM's and STS's policy parameters.
func (v *validator) characters() error {
	if v.kind.fromOrganizations() || v.kind == ResourcePolicy {
		return nil
	}
	for i, r := range v.doc {
		if r > 0xFF || (r < 0x20 && r != '\t' && r != '\n' && r != '\r') {
			return v.fail(messageSyntax, i, "character %U is not allowed in a policy", r)
		}
	}
	return nil
}

// version refuses the old language where AWS takes no new documents in it.
func (v *validator) version() error {
	switch v.kind {
	case IdentityPolicy, BoundaryPolicy, ServiceControlPolicy, ResourceControlPolicy:
		if v.d.version.value != version2012 {
			return v.fail(messageVersion, v.d.version.pos, "Version must be %q", version2012)
		}
	}
	return nil
}

func (v *validator) effects() error {
	return v.each(func(s *rawStatement) error {
		if e := s.effect; e.value != "Allow" && e.value != "Deny" {
			return v.fail(messageLegacy, e.pos, "Effect must be Allow or Deny, in this letter case")
		}
		return nil
	})
}

func (v *validator) conditionValues() error {
	variables := v.d.version.value == version2012
	return v.each(func(s *rawStatement) error {
		for _, c := range s.conditions {
			for _, e := range c.values {
				if _, problem := compileValue(c.op.operator, e.value, variables); problem != "" {
					return v.fail(messageLegacy, e.pos, "%q under %s is %s", e.value, c.operator.value, problem)
				}
			}
		}
		return nil
	})
}

// sids enforces unique statement IDs, and for IAM's own documents their alphabet.
func (v *validator) sids() error {
	iam := v.kind != ResourcePolicy && !v.kind.fromOrganizations()
	seen := make(map[string]struct{})
	return v.each(func(s *rawStatement) error {
		sid := s.sid.value
		if iam && strings.IndexFunc(sid, func(r rune) bool { return !isAlphanumeric(r) }) >= 0 {
			return v.fail(messageSidChars, s.sid.pos, "Sid %q", sid)
		}
		if _, dup := seen[sid]; dup && sid != "" {
			return v.fail(messageSidUnique, s.sid.pos, "Sid %q is used twice", sid)
		}
		seen[sid] = struct{}{}
		return nil
	})
}

func isAlphanumeric(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}

func (v *validator) actionsPresent() error {
	return v.each(func(s *rawStatement) error {
		if len(s.actions.entries)+len(s.notActions.entries) == 0 {
			return v.fail(messageNoAction, s.start, "the statement has neither Action nor NotAction, or an empty one")
		}
		return nil
	})
}

func (v *validator) resourcesPresent() error {
	return v.each(func(s *rawStatement) error {
		if v.kind == TrustPolicy {
			for _, l := range []list{s.resources, s.notResources} {
				if l.present {
					return v.fail("Has prohibited field Resource.", l.pos, "the role is the resource of its trust policy")
				}
			}
			return nil
		}
		if len(s.resources.entries)+len(s.notResources.entries) == 0 {
			return v.fail(messageNoResource, s.start, "the statement has neither Resource nor NotResource, or an empty one")
		}
		return nil
	})
}

func (v *validator) actionFormats() error {
	return v.each(func(s *rawStatement) error {
		for _, e := range s.actionEntries() {
			if e.value == "*" {
				continue
			}
			vendor, name, found := strings.Cut(e.value, ":")
			if !found {
				return v.fail(messageNoVendor, e.pos, "%q", e.value)
			}
			if strings.Contains(name, ":") {
				return v.fail(messageColons, e.pos, "%q", e.value)
			}
			if vendor == "" || strings.IndexFunc(vendor, func(r rune) bool { return !isAlphanumeric(r) && r != '-' && r != '.' }) >= 0 {
				return v.fail(fmt.Sprintf("Vendor %s is not valid", vendor), e.pos, "%q", e.value)
			}
		}
		return nil
	})
}

// trustActions: a trust policy speaks of the operations that make sessions, and nothing else.
func (v *validator) trustActions() error {
	if v.kind != TrustPolicy {
		return nil
	}
	return v.each(func(s *rawStatement) error {
		for _, e := range s.actionEntries() {
			if service, _, _ := strings.Cut(e.value, ":"); !strings.EqualFold(service, "sts") {
				return v.fail(messageTrust, e.pos, "%q is not an operation of STS", e.value)
			}
		}
		return nil
	})
}

// principalsAllowed checks that statements name principals exactly where the kind wants them.
func (v *validator) principalsAllowed() error {
	return v.each(func(s *rawStatement) error {
		for _, p := range []rawPrincipal{s.principals, s.notPrincipals} {
			if p.present && !v.kind.namesPrincipals() {
				return v.fail(v.orgMessage(messagePrincipal), p.pos, "%s has no principals", v.kind.withArticle())
			}
		}
		if !v.kind.namesPrincipals() {
			return nil
		}
		if !s.principals.present && !s.notPrincipals.present {
			return v.fail(v.orgMessage(messageMissing), s.start, "%s names its principals", v.kind.withArticle())
		}
		if s.notPrincipals.present && v.kind != ResourcePolicy {
			return v.fail(v.orgMessage("Has prohibited field NotPrincipal."), s.notPrincipals.pos, "not in a %s", v.kind)
		}
		if v.strict && s.notPrincipals.present && strings.EqualFold(s.effect.value, "Allow") {
			return v.fail(messageSyntax, s.notPrincipals.pos, "NotPrincipal with Allow would admit everyone else")
		}
		return nil
	})
}

func (v *validator) orgMessage(iam string) string {
	if v.kind.fromOrganizations() {
		return messageOrg
	}
	return iam
}

// principalForms checks the form of each principal; whether it exists is for the caller to find out.
func (v *validator) principalForms() error {
	return v.each(func(s *rawStatement) error {
		for _, e := range s.principalEntries() {
			if !validPrincipal(e.class, e.value) {
				n := NamedPrincipal{Class: e.class, Value: e.value}
				return v.fail(n.InvalidPrincipal(), e.pos, "%q names no principal", e.value)
			}
		}
		return nil
	})
}

// resourceControl checks what a resource control policy may hold: denials of everyone. The one exception is
// RCPFullAWSAccess, which is only read from store.
func (v *validator) resourceControl() error {
	if v.kind != ResourceControlPolicy {
		return nil
	}
	return v.each(func(s *rawStatement) error {
		if v.strict && s.effect.value == "Allow" {
			return v.fail(messageOrg, s.effect.pos, "a resource control policy only denies")
		}
		for _, e := range s.principals.entries {
			if e.class != "AWS" || e.value != "*" {
				return v.fail(messageOrg, e.pos, `the Principal of a resource control policy is "*"`)
			}
		}
		return nil
	})
}

// validPrincipal reports whether a principal has one of the forms the language knows.
func validPrincipal(class, value string) bool {
	switch class {
	case "AWS":
		return compilePrincipal(class, value).kind != nobody
	case "Service":
		return validHost(value)
	case "CanonicalUser":
		return len(value) == 64 && strings.Trim(value, "0123456789abcdef") == ""
	}
	switch value {
	case "cognito-identity.amazonaws.com", "accounts.google.com", "www.amazon.com", "graph.facebook.com":
		return true
	}
	f, ok := splitRequestARN(value)
	typ, name, _ := strings.Cut(f[5], "/")
	return ok && f[2] == "iam" && f[3] == "" && isAccountID(f[4]) && !strings.ContainsAny(value, "*?") &&
		(typ == "saml-provider" || typ == "oidc-provider") && name != ""
}

// validHost reports whether s looks like the name of a service, such as sns.amazonaws.com.
func validHost(s string) bool {
	return strings.Contains(s, ".") && !strings.HasPrefix(s, ".") && !strings.HasSuffix(s, ".") &&
		strings.IndexFunc(s, func(r rune) bool { return !isAlphanumeric(r) && r != '-' && r != '.' }) < 0
}
