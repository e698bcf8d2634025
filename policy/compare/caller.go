package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/policy"
)

// caller is one of the callers that the documents can tell apart.
type caller struct {
	policy.Principal
	bounded  bool // has a permissions boundary, which a Deny with NotPrincipal does not spare
	stranger bool // nobody the documents name: anybody could be this caller
}

// bits is a set of callers.
type bits []uint64

func newBits(n int) bits { return make(bits, (n+63)/64) }

func (b bits) add(i int)      { b[i/64] |= 1 << (i % 64) }
func (b bits) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }

func (b bits) and(o bits) bits {
	out := slices.Clone(b)
	for i := range out {
		out[i] &= o[i]
	}
	return out
}

func (b bits) minus(o bits) bits {
	out := slices.Clone(b)
	for i := range out {
		out[i] &^= o[i]
	}
	return out
}

func (b bits) empty() bool {
	return !slices.ContainsFunc(b, func(w uint64) bool { return w != 0 })
}

// named are the principals the documents name, by what they are.
type named struct {
	partitions []string
	accounts   []string
	users      []policy.Principal // ARN and account
	roles      []policy.Principal
	sessions   []policy.Principal
	federated  []policy.Principal
	ids        []string
	canonical  []string
	services   []string
	providers  []string
	exceptions bool // a Deny with NotPrincipal occurs
}

// sharedProviders are web identity providers with which everybody has or can make an identity.
var sharedProviders = [...]string{
	"cognito-identity.amazonaws.com", "accounts.google.com", "www.amazon.com", "graph.facebook.com",
}

// findCallers lists the callers. Each account of the documents, and one that they do not name, has a root user,
// users, sessions of roles and federated users: those the documents name and one they do not.
func (c *comparison) findCallers(documents []*policy.Document) {
	if !c.namesPrincipals() {
		c.addCaller(caller{Principal: somebody()})
		return
	}
	n := namedIn(documents)
	c.addCaller(caller{Principal: policy.Principal{Type: policy.Anonymous}, stranger: true})
	for _, account := range append(slices.Clone(n.accounts), unlike(n.accounts, "444455556666", "777788889999", "123412341234")) {
		for _, partition := range n.partitions {
			c.accountCallers(n, partition, account)
		}
	}
	for _, name := range append(slices.Clone(n.services), unlike(n.services, "example.amazonaws.com", "other.amazonaws.com")) {
		c.addCaller(caller{Principal: policy.Principal{Type: policy.Service, ARN: name}})
	}
	for _, name := range append(slices.Clone(n.providers), unlike(n.providers, "arn:aws:iam::444455556666:saml-provider/Example", "arn:aws:iam::444455556666:saml-provider/Other")) {
		for _, typ := range [...]policy.PrincipalType{policy.SAMLProvider, policy.WebIdentity} {
			c.addCaller(caller{
				Principal: policy.Principal{Type: typ, ARN: name},
				stranger:  slices.Contains(sharedProviders[:], name) || !slices.Contains(n.providers, name),
			})
		}
	}
}

// somebody is a caller where it does not matter who calls.
func somebody() policy.Principal {
	return policy.Principal{Type: policy.User, ARN: "arn:aws:iam::111122223333:user/example", Account: "111122223333"}
}

// unlike returns the first candidate that is not in the list, lengthened if all are.
func unlike(list []string, candidates ...string) string {
	for _, s := range candidates {
		if !slices.Contains(list, s) {
			return s
		}
	}
	s := candidates[0]
	for n := 0; slices.Contains(list, s); n++ {
		s = fmt.Sprintf("%s%0*d", candidates[0][:len(candidates[0])-6], 6, n)
	}
	return s
}

// namedIn collects the principals of all documents.
func namedIn(documents []*policy.Document) *named {
	n := &named{partitions: []string{"aws"}}
	for _, d := range documents {
		for i := range d.Statements {
			s := &d.Statements[i]
			n.exceptions = n.exceptions || s.NotPrincipal && s.Deny()
			for _, p := range s.Principals {
				n.note(p.Class, p.Value)
			}
		}
	}
	return n
}

