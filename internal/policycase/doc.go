// Package policycase is the format of policy cases: one decision a line, with all that it takes to make it.
//
// A case is a JSON object: a request (who, what, on which resource, in which context) and the policies that have a
// say in it, in the terms of package policy.
//
//	{"id","category","source","expected",
//	 "request":{"principal","principal_type","principal_account","role_arn"?,"user_arn"?,"unique_id"?,"canonical_user"?,
//	            "action","resource","resource_account","context":{key: scalar | [scalar]},
//	            "principal_in_management_account"?,"resource_in_management_account"?,"service_linked_role"?},
//	 "policies":{"identity":[doc],"boundary":doc|null,"session":[doc],"resource":doc|null,"scps":[[doc]],"rcps":[[doc]]}}
//
// A document is a JSON object or a string that holds one. docs/reference/policy-cases.md tells it to people.
//
// [Decoder.Decode] reads a line, with the documents compiled and remembered by their text, so that a file of many
// cases over few documents compiles each once. [Case.Decide] decides. The command `gatehouse policy evaluate` is the
// user.
//
// The format is strict where leniency would change a decision: a member of the request or the policies that is not
// known or comes twice, a document that does not parse, a line that is not JSON are errors with their place. It is
// lenient where it would not: optional members may be missing or null, one document may stand where a list is
// expected, scalars need no quotation marks, and members beside those above are notes for people.
package policycase
