package authz

import (
	"context"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/managedpolicy"
	"github.com/gatehouse-idc/gatehouse/internal/role"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/policy"
)

// items is how AWS wraps every list of a decoded message.
type items[T any] struct {
	Items []T `json:"items"`
}

func listOf[T any](list []T) items[T] {
	if list == nil {
		list = []T{}
	}
	return items[T]{list}
}

type valueItem struct {
	Value string `json:"value"`
}

func valuesOf(values []string) items[valueItem] {
	out := make([]valueItem, len(values))
	for i, v := range values {
		out[i] = valueItem{v}
	}
	return listOf(out)
}

type decodedCondition struct {
	Key    string           `json:"key"`
	Values items[valueItem] `json:"values"`
}

func conditionsOf(conditions []conditionItem) []decodedCondition {
	out := make([]decodedCondition, len(conditions))
	for i, c := range conditions {
		out[i] = decodedCondition{c.Key, valuesOf(c.Values)}
	}
	return out
}

// decodedMessage is the JSON that AWS's decoded messages are.
type decodedMessage struct {
	Allowed           bool                    `json:"allowed"`
	ExplicitDeny      bool                    `json:"explicitDeny"`
	MatchedStatements items[decodedStatement] `json:"matchedStatements"`
	Failures          items[struct{}]         `json:"failures"`
	Context           decodedContext          `json:"context"`
}

type decodedContext struct {
	Principal struct {
		ID  string `json:"id"`
		ARN string `json:"arn"`
	} `json:"principal"`
	Action     string                  `json:"action"`
	Resource   string                  `json:"resource"`
	Conditions items[decodedCondition] `json:"conditions"`
}

// decodedStatement says besides, as AWS does not, where the statement stands, and
// tells Not elements apart.
type decodedStatement struct {
	StatementID      string                  `json:"statementId"`
	Effect           string                  `json:"effect"`
	Principals       items[valueItem]        `json:"principals"`
	PrincipalGroups  items[valueItem]        `json:"principalGroups"`
	Actions          items[valueItem]        `json:"actions"`
	NotActions       *items[valueItem]       `json:"notActions,omitempty"`
	Resources        items[valueItem]        `json:"resources"`
	NotResources     *items[valueItem]       `json:"notResources,omitempty"`
	Conditions       items[decodedCondition] `json:"conditions"`
	SourcePolicyID   string                  `json:"sourcePolicyId"`
	SourcePolicyType string                  `json:"sourcePolicyType"`
}

// decoded is what a decoder may see. With everything, which is for the management
// account, that is all. The caller's own account does not see the text of the
// organization's policies, which it cannot read otherwise, nor anything of a
// resource in another account; and of a role that was to be assumed nothing that
// would tell whether it exists.
func (m *message) decoded(everything bool) decodedMessage {
	home := everything || m.told.Owner == m.told.Account
	conditions := m.told.Conditions
	if home {
		conditions = append(conditions, m.private.Conditions...)
	}
	out := decodedMessage{Failures: listOf[struct{}](nil)}
	out.Context.Principal.ID, out.Context.Principal.ARN = m.told.PrincipalID, m.told.ARN
	out.Context.Action, out.Context.Resource = m.told.Action, m.told.Resource
	out.Context.Conditions = listOf(conditionsOf(conditions))
	statements := []decodedStatement{}
	for _, d := range m.private.Denials {
		shown, counts := true, true
		switch d.Layer {
		case policy.LayerServiceControl:
			shown = everything
		case policy.LayerResourceControl:
			shown, counts = everything, everything || !assumes(m.told.Action)
		case policy.LayerResource:
			shown, counts = home, home || !assumes(m.told.Action)
		}
		out.ExplicitDeny = out.ExplicitDeny || counts
		if shown {
			statements = append(statements, d.decoded(m.told.PrincipalID))
		}
	}
	out.MatchedStatements = listOf(statements)
	return out
}

