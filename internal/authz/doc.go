// Package authz decides whether a caller may perform an action: the one place
// where access is authorised on the server.
//
// For every call it gathers what speaks for the caller (the policies of the
// role, its boundary, the session policies, the organization policies along the
// account's path) and the tags of the resource, builds the request context
// (context.go, the only place that does), and asks package policy. A refusal
// carries AWS's AccessDenied sentence.
//
// A role that is gone leaves its sessions without any right. A policy that
// cannot be loaded is an error, never the same as no policy. What a request says
// of itself never takes the place of what is known of its caller.
//
// AssumeRole is judged by the trust policy of the role beside the caller's own
// policies; tags and a source identity are decisions of their own. The hop from
// Identity Center into an account is judged too (AdmitFederated), and that of a service
// which takes a role for a person (AdmitService).
//
// A refusal also carries an authorization message (message.go): the decision with
// its context and the statements that denied, sealed for those who may decode it.
// The policy simulator (simulate.go) asks the same engine about policies that are
// not in force, or about a role's live ones.
//
// Roles, organization paths and tags are remembered in memory, policies in
// compiled form, for as long as store.RevisionOf says that nothing was written
// they depend on: a write that has returned counts in every later decision.
package authz
