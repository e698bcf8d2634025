package policy_test

import (
	"fmt"

	"github.com/gatehouse-idc/gatehouse/policy"
)

// A document that AWS would refuse is refused with AWS's text and the place.
func ExampleParse() {
	_, err := policy.Parse(policy.IdentityPolicy, []byte(`{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": "GetObject", "Resource": "*"}
}`))
	fmt.Println(err)
	// Output:
	// Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc. (line 3, column 46: "GetObject")
}

// A session of a permission set's role may read its team's reports, but only with MFA.
func ExampleEvaluate() {
	reports, err := policy.Parse(policy.IdentityPolicy, []byte(`{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::reports/${aws:PrincipalTag/team}/*"},
    {"Sid": "MfaOnly", "Effect": "Deny", "Action": "*", "Resource": "*",
     "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}
  ]
}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	policies := &policy.Policies{Identity: []*policy.Policy{reports.Named("Reports")}}

	req := &policy.Request{
		Principal: policy.Principal{
			Type:    policy.AssumedRole,
			ARN:     "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Reports_0123456789abcdef/jane",
			Account: "111122223333",
			RoleARN: "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Reports_0123456789abcdef",
		},
		Action:          "s3:GetObject",
		Resource:        "arn:aws:s3:::reports/red/q1.csv",
		ResourceAccount: "111122223333",
	}
	req.Context.Set("aws:PrincipalTag/team", "red")
	req.Context.Set("aws:MultiFactorAuthPresent", "true")
	fmt.Println(policy.Evaluate(req, policies).Effect)

	req.Context.Set("aws:MultiFactorAuthPresent", "false")
	d := policy.Evaluate(req, policies)
	fmt.Println(d.AccessDenied("jane", req.Action, ""))
	fmt.Println(d.Reasons[0].Policy, d.Reasons[0].Sid, d.Reasons[0].Start)
	// Output:
	// allowed
	// User: jane is not authorized to perform: s3:GetObject with an explicit deny in an identity-based policy
	// Reports MfaOnly 5:5
}
