package authz

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// ContextEntry gives a condition key of the simulated requests its value.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextEntry.html
type ContextEntry struct {
	Key    string
	Type   string // string, numeric, boolean, ip, binary, date, or one of them with List; "" is a string
	Values []string
}

// operators test a value of each type but string, of which everything is one.
func operatorFor(kind string) (operator string, known bool) {
	switch kind {
	case "string":
		return "", true
	case "numeric":
		return "NumericEquals", true
	case "boolean":
		return "Bool", true
	case "ip":
		return "IpAddress", true
	case "binary":
		return "BinaryEquals", true
	case "date":
		return "DateEquals", true
	}
	return "", false
}

// set checks the entry and adds it to a context. A key without values is missing.
func (e ContextEntry) set(c *policy.Context) error {
	kind, many := strings.CutSuffix(e.Type, "List")
	if e.Type == "" {
		kind, many = "string", len(e.Values) > 1
	}
	operator, known := operatorFor(kind)
	switch {
	case e.Key == "":
		return idc.Errorf(idc.Invalid, "A context entry has no ContextKeyName.")
	case !known:
		return idc.Errorf(idc.Invalid, "The context key %s has the unknown type %s.", e.Key, e.Type)
	case !many && len(e.Values) > 1:
		return idc.Errorf(idc.Invalid, "The context key %s of type %s has more than one value.", e.Key, e.Type)
	}
	for _, value := range e.Values {
		if operator != "" && !isValue(operator, value) {
			return idc.Errorf(idc.Invalid, "The context key %s has the value %q, which is not of type %s.", e.Key, value, kind)
		}
	}
	switch {
	case many:
		c.SetMulti(e.Key, e.Values...)
	case len(e.Values) == 1:
		c.Set(e.Key, e.Values[0])
	}
	return nil
}

// isValue reports whether an operator takes a value, by the rules of the policy language itself.
func isValue(operator, value string) bool {
	condition, err := json.Marshal(map[string]map[string]string{operator: {"aws:Value": value}})
	if err != nil {
		return false
	}
	document := fmt.Sprintf(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*","Condition":%s}}`, condition)
	_, err = policy.Parse(policy.IdentityPolicy, []byte(document))
	return err == nil && !strings.Contains(value, "${") // a variable is no value
}

// addDocuments parses what the input brings.
func (s *Simulator) addDocuments(sim *Simulation) error {
	given := func(kind policy.Kind, document, name string) (*policy.Policy, error) {
		s.size += len(document)
		p, err := parseGiven(kind, document)
		if err != nil {
			return nil, err
		}
		return p.Named(name), nil
	}
	for i, document := range sim.Policies {
		p, err := given(policy.IdentityPolicy, document, fmt.Sprintf("PolicyInputList.%d", i+1))
		if err != nil {
			return err
		}
		s.policies.Identity = append(s.policies.Identity, p)
	}
	if len(sim.Boundaries) > 1 {
		return idc.Errorf(idc.Invalid, "The list of Permissions Boundary policies cannot exceed 1 items.")
	}
	for _, document := range sim.Boundaries {
		p, err := given(policy.BoundaryPolicy, document, "PermissionsBoundaryPolicyInputList.1")
		if err != nil {
			return err
		}
		s.policies.Boundary = p
	}
	for i, level := range sim.Organization {
		if len(level) == 0 {
			return idc.Errorf(idc.Invalid, "Organization policy at index %d must contain at least one service control policy", i+1)
		}
		var documents []*policy.Policy
		for j, document := range level {
			p, err := given(policy.ServiceControlPolicy, document, fmt.Sprintf("OrderedOrganizationPolicyInputList.%d.%d", i+1, j+1))
			if err != nil {
				return err
			}
			documents = append(documents, p)
		}
		s.scps = append(s.scps, documents)
	}
	if sim.ResourcePolicy == "" {
		return nil
	}
	p, err := given(resourceKind(sim.ResourcePolicy), sim.ResourcePolicy, "ResourcePolicy")
	s.policies.Resource = p
	return err
}

// resourceKind tells a role trust policy, which has no Resource, from other resource-based policies.
func resourceKind(document string) policy.Kind {
	read, err := policy.Read([]byte(document))
	if err != nil {
		return policy.ResourcePolicy
	}
	for _, statement := range read.Statements {
		if len(statement.Resources) > 0 {
			return policy.ResourcePolicy
		}
	}
	return policy.TrustPolicy
}

// setCaller says who makes the simulated requests, and sets the condition keys that follow from it.
func (s *Service) setCaller(ctx context.Context, out *Simulator, sim *Simulation, source *cachedRole) error {
	caller := sim.CallerARN
	if caller == "" && source != nil {
		caller = source.role.ARN
	}
	principal, name, err := simulatedCaller(caller, sim.AccountID)
	switch {
	case err != nil:
		return err
	case caller == "" && sim.ResourcePolicy != "":
		return idc.Errorf(idc.Invalid, "Invalid caller - Caller cannot be null or empty.")
	}
	keys := &out.request.Context
	keys.Set("aws:PrincipalAccount", principal.Account)
	if caller != "" {
		keys.Set("aws:PrincipalArn", caller)
	}
	if caller != "" && principal.Type == policy.User {
		keys.Set("aws:username", name)
		keys.Set("aws:PrincipalType", "User")
	}
	if source != nil && caller == source.role.ARN {
		principal.UniqueID = source.role.ID
		place, err := s.cache.place(ctx, s, source.role.AccountID)
		if err != nil {
			return err
		}
		keys.Set("aws:PrincipalType", "AssumedRole")
		keys.Set("aws:PrincipalOrgID", s.Instance.OrganizationID)
		if place.path != "" {
			keys.SetMulti("aws:PrincipalOrgPaths", place.path)
		}
		for _, t := range source.role.Tags {
			keys.Set("aws:PrincipalTag/"+t.Key, t.Value)
		}
	}
	out.request.Principal = principal
	out.owner = principal.Account
	if sim.ResourceOwner == "" {
		return nil
	}
	owner, err := arn.Parse(sim.ResourceOwner)
	if err != nil || owner.Service != "iam" || !arn.IsAccountID(owner.Account) {
		return idc.Errorf(idc.Invalid, "'%s' is not a valid as a Resource Owner.", sim.ResourceOwner)
	}
	out.owner = owner.Account
	return nil
}

// simulatedCaller reads the ARN of a caller. Without one it is somebody in the account of whoever asks.
func simulatedCaller(caller, accountID string) (p policy.Principal, name string, err error) {
	if caller == "" {
		return policy.Principal{Type: policy.User, Account: accountID}, "", nil
	}
	parsed, err := arn.Parse(caller)
	kind, path, found := strings.Cut(parsed.Resource, "/")
	if err != nil || parsed.Service != "iam" || !arn.IsAccountID(parsed.Account) || !found || path == "" {
		return p, "", idc.Errorf(idc.Invalid, "Invalid Entity Arn: %s does not clearly define entity type and name.", caller)
	}
	p = policy.Principal{ARN: caller, Account: parsed.Account}
	name = path[strings.LastIndexByte(path, '/')+1:]
	switch kind {
	case "user":
		p.Type = policy.User
	case "role":
		p.Type, p.RoleARN = policy.AssumedRole, caller
	default:
		return p, "", idc.Errorf(idc.Invalid, "Invalid caller - Caller must be an IAM user or role in this context.")
	}
	return p, name, nil
}
