// Package awsedge is where AWS's wire meets the product: it answers calls of
// the AWS APIs, driven by the service models in package awsapi.
//
// The flow of Gateway.ServeHTTP:
//
//	identify.go   which protocol, service and operation, from the request alone
//	Authenticator who calls (SigV4, bearer token, nobody)
//	awsjson restjson awsquery   bytes to the generated input type
//	Gateway.Invoke:
//	  validate      what the model demands of the input
//	  Authorizer    the operation's IAM action on the resources it names
//	  the handler   registered with Op
//	  Auditor       the record, durable before the answer leaves
//	awsjson restjson awsquery   the output, or a fault, to bytes
//
// Everything that wants an operation performed calls Invoke: HTTP, the console,
// SCIM, the command line and tests. So nothing is "internal" enough to skip
// authorisation or the record.
//
// What is refused before the caller is known costs a record and proves nothing.
// A Limiter bounds it by address (stranger.go), and with it what anybody may
// store by registering a client or beginning a device authorization. Over the
// budget the answer is SlowDownException or ThrottlingException, and the call is
// counted in place of being recorded.
//
// Op is the only way to add an operation, and New refuses one that does not say
// what it is authorised on: resources that the input names (On) or that are found
// (OnFound), none because AWS has none for it (NoResource), or nothing at all
// (HandlerAuthorizes); see guard.go. Every operation of every model is known: one without a handler answers HTTP 501 in its own protocol, is recorded
// and logged, and Coverage counts it.
//
// Errors are idc.Errors inside; package fault chooses AWS's exception. The
// front doors in internal/api use this package; internal/server makes the Gateway.
//
// Sources: Smithy's protocol specifications and the AWS API references; see
// docs/decisions/0002-service-models.md for where the models come from.
package awsedge
