package policycase

import (
	"strings"

	"github.com/gatehouse-idc/gatehouse/policy"
)

// principalType returns the type of a caller by its name in the format; letter case, hyphens and underscores do not
// matter.
func principalType(name string) (policy.PrincipalType, bool) {
	switch plain(name) {
	case "user":
		return policy.User, true
	case "assumedrole":
		return policy.AssumedRole, true
	case "federateduser":
		return policy.FederatedUser, true
	case "root", "account":
		return policy.Root, true
	case "service":
		return policy.Service, true
	case "saml":
		return policy.SAMLProvider, true
	case "webidentity":
		return policy.WebIdentity, true
	case "anonymous":
		return policy.Anonymous, true
	}
	return 0, false
}

// plain drops hyphens and underscores and lowers the letters.
func plain(name string) string {
	out := make([]byte, 0, 32)
	for _, c := range []byte(name) {
		switch {
		case c == '-', c == '_':
		case c >= 'A' && c <= 'Z':
			out = append(out, c+'a'-'A')
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

// requestMembers counts which members of a request have been there.
type requestMembers uint32

// request reads the request of a case.
func (d *Decoder) request(r *policy.Request) *Error {
	s := &d.line
	kind := ""
	texts := []struct {
		name string
		to   *string
	}{
		{"principal", &r.Principal.ARN}, {"principal_type", &kind}, {"principal_account", &r.Principal.Account},
		{"role_arn", &r.Principal.RoleARN}, {"user_arn", &r.Principal.UserARN}, {"unique_id", &r.Principal.UniqueID},
		{"canonical_user", &r.Principal.CanonicalUser},
		{"action", &r.Action}, {"resource", &r.Resource}, {"resource_account", &r.ResourceAccount},
	}
	flags := []struct {
		name string
		to   *bool
	}{
		{"principal_in_management_account", &r.PrincipalInManagementAccount},
		{"resource_in_management_account", &r.ResourceInManagementAccount},
		{"service_linked_role", &r.ServiceLinkedRole},
	}
	var seen requestMembers
	once := func(i int, name string, at int) *Error {
		if seen&(1<<i) != 0 {
			return s.fail(at, "%s is there twice", name)
		}
		seen |= 1 << i
		return nil
	}
	start := s.pos
	err := s.object(func(name []byte, at int) *Error {
		for i, t := range texts {
			if string(name) == t.name {
				return within(t.name, first(once(i, t.name, at), func() (err *Error) {
					if !s.null() {
						*t.to, err = s.str()
					}
					return err
				}))
			}
		}
		for i, f := range flags {
			if string(name) == f.name {
				return within(f.name, first(once(len(texts)+i, f.name, at), func() (err *Error) {
					if !s.null() {
						*f.to, err = s.bool()
					}
					return err
				}))
			}
		}
		if string(name) != "context" {
			return s.fail(at, "unknown member %q", name)
		}
		return first(once(len(texts)+len(flags), "context", at), func() *Error { return within("context", d.context(&r.Context)) })
	})
	if err != nil {
		return err
	}
	return complete(s, start, r, kind)
}

func first(err *Error, then func() *Error) *Error {
	if err != nil {
		return err
	}
	return then()
}

// complete checks what a request cannot do without and fills in what follows from the rest.
func complete(s *scanner, start int, r *policy.Request, kind string) *Error {
	var known bool
	r.Principal.Type, known = principalType(kind)
	switch {
	case kind == "":
		return s.fail(start, "principal_type is missing")
	case !known:
		return s.fail(start, "principal_type %q is none of user, assumed-role, federated-user, root, service, saml, web-identity and anonymous", kind)
	case r.Action == "":
		return s.fail(start, "action is missing")
	case r.Resource == "":
		return s.fail(start, "resource is missing")
	case r.Principal.ARN == "" && r.Principal.Type != policy.Anonymous:
		return s.fail(start, "principal is missing")
	}
	switch r.Principal.Type {
	case policy.User, policy.AssumedRole, policy.FederatedUser, policy.Root:
		if r.Principal.Account == "" {
			r.Principal.Account = accountOf(r.Principal.ARN)
		}
	}
	if r.Principal.Type == policy.FederatedUser && r.Principal.UserARN == "" {
		// The format names a federated session after the user who made it.
		r.Principal.UserARN = strings.Replace(strings.Replace(r.Principal.ARN, ":sts:", ":iam:", 1), ":federated-user/", ":user/", 1)
	}
	if r.ResourceAccount == "" {
		if r.ResourceAccount = accountOf(r.Resource); r.Resource == "*" {
			r.ResourceAccount = r.Principal.Account
		}
	}
	return nil
}

// accountOf returns the account that an ARN names, or "".
func accountOf(arn string) string {
	fields := strings.SplitN(arn, ":", 6)
	if len(fields) < 6 || fields[0] != "arn" {
		return ""
	}
	return fields[4]
}

// context reads the condition keys. A null is a key that is not there.
func (d *Decoder) context(c *policy.Context) *Error {
	s := &d.line
	if s.null() {
		return nil
	}
	return s.object(func(name []byte, at int) *Error {
		key := string(name)
		if _, there := c.Get(key); there {
			return s.fail(at, "%s is there twice", key)
		}
		if s.null() {
			return nil
		}
		if s.peek() != '[' {
			value, err := s.scalar()
			if err != nil {
				return within(key, err)
			}
			c.Set(key, value)
			return nil
		}
		var values []string
		err := s.array(func(int) *Error {
			value, err := s.scalar()
			values = append(values, value)
			return err
		})
		if err != nil {
			return within(key, err)
		}
		c.SetMulti(key, values...)
		return nil
	})
}

// assumesRole reports whether the policy of the request's resource is the trust policy of a role.
func assumesRole(r *policy.Request) bool {
	service, name, _ := strings.Cut(strings.ToLower(r.Action), ":")
	return service == "sts" && (strings.HasPrefix(name, "assumerole") || name == "tagsession" || name == "setsourceidentity")
}
