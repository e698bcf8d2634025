package policy_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/policy"
)

func TestContext(t *testing.T) {
	var c policy.Context
	if _, ok := c.Get("aws:username"); ok || len(c.Keys()) != 0 {
		t.Error("the zero Context is not empty")
	}
	values := []string{"a", "b"}
	c.SetMulti("aws:TagKeys", values...)
	c.Set("aws:PrincipalTag/Team", "red")
	values[0] = "changed"
	if v, ok := c.Get("AWS:tagkeys"); !ok || !slices.Equal(v, []string{"a", "b"}) {
		t.Errorf("aws:TagKeys: %q, %v", v, ok)
	}
	c.Set("aws:principaltag/team", "blue")
	if v, ok := c.Get("aws:PrincipalTag/Team"); !ok || !slices.Equal(v, []string{"blue"}) {
		t.Errorf("the same key in another letter case is another key: %q, %v", v, ok)
	}
	if got := c.Keys(); !slices.Equal(got, []string{"aws:TagKeys", "aws:principaltag/team"}) {
		t.Errorf("keys: %q", got)
	}
}

func TestPolicyDescribesItself(t *testing.T) {
	p := mustParse(t, policy.ResourcePolicy, `{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": ["111122223333", "arn:aws:iam::111122223333:role/r"], "Service": "sns.amazonaws.com"},
     "Action": "s3:*", "Resource": "arn:aws:s3:::b/${aws:username}/${AWS:UserName}",
     "Condition": {"StringLike": {"s3:prefix": "${aws:PrincipalTag/team, 'x'}"}, "ArnLike": {"aws:SourceArn": "arn:aws:sns:*:${aws:PrincipalAccount}:*"}}},
    {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"AWS:SourceArn": "${x:y}"}}}
  ]
}`)
	want := []string{"aws:PrincipalAccount", "aws:PrincipalTag/team", "aws:SourceArn", "aws:username", "s3:prefix", "x:y"}
	if got := p.ContextKeys(); !slices.Equal(got, want) {
		t.Errorf("context keys: %q", got)
	}
	var principals []string
	for _, n := range p.Principals() {
		principals = append(principals, n.Class+" "+n.Value+" "+n.String())
	}
	wantPrincipals := []string{
		"AWS 111122223333 4:47", "AWS arn:aws:iam::111122223333:role/r 4:63", "Service sns.amazonaws.com 4:111", "AWS * 7:37",
	}
	if !slices.Equal(principals, wantPrincipals) {
		t.Errorf("principals: %q", principals)
	}
	named := p.Named("bucket")
	if named.Name() != "bucket" || p.Name() != "" || named.Kind() != policy.ResourcePolicy {
		t.Errorf("named %q %s, original %q", named.Name(), named.Kind(), p.Name())
	}
}

