package policy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/policy"
)

// The ways a Principal element can reach a caller.
const (
	byName    = 1 << iota // the caller itself, or everyone
	byRole                // the role or user behind the session
	byAccount             // the account
)

// named says how one principal of a document names the caller.
func (p *plain) named(n policy.NamedPrincipal) int {
	c := &p.w.request.Principal
	local := slices.Contains([]policy.PrincipalType{policy.User, policy.AssumedRole, policy.FederatedUser, policy.Root}, c.Type)
	session := c.Type == policy.AssumedRole || c.Type == policy.FederatedUser
	id := strings.HasPrefix(n.Value, "AIDA") || strings.HasPrefix(n.Value, "AROA")
	ways := 0
	switch n.Class {
	case "Service":
		if c.Type == policy.Service && c.ARN == n.Value {
			ways |= byName
		}
	case "Federated":
		if (c.Type == policy.SAMLProvider || c.Type == policy.WebIdentity) && c.ARN == n.Value {
			ways |= byName
		}
	case "CanonicalUser":
		if local && c.CanonicalUser == n.Value {
			ways |= byAccount
		}
	case "AWS":
		switch {
		case n.Value == "*":
			ways |= byName
		case strings.ContainsAny(n.Value, "*?"), n.Value == "":
		case local && (n.Value == c.Account || n.Value == "arn:aws:iam::"+c.Account+":root"):
			ways |= byAccount
			if c.Type == policy.Root {
				ways |= byName
			}
		case id && c.UniqueID == n.Value && c.Type == policy.AssumedRole:
			ways |= byRole
		case id && c.UniqueID == n.Value && c.Type == policy.User:
			ways |= byName
		case (session || c.Type == policy.User) && c.ARN == n.Value:
			ways |= byName
		case c.Type == policy.AssumedRole && c.RoleARN == n.Value, c.Type == policy.FederatedUser && c.UserARN == n.Value:
			ways |= byRole
		}
	}
	return ways
}

// reach says how a statement reaches the caller; 0 when it does not.
func (p *plain) reach(s *policy.Statement) int {
	ways := 0
	everyone := false
	for _, n := range s.Principals {
		ways |= p.named(n)
		everyone = everyone || n.Class == "AWS" && n.Value == "*"
	}
	if !s.NotPrincipal {
		return ways
	}
	spared := ways != 0
	if s.Deny() && !everyone {
		switch p.w.request.Principal.Type {
		case policy.User, policy.FederatedUser:
			spared = ways&byName != 0 && ways&byAccount != 0
		case policy.AssumedRole:
			spared = ways&byName != 0 && ways&byRole != 0 && ways&byAccount != 0
		}
	}
	if s.Deny() && p.w.boundary != "" {
		spared = false
	}
	if spared {
		return 0
	}
	return byName
}

// said is what documents say together.
type said struct {
	allow, deny bool
	ways        int
}

func (p *plain) read(t testing.TB, kind policy.Kind, documents ...string) said {
	t.Helper()
	var out said
	for _, doc := range documents {
		if doc == "" {
			continue
		}
		d, err := policy.Read([]byte(doc))
		if err != nil {
			t.Fatal(err)
		}
		p.variables = d.Version.Value == "2012-10-17"
		for i := range d.Statements {
			s := &d.Statements[i]
			ways := byName
			if kind == policy.ResourcePolicy || kind == policy.TrustPolicy || kind == policy.ResourceControlPolicy {
				ways = p.reach(s)
			}
			all := p.action(s)
			if kind != policy.TrustPolicy {
				all = min(all, p.resource(s))
			}
			for j := range s.Conditions {
				all = min(all, p.condition(&s.Conditions[j]))
			}
			switch {
			case ways == 0:
			case s.Deny() && all != fails:
				out.deny = true
			case !s.Deny() && all == holds:
				out.allow = true
				out.ways |= ways
			}
		}
	}
	return out
}