func (d *denial) decoded(principalID string) decodedStatement {
	out := decodedStatement{
		StatementID: d.Sid, Effect: "DENY", SourcePolicyID: d.Policy, SourcePolicyType: SourceType(d.Layer),
		Principals: valuesOf([]string{principalID}), PrincipalGroups: valuesOf(nil),
		Actions: valuesOf(nil), Resources: valuesOf(nil), Conditions: listOf[decodedCondition](nil),
	}
	text := d.Text
	if text == nil {
		return out
	}
	if len(text.Principals) > 0 {
		out.Principals = valuesOf(text.Principals)
	}
	actions, resources := valuesOf(text.Actions), valuesOf(text.Resources)
	if text.NotAction {
		out.NotActions = &actions
	} else {
		out.Actions = actions
	}
	if text.NotResource {
		out.NotResources = &resources
	} else {
		out.Resources = resources
	}
	out.Conditions = listOf(conditionsOf(text.Conditions))
	return out
}

func plain(texts []policy.Text) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = t.Value
	}
	return out
}

func textOf(s *policy.Statement) *statementText {
	out := &statementText{
		NotAction: s.NotAction, Actions: plain(s.Actions), NotResource: s.NotResource, Resources: plain(s.Resources),
	}
	for _, p := range s.Principals {
		out.Principals = append(out.Principals, p.Value)
	}
	for _, c := range s.Conditions {
		out.Conditions = append(out.Conditions, conditionItem{c.Key.Value, plain(c.Values)})
	}
	return out
}

// denials are the statements that denied, with their text.
func (s *Service) denials(ctx context.Context, q Question, a Answer) (out []denial, err error) {
	if a.Effect != policy.DeniedExplicit {
		return nil, nil
	}
	err = s.Store.View(ctx, func(r store.Reader) error {
		for _, reason := range a.Reasons {
			if !reason.Deny || len(out) == maxStatements {
				continue
			}
			d := denial{Layer: reason.Layer, Policy: reason.Policy, Sid: reason.Sid}
			documents, err := documentsOf(r, q.Caller, a.Resource, reason)
			if err != nil && !idc.IsNotFound(err) {
				return err
			}
			if found := statementIn(documents, reason); found != nil {
				d.Text = textOf(found)
			}
			out = append(out, d)
		}
		return nil
	})
	return out, err
}

// documentsOf finds the text of the policy that a reason names; of unnamed session
// policies it is one of several.
func documentsOf(r store.Reader, c idc.Caller, resource string, reason policy.Reason) ([]string, error) {
	one := func(text string, err error) ([]string, error) { return []string{text}, err }
	switch reason.Layer {
	case policy.LayerServiceControl, policy.LayerResourceControl:
		p, err := r.OrganizationPolicy(reason.Policy)
		if err != nil {
			return nil, err
		}
		return one(p.Content, nil)
	case policy.LayerResource:
		account, _, name, err := arn.ParseRole(resource)
		if err != nil {
			return nil, nil // the policy of something else than a role: nothing we keep
		}
		target, err := r.Role(account, name)
		if err != nil {
			return nil, err
		}
		return one(target.TrustPolicy, nil)
	}
	owner, _, _, err := arn.ParsePolicy(reason.Policy)
	switch {
	case err == nil && owner == "aws":
		p, _ := managedpolicy.Get(reason.Policy)
		return one(p.Document, nil)
	case err == nil:
		p, err := r.ManagedPolicy(reason.Policy)
		if err != nil {
			return nil, err
		}
		version, err := role.Version(p, p.DefaultVersion)
		return one(version.Document, err)
	case reason.Layer == policy.LayerSession:
		return c.SessionPolicies, nil
	}
	caller, err := r.RoleByID(c.RoleID)
	if err != nil {
		return nil, err
	}
	return one(caller.InlinePolicies[reason.Policy], nil)
}

// statementIn returns the statement that a reason means, unless the document was changed meanwhile.
func statementIn(documents []string, reason policy.Reason) *policy.Statement {
	for _, document := range documents {
		read, err := policy.Read([]byte(document))
		if err != nil || reason.Statement >= len(read.Statements) {
			continue
		}
		found := read.Statements[reason.Statement]
		if found.Start == reason.Start && found.End == reason.End && found.Sid.Value == reason.Sid && found.Deny() {
			return &found
		}
	}
	return nil
}
