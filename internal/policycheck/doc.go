// Package policycheck reads policies with a critical eye, as Access Analyzer's ValidatePolicy does: what does not
// work, what allows more than is wise, what could be tidier.
//
// Checker.Validate takes the text of a policy and what it is used as, and returns findings. A finding has AWS's issue
// code and type, a sentence of ours and the places in the text it is about. Nothing is an error: a text that is no
// JSON is a finding as well. The front door in internal/api/accessanalyzer is the user of the package.
//
// The flow of Validate:
//
//	json.go        the text to nodes that know their places; more lenient than package policy, which stops at the
//	               first fault and would leave nothing to report
//	document.go    Version, Statement, sizes, and which kind of policy it is
//	statement.go   the elements of each statement, then:
//	  principal.go action.go resource.go condition.go value.go variable.go   what each element holds
//	  control.go trust.go reach.go context.go                                what elements mean together
//
// What exists, the services, actions, forms of ARNs and condition keys, is looked up in package serviceauth. issues.go
// lists the codes. A budget bounds the work that grows with the square of the policy, so that no text takes longer than
// some hundred milliseconds; the size of the answer is bounded too.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html.
// docs/divergences.md tells which checks are missing and where ours decide by something else than AWS's.
package policycheck
