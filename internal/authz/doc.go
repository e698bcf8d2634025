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
// cannot be loaded is an error, never the same as no policy.
//
// Roles, organization paths and tags are cached in memory, policies in compiled
// form. The cache is emptied whenever store.Watch reports a write to what it
// holds; Forget is how the server passes that on.
package authz
