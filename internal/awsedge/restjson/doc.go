// Package restjson reads and writes restJson1: members bound to the path, the
// query string, headers and a JSON body, as each operation of the model says.
//
// Decode reads a request into an operation's input, Encode writes an output,
// EncodeFault an error. JSON bodies are package awsjson's; this package adds the
// HTTP bindings and the two error forms: {"message", "__type"} as AWS services
// have it, and {"error", "error_description"} in sso-oidc, which is OAuth
// (RFC 6749 section 5.2). Clients choose the exception by the header
// X-Amzn-ErrorType, which the gateway sends with both.
//
// Source: Smithy's "AWS restJson1 protocol".
package restjson
