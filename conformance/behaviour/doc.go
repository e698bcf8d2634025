// Package behaviour runs cases: steps against an endpoint, each with what AWS promises about its answer.
//
// A case is a YAML file in conformance/cases/<service>/. It cites the page of AWS's documentation that it holds
// the endpoint to, and says in steps what is called with what, and what must come back:
//
//	name: A permission set's name is unique
//	docs: https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreatePermissionSet.html
//	steps:
//	  - call: CreatePermissionSet
//	    with: {InstanceArn: "${instance}", Name: "twice-${run}"}
//	    keep: {arn: PermissionSet.PermissionSetArn}
//	  - call: CreatePermissionSet
//	    with: {InstanceArn: "${instance}", Name: "twice-${run}"}
//	    error: ConflictException
//	always:
//	  - call: DeletePermissionSet
//	    with: {InstanceArn: "${instance}", PermissionSetArn: "${arn}"}
//
// case.go is the format, match.go the comparison, run.go the run.
package behaviour
