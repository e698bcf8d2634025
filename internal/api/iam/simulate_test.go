package iam_test

import (
	"slices"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/api/doortest"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

const reservedARN = "arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/" + reserved

func TestSimulateCustomPolicy(t *testing.T) {
	w := newWorld(t)
	out := doortest.Do(w.Client, iam.SimulateCustomPolicy, &iam.SimulateCustomPolicyInput{
		PolicyInputList: []string{document}, ActionNames: []string{"s3:ListBucket", "s3:GetObject"},
	})
	w.asked("iam:SimulateCustomPolicy", "*")
	if *out.IsTruncated || out.Marker != nil || len(out.EvaluationResults) != 2 {
		t.Fatalf("%+v", out)
	}
	allowed, refused := out.EvaluationResults[0], out.EvaluationResults[1]
	if *allowed.EvalActionName != "s3:ListBucket" || *allowed.EvalResourceName != "*" || *allowed.EvalDecision != "allowed" || *refused.EvalDecision != "implicitDeny" {
		t.Errorf("decided %s and %s", *allowed.EvalDecision, *refused.EvalDecision)
	}
	if allowed.EvalDecisionDetails != nil || allowed.ResourceSpecificResults != nil || allowed.OrganizationsDecisionDetail != nil ||
		allowed.PermissionsBoundaryDecisionDetail != nil || allowed.MissingContextValues == nil || refused.MatchedStatements == nil {
		t.Errorf("members that must be there or absent: %+v", allowed)
	}
	s := allowed.MatchedStatements[0]
	if *s.SourcePolicyId != "PolicyInputList.1" || *s.SourcePolicyType != "IAM Policy" || *s.StartPosition.Line != 1 || *s.StartPosition.Column != 38 ||
		*s.EndPosition.Column != int32(len(document)-1) {
		t.Errorf("statement %s %s from %d to %d", *s.SourcePolicyId, *s.SourcePolicyType, *s.StartPosition.Column, *s.EndPosition.Column)
	}

	const object = "arn:aws:s3:::bucket/key"
	out = doortest.Do(w.Client, iam.SimulateCustomPolicy, &iam.SimulateCustomPolicyInput{
		PolicyInputList: []string{document}, PermissionsBoundaryPolicyInputList: []string{document}, ActionNames: []string{"s3:ListBucket"},
		ResourceArns: []string{object}, CallerArn: p("arn:aws:iam::222222222222:user/bob"), ResourceOwner: p("arn:aws:iam::111111111111:root"),
		ResourcePolicy:                     p(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"s3:*","Resource":"arn:aws:s3:::bucket/*","Condition":{"StringEquals":{"s3:x":"y"}}}]}`),
		OrderedOrganizationPolicyInputList: []iam.OrderedOrganizationPolicyType{{ServiceControlPolicyInputList: []string{document}}},
		ContextEntries:                     []iam.ContextEntry{{ContextKeyName: p("aws:MultiFactorAuthPresent"), ContextKeyType: p("boolean"), ContextKeyValues: []string{"true"}}},
	})
	r := out.EvaluationResults[0]
	if *r.EvalDecision != "implicitDeny" || *r.EvalResourceName != object || !*r.OrganizationsDecisionDetail.AllowedByOrganizations ||
		!*r.PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary || len(r.MissingContextValues) != 0 ||
		r.EvalDecisionDetails["IAM Policy"] != "allowed" || r.EvalDecisionDetails["Resource Policy"] != "implicitDeny" {
		t.Errorf("across accounts: %+v", r)
	}
	if one := r.ResourceSpecificResults; len(one) != 1 || *one[0].EvalResourceName != object || *one[0].EvalResourceDecision != "implicitDeny" || !slices.Equal(one[0].MissingContextValues, []string{"s3:x"}) {
		t.Errorf("of the resource: %+v", one)
	}
	out = doortest.Do(w.Client, iam.SimulateCustomPolicy, &iam.SimulateCustomPolicyInput{PolicyInputList: []string{document}, ActionNames: []string{"s3:ListBucket"}, ResourceArns: []string{object}})
	if d := out.EvaluationResults[0].EvalDecisionDetails; d == nil || len(d) != 0 {
		t.Errorf("within an account the details are %v, want empty", d)
	}
}

func TestSimulationPages(t *testing.T) {
	w := newWorld(t)
	in := &iam.SimulateCustomPolicyInput{PolicyInputList: []string{document}, ActionNames: []string{"s3:A", "s3:ListBucket", "s3:C"}, MaxItems: p(int32(2))}
	first := doortest.Do(w.Client, iam.SimulateCustomPolicy, in)
	if len(first.EvaluationResults) != 2 || !*first.IsTruncated || len(*first.Marker) > 320 {
		t.Fatalf("first page %+v", first)
	}
	in.Marker = first.Marker
	second := doortest.Do(w.Client, iam.SimulateCustomPolicy, in)
	if len(second.EvaluationResults) != 1 || *second.EvaluationResults[0].EvalActionName != "s3:C" || *second.IsTruncated || second.Marker != nil {
		t.Errorf("second page %+v", second)
	}
	in.ActionNames = []string{"s3:A", "s3:B", "s3:C"}
	doortest.Refuse(w.Client, iam.SimulateCustomPolicy, in, "ValidationError", "marker")
}

// TestSimulatePrincipalPolicy: a provisioned role, found by its ARN with or without the path.
func TestSimulatePrincipalPolicy(t *testing.T) {
	w := newWorld(t)
	for _, source := range []string{reservedARN, "arn:aws:iam::222222222222:role/" + reserved} {
		out := doortest.Do(w.Client, iam.SimulatePrincipalPolicy, &iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: &source, ActionNames: []string{"s3:ListBucket", "iam:GetRole", "iam:CreateRole"},
		})
		w.asked("iam:SimulatePrincipalPolicy", reservedARN)
		var got []string
		for _, r := range out.EvaluationResults {
			got = append(got, *r.EvalDecision)
			for _, s := range r.MatchedStatements {
				got = append(got, *s.SourcePolicyId)
			}
		}
		want := []string{"allowed", "ReadOnlyAccess", "role_" + reserved + "_AwsSSOInlinePolicy", "allowed", "ReadOnlyAccess", "implicitDeny"}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", source, got, want)
		}
	}
	out := doortest.Do(w.Client, iam.SimulatePrincipalPolicy, &iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: p(reservedARN), ActionNames: []string{"s3:ListBucket"}, PolicyExclusionList: []iam.PolicyIdentifier{
			{PolicyType: p("aws-managed")},
			{InlinePolicyIdentifier: &iam.InlinePolicyIdentifierType{PolicyName: p("AwsSSOInlinePolicy"), AttachmentType: p("role"), AttachmentName: p("Another")}},
			{InlinePolicyIdentifier: &iam.InlinePolicyIdentifierType{PolicyName: p("AwsSSOInlinePolicy"), AttachmentType: p("user"), AttachmentName: p(reserved)}},
		},
	})
	if s := out.EvaluationResults[0].MatchedStatements; len(s) != 1 || *s[0].SourcePolicyId != "role_"+reserved+"_AwsSSOInlinePolicy" {
		t.Errorf("excluded what belongs to another: %+v", s)
	}
}

func TestSimulationErrors(t *testing.T) {
	w := newWorld(t)
	principal := func(source string) *iam.SimulatePrincipalPolicyInput {
		return &iam.SimulatePrincipalPolicyInput{PolicySourceArn: &source, ActionNames: []string{"s3:ListBucket"}}
	}
	doortest.Refuse(w.Client, iam.SimulatePrincipalPolicy, principal("arn:aws:iam::222222222222:role/Nobody"), "NoSuchEntity", "The role with name Nobody cannot be found.")
	w.asked("iam:SimulatePrincipalPolicy", "arn:aws:iam::222222222222:role/Nobody")
	doortest.Refuse(w.Client, iam.SimulatePrincipalPolicy, principal("arn:aws:iam::222222222222:user/team/bob"), "NoSuchEntity", "The user with name bob cannot be found.")
	doortest.Refuse(w.Client, iam.SimulatePrincipalPolicy, principal("arn:aws:iam::222222222222:group/admins"), "NoSuchEntity", "The group with name admins cannot be found.")
	doortest.Refuse(w.Client, iam.SimulatePrincipalPolicy, principal("arn:aws:sts::222222222222:assumed-role/Admin/ana"), "InvalidInput",
		"Invalid Entity Arn: arn:aws:sts::222222222222:assumed-role/Admin/ana does not clearly define entity type and name.")
	custom := &iam.SimulateCustomPolicyInput{PolicyInputList: []string{"{}"}, ActionNames: []string{"s3:ListBucket"}}
	doortest.Refuse(w.Client, iam.SimulateCustomPolicy, custom, "InvalidInput", "Syntax errors in policy.")
	doortest.Refuse(w.Client, iam.GetContextKeysForCustomPolicy, &iam.GetContextKeysForCustomPolicyInput{PolicyInputList: []string{"{}"}}, "InvalidInput", "Syntax errors in policy.")
	custom = &iam.SimulateCustomPolicyInput{PolicyInputList: []string{document}, ActionNames: []string{"s3:ListBucket"}, ResourceHandlingOption: p("EC2-Moon")}
	doortest.Refuse(w.Client, iam.SimulateCustomPolicy, custom, "InvalidInput", "Invalid input resource handling options")
	w.Edge.Deny = true
	doortest.Refuse(w.Client, iam.SimulatePrincipalPolicy, principal(reservedARN), "AccessDenied", "refused")
	w.asked("iam:SimulatePrincipalPolicy", reservedARN)
	w.Edge.Deny = false
	// Another account's role is not looked up, whoever may ask.
	w.Caller.AccountID = testidc.Management
	doortest.Refuse(w.Client, iam.SimulatePrincipalPolicy, principal(reservedARN), "NoSuchEntity", "")
	doortest.Refuse(w.Client, iam.GetContextKeysForPrincipalPolicy, &iam.GetContextKeysForPrincipalPolicyInput{PolicySourceArn: p(reservedARN)}, "NoSuchEntity", "")
}

func TestContextKeys(t *testing.T) {
	w := newWorld(t)
	asks := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}","Condition":{"Bool":{"aws:SecureTransport":"true"}}}]}`
	got := doortest.Do(w.Client, iam.GetContextKeysForCustomPolicy, &iam.GetContextKeysForCustomPolicyInput{PolicyInputList: []string{asks, document}}).ContextKeyNames
	w.asked("iam:GetContextKeysForCustomPolicy", "*")
	if want := []string{"aws:SecureTransport", "aws:username"}; !slices.Equal(got, want) {
		t.Errorf("keys %v, want %v", got, want)
	}
	got = doortest.Do(w.Client, iam.GetContextKeysForPrincipalPolicy, &iam.GetContextKeysForPrincipalPolicyInput{PolicySourceArn: p(reservedARN), PolicyInputList: []string{asks}}).ContextKeyNames
	w.asked("iam:GetContextKeysForPrincipalPolicy", reservedARN)
	if !slices.Contains(got, "aws:username") {
		t.Errorf("keys %v", got)
	}
}
