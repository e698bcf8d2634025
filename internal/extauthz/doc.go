// Package extauthz is the front door for services that are not ours: a proxy in front of one asks it,
// for every request, whether the request may pass.
//
//	client --signed request--> proxy --"may this pass?"--> extauthz: who signed it? sigv4, sts
//	                             |                                    what is it about? the mapping
//	                             |                                    may they? authz
//	                             |<--allow, who it is / deny, why --- event trail
//	                             '--> service
//
// Three conventions are spoken on one listener, told apart by address and protocol:
//
//   - nginx auth_request, GET /auth_request/SERVICE: the client's request is told in the headers
//     X-Original-Method, X-Original-URI, X-Original-Scheme, X-Real-IP, X-Original-Content-Length and Host.
//   - Envoy ext_authz over HTTP, /ext_authz/SERVICE followed by the client's path.
//   - Envoy ext_authz over gRPC, envoy.service.auth.v3.Authorization/Check, with the service in the
//     route's context extension gatehouse-service or the metadata x-gatehouse-service.
//
// SERVICE is a name from the mapping, and it is the proxy that says it. The client's signature only
// has to fit: who could choose the mapping by what they sign for would have an order read as an object.
//
// # Mapping
//
// A Service maps requests to actions on resources, in one of two styles. "s3" knows S3's operations
// (s3table.go), subresources, copy sources, and headers that need an action of their own, in path and
// virtual-host style. "rules" is a list of methods and path templates for any other HTTP service.
// What is not known is denied.
//
// # What is refused, whoever asks
//
// The proxy, this package and the service each read a request on their own. So whatever they might read
// differently is refused (path.go): dot and empty segments, escaped slashes, double escapes, escapes
// of plain characters, plus signs, parameters that occur twice, joined headers, methods overridden by
// a header. The path that was judged is answered in X-Gatehouse-Target, for the proxy to hand on.
//
// The body is not seen. The signature is taken to cover the payload hash that the client declares
// (package sigv4, Foreign), and operations whose meaning is in the body are refused.
//
// # Answers
//
// Both tell in X-Gatehouse- headers what was decided, why, and whose request it is. A denial has a
// body in the service's own protocol. Every decision leaves a data event in the trail; those of denials
// are durable before the answer, those of allowed requests follow it in batches (trail, and
// docs/decisions/0005-decisions-for-proxies.md). An error, unlike a denial, means that nothing could be decided: the
// conventions have the proxy let nothing pass then.
package extauthz
