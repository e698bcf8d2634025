// Package accesstest checks what people expect of an organization: "dana cannot s3:DeleteBucket in Production".
//
// [Parse] reads sentences, one a line, into a [Suite]; docs/guides/access-tests.md is their grammar for people.
// [Open] takes an organization (package orgfile), and [World.Run] holds the sentences against it:
//
//  1. Who is meant, in which accounts: one check for each person, account, action and resource.
//  2. Which roles the person can pick there: the permission sets held directly or through groups.
//  3. What each role may do: its policies, its boundary and the organization policies on the way to the account are
//     put before package policy, with all that is known of the request. What is not known stays open, and
//     policy.Bounds answers for every value that it can have.
//  4. A person can, if one role certainly can; a person cannot, if no role possibly can. Everything else is Unknown,
//     with what it hangs on.
//
// An expectation that cannot be decided does not pass, nor does one about nobody: a name that nobody has, a unit
// without accounts, an action that AWS does not know.
//
// What is judged is the organization's side. The policies of resources are in nobody's export; they are looked at when
// the sentence names a file with one, and where AWS lets nothing happen without them (roles to be assumed, KMS keys,
// resources of other accounts) the answer stays Unknown otherwise.
//
// report.go writes the results for people, as JSON lines and as JUnit XML. The command is `gatehouse test`.
package accesstest
