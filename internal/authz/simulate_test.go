package authz_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/authz"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// statement is a policy of one statement; more are its further members.
func statement(effect, action, more string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"` + effect + `","Action":"` + action + `"` + more + `}]}`
}

const (
	anywhere = `,"Resource":"*"`
	bucket   = "arn:aws:s3:::bucket/key"
)

func (f fixture) simulate(sim authz.Simulation) []authz.SimulationResult {
	f.T.Helper()
	if sim.AccountID == "" {
		sim.AccountID = testidc.Member
	}
	simulator, err := f.authz.Simulate(f.T.Context(), sim)
	if err != nil {
		f.T.Fatal(err)
	}
	results, next, err := simulator.Run(f.T.Context(), 0, 100)
	if err != nil || next != 0 {
		f.T.Fatalf("run: next %d, %v", next, err)
	}
	return results
}

// TestSimulatedPolicies: which statements settle a simulation, and what is missing.
func TestSimulatedPolicies(t *testing.T) {
	f := setUp(t)
	get, list := "s3:GetObject", "s3:ListAllMyBuckets"
	condition := func(c string) string { return anywhere + `,"Condition":` + c }
	for name, c := range map[string]struct {
		sim     authz.Simulation
		effect  policy.Effect
		matched string // policies of the matched statements
		missing string
	}{
		"allowed":        {authz.Simulation{Policies: []string{statement("Allow", "s3:*", anywhere)}}, policy.Allowed, "PolicyInputList.1", ""},
		"nothing allows": {authz.Simulation{Policies: []string{statement("Allow", "ec2:*", anywhere)}}, policy.DeniedImplicit, "", ""},
		"denied": {authz.Simulation{Policies: []string{statement("Allow", "*", anywhere), statement("Deny", "s3:Get*", anywhere)}},
			policy.DeniedExplicit, "PolicyInputList.2", ""},
		"no policies": {authz.Simulation{}, policy.DeniedImplicit, "", ""},
		"a key is missing": {authz.Simulation{Policies: []string{statement("Allow", "*", condition(`{"StringEquals":{"aws:RequestTag/Team":"${aws:PrincipalTag/Team}"}}`))}},
			policy.DeniedImplicit, "", "aws:PrincipalTag/Team aws:RequestTag/Team"},
		"keys are given": {authz.Simulation{Policies: []string{statement("Allow", "*", condition(`{"StringEquals":{"aws:RequestTag/Team":"${aws:PrincipalTag/Team}"}}`))},
			Context: []authz.ContextEntry{{Key: "aws:PrincipalTag/team", Type: "string", Values: []string{"x"}}, {Key: "AWS:requesttag/Team", Values: []string{"x"}}}},
			policy.Allowed, "PolicyInputList.1", ""},
		"a missing key of a Deny": {authz.Simulation{Policies: []string{statement("Allow", "*", anywhere), statement("Deny", "*", condition(`{"Bool":{"aws:MultiFactorAuthPresent":"false"}}`))}},
			policy.Allowed, "PolicyInputList.1", "aws:MultiFactorAuthPresent"},
		"several values": {authz.Simulation{Policies: []string{statement("Allow", "*", condition(`{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}}`))},
			Context: []authz.ContextEntry{{Key: "aws:TagKeys", Type: "stringList", Values: []string{"a", "b"}}}}, policy.Allowed, "PolicyInputList.1", ""},
		"a number": {authz.Simulation{Policies: []string{statement("Allow", "*", condition(`{"NumericLessThan":{"aws:MultiFactorAuthAge":"60"}}`))},
			Context: []authz.ContextEntry{{Key: "aws:MultiFactorAuthAge", Type: "numeric", Values: []string{"59.5"}}}}, policy.Allowed, "PolicyInputList.1", ""},
		"a caller that is known": {authz.Simulation{CallerARN: "arn:aws:iam::222222222222:user/team/bob",
			Policies: []string{statement("Allow", "*", condition(`{"StringEquals":{"aws:username":"bob","aws:PrincipalArn":"arn:aws:iam::222222222222:user/team/bob","aws:PrincipalAccount":"222222222222"}}`))}},
			policy.Allowed, "PolicyInputList.1", ""},
		"an older document": {authz.Simulation{Policies: []string{strings.Replace(statement("Allow", "*", anywhere), "2012-10-17", "2008-10-17", 1)}},
			policy.Allowed, "PolicyInputList.1", ""},
	} {
		t.Run(name, func(t *testing.T) {
			c.sim.Actions = []string{get}
			got := f.simulate(c.sim)[0]
			var matched []string
			for _, r := range got.Matched {
				matched = append(matched, r.Policy)
			}
			if got.Effect != c.effect || strings.Join(matched, " ") != c.matched || strings.Join(got.Missing, " ") != c.missing {
				t.Errorf("%s by %q, missing %q; want %s by %q, missing %q", got.Effect, matched, got.Missing, c.effect, c.matched, c.missing)
			}
			if got.Resource != "*" || got.Specific != nil || got.Details != nil || got.Organization != nil {
				t.Errorf("of everything: %+v", got)
			}
		})
	}
	both := f.simulate(authz.Simulation{Actions: []string{get, list}, Policies: []string{statement("Allow", list, anywhere)}})
	if len(both) != 2 || both[0].Action != get || both[0].Effect != policy.DeniedImplicit || both[1].Action != list || both[1].Effect != policy.Allowed {
		t.Errorf("two actions: %+v", both)
	}
}

// TestSimulatedLayers: boundary, service control policies and a resource-based policy.
func TestSimulatedLayers(t *testing.T) {
	f := setUp(t)
	all := statement("Allow", "*", anywhere)
	bob := "arn:aws:iam::222222222222:user/bob"
	toBob := func(effect string) string {
		return statement(effect, "s3:GetObject", `,"Principal":{"AWS":"`+bob+`"},"Resource":"`+bucket+`"`)
	}
	const owner = "arn:aws:iam::333333333333:root"
	for name, c := range map[string]struct {
		sim                    authz.Simulation
		effect                 policy.Effect
		organization, boundary string
		details                map[string]policy.Effect
	}{
		"boundary allows":         {authz.Simulation{Policies: []string{all}, Boundaries: []string{all}}, policy.Allowed, "", "true", nil},
		"boundary does not allow": {authz.Simulation{Policies: []string{all}, Boundaries: []string{statement("Allow", "ec2:*", anywhere)}}, policy.DeniedImplicit, "", "false", nil},
		"boundary denies":         {authz.Simulation{Policies: []string{all}, Boundaries: []string{statement("Deny", "s3:*", anywhere)}}, policy.DeniedExplicit, "", "false", nil},
		"SCPs allow":              {authz.Simulation{Policies: []string{all}, Organization: [][]string{{all}, {statement("Allow", "ec2:*", anywhere), all}}}, policy.Allowed, "true", "", nil},
		"one level of SCPs lacks": {authz.Simulation{Policies: []string{all}, Organization: [][]string{{all}, {statement("Allow", "ec2:*", anywhere)}}}, policy.DeniedImplicit, "false", "", nil},
		"an SCP denies":           {authz.Simulation{Policies: []string{all}, Organization: [][]string{{all, statement("Deny", "s3:*", anywhere)}}}, policy.DeniedExplicit, "false", "", nil},
		"SCPs end the simulation": {authz.Simulation{Policies: []string{all}, Boundaries: []string{statement("Deny", "s3:*", anywhere)},
			Organization: [][]string{{statement("Allow", "ec2:*", anywhere)}}}, policy.DeniedImplicit, "false", "", nil},
		"the resource's policy grants": {authz.Simulation{CallerARN: bob, ResourcePolicy: toBob("Allow")}, policy.Allowed, "", "", nil},
		"the resource's policy denies": {authz.Simulation{CallerARN: bob, Policies: []string{all}, ResourcePolicy: toBob("Deny")}, policy.DeniedExplicit, "", "", nil},
		"somebody else's grant":        {authz.Simulation{CallerARN: bob + "by", ResourcePolicy: toBob("Allow")}, policy.DeniedImplicit, "", "", nil},
		"across accounts, both allow": {authz.Simulation{CallerARN: bob, Policies: []string{all}, ResourcePolicy: toBob("Allow"), ResourceOwner: owner}, policy.Allowed, "", "",
			map[string]policy.Effect{"IAM Policy": policy.Allowed, "Resource Policy": policy.Allowed}},
		"across accounts, only the resource": {authz.Simulation{CallerARN: bob, ResourcePolicy: toBob("Allow"), ResourceOwner: owner, Boundaries: []string{all}}, policy.DeniedImplicit, "", "true",
			map[string]policy.Effect{"IAM Policy": policy.DeniedImplicit, "Resource Policy": policy.Allowed, "Permissions Boundary Policy": policy.Allowed}},
		"across accounts, the resource denies": {authz.Simulation{CallerARN: bob, Policies: []string{all}, ResourcePolicy: toBob("Deny"), ResourceOwner: owner}, policy.DeniedExplicit, "", "",
			map[string]policy.Effect{"IAM Policy": policy.Allowed, "Resource Policy": policy.DeniedExplicit}},
		"without its policy the resource counts as one's own": {authz.Simulation{Policies: []string{all}, ResourceOwner: owner}, policy.Allowed, "", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			c.sim.Actions, c.sim.Resources = []string{"s3:GetObject"}, []string{bucket}
			got := f.simulate(c.sim)[0]
			if got.Effect != c.effect || told(got.Organization) != c.organization || told(got.Boundary) != c.boundary {
				t.Errorf("%s, by the organization %q, by the boundary %q; want %s, %q, %q", got.Effect, told(got.Organization), told(got.Boundary), c.effect, c.organization, c.boundary)
			}
			if len(got.Details) != len(c.details) {
				t.Errorf("details %v, want %v", got.Details, c.details)
			}
			for source, effect := range c.details {
				if got.Details[source] != effect {
					t.Errorf("%s: %s, want %s", source, got.Details[source], effect)
				}
			}
			if c.organization == "false" && (got.Matched != nil || got.Details != nil) {
				t.Errorf("the organization's policies deny, and yet %+v", got)
			}
			if len(got.Specific) != 1 || got.Specific[0].Resource != bucket || got.Specific[0].Effect != got.Effect {
				t.Errorf("of the resource: %+v", got.Specific)
			}
		})
	}
}

func told(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "true"
	}
	return "false"
}

// TestSimulatedTrust: a role trust policy, which names no resource, is a resource policy too.
func TestSimulatedTrust(t *testing.T) {
	f := setUp(t)
	for caller, want := range map[string]policy.Effect{"arn:aws:iam::222222222222:user/bob": policy.Allowed, "arn:aws:iam::333333333333:user/eve": policy.DeniedImplicit} {
		got := f.simulate(authz.Simulation{
			Actions: []string{"sts:AssumeRole"}, Resources: []string{"arn:aws:iam::111111111111:role/R"}, CallerARN: caller,
			ResourcePolicy: trustMember, Policies: []string{statement("Allow", "sts:*", anywhere)},
		})[0]
		if got.Effect != want {
			t.Errorf("%s: %s, want %s", caller, got.Effect, want)
		}
	}
}

// TestSimulatedResources: one result per resource, and the strictest for all.
func TestSimulatedResources(t *testing.T) {
	f := setUp(t)
	policies := []string{statement("Allow", "s3:*", `,"Resource":["arn:aws:s3:::one","arn:aws:s3:::two"]`), statement("Deny", "s3:*", `,"Resource":"arn:aws:s3:::two"`)}
	for want, resources := range map[policy.Effect][]string{
		policy.Allowed: {"arn:aws:s3:::one", "arn:aws:s3:::one"}, policy.DeniedImplicit: {"arn:aws:s3:::one", "arn:aws:s3:::three"},
		policy.DeniedExplicit: {"arn:aws:s3:::three", "arn:aws:s3:::two", "arn:aws:s3:::one"},
	} {
		got := f.simulate(authz.Simulation{Actions: []string{"s3:ListBucket"}, Resources: resources, Policies: policies})[0]
		if got.Effect != want || got.Resource != "*" || len(got.Specific) != len(resources) {
			t.Errorf("%v: %s of %s with %d results, want %s", resources, got.Effect, got.Resource, len(got.Specific), want)
		}
		for _, r := range got.Matched {
			if r.Deny != (want == policy.DeniedExplicit) {
				t.Errorf("%v: matched %+v", resources, r)
			}
		}
	}
}

// TestSimulatedRole: a role's own policies, boundary and service control policies, as they are in the store now.
func TestSimulatedRole(t *testing.T) {
	f := setUp(t)
	r := f.Role(testidc.Member, "Dev", trustAll, readOnly)
	r.InlinePolicies = map[string]string{"extra": statement("Allow", "s3:PutObject", anywhere+`,"Condition":{"StringEquals":{"aws:PrincipalTag/Team":"red"}}`)}
	r.Tags = []idc.Tag{{Key: "Team", Value: "red"}}
	f.Update(func(tx store.Tx) error { return tx.PutRole(r) })
	sim := authz.Simulation{RoleName: "Dev", Actions: []string{"s3:PutObject", "s3:GetObject", "s3:DeleteObject"}}
	outcome := func(edit func(*authz.Simulation)) string {
		t.Helper()
		one := sim
		if edit != nil {
			edit(&one)
		}
		var out []string
		for _, result := range f.simulate(one) {
			text := result.Effect.String()
			for _, m := range result.Matched {
				text += " by " + m.Policy
			}
			out = append(out, text)
		}
		return strings.Join(out, ", ")
	}
	check := func(name, want string, edit func(*authz.Simulation)) {
		t.Helper()
		if got := outcome(edit); got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
	check("its policies", "allowed by role_Dev_extra, allowed by ReadOnlyAccess, implicitDeny", nil)
	check("more policies", "explicitDeny by PolicyInputList.1, explicitDeny by PolicyInputList.1, explicitDeny by PolicyInputList.1",
		func(s *authz.Simulation) { s.Policies = []string{statement("Deny", "s3:*", anywhere)} })
	check("another tag", "implicitDeny, allowed by ReadOnlyAccess, implicitDeny", func(s *authz.Simulation) {
		s.Context = []authz.ContextEntry{{Key: "aws:PrincipalTag/Team", Values: []string{"blue"}}}
	})
	check("the role is not the caller", "implicitDeny, allowed by ReadOnlyAccess, implicitDeny",
		func(s *authz.Simulation) { s.CallerARN = "arn:aws:iam::222222222222:user/bob" })
	for name, e := range map[string]authz.Exclusion{"inline": {Type: "inline"}, "the inline one": {Inline: "extra"}} {
		check("without "+name, "implicitDeny, allowed by ReadOnlyAccess, implicitDeny", func(s *authz.Simulation) { s.Excluded = []authz.Exclusion{e} })
	}
	for name, e := range map[string]authz.Exclusion{"AWS's": {Type: "aws-managed"}, "the managed one": {ARN: readOnly}} {
		check("without "+name, "allowed by role_Dev_extra, implicitDeny, implicitDeny", func(s *authz.Simulation) { s.Excluded = []authz.Exclusion{e} })
	}
	check("without what it has not", "allowed by role_Dev_extra, allowed by ReadOnlyAccess, implicitDeny", func(s *authz.Simulation) {
		s.Excluded = []authz.Exclusion{{Type: "user-managed"}, {Inline: "other"}, {ARN: admin}, {Type: "rcp"}, {Type: "permission-boundary"}}
	})

	r.PermissionsBoundary = readOnly
	f.Update(func(tx store.Tx) error { return tx.PutRole(r) })
	check("with a boundary", "implicitDeny, allowed by ReadOnlyAccess, implicitDeny", nil)
	check("with another boundary", "allowed by role_Dev_extra, allowed by ReadOnlyAccess, implicitDeny",
		func(s *authz.Simulation) { s.Boundaries = []string{statement("Allow", "s3:*", anywhere)} })
	check("without its boundary", "allowed by role_Dev_extra, allowed by ReadOnlyAccess, implicitDeny",
		func(s *authz.Simulation) { s.Excluded = []authz.Exclusion{{Type: "permission-boundary"}} })

	f.control("p-deny0000", statement("Deny", "s3:Get*", anywhere), f.Instance.RootID)
	f.control("p-full0000", statement("Allow", "*", anywhere), f.Instance.RootID, testidc.Member)
	check("under an SCP", "implicitDeny, explicitDeny, implicitDeny", nil)
	check("without SCPs", "implicitDeny, allowed by ReadOnlyAccess, implicitDeny", func(s *authz.Simulation) { s.Excluded = []authz.Exclusion{{Type: "scp"}} })
	f.Role(testidc.Management, "Dev", trustAll, readOnly)
	check("in the management account", "implicitDeny, allowed by ReadOnlyAccess, implicitDeny", func(s *authz.Simulation) { s.AccountID = testidc.Management })
}

// control stores a service control policy and attaches it.
func (f fixture) control(id, content string, targets ...string) {
	f.T.Helper()
	f.Update(func(tx store.Tx) error {
		if err := tx.PutOrganizationPolicy(&idc.OrganizationPolicy{ID: id, Name: id, Type: "SERVICE_CONTROL_POLICY", Content: content}); err != nil {
			return err
		}
		for _, target := range targets {
			if err := tx.PutPolicyAttachment(&idc.PolicyAttachment{PolicyID: id, TargetID: target}); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestInvalidSimulations(t *testing.T) {
	f := setUp(t)
	all := statement("Allow", "*", anywhere)
	for name, c := range map[string]struct {
		sim  authz.Simulation
		want string
	}{
		"no service":        {authz.Simulation{Actions: []string{"GetObject"}}, "The action is invalid since it is missing names"},
		"wildcard":          {authz.Simulation{Actions: []string{"s3:*"}}, "wildcards are not supported"},
		"no ARN":            {authz.Simulation{Resources: []string{"bucket"}}, "ResourceNames are not in a valid ARN format: bucket."},
		"everything and":    {authz.Simulation{Resources: []string{"*", bucket}}, "ResourceNames are not in a valid ARN format: *."},
		"no policy":         {authz.Simulation{Policies: []string{"{"}}, "Syntax errors in policy."},
		"a resource policy": {authz.Simulation{Policies: []string{trustAll}}, "Policy document should not specify a principal."},
		"two boundaries":    {authz.Simulation{Boundaries: []string{all, all}}, "cannot exceed 1 items"},
		"an empty level":    {authz.Simulation{Organization: [][]string{{all}, {}}}, "Organization policy at index 2 must contain at least one service control policy"},
		"nobody asks":       {authz.Simulation{Resources: []string{bucket}, ResourcePolicy: trustAll}, "Caller cannot be null or empty"},
		"policy of everything": {authz.Simulation{ResourcePolicy: trustAll, CallerARN: "arn:aws:iam::222222222222:user/bob"},
			"Invalid Entity Arn: * does not clearly define entity type and name."},
		"a session asks":     {authz.Simulation{CallerARN: "arn:aws:sts::222222222222:assumed-role/R/s"}, "does not clearly define entity type and name."},
		"a group asks":       {authz.Simulation{CallerARN: "arn:aws:iam::222222222222:group/g"}, "Invalid caller"},
		"owner":              {authz.Simulation{ResourceOwner: "333333333333"}, "'333333333333' is not a valid as a Resource Owner."},
		"unknown type":       {authz.Simulation{Context: []authz.ContextEntry{{Key: "aws:x", Type: "float", Values: []string{"1"}}}}, "unknown type"},
		"two of one":         {authz.Simulation{Context: []authz.ContextEntry{{Key: "aws:x", Type: "numeric", Values: []string{"1", "2"}}}}, "more than one value"},
		"no number":          {authz.Simulation{Context: []authz.ContextEntry{{Key: "aws:x", Type: "numericList", Values: []string{"1", "x"}}}}, "not of type numeric"},
		"no boolean":         {authz.Simulation{Context: []authz.ContextEntry{{Key: "aws:x", Type: "boolean", Values: []string{"${aws:y}"}}}}, "not of type boolean"},
		"no address":         {authz.Simulation{Context: []authz.ContextEntry{{Key: "aws:x", Type: "ip", Values: []string{"10.0.0.256"}}}}, "not of type ip"},
		"no date":            {authz.Simulation{Context: []authz.ContextEntry{{Key: "aws:x", Type: "date", Values: []string{"yesterday"}}}}, "not of type date"},
		"no base64":          {authz.Simulation{Context: []authz.ContextEntry{{Key: "aws:x", Type: "binary", Values: []string{"?"}}}}, "not of type binary"},
		"a key with no name": {authz.Simulation{Context: []authz.ContextEntry{{Type: "string", Values: []string{"1"}}}}, "no ContextKeyName"},
	} {
		c.sim.AccountID = testidc.Member
		if c.sim.Actions == nil {
			c.sim.Actions = []string{"s3:GetObject"}
		}
		_, err := f.authz.Simulate(t.Context(), c.sim)
		if idc.KindOf(err) != idc.Invalid || !strings.Contains(idc.PublicMessage(err), c.want) {
			t.Errorf("%s: %v, want Invalid with %q", name, err, c.want)
		}
	}
	if _, err := f.authz.Simulate(t.Context(), authz.Simulation{AccountID: testidc.Member, RoleName: "Nobody"}); !idc.IsNotFound(err) {
		t.Errorf("an unknown role: %v", err)
	}
}

// TestLargeSimulations: one answer costs a bounded amount of work; the rest is for the next page.
func TestLargeSimulations(t *testing.T) {
	f := setUp(t)
	start := func(documents, actions, resources int) *authz.Simulator {
		sim := authz.Simulation{AccountID: testidc.Member, Policies: slices.Repeat([]string{statement("Allow", strings.Repeat("s", 100)+":*", anywhere)}, documents)}
		sim.Actions = slices.Repeat([]string{"s3:GetObject"}, actions)
		sim.Resources = slices.Repeat([]string{bucket}, resources)
		simulator, err := f.authz.Simulate(t.Context(), sim)
		if err != nil {
			t.Fatal(err)
		}
		return simulator
	}
	many := start(1, 120, 1000)
	seen := 0
	for next := 0; ; {
		results, after, err := many.Run(t.Context(), next, 1000)
		if err != nil || len(results) == 0 || len(results) == 120 {
			t.Fatalf("%d results, %v", len(results), err)
		}
		seen += len(results)
		if next = after; next == 0 {
			break
		}
	}
	if seen != 120 {
		t.Errorf("%d results of 120 actions", seen)
	}
	if _, _, err := start(1000, 1, 1000).Run(t.Context(), 0, 1); idc.KindOf(err) != idc.Invalid {
		t.Errorf("a thousand policies for a thousand resources: %v, want Invalid", err)
	}
}

func TestContextKeys(t *testing.T) {
	f := setUp(t)
	r := f.Role(testidc.Member, "Dev", trustAll)
	r.InlinePolicies = map[string]string{"p": statement("Allow", "*", anywhere+`,"Condition":{"Bool":{"aws:SecureTransport":"true"}}`)}
	r.PermissionsBoundary = readOnly
	f.Update(func(tx store.Tx) error { return tx.PutRole(r) })
	document := statement("Allow", "s3:*", `,"Resource":"arn:aws:s3:::b/${aws:username}","Condition":{"StringEquals":{"aws:USERNAME":"x","aws:SourceAccount":"x"},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`)
	for roleName, want := range map[string]string{"": "aws:SourceAccount aws:SourceIp aws:username", "Dev": "aws:SecureTransport aws:SourceAccount aws:SourceIp aws:username"} {
		got, err := f.authz.ContextKeys(t.Context(), testidc.Member, roleName, []string{document})
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("role %q: %v, %v, want %s", roleName, got, err, want)
		}
	}
	if _, err := f.authz.ContextKeys(t.Context(), testidc.Member, "", []string{"[]"}); idc.KindOf(err) != idc.Invalid {
		t.Errorf("no policy: %v", err)
	}
}
