package provisioning

import (
	"slices"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// serviceRole is the path and name of Identity Center's service-linked role,
// which CloudTrail shows as the maker of provisioned roles.
const (
	serviceRolePath = "/aws-service-role/sso.amazonaws.com/"
	serviceRole     = "AWSServiceRoleForSSO"
)

// iamEvent is one IAM call that a target made, or would have made on AWS.
type iamEvent struct {
	name   string
	params map[string]any
}

// record leaves the IAM events of a role that was written in the trail of its
// account, invoked by sso.amazonaws.com, as CloudTrail has them.
func (s *Service) record(tx store.Tx, change idc.ChangeSet, accountID string, events []iamEvent) error {
	if s.Record == nil || len(events) == 0 {
		return nil
	}
	calls := make([]audit.Call, len(events))
	for i, e := range events {
		calls[i] = audit.Call{
			Time: s.Clock.Now(), RequestID: change.ID, Name: e.name, Source: "iam.amazonaws.com",
			Caller: idc.Caller{Type: idc.CallerService, AccountID: accountID, SessionName: "AWS-SSO",
				ARN: arn.AssumedRole(accountID, serviceRole, "AWS-SSO").String(), PrincipalARN: arn.Role(accountID, serviceRolePath, serviceRole).String()},
			ClientIP: "sso.amazonaws.com", UserAgent: "sso.amazonaws.com", RequestParameters: e.params,
			Resources:          []idc.EventResource{{Type: "AWS::IAM::Role", Name: text(e.params["roleName"])}},
			RecipientAccountID: accountID,
		}
	}
	return s.Record(tx, calls)
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// written lists the IAM calls that turn a role into another; before is nil for a new one.
func written(before *Role, after Role) []iamEvent {
	event := func(name string, more ...any) iamEvent {
		params := map[string]any{"roleName": after.Name}
		for i := 0; i+1 < len(more); i += 2 {
			params[text(more[i])] = more[i+1]
		}
		return iamEvent{name, params}
	}
	var out []iamEvent
	have := Role{}
	if before == nil {
		out = append(out, event("CreateRole", "path", after.Path, "assumeRolePolicyDocument", after.TrustPolicy,
			"description", after.Description, "maxSessionDuration", int(after.MaxSessionDuration.Seconds())))
		have.TrustPolicy, have.Description = after.TrustPolicy, after.Description
	} else {
		have = *before
	}
	if have.TrustPolicy != after.TrustPolicy {
		out = append(out, event("UpdateAssumeRolePolicy", "policyDocument", after.TrustPolicy))
	}
	if have.Description != after.Description {
		out = append(out, event("UpdateRole", "description", after.Description))
	}
	for _, policy := range have.AttachedPolicies {
		if !slices.Contains(after.AttachedPolicies, policy) {
			out = append(out, event("DetachRolePolicy", "policyArn", policy))
		}
	}
	for _, policy := range after.AttachedPolicies {
		if !slices.Contains(have.AttachedPolicies, policy) {
			out = append(out, event("AttachRolePolicy", "policyArn", policy))
		}
	}
	for name := range have.InlinePolicies {
		if _, kept := after.InlinePolicies[name]; !kept {
			out = append(out, event("DeleteRolePolicy", "policyName", name))
		}
	}
	for name, document := range after.InlinePolicies {
		if have.InlinePolicies[name] != document {
			out = append(out, event("PutRolePolicy", "policyName", name, "policyDocument", document))
		}
	}
	switch {
	case have.PermissionsBoundary == after.PermissionsBoundary:
	case after.PermissionsBoundary == "":
		out = append(out, event("DeleteRolePermissionsBoundary"))
	default:
		out = append(out, event("PutRolePermissionsBoundary", "permissionsBoundary", after.PermissionsBoundary))
	}
	return out
}

// removed lists the IAM calls that remove a role.
func removed(before Role) []iamEvent {
	empty := Role{Name: before.Name, TrustPolicy: before.TrustPolicy, Description: before.Description}
	return append(written(&before, empty), iamEvent{"DeleteRole", map[string]any{"roleName": before.Name}})
}
