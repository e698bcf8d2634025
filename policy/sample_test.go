package policy_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/policy"
)

// sampleCase is one line of testdata/sample.jsonl: a decision that AWS's documentation settles.
type sampleCase struct {
	ID       string         `json:"id"`
	Source   string         `json:"source"`
	Expected string         `json:"expected"`
	Request  sampleRequest  `json:"request"`
	Policies samplePolicies `json:"policies"`
}

type sampleRequest struct {
	Principal        string                     `json:"principal"`
	PrincipalType    string                     `json:"principal_type"`
	PrincipalAccount string                     `json:"principal_account"`
	RoleARN          string                     `json:"role_arn"`
	UserARN          string                     `json:"user_arn"`
	UniqueID         string                     `json:"unique_id"`
	CanonicalUser    string                     `json:"canonical_user"`
	Action           string                     `json:"action"`
	Resource         string                     `json:"resource"`
	ResourceAccount  string                     `json:"resource_account"`
	Context          map[string]json.RawMessage `json:"context"`

	PrincipalInManagementAccount bool `json:"principal_in_management_account"`
	ResourceInManagementAccount  bool `json:"resource_in_management_account"`
	ServiceLinkedRole            bool `json:"service_linked_role"`
}

type samplePolicies struct {
	Identity []json.RawMessage   `json:"identity"`
	Boundary json.RawMessage     `json:"boundary"`
	Session  []json.RawMessage   `json:"session"`
	Resource json.RawMessage     `json:"resource"`
	SCPs     [][]json.RawMessage `json:"scps"`
	RCPs     [][]json.RawMessage `json:"rcps"`
}

var principalTypes = map[string]policy.PrincipalType{
	"user": policy.User, "assumed-role": policy.AssumedRole, "federated-user": policy.FederatedUser,
	"root": policy.Root, "service": policy.Service, "saml": policy.SAMLProvider,
	"web-identity": policy.WebIdentity, "anonymous": policy.Anonymous,
}

func (r *sampleRequest) build(t testing.TB) *policy.Request {
	t.Helper()
	typ, ok := principalTypes[r.PrincipalType]
	if !ok {
		t.Fatalf("unknown principal_type %q", r.PrincipalType)
	}
	req := &policy.Request{
		Principal: policy.Principal{
			Type: typ, ARN: r.Principal, Account: r.PrincipalAccount, RoleARN: r.RoleARN, UserARN: r.UserARN,
			UniqueID: r.UniqueID, CanonicalUser: r.CanonicalUser,
		},
		Action: r.Action, Resource: r.Resource, ResourceAccount: r.ResourceAccount,
		PrincipalInManagementAccount: r.PrincipalInManagementAccount,
		ResourceInManagementAccount:  r.ResourceInManagementAccount,
		ServiceLinkedRole:            r.ServiceLinkedRole,
	}
	if typ == policy.FederatedUser && r.UserARN == "" {
		// The cases name a federated session after the user who made it.
		req.Principal.UserARN = strings.Replace(strings.Replace(r.Principal, ":sts:", ":iam:", 1), ":federated-user/", ":user/", 1)
	}
	for key, raw := range r.Context {
		var one string
		var many []string
		if json.Unmarshal(raw, &one) == nil {
			req.Context.Set(key, one)
		} else if err := json.Unmarshal(raw, &many); err == nil {
			req.Context.SetMulti(key, many...)
		} else {
			t.Fatalf("context key %s: %v", key, err)
		}
	}
	return req
}

func (p *samplePolicies) build(t testing.TB) *policy.Policies {
	t.Helper()
	parse := func(kind policy.Kind, raw json.RawMessage) *policy.Policy {
		if len(raw) == 0 || string(raw) == "null" {
			return nil
		}
		pol, err := policy.ParseStored(kind, raw)
		if err != nil {
			t.Fatalf("%s: %v\n%s", kind, err, raw)
		}
		return pol
	}
	all := func(kind policy.Kind, raws []json.RawMessage) []*policy.Policy {
		out := make([]*policy.Policy, 0, len(raws))
		for _, raw := range raws {
			out = append(out, parse(kind, raw))
		}
		return out
	}
	levels := func(kind policy.Kind, raws [][]json.RawMessage) [][]*policy.Policy {
		var out [][]*policy.Policy
		for _, level := range raws {
			out = append(out, all(kind, level))
		}
		return out
	}
	resource := policy.ResourcePolicy
	if len(p.Resource) > 0 && !bytes.Contains(p.Resource, []byte(`Resource"`)) {
		resource = policy.TrustPolicy
	}
	return &policy.Policies{
		Identity: all(policy.IdentityPolicy, p.Identity),
		Boundary: parse(policy.BoundaryPolicy, p.Boundary),
		Session:  all(policy.SessionPolicy, p.Session),
		Resource: parse(resource, p.Resource),
		SCPs:     levels(policy.ServiceControlPolicy, p.SCPs),
		RCPs:     levels(policy.ResourceControlPolicy, p.RCPs),
	}
}

