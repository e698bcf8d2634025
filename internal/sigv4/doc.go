// Package sigv4 verifies Signature Version 4, the signature that AWS clients put on requests.
//
// A front door calls Parse on the request, which finds the signature in the Authorization header
// or, for a presigned URL, in the query. Parse checks its form, demands that what must be signed is
// signed, and builds the canonical request. The result names the access key and carries the
// session token, with which the caller finds the secret. Verifier.Verify then checks the clock and
// the signature over the canonical request and the body, in constant time. RequireScope refuses a
// signature that was made for another service or Region.
//
//	Parse(r) -> *Signed -> (caller finds the secret) -> RequireScope -> Verify(signed, secret, body, now)
//
// Every refusal is an *Error with one of a closed set of codes and AWS's sentence; the codecs of
// package awsedge write it in their protocol's form.
//
// Stricter than AWS, on purpose (each has a test of its own):
//   - The headers that decide what a request means must be signed when they are present:
//     X-Amz-Target, X-Amz-Security-Token, X-Amz-Content-Sha256; Host and the date always.
//   - These headers, Authorization, and each X-Amz- query parameter may occur once.
//   - The body is always part of the signature: UNSIGNED-PAYLOAD and the STREAMING- forms, which only
//     S3 and its like need, are refused at our own doors.
//   - A query that Go's parser would read differently from what was signed (a bad percent escape, a
//     raw semicolon) is refused.
//
// As AWS STS does, a presigned URL is good for 15 minutes whatever its X-Amz-Expires says, although
// that must be a number from 1 to 604800 when it is there. EKS depends on it: its tokens are
// presigned GetCallerIdentity requests with 60 in that place, used for 14 minutes. Which operations
// accept a presigned request is for the caller to decide (Signed.Presigned).
//
// A proxy in front of another service asks about requests whose body it keeps to itself. For those
// there is a second way in, of types of its own so that our doors cannot take it by mistake:
//
//	Foreign{S3: true}.Parse(r) -> *Signed -> Verifier.VerifyUnseen(signed, secret, now)
//
// It takes the payload hash that the client signed for the body's (UNSIGNED-PAYLOAD and STREAMING- with
// S3 only), demands that every X-Amz- header is signed, reads paths as S3 does, and honours
// X-Amz-Expires up to its seven days. Verify refuses what Foreign.Parse has read, and VerifyUnseen
// what Parse has read. Package extauthz uses it.
//
// Replay inside the 15 minutes is possible, as with AWS; operations that must not run twice take a
// client token. Signature Version 4A is not accepted.
//
// Specification: "Signature Version 4 for API requests" and "Troubleshoot Signature Version 4" in the
// IAM User Guide; "Authenticating Requests (AWS Signature Version 4)" in the S3 API Reference.
package sigv4
