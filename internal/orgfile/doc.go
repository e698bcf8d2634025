// Package orgfile is the organization as a file: one YAML document that says who has what, and under which policies.
//
// A [File] holds the accounts in their organizational units, the organization policies that are attached to these,
// the permission sets with all their policies, users, groups with their members, and the assignments. Things refer to
// each other by name; where a name is not unique, or looks like an id, by id. Organizational units are referred to by
// their path, "/" being the root. docs/reference/organization.md and organization.schema.json tell the format to
// people and editors.
//
// [File.Encode] writes it in one order, whatever order it was collected in, so that two exports of the same
// organization are equal byte for byte. [Decode] reads it and refuses what it does not know. [File.Index] follows the
// references and answers the questions of whoever judges access: the way from the root to an account, and the
// grants of a person or a group.
//
// What is not in the file is as important: Account.IAM is nil when nobody looked into the account, and then nothing
// is known of its customer managed policies and roles. It is not the same as an account that has none. The file
// holds no secrets, and it holds assignments as AWS's API shows them, one account each.
//
// `gatehouse export` fills a File (package orgread); access tests (package accesstest) read it.
package orgfile
