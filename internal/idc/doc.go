// Package idc is the vocabulary of Gatehouse: one file per noun, plain structs
// with their local rules, and the closed set of error kinds. Every floor of the
// program speaks these words and no others.
//
// Glossary
//
//   - Instance: the one Identity Center of an installation, with its identity store.
//   - User, Group, Membership: people and how they are grouped. Owner names the
//     source that may change an object; a Tombstone keeps a deleted object's id.
//   - Account, OrganizationalUnit, OrganizationPolicy: the organization's tree.
//   - PermissionSet: the template of a role.
//   - Assignment: principal x permission set x Scope, with a Validity.
//   - Grant: one line of effective access, computed, never stored.
//   - Role, ManagedPolicy, SAMLProvider: what lives inside a native account.
//   - Operation: the record behind an asynchronous AWS status. Job: the durable
//     work behind it. Provisioning: what was observed in an account.
//   - PortalSession, Client, DeviceAuthorization, AuthorizationRequest, Token:
//     signing in and staying signed in. SigninFlow: a sign-in in progress.
//   - Password, TOTPDevice, Throttle: proofs of who a person is.
//   - Credentials: temporary AWS credentials. Fence: what stops them early.
//   - Caller: an authenticated principal. AuditEvent: what it did.
//   - ChangeSet, ChangeRecord, Version: who changed what, kept for ever.
//
// The package is pure: no context, no I/O, no encoding tags. It may be imported
// by every floor above the ground.
package idc