// TestReasonsOfOneAction: however a document names an action, each statement gives one reason, in document order.
func TestReasonsOfOneAction(t *testing.T) {
	actions := []string{
		`["s3:GetObject","s3:Get*"]`, `"s3:GetObject"`, `"*"`, `"s3:*"`, `["ec2:Run*","s3:GETOBJECT","s3:g*","s3:GetObject"]`,
		`"s3:GetObject"`, `["s3:Get*","*"]`, `"s3:*t"`, `["*:*","s3:GetObject"]`,
	}
	statements := make([]string, 0, len(actions)+1)
	for _, a := range actions {
		statements = append(statements, `{"Effect":"Deny","Resource":"*","Action":`+a+`}`)
	}
	statements = append(statements, `{"Effect":"Deny","Resource":"*","NotAction":"ec2:*"}`)
	p, err := policy.ParseStored(policy.IdentityPolicy, []byte(`{"Version":"2012-10-17","Statement":[`+strings.Join(statements, ",")+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	w := tableWorld(nil)
	d := policy.Evaluate(&w.request, &policy.Policies{Identity: []*policy.Policy{p}})
	if len(d.Reasons) != len(statements) {
		t.Fatalf("%d reasons for %d statements", len(d.Reasons), len(statements))
	}
	for i, r := range d.Reasons {
		if r.Statement != i {
			t.Errorf("reason %d is statement %d", i, r.Statement)
		}
	}
}

func TestCheckSize(t *testing.T) {
	for _, c := range []struct {
		quota   policy.Quota
		owner   string
		fits    []string
		exceeds []string
		message string
	}{
		{policy.ManagedPolicySize, "", []string{strings.Repeat("é", 6144) + strings.Repeat(" \t\r\n", 99)}, []string{strings.Repeat("x", 6145)}, "Cannot exceed quota for PolicySize: 6144"},
		{policy.UserInlineSize, "bob", []string{strings.Repeat("x", 1024), strings.Repeat("x", 1024)}, []string{strings.Repeat("x", 1024), strings.Repeat("x", 1025)}, "Maximum policy size of 2048 bytes exceeded for user bob"},
		{policy.GroupInlineSize, "g", []string{strings.Repeat("x", 5120)}, []string{strings.Repeat("x", 5121)}, "Maximum policy size of 5120 bytes exceeded for group g"},
		{policy.RoleInlineSize, "r", []string{strings.Repeat("x", 10240)}, []string{strings.Repeat("x", 10241)}, "Maximum policy size of 10240 bytes exceeded for role r"},
		{policy.TrustPolicySize, "", []string{strings.Repeat("x", 2048)}, []string{strings.Repeat("x", 2049)}, "Cannot exceed quota for ACLSizePerRole: 2048"},
		{policy.TrustPolicySizeMax, "", []string{strings.Repeat("x", 4096)}, []string{strings.Repeat("x", 4097)}, "Cannot exceed quota for ACLSizePerRole: 4096"},
		{policy.SessionPolicySize, "", []string{strings.Repeat(" ", 2048)}, []string{strings.Repeat(" ", 2048), "arn:aws:iam::aws:policy/X"}, "Session policies and policy ARNs together exceed 2048 characters"},
		{policy.ServiceControlSize, "", []string{strings.Repeat(" ", 10240)}, []string{strings.Repeat(" ", 10241)}, "You have exceeded the maximum size of a policy: 10240"},
		{policy.ResourceControlSize, "", []string{strings.Repeat(" ", 5120)}, []string{strings.Repeat(" ", 5121)}, "You have exceeded the maximum size of a policy: 5120"},
		{policy.PolicyDocumentSize, "", []string{strings.Repeat(" ", 131072)}, []string{strings.Repeat(" ", 131073)}, "The policy document exceeds 131072 characters"},
	} {
		if err := policy.CheckSize(c.quota, c.owner, c.fits...); err != nil {
			t.Errorf("quota %d: %v", c.quota, err)
		}
		var size *policy.SizeError
		if err := policy.CheckSize(c.quota, c.owner, c.exceeds...); !errors.As(err, &size) {
			t.Errorf("quota %d is not enforced: %v", c.quota, err)
		} else if size.Error() != c.message || size.Size <= size.Limit || size.Quota != c.quota {
			t.Errorf("quota %d: %+v", c.quota, size)
		}
	}
}

func TestAccessDenied(t *testing.T) {
	const who, what = "arn:aws:iam::111122223333:user/alice", "s3:GetObject"
	for want, d := range map[string]policy.Decision{
		"": {},
		" with an explicit deny in an identity-based policy":                {Effect: policy.DeniedExplicit, Layer: policy.LayerIdentity},
		" with an explicit deny in a resource-based policy":                 {Effect: policy.DeniedExplicit, Layer: policy.LayerResource},
		" with an explicit deny in a permissions boundary":                  {Effect: policy.DeniedExplicit, Layer: policy.LayerBoundary},
		" with an explicit deny in a session policy":                        {Effect: policy.DeniedExplicit, Layer: policy.LayerSession},
		" with an explicit deny in a service control policy":                {Effect: policy.DeniedExplicit, Layer: policy.LayerServiceControl},
		" with an explicit deny in a resource control policy":               {Effect: policy.DeniedExplicit, Layer: policy.LayerResourceControl},
		" because no identity-based policy allows the " + what + " action":  {Layer: policy.LayerIdentity},
		" because no resource-based policy allows the " + what + " action":  {Layer: policy.LayerResource},
		" because no permissions boundary allows the " + what + " action":   {Layer: policy.LayerBoundary},
		" because no session policy allows the " + what + " action":         {Layer: policy.LayerSession},
		" because no service control policy allows the " + what + " action": {Layer: policy.LayerServiceControl},
	} {
		for _, resource := range []string{"", "arn:aws:s3:::b/k"} {
			full := "User: " + who + " is not authorized to perform: " + what
			if resource != "" {
				full += " on resource: " + resource
			}
			if got := d.AccessDenied(who, what, resource); got != full+want {
				t.Errorf("got  %s\nwant %s", got, full+want)
			}
		}
	}
}

func TestNames(t *testing.T) {
	if policy.Kind(99).String() != "Kind(99)" || policy.TrustPolicy.String() != "role trust policy" {
		t.Error("names of kinds")
	}
	if policy.Layer(99).String() != "" || policy.LayerNone.String() != "" {
		t.Error("names of layers")
	}
	if policy.Allowed.String() != "allowed" || policy.DeniedExplicit.String() != "explicitDeny" || (policy.Decision{}).Effect.String() != "implicitDeny" {
		t.Error("names of effects, or a zero decision that does not deny")
	}
}

// TestDocumentsInTheWrongPlace: a document of another kind can deny but not allow. A trust policy among the
// identity-based policies, or an identity-based policy on a resource, would otherwise admit whom it should not.
func TestDocumentsInTheWrongPlace(t *testing.T) {
	documents := map[policy.Kind][2]string{}
	for _, kind := range []policy.Kind{
		policy.IdentityPolicy, policy.BoundaryPolicy, policy.SessionPolicy, policy.ResourcePolicy, policy.TrustPolicy,
		policy.ServiceControlPolicy, policy.ResourceControlPolicy,
	} {
		statement := `"Action":"*"`
		if kind != policy.TrustPolicy {
			statement += `,"Resource":"*"`
		}
		if kind == policy.ResourcePolicy || kind == policy.TrustPolicy || kind == policy.ResourceControlPolicy {
			statement += `,"Principal":"*"`
		}
		for i, effect := range []string{"Allow", "Deny"} {
			d := documents[kind]
			d[i] = `{"Version":"2012-10-17","Statement":{"Effect":"` + effect + `",` + statement + `}}`
			documents[kind] = d
		}
	}
	stored := func(kind policy.Kind, effect int) *policy.Policy {
		p, err := policy.ParseStored(kind, []byte(documents[kind][effect]))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	principalSide := []policy.Kind{policy.IdentityPolicy, policy.BoundaryPolicy, policy.SessionPolicy}
	for layer, kinds := range map[policy.Layer][]policy.Kind{
		policy.LayerIdentity:       principalSide,
		policy.LayerBoundary:       principalSide,
		policy.LayerSession:        principalSide,
		policy.LayerResource:       {policy.ResourcePolicy, policy.TrustPolicy},
		policy.LayerServiceControl: {policy.ServiceControlPolicy},
	} {
		for kind := range documents {
			place := func(p *policy.Policy) *policy.Policies {
				all := &policy.Policies{Identity: []*policy.Policy{stored(policy.IdentityPolicy, 0)}}
				switch layer {
				case policy.LayerIdentity:
					all.Identity = []*policy.Policy{p}
				case policy.LayerBoundary:
					all.Boundary = p
				case policy.LayerSession:
					all.Session = []*policy.Policy{p}
				case policy.LayerResource:
					all.Identity, all.Resource = nil, p
				case policy.LayerServiceControl:
					all.SCPs = [][]*policy.Policy{{p}}
				}
				return all
			}
			req := benchRequest()
			if got, want := policy.Evaluate(req, place(stored(kind, 0))), slices.Contains(kinds, kind); (got.Effect == policy.Allowed) != want {
				t.Errorf("a %s as %s that allows: %s", kind, layer, got.Effect)
			}
			if got := policy.Evaluate(req, place(stored(kind, 1))); got.Effect != policy.DeniedExplicit {
				t.Errorf("a %s as %s that denies: %s", kind, layer, got.Effect)
			}
		}
	}
}

// TestUnusualActions: names of actions longer than the evaluator's buffer, without a service, or in other scripts.
func TestUnusualActions(t *testing.T) {
	long := "s3:" + strings.Repeat("GetObject", 20)
	for _, c := range []struct {
		entry, action string
		want          policy.Effect
	}{
		{long, strings.ToUpper(long), policy.Allowed},
		{"s3:Get*", long, policy.Allowed},
		{long, long + "x", policy.DeniedImplicit},
		{"*", "nothing", policy.Allowed},
		{"s3:*", "s3", policy.DeniedImplicit},
		{"s3:", "s3:", policy.Allowed},
		{"s3:", "s3:GetObject", policy.DeniedImplicit},
		{"s3:**", "s3:", policy.Allowed},
	} {
		p, err := policy.ParseStored(policy.IdentityPolicy, []byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"`+c.entry+`","Resource":"*"}}`))
		if err != nil {
			t.Fatal(err)
		}
		req := benchRequest()
		req.Action = c.action
		if got := policy.Evaluate(req, &policy.Policies{Identity: []*policy.Policy{p}}); got.Effect != c.want {
			t.Errorf("%q under %q: %s", c.action, c.entry, got.Effect)
		}
	}
}
