// Package directory keeps the identity stores: users, groups and who is in which group. Every instance has
// an identity store of its own; a call names the one it means, and finds nothing of another.
//
// It holds the rules of the Identity Store API (Identity Store API Reference, 2020-06-15) and a few that
// AWS leaves to its console: enabling and disabling a person. The doors in front of it are
// api/identitystore, SCIM and the seeds of a demonstration; they translate and nothing else.
//
// # Owners
//
// Every object belongs to the source that made it (idc.Owner). Each changing method takes the source that
// asks, and refuses to touch what belongs to another: a user that an identity provider sends by SCIM is
// changed there, or the next synchronisation would silently undo the change. One exception keeps people
// safe: the built-in source may disable and enable anybody.
//
// # Deleting and coming back
//
// Deleting a user ends at once whatever the user could do: memberships, credentials, portal sessions and
// tokens go in the same transaction, and a fence stops the role credentials that are already out. The id
// stays reserved by a tombstone for Service.Retention; when the same source makes an object of the same
// name again, it gets the same id back. Assignments of built-in principals are withdrawn with them (the
// Unassign hook, because package assignment stands above this one); those of principals that another
// source owns stay, so that a synchronisation that deletes and recreates a group does not lose its access.
//
// # Where to look
//
//	user.go        create, describe, update, delete users
//	attribute.go   the attribute paths of UpdateUser
//	validate.go    what a well-formed user is, and AWS's sentences when one is not
//	group.go       groups
//	membership.go  memberships, with their validity
//	lookup.go      alternate identifiers
//	network.go     where an identity store is reached from
//	erase.go       the end of an identity store
//	status.go      enable, disable, and Revoke: the end of everything a user holds
package directory
