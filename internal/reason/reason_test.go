package reason_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/reason"
	"github.com/gatehouse-idc/gatehouse/policy"
)

func parse(t *testing.T, kind policy.Kind, name, statements string) *policy.Policy {
	t.Helper()
	p, err := policy.ParseStored(kind, []byte(`{"Version":"2012-10-17","Statement":[`+statements+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	return p.Named(name)
}

const (
	allow     = `{"Sid":"All","Effect":"Allow","Action":"*","Resource":"*"}`
	deny      = `{"Effect":"Deny","Action":"s3:*","Resource":"*"}`
	other     = `{"Effect":"Allow","Action":"ec2:*","Resource":"*"}`
	mfa       = `{"Sid":"Mfa","Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`
	everybody = `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}`
	nobody    = `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999999999999:root"},"Action":"s3:GetObject","Resource":"*"}`
)

func TestSentence(t *testing.T) {
	identity := func(statements string) []*policy.Policy {
		return []*policy.Policy{parse(t, policy.IdentityPolicy, "one", statements)}
	}
	scp := func(statements string) []*policy.Policy {
		return []*policy.Policy{parse(t, policy.ServiceControlPolicy, "guard", statements)}
	}
	resource := func(statements string) *policy.Policy { return parse(t, policy.ResourcePolicy, "bucket", statements) }
	for want, c := range map[string]struct {
		change   func(r *policy.Request)
		policies policy.Policies
	}{
		"allowed by statement 1 (All) of the identity-based policy one (line 1, column 38)": {nil, policy.Policies{Identity: identity(allow)}},
		"allowed by statement 1 (All) of the identity-based policy one (line 1, column 38); the permissions boundary allows it too; the service control policy allows it too": {nil,
			policy.Policies{Identity: identity(allow), Boundary: parse(t, policy.BoundaryPolicy, "b", allow), SCPs: [][]*policy.Policy{scp(allow)}}},
		"allowed by statement 1 of the resource-based policy bucket (line 1, column 38)": {nil, policy.Policies{Resource: resource(everybody)}},
		"allowed: the root user needs no policy, and none denies":                        {func(r *policy.Request) { r.Principal.Type = policy.Root }, policy.Policies{}},
		"denied by statement 1 of the identity-based policy one (line 1, column 38)":     {nil, policy.Policies{Identity: identity(deny + "," + allow)}},
		"denied by statement 1 of the service control policy guard of level 2 (line 1, column 38) and statement 1 of the identity-based policy one (line 1, column 38)": {nil,
			policy.Policies{Identity: identity(deny), SCPs: [][]*policy.Policy{scp(allow), scp(deny)}}},
		"statement 3 of the identity-based policy one (line 1, column 136) and 2 more": {nil,
			policy.Policies{Identity: identity(strings.Join([]string{deny, deny, deny, deny, deny}, ","))}},
		"denied because no identity-based policy allows s3:GetObject on arn:aws:s3:::b/k": {nil, policy.Policies{Identity: identity(other)}},
		"denied because the caller has no identity-based policy":                          {nil, policy.Policies{}},
		"statement 1 (Mfa) of the identity-based policy one (line 1, column 38) would allow it, but its condition Bool aws:MultiFactorAuthPresent does not hold (the request has no such key)": {nil,
			policy.Policies{Identity: identity(mfa)}},
		`does not hold (it is "false")`:                       {func(r *policy.Request) { r.Context.Set("aws:MultiFactorAuthPresent", "false") }, policy.Policies{Identity: identity(mfa)}},
		`does not hold (it is ["a" "b"])`:                     {func(r *policy.Request) { r.Context.SetMulti("aws:MultiFactorAuthPresent", "a", "b") }, policy.Policies{Identity: identity(mfa)}},
		"1 more statement has a condition that does not hold": {nil, policy.Policies{Identity: identity(strings.Join([]string{mfa, mfa, mfa, mfa}, ","))}},
		"denied because no service control policy at level 2 of 2 allows s3:GetObject": {nil,
			policy.Policies{Identity: identity(allow), SCPs: [][]*policy.Policy{scp(allow), scp(other)}}},
		"at levels 1, 3 of 3": {nil, policy.Policies{Identity: identity(allow), SCPs: [][]*policy.Policy{scp(other), scp(allow), {}}}},
		"denied because the permissions boundary does not allow s3:GetObject on arn:aws:s3:::b/k": {nil,
			policy.Policies{Identity: identity(allow), Boundary: parse(t, policy.BoundaryPolicy, "b", other)}},
		"denied because no session policy allows s3:GetObject": {nil, policy.Policies{Identity: identity(allow), SessionRestricted: true}},
		"denied because a federated session without session policies has no permissions of its own": {func(r *policy.Request) { r.Principal.Type = policy.FederatedUser },
			policy.Policies{Identity: identity(allow)}},
		"(the resource is in another account, where the caller's own policies must allow too)": {func(r *policy.Request) { r.ResourceAccount = "999999999999" },
			policy.Policies{Identity: identity(other), Resource: resource(everybody)}},
		"denied because the resource-based policy does not allow the caller to s3:GetObject (the caller is of another account, so that it must)": {func(r *policy.Request) { r.ResourceAccount = "999999999999" },
			policy.Policies{Identity: identity(allow), Resource: resource(nobody)}},
		"denied because the resource has no policy that lets the caller in": {func(r *policy.Request) { r.Principal.Type = policy.Anonymous }, policy.Policies{}},
		"denied because the root user cannot assume roles": {func(r *policy.Request) {
			r.Principal.Type, r.Action, r.Resource = policy.Root, "sts:AssumeRole", "arn:aws:iam::111122223333:role/r"
		}, policy.Policies{}},
	} {
		t.Run(want, func(t *testing.T) {
			r := &policy.Request{
				Principal: policy.Principal{Type: policy.User, ARN: "arn:aws:iam::111122223333:user/alice", Account: "111122223333"},
				Action:    "s3:GetObject", Resource: "arn:aws:s3:::b/k", ResourceAccount: "111122223333",
			}
			if c.change != nil {
				c.change(r)
			}
			got := reason.Sentence(r, &c.policies, policy.Explain(r, &c.policies))
			if !strings.Contains(got, want) {
				t.Errorf("got %s", got)
			}
		})
	}
}

// Sentences stay short, however many statements there are.
func TestSentencesAreBounded(t *testing.T) {
	var statements []string
	for i := range 1000 {
		statements = append(statements, fmt.Sprintf(`{"Sid":"S%d","Effect":"Deny","Action":"s3:*","Resource":"*"}`, i))
	}
	p := &policy.Policies{Identity: []*policy.Policy{parse(t, policy.IdentityPolicy, "many", strings.Join(statements, ","))}}
	r := &policy.Request{Action: "s3:GetObject", Resource: "*"}
	if got := reason.Sentence(r, p, policy.Explain(r, p)); len(got) > 500 || !strings.Contains(got, "997 more") {
		t.Errorf("%d characters: %.200s", len(got), got)
	}
}
