package iam

import (
	"context"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// onEntity declares that an operation touches the role whose ARN an input holds.
// AWS goes by the name and overlooks the path, which people who start from the ARN
// of a session do not know; policies see the ARN that is stored.
func onEntity[In any](d *Door, entity func(in *In) *string) awsedge.Option[In] {
	return awsedge.OnFound(func(ctx context.Context, call *awsedge.Call, in *In) ([]string, map[string][]string, error) {
		kind, accountID, name, err := entityNamed(*entity(in))
		if err != nil || kind != "role" || accountID != call.Caller.AccountID {
			return []string{*entity(in)}, nil, nil // the handler refuses it, after whoever may ask
		}
		resource, _, err := d.roleARN(ctx, accountID, name)
		return []string{resource}, nil, err
	})
}

// entityNamed takes the ARN of a user, group or role apart.
func entityNamed(entity string) (kind, accountID, name string, err error) {
	parsed, err := arn.Parse(entity)
	kind, name, _ = strings.Cut(parsed.Resource, "/")
	name = name[strings.LastIndexByte(name, '/')+1:]
	if err == nil && parsed.Service == "iam" && name != "" {
		switch kind {
		case "user", "group", "role":
			return kind, parsed.Account, name, nil
		}
	}
	return "", "", "", idc.Errorf(idc.Invalid, "Invalid Entity Arn: %s does not clearly define entity type and name.", entity)
}

// sourceRole is the name of the role whose policies an input asks about. Users and
// groups do not exist in native accounts.
func sourceRole(call *awsedge.Call, entity string) (string, error) {
	kind, accountID, name, err := entityNamed(entity)
	if err != nil {
		return "", err
	}
	if kind == "role" && accountID == call.Caller.AccountID {
		return name, nil
	}
	return "", idc.NotFoundf(kind, name, "The %s with name %s cannot be found.", kind, name)
}

// contextKeysForCustomPolicy implements https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForCustomPolicy.html.
func (d *Door) contextKeysForCustomPolicy(ctx context.Context, call *awsedge.Call, in *iam.GetContextKeysForCustomPolicyInput) (*iam.GetContextKeysForCustomPolicyOutput, error) {
	keys, err := d.Authz.ContextKeys(ctx, call.Caller.AccountID, "", in.PolicyInputList)
	if err != nil {
		return nil, err
	}
	return &iam.GetContextKeysForCustomPolicyOutput{ContextKeyNames: append([]string{}, keys...)}, nil
}

// contextKeysForPrincipalPolicy implements https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForPrincipalPolicy.html.
func (d *Door) contextKeysForPrincipalPolicy(ctx context.Context, call *awsedge.Call, in *iam.GetContextKeysForPrincipalPolicyInput) (*iam.GetContextKeysForPrincipalPolicyOutput, error) {
	roleName, err := sourceRole(call, *in.PolicySourceArn)
	if err != nil {
		return nil, err
	}
	keys, err := d.Authz.ContextKeys(ctx, call.Caller.AccountID, roleName, in.PolicyInputList)
	if err != nil {
		return nil, err
	}
	return &iam.GetContextKeysForPrincipalPolicyOutput{ContextKeyNames: append([]string{}, keys...)}, nil
}