func (n *named) note(class, value string) {
	switch class {
	case "Service":
		n.services = with(n.services, value)
		return
	case "Federated":
		n.providers = with(n.providers, value)
		return
	case "CanonicalUser":
		n.canonical = with(n.canonical, value)
		return
	}
	fields := strings.SplitN(value, ":", 6)
	if len(fields) < 6 {
		if isAccount(value) {
			n.accounts = with(n.accounts, value)
		} else if value != "*" {
			n.ids = with(n.ids, value)
		}
		return
	}
	if !isAccount(fields[4]) {
		return // names nobody
	}
	n.partitions = with(n.partitions, fields[1])
	n.accounts = with(n.accounts, fields[4])
	p := policy.Principal{ARN: value, Account: fields[4]}
	for prefix, list := range map[string]*[]policy.Principal{
		"iam:user/": &n.users, "iam:role/": &n.roles, "sts:assumed-role/": &n.sessions, "sts:federated-user/": &n.federated,
	} {
		if strings.HasPrefix(fields[2]+":"+fields[5], prefix) && !slices.Contains(*list, p) {
			*list = append(*list, p)
		}
	}
}

func isAccount(s string) bool { return len(s) == 12 && strings.Trim(s, "0123456789") == "" }

func with(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// accountCallers lists the callers of one account.
func (c *comparison) accountCallers(n *named, partition, account string) {
	stranger := !slices.Contains(n.accounts, account)
	own := func(list []policy.Principal, other string) []policy.Principal {
		var out []policy.Principal
		for _, p := range list {
			if p.Account == account && strings.HasPrefix(p.ARN, "arn:"+partition+":") {
				out = append(out, p)
			}
		}
		for i := 0; ; i++ {
			arn := fmt.Sprintf("arn:%s:%s", partition, strings.Replace(other, "::", "::"+account, 1))
			if i > 0 {
				arn = fmt.Sprintf("%s%d", arn, i)
			}
			if p := (policy.Principal{ARN: arn, Account: account}); !slices.Contains(list, p) {
				return append(out, p)
			}
		}
	}
	users := own(n.users, "iam:::user/example")
	add := func(p policy.Principal, unique bool) {
		p.Account = account
		ids := []string{""}
		if unique {
			ids = append(ids, n.ids...)
		}
		for _, p.UniqueID = range ids {
			for _, p.CanonicalUser = range append([]string{""}, n.canonical...) {
				c.addCaller(caller{Principal: p, stranger: stranger && p.UniqueID == "" && p.CanonicalUser == ""})
				if n.exceptions {
					c.addCaller(caller{Principal: p, bounded: true, stranger: stranger && p.UniqueID == "" && p.CanonicalUser == ""})
				}
			}
		}
	}
	for _, u := range users {
		add(policy.Principal{Type: policy.User, ARN: u.ARN}, true)
	}
	for _, s := range c.roleSessions(n, own, partition, account) {
		add(s, true)
	}
	for _, f := range own(n.federated, "sts:::federated-user/example") {
		for _, u := range users {
			add(policy.Principal{Type: policy.FederatedUser, ARN: f.ARN, UserARN: u.ARN}, false)
		}
	}
	add(policy.Principal{Type: policy.Root, ARN: "arn:" + partition + ":iam::" + account + ":root"}, false)
}

// roleSessions pairs sessions with roles: a session belongs to a role of its name, one that is named with its path
// or another.
func (c *comparison) roleSessions(n *named, own func([]policy.Principal, string) []policy.Principal, partition, account string) []policy.Principal {
	var out []policy.Principal
	pair := func(session, role string) {
		out = append(out, policy.Principal{Type: policy.AssumedRole, ARN: session, RoleARN: role})
	}
	roles := own(n.roles, "iam:::role/example")
	for _, r := range roles {
		name := r.ARN[strings.LastIndexByte(r.ARN, '/')+1:]
		prefix := fmt.Sprintf("arn:%s:sts::%s:assumed-role/%s/", partition, account, name)
		var sessions []string
		for _, s := range n.sessions {
			if strings.HasPrefix(s.ARN, prefix) {
				sessions = append(sessions, s.ARN)
			}
		}
		for _, s := range append(sessions, unlike(sessions, prefix+"example", prefix+"other", prefix+"another")) {
			pair(s, r.ARN)
		}
	}
	for _, s := range n.sessions {
		if s.Account == account && strings.HasPrefix(s.ARN, "arn:"+partition+":") {
			name := strings.Split(s.ARN, "/")[1]
			pair(s.ARN, unlike(arns(roles), fmt.Sprintf("arn:%s:iam::%s:role/%s", partition, account, name),
				fmt.Sprintf("arn:%s:iam::%s:role/example/%s", partition, account, name),
				fmt.Sprintf("arn:%s:iam::%s:role/example/path/%s", partition, account, name)))
		}
	}
	return out
}

func arns(list []policy.Principal) []string {
	out := make([]string, 0, len(list))
	for _, p := range list {
		out = append(out, p.ARN)
	}
	return out
}

func (c *comparison) addCaller(p caller) {
	if c.budget.spend(50) {
		c.callers = append(c.callers, p)
	}
}

// surroundings are the other policies that make a grant of a certain strength, and no weaker one, enough.
type surroundings struct {
	policies policy.Policies
	account  string // that owns the resource
}

// everything is a document that allows everything, as each kind that may stand beside a resource's policy.
type everything struct{ identity, session, boundary *policy.Policy }

// allowAll makes the documents that stand beside the one in question.
func allowAll() (e everything, err error) {
	for kind, p := range map[policy.Kind]**policy.Policy{
		policy.IdentityPolicy: &e.identity, policy.SessionPolicy: &e.session, policy.BoundaryPolicy: &e.boundary,
	} {
		if *p, err = compile(kind, single(version2012, map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"})); err != nil {
			return e, err
		}
	}
	return e, nil
}

// otherAccount owns the resources of requests across accounts.
const otherAccount = "000000000000"

// surroundings returns what makes a grant of strength g enough for a caller.
func (c *comparison) surroundings(p *caller, g grant) surroundings {
	var s surroundings
	if !c.namesPrincipals() {
		s.account = p.Account
		return s
	}
	if p.bounded {
		s.policies.Boundary = c.everything.boundary
	}
	switch p.Type {
	case policy.User, policy.AssumedRole, policy.FederatedUser:
	default:
		s.account = otherAccount
		return s
	}
	s.account = p.Account
	switch g {
	case byName:
		s.policies.SessionRestricted = p.Type != policy.User
	case byRole:
		s.policies.Session = []*policy.Policy{c.everything.session}
	default:
		s.account = otherAccount
		s.policies.Identity = []*policy.Policy{c.everything.identity}
		s.policies.Session = []*policy.Policy{c.everything.session}
	}
	return s
}

// allowed reports whether a document allows a request, and whether it denies it, with what is around it.
func (c *comparison) allowed(p *policy.Policy, r *policy.Request, s surroundings) (allow, deny bool) {
	if c.namesPrincipals() {
		s.policies.Resource = p
	} else {
		s.policies.Identity = []*policy.Policy{p}
	}
	r.ResourceAccount = s.account
	effect := policy.Evaluate(r, &s.policies).Effect
	return effect == policy.Allowed, effect == policy.DeniedExplicit
}

// reaches finds out how strongly a statement reaches each caller, by asking package policy about a statement that
// has only its principals.
func (c *comparison) reaches(s *statement) error {
	s.reach = make([]grant, len(c.callers))
	if !c.namesPrincipals() {
		s.reach[0] = byName
		return nil
	}
	plain := written(s.src)
	for _, name := range [...]string{"Sid", "NotAction", "NotResource", "Condition"} {
		delete(plain, name)
	}
	plain["Action"], plain["Resource"] = "*", "*"
	p, err := compile(policy.ResourcePolicy, single(version2012, plain))
	if err != nil {
		return err
	}
	for i := range c.callers {
		if !c.budget.spend(20 + len(s.src.Principals)) {
			return nil
		}
		for _, g := range [...]grant{byName, byRole, byAccount} {
			r := policy.Request{Principal: c.callers[i].Principal, Action: "example:Example", Resource: "*"}
			allow, deny := c.allowed(p, &r, c.surroundings(&c.callers[i], g))
			if allow || deny {
				s.reach[i] = g
				break
			}
		}
	}
	return nil
}

// mergeCallers keeps one of the callers that every statement reaches alike.
func (c *comparison) mergeCallers(statements []*statement) {
	seen := make(map[string]bool)
	var keep []int
	for i := range c.callers {
		signature := make([]byte, 0, len(statements)+1)
		if signature = append(signature, 0); c.callers[i].stranger {
			signature[0] = 1
		}
		for _, s := range statements {
			signature = append(signature, byte(s.reach[i]))
		}
		if !seen[string(signature)] {
			seen[string(signature)] = true
			keep = append(keep, i)
		}
	}
	c.callers = pick(c.callers, keep)
	for _, s := range statements {
		s.reach = pick(s.reach, keep)
	}
	c.all = newBits(len(c.callers))
	for i := range c.callers {
		c.all.add(i)
	}
}

func pick[T any](list []T, keep []int) []T {
	out := make([]T, 0, len(keep))
	for _, i := range keep {
		out = append(out, list[i])
	}
	return out
}