var expectedEffects = map[string]policy.Effect{
	"allowed": policy.Allowed, "denied(explicit)": policy.DeniedExplicit, "denied(implicit)": policy.DeniedImplicit,
}

// readLines decodes a file of one JSON object a line.
func readLines[T any](t testing.TB, name string) []T {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var out []T
	scanner := bufio.NewScanner(bytes.NewReader(data))
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		var v T
		if err := json.Unmarshal(scanner.Bytes(), &v); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out = append(out, v)
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestSampleDecisions runs the published sample of decisions: each must come out as AWS documents it, through
// Evaluate and through Explain.
func TestSampleDecisions(t *testing.T) {
	cases := readLines[sampleCase](t, "testdata/sample.jsonl")
	if len(cases) < 200 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, c := range cases {
		t.Run(c.ID, func(t *testing.T) {
			want, ok := expectedEffects[c.Expected]
			if !ok {
				t.Fatalf("unknown expectation %q", c.Expected)
			}
			req, pols := c.Request.build(t), c.Policies.build(t)
			got := policy.Evaluate(req, pols)
			if got.Effect != want {
				t.Errorf("got %s (%s), want %s: %s", got.Effect, got.Layer, want, c.Source)
			}
			if explained := policy.Explain(req, pols); explained.Effect != got.Effect || explained.Layer != got.Layer {
				t.Errorf("Explain says %s (%s), Evaluate %s (%s)", explained.Effect, explained.Layer, got.Effect, got.Layer)
			}
		})
	}
}

// validationCase is one line of testdata/validation-sample.jsonl.
type validationCase struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"`
	Document string `json:"document"`
	Valid    bool   `json:"valid"`
	Note     string `json:"note"`
	Error    *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// sampleKinds are the kinds of documents in the validation sample.
var sampleKinds = map[string]policy.Kind{
	"identity": policy.IdentityPolicy, "boundary": policy.BoundaryPolicy, "session": policy.SessionPolicy,
	"resource": policy.ResourcePolicy, "trust": policy.TrustPolicy, "scp": policy.ServiceControlPolicy,
	"rcp": policy.ResourceControlPolicy,
}

// sampleQuotas are the kinds whose documents are held against a limit.
var sampleQuotas = map[string]policy.Quota{
	"size-managed": policy.ManagedPolicySize, "size-inline-user": policy.UserInlineSize,
	"size-inline-group": policy.GroupInlineSize, "size-inline-role": policy.RoleInlineSize,
	"size-trust": policy.TrustPolicySize, "size-session": policy.SessionPolicySize,
	"size-scp": policy.ServiceControlSize, "size-rcp": policy.ResourceControlSize,
}

// TestSampleValidation runs the published sample of documents to accept or refuse, with AWS's messages.
func TestSampleValidation(t *testing.T) {
	for _, c := range readLines[validationCase](t, "testdata/validation-sample.jsonl") {
		t.Run(c.ID, func(t *testing.T) {
			err := c.check(t)
			if (err == nil) != c.Valid {
				t.Fatalf("%s: got error %v, want valid %v", c.Note, err, c.Valid)
			}
			var syntax *policy.SyntaxError
			if errors.As(err, &syntax) && c.Error != nil && c.Error.Message != "" && syntax.Message != c.Error.Message {
				t.Errorf("%s: got message %q, want %q", c.Note, syntax.Message, c.Error.Message)
			}
		})
	}
}

func (c *validationCase) check(t *testing.T) error {
	t.Helper()
	if q, ok := sampleQuotas[c.Kind]; ok {
		return policy.CheckSize(q, "X", c.Document)
	}
	kind, ok := sampleKinds[c.Kind]
	if !ok {
		t.Fatalf("unknown kind %q", c.Kind)
	}
	_, err := policy.Parse(kind, []byte(c.Document))
	return err
}
