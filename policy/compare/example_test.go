package compare_test

import (
	"fmt"

	"github.com/gatehouse-idc/gatehouse/policy"
	"github.com/gatehouse-idc/gatehouse/policy/compare"
)

// A change that drops the guard for sessions without MFA is found, with a request that shows it.
func ExampleNoNewAccess() {
	existing, err := policy.Read([]byte(`{"Version": "2012-10-17", "Statement": [
  {"Sid": "Reports", "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::reports/*"},
  {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}
]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	updated, err := policy.Read([]byte(`{"Version": "2012-10-17", "Statement": [
  {"Sid": "Reports", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}
]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := compare.NoNewAccess(existing, updated, policy.IdentityPolicy)
	fmt.Println(result.Pass, err)
	for _, r := range result.Reasons {
		fmt.Println(r.Description)
		fmt.Println(r.Example)
	}
	// Output:
	// false <nil>
	// New access in the statement with sid: Reports.
	// s3:GetObject on arn:aws:s3:::reports/example when aws:MultiFactorAuthPresent is false
}

// Whatever the rest says, nobody may stop the trail.
func ExampleNotGranted() {
	document, err := policy.Read([]byte(`{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "*", "Resource": "*"},
  {"Effect": "Deny", "Action": "cloudtrail:*", "NotResource": "arn:aws:cloudtrail:*:111122223333:trail/test"}
]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	stop := compare.Access{Actions: []string{"cloudtrail:StopLogging"}, Resources: []string{"arn:aws:cloudtrail:*:*:trail/main"}}
	result, err := compare.NotGranted(document, []compare.Access{stop}, policy.IdentityPolicy)
	fmt.Println(result.Pass, err)
	stop.Resources = nil
	result, err = compare.NotGranted(document, []compare.Access{stop}, policy.IdentityPolicy)
	fmt.Println(result.Pass, err)
	fmt.Println(result.Reasons[0].Example)
	// Output:
	// true <nil>
	// false <nil>
	// cloudtrail:StopLogging on arn:aws:cloudtrail:us-east-1:111122223333:trail/test
}

// A bucket whose policy names everyone is public unless a condition leaves only known callers.
func ExampleNoPublicAccess() {
	document, err := policy.Read([]byte(`{"Version": "2012-10-17", "Statement": {
  "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::site/*",
  "Condition": {"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "64.0.0.0/2"]}}
}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := compare.NoPublicAccess(document, "AWS::S3::Bucket")
	fmt.Println(result.Pass, err)
	fmt.Println(result.Reasons[0].Example)
	// Output:
	// false <nil>
	// * may s3:GetObject on arn:aws:s3:::site/example when aws:SourceIp is 64.0.0.1
}
