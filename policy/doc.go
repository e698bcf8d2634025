// Package policy is the IAM policy language: parse, validate, evaluate, explain.
//
// It decides as AWS IAM documents that it decides, for documents of every kind AWS has: identity-based policies,
// permissions boundaries, session policies, resource-based and role trust policies, service control policies and
// resource control policies, in both versions of the language. It is pure: no clock, no network, no state, and
// nothing of Gatehouse's own is imported, so that anybody can use it.
//
// # The way of a document
//
// [Parse] reads a new document and refuses what AWS refuses, in AWS's words and with the place in the document;
// [ParseStored] reads one that was accepted before, perhaps under older rules. Both are strict about the grammar:
// a repeated or unknown member, an unknown operator or a value of the wrong type is an error and never ignored.
// The result is a [Policy]: compiled once, unchanging, safe for many goroutines, its statements indexed by action.
// [CheckSize] holds documents against AWS's quotas.
//
// # The way of a request
//
// [Evaluate] takes a [Request] (who, what, on which resource, in which [Context]) and the [Policies] that have a
// say in it, and returns a [Decision]:
//
//  1. A Deny statement that applies, in any document, denies.
//  2. Every level of service control policies must hold an Allow.
//  3. A resource-based policy may grant. How far the grant carries depends on whom it names: everyone, the
//     caller itself, the caller's role, or the account.
//  4. Otherwise identity-based policies must allow, and boundary and session policies with them. Across accounts
//     the caller's side and the resource's side must both allow.
//
// The zero [Decision] denies. A denial lists its reasons; [Explain] lists them always. [Decision.AccessDenied]
// turns a decision into AWS's sentence.
//
// [Bounds] answers when only a part of the request is known, from the worst and the best that the rest can be.
//
// The package judges by what it is given. The caller loads the right documents, and refuses when it cannot: a
// document that does not parse is not the same as no document. The caller also sets every context key that AWS
// would set, and knows the operations that are not subject to policies: GetCallerIdentity cannot be denied.
//
// # Inside
//
// json.go and parse.go turn bytes into a document of the right shape, validate.go and validate_resource.go check
// it, statement.go compiles it, index.go finds the statements for an action. action.go, resource.go, principal.go
// and condition.go hold one element each; template.go and glob.go match patterns with wildcards and variables,
// values.go reads typed values. evaluate.go decides. A test that the language does not settle has the outcome
// unknown, the third value of truth.go: an Allow then does not apply and a Deny does. bounds.go decides with ranges
// of these outcomes where it does not know the request, and overlap.go compares patterns with patterns.
//
// The tests decide everything a second time with a plain evaluator (plain_test.go), and run thousands of decisions
// from the tables in testdata/tables, which are written from AWS's documentation.
//
// # Where the documentation is silent
//
// What AWS leaves open is decided in the direction that denies:
//
//   - ForAnyValue with IfExists and a missing key is unknown.
//   - A multivalued key without a set operator satisfies no Allow; a Deny applies if any of the values would
//     satisfy it.
//   - ForAllValues takes an empty string as a value. For Null an empty string exists and an empty list does not.
//   - Null takes neither IfExists nor a set operator.
//   - A policy variable whose value is empty has no value; then its default stands in, if there is one.
//   - A wildcard in a substituted value or default is a literal character.
//   - A NotResource entry with a variable that has no value makes the statement's reach unknown.
//   - A malformed number, date, address, boolean or base64 text in a request satisfies no positive operator, and
//     leaves a negated one unknown. In a new document it is refused; in a stored one it makes the condition unknown.
//   - Numbers are exact decimals without exponents. Four digits alone are a year. A time needs a zone. Booleans
//     compare without regard to case and may come from a variable.
//   - A bare IPv6 address is a /128, and an IPv4-mapped one is the IPv4 address.
//   - A lone star, or anything else that is no ARN, matches nothing under an ARN operator and is refused in a new
//     document. A request value that is no ARN satisfies the negated ARN operators.
//   - A Resource ARN with too few fields is refused unless it ends in a star. A star inside a field does not cross
//     a colon. A wildcard in the service, or in the word for the type of an IAM resource, is refused; stored, it
//     grants nothing and still denies.
//   - A role ARN in a Principal is compared with the role's full ARN, path included.
//   - A grant to a user reaches the user's federated sessions only through a session policy, and only when the
//     caller says who made the session: the session's name is free to choose.
//   - NotPrincipal with Deny spares a user only if the account is listed too, and a session only if its role and
//     account are. NotPrincipal with Allow is refused; stored, it reaches nobody who is listed in any way.
//   - Names of operators are case-sensitive.
//   - A session policy limits the root user too; a permissions boundary, which it cannot have, does not.
//   - A resource control policy applies to every service, also to those AWS has not yet enabled for them.
//   - A request that does not say which account owns the resource is one across accounts.
//
// Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies.html (grammar, elements, operators,
// variables, evaluation logic), https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies.html
// (service and resource control policies).
package policy
