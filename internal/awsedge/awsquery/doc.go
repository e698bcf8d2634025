// Package awsquery reads awsQuery requests, forms with flattened names, and
// writes their XML answers.
//
// Decode reads a form such as Tags.member.1.Key=Team into an operation's input:
// tree.go splits the names into a tree, decode.go walks it along the shape.
// Encode writes an output as XML, EncodeFault an error. Everything in the
// answer lies in the service's XML namespace.
//
// Two facts of IAM that its model does not tell are in the generated data: a
// member marked Encoded, a policy document in an answer, is URL-encoded here, so
// that handlers deal in plain text; and characters that XML 1.0 cannot carry
// become U+FFFD.
//
// Source: Smithy's "AWS query protocol"; the Making Query Requests pages of the
// IAM and STS references.
package awsquery
