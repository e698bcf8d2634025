// Package compare proves things about policies without a request at hand: that a changed document gives no access
// the old one did not give, that a document does not grant certain actions or resources, that a resource's policy
// does not admit the public. AWS offers the same as the custom policy checks of IAM Access Analyzer.
//
// An answer of Pass is a proof, for every request there could be, under exactly the matching rules of package
// policy. Everything else is a failure with reasons: which statements give the access, and an example, confirmed by
// [policy.Evaluate] where it can be. What cannot be decided counts against Pass, and what would take too long is
// [ErrTooComplex] and never Pass.
//
// # The method
//
// A statement is a box with four sides: callers, actions, resources, conditions. A document allows the union of its
// Allow boxes minus the union of its Deny boxes. New access is then
//
//	one of the updated Allow boxes, minus the updated Deny boxes, and
//	either minus all existing Allow boxes, or within one of the existing Deny boxes
//
// and there is none exactly if all these differences are empty. search.go takes one box from another by splitting
// what is left, side by side, into boxes again.
//
//   - Actions and resources are regular languages: pattern.go turns entries into automata, with the rule that a star
//     which ends a field of an ARN may cross colons while the other wildcards stay in their field, and lang.go
//     intersects and subtracts them. Automata name only the characters that occur in patterns; all others are one.
//   - Callers are a finite list (caller.go): a caller differs from another only in which of the named principals it
//     is. How strongly a statement reaches each is asked of package policy itself, with a statement of its own. A
//     grant to the account is weaker than one to the role, and that is weaker than one to the caller.
//   - Conditions (condition.go, values.go) are tests that hold or do not, on one key each. For each key the request
//     has no value, one, or several, and the tests are sets of values: regular languages for strings and ARNs; for
//     numbers, dates, addresses, booleans and binary values the pieces into which the constants of both documents
//     cut the domain. One value stands for each piece, and package policy says what a test makes of it.
//
// A policy variable in a resource is a symbol of its own, equal only to itself. Where it decides against Pass it is
// any text. In a condition a test with a variable implies only a test that is written alike.
//
// # What Pass does not see
//
// Every combination of caller, action, resource and context is taken to be possible. Whoever replaces
// "aws:PrincipalAccount is 111122223333" by naming the account, or an action that works on buckets only by the same
// action on a bucket, is told of new access although no real request tells the two apart. Two tests of different
// types on one key (StringEquals and NumericLess of the same key) are taken to be independent.
//
// Sources: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoNewAccess.html,
// API_CheckAccessNotGranted.html, API_CheckNoPublicAccess.html; for the meaning of public
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html.
package compare