// decide follows the order of the evaluation logic.
func (p *plain) decide(t testing.TB) policy.Effect {
	t.Helper()
	w, r := p.w, &p.w.request
	c := &r.Principal
	local := slices.Contains([]policy.PrincipalType{policy.User, policy.AssumedRole, policy.FederatedUser, policy.Root}, c.Type)

	denied, scpsAllow := false, true
	if !r.ResourceInManagementAccount && !r.ServiceLinkedRole {
		for _, level := range w.rcps {
			denied = denied || p.read(t, policy.ResourceControlPolicy, level...).deny
		}
	}
	if local && !r.PrincipalInManagementAccount && !r.ServiceLinkedRole {
		for _, level := range w.scps {
			s := p.read(t, policy.ServiceControlPolicy, level...)
			denied = denied || s.deny
			scpsAllow = scpsAllow && s.allow
		}
	}
	resource := p.read(t, w.resourceKind, w.resource)
	identity := p.read(t, policy.IdentityPolicy, w.identity...)
	boundary := p.read(t, policy.BoundaryPolicy, w.boundary)
	session := p.read(t, policy.SessionPolicy, w.session...)
	if denied || resource.deny || identity.deny || boundary.deny || session.deny {
		return policy.DeniedExplicit
	}
	if !scpsAllow {
		return policy.DeniedImplicit
	}

	restricted := w.sessionRestricted || len(w.session) > 0
	inside := (!restricted || session.allow) && (c.Type != policy.FederatedUser || restricted)
	own := inside
	if c.Type != policy.Root {
		inside = inside && (w.boundary == "" || boundary.allow)
		own = identity.allow && inside
	}

	role := strings.Contains(r.Resource, ":role/") && slices.Contains([]string{
		"sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity", "sts:tagsession", "sts:setsourceidentity", "sts:setcontext",
	}, lower(r.Action))
	key := strings.HasPrefix(lower(r.Action), "kms:") && strings.Contains(r.Resource, ":key/")

	var allowed bool
	switch {
	case !local:
		allowed = resource.ways&byName != 0
	case role && c.Type == policy.Root:
		allowed = false
	case c.Account != r.ResourceAccount:
		allowed = own && resource.ways != 0
	case resource.ways&byName != 0:
		allowed = true
	case resource.ways&byRole != 0:
		allowed = inside
	case resource.ways == 0 && w.resource != "" && (role || key):
		allowed = false
	default:
		allowed = own
	}
	if allowed {
		return policy.Allowed
	}
	return policy.DeniedImplicit
}

// checkPlain draws a world and decides it both ways.
func checkPlain(t testing.TB, d *dice) policy.Effect {
	t.Helper()
	w := d.world()
	p := w.compile(t)
	got := policy.Evaluate(&w.request, p)
	if want := (&plain{w: w}).decide(t); got.Effect != want {
		t.Fatalf("the engine says %s by %s, the plain evaluator %s, in\n%s\n%+v", got.Effect, got.Layer, want, w, policy.Explain(&w.request, p))
	}
	explained := policy.Explain(&w.request, p)
	silent := len(explained.Reasons) == 0 && w.request.Principal.Type != policy.Root // what the root user may, nobody grants
	if explained.Effect != got.Effect || explained.Layer != got.Layer || silent {
		t.Fatalf("Evaluate says %s by %s, Explain %s by %s, in\n%s", got.Effect, got.Layer, explained.Effect, explained.Layer, w)
	}
	return got.Effect
}

// TestDecidesAsPlain compares thousands of worlds.
func TestDecidesAsPlain(t *testing.T) {
	effects := make(map[policy.Effect]int)
	const rounds = 4000
	for seed := range uint64(rounds) {
		effects[checkPlain(t, randomDice(seed, 800))]++
	}
	for _, e := range []policy.Effect{policy.Allowed, policy.DeniedExplicit, policy.DeniedImplicit} {
		if effects[e] < rounds/20 {
			t.Errorf("only %d of %d worlds came out %s", effects[e], rounds, e)
		}
	}
}

// FuzzDifferential is TestDecidesAsPlain with the fuzzer's choices.
func FuzzDifferential(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(randomDice(seed, 600).bytes)
	}
	f.Fuzz(func(t *testing.T, choices []byte) { checkPlain(t, &dice{choices}) })
}
